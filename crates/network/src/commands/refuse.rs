//! A terminal submitted a message that did not pass the check: the "no" is put on record.
//!
//! The number is used up, as for an accepted message: the gateway gets a signed answer to each of
//! its submissions and goes on with the next.

use iso::Terminal;
use trust::{LogTime, Refused};

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
        at: LogTime,
        sequence: u64,
        terminal: Terminal,
        input_number: u64,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(terminal.institution());
        member.answer(terminal, input_number, sequence, false);
        member.daily.on(at).refused += 1;
        effects.push(Effect::Answered { terminal, input_number, sequence, accepted: false });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_refused_message_uses_its_number_up_and_reaches_nobody() {
        check_with_members(
            "
            refuse ALPHDEFFA 1
            submit ALPHDEFFA 2 BANKFRPP
            pending BANKFRPP normal
            answers ALPHDEFFA
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  MX017 at /Document/FIToFICstmrCdtTrf, fault of the sender: element Amt is missing
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                  1: message in record 8
                  1 refused from 1 in record 7
                  1 accepted from 2 in record 8
            "#]],
        );
    }

    #[test]
    fn a_refusal_has_the_next_number() {
        check_with_members(
            "
            refuse ALPHDEFFA 2
            ",
            &expect![[r#"
                NET022 expected input number 1 of ALPHDEFFA, but found 2
            "#]],
        );
    }

    #[test]
    fn a_refusal_has_a_session() {
        check_with_members(
            "
            close ALPHDEFFA
            refuse ALPHDEFFA 1
            refuse ALPHDEFFB 1
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: Closed(Goodbye)
                lanes of ALPHDEFF to nobody
                NET020 ALPHDEFFA has no open session
                NET020 ALPHDEFFB has no open session
            "#]],
        );
    }
}
