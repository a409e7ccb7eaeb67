//! A member may neither send nor be sent to any more.
//!
//! Its sessions stay: what was accepted for it before is still offered to it, for the network has
//! promised that to the senders.

use iso::Institution;
use trust::LogTime;

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
        at: LogTime,
        institution: Institution,
        reason: &Line,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(institution);
        assert!(!member.is_suspended(), "a record suspends {institution}, which is suspended");
        member.status = Status::Suspended { reason: reason.clone() };
        self.note_presence(at, Some(institution));
        effects.push(Effect::StatusChanged { institution });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_suspended_member_neither_sends_nor_is_sent_to() {
        check_with_members(
            "
            suspend BANKFRPP unpaid fees
            submit ALPHDEFFA 1 BANKFRPP
            submit BANKFRPPA 1 ALPHDEFF
            ",
            &expect![[r#"
                BANKFRPP is Suspended { reason: unpaid fees }
                refused 1 of ALPHDEFFA in record 8
                  NET002 at header/receiver, fault of the receiver: BANKFRPPXXX is suspended and may not be sent to
                refused 1 of BANKFRPPA in record 9
                  NET003 at header/sender, fault of the sender: BANKFRPPA is suspended and may not send
            "#]],
        );
    }

    #[test]
    fn a_suspended_member_still_takes_over_what_was_accepted_for_it() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            suspend BANKFRPP unpaid fees
            open BANKFRPPA receives
            ack BANKFRPPA normal 1 1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                BANKFRPP is Suspended { reason: unpaid fees }
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 2 of BANKFRPPA
                BANKFRPPA took normal over through 1
            "#]],
        );
    }

    #[test]
    fn a_member_is_suspended_once() {
        check_with_members(
            "
            suspend ALPHDEFF lost keys
            suspend ALPHDEFF lost keys
            ",
            &expect![[r#"
                ALPHDEFF is Suspended { reason: lost keys }
                NET042 ALPHDEFF is suspended already
            "#]],
        );
    }

    #[test]
    fn only_a_member_is_suspended() {
        check_with_members(
            "
            suspend CHASUS33 unknown
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
