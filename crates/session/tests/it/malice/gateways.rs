//! A gateway that breaks the rules, before a hub.

use bytes::Bytes;
use expect_test::{Expect, expect};
use iso::Terminal;
use session::hub::{LaneState, Request};
use trust::{Monitoring, Priority};
use wire::Encoding as _;
use wire::latest::{
    Acknowledge, GatewayFrame, Hello, LanePosition, Message, Submit, gateway_frame::Body,
};

use crate::world::World;

fn terminal() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

/// What the hub's end makes of one more frame.
fn meet(world: &mut World, frame: GatewayFrame) -> String {
    let end = world.wires.get_mut(&terminal()).unwrap().end.as_mut().unwrap();
    match end.receive(frame) {
        Ok(Request::Nothing) => "passed over".to_owned(),
        Ok(_) => "taken".to_owned(),
        Err(ending) => {
            let bye = end.end(&ending).expect("a failed link says Bye");
            assert!(end.end(&ending).is_none(), "a link says Bye once");
            assert!(matches!(bye.body, Some(wire::latest::hub_frame::Body::Bye(bye))
                if bye.code == ending.code() && bye.text == ending.to_string()));
            assert!(end.receive(Submit::default().into()).is_err(), "a failed link stays failed");
            format!("{} {ending}", ending.code())
        }
    }
}

fn world() -> World {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(terminal());
    world
}

/// A session with three messages offered in the normal lane, and nothing acknowledged.
fn open_world() -> World {
    let mut world = world();
    world.connect("BANKFRPPA".parse().unwrap());
    world.settle();
    for _ in 0..3 {
        let (priority, monitoring) = (Priority::Normal, Monitoring::None);
        let bank = world.bank("BANKFRPPA".parse().unwrap());
        bank.send("ALPHDEFF".parse().unwrap(), priority, monitoring);
    }
    let other = "BANKFRPPA".parse().unwrap();
    while world.bank_sends(other, 8) {}
    while world.hub_takes(other) {}
    while world.commit(other) {}
    while world.hub_sends(terminal(), 8) {}
    world
}

#[track_caller]
fn check_hello(change: impl FnOnce(&mut Hello), want: &Expect) {
    let mut world = world();
    let bytes = world.wires.get_mut(&terminal()).unwrap().to_hub.pop_front().unwrap();
    let Some(Body::Hello(mut hello)) = GatewayFrame::decode(bytes).unwrap().body else {
        panic!("a Hello comes first")
    };
    change(&mut hello);
    want.assert_eq(&meet(&mut world, hello.into()));
}

#[track_caller]
fn check(frame: impl Into<GatewayFrame>, want: &Expect) {
    want.assert_eq(&meet(&mut open_world(), frame.into()));
}

fn submit(first_input_number: u64, count: usize) -> Submit {
    let message = Message { header: Bytes::from_static(b"header"), payload: Bytes::new() };
    Submit {
        first_input_number,
        messages: vec![message; count],
        key: Bytes::from_static(&[1; 8]),
        signature: Bytes::from_static(&[2; 64]),
    }
}

fn acknowledge(lane: u32, first: u64, through: u64) -> Acknowledge {
    Acknowledge {
        lane,
        first,
        through,
        key: Bytes::from_static(&[1; 8]),
        signature: Bytes::from_static(&[2; 64]),
        hold: 1,
    }
}

#[test]
fn a_hello_for_another_network_is_refused() {
    check_hello(
        |hello| hello.network = "live".to_owned(),
        &expect!["LNK004 this is network demo, not live"],
    );
    check_hello(
        |hello| hello.network = "no name".to_owned(),
        &expect!["LNK007 the network is malformed"],
    );
}

#[test]
fn a_hello_of_another_terminal_than_the_certificates_is_refused() {
    check_hello(
        |hello| hello.terminal = "ALPHDEFFB".to_owned(),
        &expect!["LNK005 the certificate is of terminal ALPHDEFFA, not of ALPHDEFFB"],
    );
    check_hello(
        |hello| hello.terminal = "ALPHDEFFX".to_owned(),
        &expect!["LNK007 the terminal is malformed"],
    );
}

#[test]
fn a_hello_of_an_unknown_revision_is_refused_and_a_newer_one_is_not() {
    check_hello(
        |hello| hello.version = 0,
        &expect!["LNK003 expected revision 1 of the protocol, but found 0"],
    );
    check_hello(|hello| hello.version = 2, &expect!["taken"]);
}

#[test]
fn a_hello_with_fields_out_of_range_is_refused() {
    check_hello(|hello| hello.window = 0, &expect!["LNK007 the window is malformed"]);
    check_hello(|hello| hello.window = 4097, &expect!["LNK007 the window is malformed"]);
    let lanes = |lanes: &[(u32, u64)]| {
        let lanes = lanes.to_vec();
        move |hello: &mut Hello| {
            let position = |(lane, received_through)| LanePosition { lane, received_through };
            hello.lanes = lanes.into_iter().map(position).collect();
        }
    };
    check_hello(lanes(&[(1, 5), (1, 5)]), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(lanes(&[(2, 5), (1, 5)]), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(lanes(&[(1, 0)]), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(lanes(&[(20, 1)]), &expect!["LNK013 lane 20 is not a lane of this network"]);
}

#[test]
fn only_a_hello_comes_first_and_only_first() {
    let mut world = world();
    expect!["LNK006 a Submit came before the Hello"]
        .assert_eq(&meet(&mut world, submit(1, 1).into()));
    check(Hello::default(), &expect!["LNK006 a Hello came after the first Hello"]);
    let mut world = self::world();
    world.hub_takes(terminal());
    expect!["LNK006 a Submit came before the Welcome"]
        .assert_eq(&meet(&mut world, submit(1, 1).into()));
}

#[test]
fn a_frame_without_a_kind_is_refused() {
    check(GatewayFrame::default(), &expect!["LNK007 the kind of frame is malformed"]);
}

#[test]
fn input_numbers_that_do_not_go_on_are_refused() {
    check(submit(0, 1), &expect!["LNK009 expected input number 1, but found 0"]);
    check(submit(2, 1), &expect!["LNK009 expected input number 1, but found 2"]);
    check(
        submit(u64::MAX, 1),
        &expect!["LNK009 expected input number 1, but found 18446744073709551615"],
    );
    check(submit(1, 1), &expect!["taken"]);
}

#[test]
fn a_submission_above_a_limit_is_refused() {
    check(submit(1, 0), &expect!["LNK007 the empty list in a frame is malformed"]);
    check(submit(1, 9), &expect!["LNK008 messages of a frame: 9, but the limit is 8"]);
    let mut large = submit(1, 1);
    large.messages[0].payload = vec![0; 4097].into();
    check(large, &expect!["LNK008 bytes of a message: 4097, but the limit is 4096"]);
    let mut large = submit(1, 1);
    large.messages[0].header = vec![0; 1025].into();
    check(large, &expect!["LNK008 bytes of a header: 1025, but the limit is 1024"]);
    let mut bare = submit(1, 1);
    bare.messages[0].header = Bytes::new();
    check(bare, &expect!["LNK007 the header is malformed"]);
}

#[test]
fn a_submission_beyond_the_window_is_refused() {
    let mut world = open_world();
    assert_eq!(meet(&mut world, submit(1, 8).into()), "taken");
    assert_eq!(meet(&mut world, submit(9, 8).into()), "taken");
    expect!["LNK010 messages: 17 are open, but the window is 16"]
        .assert_eq(&meet(&mut world, submit(17, 1).into()));
}

#[test]
fn a_key_or_signature_of_another_length_is_refused() {
    let short = || Bytes::from_static(&[1; 7]);
    check(Submit { key: short(), ..submit(1, 1) }, &expect!["LNK007 the key is malformed"]);
    check(
        Submit { signature: short(), ..submit(1, 1) },
        &expect!["LNK007 the signature is malformed"],
    );
    check(
        Acknowledge { key: short(), ..acknowledge(2, 1, 1) },
        &expect!["LNK007 the key is malformed"],
    );
    check(
        Acknowledge { signature: Bytes::new(), ..acknowledge(2, 1, 1) },
        &expect!["LNK007 the signature is malformed"],
    );
}

#[test]
fn an_acknowledgement_of_what_was_not_offered_is_refused() {
    check(
        acknowledge(2, 1, 4),
        &expect!["LNK011 normal lane: acknowledged through 4, but offered through 3"],
    );
    check(
        acknowledge(2, 1, u64::MAX),
        &expect![
            "LNK011 normal lane: acknowledged through 18446744073709551615, but offered through 3"
        ],
    );
    check(
        acknowledge(1, 1, 1),
        &expect!["LNK011 urgent lane: acknowledged through 1, but offered through 0"],
    );
    check(
        acknowledge(0, 1, 1),
        &expect!["LNK011 system lane: acknowledged through 1, but offered through 0"],
    );
}

#[test]
fn an_acknowledgement_out_of_order_is_refused() {
    check(
        acknowledge(2, 2, 3),
        &expect!["LNK012 normal lane: expected an acknowledgement from 1 on, but found 2"],
    );
    check(
        acknowledge(2, 0, 3),
        &expect!["LNK012 normal lane: expected an acknowledgement from 1 on, but found 0"],
    );
    check(acknowledge(2, 1, 0), &expect!["LNK007 the range of an acknowledgement is malformed"]);
    let mut world = open_world();
    assert_eq!(meet(&mut world, acknowledge(2, 1, 2).into()), "taken");
    expect!["LNK012 normal lane: expected an acknowledgement from 3 on, but found 1"]
        .assert_eq(&meet(&mut world, acknowledge(2, 1, 2).into()));
}

#[test]
fn an_acknowledgement_in_a_lane_that_is_none_is_refused() {
    check(acknowledge(20, 1, 1), &expect!["LNK013 lane 20 is not a lane of this network"]);
    check(
        acknowledge(u32::MAX, 1, 1),
        &expect!["LNK013 lane 4294967295 is not a lane of this network"],
    );
}

#[test]
fn an_acknowledgement_of_an_earlier_hold_is_passed_over_and_of_a_later_one_refused() {
    check(Acknowledge { hold: 0, ..acknowledge(2, 1, 3) }, &expect!["passed over"]);
    check(
        Acknowledge { hold: 2, ..acknowledge(2, 1, 3) },
        &expect!["LNK007 the hold is malformed"],
    );
}

/// The hub's end of [`open_world`] after it has given a further lane.
fn with_one_more(acknowledged_through: u64) -> World {
    let mut world = open_world();
    let lane = trust::Lane(4);
    let state = LaneState { lane, acknowledged_through, assigned_through: 9, elsewhere: false };
    let end = world.wires.get_mut(&terminal()).unwrap().end.as_mut().unwrap();
    let frame = end.hold_more(&[state]);
    let Some(wire::latest::hub_frame::Body::Lanes(lanes)) = frame.body else { panic!("lanes") };
    assert_eq!((lanes.hold, lanes.held, lanes.more, lanes.lanes.len()), (2, true, true, 1));
    world
}

#[test]
fn a_lane_that_comes_beside_others_leaves_their_acknowledgements_as_they_are() {
    // What was on its way before it came, and what is made after it.
    assert_eq!(meet(&mut with_one_more(0), acknowledge(2, 1, 2).into()), "taken");
    let later = Acknowledge { hold: 2, ..acknowledge(2, 1, 2) };
    assert_eq!(meet(&mut with_one_more(0), later.into()), "taken");
    // Of the lane itself, what was made before it was given is of an earlier hold.
    assert_eq!(meet(&mut with_one_more(3), acknowledge(4, 4, 4).into()), "passed over");
    let now = Acknowledge { hold: 2, ..acknowledge(4, 4, 4) };
    expect!["LNK011 4 lane: acknowledged through 4, but offered through 3"]
        .assert_eq(&meet(&mut with_one_more(3), now.into()));
}

#[test]
fn a_hello_that_wants_lanes_in_disorder_or_none_at_all_is_refused() {
    let wants = |lanes: &[u32], only: bool| {
        let lanes = lanes.to_vec();
        move |hello: &mut Hello| (hello.lanes_wanted, hello.only_wanted) = (lanes, only)
    };
    check_hello(wants(&[1, 4, 19], true), &expect!["taken"]);
    check_hello(wants(&[4, 1], false), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(wants(&[4, 4], false), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(wants(&[], true), &expect!["LNK007 the list of lanes is malformed"]);
    check_hello(wants(&[20], false), &expect!["LNK013 lane 20 is not a lane of this network"]);
    check_hello(
        |hello| (hello.receives, hello.lanes_wanted) = (false, vec![1]),
        &expect!["LNK007 the list of lanes is malformed"],
    );
}
