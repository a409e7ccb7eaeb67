//! The contract of the journal as tests that every engine must pass.
//!
//! An engine is given to them as a [`Subject`]: something that can be opened by one hub after the
//! other, appended to, and read back. Each function is one rule and panics where it is broken.

use bytes::Bytes;
use trust::{Digest, LogTime, NetworkName, RecordKind, Shard};

use crate::append::{Draft, Stamped};
use crate::chain::Chain;
use crate::faults::Random;
use crate::reader::Record;

/// A log under test, with all hubs that ever had it.
pub trait Subject {
    /// A hub that may write.
    type Hub;

    /// A log that is empty.
    fn fresh(seed: u64) -> Self;

    /// Lets another hub open the log and begin an epoch at this time; nothing where it is refused.
    fn open(&mut self, at: LogTime) -> Option<Self::Hub>;

    /// The records that a hub learns to be durable when it appends these as one group; nothing where
    /// it learns of none, which is then not failed but unknown.
    fn append(&mut self, hub: &mut Self::Hub, drafts: &[Draft]) -> Option<Vec<Stamped>>;

    /// The hub dies at once.
    fn kill(&mut self, hub: Self::Hub);

    /// Everything that is in the journal, as somebody reads it who comes anew.
    fn records(&mut self) -> Vec<Record>;
}

/// A record that its number determines.
#[must_use]
pub fn draft(number: u64, at: LogTime) -> Draft {
    let mut random = Random(number);
    let payload: Vec<u8> =
        (0..random.below(400)).map(|_| random.number().to_be_bytes()[0]).collect();
    let payload = Bytes::from(payload);
    Draft {
        at,
        kind: RecordKind::ACCEPTED,
        meta: Bytes::copy_from_slice(&number.to_be_bytes()),
        payload_digest: Digest::of(&payload),
        payload,
    }
}

/// The network and shard of every log under test.
#[must_use]
pub fn log() -> (NetworkName, Shard) {
    ("demo".parse().expect("it is a name"), Shard(0))
}

/// What was acknowledged is there for ever, with the same bytes, at the same place, once.
pub fn what_is_acknowledged_stays<S: Subject>(seed: u64) {
    let mut random = Random(seed);
    let mut subject = S::fresh(seed);
    let mut acknowledged: Vec<(Stamped, Draft)> = Vec::new();
    let mut number = 0;
    for life in 0..4 {
        let mut hub = subject.open(LogTime(life)).expect("nobody else has the log");
        for _ in 0..random.below(5) {
            let drafts: Vec<Draft> = (0..=random.below(4))
                .map(|_| {
                    number += 1;
                    draft(number, LogTime(number))
                })
                .collect();
            if let Some(stamped) = subject.append(&mut hub, &drafts) {
                assert_eq!(stamped.len(), drafts.len(), "seed {seed}: a group is in or out");
                acknowledged.extend(stamped.into_iter().zip(drafts));
            }
        }
        subject.kill(hub);
        let records = subject.records();
        chained(&records);
        for (stamped, draft) in &acknowledged {
            let at = usize::try_from(stamped.head.sequence).expect("logs are small");
            let record = records.get(at).expect("what was acknowledged is there");
            assert_eq!((&record.head, record.hash), (&stamped.head, stamped.hash), "seed {seed}");
            assert_eq!((&record.meta, &record.payload), (&draft.meta, &draft.payload));
        }
        let mut numbers: Vec<&Bytes> = records
            .iter()
            .filter(|record| record.head.kind != RecordKind::OPEN)
            .map(|record| &record.meta)
            .collect();
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all, "seed {seed}: nothing is in the journal twice");
    }
}

/// Each opening begins a greater epoch with a writer of its own.
pub fn each_opening_begins_an_epoch<S: Subject>(seed: u64) {
    let mut subject = S::fresh(seed);
    let openings: usize = 5;
    for life in 0..openings {
        let hub = subject.open(LogTime(life as u64)).expect("nobody else has the log");
        subject.kill(hub);
    }
    let records = subject.records();
    chained(&records);
    let epochs: Vec<u64> = records.iter().map(|record| record.head.epoch).collect();
    assert!(epochs.is_sorted_by(|one, two| one < two), "{epochs:?}");
    let mut writers: Vec<u64> = records.iter().map(|record| record.head.writer).collect();
    writers.sort_unstable();
    writers.dedup();
    // A hub that did not hear of its claim may have claimed again: so at least, not exactly.
    assert_eq!(writers.len(), openings, "each has a writer of its own");
    assert!(records.len() >= openings, "each has an epoch of its own");
}

/// Of two hubs at one log at most one is told that its records are durable, whichever acts when:
/// the second is refused, or the first acknowledges nothing after it.
pub fn two_hubs_never_both_lead<S: Subject>(seed: u64) {
    let mut random = Random(seed);
    let mut subject = S::fresh(seed);
    let mut first = subject.open(LogTime(1)).expect("nobody else has the log");
    let mut acknowledged = Vec::new();
    for number in 0..random.below(3) as u64 {
        acknowledged.extend(subject.append(&mut first, &[draft(number, LogTime(2))]));
    }
    if let Some(mut second) = subject.open(LogTime(3)) {
        for number in 100..110 {
            let drafts = [draft(number, LogTime(4))];
            if random.one_in(2) {
                acknowledged.extend(subject.append(&mut second, &drafts));
            } else {
                let outcome = subject.append(&mut first, &drafts);
                assert_eq!(outcome, None, "seed {seed}: the one that was replaced acknowledges");
            }
        }
        subject.kill(second);
    } else {
        acknowledged.extend(subject.append(&mut first, &[draft(50, LogTime(4))]));
        assert!(!acknowledged.is_empty(), "the first one goes on");
    }
    subject.kill(first);
    let records = subject.records();
    chained(&records);
    for stamped in acknowledged.iter().flatten() {
        let record = records.iter().find(|record| record.hash == stamped.hash);
        assert!(record.is_some(), "seed {seed}: record {} is lost", stamped.head.sequence);
    }
}

/// The log's time never goes back, whatever the clocks of hubs do.
pub fn time_never_goes_back<S: Subject>(seed: u64) {
    let mut random = Random(seed);
    let mut subject = S::fresh(seed);
    let mut number = 0;
    for _ in 0..3 {
        let mut hub =
            subject.open(LogTime(random.number() >> 12)).expect("nobody else has the log");
        for _ in 0..4 {
            number += 1;
            let outcome =
                subject.append(&mut hub, &[draft(number, LogTime(random.number() >> 12))]);
            for stamped in outcome.iter().flatten() {
                assert!(stamped.head.at.0 > 0, "seed {seed}: a time was set");
            }
        }
        subject.kill(hub);
    }
    chained(&subject.records());
}

/// All records follow each other as the rule of the log says.
fn chained(records: &[Record]) {
    let (network, shard) = log();
    let mut chain = Chain::new(network, shard);
    for record in records {
        assert_eq!(record.hash, record.head.hash(), "the hash is that of the head");
        chain.admit(&record.head, record.hash).expect("each record follows the one before");
    }
}
