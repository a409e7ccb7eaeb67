//! A session ends.

use iso::Terminal;
use trust::LogTime;

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
        at: LogTime,
        terminal: Terminal,
        session: SessionNumber,
        reason: CloseReason,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(terminal.institution());
        let open = member.session(terminal);
        assert_eq!(open, Some(session), "a record closes a session of {terminal} that is open");
        member.close(at, terminal, SessionEnd::Closed(reason), effects);
        member.move_lanes(None, effects);
        self.note_presence(at, Some(terminal.institution()));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_closed_session_is_over() {
        check_with_members(
            "
            close ALPHDEFFA
            close ALPHDEFFA
            open ALPHDEFFA
            sessions
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: Closed(Goodbye)
                lanes of ALPHDEFF to nobody
                NET020 ALPHDEFFA has no open session
                welcome ALPHDEFFA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                  session 2 of ALPHDEFFA
                  session 1 of BANKFRPPA, receives
            "#]],
        );
    }

    #[test]
    fn every_reason_is_kept() {
        check_with_members(
            "
            close ALPHDEFFA lost
            open ALPHDEFFA
            close ALPHDEFFA violation
            open ALPHDEFFA
            close ALPHDEFFA operator
            open ALPHDEFFA
            close ALPHDEFFA stopping
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: Closed(LinkLost)
                lanes of ALPHDEFF to nobody
                welcome ALPHDEFFA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                end session 2 of ALPHDEFFA: Closed(Violation)
                welcome ALPHDEFFA to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                end session 3 of ALPHDEFFA: Closed(Operator)
                welcome ALPHDEFFA to session 4: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                end session 4 of ALPHDEFFA: Closed(HubStopping)
            "#]],
        );
    }

    #[test]
    fn a_late_close_leaves_the_next_session_open() {
        check_with_members(
            "
            open ALPHDEFFA receives
            close ALPHDEFFA session=1 lost
            sessions
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to session 2 of ALPHDEFFA
                NET021 session 1 of ALPHDEFFA is over; 2 is open
                  session 2 of ALPHDEFFA, receives
                  session 1 of BANKFRPPA, receives
            "#]],
        );
    }

    #[test]
    fn what_waits_is_a_possible_duplicate_in_the_next_session() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            close BANKFRPPA lost
            submit ALPHDEFFA 2 BANKFRPP
            open BANKFRPPA receives normal=1
            pending BANKFRPP normal
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                end session 1 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to nobody
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/2
                lanes of BANKFRPP to session 2 of BANKFRPPA
                  1: message in record 7, possible duplicate
                  2: message in record 9
            "#]],
        );
    }
}
