//! Messages that wait for the opening of their service: accepted, in no lane yet, and so without an
//! output number.

use std::collections::BTreeMap;
use std::ops::Bound;

use iso::Institution;
use trust::{Lane, LogTime};

use crate::lane::{About, InFlight};
use crate::members::MemberId;
use crate::network::Network;

/// A message that waits for the opening of its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The message.
    pub about: About,
    /// For whom it is.
    pub receiver: Institution,
    /// The lane that it will enter.
    pub lane: Lane,
    /// When its service opens.
    pub until: LogTime,
}

/// What the machine keeps of a message that waits for an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeldMessage {
    pub(crate) receiver: MemberId,
    pub(crate) lane: Lane,
    pub(crate) message: InFlight,
}

/// All messages that wait for an opening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeldMessages {
    /// In the order in which they are released: by opening, then by record.
    waiting: BTreeMap<(LogTime, u64), HeldMessage>,
    /// How many are for each lane.
    ///
    /// Invariant: counts those in `waiting`, and holds no zero.
    counts: BTreeMap<(MemberId, Lane), usize>,
}

impl HeldMessages {
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many are to enter a lane.
    pub(crate) fn count(&self, receiver: MemberId, lane: Lane) -> usize {
        self.counts.get(&(receiver, lane)).copied().unwrap_or(0)
    }

    /// Adds one; says whether there was none of the same place.
    pub(crate) fn insert(&mut self, until: LogTime, held: HeldMessage) -> bool {
        *self.counts.entry((held.receiver, held.lane)).or_insert(0) += 1;
        self.waiting.insert((until, held.message.sequence), held).is_none()
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, key: (LogTime, u64)) -> Option<HeldMessage> {
        let held = self.waiting.remove(&key)?;
        let place = (held.receiver, held.lane);
        if let Some(count) = self.counts.get_mut(&place) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&place);
            }
        }
        Some(held)
    }

    /// All, in the order in which they are released.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ((LogTime, u64), &HeldMessage)> {
        self.waiting.iter().map(|(key, held)| (*key, held))
    }

    /// When the first is released.
    pub(crate) fn first(&self) -> Option<LogTime> {
        self.waiting.first_key_value().map(|((until, _), _)| *until)
    }

    /// The lane that a message will enter.
    pub(crate) fn lane_of(&self, key: (LogTime, u64)) -> Option<Lane> {
        self.waiting.get(&key).map(|held| held.lane)
    }

    /// Where a message waits, by its record; it looks at all.
    pub(crate) fn find(&self, receiver: MemberId, sequence: u64) -> Option<(LogTime, u64)> {
        let is_it =
            |it: &((LogTime, u64), &HeldMessage)| it.0.1 == sequence && it.1.receiver == receiver;
        self.iter().find(is_it).map(|(key, _)| key)
    }
}

impl Network {
    /// The messages of an institution that wait for the opening of their service, those after an
    /// opening and a record or from the first on, in the order in which they are released. It looks at all that are held.
    pub fn held(
        &self,
        sender: Institution,
        after: Option<(LogTime, u64)>,
    ) -> impl Iterator<Item = Held> + use<'_> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.held.waiting.range((start, Bound::Unbounded));
        rows.filter(move |(_, held)| held.message.sender.institution() == sender).map(
            |((until, _), held)| Held {
                about: held.message.about(),
                receiver: self.members.at(held.receiver).institution,
                lane: held.lane,
                until: *until,
            },
        )
    }
}
