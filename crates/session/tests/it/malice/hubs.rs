//! A hub that breaks the rules or lies, before a gateway.

use bytes::Bytes;
use expect_test::{Expect, expect};
use iso::Terminal;
use trust::{LogTime, Monitoring, Priority, RecordHead};
use wire::Encoding as _;
use wire::latest::{
    Answers, Bye, HubFrame, LaneState, Lanes, Offers, Welcome, hub_frame::Body, offer::Content,
};

use crate::hub::{grant, key_of, note_signer};
use crate::world::World;

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

/// What a gateway makes of one more frame.
fn meet(world: &mut World, terminal: Terminal, frame: HubFrame) -> String {
    let link = world.bank(terminal).link.as_mut().unwrap();
    match link.receive(frame) {
        Ok(_) => "taken".to_owned(),
        Err(ending) => {
            let bye = link.end(&ending).expect("a failed link says Bye");
            assert!(link.end(&ending).is_none(), "a link says Bye once");
            assert!(matches!(bye.body, Some(wire::latest::gateway_frame::Body::Bye(bye))
                if bye.code == ending.code()));
            assert!(link.receive(Bye::default().into()).is_err(), "a failed link stays failed");
            assert!(link.submission().is_none() && link.acknowledgement().is_none());
            format!("{} {ending}", ending.code())
        }
    }
}

/// The next frame on its way to a gateway.
fn next(world: &mut World, terminal: Terminal) -> Body {
    let bytes = world.wires.get_mut(&terminal).unwrap().to_bank.pop_front().unwrap();
    HubFrame::decode(bytes).unwrap().body.unwrap()
}

/// Two open sessions. The second has three messages of the first before it, one of them urgent, and
/// the first has their answers.
fn world() -> World {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(alpha());
    world.connect(bank());
    world.settle();
    for priority in [Priority::Normal, Priority::Urgent, Priority::Normal] {
        world.bank(alpha()).send("BANKFRPP".parse().unwrap(), priority, Monitoring::Notice);
    }
    world.bank_sends(alpha(), 8);
    world.hub_takes(alpha());
    world.commit(alpha());
    world
}

#[track_caller]
fn check_offers(change: impl FnOnce(&mut Offers), want: &Expect) {
    let mut world = world();
    world.hub_sends(bank(), 8); // The urgent one.
    world.bank_takes(bank());
    world.hub_sends(bank(), 8);
    let Body::Offers(mut offers) = next(&mut world, bank()) else { panic!("offers are due") };
    change(&mut offers);
    want.assert_eq(&meet(&mut world, bank(), offers.into()));
}

#[track_caller]
fn check_notice(change: impl FnOnce(&mut Offers), want: &Expect) {
    let mut world = world();
    while world.hub_sends(bank(), 8) {}
    while world.bank_takes(bank()) {}
    world.bank(bank()).store_all();
    while world.bank_sends(bank(), 8) {}
    while world.hub_takes(bank()) {}
    while world.commit(bank()) {}
    while world.hub_sends(alpha(), 8) {}
    world.bank_takes(alpha()); // The answers.
    let Body::Offers(mut offers) = next(&mut world, alpha()) else { panic!("offers are due") };
    change(&mut offers);
    want.assert_eq(&meet(&mut world, alpha(), offers.into()));
}

#[track_caller]
fn check_answers(change: impl FnOnce(&mut Answers), want: &Expect) {
    let mut world = world();
    world.hub_sends(alpha(), 8);
    let Body::Answers(mut answers) = next(&mut world, alpha()) else { panic!("answers are due") };
    change(&mut answers);
    want.assert_eq(&meet(&mut world, alpha(), answers.into()));
}

#[track_caller]
fn check_welcome(change: impl FnOnce(&mut Welcome), want: &Expect) {
    let mut world = World::new(&["ALPHDEFFA"]);
    world.connect(alpha());
    world.hub_takes(alpha());
    world.commit(alpha());
    let Body::Welcome(mut welcome) = next(&mut world, alpha()) else { panic!("it comes first") };
    change(&mut welcome);
    want.assert_eq(&meet(&mut world, alpha(), welcome.into()));
}

/// The same head with something changed.
fn changed(head: &Bytes, change: impl FnOnce(&mut RecordHead)) -> Bytes {
    let mut head = RecordHead::decode(head).unwrap();
    change(&mut head);
    Bytes::copy_from_slice(&head.encode())
}

/// The same bytes with one bit flipped.
fn flipped(bytes: &Bytes, at: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 1;
    bytes.into()
}

#[test]
fn honest_frames_are_taken() {
    check_offers(|_| {}, &expect!["taken"]);
    check_notice(|_| {}, &expect!["taken"]);
    check_answers(|_| {}, &expect!["taken"]);
    check_welcome(|_| {}, &expect!["taken"]);
}

#[test]
fn a_welcome_comes_first_and_once() {
    let mut world = World::new(&["ALPHDEFFA"]);
    world.connect(alpha());
    expect!["LNK006 Offers came before the Welcome"].assert_eq(&meet(
        &mut world,
        alpha(),
        Offers::default().into(),
    ));
    let mut world = self::world();
    expect!["LNK006 a Welcome came after the first Welcome"].assert_eq(&meet(
        &mut world,
        alpha(),
        Welcome::default().into(),
    ));
}

#[test]
fn a_frame_without_a_kind_is_refused() {
    expect!["LNK007 the kind of frame is malformed"].assert_eq(&meet(
        &mut world(),
        alpha(),
        HubFrame::default(),
    ));
}

#[test]
fn a_welcome_with_fields_out_of_range_is_refused() {
    check_welcome(
        |it| it.version = 2,
        &expect!["LNK003 expected revision 1 of the protocol, but found 2"],
    );
    check_welcome(|it| it.window = 0, &expect!["LNK007 the set of limits is malformed"]);
    check_welcome(|it| it.window = 4097, &expect!["LNK007 the set of limits is malformed"]);
    check_welcome(
        |it| it.frame_messages_max = 257,
        &expect!["LNK007 the set of limits is malformed"],
    );
    check_welcome(
        |it| it.message_bytes_max = 15 << 20,
        &expect!["LNK007 the set of limits is malformed"],
    );
    check_welcome(
        |it| it.frame_bytes_max = 1 << 20,
        &expect!["LNK007 the set of limits is malformed"],
    );
    check_welcome(
        |it| it.frame_bytes_max = (16 << 20) + 1,
        &expect!["LNK007 the set of limits is malformed"],
    );
}

#[test]
fn a_welcome_without_a_good_checkpoint_is_refused() {
    check_welcome(
        |it| it.proof = None,
        &expect!["LNK020 the hub's checkpoint is refused: the Welcome has none"],
    );
    check_welcome(
        |it| it.proof.as_mut().unwrap().checkpoint = Bytes::new(),
        &expect!["LNK020 the hub's checkpoint is refused: the Welcome has none"],
    );
    let flip = |it: &mut Welcome| {
        let proof = it.proof.as_mut().unwrap();
        proof.checkpoint = flipped(&proof.checkpoint, 20);
    };
    check_welcome(
        flip,
        &expect![
            "LNK020 the hub's checkpoint is refused: it is not signed by a log key of the network that this gateway knows"
        ],
    );
    check_welcome(
        |it| it.proof.as_mut().unwrap().consistency_from = 1,
        &expect!["LNK007 the start of the consistency proof is malformed"],
    );
    let extra = |it: &mut Welcome| {
        it.proof.as_mut().unwrap().consistency = Bytes::from_static(&[1; 32]);
    };
    check_welcome(extra, &expect!["LNK007 the consistency proof is malformed"]);
}

#[test]
fn a_checkpoint_of_another_log_is_refused() {
    let other = |it: &mut Welcome| {
        let proof = it.proof.as_mut().unwrap();
        let text = String::from_utf8(proof.checkpoint.to_vec()).unwrap();
        let text = text.split_once("\n\n").unwrap().0.replace("demo/0", "demo/1") + "\n";
        let signer = note_signer("nuncio/demo/0", 1);
        proof.checkpoint = trust::note::sign(&text, &signer).unwrap().into();
    };
    check_welcome(
        other,
        &expect![
            "LNK020 the hub's checkpoint is refused: it is not signed by a log key of the network that this gateway knows"
        ],
    );
}

#[test]
fn answers_out_of_order_are_refused() {
    check_answers(
        |it| it.first_input_number = 0,
        &expect!["LNK014 expected the answer to input number 1, but found 0"],
    );
    check_answers(
        |it| it.first_input_number = 2,
        &expect!["LNK014 expected the answer to input number 1, but found 2"],
    );
    check_answers(
        |it| it.answers.clear(),
        &expect!["LNK007 the empty list in a frame is malformed"],
    );
    let one_more = |it: &mut Answers| it.answers.push(it.answers[0].clone());
    check_answers(one_more, &expect!["LNK014 expected the answer to input number 4, but found 4"]);
    let swapped = |it: &mut Answers| it.answers.swap(0, 2);
    check_answers(swapped, &expect!["LNK024 record 5: the body does not fit"]);
}

#[test]
fn an_answer_whose_record_is_not_in_the_log_is_refused() {
    let later = |it: &mut Answers| {
        it.answers[0].head = changed(&it.answers[0].head, |head| head.at = LogTime(1));
    };
    check_answers(
        later,
        &expect!["LNK023 the records of the frame are not proven to stand in the log of 6 records"],
    );
    let beyond = |it: &mut Answers| {
        it.answers[0].head = changed(&it.answers[0].head, |head| head.sequence = 1_000);
    };
    check_answers(
        beyond,
        &expect!["LNK023 the records of the frame are not proven to stand in the log of 6 records"],
    );
    let short = |it: &mut Answers| it.answers[0].head = it.answers[0].head.slice(1..);
    check_answers(short, &expect!["LNK007 the head of the record is malformed"]);
    let foreign = |it: &mut Answers| {
        it.answers[0].head =
            changed(&it.answers[0].head, |head| head.network = "live".parse().unwrap());
    };
    check_answers(foreign, &expect!["LNK024 record 3: the network or shard does not fit"]);
    let twice = |it: &mut Answers| {
        it.answers[1].head = changed(&it.answers[0].head, |head| head.at = LogTime(1));
    };
    check_answers(
        twice,
        &expect!["LNK024 record 3: the second head of the same number does not fit"],
    );
}

#[test]
fn a_damaged_proof_is_refused() {
    let flip = |it: &mut Answers| {
        let proof = it.proof.as_mut().unwrap();
        proof.hashes = flipped(&proof.hashes, 0);
    };
    check_answers(
        flip,
        &expect!["LNK023 the records of the frame are not proven to stand in the log of 6 records"],
    );
    let short = |it: &mut Answers| {
        let proof = it.proof.as_mut().unwrap();
        proof.hashes = proof.hashes.slice(1..);
    };
    check_answers(short, &expect!["LNK007 the inclusion proof is malformed"]);
    let fork = |it: &mut Answers| {
        let proof = it.proof.as_mut().unwrap();
        proof.consistency = flipped(&proof.consistency, 0);
    };
    check_answers(
        fork,
        &expect!["LNK022 the log of 6 records does not continue the one of 2 records seen before"],
    );
    check_answers(|it| it.proof = None, &expect!["LNK007 the proof is malformed"]);
    let stale = |it: &mut Answers| it.proof.as_mut().unwrap().checkpoint = Bytes::new();
    check_answers(stale, &expect!["LNK007 the proof is malformed"]);
}

#[test]
fn an_answer_of_another_kind_of_record_is_refused() {
    // The record of the opening stands in the log, but answers nothing.
    let mut world = world();
    let record = world.hub.records[1].clone();
    let end = world.wires.get_mut(&alpha()).unwrap().end.as_mut().unwrap();
    let recorded =
        session::hub::Recorded { hash: record.head.hash(), head: record.head, meta: record.meta };
    let frame = end.answers(vec![recorded], &world.hub.log(), &world.hub).unwrap();
    expect!["LNK024 record 1: the kind does not fit"].assert_eq(&meet(&mut world, alpha(), frame));
}

#[test]
fn an_answer_with_another_meta_is_refused() {
    let garbage = |it: &mut Answers| it.answers[0].meta = Bytes::from_static(b"garbage");
    check_answers(garbage, &expect!["LNK024 record 3: the body does not fit"]);
}

#[test]
fn an_answer_under_a_key_without_a_grant_is_refused() {
    check_answers(
        |it| it.grants.clear(),
        &expect![
            "LNK026 record 3: key a7adfb979f14dc86 is not granted to ALPHDEFFA at 1795467600004000 us"
        ],
    );
    let over = |it: &mut Answers| it.grants[0] = grant(alpha(), 1, 2).note;
    check_answers(
        over,
        &expect![
            "LNK026 record 3: key a7adfb979f14dc86 is not granted to ALPHDEFFA at 1795467600004000 us"
        ],
    );
    let forged = |it: &mut Answers| {
        let grant = trust::KeyGrant {
            network: "demo".parse().unwrap(),
            holder: alpha(),
            key: key_of(alpha()).public().clone(),
            from: LogTime(1),
            until: LogTime(2),
        };
        it.grants[0] =
            trust::note::sign(&grant.text(), &note_signer("nuncio/demo/root", 9)).unwrap().into();
    };
    check_answers(
        forged,
        &expect![
            "LNK027 a grant is refused: it is not signed by a root key of the network that this gateway knows"
        ],
    );
}

#[test]
fn offers_out_of_order_are_refused() {
    check_offers(
        |it| it.first_output_number = 0,
        &expect!["LNK015 normal lane: expected output number 1, but found 0"],
    );
    check_offers(
        |it| it.first_output_number = 2,
        &expect!["LNK015 normal lane: expected output number 1, but found 2"],
    );
    check_offers(
        |it| it.first_output_number = u64::MAX,
        &expect!["LNK015 normal lane: expected output number 1, but found 18446744073709551615"],
    );
    check_offers(|it| it.offers.clear(), &expect!["LNK007 the empty list in a frame is malformed"]);
}

#[test]
fn offers_in_another_lane_are_refused() {
    check_offers(|it| it.lane = 20, &expect!["LNK013 lane 20 is not a lane of this network"]);
    let urgent = |it: &mut Offers| (it.lane, it.first_output_number) = (1, 2);
    check_offers(urgent, &expect!["LNK013 lane 1 is not a lane of this message"]);
    check_offers(|it| it.lane = 0, &expect!["LNK013 lane 0 is not a lane of this message"]);
    check_notice(|it| it.lane = 2, &expect!["LNK013 lane 2 is not a lane of notices"]);
}

#[test]
fn offers_beyond_the_window_are_refused() {
    let many = |it: &mut Offers| {
        let offer = it.offers[0].clone();
        it.offers.resize(65, offer);
    };
    check_offers(many, &expect!["LNK010 offers: 65 are open, but the window is 64"]);
}

#[test]
fn a_payload_with_one_byte_changed_is_refused() {
    let change = |it: &mut Offers| {
        let Some(Content::Payload(payload)) = &it.offers[1].content else { panic!("a message") };
        it.offers[1].content = Some(Content::Payload(flipped(payload, 3)));
    };
    check_offers(change, &expect!["LNK024 record 5: the body does not fit"]);
    check_offers(
        |it| it.offers[0].content = None,
        &expect!["LNK007 the content of an offer is malformed"],
    );
}

#[test]
fn a_meta_with_one_byte_changed_is_refused() {
    let change = |it: &mut Offers| it.offers[0].meta = flipped(&it.offers[0].meta, 40);
    check_offers(change, &expect!["LNK024 record 3: the body does not fit"]);
}

#[test]
fn an_offer_without_the_grant_of_its_signer_is_refused() {
    let mut world = world();
    world.hub_sends(bank(), 8);
    let Body::Offers(mut offers) = next(&mut world, bank()) else { panic!("offers are due") };
    offers.grants.clear();
    expect![
        "LNK026 record 4: key a7adfb979f14dc86 is not granted to ALPHDEFFA at 1795467600005000 us"
    ]
    .assert_eq(&meet(&mut world, bank(), offers.into()));
}

#[test]
fn a_message_that_its_sender_has_not_signed_is_refused() {
    // The hub makes a message up: it stands in the log, but its sender's signature does not fit.
    let mut world = world();
    let sequence = world.hub.records.len() as u64 - 1;
    let record = world.hub.records[sequence as usize].clone();
    let mut accepted = trust::Accepted::decode(&record.meta).unwrap();
    accepted.proof.signature.0[5] ^= 1;
    let forged = world.hub.append(trust::RecordKind::ACCEPTED, accepted.encode(), record.payload);
    let queue = world.hub.lanes.get_mut(&(bank().institution(), trust::Lane::NORMAL)).unwrap();
    queue.entries.push(crate::hub::Entry::Message { sequence: forged });
    world.hub.sync();
    while world.hub_sends(bank(), 8) {}
    world.bank_takes(bank()); // The urgent one.
    let Body::Offers(offers) = next(&mut world, bank()) else { panic!("offers are due") };
    expect!["LNK025 record 6: the signature of ALPHDEFFA with key a7adfb979f14dc86 does not fit"]
        .assert_eq(&meet(&mut world, bank(), offers.into()));
}

#[test]
fn a_message_for_another_institution_is_refused() {
    let mut world = world();
    let record = world.hub.records[world.hub.records.len() - 1].head.sequence;
    let queue = world.hub.lanes.entry((alpha().institution(), trust::Lane::NORMAL)).or_default();
    queue.entries.push(crate::hub::Entry::Message { sequence: record });
    while world.hub_sends(alpha(), 8) {}
    world.bank_takes(alpha()); // The answers.
    let Body::Offers(offers) = next(&mut world, alpha()) else { panic!("offers are due") };
    expect!["LNK024 record 5: the network or receiver does not fit"].assert_eq(&meet(
        &mut world,
        alpha(),
        offers.into(),
    ));
}

#[test]
fn a_notice_that_proves_nothing_is_refused() {
    let delivered = |it: &mut Offers| match it.offers[0].content.take() {
        Some(Content::Delivered(delivered)) => delivered,
        _ => panic!("a notice was offered"),
    };
    let with = |change: fn(&mut wire::latest::Delivered)| {
        move |it: &mut Offers| {
            let mut notice = delivered(it);
            change(&mut notice);
            it.offers[0].content = Some(Content::Delivered(notice));
        }
    };
    check_notice(
        with(|it| it.terminal = "BANKFRPPA".to_owned()),
        &expect!["LNK024 record 6: the sender of the message does not fit"],
    );
    check_notice(with(|it| it.terminal.clear()), &expect!["LNK007 the terminal is malformed"]);
    check_notice(
        with(|it| it.index = 9),
        &expect!["LNK024 record 6: the path to the signed root does not fit"],
    );
    check_notice(
        with(|it| it.path = Bytes::from_static(&[0; 32])),
        &expect!["LNK024 record 6: the path to the signed root does not fit"],
    );
    check_notice(
        with(|it| it.payload_digest = Bytes::from_static(&[0; 32])),
        &expect!["LNK024 record 6: the body does not fit"],
    );
    check_notice(
        with(|it| it.message_head = flipped(&it.message_head, 139)),
        &expect!["LNK023 the records of the frame are not proven to stand in the log of 8 records"],
    );
}

#[test]
fn lanes_that_do_not_go_on_are_refused() {
    let lanes = |hold, held, lanes: &[(u32, u64, u64)]| {
        let state = |&(lane, acknowledged_through, assigned_through)| LaneState {
            lane,
            acknowledged_through,
            assigned_through,
            elsewhere: false,
        };
        Lanes { hold, held, lanes: lanes.iter().map(state).collect(), more: false }
    };
    let check = |lanes: Lanes, want: &Expect| {
        want.assert_eq(&meet(&mut world(), bank(), lanes.into()));
    };
    check(lanes(1, true, &[]), &expect!["LNK007 the list of lanes is malformed"]);
    check(lanes(3, true, &[]), &expect!["LNK007 the list of lanes is malformed"]);
    check(lanes(2, false, &[(1, 0, 0)]), &expect!["LNK007 the list of lanes is malformed"]);
    check(
        lanes(2, true, &[(1, 0, 1), (1, 0, 1)]),
        &expect!["LNK007 the list of lanes is malformed"],
    );
    check(lanes(2, true, &[(1, 1, 0)]), &expect!["LNK007 the list of lanes is malformed"]);
    check(lanes(2, true, &[(20, 0, 0)]), &expect!["LNK013 lane 20 is not a lane of this network"]);
    check(lanes(2, true, &[(1, 0, 1)]), &expect!["taken"]);
}

#[test]
fn offers_to_a_session_without_the_lanes_are_refused() {
    let mut world = world();
    world.hub_sends(bank(), 8);
    let Body::Offers(offers) = next(&mut world, bank()) else { panic!("offers are due") };
    let away = Lanes { hold: 2, held: false, lanes: Vec::new(), more: false };
    assert_eq!(meet(&mut world, bank(), away.into()), "taken");
    expect!["LNK016 Offers in a session that does not hold the lanes"].assert_eq(&meet(
        &mut world,
        bank(),
        offers.into(),
    ));
}

#[test]
fn another_message_under_a_number_that_came_before_is_refused() {
    let mut world = world();
    while world.hub_sends(bank(), 8) {}
    while world.bank_takes(bank()) {}
    world.cut(bank());
    let key = (bank().institution(), trust::Lane::NORMAL);
    world.hub.lanes.get_mut(&key).unwrap().entries.swap(0, 1);
    world.connect(bank());
    world.log.clear();
    world.settle();
    expect![[r#"
        ALPHDEFFA < Answers 1 to 3, 0 with meta, 1 grants
            1 accepted, 2 accepted, 3 accepted
        BANKFRPPA > Hello: answers 0, tree 6, urgent lane 1, normal lane 2
        BANKFRPPA < Welcome: holds 0
            session 3
        BANKFRPPA < Lanes, urgent 0 of 1, normal 0 of 2
            receives
        BANKFRPPA < Offers urgent lane 1, 1 marked, 1 grants
            1 had before
        BANKFRPPA > Acknowledge urgent lane 1
        BANKFRPPA < Offers normal lane 1 to 2, 2 marked, 0 grants
            LNK035 normal lane: output number 1 is another message than before; Stop
        ALPHDEFFA < Offers system lane 1, 0 marked, 1 grants
            1 ALPHDEFFA 2 delivered
        BANKFRPPA > Bye LNK035 normal lane: output number 1 is another message than before
        ALPHDEFFA > Acknowledge system lane 1
    "#]]
    .assert_eq(&world.log);
}

#[test]
fn a_bye_is_cleaned_before_it_is_shown() {
    let mut world = world();
    let link = world.bank(alpha()).link.as_mut().unwrap();
    let bye = Bye { code: "LNK\u{7}001".to_owned(), text: "go\u{1b}[2J\naway".to_owned() };
    let Ok(session::gateway::Event::End(farewell)) = link.receive(bye.into()) else {
        panic!("a Bye ends the link")
    };
    assert_eq!((farewell.code.as_str(), farewell.text.as_str()), ("LNK001", "go [2J away"));
}

#[test]
fn lanes_that_come_beside_others_leave_those_as_they_are() {
    let more = |hold, elsewhere| {
        let state = LaneState { lane: 4, acknowledged_through: 0, assigned_through: 2, elsewhere };
        Lanes { hold, held: true, lanes: vec![state], more: true }
    };
    let with_offers = || {
        let mut world = world();
        world.hub_sends(bank(), 8); // The urgent one.
        world.bank_takes(bank());
        world.hub_sends(bank(), 8);
        let Body::Offers(offers) = next(&mut world, bank()) else { panic!("offers are due") };
        (world, offers)
    };
    // What was offered before goes on, and is acknowledged as before.
    let (mut world, offers) = with_offers();
    assert_eq!(meet(&mut world, bank(), more(2, false).into()), "taken");
    assert_eq!(meet(&mut world, bank(), offers.into()), "taken");
    world.settle();
    assert!(world.log.contains("BANKFRPPA > Acknowledge urgent lane 1"), "{}", world.log);

    let (mut world, _) = with_offers();
    expect!["LNK007 the list of lanes is malformed"].assert_eq(&meet(
        &mut world,
        bank(),
        more(2, true).into(),
    ));
    let (mut world, _) = with_offers();
    expect!["LNK007 the list of lanes is malformed"].assert_eq(&meet(
        &mut world,
        bank(),
        more(1, false).into(),
    ));
    let (mut world, _) = with_offers();
    let away = Lanes { hold: 2, held: false, lanes: Vec::new(), more: false };
    assert_eq!(meet(&mut world, bank(), away.into()), "taken");
    expect!["LNK007 the list of lanes is malformed"].assert_eq(&meet(
        &mut world,
        bank(),
        more(3, false).into(),
    ));
}

#[test]
fn offers_of_a_lane_that_another_session_has_are_refused() {
    let mut world = world();
    world.hub_sends(bank(), 8);
    let Body::Offers(offers) = next(&mut world, bank()) else { panic!("offers are due") };
    let state = |lane, elsewhere| LaneState {
        lane,
        acknowledged_through: 0,
        assigned_through: 3,
        elsewhere,
    };
    let lanes = vec![state(1, true), state(2, false)];
    let lanes = Lanes { hold: 2, held: true, lanes, more: false };
    assert_eq!(meet(&mut world, bank(), lanes.into()), "taken");
    expect!["LNK016 Offers in a session that does not hold the lanes"].assert_eq(&meet(
        &mut world,
        bank(),
        offers.into(),
    ));
}
