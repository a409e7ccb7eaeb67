//! Traffic between the institutions while something bad goes on, and what must be true afterwards:
//! every message that a gateway has acknowledged was delivered once, in order, with its very bytes,
//! and every receipt holds.
//!
//! The checks are fed by what back offices saw, and by nothing else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use gateway::api::State;
use power::Random;
use trust::{NetworkKeys, Receipt, Verified};

use crate::net::{Client, INSTITUTIONS, Net, pause, payment};

/// How long each institution waits before it sends the next message: faults find more than many
/// messages do, and the processes shall have time to come back.
const SEND_EVERY: Duration = Duration::from_millis(20);

/// What a back office was told that its gateway has.
#[derive(Clone, Debug)]
struct Sent {
    from: &'static str,
    to: &'static str,
    bytes: Vec<u8>,
}

/// Messages by name.
type Ledger = Arc<Mutex<BTreeMap<String, Sent>>>;

/// Three back offices that send without end.
#[derive(Debug)]
pub(crate) struct Traffic {
    sent: Ledger,
    ending: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
}

impl Traffic {
    /// Each institution begins to send to the two others.
    pub(crate) fn start(net: &Net) -> Self {
        let (sent, ending): (Ledger, Arc<AtomicBool>) = Default::default();
        let senders = INSTITUTIONS
            .iter()
            .enumerate()
            .map(|(at, from)| {
                let client = net.client(from);
                let (sent, ending) = (Arc::clone(&sent), Arc::clone(&ending));
                let others = [INSTITUTIONS[(at + 1) % 3], INSTITUTIONS[(at + 2) % 3]];
                thread::spawn(move || send(&client, from, others, &sent, &ending))
            })
            .collect();
        Self { sent, ending, senders }
    }

    /// How many messages the gateways have acknowledged so far.
    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// Tells, whenever it is asked, the last input number of an institution that its gateway has
    /// acknowledged; 0 before the first.
    pub(crate) fn last_of(&self, from: &'static str) -> impl Fn() -> u64 + use<> {
        let sent = Arc::clone(&self.sent);
        move || {
            let sent = sent.lock().unwrap();
            let number = |id: &String| id.split_once('-').unwrap().1.parse::<u64>().unwrap();
            let numbers = sent.iter().filter(|(_, it)| it.from == from).map(|(id, _)| number(id));
            numbers.max().unwrap_or(0)
        }
    }

    /// Stops to send, waits until everything is delivered, and checks all that was promised. All
    /// processes must run, and are stopped in the end.
    pub(crate) fn check(self, net: &mut Net) {
        self.ending.store(true, Ordering::Relaxed);
        for sender in self.senders {
            sender.join().unwrap();
        }
        let sent = self.sent.lock().unwrap();
        println!("{} messages were acknowledged", sent.len());
        delivered_once_in_order(net, &sent);
        receipts_hold(net, &sent);
        for gateway in net.gateways.drain(..) {
            gateway.stop();
        }
        net.hub.take().unwrap().stop();
        let report = journal::verify(&net.path("hub/journal"), true).unwrap();
        assert!(report.is_sound(), "{:?}", report.damage);
    }
}

/// A number from the environment, or what a test takes without it.
pub(crate) fn setting(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    let value = given.map_or(usual, |text| text.parse().unwrap());
    println!("{name}={value}");
    value
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
        pause(SEND_EVERY);
    }
}

fn delivered_once_in_order(net: &Net, sent: &BTreeMap<String, Sent>) {
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
}

fn receipts_hold(net: &Net, sent: &BTreeMap<String, Sent>) {
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
}

/// The chance of a test; `NUNCIO_SEED` sets another.
pub(crate) fn chance() -> Random {
    Random::new(setting("NUNCIO_SEED", 2026))
}
