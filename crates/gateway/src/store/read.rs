//! What can be asked of the store; every question sees one state of it.

mod files;

use std::collections::BTreeMap;
use std::ops::Bound;

use iso::Uetr;
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable as _, TableError};
use session::Fill;
use trust::{Acceptance, Digest, Lane, LogTime, NonDelivery, Reason, Receipt, ReceiptKind};
use wire::limits::WINDOW_MAX;

use super::changes;
use super::changes::damaged;
use super::records::{
    Answer, Declination, Delivery, InboxEntry, MessageId, NoticeEntry, OpenedEntry, OutboxEntry,
    Outcome, Place,
};
use super::tables::{
    ANSWERS, ARRIVALS, BY_REFERENCE, BY_UETR, COUNTERS, DELIVERIES, INBOX, INBOX_DECLINED,
    INBOX_NAMES, INBOX_PAYLOAD, INBOX_RECEIPTS, INBOX_TAKEN, INBOX_WAITING, NOTES, NOTICES, OPENED,
    OUTBOX, OUTBOX_PAYLOAD, OUTCOMES, RECENT, SENT_RECEIPTS, TOLD, ToRenew, UNWITNESSED, counter,
    received_lanes, undecidable_through,
};

pub(crate) use files::{Announced, Awaited};

/// One state of the store.
pub(crate) struct View {
    transaction: ReadTransaction,
}

/// A sent message, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Its number.
    pub(crate) input_number: u64,
    /// What was stored.
    pub(crate) entry: OutboxEntry,
    /// The hub's answer.
    pub(crate) answer: Option<Answer>,
    /// That it was delivered.
    pub(crate) delivery: Option<Delivery>,
    /// What else was told of it, in order.
    pub(crate) notices: Vec<NoticeEntry>,
    /// How it ended, if it is a request.
    pub(crate) outcome: Option<Outcome>,
}

/// A received message, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Inboxed {
    /// Its lane.
    pub(crate) lane: u8,
    /// Its number.
    pub(crate) output_number: u64,
    /// What was stored.
    pub(crate) entry: InboxEntry,
    /// When the back office took it.
    pub(crate) taken_at: Option<LogTime>,
    /// Or why it did not.
    pub(crate) declined: Option<Declination>,
    /// How it ended, if it is a request.
    pub(crate) outcome: Option<Outcome>,
}

/// What the back office has decided about the messages of one lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decisions {
    /// Everything up to this output number is decided.
    pub(crate) through: u64,
    /// What is declined, of the last ones, by rising output number.
    pub(crate) declined: Vec<(u64, Reason)>,
}

/// A message in either direction.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// This terminal sent it.
    Sent(Box<Sent>),
    /// The institution received it.
    Received(Box<Inboxed>),
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// Only those about this transaction.
    pub(crate) uetr: Option<Uetr>,
    /// Only those with this reference.
    pub(crate) reference: Option<String>,
    /// Only those that arrived before this one.
    pub(crate) before: Option<u64>,
}

/// A message to submit.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// Its number.
    pub(crate) input_number: u64,
    /// Its header, encoded.
    pub(crate) header: bytes::Bytes,
    /// SHA-256 of the payload.
    pub(crate) digest: Digest,
    /// Its exact bytes.
    pub(crate) payload: bytes::Bytes,
}

/// The numbers of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) input_number: u64,
    pub(crate) answered_through: u64,
    pub(crate) arrival: u64,
    pub(crate) decided: u64,
    pub(crate) notice: u64,
    pub(crate) fetched: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) delivered: u64,
    pub(crate) received: u64,
    pub(crate) waiting: u64,
    /// A quorum of witnesses has cosigned all records below this.
    pub(crate) witnessed_below: u64,
    /// The lanes from which anything was received, with the last output number.
    pub(crate) lanes: Vec<(u8, u64)>,
}

type Result<T> = std::result::Result<T, redb::Error>;

impl View {
    pub(super) fn new(transaction: ReadTransaction) -> Self {
        Self { transaction }
    }

    /// A sent message.
    pub(crate) fn sent(&self, input_number: u64) -> Result<Option<Sent>> {
        let outbox = self.transaction.open_table(OUTBOX)?;
        let Some(entry) = outbox.get(input_number)? else { return Ok(None) };
        let entry = OutboxEntry::decode(entry.value()).map_err(damaged)?;
        let answers = self.transaction.open_table(ANSWERS)?;
        let answer = answers.get(input_number)?.map(|bytes| Answer::decode(bytes.value()));
        let deliveries = self.transaction.open_table(DELIVERIES)?;
        let delivery = deliveries.get(input_number)?.map(|bytes| Delivery::decode(bytes.value()));
        let answer = answer.transpose().map_err(damaged)?;
        let outcome = match &answer {
            Some(answer) => self.outcome(answer.head.sequence)?,
            None => None,
        };
        Ok(Some(Sent {
            input_number,
            entry,
            answer,
            outcome,
            delivery: delivery.transpose().map_err(damaged)?,
            notices: self.told(input_number)?,
        }))
    }

    /// What was told of a sent message, beside its delivery.
    fn told(&self, input_number: u64) -> Result<Vec<NoticeEntry>> {
        let Some(told) = known(self.transaction.open_table(TOLD))? else { return Ok(Vec::new()) };
        let Some(notices) = known(self.transaction.open_table(NOTICES))? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in told.range((input_number, 0)..=(input_number, u64::MAX))? {
            let (_, number) = entry?.0.value();
            if let Some(bytes) = notices.get(number)? {
                found.push(NoticeEntry::decode(bytes.value()).map_err(damaged)?);
            }
        }
        Ok(found)
    }

    /// What the institution was told, by rising number after one.
    pub(crate) fn notices(&self, after: u64, limit: usize) -> Result<Vec<(u64, NoticeEntry)>> {
        let Some(notices) = known(self.transaction.open_table(NOTICES))? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in notices.range((Bound::Excluded(after), Bound::Unbounded))?.take(limit) {
            let (number, bytes) = entry?;
            let notice = NoticeEntry::decode(bytes.value()).map_err(damaged)?;
            found.push((number.value(), notice));
        }
        Ok(found)
    }

    /// A received message, by its place.
    pub(crate) fn received(&self, lane: u8, output_number: u64) -> Result<Option<Inboxed>> {
        let place = (lane, output_number);
        let inbox = self.transaction.open_table(INBOX)?;
        let Some(entry) = inbox.get(place)? else { return Ok(None) };
        let entry = InboxEntry::decode(entry.value()).map_err(damaged)?;
        let taken = self.transaction.open_table(INBOX_TAKEN)?;
        let taken_at = taken.get(place)?.map(|at| LogTime(at.value()));
        let declined = match known(self.transaction.open_table(INBOX_DECLINED))? {
            Some(table) => table.get(place)?.map(|bytes| Declination::decode(bytes.value())),
            None => None,
        };
        let declined = declined.transpose().map_err(damaged)?;
        let outcome = self.outcome(entry.head.sequence)?;
        Ok(Some(Inboxed { lane, output_number, entry, taken_at, declined, outcome }))
    }

    /// How the request of a record ended.
    fn outcome(&self, record: u64) -> Result<Option<Outcome>> {
        let Some(table) = known(self.transaction.open_table(OUTCOMES))? else { return Ok(None) };
        let outcome = table.get(record)?.map(|bytes| Outcome::decode(bytes.value()));
        Ok(outcome.transpose().map_err(damaged)?)
    }

    /// What the back office has decided, by lane, for a gateway that acknowledges what was taken.
    pub(crate) fn decisions(&self) -> Result<BTreeMap<u8, Decisions>> {
        let counters = self.transaction.open_table(COUNTERS)?;
        let count =
            |name: &str| -> Result<u64> { Ok(counters.get(name)?.map_or(0, |it| it.value())) };
        let mut lanes = self.declinations()?;
        // The first of a lane that waits, if one does.
        let mut open: Vec<u8> = lanes.keys().copied().collect();
        if let Some(waiting) = known(self.transaction.open_table(INBOX_WAITING))? {
            for entry in waiting.range(0..)? {
                let (lane, output_number) = entry?.1.value();
                let before = count(&undecidable_through(lane))?;
                if output_number <= before || !open.contains(&lane) {
                    continue;
                }
                if let Some(decisions) = lanes.get_mut(&lane) {
                    decisions.through = output_number - 1;
                }
                open.retain(|other| *other != lane);
                if open.is_empty() {
                    break;
                }
            }
        }
        Ok(lanes)
    }

    /// What is declined, by lane, of what was received, for a gateway that acknowledges the rest when it
    /// is stored.
    pub(crate) fn declinations(&self) -> Result<BTreeMap<u8, Decisions>> {
        let counters = self.transaction.open_table(COUNTERS)?;
        let mut lanes = BTreeMap::new();
        for (lane, through) in received_lanes(&counters)? {
            if lane == Lane::SYSTEM.0 {
                continue;
            }
            lanes.insert(lane, Decisions { through, declined: self.declined(lane, through)? });
        }
        Ok(lanes)
    }

    /// What is declined of the last output numbers of a lane: no more can be open.
    fn declined(&self, lane: u8, through: u64) -> Result<Vec<(u64, Reason)>> {
        let Some(table) = known(self.transaction.open_table(INBOX_DECLINED))? else {
            return Ok(Vec::new());
        };
        let first = (through + 1).saturating_sub(WINDOW_MAX.into());
        let entries = table.range((lane, first)..=(lane, through))?;
        let mut found = Vec::new();
        for entry in entries {
            let (place, bytes) = entry?;
            let declination = Declination::decode(bytes.value()).map_err(damaged)?;
            found.push((place.value().1, declination.reason));
        }
        Ok(found)
    }

    /// Where a received message stands.
    pub(crate) fn received_place(&self, id: MessageId) -> Result<Option<(u8, u64)>> {
        let names = self.transaction.open_table(INBOX_NAMES)?;
        let sender = id.terminal.to_string();
        let place = names.get((sender.as_str(), id.input_number))?;
        Ok(place.map(|place| {
            let (lane, output_number, _arrival) = place.value();
            (lane, output_number)
        }))
    }

    /// What a message says: its exact bytes, or what was within where they are sealed and have been
    /// opened.
    pub(crate) fn text(&self, place: Place) -> Result<Option<Vec<u8>>> {
        match self.opened(place)? {
            Some(opened) => Ok(Some(opened.text)),
            None => self.payload(place),
        }
    }

    /// What shows to others what a sealed message says.
    pub(crate) fn disclosure(&self, place: Place) -> Result<Option<Vec<u8>>> {
        let Some(opened) = self.opened(place)? else { return Ok(None) };
        let envelope = self.payload(place)?;
        Ok(envelope.map(|envelope| opened.disclosure(envelope).encode()))
    }

    fn opened(&self, place: Place) -> Result<Option<OpenedEntry>> {
        let Some(table) = known(self.transaction.open_table(OPENED))? else { return Ok(None) };
        let entry = table.get(place.columns())?.map(|bytes| OpenedEntry::decode(bytes.value()));
        Ok(entry.transpose().map_err(damaged)?)
    }

    /// The exact bytes of a message.
    ///
    /// The file's own checksums are compared only after a crash, so a bit that has changed since the
    /// message was stored is found here: nobody is given other bytes than those that were stored.
    pub(crate) fn payload(&self, place: Place) -> Result<Option<Vec<u8>>> {
        let (payload, digest) = match place {
            Place::Sent { input_number } => {
                let table = self.transaction.open_table(OUTBOX_PAYLOAD)?;
                let payload = table.get(input_number)?.map(|bytes| bytes.value().to_vec());
                let entry = self.transaction.open_table(OUTBOX)?.get(input_number)?;
                let entry = entry.map(|bytes| OutboxEntry::decode(bytes.value())).transpose();
                (payload, entry.map_err(damaged)?.map(|entry| entry.payload))
            }
            Place::Received { lane, output_number } => {
                let place = (lane, output_number);
                let table = self.transaction.open_table(INBOX_PAYLOAD)?;
                let payload = table.get(place)?.map(|bytes| bytes.value().to_vec());
                let entry = self.transaction.open_table(INBOX)?.get(place)?;
                let entry = entry.map(|bytes| InboxEntry::decode(bytes.value())).transpose();
                let entry = entry.map_err(damaged)?;
                let copy = entry.as_ref().and_then(|entry| entry.copy);
                if copy.is_some_and(|copy| copy.header_only) {
                    return Ok(None);
                }
                (payload, entry.map(|entry| entry.payload))
            }
        };
        if payload.as_deref().map(Digest::of) != digest {
            return Err(damaged("the bytes of a message are not those that were stored").into());
        }
        Ok(payload)
    }

    /// A receipt of a sent message.
    pub(crate) fn sent_receipt(
        &self,
        kind: ReceiptKind,
        input_number: u64,
    ) -> Result<Option<Vec<u8>>> {
        match kind {
            ReceiptKind::Acceptance | ReceiptKind::Refusal => {}
            ReceiptKind::Delivery => return self.delivery_receipt(input_number),
            ReceiptKind::NonDelivery => return self.non_delivery_receipt(input_number),
        }
        let table = self.transaction.open_table(SENT_RECEIPTS)?;
        Ok(table.get((kind.code(), input_number))?.map(|bytes| bytes.value().to_vec()))
    }

    /// The receipt of a delivery, made of that of the acceptance and of the notice.
    fn delivery_receipt(&self, input_number: u64) -> Result<Option<Vec<u8>>> {
        let deliveries = self.transaction.open_table(DELIVERIES)?;
        let Some(delivery) = deliveries.get(input_number)? else { return Ok(None) };
        let delivery = Delivery::decode(delivery.value()).map_err(damaged)?;
        let Some(acceptance) = self.acceptance(input_number)? else { return Ok(None) };
        let receipt = Receipt::Delivery(Box::new((acceptance, delivery.proof)));
        Ok(Some(receipt.encode()))
    }

    /// The receipt of a non-delivery, made of that of the acceptance and of the last notice that
    /// says so, both under the checkpoint of the notice.
    fn non_delivery_receipt(&self, input_number: u64) -> Result<Option<Vec<u8>>> {
        let Some(acceptance) = self.acceptance(input_number)? else { return Ok(None) };
        let notices = self.told(input_number)?;
        let last = notices.into_iter().rev().find_map(|notice| {
            let path = notice.message_path?;
            Some((notice.record, notice.grant, path))
        });
        let Some((record, grant, path)) = last else { return Ok(None) };
        let mut acceptance = acceptance;
        acceptance.record.checkpoint.clone_from(&record.checkpoint);
        acceptance.record.path = path;
        let receipt = Receipt::NonDelivery(Box::new((acceptance, NonDelivery { record, grant })));
        Ok(Some(receipt.encode()))
    }

    /// What proves that a sent message was accepted, if it was.
    fn acceptance(&self, input_number: u64) -> Result<Option<Acceptance>> {
        let receipt = self.sent_receipt(ReceiptKind::Acceptance, input_number)?;
        let Some(receipt) = receipt else { return Ok(None) };
        match Receipt::decode(&receipt).map_err(damaged)? {
            Receipt::Acceptance(acceptance) => Ok(Some(acceptance)),
            Receipt::Refusal(_) | Receipt::Delivery(_) | Receipt::NonDelivery(_) => {
                Err(damaged("a receipt is of another kind").into())
            }
        }
    }

    /// The receipt of a received message.
    pub(crate) fn inbox_receipt(&self, lane: u8, output_number: u64) -> Result<Option<Vec<u8>>> {
        let table = self.transaction.open_table(INBOX_RECEIPTS)?;
        Ok(table.get((lane, output_number))?.map(|bytes| bytes.value().to_vec()))
    }

    /// A page of messages, newest first, each with its arrival; and where to go on, if there may be
    /// more.
    ///
    /// `keep` says which of them count; at most `look` are looked at.
    pub(crate) fn page(
        &self,
        query: &Query,
        limit: usize,
        look: usize,
        keep: impl Fn(&Item) -> bool,
    ) -> Result<(Vec<Item>, Option<u64>)> {
        let mut items = Vec::new();
        let mut last = None;
        for arrival in self.arrivals(query, look + 1)? {
            if last.is_some_and(|(looked, _)| looked == look) || items.len() == limit {
                return Ok((items, last.map(|(_, arrival)| arrival)));
            }
            last = Some((last.map_or(0, |(looked, _)| looked) + 1, arrival));
            let Some(item) = self.item(arrival)? else { continue };
            let wanted = query.reference.as_deref().is_none_or(|reference| {
                item.header().is_some_and(|header| header.reference.as_str() == reference)
            });
            if wanted && keep(&item) {
                items.push(item);
            }
        }
        Ok((items, None))
    }

    /// The newest arrivals that a query may mean.
    fn arrivals(&self, query: &Query, count: usize) -> Result<Vec<u64>> {
        let before = query.before.unwrap_or(u64::MAX);
        let numbers: std::result::Result<Vec<u64>, redb::StorageError> =
            if let Some(uetr) = query.uetr {
                let table = self.transaction.open_table(BY_UETR)?;
                let range = table.range((*uetr.as_bytes(), 0)..(*uetr.as_bytes(), before))?;
                range.rev().take(count).map(|entry| Ok(entry?.0.value().1)).collect()
            } else if let Some(reference) = query.reference.as_deref() {
                let table = self.transaction.open_table(BY_REFERENCE)?;
                let range = table.range((reference, 0)..(reference, before))?;
                range.rev().take(count).map(|entry| Ok(entry?.0.value().1)).collect()
            } else {
                let table = self.transaction.open_table(ARRIVALS)?;
                let range = table.range(..before)?;
                range.rev().take(count).map(|entry| Ok(entry?.0.value())).collect()
            };
        Ok(numbers?)
    }

    fn item(&self, arrival: u64) -> Result<Option<Item>> {
        let table = self.transaction.open_table(ARRIVALS)?;
        let place = table.get(arrival)?.map(|columns| Place::of(columns.value()));
        Ok(match place {
            Some(Place::Sent { input_number }) => {
                self.sent(input_number)?.map(|sent| Item::Sent(Box::new(sent)))
            }
            Some(Place::Received { lane, output_number }) => self
                .received(lane, output_number)?
                .map(|received| Item::Received(Box::new(received))),
            None => None,
        })
    }

    /// The oldest messages that the back office has not taken, and the last arrival among them. It
    /// ends before the first whose record is not below `below`: that one waits for witnesses.
    pub(crate) fn inbox(
        &self,
        after: u64,
        limit: usize,
        below: u64,
    ) -> Result<(Vec<Inboxed>, Option<u64>)> {
        let table = self.transaction.open_table(INBOX_WAITING)?;
        let mut messages = Vec::new();
        let mut last = None;
        for entry in table.range((Bound::Excluded(after), Bound::Unbounded))?.take(limit) {
            let (arrival, place) = entry?;
            let (lane, output_number) = place.value();
            let message = self.received(lane, output_number)?;
            if message.as_ref().is_some_and(|it| it.entry.head.sequence >= below) {
                break;
            }
            messages.extend(message);
            last = Some(arrival.value());
        }
        Ok((messages, last))
    }

    /// Messages to submit, by rising number from `from` on, as many as one frame takes.
    pub(crate) fn to_submit(&self, from: u64, count: usize) -> Result<Vec<Waiting>> {
        let outbox = self.transaction.open_table(OUTBOX)?;
        let payloads = self.transaction.open_table(OUTBOX_PAYLOAD)?;
        let mut fill = Fill::new(count);
        let mut messages: Vec<Waiting> = Vec::new();
        for entry in outbox.range(from..)? {
            let (number, entry) = entry?;
            let entry = OutboxEntry::decode(entry.value()).map_err(damaged)?;
            let payload = payloads.get(number.value())?;
            let payload = payload.ok_or_else(|| damaged("a message has no payload"))?;
            let payload = payload.value();
            if !fill.takes(entry.header.len() + payload.len()) {
                break;
            }
            messages.push(Waiting {
                input_number: number.value(),
                header: entry.header.into(),
                digest: entry.payload,
                payload: bytes::Bytes::copy_from_slice(payload),
            });
        }
        Ok(messages)
    }

    /// The first messages after a number, without their payloads.
    pub(crate) fn unanswered(&self, after: u64, count: usize) -> Result<Vec<OutboxEntry>> {
        let outbox = self.transaction.open_table(OUTBOX)?;
        let entries = outbox.range((Bound::Excluded(after), Bound::Unbounded))?.take(count);
        entries.map(|entry| Ok(OutboxEntry::decode(entry?.1.value()).map_err(damaged)?)).collect()
    }

    /// Output number and record hash of the last entries of a lane, rising.
    pub(crate) fn recent(&self, lane: u8) -> Result<Vec<(u64, Digest)>> {
        let table = self.transaction.open_table(RECENT)?;
        let entries = table.range((lane, 0)..=(lane, u64::MAX))?;
        let entry = |entry: std::result::Result<_, redb::StorageError>| -> Result<(u64, Digest)> {
            let (key, hash): (redb::AccessGuard<'_, (u8, u64)>, redb::AccessGuard<'_, [u8; 32]>) =
                entry?;
            Ok((key.value().1, Digest(hash.value())))
        };
        entries.map(entry).collect()
    }

    /// The numbers of the store.
    pub(crate) fn counts(&self) -> Result<Counts> {
        let table = self.transaction.open_table(COUNTERS)?;
        let count =
            |name: &str| -> Result<u64> { Ok(table.get(name)?.map_or(0, |value| value.value())) };
        let lanes = received_lanes(&table)?;
        Ok(Counts {
            input_number: count(counter::INPUT_NUMBER)?,
            answered_through: count(counter::ANSWERED_THROUGH)?,
            arrival: count(counter::ARRIVAL)?,
            decided: count(counter::DECIDED)?,
            notice: count(counter::NOTICE)?,
            fetched: count(counter::FETCHED)?,
            accepted: count(counter::ACCEPTED)?,
            refused: count(counter::REFUSED)?,
            delivered: count(counter::DELIVERED)?,
            received: count(counter::RECEIVED)?,
            waiting: count(counter::WAITING)?,
            witnessed_below: count(counter::WITNESSED_BELOW)?,
            lanes,
        })
    }

    /// The note of the checkpoint that the gateway relies on.
    pub(crate) fn checkpoint(&self) -> Result<Option<String>> {
        self.note(changes::CHECKPOINT)
    }

    /// The note of the last checkpoint that a quorum of witnesses has cosigned.
    pub(crate) fn witnessed(&self) -> Result<Option<String>> {
        self.note(changes::WITNESSED)
    }

    /// A quorum of witnesses has cosigned all records below this.
    pub(crate) fn witnessed_below(&self) -> Result<u64> {
        let counters = self.transaction.open_table(COUNTERS)?;
        Ok(counters.get(counter::WITNESSED_BELOW)?.map_or(0, |value| value.value()))
    }

    /// Which records witnesses have seen, and whose receipts say so.
    pub(crate) fn covered(&self) -> Result<Covered> {
        let to_renew = known(self.transaction.open_table(UNWITNESSED))?;
        Ok(Covered { below: self.witnessed_below()?, to_renew })
    }

    /// Sequence and hash of the records whose receipts are to be renewed, the oldest first.
    pub(crate) fn unwitnessed(&self, count: usize) -> Result<Vec<(u64, Digest)>> {
        let Some(table) = known(self.transaction.open_table(UNWITNESSED))? else {
            return Ok(Vec::new());
        };
        let mut found: Vec<(u64, Digest)> = Vec::new();
        for entry in table.iter()? {
            let (row, hash) = entry?;
            let (sequence, ..) = row.value();
            if found.last().is_some_and(|(last, _)| *last == sequence) {
                continue;
            }
            if found.len() == count {
                break;
            }
            found.push((sequence, Digest(hash.value())));
        }
        Ok(found)
    }

    /// How many idempotency keys are known, outdated ones included.
    #[cfg(test)]
    pub(super) fn keys(&self) -> Result<u64> {
        use redb::ReadableTableMetadata as _;
        let table = self.transaction.open_table(super::tables::KEYS_BY_AGE)?;
        Ok(table.len()?)
    }

    /// How many rows the tables of messages have, and of what belongs to them.
    #[cfg(test)]
    pub(super) fn rows(&self) -> Result<u64> {
        use redb::ReadableTableMetadata as _;
        let transaction = &self.transaction;
        let mut rows = 0;
        for table in [OUTBOX, OUTBOX_PAYLOAD, ANSWERS, DELIVERIES, NOTICES] {
            rows += transaction.open_table(table)?.len()?;
        }
        for table in [INBOX, INBOX_PAYLOAD, INBOX_RECEIPTS, INBOX_DECLINED, SENT_RECEIPTS] {
            rows += transaction.open_table(table)?.len()?;
        }
        rows += transaction.open_table(INBOX_TAKEN)?.len()?;
        rows += transaction.open_table(INBOX_NAMES)?.len()?;
        rows += transaction.open_table(ARRIVALS)?.len()?;
        rows += transaction.open_table(BY_UETR)?.len()?;
        rows += transaction.open_table(BY_REFERENCE)?.len()?;
        Ok(rows)
    }

    /// A note of the store about itself.
    pub(super) fn note(&self, name: &str) -> Result<Option<String>> {
        let table = match self.transaction.open_table(NOTES) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            table => table?,
        };
        let text =
            table.get(name)?.map(|bytes| String::from_utf8_lossy(bytes.value()).into_owned());
        Ok(text)
    }
}

/// A table, unless the store is older than it and nothing was written since.
fn known<T>(table: std::result::Result<T, TableError>) -> Result<Option<T>> {
    match table {
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        table => Ok(Some(table?)),
    }
}

/// Which records witnesses have seen, and whose receipts say so.
///
/// A record that came after the checkpoint that covers it was seen by them, while its receipt still
/// lies under a checkpoint without their cosignatures.
#[derive(Debug)]
pub(crate) struct Covered {
    below: u64,
    to_renew: Option<ReadOnlyTable<ToRenew, [u8; 32]>>,
}

impl Covered {
    /// All records below this were seen by a quorum of witnesses.
    pub(crate) const fn below(&self) -> u64 {
        self.below
    }

    /// Whether a quorum of witnesses has cosigned a record, and all receipts of it say so; not where
    /// that cannot be read.
    pub(crate) fn has(&self, sequence: u64) -> bool {
        let of_record = (sequence, 0, 0, 0)..=(sequence, u8::MAX, u8::MAX, u64::MAX);
        let is_renewed = self.to_renew.as_ref().is_none_or(|table| {
            table.range(of_record).is_ok_and(|mut to_renew| to_renew.next().is_none())
        });
        sequence < self.below && is_renewed
    }
}

impl Item {
    /// Its header.
    pub(crate) fn header(&self) -> Option<trust::Header> {
        let header = match self {
            Self::Sent(sent) => &sent.entry.header,
            Self::Received(received) => &received.entry.header,
        };
        trust::Header::decode(header).ok()
    }
}
