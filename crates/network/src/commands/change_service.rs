//! The operator replaces the rules of a service. Its group stays; messages that were accepted
//! before keep the times that the old rules gave them, and those that are held wait for the institution
//! that got their copies.

use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::service::{DuplicateCheck, Seen, Service};

impl Network {
    pub(crate) fn decide_change_service(
        &self,
        service: Box<Service>,
    ) -> Result<Decision, Rejection> {
        self.service(service.name)?;
        service.check()?;
        self.check_hours(&service)?;
        self.check_copy(&service)?;
        Ok(Decision::of(Event::ServiceChanged(service)))
    }

    pub(crate) fn service_changed(
        &mut self,
        at: LogTime,
        service: &Service,
        effects: &mut Vec<Effect>,
    ) {
        self.change_waiting(service.name, |state| {
            state.rules = service.clone();
            if state.rules.duplicates == DuplicateCheck::Off {
                state.seen = Seen::default();
            }
        });
        self.set_cut_off(at, service.name);
        self.begin_copies(at, service.name);
        effects.push(Effect::ServiceChanged { service: service.name });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn new_rules_hold_for_the_next_message_and_the_group_stays() {
        check_with_members(
            "
            service payments closed types=pacs.*
            join payments ALPHDEFF
            change payments closed types=fin.*
            submit ALPHDEFFA 1 ALPHDEFF type=pacs.008.001.08
            submit ALPHDEFFA 2 ALPHDEFF type=fin.103
            ",
            &expect![[r#"
                service payments: pacs.*, closed, group []
                service payments: pacs.*, closed, group [ALPHDEFF]
                service payments: fin.*, closed, group [ALPHDEFF]
                refused 1 of ALPHDEFFA in record 10
                  NET017 at header/message_type, fault of the sender: service payments does not carry pacs.008.001.08
                accepted 2 of ALPHDEFFA in record 11
                offer ALPHDEFF normal 1: record 11
            "#]],
        );
    }

    #[test]
    fn only_a_service_that_there_is_is_changed() {
        check_with_members(
            "
            change payments
            service payments
            retire payments a reason
            change payments
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
