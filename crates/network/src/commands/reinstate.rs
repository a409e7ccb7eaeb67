//! A suspended member may send and be sent to again.

use iso::Institution;
use trust::LogTime;

use crate::directory::Status;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_reinstate(&self, institution: Institution) -> Result<Decision, Rejection> {
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if member.is_expelled() {
            return Err(Rejection::Expelled { institution });
        }
        if !member.is_suspended() {
            return Err(Rejection::NotSuspended { institution });
        }
        Ok(Decision::of(Event::Reinstated { institution }))
    }

    pub(crate) fn reinstated(
        &mut self,
        at: LogTime,
        institution: Institution,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(institution);
        assert!(member.is_suspended(), "a record reinstates {institution}, which is active");
        member.status = Status::Active;
        self.note_presence(at, Some(institution));
        effects.push(Effect::StatusChanged { institution });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_reinstated_member_sends_and_is_sent_to() {
        check_with_members(
            "
            suspend BANKFRPP unpaid fees
            reinstate BANKFRPP
            submit ALPHDEFFA 1 BANKFRPP
            submit BANKFRPPA 1 ALPHDEFF
            ",
            &expect![[r#"
                BANKFRPP is Suspended { reason: unpaid fees }
                BANKFRPP is Active
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                accepted 1 of BANKFRPPA in record 10
                offer ALPHDEFF normal 1: record 10
            "#]],
        );
    }

    #[test]
    fn an_active_member_is_not_reinstated() {
        check_with_members(
            "
            reinstate BANKFRPP
            ",
            &expect![[r#"
                NET043 BANKFRPP is not suspended
            "#]],
        );
    }

    #[test]
    fn only_a_member_is_reinstated() {
        check_with_members(
            "
            reinstate CHASUS33
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
