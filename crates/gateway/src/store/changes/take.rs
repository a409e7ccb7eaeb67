//! The back office has taken a message over from the inbox.
//!
//! It may say so more than once, for it cannot know whether it was heard; the first time counts.

use redb::{ReadableTable as _, StorageError};
use trust::LogTime;

use super::damaged;
use crate::store::records::{Declination, MessageId};
use crate::store::tables::{Tables, counter};
use crate::store::writer::Change;

/// A message leaves the list of those that wait.
#[derive(Debug)]
pub(crate) struct Take {
    /// The message.
    pub(crate) id: MessageId,
    /// Now.
    pub(crate) at: LogTime,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Took {
    /// It was taken, then.
    At(LogTime),
    /// It was declined, then.
    Declined(LogTime),
    /// There is no such message in the inbox.
    Unknown,
}

impl Change for Take {
    type Answer = Took;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Took, StorageError> {
        let sender = self.id.terminal.to_string();
        let name = (sender.as_str(), self.id.input_number);
        let Some(place) = tables.inbox_names.get(name)?.map(|place| place.value()) else {
            return Ok(Took::Unknown);
        };
        let (lane, output_number, arrival) = place;
        let place = (lane, output_number);
        if let Some(at) = tables.inbox_taken.get(place)? {
            return Ok(Took::At(LogTime(at.value())));
        }
        if let Some(declined) = tables.inbox_declined.get(place)? {
            let declination = Declination::decode(declined.value()).map_err(damaged)?;
            return Ok(Took::Declined(declination.at));
        }
        tables.inbox_taken.insert(place, self.at.0)?;
        leave(tables, arrival)?;
        Ok(Took::At(self.at))
    }
}

/// A message is decided about, and waits no more.
pub(super) fn leave(tables: &mut Tables<'_>, arrival: u64) -> Result<(), StorageError> {
    tables.inbox_waiting.remove(arrival)?;
    let waiting = tables.count(counter::WAITING)?;
    tables.set(counter::WAITING, waiting.saturating_sub(1))?;
    tables.next(counter::DECIDED)?;
    Ok(())
}
