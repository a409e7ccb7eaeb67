//! What else a hub may tell: the word of a withdrawal, and what stands on record.

use bytes::Bytes;
use expect_test::{Expect, expect};
use iso::{Institution, Terminal};
use network::Tiding;
use session::gateway::{Event, Item};
use session::hub::{About, Content, Copied, Told};
use trust::codec::Writer;
use trust::{
    CopyDecision, Declined, Digest, Fault, KeyId, Lane, Monitoring, Outstanding, Priority, Reason,
    RecordKind, Signature, SignedRoot, Verdict,
};

use crate::hub::{Entry, key_of, network};
use crate::world::World;

const ELAPSED: RecordKind = RecordKind(49);
const REVOKED: RecordKind = RecordKind(81);
const ABORTED: RecordKind = RecordKind(96);

fn alpha() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn bank() -> Terminal {
    "BANKFRPPA".parse().unwrap()
}

fn institution(text: &str) -> Institution {
    text.parse().unwrap()
}

/// The first gateway is open and has sent one message; gives its record.
fn world() -> (World, u64) {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA"]);
    world.connect(alpha());
    world.settle();
    world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::None);
    world.settle();
    let sequence = world.hub.answers[&alpha()][0];
    (world, sequence)
}

fn aborted(receiver: &str, lane: Lane, output_number: u64, sequence: u64) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.raw(receiver.as_bytes()).u8(lane.0).u64(output_number).u64(sequence);
    writer.text("on the order of a court");
    writer.finish()
}

fn elapsed(sender: &str, receiver: &str, sequence: u64, outcome: u8) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.raw(sender.as_bytes()).raw(receiver.as_bytes()).u16(1);
    writer.u8(Lane::NORMAL.0).u64(1).u64(sequence).u8(outcome);
    writer.finish()
}

fn about(world: &World, sequence: u64) -> Option<About> {
    let message = world.hub.records[sequence as usize].head.clone();
    Some(About { terminal: alpha(), input_number: 1, message })
}

fn told(tiding: Tiding, about: Option<About>) -> Content {
    Content::Told(Told { tiding, about })
}

/// What the first gateway makes of a tiding in its system lane.
fn tell(world: &mut World, kind: RecordKind, meta: Vec<u8>, content: Content) -> String {
    let record = world.hub.append(kind, meta, Bytes::new());
    world.hub.sync();
    let lane = (institution("ALPHDEFF"), Lane::SYSTEM);
    let entry = Entry::Other { record, content };
    world.hub.lanes.entry(lane).or_default().entries.push(entry);
    hear(world, alpha())
}

/// What a gateway makes of the next offers.
fn hear(world: &mut World, terminal: Terminal) -> String {
    let frame = {
        let World { hub, wires, .. } = world;
        let link = wires.get_mut(&terminal).unwrap().end.as_mut().unwrap();
        hub.offers(terminal.institution(), link, 8).expect("something waits")
    };
    match world.bank(terminal).link.as_mut().unwrap().receive(frame) {
        Ok(Event::Received(arrivals)) => {
            let words = arrivals.entries.iter().map(|entry| match &entry.item {
                Item::Told(told) => {
                    let of = told.about.as_ref().map(|it| (it.terminal, it.input_number));
                    format!("{} told {:?} of {of:?}", entry.output_number, told.tiding)
                }
                Item::Withdrawn(it) => format!("{} withdrawn", it.evidence.head.kind.0),
                Item::Copy(it) => {
                    let part = if it.payload.is_some() { "copy" } else { "copy of the header" };
                    format!("{} {part} from {}", entry.output_number, it.header.sender)
                }
                Item::Message(it) => {
                    let decision = it.release.as_ref().map(|release| match &release.decision {
                        Some(decision) => format!("authorised, {}", decision.to_receiver()),
                        None => "bypassed".to_owned(),
                    });
                    format!("{} message {}", entry.output_number, decision.unwrap_or_default())
                }
                Item::Notice(_) => "something else".to_owned(),
            });
            words.collect::<Vec<_>>().join(", ")
        }
        Ok(other) => format!("{other:?}"),
        Err(ending) => format!("{} {ending}", ending.code()),
    }
}

#[track_caller]
fn check(kind: RecordKind, meta: impl FnOnce(u64) -> Vec<u8>, tiding: Tiding, want: &Expect) {
    let (mut world, sequence) = world();
    let content = told(tiding, about(&world, sequence));
    want.assert_eq(&tell(&mut world, kind, meta(sequence), content));
}

#[test]
fn a_sender_believes_that_its_message_was_withdrawn_when_the_record_says_so() {
    let withdrawn = |sequence| elapsed("ALPHDEFF", "BANKFRPP", sequence, 2);
    check(
        ELAPSED,
        withdrawn,
        Tiding::Withdrawn,
        &expect!["1 told Withdrawn of Some((ALPHDEFFA, 1))"],
    );
    // A warning is no withdrawal, another message is not this one, another sender is not us.
    check(
        ELAPSED,
        withdrawn,
        Tiding::Undelivered,
        &expect!["LNK024 record 3: the tiding does not fit"],
    );
    let other = |sequence| elapsed("ALPHDEFF", "BANKFRPP", sequence + 1, 2);
    check(ELAPSED, other, Tiding::Withdrawn, &expect!["LNK024 record 3: the tiding does not fit"]);
    let foreign = |sequence| elapsed("CHASUS33", "BANKFRPP", sequence, 2);
    check(
        ELAPSED,
        foreign,
        Tiding::Withdrawn,
        &expect!["LNK024 record 3: the tiding does not fit"],
    );
}

#[test]
fn a_sender_believes_that_its_message_waits_when_the_record_states_it_of_this_message() {
    let statement = |message| Outstanding {
        sender: alpha(),
        input_number: 1,
        message,
        receiver: institution("BANKFRPP"),
        lane: Lane::NORMAL,
        output_number: 1,
        is_offered: false,
    };
    let right = |sequence| statement(sequence).encode();
    let said = expect!["1 told Undelivered of Some((ALPHDEFFA, 1))"];
    check(RecordKind::OUTSTANDING, right, Tiding::Undelivered, &said);
    let unfit = expect!["LNK024 record 3: the tiding does not fit"];
    let other = |sequence| statement(sequence + 1).encode();
    check(RecordKind::OUTSTANDING, other, Tiding::Undelivered, &unfit);
    let renumbered = |sequence| Outstanding { input_number: 2, ..statement(sequence) }.encode();
    check(RecordKind::OUTSTANDING, renumbered, Tiding::Undelivered, &unfit);
    check(RecordKind::OUTSTANDING, right, Tiding::Withdrawn, &unfit);
}

#[test]
fn a_sender_believes_that_its_message_was_aborted_when_the_record_names_it() {
    let right = |sequence| aborted("BANKFRPP", Lane::NORMAL, 1, sequence);
    check(ABORTED, right, Tiding::Aborted, &expect!["1 told Aborted of Some((ALPHDEFFA, 1))"]);
    let wrong = |sequence| aborted("BANKFRPP", Lane::NORMAL, 1, sequence + 1);
    check(ABORTED, wrong, Tiding::Aborted, &expect!["LNK024 record 3: the tiding does not fit"]);
}

#[test]
fn a_declination_holds_with_the_signature_of_who_declines() {
    let declined = |by: Terminal, signer: Terminal, root: Digest| {
        let code = "RCV01".parse().unwrap();
        let reason = Reason::new(code, Fault::Sender, "", "unreadable");
        let signed = SignedRoot { root, key: KeyId([0; 8]), signature: Signature([0; 64]) };
        let declined = Declined { by, lane: Lane::NORMAL, output_number: 1, reason, signed };
        let signed = declined.sign(network(), &key_of(signer));
        signed.expect("the key is in memory").encode()
    };
    let check = |by, signer, other: bool, want: Expect| {
        let (mut world, sequence) = world();
        let of = if other { 0 } else { sequence };
        let root = world.hub.records[of as usize].head.hash();
        let content = told(Tiding::Declined, about(&world, sequence));
        let meta = declined(by, signer, root);
        want.assert_eq(&tell(&mut world, RecordKind::DECLINED, meta, content));
    };
    check(bank(), bank(), false, expect!["1 told Declined of Some((ALPHDEFFA, 1))"]);
    check(
        bank(),
        alpha(),
        false,
        expect![
            "LNK026 record 3: key a7adfb979f14dc86 is not granted to BANKFRPPA at 1795467600004000 us"
        ],
    );
    check(
        bank(),
        bank(),
        true,
        expect!["LNK024 record 3: the message that is declined does not fit"],
    );
}

#[test]
fn a_permission_is_told_to_whom_it_concerns() {
    let revoked = |sender: &str| {
        let mut writer = Writer::with_capacity(64);
        writer.raw(sender.as_bytes()).raw(b"BANKFRPP").text("payments").text("no business");
        writer.finish()
    };
    let check = |sender: &str, tiding, want: Expect| {
        let (mut world, _) = world();
        want.assert_eq(&tell(&mut world, REVOKED, revoked(sender), told(tiding, None)));
    };
    check("ALPHDEFF", Tiding::Revoked, expect!["1 told Revoked of None"]);
    check("CHASUS33", Tiding::Revoked, expect!["LNK024 record 3: the tiding does not fit"]);
    check("ALPHDEFF", Tiding::Permitted, expect!["LNK024 record 3: the tiding does not fit"]);
}

#[test]
fn an_acknowledgement_covers_the_record_that_withdrew_a_message() {
    let (mut world, sequence) = world();
    let meta = aborted("BANKFRPP", Lane::NORMAL, 1, sequence);
    let record = world.hub.append(ABORTED, meta, Bytes::new());
    world.hub.sync();
    let lane = (institution("BANKFRPP"), Lane::NORMAL);
    let content = Content::Withdrawn { message: sequence };
    world.hub.lanes.get_mut(&lane).unwrap().entries[0] = Entry::Other { record, content };
    world.connect(bank());
    world.settle();
    let queue = &world.hub.lanes[&lane];
    assert_eq!(queue.acknowledged, 1, "the word of the withdrawal is acknowledged");
    let acknowledged = world.hub.records.last().unwrap();
    assert_eq!(acknowledged.head.kind, RecordKind::ACKNOWLEDGED);
    let hash = world.hub.records[record as usize].head.hash();
    assert_eq!(acknowledged.payload.as_ref(), hash.0, "it is signed with the record that withdrew");
}

#[test]
fn a_withdrawal_is_of_this_number_of_this_institution() {
    let check = |receiver: &str, number, want: Expect| {
        let (mut world, sequence) = world();
        let meta = aborted(receiver, Lane::NORMAL, number, sequence);
        let record = world.hub.append(ABORTED, meta, Bytes::new());
        world.hub.sync();
        let lane = (institution("BANKFRPP"), Lane::NORMAL);
        let content = Content::Withdrawn { message: sequence };
        world.hub.lanes.get_mut(&lane).unwrap().entries[0] = Entry::Other { record, content };
        world.connect(bank());
        while world.bank_sends(bank(), 8) {}
        while world.hub_takes(bank()) {}
        while world.commit(bank()) {}
        while world.bank_takes(bank()) {}
        want.assert_eq(&hear(&mut world, bank()));
    };
    check("BANKFRPP", 1, expect!["96 withdrawn"]);
    check("BANKFRPP", 2, expect!["LNK024 record 3: the withdrawal does not fit"]);
    check("CHASUS33", 1, expect!["LNK024 record 3: the withdrawal does not fit"]);
}

/// A third institution, which gets copies, and the first one's message to the second.
fn world_of_three() -> (World, u64) {
    let mut world = World::new(&["ALPHDEFFA", "BANKFRPPA", "CHASUS33A"]);
    for name in ["ALPHDEFFA", "BANKFRPPA", "CHASUS33A"] {
        world.connect(name.parse().unwrap());
    }
    world.settle();
    world.bank(alpha()).send("BANKFRPP".parse().unwrap(), Priority::Normal, Monitoring::None);
    world.settle();
    let sequence = world.hub.answers[&alpha()][0];
    (world, sequence)
}

fn chase() -> Terminal {
    "CHASUS33A".parse().unwrap()
}

/// What the third gateway makes of a copy of the first one's message.
fn copy(change: impl FnOnce(Bytes) -> Result<Bytes, Digest>, to: Terminal) -> String {
    let (mut world, sequence) = world_of_three();
    let payload = change(world.hub.records[sequence as usize].payload.clone());
    let content = Content::Copied(Copied { payload, decides: true });
    let lane = (to.institution(), Lane::NORMAL);
    let entry = Entry::Other { record: sequence, content };
    world.hub.lanes.entry(lane).or_default().entries.push(entry);
    hear(&mut world, to)
}

#[test]
fn a_copy_is_of_the_message_that_was_signed_whole_or_by_its_digest() {
    expect!["1 copy from ALPHDEFFA"].assert_eq(&copy(Ok, chase()));
    let header = copy(|payload| Err(Digest::of(&payload)), chase());
    expect!["1 copy of the header from ALPHDEFFA"].assert_eq(&header);
    let other = copy(|_| Ok(Bytes::from_static(b"another")), chase());
    expect!["LNK024 record 4: the body does not fit"].assert_eq(&other);
    let other = copy(|_| Err(Digest::of(b"another")), chase());
    expect!["LNK024 record 4: the body does not fit"].assert_eq(&other);
    let own = copy(Ok, alpha());
    expect!["LNK024 record 4: the sender or receiver does not fit"].assert_eq(&own);
}

/// A decision of the third institution, as its terminal or another signs it.
fn decision(world: &World, sequence: u64, authorised: bool, signer: Terminal) -> Vec<u8> {
    let record = world.hub.records[sequence as usize].head.hash();
    let verdict = if authorised {
        Verdict::Authorised
    } else {
        Verdict::Refused { code: "AM04".parse().unwrap() }
    };
    let decision = CopyDecision::new(chase(), (sequence, record), verdict);
    let decision = decision.with_information("to the sender", "settled");
    decision.sign(network(), &key_of(signer)).unwrap().encode()
}

/// What the second gateway makes of the message when a record releases it.
fn released(kind: u16, meta: impl FnOnce(&World, u64) -> Vec<u8>) -> String {
    let (mut world, sequence) = world_of_three();
    let meta = meta(&world, sequence);
    let release = world.hub.append(RecordKind(kind), meta, Bytes::new());
    world.hub.sync();
    world.hub.releases.insert(sequence, release);
    // The message that was delivered at once is delivered once more, as if it had been held.
    let lane = (bank().institution(), Lane::NORMAL);
    world.hub.lanes.entry(lane).or_default().entries.push(Entry::Message { sequence });
    hear(&mut world, bank())
}

fn bypassed(sender: &str, receiver: &str, message: u64) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.raw(sender.as_bytes()).raw(receiver.as_bytes()).u16(1).u64(message);
    writer.finish()
}

#[test]
fn a_receiver_sees_who_authorised_a_message_or_that_it_was_bypassed() {
    let good = released(116, |world, sequence| decision(world, sequence, true, chase()));
    expect!["2 message authorised, settled"].assert_eq(&good);
    let refused = released(116, |world, sequence| decision(world, sequence, false, chase()));
    expect!["LNK024 record 6: the message that is authorised does not fit"].assert_eq(&refused);
    let other = released(116, |world, _| decision(world, 1, true, chase()));
    expect!["LNK024 record 6: the message that is authorised does not fit"].assert_eq(&other);
    let forged = released(116, |world, sequence| decision(world, sequence, true, bank()));
    assert!(forged.starts_with("LNK02"), "{forged}");
    let good = released(117, |_, sequence| bypassed("ALPHDEFF", "BANKFRPP", sequence));
    expect!["2 message bypassed"].assert_eq(&good);
    let other = released(117, |_, _| bypassed("ALPHDEFF", "BANKFRPP", 3));
    expect!["LNK024 record 6: the message that is bypassed does not fit"].assert_eq(&other);
    let other = released(117, |_, sequence| bypassed("BANKFRPP", "BANKFRPP", sequence));
    expect!["LNK024 record 6: the message that is bypassed does not fit"].assert_eq(&other);
    // A bypass that begins after the message was accepted has not released it.
    let later = released(118, |_, _| b"\0\x08payments\x01\0\0".to_vec());
    expect!["LNK024 record 6: the message that is bypassed does not fit"].assert_eq(&later);
    let none = released(17, |_, _| b"ALPHDEFF\0\x01x".to_vec());
    expect!["LNK024 record 6: the message that is bypassed does not fit"].assert_eq(&none);
}

/// What a gateway makes of a tiding about the first one's message.
fn told_of(
    tiding: Tiding,
    kind: u16,
    to: Terminal,
    meta: impl FnOnce(&World, u64) -> Vec<u8>,
) -> String {
    let (mut world, sequence) = world_of_three();
    let meta = meta(&world, sequence);
    let record = world.hub.append(RecordKind(kind), meta, Bytes::new());
    world.hub.sync();
    let content = told(tiding, about(&world, sequence));
    let lane = (to.institution(), Lane::SYSTEM);
    world.hub.lanes.entry(lane).or_default().entries.push(Entry::Other { record, content });
    hear(&mut world, to)
}

#[test]
fn a_sender_hears_what_was_decided_by_who_got_the_copy() {
    let authorised = |world: &World, sequence| decision(world, sequence, true, chase());
    let stopped = |world: &World, sequence| decision(world, sequence, false, chase());
    let good = told_of(Tiding::Authorised, 116, alpha(), authorised);
    expect!["1 told Authorised of Some((ALPHDEFFA, 1))"].assert_eq(&good);
    let good = told_of(Tiding::Stopped, 116, alpha(), stopped);
    expect!["1 told Stopped of Some((ALPHDEFFA, 1))"].assert_eq(&good);
    let wrong = told_of(Tiding::Stopped, 116, alpha(), authorised);
    expect!["LNK024 record 6: the tiding does not fit"].assert_eq(&wrong);
    let forged = told_of(Tiding::Stopped, 116, alpha(), |world, sequence| {
        decision(world, sequence, false, bank())
    });
    assert!(forged.starts_with("LNK02"), "{forged}");
    let bypass = |_: &World, sequence| bypassed("ALPHDEFF", "BANKFRPP", sequence);
    let good = told_of(Tiding::Bypassed, 117, alpha(), bypass);
    expect!["1 told Bypassed of Some((ALPHDEFFA, 1))"].assert_eq(&good);
    let good = told_of(Tiding::Undecided, 117, chase(), bypass);
    expect!["1 told Undecided of Some((ALPHDEFFA, 1))"].assert_eq(&good);
    // Nobody is told that there is nothing to decide about a message of its own.
    let own = told_of(Tiding::Undecided, 117, alpha(), bypass);
    expect!["LNK024 record 6: the sender of the message does not fit"].assert_eq(&own);
    let held = |_: &World, sequence| aborted("BANKFRPP", Lane::NORMAL, 0, sequence);
    let good = told_of(Tiding::Undecided, 96, chase(), held);
    expect!["1 told Undecided of Some((ALPHDEFFA, 1))"].assert_eq(&good);
    let waited = |_: &World, sequence| aborted("BANKFRPP", Lane::NORMAL, 1, sequence);
    let wrong = told_of(Tiding::Undecided, 96, chase(), waited);
    expect!["LNK024 record 6: the tiding does not fit"].assert_eq(&wrong);
}
