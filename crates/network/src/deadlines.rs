//! When something is to be done about a message that waits, or a report is due, in the order of
//! time.
//!
//! A message has one deadline at most, the next one; its entry in the lane says what it is. The set
//! holds nothing that the entries do not, so a snapshot leaves it out. Deadlines fire only by
//! records ([`crate::Command::Tick`]); the machine reads no clock.

use std::collections::BTreeSet;

use trust::{Lane, LogTime};

use crate::members::MemberId;

/// All deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deadlines {
    messages: BTreeSet<Deadline>,
    /// The next report of each member that gets reports.
    reports: BTreeSet<(LogTime, MemberId)>,
}

/// The next deadline of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline {
    pub(crate) at: LogTime,
    pub(crate) place: Place,
}

/// Where a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) receiver: MemberId,
    pub(crate) lane: Lane,
    pub(crate) output_number: u64,
}

impl Deadlines {
    /// Notes the next deadline of a message, if it has one.
    pub(crate) fn set(&mut self, at: Option<LogTime>, place: Place) {
        if let Some(at) = at {
            self.messages.insert(Deadline { at, place });
        }
    }

    /// Forgets the deadline of a message, if it has one.
    pub(crate) fn clear(&mut self, at: Option<LogTime>, place: Place) {
        if let Some(at) = at {
            let had = self.messages.remove(&Deadline { at, place });
            assert!(had, "the deadline of a message that waits is in the set");
        }
    }

    /// The first deadline.
    pub(crate) fn first(&self) -> Option<LogTime> {
        let message = self.messages.first().map(|deadline| deadline.at);
        let report = self.reports.first().map(|(at, _)| *at);
        message.into_iter().chain(report).min()
    }

    /// The members whose reports are due at a time, in their order.
    pub(crate) fn reports_due(&self, at: LogTime) -> impl Iterator<Item = MemberId> {
        self.reports.iter().take_while(move |(due, _)| *due <= at).map(|(_, id)| *id)
    }

    /// Puts the next report of a member in the place of the one before.
    pub(crate) fn move_report(
        &mut self,
        id: MemberId,
        before: Option<LogTime>,
        next: Option<LogTime>,
    ) {
        if let Some(before) = before {
            let had = self.reports.remove(&(before, id));
            assert!(had, "the next report of a member is in the set");
        }
        if let Some(next) = next {
            self.reports.insert((next, id));
        }
    }

    /// The messages' that have come at a time, in their order.
    pub(crate) fn due(&self, at: LogTime) -> impl Iterator<Item = Deadline> {
        self.messages.iter().copied().take_while(move |deadline| deadline.at <= at)
    }
}
