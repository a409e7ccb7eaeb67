//! What the directory says of a member beside its name: its branches and whom people call.

use iso::Institution;

use crate::directory::Profile;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_describe(
        &self,
        institution: Institution,
        profile: Box<Profile>,
    ) -> Result<Decision, Rejection> {
        self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        Ok(Decision::of(Event::Described { institution, profile }))
    }

    pub(crate) fn described(
        &mut self,
        institution: Institution,
        profile: &Profile,
        effects: &mut Vec<Effect>,
    ) {
        *self.member_mut(institution).profile = profile.clone();
        effects.push(Effect::Described { institution });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_message_to_a_branch_that_is_not_listed_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPPLYO
            describe BANKFRPP branches=PAR,LYO contact=+33-1-5550100
            submit ALPHDEFFA 2 BANKFRPPLYO
            submit ALPHDEFFA 3 BANKFRPPXXX
            submit ALPHDEFFA 4 BANKFRPPNIC
            describe BANKFRPP
            submit ALPHDEFFA 5 BANKFRPPNIC
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                BANKFRPP has branches ["LYO", "PAR"]
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                accepted 3 of ALPHDEFFA in record 10
                offer BANKFRPP normal 3: record 10
                refused 4 of ALPHDEFFA in record 11
                  NET012 at header/receiver, fault of the sender: BANKFRPP has no branch NIC
                BANKFRPP has branches []
                accepted 5 of ALPHDEFFA in record 13
                offer BANKFRPP normal 4: record 13
            "#]],
        );
    }

    #[test]
    fn only_a_member_is_described() {
        check_with_members(
            "
            describe CHASUS33 branches=NYC
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
