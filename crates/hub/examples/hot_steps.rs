//! Does one step of a message's way as often as asked, and nothing else: `hot_steps STEP COUNT`.
//!
//! `cargo xtask instructions` runs it under valgrind, twice with different counts, and takes the
//! difference: what one more message costs, without what comes before. It is no benchmark of time,
//! and holds no signatures: those are the library's.

use std::hint::black_box;
use std::process::ExitCode;

use bytes::Bytes;
use document::{Checker, Profile, Rules};
use iso::Terminal;
use network::{
    Acknowledge, Admit, Checked, Command, GrantKey, Network, OpenSession, SessionNumber, Submit,
};
use trust::{
    Accepted, Acknowledged, Digest, FrameProof, Header, KeyGrant, Lane, LogTime, Monitoring,
    Priority, Shard, Signature, SignedRoot, SigningKey, Statement,
};
use wire::Encoding as _;
use wire::latest::{self, GatewayFrame};

const PACS_008: &[u8] = include_bytes!("../../../samples/pacs.008.001.08.xml");
const MT_103: &[u8] = include_bytes!("../../../samples/mt103.fin");
/// How many messages a frame holds, and an acknowledgement takes over.
const GROUP: u64 = 16;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let step = arguments.next().unwrap_or_default();
    let Some(count) = arguments.next().and_then(|count| count.parse().ok()) else {
        return ExitCode::FAILURE;
    };
    match step.as_str() {
        "check-pacs.008" => check(PACS_008, count),
        "check-mt103" => check(MT_103, count),
        "header" => headers(count),
        "decide-apply" => decide_and_apply(count),
        "frame" => frames(count),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

fn check(message: &[u8], count: u64) {
    let mut checker = Checker::new(Rules::built_in(Profile::CrossBorder));
    for _ in 0..count {
        assert!(black_box(checker.check(black_box(message))).is_ok(), "the samples are valid");
    }
}

fn headers(count: u64) {
    for number in 1..=count {
        let header = header(number).encode();
        assert!(black_box(Header::decode(black_box(&header))).is_ok(), "it is a header");
    }
}

fn decide_and_apply(count: u64) {
    let key = SigningKey::from_seed(&[1; 32]).public().clone();
    let mut machine = Machine { network: Network::new(name(), Shard(0)), sequence: 0 };
    for holder in [sender(), receiver()] {
        let institution = holder.institution();
        machine
            .step(Command::Admit(Admit { institution, name: "A Bank".parse().expect("a name") }));
        let (from, until) = (LogTime(0), LogTime(9));
        let grant = KeyGrant { network: name(), holder, key: key.clone(), from, until };
        let note = format!("{}\n— root AAAA\n", grant.text());
        machine.step(Command::GrantKey(Box::new(GrantKey { grant, note })));
        machine.step(Command::OpenSession(OpenSession {
            terminal: holder,
            answered_through: 0,
            receives: true,
            claims: network::Claims::ALL,
            received: [].into(),
        }));
    }
    let session = SessionNumber(1);
    for input_number in 1..=count * GROUP {
        let header = header(input_number).encode();
        let statement = Statement(Digest::default());
        let (signature, path) = (Signature([1; 64]), vec![Digest::default(); 4]);
        let proof = FrameProof { key: key.id(), size: 16, index: 7, signature, path };
        let message = Checked::new(&Accepted { header, proof }, statement).expect("a header");
        let submit = Submit { session, terminal: sender(), input_number, message };
        machine.step(Command::Submit(submit));
        if input_number % GROUP == 0 {
            let (by, first) = (receiver(), input_number + 1 - GROUP);
            let signature = Signature([1; 64]);
            let signed = Some(SignedRoot { root: Digest::default(), key: key.id(), signature });
            let (lane, through) = (Lane::NORMAL, input_number);
            let acknowledged = Acknowledged { by, lane, first, through, signed };
            machine.step(Command::Acknowledge(Acknowledge { session, acknowledged }));
        }
    }
}

struct Machine {
    network: Network,
    sequence: u64,
}

impl Machine {
    fn step(&mut self, command: Command) {
        let mut effects = Vec::new();
        let decision = self.network.decide(LogTime(1), command).expect("the rules are kept");
        self.network.apply(LogTime(1), self.sequence, &decision.event, &mut effects);
        black_box((effects, decision));
        self.sequence += 1;
    }
}

fn frames(count: u64) {
    let payload = Bytes::from_static(MT_103);
    let header = Bytes::from(header(1).encode());
    for first_input_number in 1..=count {
        let message = |_| latest::Message { header: header.clone(), payload: payload.clone() };
        let frame = GatewayFrame::from(latest::Submit {
            first_input_number,
            messages: (0..GROUP).map(message).collect(),
            key: Bytes::from_static(&[1; 8]),
            signature: Bytes::from_static(&[2; 64]),
        });
        let bytes = Bytes::from(frame.encode_to_vec());
        assert!(black_box(GatewayFrame::decode(black_box(bytes))).is_ok(), "it is a frame");
    }
}

fn header(input_number: u64) -> Header {
    Header {
        network: name(),
        service: "payments".parse().expect("a name"),
        message_type: "pacs.008.001.08".parse().expect("a name"),
        sender: sender(),
        receiver: receiver().institution().head_office(),
        input_number,
        created_at: LogTime(1),
        expires_at: None,
        payload_length: 3412,
        reference: format!("BANK-2026-11-23-{input_number:06}").parse().expect("a reference"),
        uetr: None,
        priority: Priority::Normal,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    }
}

fn name() -> trust::NetworkName {
    "demo".parse().expect("a name")
}

fn sender() -> Terminal {
    "ALPHDEFFA".parse().expect("a terminal")
}

fn receiver() -> Terminal {
    "BRAVFRPPA".parse().expect("a terminal")
}
