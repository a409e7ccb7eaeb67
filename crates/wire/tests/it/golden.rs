//! The encoding of each kind of frame against a file of `tests/golden/v1`.
//!
//! These files are frozen: where one differs, the protocol has been broken, and the change needs a
//! new version beside the old one.

use std::fmt::{Debug, Write as _};

use bytes::Bytes;
use expect_test::expect_file;
use wire::Encoding;
use wire::v1::{
    Acknowledge, Answer, Answers, Ask, AwaitWitnesses, Bye, Calendar, Calendars, ClockChange,
    Copied, CopyRule, DecideCopy, Decline, Delivered, EncryptionKeys, GatewayFrame, GetReport,
    GetReports, Hello, Hours, HubFrame, Keys, LanePosition, LaneState, Lanes, ListCalendars,
    ListEncryptionKeys, ListKeys, ListRelationships, ListServices, ListUndecided, Message, Offer,
    Offers, Permission, Permit, Proof, Rejected, Relationship, Relationships, Release, Reply,
    Report, Reports, Revoke, Service, Services, SetReports, StateOutstanding, Submit, Undecided,
    UndecidedMessage, Welcome, Witnessed, ask, offer::Content, reply,
};

/// Compares the encoding with the golden file, and what comes back from it with the frame.
#[track_caller]
fn check<F>(name: &str, frame: &F)
where
    F: Encoding + Default + PartialEq + Debug,
{
    let bytes = frame.encode_to_vec();
    let mut text = String::new();
    for line in bytes.chunks(32) {
        line.iter().for_each(|byte| write!(text, "{byte:02x}").expect("a String takes all"));
        text.push('\n');
    }
    expect_file![format!("{}/tests/golden/v1/{name}.hex", env!("CARGO_MANIFEST_DIR"))]
        .assert_eq(&text);
    assert_eq!(F::decode(Bytes::from(bytes)).as_ref(), Ok(frame));
}

fn proof() -> Proof {
    Proof {
        checkpoint: Bytes::from_static(b"nuncio/demo/0\n9\nroot\n\n- signed\n"),
        hashes: Bytes::from_static(&[7; 64]),
        consistency_from: 5,
        consistency: Bytes::from_static(&[8; 32]),
    }
}

#[test]
fn a_hello_keeps_its_bytes() {
    let hello = Hello {
        version: 1,
        network: "demo".to_owned(),
        terminal: "ALPHDEFFA".to_owned(),
        answered_through: 300,
        tree_size: 70_000,
        lanes: vec![
            LanePosition { lane: 0, received_through: 2 },
            LanePosition { lane: 2, received_through: u64::MAX },
        ],
        receives: true,
        window: 256,
        lanes_wanted: Vec::new(),
        only_wanted: false,
    };
    check("hello", &GatewayFrame::from(hello));
}

#[test]
fn a_submit_keeps_its_bytes() {
    let message = |header: &'static [u8], payload: &'static [u8]| Message {
        header: Bytes::from_static(header),
        payload: Bytes::from_static(payload),
    };
    let submit = Submit {
        first_input_number: 301,
        messages: vec![message(b"\x01header", b"<Document/>"), message(b"\x01second", b"")],
        key: Bytes::from_static(&[1, 2, 3, 4, 5, 6, 7, 8]),
        signature: Bytes::from_static(&[9; 64]),
    };
    check("submit", &GatewayFrame::from(submit));
}

#[test]
fn an_acknowledge_keeps_its_bytes() {
    let acknowledge = Acknowledge {
        lane: 2,
        first: 41,
        through: 168,
        key: Bytes::from_static(&[1, 2, 3, 4, 5, 6, 7, 8]),
        signature: Bytes::from_static(&[9; 64]),
        hold: 1,
    };
    check("acknowledge", &GatewayFrame::from(acknowledge));
}

#[test]
fn a_bye_keeps_its_bytes_both_ways() {
    let bye = || Bye { code: "LNK001".to_owned(), text: "the hub stops".to_owned() };
    check("bye", &GatewayFrame::from(bye()));
    check("bye", &HubFrame::from(bye()));
}

#[test]
fn a_welcome_keeps_its_bytes() {
    let welcome = Welcome {
        version: 1,
        session: 12,
        input_number: 300,
        window: 4096,
        frame_messages_max: 256,
        frame_bytes_max: 16 * 1024 * 1024,
        message_bytes_max: 10 * 1024 * 1024,
        proof: Some(proof()),
        time: 1_795_467_600_000_000,
    };
    check("welcome", &HubFrame::from(welcome));
}

#[test]
fn lanes_keep_their_bytes() {
    let lanes = Lanes {
        hold: 3,
        held: true,
        lanes: vec![
            LaneState { lane: 0, acknowledged_through: 0, assigned_through: 3, elsewhere: false },
            LaneState {
                lane: 2,
                acknowledged_through: 40,
                assigned_through: 168,
                elsewhere: false,
            },
        ],
        more: false,
    };
    check("lanes", &HubFrame::from(lanes));
}

#[test]
fn answers_keep_their_bytes() {
    let answer = |meta: &'static [u8]| Answer {
        head: Bytes::from_static(&[5; 140]),
        meta: Bytes::from_static(meta),
    };
    let answers = Answers {
        first_input_number: 301,
        answers: vec![answer(b""), answer(b"refused")],
        grants: vec![Bytes::from_static(b"grant")],
        proof: Some(proof()),
    };
    check("answers", &HubFrame::from(answers));
}

#[test]
fn offers_keep_their_bytes() {
    let offer = |possible_duplicate, content| Offer {
        possible_duplicate,
        head: Bytes::from_static(&[5; 140]),
        meta: Bytes::from_static(b"meta"),
        content: Some(content),
        release: None,
    };
    let delivered = Delivered {
        terminal: "ALPHDEFFA".to_owned(),
        input_number: 301,
        message_head: Bytes::from_static(&[6; 140]),
        index: 130,
        path: Bytes::from_static(&[4; 96]),
        payload_digest: Bytes::from_static(&[3; 32]),
    };
    let offers = Offers {
        lane: 1,
        first_output_number: 41,
        offers: vec![
            offer(true, Content::Payload(Bytes::from_static(b"<Document/>"))),
            offer(false, Content::Payload(Bytes::new())),
            offer(false, Content::Delivered(delivered)),
        ],
        grants: vec![Bytes::from_static(b"grant")],
        proof: Some(Proof { hashes: Bytes::from_static(&[7; 32]), ..Proof::default() }),
    };
    check("offers", &HubFrame::from(offers));
}

#[test]
fn copies_and_releases_keep_their_bytes() {
    let head = Bytes::from_static(&[9; 140]);
    let meta = Bytes::from_static(b"meta");
    let offer = Offer { head: head.clone(), meta: meta.clone(), ..Offer::default() };
    let full = Copied { payload: Bytes::from_static(b"<a/>"), decides: true, ..Copied::default() };
    let header = Copied { payload_digest: Bytes::from_static(&[4; 32]), ..Copied::default() };
    let released = Offer {
        content: Some(Content::Payload(Bytes::from_static(b"<a/>"))),
        release: Some(Release { head, meta }),
        ..offer.clone()
    };
    let copied = |copied| Offer { content: Some(Content::Copied(copied)), ..offer.clone() };
    let offers = Offers {
        lane: 2,
        first_output_number: 5,
        offers: vec![copied(full), copied(header), released],
        ..Offers::default()
    };
    check("offers_copies", &HubFrame::from(offers));
}

#[test]
fn a_decline_keeps_its_bytes() {
    let decline = Decline { meta: Bytes::from_static(b"\x01declined"), hold: 2 };
    check("decline", &GatewayFrame::from(decline));
}

fn permission() -> Permission {
    let types = vec!["pacs.*".to_owned(), "camt.056.001.08".to_owned()];
    Permission { types, from: 1, until: 1_795_467_600_000_000 }
}

#[test]
fn questions_keep_their_bytes() {
    let (sender, service) = ("ALPHDEFF".to_owned(), "payments".to_owned());
    let permit =
        Permit { sender: sender.clone(), service: service.clone(), permission: Some(permission()) };
    let revoke = Revoke { sender, service, reason: "no more".to_owned() };
    let of = ListEncryptionKeys { institution: "BANKFRPP".to_owned() };
    let outstanding = StateOutstanding { receiver: "BANKFRPP".to_owned(), record: 9 };
    let decide = DecideCopy { meta: Bytes::from_static(b"\x01decided") };
    let questions = [
        ("ask_permit", ask::Question::Permit(permit)),
        ("ask_revoke", ask::Question::Revoke(revoke)),
        ("ask_relationships", ask::Question::ListRelationships(ListRelationships { skip: 9 })),
        ("ask_services", ask::Question::ListServices(ListServices {})),
        ("ask_state_outstanding", ask::Question::StateOutstanding(outstanding)),
        ("ask_calendars", ask::Question::ListCalendars(ListCalendars {})),
        (
            "ask_set_reports",
            ask::Question::SetReports(SetReports {
                hours: vec![480, 1020],
                at_cut_off: true,
                check_at: 361,
            }),
        ),
        ("ask_reports", ask::Question::GetReports(GetReports {})),
        (
            "ask_report",
            ask::Question::GetReport(GetReport { kind: 2, after: String::new(), day: 20_785 }),
        ),
        ("ask_encryption_keys", ask::Question::ListEncryptionKeys(of)),
        ("ask_decide_copy", ask::Question::DecideCopy(decide)),
        ("ask_undecided", ask::Question::ListUndecided(ListUndecided { after: 811 })),
    ];
    for (name, question) in questions {
        check(name, &GatewayFrame::from(Ask { number: 3, question: Some(question) }));
    }
}

#[test]
fn replies_keep_their_bytes() {
    let relationship = Relationship {
        sender: "ALPHDEFF".to_owned(),
        receiver: "BANKFRPP".to_owned(),
        service: "payments".to_owned(),
        permission: Some(permission()),
        request: 0,
    };
    let service = Service {
        name: "payments".to_owned(),
        types: vec!["*".to_owned()],
        profile: "base".to_owned(),
        payload_bytes_max: 100_000,
        needs_relationship: true,
        closed: true,
        member: true,
        retired: false,
        retention_days: 124,
        hours: None,
        file_bytes_max: 0,
        sealed: false,
        copy: None,
    };
    let hours = Hours {
        calendar: "target".to_owned(),
        opens: 420,
        urgent_until: 1080,
        normal_until: 1020,
        holds: true,
    };
    let open = Service { name: "open".to_owned(), hours: Some(hours), ..Service::default() };
    let calendar = Calendar {
        name: "target".to_owned(),
        free_weekdays: 96,
        clock: vec![ClockChange { from: 0, ahead_minutes: -300 }],
        holidays: vec![20_812],
    };
    let sealed = Service { name: "confidential".to_owned(), sealed: true, ..Service::default() };
    let rejected = Rejected { code: "NET071".to_owned(), text: "there is no service".to_owned() };
    let relationships = Relationships { relationships: vec![relationship], more: true };
    let keys = EncryptionKeys { grants: vec![b"a note".as_slice().into()] };
    let answers = [
        ("reply_encryption_keys", reply::Answer::EncryptionKeys(keys)),
        ("reply_sealed_service", reply::Answer::Services(Services { services: vec![sealed] })),
        ("reply_recorded", reply::Answer::Recorded(812)),
        ("reply_rejected", reply::Answer::Rejected(rejected)),
        ("reply_relationships", reply::Answer::Relationships(relationships)),
        ("reply_services", reply::Answer::Services(Services { services: vec![service] })),
        ("reply_services_hours", reply::Answer::Services(Services { services: vec![open] })),
        ("reply_calendars", reply::Answer::Calendars(Calendars { calendars: vec![calendar] })),
        (
            "reply_reports",
            reply::Answer::Reports(Reports {
                hours: vec![480],
                at_cut_off: true,
                check_at: 1,
                undelivered_due: 9_000_000,
                check_due: 0,
            }),
        ),
        (
            "reply_report",
            reply::Answer::Report(Report { document: "[]".to_owned(), next: "h 5 7".to_owned() }),
        ),
    ];
    for (name, answer) in answers {
        check(name, &HubFrame::from(Reply { number: 3, answer: Some(answer), proof: None }));
    }
}

#[test]
fn replies_about_copies_keep_their_bytes() {
    let service = Service {
        name: "payments".to_owned(),
        types: vec!["*".to_owned()],
        profile: "base".to_owned(),
        payload_bytes_max: 100_000,
        needs_relationship: true,
        closed: true,
        member: true,
        retired: false,
        retention_days: 124,
        hours: None,
        file_bytes_max: 0,
        sealed: false,
        copy: None,
    };
    let copy = CopyRule {
        institution: "CHASUS33".to_owned(),
        holds: true,
        header_only: true,
        types: vec!["pacs.009.*".to_owned()],
    };
    let copied = Service { name: "high-value".to_owned(), copy: Some(copy), ..service };
    let message = UndecidedMessage {
        terminal: "ALPHDEFFA".to_owned(),
        input_number: 42,
        record: 812,
        receiver: "BANKFRPP".to_owned(),
        service: "high-value".to_owned(),
        lane: 2,
        late: true,
    };
    let undecided = Undecided { messages: vec![message], more: true };
    let answers = [
        ("reply_service_copied", reply::Answer::Services(Services { services: vec![copied] })),
        ("reply_undecided", reply::Answer::Undecided(undecided)),
    ];
    for (name, answer) in answers {
        check(name, &HubFrame::from(Reply { number: 3, answer: Some(answer), proof: None }));
    }
}

#[test]
fn witnesses_are_awaited_in_the_same_bytes() {
    let wanted = AwaitWitnesses { above: 70_000, records: vec![70_001, 70_300] };
    let question = Some(ask::Question::AwaitWitnesses(wanted));
    check("await_witnesses", &GatewayFrame::from(Ask { number: 3, question }));
    let witnessed = Witnessed {
        checkpoint: Bytes::from_static(b"nuncio/demo/0\n9\nroot\n\n- signed\n- cosigned\n"),
        shown: 70_400,
        consistency: Bytes::from_static(&[8; 32]),
        hashes: Bytes::from_static(&[7; 64]),
    };
    let answer = Some(reply::Answer::Witnessed(witnessed));
    check("witnessed", &HubFrame::from(Reply { number: 3, answer, proof: None }));
}

#[test]
fn keys_are_asked_for_in_the_same_bytes() {
    let question = Some(ask::Question::ListKeys(ListKeys { terminal: "ALPHDEFFA".to_owned() }));
    check("ask_keys", &GatewayFrame::from(Ask { number: 4, question }));
    let keys = Keys { grants: vec![Bytes::from_static(b"one"), Bytes::from_static(b"other")] };
    let answer = Some(reply::Answer::Keys(keys));
    check("reply_keys", &HubFrame::from(Reply { number: 4, answer, proof: None }));
}
