//! The rule that says which record may follow which.
//!
//! A pure fold over heads, the same for every engine. It decides nothing about bytes or media.

use trust::{Digest, LogTime, NetworkName, RecordHead, RecordKind, Shard};

/// Where a log stands after some records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The network whose log it is.
    pub network: NetworkName,
    /// The log.
    pub shard: Shard,
    /// The epoch of the last record; 0 before the first.
    pub epoch: u64,
    /// The writer of that epoch; 0 before the first record.
    pub writer: u64,
    /// The sequence of the next record.
    pub next: u64,
    /// The time of the last record; 0 before the first.
    pub at: LogTime,
    /// The hash of the last record's head; zeros before the first.
    pub previous: Digest,
}

impl Chain {
    /// The log before its first record.
    #[must_use]
    pub fn new(network: NetworkName, shard: Shard) -> Self {
        Self {
            network,
            shard,
            epoch: 0,
            writer: 0,
            next: 0,
            at: LogTime(0),
            previous: Digest::default(),
        }
    }

    /// The log after a record that is known to be in it; `hash` is the hash of `head`.
    #[must_use]
    pub fn after(head: &RecordHead, hash: Digest) -> Self {
        Self {
            network: head.network,
            shard: head.shard,
            epoch: head.epoch,
            writer: head.writer,
            next: head.sequence + 1,
            at: head.at,
            previous: hash,
        }
    }

    /// Takes the next record; `hash` is the hash of `head`.
    ///
    /// # Errors
    ///
    /// A [`Break`] where the record cannot follow; the chain is then as it was.
    pub fn admit(&mut self, head: &RecordHead, hash: Digest) -> Result<(), Break> {
        if head.network != self.network || head.shard != self.shard {
            return Err(Break::Foreign { network: head.network, shard: head.shard });
        }
        if head.sequence != self.next {
            return Err(Break::Sequence { expected: self.next, found: head.sequence });
        }
        if head.previous != self.previous {
            return Err(Break::Previous);
        }
        let opens = head.kind == RecordKind::OPEN;
        if opens && head.epoch <= self.epoch {
            return Err(Break::Epoch { current: self.epoch, found: head.epoch });
        }
        if !opens && (head.epoch != self.epoch || self.epoch == 0) {
            return Err(Break::Epoch { current: self.epoch, found: head.epoch });
        }
        if !opens && head.writer != self.writer {
            return Err(Break::Writer { current: self.writer, found: head.writer });
        }
        if head.at < self.at {
            return Err(Break::Time { last: self.at, found: head.at });
        }
        self.epoch = head.epoch;
        self.writer = head.writer;
        self.next = head.sequence + 1;
        self.at = head.at;
        self.previous = hash;
        Ok(())
    }
}

/// Why a record cannot follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// It belongs to another log.
    #[error("the record belongs to {network}/{}", .shard.0)]
    Foreign {
        /// The network that it names.
        network: NetworkName,
        /// The shard that it names.
        shard: Shard,
    },
    /// It has another sequence.
    #[error("expected sequence {expected}, but found {found}")]
    Sequence {
        /// The one that is due.
        expected: u64,
        /// The one that it has.
        found: u64,
    },
    /// It follows another record than the one before it.
    #[error("the record does not name the hash of the one before it")]
    Previous,
    /// It is of a writer that was taken over, or opens an epoch that has been.
    #[error("a record of epoch {found} cannot follow in epoch {current}")]
    Epoch {
        /// The epoch of the record before.
        current: u64,
        /// The epoch that it has.
        found: u64,
    },
    /// It is of somebody who did not open the epoch.
    #[error("expected writer {current:016x}, but found {found:016x}")]
    Writer {
        /// Who opened the epoch.
        current: u64,
        /// Whom it names.
        found: u64,
    },
    /// Its time is before that of the record before it.
    #[error("time goes back from {} to {} us", .last.0, .found.0)]
    Time {
        /// The time of the record before.
        last: LogTime,
        /// The time that it has.
        found: LogTime,
    },
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// A log of which record 0 opened epoch 4 by writer 7 at time 100.
    fn log() -> Chain {
        let mut chain = Chain::new("demo".parse().unwrap(), Shard(0));
        let open = RecordHead { kind: RecordKind::OPEN, epoch: 4, writer: 7, ..next(&chain) };
        chain.admit(&open, open.hash()).unwrap();
        chain
    }

    /// What may follow.
    fn next(chain: &Chain) -> RecordHead {
        RecordHead {
            kind: RecordKind::ACCEPTED,
            network: chain.network,
            shard: chain.shard,
            epoch: chain.epoch,
            writer: chain.writer,
            sequence: chain.next,
            at: LogTime(chain.at.0.max(100)),
            previous: chain.previous,
            body: Digest::of(b"body"),
        }
    }

    #[track_caller]
    fn check(chain: &Chain, change: impl FnOnce(&mut RecordHead), want: &Expect) {
        let mut head = next(chain);
        change(&mut head);
        let mut after = chain.clone();
        match after.admit(&head, head.hash()) {
            Ok(()) => {
                assert_eq!((after.next, after.previous), (chain.next + 1, head.hash()));
                want.assert_eq(&format!("epoch {} by {}", after.epoch, after.writer));
            }
            Err(cause) => {
                assert_eq!(after, *chain, "a refused record changes nothing");
                want.assert_eq(&cause.to_string());
            }
        }
    }

    #[test]
    fn the_next_record_of_the_writer_follows() {
        check(&log(), |_| {}, &expect!["epoch 4 by 7"]);
    }

    #[test]
    fn a_greater_epoch_takes_over() {
        let open = |epoch| {
            move |head: &mut RecordHead| {
                *head = RecordHead { kind: RecordKind::OPEN, epoch, writer: 9, ..head.clone() };
            }
        };
        check(&log(), open(5), &expect!["epoch 5 by 9"]);
        check(&log(), open(90), &expect!["epoch 90 by 9"]);
        check(&log(), open(4), &expect!["a record of epoch 4 cannot follow in epoch 4"]);
        check(&log(), open(3), &expect!["a record of epoch 3 cannot follow in epoch 4"]);
    }

    #[test]
    fn a_log_begins_with_an_epoch() {
        let empty = Chain::new("demo".parse().unwrap(), Shard(0));
        check(&empty, |_| {}, &expect!["a record of epoch 0 cannot follow in epoch 0"]);
    }

    #[test]
    fn a_writer_that_was_taken_over_is_void() {
        check(
            &log(),
            |head| head.epoch = 3,
            &expect!["a record of epoch 3 cannot follow in epoch 4"],
        );
        check(
            &log(),
            |head| head.epoch = 5,
            &expect!["a record of epoch 5 cannot follow in epoch 4"],
        );
        check(
            &log(),
            |head| head.writer = 8,
            &expect!["expected writer 0000000000000007, but found 0000000000000008"],
        );
    }

    #[test]
    fn a_gap_a_repeat_and_another_history_are_refused() {
        check(&log(), |head| head.sequence = 2, &expect!["expected sequence 1, but found 2"]);
        check(&log(), |head| head.sequence = 0, &expect!["expected sequence 1, but found 0"]);
        check(
            &log(),
            |head| head.previous = Digest::of(b"another"),
            &expect!["the record does not name the hash of the one before it"],
        );
    }

    #[test]
    fn a_record_of_another_log_is_refused() {
        check(&log(), |head| head.shard = Shard(2), &expect!["the record belongs to demo/2"]);
        check(
            &log(),
            |head| head.network = "test".parse().unwrap(),
            &expect!["the record belongs to test/0"],
        );
    }

    #[test]
    fn time_does_not_go_back() {
        check(&log(), |head| head.at = LogTime(99), &expect!["time goes back from 100 to 99 us"]);
    }
}
