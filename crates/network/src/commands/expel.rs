//! A member may neither send nor be sent to any more, for good.
//!
//! As with a suspension, its sessions stay and what was accepted for it before is still offered to it.

use iso::Institution;
use trust::LogTime;

use crate::directory::Status;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_expel(
        &self,
        institution: Institution,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if member.is_expelled() {
            return Err(Rejection::Expelled { institution });
        }
        Ok(Decision::of(Event::Expelled { institution, reason }))
    }

    pub(crate) fn expelled(
        &mut self,
        at: LogTime,
        institution: Institution,
        reason: &Line,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(institution);
        assert!(!member.is_expelled(), "a record expels {institution}, which was expelled");
        member.status = Status::Expelled { reason: reason.clone() };
        self.note_presence(at, Some(institution));
        effects.push(Effect::StatusChanged { institution });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn an_expelled_member_is_out_for_good() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            expel BANKFRPP fraud
            submit ALPHDEFFA 2 BANKFRPP
            submit BANKFRPPA 1 ALPHDEFF
            ack BANKFRPPA normal 1 1
            reinstate BANKFRPP
            suspend BANKFRPP fees
            admit BANKFRPP Banque B
            expel BANKFRPP fraud
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                BANKFRPP is Expelled { reason: fraud }
                refused 2 of ALPHDEFFA in record 9
                  NET002 at header/receiver, fault of the receiver: BANKFRPPXXX is suspended and may not be sent to
                refused 1 of BANKFRPPA in record 10
                  NET003 at header/sender, fault of the sender: BANKFRPPA is suspended and may not send
                BANKFRPPA took normal over through 1
                NET048 BANKFRPP was expelled
                NET042 BANKFRPP is suspended already
                NET040 BANKFRPP is a member already
                NET048 BANKFRPP was expelled
            "#]],
        );
    }

    #[test]
    fn a_suspended_member_may_be_expelled_and_a_stranger_not() {
        check_with_members(
            "
            suspend BANKFRPP fees
            expel BANKFRPP fraud
            expel CHASUS33 fraud
            ",
            &expect![[r#"
                BANKFRPP is Suspended { reason: fees }
                BANKFRPP is Expelled { reason: fraud }
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
