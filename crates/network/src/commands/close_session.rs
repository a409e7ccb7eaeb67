//! A session ends.

use iso::Terminal;

use crate::directory::SessionNumber;
use crate::effect::{Effect, SessionEnd};
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

/// A session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseSession {
    /// Whose session.
    pub terminal: Terminal,
    /// Which one.
    pub session: SessionNumber,
    /// Why.
    pub reason: CloseReason,
}

/// Why a session is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The gateway said goodbye.
    Goodbye,
    /// The link broke.
    LinkLost,
    /// The gateway broke the protocol.
    Violation,
    /// The operator closed it.
    Operator,
    /// The hub stops in good order.
    HubStopping,
}

impl CloseReason {
    const ALL: [Self; 5] =
        [Self::Goodbye, Self::LinkLost, Self::Violation, Self::Operator, Self::HubStopping];

    /// Its number in records, from 1.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Goodbye => 1,
            Self::LinkLost => 2,
            Self::Violation => 3,
            Self::Operator => 4,
            Self::HubStopping => 5,
        }
    }

    /// The reason of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

impl Network {
    pub(crate) fn decide_close_session(&self, close: CloseSession) -> Result<Decision, Rejection> {
        let CloseSession { terminal, session, reason } = close;
        self.open_session(terminal, session)?;
        Ok(Decision::of(Event::SessionClosed { terminal, session, reason }))
    }

    pub(crate) fn session_closed(
        &mut self,
        terminal: Terminal,
        session: SessionNumber,
        reason: CloseReason,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(terminal.institution());
        let open = member.session(terminal);
        assert_eq!(open, Some(session), "a record closes a session of {terminal} that is open");
        let holder = member.holder();
        member.close(terminal, SessionEnd::Closed(reason), effects);
        member.move_lanes(terminal, holder, effects);
    }
}
