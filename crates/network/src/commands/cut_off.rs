//! A cut-off of a service has come: who wants to be told gets its undelivered report.
//!
//! This is something that a tick does, once for each cut-off; those that came while no hub ran are one.

use trust::{LogTime, ServiceName};

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::reports::Report;

impl Network {
    pub(crate) fn decide_cut_off(&self, at: LogTime) -> Option<Decision> {
        let service = self.deadlines.cut_off_due(at)?;
        Some(Decision::of(Event::CutOff { service }))
    }

    pub(crate) fn cut_off(&mut self, at: LogTime, service: ServiceName, effects: &mut Vec<Effect>) {
        let state = self.service_mut(service);
        let due = state.next_cut_off.is_some_and(|due| due <= at);
        assert!(due, "a record closes service {service}, which is not due");
        let (is_closed, group) = (state.rules.is_closed, state.group.clone());
        self.set_cut_off(at, service);
        let ids: Vec<_> = self.members.ids().collect();
        for id in ids.into_iter().filter(|id| !is_closed || group.contains(*id)) {
            let member = self.members.at_mut(id);
            if member.reports.rules.at_cut_off {
                member.reports.plan_mut(Report::Undelivered).due = Some(at);
                let (institution, report) = (member.institution, Report::Undelivered);
                effects.push(Effect::ReportDue { institution, report });
            }
        }
    }

    /// Notes when a service closes next.
    pub(crate) fn set_cut_off(&mut self, at: LogTime, service: ServiceName) {
        let Some(state) = self.services.get_mut(&service) else { return };
        let hours = state.rules.hours.filter(|_| !state.is_retired);
        let next = hours.and_then(|hours| {
            let calendar = self.calendars.get(&hours.calendar)?;
            Some(hours.next_cut_off(calendar, at))
        });
        let before = std::mem::replace(&mut state.next_cut_off, next);
        self.deadlines.move_cut_off(service, before, next);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn at_a_cut_off_those_that_want_to_get_their_report() {
        check_over_days(
            "
            calendar target
            service payments closed calendar=target opens=480 until=1020/960 refuse
            join payments ALPHDEFF
            reports ALPHDEFF cut-off
            reports BANKFRPP cut-off
            deadline
            @16h tick
            @17h tick
            deadline
            @60h tick
            deadline
            retire payments no more
            deadline
            ",
            &expect![[r#"
                calendar target
                service payments: *, closed, group []
                service payments: *, closed, group [ALPHDEFF]
                  next at 1970-01-01T16:00:00.000000Z
                report to ALPHDEFF
                report to ALPHDEFF
                  next at 1970-01-02T16:00:00.000000Z
                report to ALPHDEFF
                  next at 1970-01-03T16:00:00.000000Z
                service payments: *, closed, retired, group [ALPHDEFF]
                  nothing is to come
            "#]],
        );
    }
}
