//! An institution says by which lanes of its own the messages to it go.
//!
//! The rules hold for messages that are accepted after this record. A message that waits stays in
//! the lane that it has, under its number, and the lane is emptied as before, also when no rule
//! names it any more; so no lane ever has a gap, and none is lost.

use iso::Institution;

use crate::directory::Branch;
use crate::event::{Decision, Event};
use crate::lane_rules::LaneRules;
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_set_lane_rules(
        &self,
        institution: Institution,
        rules: Box<LaneRules>,
    ) -> Result<Decision, Rejection> {
        let member = self.members.get(&institution).ok_or(Rejection::Unknown { institution })?;
        let known = member.profile.branches();
        let is_known = |branch: &Branch| {
            known.is_empty() || *branch == Branch::HEAD_OFFICE || known.contains(branch)
        };
        for rule in rules.rules() {
            if let Some(branch) = rule.branch.filter(|branch| !is_known(branch)) {
                return Err(Rejection::NoBranch { institution, branch });
            }
            let service = rule.service.filter(|service| !self.services.contains_key(service));
            if let Some(service) = service.filter(|_| !self.services.is_empty()) {
                return Err(Rejection::NoService { service });
            }
        }
        Ok(Decision::of(Event::LaneRulesSet { institution, rules }))
    }

    pub(crate) fn lane_rules_set(&mut self, institution: Institution, rules: &LaneRules) {
        let rules = (!rules.is_empty()).then(|| Box::new(rules.clone()));
        self.member_mut(institution).lane_rules = rules;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn the_first_rule_that_a_message_meets_names_its_lane() {
        check_over_days(
            "
            service payments
            service reports
            lane-rules BANKFRPP 4/funds/types=pacs.*/urgent 5/paris/branch=PAR 4/funds/sender=CHASUS33 6/statements/service=reports/types=camt.053.*,camt.054.*
            submit ALPHDEFFA 1 BANKFRPP urgent
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPPPAR
            submit ALPHDEFFA 4 BANKFRPPPAR urgent
            submit ALPHDEFFA 5 BANKFRPP service=reports type=camt.053.001.08
            submit ALPHDEFFA 6 BANKFRPP type=camt.053.001.08
            submit ALPHDEFFA 7 BANKFRPP service=reports type=camt.052.001.08 urgent
            submit BANKFRPPA 1 ALPHDEFF urgent
            lanes BANKFRPP
            ack BANKFRPPA lane4 1 2
            lanes BANKFRPP
            ",
            &expect![[r#"
                service payments: *, group []
                service reports: *, group []
                accepted 1 of ALPHDEFFA in record 12
                lanes of BANKFRPP (4) to session 1 of BANKFRPPA
                offer BANKFRPP 4 1: record 12
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP normal 1: record 13
                accepted 3 of ALPHDEFFA in record 14
                lanes of BANKFRPP (5) to session 1 of BANKFRPPA
                offer BANKFRPP 5 1: record 14
                accepted 4 of ALPHDEFFA in record 15
                offer BANKFRPP 4 2: record 15
                accepted 5 of ALPHDEFFA in record 16
                lanes of BANKFRPP (6) to session 1 of BANKFRPPA
                offer BANKFRPP 6 1: record 16
                accepted 6 of ALPHDEFFA in record 17
                offer BANKFRPP normal 2: record 17
                accepted 7 of ALPHDEFFA in record 18
                offer BANKFRPP urgent 1: record 18
                accepted 1 of BANKFRPPA in record 19
                offer ALPHDEFF urgent 1: record 19
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/1, session 1 of BANKFRPPA
                  normal: 0/2, session 1 of BANKFRPPA
                  4 funds: 0/2, session 1 of BANKFRPPA
                  5 paris: 0/1, session 1 of BANKFRPPA
                  6 statements: 0/1, session 1 of BANKFRPPA
                BANKFRPPA took 4 over through 2
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/1, session 1 of BANKFRPPA
                  normal: 0/2, session 1 of BANKFRPPA
                  4 funds: 2/2, session 1 of BANKFRPPA
                  5 paris: 0/1, session 1 of BANKFRPPA
                  6 statements: 0/1, session 1 of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn a_message_keeps_its_lane_whatever_becomes_of_the_rules() {
        check_over_days(
            "
            lane-rules BANKFRPP 4/funds
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            lane-rules BANKFRPP 5/other/types=pacs.* 4/funds/-
            submit ALPHDEFFA 3 BANKFRPP
            lane-rules BANKFRPP
            submit ALPHDEFFA 4 BANKFRPP
            pending BANKFRPP lane4
            pending BANKFRPP lane5
            pending BANKFRPP normal
            ack BANKFRPPA lane4 1 2
            lane-rules BANKFRPP 4/again
            submit ALPHDEFFA 5 BANKFRPP
            lanes BANKFRPP
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (4) to session 1 of BANKFRPPA
                offer BANKFRPP 4 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP 4 2: record 11
                accepted 3 of ALPHDEFFA in record 13
                lanes of BANKFRPP (5) to session 1 of BANKFRPPA
                offer BANKFRPP 5 1: record 13
                accepted 4 of ALPHDEFFA in record 15
                offer BANKFRPP normal 1: record 15
                  1: message in record 10
                  2: message in record 11
                  1: message in record 13
                  1: message in record 15
                BANKFRPPA took 4 over through 2
                accepted 5 of ALPHDEFFA in record 18
                offer BANKFRPP 4 3: record 18
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 0/1, session 1 of BANKFRPPA
                  4 again: 2/3, session 1 of BANKFRPPA
                  5: 0/1, session 1 of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn the_networks_own_lanes_are_not_split() {
        check_over_days(
            "
            service instant real-time=10000
            service payments
            lane-rules BANKFRPP 4/all
            lane-rules ALPHDEFF 7/all
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            submit ALPHDEFFA 2 BANKFRPP notice
            ack BANKFRPPA lane4 1 1
            lanes ALPHDEFF
            lanes BANKFRPP
            ",
            &expect![[r#"
                service instant: *, group []
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 13
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 13
                accepted 2 of ALPHDEFFA in record 14
                lanes of BANKFRPP (4) to session 1 of BANKFRPPA
                offer BANKFRPP 4 1: record 14
                BANKFRPPA took 4 over through 1
                offer ALPHDEFF system 1: notice
                  system: 0/1, session 1 of ALPHDEFFA
                  urgent: 0/0, session 1 of ALPHDEFFA
                  normal: 0/0, session 1 of ALPHDEFFA
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 0/0, session 1 of BANKFRPPA
                  real-time: 0/1, session 1 of BANKFRPPA
                  4 all: 1/1, session 1 of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn a_message_that_is_held_has_its_lane_when_it_is_accepted() {
        check_over_days(
            "
            calendar target free=Sa,Su
            service payments calendar=target opens=480 until=1080/1020 hold
            lane-rules BANKFRPP 4/funds
            @18h submit ALPHDEFFA 1 BANKFRPP
            lane-rules BANKFRPP
            held ALPHDEFF
            @32h tick
            lanes BANKFRPP
            @33h submit ALPHDEFFA 2 BANKFRPP
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 12
                  1 of ALPHDEFFA for BANKFRPP 4, until 1970-01-02T08:00:00.000000Z
                lanes of BANKFRPP (4) to session 1 of BANKFRPPA
                offer BANKFRPP 4 1: record 12
                offer ALPHDEFF system 1: notice
                  system: 0/0, session 1 of BANKFRPPA
                  urgent: 0/0, session 1 of BANKFRPPA
                  normal: 0/0, session 1 of BANKFRPPA
                  4: 0/1, session 1 of BANKFRPPA
                accepted 2 of ALPHDEFFA in record 15
                offer BANKFRPP normal 1: record 15
            "#]],
        );
    }

    #[test]
    fn what_else_is_done_about_a_message_is_done_in_an_own_lane_too() {
        check_over_days(
            "
            service payments warn=10/10 withdraws-expired
            lane-rules BANKFRPP 4/funds
            submit ALPHDEFFA 1 BANKFRPP both
            decline BANKFRPPA lane4 1 RCV01 unreadable
            submit ALPHDEFFA 2 BANKFRPP both
            @20s tick
            close BANKFRPPA
            submit ALPHDEFFA 3 BANKFRPP
            submit ALPHDEFFA 4 BANKFRPP expires=30s
            abort BANKFRPP 17 a reason
            state-outstanding ALPHDEFF BANKFRPP 13
            undelivered ALPHDEFF 10
            @30s tick
            pending BANKFRPP lane4
            pending ALPHDEFF system
            open BANKFRPPA receives lane4=4
            ack BANKFRPPA lane4 2 4
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 11
                lanes of BANKFRPP (4) to session 1 of BANKFRPPA
                offer BANKFRPP 4 1: record 11
                BANKFRPPA took 4 over through 1
                offer ALPHDEFF system 1: notice
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP 4 2: record 13
                offer ALPHDEFF system 2: notice
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 3 of ALPHDEFFA in record 16
                offer BANKFRPP 4 3: record 16
                accepted 4 of ALPHDEFFA in record 17
                offer BANKFRPP 4 4: record 17
                offer ALPHDEFF system 3: notice
                offer ALPHDEFF system 4: notice
                  2 of ALPHDEFFA for BANKFRPP 4 2, attempts 1
                  3 of ALPHDEFFA for BANKFRPP 4 3, attempts 0
                  2: message in record 13, possible duplicate
                  3: message in record 16
                  4: message in record 17 withdrawn, says record 18
                  1: Declined of 1 of ALPHDEFFA in record 11, says record 12
                  2: Undelivered of 2 of ALPHDEFFA in record 13, says record 14
                  3: Aborted of 4 of ALPHDEFFA in record 17, says record 18
                  4: Undelivered of 2 of ALPHDEFFA in record 13, says record 19
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0, 4 1/4
                lanes of BANKFRPP to session 2 of BANKFRPPA
                BANKFRPPA took 4 over through 4
                offer ALPHDEFF system 5: notice
            "#]],
        );
    }

    #[test]
    fn rules_that_can_never_be_met_are_rejected() {
        check_over_days(
            "
            lane-rules CHASUS33 4/funds
            lane-rules BANKFRPP 4/funds/service=payments/branch=PAR
            describe BANKFRPP branches=LYO
            service payments
            lane-rules BANKFRPP 4/funds/branch=PAR
            lane-rules BANKFRPP 4/funds/branch=LYO 4/funds/branch=XXX
            lane-rules BANKFRPP 4/funds/service=payment
            ",
            &expect![[r#"
                NET041 CHASUS33 is not a member
                BANKFRPP has branches ["LYO"]
                service payments: *, group []
                NET160 a rule is about branch PAR of BANKFRPP, which the directory does not list
                NET071 there is no service payment
            "#]],
        );
    }
}
