//! The file that a received message announced is here, or it will never be.
//!
//! A file that the hub does not have any more is given up: the message is declined for that reason,
//! whatever the back office has said of it, so that its sender hears of it.

use redb::{ReadableTable as _, StorageError};
use trust::{LogTime, Reason};

use super::damaged;
use super::take::leave;
use crate::store::records::{Declination, FileState, InboxEntry};
use crate::store::tables::{Tables, counter};
use crate::store::writer::Change;

/// A message does not wait for its file any more.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The lane and the output number of the message.
    pub(crate) place: (u8, u64),
    /// Why the file will never be here; nothing: it is here, durably.
    pub(crate) given_up: Option<Reason>,
    /// Now.
    pub(crate) at: LogTime,
}

impl Change for Fetched {
    type Answer = ();

    fn apply(self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        let Self { place, given_up, at } = self;
        if tables.fetching.remove(place)?.is_none() {
            return Ok(());
        }
        tables.next(counter::FETCHED)?;
        let Some(reason) = given_up else {
            tables.inbox_files.insert(place, FileState::Here { at }.encode().as_slice())?;
            return Ok(());
        };
        let declination = Declination { at, reason };
        let state = FileState::GivenUp(declination.clone()).encode();
        tables.inbox_files.insert(place, state.as_slice())?;
        let is_decided =
            tables.inbox_taken.get(place)?.is_some() || tables.inbox_declined.get(place)?.is_some();
        if is_decided {
            return Ok(());
        }
        tables.inbox_declined.insert(place, declination.encode().as_slice())?;
        let arrival = arrival(tables, place)?;
        leave(tables, arrival)
    }
}

/// When a message of the inbox arrived.
fn arrival(tables: &Tables<'_>, place: (u8, u64)) -> Result<u64, StorageError> {
    let missing = || damaged("a file is fetched for a message that is not here");
    let entry = tables.inbox.get(place)?.map(|bytes| InboxEntry::decode(bytes.value()));
    let entry = entry.ok_or_else(missing)?.map_err(damaged)?;
    let header = trust::Header::decode(&entry.header).map_err(damaged)?;
    let sender = header.sender.to_string();
    let named = tables.inbox_names.get((sender.as_str(), header.input_number))?;
    let (_, _, arrival) = named.ok_or_else(missing)?.value();
    Ok(arrival)
}
