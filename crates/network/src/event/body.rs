//! The bodies of the records that only the machine and its operators read, integers big-endian,
//! texts with two bytes of length; `relation` is `sender 8 | receiver 8 | service text`:
//!
//! ```text
//! 16 Admitted             institution 8 | name text
//! 17 Suspended            institution 8 | reason text
//! 18 Reinstated           institution 8
//! 19 KeyGranted           the note
//! 20 Described            institution 8 | profile (directory.rs)
//! 21 Expelled             institution 8 | reason text
//! 22 KeyRevoked           terminal 9 | key 8 | reason text
//! 32 SessionOpened        terminal 9 | answered through u64 | receives u8 | count u8 | (lane u8 | u64)*
//!                           | claims (leases.rs), unless all lanes that nobody is for
//! 33 SessionClosed        terminal 9 | session u64 | reason u8
//! 36 LaneRulesSet         institution 8 | rules (lane_rules.rs)
//! 48 Ticked               nothing
//! 49 Elapsed              sender 8 | receiver 8 | count u16
//!                           | (lane u8 | output number u64 | message's record u64 | outcome u8)*
//! 50 ReportTimesSet       institution 8 | count u8 | (minute of the day u16)*; read, not written
//! 51 ReportsDue           count u16 | (institution 8)*
//! 52 Outstanding          the statement (trust/src/outstanding.rs)
//! 54 ReportsSet           institution 8 | rules of reports (reports.rs)
//! 55 ChecksDue            count u16 | (institution 8)*
//! 56 CutOff               service text
//! 57 Released             sender 8 | receiver 8 | lane u8 | first output number u64
//!                           | count u16 | message's record u64 *
//! 64 ServiceDefined       the rules (service.rs)
//! 65 ServiceChanged       the rules
//! 66 ServiceRetired       service text | reason text
//! 67 GroupJoined          service text | institution 8
//! 68 GroupLeft            service text | institution 8
//! 69 CalendarDefined      the calendar (calendar.rs)
//! 80 Permitted            relation | permission (relationship.rs)
//! 81 Revoked              relation | reason text
//! 82 PermissionRequested  relation | permission | text
//! 83 PermissionDenied     relation | reason text
//! 96 Aborted              receiver 8 | lane u8 | output number u64 | message's record u64 | reason text
//! 112 Broadcast           the broadcast (commands/broadcast.rs)
//! 116 CopyDecided         trust::CopyDecision
//! 117 Bypassed            sender 8 | receiver 8 | count u16 | (message's record u64)*
//! 118 BypassSet           service text | on u8 | reason text, may be empty
//! 120 RequestsEnded        sender 8 | receiver 8 | count u16
//!                           | (output number u64 | request's record u64 | outcome u8)*
//! 128 Founded             the text of the network's public keys
//! 129 Changed             the note that governors signed (trust::governance)
//! 130 KeysReplaced        the text of the network's public keys
//! ```

use std::str::FromStr;

use iso::{Institution, Terminal};
use trust::codec::{CodecError, Reader, Writer};
use trust::governance::Change;
use trust::{KeyId, Lane, NetworkKeys, RecordKind};

use crate::calendar::Calendar;
use crate::commands::abort::Aborted;
use crate::commands::broadcast::Broadcast;
use crate::commands::close_session::CloseReason;
use crate::commands::end_requests::EndedRequest;
use crate::commands::release::Released;
use crate::commands::tick::{ELAPSED_MAX, Elapsed, Outcome};
use crate::directory::{Grant, Profile, SessionNumber};
use crate::event::{Event, EventError, Relation};
use crate::lane_rules::LaneRules;
use crate::leases::Claims;
use crate::line::Line;
use crate::real_time::RequestOutcome;
use crate::relationship::Permission;
use crate::reports::{ReportRules, ReportTimes};
use crate::service::Service;

const ADMITTED: RecordKind = RecordKind(16);
const SUSPENDED: RecordKind = RecordKind(17);
const REINSTATED: RecordKind = RecordKind(18);
const KEY_GRANTED: RecordKind = RecordKind(19);
const DESCRIBED: RecordKind = RecordKind(20);
const EXPELLED: RecordKind = RecordKind(21);
const KEY_REVOKED: RecordKind = RecordKind(22);
const SESSION_OPENED: RecordKind = RecordKind(32);
const SESSION_CLOSED: RecordKind = RecordKind(33);
const LANE_RULES_SET: RecordKind = RecordKind(36);
const TICKED: RecordKind = RecordKind(48);
const ELAPSED: RecordKind = RecordKind::ELAPSED;
const REPORT_TIMES_SET: RecordKind = RecordKind(50);
const REPORTS_DUE: RecordKind = RecordKind(51);
const REPORTS_SET: RecordKind = RecordKind(54);
const CHECKS_DUE: RecordKind = RecordKind(55);
const CUT_OFF: RecordKind = RecordKind(56);
const RELEASED: RecordKind = RecordKind(57);
const SERVICE_DEFINED: RecordKind = RecordKind(64);
const SERVICE_CHANGED: RecordKind = RecordKind(65);
const SERVICE_RETIRED: RecordKind = RecordKind(66);
const GROUP_JOINED: RecordKind = RecordKind(67);
const GROUP_LEFT: RecordKind = RecordKind(68);
const CALENDAR_DEFINED: RecordKind = RecordKind(69);
const PERMITTED: RecordKind = RecordKind(80);
const REVOKED: RecordKind = RecordKind(81);
const PERMISSION_REQUESTED: RecordKind = RecordKind(82);
const PERMISSION_DENIED: RecordKind = RecordKind(83);
const ABORTED: RecordKind = RecordKind::ABORTED;
const BROADCAST: RecordKind = RecordKind(112);
const BYPASSED: RecordKind = RecordKind(117);
const BYPASS_SET: RecordKind = RecordKind::BYPASS_SET;
const REQUESTS_ENDED: RecordKind = RecordKind(120);

impl Event {
    /// The kind of its record.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::EpochOpened => RecordKind::OPEN,
            Self::Accepted(_) => RecordKind::ACCEPTED,
            Self::Refused { .. } => RecordKind::REFUSED,
            Self::Acknowledged { .. } => RecordKind::ACKNOWLEDGED,
            Self::Admitted { .. } => ADMITTED,
            Self::Suspended { .. } => SUSPENDED,
            Self::Reinstated { .. } => REINSTATED,
            Self::KeyGranted { .. } => KEY_GRANTED,
            Self::Described { .. } => DESCRIBED,
            Self::Expelled { .. } => EXPELLED,
            Self::KeyRevoked { .. } => KEY_REVOKED,
            Self::Founded(_) => RecordKind::FOUNDED,
            Self::Changed { .. } => RecordKind::CHANGED,
            Self::KeysReplaced(_) => RecordKind::KEYS_REPLACED,
            Self::SessionOpened { .. } => SESSION_OPENED,
            Self::SessionClosed { .. } => SESSION_CLOSED,
            Self::LaneRulesSet { .. } => LANE_RULES_SET,
            Self::Ticked => TICKED,
            Self::Elapsed { .. } => ELAPSED,
            Self::ReportTimesSet { .. } => REPORT_TIMES_SET,
            Self::ReportsDue { .. } => REPORTS_DUE,
            Self::ReportsSet { .. } => REPORTS_SET,
            Self::ChecksDue { .. } => CHECKS_DUE,
            Self::CutOff { .. } => CUT_OFF,
            Self::Released(_) => RELEASED,
            Self::CalendarDefined(_) => CALENDAR_DEFINED,
            Self::Declined { .. } => RecordKind::DECLINED,
            Self::Aborted(_) => ABORTED,
            Self::Outstanding(_) => RecordKind::OUTSTANDING,
            Self::Broadcast(_) => BROADCAST,
            Self::RequestsEnded { .. } => REQUESTS_ENDED,
            Self::CopyDecided { .. } => RecordKind::COPY_DECIDED,
            Self::Bypassed { .. } => BYPASSED,
            Self::BypassSet { .. } => BYPASS_SET,
            Self::ServiceDefined(_) => SERVICE_DEFINED,
            Self::ServiceChanged(_) => SERVICE_CHANGED,
            Self::ServiceRetired { .. } => SERVICE_RETIRED,
            Self::GroupJoined { .. } => GROUP_JOINED,
            Self::GroupLeft { .. } => GROUP_LEFT,
            Self::Permitted { .. } => PERMITTED,
            Self::Revoked { .. } => REVOKED,
            Self::PermissionRequested { .. } => PERMISSION_REQUESTED,
            Self::PermissionDenied { .. } => PERMISSION_DENIED,
        }
    }

    /// The meta of a record whose body stands in this file; of those that the journal and `trust` write,
    /// nothing.
    pub(crate) fn meta(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        let w = &mut writer;
        match self {
            Self::EpochOpened
            | Self::Accepted(_)
            | Self::Refused { .. }
            | Self::Acknowledged { .. }
            | Self::Declined { .. }
            | Self::Outstanding(_)
            | Self::CopyDecided { .. }
            | Self::Ticked => {}
            Self::Admitted { institution, name: text }
            | Self::Suspended { institution, reason: text }
            | Self::Expelled { institution, reason: text } => {
                write_institution(w, *institution);
                w.text(text.as_str());
            }
            Self::Reinstated { institution } => write_institution(w, *institution),
            Self::KeyGranted { grant } => {
                w.raw(grant.note.as_bytes());
            }
            Self::Described { institution, profile } => {
                write_institution(w, *institution);
                profile.write(w);
            }
            Self::SessionOpened { .. } => self.write_session_opened(w),
            Self::SessionClosed { terminal, session, reason } => {
                write_terminal(w, *terminal);
                w.u64(session.0).u8(reason.code());
            }
            Self::Elapsed { sender, receiver, elapsed } => {
                write_institution(w, *sender);
                write_institution(w, *receiver);
                w.u16(u16::try_from(elapsed.len()).expect("a record is about few messages"));
                elapsed.iter().for_each(|it| it.write(w));
            }
            Self::Aborted(_)
            | Self::KeyRevoked { .. }
            | Self::Founded(_)
            | Self::Changed { .. }
            | Self::KeysReplaced(_)
            | Self::RequestsEnded { .. }
            | Self::Broadcast(_)
            | Self::ServiceDefined(_)
            | Self::ServiceChanged(_)
            | Self::ServiceRetired { .. }
            | Self::GroupJoined { .. }
            | Self::GroupLeft { .. }
            | Self::Permitted { .. }
            | Self::Revoked { .. }
            | Self::PermissionRequested { .. }
            | Self::PermissionDenied { .. } => self.write_rules(w),
            Self::Bypassed { .. }
            | Self::BypassSet { .. }
            | Self::CalendarDefined(_)
            | Self::CutOff { .. }
            | Self::Released(_)
            | Self::ReportTimesSet { .. }
            | Self::ReportsSet { .. }
            | Self::LaneRulesSet { .. }
            | Self::ReportsDue { .. }
            | Self::ChecksDue { .. } => self.write_hours(w),
        }
        writer.finish()
    }

    fn write_session_opened(&self, w: &mut Writer) {
        let Self::SessionOpened { terminal, answered_through, receives, claims, received } = self
        else {
            return;
        };
        write_terminal(w, *terminal);
        w.u64(*answered_through).u8(u8::from(*receives));
        w.u8(u8::try_from(received.len()).expect("an institution has few lanes"));
        for (lane, through) in received {
            w.u8(lane.0).u64(*through);
        }
        if *claims != Claims::ALL {
            claims.write(w);
        }
    }

    /// The meta of a record about services, relationships, orders of the operator and governance.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are written elsewhere")]
    fn write_rules(&self, w: &mut Writer) {
        match self {
            Self::Aborted(aborted) => {
                let Aborted { receiver, lane, output_number, sequence, reason } = &**aborted;
                write_institution(w, *receiver);
                w.u8(lane.0).u64(*output_number).u64(*sequence).text(reason.as_str());
            }
            Self::KeyRevoked { holder, key, reason } => {
                write_terminal(w, *holder);
                w.raw(&key.0).text(reason.as_str());
            }
            Self::Founded(keys) | Self::KeysReplaced(keys) => {
                w.raw(keys.to_string().as_bytes());
            }
            Self::Changed { note } => {
                w.raw(note.as_bytes());
            }
            Self::Broadcast(broadcast) => broadcast.write(w),
            Self::RequestsEnded { sender, receiver, ended } => {
                write_institution(w, *sender);
                write_institution(w, *receiver);
                w.u16(u16::try_from(ended.len()).expect("a record is about few requests"));
                for EndedRequest { output_number, sequence, outcome } in ended {
                    w.u64(*output_number).u64(*sequence).u8(outcome.code());
                }
            }
            Self::ServiceDefined(service) | Self::ServiceChanged(service) => service.write(w),
            Self::ServiceRetired { service, reason } => {
                w.text(service.as_str()).text(reason.as_str());
            }
            Self::GroupJoined { service, institution }
            | Self::GroupLeft { service, institution } => {
                w.text(service.as_str());
                write_institution(w, *institution);
            }
            Self::Permitted { relation, permission } => {
                relation.write(w);
                permission.write(w);
            }
            Self::Revoked { relation, reason } | Self::PermissionDenied { relation, reason } => {
                relation.write(w);
                w.text(reason.as_str());
            }
            Self::PermissionRequested { relation, permission, text } => {
                relation.write(w);
                permission.write(w);
                w.text(text.as_str());
            }
            _ => {}
        }
    }

    /// The meta of a record about copies, hours, reports and lanes.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are written elsewhere")]
    fn write_hours(&self, w: &mut Writer) {
        match self {
            Self::CalendarDefined(calendar) => calendar.write(w),
            Self::CutOff { service } => {
                w.text(service.as_str());
            }
            Self::Released(released) => released.write(w),
            Self::Bypassed { sender, receiver, messages } => {
                write_institution(w, *sender);
                write_institution(w, *receiver);
                write_messages(w, messages);
            }
            Self::BypassSet { service, on, reason } => {
                w.text(service.as_str()).u8(u8::from(*on));
                w.text(reason.as_ref().map_or("", Line::as_str));
            }
            Self::ReportTimesSet { institution, times } => {
                write_institution(w, *institution);
                times.write(w);
            }
            Self::ReportsSet { institution, rules } => {
                write_institution(w, *institution);
                rules.write(w);
            }
            Self::LaneRulesSet { institution, rules } => {
                write_institution(w, *institution);
                rules.write(w);
            }
            Self::ReportsDue { institutions } | Self::ChecksDue { institutions } => {
                w.u16(u16::try_from(institutions.len()).expect("a record is about few reports"));
                institutions.iter().for_each(|it| write_institution(w, *it));
            }
            _ => {}
        }
    }

    /// Reads a body of this file.
    pub(super) fn read(kind: RecordKind, reader: &mut Reader<'_>) -> Result<Self, EventError> {
        Ok(match kind {
            ADMITTED => Self::Admitted {
                institution: read_institution(reader)?,
                name: parse(reader.text()?, "name")?,
            },
            SUSPENDED => Self::Suspended {
                institution: read_institution(reader)?,
                reason: parse(reader.text()?, "reason")?,
            },
            REINSTATED => Self::Reinstated { institution: read_institution(reader)? },
            EXPELLED => Self::Expelled {
                institution: read_institution(reader)?,
                reason: parse(reader.text()?, "reason")?,
            },
            KEY_REVOKED => Self::KeyRevoked {
                holder: read_terminal(reader)?,
                key: KeyId(reader.array()?),
                reason: parse(reader.text()?, "reason")?,
            },
            KEY_GRANTED => Self::KeyGranted { grant: Box::new(Grant::of_note(read_all(reader)?)?) },
            RecordKind::FOUNDED => Self::Founded(Box::new(read_keys(reader)?)),
            RecordKind::KEYS_REPLACED => Self::KeysReplaced(Box::new(read_keys(reader)?)),
            RecordKind::CHANGED => {
                let note = read_all(reader)?;
                let change = Change::of_file(note);
                change.map_err(|_| CodecError::OutOfRange { field: "change" })?;
                Self::Changed { note: note.into() }
            }
            DESCRIBED => Self::Described {
                institution: read_institution(reader)?,
                profile: Box::new(Profile::read(reader)?),
            },
            SESSION_OPENED => Self::read_session_opened(reader)?,
            SESSION_CLOSED => Self::SessionClosed {
                terminal: read_terminal(reader)?,
                session: SessionNumber(reader.u64()?),
                reason: CloseReason::from_code(reader.u8()?)
                    .ok_or(CodecError::OutOfRange { field: "reason" })?,
            },
            TICKED => Self::Ticked,
            ELAPSED => Self::read_elapsed(reader)?,
            REPORT_TIMES_SET => Self::ReportTimesSet {
                institution: read_institution(reader)?,
                times: ReportTimes::read(reader)?,
            },
            REPORTS_DUE => Self::ReportsDue { institutions: read_institutions(reader)? },
            CHECKS_DUE => Self::ChecksDue { institutions: read_institutions(reader)? },
            REPORTS_SET => Self::ReportsSet {
                institution: read_institution(reader)?,
                rules: ReportRules::read(reader)?,
            },
            LANE_RULES_SET => Self::LaneRulesSet {
                institution: read_institution(reader)?,
                rules: Box::new(LaneRules::read(reader)?),
            },
            ABORTED => Self::Aborted(Box::new(Aborted {
                receiver: read_institution(reader)?,
                lane: Lane(reader.u8()?),
                output_number: reader.u64()?,
                sequence: reader.u64()?,
                reason: parse(reader.text()?, "reason")?,
            })),
            _ => return Self::read_rules(kind, reader),
        })
    }

    /// Reads a body about services and relationships.
    fn read_rules(kind: RecordKind, reader: &mut Reader<'_>) -> Result<Self, EventError> {
        Ok(match kind {
            REQUESTS_ENDED => Self::read_requests_ended(reader)?,
            BROADCAST => Self::Broadcast(Box::new(Broadcast::read(reader)?)),
            BYPASSED => {
                let (sender, receiver) = (read_institution(reader)?, read_institution(reader)?);
                Self::Bypassed { sender, receiver, messages: read_messages(reader)? }
            }
            BYPASS_SET => Self::BypassSet {
                service: parse(reader.text()?, "service")?,
                on: read_bool(reader, "bypass")?,
                reason: Some(reader.text()?)
                    .filter(|text| !text.is_empty())
                    .map(|text| parse(text, "reason"))
                    .transpose()?,
            },
            SERVICE_DEFINED => Self::ServiceDefined(Box::new(Service::read(reader)?)),
            SERVICE_CHANGED => Self::ServiceChanged(Box::new(Service::read(reader)?)),
            SERVICE_RETIRED => Self::ServiceRetired {
                service: parse(reader.text()?, "service")?,
                reason: parse(reader.text()?, "reason")?,
            },
            GROUP_JOINED => Self::GroupJoined {
                service: parse(reader.text()?, "service")?,
                institution: read_institution(reader)?,
            },
            GROUP_LEFT => Self::GroupLeft {
                service: parse(reader.text()?, "service")?,
                institution: read_institution(reader)?,
            },
            CALENDAR_DEFINED => Self::CalendarDefined(Box::new(Calendar::read(reader)?)),
            CUT_OFF => Self::CutOff { service: parse(reader.text()?, "service")? },
            RELEASED => Self::Released(Box::new(Released::read(reader)?)),
            PERMITTED => Self::Permitted {
                relation: Relation::read(reader)?,
                permission: Box::new(Permission::read(reader)?),
            },
            REVOKED => Self::Revoked {
                relation: Relation::read(reader)?,
                reason: parse(reader.text()?, "reason")?,
            },
            PERMISSION_REQUESTED => Self::PermissionRequested {
                relation: Relation::read(reader)?,
                permission: Box::new(Permission::read(reader)?),
                text: parse(reader.text()?, "text")?,
            },
            PERMISSION_DENIED => Self::PermissionDenied {
                relation: Relation::read(reader)?,
                reason: parse(reader.text()?, "reason")?,
            },
            RecordKind(kind) => return Err(EventError::UnknownKind { kind }),
        })
    }

    fn read_session_opened(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let terminal = read_terminal(reader)?;
        let answered_through = reader.u64()?;
        let receives = read_bool(reader, "receives")?;
        let count = reader.u8()?;
        let received = (0..count).map(|_| Ok((Lane(reader.u8()?), reader.u64()?)));
        let received = received.collect::<Result<_, CodecError>>()?;
        let claims = if reader.rest().is_empty() {
            Claims::ALL
        } else {
            let claims = Claims::read(reader)?;
            if claims == Claims::ALL || !receives {
                return Err(CodecError::OutOfRange { field: "claims" });
            }
            claims
        };
        Ok(Self::SessionOpened { terminal, answered_through, receives, claims, received })
    }
}

/// A body that is one text to its end.
fn read_all<'a>(reader: &mut Reader<'a>) -> Result<&'a str, CodecError> {
    let bytes = reader.raw(reader.rest().len())?;
    std::str::from_utf8(bytes).map_err(|_| CodecError::NotText)
}

/// The one text of a network's public keys.
fn read_keys(reader: &mut Reader<'_>) -> Result<NetworkKeys, CodecError> {
    const BAD: CodecError = CodecError::OutOfRange { field: "keys of the network" };
    let text = read_all(reader)?;
    let keys: NetworkKeys = text.parse().map_err(|_| BAD)?;
    if keys.to_string() == text { Ok(keys) } else { Err(BAD) }
}

impl Event {
    fn read_elapsed(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (sender, receiver) = (read_institution(reader)?, read_institution(reader)?);
        let count = usize::from(reader.u16()?);
        if !(1..=ELAPSED_MAX).contains(&count) {
            return Err(CodecError::OutOfRange { field: "number of messages" });
        }
        let elapsed = (0..count).map(|_| Elapsed::read(reader)).collect::<Result<_, _>>()?;
        Ok(Self::Elapsed { sender, receiver, elapsed })
    }
}

impl Event {
    fn read_requests_ended(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (sender, receiver) = (read_institution(reader)?, read_institution(reader)?);
        let count = usize::from(reader.u16()?);
        if !(1..=ELAPSED_MAX).contains(&count) {
            return Err(CodecError::OutOfRange { field: "number of requests" });
        }
        let ended = (0..count).map(|_| {
            let (output_number, sequence) = (reader.u64()?, reader.u64()?);
            let outcome = RequestOutcome::from_code(reader.u8()?).filter(|it| it.is_of_time());
            let outcome = outcome.ok_or(CodecError::OutOfRange { field: "outcome" })?;
            Ok(EndedRequest { output_number, sequence, outcome })
        });
        let ended = ended.collect::<Result<_, CodecError>>()?;
        Ok(Self::RequestsEnded { sender, receiver, ended })
    }
}

impl Elapsed {
    fn write(&self, writer: &mut Writer) {
        writer.u8(self.lane.0).u64(self.output_number).u64(self.sequence).u8(self.outcome.code());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            lane: Lane(reader.u8()?),
            output_number: reader.u64()?,
            sequence: reader.u64()?,
            outcome: Outcome::from_code(reader.u8()?)
                .ok_or(CodecError::OutOfRange { field: "outcome" })?,
        })
    }
}

impl Relation {
    fn write(&self, writer: &mut Writer) {
        write_institution(writer, self.sender);
        write_institution(writer, self.receiver);
        writer.text(self.service.as_str());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (sender, receiver) = (read_institution(reader)?, read_institution(reader)?);
        Ok(Self { sender, receiver, service: parse(reader.text()?, "service")? })
    }
}

pub(crate) fn write_institution(writer: &mut Writer, institution: Institution) {
    writer.raw(institution.as_bytes());
}

pub(crate) fn read_institution(reader: &mut Reader<'_>) -> Result<Institution, CodecError> {
    parse_bytes(reader.raw(8)?, "institution")
}

fn read_institutions(reader: &mut Reader<'_>) -> Result<Vec<Institution>, CodecError> {
    (0..reader.u16()?).map(|_| read_institution(reader)).collect()
}

/// The records of at least one message: `count u16 | (record u64)*`
pub(crate) fn write_messages(writer: &mut Writer, messages: &[u64]) {
    writer.u16(u16::try_from(messages.len()).expect("a record is about few messages"));
    for message in messages {
        writer.u64(*message);
    }
}

pub(crate) fn read_messages(reader: &mut Reader<'_>) -> Result<Vec<u64>, CodecError> {
    let count = usize::from(reader.u16()?);
    if !(1..=ELAPSED_MAX).contains(&count) {
        return Err(CodecError::OutOfRange { field: "number of messages" });
    }
    (0..count).map(|_| reader.u64()).collect()
}

pub(crate) fn write_terminal(writer: &mut Writer, terminal: Terminal) {
    write_institution(writer, terminal.institution());
    writer.u8(u8::try_from(terminal.code()).expect("a terminal's code is ASCII"));
}

pub(crate) fn read_terminal(reader: &mut Reader<'_>) -> Result<Terminal, CodecError> {
    parse_bytes(reader.raw(9)?, "terminal")
}

pub(crate) fn read_bool(reader: &mut Reader<'_>, field: &'static str) -> Result<bool, CodecError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(CodecError::OutOfRange { field }),
    }
}

pub(crate) fn parse<T: FromStr>(text: &str, field: &'static str) -> Result<T, CodecError> {
    text.parse().map_err(|_| CodecError::OutOfRange { field })
}

fn parse_bytes<T: FromStr>(bytes: &[u8], field: &'static str) -> Result<T, CodecError> {
    parse(std::str::from_utf8(bytes).map_err(|_| CodecError::NotText)?, field)
}
