//! Copies: every promise and every refusal, and that each accepted message is held, in a lane or
//! finished.
//!
//! Three institutions: `CHASUS33` gets the copies of what `ALPHDEFF` and `BANKFRPP` send one another.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use iso::Institution;
use proptest::prelude::*;
use trust::{Lane, RecordKind};

use crate::event::Event;
use crate::lane::{Item, LANES};
use crate::network::Network;
use crate::script::{Line, Stage};

/// A network of three members whose keys are good for 400 days; the records 0 to 11 made it so.
fn three() -> Stage {
    let mut stage = Stage::over_days();
    stage.play(
        "
        admit CHASUS33 Settlement
        grant CHASUS33A 1 until=400d
        open CHASUS33A receives
        ",
    );
    stage.said.clear();
    stage
}

#[track_caller]
fn check(script: &str, want: &Expect) {
    let mut stage = three();
    stage.play(script);
    want.assert_eq(&stage.said);
}

#[test]
fn a_held_message_is_delivered_when_it_is_authorised() {
    check(
        "
        service payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP notice
        submit ALPHDEFFA 2 BANKFRPP
        pending BANKFRPP normal
        pending CHASUS33 normal
        undecided CHASUS33
        authorise CHASUS33A 14 to-receiver=settled
        authorise CHASUS33A 13
        undecided CHASUS33
        pending BANKFRPP normal
        pending ALPHDEFF system
        ack CHASUS33A normal 1 2
        ack BANKFRPPA normal 1 2
        pending ALPHDEFF system
        figures CHASUS33 0
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 2: record 14
              1: copy of record 13, decides
              2: copy of record 14, decides
              1 of ALPHDEFFA in record 13 for BANKFRPP normal, payments
              2 of ALPHDEFFA in record 14 for BANKFRPP normal, payments
            offer BANKFRPP normal 1: record 14
            offer BANKFRPP normal 2: record 13
            offer ALPHDEFF system 1: notice
              1: message in record 14, authorised by record 15
              2: message in record 13, authorised by record 16
              1: Authorised of 1 of ALPHDEFFA in record 13, says record 16
            CHASUS33A took normal over through 2
            BANKFRPPA took normal over through 2
            offer ALPHDEFF system 2: notice
              1: Authorised of 1 of ALPHDEFFA in record 13, says record 16
              2: 1 of ALPHDEFFA in record 13 delivered, place 1 of record 18
              Figures { accepted: 0, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 2, stopped: 0, bypassed: 0 }
        "#]],
    );
}

#[test]
fn a_refused_message_reaches_nobody_and_its_sender_is_always_told() {
    check(
        "
        service payments copy=CHASUS33 header
        submit ALPHDEFFA 1 BANKFRPP
        submit ALPHDEFFA 2 BANKFRPP
        stop CHASUS33A 13 AM04 to-sender=no-funds
        authorise CHASUS33A 14
        pending CHASUS33 normal
        pending BANKFRPP normal
        pending ALPHDEFF system
        figures ALPHDEFF 0
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 2: record 14
            offer ALPHDEFF system 1: notice
            offer BANKFRPP normal 1: record 14
              1: copy of the header of record 13, decides
              2: copy of the header of record 14, decides
              1: message in record 14, authorised by record 16
              1: Stopped of 1 of ALPHDEFFA in record 13, says record 15
              Figures { accepted: 2, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 1, bypassed: 0 }
        "#]],
    );
}

#[test]
fn a_copy_that_informs_holds_nothing() {
    check(
        "
        service payments copy=CHASUS33 inform
        submit ALPHDEFFA 1 BANKFRPP urgent
        pending BANKFRPP urgent
        pending CHASUS33 urgent
        authorise CHASUS33A 13
        decline CHASUS33A urgent 1 RCV01 unreadable
        ack CHASUS33A urgent 1 1
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 urgent 1: record 13
            offer BANKFRPP urgent 1: record 13
              1: message in record 13
              1: copy of record 13
            NET123 the message of record 13 waits for no decision
            NET034 number 1 of the urgent lane is no message that could be declined
            CHASUS33A took urgent over through 1
        "#]],
    );
}

#[test]
fn only_the_types_of_the_rule_are_copied_and_nothing_of_the_institution_itself() {
    check(
        "
        service payments copy=CHASUS33 copied=pacs.009.*
        submit ALPHDEFFA 1 BANKFRPP type=pacs.008.001.08
        submit ALPHDEFFA 2 CHASUS33 type=pacs.009.001.08
        submit CHASUS33A 1 BANKFRPP type=pacs.009.001.08
        submit ALPHDEFFA 3 BANKFRPP type=pacs.009.001.08
        pending BANKFRPP normal
        pending CHASUS33 normal
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer BANKFRPP normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            accepted 1 of CHASUS33A in record 15
            offer BANKFRPP normal 2: record 15
            accepted 3 of ALPHDEFFA in record 16
            offer CHASUS33 normal 2: record 16
              1: message in record 13
              2: message in record 15
              1: message in record 14
              2: copy of record 16, decides
        "#]],
    );
}

#[test]
fn a_decision_is_refused_where_there_is_nothing_for_it() {
    check(
        "
        service payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP
        authorise BANKFRPPA 13
        authorise CHASUS33A 99
        authorise CHASUS33A 12
        authorise CHASUS33A 13 key=2
        authorise CHASUS33A 13 session=9
        authorise CHASUS33A 13
        authorise CHASUS33A 13
        stop CHASUS33A 13 AM04
        authorise BANKFRPPA 13
        close CHASUS33A
        authorise CHASUS33A 13
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            NET120 the message of record 13 does not wait for what BANKFRPP decides
            NET121 there is no message of record 99
            NET123 the message of record 12 waits for no decision
            NET129 the decision is not signed with a valid key of CHASUS33A
            NET021 session 9 of CHASUS33A is over; 1 is open
            offer BANKFRPP normal 1: record 13
            NET122 the message of record 13 was authorised in record 14
            NET122 the message of record 13 was authorised in record 14
            NET123 the message of record 13 waits for no decision
            end session 1 of CHASUS33A: Closed(Goodbye)
            lanes of CHASUS33 to nobody
            NET020 CHASUS33A has no open session
        "#]],
    );
}

#[test]
fn the_operator_orders_a_bypass_and_takes_it_back() {
    check(
        "
        service payments copy=CHASUS33 bypass=order
        submit ALPHDEFFA 1 BANKFRPP notice
        submit BANKFRPPA 1 ALPHDEFF
        submit ALPHDEFFA 2 BANKFRPP
        bypass payments off all is well
        bypass payments on settlement is down
        bypass payments on settlement is down
        deadline
        submit ALPHDEFFA 3 BANKFRPP
        tick
        tick
        tick
        deadline
        pending BANKFRPP normal
        pending ALPHDEFF normal
        pending CHASUS33 normal
        pending CHASUS33 system
        pending ALPHDEFF system
        bypass payments off settlement is back
        submit ALPHDEFFA 4 BANKFRPP
        undecided CHASUS33
        figures ALPHDEFF 0
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 1 of BANKFRPPA in record 14
            offer CHASUS33 normal 2: record 14
            accepted 2 of ALPHDEFFA in record 15
            offer CHASUS33 normal 3: record 15
            NET125 the bypass of service payments is not ordered
            NET125 the bypass of service payments is ordered already
              next at 1970-01-01T00:00:00.000000Z
            accepted 3 of ALPHDEFFA in record 17
            offer CHASUS33 normal 4: record 17
            offer BANKFRPP normal 1: record 17
            offer BANKFRPP normal 2: record 13
            offer ALPHDEFF system 1: notice
            offer CHASUS33 system 1: notice
            offer ALPHDEFF normal 1: record 14
            offer CHASUS33 system 2: notice
            offer BANKFRPP normal 3: record 15
            offer CHASUS33 system 3: notice
              nothing is to come
              1: message in record 17, bypassed by record 16
              2: message in record 13, bypassed by record 18
              3: message in record 15, bypassed by record 20
              1: message in record 14, bypassed by record 19
              1: copy of record 13, decides
              2: copy of record 14, decides
              3: copy of record 15, decides
              4: copy of record 17
              1: Undecided of 1 of ALPHDEFFA in record 13, says record 18
              2: Undecided of 1 of BANKFRPPA in record 14, says record 19
              3: Undecided of 2 of ALPHDEFFA in record 15, says record 20
              1: Bypassed of 1 of ALPHDEFFA in record 13, says record 18
            accepted 4 of ALPHDEFFA in record 22
            offer CHASUS33 normal 5: record 22
              4 of ALPHDEFFA in record 22 for BANKFRPP normal, payments
              Figures { accepted: 4, refused: 0, received: 0, declined: 0, warned: 0, withdrawn: 0, returned: 0, copied: 0, stopped: 0, bypassed: 3 }
        "#]],
    );
}

#[test]
fn an_absence_begins_a_bypass_and_the_return_ends_it() {
    check(
        "
        service payments copy=CHASUS33 bypass=60
        deadline
        @1s close CHASUS33A lost
        submit ALPHDEFFA 1 BANKFRPP
        deadline
        @30s open CHASUS33A receives
        deadline
        @40s close CHASUS33A lost
        @100s tick
        tick
        submit ALPHDEFFA 2 BANKFRPP
        pending BANKFRPP normal
        @200s open CHASUS33A receives
        submit ALPHDEFFA 3 BANKFRPP
        deadline
        tick
        submit ALPHDEFFA 4 BANKFRPP
        undecided CHASUS33
        pending CHASUS33 normal
        pending CHASUS33 system
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
              nothing is to come
            end session 1 of CHASUS33A: Closed(LinkLost)
            lanes of CHASUS33 to nobody
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
              next at 1970-01-01T00:01:01.000000Z
            welcome CHASUS33A to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
            lanes of CHASUS33 to session 2 of CHASUS33A
              nothing is to come
            end session 2 of CHASUS33A: Closed(LinkLost)
            lanes of CHASUS33 to nobody
            offer BANKFRPP normal 1: record 14
            offer CHASUS33 system 1: notice
            accepted 2 of ALPHDEFFA in record 19
            offer CHASUS33 normal 2: record 19
            offer BANKFRPP normal 2: record 19
              1: message in record 14, bypassed by record 18
              2: message in record 19, bypassed by record 17
            welcome CHASUS33A to session 3: input 0, answers after 0, system 0/1, urgent 0/0, normal 0/2
            lanes of CHASUS33 to session 3 of CHASUS33A
            accepted 3 of ALPHDEFFA in record 21
            offer CHASUS33 normal 3: record 21
            offer BANKFRPP normal 3: record 21
              next at 1970-01-01T00:00:00.000000Z
            accepted 4 of ALPHDEFFA in record 23
            offer CHASUS33 normal 4: record 23
              4 of ALPHDEFFA in record 23 for BANKFRPP normal, payments
              1: copy of record 14, decides, possible duplicate
              2: copy of record 19
              3: copy of record 21
              4: copy of record 23, decides
              1: Undecided of 1 of ALPHDEFFA in record 14, says record 18
        "#]],
    );
}

#[test]
fn an_absent_institution_is_bypassed_from_the_definition_of_the_service_and_from_a_restart_on() {
    check(
        "
        close CHASUS33A
        @10s service payments copy=CHASUS33 bypass=60
        deadline
        @20s open CHASUS33A receives
        deadline
        @30s epoch
        deadline
        @40s open CHASUS33A receives
        deadline
        ",
        &expect![[r#"
            end session 1 of CHASUS33A: Closed(Goodbye)
            lanes of CHASUS33 to nobody
            service payments: *, copied to CHASUS33, group []
              next at 1970-01-01T00:01:10.000000Z
            welcome CHASUS33A to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
            lanes of CHASUS33 to session 2 of CHASUS33A
              nothing is to come
            end session 1 of ALPHDEFFA: EpochOpened
            lanes of ALPHDEFF to nobody
            end session 1 of BANKFRPPA: EpochOpened
            lanes of BANKFRPP to nobody
            end session 2 of CHASUS33A: EpochOpened
            lanes of CHASUS33 to nobody
              next at 1970-01-01T00:01:30.000000Z
            welcome CHASUS33A to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
            lanes of CHASUS33 to session 3 of CHASUS33A
              nothing is to come
        "#]],
    );
}

#[test]
fn only_what_is_held_can_be_bypassed_and_only_where_the_rule_allows_it() {
    check(
        "
        service payments copy=CHASUS33 inform bypass=order
        service payments copy=CHASUS33 bypass=0
        service payments copy=CHASUS33
        bypass payments on settlement is down
        bypass other on settlement is down
        change payments copy=CHASUS33 bypass=order
        bypass payments on settlement is down
        change payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP
        undecided CHASUS33
        ",
        &expect![[r#"
            NET073 the rules of service payments are no good: what is held can be bypassed, after 1 second to 31 days
            NET073 the rules of service payments are no good: what is held can be bypassed, after 1 second to 31 days
            service payments: *, copied to CHASUS33, group []
            NET124 service payments cannot be bypassed
            NET071 there is no service other
            service payments: *, copied to CHASUS33, group []
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 16
            offer CHASUS33 normal 1: record 16
              1 of ALPHDEFFA in record 16 for BANKFRPP normal, payments
        "#]],
    );
}

#[test]
fn a_suspended_institution_gets_no_copies_and_decides_nothing() {
    check(
        "
        service payments copy=CHASUS33 bypass=60
        submit ALPHDEFFA 1 BANKFRPP
        @1s suspend CHASUS33 unpaid fees
        submit ALPHDEFFA 2 BANKFRPP
        authorise CHASUS33A 13
        deadline
        @61s tick
        tick
        submit ALPHDEFFA 3 BANKFRPP
        pending BANKFRPP normal
        reinstate CHASUS33
        tick
        submit ALPHDEFFA 4 BANKFRPP
        expel CHASUS33 fraud
        submit ALPHDEFFA 5 BANKFRPP
        undecided CHASUS33
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            CHASUS33 is Suspended { reason: unpaid fees }
            refused 2 of ALPHDEFFA in record 15
              NET127 at header/service, fault of the network: service payments copies messages to CHASUS33, which is suspended
            NET128 CHASUS33 is suspended and decides nothing
              next at 1970-01-01T00:01:01.000000Z
            offer BANKFRPP normal 1: record 13
            offer CHASUS33 system 1: notice
            accepted 3 of ALPHDEFFA in record 18
            offer CHASUS33 normal 2: record 18
            offer BANKFRPP normal 2: record 18
              1: message in record 13, bypassed by record 17
              2: message in record 18, bypassed by record 16
            CHASUS33 is Active
            accepted 4 of ALPHDEFFA in record 21
            offer CHASUS33 normal 3: record 21
            CHASUS33 is Expelled { reason: fraud }
            refused 5 of ALPHDEFFA in record 23
              NET127 at header/service, fault of the network: service payments copies messages to CHASUS33, which is suspended
              4 of ALPHDEFFA in record 21 for BANKFRPP normal, payments
        "#]],
    );
}

#[test]
fn a_rule_names_a_member_of_the_same_kind() {
    check(
        "
        service payments copy=DEUTDEFF
        service payments!p copy=CHASUS33
        expel CHASUS33 fraud
        service payments copy=CHASUS33
        service payments
        change payments copy=CHASUS33
        ",
        &expect![[r#"
            NET041 DEUTDEFF is not a member
            NET074 service payments!p and CHASUS33: one is for tests and the other is not
            CHASUS33 is Expelled { reason: fraud }
            NET048 CHASUS33 was expelled
            service payments: *, group []
            NET048 CHASUS33 was expelled
        "#]],
    );
}

#[test]
fn the_institution_need_not_be_in_the_group() {
    check(
        "
        service payments closed copy=CHASUS33
        join payments ALPHDEFF
        join payments BANKFRPP
        submit ALPHDEFFA 1 BANKFRPP
        pending CHASUS33 normal
        ",
        &expect![[r#"
            service payments: *, closed, copied to CHASUS33, group []
            service payments: *, closed, copied to CHASUS33, group [ALPHDEFF]
            service payments: *, closed, copied to CHASUS33, group [ALPHDEFF, BANKFRPP]
            accepted 1 of ALPHDEFFA in record 15
            offer CHASUS33 normal 1: record 15
              1: copy of record 15, decides
        "#]],
    );
}

#[test]
fn a_held_message_obeys_its_times() {
    check(
        "
        service payments copy=CHASUS33 warn=10/10 late=50/50 withdraws-expired
        submit ALPHDEFFA 1 BANKFRPP warning expires=30s
        submit ALPHDEFFA 2 BANKFRPP warning
        submit BANKFRPPA 1 ALPHDEFF
        @11s tick
        @31s tick
        pending ALPHDEFF system
        pending CHASUS33 system
        undelivered ALPHDEFF 9
        @60s tick
        undecided CHASUS33
        authorise CHASUS33A 14
        pending BANKFRPP normal
        authorise CHASUS33A 13
        deadline
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 2: record 14
            accepted 1 of BANKFRPPA in record 15
            offer CHASUS33 normal 3: record 15
            offer ALPHDEFF system 1: notice
            offer ALPHDEFF system 2: notice
            offer ALPHDEFF system 3: notice
            offer CHASUS33 system 1: notice
              1: Undelivered of 1 of ALPHDEFFA in record 13, says record 16
              2: Undelivered of 2 of ALPHDEFFA in record 14, says record 16
              3: Withdrawn of 1 of ALPHDEFFA in record 13, says record 17
              1: Undecided of 1 of ALPHDEFFA in record 13, says record 17
              2 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              2 of ALPHDEFFA in record 14 for BANKFRPP normal, payments, late
              1 of BANKFRPPA in record 15 for ALPHDEFF normal, payments, late
            offer BANKFRPP normal 1: record 14
              1: message in record 14, late, authorised by record 19
            NET123 the message of record 13 waits for no decision
              nothing is to come
        "#]],
    );
}

#[test]
fn the_operator_aborts_a_held_message() {
    check(
        "
        service payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP
        abort ALPHDEFF 13 a mistake
        abort BANKFRPP 13 a mistake
        pending ALPHDEFF system
        pending CHASUS33 system
        pending BANKFRPP normal
        abort BANKFRPP 13 a mistake
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            NET090 no message of record 13 waits for ALPHDEFF
            offer CHASUS33 system 1: notice
            offer ALPHDEFF system 1: notice
              1: Aborted of 1 of ALPHDEFFA in record 13, says record 14
              1: Undecided of 1 of ALPHDEFFA in record 13, says record 14
            NET090 no message of record 13 waits for BANKFRPP
        "#]],
    );
}

#[test]
fn an_undelivered_report_ends_with_what_is_held() {
    check(
        "
        service payments copy=CHASUS33 copied=pacs.009.*
        submit ALPHDEFFA 1 BANKFRPP type=pacs.009.001.08
        submit ALPHDEFFA 2 BANKFRPP type=pacs.008.001.08
        submit ALPHDEFFA 3 BANKFRPP type=pacs.009.001.08
        undelivered ALPHDEFF 9
        undelivered ALPHDEFF 2
        undelivered ALPHDEFF 2 after BANKFRPP normal 0 record=13
        undelivered ALPHDEFF 2 after BANKFRPP normal 1
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer BANKFRPP normal 1: record 14
            accepted 3 of ALPHDEFFA in record 15
            offer CHASUS33 normal 2: record 15
              2 of ALPHDEFFA for BANKFRPP normal 1, attempts 0
              1 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              3 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              2 of ALPHDEFFA for BANKFRPP normal 1, attempts 0
              1 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              3 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              1 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
              3 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33
        "#]],
    );
}

#[test]
fn what_is_held_outlives_its_service_and_another_rule() {
    check(
        "
        service payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP
        change payments
        submit ALPHDEFFA 2 BANKFRPP
        retire payments a reason
        service payments copy=BANKFRPP
        undecided CHASUS33
        authorise CHASUS33A 13
        pending BANKFRPP normal
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            service payments: *, group []
            accepted 2 of ALPHDEFFA in record 15
            offer BANKFRPP normal 1: record 15
            service payments: *, retired, group []
            service payments: *, copied to BANKFRPP, group []
              1 of ALPHDEFFA in record 13 for BANKFRPP normal, payments
            offer BANKFRPP normal 2: record 13
              1: message in record 15
              2: message in record 13, authorised by record 18
        "#]],
    );
}

#[test]
fn a_released_message_is_acknowledged_declined_and_aborted_as_others() {
    check(
        "
        service payments copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP notice
        submit ALPHDEFFA 2 BANKFRPP
        submit ALPHDEFFA 3 BANKFRPP
        authorise CHASUS33A 13
        authorise CHASUS33A 14
        ack BANKFRPPA normal 1 1
        decline BANKFRPPA normal 2 RCV01 unreadable
        close BANKFRPPA
        authorise CHASUS33A 15
        abort BANKFRPP 15 a mistake
        pending BANKFRPP normal
        pending ALPHDEFF system
        ",
        &expect![[r#"
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 2: record 14
            accepted 3 of ALPHDEFFA in record 15
            offer CHASUS33 normal 3: record 15
            offer BANKFRPP normal 1: record 13
            offer ALPHDEFF system 1: notice
            offer BANKFRPP normal 2: record 14
            BANKFRPPA took normal over through 1
            offer ALPHDEFF system 2: notice
            BANKFRPPA took normal over through 2
            offer ALPHDEFF system 3: notice
            end session 1 of BANKFRPPA: Closed(Goodbye)
            lanes of BANKFRPP to nobody
            offer BANKFRPP normal 3: record 15
            offer ALPHDEFF system 4: notice
              3: message in record 15 withdrawn, says record 22
              1: Authorised of 1 of ALPHDEFFA in record 13, says record 16
              2: 1 of ALPHDEFFA in record 13 delivered, place 0 of record 18
              3: Declined of 2 of ALPHDEFFA in record 14, says record 19
              4: Aborted of 3 of ALPHDEFFA in record 15, says record 22
        "#]],
    );
}

#[derive(Clone, Debug)]
enum Step {
    Submit { from: usize, to: usize, option: usize, expires_in: u64 },
    Acknowledge { by: usize, lane: usize, count: u64 },
    Decide { by: usize, which: prop::sample::Index, authorise: bool },
    Abort { receiver: usize, which: prop::sample::Index },
    Bypass { on: bool },
    Open { terminal: usize },
    Close { terminal: usize },
    Suspend { bank: usize, on: bool },
    Change { rule: usize },
    Tick { seconds: u64 },
}

const BANKS: [&str; 4] = ["ALPHDEFF", "BANKFRPP", "CHASUS33", "DEUTDEFF"];
const RULES: [&str; 8] = [
    "copy=CHASUS33 bypass=20",
    "copy=CHASUS33 bypass=order header",
    "copy=DEUTDEFF inform",
    "copy=DEUTDEFF bypass=5",
    "copy=CHASUS33 bypass=20 calendar=daily opens=2 until=4/3 hold",
    "calendar=daily opens=2 until=4/3 hold",
    "copy=DEUTDEFF inform calendar=daily opens=1 until=3/3 hold",
    "",
];

fn step() -> impl Strategy<Value = Step> {
    let bank = || 0..BANKS.len();
    prop_oneof![
        9 => (bank(), bank(), 0..4_usize, 0..90_u64).prop_map(|(from, to, option, expires_in)| {
            Step::Submit { from, to, option, expires_in }
        }),
        3 => (bank(), 0..LANES.len(), 1..4_u64)
            .prop_map(|(by, lane, count)| Step::Acknowledge { by, lane, count }),
        6 => (2..BANKS.len(), any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(by, which, authorise)| Step::Decide { by, which, authorise }),
        2 => (bank(), any::<prop::sample::Index>())
            .prop_map(|(receiver, which)| Step::Abort { receiver, which }),
        2 => any::<bool>().prop_map(|on| Step::Bypass { on }),
        3 => bank().prop_map(|terminal| Step::Open { terminal }),
        2 => bank().prop_map(|terminal| Step::Close { terminal }),
        1 => (bank(), any::<bool>()).prop_map(|(bank, on)| Step::Suspend { bank, on }),
        1 => (0..RULES.len()).prop_map(|rule| Step::Change { rule }),
        5 => (0..30_u64).prop_map(|seconds| Step::Tick { seconds }),
    ]
}

/// The records of messages that are held; each once.
fn held(network: &Network) -> BTreeSet<u64> {
    let all = network.held_where(None, usize::MAX, |_| true);
    let records: BTreeSet<u64> = all.iter().map(|held| held.about.sequence).collect();
    assert_eq!(records.len(), all.len(), "a message is held once");
    records
}

/// The records of messages in lanes; each once.
fn in_lanes(network: &Network) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for bank in BANKS {
        let bank: Institution = bank.parse().unwrap();
        for offer in LANES.iter().flat_map(|lane| network.pending(bank, *lane, 0)) {
            if let Item::Message { sequence } = offer.item {
                assert!(found.insert(sequence), "the message of record {sequence} stands twice");
            }
        }
    }
    found
}

/// A step as a line of a script, with numbers as the machine has them.
fn line(step: &Step, network: &Network, clock: u64) -> String {
    let any_of = |which: &prop::sample::Index, of: BTreeSet<u64>| {
        let all: Vec<u64> = of.into_iter().collect();
        if all.is_empty() { 3 } else { *which.get(&all) }
    };
    let at = format!("@{clock}");
    match step {
        Step::Submit { from, to, option, expires_in } => {
            let sender = format!("{}A", BANKS[*from]);
            let number = network.input_number(sender.parse().unwrap()) + 1;
            let option = ["", "warning", "notice", "both"][*option];
            let expires = clock + 1 + expires_in * 1_000_000;
            format!("{at} submit {sender} {number} {} {option} expires={expires}", BANKS[*to])
        }
        Step::Acknowledge { by, lane, count } => {
            let lane = LANES[*lane];
            let mut lanes = network.lanes(BANKS[*by].parse().unwrap());
            let first = lanes.find(|it| it.lane == lane).unwrap().acknowledged_through + 1;
            format!("{at} ack {}A {lane} {first} {}", BANKS[*by], first + count - 1)
        }
        Step::Decide { by, which, authorise } => {
            let message = any_of(which, held(network));
            let verb = if *authorise { "authorise" } else { "stop" };
            format!("{at} {verb} {}A {message} AM04", BANKS[*by])
        }
        Step::Abort { receiver, which } => {
            let all = held(network).union(&in_lanes(network)).copied().collect();
            format!("{at} abort {} {} a reason", BANKS[*receiver], any_of(which, all))
        }
        Step::Bypass { on } => {
            format!("{at} bypass payments {} a reason", if *on { "on" } else { "off" })
        }
        Step::Open { terminal } => format!("{at} open {}A receives", BANKS[*terminal]),
        Step::Close { terminal } => format!("{at} close {}A", BANKS[*terminal]),
        Step::Suspend { bank, on: true } => format!("{at} suspend {} a reason", BANKS[*bank]),
        Step::Suspend { bank, on: false } => format!("{at} reinstate {}", BANKS[*bank]),
        Step::Change { rule } => {
            format!("{at} change payments withdraws-expired warn=9/9 {}", RULES[*rule])
        }
        Step::Tick { .. } => format!("{at} tick"),
    }
}

/// What finishes messages, read from the records alone.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other record finishes messages")]
fn finished(before: &Network, event: &Event) -> Vec<u64> {
    match event {
        Event::Acknowledged { by, lane, first, through } => {
            let pending = before.pending(by.institution(), *lane, first - 1);
            let taken = pending.take_while(|offer| offer.output_number <= *through);
            let sequence =
                |item| if let Item::Message { sequence } = item { Some(sequence) } else { None };
            taken.filter_map(|offer| sequence(offer.item)).collect()
        }
        Event::CopyDecided { message, is_authorised: false, .. } => vec![*message],
        Event::Aborted(aborted) => vec![aborted.sequence],
        Event::Elapsed { elapsed, .. } => elapsed
            .iter()
            .filter(|it| it.outcome == crate::Outcome::Withdrawn)
            .map(|it| it.sequence)
            .collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    /// A script checks on its way that a rejection leaves the state equal.
    #[test]
    fn an_accepted_message_is_held_or_in_a_lane_or_finished(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut stage = three();
        stage.play(
            "
            admit DEUTDEFF Deutsche
            grant DEUTDEFFA 1 until=400d
            open DEUTDEFFA receives
            calendar daily
            @1s service payments copy=CHASUS33 bypass=20 withdraws-expired warn=9/9
            ",
        );
        let (mut waiting, mut clock) = (BTreeSet::new(), 1_000_000);
        for step in &steps {
            clock += if let Step::Tick { seconds } = step { seconds * 1_000_000 } else { 1 };
            let before = stage.network.clone();
            let line = line(step, &before, clock);
            if stage.step(&Line::new(&line)).is_ok() {
                let record = stage.journal.last().unwrap();
                let event = Event::decode(record.kind, &record.meta).unwrap();
                if record.kind == RecordKind::ACCEPTED {
                    waiting.insert(record.sequence);
                }
                for message in finished(&before, &event) {
                    prop_assert!(waiting.remove(&message), "{line}: one end for {message}");
                }
            }
            let (held, lanes) = (held(&stage.network), in_lanes(&stage.network));
            prop_assert!(held.is_disjoint(&lanes), "{line}");
            let all: BTreeSet<u64> = held.union(&lanes).copied().collect();
            prop_assert_eq!(&all, &waiting, "{}", line);
        }
        // The same records give the same state, also when it goes on from a snapshot.
        let mut replayed = Network::new(stage.network.name(), stage.network.shard());
        for (index, record) in stage.journal.iter().enumerate() {
            let event = Event::decode(record.kind, &record.meta).unwrap();
            replayed.apply(record.at, record.sequence, &event, &mut Vec::new());
            if index == stage.journal.len() / 2 {
                replayed = Network::decode(&replayed.encode()).unwrap();
            }
        }
        prop_assert_eq!(replayed.hash(), stage.network.hash());
        // Whatever is due comes to an end.
        for _ in 0..1_000 {
            if stage.network.next_deadline().is_none_or(|due| due.0 > clock) {
                break;
            }
            stage.step(&Line::new(&format!("@{clock} tick"))).unwrap();
        }
        prop_assert!(stage.network.next_deadline().is_none_or(|due| due.0 > clock));
    }
}

#[test]
fn who_decides_does_not_wait_for_the_opening() {
    check(
        "
        calendar daily
        service payments copy=CHASUS33 calendar=daily opens=480 until=1080/1020 hold
        @1h submit ALPHDEFFA 1 BANKFRPP notice
        submit ALPHDEFFA 2 BANKFRPP
        submit ALPHDEFFA 3 BANKFRPP
        submit ALPHDEFFA 4 CHASUS33
        held ALPHDEFF
        @2h authorise CHASUS33A 14
        stop CHASUS33A 15 AM04
        authorise CHASUS33A 14
        held ALPHDEFF
        undelivered ALPHDEFF 9
        undecided CHASUS33
        deadline
        @8h tick
        tick
        tick
        deadline
        held ALPHDEFF
        @9h authorise CHASUS33A 16
        pending BANKFRPP normal
        pending CHASUS33 normal
        pending ALPHDEFF system
        ",
        &expect![[r#"
            calendar daily
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            accepted 2 of ALPHDEFFA in record 15
            offer CHASUS33 normal 2: record 15
            accepted 3 of ALPHDEFFA in record 16
            offer CHASUS33 normal 3: record 16
            accepted 4 of ALPHDEFFA in record 17
              1 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
              2 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
              3 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
              4 of ALPHDEFFA for CHASUS33 normal, until 1970-01-01T08:00:00.000000Z
            offer ALPHDEFF system 1: notice
            offer ALPHDEFF system 2: notice
            NET122 the message of record 14 was authorised in record 18
              1 of ALPHDEFFA for BANKFRPP normal, until 1970-01-01T08:00:00.000000Z
              3 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
              4 of ALPHDEFFA for CHASUS33 normal, until 1970-01-01T08:00:00.000000Z
              1 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held until 1970-01-01T08:00:00.000000Z
              3 of ALPHDEFFA for BANKFRPP normal 0, attempts 0, held for CHASUS33, held until 1970-01-01T08:00:00.000000Z
              4 of ALPHDEFFA for CHASUS33 normal 0, attempts 0, held until 1970-01-01T08:00:00.000000Z
              3 of ALPHDEFFA in record 16 for BANKFRPP normal, payments
              next at 1970-01-01T08:00:00.000000Z
            offer BANKFRPP normal 1: record 14
            offer ALPHDEFF system 3: notice
            offer CHASUS33 normal 4: record 17
            offer ALPHDEFF system 4: notice
              next at 1970-01-01T17:00:00.000000Z
              3 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
            offer BANKFRPP normal 2: record 16
              1: message in record 14, authorised by record 18
              2: message in record 16, authorised by record 23
              1: copy of record 14, decides
              2: copy of record 15, decides
              3: copy of record 16, decides
              4: message in record 17
              1: Authorised of 1 of ALPHDEFFA in record 14, says record 18
              2: Stopped of 2 of ALPHDEFFA in record 15, says record 19
              3: Released of 1 of ALPHDEFFA in record 14, says record 20
              4: Released of 4 of ALPHDEFFA in record 17, says record 21
        "#]],
    );
}

#[test]
fn what_was_accepted_in_time_is_delivered_behind_the_cut_off_too() {
    check(
        "
        calendar daily
        service payments copy=CHASUS33 calendar=daily opens=480 until=1080/1020 hold
        @16h submit ALPHDEFFA 1 BANKFRPP
        @18h authorise CHASUS33A 14
        service other copy=CHASUS33 calendar=daily opens=480 until=1080/1020 refuse
        submit ALPHDEFFA 2 BANKFRPP service=other
        ",
        &expect![[r#"
            calendar daily
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            offer BANKFRPP normal 1: record 14
            service other: *, copied to CHASUS33, group []
            refused 2 of ALPHDEFFA in record 17
              NET140 at header/service, fault of the sender: service other takes no normal messages now; it opens at 1970-01-02T08:00:00.000000Z
        "#]],
    );
}

#[test]
fn a_bypass_releases_no_message_before_the_opening() {
    check(
        "
        calendar daily
        service payments copy=CHASUS33 bypass=order calendar=daily opens=480 until=1080/1020 hold
        @1h submit ALPHDEFFA 1 BANKFRPP notice
        bypass payments on the settlement system is down
        tick
        submit ALPHDEFFA 2 BANKFRPP notice
        deadline
        held ALPHDEFF
        undecided CHASUS33
        authorise CHASUS33A 14
        @8h tick
        pending BANKFRPP normal
        pending ALPHDEFF system
        pending CHASUS33 system
        ",
        &expect![[r#"
            calendar daily
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            offer ALPHDEFF system 1: notice
            offer CHASUS33 system 1: notice
            accepted 2 of ALPHDEFFA in record 17
            offer CHASUS33 normal 2: record 17
            offer ALPHDEFF system 2: notice
              next at 1970-01-01T08:00:00.000000Z
              1 of ALPHDEFFA for BANKFRPP normal, until 1970-01-01T08:00:00.000000Z
              2 of ALPHDEFFA for BANKFRPP normal, until 1970-01-01T08:00:00.000000Z
            NET123 the message of record 14 waits for no decision
            offer BANKFRPP normal 1: record 14
            offer ALPHDEFF system 3: notice
            offer BANKFRPP normal 2: record 17
            offer ALPHDEFF system 4: notice
              1: message in record 14, bypassed by record 16
              2: message in record 17, bypassed by record 15
              1: Bypassed of 1 of ALPHDEFFA in record 14, says record 16
              2: Bypassed of 2 of ALPHDEFFA in record 17, says record 15
              3: Released of 1 of ALPHDEFFA in record 14, says record 18
              4: Released of 2 of ALPHDEFFA in record 17, says record 18
              1: Undecided of 1 of ALPHDEFFA in record 14, says record 16
        "#]],
    );
}

#[test]
fn what_is_held_for_both_obeys_its_end_and_the_operator() {
    check(
        "
        calendar daily
        service payments copy=CHASUS33 withdraws-expired calendar=daily opens=480 until=1080/1020 hold
        @1h submit ALPHDEFFA 1 BANKFRPP expires=2h
        submit ALPHDEFFA 2 BANKFRPP expires=3h
        submit ALPHDEFFA 3 BANKFRPP
        submit ALPHDEFFA 4 BANKFRPP
        authorise CHASUS33A 15
        authorise CHASUS33A 16
        deadline
        @2h tick
        @3h tick
        abort BANKFRPP 16 sent by mistake
        abort BANKFRPP 17 sent by mistake
        held ALPHDEFF
        pending ALPHDEFF system
        pending CHASUS33 system
        ",
        &expect![[r#"
            calendar daily
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            accepted 2 of ALPHDEFFA in record 15
            offer CHASUS33 normal 2: record 15
            accepted 3 of ALPHDEFFA in record 16
            offer CHASUS33 normal 3: record 16
            accepted 4 of ALPHDEFFA in record 17
            offer CHASUS33 normal 4: record 17
              next at 1970-01-01T02:00:00.000000Z
            offer ALPHDEFF system 1: notice
            offer CHASUS33 system 1: notice
            offer ALPHDEFF system 2: notice
            offer ALPHDEFF system 3: notice
            offer CHASUS33 system 2: notice
            offer ALPHDEFF system 4: notice
              1: Withdrawn of 1 of ALPHDEFFA in record 14, says record 20
              2: Withdrawn of 2 of ALPHDEFFA in record 15, says record 21
              3: Aborted of 3 of ALPHDEFFA in record 16, says record 22
              4: Aborted of 4 of ALPHDEFFA in record 17, says record 23
              1: Undecided of 1 of ALPHDEFFA in record 14, says record 20
              2: Undecided of 4 of ALPHDEFFA in record 17, says record 23
        "#]],
    );
}

#[test]
fn a_file_is_nobodys_when_its_message_was_refused() {
    check(
        "
        service documents files=5000 copy=CHASUS33 header
        submit ALPHDEFFA 1 BANKFRPP service=documents file=7/1000
        submit ALPHDEFFA 2 BANKFRPP service=documents file=8/1000
        file BANKFRPP ALPHDEFF 7
        file CHASUS33 ALPHDEFF 7
        stop CHASUS33A 13 AM04
        file BANKFRPP ALPHDEFF 7
        file BANKFRPP ALPHDEFF 8
        ",
        &expect![[r#"
            service documents: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 13
            offer CHASUS33 normal 1: record 13
            accepted 2 of ALPHDEFFA in record 14
            offer CHASUS33 normal 2: record 14
              kept; not for BANKFRPP
              kept; not for CHASUS33
            offer ALPHDEFF system 1: notice
              not kept; not for BANKFRPP
              kept; not for BANKFRPP
        "#]],
    );
}

#[test]
fn held_messages_of_a_retired_service_still_wait() {
    check(
        "
        calendar daily
        service payments copy=CHASUS33 calendar=daily opens=480 until=1080/1020 hold
        @1h submit ALPHDEFFA 1 BANKFRPP
        submit ALPHDEFFA 2 BANKFRPP
        authorise CHASUS33A 14
        retire payments replaced
        service payments
        held ALPHDEFF
        undecided CHASUS33
        @8h tick
        authorise CHASUS33A 15
        pending BANKFRPP normal
        ",
        &expect![[r#"
            calendar daily
            service payments: *, copied to CHASUS33, group []
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
            accepted 2 of ALPHDEFFA in record 15
            offer CHASUS33 normal 2: record 15
            service payments: *, retired, copied to CHASUS33, group []
            service payments: *, group []
              1 of ALPHDEFFA for BANKFRPP normal, until 1970-01-01T08:00:00.000000Z
              2 of ALPHDEFFA for BANKFRPP normal, for CHASUS33 to decide, until 1970-01-01T08:00:00.000000Z
              2 of ALPHDEFFA in record 15 for BANKFRPP normal, payments
            offer BANKFRPP normal 1: record 14
            offer ALPHDEFF system 1: notice
            offer BANKFRPP normal 2: record 15
              1: message in record 14, authorised by record 16
              2: message in record 15, authorised by record 20
        "#]],
    );
}

#[test]
fn a_service_whose_copies_could_not_be_whole_is_not_set_up() {
    check(
        "
        service requests copy=CHASUS33 real-time=1000
        service requests copy=CHASUS33 inform real-time=1000
        service confidential sealed copy=CHASUS33
        service confidential sealed copy=CHASUS33 header
        service documents files=1000 copy=CHASUS33 inform
        service documents files=1000 copy=CHASUS33 inform header
        change documents files=1000 copy=CHASUS33
        submit ALPHDEFFA 1 BANKFRPP service=confidential sealed
        pending CHASUS33 normal
        ",
        &expect![[r#"
            NET073 the rules of service requests are no good: a real-time service copies nothing
            NET073 the rules of service requests are no good: a real-time service copies nothing
            NET073 the rules of service confidential are no good: sealed messages are copied as headers only
            service confidential: *, copied to CHASUS33, group []
            NET073 the rules of service documents are no good: where files are carried, messages are copied as headers only
            service documents: *, copied to CHASUS33, group []
            NET073 the rules of service documents are no good: where files are carried, messages are copied as headers only
            accepted 1 of ALPHDEFFA in record 14
            offer CHASUS33 normal 1: record 14
              1: copy of the header of record 14, decides
        "#]],
    );
}

#[test]
fn the_lane_of_the_copies_may_be_full() {
    let mut stage = three();
    stage.play("service payments copy=CHASUS33");
    let decider: Institution = "CHASUS33".parse().unwrap();
    let queue = stage.network.member_mut(decider).lane_mut(Lane::NORMAL);
    for record in 0..crate::LANE_LENGTH_MAX as u64 {
        queue.push(crate::lane::Entry::Withdrawn { sequence: record, record });
    }
    let header = crate::script::header("ALPHDEFFA".parse().unwrap(), 1, "BANKFRPP");
    let message = crate::script::checked(&header, crate::script::public(1).id());
    let session = stage.network.session("ALPHDEFFA".parse().unwrap()).unwrap().session;
    let submit =
        crate::Submit { session, terminal: "ALPHDEFFA".parse().unwrap(), input_number: 1, message };
    let decided =
        stage.network.decide(trust::LogTime(100), crate::Command::Submit(submit)).unwrap();
    let refused = trust::Refused::decode(&decided.meta).unwrap();
    let codes: Vec<_> = refused.reasons.iter().map(|it| it.code().to_string()).collect();
    assert_eq!(codes, ["NET126"]);
}
