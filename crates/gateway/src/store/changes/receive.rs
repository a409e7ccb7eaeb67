//! What the hub offered goes into the inbox, and notices of delivery to the messages they are about.
//!
//! The numbers of a lane have no gap: what is stored here is acknowledged up to its last number.

use redb::{ReadableTable as _, StorageError};
use trust::{Header, KeyId};

use super::damaged;
use super::post::index;
use super::settle::remember;
use crate::store::ReceiptKind;
use crate::store::records::{Delivery, InboxEntry, Place};
use crate::store::tables::{Tables, counter, received_through};
use crate::store::writer::Change;

/// Offers of one lane, with all that proves them.
#[derive(Debug)]
pub(crate) struct Receive {
    /// The lane.
    pub(crate) lane: u8,
    /// The output number before the first of these.
    pub(crate) after: u64,
    /// Messages, by rising output number.
    pub(crate) messages: Vec<Received>,
    /// Notices, by rising output number.
    pub(crate) notices: Vec<Delivered>,
    /// The last output number that is taken in with these.
    pub(crate) through: u64,
    /// The latest checkpoint that was verified, if it is a new one.
    pub(crate) checkpoint: Option<Vec<u8>>,
    /// Grants that were verified and are new on this link.
    pub(crate) grants: Vec<(KeyId, String)>,
}

/// A message for the inbox.
#[derive(Debug)]
pub(crate) struct Received {
    /// Its number in the lane.
    pub(crate) output_number: u64,
    /// What is known of it.
    pub(crate) entry: InboxEntry,
    /// Its header, decoded.
    pub(crate) header: Header,
    /// Its exact bytes.
    pub(crate) payload: bytes::Bytes,
    /// The receipt that proves that the network accepted it.
    pub(crate) receipt: Vec<u8>,
}

/// A notice that a message of this terminal was delivered.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The message.
    pub(crate) input_number: u64,
    /// Who took it over, and where that is recorded.
    pub(crate) delivery: Delivery,
    /// The receipt that proves it.
    pub(crate) receipt: Vec<u8>,
}

impl Change for Receive {
    type Answer = ();

    fn apply(self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        remember(tables, self.checkpoint.as_deref(), &self.grants)?;
        let counter = received_through(self.lane);
        // Another terminal of the institution may have taken what is between.
        let here = tables.count(&counter)?;
        assert!(here <= self.after, "offers are taken in in order and once");
        tables.set(&counter, self.through)?;
        for received in self.messages {
            store(tables, self.lane, &received)?;
        }
        for notice in self.notices {
            deliver(tables, &notice)?;
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.messages.iter().map(|received| received.payload.len()).sum()
    }
}

fn store(tables: &mut Tables<'_>, lane: u8, received: &Received) -> Result<(), StorageError> {
    let place = (lane, received.output_number);
    let arrival = tables.next(counter::ARRIVAL)?;
    tables.next(counter::RECEIVED)?;
    tables.next(counter::WAITING)?;
    tables.inbox.insert(place, received.entry.encode().as_slice())?;
    tables.inbox_payload.insert(place, received.payload.as_ref())?;
    tables.inbox_receipts.insert(place, received.receipt.as_slice())?;
    let sender = received.header.sender.to_string();
    let (lane, output_number) = place;
    let name = (sender.as_str(), received.header.input_number);
    tables.inbox_names.insert(name, (lane, output_number, arrival))?;
    tables.inbox_waiting.insert(arrival, place)?;
    tables.arrivals.insert(arrival, Place::Received { lane, output_number }.columns())?;
    index(tables, &received.header, arrival)
}

fn deliver(tables: &mut Tables<'_>, notice: &Delivered) -> Result<(), StorageError> {
    if tables.outbox.get(notice.input_number)?.is_none() {
        return Err(damaged("a notice is about a message that is not in the outbox"));
    }
    // The network tells of a delivery once; should it do so again, the first word stands.
    if tables.deliveries.get(notice.input_number)?.is_none() {
        tables.next(counter::DELIVERED)?;
        tables.deliveries.insert(notice.input_number, notice.delivery.encode().as_slice())?;
        let key = (ReceiptKind::Delivery.code(), notice.input_number);
        tables.sent_receipts.insert(key, notice.receipt.as_slice())?;
    }
    Ok(())
}
