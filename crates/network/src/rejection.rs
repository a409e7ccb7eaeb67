//! Why the machine rejects a command: nothing is written, nothing changes.
//!
//! A rejection answers a gateway that breaks the protocol, or an operator whose order makes no
//! sense. A business "no" to a message is a [`crate::Refusal`], which is written and signed.

use std::fmt;

use iso::{Institution, Terminal};
use trust::governance::GovernanceError;
use trust::{Acknowledged, Fault, KeyId, Lane, LogTime, NetworkName, ServiceName};

use crate::calendar::{CALENDARS_MAX, CalendarName};
use crate::commands::grant_key::GRANTS_MAX;
use crate::directory::{Branch, SessionNumber};
use crate::event::Relation;
use crate::relationship::{PERMISSIONS_MAX, REQUESTS_MAX};
use crate::service::SERVICES_MAX;

/// Why the machine rejects a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The terminal has no open session.
    #[error("{terminal} has no open session")]
    NoSession {
        /// Which terminal.
        terminal: Terminal,
    },
    /// The terminal has opened another session since.
    #[error("session {session} of {terminal} is over; {open} is open")]
    SessionOver {
        /// Which terminal.
        terminal: Terminal,
        /// The session of the command.
        session: SessionNumber,
        /// The open one.
        open: SessionNumber,
    },
    /// Input numbers are consecutive.
    #[error("expected input number {expected} of {terminal}, but found {found}")]
    WrongInputNumber {
        /// Which terminal.
        terminal: Terminal,
        /// The next number.
        expected: u64,
        /// The number of the command.
        found: u64,
    },
    /// The institution of the terminal is not a member.
    #[error("{terminal} cannot open a session: {} is not a member", .terminal.institution())]
    NotAMember {
        /// Which terminal.
        terminal: Terminal,
    },
    /// The gateway has answers to what was never submitted here.
    #[error("{terminal} has answers through input number {found}, but the last is {last}")]
    AnsweredAhead {
        /// Which terminal.
        terminal: Terminal,
        /// The last number that was answered.
        last: u64,
        /// What the gateway has.
        found: u64,
    },
    /// The gateway has received what was never offered here.
    #[error("{terminal} has the {lane} lane through output number {found}, but the last is {last}")]
    ReceivedAhead {
        /// Which terminal.
        terminal: Terminal,
        /// Which lane.
        lane: Lane,
        /// The last number that was given.
        last: u64,
        /// What the gateway has.
        found: u64,
    },
    /// The institution has no such lane.
    #[error("{} has no lane {}", .terminal.institution(), .lane.0)]
    UnknownLane {
        /// Which terminal asks.
        terminal: Terminal,
        /// For which lane.
        lane: Lane,
    },
    /// Another session empties the lane, or none.
    #[error("{terminal} does not empty the {lane} lane of {}", .terminal.institution())]
    LanesElsewhere {
        /// Who acknowledges.
        terminal: Terminal,
        /// Which lane.
        lane: Lane,
    },
    /// All of it was acknowledged before.
    #[error(
        "the {lane} lane was acknowledged through {acknowledged} before, and this is through {through}"
    )]
    AlreadyAcknowledged {
        /// Which lane.
        lane: Lane,
        /// Up to where.
        acknowledged: u64,
        /// Where this one ends.
        through: u64,
    },
    /// An acknowledgement begins where the one before ended.
    #[error("expected an acknowledgement of the {lane} lane from {expected}, but found {found}")]
    WrongFirst {
        /// Which lane.
        lane: Lane,
        /// The first number that is not acknowledged.
        expected: u64,
        /// Where this one begins.
        found: u64,
    },
    /// Numbers that were never given.
    #[error("the {lane} lane was offered through {last}, but is acknowledged through {through}")]
    NeverOffered {
        /// Which lane.
        lane: Lane,
        /// The last number that was given.
        last: u64,
        /// Where this one ends.
        through: u64,
    },
    /// An acknowledgement takes over at least one entry and not too many.
    #[error(
        "an acknowledgement covers 1 to {} numbers, but this is {first} to {through}",
        Acknowledged::COUNT_MAX
    )]
    BadRange {
        /// Where it begins.
        first: u64,
        /// Where it ends.
        through: u64,
    },
    /// Messages are acknowledged with a key of the terminal, notices without one.
    #[error("the {lane} lane was not acknowledged with a valid key of {terminal}")]
    WrongKey {
        /// Who acknowledges.
        terminal: Terminal,
        /// Which lane.
        lane: Lane,
    },
    /// The institution is a member already.
    #[error("{institution} is a member already")]
    AlreadyAdmitted {
        /// Which institution.
        institution: Institution,
    },
    /// The institution is not a member.
    #[error("{institution} is not a member")]
    Unknown {
        /// Which institution.
        institution: Institution,
    },
    /// The member is suspended already.
    #[error("{institution} is suspended already")]
    AlreadySuspended {
        /// Which member.
        institution: Institution,
    },
    /// The member is not suspended.
    #[error("{institution} is not suspended")]
    NotSuspended {
        /// Which member.
        institution: Institution,
    },
    /// The grant is for another network.
    #[error("the grant is for network {found}, but this is {expected}")]
    ForeignGrant {
        /// This network.
        expected: NetworkName,
        /// The one of the grant.
        found: NetworkName,
    },
    /// The key was granted to the terminal for the same time.
    #[error("key {key} was granted to {holder} before")]
    AlreadyGranted {
        /// Which terminal.
        holder: Terminal,
        /// Which key.
        key: KeyId,
    },
    /// A terminal has a bounded number of keys.
    #[error("{holder} has {GRANTS_MAX} grants, which is the most")]
    TooManyGrants {
        /// Which terminal.
        holder: Terminal,
    },
    /// The grant has ended, or ends before it begins.
    #[error("the grant of key {key} to {holder} is over")]
    GrantOver {
        /// Which terminal.
        holder: Terminal,
        /// Which key.
        key: KeyId,
    },
    /// There is a service of this name.
    #[error("there is a service {service} already")]
    ServiceExists {
        /// Which service.
        service: ServiceName,
    },
    /// There is no service of this name, or it was retired.
    #[error("there is no service {service}")]
    NoService {
        /// Which service.
        service: ServiceName,
    },
    /// A network has a bounded number of services.
    #[error("the network has {SERVICES_MAX} services, which is the most")]
    TooManyServices,
    /// A network has a bounded number of calendars.
    #[error("the network has {CALENDARS_MAX} calendars, which is the most")]
    TooManyCalendars,
    /// The hours of a service are by a calendar that there is not.
    #[error("service {service} is to be open by calendar {calendar}, which is not defined")]
    NoCalendar {
        /// Which calendar.
        calendar: CalendarName,
        /// Which service.
        service: ServiceName,
    },
    /// The rules of a service contradict one another.
    #[error("the rules of service {service} are no good: {flaw}")]
    BadRules {
        /// Which service.
        service: ServiceName,
        /// What is wrong.
        flaw: Flaw,
    },
    /// A service for tests is for institutions for tests, and a live one for live ones.
    #[error("service {service} and {institution}: one is for tests and the other is not")]
    TestWithLive {
        /// Which service.
        service: ServiceName,
        /// Which institution.
        institution: Institution,
    },
    /// The member is in the group already.
    #[error("{institution} is in the group of service {service} already")]
    AlreadyInGroup {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// The member is not in the group.
    #[error("{institution} is not in the group of service {service}")]
    NotInGroup {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// An institution permits nothing to itself.
    #[error("{institution} needs no permission of its own")]
    OwnPermission {
        /// Which institution.
        institution: Institution,
    },
    /// The permission ends before it begins, or has ended.
    #[error("the permission of {} for {} in service {} is over", .relation.receiver, .relation.sender, .relation.service)]
    PermissionOver {
        /// Who permits whom.
        relation: Relation,
    },
    /// A network holds a bounded number of permissions.
    #[error("the network holds {PERMISSIONS_MAX} permissions, which is the most")]
    TooManyPermissions,
    /// There is nothing to revoke.
    #[error("{} has permitted nothing to {} in service {}", .relation.receiver, .relation.sender, .relation.service)]
    NotPermitted {
        /// Who was to have permitted whom.
        relation: Relation,
    },
    /// The request is open already.
    #[error("{} has asked {} for service {} already", .relation.sender, .relation.receiver, .relation.service)]
    AlreadyRequested {
        /// Who is to permit whom.
        relation: Relation,
    },
    /// An institution has a bounded number of open requests.
    #[error("{institution} has {REQUESTS_MAX} open requests, which is the most")]
    TooManyRequests {
        /// Who asks.
        institution: Institution,
    },
    /// A receiver declines what it is to take over next, and a message.
    #[error(
        "{terminal} declines number {found} of the {lane} lane, where the next message is {expected}"
    )]
    NotNext {
        /// Who declines.
        terminal: Terminal,
        /// Of which lane.
        lane: Lane,
        /// The next number to be acknowledged.
        expected: u64,
        /// The number of the command.
        found: u64,
    },
    /// Notices and withdrawn messages are not declined.
    #[error("number {output_number} of the {lane} lane is no message that could be declined")]
    NotAMessage {
        /// Which lane.
        lane: Lane,
        /// Which number.
        output_number: u64,
    },
    /// No such message waits.
    #[error("no message of record {sequence} waits for {institution}")]
    NotWaiting {
        /// Who was to get it.
        institution: Institution,
        /// Its record.
        sequence: u64,
    },
    /// The receiver may have the message, and what it holds cannot be withdrawn.
    #[error("{institution} may have the message of record {sequence}: it was offered")]
    MayBeDelivered {
        /// Who is to get it.
        institution: Institution,
        /// Its record.
        sequence: u64,
    },
    /// The message answers a request, which is over with that.
    #[error("the message of record {sequence} answers a request: what was answered stays so")]
    Answers {
        /// Its record.
        sequence: u64,
    },
    /// A message is held for another institution.
    #[error("the message of record {message} does not wait for what {institution} decides")]
    NotTheDecider {
        /// The record of the message.
        message: u64,
        /// Who wants to decide.
        institution: Institution,
    },
    /// There is no such record yet.
    #[error("there is no message of record {message}")]
    UnknownCopy {
        /// The record that was named.
        message: u64,
    },
    /// The institution has decided before.
    #[error(
        "the message of record {message} was {} in record {record}",
        if *.is_authorised { "authorised" } else { "refused" }
    )]
    AlreadyDecided {
        /// The record of the message.
        message: u64,
        /// The record that says so.
        record: u64,
        /// What was decided.
        is_authorised: bool,
    },
    /// No decision is waited for.
    #[error("the message of record {message} waits for no decision")]
    NotHeld {
        /// The record that was named.
        message: u64,
    },
    /// A suspended institution decides nothing.
    #[error("{institution} is suspended and decides nothing")]
    DeciderSuspended {
        /// Who wants to decide.
        institution: Institution,
    },
    /// Decisions are signed with a key of the terminal.
    #[error("the decision is not signed with a valid key of {terminal}")]
    DecisionUnsigned {
        /// Who decides.
        terminal: Terminal,
    },
    /// The rules of the service let nothing pass without a decision, or nothing waits for one.
    #[error("service {service} cannot be bypassed")]
    NoBypass {
        /// Which service.
        service: ServiceName,
    },
    /// The operator has ordered this already.
    #[error("the bypass of service {service} is {}", if *.on { "ordered already" } else { "not ordered" })]
    BypassSet {
        /// Which service.
        service: ServiceName,
        /// What was ordered.
        on: bool,
    },
    /// Work is announced before it ends.
    #[error("the planned work ended at {until}")]
    WorkOver {
        /// When.
        until: LogTime,
    },
    /// An expelled member does not come back.
    #[error("{institution} was expelled")]
    Expelled {
        /// Which institution.
        institution: Institution,
    },
    /// There is no such key to revoke, or it is not good any more.
    #[error("{holder} has no key {key} that could be revoked")]
    NoSuchKey {
        /// Which terminal.
        holder: Terminal,
        /// Which key.
        key: KeyId,
    },
    /// The network has no governors.
    #[error("the network is not governed: its operator alone changes it")]
    NotGoverned,
    /// The network has governors already.
    #[error("the network is governed already")]
    AlreadyGoverned,
    /// Governors have not signed this.
    #[error("governors must sign this: it is not what the last change says is next")]
    NoConsent,
    /// A change is refused.
    #[error("the change is refused: {0}")]
    Change(GovernanceError),
    /// A rule of lanes is about a branch that the directory does not list.
    #[error("a rule is about branch {branch} of {institution}, which the directory does not list")]
    NoBranch {
        /// Which institution.
        institution: Institution,
        /// Which branch.
        branch: Branch,
    },
    /// Nobody has asked.
    #[error("{} has not asked {} for service {}", .relation.sender, .relation.receiver, .relation.service)]
    NotRequested {
        /// Who is to permit whom.
        relation: Relation,
    },
}

/// What is wrong with the rules of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The check for duplicates remembers for no time, or for more than 31 days.
    Window,
    /// Messages are retained for no time, or for more than 10 years.
    Retention,
    /// No payload fits.
    PayloadBytes,
    /// A request is to be answered in no time, or after more than an hour; or a real-time service
    /// has timing of the other kind.
    AnswerWithin,
    /// No file fits.
    FileBytes,
    /// A real-time service has a copy rule.
    CopyOfRequests,
    /// Nobody but the receiver can read a full copy of what is sealed.
    CopyOfSealed,
    /// A full copy would lack the file that its message announces.
    CopyOfFiles,
    /// There is a bypass of what is not held, or it begins at once or after too long.
    Bypass,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Window => "duplicates are remembered for 1 second to 31 days",
            Self::Retention => "messages are retained for 1 to 3660 days",
            Self::PayloadBytes => "a payload has at least 1 byte",
            Self::AnswerWithin => {
                "a request is answered within 1 ms to 1 hour, and nothing else is timed"
            }
            Self::FileBytes => "a file has at least 1 byte",
            Self::CopyOfRequests => "a real-time service copies nothing",
            Self::CopyOfSealed => "sealed messages are copied as headers only",
            Self::CopyOfFiles => "where files are carried, messages are copied as headers only",
            Self::Bypass => "what is held can be bypassed, after 1 second to 31 days",
        })
    }
}

impl Rejection {
    /// The code that never changes its meaning; `docs/codes` has a page for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSession { .. } => "NET020",
            Self::SessionOver { .. } => "NET021",
            Self::WrongInputNumber { .. } => "NET022",
            Self::NotAMember { .. } => "NET023",
            Self::AnsweredAhead { .. } => "NET024",
            Self::ReceivedAhead { .. } => "NET025",
            Self::UnknownLane { .. } => "NET026",
            Self::LanesElsewhere { .. } => "NET027",
            Self::AlreadyAcknowledged { .. } => "NET028",
            Self::WrongFirst { .. } => "NET029",
            Self::NeverOffered { .. } => "NET030",
            Self::BadRange { .. } => "NET031",
            Self::WrongKey { .. } => "NET032",
            Self::AlreadyAdmitted { .. } => "NET040",
            Self::Unknown { .. } => "NET041",
            Self::AlreadySuspended { .. } => "NET042",
            Self::NotSuspended { .. } => "NET043",
            Self::ForeignGrant { .. } => "NET044",
            Self::AlreadyGranted { .. } => "NET045",
            Self::TooManyGrants { .. } => "NET046",
            Self::GrantOver { .. } => "NET047",
            Self::Expelled { .. } => "NET048",
            Self::NoSuchKey { .. } => "NET049",
            Self::NotGoverned => "NET100",
            Self::NoConsent => "NET101",
            Self::Change(GovernanceError::Signatures { .. }) => "NET102",
            Self::Change(GovernanceError::Number { .. } | GovernanceError::Previous { .. }) => {
                "NET103"
            }
            Self::Change(
                GovernanceError::Form
                | GovernanceError::Network { .. }
                | GovernanceError::NoGovernors
                | GovernanceError::Note(_),
            ) => "NET104",
            Self::AlreadyGoverned => "NET105",
            Self::ServiceExists { .. } => "NET070",
            Self::NoService { .. } => "NET071",
            Self::TooManyServices => "NET072",
            Self::TooManyCalendars => "NET141",
            Self::NoCalendar { .. } => "NET142",
            Self::BadRules { .. } => "NET073",
            Self::TestWithLive { .. } => "NET074",
            Self::AlreadyInGroup { .. } => "NET075",
            Self::NotInGroup { .. } => "NET076",
            Self::OwnPermission { .. } => "NET080",
            Self::PermissionOver { .. } => "NET081",
            Self::TooManyPermissions => "NET082",
            Self::NotPermitted { .. } => "NET083",
            Self::AlreadyRequested { .. } => "NET084",
            Self::TooManyRequests { .. } => "NET085",
            Self::NotRequested { .. } => "NET086",
            Self::NoBranch { .. } => "NET160",
            Self::NotNext { .. } => "NET033",
            Self::NotAMessage { .. } => "NET034",
            Self::NotWaiting { .. } => "NET090",
            Self::MayBeDelivered { .. } => "NET091",
            Self::WorkOver { .. } => "NET092",
            Self::Answers { .. } => "NET093",
            Self::NotTheDecider { .. } => "NET120",
            Self::UnknownCopy { .. } => "NET121",
            Self::AlreadyDecided { .. } => "NET122",
            Self::NotHeld { .. } => "NET123",
            Self::NoBypass { .. } => "NET124",
            Self::BypassSet { .. } => "NET125",
            Self::DeciderSuspended { .. } => "NET128",
            Self::DecisionUnsigned { .. } => "NET129",
        }
    }

    /// Who is at fault. The operator's orders are the network's.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoSession { .. }
            | Self::SessionOver { .. }
            | Self::WrongInputNumber { .. }
            | Self::NotAMember { .. }
            | Self::AnsweredAhead { .. }
            | Self::AlreadyRequested { .. }
            | Self::TooManyRequests { .. } => Fault::Sender,
            Self::ReceivedAhead { .. }
            | Self::UnknownLane { .. }
            | Self::LanesElsewhere { .. }
            | Self::AlreadyAcknowledged { .. }
            | Self::WrongFirst { .. }
            | Self::NeverOffered { .. }
            | Self::BadRange { .. }
            | Self::WrongKey { .. }
            | Self::OwnPermission { .. }
            | Self::PermissionOver { .. }
            | Self::NotPermitted { .. }
            | Self::NotRequested { .. }
            | Self::NoBranch { .. }
            | Self::NotNext { .. }
            | Self::NotAMessage { .. }
            | Self::NotTheDecider { .. }
            | Self::UnknownCopy { .. }
            | Self::AlreadyDecided { .. }
            | Self::NotHeld { .. }
            | Self::DeciderSuspended { .. }
            | Self::DecisionUnsigned { .. } => Fault::Receiver,
            Self::AlreadyAdmitted { .. }
            | Self::Unknown { .. }
            | Self::AlreadySuspended { .. }
            | Self::NotSuspended { .. }
            | Self::ForeignGrant { .. }
            | Self::AlreadyGranted { .. }
            | Self::TooManyGrants { .. }
            | Self::GrantOver { .. }
            | Self::Expelled { .. }
            | Self::NoSuchKey { .. }
            | Self::NotGoverned
            | Self::AlreadyGoverned
            | Self::NoConsent
            | Self::Change(_)
            | Self::ServiceExists { .. }
            | Self::NoService { .. }
            | Self::TooManyServices
            | Self::TooManyCalendars
            | Self::NoCalendar { .. }
            | Self::BadRules { .. }
            | Self::TestWithLive { .. }
            | Self::AlreadyInGroup { .. }
            | Self::NotInGroup { .. }
            | Self::TooManyPermissions
            | Self::NotWaiting { .. }
            | Self::MayBeDelivered { .. }
            | Self::WorkOver { .. }
            | Self::Answers { .. }
            | Self::NoBypass { .. }
            | Self::BypassSet { .. } => Fault::Network,
        }
    }

    /// Whether an honest gateway can meet it, when its frame crossed another terminal's take-over of
    /// the lanes on the way: the hub drops the command and lets the link stand.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::LanesElsewhere { .. } | Self::AlreadyAcknowledged { .. })
    }
}
