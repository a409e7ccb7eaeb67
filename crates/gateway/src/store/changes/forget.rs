//! What has been kept long enough leaves the store: messages that are settled, and old notices.
//!
//! A message goes with all that belongs to it: bytes, receipts, names, what was told of it. One
//! that somebody still waits for stays, however old it is: a sent one until the network has said
//! what became of it, a received one until the back office has taken or declined it and the network
//! has heard so. A message to which an idempotency key leads stays as long as the key is known. The
//! pages of the file that become free are used again; the file does not shrink.
//!
//! How long something was kept is measured by the clock and by the store's own time
//! ([`Tables::steady`]), and the shorter counts: a clock that is set ahead by mistake takes nothing
//! away.

use std::ops::Bound;
use std::time::Duration;

use redb::{ReadableTable as _, StorageError};
use session::gateway::Tiding;
use trust::{Header, LogTime, Monitoring, ReceiptKind, RecordKind};
use wire::limits::WINDOW_MAX;

use super::damaged;
use super::post::{forget_keys, keys_from};
use crate::store::records::{Answer, InboxEntry, NoticeEntry, OutboxEntry, Place, names};
use crate::store::tables::{Tables, counter, received_through};
use crate::store::writer::Change;

/// How many messages, and how many notices, one change looks at: it shares a transaction with
/// changes that somebody waits for.
const LOOKED_AT: usize = 256;

const NOT_HERE: &str = "an arrival names a message that is not here";

/// Forgets messages and notices that were kept long enough, a few at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forget {
    /// How long they are kept.
    pub(crate) kept: Duration,
    /// What the clock shows now.
    pub(crate) at: LogTime,
    /// Where to go on.
    pub(crate) after: Looked,
}

/// How far a pass has looked: the last arrival and the last notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    arrival: u64,
    notice: u64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forgot {
    /// How many messages went.
    pub(crate) messages: u64,
    /// How many notices went.
    pub(crate) notices: u64,
    /// Where to go on; nothing: this was all.
    pub(crate) next: Option<Looked>,
}

impl Change for Forget {
    type Answer = Forgot;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Forgot, StorageError> {
        let now = tables.steady(self.at)?;
        forget_keys(tables, now, LOOKED_AT)?;
        let kept = u64::try_from(self.kept.as_micros()).unwrap_or(u64::MAX);
        // Old by both: the store's time may have begun with a clock that was ahead.
        let before = LogTime(now.min(self.at).0.saturating_sub(kept));
        let until = Until { before, keys: keys_from(tables)? };
        let arrivals = tables.arrivals.range(behind(self.after.arrival))?.take(LOOKED_AT);
        let arrivals = arrivals.map(|entry| entry.map(|(at, place)| (at.value(), place.value())));
        let arrivals = arrivals.collect::<Result<Vec<_>, _>>()?;
        let mut forgot = Forgot { messages: 0, notices: 0, next: None };
        let mut looked = self.after;
        let mut more = arrivals.len() == LOOKED_AT;
        for (arrival, columns) in arrivals {
            let fate = match Place::of(columns) {
                Place::Sent { input_number } => sent(tables, input_number, arrival, until)?,
                Place::Received { lane, output_number } => {
                    received(tables, (lane, output_number), arrival, until.before)?
                }
            };
            match fate {
                // Arrivals stand in the order of time.
                Fate::TooYoung => {
                    more = false;
                    break;
                }
                Fate::Open => {}
                Fate::Gone => forgot.messages += 1,
            }
            looked.arrival = arrival;
        }
        let notices = forget_notices(tables, until.before, &mut looked, &mut forgot.notices)?;
        forgot.next = (more || notices).then_some(looked);
        Ok(forgot)
    }
}

/// What became of one message.
enum Fate {
    /// It is here, because it is not old enough.
    TooYoung,
    /// It is here, because somebody waits for it.
    Open,
    /// It went.
    Gone,
}

/// What may go.
#[derive(Clone, Copy, Debug)]
struct Until {
    /// What was stored before this.
    before: LogTime,
    /// Of sent messages, those below this number: no key leads to them any more.
    keys: u64,
}

/// Forgets old notices whose message is not here; says whether there may be more.
fn forget_notices(
    tables: &mut Tables<'_>,
    before: LogTime,
    looked: &mut Looked,
    gone: &mut u64,
) -> Result<bool, StorageError> {
    let mut notices = Vec::new();
    for entry in tables.notices.range(behind(looked.notice))?.take(LOOKED_AT) {
        let (number, bytes) = entry?;
        notices.push((number.value(), NoticeEntry::decode(bytes.value()).map_err(damaged)?));
    }
    let more = notices.len() == LOOKED_AT;
    for (number, notice) in notices {
        if notice.received_at >= before {
            return Ok(false);
        }
        // Those that belong to a message of this terminal go and stay with it.
        let belongs = match notice.about {
            Some(about) => tables.told.get((about.input_number, number))?.is_some(),
            None => false,
        };
        if !belongs {
            tables.notices.remove(number)?;
            *gone += 1;
        }
        looked.notice = number;
    }
    Ok(more)
}

fn behind(number: u64) -> (Bound<u64>, Bound<u64>) {
    (Bound::Excluded(number), Bound::Unbounded)
}

/// Forgets a sent message if it is old and settled.
fn sent(
    tables: &mut Tables<'_>,
    input_number: u64,
    arrival: u64,
    until: Until,
) -> Result<Fate, StorageError> {
    let entry = tables.outbox.get(input_number)?.map(|bytes| OutboxEntry::decode(bytes.value()));
    let entry = entry.ok_or_else(|| damaged(NOT_HERE))?.map_err(damaged)?;
    if entry.stored_at >= until.before {
        return Ok(Fate::TooYoung);
    }
    if input_number >= until.keys {
        return Ok(Fate::Open);
    }
    let header = Header::decode(&entry.header).map_err(damaged)?;
    if !is_settled(tables, input_number, header.monitoring)? {
        return Ok(Fate::Open);
    }
    if let Some(answer) = tables.answers.get(input_number)?.map(|it| Answer::decode(it.value())) {
        tables.outcomes.remove(answer.map_err(damaged)?.head.sequence)?;
    }
    tables.outbox.remove(input_number)?;
    tables.outbox_payload.remove(input_number)?;
    tables.opened.remove(Place::Sent { input_number }.columns())?;
    tables.answers.remove(input_number)?;
    tables.deliveries.remove(input_number)?;
    for kind in [ReceiptKind::Acceptance, ReceiptKind::Refusal] {
        tables.sent_receipts.remove((kind.code(), input_number))?;
    }
    for number in told(tables, input_number)? {
        tables.told.remove((input_number, number))?;
        tables.notices.remove(number)?;
    }
    forget_names(tables, &header, arrival)?;
    let through = tables.count(counter::FORGOTTEN_THROUGH)?;
    tables.set(counter::FORGOTTEN_THROUGH, through.max(input_number))?;
    Ok(Fate::Gone)
}

/// Whether nobody waits for more about a sent message: it was refused, or delivered, withdrawn or
/// declined, or it was accepted and its sender did not want to hear of its delivery.
fn is_settled(
    tables: &Tables<'_>,
    input_number: u64,
    monitoring: Monitoring,
) -> Result<bool, StorageError> {
    let Some(answer) = tables.answers.get(input_number)? else { return Ok(false) };
    let answer = Answer::decode(answer.value()).map_err(damaged)?;
    let asked = matches!(monitoring, Monitoring::Notice | Monitoring::Both);
    if answer.head.kind == RecordKind::REFUSED
        || !asked
        || tables.deliveries.get(input_number)?.is_some()
    {
        return Ok(true);
    }
    for number in told(tables, input_number)? {
        let Some(notice) = tables.notices.get(number)? else { continue };
        let notice = NoticeEntry::decode(notice.value()).map_err(damaged)?;
        let tiding = Tiding::from_code(notice.tiding);
        if matches!(
            tiding,
            Some(
                Tiding::Withdrawn
                    | Tiding::Aborted
                    | Tiding::Declined
                    | Tiding::Stopped
                    | Tiding::TimedOut
                    | Tiding::ReceiverGone
            )
        ) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The numbers of the notices about a sent message.
fn told(tables: &Tables<'_>, input_number: u64) -> Result<Vec<u64>, StorageError> {
    let entries = tables.told.range((input_number, 0)..=(input_number, u64::MAX))?;
    entries.map(|entry| Ok(entry?.0.value().1)).collect()
}

/// Forgets a received message if it is old and settled.
fn received(
    tables: &mut Tables<'_>,
    place: (u8, u64),
    arrival: u64,
    before: LogTime,
) -> Result<Fate, StorageError> {
    let (lane, output_number) = place;
    let entry = tables.inbox.get(place)?.map(|bytes| InboxEntry::decode(bytes.value()));
    let entry = entry.ok_or_else(|| damaged(NOT_HERE))?.map_err(damaged)?;
    if entry.received_at >= before {
        return Ok(Fate::TooYoung);
    }
    // Offers that are further back than the widest window are acknowledged: the hub would not have
    // gone on otherwise.
    let through = tables.count(&received_through(lane))?;
    let is_heard = output_number.saturating_add(WINDOW_MAX.into()) <= through;
    let is_open =
        tables.inbox_waiting.get(arrival)?.is_some() || tables.fetching.get(place)?.is_some();
    if !is_heard || is_open {
        return Ok(Fate::Open);
    }
    tables.outcomes.remove(entry.head.sequence)?;
    tables.inbox.remove(place)?;
    tables.inbox_payload.remove(place)?;
    tables.opened.remove(Place::Received { lane, output_number }.columns())?;
    tables.inbox_receipts.remove(place)?;
    tables.inbox_taken.remove(place)?;
    tables.inbox_declined.remove(place)?;
    tables.inbox_files.remove(place)?;
    let header = Header::decode(&entry.header).map_err(damaged)?;
    let sender = header.sender.to_string();
    tables.inbox_names.remove((sender.as_str(), header.input_number))?;
    forget_names(tables, &header, arrival)?;
    Ok(Fate::Gone)
}

/// Takes a message out of the order of arrival, and out of what it is found by.
fn forget_names(
    tables: &mut Tables<'_>,
    header: &Header,
    arrival: u64,
) -> Result<(), StorageError> {
    let (uetr, reference) = names(header);
    if let Some(uetr) = uetr {
        tables.by_uetr.remove((*uetr.as_bytes(), arrival))?;
    }
    tables.by_reference.remove((reference, arrival))?;
    tables.arrivals.remove(arrival)?;
    Ok(())
}
