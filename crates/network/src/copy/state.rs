//! What the machine keeps of the copies of a service: whether it is bypassed, whether the institution
//! that decides is there, and what it decided lately. What waits for a decision stands in `held.rs`.

use std::collections::VecDeque;

use iso::Institution;
use trust::{Lane, LogTime, ServiceName};

use super::{Bypass, CopyExtent, CopyRule, CopyWay};
use crate::directory::Member;
use crate::effect::Effect;
use crate::envelope::Envelope;
use crate::held::{HeldMessage, Waits};
use crate::lane::{Entry, InFlight, Mark, Tiding, Told};
use crate::members::MemberId;
use crate::network::Network;
use crate::service::{self, ServiceState};

/// How many messages of one service wait for a decision at most; further ones are refused.
pub const HELD_MAX: usize = 1_000_000;

/// How many decisions a service remembers, so that one that comes twice is told apart from one about
/// a message that was never held.
pub const DECISIONS_REMEMBERED_MAX: usize = 4096;

/// What the machine keeps of the copies of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Copies {
    /// Since when the institution of the rule has been away.
    pub(crate) absent_since: Option<LogTime>,
    /// Why messages pass without a decision now.
    pub(crate) bypass: Option<Bypassing>,
    /// Invariant: at most [`DECISIONS_REMEMBERED_MAX`], the oldest first.
    pub(crate) decided: VecDeque<Decided>,
}

/// Why messages pass without a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bypassing {
    /// The record that says so.
    pub record: u64,
    /// Whether the operator ordered it; otherwise the institution is away.
    pub by_order: bool,
}

/// A decision that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    /// The record of the message.
    pub(crate) message: u64,
    /// The record that says it.
    pub(crate) record: u64,
    pub(crate) decider: MemberId,
    pub(crate) is_authorised: bool,
}

/// What the rule of its service makes of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Copied {
    way: CopyWay,
    institution: Institution,
    extent: CopyExtent,
    /// The record that began the bypass.
    bypassed_in: Option<u64>,
}

impl Copies {
    /// When a tick has something to do about the bypass; the beginning of time stands for at once.
    fn due(&self, rule: Option<&CopyRule>, holds: bool) -> Option<LogTime> {
        const AT_ONCE: LogTime = LogTime(0);
        let rule = rule.filter(|rule| rule.allows_bypass())?;
        match (self.bypass, rule.bypass) {
            (Some(bypass), _) => {
                let ends = !bypass.by_order && self.absent_since.is_none();
                (ends || holds).then_some(AT_ONCE)
            }
            (None, Bypass::After { seconds }) => service::after(self.absent_since?, seconds),
            (None, Bypass::Never | Bypass::ByOrder) => None,
        }
    }

    fn remember(&mut self, decided: Decided) {
        if self.decided.len() >= DECISIONS_REMEMBERED_MAX {
            self.decided.pop_front();
        }
        self.decided.push_back(decided);
    }
}

impl ServiceState {
    /// What the copy rule makes of a message.
    pub(crate) fn copied(&self, envelope: &Envelope) -> Option<Copied> {
        let rule = self.rules.copy.as_deref()?;
        let bypass = self.copies.as_deref().and_then(|copies| copies.bypass);
        let parties = [envelope.sender.institution(), envelope.receiver.institution()];
        let way = rule.way(parties, &envelope.message_type, bypass.is_some())?;
        Some(Copied {
            way,
            institution: rule.institution,
            extent: rule.extent,
            bypassed_in: bypass.map(|bypass| bypass.record),
        })
    }

    /// Whether no more can wait for a decision.
    pub(crate) fn holds_too_many(&self) -> bool {
        self.held.undecided.len() >= HELD_MAX
    }

    /// When a tick has something to do about the bypass of the service.
    pub(crate) fn bypass_due(&self) -> Option<LogTime> {
        let holds = !self.held.undecided.is_empty();
        self.copies.as_deref()?.due(self.rules.copy.as_deref(), holds)
    }
}

impl Copied {
    pub(crate) fn way(&self) -> CopyWay {
        self.way
    }

    pub(crate) fn institution(&self) -> Institution {
        self.institution
    }
}

impl Network {
    /// Puts the copy of a message into the lane of the institution that gets it; says what the message
    /// waits for.
    pub(crate) fn offer_copy(
        &mut self,
        copied: &Copied,
        (sequence, envelope): (u64, &Envelope),
        effects: &mut Vec<Effect>,
    ) -> Waits {
        let Copied { way, institution, extent, bypassed_in } = *copied;
        let (lane, decider) = (envelope.lane, self.member_id(institution));
        let entry = Entry::Copy {
            sequence,
            header_only: extent == CopyExtent::Header,
            decides: way == CopyWay::Holds,
        };
        let output_number = self.members.at_mut(decider).lane_mut(lane).push(entry);
        effects.push(Effect::Offered { institution, lane, output_number, sequence });
        match way {
            CopyWay::Holds => Waits::Decision(decider),
            CopyWay::Informs => Waits::OPENS,
            CopyWay::Bypasses => {
                Waits::Opening(bypassed_in.map(|record| Mark { record, is_bypass: true }))
            }
        }
    }

    /// Tells a sender that asked for notices that its message was authorised or bypassed.
    pub(crate) fn tell_of_release(
        &mut self,
        message: &InFlight,
        mark: Mark,
        effects: &mut Vec<Effect>,
    ) {
        if message.notice {
            let tiding = if mark.is_bypass { Tiding::Bypassed } else { Tiding::Authorised };
            let told = Told { tiding, record: mark.record, about: Some(message.about()) };
            self.tell(message.sender.institution(), told, effects);
        }
    }

    /// Lets a message pass that waited for a decision: into its lane, or to wait for the opening.
    pub(crate) fn pass(
        &mut self,
        at: LogTime,
        (sequence, mark): (u64, Mark),
        effects: &mut Vec<Effect>,
    ) -> HeldMessage {
        let (service, held) = self.take_held(sequence);
        let passed = HeldMessage { waits: Waits::Opening(Some(mark)), ..held };
        self.hold_or_place(at, service, passed, effects);
        self.tell_of_release(&held.message, mark, effects);
        held
    }

    /// Tells the institution that got the copy of a message, if it was to decide, that there is nothing
    /// to decide any more.
    pub(crate) fn tell_decider(
        &mut self,
        held: &HeldMessage,
        record: u64,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(decider) = held.waits.decider() {
            let decider = self.members.at(decider).institution;
            let about = Some(held.message.about());
            self.tell(decider, Told { tiding: Tiding::Undecided, record, about }, effects);
        }
    }

    /// Changes what is kept of the copies of a service, and when something is due about them.
    pub(crate) fn change_copies(&mut self, service: ServiceName, change: impl FnOnce(&mut Copies)) {
        self.change_waiting(service, |state| change(state.copies.get_or_insert_default()));
    }

    /// The decision on a message that some service remembers.
    pub(crate) fn decided(&self, message: u64) -> Option<&Decided> {
        let all = self.services.values().filter_map(|state| state.copies.as_deref());
        all.flat_map(|copies| &copies.decided).find(|it| it.message == message)
    }

    /// Remembers a decision.
    pub(crate) fn remember_decision(&mut self, service: ServiceName, decided: Decided) {
        self.change_copies(service, |copies| copies.remember(decided));
    }

    /// Notes which institutions that get copies are there and which are away, after sessions or the
    /// standing of members have changed; all of them, or one.
    pub(crate) fn note_presence(&mut self, at: LogTime, changed: Option<Institution>) {
        let watched = self.services.iter().filter_map(|(name, state)| {
            let institution = state.rules.copy.as_deref()?.institution;
            let is_meant = changed.is_none_or(|changed| changed == institution);
            is_meant.then_some((*name, institution))
        });
        for (service, institution) in watched.collect::<Vec<_>>() {
            let is_present = self.is_present(institution);
            self.change_copies(service, |copies| {
                copies.absent_since =
                    if is_present { None } else { copies.absent_since.or(Some(at)) };
            });
        }
    }

    /// Whether an institution takes over what is offered to it, and may decide.
    fn is_present(&self, institution: Institution) -> bool {
        let member = self.members.get(&institution);
        let takes = |member: &Member| {
            [Lane::URGENT, Lane::NORMAL].into_iter().all(|lane| member.holder(lane).is_some())
        };
        member.is_some_and(|member| !member.is_suspended() && takes(member))
    }

    /// Begins to watch the copies of a service by the rule that it has now, keeping what is held.
    pub(crate) fn begin_copies(&mut self, at: LogTime, service: ServiceName) {
        let state = self.service_mut(service);
        let rule = state.rules.copy.as_deref();
        if rule.is_none() && state.copies.is_none() {
            return;
        }
        let (institution, allows) =
            (rule.map(|it| it.institution), rule.is_some_and(CopyRule::allows_bypass));
        let is_present = institution.is_none_or(|institution| self.is_present(institution));
        self.change_copies(service, |copies| {
            copies.absent_since = (!is_present).then_some(at);
            copies.bypass = copies.bypass.filter(|_| allows);
        });
    }

    /// Why the messages of a service pass without a decision now, if they do.
    #[must_use]
    pub fn bypass(&self, service: ServiceName) -> Option<Bypassing> {
        self.services.get(&service)?.copies.as_deref()?.bypass
    }
}
