//! An institution becomes a member.

use iso::Institution;

use crate::directory::Member;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

/// An institution becomes a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admit {
    /// Which institution.
    pub institution: Institution,
    /// Its name, for people.
    pub name: Line,
}

impl Network {
    pub(crate) fn decide_admit(&self, admit: Admit) -> Result<Decision, Rejection> {
        let Admit { institution, name } = admit;
        if self.members.contains(&institution) {
            return Err(Rejection::AlreadyAdmitted { institution });
        }
        Ok(Decision::of(Event::Admitted { institution, name }))
    }

    pub(crate) fn admitted(
        &mut self,
        institution: Institution,
        name: &Line,
        effects: &mut Vec<Effect>,
    ) {
        let admitted = self.members.admit(Member::new(institution, name.clone()));
        assert!(admitted.is_some(), "a record admits {institution}, which is a member");
        effects.push(Effect::StatusChanged { institution });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check;

    #[test]
    fn an_institution_becomes_a_member() {
        check(
            "
            admit ALPHDEFF Alpha Bank
            admit BANKFRPP Banque B
            ",
            &expect![[r#"
                ALPHDEFF is Active
                BANKFRPP is Active
            "#]],
        );
    }

    #[test]
    fn an_institution_is_admitted_once() {
        check(
            "
            admit ALPHDEFF Alpha Bank
            admit ALPHDEFF Alpha Bank
            ",
            &expect![[r#"
                ALPHDEFF is Active
                NET040 ALPHDEFF is a member already
            "#]],
        );
    }
}
