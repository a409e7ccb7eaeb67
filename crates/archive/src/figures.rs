//! Traffic of any days, out of the journal: how many messages of which kind an institution sent, had
//! refused and was sent, and the first and last numbers of the day.
//!
//! It is a fold of records and needs no archive: the days are found in the journal by halves, for
//! times rise with sequences. A message counts on the day of the record that accepted or refused it.

use std::collections::BTreeMap;

use iso::{Institution, Terminal};
use journal::{Medium, Reader, Record};
use network::Day;
use trust::{
    Accepted, Acknowledged, Declined, Header, Lane, LogTime, MessageType, RecordKind, Refused,
    ServiceName,
};

use crate::error::Error;
use crate::find::first_at;

/// Microseconds of a day.
const DAY: u64 = 86_400_000_000;

/// What happened on some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How many messages of which kind.
    pub counts: BTreeMap<Kind, Counts>,
    /// The first and last input number that was answered to a terminal on a day.
    pub inputs: BTreeMap<(Day, Terminal), (u64, u64)>,
    /// The first and last output number of a lane that an institution took over or declined on a day.
    pub outputs: BTreeMap<(Day, Institution, Lane), (u64, u64)>,
}

/// Which messages count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The day of UTC.
    pub day: Day,
    /// Whose traffic it is.
    pub institution: Institution,
    /// Whether it sent the messages, or they were sent to it.
    pub direction: Direction,
    /// The header's fields; nothing for a message whose header could not be kept.
    pub what: Option<What>,
}

/// What a header says of a message, as far as traffic counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct What {
    /// The service.
    pub service: ServiceName,
    /// The type of the message.
    pub message_type: MessageType,
    /// The lane of its priority.
    pub lane: Lane,
    /// The other institution.
    pub counterparty: Institution,
}

/// Which way messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The institution submitted them.
    Sent,
    /// The network accepted them for the institution.
    Addressed,
}

/// How many messages, and how many bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They were accepted.
    pub accepted: u64,
    /// They were refused.
    pub refused: u64,
    /// The payloads of those that were accepted.
    pub bytes: u64,
}

impl Direction {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Addressed => "addressed",
        }
    }
}

/// The traffic of the days from `first` to `last`, of one institution or of all.
///
/// # Errors
///
/// When the journal cannot be read, or a record of it is not understood.
pub fn traffic<M: Medium>(
    journal: &Reader<M>,
    (first, last): (Day, Day),
    of: Option<Institution>,
) -> Result<Traffic, Error> {
    let start = LogTime(first.0.saturating_mul(DAY));
    let end = LogTime(last.0.saturating_add(1).saturating_mul(DAY));
    let from = first_at(journal, start)?;
    let mut traffic = Traffic::default();
    for record in journal.records(from) {
        let record = record?;
        if record.head.at >= end {
            break;
        }
        traffic.take(&record, of)?;
    }
    Ok(traffic)
}

impl Traffic {
    /// Counts what a record says.
    fn take(&mut self, record: &Record, of: Option<Institution>) -> Result<(), Error> {
        let (sequence, kind) = (record.head.sequence, record.head.kind);
        let odd = || Error::Record { sequence, kind: kind.0 };
        let day = Day::of(record.head.at);
        let wanted = |institution| of.is_none_or(|of| of == institution);
        match kind {
            RecordKind::ACCEPTED => {
                let accepted = Accepted::decode(&record.meta).map_err(|_| odd())?;
                let header = Header::decode(&accepted.header).map_err(|_| odd())?;
                let (sender, receiver) =
                    (header.sender.institution(), header.receiver.institution());
                let parties =
                    [(sender, Direction::Sent, receiver), (receiver, Direction::Addressed, sender)];
                for (institution, direction, counterparty) in parties {
                    if wanted(institution) {
                        let what = Some(What::of(&header, counterparty));
                        let kind = Kind { day, institution, direction, what };
                        let counts = self.counts.entry(kind).or_default();
                        counts.accepted += 1;
                        counts.bytes += u64::from(header.payload_length);
                    }
                }
                if wanted(sender) {
                    widen(&mut self.inputs, (day, header.sender), header.input_number);
                }
            }
            RecordKind::REFUSED => {
                let refused = Refused::decode(&record.meta).map_err(|_| odd())?;
                let institution = refused.terminal.institution();
                if wanted(institution) {
                    let header = refused.header.as_deref().and_then(|it| Header::decode(it).ok());
                    let what = header.map(|it| What::of(&it, it.receiver.institution()));
                    let direction = Direction::Sent;
                    let kind = Kind { day, institution, direction, what };
                    self.counts.entry(kind).or_default().refused += 1;
                    widen(&mut self.inputs, (day, refused.terminal), refused.input_number);
                }
            }
            RecordKind::ACKNOWLEDGED => {
                let it = Acknowledged::decode(&record.meta).map_err(|_| odd())?;
                if wanted(it.by.institution()) {
                    let key = (day, it.by.institution(), it.lane);
                    widen(&mut self.outputs, key, it.first);
                    widen(&mut self.outputs, key, it.through);
                }
            }
            RecordKind::DECLINED => {
                let it = Declined::decode(&record.meta).map_err(|_| odd())?;
                if wanted(it.by.institution()) {
                    let key = (day, it.by.institution(), it.lane);
                    widen(&mut self.outputs, key, it.output_number);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl What {
    fn of(header: &Header, counterparty: Institution) -> Self {
        let Header { service, message_type, priority, .. } = *header;
        let lane = Lane::from(priority);
        Self { service, message_type, lane, counterparty }
    }
}

/// Makes a range of numbers reach a number.
fn widen<K: Ord>(ranges: &mut BTreeMap<K, (u64, u64)>, key: K, number: u64) {
    let (first, last) = ranges.entry(key).or_insert((number, number));
    *first = number.min(*first);
    *last = number.max(*last);
}
