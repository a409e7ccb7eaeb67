//! What the REST interface says, as types: the JSON of every answer, for both ends.
//!
//! The gateway writes these and its clients read them, so a field is named once. Field names and
//! their meanings are fixed within `/v1`: fields may be added, none changes or leaves. A reader
//! ignores fields that it does not know. Times are RFC 3339 in UTC with six decimals of a second.
//! Nothing here decides anything.

mod copies;
mod files;
mod hours;
mod lanes;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::copies::{AuthoriseCopy, Copied, Copies, HeldCopy, RefuseCopy};
pub use self::hours::{
    Calendar, Calendars, ClockChange, Hours, MadeReport, ReportHours, ReportList,
};
pub use files::{Announce, File, Files};
pub use lanes::{Lane, LaneRulesBody, LaneStatus, LaneView};

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// This terminal sent it.
    Sent,
    /// The institution received it through this terminal.
    Received,
}

/// How far a message has come.
///
/// A sent one is stored, submitted, then accepted or refused, and at last delivered, withdrawn or
/// declined; a received one is received, and taken when the back office has said that it has it,
/// or declined when it has said that it does not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In the outbox, durably; the hub has not got it yet.
    Stored,
    /// On its way to the hub, which has not answered yet.
    Submitted,
    /// The network has it, and the receipt proves it.
    Accepted,
    /// The network refuses it, for the reasons given; the receipt proves it.
    Refused,
    /// The receiver has taken it over, and the receipt proves it.
    Delivered,
    /// The network withdrew it before anybody could have it.
    Withdrawn,
    /// The receiver does not take it.
    Declined,
    /// A request that has its response.
    Answered,
    /// A request whose deadline came without a response; both sides were told.
    Ended,
    /// It was held for a decision, and the institution that got its copy refused it.
    Stopped,
    /// In the inbox, durably; the back office has not taken it yet.
    Received,
    /// The back office has it.
    Taken,
}

/// A message, sent or received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its name in the network: the terminal that sent it, and that terminal's input number.
    pub id: String,
    /// Which way it went.
    pub direction: Direction,
    /// How far it has come.
    pub state: State,
    /// The service whose rules it follows.
    pub service: String,
    /// What it is, such as `pacs.008.001.08`.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The terminal that sent it.
    pub sender: String,
    /// The BIC that it is for.
    pub receiver: String,
    /// The sender's own name for it.
    pub reference: String,
    /// The transaction that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uetr: Option<String>,
    /// `urgent`, `normal` or `real-time`.
    pub priority: String,
    /// What its sender wants to hear of its delivery: `none`, `warning`, `notice` or `both`.
    pub monitoring: String,
    /// The gap-free counter of the sending terminal.
    pub input_number: u64,
    /// The lane of a received message: 0 system, 1 urgent, 2 normal, 3 real time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<u8>,
    /// The gap-free counter of a received message in its lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_number: Option<u64>,
    /// Of the copy of a message between others: `full`, or `header` where its bytes stay out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// The message of this copy was held for a decision of the institution.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decides: bool,
    /// The sender or the hub says that it may have been sent or offered before.
    pub possible_duplicate: bool,
    /// Its payload is sealed: bytes and SHA-256 are those of the envelope.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// How many bytes it has.
    pub bytes: u64,
    /// The place of the record of the request that it answers, `shard/sequence`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// The response to it, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// SHA-256 of its exact bytes, in hexadecimal digits.
    pub sha256: String,
    /// When its gateway made it.
    pub created_at: String,
    /// Whether a quorum of the network's witnesses has cosigned the log as far as the record of the
    /// last of acceptance, refusal and delivery, and its receipt says so; absent in a network
    /// without a quorum, and while there is no such record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnessed: Option<bool>,
    /// What has happened to it at this gateway, in order.
    pub timeline: Vec<Event>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// The answer to a message that was stored, and to a dry run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its name in the network; absent after a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `stored`; absent after a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Its input number; absent after a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_number: Option<u64>,
    /// The service whose rules it follows.
    pub service: String,
    /// What it is, such as `pacs.008.001.08`.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The terminal that sends it.
    pub sender: String,
    /// The BIC that it is for.
    pub receiver: String,
    /// The sender's own name for it.
    pub reference: String,
    /// The transaction that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uetr: Option<String>,
    /// `urgent` or `normal`.
    pub priority: String,
    /// What the sender wants to hear of its delivery.
    pub monitoring: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of its exact bytes, in hexadecimal digits.
    pub sha256: String,
    /// When it was stored; absent after a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_at: Option<String>,
}

/// A step of a message's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// This gateway checked it and found nothing.
    Checked,
    /// It became durable in the outbox.
    Stored,
    /// The gateway signed the frame that it is in.
    Signed,
    /// It was handed to the hub.
    Submitted,
    /// The network accepted it.
    Accepted,
    /// The network refused it.
    Refused,
    /// The receiver acknowledged it.
    Delivered,
    /// Its service was closed and has opened: it is on its way to the receiver.
    Released,
    /// The receiver has not taken it over in time.
    Undelivered,
    /// Its end has come, but the receiver may have it; it stays.
    Overdue,
    /// Its end has come, and the network withdrew it.
    Withdrawn,
    /// The operator of the network withdrew it.
    Aborted,
    /// The receiver does not take it.
    Declined,
    /// The receiver answered the request.
    Answered,
    /// The deadline of the request came without a response.
    #[serde(rename = "timed-out")]
    TimedOut,
    /// The deadline of the request came, and its receiver had no session then.
    #[serde(rename = "receiver-gone")]
    ReceiverGone,
    /// The network held it for the decision of an institution that got its copy.
    Held,
    /// That institution authorised it.
    Authorised,
    /// That institution refused it.
    Stopped,
    /// The network delivers it without a decision.
    Bypassed,
    /// It became durable in the inbox.
    Received,
    /// Enough witnesses have cosigned the log as far as its last record; by their clocks.
    Witnessed,
    /// The gateway acknowledged it to the network.
    Acknowledged,
    /// The back office took it.
    Taken,
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub step: Step,
    /// When: by the gateway's clock for what it did itself, otherwise by the hub's.
    pub at: String,
    /// Where and how.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What is worth knowing about a step; each step has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The place of the record in the journal, `shard/sequence`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// The session at the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// How many messages one signature covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_messages: Option<u32>,
    /// The key that signed, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How often it was handed to the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The terminal that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Why the network refused a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The code, explained in docs/codes.
    pub code: String,
    /// `sender`, `receiver` or `network`.
    pub fault: String,
    /// Where in the message; empty when it concerns the whole.
    pub place: String,
    /// The same for people.
    pub text: String,
}

/// A page of messages, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// The messages.
    pub messages: Vec<Message>,
    /// What to pass as `cursor` for the next page; absent on the last. A page may be short, or even
    /// empty, and still have a next one: a page looks at a limited number of messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Messages that the back office has not taken yet, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The messages.
    pub messages: Vec<Message>,
    /// What to pass as `cursor` to read on without taking these first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The answer to taking a message from the inbox, the first time and every time after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Its name in the network.
    pub id: String,
    /// `taken`.
    pub state: State,
    /// When it was taken first.
    pub taken_at: String,
}

/// What `POST /v1/inbox/{id}/decline` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// A code of the receiver's own, 1 to 32 characters, such as `AM04`.
    pub code: String,
    /// The same for people; the sender reads it.
    #[serde(default)]
    pub text: String,
}

/// The answer to declining a message, the first time and every time after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// Its name in the network.
    pub id: String,
    /// `declined`.
    pub state: State,
    /// When it was declined first.
    pub declined_at: String,
    /// Why, as it was said first.
    pub reason: Reason,
}

/// What `POST /v1/relationships` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Relate {
    /// Permit a sender something; this replaces what it was permitted before.
    Permit {
        /// The BIC of the sender, 8 characters.
        institution: String,
        /// The service.
        service: String,
        /// What.
        #[serde(flatten)]
        permission: Permission,
    },
    /// Take a permission back.
    Revoke {
        /// The BIC of the sender.
        institution: String,
        /// The service.
        service: String,
        /// Why; the sender reads it.
        reason: String,
    },
    /// Ask a receiver for a permission.
    Request {
        /// The BIC of the receiver.
        institution: String,
        /// The service.
        service: String,
        /// For what.
        #[serde(flatten)]
        permission: Permission,
        /// Why; the receiver reads it.
        reason: String,
    },
    /// Say no to a request.
    Deny {
        /// The BIC of the sender.
        institution: String,
        /// The service.
        service: String,
        /// Why; the sender reads it.
        reason: String,
    },
}

/// What a receiver permits a sender in a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Which types: exact (`pacs.008.001.08`), by beginning (`pacs.008.*`) or all (`*`); all if
    /// left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// From when on; from the beginning if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until before when; without end if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The answer to `POST /v1/relationships`: it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The place of the record that says so, `shard/sequence`.
    pub position: String,
}

/// A permission, or an open request for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// Who may send, or wants to.
    pub sender: String,
    /// Who is to receive.
    pub receiver: String,
    /// In which service.
    pub service: String,
    /// `permitted` or `requested`.
    pub state: String,
    /// What is permitted.
    #[serde(flatten)]
    pub permission: Permission,
    /// The place of the record of a request, `shard/sequence`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
}

/// A page of the institution's relationships.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationships {
    /// First those in which the institution sends: permissions, then requests.
    pub relationships: Vec<Relationship>,
    /// What to pass as `cursor` to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A service of the network, as the institution sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Which types it carries.
    pub types: Vec<String>,
    /// The rules of content beyond the schema; absent: those of the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The greatest payload; absent: what the hub takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_bytes_max: Option<u32>,
    /// Whether a receiver must permit a sender.
    pub relationship: bool,
    /// Whether only the members of its group take part.
    pub closed: bool,
    /// Whether the institution may use it.
    pub member: bool,
    /// Whether it takes no new messages.
    pub retired: bool,
    /// For how many days its messages can be retrieved.
    pub retention_days: u16,
    /// When it takes messages; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// The greatest file that its messages may announce; absent: it carries no files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_bytes_max: Option<u64>,
    /// Whether its messages are sealed to the receiver.
    #[serde(default)]
    pub sealed: bool,
    /// Who gets copies; absent: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Copied>,
}

/// A message from the archive of the network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// Its name in the network.
    pub id: String,
    /// The place of its record in the journal, `shard/sequence`.
    pub position: String,
    /// When it was recorded, by the hub's clock.
    pub at: String,
    /// `accepted` or `refused`.
    pub state: State,
    /// What it is.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The service whose rules it follows.
    pub service: String,
    /// For whom it is.
    pub receiver: String,
    /// The sender's own name for it.
    pub reference: String,
    /// The transaction that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uetr: Option<String>,
    /// How many bytes it has; 0 for a refused one, of which the network keeps no text.
    pub bytes: u64,
    /// SHA-256 of its exact bytes.
    pub sha256: String,
    /// The lane of its receiver: 0 system, 1 urgent, 2 normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<u8>,
    /// Its number in that lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_number: Option<u64>,
    /// What became of it, in order; each with the position of its record.
    pub history: Vec<Event>,
    /// Why it was refused or declined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// A page of messages from the archive, by rising position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// The messages.
    pub messages: Vec<Archived>,
    /// What to pass as `cursor` to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The services of the network, by name; none: a message may name any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Services {
    /// The services.
    pub services: Vec<Service>,
}

/// Something that the network told the institution; the record that says it is its proof.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its number at this gateway, from 1 without a gap.
    pub number: u64,
    /// What is told: `permission-requested`, `permitted`, `revoked`, `permission-denied`,
    /// `undelivered`, `withdrawn`, `overdue`, `aborted`, `declined`, `released`, `timed-out`,
    /// `receiver-gone`, `requests-ended`, `broadcast`, `authorised`, `stopped`, `bypassed`,
    /// `undecided` (nothing is to be decided any more about a message of which the institution got a
    /// copy); or
    /// `number-withdrawn`: the message of this lane and output number was withdrawn, and does not
    /// come.
    pub kind: String,
    /// The lane that it came in: 0 system, 1 urgent, 2 normal.
    pub lane: u8,
    /// Its number in the lane.
    pub output_number: u64,
    /// The message of this institution that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The place of the message's record in the journal, `shard/sequence`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_position: Option<String>,
    /// The place of the record that says it, `shard/sequence`.
    pub position: String,
    /// When it was recorded, by the hub's clock.
    pub at: String,
    /// When it was stored here.
    pub received_at: String,
    /// The institution at the other end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// The service that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Why, or what is told, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// When planned work begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_from: Option<String>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_until: Option<String>,
}

/// A page of notices, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// The notices.
    pub notices: Vec<Notice>,
    /// What to pass as `cursor` to read on; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How the link to the hub is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// No session yet, or none any more; the gateway tries again by itself.
    Connecting,
    /// A session is open.
    Connected,
    /// Stopped for a reason that needs people; the outbox goes on accepting.
    Stopped,
}

/// How the gateway is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The network.
    pub network: String,
    /// The terminal.
    pub terminal: String,
    /// The link to the hub.
    pub link: LinkStatus,
    /// What was sent.
    pub outbox: OutboxStatus,
    /// What was received.
    pub inbox: InboxStatus,
    /// When the gateway started.
    pub started_at: String,
    /// The version of the program.
    pub version: String,
}

/// The link to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStatus {
    /// How it is.
    pub state: LinkState,
    /// Where the hub is.
    pub hub: String,
    /// Since when it has been so.
    pub since: String,
    /// The session at the hub, while there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// Why there is no session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<LinkProblem>,
    /// Whether this session receives what comes for the institution.
    pub holds_lanes: bool,
    /// How many times a session was opened since the gateway started.
    pub sessions_opened: u64,
    /// How many records the log had at the last checkpoint that was verified.
    pub log_size: u64,
    /// How many of them a quorum of the network's witnesses has cosigned; absent without a quorum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnessed_size: Option<u64>,
    /// Since when too few witnesses cosign, if they have not for long: received messages wait
    /// ([GTW066](/codes/GTW066)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unwitnessed_since: Option<String>,
}

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkProblem {
    /// The code, explained in docs/codes.
    pub code: String,
    /// The same for people.
    pub text: String,
    /// What to do; empty when there is nothing to do but wait.
    pub remedy: String,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxStatus {
    /// The last input number that was given out.
    pub input_number: u64,
    /// The hub's answers to all messages up to this one are stored.
    pub answered_through: u64,
    /// How many messages wait for the hub's answer.
    pub waiting: u64,
    /// How many were accepted, and delivered perhaps.
    pub accepted: u64,
    /// How many were refused.
    pub refused: u64,
    /// How many were delivered.
    pub delivered: u64,
}

/// What was received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxStatus {
    /// How many messages were received.
    pub received: u64,
    /// How many of them wait for the back office.
    pub waiting: u64,
    /// How far each lane has come.
    pub lanes: Vec<LaneStatus>,
}

/// An error of the interface (RFC 9457, `application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The page that explains the code, at this gateway.
    #[serde(rename = "type")]
    pub kind: String,
    /// What sort of problem it is; the same for each problem of the code.
    pub title: String,
    /// The status of the response.
    pub status: u16,
    /// What happened here, and what to do.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The code.
    pub code: String,
    /// The id of the request, also in the header `X-Request-Id` and in the log.
    pub request_id: String,
    /// All that was found in a message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
}

/// Something wrong in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The code, explained in docs/codes.
    pub code: String,
    /// The element, from the root of the document; empty when it concerns the whole.
    pub path: String,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
    /// The column in characters, from 1; 0 where there is none.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sent => "sent",
            Self::Received => "received",
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stored => "stored",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Delivered => "delivered",
            Self::Withdrawn => "withdrawn",
            Self::Declined => "declined",
            Self::Answered => "answered",
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::Received => "received",
            Self::Taken => "taken",
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Checked => "checked",
            Self::Stored => "stored",
            Self::Signed => "signed",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Delivered => "delivered",
            Self::Released => "released",
            Self::Undelivered => "undelivered",
            Self::Overdue => "overdue",
            Self::Withdrawn => "withdrawn",
            Self::Aborted => "aborted",
            Self::Declined => "declined",
            Self::Answered => "answered",
            Self::TimedOut => "timed-out",
            Self::ReceiverGone => "receiver-gone",
            Self::Held => "held",
            Self::Authorised => "authorised",
            Self::Stopped => "stopped",
            Self::Bypassed => "bypassed",
            Self::Received => "received",
            Self::Witnessed => "witnessed",
            Self::Acknowledged => "acknowledged",
            Self::Taken => "taken",
        })
    }
}

impl fmt::Display for LinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Stopped => "stopped",
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use trust::LogTime;

    use super::*;

    #[test]
    fn absent_fields_are_left_out() {
        let event = Event {
            step: Step::Signed,
            at: LogTime(0).to_string(),
            facts: Facts { frame_messages: Some(3), ..Facts::default() },
        };
        let text = serde_json::to_string(&event).unwrap();
        expect![[r#"{"step":"signed","at":"1970-01-01T00:00:00.000000Z","frame_messages":3}"#]]
            .assert_eq(&text);
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
