//! The operator defines a calendar, or defines it anew: services that use it follow at once. What was
//! held before is released when it was to be.

use trust::{LogTime, ServiceName};

use crate::calendar::{CALENDARS_MAX, Calendar};
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::service::Service;

impl Network {
    pub(crate) fn decide_define_calendar(
        &self,
        calendar: Box<Calendar>,
    ) -> Result<Decision, Rejection> {
        if !self.calendars.contains_key(&calendar.name) && self.calendars.len() >= CALENDARS_MAX {
            return Err(Rejection::TooManyCalendars);
        }
        Ok(Decision::of(Event::CalendarDefined(calendar)))
    }

    pub(crate) fn calendar_defined(
        &mut self,
        at: LogTime,
        calendar: &Calendar,
        effects: &mut Vec<Effect>,
    ) {
        self.calendars.insert(calendar.name, calendar.clone());
        let uses = |rules: &Service| rules.hours.is_some_and(|it| it.calendar == calendar.name);
        let services = self.services.values().filter(|state| uses(&state.rules));
        let services: Vec<ServiceName> = services.map(|state| state.rules.name).collect();
        for service in services {
            self.set_cut_off(at, service);
        }
        effects.push(Effect::CalendarChanged { calendar: calendar.name });
    }

    /// Checks that a service's hours are by a calendar that there is.
    pub(crate) fn check_hours(&self, service: &Service) -> Result<(), Rejection> {
        match service.hours {
            Some(hours) if !self.calendars.contains_key(&hours.calendar) => {
                Err(Rejection::NoCalendar { calendar: hours.calendar, service: service.name })
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_service_that_is_closed_refuses_and_says_when_it_opens() {
        check_over_days(
            "
            calendar target free=Sa,Su clock=0:60 holidays=1970-01-02
            service payments calendar=target opens=480 until=1020/960 refuse
            @6h submit ALPHDEFFA 1 BANKFRPP
            @7h submit ALPHDEFFA 2 BANKFRPP
            @15h submit ALPHDEFFA 3 BANKFRPP
            @15h submit ALPHDEFFA 4 BANKFRPP urgent
            @16h submit ALPHDEFFA 5 BANKFRPP urgent
            @34h submit ALPHDEFFA 6 BANKFRPP
            calendar target free=Sa,Su clock=0:60
            submit ALPHDEFFA 7 BANKFRPP
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                refused 1 of ALPHDEFFA in record 11
                  NET140 at header/service, fault of the sender: service payments takes no normal messages now; it opens at 1970-01-01T07:00:00.000000Z
                accepted 2 of ALPHDEFFA in record 12
                offer BANKFRPP normal 1: record 12
                refused 3 of ALPHDEFFA in record 13
                  NET140 at header/service, fault of the sender: service payments takes no normal messages now; it opens at 1970-01-05T07:00:00.000000Z
                accepted 4 of ALPHDEFFA in record 14
                offer BANKFRPP urgent 1: record 14
                refused 5 of ALPHDEFFA in record 15
                  NET140 at header/service, fault of the sender: service payments takes no urgent messages now; it opens at 1970-01-05T07:00:00.000000Z
                refused 6 of ALPHDEFFA in record 16
                  NET140 at header/service, fault of the sender: service payments takes no normal messages now; it opens at 1970-01-05T07:00:00.000000Z
                calendar target
                accepted 7 of ALPHDEFFA in record 18
                offer BANKFRPP normal 2: record 18
            "#]],
        );
    }

    #[test]
    fn hours_are_by_a_calendar_that_there_is() {
        check_over_days(
            "
            service payments calendar=target opens=480 until=1020/960 refuse
            calendar target
            service payments
            change payments calendar=other opens=480 until=1020/960 refuse
            change payments calendar=target opens=480 until=1020/960 refuse
            ",
            &expect![[r#"
                NET142 service payments is to be open by calendar target, which is not defined
                calendar target
                service payments: *, group []
                NET142 service payments is to be open by calendar other, which is not defined
                service payments: *, group []
            "#]],
        );
    }
}
