//! A member may neither send nor be sent to any more.
//!
//! Its sessions stay: what was accepted for it before is still offered to it, for the network has
//! promised that to the senders.

use iso::Institution;

use crate::directory::Status;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_suspend(
        &self,
        institution: Institution,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if member.is_suspended() {
            return Err(Rejection::AlreadySuspended { institution });
        }
        Ok(Decision::of(Event::Suspended { institution, reason }))
    }

    pub(crate) fn suspended(
        &mut self,
        institution: Institution,
        reason: &Line,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(institution);
        assert!(!member.is_suspended(), "a record suspends {institution}, which is suspended");
        member.status = Status::Suspended { reason: reason.clone() };
        effects.push(Effect::StatusChanged { institution });
    }
}
