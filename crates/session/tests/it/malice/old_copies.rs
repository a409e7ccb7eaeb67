//! Stores that were set back to an old copy: whose it is shows in the first frames, and both ends
//! stop before anything is lost or said twice.

use expect_test::expect;
use iso::Terminal;
use session::hub::{Opened, WelcomeError};
use trust::{LogTime, Monitoring, Priority};
use wire::Encoding;
use wire::latest::{HubFrame, hub_frame::Body};

use crate::hub::LANES;
use crate::world::World;

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

fn send(world: &mut World, count: usize) {
    for _ in 0..count {
        let receiver = "BANKFRPP".parse().unwrap();
        world.bank(alpha()).send(receiver, Priority::Normal, Monitoring::None);
    }
}

/// A world in which everything has arrived.
fn world() -> World {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(alpha());
    world.connect(bank());
    send(&mut world, 3);
    world.settle();
    world
}

fn reconnect(world: &mut World, terminal: Terminal) -> String {
    world.log.clear();
    world.connect(terminal);
    world.settle();
    std::mem::take(&mut world.log)
}

#[test]
fn a_gateway_with_an_old_outbox_stops() {
    let mut world = world();
    let old = world.bank(alpha()).store.clone();
    send(&mut world, 2);
    world.settle();
    world.bank(alpha()).store = old;
    expect![[r#"
        ALPHDEFFA > Hello: answers 3, tree 6
        ALPHDEFFA < Welcome: holds 5
            LNK030 the hub holds input numbers through 5, but the outbox has made 3: the gateway runs on an old copy of its store; Stop
        ALPHDEFFA > Bye LNK030 the hub holds input numbers through 5, but the outbox has made 3: the gateway runs on an old copy of its store
    "#]].assert_eq(&reconnect(&mut world, alpha()));
}

#[test]
fn an_old_outbox_that_grows_while_the_gateway_connects_does_not_hide_that_it_is_old() {
    // The gateway once ended with a panic here.
    let mut world = world();
    let old = world.bank(alpha()).store.clone();
    send(&mut world, 2);
    world.settle();
    world.bank(alpha()).store = old;
    world.log.clear();
    world.connect(alpha());
    // The Hello has gone; back offices hand in two messages before the Welcome comes.
    send(&mut world, 2);
    world.settle();
    expect![[r#"
        ALPHDEFFA > Hello: answers 3, tree 6
        ALPHDEFFA < Welcome: holds 5
            LNK030 the hub holds input numbers through 5, but the outbox has made 3: the gateway runs on an old copy of its store; Stop
        ALPHDEFFA > Bye LNK030 the hub holds input numbers through 5, but the outbox has made 3: the gateway runs on an old copy of its store
    "#]].assert_eq(&world.log);
}

#[test]
fn a_gateway_whose_old_outbox_has_grown_again_stops() {
    let mut world = world();
    let old = world.bank(alpha()).store.clone();
    send(&mut world, 2);
    world.settle();
    world.bank(alpha()).store = old;
    // The same numbers, but other messages: one is urgent now.
    let receiver = "BANKFRPP".parse().unwrap();
    world.bank(alpha()).send(receiver, Priority::Urgent, Monitoring::None);
    send(&mut world, 2);
    expect![[r#"
        ALPHDEFFA > Hello: answers 3, tree 6
        ALPHDEFFA < Welcome: holds 5
            session 3
        ALPHDEFFA < Lanes
            receives
        ALPHDEFFA < Answers 4 to 5, 2 with meta, 1 grants
            LNK034 input number 4 is another message at the hub than in the outbox; Stop
        ALPHDEFFA > Bye LNK034 input number 4 is another message at the hub than in the outbox
    "#]]
    .assert_eq(&reconnect(&mut world, alpha()));
}

#[test]
fn a_gateway_with_an_old_inbox_stops() {
    let mut world = world();
    let old = world.bank(bank()).store.clone();
    send(&mut world, 2);
    world.settle();
    world.bank(bank()).store = old;
    expect![[r#"
        BANKFRPPA > Hello: answers 0, tree 6, normal lane 3
        BANKFRPPA < Welcome: holds 0
            session 3
        BANKFRPPA < Lanes, normal 5 of 5
            LNK033 normal lane: acknowledged through 5, but the inbox holds 3: the gateway runs on an old copy of its store, or another one of the institution took the rest; Stop
        BANKFRPPA > Bye LNK033 normal lane: acknowledged through 5, but the inbox holds 3: the gateway runs on an old copy of its store, or another one of the institution took the rest
    "#]].assert_eq(&reconnect(&mut world, bank()));
}

#[test]
fn a_hub_with_an_old_journal_is_found_out_by_its_tree() {
    let mut world = world();
    let old = world.hub.copy();
    send(&mut world, 2);
    world.settle();
    world.crash_hub();
    world.hub = old;
    expect![[r#"
        BANKFRPPA > Hello: answers 0, tree 9, normal lane 5
        BANKFRPPA < Bye LNK021 the hub's log had 9 records, and now has 8: the hub runs on an old copy
            ends, then Stop
    "#]].assert_eq(&reconnect(&mut world, bank()));
}

#[test]
fn a_hub_with_an_old_journal_that_has_grown_again_is_found_out_by_its_past() {
    let mut world = world();
    let old = world.hub.copy();
    send(&mut world, 2);
    world.settle();
    world.crash_hub();
    world.hub = old;
    for _ in 0..9 {
        world.hub.append(trust::RecordKind(48), Vec::new(), bytes::Bytes::new());
    }
    world.hub.sync();
    expect![[r#"
        BANKFRPPA > Hello: answers 0, tree 9, normal lane 5
        BANKFRPPA < Welcome: holds 0
            LNK022 the log of 17 records does not continue the one of 9 records seen before; Stop
        BANKFRPPA > Bye LNK022 the log of 17 records does not continue the one of 9 records seen before
    "#]].assert_eq(&reconnect(&mut world, bank()));
}

#[test]
fn a_hub_that_has_lost_numbers_is_found_out_by_them() {
    // The log is whole, but what the hub made of it is not.
    let mut world = world();
    world.hub.answers.get_mut(&alpha()).unwrap().truncate(2);
    expect![[r#"
        ALPHDEFFA > Hello: answers 3, tree 6
        ALPHDEFFA < Bye LNK031 the hub holds input numbers through 2, but has answered 3: the hub runs on an old copy of its journal
            ends, then Stop
    "#]].assert_eq(&reconnect(&mut world, alpha()));
    let mut world = self::world();
    let queue = world.hub.lanes.get_mut(&(bank().institution(), LANES[2])).unwrap();
    queue.entries.truncate(2);
    queue.acknowledged = 2;
    expect![[r#"
        BANKFRPPA > Hello: answers 0, tree 6, normal lane 3
        BANKFRPPA < Welcome: holds 0
            session 3
        BANKFRPPA < Lanes, normal 2 of 2
            LNK032 normal lane: the hub has given out numbers through 2, but the inbox holds 3: the hub runs on an old copy of its journal; Stop
        BANKFRPPA > Bye LNK032 normal lane: the hub has given out numbers through 2, but the inbox holds 3: the hub runs on an old copy of its journal
    "#]].assert_eq(&reconnect(&mut world, bank()));
}

#[test]
fn a_hub_that_shows_a_smaller_tree_within_a_link_is_found_out() {
    let mut world = world();
    let old = world.hub.checkpoint.clone();
    send(&mut world, 1);
    world.settle();
    send(&mut world, 1);
    world.bank_sends(alpha(), 1);
    world.hub_takes(alpha());
    world.commit(alpha());
    world.hub_sends(alpha(), 1);
    let wire = world.wires.get_mut(&alpha()).unwrap();
    let frame: HubFrame = Encoding::decode(wire.to_bank.pop_front().unwrap()).unwrap();
    let Some(Body::Answers(mut answers)) = frame.body else { panic!("answers are due") };
    answers.proof.as_mut().unwrap().checkpoint = old;
    let link = world.bank(alpha()).link.as_mut().unwrap();
    let ending = link.receive(answers.into()).unwrap_err();
    expect!["LNK021 the hub's log had 8 records, and now has 7: the hub runs on an old copy; Stop"]
        .assert_eq(&format!("{} {ending}; {:?}", ending.code(), ending.after()));
}

#[test]
fn a_gateway_believes_no_welcome_that_contradicts_its_store() {
    let welcome = |input_number: u64, sent: usize| {
        let mut world = world();
        send(&mut world, sent);
        world.connect(alpha());
        world.hub_takes(alpha());
        world.commit(alpha());
        let wire = world.wires.get_mut(&alpha()).unwrap();
        let frame: HubFrame = Encoding::decode(wire.to_bank.pop_front().unwrap()).unwrap();
        let Some(Body::Welcome(mut welcome)) = frame.body else { panic!("it comes first") };
        welcome.input_number = input_number;
        let ending = world.bank(alpha()).link.as_mut().unwrap().receive(welcome.into());
        let ending = ending.unwrap_err();
        format!("{} {ending}", ending.code())
    };
    expect!["LNK031 the hub holds input numbers through 2, but has answered 3: the hub runs on an old copy of its journal"].assert_eq(&welcome(2, 0));
    expect!["LNK030 the hub holds input numbers through 4, but the outbox has made 3: the gateway runs on an old copy of its store"].assert_eq(&welcome(4, 0));
    expect!["LNK036 the gateway holds answers through 3, but the hub keeps only those after 4: the gateway runs on an old copy of its store"].assert_eq(&welcome(4100, 4097));
}

#[test]
fn a_gateway_that_asks_for_answers_which_it_had_is_refused() {
    let mut world = World::new(&["ALPHDEFFA"]);
    world.connect(alpha());
    world.hub_takes(alpha());
    let opened = Opened { session: 1, input_number: 9, answers_after: 5, at: LogTime(1) };
    let end = world.wires.get_mut(&alpha()).unwrap().end.as_mut().unwrap();
    let Err(WelcomeError::Ending(ending)) = end.welcome(&opened, &world.hub.log()) else {
        panic!("the answers 1 to 5 are gone")
    };
    expect!["LNK036 the gateway holds answers through 0, but the hub keeps only those after 5: the gateway runs on an old copy of its store"].assert_eq(&format!("{} {ending}", ending.code()));
    assert!(end.end(&ending).is_some(), "the Bye is still to come");
}
