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
