//! What the operator looks for in the archive, and how a message that was found is shown.
//!
//! For `nuncio archive`, by the control socket of a running hub or beside it.

use archive::{By, Found, Query};
use journal::Record;
use network::{Event, Outcome, RequestOutcome};
use serde::{Deserialize, Serialize};
use trust::{Accepted, Header, Lane, LogTime, RecordKind, Refused};

/// How many messages an answer has at most.
const MESSAGES_MAX: usize = 1_000;

/// Which messages the operator looks for; each that is set narrows it, and one of the first four
/// must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindQuery {
    /// A message's id: terminal and input number.
    pub id: Option<String>,
    /// A reference.
    pub reference: Option<String>,
    /// A transaction.
    pub uetr: Option<String>,
    /// A terminal, or an institution and a lane (`BANKFRPP/2`), whose numbers `first` to `last` are
    /// meant.
    pub numbers_of: Option<String>,
    /// The first number; 1 unless it is set.
    pub first: Option<u64>,
    /// The last number; no end unless it is set.
    pub last: Option<u64>,
    /// Only messages recorded at this time or later, RFC 3339 in UTC.
    pub from: Option<String>,
    /// Only messages recorded before this time.
    pub until: Option<String>,
    /// Only messages with a record behind this one.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl FindQuery {
    /// The question to the archive.
    ///
    /// # Errors
    ///
    /// What is malformed, in words.
    pub fn query(&self) -> Result<Query, String> {
        let (first, last) = (self.first.unwrap_or(1), self.last.unwrap_or(u64::MAX));
        let by = match (&self.id, &self.reference, &self.uetr, &self.numbers_of) {
            (Some(id), None, None, None) => {
                let wrong = || format!("{id:?} is no id such as ALPHDEFFA-42");
                let (terminal, number) = id.split_once('-').ok_or_else(wrong)?;
                let input_number = number.parse().map_err(|_| wrong())?;
                By::Id { terminal: read(terminal)?, input_number }
            }
            (None, Some(reference), None, None) => By::Reference(read(reference)?),
            (None, None, Some(uetr), None) => By::Uetr(read(uetr)?),
            (None, None, None, Some(of)) => match of.split_once('/') {
                None => By::Sent { terminal: read(of)?, first, last },
                Some((institution, lane)) => {
                    let lane = Lane(lane.parse().map_err(|_| format!("{lane:?} is no lane"))?);
                    By::Received { institution: read(institution)?, lane, first, last }
                }
            },
            _ => return Err("name one of: an id, a reference, a transaction, numbers".to_owned()),
        };
        let time = |text: &Option<String>| text.as_deref().map(read::<LogTime>).transpose();
        Ok(Query {
            from: time(&self.from)?.unwrap_or(LogTime(0)),
            until: time(&self.until)?.unwrap_or(LogTime(u64::MAX)),
            after: self.after,
            ..Query::of(by, self.limit.clamp(1, MESSAGES_MAX))
        })
    }
}

/// A message that was found in the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMessage {
    /// Its name: terminal and input number.
    pub id: String,
    /// Its record.
    pub record: u64,
    /// When it was recorded.
    pub at: String,
    /// `accepted` or `refused`.
    pub state: String,
    /// What it is.
    #[serde(rename = "type")]
    pub message_type: String,
    /// The service.
    pub service: String,
    /// For whom it is.
    pub receiver: String,
    /// The sender's name for it.
    pub reference: String,
    /// The transaction.
    pub uetr: Option<String>,
    /// How many bytes it has.
    pub bytes: usize,
    /// The lane of its receiver, and its number there.
    pub lane: Option<u8>,
    /// See `lane`.
    pub output_number: Option<u64>,
    /// What became of it.
    pub history: Vec<FoundEvent>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEvent {
    /// The record that says it.
    pub record: u64,
    /// When.
    pub at: String,
    /// `delivered`, `declined`, `undelivered`, `withdrawn`, `overdue`, `aborted`, `authorised`,
    /// `stopped` or `bypassed`; of a request also `answered`, `timed-out` or `receiver-gone`.
    pub step: String,
}

impl FoundMessage {
    /// A message that was found, for people and programs.
    #[must_use]
    pub fn of(found: &Found) -> Self {
        let record = &found.record;
        let refused = Refused::decode(&record.meta).ok();
        let accepted = Accepted::decode(&record.meta).ok().map(|it| it.header);
        let header = accepted.or_else(|| refused.as_ref()?.header.clone());
        let header = header.and_then(|header| Header::decode(&header).ok());
        let name = header.as_ref().map(|it| (it.sender, it.input_number));
        let name = name.or_else(|| refused.as_ref().map(|it| (it.terminal, it.input_number)));
        let text = |of: &dyn Fn(&Header) -> String| header.as_ref().map(of).unwrap_or_default();
        let is_refused = record.head.kind == RecordKind::REFUSED;
        Self {
            id: name.map(|(sender, number)| format!("{sender}-{number}")).unwrap_or_default(),
            record: record.head.sequence,
            at: record.head.at.to_string(),
            state: if is_refused { "refused" } else { "accepted" }.to_owned(),
            message_type: text(&|it| it.message_type.to_string()),
            service: text(&|it| it.service.to_string()),
            receiver: text(&|it| it.receiver.to_string()),
            reference: text(&|it| it.reference.to_string()),
            uetr: header.as_ref().and_then(|it| it.uetr).map(|uetr| uetr.to_string()),
            bytes: record.payload.len(),
            lane: found.place.map(|(lane, _)| lane.0),
            output_number: found.place.map(|(_, number)| number),
            history: found.history.iter().filter_map(|it| event(it, found)).collect(),
        }
    }
}

/// What a record says of a message; nothing where a withdrawn number was taken over.
fn event(record: &Record, found: &Found) -> Option<FoundEvent> {
    let message = found.record.head.sequence;
    let outcome = |record: &Record| {
        let event = Event::decode(record.head.kind, &record.meta);
        let Ok(Event::Elapsed { elapsed, .. }) = event else { return None };
        elapsed.iter().find(|it| it.sequence == message).map(|it| it.outcome)
    };
    let ended = |record: &Record| {
        let event = Event::decode(record.head.kind, &record.meta);
        let Ok(Event::RequestsEnded { ended, .. }) = event else { return None };
        ended.iter().find(|it| it.sequence == message).map(|it| it.outcome)
    };
    let gone = |it: &Record| {
        outcome(it) == Some(Outcome::Withdrawn)
            || ended(it) == Some(RequestOutcome::Withdrawn)
            || matches!(Event::decode(it.head.kind, &it.meta), Ok(Event::Aborted(_)))
    };
    let step = match record.head.kind {
        RecordKind::ACKNOWLEDGED if found.history.iter().any(gone) => return None,
        RecordKind::ACKNOWLEDGED => "delivered",
        RecordKind::DECLINED => "declined",
        RecordKind::ACCEPTED => "answered",
        _ if ended(record) == Some(RequestOutcome::ReceiverGone) => "receiver-gone",
        _ if ended(record) == Some(RequestOutcome::TimedOut) => "timed-out",
        _ if ended(record) == Some(RequestOutcome::Withdrawn) => "withdrawn",
        _ => match outcome(record) {
            Some(Outcome::Warned) => "undelivered",
            Some(Outcome::Withdrawn) => "withdrawn",
            Some(Outcome::Kept) => "overdue",
            None if record.head.kind == RecordKind::OUTSTANDING => "undelivered",
            None => other_step(record)?,
        },
    };
    Some(FoundEvent {
        record: record.head.sequence,
        at: record.head.at.to_string(),
        step: step.to_owned(),
    })
}

/// What a record says of a message beside its times and its delivery.
fn other_step(record: &Record) -> Option<&'static str> {
    let event = Event::decode(record.head.kind, &record.meta).ok()?;
    if let Event::CopyDecided { is_authorised, .. } = event {
        return Some(if is_authorised { "authorised" } else { "stopped" });
    }
    if let Event::Bypassed { .. } = event {
        return Some("bypassed");
    }
    matches!(event, Event::Aborted(_)).then_some("aborted")
}

fn read<T: std::str::FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| format!("{text:?}: {error}"))
}
