//! A receiver takes its permission back. What was accepted before is still delivered.

use crate::effect::Effect;
use crate::event::{Decision, Event, Relation};
use crate::lane::{Tiding, Told};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_revoke(
        &self,
        relation: Relation,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let pair = self.pair(&relation)?;
        if !self.relationships.permissions.contains_key(&pair) {
            return Err(Rejection::NotPermitted { relation });
        }
        Ok(Decision::of(Event::Revoked { relation, reason }))
    }

    pub(crate) fn revoked(
        &mut self,
        sequence: u64,
        relation: &Relation,
        effects: &mut Vec<Effect>,
    ) {
        let pair = self.pair(relation).expect("a record revokes something between members");
        let before = self.relationships.permissions.remove(&pair);
        assert!(before.is_some(), "a record revokes what was never permitted");
        let told = Told { tiding: Tiding::Revoked, record: sequence, about: None };
        self.tell(relation.sender, told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_revoked_sender_sends_nothing_more_and_is_told() {
        check_with_members(
            "
            service payments needs-relationship
            permit BANKFRPP ALPHDEFF payments
            submit ALPHDEFFA 1 BANKFRPP
            revoke BANKFRPP ALPHDEFF payments no business any more
            submit ALPHDEFFA 2 BANKFRPP
            pending BANKFRPP normal
            pending ALPHDEFF system
            ",
            &expect![[r#"
                service payments: *, group []
                offer ALPHDEFF system 1: notice
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                offer ALPHDEFF system 2: notice
                refused 2 of ALPHDEFFA in record 11
                  NET062 at header/receiver, fault of the sender: BANKFRPP has not permitted this to ALPHDEFF in service payments: there is no permission
                  1: message in record 9
                  1: Permitted, says record 8
                  2: Revoked, says record 10
            "#]],
        );
    }

    #[test]
    fn only_what_was_permitted_is_revoked() {
        check_with_members(
            "
            service payments needs-relationship
            permit BANKFRPP ALPHDEFF payments
            revoke ALPHDEFF BANKFRPP payments the other way
            revoke BANKFRPP ALPHDEFF payments once
            revoke BANKFRPP ALPHDEFF payments twice
            ",
            &expect![[r#"
                service payments: *, group []
                offer ALPHDEFF system 1: notice
                NET083 ALPHDEFF has permitted nothing to BANKFRPP in service payments
                offer ALPHDEFF system 2: notice
                NET083 BANKFRPP has permitted nothing to ALPHDEFF in service payments
            "#]],
        );
    }
}
