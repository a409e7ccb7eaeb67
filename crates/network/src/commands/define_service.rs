//! The operator defines a service. From the first one on, messages must name one that is defined.

use trust::{LogTime, ServiceName};

use crate::copy::CopyExtent;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::real_time::ANSWER_WITHIN_MS_MAX;
use crate::rejection::{Flaw, Rejection};
use crate::service::{
    DuplicateCheck, SERVICES_MAX, Service, ServiceState, Timing, is_test_institution,
};

/// For how long a message may be remembered to know its duplicates: 31 days.
pub const DUPLICATE_WINDOW_S_MAX: u32 = 31 * 24 * 3600;

/// For how many days messages may be retained: 10 years.
pub const RETENTION_DAYS_MAX: u16 = 3660;

impl Network {
    pub(crate) fn decide_define_service(
        &self,
        service: Box<Service>,
    ) -> Result<Decision, Rejection> {
        match self.services.get(&service.name) {
            Some(known) if !known.is_retired => {
                return Err(Rejection::ServiceExists { service: service.name });
            }
            None if self.services.len() >= SERVICES_MAX => return Err(Rejection::TooManyServices),
            Some(_) | None => {}
        }
        service.check()?;
        self.check_hours(&service)?;
        self.check_copy(&service)?;
        Ok(Decision::of(Event::ServiceDefined(service)))
    }

    /// Whether the institution that a copy rule names can get copies.
    pub(crate) fn check_copy(&self, service: &Service) -> Result<(), Rejection> {
        let Some(rule) = &service.copy else { return Ok(()) };
        let (service, institution, is_test) = (service.name, rule.institution, service.is_test());
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        if member.is_expelled() {
            return Err(Rejection::Expelled { institution });
        }
        if is_test_institution(institution) != is_test {
            return Err(Rejection::TestWithLive { service, institution });
        }
        Ok(())
    }

    pub(crate) fn service_defined(
        &mut self,
        at: LogTime,
        service: &Service,
        effects: &mut Vec<Effect>,
    ) {
        let name = service.name;
        let mut state = ServiceState::new(service.clone());
        let due = if let Some(before) = self.services.get_mut(&name) {
            assert!(before.is_retired, "a record defines service {name}, which there is");
            let due = before.bypass_due();
            // What a retired service of this name holds still waits.
            state.copies = before.copies.take();
            state.held = std::mem::take(&mut before.held);
            due
        } else {
            None
        };
        self.deadlines.move_bypass(name, due, state.bypass_due());
        self.services.insert(name, state);
        self.set_cut_off(at, name);
        self.begin_copies(at, name);
        effects.push(Effect::ServiceChanged { service: name });
    }

    /// A service that carries messages.
    pub(crate) fn service(&self, service: ServiceName) -> Result<&ServiceState, Rejection> {
        let found = self.services.get(&service).filter(|state| !state.is_retired);
        found.ok_or(Rejection::NoService { service })
    }

    /// A service whose existence a decision has established.
    pub(crate) fn service_mut(&mut self, service: ServiceName) -> &mut ServiceState {
        let Some(state) = self.services.get_mut(&service) else {
            panic!("a record names service {service}, which there is not");
        };
        state
    }
}

impl Service {
    /// Whether a real-time service has its time for answers and no other.
    fn has_sound_times(&self) -> bool {
        self.answer_within_ms.is_none_or(|within_ms| {
            (1..=ANSWER_WITHIN_MS_MAX).contains(&within_ms) && self.timing == Timing::default()
        })
    }

    /// Whether its copies have the payloads.
    fn copies_in_full(&self) -> bool {
        self.copy.as_ref().is_some_and(|rule| rule.extent == CopyExtent::Full)
    }

    /// Whether its rules hold together.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        let flaw = |flaw| Err(Rejection::BadRules { service: self.name, flaw });
        match self.duplicates {
            DuplicateCheck::Flag { window_s } | DuplicateCheck::Refuse { window_s }
                if !(1..=DUPLICATE_WINDOW_S_MAX).contains(&window_s) =>
            {
                flaw(Flaw::Window)
            }
            _ if !(1..=RETENTION_DAYS_MAX).contains(&self.retention_days) => flaw(Flaw::Retention),
            _ if self.payload_bytes_max == 0 => flaw(Flaw::PayloadBytes),
            _ if !self.has_sound_times() => flaw(Flaw::AnswerWithin),
            _ if self.files.is_some_and(|files| files.bytes_max == 0) => flaw(Flaw::FileBytes),
            _ if self.copy.as_ref().is_some_and(|rule| !rule.is_sound()) => flaw(Flaw::Bypass),
            _ if self.copy.is_some() && self.answer_within_ms.is_some() => {
                flaw(Flaw::CopyOfRequests)
            }
            _ if self.copies_in_full() && self.is_sealed => flaw(Flaw::CopyOfSealed),
            _ if self.copies_in_full() && self.files.is_some() => flaw(Flaw::CopyOfFiles),
            DuplicateCheck::Off | DuplicateCheck::Flag { .. } | DuplicateCheck::Refuse { .. } => {
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::{check_over_days, check_with_members};

    #[test]
    fn without_a_definition_every_service_is_open() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP service=payments
            submit ALPHDEFFA 2 BANKFRPP service=anything type=fin.103
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 2: record 8
            "#]],
        );
    }

    #[test]
    fn from_the_first_definition_on_a_message_names_a_service_that_is_defined() {
        check_with_members(
            "
            service payments
            submit ALPHDEFFA 1 BANKFRPP service=payments
            submit ALPHDEFFA 2 BANKFRPP service=anything
            retire payments nobody uses it
            submit ALPHDEFFA 3 BANKFRPP service=payments
            submit ALPHDEFFA 4 BANKFRPP service=anything
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                refused 2 of ALPHDEFFA in record 9
                  NET014 at header/service, fault of the sender: this network has no service anything
                service payments: *, retired, group []
                refused 3 of ALPHDEFFA in record 11
                  NET015 at header/service, fault of the sender: service payments carries no messages any more
                refused 4 of ALPHDEFFA in record 12
                  NET014 at header/service, fault of the sender: this network has no service anything
            "#]],
        );
    }

    #[test]
    fn a_service_carries_its_types_within_its_size() {
        check_with_members(
            "
            service payments types=pacs.008.*,camt.056.001.08 size=1000
            submit ALPHDEFFA 1 BANKFRPP type=pacs.008.001.08 size=1000
            submit ALPHDEFFA 2 BANKFRPP type=camt.056.001.08
            submit ALPHDEFFA 3 BANKFRPP type=camt.056.001.11 size=1001
            ",
            &expect![[r#"
                service payments: pacs.008.*,camt.056.001.08, group []
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                refused 3 of ALPHDEFFA in record 10
                  NET017 at header/message_type, fault of the sender: service payments does not carry camt.056.001.11
                  NET018 at header/payload_length, fault of the sender: service payments carries at most 1000 bytes, but this message has 1001
            "#]],
        );
    }

    #[test]
    fn a_service_offers_some_monitoring_options_and_always_none() {
        check_with_members(
            "
            service payments monitoring=2
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP notice
            submit ALPHDEFFA 3 BANKFRPP warning
            submit ALPHDEFFA 4 BANKFRPP both
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                refused 3 of ALPHDEFFA in record 10
                  NET019 at header/monitoring, fault of the sender: service payments does not offer monitoring option 1
                refused 4 of ALPHDEFFA in record 11
                  NET019 at header/monitoring, fault of the sender: service payments does not offer monitoring option 3
            "#]],
        );
    }

    #[test]
    fn what_is_for_tests_never_mixes_with_what_is_live() {
        check_with_members(
            "
            admit ALPHDEF0 Alpha Bank, tests
            submit ALPHDEFFA 1 ALPHDEF0
            service payments
            service payments!p
            submit ALPHDEFFA 2 BANKFRPP service=payments
            submit ALPHDEFFA 3 BANKFRPP service=payments!p
            submit ALPHDEFFA 4 ALPHDEF0 service=payments!p
            submit ALPHDEFFA 5 ALPHDEF0 service=payments
            ",
            &expect![[r#"
                ALPHDEF0 is Active
                refused 1 of ALPHDEFFA in record 8
                  NET013 at header/receiver, fault of the sender: of ALPHDEFF and ALPHDEF0, one is for tests and the other is not
                service payments: *, group []
                service payments!p: *, group []
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                refused 3 of ALPHDEFFA in record 12
                  NET016 at header/service, fault of the sender: service payments!p and ALPHDEFF: one is for tests and the other is not
                refused 4 of ALPHDEFFA in record 13
                  NET013 at header/receiver, fault of the sender: of ALPHDEFF and ALPHDEF0, one is for tests and the other is not
                  NET016 at header/service, fault of the sender: service payments!p and ALPHDEFF: one is for tests and the other is not
                refused 5 of ALPHDEFFA in record 14
                  NET013 at header/receiver, fault of the sender: of ALPHDEFF and ALPHDEF0, one is for tests and the other is not
                  NET016 at header/service, fault of the sender: service payments and ALPHDEF0: one is for tests and the other is not
            "#]],
        );
    }

    #[test]
    fn a_service_is_defined_once() {
        check_with_members(
            "
            service payments
            service payments
            ",
            &expect![[r#"
                service payments: *, group []
                NET070 there is a service payments already
            "#]],
        );
    }

    #[test]
    fn a_retired_service_may_be_defined_anew() {
        check_with_members(
            "
            service payments closed
            join payments ALPHDEFF
            retire payments a reason
            service payments closed
            submit ALPHDEFFA 1 ALPHDEFF
            ",
            &expect![[r#"
                service payments: *, closed, group []
                service payments: *, closed, group [ALPHDEFF]
                service payments: *, closed, retired, group [ALPHDEFF]
                service payments: *, closed, group []
                refused 1 of ALPHDEFFA in record 11
                  NET060 at header/sender, fault of the sender: ALPHDEFF is not in the group of service payments
                  NET061 at header/receiver, fault of the sender: ALPHDEFF is not in the group of service payments
            "#]],
        );
    }

    #[test]
    fn rules_that_cannot_be_kept_are_rejected() {
        check_with_members(
            "
            service payments duplicates=refuse window=0
            service payments duplicates=flag window=2678401
            service payments days=0
            service payments size=0
            ",
            &expect![[r#"
                NET073 the rules of service payments are no good: duplicates are remembered for 1 second to 31 days
                NET073 the rules of service payments are no good: duplicates are remembered for 1 second to 31 days
                NET073 the rules of service payments are no good: messages are retained for 1 to 3660 days
                NET073 the rules of service payments are no good: a payload has at least 1 byte
            "#]],
        );
    }

    #[test]
    fn a_service_that_flags_duplicates_delivers_them_with_a_mark() {
        check_over_days(
            "
            service payments duplicates=flag window=60
            @1s submit ALPHDEFFA 1 BANKFRPP ref=A
            @2s submit ALPHDEFFA 2 BANKFRPP ref=A type=camt.056.001.08
            @3s submit ALPHDEFFA 3 BANKFRPP ref=B
            @4s submit BANKFRPPA 1 BANKFRPP ref=A
            @61s submit ALPHDEFFA 4 BANKFRPP ref=A
            @62s submit ALPHDEFFA 5 BANKFRPP ref=A
            pending BANKFRPP normal
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP normal 3: record 12
                accepted 1 of BANKFRPPA in record 13
                offer BANKFRPP normal 4: record 13
                accepted 4 of ALPHDEFFA in record 14
                offer BANKFRPP normal 5: record 14
                accepted 5 of ALPHDEFFA in record 15
                offer BANKFRPP normal 6: record 15
                  1: message in record 10
                  2: message in record 11
                  3: message in record 12
                  4: message in record 13
                  5: message in record 14, resembles an earlier one
                  6: message in record 15
            "#]],
        );
    }

    #[test]
    fn a_service_that_refuses_duplicates_names_the_first_message() {
        check_over_days(
            "
            service payments duplicates=refuse window=60
            @1s submit ALPHDEFFA 1 BANKFRPP ref=A
            @61s submit ALPHDEFFA 2 BANKFRPP ref=A again
            @62s submit ALPHDEFFA 3 BANKFRPP ref=A
            change payments
            @63s submit ALPHDEFFA 4 BANKFRPP ref=A
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                refused 2 of ALPHDEFFA in record 11
                  NET063 at header/reference, fault of the sender: service payments has accepted such a message in record 10: same sender, type and reference
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP normal 2: record 12
                service payments: *, group []
                accepted 4 of ALPHDEFFA in record 14
                offer BANKFRPP normal 3: record 14
            "#]],
        );
    }
}
