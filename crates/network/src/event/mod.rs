//! What the machine takes from a record of the journal; `body.rs` has the forms.
//!
//! Kind 0 belongs to the journal: the machine reads nothing of its body. Kinds 1 to 15 are read by
//! third parties and stand in `trust/src/evidence.rs`, as does 52 in `trust/src/outstanding.rs`, which
//! reads 49 and 96 too; 16 to 31 are about members, 32 to 47 about
//! sessions, 48 to 63 about time, 64 to 79 about services, 80 to 95 about relationships, 96 to 111
//! about deliveries, 112 to 115 about
//! what the operator tells, 116 to 119 about copies, 120 to 123 about real time, 128 to 143 about
//! governance.

mod body;
mod orders;
mod words;

use iso::{Institution, Terminal};
use trust::codec::{CodecError, Reader};
use trust::{
    Acknowledged, CopyDecision, Declined, HeaderError, KeyId, Lane, NetworkKeys, Outstanding,
    RecordKind, Refused, ServiceName,
};

pub(crate) use self::body::{
    parse, read_bool, read_institution, read_messages, read_terminal, write_institution,
    write_messages, write_terminal,
};
pub use self::orders::ActError;
use crate::calendar::Calendar;
use crate::commands::abort::Aborted;
use crate::commands::broadcast::Broadcast;
use crate::commands::close_session::CloseReason;
use crate::commands::end_requests::EndedRequest;
use crate::commands::release::Released;
use crate::commands::tick::Elapsed;
use crate::directory::{Grant, Profile, SessionNumber};
use crate::envelope::Envelope;
use crate::lane_rules::LaneRules;
use crate::leases::Claims;
use crate::line::Line;
use crate::relationship::Permission;
use crate::reports::{ReportRules, ReportTimes};
use crate::service::Service;

/// What is to be written, as [`crate::Network::decide`] gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the machine will take from the record; its kind is [`Event::kind`].
    pub event: Event,
    /// The record's meta: `Event::decode(event.kind(), &meta)` gives `event`.
    pub meta: Vec<u8>,
}

/// What the machine takes from a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A hub opened the journal: all links to the one before are gone.
    EpochOpened,
    /// A message was accepted.
    Accepted(Envelope),
    /// A message was refused.
    Refused {
        /// Who submitted it.
        terminal: Terminal,
        /// Under which number, which is used up.
        input_number: u64,
    },
    /// A receiver took entries of a lane over.
    Acknowledged {
        /// Who took them over.
        by: Terminal,
        /// Of which lane.
        lane: Lane,
        /// The first output number.
        first: u64,
        /// The last output number.
        through: u64,
    },
    /// An institution became a member.
    Admitted {
        /// Which one.
        institution: Institution,
        /// Its name, for people.
        name: Line,
    },
    /// A member was suspended.
    Suspended {
        /// Which one.
        institution: Institution,
        /// Why, for people.
        reason: Line,
    },
    /// A suspended member was reinstated.
    Reinstated {
        /// Which one.
        institution: Institution,
    },
    /// A terminal may sign with a key.
    KeyGranted {
        /// Which one, and when.
        grant: Box<Grant>,
    },
    /// A member was expelled.
    Expelled {
        /// Which one.
        institution: Institution,
        /// Why, for people.
        reason: Line,
    },
    /// A terminal may no longer sign with a key.
    KeyRevoked {
        /// Which terminal.
        holder: Terminal,
        /// Which key.
        key: KeyId,
        /// Why, for people.
        reason: Line,
    },
    /// From here on governors change the network.
    Founded(Box<NetworkKeys>),
    /// Governors signed a change.
    Changed {
        /// The signed note.
        note: Box<str>,
    },
    /// The network has other public keys.
    KeysReplaced(Box<NetworkKeys>),
    /// What the directory says of a member was replaced.
    Described {
        /// Which one.
        institution: Institution,
        /// What it says now.
        profile: Box<Profile>,
    },
    /// A terminal opened a session.
    SessionOpened {
        /// Which terminal.
        terminal: Terminal,
        /// It has the answers to all input numbers up to this one.
        answered_through: u64,
        /// Whether it wants to empty its institution's lanes.
        receives: bool,
        /// Which of them.
        claims: Claims,
        /// What it has received of each lane; on record for later disputes, the state ignores it.
        received: Vec<(Lane, u64)>,
    },
    /// A session was closed.
    SessionClosed {
        /// Whose.
        terminal: Terminal,
        /// Which one.
        session: SessionNumber,
        /// Why.
        reason: CloseReason,
    },
    /// Time passed, and nothing was due.
    Ticked,
    /// Deadlines of messages of one sender to one receiver have come.
    Elapsed {
        /// Who sent the messages.
        sender: Institution,
        /// Who was to take them over.
        receiver: Institution,
        /// What is done about each.
        elapsed: Vec<Elapsed>,
    },
    /// Deadlines of requests of one sender to one receiver have come.
    RequestsEnded {
        /// Who sent the requests.
        sender: Institution,
        /// Who was to answer them.
        receiver: Institution,
        /// How each ended.
        ended: Vec<EndedRequest>,
    },
    /// A receiver did not take a message.
    Declined {
        /// Who declined it.
        by: Terminal,
        /// From which lane.
        lane: Lane,
        /// Under which number.
        output_number: u64,
    },
    /// The operator withdrew a message.
    Aborted(Box<Aborted>),
    /// The network stated that a message was not taken over yet.
    Outstanding(Box<Outstanding>),
    /// An institution gets its undelivered report at other hours.
    ReportTimesSet {
        /// Which institution.
        institution: Institution,
        /// At which.
        times: ReportTimes,
    },
    /// Reports are due.
    ReportsDue {
        /// Whose.
        institutions: Vec<Institution>,
    },
    /// An institution gets these reports.
    ReportsSet {
        /// Which institution.
        institution: Institution,
        /// Which reports.
        rules: ReportRules,
    },
    /// Messages to an institution go by these lanes of its own.
    LaneRulesSet {
        /// Which institution.
        institution: Institution,
        /// By which rules.
        rules: Box<LaneRules>,
    },
    /// Daily check reports are due.
    ChecksDue {
        /// Whose.
        institutions: Vec<Institution>,
    },
    /// A service takes no more messages of some priority for this business day.
    CutOff {
        /// Which one.
        service: ServiceName,
    },
    /// A service has opened, and messages that waited for it have entered their lane.
    Released(Box<Released>),
    /// A calendar was defined, in place of one of the same name.
    CalendarDefined(Box<Calendar>),
    /// The operator told members something.
    Broadcast(Box<Broadcast>),
    /// A service was defined.
    ServiceDefined(Box<Service>),
    /// The rules of a service were replaced.
    ServiceChanged(Box<Service>),
    /// A service carries no new messages any more.
    ServiceRetired {
        /// Which one.
        service: ServiceName,
        /// Why, for people.
        reason: Line,
    },
    /// A member entered the group of a service.
    GroupJoined {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// A member left the group of a service.
    GroupLeft {
        /// Which service.
        service: ServiceName,
        /// Which member.
        institution: Institution,
    },
    /// The institution that got the copy of a held message decided on it.
    CopyDecided {
        /// Who decided.
        by: Terminal,
        /// The record of the message.
        message: u64,
        /// Whether it is delivered; otherwise it is refused.
        is_authorised: bool,
    },
    /// Messages of one sender to one receiver that were held are delivered without a decision.
    Bypassed {
        /// Who sent them.
        sender: Institution,
        /// Who gets them.
        receiver: Institution,
        /// Their records, in the order of release.
        messages: Vec<u64>,
    },
    /// From now on the messages of a service pass without a decision, or do no longer.
    BypassSet {
        /// Which service.
        service: ServiceName,
        /// Whether they pass.
        on: bool,
        /// Why the operator orders it; nothing where the institution that decides was away for too
        /// long, or is back.
        reason: Option<Line>,
    },
    /// A receiver permitted a sender something, in place of what it permitted before.
    Permitted {
        /// Who permits whom.
        relation: Relation,
        /// What.
        permission: Box<Permission>,
    },
    /// A receiver took its permission back.
    Revoked {
        /// Who had permitted whom.
        relation: Relation,
        /// Why, for people.
        reason: Line,
    },
    /// A sender asked for a permission.
    PermissionRequested {
        /// Who is to permit whom.
        relation: Relation,
        /// What it asks for.
        permission: Box<Permission>,
        /// Why, for people.
        text: Line,
    },
    /// A receiver does not permit what it was asked for.
    PermissionDenied {
        /// Who does not permit whom.
        relation: Relation,
        /// Why, for people.
        reason: Line,
    },
}

/// Who sends to whom in which service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Who is permitted.
    pub sender: Institution,
    /// Who permits.
    pub receiver: Institution,
    /// In which service.
    pub service: ServiceName,
}

impl Decision {
    /// The record of an event whose body stands in this file.
    pub(crate) fn of(event: Event) -> Self {
        let meta = event.meta();
        Self { event, meta }
    }
}

impl Event {
    /// Reads what the machine takes from a record.
    ///
    /// Of the body of an accepted message only the header's first fields are read: the rest was
    /// proven before it was written, and a restart reads very many of them.
    ///
    /// # Errors
    ///
    /// An unknown kind, or a body that is not in the form of its kind.
    pub fn decode(kind: RecordKind, meta: &[u8]) -> Result<Self, EventError> {
        match kind {
            RecordKind::OPEN => return Ok(Self::EpochOpened),
            RecordKind::ACCEPTED => {
                return Ok(Self::Accepted(Envelope::of_record(meta)?));
            }
            RecordKind::REFUSED => {
                let Refused { terminal, input_number, .. } = Refused::decode(meta)?;
                return Ok(Self::Refused { terminal, input_number });
            }
            RecordKind::ACKNOWLEDGED => {
                let Acknowledged { by, lane, first, through, .. } = Acknowledged::decode(meta)?;
                return Ok(Self::Acknowledged { by, lane, first, through });
            }
            RecordKind::DECLINED => {
                let Declined { by, lane, output_number, .. } = Declined::decode(meta)?;
                return Ok(Self::Declined { by, lane, output_number });
            }
            RecordKind::OUTSTANDING => {
                return Ok(Self::Outstanding(Box::new(Outstanding::decode(meta)?)));
            }
            RecordKind::COPY_DECIDED => {
                let decision = CopyDecision::decode(meta)?;
                let CopyDecision { by, message, .. } = decision;
                let is_authorised = decision.is_authorised();
                return Ok(Self::CopyDecided { by, message, is_authorised });
            }
            _ => {}
        }
        let mut reader = Reader::new(meta);
        let event = Self::read(kind, &mut reader)?;
        reader.finish()?;
        Ok(event)
    }
}

/// Why a record is none of the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A kind that this program does not know.
    #[error("record kind {kind} is unknown to this program")]
    UnknownKind {
        /// The kind that was found.
        kind: u16,
    },
    /// The header of a message is malformed.
    #[error("the header in the record is malformed")]
    Header(#[from] HeaderError),
    /// The body is not in the form of its kind.
    #[error("the body of the record is malformed")]
    Form(#[from] CodecError),
}

#[cfg(test)]
mod tests;
