//! A gateway that waits for its back office, and what it asks of the network.

use std::collections::{BTreeMap, BTreeSet};

use iso::Terminal;
use session::Ending;
use session::ask::{
    By, Filed, Line, Patterns, Permission, Question, Relation, Relationship, Reply, Retrieval,
    Retrieved, Standing,
};
use session::gateway::Event;
use session::hub::Request;
use trust::{Declined, Fault, Lane, LogTime, Monitoring, Priority, Reason};
use wire::Encoding as _;
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::ASKS_MAX;

use crate::hub::{Entry, key_of, network};
use crate::world::World;

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

/// The second gateway waits for decisions, and three messages have come for it.
fn world() -> World {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.bank(bank()).on_decision = true;
    world.connect(alpha());
    world.connect(bank());
    world.settle();
    for _ in 0..3 {
        world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::Notice);
    }
    world.settle();
    world
}

fn reason(text: &str) -> Reason {
    Reason::new("AM04".parse().unwrap(), Fault::Receiver, "", text)
}

fn acknowledged(world: &World) -> u64 {
    let lane = (bank().institution(), Lane::NORMAL);
    world.hub.lanes.get(&lane).map_or(0, |lane| lane.acknowledged)
}

/// The hub takes a frame of the second gateway.
fn take(world: &mut World, frame: &GatewayFrame) -> Result<Request, Ending> {
    let bytes = frame.encode_to_vec();
    let frame = GatewayFrame::decode(bytes::Bytes::from(bytes)).unwrap();
    world.wires.get_mut(&bank()).unwrap().end.as_mut().unwrap().receive(frame)
}

/// The next declination, signed.
fn signed(world: &mut World) -> Option<(Declined, GatewayFrame)> {
    let link = world.bank(bank()).link.as_mut().unwrap();
    let due = link.declination()?;
    let signed = due.to_sign.clone().sign(network(), &key_of(bank())).unwrap();
    let frame = link.declined(&due, &signed)?;
    Some((signed, frame))
}

#[test]
fn what_nobody_has_decided_about_is_not_acknowledged() {
    let mut world = world();
    assert_eq!(acknowledged(&world), 0);
    world.bank(bank()).link.as_mut().unwrap().inbox_decided(Lane::NORMAL, 2);
    world.settle();
    assert_eq!(acknowledged(&world), 2);
    // A break and a crash change nothing: the store says what was decided.
    world.crash_bank(bank());
    world.connect(bank());
    world.settle();
    assert_eq!(acknowledged(&world), 2);
}

#[test]
fn a_declination_waits_for_its_turn_and_is_signed_for_the_record_that_was_offered() {
    let mut world = world();
    let link = world.bank(bank()).link.as_mut().unwrap();
    link.decline(Lane::NORMAL, 2, reason("no such account"));
    link.inbox_decided(Lane::NORMAL, 3);
    assert!(link.declination().is_none(), "the first message comes before it");
    let first = world.bank(bank()).next_frame(1).unwrap();
    assert!(matches!(take(&mut world, &first), Ok(Request::Acknowledge(it)) if it.through == 1));
    assert!(world.bank(bank()).link.as_ref().unwrap().acknowledgement().is_none());
    let (declined, frame) = signed(&mut world).unwrap();
    let Ok(Request::Decline(taken)) = take(&mut world, &frame) else { panic!("it is in order") };
    assert_eq!(taken.declined, declined);
    assert_eq!((declined.lane, declined.output_number), (Lane::NORMAL, 2));
    assert_eq!(declined.reason, reason("no such account"));
    assert!(declined.is_signed_by(network(), key_of(bank()).public()));
    // What was declined is not declined twice, and the lane goes on behind it.
    assert!(signed(&mut world).is_none());
    let third = world.bank(bank()).next_frame(1).unwrap();
    assert!(matches!(take(&mut world, &third), Ok(Request::Acknowledge(it)) if it.first == 3));
}

#[test]
fn a_declination_that_is_out_of_order_or_about_another_record_ends_the_link() {
    let mut world = world();
    let link = world.bank(bank()).link.as_mut().unwrap();
    link.decline(Lane::NORMAL, 1, reason("unreadable"));
    link.inbox_decided(Lane::NORMAL, 1);
    let (declined, _) = signed(&mut world).unwrap();
    let send = |declined: &Declined, world: &mut World| {
        let meta = declined.encode().into();
        let ended = take(world, &wire::latest::Decline { meta, hold: 1 }.into());
        world.connect(bank());
        world.settle();
        ended.unwrap_err().code()
    };
    let second = Declined { output_number: 2, ..declined.clone() };
    assert_eq!(send(&second, &mut world), "LNK012");
    let system = Declined { lane: Lane::SYSTEM, ..declined.clone() };
    assert_eq!(send(&system, &mut world), "LNK013");
    let urgent = Declined { lane: Lane::URGENT, ..declined.clone() };
    assert_eq!(send(&urgent, &mut world), "LNK011");
    let other = Declined { by: alpha(), ..declined.clone() };
    assert_eq!(send(&other, &mut world), "LNK007");
    let mut record = declined;
    record.signed.root.0[0] ^= 1;
    assert_eq!(send(&record, &mut world), "LNK007");
}

fn permission() -> Permission {
    let types = Patterns::new(vec!["pacs.*".parse().unwrap()]).unwrap();
    Permission { types, from: LogTime(5), until: Some(LogTime(9)) }
}

#[test]
fn a_question_comes_over_as_it_was_asked_and_so_does_its_reply() {
    let mut world = world();
    let (institution, service) = ("ALPHDEFF".parse().unwrap(), "payments".parse().unwrap());
    let line: Line = "why".parse().unwrap();
    let questions = [
        Question::Permit { sender: institution, service, permission: permission() },
        Question::Revoke { sender: institution, service, reason: line.clone() },
        Question::RequestPermission {
            receiver: institution,
            service,
            permission: permission(),
            text: line.clone(),
        },
        Question::DenyPermission { sender: institution, service, reason: line },
        Question::Relationships { skip: 7 },
        Question::Services,
        Question::Retrieve(retrieval(By::Sent { terminal: alpha(), first: 2, last: 9 })),
        Question::Retrieve(retrieval(By::Reference("REF".parse().unwrap()))),
        Question::Retrieve(retrieval(By::Uetr(iso::Uetr::from_random([7; 16])))),
        Question::Retrieve(retrieval(By::Received { lane: Lane::URGENT, first: 2, last: 9 })),
    ];
    let count = questions.len();
    let relation = Relation { sender: institution, receiver: bank().institution(), service };
    let rows = vec![
        Relationship { relation, state: Standing::Permitted(permission()) },
        Relationship { relation, state: Standing::Requested { record: 8 } },
    ];
    let rejected = Reply::Rejected { code: "NET071".to_owned(), text: "no service".to_owned() };
    let replies = [
        Reply::Recorded { sequence: 8 },
        rejected,
        Reply::Relationships { rows, more: true },
        Reply::Services(Vec::new()),
    ];
    for (place, question) in questions.into_iter().enumerate() {
        let (number, frame) = world.bank(bank()).link.as_mut().unwrap().ask(&question);
        let Ok(Request::Ask(asked)) = take(&mut world, &frame) else { panic!("it is in order") };
        assert_eq!((asked.number, &asked.question), (number, &question));
        let reply = replies[place % replies.len()].clone();
        let end = world.wires.get_mut(&bank()).unwrap().end.as_mut().unwrap();
        let frame = end.reply(number, reply.clone(), &world.hub.log()).unwrap();
        let bytes = frame.encode_to_vec();
        let frame = HubFrame::decode(bytes::Bytes::from(bytes)).unwrap();
        let link = world.bank(bank()).link.as_mut().unwrap();
        assert_eq!(link.receive(frame.clone()), Ok(Event::Replied { number, reply }));
        if place + 1 == count {
            // A second reply to the same ends the link.
            assert_eq!(link.receive(frame).unwrap_err().code(), "LNK007");
        }
    }
}

#[test]
fn messages_from_the_archive_are_believed_with_proof_only() {
    let mut world = world();
    let retrieval = retrieval(By::Received { lane: Lane::NORMAL, first: 1, last: 1 });
    let place = (bank().institution(), Lane::NORMAL);
    let Entry::Message { sequence } = world.hub.lanes[&place].entries[0] else {
        panic!("a message has come")
    };
    let record = world.hub.records[sequence as usize].clone();
    let filed =
        Filed { head: record.head, meta: record.meta, payload: trust::Digest::of(&record.payload) };
    let good = Retrieved {
        record: filed,
        payload: record.payload,
        place: Some((Lane::NORMAL, 1)),
        history: Vec::new(),
    };
    let mut hear = |change: &dyn Fn(&mut Retrieved)| {
        let mut message = good.clone();
        change(&mut message);
        let question = Question::Retrieve(retrieval.clone());
        let (number, frame) = world.bank(bank()).link.as_mut().unwrap().ask(&question);
        take(&mut world, &frame).unwrap();
        let reply = Reply::Retrieved { messages: vec![message], more: false };
        let end = world.wires.get_mut(&bank()).unwrap().end.as_mut().unwrap();
        let frame = end.reply(number, reply.clone(), &world.hub.log()).unwrap();
        let heard = world.bank(bank()).link.as_mut().unwrap().receive(frame);
        if heard.is_err() {
            world.connect(bank());
            world.settle();
        }
        heard.map(|event| event == Event::Replied { number, reply }).map_err(|it| it.code())
    };
    assert_eq!(hear(&|_| ()), Ok(true));
    assert_eq!(hear(&|it| it.payload = bytes::Bytes::from_static(b"other")), Err("LNK024"));
    assert_eq!(hear(&|it| it.record.meta = bytes::Bytes::new()), Err("LNK024"));
    assert_eq!(hear(&|it| it.record.head.at = LogTime(7)), Err("LNK023"));
}

fn retrieval(by: By) -> Retrieval {
    Retrieval { by, from: LogTime(1), until: Some(LogTime(9)), after: 4, limit: 7 }
}

#[test]
fn few_questions_are_open() {
    let mut world = world();
    let frame = |world: &mut World| {
        let link = world.bank(bank()).link.as_mut().unwrap();
        link.can_ask().then(|| link.ask(&Question::Services).1)
    };
    for _ in 0..ASKS_MAX {
        let asked = frame(&mut world).unwrap();
        take(&mut world, &asked).unwrap();
    }
    assert!(frame(&mut world).is_none());
    let number = ASKS_MAX as u64 + 1;
    let question = Some(wire::latest::ask::Question::ListServices(wire::latest::ListServices {}));
    let more = wire::latest::Ask { number, question };
    assert_eq!(take(&mut world, &more.into()).unwrap_err().code(), "LNK010");
}

#[test]
fn an_announcement_is_acknowledged_when_its_file_is_here() {
    let mut world = world();
    let link = world.bank(bank()).link.as_mut().unwrap();
    link.await_file(Lane::NORMAL, 2);
    link.inbox_decided(Lane::NORMAL, 3);
    world.settle();
    assert_eq!(acknowledged(&world), 1, "what comes behind it waits too");
    let still = BTreeMap::from([(Lane::NORMAL, BTreeSet::from([2]))]);
    world.bank(bank()).link.as_mut().unwrap().files_awaited(&still);
    world.settle();
    assert_eq!(acknowledged(&world), 1);
    world.bank(bank()).link.as_mut().unwrap().files_awaited(&BTreeMap::new());
    world.settle();
    assert_eq!(acknowledged(&world), 3);
}

#[test]
fn an_announcement_whose_file_never_comes_is_declined() {
    let mut world = world();
    let link = world.bank(bank()).link.as_mut().unwrap();
    link.await_file(Lane::NORMAL, 1);
    link.inbox_decided(Lane::NORMAL, 3);
    link.decline(Lane::NORMAL, 1, reason("the file is gone"));
    assert!(link.declination().is_none(), "as long as it may come");
    link.files_awaited(&BTreeMap::new());
    let (declined, frame) = signed(&mut world).unwrap();
    assert_eq!((declined.output_number, declined.reason), (1, reason("the file is gone")));
    assert!(matches!(take(&mut world, &frame), Ok(Request::Decline(_))));
    let rest = world.bank(bank()).next_frame(1).unwrap();
    assert!(matches!(take(&mut world, &rest), Ok(Request::Acknowledge(it)) if it.through == 3));
}
