//! A member enters the group of a service. In a closed service only its group takes part; an open
//! one may have a group too, which counts from the day on which it is closed.

use iso::Institution;
use trust::ServiceName;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::members::MemberId;
use crate::network::Network;
use crate::rejection::Rejection;
use crate::service::{ServiceState, is_test_institution};

impl Network {
    pub(crate) fn decide_join_group(
        &self,
        service: ServiceName,
        institution: Institution,
    ) -> Result<Decision, Rejection> {
        let (state, id) = self.group(service, institution)?;
        if state.rules.is_test() != is_test_institution(institution) {
            return Err(Rejection::TestWithLive { service, institution });
        }
        if state.group.contains(id) {
            return Err(Rejection::AlreadyInGroup { service, institution });
        }
        Ok(Decision::of(Event::GroupJoined { service, institution }))
    }

    pub(crate) fn group_joined(
        &mut self,
        service: ServiceName,
        institution: Institution,
        effects: &mut Vec<Effect>,
    ) {
        let id = self.member_id(institution);
        self.service_mut(service).group.insert(id);
        effects.push(Effect::ServiceChanged { service });
    }

    /// A service and the number of a member.
    pub(crate) fn group(
        &self,
        service: ServiceName,
        institution: Institution,
    ) -> Result<(&ServiceState, MemberId), Rejection> {
        let state = self.service(service)?;
        let id = self.members.id(&institution).ok_or(Rejection::Unknown { institution })?;
        Ok((state, id))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_closed_service_is_for_its_group() {
        check_with_members(
            "
            service payments closed
            submit ALPHDEFFA 1 BANKFRPP
            join payments ALPHDEFF
            submit ALPHDEFFA 2 BANKFRPP
            join payments BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP
            leave payments ALPHDEFF
            submit ALPHDEFFA 4 BANKFRPP
            ",
            &expect![[r#"
                service payments: *, closed, group []
                refused 1 of ALPHDEFFA in record 8
                  NET060 at header/sender, fault of the sender: ALPHDEFF is not in the group of service payments
                  NET061 at header/receiver, fault of the sender: BANKFRPP is not in the group of service payments
                service payments: *, closed, group [ALPHDEFF]
                refused 2 of ALPHDEFFA in record 10
                  NET061 at header/receiver, fault of the sender: BANKFRPP is not in the group of service payments
                service payments: *, closed, group [ALPHDEFF, BANKFRPP]
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP normal 1: record 12
                service payments: *, closed, group [BANKFRPP]
                refused 4 of ALPHDEFFA in record 14
                  NET060 at header/sender, fault of the sender: ALPHDEFF is not in the group of service payments
            "#]],
        );
    }

    #[test]
    fn a_member_joins_once_and_where_it_belongs() {
        check_with_members(
            "
            join payments ALPHDEFF
            service payments closed
            service payments!p closed
            join payments CHASUS33
            join payments ALPHDEFF
            join payments ALPHDEFF
            join payments!p ALPHDEFF
            ",
            &expect![[r#"
                NET071 there is no service payments
                service payments: *, closed, group []
                service payments!p: *, closed, group []
                NET041 CHASUS33 is not a member
                service payments: *, closed, group [ALPHDEFF]
                NET075 ALPHDEFF is in the group of service payments already
                NET074 service payments!p and ALPHDEFF: one is for tests and the other is not
            "#]],
        );
    }
}
