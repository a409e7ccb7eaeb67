//! A network with a quorum of witnesses: what a gateway believes of them, and what waits for them.

use bytes::Bytes;
use iso::Terminal;
use session::gateway::{Event, Item};
use trust::merkle::{Tree, root_of_path};
use trust::{
    Checkpoint, Cosigned, Cosigner, Digest, LogTime, Monitoring, NetworkKeys, Origin, Priority,
    Shard, SigningKey,
};
use wire::latest::{HubFrame, Reply, Witnessed, hub_frame::Body, reply::Answer};

use crate::hub::{Hub, network, network_keys, note_signer};
use crate::world::World;

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

/// A cosignature dates itself in whole seconds.
const START: u64 = 1_795_467_600_000_000;

fn witness(number: u8) -> Cosigner {
    let key = SigningKey::from_seed(&[100 + number; 32]);
    Cosigner::new(&format!("witness.example/{number}"), key).unwrap()
}

/// The keys of the network, with three witnesses of whom two must cosign.
fn keys() -> NetworkKeys {
    let witnesses = (1..=3).map(|number| witness(number).verifier().clone()).collect();
    network_keys().with_witnesses(witnesses, 2).unwrap()
}

/// A checkpoint over the first records of a hub, cosigned by some witnesses.
fn cosigned(hub: &Hub, size: u64, by: &[u8]) -> (u64, Bytes) {
    let mut tree = Tree::default();
    let heads = hub.records.iter().take(usize::try_from(size).unwrap());
    heads.for_each(|record| tree.push(record.head.hash()));
    let origin = Origin { network: network(), shard: Shard(0) };
    let at = LogTime(hub.time);
    let note = Checkpoint { origin, size, root: tree.root(), at }
        .sign(&note_signer("nuncio/demo/0", 1))
        .unwrap();
    let text = &note[..note.find("\n\n").unwrap() + 1];
    let lines: String = by
        .iter()
        .map(|number| {
            witness(*number).cosign(text, LogTime(START + u64::from(*number) * 1_000_000)).unwrap()
        })
        .collect();
    (size, Cosigned::gather(&note, &lines, &keys()).unwrap().into())
}

/// Two open sessions in a network with witnesses; the second has a message of the first before it.
fn world() -> World {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    for terminal in [alpha(), bank()] {
        world.bank(terminal).keys = keys();
        world.connect(terminal);
    }
    world.settle();
    world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::Notice);
    world.settle();
    world
}

/// The records of the messages in an inbox, with their hashes.
fn received(world: &mut World, terminal: Terminal) -> Vec<(u64, Digest)> {
    let inbox = world.bank(terminal).store.inbox.values().flatten();
    let messages = inbox.filter(|received| matches!(received.item, Item::Message(_)));
    messages.map(|it| (it.evidence().head.sequence, it.record_hash())).collect()
}

/// The gateway asks, the hub answers with this checkpoint; gives the frame on its way.
fn answer(world: &mut World, terminal: Terminal, of: &(u64, Bytes)) -> HubFrame {
    let wanted = received(world, terminal);
    let link = world.bank(terminal).link.as_mut().unwrap();
    assert!(link.can_ask_witnesses());
    let frame = link.ask_witnesses(wanted);
    assert!(!link.can_ask_witnesses(), "one question about witnesses is open");
    let wire = world.wires.get_mut(&terminal).unwrap();
    let end = wire.end.as_mut().unwrap();
    let Ok(session::hub::Request::Await(awaiting)) = end.receive(frame) else {
        panic!("the question is in order")
    };
    end.witnessed(&awaiting, (of.0, &of.1), &world.hub.log()).unwrap()
}

#[test]
fn a_message_is_acknowledged_once_two_of_three_have_cosigned() {
    let mut world = world();
    let records = received(&mut world, bank());
    assert_eq!(records.len(), 1, "it is in the inbox");
    assert!(world.bank(bank()).link.as_ref().unwrap().acknowledgement().is_none(), "and waits");
    assert!(world.bank(bank()).link.as_ref().unwrap().awaits_witnesses());

    // One witness is too few, and nothing changes.
    let size = world.hub.size;
    let one = cosigned(&world.hub, size, &[2]);
    let frame = answer(&mut world, bank(), &one);
    let Ok(Some(Event::Witnessed(it))) = world.bank(bank()).receive(frame) else { panic!() };
    assert_eq!((it.by.unwrap_err().found, it.paths.len()), (1, 0));
    world.bank(bank()).store_all();
    assert!(world.bank(bank()).link.as_ref().unwrap().acknowledgement().is_none());
    assert!(!world.bank(bank()).link.as_ref().unwrap().awaits_witnesses(), "not for that one");

    let two = cosigned(&world.hub, size, &[3, 1]);
    let frame = answer(&mut world, bank(), &two);
    let Ok(Some(Event::Witnessed(it))) = world.bank(bank()).receive(frame) else { panic!() };
    assert_eq!(it.by, Ok(LogTime(START + 3_000_000)), "the second of them says when");
    let (sequence, path) = it.paths.first().unwrap();
    let root = root_of_path(&records[0].1, *sequence, it.checkpoint.checkpoint.size, path);
    assert_eq!(root, Ok(it.checkpoint.checkpoint.root), "a receipt can go under it");
    let link = world.bank(bank()).link.as_ref().unwrap();
    assert!(link.acknowledgement().is_none(), "it is not durable yet");
    world.bank(bank()).store_all();
    assert!(world.bank(bank()).link.as_ref().unwrap().acknowledgement().is_some());

    // The next link begins where the store is.
    world.connect(bank());
    world.settle();
    assert_eq!(world.bank(bank()).link.as_ref().unwrap().witnessed_below(), size);
}

#[test]
fn what_an_older_checkpoint_covers_is_proven_and_the_rest_waits() {
    let mut world = world();
    world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::None);
    world.settle();
    let records = received(&mut world, bank());
    let covered = records[0].0 + 1;
    let older = cosigned(&world.hub, covered, &[1, 2]);
    let frame = answer(&mut world, bank(), &older);
    let Ok(Some(Event::Witnessed(it))) = world.bank(bank()).receive(frame) else { panic!() };
    assert_eq!(it.paths.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [records[0].0]);
    world.bank(bank()).store_all();
    let due = world.bank(bank()).link.as_ref().unwrap().acknowledgement().unwrap();
    assert_eq!((due.first, due.through), (1, 1));
    assert!(world.bank(bank()).link.as_ref().unwrap().awaits_witnesses(), "the rest is new");
}

#[test]
fn a_gateway_without_a_quorum_waits_for_nobody() {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(alpha());
    world.connect(bank());
    world.settle();
    world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::Notice);
    world.settle();
    let link = world.bank(bank()).link.as_ref().unwrap();
    assert!(!link.can_ask_witnesses() && !link.awaits_witnesses());
    assert_eq!(received(&mut world, bank()).len(), 1);
    assert_eq!(
        world.bank(alpha()).store.inbox.values().flatten().count(),
        1,
        "the notice is there"
    );
}

/// What a gateway makes of an answer about witnesses that was changed.
#[track_caller]
fn check(change: impl FnOnce(&mut World, &mut Reply, &mut Witnessed), want: &str, proven: bool) {
    let mut world = world();
    // A size that is no power of two, so that a proof shows both roots.
    while world.hub.size.is_power_of_two() {
        world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::None);
        world.settle();
    }
    let size = world.hub.size;
    let good = cosigned(&world.hub, size, &[1, 2]);
    let frame = answer(&mut world, bank(), &good);
    let Some(Body::Reply(mut reply)) = frame.body else { panic!("a Reply") };
    let Some(Answer::Witnessed(mut it)) = reply.answer.take() else { panic!("of witnesses") };
    change(&mut world, &mut reply, &mut it);
    reply.answer = reply.answer.or(Some(Answer::Witnessed(it)));
    let link = world.bank(bank()).link.as_mut().unwrap();
    let got = link.receive(reply.into()).map(|_| ()).map_err(|ending| ending.code());
    assert_eq!(got, Err(want));
    assert_eq!(link.contradiction().is_some(), matches!(want, "LNK022" | "LNK037"));
    if let Some(contradiction) = link.contradiction() {
        let evidence = contradiction.evidence.as_ref();
        assert_eq!(evidence.is_some(), proven);
        assert!(evidence.is_none_or(|evidence| evidence.verify(&keys()).is_ok()));
    }
}

/// A hub with the same past but for its last record, and more records behind it.
fn fork(world: &World, more: u64) -> Hub {
    let mut other = world.hub.copy();
    let last = other.records.last_mut().unwrap();
    last.head.body = Digest([7; 32]);
    let heads: Vec<Digest> = other.records.iter().map(|record| record.head.hash()).collect();
    other.tree = Tree::default();
    heads.into_iter().for_each(|head| other.tree.push(head));
    for _ in 0..more {
        other.append(trust::RecordKind::OPEN, Vec::new(), Bytes::new());
    }
    other.sync();
    other
}

#[test]
fn a_cosigned_history_that_is_another_one_stops_the_link_with_evidence() {
    // Of the same size: both notes speak for themselves.
    let same = |world: &mut World, _: &mut Reply, it: &mut Witnessed| {
        it.checkpoint = cosigned(&fork(world, 0), it.shown, &[1, 3]).1;
    };
    check(same, "LNK037", true);
    // A longer one, with the proof that its own log gives.
    let longer = |world: &mut World, _: &mut Reply, it: &mut Witnessed| {
        let other = fork(world, 3);
        it.checkpoint = cosigned(&other, other.size, &[1, 3]).1;
        let proof = trust::merkle::prove_consistency(&other.tree, it.shown, other.size).unwrap();
        it.consistency = proof.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>().into();
    };
    check(longer, "LNK037", true);
    // A hub that makes a proof up shows nothing but both notes.
    let made_up = |world: &mut World, _: &mut Reply, it: &mut Witnessed| {
        let other = fork(world, 3);
        it.checkpoint = cosigned(&other, other.size, &[1, 3]).1;
        it.consistency = Bytes::from_static(&[5; 96]);
    };
    check(made_up, "LNK037", false);
    // Without a quorum it is the hub alone that contradicts itself.
    let alone = |world: &mut World, _: &mut Reply, it: &mut Witnessed| {
        it.checkpoint = cosigned(&fork(world, 0), it.shown, &[1]).1;
    };
    check(alone, "LNK022", true);
}

#[test]
fn an_answer_about_witnesses_that_is_wrong_ends_the_link() {
    check(|_, _, it| it.shown -= 1, "LNK007", false);
    check(|_, _, it| it.consistency = Bytes::from_static(&[5; 31]), "LNK007", false);
    check(|_, _, it| it.hashes = Bytes::from_static(&[5; 32]), "LNK023", false);
    check(|_, _, it| it.hashes = Bytes::new(), "LNK023", false);
    check(|_, _, it| it.checkpoint = Bytes::from_static(b"\xff"), "LNK007", false);
    check(|_, _, it| it.checkpoint = Bytes::from_static(b"a note of nobody"), "LNK020", false);
    check(|_, reply, _| reply.number += 1, "LNK007", false);
    // An answer of this kind to another question.
    let other = |world: &mut World, reply: &mut Reply, _: &mut Witnessed| {
        let link = world.bank(bank()).link.as_mut().unwrap();
        reply.number = link.ask(&session::ask::Question::Services).0;
    };
    check(other, "LNK007", false);
}

#[test]
fn a_hub_that_tells_nothing_of_witnesses_is_asked_once() {
    let mut world = world();
    let link = world.bank(bank()).link.as_mut().unwrap();
    let _frame = link.ask_witnesses(Vec::new());
    let rejected = wire::latest::Rejected { code: "NET000".to_owned(), text: "no".to_owned() };
    let reply = Reply { number: 1, answer: Some(Answer::Rejected(rejected)), proof: None };
    assert!(link.receive(reply.into()).is_ok());
    assert!(!link.can_ask_witnesses() && link.can_ask() && link.awaits_witnesses());
}

#[test]
fn a_gateway_that_asks_wrongly_is_sent_away() {
    let ask = |number, records: Vec<u64>| {
        let wanted = wire::latest::AwaitWitnesses { above: 0, records };
        let question = Some(wire::latest::ask::Question::AwaitWitnesses(wanted));
        wire::latest::GatewayFrame::from(wire::latest::Ask { number, question })
    };
    for (frames, want) in [
        (vec![ask(1, vec![2, 2])], "LNK007"),
        (vec![ask(1, vec![3, 2])], "LNK007"),
        (vec![ask(1, (0..1_025).collect())], "LNK008"),
        (vec![ask(1, vec![]), ask(2, vec![])], "LNK010"),
        (vec![ask(2, vec![])], "LNK007"),
    ] {
        let mut world = world();
        let end = world.wires.get_mut(&bank()).unwrap().end.as_mut().unwrap();
        let mut got = Ok(());
        for frame in frames {
            got = got.and_then(|()| end.receive(frame).map(|_| ()).map_err(|it| it.code()));
        }
        assert_eq!(got, Err(want));
    }
}
