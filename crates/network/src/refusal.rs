//! Why the network refuses a message that is sound in itself: a business "no", which is written and
//! signed. All reasons are given at once, in the order of the variants.
//!
//! What breaks the protocol is no refusal but a [`crate::Rejection`].

use iso::{Bic, Institution, Terminal};
use trust::{
    Fault, KeyId, Lane, LogTime, MessageType, Monitoring, NetworkName, Reason, ServiceName,
};

use crate::real_time::{OPEN_REQUESTS_MAX, RequestOutcome};
use crate::relationship::Missing;

/// Why the network refuses a message that is sound in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is for another network.
    #[error("the message is for network {found}, but this is {expected}")]
    WrongNetwork {
        /// This network.
        expected: NetworkName,
        /// The one of the header.
        found: NetworkName,
    },
    /// It is of another sender.
    #[error("the message is of {found}, but {expected} submitted it")]
    ForeignSender {
        /// Who submitted it.
        expected: Terminal,
        /// The sender in the header.
        found: Terminal,
    },
    /// Its header has another number than the one under which it was submitted.
    #[error("the header has input number {found}, but was submitted under {expected}")]
    OtherNumber {
        /// The number under which it was submitted.
        expected: u64,
        /// The number in the header.
        found: u64,
    },
    /// The key was not granted to the terminal for this time.
    #[error("key {key} of {terminal} is not valid at this time")]
    KeyNotValid {
        /// Which key.
        key: KeyId,
        /// Which terminal.
        terminal: Terminal,
    },
    /// The system lane is the network's own.
    #[error("only the network sends with system priority")]
    SystemPriority,
    /// It is of no use any more.
    #[error("the message was of no use any more when the network had it to decide on")]
    Expired,
    /// The sender is suspended.
    #[error("{sender} is suspended and may not send")]
    SenderSuspended {
        /// Who sends.
        sender: Terminal,
    },
    /// There is no such receiver.
    #[error("{receiver} is not a member of this network")]
    UnknownReceiver {
        /// Who shall get it.
        receiver: Bic,
    },
    /// The receiver is suspended.
    #[error("{receiver} is suspended and may not be sent to")]
    ReceiverSuspended {
        /// Who shall get it.
        receiver: Bic,
    },
    /// The receiver does not take over what waits for it.
    #[error("too many messages wait for {receiver}")]
    LaneFull {
        /// Who shall get it.
        receiver: Bic,
    },
    /// The sender does not take over the notices that wait for it.
    #[error("too many notices wait for {sender} to ask for another")]
    NoticesFull {
        /// Who sends.
        sender: Terminal,
    },
    /// The receiver has no such branch.
    #[error("{} has no branch {}", .receiver.institution(), .receiver.branch())]
    UnknownBranch {
        /// Who shall get it.
        receiver: Bic,
    },
    /// Institutions for tests and live ones have nothing to send one another.
    #[error("of {} and {}, one is for tests and the other is not", .sender.institution(), .receiver.institution())]
    TestWithLive {
        /// Who sends.
        sender: Terminal,
        /// Who shall get it.
        receiver: Bic,
    },
    /// There is no such service.
    #[error("this network has no service {service}")]
    UnknownService {
        /// The service of the header.
        service: ServiceName,
    },
    /// The service carries no messages any more.
    #[error("service {service} carries no messages any more")]
    RetiredService {
        /// The service of the header.
        service: ServiceName,
    },
    /// A service for tests is for institutions for tests, and a live one for live ones.
    #[error("service {service} and {institution}: one is for tests and the other is not")]
    ServiceMode {
        /// The service of the header.
        service: ServiceName,
        /// The sender or the receiver.
        institution: Institution,
    },
    /// The service does not carry this type of message.
    #[error("service {service} does not carry {message_type}")]
    TypeNotCarried {
        /// The service of the header.
        service: ServiceName,
        /// The type of the header.
        message_type: MessageType,
    },
    /// The payload is longer than the service allows.
    #[error("service {service} carries at most {limit} bytes, but this message has {found}")]
    PayloadTooLong {
        /// The service of the header.
        service: ServiceName,
        /// How many bytes it allows.
        limit: u32,
        /// How many the message has.
        found: u32,
    },
    /// The service does not offer this monitoring option.
    #[error("service {service} does not offer monitoring option {}", .option.code())]
    MonitoringNotOffered {
        /// The service of the header.
        service: ServiceName,
        /// What the sender asks for.
        option: Monitoring,
    },
    /// The institution that is to get the copy is suspended.
    #[error("service {service} copies messages to {institution}, which is suspended")]
    CopySuspended {
        /// The service of the header.
        service: ServiceName,
        /// Who is to get the copy.
        institution: Institution,
    },
    /// Too much waits for the institution that is to get the copy.
    #[error("service {service} copies messages to {institution}, for which too many wait")]
    CopiesFull {
        /// The service of the header.
        service: ServiceName,
        /// Who is to get the copy.
        institution: Institution,
    },
    /// The sender is not in the closed group of the service.
    #[error("{} is not in the group of service {service}", .sender.institution())]
    SenderOutside {
        /// The service of the header.
        service: ServiceName,
        /// Who sends.
        sender: Terminal,
    },
    /// The receiver is not in the closed group of the service.
    #[error("{} is not in the group of service {service}", .receiver.institution())]
    ReceiverOutside {
        /// The service of the header.
        service: ServiceName,
        /// Who shall get it.
        receiver: Bic,
    },
    /// The receiver has not permitted this.
    #[error("{} has not permitted this to {} in service {service}: {missing}", .receiver.institution(), .sender.institution())]
    NotPermitted {
        /// The service of the header.
        service: ServiceName,
        /// Who sends.
        sender: Terminal,
        /// Who shall get it.
        receiver: Bic,
        /// What is missing.
        missing: Missing,
    },
    /// The service carries no files.
    #[error("service {service} carries no files")]
    FilesNotCarried {
        /// The service of the header.
        service: ServiceName,
    },
    /// The file is longer than the service allows.
    #[error("service {service} carries files of at most {limit} bytes, but this one has {found}")]
    FileTooLong {
        /// The service of the header.
        service: ServiceName,
        /// How many bytes it allows.
        limit: u64,
        /// How many the file has.
        found: u64,
    },
    /// The sender's files in the service would have more bytes than it may have there.
    #[error("the files of {} in service {service} may have {limit} bytes, and have {used} without this one", .sender.institution())]
    FileQuota {
        /// The service of the header.
        service: ServiceName,
        /// Who sends.
        sender: Terminal,
        /// How many bytes its files may have.
        limit: u64,
        /// How many they have without this one.
        used: u64,
    },
    /// The network keeps as many files as it can.
    #[error("the network keeps as many announcements of files as it can")]
    TooManyFiles,
    /// The sender has announced these bytes as a file of another length.
    #[error(
        "record {first} announced this file with {expected} bytes, and this message with {found}"
    )]
    OtherFileLength {
        /// The first record that announced it.
        first: u64,
        /// What that one says.
        expected: u64,
        /// What this one says.
        found: u64,
    },
    /// The service has accepted such a message before and refuses duplicates.
    #[error(
        "service {service} has accepted such a message in record {first}: same sender, type and reference"
    )]
    Duplicate {
        /// The service of the header.
        service: ServiceName,
        /// The record of the first such message.
        first: u64,
    },
    /// The service stores and forwards.
    #[error(
        "service {service} is no real-time service: its messages answer no request and have no such priority"
    )]
    NotRealTime {
        /// The service of the header.
        service: ServiceName,
    },
    /// Messages of a real-time service have the priority of real time.
    #[error("service {service} is a real-time service: its messages have real-time priority")]
    RealTimePriority {
        /// The service of the header.
        service: ServiceName,
    },
    /// Nobody would take the request over now, and it is not kept for later.
    #[error(
        "{receiver} has no session that receives, and service {service} keeps no request for later"
    )]
    ReceiverAway {
        /// The service of the header.
        service: ServiceName,
        /// Who shall answer.
        receiver: Bic,
    },
    /// The sender has too many requests open.
    #[error("{} has {OPEN_REQUESTS_MAX} open requests, which is the most", .sender.institution())]
    TooManyRequests {
        /// Who asks.
        sender: Terminal,
    },
    /// There is no such request, or it was over long ago.
    #[error("record {record} is no request that could be answered now")]
    NoSuchRequest {
        /// The record that the header names.
        record: u64,
    },
    /// The request has its response.
    #[error("the request of record {record} was answered before")]
    RequestAnswered {
        /// The record of the request.
        record: u64,
    },
    /// The request ended without a response.
    #[error("the request of record {record} is over: {outcome}")]
    RequestOver {
        /// The record of the request.
        record: u64,
        /// How it ended, or ends with the next tick.
        outcome: RequestOutcome,
    },
    /// Only the receiver of a request answers it.
    #[error("the request of record {record} was not for {}", .sender.institution())]
    NotTheReceiver {
        /// The record of the request.
        record: u64,
        /// Who wants to answer it.
        sender: Terminal,
    },
    /// The response goes to whoever asked.
    #[error("the request of record {record} was not of {}", .receiver.institution())]
    NotTheRequester {
        /// The record of the request.
        record: u64,
        /// Who would get the response.
        receiver: Bic,
    },
    /// The response is in the service of the request.
    #[error("the request of record {record} is not in service {service}")]
    OtherService {
        /// The record of the request.
        record: u64,
        /// The service of the response.
        service: ServiceName,
    },
    /// The service takes no messages of this priority now.
    #[error("service {service} takes no {lane} messages now; it opens at {opens_at}")]
    Closed {
        /// The service of the header.
        service: ServiceName,
        /// The lane of the priority.
        lane: Lane,
        /// When it opens next.
        opens_at: LogTime,
    },
    /// The service carries sealed messages only.
    #[error("service {service} carries sealed messages only, and this one can be read")]
    NotSealed {
        /// The service of the header.
        service: ServiceName,
    },
    /// The service does not carry sealed messages.
    #[error("service {service} does not carry sealed messages")]
    Sealed {
        /// The service of the header.
        service: ServiceName,
    },
}

impl Refusal {
    /// The code that institutions see and that never changes its meaning; `docs/codes` has a page
    /// for each.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownReceiver { .. } => "NET001",
            Self::ReceiverSuspended { .. } => "NET002",
            Self::SenderSuspended { .. } => "NET003",
            Self::WrongNetwork { .. } => "NET004",
            Self::ForeignSender { .. } => "NET005",
            Self::OtherNumber { .. } => "NET006",
            Self::SystemPriority => "NET007",
            Self::KeyNotValid { .. } => "NET008",
            Self::Expired => "NET009",
            Self::LaneFull { .. } => "NET010",
            Self::NoticesFull { .. } => "NET011",
            Self::UnknownBranch { .. } => "NET012",
            Self::TestWithLive { .. } => "NET013",
            Self::UnknownService { .. } => "NET014",
            Self::RetiredService { .. } => "NET015",
            Self::ServiceMode { .. } => "NET016",
            Self::TypeNotCarried { .. } => "NET017",
            Self::PayloadTooLong { .. } => "NET018",
            Self::MonitoringNotOffered { .. } => "NET019",
            Self::SenderOutside { .. } => "NET060",
            Self::ReceiverOutside { .. } => "NET061",
            Self::NotPermitted { .. } => "NET062",
            Self::Duplicate { .. } => "NET063",
            Self::ReceiverAway { .. } => "NET130",
            Self::TooManyRequests { .. } => "NET131",
            Self::NoSuchRequest { .. } => "NET132",
            Self::RequestAnswered { .. } => "NET133",
            Self::RequestOver { .. } => "NET134",
            Self::NotTheReceiver { .. } => "NET135",
            Self::NotTheRequester { .. } => "NET136",
            Self::OtherService { .. } => "NET137",
            Self::NotRealTime { .. } => "NET138",
            Self::RealTimePriority { .. } => "NET139",
            Self::Closed { .. } => "NET140",
            Self::FilesNotCarried { .. } => "NET150",
            Self::FileTooLong { .. } => "NET151",
            Self::FileQuota { .. } => "NET152",
            Self::TooManyFiles => "NET153",
            Self::OtherFileLength { .. } => "NET154",
            Self::NotSealed { .. } => "NET110",
            Self::Sealed { .. } => "NET111",
            Self::CopiesFull { .. } => "NET126",
            Self::CopySuspended { .. } => "NET127",
        }
    }

    /// Who is at fault.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::ReceiverSuspended { .. } | Self::LaneFull { .. } | Self::ReceiverAway { .. } => {
                Fault::Receiver
            }
            Self::TooManyFiles => Fault::Network,
            Self::CopiesFull { .. } | Self::CopySuspended { .. } => Fault::Network,
            Self::UnknownReceiver { .. }
            | Self::SenderSuspended { .. }
            | Self::WrongNetwork { .. }
            | Self::ForeignSender { .. }
            | Self::OtherNumber { .. }
            | Self::SystemPriority
            | Self::KeyNotValid { .. }
            | Self::Expired
            | Self::NoticesFull { .. }
            | Self::UnknownBranch { .. }
            | Self::TestWithLive { .. }
            | Self::UnknownService { .. }
            | Self::RetiredService { .. }
            | Self::ServiceMode { .. }
            | Self::TypeNotCarried { .. }
            | Self::PayloadTooLong { .. }
            | Self::MonitoringNotOffered { .. }
            | Self::SenderOutside { .. }
            | Self::ReceiverOutside { .. }
            | Self::NotPermitted { .. }
            | Self::FilesNotCarried { .. }
            | Self::FileTooLong { .. }
            | Self::FileQuota { .. }
            | Self::OtherFileLength { .. }
            | Self::Duplicate { .. }
            | Self::NotRealTime { .. }
            | Self::RealTimePriority { .. }
            | Self::TooManyRequests { .. }
            | Self::NoSuchRequest { .. }
            | Self::RequestAnswered { .. }
            | Self::RequestOver { .. }
            | Self::NotTheReceiver { .. }
            | Self::NotTheRequester { .. }
            | Self::OtherService { .. }
            | Self::NotSealed { .. }
            | Self::Sealed { .. }
            | Self::Closed { .. } => Fault::Sender,
        }
    }

    /// The field of the message that it is about.
    #[must_use]
    pub fn place(&self) -> &'static str {
        match self {
            Self::WrongNetwork { .. } => "header/network",
            Self::ForeignSender { .. }
            | Self::SenderSuspended { .. }
            | Self::SenderOutside { .. }
            | Self::TooManyRequests { .. }
            | Self::NotTheReceiver { .. } => "header/sender",
            Self::OtherNumber { .. } => "header/input_number",
            Self::KeyNotValid { .. } => "signature/key",
            Self::SystemPriority | Self::RealTimePriority { .. } => "header/priority",
            Self::Expired => "header/expires_at",
            Self::UnknownReceiver { .. }
            | Self::ReceiverSuspended { .. }
            | Self::LaneFull { .. }
            | Self::UnknownBranch { .. }
            | Self::TestWithLive { .. }
            | Self::ReceiverOutside { .. }
            | Self::ReceiverAway { .. }
            | Self::NotTheRequester { .. }
            | Self::NotPermitted { .. } => "header/receiver",
            Self::NoticesFull { .. } | Self::MonitoringNotOffered { .. } => "header/monitoring",
            Self::UnknownService { .. }
            | Self::RetiredService { .. }
            | Self::ServiceMode { .. }
            | Self::NotRealTime { .. }
            | Self::OtherService { .. }
            | Self::NotSealed { .. }
            | Self::Sealed { .. }
            | Self::Closed { .. }
            | Self::CopiesFull { .. }
            | Self::CopySuspended { .. } => "header/service",
            Self::TypeNotCarried { .. } => "header/message_type",
            Self::PayloadTooLong { .. } => "header/payload_length",
            Self::FilesNotCarried { .. }
            | Self::FileTooLong { .. }
            | Self::FileQuota { .. }
            | Self::TooManyFiles
            | Self::OtherFileLength { .. } => "header/file",
            Self::Duplicate { .. } => "header/reference",
            Self::NoSuchRequest { .. }
            | Self::RequestAnswered { .. }
            | Self::RequestOver { .. } => "header/answers",
        }
    }

    /// The form in which it is put on record.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let code = self.code().parse().expect("a code is a label");
        Reason::new(code, self.fault(), self.place(), &self.to_string())
    }
}
