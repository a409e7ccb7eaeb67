//! Messages that were accepted and do not stand in their lane yet: they wait for the opening of their
//! service, for what the institution decides that got their copy, or for both.
//!
//! A held message has no output number, so nothing has a gap when it is refused or withdrawn; when it
//! waits for nothing any more it enters its lane behind what is there. An accepted message is either
//! held, or in a lane, or finished. Which of the two it waits for is decided when it is accepted: rules
//! that change later change nothing about it.
//!
//! Who decides does not wait for the opening. A message that is authorised before its service opens
//! waits for the opening alone; one that is authorised after that enters its lane at once, also
//! behind the cut-off, for it was accepted in time.

use std::collections::BTreeMap;

use iso::Institution;
use trust::{Lane, LogTime, ServiceName};

use crate::answers::Run;
use crate::deadlines::Place;
use crate::effect::Effect;
use crate::lane::{About, Entry, InFlight, Mark};
use crate::members::MemberId;
use crate::network::Network;
use crate::service::ServiceState;

/// A message that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The message.
    pub about: About,
    /// For whom it is.
    pub receiver: Institution,
    /// In which service.
    pub service: ServiceName,
    /// The lane that it will enter.
    pub lane: Lane,
    /// Whether it is late.
    pub late: bool,
    /// When its service opens, if it was closed when the message was accepted.
    pub until: Option<LogTime>,
    /// Whose decision it waits for, if it waits for one.
    pub decider: Option<Institution>,
}

/// What the machine keeps of a message that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeldMessage {
    pub(crate) receiver: MemberId,
    pub(crate) lane: Lane,
    pub(crate) message: InFlight,
    /// When its service opens; the beginning of time where it was open.
    pub(crate) opens_at: LogTime,
    pub(crate) waits: Waits,
}

/// What a message waits for beside or before its place in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For the decision of the institution that got its copy.
    Decision(MemberId),
    /// For the opening of its service at most; why it needs no decision, if it would need one.
    Opening(Option<Mark>),
}

/// The messages that a service holds, by their records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeldMessages {
    /// Invariant: they wait for a decision.
    pub(crate) undecided: BTreeMap<u64, HeldMessage>,
    /// Invariant: they wait for an opening alone.
    pub(crate) opening: BTreeMap<u64, HeldMessage>,
}

/// How many held messages will enter each lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToCome(
    /// Invariant: counts those that services hold; no zero.
    BTreeMap<(MemberId, Lane), usize>,
);

// A held message is an entry of a tree, which is half full at least, at worst a run of its own among
// the answers (a deque may have reserved as much again), and at worst a deadline. It takes more than
// one that stands in a lane, for it says what it waits for.
const _: () = assert!(
    2 * (size_of::<HeldMessage>() + size_of::<u64>() + size_of::<Run>())
        + 2 * size_of::<(LogTime, u64)>()
        <= 256
);

impl Waits {
    /// For the opening, and for nothing else.
    pub(crate) const OPENS: Self = Self::Opening(None);

    /// Who decides.
    pub(crate) fn decider(self) -> Option<MemberId> {
        match self {
            Self::Decision(decider) => Some(decider),
            Self::Opening(_) => None,
        }
    }
}

impl HeldMessage {
    /// Whether it waits for nothing any more.
    pub(crate) fn is_free(&self, at: LogTime) -> bool {
        self.waits.decider().is_none() && self.opens_at <= at
    }

    /// When something is to be done about it.
    pub(crate) fn next(&self) -> Option<LogTime> {
        let opens = self.waits.decider().is_none().then_some(self.opens_at);
        self.message.times.next().into_iter().chain(opens).min()
    }
}

impl HeldMessages {
    pub(crate) fn get(&self, sequence: u64) -> Option<&HeldMessage> {
        self.undecided.get(&sequence).or_else(|| self.opening.get(&sequence))
    }

    /// Adds one; says whether there was none of its record.
    pub(crate) fn insert(&mut self, held: HeldMessage) -> bool {
        let sequence = held.message.sequence;
        let is_new = self.get(sequence).is_none();
        let all = match held.waits {
            Waits::Decision(_) => &mut self.undecided,
            Waits::Opening(_) => &mut self.opening,
        };
        all.insert(sequence, held);
        is_new
    }

    fn remove(&mut self, sequence: u64) -> Option<HeldMessage> {
        self.undecided.remove(&sequence).or_else(|| self.opening.remove(&sequence))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &HeldMessage> {
        self.undecided.values().chain(self.opening.values())
    }
}

impl ToCome {
    pub(crate) fn count(&self, receiver: MemberId, lane: Lane) -> usize {
        self.0.get(&(receiver, lane)).copied().unwrap_or(0)
    }

    fn add(&mut self, held: &HeldMessage) {
        *self.0.entry((held.receiver, held.lane)).or_insert(0) += 1;
    }

    fn take(&mut self, held: &HeldMessage) {
        let place = (held.receiver, held.lane);
        if let Some(count) = self.0.get_mut(&place) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&place);
            }
        }
    }
}

impl Network {
    /// Puts a message where it belongs: into its lane, or among those that its service holds. Gives its
    /// output number, if it gets one.
    pub(crate) fn hold_or_place(
        &mut self,
        at: LogTime,
        service: ServiceName,
        held: HeldMessage,
        effects: &mut Vec<Effect>,
    ) -> Option<u64> {
        match held.waits {
            Waits::Opening(mark) if held.opens_at <= at => Some(self.place(&held, mark, effects)),
            Waits::Opening(_) | Waits::Decision(_) => {
                self.hold(service, held);
                None
            }
        }
    }

    /// Holds a message.
    pub(crate) fn hold(&mut self, service: ServiceName, held: HeldMessage) {
        self.count_held(&held);
        let is_new = self.change_waiting(service, |state| state.held.insert(held));
        assert!(is_new, "a record is held once");
    }

    /// Notes what follows from a message that is held.
    pub(crate) fn count_held(&mut self, held: &HeldMessage) {
        self.deadlines.set_held(held.next(), held.message.sequence);
        self.to_come.add(held);
    }

    /// Puts a message into its lane, and gives its output number.
    fn place(&mut self, held: &HeldMessage, mark: Option<Mark>, effects: &mut Vec<Effect>) -> u64 {
        let HeldMessage { receiver, lane, message, .. } = *held;
        let member = self.members.at_mut(receiver);
        let (institution, sequence) = (member.institution, message.sequence);
        let queue = member.lane_or_new(lane, effects);
        let output_number = queue.push(Entry::Message(message));
        if let Some(mark) = mark {
            queue.mark(output_number, mark);
        }
        self.deadlines.set(message.times.next(), Place { receiver, lane, output_number });
        effects.push(Effect::Offered { institution, lane, output_number, sequence });
        output_number
    }

    /// A message that is held, and its service.
    pub(crate) fn held(&self, sequence: u64) -> Option<(ServiceName, &HeldMessage)> {
        let mut all = self.services.iter();
        all.find_map(|(name, state)| Some((*name, state.held.get(sequence)?)))
    }

    /// Takes a message out of those that are held.
    ///
    /// # Panics
    ///
    /// Where it is not held: a decision has found it there.
    pub(crate) fn take_held(&mut self, sequence: u64) -> (ServiceName, HeldMessage) {
        let found = self.held(sequence).map(|(service, held)| (service, *held));
        let Some((service, held)) = found else {
            panic!("a record names the message of record {sequence}, which is not held");
        };
        self.deadlines.clear_held(held.next(), sequence);
        self.to_come.take(&held);
        self.change_waiting(service, |state| state.held.remove(sequence));
        (service, held)
    }

    /// Changes what waits in a service, and when something is due about its bypass.
    pub(crate) fn change_waiting<T>(
        &mut self,
        service: ServiceName,
        change: impl FnOnce(&mut ServiceState) -> T,
    ) -> T {
        let state = self.service_mut(service);
        let before = state.bypass_due();
        let changed = change(state);
        let after = state.bypass_due();
        self.deadlines.move_bypass(service, before, after);
        changed
    }

    /// The messages that wait for what an institution decides, those with records behind `after`, in
    /// the order of their records; at most `limit`.
    #[must_use]
    pub fn held_for(
        &self,
        institution: Institution,
        after: Option<u64>,
        limit: usize,
    ) -> Vec<Held> {
        let Some(decider) = self.members.id(&institution) else { return Vec::new() };
        self.held_where(after, limit, |held| held.waits == Waits::Decision(decider))
    }

    /// The held messages of which something is true, in the order of their records.
    pub(crate) fn held_where(
        &self,
        after: Option<u64>,
        limit: usize,
        is_meant: impl Fn(&HeldMessage) -> bool,
    ) -> Vec<Held> {
        let from = after.map_or(0, |after| after.saturating_add(1));
        let mut found = Vec::new();
        for (service, state) in &self.services {
            for all in [&state.held.undecided, &state.held.opening] {
                let meant = all.range(from..).filter(|(_, held)| is_meant(held)).take(limit);
                found.extend(meant.map(|(_, held)| self.view(*service, held)));
            }
        }
        found.sort_unstable_by_key(|it| it.about.sequence);
        found.truncate(limit);
        found
    }

    fn view(&self, service: ServiceName, held: &HeldMessage) -> Held {
        let HeldMessage { receiver, lane, message, opens_at, waits } = *held;
        Held {
            about: message.about(),
            receiver: self.members.at(receiver).institution,
            service,
            lane,
            late: message.times.late_at <= self.now,
            until: (opens_at != LogTime::default()).then_some(opens_at),
            decider: waits.decider().map(|id| self.members.at(id).institution),
        }
    }

    /// How many messages a service holds.
    #[must_use]
    pub fn held_in(&self, service: ServiceName) -> usize {
        let held = self.services.get(&service).map(|state| &state.held);
        held.map_or(0, |held| held.undecided.len() + held.opening.len())
    }
}
