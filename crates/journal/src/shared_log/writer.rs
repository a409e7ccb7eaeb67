//! The part of a hub that takes a shared log over, appends to it, and decides what is durable.
//!
//! Two conditions make a record durable, and either alone is unsafe. The log reports it as appended,
//! which proves copies; and its offset follows that of the last durable record without a gap, which
//! proves that no claim of another hub lies between. Where that cannot be seen the writer reads the
//! log, and the fold says it. An append without an answer has not failed: it is unknown until it is
//! read, or until an epoch that came after it makes it void for ever.
//!
//! ```text
//!            claim()                 own claim is folded
//! Following ---------> Claiming ------------------------> Leading
//!     ^                   | another claim came first          | another claim is folded, or an
//!     +-------------------+-----------------------------------+ append has no certain answer
//! ```

use std::collections::VecDeque;

use bytes::Bytes;
use trust::{Body, Digest, LogTime, RecordHead, RecordKind};

use crate::append::{Draft, Stamped};
use crate::chain::Chain;
use crate::error::Error;
use crate::shared_log::fold::{Fold, Verdict, Void, entry};

/// A hub at a shared log.
#[derive(Clone, Debug)]
pub struct Writer {
    id: u64,
    fold: Fold,
    mode: Mode,
    /// The journal with all that was staged; of use while leading only.
    staged: Chain,
    /// What was staged and is neither durable nor void, in order.
    pending: VecDeque<Pending>,
    /// No claim but ours lies below this offset, as far as reading or reports without a gap prove.
    clean: u64,
}

/// What a hub does at a shared log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It reads, and may not append.
    Following,
    /// Its claim is under way.
    Claiming {
        /// The epoch that it wants to open.
        epoch: u64,
    },
    /// It appends.
    Leading,
}

/// What reading or a report has brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A record of this hub is durable: its effects may go out.
    Durable(Stamped),
    /// A record of this hub will never be in the journal. Its message may be staged again.
    Void(Stamped),
    /// This hub leads from here on.
    Leads {
        /// The record of its claim.
        open: Stamped,
    },
    /// Another hub leads, or this one has lost sight of what it appended: drop the producer without
    /// waiting for what is in it, answer nobody, read on, and claim anew.
    SteppedDown,
    /// An entry that no hub of this log writes: somebody must look at it. It is not in the journal.
    Alarm {
        /// Where it stands.
        offset: u64,
        /// What is wrong with it.
        void: Void,
    },
}

#[derive(Clone, Debug)]
struct Pending {
    stamped: Stamped,
    /// The offset that the log has reported.
    offset: Option<u64>,
}

impl Writer {
    /// A hub that has read what its fold has. `id` is a random number, another for each process, for
    /// it tells its records from those of all others.
    #[must_use]
    pub fn new(id: u64, fold: Fold) -> Self {
        let staged = fold.chain().clone();
        let clean = fold.next_offset();
        Self { id, fold, mode: Mode::Following, staged, pending: VecDeque::new(), clean }
    }

    /// What it does.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What was read.
    #[must_use]
    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    /// How many records are neither durable nor void.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The sequence that the next staged record gets; of use while leading only.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.staged.next
    }

    /// The entry with which to take the log over. To be called when all entries below the end of
    /// the log have been read; append it, then read on until an event says what became of it.
    ///
    /// # Panics
    ///
    /// Unless it follows.
    #[must_use]
    pub fn claim(&mut self, at: LogTime) -> Bytes {
        assert_eq!(self.mode, Mode::Following, "only who follows may claim");
        let chain = self.fold.chain();
        let epoch = chain.epoch + 1;
        self.mode = Mode::Claiming { epoch };
        let head = RecordHead {
            kind: RecordKind::OPEN,
            network: chain.network,
            shard: chain.shard,
            epoch,
            writer: self.id,
            sequence: 0,
            at,
            previous: Digest::default(),
            body: Body::digest(&[], &Digest::of(&[])),
        };
        entry(&head, &[], &[])
    }

    /// Gives a record its place, and the entry to append. Entries are appended in this order.
    ///
    /// # Panics
    ///
    /// Unless it leads, and on a draft that opens an epoch.
    #[must_use]
    pub fn stage(&mut self, draft: &Draft) -> (Stamped, Bytes) {
        assert_eq!(self.mode, Mode::Leading, "only who leads may append");
        assert!(draft.kind != RecordKind::OPEN, "claims open epochs");
        let chain = &mut self.staged;
        let head = RecordHead {
            kind: draft.kind,
            network: chain.network,
            shard: chain.shard,
            epoch: chain.epoch,
            writer: chain.writer,
            sequence: chain.next,
            at: draft.at.max(chain.at),
            previous: chain.previous,
            body: Body::digest(&draft.meta, &draft.payload_digest),
        };
        let hash = head.hash();
        chain.admit(&head, hash).expect("a head made from the chain follows in it");
        let bytes = entry(&head, &draft.meta, &draft.payload);
        let stamped = Stamped { head, hash };
        self.pending.push_back(Pending { stamped: stamped.clone(), offset: None });
        (stamped, bytes)
    }

    /// The log has appended the record of this sequence at an offset, or does not say where (a
    /// repeat that it has recognised).
    ///
    /// What stays pending afterwards is to be read: see [`Self::read_until`].
    #[must_use]
    pub fn reported(&mut self, sequence: u64, offset: Option<u64>) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(pending) =
            self.pending.iter_mut().find(|other| other.stamped.head.sequence == sequence)
        {
            pending.offset = pending.offset.or(offset);
        }
        if self.mode == Mode::Leading {
            self.advance(&mut events);
            // What was read and is still pending was void where it stood.
            let read = self.fold.place().next_offset;
            if self.pending.iter().filter_map(|pending| pending.offset).any(|offset| offset < read)
            {
                events.append(&mut self.step_down());
            }
        }
        events
    }

    /// The log has refused a record, or has not answered in time. What became of it is unknown.
    #[must_use]
    pub fn failed(&mut self) -> Vec<Event> {
        self.step_down()
    }

    /// The offset up to which the log is to be read because reports alone do not say what is
    /// durable; nothing while they do.
    #[must_use]
    pub fn read_until(&self) -> Option<u64> {
        let known = self.pending.iter().filter_map(|pending| pending.offset).max();
        known.map(|offset| offset + 1).filter(|until| *until > self.clean)
    }

    /// Takes the next entry of the log.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`]: refuse to serve.
    ///
    /// # Panics
    ///
    /// As [`Fold::take`].
    pub fn read(&mut self, offset: u64, bytes: &Bytes) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        match self.fold.take(offset, bytes)? {
            Verdict::Valid(record) => {
                let stamped = Stamped { head: record.head, hash: record.hash };
                self.folded(stamped, &mut events);
            }
            Verdict::Void(void) => {
                if void.is_alarm() {
                    events.push(Event::Alarm { offset, void });
                }
                self.passed_over(offset, &mut events);
            }
            Verdict::Known => {}
        }
        self.clean = self.clean.max(self.fold.next_offset());
        if self.mode == Mode::Leading {
            self.advance(&mut events);
        }
        Ok(events)
    }

    /// A record of the journal was read.
    fn folded(&mut self, stamped: Stamped, events: &mut Vec<Event>) {
        if stamped.head.kind != RecordKind::OPEN {
            if stamped.head.writer == self.id {
                self.found(&stamped, events);
            }
            return;
        }
        // Nothing of an older epoch can become valid any more, and all of it that lies before was
        // read: what is still pending will never be in the journal.
        events.extend(self.pending.drain(..).map(|pending| Event::Void(pending.stamped)));
        let ours = stamped.head.writer == self.id;
        match self.mode {
            Mode::Claiming { epoch } if ours && epoch == stamped.head.epoch => {
                self.mode = Mode::Leading;
                self.staged = self.fold.chain().clone();
                events.push(Event::Leads { open: stamped });
            }
            Mode::Claiming { .. } | Mode::Leading => {
                self.mode = Mode::Following;
                events.push(Event::SteppedDown);
            }
            Mode::Following => {}
        }
    }

    /// A record of this hub was read: all before it were read as well.
    fn found(&mut self, stamped: &Stamped, events: &mut Vec<Event>) {
        if let Some(first) = self.pending.front()
            && first.stamped.head.sequence <= stamped.head.sequence
        {
            assert_eq!(first.stamped, *stamped, "the fold takes our records in our order");
            self.pending.pop_front();
            events.push(Event::Durable(stamped.clone()));
        }
    }

    /// An entry that is not in the journal was read. If it is one that we wait for, our records
    /// have come into the log out of order, and only a new epoch can put them right.
    fn passed_over(&mut self, offset: u64, events: &mut Vec<Event>) {
        let ours = self.pending.iter().any(|pending| pending.offset == Some(offset));
        if ours && self.mode == Mode::Leading {
            events.append(&mut self.step_down());
        }
    }

    /// Takes for durable what was reported without a gap.
    fn advance(&mut self, events: &mut Vec<Event>) {
        while let Some(first) = self.pending.front()
            && first.offset == Some(self.clean)
        {
            self.clean += 1;
            let pending = self.pending.pop_front().expect("it was just seen");
            events.push(Event::Durable(pending.stamped));
        }
    }

    fn step_down(&mut self) -> Vec<Event> {
        if self.mode == Mode::Following {
            return Vec::new();
        }
        self.mode = Mode::Following;
        vec![Event::SteppedDown]
    }
}
