//! Limits, and memory that is given back.

use expect_test::expect;
use iso::Terminal;
use trust::{Lane, LogTime, Monitoring};

use crate::answers::ANSWERS_MAX;
use crate::command::Command;
use crate::commands::submit::Submit;
use crate::event::Event;
use crate::lane::{Entry, InFlight, LANE_LENGTH_MAX};
use crate::network::Network;
use crate::script::{Stage, checked, header, public};
use crate::service::Timing;

/// Puts entries into a lane, as if so many messages had been accepted.
fn fill(network: &mut Network, institution: &str, lane: Lane, count: usize) {
    let sender: Terminal = "ALPHDEFFA".parse().unwrap();
    let message = checked(&header(sender, 1, "BANKFRPP"), public(1).id());
    let queue = network.member_mut(institution.parse().unwrap()).lane_mut(lane);
    for sequence in 0..count as u64 {
        let times = Timing::default().times(LogTime(0), message.envelope());
        let message = InFlight {
            sequence,
            input_number: sequence,
            sender,
            notice: false,
            resembles_earlier: false,
            asks: false,
            times,
        };
        queue.push(Entry::Message(message));
    }
}

/// Submits the next messages of `ALPHDEFFA`, without the checks of a script.
fn submit(network: &mut Network, count: u64) {
    let terminal: Terminal = "ALPHDEFFA".parse().unwrap();
    let mut effects = Vec::new();
    for _ in 0..count {
        let input_number = network.input_number(terminal) + 1;
        let message = checked(&header(terminal, input_number, "BANKFRPP"), public(1).id());
        let session = network.session(terminal).unwrap().session;
        let submit = Submit { session, terminal, input_number, message };
        let decision = network.decide(LogTime(100), Command::Submit(submit)).unwrap();
        assert!(matches!(decision.event, Event::Accepted(_)));
        let sequence = network.sequence().unwrap() + 1;
        network.apply(LogTime(100), sequence, &decision.event, &mut effects);
    }
}

#[test]
fn a_full_lane_refuses_further_messages() {
    let mut stage = Stage::with_members();
    fill(&mut stage.network, "BANKFRPP", Lane::NORMAL, LANE_LENGTH_MAX - 1);
    let mut network = stage.network.clone();
    submit(&mut network, 1);
    let terminal: Terminal = "ALPHDEFFA".parse().unwrap();
    let mut urgent = header(terminal, 2, "BANKFRPP");
    let session = network.session(terminal).unwrap().session;
    let decide = |header: &trust::Header| {
        let message = checked(header, public(1).id());
        let submit = Submit { session, terminal, input_number: 2, message };
        network.decide(LogTime(100), Command::Submit(submit)).unwrap()
    };
    let refused = decide(&urgent);
    assert!(matches!(refused.event, Event::Refused { input_number: 2, .. }));
    let reasons = trust::Refused::decode(&refused.meta).unwrap().reasons;
    expect!["too many messages wait for BANKFRPPXXX"].assert_eq(reasons[0].text());
    assert_eq!(reasons[0].code().as_str(), "NET010");
    urgent.priority = trust::Priority::Urgent;
    assert!(matches!(decide(&urgent).event, Event::Accepted(_)), "other lanes have room");
}

#[test]
fn a_sender_that_leaves_its_notices_gets_no_more_of_them() {
    let mut stage = Stage::with_members();
    fill(&mut stage.network, "ALPHDEFF", Lane::SYSTEM, LANE_LENGTH_MAX);
    let terminal: Terminal = "ALPHDEFFA".parse().unwrap();
    let session = stage.network.session(terminal).unwrap().session;
    let decide = |monitoring| {
        let mut header = header(terminal, 1, "BANKFRPP");
        header.monitoring = monitoring;
        let message = checked(&header, public(1).id());
        let submit = Submit { session, terminal, input_number: 1, message };
        stage.network.decide(LogTime(100), Command::Submit(submit)).unwrap()
    };
    let refused = decide(Monitoring::Both);
    let reasons = trust::Refused::decode(&refused.meta).unwrap().reasons;
    expect!["too many notices wait for ALPHDEFFA to ask for another"].assert_eq(reasons[0].text());
    assert_eq!(reasons[0].code().as_str(), "NET011");
    assert!(matches!(decide(Monitoring::Warning).event, Event::Accepted(_)));
}

#[test]
fn answers_outside_of_the_window_leave_memory() {
    let mut network = Stage::with_members().network;
    submit(&mut network, ANSWERS_MAX + 10);
    let terminal = "ALPHDEFFA".parse().unwrap();
    let runs: Vec<_> = network.answers(terminal, 0, u64::MAX).collect();
    assert_eq!(runs.len(), 1, "consecutive answers are one run");
    assert_eq!(runs[0].first_input_number, 11);
    assert_eq!(runs[0].count, ANSWERS_MAX);
}

#[test]
fn finished_messages_leave_memory() {
    let mut stage = Stage::with_members();
    let empty = stage.network.encode().len();
    submit(&mut stage.network, 3000);
    let bank = "BANKFRPP".parse().unwrap();
    let capacity =
        |network: &mut Network| network.member_mut(bank).lane_mut(Lane::NORMAL).capacity();
    assert!(capacity(&mut stage.network) >= 3000);
    assert_eq!(stage.network.in_flight(), 3000);

    let event = |first, through| Event::Acknowledged {
        by: "BANKFRPPA".parse().unwrap(),
        lane: Lane::NORMAL,
        first,
        through,
    };
    let sequence = stage.network.sequence().unwrap();
    stage.network.apply(LogTime(101), sequence + 1, &event(1, 2900), &mut Vec::new());
    assert!(capacity(&mut stage.network) <= 200, "a short queue holds little memory");
    stage.network.apply(LogTime(102), sequence + 2, &event(2901, 3000), &mut Vec::new());
    assert!(capacity(&mut stage.network) <= 64, "an empty queue holds next to no memory");
    assert_eq!(stage.network.in_flight(), 0);
    let left = stage.network.encode().len() - empty;
    assert!(left <= 13, "only one run of answers is left, but {left} bytes are");
}

#[test]
#[should_panic(expected = "record 3 does not follow record Some(6)")]
fn a_record_out_of_order_is_our_bug() {
    let mut network = Stage::with_members().network;
    network.apply(LogTime(100), 3, &Event::Ticked, &mut Vec::new());
}

#[test]
#[should_panic(expected = "ALPHDEFFA is answered out of number")]
fn a_record_that_was_never_decided_is_our_bug() {
    let mut network = Stage::with_members().network;
    let event = Event::Refused { terminal: "ALPHDEFFA".parse().unwrap(), input_number: 2 };
    network.apply(LogTime(100), 7, &event, &mut Vec::new());
}

#[test]
#[should_panic(expected = "the time of a record is never before that of the record before it")]
fn a_decision_is_not_taken_in_the_past() {
    let stage = Stage::with_members();
    let _ = stage.network.decide(LogTime(0), Command::Tick);
}
