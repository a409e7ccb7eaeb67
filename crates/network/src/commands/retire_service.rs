//! A service carries no new messages any more. Those that it has are still delivered.

use trust::ServiceName;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::line::Line;
use crate::network::Network;
use crate::rejection::Rejection;
use crate::service::Seen;

impl Network {
    pub(crate) fn decide_retire_service(
        &self,
        service: ServiceName,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        self.service(service)?;
        Ok(Decision::of(Event::ServiceRetired { service, reason }))
    }

    pub(crate) fn service_retired(&mut self, service: ServiceName, effects: &mut Vec<Effect>) {
        let state = self.service_mut(service);
        assert!(!state.is_retired, "a record retires service {service}, which is retired");
        state.is_retired = true;
        state.seen = Seen::default();
        let before = state.next_cut_off.take();
        self.deadlines.move_cut_off(service, before, None);
        effects.push(Effect::ServiceChanged { service });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn what_was_accepted_before_is_still_delivered() {
        check_with_members(
            "
            service payments
            submit ALPHDEFFA 1 BANKFRPP
            retire payments a reason
            pending BANKFRPP normal
            ack BANKFRPPA normal 1 1
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                service payments: *, retired, group []
                  1: message in record 8
                BANKFRPPA took normal over through 1
            "#]],
        );
    }

    #[test]
    fn a_service_is_retired_once() {
        check_with_members(
            "
            retire payments a reason
            service payments
            retire payments a reason
            retire payments a reason
            ",
            &expect![[r#"
                NET071 there is no service payments
                service payments: *, group []
                service payments: *, retired, group []
                NET071 there is no service payments
            "#]],
        );
    }
}
