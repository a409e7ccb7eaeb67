//! Plays scripts against a network: one command a line, and what came of each as text.
//!
//! Every line checks on its way what must hold for every command: a rejection leaves the state as it
//! was, a record decodes to the event that was decided, the state survives its encoding.
//!
//! ```text
//! [@time] admit INSTITUTION NAME | suspend INSTITUTION REASON | reinstate INSTITUTION
//! grant TERMINAL KEY [from=N] [until=N] [network=NAME]
//! open TERMINAL [receives] [answered=N] [system=N] [urgent=N] [normal=N] [lane9=N]
//! close TERMINAL [session=N] [REASON]
//! submit TERMINAL NUMBER RECEIVER [urgent|system] [notice] [key=N] [session=N] [sender=TERMINAL]
//!   [number=N] [network=NAME] [expires=N]
//! refuse TERMINAL NUMBER [session=N]
//! ack TERMINAL LANE FIRST THROUGH [key=N|unsigned] [session=N]
//! tick | epoch | pending INSTITUTION LANE | answers TERMINAL | sessions
//! ```
//!
//! A session that is not named is the open one; times go up by one a line.

use std::fmt::Write as _;

use expect_test::Expect;
use iso::{Institution, Terminal};
use trust::{
    Accepted, Acknowledged, Digest, Fault, FrameProof, Header, KeyGrant, KeyId, Label, Lane,
    LogTime, Monitoring, Priority, PublicKey, Reason, Reasons, RecordKind, Refused, Shard,
    Signature, SignedRoot, SigningKey, Statement,
};

use crate::answers::AnswerRun;
use crate::command::Command;
use crate::commands::acknowledge::Acknowledge;
use crate::commands::admit::Admit;
use crate::commands::close_session::{CloseReason, CloseSession};
use crate::commands::grant_key::GrantKey;
use crate::commands::open_session::OpenSession;
use crate::commands::refuse::Refuse;
use crate::commands::submit::Submit;
use crate::directory::SessionNumber;
use crate::effect::Effect;
use crate::envelope::Checked;
use crate::event::{Decision, Event};
use crate::lane::{Item, LANES, Notice};
use crate::network::Network;
use crate::rejection::Rejection;

/// Plays a script from the beginning of a network and compares what came of it.
#[track_caller]
pub(crate) fn check(script: &str, want: &Expect) {
    let mut stage = Stage::new();
    stage.play(script);
    want.assert_eq(&stage.said);
}

/// Plays a script in a network of two members, each with a terminal that has key 1 and an open
/// session that receives; the records 0 to 6 made it so.
#[track_caller]
pub(crate) fn check_with_members(script: &str, want: &Expect) {
    let mut stage = Stage::with_members();
    stage.play(script);
    want.assert_eq(&stage.said);
}

/// A network and the journal that made it.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) network: Network,
    pub(crate) journal: Vec<Written>,
    pub(crate) said: String,
    time: u64,
}

/// A record as a journal would hold it.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) at: LogTime,
    pub(crate) sequence: u64,
    pub(crate) kind: RecordKind,
    pub(crate) meta: Vec<u8>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let network = Network::new(label("demo"), Shard(0));
        Self { network, journal: Vec::new(), said: String::new(), time: 0 }
    }

    pub(crate) fn with_members() -> Self {
        let mut stage = Self::new();
        stage.play(
            "
            @0 epoch
            admit ALPHDEFF Alpha Bank
            admit BANKFRPP Banque B
            grant ALPHDEFFA 1
            grant BANKFRPPA 1
            open ALPHDEFFA receives
            open BANKFRPPA receives
            ",
        );
        stage.said.clear();
        stage
    }

    pub(crate) fn play(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let line = Line::new(line);
            match line.word(0) {
                "pending" => self.say_pending(&line),
                "answers" => self.say_answers(&line),
                "sessions" => self.say_sessions(),
                _ => {
                    // A rejection is written into what was said.
                    let _ = self.step(&line);
                }
            }
        }
    }

    /// Plays one line that is a command or an epoch, and gives what came of it.
    pub(crate) fn step(&mut self, line: &Line<'_>) -> Result<Vec<Effect>, Rejection> {
        self.time = line.time.unwrap_or(self.time + 1);
        if line.word(0) == "epoch" {
            return Ok(self.write(Decision { event: Event::EpochOpened, meta: Vec::new() }));
        }
        self.run(self.command(line))
    }

    /// Decides and applies one command.
    fn run(&mut self, command: Command) -> Result<Vec<Effect>, Rejection> {
        let before = self.network.clone();
        let decided = self.network.decide(LogTime(self.time), command);
        assert_eq!(self.network, before, "a decision changes nothing");
        match decided {
            Ok(decision) => Ok(self.write(decision)),
            Err(rejection) => {
                writeln!(self.said, "{} {rejection}", rejection.code()).unwrap();
                Err(rejection)
            }
        }
    }

    /// Writes a record and applies it.
    fn write(&mut self, decision: Decision) -> Vec<Effect> {
        let Decision { event, meta } = decision;
        let kind = event.kind();
        assert_eq!(Event::decode(kind, &meta).as_ref(), Ok(&event), "a record says what it is");
        let (at, sequence) = (LogTime(self.time), self.journal.len() as u64);
        let mut effects = Vec::new();
        self.network.apply(at, sequence, &event, &mut effects);
        let copy = Network::decode(&self.network.encode());
        assert_eq!(copy.as_ref(), Ok(&self.network), "a state survives its encoding");
        for effect in &effects {
            self.say(effect);
        }
        if kind == RecordKind::REFUSED {
            for reason in Refused::decode(&meta).unwrap().reasons.iter() {
                let (code, fault, place, text) =
                    (reason.code(), reason.fault(), reason.place(), reason.text());
                writeln!(self.said, "  {code} at {place}, fault of the {fault}: {text}").unwrap();
            }
        }
        self.journal.push(Written { at, sequence, kind, meta });
        effects
    }

    /// The session that a line names, or the open one, or 1.
    fn session(&self, line: &Line<'_>, terminal: Terminal) -> SessionNumber {
        let open = self.network.session(terminal).map_or(SessionNumber(1), |view| view.session);
        line.number("session").map_or(open, SessionNumber)
    }

    fn command(&self, line: &Line<'_>) -> Command {
        match line.word(0) {
            "admit" => Command::Admit(Admit {
                institution: line.word(1).parse().unwrap(),
                name: line.rest(2).parse().unwrap(),
            }),
            "suspend" => Command::Suspend {
                institution: line.word(1).parse().unwrap(),
                reason: line.rest(2).parse().unwrap(),
            },
            "reinstate" => Command::Reinstate { institution: line.word(1).parse().unwrap() },
            "grant" => Command::GrantKey(Box::new(grant(line))),
            "open" => Command::OpenSession(open(line)),
            "close" => {
                let terminal = line.word(1).parse().unwrap();
                let session = self.session(line, terminal);
                Command::CloseSession(CloseSession {
                    terminal,
                    session,
                    reason: close_reason(line),
                })
            }
            "submit" => {
                let terminal = line.word(1).parse().unwrap();
                Command::Submit(submit(line, terminal, self.session(line, terminal)))
            }
            "refuse" => {
                let terminal = line.word(1).parse().unwrap();
                let input_number = line.word(2).parse().unwrap();
                Command::Refuse(refuse(terminal, input_number, self.session(line, terminal)))
            }
            "ack" => {
                let terminal = line.word(1).parse().unwrap();
                Command::Acknowledge(acknowledge(line, terminal, self.session(line, terminal)))
            }
            "tick" => Command::Tick,
            verb => panic!("no such verb: {verb}"),
        }
    }

    fn say(&mut self, effect: &Effect) {
        let said = &mut self.said;
        match effect {
            Effect::SessionOpened { terminal, session, input_number, answers_after, lanes } => {
                write!(said, "welcome {terminal} to session {session}: input {input_number}")
                    .unwrap();
                write!(said, ", answers after {answers_after}").unwrap();
                for position in lanes {
                    let (lane, through) = (position.lane, position.acknowledged_through);
                    write!(said, ", {lane} {through}/{}", position.last_output_number).unwrap();
                }
                writeln!(said)
            }
            Effect::SessionClosed { terminal, session, end } => {
                writeln!(said, "end session {session} of {terminal}: {end:?}")
            }
            Effect::LanesHeld { institution, by: Some((terminal, session)) } => {
                writeln!(said, "lanes of {institution} to session {session} of {terminal}")
            }
            Effect::LanesHeld { institution, by: None } => {
                writeln!(said, "lanes of {institution} to nobody")
            }
            Effect::Answered { terminal, input_number, sequence, accepted } => {
                let verb = if *accepted { "accepted" } else { "refused" };
                writeln!(said, "{verb} {input_number} of {terminal} in record {sequence}")
            }
            Effect::Offered { institution, lane, output_number, sequence } => {
                writeln!(said, "offer {institution} {lane} {output_number}: record {sequence}")
            }
            Effect::Noticed { institution, output_number } => {
                writeln!(said, "offer {institution} system {output_number}: notice")
            }
            Effect::Acknowledged { by, lane, through } => {
                writeln!(said, "{by} took {lane} over through {through}")
            }
            Effect::StatusChanged { institution } => {
                let status = self.network.member(*institution).unwrap().status;
                writeln!(said, "{institution} is {status:?}")
            }
            Effect::KeyGranted { holder, key } => writeln!(said, "{holder} may sign with {key}"),
        }
        .unwrap();
    }

    fn say_pending(&mut self, line: &Line<'_>) {
        let institution: Institution = line.word(1).parse().unwrap();
        for offer in self.network.pending(institution, lane(line.word(2)), 0) {
            let number = offer.output_number;
            let mark = if offer.possible_duplicate { ", possible duplicate" } else { "" };
            match offer.item {
                Item::Message { sequence } => {
                    writeln!(self.said, "  {number}: message in record {sequence}{mark}")
                }
                Item::Delivered(Notice {
                    sender,
                    input_number,
                    sequence,
                    acknowledged_in,
                    index,
                }) => {
                    let message = format!("{input_number} of {sender} in record {sequence}");
                    let place = format!("place {index} of record {acknowledged_in}");
                    writeln!(self.said, "  {number}: {message} delivered, {place}{mark}")
                }
            }
            .unwrap();
        }
    }

    fn say_answers(&mut self, line: &Line<'_>) {
        for run in self.network.answers(line.word(1).parse().unwrap(), 0, u64::MAX) {
            let AnswerRun { first_input_number, first_sequence, count, accepted } = run;
            let verb = if accepted { "accepted" } else { "refused" };
            let from = format!("{first_input_number} in record {first_sequence}");
            writeln!(self.said, "  {count} {verb} from {from}").unwrap();
        }
    }

    fn say_sessions(&mut self) {
        for view in self.network.sessions() {
            let receives = if view.receives { ", receives" } else { "" };
            writeln!(self.said, "  session {} of {}{receives}", view.session, view.terminal)
                .unwrap();
        }
    }
}

/// The signing key of a number.
pub(crate) fn public(number: u64) -> PublicKey {
    SigningKey::from_seed(&[u8::try_from(number).unwrap(); 32]).public().clone()
}

/// A header as the script's terminals write it.
pub(crate) fn header(sender: Terminal, input_number: u64, receiver: &str) -> Header {
    Header {
        network: label("demo"),
        service: label("payments"),
        message_type: label("pacs.008.001.08"),
        sender,
        receiver: receiver.parse().unwrap(),
        input_number,
        created_at: LogTime(5),
        expires_at: None,
        payload_length: 3,
        reference: "REF-1".parse().unwrap(),
        uetr: None,
        priority: Priority::Normal,
        monitoring: Monitoring::None,
        possible_duplicate: false,
    }
}

/// A message that passed the check, signed with a key. The machine verifies no signature.
pub(crate) fn checked(header: &Header, key: KeyId) -> Checked {
    let header = header.encode();
    let statement = Statement::of(&header, &Digest::of(b"<a>"));
    let signature = Signature([7; 64]);
    let proof = FrameProof { key, size: 1, index: 0, signature, path: Vec::new() };
    Checked::new(&Accepted { header, proof }, statement).unwrap()
}

pub(crate) fn refuse(terminal: Terminal, input_number: u64, session: SessionNumber) -> Refuse {
    let text = "element Amt is missing";
    let reason = Reason::new(label("MX017"), Fault::Sender, "/Document/FIToFICstmrCdtTrf", text);
    let statement = Statement(Digest::of(&input_number.to_be_bytes()));
    let reasons = Reasons::one(reason);
    let refused = Refused { terminal, input_number, statement, reasons, header: None };
    Refuse { session, refused }
}

fn submit(line: &Line<'_>, terminal: Terminal, session: SessionNumber) -> Submit {
    let input_number = line.word(2).parse().unwrap();
    let number = line.number("number").unwrap_or(input_number);
    let sender = line.value("sender").map_or(terminal, |sender| sender.parse().unwrap());
    let mut header = header(sender, number, line.word(3));
    header.network = label(line.value("network").unwrap_or("demo"));
    header.expires_at = line.number("expires").map(LogTime);
    if line.has("urgent") {
        header.priority = Priority::Urgent;
    }
    if line.has("system") {
        header.priority = Priority::System;
    }
    if line.has("notice") {
        header.monitoring = Monitoring::Notice;
    }
    let key = public(line.number("key").unwrap_or(1)).id();
    Submit { session, terminal, input_number, message: checked(&header, key) }
}

fn acknowledge(line: &Line<'_>, by: Terminal, session: SessionNumber) -> Acknowledge {
    let lane = lane(line.word(2));
    let key = line.number("key").or_else(|| (lane != Lane::SYSTEM).then_some(1));
    let signed = key.filter(|_| !line.has("unsigned")).map(signed_with);
    let (first, through) = (line.word(3).parse().unwrap(), line.word(4).parse().unwrap());
    Acknowledge { session, acknowledged: Acknowledged { by, lane, first, through, signed } }
}

/// What stands for a signature with the key of a number. The machine verifies no signature.
pub(crate) fn signed_with(key: u64) -> SignedRoot {
    SignedRoot { root: Digest::of(b"root"), key: public(key).id(), signature: Signature([9; 64]) }
}

fn grant(line: &Line<'_>) -> GrantKey {
    let grant = KeyGrant {
        network: label(line.value("network").unwrap_or("demo")),
        holder: line.word(1).parse().unwrap(),
        key: public(line.word(2).parse().unwrap()),
        from: LogTime(line.number("from").unwrap_or(0)),
        until: LogTime(line.number("until").unwrap_or(1_000_000)),
    };
    let note = format!("{}\n— nuncio/demo/root AAAA\n", grant.text());
    GrantKey { grant, note }
}

fn open(line: &Line<'_>) -> OpenSession {
    let names = ["system", "urgent", "normal", "lane9"];
    let received = names.iter().filter_map(|name| Some((lane(name), line.number(name)?)));
    OpenSession {
        terminal: line.word(1).parse().unwrap(),
        answered_through: line.number("answered").unwrap_or(0),
        receives: line.has("receives"),
        received: received.collect(),
    }
}

fn close_reason(line: &Line<'_>) -> CloseReason {
    match line.words.last() {
        Some(&"lost") => CloseReason::LinkLost,
        Some(&"violation") => CloseReason::Violation,
        Some(&"operator") => CloseReason::Operator,
        Some(&"stopping") => CloseReason::HubStopping,
        _ => CloseReason::Goodbye,
    }
}

fn lane(name: &str) -> Lane {
    let known = LANES.into_iter().find(|lane| lane.to_string() == name);
    known.unwrap_or_else(|| Lane(name.strip_prefix("lane").unwrap().parse().unwrap()))
}

fn label(name: &str) -> Label {
    name.parse().unwrap()
}

/// A line of a script.
pub(crate) struct Line<'a> {
    time: Option<u64>,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let time = words[0].strip_prefix('@').map(|time| time.parse().unwrap());
        if time.is_some() {
            words.remove(0);
        }
        Self { time, words }
    }

    fn word(&self, at: usize) -> &'a str {
        self.words[at]
    }

    fn rest(&self, from: usize) -> String {
        self.words[from..].join(" ")
    }

    fn has(&self, flag: &str) -> bool {
        self.words.contains(&flag)
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.value(name).map(|value| value.parse().unwrap())
    }
}
