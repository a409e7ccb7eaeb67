//! A receiver does not permit what it was asked for. The sender may ask again.

use crate::effect::Effect;
use crate::event::{Decision, Event, Relation};
use crate::lane::{Tiding, Told};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_deny_permission(
        &self,
        relation: Relation,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let pair = self.pair(&relation)?;
        if !self.relationships.requests.contains_key(&pair) {
            return Err(Rejection::NotRequested { relation });
        }
        Ok(Decision::of(Event::PermissionDenied { relation, reason }))
    }

    pub(crate) fn permission_denied(
        &mut self,
        sequence: u64,
        relation: &Relation,
        effects: &mut Vec<Effect>,
    ) {
        let pair = self.pair(relation).expect("a record is about a request between members");
        let before = self.relationships.requests.remove(&pair);
        assert!(before.is_some(), "a record denies what nobody asked for");
        let told = Told { tiding: Tiding::PermissionDenied, record: sequence, about: None };
        self.tell(relation.sender, told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_denied_sender_is_told_and_may_ask_again() {
        check_with_members(
            "
            service payments needs-relationship
            request ALPHDEFF BANKFRPP payments
            deny BANKFRPP ALPHDEFF payments we do not know you
            pending ALPHDEFF system
            requests
            request ALPHDEFF BANKFRPP payments
            ",
            &expect![[r#"
                service payments: *, group []
                offer BANKFRPP system 1: notice
                offer ALPHDEFF system 1: notice
                  1: PermissionDenied, says record 9
                offer BANKFRPP system 2: notice
            "#]],
        );
    }

    #[test]
    fn only_a_request_is_denied() {
        check_with_members(
            "
            service payments needs-relationship
            deny BANKFRPP ALPHDEFF payments nobody asked
            ",
            &expect![[r#"
                service payments: *, group []
                NET086 ALPHDEFF has not asked BANKFRPP for service payments
            "#]],
        );
    }
}
