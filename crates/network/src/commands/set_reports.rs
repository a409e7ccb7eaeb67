//! An institution says which reports it gets and when: its undelivered report at hours of the day and
//! at cut-offs, and its daily check report.

use iso::Institution;
use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::reports::{Report, ReportRules};

impl Network {
    pub(crate) fn decide_set_reports(
        &self,
        institution: Institution,
        rules: ReportRules,
    ) -> Result<Decision, Rejection> {
        self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        Ok(Decision::of(Event::ReportsSet { institution, rules }))
    }

    pub(crate) fn reports_set(
        &mut self,
        at: LogTime,
        institution: Institution,
        rules: &ReportRules,
    ) {
        let id = self.member_id(institution);
        let reports = &mut self.members.at_mut(id).reports;
        let before = (reports.next, reports.next_check);
        reports.rules = rules.clone();
        reports.next = rules.hours.next_after(at);
        reports.next_check = rules.check_hour().next_after(at);
        let next = (reports.next, reports.next_check);
        self.deadlines.move_report(id, before.0, next.0);
        self.deadlines.move_check(id, before.1, next.1);
    }

    /// Daily check reports are due; each member has its next one after this time.
    pub(crate) fn checks_due(
        &mut self,
        at: LogTime,
        institutions: &[Institution],
        effects: &mut Vec<Effect>,
    ) {
        for institution in institutions {
            let id = self.member_id(*institution);
            let reports = &mut self.members.at_mut(id).reports;
            let before = reports.next_check;
            reports.next_check = reports.rules.check_hour().next_after(at);
            reports.check_due = Some(at);
            let next = reports.next_check;
            self.deadlines.move_check(id, before, next);
            let report = Report::DailyCheck;
            effects.push(Effect::ReportDue { institution: *institution, report });
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn each_report_is_due_at_its_own_hours() {
        check_over_days(
            "
            reports ALPHDEFF hours=480,1020 check=420
            reports BANKFRPP check=420
            deadline
            @7h tick
            @8h tick
            reports ALPHDEFF hours=1020
            @30h tick
            @31h tick
            deadline
            reports ALPHDEFF
            reports BANKFRPP
            deadline
            reports CHASUS33 cut-off
            ",
            &expect![[r#"
                  next at 1970-01-01T07:00:00.000000Z
                daily check report to ALPHDEFF
                daily check report to BANKFRPP
                report to ALPHDEFF
                report to ALPHDEFF
                daily check report to BANKFRPP
                  next at 1970-01-02T17:00:00.000000Z
                  nothing is to come
                NET041 CHASUS33 is not a member
            "#]],
        );
    }
}
