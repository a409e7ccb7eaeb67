//! Sessions as transcripts: what each end says, and what it means to the gateway.

use expect_test::{Expect, expect};
use iso::Terminal;
use trust::{Monitoring, Priority};

use crate::world::World;

const ALPHA: &str = "ALPHDEFFA";
const BANK: &str = "BANKFRPPA";
const BANK_2: &str = "BANKFRPPB";

/// Plays a script, one step a line, and compares what was said.
///
/// `TERMINAL connect|cut|crash|store|shares`, `TERMINAL send BIC [urgent] [notice]`,
/// `TERMINAL sends N` (the gateway sends frames of at most N until none is due), `TERMINAL gives N`
/// (so does the hub), `TERMINAL hub-takes|commit|takes` (until nothing is left), `hub crash`,
/// `settle`.
#[track_caller]
fn check(script: &str, want: &Expect) {
    want.assert_eq(&play(&mut World::new(&[ALPHA, BANK, BANK_2]), script));
}

fn play(world: &mut World, script: &str) -> String {
    world.log.clear();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["settle"] => world.settle(),
            ["hub", "crash"] => world.crash_hub(),
            [terminal, verb, rest @ ..] => step(world, terminal.parse().unwrap(), verb, rest),
            _ => panic!("no such step: {line}"),
        }
    }
    std::mem::take(&mut world.log)
}

fn step(world: &mut World, terminal: Terminal, verb: &str, rest: &[&str]) {
    let number = || rest.first().map_or(usize::MAX, |it| it.parse().unwrap());
    match verb {
        "connect" => world.connect(terminal),
        "cut" => world.cut(terminal),
        "crash" => world.crash_bank(terminal),
        "store" => world.bank(terminal).store_all(),
        "shares" => world.bank(terminal).shares_lanes = true,
        "send" => {
            let priority =
                if rest.contains(&"urgent") { Priority::Urgent } else { Priority::Normal };
            let monitoring =
                if rest.contains(&"notice") { Monitoring::Notice } else { Monitoring::None };
            world.bank(terminal).send(rest[0].parse().unwrap(), priority, monitoring);
        }
        "sends" => while world.bank_sends(terminal, number()) {},
        "gives" => while world.hub_sends(terminal, number().min(8)) {},
        "hub-takes" => while world.hub_takes(terminal) {},
        "commit" => while world.commit(terminal) {},
        "takes" => while world.bank_takes(terminal) {},
        verb => panic!("no such verb: {verb}"),
    }
}

#[test]
fn a_message_is_answered_offered_acknowledged_and_its_sender_hears_of_it() {
    check(
        "
        ALPHDEFFA connect
        BANKFRPPA connect
        settle
        ALPHDEFFA send BANKFRPP notice
        ALPHDEFFA send BANKFRPP
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            BANKFRPPA > Hello: answers 0, tree 0
            BANKFRPPA < Welcome: holds 0
                session 2
            ALPHDEFFA < Lanes
                receives
            BANKFRPPA < Lanes
                receives
            ALPHDEFFA > Submit 1 to 2
            ALPHDEFFA < Answers 1 to 2, 0 with meta, 1 grants
                1 accepted, 2 accepted
            BANKFRPPA < Offers normal lane 1 to 2, 0 marked, 1 grants
                1 from ALPHDEFFA, 2 from ALPHDEFFA
            BANKFRPPA > Acknowledge normal lane 1 to 2
            ALPHDEFFA < Offers system lane 1, 0 marked, 1 grants
                1 ALPHDEFFA 1 delivered
            ALPHDEFFA > Acknowledge system lane 1
        "#]],
    );
}

#[test]
fn a_message_to_nobody_is_refused_and_the_next_goes_on() {
    check(
        "
        ALPHDEFFA connect
        ALPHDEFFA send CHASUS33
        ALPHDEFFA send BANKFRPP
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            ALPHDEFFA > Submit 1 to 2
            ALPHDEFFA < Lanes
                receives
            ALPHDEFFA < Answers 1 to 2, 1 with meta, 1 grants
                1 refused NET001, 2 accepted
        "#]],
    );
}

#[test]
fn after_a_break_the_gateway_goes_on_from_what_the_hub_holds() {
    check(
        "
        ALPHDEFFA connect
        settle
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA sends 1
        ALPHDEFFA hub-takes
        ALPHDEFFA commit
        ALPHDEFFA gives
        ALPHDEFFA cut
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA connect
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            ALPHDEFFA < Lanes
                receives
            ALPHDEFFA > Submit 1
            ALPHDEFFA > Submit 2
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 2
                session 2
            ALPHDEFFA < Lanes
                receives
            ALPHDEFFA < Answers 1 to 2, 2 with meta, 1 grants
                1 accepted, 2 accepted
            ALPHDEFFA > Submit 3 to 4
            ALPHDEFFA < Answers 3 to 4, 0 with meta, 0 grants
                3 accepted, 4 accepted
        "#]],
    );
}

#[test]
fn what_the_hub_had_not_made_durable_is_submitted_again() {
    check(
        "
        ALPHDEFFA connect
        settle
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA sends 1
        ALPHDEFFA hub-takes
        hub crash
        ALPHDEFFA connect
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            ALPHDEFFA < Lanes
                receives
            ALPHDEFFA > Submit 1
            ALPHDEFFA > Submit 2
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 2
            ALPHDEFFA > Submit 1 to 2
            ALPHDEFFA < Lanes
                receives
            ALPHDEFFA < Answers 1 to 2, 0 with meta, 1 grants
                1 accepted, 2 accepted
        "#]],
    );
}

#[test]
fn what_was_stored_but_not_acknowledged_is_dropped_when_it_comes_again() {
    check(
        "
        ALPHDEFFA connect
        BANKFRPPA connect
        settle
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA sends
        ALPHDEFFA hub-takes
        ALPHDEFFA commit
        BANKFRPPA gives 1
        BANKFRPPA takes
        BANKFRPPA store
        BANKFRPPA cut
        ALPHDEFFA send BANKFRPP
        BANKFRPPA connect
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            BANKFRPPA > Hello: answers 0, tree 0
            BANKFRPPA < Welcome: holds 0
                session 2
            ALPHDEFFA < Lanes
                receives
            BANKFRPPA < Lanes
                receives
            ALPHDEFFA > Submit 1 to 2
            BANKFRPPA < Offers normal lane 1, 0 marked, 1 grants
                1 from ALPHDEFFA
            BANKFRPPA < Offers normal lane 2, 0 marked, 0 grants
                2 from ALPHDEFFA
            ALPHDEFFA > Submit 3
            ALPHDEFFA < Answers 1 to 3, 0 with meta, 1 grants
                1 accepted, 2 accepted, 3 accepted
            BANKFRPPA > Hello: answers 0, tree 5, normal lane 2
            BANKFRPPA < Welcome: holds 0
                session 3
            BANKFRPPA < Lanes, normal 0 of 3
                receives
            BANKFRPPA < Offers normal lane 1 to 3, 2 marked, 1 grants
                3 from ALPHDEFFA, 2 had before
            BANKFRPPA > Acknowledge normal lane 1 to 3
        "#]],
    );
}

#[test]
fn what_came_but_was_not_stored_comes_again_and_is_taken() {
    check(
        "
        ALPHDEFFA connect
        BANKFRPPA connect
        ALPHDEFFA send BANKFRPP urgent
        settle
        ALPHDEFFA send BANKFRPP urgent
        ALPHDEFFA sends
        ALPHDEFFA hub-takes
        ALPHDEFFA commit
        BANKFRPPA gives
        BANKFRPPA takes
        BANKFRPPA crash
        BANKFRPPA connect
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            BANKFRPPA > Hello: answers 0, tree 0
            BANKFRPPA < Welcome: holds 0
                session 2
            ALPHDEFFA > Submit 1
            ALPHDEFFA < Lanes
                receives
            BANKFRPPA < Lanes
                receives
            ALPHDEFFA < Answers 1, 0 with meta, 1 grants
                1 accepted
            BANKFRPPA < Offers urgent lane 1, 0 marked, 1 grants
                1 from ALPHDEFFA
            BANKFRPPA > Acknowledge urgent lane 1
            ALPHDEFFA > Submit 2
            BANKFRPPA < Offers urgent lane 2, 0 marked, 0 grants
                2 from ALPHDEFFA
            ALPHDEFFA < Answers 2, 0 with meta, 0 grants
                2 accepted
            BANKFRPPA > Hello: answers 0, tree 4, urgent lane 1
            BANKFRPPA < Welcome: holds 0
                session 3
            BANKFRPPA < Lanes, urgent 1 of 2
                receives
            BANKFRPPA < Offers urgent lane 2, 1 marked, 1 grants
                2 from ALPHDEFFA again?
            BANKFRPPA > Acknowledge urgent lane 2
        "#]],
    );
}

#[test]
fn lanes_go_to_the_terminal_that_came_last_and_come_back() {
    check(
        "
        BANKFRPPA shares
        BANKFRPPB shares
        BANKFRPPA connect
        ALPHDEFFA connect
        ALPHDEFFA send BANKFRPP
        settle
        BANKFRPPB connect
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA send BANKFRPP
        settle
        BANKFRPPB cut
        ALPHDEFFA send BANKFRPP
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            BANKFRPPA > Hello: answers 0, tree 0
            BANKFRPPA < Welcome: holds 0
                session 2
            ALPHDEFFA > Submit 1
            ALPHDEFFA < Lanes
                receives
            BANKFRPPA < Lanes
                receives
            ALPHDEFFA < Answers 1, 0 with meta, 1 grants
                1 accepted
            BANKFRPPA < Offers normal lane 1, 0 marked, 1 grants
                1 from ALPHDEFFA
            BANKFRPPA > Acknowledge normal lane 1
            ALPHDEFFA > Submit 2 to 3
            ALPHDEFFA < Answers 2 to 3, 0 with meta, 0 grants
                2 accepted, 3 accepted
            BANKFRPPA < Offers normal lane 2 to 3, 0 marked, 0 grants
                2 from ALPHDEFFA, 3 from ALPHDEFFA
            BANKFRPPB > Hello: answers 0, tree 0
            BANKFRPPB < Welcome: holds 0
                session 3
            BANKFRPPA > Acknowledge normal lane 2 to 3, passed over
            BANKFRPPA < Lanes are elsewhere
                waits
            BANKFRPPB < Lanes, normal 1 of 3
                receives, missed normal lane 1 to 1
            BANKFRPPB < Offers normal lane 2 to 3, 2 marked, 1 grants
                2 from ALPHDEFFA again?, 3 from ALPHDEFFA again?
            BANKFRPPB > Acknowledge normal lane 2 to 3
            ALPHDEFFA > Submit 4
            ALPHDEFFA < Answers 4, 0 with meta, 0 grants
                4 accepted
            BANKFRPPA < Lanes, normal 3 of 3
                receives
            BANKFRPPA < Offers normal lane 4, 0 marked, 0 grants
                4 from ALPHDEFFA
            BANKFRPPA > Acknowledge normal lane 4
        "#]],
    );
}

#[test]
fn an_acknowledgement_that_crosses_the_loss_of_the_lanes_is_passed_over() {
    check(
        "
        BANKFRPPA shares
        BANKFRPPB shares
        BANKFRPPA connect
        ALPHDEFFA connect
        settle
        ALPHDEFFA send BANKFRPP
        ALPHDEFFA sends
        ALPHDEFFA hub-takes
        ALPHDEFFA commit
        BANKFRPPA gives
        BANKFRPPA takes
        BANKFRPPA store
        BANKFRPPA sends
        BANKFRPPB connect
        BANKFRPPB hub-takes
        BANKFRPPB commit
        settle
        ",
        &expect![[r#"
            ALPHDEFFA > Hello: answers 0, tree 0
            ALPHDEFFA < Welcome: holds 0
                session 1
            BANKFRPPA > Hello: answers 0, tree 0
            BANKFRPPA < Welcome: holds 0
                session 2
            ALPHDEFFA < Lanes
                receives
            BANKFRPPA < Lanes
                receives
            ALPHDEFFA > Submit 1
            BANKFRPPA < Offers normal lane 1, 0 marked, 1 grants
                1 from ALPHDEFFA
            BANKFRPPB > Hello: answers 0, tree 0
            ALPHDEFFA < Answers 1, 0 with meta, 1 grants
                1 accepted
            BANKFRPPA > Acknowledge normal lane 1, passed over
            BANKFRPPA < Lanes are elsewhere
                waits
            BANKFRPPB < Welcome: holds 0
                session 3
            BANKFRPPB < Lanes, normal 0 of 1
                receives
            BANKFRPPB < Offers normal lane 1, 1 marked, 1 grants
                1 from ALPHDEFFA again?
            BANKFRPPB > Acknowledge normal lane 1
        "#]],
    );
}
