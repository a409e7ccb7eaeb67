//! Messages of a service pass without a decision from now on, or wait for one again: by the
//! operator's order, or because the institution that decides has been away for too long.
//!
//! What is held when a bypass begins is released by ticks, as bypassed, in the order in which it was
//! accepted. Each record of that is about one sender, one receiver and one institution that got the
//! copies, for all three may be shown it.

use iso::Institution;
use trust::{LogTime, ServiceName};

use crate::commands::tick::ELAPSED_MAX;
use crate::copy::state::Bypassing;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::Mark;
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_set_bypass(
        &self,
        service: ServiceName,
        on: bool,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        // A retired service may still hold messages.
        let state = self.services.get(&service).ok_or(Rejection::NoService { service })?;
        let rule = state.rules.copy.as_deref();
        if !rule.is_some_and(|rule| rule.allows_bypass()) {
            return Err(Rejection::NoBypass { service });
        }
        let is_ordered = self.bypass(service).is_some_and(|bypass| bypass.by_order);
        if is_ordered == on {
            return Err(Rejection::BypassSet { service, on });
        }
        Ok(Decision::of(Event::BypassSet { service, on, reason: Some(reason) }))
    }

    /// What a tick does about the bypass of services.
    pub(crate) fn decide_bypass(&self, at: LogTime) -> Option<Decision> {
        let service = self.deadlines.bypass_due(at)?;
        let state = self.services.get(&service);
        let copies = state.and_then(|state| Some((state.copies.as_deref()?, &state.held)));
        let (copies, held) = copies.expect("what is due is about a service that has copies");
        let set = |on| Some(Decision::of(Event::BypassSet { service, on, reason: None }));
        match copies.bypass {
            None => set(true),
            Some(bypass) if !bypass.by_order && copies.absent_since.is_none() => set(false),
            Some(_) => {
                let mut all = held.undecided.values();
                let first = all.next().expect("a bypass is due where something waits");
                let same = all.take_while(|other| other.parties() == first.parties());
                let others = same.map(|held| held.message.sequence).take(ELAPSED_MAX - 1);
                let messages = [first.message.sequence].into_iter().chain(others).collect();
                let sender = first.message.sender.institution();
                let receiver = self.members.at(first.receiver).institution;
                Some(Decision::of(Event::Bypassed { sender, receiver, messages }))
            }
        }
    }

    pub(crate) fn bypass_set(
        &mut self,
        record: u64,
        service: ServiceName,
        on: bool,
        by_order: bool,
    ) {
        self.change_copies(service, |copies| {
            copies.bypass = on.then_some(Bypassing { record, by_order });
        });
    }

    pub(crate) fn bypassed(
        &mut self,
        (at, record): (LogTime, u64),
        sender: Institution,
        messages: &[u64],
        effects: &mut Vec<Effect>,
    ) {
        for message in messages {
            let mark = Mark { record, is_bypass: true };
            let held = self.pass(at, (*message, mark), effects);
            self.tell_decider(&held, record, effects);
        }
        self.count(at, sender, |figures| figures.bypassed += messages.len() as u64);
    }
}
