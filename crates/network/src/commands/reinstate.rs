//! A suspended member may send and be sent to again.

use iso::Institution;

use crate::directory::Status;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_reinstate(&self, institution: Institution) -> Result<Decision, Rejection> {
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if !member.is_suspended() {
            return Err(Rejection::NotSuspended { institution });
        }
        Ok(Decision::of(Event::Reinstated { institution }))
    }

    pub(crate) fn reinstated(&mut self, institution: Institution, effects: &mut Vec<Effect>) {
        let member = self.member_mut(institution);
        assert!(member.is_suspended(), "a record reinstates {institution}, which is active");
        member.status = Status::Active;
        effects.push(Effect::StatusChanged { institution });
    }
}
