//! What a gateway asks the network for its institution, and what it is answered: the way from the
//! fields of a frame to values that are valid when they exist, and back.
//!
//! Questions are no messages: they have no input number, and one that was not answered when a link
//! ended was done or not. Who asks is settled by the certificate of the link, and a question names
//! only the other institution. What comes of it is decided by the network machine.

mod copies;
mod hours;
mod lanes;

use bytes::Bytes;
use iso::{Institution, Terminal, Uetr};
pub use network::{
    Calendar, Day, Hours, LaneRule, LaneRules, Line, Patterns, Permission, Relation, Report,
    ReportRules, ReportTimes, WhileClosed,
};
use trust::{
    Body, CopyDecision, Digest, Lane, LogTime, RecordHead, RecordKind, Reference, ServiceName,
};
use wire::latest::{self, ask, reply, retrieve};
use wire::limits::{FRAME_MESSAGES_MAX, MESSAGE_BYTES_MAX, META_BYTES_MAX, ROWS_MAX};

pub use self::copies::{Copied, Undecided};
pub use self::hours::{Page, ReportsView, Wanted};
pub use self::lanes::{InstitutionLanes, LaneInUse};
use crate::{Ending, fields};

/// How many grants a reply lists at most.
const GRANTS_SHOWN_MAX: usize = 256;

/// What a gateway asks for its institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Permit a sender something.
    Permit {
        /// Who may send.
        sender: Institution,
        /// In which service.
        service: ServiceName,
        /// What.
        permission: Permission,
    },
    /// Take a permission back.
    Revoke {
        /// From whom.
        sender: Institution,
        /// In which service.
        service: ServiceName,
        /// Why, for people.
        reason: Line,
    },
    /// Ask a receiver for a permission.
    RequestPermission {
        /// Whom.
        receiver: Institution,
        /// In which service.
        service: ServiceName,
        /// For what.
        permission: Permission,
        /// Why, for people.
        text: Line,
    },
    /// Say no to a request.
    DenyPermission {
        /// Of whom.
        sender: Institution,
        /// In which service.
        service: ServiceName,
        /// Why, for people.
        reason: Line,
    },
    /// State that a message of the institution was not taken over yet.
    StateOutstanding {
        /// Who is to take it over.
        receiver: Institution,
        /// The sequence of the message's record.
        record: u64,
    },
    /// List the keys to which messages for an institution may be sealed now.
    EncryptionKeys {
        /// For whom the messages are.
        institution: Institution,
    },
    /// List the permissions and open requests of the institution.
    Relationships {
        /// How many to leave out from the beginning.
        skip: u64,
    },
    /// List the services of the network.
    Services,
    /// Get messages back.
    Retrieve(Retrieval),
    /// List the calendars of the network.
    Calendars,
    /// Say which reports the institution gets, and when.
    SetReports(ReportRules),
    /// Tell which reports it gets, and when they were due last.
    Reports,
    /// Make a report.
    Report(Wanted),
    /// Say by which lanes of its own messages to the institution go.
    SetLaneRules(Box<LaneRules>),
    /// Tell its lanes.
    Lanes,
    /// List the grants of the keys of a terminal of the institution.
    Keys {
        /// The terminal.
        terminal: Terminal,
    },
    /// Authorise or refuse a held message. A gateway signs it when it asks.
    DecideCopy(Box<CopyDecision>),
    /// List the messages that wait for what the institution decides.
    Undecided {
        /// Only those with a record behind this one; 0: from the beginning.
        after: u64,
    },
}

/// Which messages an institution wants back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieval {
    /// Which messages.
    pub by: By,
    /// Only those recorded at this time or later.
    pub from: LogTime,
    /// Only those recorded before this time.
    pub until: Option<LogTime>,
    /// Only those with a record behind this one.
    pub after: u64,
    /// How many at most; 1 to [`FRAME_MESSAGES_MAX`].
    pub limit: usize,
}

/// By what messages are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Those that a terminal sent, in a range of its input numbers.
    Sent {
        /// The terminal.
        terminal: Terminal,
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
    },
    /// Those with a reference.
    Reference(Reference),
    /// Those about a transaction.
    Uetr(Uetr),
    /// Those that came into a lane of the institution, in a range of its output numbers.
    Received {
        /// The lane.
        lane: Lane,
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
    },
}

/// A message from the hub's archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieved {
    /// The record of its acceptance or refusal.
    pub record: Filed,
    /// Its exact bytes; empty for a refused one.
    pub payload: Bytes,
    /// The lane of its receiver and its number there; nothing for one that was refused, or that is held.
    pub place: Option<(Lane, u64)>,
    /// The records that say what became of it, in order.
    pub history: Vec<Filed>,
}

/// A record from the hub's archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Its head.
    pub head: RecordHead,
    /// Its meta.
    pub meta: Bytes,
    /// The digest of its payload.
    pub payload: Digest,
}

/// What a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done, and durable.
    Recorded {
        /// The sequence of the record that says so.
        sequence: u64,
    },
    /// The network does not do it.
    Rejected {
        /// The code, explained in docs/codes.
        code: String,
        /// Why, for people.
        text: String,
    },
    /// Permissions and open requests.
    Relationships {
        /// At most [`ROWS_MAX`].
        rows: Vec<Relationship>,
        /// Whether there are more.
        more: bool,
    },
    /// Services, by name.
    Services(Vec<Service>),
    /// The grants of keys to which messages may be sealed, as signed notes. Nothing of them is proven.
    EncryptionKeys(Vec<String>),
    /// The grants of a terminal's keys: signed notes, not verified.
    Keys(Vec<String>),
    /// Messages, by rising record.
    Retrieved {
        /// The messages.
        messages: Vec<Retrieved>,
        /// Whether there may be more behind the last one.
        more: bool,
    },
    /// Calendars, by name.
    Calendars(Vec<Calendar>),
    /// Which reports the institution gets.
    Reports(ReportsView),
    /// Some rows of a report.
    Report(Page),
    /// Messages that wait for what the institution decides.
    Undecided {
        /// By rising record, at most [`ROWS_MAX`].
        messages: Vec<Undecided>,
        /// Whether there are more.
        more: bool,
    },
    /// The lanes of the institution.
    Lanes(InstitutionLanes),
}

/// One permission, or one open request for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Who, to whom, in which service.
    pub relation: Relation,
    /// What it is.
    pub state: Standing,
}

/// How two institutions stand to each other in a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The receiver permits this.
    Permitted(Permission),
    /// The sender has asked for it, and nobody has answered.
    Requested {
        /// The sequence of the record of the request.
        record: u64,
    },
}

/// What an institution may know of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// Which types it carries.
    pub types: Patterns,
    /// The rules of content beyond the schema; nothing: those of the hub.
    pub profile: Option<String>,
    /// The greatest payload in bytes; nothing: what the hub takes.
    pub payload_bytes_max: Option<u32>,
    /// Whether a receiver must permit a sender.
    pub needs_relationship: bool,
    /// Whether only the members of its group take part.
    pub is_closed: bool,
    /// Whether the institution may use it.
    pub is_member: bool,
    /// Whether it takes no new messages.
    pub is_retired: bool,
    /// For how many days its messages can be retrieved.
    pub retention_days: u16,
    /// When it takes messages; nothing: always.
    pub hours: Option<Hours>,
    /// The greatest file that its messages may announce; nothing: it carries no files.
    pub file_bytes_max: Option<u64>,
    /// Whether its messages are sealed to the receiver.
    pub is_sealed: bool,
    /// Who gets copies, if anybody does.
    pub copy: Option<Copied>,
}

impl Question {
    /// Reads what a frame asks.
    pub(crate) fn read(question: ask::Question) -> Result<Self, Ending> {
        Ok(match question {
            ask::Question::Permit(it) => Self::Permit {
                sender: institution(&it.sender)?,
                service: service(&it.service)?,
                permission: permission(it.permission)?,
            },
            ask::Question::Revoke(it) => Self::Revoke {
                sender: institution(&it.sender)?,
                service: service(&it.service)?,
                reason: line(&it.reason)?,
            },
            ask::Question::RequestPermission(it) => Self::RequestPermission {
                receiver: institution(&it.receiver)?,
                service: service(&it.service)?,
                permission: permission(it.permission)?,
                text: line(&it.text)?,
            },
            ask::Question::DenyPermission(it) => Self::DenyPermission {
                sender: institution(&it.sender)?,
                service: service(&it.service)?,
                reason: line(&it.reason)?,
            },
            ask::Question::StateOutstanding(it) => {
                Self::StateOutstanding { receiver: institution(&it.receiver)?, record: it.record }
            }
            ask::Question::ListEncryptionKeys(it) => {
                Self::EncryptionKeys { institution: institution(&it.institution)? }
            }
            ask::Question::ListRelationships(it) => Self::Relationships { skip: it.skip },
            ask::Question::ListServices(latest::ListServices {}) => Self::Services,
            ask::Question::Retrieve(it) => Self::Retrieve(Retrieval::read(it)?),
            ask::Question::ListCalendars(latest::ListCalendars {}) => Self::Calendars,
            ask::Question::SetReports(it) => {
                Self::SetReports(hours::rules(&it.hours, it.at_cut_off, it.check_at)?)
            }
            ask::Question::GetReports(latest::GetReports {}) => Self::Reports,
            ask::Question::GetReport(it) => Self::Report(Wanted::read(it)?),
            ask::Question::SetLaneRules(it) => {
                Self::SetLaneRules(Box::new(lanes::read_rules(&it)?))
            }
            ask::Question::GetLanes(latest::GetLanes {}) => Self::Lanes,
            ask::Question::ListKeys(it) => Self::Keys { terminal: fields::terminal(&it.terminal)? },
            // Answered by the log and its witnesses, not by the network.
            ask::Question::AwaitWitnesses(_) => {
                return Err(Ending::Malformed { field: "kind of question" });
            }
            ask::Question::DecideCopy(it) => {
                fields::within("bytes of a decision", it.meta.len(), META_BYTES_MAX)?;
                let decision = CopyDecision::decode(&it.meta);
                let decision = decision.map_err(|_| Ending::Malformed { field: "decision" })?;
                Self::DecideCopy(Box::new(decision))
            }
            ask::Question::ListUndecided(it) => Self::Undecided { after: it.after },
        })
    }

    /// The form of a frame.
    pub(crate) fn write(&self) -> ask::Question {
        match self {
            Self::Permit { sender, service, permission } => ask::Question::Permit(latest::Permit {
                sender: sender.to_string(),
                service: service.to_string(),
                permission: Some(written(permission)),
            }),
            Self::Revoke { sender, service, reason } => ask::Question::Revoke(latest::Revoke {
                sender: sender.to_string(),
                service: service.to_string(),
                reason: reason.to_string(),
            }),
            Self::RequestPermission { receiver, service, permission, text } => {
                ask::Question::RequestPermission(latest::RequestPermission {
                    receiver: receiver.to_string(),
                    service: service.to_string(),
                    permission: Some(written(permission)),
                    text: text.to_string(),
                })
            }
            Self::DenyPermission { sender, service, reason } => {
                ask::Question::DenyPermission(latest::DenyPermission {
                    sender: sender.to_string(),
                    service: service.to_string(),
                    reason: reason.to_string(),
                })
            }
            Self::StateOutstanding { receiver, record } => {
                ask::Question::StateOutstanding(latest::StateOutstanding {
                    receiver: receiver.to_string(),
                    record: *record,
                })
            }
            Self::EncryptionKeys { institution } => {
                let institution = institution.to_string();
                ask::Question::ListEncryptionKeys(latest::ListEncryptionKeys { institution })
            }
            Self::Relationships { skip } => {
                ask::Question::ListRelationships(latest::ListRelationships { skip: *skip })
            }
            Self::Services => ask::Question::ListServices(latest::ListServices {}),
            Self::Retrieve(retrieval) => ask::Question::Retrieve(retrieval.write()),
            Self::Calendars => ask::Question::ListCalendars(latest::ListCalendars {}),
            Self::SetReports(rules) => ask::Question::SetReports(latest::SetReports {
                hours: hours::written_hours(rules),
                at_cut_off: rules.at_cut_off,
                check_at: hours::written_check(rules),
            }),
            Self::Reports => ask::Question::GetReports(latest::GetReports {}),
            Self::Report(wanted) => ask::Question::GetReport(wanted.write()),
            Self::SetLaneRules(rules) => ask::Question::SetLaneRules(lanes::write_rules(rules)),
            Self::Lanes => ask::Question::GetLanes(latest::GetLanes {}),
            Self::Keys { terminal } => {
                ask::Question::ListKeys(latest::ListKeys { terminal: terminal.to_string() })
            }
            Self::DecideCopy(decision) => {
                ask::Question::DecideCopy(latest::DecideCopy { meta: decision.encode().into() })
            }
            Self::Undecided { after } => {
                ask::Question::ListUndecided(latest::ListUndecided { after: *after })
            }
        }
    }
}

impl Reply {
    /// Reads what a frame answers.
    pub(crate) fn read(answer: reply::Answer) -> Result<Self, Ending> {
        Ok(match answer {
            reply::Answer::Recorded(sequence) => Self::Recorded { sequence },
            reply::Answer::Rejected(it) => {
                let farewell = fields::Farewell::of(&latest::Bye { code: it.code, text: it.text });
                Self::Rejected { code: farewell.code, text: farewell.text }
            }
            reply::Answer::Relationships(it) => {
                fields::within("relationships", it.relationships.len(), ROWS_MAX)?;
                let rows = it.relationships.into_iter().map(Relationship::read);
                Self::Relationships { rows: rows.collect::<Result<_, _>>()?, more: it.more }
            }
            reply::Answer::Services(it) => {
                fields::within("services", it.services.len(), ROWS_MAX)?;
                Self::Services(it.services.iter().map(Service::read).collect::<Result<_, _>>()?)
            }
            reply::Answer::EncryptionKeys(it) => {
                fields::within("grants", it.grants.len(), FRAME_MESSAGES_MAX)?;
                let note = |bytes: Bytes| String::from_utf8(bytes.into());
                let notes = it.grants.into_iter().map(note).collect::<Result<_, _>>();
                Self::EncryptionKeys(notes.map_err(|_| Ending::Malformed { field: "grant" })?)
            }
            reply::Answer::Keys(it) => {
                fields::within("grants", it.grants.len(), GRANTS_SHOWN_MAX)?;
                let text = |note: Bytes| String::from_utf8(note.to_vec());
                let grants = it.grants.into_iter().map(text).collect::<Result<_, _>>();
                Self::Keys(grants.map_err(|_| Ending::Malformed { field: "signed note" })?)
            }
            reply::Answer::Witnessed(_) => {
                return Err(Ending::Malformed { field: "kind of reply" });
            }
            reply::Answer::Retrieved(it) => {
                fields::within("retrieved messages", it.messages.len(), FRAME_MESSAGES_MAX)?;
                let messages = it.messages.into_iter().map(Retrieved::read);
                Self::Retrieved { messages: messages.collect::<Result<_, _>>()?, more: it.more }
            }
            reply::Answer::Calendars(it) => {
                fields::within("calendars", it.calendars.len(), ROWS_MAX)?;
                let calendars = it.calendars.iter().map(hours::read_calendar);
                Self::Calendars(calendars.collect::<Result<_, _>>()?)
            }
            reply::Answer::Lanes(it) => Self::Lanes(InstitutionLanes::read(&it)?),
            reply::Answer::Reports(it) => Self::Reports(ReportsView::read(&it)?),
            reply::Answer::Report(it) => {
                Self::Report(Page { document: it.document, next: it.next })
            }
            reply::Answer::Undecided(it) => {
                fields::within("held messages", it.messages.len(), ROWS_MAX)?;
                let messages = it.messages.iter().map(Undecided::read).collect::<Result<_, _>>()?;
                Self::Undecided { messages, more: it.more }
            }
        })
    }

    /// The heads that a proof must lead to.
    pub(crate) fn heads(&self) -> Vec<&RecordHead> {
        let Self::Retrieved { messages, .. } = self else { return Vec::new() };
        messages.iter().flat_map(Retrieved::heads).collect()
    }

    /// The form of a frame.
    pub(crate) fn write(self) -> reply::Answer {
        match self {
            Self::Recorded { sequence } => reply::Answer::Recorded(sequence),
            Self::Rejected { code, text } => {
                reply::Answer::Rejected(latest::Rejected { code, text })
            }
            Self::Relationships { rows, more } => {
                let relationships = rows.iter().map(Relationship::write).collect();
                reply::Answer::Relationships(latest::Relationships { relationships, more })
            }
            Self::Services(services) => {
                let services = services.iter().map(Service::write).collect();
                reply::Answer::Services(latest::Services { services })
            }
            Self::EncryptionKeys(notes) => {
                let grants = notes.into_iter().take(FRAME_MESSAGES_MAX).map(Bytes::from).collect();
                reply::Answer::EncryptionKeys(latest::EncryptionKeys { grants })
            }
            Self::Retrieved { messages, more } => {
                let messages = messages.into_iter().map(Retrieved::write).collect();
                reply::Answer::Retrieved(latest::Retrieved { messages, more })
            }
            Self::Calendars(calendars) => {
                let calendars = calendars.iter().map(hours::write_calendar).collect();
                reply::Answer::Calendars(latest::Calendars { calendars })
            }
            Self::Lanes(lanes) => reply::Answer::Lanes(lanes.write()),
            Self::Reports(view) => reply::Answer::Reports(view.write()),
            Self::Report(Page { document, next }) => {
                reply::Answer::Report(latest::Report { document, next })
            }
            Self::Keys(grants) => {
                let grants = grants.into_iter().take(GRANTS_SHOWN_MAX).map(Bytes::from).collect();
                reply::Answer::Keys(latest::Keys { grants })
            }
            Self::Undecided { messages, more } => {
                let messages = messages.iter().map(Undecided::write).collect();
                reply::Answer::Undecided(latest::Undecided { messages, more })
            }
        }
    }
}

impl Retrieval {
    fn read(frame: latest::Retrieve) -> Result<Self, Ending> {
        let by = match frame.by.ok_or(Ending::Malformed { field: "kind of retrieval" })? {
            retrieve::By::Sent(range) => By::Sent {
                terminal: fields::terminal(&range.terminal)?,
                first: range.first,
                last: range.last,
            },
            retrieve::By::Reference(text) => {
                By::Reference(text.parse().map_err(|_| Ending::Malformed { field: "reference" })?)
            }
            retrieve::By::Uetr(bytes) => {
                let bytes = <[u8; 16]>::try_from(bytes.as_ref());
                let uetr = bytes.ok().and_then(|bytes| Uetr::from_bytes(bytes).ok());
                By::Uetr(uetr.ok_or(Ending::Malformed { field: "transaction" })?)
            }
            retrieve::By::Received(range) => By::Received {
                lane: fields::lane(range.lane)?,
                first: range.first,
                last: range.last,
            },
        };
        let limit = usize::try_from(frame.limit).unwrap_or(usize::MAX);
        if !(1..=FRAME_MESSAGES_MAX).contains(&limit) {
            return Err(Ending::Malformed { field: "limit of a retrieval" });
        }
        Ok(Self {
            by,
            from: LogTime(frame.from),
            until: Some(LogTime(frame.until)).filter(|until| until.0 != 0),
            after: frame.after,
            limit,
        })
    }

    fn write(&self) -> latest::Retrieve {
        let by = match &self.by {
            By::Sent { terminal, first, last } => retrieve::By::Sent(latest::Range {
                terminal: terminal.to_string(),
                lane: 0,
                first: *first,
                last: *last,
            }),
            By::Reference(reference) => retrieve::By::Reference(reference.to_string()),
            By::Uetr(uetr) => retrieve::By::Uetr(Bytes::copy_from_slice(uetr.as_bytes())),
            By::Received { lane, first, last } => retrieve::By::Received(latest::Range {
                terminal: String::new(),
                lane: lane.0.into(),
                first: *first,
                last: *last,
            }),
        };
        latest::Retrieve {
            by: Some(by),
            from: self.from.0,
            until: self.until.map_or(0, |until| until.0),
            after: self.after,
            limit: u32::try_from(self.limit).unwrap_or(u32::MAX),
        }
    }
}

impl Retrieved {
    /// How many bytes it takes in a frame, more or less.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let filed = |it: &Filed| it.meta.len() + RecordHead::LENGTH + 32;
        self.payload.len() + filed(&self.record) + self.history.iter().map(filed).sum::<usize>()
    }

    /// The heads of all its records.
    fn heads(&self) -> impl Iterator<Item = &RecordHead> {
        [&self.record].into_iter().chain(&self.history).map(|filed| &filed.head)
    }

    fn read(frame: latest::RetrievedMessage) -> Result<Self, Ending> {
        let record = frame.record.ok_or(Ending::Malformed { field: "retrieved record" })?;
        let record = Filed::read(record)?;
        let wrong = |part| Ending::Record { sequence: record.head.sequence, part };
        let place = match record.head.kind {
            RecordKind::ACCEPTED => {
                fields::within("bytes of a message", frame.payload.len(), MESSAGE_BYTES_MAX)?;
                if Digest::of(&frame.payload) != record.payload {
                    return Err(wrong("body"));
                }
                let lane = fields::lane(frame.lane)?;
                // What is held stands in no lane.
                (frame.output_number > 0).then_some((lane, frame.output_number))
            }
            RecordKind::REFUSED => None,
            _ => return Err(wrong("kind")),
        };
        let history = frame.history.into_iter().map(Filed::read).collect::<Result<_, _>>()?;
        Ok(Self { record, payload: frame.payload, place, history })
    }

    fn write(self) -> latest::RetrievedMessage {
        let (lane, output_number) = self.place.map_or((0, 0), |(lane, it)| (lane.0.into(), it));
        latest::RetrievedMessage {
            record: Some(self.record.write()),
            payload: self.payload,
            lane,
            output_number,
            history: self.history.into_iter().map(Filed::write).collect(),
        }
    }
}

impl Filed {
    fn read(frame: latest::RetrievedRecord) -> Result<Self, Ending> {
        let head = fields::head(&frame.head)?;
        fields::within("bytes of a meta", frame.meta.len(), META_BYTES_MAX)?;
        let payload = fields::digest(&frame.payload_digest, "digest of the payload")?;
        if Body::digest(&frame.meta, &payload) != head.body {
            return Err(Ending::Record { sequence: head.sequence, part: "body" });
        }
        Ok(Self { head, meta: frame.meta, payload })
    }

    fn write(self) -> latest::RetrievedRecord {
        latest::RetrievedRecord {
            head: Bytes::copy_from_slice(&self.head.encode()),
            meta: self.meta,
            payload_digest: Bytes::copy_from_slice(self.payload.as_bytes()),
        }
    }
}

impl Relationship {
    fn read(row: latest::Relationship) -> Result<Self, Ending> {
        let relation = Relation {
            sender: institution(&row.sender)?,
            receiver: institution(&row.receiver)?,
            service: service(&row.service)?,
        };
        let state = match row.permission {
            None => Standing::Requested { record: row.request },
            permitted => Standing::Permitted(permission(permitted)?),
        };
        Ok(Self { relation, state })
    }

    fn write(&self) -> latest::Relationship {
        let Relation { sender, receiver, service } = self.relation;
        let (permission, request) = match &self.state {
            Standing::Permitted(permission) => (Some(written(permission)), 0),
            Standing::Requested { record } => (None, *record),
        };
        latest::Relationship {
            sender: sender.to_string(),
            receiver: receiver.to_string(),
            service: service.to_string(),
            permission,
            request,
        }
    }
}

impl Service {
    fn read(row: &latest::Service) -> Result<Self, Ending> {
        Ok(Self {
            name: service(&row.name)?,
            types: patterns(&row.types)?,
            profile: Some(row.profile.clone()).filter(|it| !it.is_empty()),
            payload_bytes_max: Some(row.payload_bytes_max).filter(|it| *it != 0),
            needs_relationship: row.needs_relationship,
            is_closed: row.closed,
            is_member: row.member,
            is_retired: row.retired,
            retention_days: u16::try_from(row.retention_days)
                .map_err(|_| Ending::Malformed { field: "retention" })?,
            hours: row.hours.as_ref().map(hours::read_hours).transpose()?,
            file_bytes_max: Some(row.file_bytes_max).filter(|it| *it != 0),
            is_sealed: row.sealed,
            copy: row.copy.as_ref().map(Copied::read).transpose()?,
        })
    }

    fn write(&self) -> latest::Service {
        latest::Service {
            name: self.name.to_string(),
            types: self.types.iter().map(ToString::to_string).collect(),
            profile: self.profile.clone().unwrap_or_default(),
            payload_bytes_max: self.payload_bytes_max.unwrap_or(0),
            needs_relationship: self.needs_relationship,
            closed: self.is_closed,
            member: self.is_member,
            retired: self.is_retired,
            retention_days: self.retention_days.into(),
            hours: self.hours.as_ref().map(hours::write_hours),
            file_bytes_max: self.file_bytes_max.unwrap_or(0),
            sealed: self.is_sealed,
            copy: self.copy.as_ref().map(Copied::write),
        }
    }
}

fn institution(text: &str) -> Result<Institution, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "institution" })
}

fn service(text: &str) -> Result<ServiceName, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "service" })
}

fn line(text: &str) -> Result<Line, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "text of a question" })
}

fn patterns(types: &[String]) -> Result<Patterns, Ending> {
    let malformed = || Ending::Malformed { field: "list of types" };
    let patterns = types.iter().map(|it| it.parse().map_err(|_| malformed()));
    Patterns::new(patterns.collect::<Result<_, _>>()?).map_err(|_| malformed())
}

fn permission(frame: Option<latest::Permission>) -> Result<Permission, Ending> {
    let frame = frame.ok_or(Ending::Malformed { field: "permission" })?;
    Ok(Permission {
        types: patterns(&frame.types)?,
        from: LogTime(frame.from),
        until: Some(LogTime(frame.until)).filter(|until| until.0 != 0),
    })
}

fn written(permission: &Permission) -> latest::Permission {
    latest::Permission {
        types: permission.types.iter().map(ToString::to_string).collect(),
        from: permission.from.0,
        until: permission.until.map_or(0, |until| until.0),
    }
}
