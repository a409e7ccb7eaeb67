//! An institution says which reports it gets and when: its undelivered report at hours of the day and
//! at cut-offs, and its daily check report.
//!
//! A tick tells the hub that a report is due, and the hub makes it. A report that falls into a time
//! without a hub is made once, late.
//!
//! Record 50 (`ReportTimesSet`) says the hours of the undelivered report alone, and changes nothing
//! else. It stands in older journals and is not written any more.

use iso::Institution;
use trust::LogTime;

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::network::Network;
use crate::rejection::Rejection;
use crate::reports::{Report, ReportRules, ReportTimes};

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
        self.member_mut(institution).reports.rules = rules.clone();
        for report in Report::ALL {
            self.plan_report(at, institution, report);
        }
    }

    pub(crate) fn report_times_set(
        &mut self,
        at: LogTime,
        institution: Institution,
        times: &ReportTimes,
    ) {
        self.member_mut(institution).reports.rules.hours = times.clone();
        self.plan_report(at, institution, Report::Undelivered);
    }

    /// Reports are due; each member has its next one after this time.
    pub(crate) fn reports_due(
        &mut self,
        at: LogTime,
        (report, institutions): (Report, &[Institution]),
        effects: &mut Vec<Effect>,
    ) {
        for institution in institutions {
            self.plan_report(at, *institution, report);
            self.member_mut(*institution).reports.plan_mut(report).due = Some(at);
            effects.push(Effect::ReportDue { institution: *institution, report });
        }
    }

    /// Finds the next time of a report after a time.
    fn plan_report(&mut self, at: LogTime, institution: Institution, report: Report) {
        let id = self.member_id(institution);
        let reports = &mut self.members.at_mut(id).reports;
        let next = reports.rules.hours_of(report).next_after(at);
        let before = std::mem::replace(&mut reports.plan_mut(report).next, next);
        self.deadlines.move_report(report, id, before, next);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use trust::RecordKind;

    use crate::event::Event;
    use crate::reports::ReportTimes;
    use crate::script::{Stage, check_over_days};

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

    #[test]
    fn a_report_is_due_at_its_hours_every_day() {
        check_over_days(
            "
            reports ALPHDEFF hours=480,1020
            reports BANKFRPP hours=480
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
            reports ALPHDEFF hours=480,1020
            @5d tick
            @5d tick
            deadline
            reports ALPHDEFF
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
            reports CHASUS33 hours=480
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
            "#]],
        );
    }

    #[test]
    fn a_record_of_hours_alone_changes_nothing_else() {
        let mut stage = Stage::over_days();
        stage.play("reports ALPHDEFF hours=480 check=420 cut-off");
        let mut old = stage.network.clone();
        let institution = "ALPHDEFF".parse().unwrap();
        let times = ReportTimes::new(vec![1020]).unwrap();
        let event = Event::ReportTimesSet { institution, times };
        let meta = b"ALPHDEFF\x01\x03\xfc";
        assert_eq!(event.meta(), meta);
        assert_eq!(Event::decode(RecordKind(50), meta).as_ref(), Ok(&event));
        let sequence = stage.journal.len() as u64;
        stage.play("reports ALPHDEFF hours=1020 check=420 cut-off");
        old.apply(stage.network.now(), sequence, &event, &mut Vec::new());
        assert_eq!(old, stage.network);
    }
}
