//! A terminal submitted a message that did not pass the check: the "no" is put on record.
//!
//! The number is used up, as for an accepted message: the gateway gets a signed answer to each of
//! its submissions and goes on with the next.

use iso::Terminal;
use trust::Refused;

use crate::directory::SessionNumber;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

/// A terminal submitted a message that did not pass the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuse {
    /// The session in which it was submitted.
    pub session: SessionNumber,
    /// Who submitted what, and why it is refused.
    pub refused: Refused,
}

impl Network {
    pub(crate) fn decide_refuse(&self, refuse: Refuse) -> Result<Decision, Rejection> {
        let Refuse { session, refused } = refuse;
        let Refused { terminal, input_number, .. } = refused;
        let (_, state) = self.open_session(terminal, session)?;
        state.expect_next(terminal, input_number)?;
        Ok(Decision { event: Event::Refused { terminal, input_number }, meta: refused.encode() })
    }

    pub(crate) fn refused(
        &mut self,
        sequence: u64,
        terminal: Terminal,
        input_number: u64,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(terminal.institution());
        member.answer(terminal, input_number, sequence, false);
        effects.push(Effect::Answered { terminal, input_number, sequence, accepted: false });
    }
}
