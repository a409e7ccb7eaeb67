//! A back office's message goes into the outbox, once for each idempotency key.
//!
//! The same key and the same request give the first answer again; the same key and another request
//! are told apart and stored nowhere. Keys are forgotten after [`KEPT`] of the store's own time
//! ([`Tables::steady`]); a key that is used again after that is new.

use std::time::Duration;

use redb::{ReadableTable as _, StorageError};
use trust::{Digest, Header, LogTime};

use super::damaged;
use crate::store::records::{Key, OpenedEntry, OutboxEntry, Place, names};
use crate::store::tables::{Tables, counter};
use crate::store::writer::Change;

/// How long an idempotency key is known, at least.
pub(crate) const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How many outdated keys go for each new one: more than one, so that they become fewer.
const FORGOTTEN_AT_ONCE: usize = 2;

/// A message for the outbox.
#[derive(Debug)]
pub(crate) struct Post {
    /// The key that makes a repeat harmless.
    pub(crate) key: String,
    /// The digest of all that the request said.
    pub(crate) request: Digest,
    /// The header, except for the input number, which the store gives out.
    pub(crate) header: Header,
    /// The exact bytes.
    pub(crate) payload: bytes::Bytes,
    /// Their SHA-256.
    pub(crate) digest: Digest,
    /// Where they are sealed: what is within.
    pub(crate) clear: Option<OpenedEntry>,
    /// When it was checked.
    pub(crate) checked_at: LogTime,
    /// Now.
    pub(crate) at: LogTime,
}

/// What became of a posted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// It was stored.
    Stored {
        /// Its number.
        input_number: u64,
        /// What was stored.
        entry: OutboxEntry,
    },
    /// The same request was stored before.
    Exists {
        /// Its number.
        input_number: u64,
        /// What was stored then.
        entry: OutboxEntry,
    },
    /// Another request used the key.
    ExistsWithDifferentRequest {
        /// The number of its message.
        input_number: u64,
    },
}

impl Change for Post {
    type Answer = Posted;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Posted, StorageError> {
        let now = tables.steady(self.at)?;
        if let Some(known) = known(tables, &self.key, now)? {
            let input_number = known.input_number;
            if known.request != self.request {
                return Ok(Posted::ExistsWithDifferentRequest { input_number });
            }
            let entry = tables.outbox.get(input_number)?;
            let entry = entry.ok_or_else(|| damaged("a key names a message that is not here"))?;
            let entry = OutboxEntry::decode(entry.value()).map_err(damaged)?;
            return Ok(Posted::Exists { input_number, entry });
        }
        self.store(tables, now)
    }

    fn bytes(&self) -> usize {
        self.payload.len()
    }
}

impl Post {
    fn store(self, tables: &mut Tables<'_>, now: LogTime) -> Result<Posted, StorageError> {
        let input_number = tables.next(counter::INPUT_NUMBER)?;
        let arrival = tables.next(counter::ARRIVAL)?;
        let header = Header { input_number, ..self.header };
        let entry = OutboxEntry {
            checked_at: self.checked_at,
            stored_at: self.at,
            payload: self.digest,
            header: header.encode(),
        };
        tables.outbox.insert(input_number, entry.encode().as_slice())?;
        tables.outbox_payload.insert(input_number, self.payload.as_ref())?;
        let columns = Place::Sent { input_number }.columns();
        if let Some(clear) = &self.clear {
            tables.opened.insert(columns, clear.encode().as_slice())?;
        }
        tables.arrivals.insert(arrival, columns)?;
        index(tables, &header, arrival)?;
        if let Some(request) = header.answers {
            tables.responses.insert(input_number, request)?;
        }
        let key = Key { request: self.request, input_number, at: now };
        tables.keys.insert(self.key.as_str(), key.encode().as_slice())?;
        tables.keys_by_age.insert((now.0, self.key.as_str()), ())?;
        forget_keys(tables, now, FORGOTTEN_AT_ONCE)?;
        Ok(Posted::Stored { input_number, entry })
    }
}

/// Makes a message findable by its transaction and by its reference.
pub(super) fn index(
    tables: &mut Tables<'_>,
    header: &Header,
    arrival: u64,
) -> Result<(), StorageError> {
    let (uetr, reference) = names(header);
    if let Some(uetr) = uetr {
        tables.by_uetr.insert((*uetr.as_bytes(), arrival), ())?;
    }
    tables.by_reference.insert((reference, arrival), ())?;
    Ok(())
}

/// What a key stands for now.
fn known(tables: &Tables<'_>, key: &str, now: LogTime) -> Result<Option<Key>, StorageError> {
    let Some(stored) = tables.keys.get(key)? else { return Ok(None) };
    let stored = Key::decode(stored.value()).map_err(damaged)?;
    Ok(Some(stored).filter(|key| !is_outdated(key.at, now)))
}

/// Forgets a few keys that are outdated, the oldest first.
pub(super) fn forget_keys(
    tables: &mut Tables<'_>,
    now: LogTime,
    count: usize,
) -> Result<(), StorageError> {
    for _ in 0..count {
        let oldest = tables.keys_by_age.first()?.map(|(oldest, _nothing)| {
            let (at, key) = oldest.value();
            (LogTime(at), key.to_owned())
        });
        let Some((at, key)) = oldest.filter(|(at, _)| is_outdated(*at, now)) else { break };
        tables.keys_by_age.remove((at.0, key.as_str()))?;
        // A key that was used again since stands for its newer request.
        let stored = tables.keys.get(key.as_str())?.map(|stored| Key::decode(stored.value()));
        if let Some(stored) = stored
            && stored.map_err(damaged)?.at == at
        {
            tables.keys.remove(key.as_str())?;
        }
    }
    Ok(())
}

/// The messages from this input number on may have a key that is known.
pub(super) fn keys_from(tables: &Tables<'_>) -> Result<u64, StorageError> {
    for entry in tables.keys_by_age.iter()? {
        let (oldest, _nothing) = entry?;
        let (at, key) = oldest.value();
        let stored = tables.keys.get(key)?.map(|stored| Key::decode(stored.value()));
        if let Some(stored) = stored
            && let stored = stored.map_err(damaged)?
            // A key that was used again stands for its newer request, and has a newer age too.
            && stored.at.0 == at
        {
            return Ok(stored.input_number);
        }
    }
    Ok(u64::MAX)
}

fn is_outdated(at: LogTime, now: LogTime) -> bool {
    u128::from(now.0.saturating_sub(at.0)) > KEPT.as_micros()
}
