//! A receiver permits a sender something. What it permitted before is replaced, so the same command
//! issues, restricts and extends; a request for it is answered by it.

use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event, Relation};
use crate::lane::{Tiding, Told};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::relationship::{PERMISSIONS_MAX, Pair, Permission};
use crate::service::is_test_institution;

impl Network {
    pub(crate) fn decide_permit(
        &self,
        at: LogTime,
        relation: Relation,
        permission: Box<Permission>,
    ) -> Result<Decision, Rejection> {
        let pair = self.pair(&relation)?;
        if permission.until.is_some_and(|until| until <= at.max(permission.from)) {
            return Err(Rejection::PermissionOver { relation });
        }
        let permissions = &self.relationships.permissions;
        if permissions.len() >= PERMISSIONS_MAX && !permissions.contains_key(&pair) {
            return Err(Rejection::TooManyPermissions);
        }
        Ok(Decision::of(Event::Permitted { relation, permission }))
    }

    pub(crate) fn permitted(
        &mut self,
        sequence: u64,
        relation: &Relation,
        permission: &Permission,
        effects: &mut Vec<Effect>,
    ) {
        let pair = self.pair(relation).expect("a record permits something between members");
        self.relationships.permissions.insert(pair, permission.clone());
        self.relationships.requests.remove(&pair);
        let told = Told { tiding: Tiding::Permitted, record: sequence, about: None };
        self.tell(relation.sender, told, effects);
    }

    /// The key of a relation between two members in a service that there is.
    pub(crate) fn pair(&self, relation: &Relation) -> Result<Pair, Rejection> {
        let Relation { sender, receiver, service } = *relation;
        if !self.services.contains_key(&service) {
            return Err(Rejection::NoService { service });
        }
        let id =
            |institution| self.members.id(&institution).ok_or(Rejection::Unknown { institution });
        let pair = Pair { sender: id(sender)?, receiver: id(receiver)?, service };
        if sender == receiver {
            return Err(Rejection::OwnPermission { institution: sender });
        }
        let rules = self.service(service).map(|state| &state.rules);
        let foreign = [sender, receiver]
            .into_iter()
            .find(|party| rules.is_ok_and(|rules| rules.is_test() != is_test_institution(*party)));
        match foreign {
            Some(institution) => Err(Rejection::TestWithLive { service, institution }),
            None => Ok(pair),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_sender_needs_the_permission_of_the_receiver() {
        check_with_members(
            "
            service payments needs-relationship
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 ALPHDEFF
            permit BANKFRPP ALPHDEFF payments
            pending ALPHDEFF system
            submit ALPHDEFFA 3 BANKFRPP
            submit BANKFRPPA 1 ALPHDEFF
            ",
            &expect![[r#"
                service payments: *, group []
                refused 1 of ALPHDEFFA in record 8
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: there is no permission
                accepted 2 of ALPHDEFFA in record 9
                offer ALPHDEFF normal 1: record 9
                offer ALPHDEFF system 1: notice
                  1: Permitted, says record 10
                accepted 3 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                refused 1 of BANKFRPPA in record 12
                  NET062 at header/receiver, fault of the sender: ALPHDEFF has not permitted this to BANKFRPP in service payments: there is no permission
            "#]],
        );
    }

    #[test]
    fn a_refusal_names_what_is_missing() {
        check_with_members(
            "
            service payments needs-relationship
            permit BANKFRPP ALPHDEFF payments types=pacs.*,camt.056.* from=100 until=200
            @99 submit ALPHDEFFA 1 BANKFRPP type=pacs.008.001.08
            @100 submit ALPHDEFFA 2 BANKFRPP type=pacs.008.001.08
            @100 submit ALPHDEFFA 3 BANKFRPP type=pain.001.001.09
            @199 submit ALPHDEFFA 4 BANKFRPP type=camt.056.001.08
            @200 submit ALPHDEFFA 5 BANKFRPP type=camt.056.001.08
            ",
            &expect![[r#"
                service payments: *, group []
                offer ALPHDEFF system 1: notice
                refused 1 of ALPHDEFFA in record 9
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: the permission begins at 1970-01-01T00:00:00.000100Z
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                refused 3 of ALPHDEFFA in record 11
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: the permission is not for pain.001.001.09
                accepted 4 of ALPHDEFFA in record 12
                offer BANKFRPP normal 2: record 12
                refused 5 of ALPHDEFFA in record 13
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: the permission ended at 1970-01-01T00:00:00.000200Z
            "#]],
        );
    }

    #[test]
    fn a_permission_is_restricted_by_a_new_one() {
        check_with_members(
            "
            service payments needs-relationship
            permit BANKFRPP ALPHDEFF payments
            permit BANKFRPP ALPHDEFF payments types=camt.*
            submit ALPHDEFFA 1 BANKFRPP type=pacs.008.001.08
            ",
            &expect![[r#"
                service payments: *, group []
                offer ALPHDEFF system 1: notice
                offer ALPHDEFF system 2: notice
                refused 1 of ALPHDEFFA in record 10
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: the permission is not for pacs.008.001.08
            "#]],
        );
    }

    #[test]
    fn a_permission_is_between_two_members_in_a_service_of_their_kind() {
        check_with_members(
            "
            admit ALPHDEF0 Alpha Bank, tests
            permit BANKFRPP ALPHDEFF payments
            service payments needs-relationship
            permit BANKFRPP CHASUS33 payments
            permit BANKFRPP BANKFRPP payments
            permit BANKFRPP ALPHDEF0 payments
            @100 permit BANKFRPP ALPHDEFF payments until=100
            @100 permit BANKFRPP ALPHDEFF payments from=200 until=150
            ",
            &expect![[r#"
                ALPHDEF0 is Active
                NET071 there is no service payments
                service payments: *, group []
                NET041 CHASUS33 is not a member
                NET080 BANKFRPP needs no permission of its own
                NET074 service payments and ALPHDEF0: one is for tests and the other is not
                NET081 the permission of BANKFRPP for ALPHDEFF in service payments is over
                NET081 the permission of BANKFRPP for ALPHDEFF in service payments is over
            "#]],
        );
    }

    #[test]
    fn a_service_without_relationships_asks_for_none() {
        check_with_members(
            "
            service payments
            submit ALPHDEFFA 1 BANKFRPP
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
            "#]],
        );
    }
}
