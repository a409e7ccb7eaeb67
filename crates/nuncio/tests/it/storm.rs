//! A storm of kills: hub and gateways die at random while institutions send, and in the end every
//! message that a gateway has acknowledged was delivered once, in order, with its very bytes, and
//! every receipt holds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use gateway::api::State;
use trust::{NetworkKeys, Receipt, Verified};

use crate::net::{Client, INSTITUTIONS, Net, pause, payment};

/// How many processes are killed.
const KILLS: u32 = 200;

/// How long each institution waits before it sends the next message.
const SEND_EVERY: Duration = Duration::from_millis(20);

/// What a back office was told that its gateway has.
#[derive(Clone, Debug)]
struct Sent {
    from: &'static str,
    to: &'static str,
    bytes: Vec<u8>,
}

/// Numbers that look random and are the same for the same seed (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn nothing_acknowledged_is_lost_doubled_altered_or_reordered() {
    let seed = std::env::var("NUNCIO_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(2026);
    println!("seed {seed}; NUNCIO_SEED=N sets another");
    let mut random = Random(seed);
    let mut net = Net::start();
    let sent: Arc<Mutex<BTreeMap<String, Sent>>> = Arc::default();
    let ending = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = INSTITUTIONS
        .iter()
        .enumerate()
        .map(|(at, from)| {
            let (client, sent, ending) = (net.client(from), Arc::clone(&sent), Arc::clone(&ending));
            let others = [INSTITUTIONS[(at + 1) % 3], INSTITUTIONS[(at + 2) % 3]];
            thread::spawn(move || send(&client, from, others, &sent, &ending))
        })
        .collect();
    let mut kills = [0_u32; 4];
    for _ in 0..KILLS {
        pause(Duration::from_millis(20 + random.below(180)));
        let victim = usize::try_from(random.below(4)).unwrap();
        kills[victim] += 1;
        match victim {
            0 => net.hub().kill_and_start(),
            gateway => net.gateways[gateway - 1].kill_and_start(),
        }
    }
    ending.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.join().unwrap();
    }
    let sent = sent.lock().unwrap().clone();
    println!("{} messages through {kills:?} kills of the hub and three gateways", sent.len());
    assert!(sent.len() > 200, "the storm left no time to send: {} messages", sent.len());
    check(&mut net, &sent);
}

/// Sends until it is told to end, each message until its gateway has acknowledged it.
fn send(
    client: &Client,
    from: &'static str,
    others: [&'static str; 2],
    sent: &Mutex<BTreeMap<String, Sent>>,
    ending: &AtomicBool,
) {
    for number in 1.. {
        if ending.load(Ordering::Relaxed) {
            return;
        }
        let to = others[usize::try_from(number % 2).unwrap()];
        let bytes = payment(from, to, number);
        let stored = client.post(&bytes, &format!("storm-{number}"));
        let id = stored.id.unwrap();
        let before = sent.lock().unwrap().insert(id.clone(), Sent { from, to, bytes });
        assert!(before.is_none(), "{id} was given twice");
        // Frequent kills find more than many messages: leave the processes time to come back.
        pause(SEND_EVERY);
    }
}

fn check(net: &mut Net, sent: &BTreeMap<String, Sent>) {
    for (id, it) in sent {
        net.client(it.from).wait_for(id, &[State::Delivered]);
    }
    let mut received = 0;
    for to in INSTITUTIONS {
        let client = net.client(to);
        let mut last_input: BTreeMap<String, u64> = BTreeMap::new();
        for (at, message) in client.inbox().iter().enumerate() {
            let id = &message.id;
            let it =
                sent.get(id).unwrap_or_else(|| panic!("{to} received {id}, which nobody sent"));
            assert_eq!(it.to, to, "{id} went astray");
            let (_, bytes) = client.get(&format!("/v1/inbox/{id}/raw"), "*/*");
            assert_eq!(bytes, it.bytes, "{id} was altered");
            let number = u64::try_from(at).unwrap() + 1;
            assert_eq!(message.output_number, Some(number), "a gap or a double at {id}");
            let before = last_input.insert(message.sender.clone(), message.input_number);
            assert!(before < Some(message.input_number), "{id} was reordered");
            received += 1;
        }
    }
    assert_eq!(received, sent.len(), "something was lost");
    let keys = std::fs::read_to_string(net.path("network.keys")).unwrap();
    let keys: NetworkKeys = keys.parse().unwrap();
    for (id, it) in sent {
        let client = net.client(it.from);
        for kind in ["acceptance", "delivery"] {
            let receipt = Receipt::decode(&client.receipt(id, kind)).unwrap();
            let verified = receipt.verify(&keys).unwrap_or_else(|e| panic!("{kind} of {id}: {e}"));
            assert_eq!(receipt.matches_payload(&it.bytes), Some(true), "{kind} of {id}");
            let delivered = matches!(verified, Verified::Delivery(_));
            assert_eq!(delivered, kind == "delivery");
        }
    }
    for gateway in net.gateways.drain(..) {
        gateway.stop();
    }
    net.hub.take().unwrap().stop();
    let report = journal::verify(&net.path("hub/journal"), true).unwrap();
    assert!(report.is_sound(), "{:?}", report.damage);
}
