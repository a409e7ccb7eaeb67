//! A line of a script as a command.

use iso::Terminal;
use trust::{
    Accepted, Acknowledged, CopyDecision, Declined, Digest, Fault, FileName, FrameProof, Header,
    KeyGrant, KeyId, Label, Lane, LogTime, Monitoring, OpeningKey, Priority, PublicKey, Reason,
    Reasons, Refused, Signature, SignedRoot, SigningKey, Statement, Verdict,
};

use super::Stage;
use crate::calendar::{Calendar, Hours, LocalDay, WhileClosed};
use crate::command::Command;
use crate::commands::acknowledge::Acknowledge;
use crate::commands::admit::Admit;
use crate::commands::broadcast::Broadcast;
use crate::commands::close_session::{CloseReason, CloseSession};
use crate::commands::decide_copy::DecideCopy;
use crate::commands::decline::Decline;
use crate::commands::grant_key::GrantKey;
use crate::commands::open_session::OpenSession;
use crate::commands::refuse::Refuse;
use crate::commands::submit::Submit;
use crate::copy::{Bypass, CopyExtent, CopyMode, CopyRule};
use crate::directory::{Profile, SessionNumber};
use crate::envelope::Checked;
use crate::event::Relation;
use crate::lane::LANES;
use crate::lane_rules::{LaneRule, LaneRules};
use crate::leases::Claims;
use crate::pattern::Patterns;
use crate::relationship::Permission;
use crate::reports::{ReportRules, ReportTimes};
use crate::service::{ByPriority, DuplicateCheck, FileRules, MonitoringOptions, Service, Timing};

impl Stage {
    pub(crate) fn command(&self, line: &Line<'_>) -> Command {
        match line.word(0) {
            "admit" => Command::Admit(Admit {
                institution: line.word(1).parse().unwrap(),
                name: line.rest(2).parse().unwrap(),
            }),
            "suspend" => Command::Suspend {
                institution: line.word(1).parse().unwrap(),
                reason: line.rest(2).parse().unwrap(),
            },
            "expel" => Command::Expel {
                institution: line.word(1).parse().unwrap(),
                reason: line.rest(2).parse().unwrap(),
            },
            "revoke-key" => Command::RevokeKey {
                holder: line.word(1).parse().unwrap(),
                key: match line.word(2).strip_prefix('x') {
                    Some(number) => encryption(number.parse().unwrap()).id(),
                    None => public(line.word(2).parse().unwrap()).id(),
                },
                reason: line.rest(3).parse().unwrap(),
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
            "decline" => {
                let by = line.word(1).parse().unwrap();
                let code = label(line.word(4));
                let declined = Declined {
                    by,
                    lane: lane(line.word(2)),
                    output_number: line.word(3).parse().unwrap(),
                    reason: Reason::new(code, Fault::Sender, "", line.word(5)),
                    signed: signed_with(line.number("key").unwrap_or(1)),
                };
                Command::Decline(Box::new(Decline { session: self.session(line, by), declined }))
            }
            "authorise" | "stop" => Command::DecideCopy(Box::new(self.decide_copy(line))),
            "tick" => Command::Tick,
            _ => operators_command(line),
        }
    }
}

impl Stage {
    fn decide_copy(&self, line: &Line<'_>) -> DecideCopy {
        let by = line.word(1).parse().unwrap();
        let verdict = match line.word(0) {
            "authorise" => Verdict::Authorised,
            _ => Verdict::Refused { code: label(line.word(3)) },
        };
        let message = line.word(2).parse().unwrap();
        let signed = signed_with(line.number("key").unwrap_or(1));
        let decision = CopyDecision::new(by, (message, signed.root), verdict);
        let text = |name| line.value(name).unwrap_or_default();
        let mut decision = decision.with_information(text("to-sender"), text("to-receiver"));
        decision.signed = signed;
        DecideCopy { session: self.session(line, by), decision }
    }
}

/// Commands that name no session.
fn operators_command(line: &Line<'_>) -> Command {
    match line.word(0) {
        "abort" => Command::Abort {
            receiver: line.word(1).parse().unwrap(),
            sequence: line.word(2).parse().unwrap(),
            reason: line.rest(3).parse().unwrap(),
        },
        "state-outstanding" => Command::StateOutstanding {
            by: line.word(1).parse().ok(),
            receiver: line.word(2).parse().unwrap(),
            sequence: line.word(3).parse().unwrap(),
        },
        "broadcast" => {
            let words = line.words.iter().skip(1).filter(|word| !word.contains('='));
            let text = words.copied().collect::<Vec<_>>().join(" ").parse().unwrap();
            let mut broadcast = Broadcast::new(vec![text]).unwrap();
            if let Some(service) = line.value("service") {
                broadcast = broadcast.to_group_of(label(service));
            }
            if let (Some(from), Some(until)) = (line.number("from"), line.number("until")) {
                broadcast = broadcast.of_work(LogTime(from), LogTime(until)).unwrap();
            }
            Command::Broadcast(Box::new(broadcast))
        }
        "lane-rules" => Command::SetLaneRules {
            institution: line.word(1).parse().unwrap(),
            rules: Box::new(lane_rules(line)),
        },
        "calendar" => Command::DefineCalendar(Box::new(calendar(line))),
        "reports" => {
            let hours = line.list("hours").map(|it| it.parse().unwrap()).collect();
            let check = line.small("check").map(|minute| minute.try_into().unwrap());
            let hours = ReportTimes::new(hours).unwrap();
            Command::SetReports {
                institution: line.word(1).parse().unwrap(),
                rules: ReportRules::new(hours, line.has("cut-off"), check).unwrap(),
            }
        }
        "bypass" => Command::SetBypass {
            service: label(line.word(1)),
            on: line.word(2) == "on",
            reason: line.rest(3).parse().unwrap(),
        },
        _ => directory_command(line),
    }
}

/// Commands about members, services and relationships.
fn directory_command(line: &Line<'_>) -> Command {
    let institution = |at| line.word(at).parse().unwrap();
    match line.word(0) {
        "describe" => {
            let branches = line.list("branches").map(|branch| branch.parse().unwrap());
            let contacts = line.value("contact").map(|contact| contact.parse().unwrap());
            let profile = Profile::new(branches.collect(), contacts.into_iter().collect());
            Command::Describe { institution: institution(1), profile: Box::new(profile.unwrap()) }
        }
        "service" => Command::DefineService(Box::new(service(line))),
        "change" => Command::ChangeService(Box::new(service(line))),
        "retire" => Command::RetireService {
            service: label(line.word(1)),
            reason: line.rest(2).parse().unwrap(),
        },
        "join" => Command::JoinGroup { service: label(line.word(1)), institution: institution(2) },
        "leave" => {
            Command::LeaveGroup { service: label(line.word(1)), institution: institution(2) }
        }
        "permit" => Command::Permit {
            relation: relation(line, 2, 1),
            permission: Box::new(permission(line)),
        },
        "request" => Command::RequestPermission {
            relation: relation(line, 1, 2),
            permission: Box::new(permission(line)),
            text: "please".parse().unwrap(),
        },
        "revoke" => Command::Revoke {
            relation: relation(line, 2, 1),
            reason: line.rest(4).parse().unwrap(),
        },
        "deny" => Command::DenyPermission {
            relation: relation(line, 2, 1),
            reason: line.rest(4).parse().unwrap(),
        },
        verb => panic!("no such verb: {verb}"),
    }
}

fn relation(line: &Line<'_>, sender: usize, receiver: usize) -> Relation {
    Relation {
        sender: line.word(sender).parse().unwrap(),
        receiver: line.word(receiver).parse().unwrap(),
        service: label(line.word(3)),
    }
}

/// Rules, one a word.
fn lane_rules(line: &Line<'_>) -> LaneRules {
    let (mut names, mut rules) = (Vec::new(), Vec::new());
    for word in line.words.iter().skip(2) {
        let mut parts = word.split('/');
        let lane = Lane(parts.next().unwrap().parse().unwrap());
        names.push((lane, label(parts.next().unwrap())));
        let mut rule = LaneRule::new(lane);
        let mut is_rule = true;
        for condition in parts {
            match condition.split_once('=').unwrap_or((condition, "")) {
                ("-", _) => is_rule = false,
                ("urgent", _) => rule.priority = Some(Priority::Urgent),
                ("normal", _) => rule.priority = Some(Priority::Normal),
                ("types", types) => rule.types = types.parse().unwrap(),
                ("branch", branch) => rule.branch = Some(branch.parse().unwrap()),
                ("sender", sender) => rule.sender = Some(sender.parse().unwrap()),
                ("service", service) => rule.service = Some(label(service)),
                (condition, _) => panic!("no such condition: {condition}"),
            }
        }
        if is_rule {
            rules.push(rule);
        }
    }
    names.sort_unstable();
    names.dedup();
    LaneRules::new(names, rules).unwrap()
}

fn permission(line: &Line<'_>) -> Permission {
    Permission {
        types: patterns(line),
        from: LogTime(line.number("from").unwrap_or(0)),
        until: line.number("until").map(LogTime),
    }
}

fn calendar(line: &Line<'_>) -> Calendar {
    const WEEK: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    let free = line.list("free").map(|day| 1 << WEEK.iter().position(|it| *it == day).unwrap());
    let mut clock: Vec<(LogTime, i16)> = line
        .list("clock")
        .map(|change| {
            let (from, offset) = change.split_once(':').unwrap();
            (LogTime(number(from)), offset.parse().unwrap())
        })
        .collect();
    if clock.is_empty() {
        clock.push((LogTime(0), 0));
    }
    let holidays = line.list("holidays").map(|day| LocalDay::of(day.parse().unwrap()).unwrap());
    Calendar::new(label(line.word(1)), free.sum(), clock, holidays.collect()).unwrap()
}

fn patterns(line: &Line<'_>) -> Patterns {
    line.value("types").map_or_else(Patterns::any, |types| types.parse().unwrap())
}

fn service(line: &Line<'_>) -> Service {
    let mut service = Service::new(label(line.word(1)), patterns(line));
    if let Some(size) = line.small("size") {
        service.payload_bytes_max = size;
    }
    if line.value("monitoring").is_some() {
        let codes = line.list("monitoring").map(|code| code.parse().unwrap());
        let options: Vec<_> = codes.map(|code| Monitoring::from_code(code).unwrap()).collect();
        service.monitoring = MonitoringOptions::of(&options);
    }
    let by_priority = |name| {
        let times = line.value(name).and_then(|times| times.split_once('/'));
        times.map_or_else(ByPriority::default, |(urgent, normal)| ByPriority {
            urgent_s: urgent.parse().unwrap(),
            normal_s: normal.parse().unwrap(),
        })
    };
    service.timing = Timing {
        warn_after_s: by_priority("warn"),
        late_after_s: by_priority("late"),
        withdraw_after_s: line.small("withdraw").unwrap_or(0),
        withdraws_expired: line.has("withdraws-expired"),
    };
    service.answer_within_ms = line.small("real-time");
    if let Some(name) = line.value("calendar") {
        let closed = if line.has("hold") { WhileClosed::Hold } else { WhileClosed::Refuse };
        let (urgent, normal) = line.value("until").unwrap().split_once('/').unwrap();
        let until = (urgent.parse().unwrap(), normal.parse().unwrap());
        let opens = line.value("opens").unwrap().parse().unwrap();
        service.hours = Some(Hours::new(label(name), opens, until, closed).unwrap());
    }
    service.is_closed = line.has("closed");
    service.needs_relationship = line.has("needs-relationship");
    service.files =
        line.pair("files").map(|(bytes_max, quota_bytes)| FileRules { bytes_max, quota_bytes });
    service.is_sealed = line.has("sealed");
    if let Some(days) = line.small("days") {
        service.retention_days = days.try_into().unwrap();
    }
    let window_s = line.small("window").unwrap_or(3600);
    service.duplicates = match line.value("duplicates") {
        None => DuplicateCheck::Off,
        Some("flag") => DuplicateCheck::Flag { window_s },
        Some("refuse") => DuplicateCheck::Refuse { window_s },
        Some(check) => panic!("no such check: {check}"),
    };
    service.copy = line.value("copy").map(|institution| Box::new(copy_rule(line, institution)));
    service
}

fn copy_rule(line: &Line<'_>, institution: &str) -> CopyRule {
    let mode = if line.has("inform") { CopyMode::Inform } else { CopyMode::Hold };
    let extent = if line.has("header") { CopyExtent::Header } else { CopyExtent::Full };
    let mut rule = CopyRule::new(institution.parse().unwrap(), mode, extent);
    if let Some(types) = line.value("copied") {
        rule.types = types.parse().unwrap();
    }
    rule.bypass = match line.value("bypass") {
        None => Bypass::Never,
        Some("order") => Bypass::ByOrder,
        Some(seconds) => Bypass::After { seconds: seconds.parse().unwrap() },
    };
    rule
}

/// The signing key of a number.
pub(crate) fn public(number: u64) -> PublicKey {
    SigningKey::from_seed(&[u8::try_from(number).unwrap(); 32]).public().clone()
}

/// The encryption key of a number.
fn encryption(number: u64) -> PublicKey {
    OpeningKey::from_seed(&[u8::try_from(number).unwrap(); 32]).public().clone()
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
        answers: None,
        file: None,
        is_sealed: false,
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
    header.answers = line.number("answers");
    if line.has("real-time") || (header.answers.is_some() && !line.has("normal")) {
        header.priority = Priority::RealTime;
    }
    for (word, option) in [
        ("warning", Monitoring::Warning),
        ("notice", Monitoring::Notice),
        ("both", Monitoring::Both),
    ] {
        if line.has(word) {
            header.monitoring = option;
        }
    }
    if let Some(service) = line.value("service") {
        header.service = label(service);
    }
    if let Some(name) = line.value("type") {
        header.message_type = label(name);
    }
    if let Some(reference) = line.value("ref") {
        header.reference = reference.parse().unwrap();
    }
    if let Some(size) = line.small("size") {
        header.payload_length = size;
    }
    header.possible_duplicate = line.has("again");
    header.file = line.pair("file").map(|(number, bytes)| file(number, bytes));
    header.is_sealed = line.has("sealed");
    let key = public(line.number("key").unwrap_or(1)).id();
    Submit { session, terminal, input_number, message: checked(&header, key) }
}

/// The file of a number.
pub(super) fn file(number: u64, bytes: u64) -> FileName {
    FileName { digest: Digest::of(&number.to_be_bytes()), bytes }
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
        key: if line.has("encryption") {
            encryption(line.word(2).parse().unwrap())
        } else {
            public(line.word(2).parse().unwrap())
        },
        from: LogTime(line.number("from").unwrap_or(0)),
        until: LogTime(line.number("until").unwrap_or(1_000_000)),
    };
    let note = format!("{}\n— nuncio/demo/root AAAA\n", grant.text());
    GrantKey { grant, note }
}

fn open(line: &Line<'_>) -> OpenSession {
    let names = ["system", "urgent", "normal", "real-time", "lane9"];
    let received = names.iter().filter_map(|name| Some((lane(name), line.number(name)?)));
    OpenSession {
        terminal: line.word(1).parse().unwrap(),
        answered_through: line.number("answered").unwrap_or(0),
        receives: line.has("receives"),
        claims: Claims::new(line.list("for").map(lane).collect(), !line.has("only")).unwrap(),
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

pub(super) fn lane(name: &str) -> Lane {
    let mut known = LANES.into_iter().chain([Lane::REAL_TIME]);
    let known = known.find(|lane| lane.to_string() == name);
    known.unwrap_or_else(|| Lane(name.strip_prefix("lane").unwrap().parse().unwrap()))
}

pub(super) fn label(name: &str) -> Label {
    name.parse().unwrap()
}

/// A number; with a unit of time, so many microseconds.
fn number(text: &str) -> u64 {
    const UNITS: [(char, u64); 3] = [('s', 1_000_000), ('h', 3_600_000_000), ('d', 86_400_000_000)];
    let unit = UNITS.into_iter().find(|(name, _)| text.ends_with(*name));
    let (name, factor) = unit.unwrap_or((' ', 1));
    text.trim_end_matches(name).parse::<u64>().unwrap() * factor
}

/// A line of a script.
pub(crate) struct Line<'a> {
    pub(super) time: Option<u64>,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(line: &'a str) -> Self {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let time = words[0].strip_prefix('@').map(number);
        if time.is_some() {
            words.remove(0);
        }
        Self { time, words }
    }

    pub(super) fn word(&self, at: usize) -> &'a str {
        self.words[at]
    }

    fn rest(&self, from: usize) -> String {
        self.words[from..].join(" ")
    }

    pub(super) fn has(&self, flag: &str) -> bool {
        self.words.contains(&flag)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        self.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.value(name).map(number)
    }

    fn small(&self, name: &str) -> Option<u32> {
        self.value(name).map(|value| value.parse().unwrap())
    }

    /// Two numbers, as in `files=1000/5000`; the second is 0 where it is left out.
    fn pair(&self, name: &str) -> Option<(u64, u64)> {
        let value = self.value(name)?;
        let (first, second) = value.split_once('/').unwrap_or((value, "0"));
        Some((number(first), number(second)))
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.value(name).into_iter().flat_map(|value| value.split(','))
    }
}
