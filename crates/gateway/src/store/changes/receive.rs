//! What the hub offered goes into the inbox, and notices of delivery to the messages they are about.
//!
//! The numbers of a lane have no gap: what is stored here is acknowledged up to its last number.

use redb::{ReadableTable as _, StorageError};
use session::gateway::requests_ended;
use trust::{Digest, Header, Reason, RecordHead};

use super::post::index;
use super::settle::{end_request, remember};
use super::witness::{Renewal, renew_later};
use super::{Contradiction, Unfit, damaged};
use crate::store::records::{
    Answer, Declination, Delivery, FileState, InboxEntry, NoticeEntry, OpenedEntry, Outcome, Place,
};
use crate::store::tables::{Tables, counter, received_through};
use crate::store::writer::Change;

/// For how many output numbers of a lane the hash of the record is kept.
pub(in crate::store) const RECENT_MAX: u64 = 4_096;

/// Offers of one lane, with all that proves them.
#[derive(Debug)]
pub(crate) struct Receive {
    /// The lane.
    pub(crate) lane: u8,
    /// The last output number of the lane that was stored before these.
    pub(crate) after: u64,
    /// By rising output number without a gap. The first is the one behind `after`, unless another
    /// terminal of the institution took what is between.
    pub(crate) entries: Vec<Entry>,
    /// The note of the latest checkpoint that was verified, if it is a new one.
    pub(crate) checkpoint: Option<String>,
}

/// One offer.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its number in the lane.
    pub(crate) output_number: u64,
    /// The hash of the record that it is about.
    pub(crate) record: Digest,
    /// What it is.
    pub(crate) content: Content,
}

/// What an offer is.
#[derive(Debug)]
pub(crate) enum Content {
    /// A message for the inbox.
    Message(Box<Received>),
    /// A notice that a message of this terminal was delivered.
    Notice {
        /// The message.
        input_number: u64,
        /// Who took it over, and what proves that.
        delivery: Box<Delivery>,
    },
    /// Something else that the institution is told.
    Told {
        /// The message of this terminal that it is about, if it is about one: its number, and the
        /// record with which it was accepted.
        about: Option<(u64, Box<RecordHead>)>,
        /// What is told.
        notice: Box<NoticeEntry>,
    },
    /// A notice about a message of another terminal of the institution: nothing to keep.
    Foreign,
}

/// A message for the inbox.
#[derive(Debug)]
pub(crate) struct Received {
    /// What is known of it.
    pub(crate) entry: InboxEntry,
    /// Its header, decoded.
    pub(crate) header: Header,
    /// Its exact bytes; nothing of a copy of the header.
    pub(crate) payload: Option<bytes::Bytes>,
    /// The receipt that proves that the network accepted it.
    pub(crate) receipt: Vec<u8>,
    /// What it says, where its payload is sealed.
    pub(crate) content: Text,
}

/// What a message says.
#[derive(Debug)]
pub(crate) enum Text {
    /// Its payload.
    Clear,
    /// What was within, and holds.
    Opened(Box<OpenedEntry>),
    /// Nothing that holds: it is declined, and nobody is shown it as good.
    Declined(Declination),
}

impl Entry {
    /// Its number, and why it is declined, if it is.
    pub(crate) fn declined(&self) -> Option<(u64, Reason)> {
        let Content::Message(received) = &self.content else { return None };
        let Text::Declined(declination) = &received.content else { return None };
        Some((self.output_number, declination.reason.clone()))
    }
}

impl Change for Receive {
    type Answer = Result<(), Unfit>;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Self::Answer, StorageError> {
        let counter = received_through(self.lane);
        if tables.count(&counter)? != self.after {
            return Ok(Err(Unfit::OutOfOrder));
        }
        for entry in &self.entries {
            let claim = match &entry.content {
                Content::Notice { input_number, delivery } => {
                    Some((*input_number, &delivery.message))
                }
                Content::Told { about: Some((input_number, message)), .. } => {
                    Some((*input_number, &**message))
                }
                Content::Message(_) | Content::Told { about: None, .. } | Content::Foreign => None,
            };
            if let Some((input_number, message)) = claim
                && !fits(tables, input_number, message)?
            {
                return Ok(Err(Contradiction { input_number }.into()));
            }
        }
        remember(tables, self.checkpoint.as_deref())?;
        let first = self.entries.first().map_or(0, |entry| entry.output_number);
        assert!(self.entries.is_empty() || first > self.after, "offers are taken in once");
        for (number, entry) in (first..).zip(self.entries) {
            let Entry { output_number, record, content } = entry;
            assert_eq!(output_number, number, "offers are taken in without a gap");
            tables.set(&counter, output_number)?;
            tables.recent.insert((self.lane, output_number), record.0)?;
            if let Some(old) = output_number.checked_sub(RECENT_MAX) {
                tables.recent.remove((self.lane, old))?;
            }
            match content {
                Content::Message(received) => {
                    store(tables, (self.lane, output_number), &received)?;
                }
                Content::Notice { input_number, delivery } => {
                    deliver(tables, input_number, &delivery)?;
                }
                Content::Told { about, notice } => {
                    tell(tables, about.map(|(number, _)| number), &notice)?;
                }
                Content::Foreign => {}
            }
        }
        Ok(Ok(()))
    }

    fn bytes(&self) -> usize {
        let bytes = |entry: &Entry| match &entry.content {
            Content::Message(received) => received.payload.as_ref().map_or(0, bytes::Bytes::len),
            Content::Notice { .. } | Content::Told { .. } | Content::Foreign => 0,
        };
        self.entries.iter().map(bytes).sum()
    }
}

/// Whether a notice is about a message of the outbox, and about the record that answered it.
fn fits(
    tables: &Tables<'_>,
    input_number: u64,
    message: &RecordHead,
) -> Result<bool, StorageError> {
    if tables.outbox.get(input_number)?.is_none() {
        return is_forgotten(tables, input_number);
    }
    let Some(answer) = tables.answers.get(input_number)? else { return Ok(true) };
    Ok(Answer::decode(answer.value()).map_err(damaged)?.head == *message)
}

/// Whether a message that is not in the outbox may have been there: it was kept long enough.
fn is_forgotten(tables: &Tables<'_>, input_number: u64) -> Result<bool, StorageError> {
    Ok((1..=tables.count(counter::FORGOTTEN_THROUGH)?).contains(&input_number))
}

fn store(
    tables: &mut Tables<'_>,
    place: (u8, u64),
    received: &Received,
) -> Result<(), StorageError> {
    let (lane, output_number) = place;
    let arrival = tables.next(counter::ARRIVAL)?;
    renew_later(tables, &received.entry.head, Renewal::Received { lane, output_number })?;
    tables.next(counter::RECEIVED)?;
    tables.inbox.insert(place, received.entry.encode().as_slice())?;
    if let Some(payload) = &received.payload {
        tables.inbox_payload.insert(place, payload.as_ref())?;
    }
    tables.inbox_receipts.insert(place, received.receipt.as_slice())?;
    let sender = received.header.sender.to_string();
    let name = (sender.as_str(), received.header.input_number);
    tables.inbox_names.insert(name, (lane, output_number, arrival))?;
    let is_declined = match &received.content {
        Text::Clear => {
            wait(tables, arrival, place)?;
            false
        }
        Text::Opened(opened) => {
            let columns = Place::Received { lane, output_number }.columns();
            tables.opened.insert(columns, opened.encode().as_slice())?;
            wait(tables, arrival, place)?;
            false
        }
        Text::Declined(declination) => {
            tables.inbox_declined.insert(place, declination.encode().as_slice())?;
            tables.next(counter::DECIDED)?;
            true
        }
    };
    // The file is for the receiver alone: whoever gets a copy could not fetch it.
    let is_ours = received.entry.copy.is_none() && !is_declined;
    if received.header.file.is_some() && is_ours {
        tables.inbox_files.insert(place, FileState::Fetching.encode().as_slice())?;
        tables.fetching.insert(place, ())?;
    }
    tables.arrivals.insert(arrival, Place::Received { lane, output_number }.columns())?;
    if let Some(request) = received.header.answers {
        let outcome = Outcome::answered(&received.entry.head, &received.header);
        end_request(tables, request, &outcome)?;
    }
    index(tables, &received.header, arrival)
}

/// A message waits for the back office.
fn wait(tables: &mut Tables<'_>, arrival: u64, place: (u8, u64)) -> Result<(), StorageError> {
    tables.next(counter::WAITING)?;
    tables.inbox_waiting.insert(arrival, place)?;
    Ok(())
}

fn deliver(
    tables: &mut Tables<'_>,
    input_number: u64,
    delivery: &Delivery,
) -> Result<(), StorageError> {
    // The network tells of a delivery once; should it do so again, the first word stands.
    let is_here = tables.outbox.get(input_number)?.is_some();
    if is_here && tables.deliveries.get(input_number)?.is_none() {
        tables.next(counter::DELIVERED)?;
        tables.deliveries.insert(input_number, delivery.encode().as_slice())?;
        let renewal = Renewal::Delivery { input_number };
        renew_later(tables, &delivery.proof.record.head, renewal)?;
    }
    Ok(())
}

fn tell(
    tables: &mut Tables<'_>,
    about: Option<u64>,
    notice: &NoticeEntry,
) -> Result<(), StorageError> {
    let number = tables.next(counter::NOTICE)?;
    tables.notices.insert(number, notice.encode().as_slice())?;
    renew_later(tables, &notice.record.head, Renewal::Notice { number })?;
    let head = &notice.record.head;
    for (request, outcome) in requests_ended(head.kind, &notice.record.meta) {
        let outcome = Outcome { outcome, head: head.clone(), response: None };
        end_request(tables, request, &outcome)?;
    }
    if let Some(input_number) = about
        && tables.outbox.get(input_number)?.is_some()
    {
        tables.told.insert((input_number, number), ())?;
    }
    Ok(())
}
