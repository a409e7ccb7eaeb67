//! A lane: one ordered queue of an institution, with gap-free output numbers from 1.
//!
//! What stands in a lane was accepted and not yet acknowledged. An entry gets its output number
//! when it enters and keeps it for ever; acknowledged entries leave memory.

use std::collections::VecDeque;

use iso::Terminal;
use trust::Lane;

use crate::answers::Run;

/// The lanes that an institution has.
pub const LANES: [Lane; 3] = [Lane::SYSTEM, Lane::URGENT, Lane::NORMAL];

/// How many entries may wait in one lane; further messages for it are refused.
pub const LANE_LENGTH_MAX: usize = 1_000_000;

/// What the hub is to hand to a receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its number in the lane.
    pub output_number: u64,
    /// What it is.
    pub item: Item,
    /// Whether a session that has ended may have offered it before (PDM).
    pub possible_duplicate: bool,
}

/// What waits in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A message, which stands in the journal.
    Message {
        /// Its record.
        sequence: u64,
    },
    /// The network tells a sender that a message of its was acknowledged.
    Delivered(Notice),
    /// The network tells an institution something else that stands on record.
    Told(Told),
}

/// Something that stands on record, told to an institution that it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub tiding: Tiding,
    /// The record that says it.
    pub record: u64,
    /// The message that it is about, if it is about one.
    pub about: Option<About>,
}

/// A message, as its sender knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The terminal that sent it.
    pub sender: Terminal,
    /// The number under which it sent it.
    pub input_number: u64,
    /// The record of the message.
    pub sequence: u64,
}

/// What an institution is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tiding {
    /// To a receiver: a sender asks for a permission.
    PermissionRequested,
    /// To a sender: a receiver has permitted it something, or something else than before.
    Permitted,
    /// To a sender: a receiver took its permission back.
    Revoked,
    /// To a sender: a receiver does not permit what it asked for.
    PermissionDenied,
}

/// That a message was acknowledged, told to its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The terminal that sent the message.
    pub sender: Terminal,
    /// The number under which it sent it.
    pub input_number: u64,
    /// The record of the message.
    pub sequence: u64,
    /// The record of the acknowledgement.
    pub acknowledged_in: u64,
    /// Which of the messages of that acknowledgement it is, from 0.
    pub index: u32,
}

/// How far a lane has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanePosition {
    /// Which lane.
    pub lane: Lane,
    /// Everything up to this output number was acknowledged.
    pub acknowledged_through: u64,
    /// The greatest output number that was given.
    pub last_output_number: u64,
}

/// What the machine keeps of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Message {
        sequence: u64,
        sender: Terminal,
        input_number: u64,
        /// Whether the sender wants to hear of the delivery.
        notice: bool,
    },
    Delivered(Notice),
    Told(Told),
}

// A message in flight is an entry in a lane (a deque may have reserved as much again) and at worst
// a run of its own among the answers.
const _: () = assert!(2 * (size_of::<Entry>() + size_of::<Run>()) <= 200);

/// One lane of an institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LaneQueue {
    /// The output number of the last entry that was acknowledged.
    acknowledged: u64,
    /// Entries up to this number may have been offered by a session that has ended.
    ///
    /// Invariant: at most the last output number.
    offered_before: u64,
    /// Invariant: the entry at `i` has the output number `acknowledged + 1 + i`.
    entries: VecDeque<Entry>,
}

impl LaneQueue {
    /// What a snapshot holds of a lane; nothing where the numbers disagree.
    pub(crate) fn new(
        acknowledged: u64,
        offered_before: u64,
        entries: VecDeque<Entry>,
    ) -> Option<Self> {
        let last = acknowledged.checked_add(u64::try_from(entries.len()).ok()?)?;
        (offered_before <= last).then_some(Self { acknowledged, offered_before, entries })
    }

    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    pub(crate) fn offered_before(&self) -> u64 {
        self.offered_before
    }

    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() >= LANE_LENGTH_MAX
    }

    /// The output number of the last entry that ever entered.
    pub(crate) fn last(&self) -> u64 {
        self.acknowledged + self.entries.len() as u64
    }

    /// Adds an entry and gives its output number.
    pub(crate) fn push(&mut self, entry: Entry) -> u64 {
        self.entries.push_back(entry);
        self.last()
    }

    /// Drops the next `count` entries, which were acknowledged, and gives them in order.
    ///
    /// # Panics
    ///
    /// Where fewer are waiting: [`crate::Network::decide`] rejects such an acknowledgement.
    pub(crate) fn acknowledge(&mut self, count: usize) -> impl Iterator<Item = Entry> {
        assert!(count <= self.entries.len(), "only what waits in a lane can be acknowledged");
        self.acknowledged += count as u64;
        self.entries.drain(..count)
    }

    /// Gives memory back after a queue has become much shorter than it was.
    pub(crate) fn shrink(&mut self) {
        const KEPT: usize = 64;
        if self.entries.capacity() > KEPT && self.entries.capacity() / 4 >= self.entries.len() {
            self.entries.shrink_to(KEPT.max(self.entries.len() * 2));
        }
    }

    /// Notes that the session that emptied the lane has ended: it may have offered every entry.
    pub(crate) fn end_session(&mut self) {
        self.offered_before = self.last();
    }

    /// The entries with output numbers above `after`.
    pub(crate) fn after(&self, after: u64) -> impl Iterator<Item = Offer> {
        let skipped = after.saturating_sub(self.acknowledged);
        let start = usize::try_from(skipped).unwrap_or(usize::MAX).min(self.entries.len());
        let first = self.acknowledged + 1 + start as u64;
        (first..).zip(self.entries.range(start..)).map(|(output_number, entry)| Offer {
            output_number,
            item: entry.item(),
            possible_duplicate: output_number <= self.offered_before,
        })
    }

    pub(crate) fn position(&self, lane: Lane) -> LanePosition {
        LanePosition {
            lane,
            acknowledged_through: self.acknowledged,
            last_output_number: self.last(),
        }
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.entries.capacity()
    }
}

impl Tiding {
    const ALL: [Self; 4] =
        [Self::PermissionRequested, Self::Permitted, Self::Revoked, Self::PermissionDenied];

    /// Its number, which never changes.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::PermissionRequested => 1,
            Self::Permitted => 2,
            Self::Revoked => 3,
            Self::PermissionDenied => 4,
        }
    }

    /// The tiding of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tiding| tiding.code() == code)
    }
}

impl Entry {
    pub(crate) fn item(&self) -> Item {
        match *self {
            Self::Message { sequence, .. } => Item::Message { sequence },
            Self::Delivered(notice) => Item::Delivered(notice),
            Self::Told(told) => Item::Told(told),
        }
    }
}
