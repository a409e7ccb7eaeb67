//! A sender asks for a permission. The receiver answers with a permission or a denial; until then
//! the request is open.

use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event, Relation};
use crate::lane::{Tiding, Told};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;
use crate::relationship::{Permission, REQUESTS_MAX};

impl Network {
    pub(crate) fn decide_request_permission(
        &self,
        at: LogTime,
        relation: Relation,
        permission: Box<Permission>,
        text: Line,
    ) -> Result<Decision, Rejection> {
        let pair = self.pair(&relation)?;
        if permission.until.is_some_and(|until| until <= at.max(permission.from)) {
            return Err(Rejection::PermissionOver { relation });
        }
        if self.relationships.requests.contains_key(&pair) {
            return Err(Rejection::AlreadyRequested { relation });
        }
        if self.relationships.open_requests(pair.sender) >= REQUESTS_MAX {
            return Err(Rejection::TooManyRequests { institution: relation.sender });
        }
        Ok(Decision::of(Event::PermissionRequested { relation, permission, text }))
    }

    pub(crate) fn permission_requested(
        &mut self,
        sequence: u64,
        relation: &Relation,
        effects: &mut Vec<Effect>,
    ) {
        let pair = self.pair(relation).expect("a record is about a request between members");
        let before = self.relationships.requests.insert(pair, sequence);
        assert_eq!(before, None, "a record asks for what was asked for before");
        let told = Told { tiding: Tiding::PermissionRequested, record: sequence, about: None };
        self.tell(relation.receiver, told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::command::Command;
    use crate::members::MemberId;
    use crate::pattern::Patterns;
    use crate::relationship::Pair;
    use crate::script::{Stage, check_with_members};

    #[test]
    fn a_request_is_told_and_answered_by_a_permission() {
        check_with_members(
            "
            service payments needs-relationship
            request ALPHDEFF BANKFRPP payments types=pacs.*
            requests
            pending BANKFRPP system
            permit BANKFRPP ALPHDEFF payments types=pacs.008.*
            requests
            pending ALPHDEFF system
            ",
            &expect![[r#"
                service payments: *, group []
                offer BANKFRPP system 1: notice
                  ALPHDEFF asked BANKFRPP for payments in record 8
                  1: PermissionRequested, says record 8
                offer ALPHDEFF system 1: notice
                  1: Permitted, says record 9
            "#]],
        );
    }

    #[test]
    fn a_request_is_made_once() {
        check_with_members(
            "
            service payments needs-relationship
            request ALPHDEFF BANKFRPP payments
            request ALPHDEFF BANKFRPP payments
            request ALPHDEFF BANKFRPP other
            request ALPHDEFF ALPHDEFF payments
            @100 request BANKFRPP ALPHDEFF payments until=100
            ",
            &expect![[r#"
                service payments: *, group []
                offer BANKFRPP system 1: notice
                NET084 ALPHDEFF has asked BANKFRPP for service payments already
                NET071 there is no service other
                NET080 ALPHDEFF needs no permission of its own
                NET081 the permission of ALPHDEFF for BANKFRPP in service payments is over
            "#]],
        );
    }

    #[test]
    fn an_institution_has_so_many_open_requests() {
        let mut stage = Stage::with_members();
        stage.play("service payments needs-relationship");
        let sender = stage.network.members.id(&"ALPHDEFF".parse().unwrap()).unwrap();
        let service = "payments".parse().unwrap();
        for receiver in (100..).map(MemberId).take(REQUESTS_MAX) {
            let pair = Pair { sender, receiver, service };
            stage.network.relationships.requests.insert(pair, 1);
        }
        let network = stage.network.clone();
        let request = |sender: &str, receiver: &str| {
            let relation = Relation {
                sender: sender.parse().unwrap(),
                receiver: receiver.parse().unwrap(),
                service,
            };
            let types = Patterns::any();
            let permission = Permission { types, from: LogTime(0), until: None };
            let text = "please".parse().unwrap();
            let permission = Box::new(permission);
            network.decide(LogTime(100), Command::RequestPermission { relation, permission, text })
        };
        let institution = "ALPHDEFF".parse().unwrap();
        assert_eq!(
            request("ALPHDEFF", "BANKFRPP"),
            Err(Rejection::TooManyRequests { institution })
        );
        assert!(request("BANKFRPP", "ALPHDEFF").is_ok());
    }
}
