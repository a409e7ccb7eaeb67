//! An institution says at which hours it gets its undelivered report.
//!
//! A tick tells the hub that a report is due, and the hub makes it from
//! [`Network::undelivered`]. A report that falls into a time without a hub is made once, late.

use iso::Institution;
use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::reports::{Report, ReportTimes};

impl Network {
    pub(crate) fn decide_set_report_times(
        &self,
        institution: Institution,
        times: ReportTimes,
    ) -> Result<Decision, Rejection> {
        self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        Ok(Decision::of(Event::ReportTimesSet { institution, times }))
    }

    pub(crate) fn report_times_set(
        &mut self,
        at: LogTime,
        institution: Institution,
        times: &ReportTimes,
    ) {
        let id = self.member_id(institution);
        let reports = &mut self.members.at_mut(id).reports;
        let before = reports.next.take();
        reports.rules.hours = times.clone();
        reports.next = times.next_after(at);
        let next = reports.next;
        self.deadlines.move_report(id, before, next);
    }

    /// Reports are due; each member has its next one after this time.
    pub(crate) fn reports_due(
        &mut self,
        at: LogTime,
        institutions: &[Institution],
        effects: &mut Vec<Effect>,
    ) {
        for institution in institutions {
            let id = self.member_id(*institution);
            let reports = &mut self.members.at_mut(id).reports;
            let before = reports.next;
            reports.next = reports.rules.hours.next_after(at);
            reports.undelivered_due = Some(at);
            let next = reports.next;
            self.deadlines.move_report(id, before, next);
            let report = Report::Undelivered;
            effects.push(Effect::ReportDue { institution: *institution, report });
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_report_is_due_at_its_hours_every_day() {
        check_over_days(
            "
            report-times ALPHDEFF 480,1020
            report-times BANKFRPP 480
            deadline
            @8h tick
            deadline
            @17h tick
            @32h tick
            @32h tick
            ",
            &expect![[r#"
                  next at 1970-01-01T08:00:00.000000Z
                report to ALPHDEFF
                report to BANKFRPP
                  next at 1970-01-01T17:00:00.000000Z
                report to ALPHDEFF
                report to ALPHDEFF
                report to BANKFRPP
            "#]],
        );
    }

    #[test]
    fn reports_that_nobody_made_are_made_once() {
        check_over_days(
            "
            report-times ALPHDEFF 480,1020
            @5d tick
            @5d tick
            deadline
            report-times ALPHDEFF
            deadline
            ",
            &expect![[r#"
                report to ALPHDEFF
                  next at 1970-01-06T08:00:00.000000Z
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn only_a_member_gets_reports() {
        check_over_days(
            "
            report-times CHASUS33 480
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
