//! When something is to be done about a message that waits, or a report is due, in the order of
//! time.
//!
//! A message has one deadline at most, the next one; its entry in the lane says what it is. The set
//! holds nothing that the entries do not, so a snapshot leaves it out. Deadlines fire only by
//! records ([`crate::Command::Tick`]); the machine reads no clock.

use std::collections::BTreeSet;

use trust::{Lane, LogTime, ServiceName};

use crate::members::MemberId;
use crate::reports::Report;

/// All deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deadlines {
    messages: BTreeSet<Deadline>,
    /// The next deadline of each message that is held, by its record.
    held: BTreeSet<(LogTime, u64)>,
    /// When something is to be done about the bypass of a service.
    bypasses: BTreeSet<(LogTime, ServiceName)>,
    /// The next undelivered report of each member that gets them.
    undelivered: BTreeSet<(LogTime, MemberId)>,
    /// The next daily check report of each member that gets one.
    daily_checks: BTreeSet<(LogTime, MemberId)>,
    /// The next cut-off of each service that has hours.
    cut_offs: BTreeSet<(LogTime, ServiceName)>,
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
        let held = self.held.first().map(|(at, _)| *at);
        let bypass = self.bypasses.first().map(|(at, _)| *at);
        let reports = [&self.undelivered, &self.daily_checks].into_iter();
        let report = reports.filter_map(|all| all.first()).map(|(at, _)| *at).min();
        let cut_off = self.cut_offs.first().map(|(at, _)| *at);
        [message, held, bypass, report, cut_off].into_iter().flatten().min()
    }

    /// Notes the next deadline of a held message, if it has one.
    pub(crate) fn set_held(&mut self, at: Option<LogTime>, sequence: u64) {
        replace(&mut self.held, sequence, None, at);
    }

    /// Forgets the deadline of a held message, if it has one.
    pub(crate) fn clear_held(&mut self, at: Option<LogTime>, sequence: u64) {
        replace(&mut self.held, sequence, at, None);
    }

    /// The held messages whose deadlines have come at a time, in their order.
    pub(crate) fn held_due(&self, at: LogTime) -> impl Iterator<Item = u64> {
        self.held.iter().take_while(move |(due, _)| *due <= at).map(|(_, sequence)| *sequence)
    }

    /// The first service about whose bypass something is to be done at a time.
    pub(crate) fn bypass_due(&self, at: LogTime) -> Option<ServiceName> {
        self.bypasses.first().filter(|(due, _)| *due <= at).map(|(_, service)| *service)
    }

    /// Puts the next time for the bypass of a service in the place of the one before.
    pub(crate) fn move_bypass(
        &mut self,
        service: ServiceName,
        before: Option<LogTime>,
        next: Option<LogTime>,
    ) {
        if before != next {
            replace(&mut self.bypasses, service, before, next);
        }
    }

    /// The members of whom a report is due at a time, in their order.
    pub(crate) fn reports_due(
        &self,
        report: Report,
        at: LogTime,
    ) -> impl Iterator<Item = MemberId> {
        let all = match report {
            Report::Undelivered => &self.undelivered,
            Report::DailyCheck => &self.daily_checks,
        };
        all.iter().take_while(move |(due, _)| *due <= at).map(|(_, id)| *id)
    }

    /// The service whose cut-off has come first.
    pub(crate) fn cut_off_due(&self, at: LogTime) -> Option<ServiceName> {
        self.cut_offs.first().filter(|(due, _)| *due <= at).map(|(_, service)| *service)
    }

    /// Puts the next cut-off of a service in the place of the one before.
    pub(crate) fn move_cut_off(
        &mut self,
        service: ServiceName,
        before: Option<LogTime>,
        next: Option<LogTime>,
    ) {
        replace(&mut self.cut_offs, service, before, next);
    }

    /// Puts the next report of a member in the place of the one before.
    pub(crate) fn move_report(
        &mut self,
        report: Report,
        id: MemberId,
        before: Option<LogTime>,
        next: Option<LogTime>,
    ) {
        let all = match report {
            Report::Undelivered => &mut self.undelivered,
            Report::DailyCheck => &mut self.daily_checks,
        };
        replace(all, id, before, next);
    }

    /// The messages' that have come at a time, in their order.
    pub(crate) fn due(&self, at: LogTime) -> impl Iterator<Item = Deadline> {
        self.messages.iter().copied().take_while(move |deadline| deadline.at <= at)
    }
}

/// Puts one deadline of something in the place of another.
fn replace<T: Copy + Ord>(
    set: &mut BTreeSet<(LogTime, T)>,
    of: T,
    before: Option<LogTime>,
    next: Option<LogTime>,
) {
    if let Some(before) = before {
        let had = set.remove(&(before, of));
        assert!(had, "the deadline that something has is in the set");
    }
    if let Some(next) = next {
        set.insert((next, of));
    }
}
