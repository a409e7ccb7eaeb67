//! Plays scripts against a network: one command a line, and what came of each as text.
//!
//! Every line checks on its way what must hold for every command: a rejection leaves the state as it
//! was, a record decodes to the event that was decided, the state survives its encoding.
//!
//! The words of a line stand in their order; those in brackets may be left out:
//!
//! ```text
//! [@time] admit INSTITUTION NAME | suspend INSTITUTION REASON | reinstate INSTITUTION
//! expel INSTITUTION REASON | revoke-key TERMINAL KEY REASON
//! describe INSTITUTION [branches=B,B] [contact=TEXT]
//! grant TERMINAL KEY [encryption] [from=TIME] [until=TIME] [network=NAME]
//! open TERMINAL [receives [for=LANE,LANE [only]]] [answered=N] [system=N] [urgent=N] [normal=N] [real-time=N]
//!   [lane9=N]
//! close TERMINAL [session=N] [REASON]
//! submit TERMINAL NUMBER RECEIVER [urgent|system|real-time] [answers=RECORD [normal]] [warning|notice|both] [service=NAME] [type=NAME]
//!   [ref=TEXT] [size=N] [expires=TIME] [again] [sealed] [key=N] [session=N] [sender=TERMINAL] [number=N]
//!   [network=NAME] [file=NUMBER/BYTES]
//! refuse TERMINAL NUMBER [session=N]
//! ack TERMINAL LANE FIRST THROUGH [key=N|unsigned] [session=N]
//! service NAME | change NAME, each with [types=P,P] [size=N] [monitoring=1,2,3] [closed]
//!   [needs-relationship] [sealed] [days=N] [duplicates=flag|refuse window=SECONDS] [warn=URGENT/NORMAL]
//!   [late=URGENT/NORMAL] [withdraw=SECONDS] [withdraws-expired] [real-time=MILLISECONDS]
//!   [files=BYTES[/QUOTA]]
//!   [copy=INSTITUTION [inform] [header] [copied=P,P] [bypass=order|SECONDS]]
//! retire SERVICE REASON | join SERVICE INSTITUTION | leave SERVICE INSTITUTION
//! permit RECEIVER SENDER SERVICE [types=P,P] [from=TIME] [until=TIME]
//! request SENDER RECEIVER SERVICE, as for permit | revoke, deny RECEIVER SENDER SERVICE REASON
//! authorise TERMINAL RECORD [to-sender=TEXT] [to-receiver=TEXT] [key=N] [session=N]
//! stop TERMINAL RECORD CODE, as for authorise | bypass SERVICE on|off REASON
//! undecided INSTITUTION [after=RECORD]
//! decline TERMINAL LANE NUMBER CODE TEXT [key=N] [session=N]
//! state-outstanding INSTITUTION|operator RECEIVER RECORD
//! calendar NAME [free=Mo,Tu] [clock=TIME:MINUTES,TIME:MINUTES] [holidays=DATE,DATE]
//! a service: [calendar=NAME opens=MINUTE until=URGENT/NORMAL hold|refuse]
//! lane-rules INSTITUTION [RULE...], a rule is LANE/NAME/CONDITION/..., a condition is urgent, normal,
//!   types=P,P branch=B sender=INSTITUTION service=NAME or -, which makes no rule | lanes INSTITUTION
//! reports INSTITUTION [hours=MINUTE,MINUTE] [check=MINUTE] [cut-off] | held INSTITUTION
//! abort RECEIVER RECORD REASON
//! broadcast [service=NAME] [from=TIME until=TIME] TEXT
//! figures INSTITUTION DAY | history TERMINAL
//! file INSTITUTION SENDER NUMBER | upload TERMINAL SERVICE NUMBER BYTES
//! undelivered INSTITUTION LIMIT [after RECEIVER LANE NUMBER [record=N]]
//! tick | epoch | deadline | attempts INSTITUTION LANE NUMBER | pending INSTITUTION LANE
//! answers TERMINAL | sessions | requests | open-requests | encryption-keys INSTITUTION
//! ```
//!
//! An encryption key is granted with the word `encryption`, and revoked with an `x` before its number.
//! A line that begins with `#` is for the reader. A session that is not named is the open one; times
//! go up by one a line. A time is a number of microseconds, or of seconds, hours or days: `90s`,
//! `5h`, `124d`.

mod parse;
mod say;

use std::fmt::Write as _;

use expect_test::Expect;
use iso::Terminal;
use trust::{LogTime, RecordKind, Refused, Shard};

use self::parse::label;
pub(crate) use self::parse::{Line, checked, header, public};
use crate::command::Command;
use crate::directory::SessionNumber;
use crate::effect::Effect;
use crate::event::{Decision, Event};
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

/// Plays a script in a network of two members as [`check_with_members`] does, with keys that are
/// good for 400 days; the records 0 to 8 made it so.
#[track_caller]
pub(crate) fn check_over_days(script: &str, want: &Expect) {
    let mut stage = Stage::over_days();
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

    /// [`Self::with_members`] with keys that are good for 400 days.
    pub(crate) fn over_days() -> Self {
        let mut stage = Self::with_members();
        stage.play(
            "
            grant ALPHDEFFA 1 until=400d
            grant BANKFRPPA 1 until=400d
            ",
        );
        stage.said.clear();
        stage
    }

    pub(crate) fn play(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if line.starts_with('#') {
                continue;
            }
            let line = Line::new(line);
            match line.word(0) {
                "pending" => self.say_pending(&line),
                "answers" => self.say_answers(&line),
                "sessions" => self.say_sessions(),
                "requests" => self.say_requests(),
                "open-requests" => self.say_open_requests(),
                "encryption-keys" => self.say_encryption_keys(&line),
                "held" => self.say_held(&line),
                "deadline" => self.say_deadline(),
                "figures" => self.say_figures(&line),
                "file" => self.say_file(&line),
                "upload" => self.say_upload(&line),
                "history" => self.say_history(&line),
                "undelivered" => self.say_undelivered(&line),
                "undecided" => self.say_undecided(&line),
                "lanes" => self.say_lanes(&line),
                "attempts" => self.say_attempts(&line),
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
    pub(crate) fn run(&mut self, command: Command) -> Result<Vec<Effect>, Rejection> {
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
}
