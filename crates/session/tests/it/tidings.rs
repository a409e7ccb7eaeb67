//! What else a hub may tell: the word of a withdrawal, and what stands on record.

use bytes::Bytes;
use expect_test::{Expect, expect};
use iso::{Institution, Terminal};
use network::Tiding;
use session::gateway::{Event, Item};
use session::hub::{About, Content, Told};
use trust::codec::Writer;
use trust::{
    Declined, Digest, Fault, KeyId, Lane, Monitoring, Outstanding, Priority, Reason, RecordKind,
    Signature, SignedRoot,
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
                Item::Message(_) | Item::Notice(_) => "something else".to_owned(),
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
