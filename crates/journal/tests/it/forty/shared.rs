//! Several hubs and one log that fences nobody.

use std::collections::BTreeSet;

use bytes::Bytes;
use journal::faults::contract::{draft, log};
use journal::faults::{Broker, Candidate, Random, Weather, journal_of};
use journal::shared_log::Mode;
use journal::{Error, Record, Rollback, Stamped};
use trust::{Digest, LogTime, RecordKind};

use super::seeds;

fn hub(broker: &mut Broker, id: u64) -> Candidate {
    let (network, shard) = log();
    Candidate::new(broker, id, network, shard)
}

fn records(broker: &Broker) -> Vec<Record> {
    let (network, shard) = log();
    journal_of(broker, network, shard)
}

/// A hub that leads, in good weather.
fn leader(broker: &mut Broker, id: u64) -> Candidate {
    let mut hub = hub(broker, id);
    hub.claim(broker, LogTime(id)).unwrap();
    broker.flush(hub.producer());
    hub.poll(broker).unwrap();
    assert_eq!(hub.writer().mode(), Mode::Leading);
    hub
}

fn send(broker: &mut Broker, hub: &mut Candidate, number: u64) -> Option<Stamped> {
    hub.send(broker, &draft(number, LogTime(number)))
}

/// What each hub has told to be durable is in the journal, once; nothing is in it twice.
#[track_caller]
fn check(broker: &Broker, hubs: &[&Candidate], seed: u64) {
    let records = records(broker);
    let hashes: BTreeSet<Digest> = records.iter().map(|record| record.hash).collect();
    assert_eq!(hashes.len(), records.len());
    for hub in hubs {
        for stamped in hub.durable() {
            assert!(hashes.contains(&stamped.hash), "seed {seed}: an acknowledged record is lost");
        }
        for stamped in hub.void() {
            assert!(
                !hashes.contains(&stamped.hash),
                "seed {seed}: a void record is in the journal"
            );
        }
    }
    let metas: Vec<&Bytes> = records
        .iter()
        .filter(|record| record.head.kind != RecordKind::OPEN)
        .map(|record| &record.meta)
        .collect();
    let once: BTreeSet<&Bytes> = metas.iter().copied().collect();
    assert_eq!(once.len(), metas.len(), "seed {seed}: a message is in the journal twice");
}

/// Test 14: a leader is stopped, another takes over, the first wakes up and goes on writing. The
/// log tells it five times that all is well; it acknowledges nothing.
#[test]
fn zombie_hub_pause() {
    let mut broker = Broker::new(1, Weather::default());
    let mut zombie = leader(&mut broker, 1);
    for number in 0..3 {
        send(&mut broker, &mut zombie, number);
    }
    broker.flush(zombie.producer());
    zombie.poll(&mut broker).unwrap();
    assert_eq!(zombie.durable().len(), 3);
    // It is stopped here, and does not know that time goes by.
    let mut second = leader(&mut broker, 2);
    send(&mut broker, &mut second, 10);
    broker.flush(second.producer());
    second.poll(&mut broker).unwrap();
    for number in 20..25 {
        assert!(send(&mut broker, &mut zombie, number).is_some(), "it thinks that it leads");
    }
    broker.flush(zombie.producer());
    zombie.poll(&mut broker).unwrap();
    // Three before it was replaced, and at least one of the five: it stops listening once it knows.
    assert!(zombie.answered() > 3, "the log said yes to the zombie");
    assert_eq!(zombie.durable().len(), 3, "the zombie acknowledged nothing");
    assert_eq!((zombie.void().len(), zombie.writer().mode()), (5, Mode::Following));
    // Its entries lie between those of the new leader, which reads past them.
    send(&mut broker, &mut second, 11);
    broker.flush(second.producer());
    second.poll(&mut broker).unwrap();
    assert_eq!((second.durable().len(), second.writer().mode()), (2, Mode::Leading));
    assert_eq!(second.writer().fold().void(), 5);
    check(&broker, &[&zombie, &second], 1);
}

/// Test 15: appends of the old leader are held on their way and arrive after it was replaced, at any
/// moment: they are in the log and not in the journal.
#[test]
fn zombie_delayed_produce() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let mut broker = Broker::new(seed, Weather::default());
        let mut old = leader(&mut broker, 1);
        let late = old.producer();
        broker.hold(late);
        let held = 1 + random.below(5) as u64;
        for number in 0..held {
            send(&mut broker, &mut old, number);
        }
        let mut new = leader(&mut broker, 2);
        let before = records(&broker).len();
        for number in 0..6 {
            if random.one_in(3) {
                broker.release(late);
            }
            send(&mut broker, &mut new, 100 + number);
            while broker.step() {}
            new.poll(&mut broker).unwrap();
        }
        broker.release(late);
        while broker.step() {}
        old.poll(&mut broker).unwrap();
        new.catch_up(&mut broker).unwrap();
        assert_eq!(old.durable(), [], "seed {seed}");
        assert_eq!(old.void().len() as u64, held, "seed {seed}");
        assert_eq!(new.durable().len(), 6, "seed {seed}");
        assert_eq!(records(&broker).len(), before + 6, "seed {seed}");
        assert_eq!(new.writer().fold().void(), held, "seed {seed}");
        check(&broker, &[&old, &new], seed);
    }
}

/// Test 16: two hubs claim at once, again and again, while both append what they can. There is one
/// leader at a time, and when they leave each other alone, one of them gets on.
#[test]
fn duel() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let mut broker = Broker::new(seed, Weather::default());
        let mut hubs = [hub(&mut broker, 1), hub(&mut broker, 2)];
        let mut number = 0;
        for _ in 0..60 {
            let hub = &mut hubs[random.below(2)];
            match random.below(6) {
                0 => hub.claim(&mut broker, LogTime(number)).unwrap(),
                1 | 2 => {
                    number += 1;
                    send(&mut broker, hub, number);
                }
                3 => hub.poll(&mut broker).unwrap(),
                _ => {
                    broker.step();
                }
            }
        }
        // Liveness: both wait until all is quiet, then one claims and appends.
        while broker.step() {}
        for hub in &mut hubs {
            hub.poll(&mut broker).unwrap();
            hub.catch_up(&mut broker).unwrap();
        }
        let winner = &mut hubs[random.below(2)];
        winner.claim(&mut broker, LogTime(1)).unwrap();
        while broker.step() {}
        winner.poll(&mut broker).unwrap();
        assert_eq!(winner.writer().mode(), Mode::Leading, "seed {seed}: no progress");
        let durable = winner.durable().len();
        send(&mut broker, winner, 1000).expect("it leads");
        while broker.step() {}
        winner.poll(&mut broker).unwrap();
        assert!(winner.durable().len() > durable, "seed {seed}: no progress");
        let last = records(&broker).last().unwrap().head.writer;
        let leads = hubs.iter().filter(|hub| {
            hub.writer().mode() == Mode::Leading && hub.writer().fold().chain().writer == last
        });
        assert!(leads.count() <= 1, "seed {seed}: two leaders");
        let [one, two] = &hubs;
        check(&broker, &[one, two], seed);
    }
}

/// Test 17: appends are answered late, not at all, or twice, and some are lost. A record is neither
/// called failed nor appended twice: after the next epoch each is durable or void for ever.
#[test]
fn unknown_outcome() {
    let (mut late, mut void) = (0, 0);
    for seed in 0..2 * seeds() {
        let mut random = Random(seed);
        let weather = Weather {
            lost_answer: Some(6),
            lost_request: Some(9),
            duplicate: Some(5),
            no_offset: Some(5),
        };
        let mut broker = Broker::new(seed, weather);
        let mut hub = hub(&mut broker, 1 + seed);
        let mut sent = 0;
        for round in 0..40 {
            if hub.writer().mode() == Mode::Following {
                hub.claim(&mut broker, LogTime(round)).unwrap();
            }
            while broker.step() {}
            let before = hub.durable().len();
            hub.poll(&mut broker).unwrap();
            late += hub.durable().len() - before;
            if hub.writer().mode() == Mode::Leading {
                for _ in 0..random.below(4) {
                    sent += u64::from(send(&mut broker, &mut hub, sent).is_some());
                }
            }
        }
        // In good weather one more epoch settles all that is open.
        broker.set_weather(Weather::default());
        while broker.step() {}
        hub.poll(&mut broker).unwrap();
        for _ in 0..3 {
            hub.claim(&mut broker, LogTime(99)).unwrap();
            while broker.step() {}
            hub.poll(&mut broker).unwrap();
            hub.catch_up(&mut broker).unwrap();
        }
        assert_eq!(hub.writer().pending(), 0, "seed {seed}: something is unknown for ever");
        assert_eq!((hub.durable().len() + hub.void().len()) as u64, sent, "seed {seed}");
        let data = records(&broker).len() - epochs(&broker);
        assert_eq!(data, hub.durable().len(), "seed {seed}: what is in the journal was told");
        void += hub.void().len();
        check(&broker, &[&hub], seed);
    }
    assert!(late > 1000 && void > 1000, "{late} durable, {void} void");
}

fn epochs(broker: &Broker) -> usize {
    records(broker).iter().filter(|record| record.head.kind == RecordKind::OPEN).count()
}

/// Test 22: the log loses its end, its beginning, or grows another end. A hub that kept its place
/// raises the rollback alarm instead of going on; so does one that is running.
#[test]
fn log_truncated_by_engine() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let mut broker = Broker::new(seed, Weather::default());
        let mut hub = leader(&mut broker, 1);
        for number in 0..10 {
            send(&mut broker, &mut hub, number);
        }
        broker.flush(hub.producer());
        hub.poll(&mut broker).unwrap();
        hub.catch_up(&mut broker).unwrap();
        let place = hub.writer().fold().place().clone();
        let end = broker.ends().1;
        let kept = random.number() % end;
        let resume = |broker: &mut Broker| {
            Candidate::resume(broker, 9, place.clone()).map(|_| ()).unwrap_err()
        };
        let mut shorter = broker.clone();
        shorter.lose_from(kept);
        let lost =
            |error: &Error| matches!(error, Error::RolledBack { fault: Rollback::Lost { .. }, .. });
        assert!(lost(&resume(&mut shorter)), "seed {seed}");
        assert!(lost(&hub.catch_up(&mut shorter).unwrap_err()), "seed {seed}");
        // Another hub has filled it up again meanwhile.
        let mut other = leader(&mut shorter, 2);
        while shorter.ends().1 < end + 2 {
            let number = 100 + shorter.ends().1;
            send(&mut shorter, &mut other, number);
            shorter.flush(other.producer());
        }
        let error = resume(&mut shorter);
        assert!(
            matches!(error, Error::RolledBack { fault: Rollback::OtherHistory, .. }),
            "seed {seed}: {error}"
        );
        let mut headless = broker.clone();
        headless.lose_before(end);
        assert!(lost(&resume(&mut headless)), "seed {seed}");
        // And an untouched log is no reason for alarm.
        Candidate::resume(&mut broker, 9, place.clone()).expect("nothing was lost");
    }
}

/// Not of the list: somebody writes to the log what no hub writes. It raises an alarm, and neither
/// stops the fold nor gets into the journal.
#[test]
fn what_no_hub_writes_is_void() {
    let mut broker = Broker::new(3, Weather::default());
    let mut hub = leader(&mut broker, 1);
    let before = records(&broker);
    for garbage in [&b""[..], b"NUNR", &[0xff; 200]] {
        broker.append(Bytes::copy_from_slice(garbage));
    }
    // Entries of this very log with any one bit changed.
    let claim = broker.entry(0).unwrap();
    for bit in 0..claim.len() * 8 {
        let mut bytes = claim.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // A changed epoch, writer or time of a claim is another claim: only keys tell those apart.
        if !(44..60).contains(&(bit / 8)) {
            broker.append(bytes.into());
        }
    }
    send(&mut broker, &mut hub, 1);
    broker.flush(hub.producer());
    hub.poll(&mut broker).unwrap();
    assert_eq!(hub.durable().len(), 1);
    assert_eq!(records(&broker).len(), before.len() + 1);
}
