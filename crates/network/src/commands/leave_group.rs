//! A member leaves the group of a service. What was accepted for it is still delivered.

use iso::Institution;
use trust::ServiceName;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_leave_group(
        &self,
        service: ServiceName,
        institution: Institution,
    ) -> Result<Decision, Rejection> {
        let (state, id) = self.group(service, institution)?;
        if !state.group.contains(id) {
            return Err(Rejection::NotInGroup { service, institution });
        }
        Ok(Decision::of(Event::GroupLeft { service, institution }))
    }

    pub(crate) fn group_left(
        &mut self,
        service: ServiceName,
        institution: Institution,
        effects: &mut Vec<Effect>,
    ) {
        let id = self.member_id(institution);
        self.service_mut(service).group.remove(id);
        effects.push(Effect::ServiceChanged { service });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn only_who_is_in_a_group_leaves_it() {
        check_with_members(
            "
            service payments closed
            leave payments ALPHDEFF
            join payments ALPHDEFF
            leave payments ALPHDEFF
            leave payments ALPHDEFF
            ",
            &expect![[r#"
                service payments: *, closed, group []
                NET076 ALPHDEFF is not in the group of service payments
                service payments: *, closed, group [ALPHDEFF]
                service payments: *, closed, group []
                NET076 ALPHDEFF is not in the group of service payments
            "#]],
        );
    }
}
