//! The institution that got the copy of a held message authorises or refuses it (MT 097).
//!
//! The shell has compared the record that is signed with the message's, and verified the signature;
//! whether the key may sign at this time is decided here.

use iso::Terminal;
use trust::{CopyDecision, LogTime};

use crate::copy::state::Decided;
use crate::directory::SessionNumber;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{Mark, Tiding, Told};
use crate::network::Network;
use crate::rejection::Rejection;

/// An institution decides on a message whose copy it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecideCopy {
    /// The session of the terminal that decides.
    pub session: SessionNumber,
    /// What it decides, with its signature.
    pub decision: CopyDecision,
}

impl Network {
    pub(crate) fn decide_decide_copy(
        &self,
        at: LogTime,
        decide: &DecideCopy,
    ) -> Result<Decision, Rejection> {
        let DecideCopy { session, decision } = decide;
        let CopyDecision { by, message, .. } = *decision;
        let (member, state) = self.open_session(by, *session)?;
        let institution = by.institution();
        if member.is_suspended() {
            return Err(Rejection::DeciderSuspended { institution });
        }
        if self.sequence.is_none_or(|last| message > last) {
            return Err(Rejection::UnknownCopy { message });
        }
        let us = self.members.id(&institution);
        let held = self.held(message).and_then(|(_, held)| held.waits.decider());
        let Some(decider) = held else {
            let decided = self.decided(message).filter(|it| Some(it.decider) == us);
            return Err(decided.map_or(Rejection::NotHeld { message }, |it| {
                let Decided { record, is_authorised, .. } = *it;
                Rejection::AlreadyDecided { message, record, is_authorised }
            }));
        };
        if Some(decider) != us {
            return Err(Rejection::NotTheDecider { message, institution });
        }
        if state.grant(decision.signed.key, at).is_none() {
            return Err(Rejection::DecisionUnsigned { terminal: by });
        }
        let event = Event::CopyDecided { by, message, is_authorised: decision.is_authorised() };
        Ok(Decision { event, meta: decision.encode() })
    }

    pub(crate) fn copy_decided(
        &mut self,
        (at, sequence): (LogTime, u64),
        by: Terminal,
        (message, is_authorised): (u64, bool),
        effects: &mut Vec<Effect>,
    ) {
        let record = sequence;
        let found =
            self.held(message).and_then(|(service, held)| Some((service, held.waits.decider()?)));
        let Some((service, decider)) = found else {
            panic!("a record decides on the message of record {message}, which waits for nobody");
        };
        assert_eq!(self.member_id(by.institution()), decider, "only who got the copy decides");
        self.remember_decision(service, Decided { message, record, decider, is_authorised });
        if is_authorised {
            let mark = Mark { record, is_bypass: false };
            self.pass(at, (message, mark), effects);
        } else {
            let (_, held) = self.take_held(message);
            self.files.remove(message);
            let sender = held.message.sender.institution();
            self.count(at, sender, |figures| figures.stopped += 1);
            let about = Some(held.message.about());
            self.tell(sender, Told { tiding: Tiding::Stopped, record, about }, effects);
        }
    }
}
