//! The back office does not take a message of the inbox.
//!
//! It may say so more than once, and the first reason counts. What it has taken it cannot decline,
//! nor what was acknowledged to the network when it was stored.

use redb::{ReadableTable as _, StorageError};
use trust::{LogTime, Reason};

use super::damaged;
use super::take::leave;
use crate::store::records::{Declination, InboxEntry, MessageId};
use crate::store::tables::{Tables, undecidable_through};
use crate::store::writer::Change;

/// A message leaves the list of those that wait, and its sender will hear why.
#[derive(Debug)]
pub(crate) struct Decline {
    /// The message.
    pub(crate) id: MessageId,
    /// Why.
    pub(crate) reason: Reason,
    /// Now.
    pub(crate) at: LogTime,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rebuffed {
    /// It is declined, for the reason that was given first.
    Declined(Declination),
    /// It was taken, then.
    Taken(LogTime),
    /// It was acknowledged to the network when it was stored.
    Acknowledged,
    /// It is the copy of a message between others, which nobody declines.
    Copy,
    /// There is no such message in the inbox.
    Unknown,
}

impl Change for Decline {
    type Answer = Rebuffed;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Rebuffed, StorageError> {
        let sender = self.id.terminal.to_string();
        let name = (sender.as_str(), self.id.input_number);
        let Some(place) = tables.inbox_names.get(name)?.map(|place| place.value()) else {
            return Ok(Rebuffed::Unknown);
        };
        let (lane, output_number, arrival) = place;
        let place = (lane, output_number);
        let entry = tables.inbox.get(place)?.map(|bytes| InboxEntry::decode(bytes.value()));
        if entry.transpose().map_err(damaged)?.is_some_and(|entry| entry.copy.is_some()) {
            return Ok(Rebuffed::Copy);
        }
        if let Some(at) = tables.inbox_taken.get(place)? {
            return Ok(Rebuffed::Taken(LogTime(at.value())));
        }
        if let Some(before) = tables.inbox_declined.get(place)? {
            return Declination::decode(before.value()).map(Rebuffed::Declined).map_err(damaged);
        }
        if output_number <= tables.count(&undecidable_through(lane))? {
            return Ok(Rebuffed::Acknowledged);
        }
        let declination = Declination { at: self.at, reason: self.reason };
        tables.inbox_declined.insert(place, declination.encode().as_slice())?;
        leave(tables, arrival)?;
        Ok(Rebuffed::Declined(declination))
    }
}
