//! The back office has taken a message over from the inbox.
//!
//! It may say so more than once, for it cannot know whether it was heard; the first time counts.

use redb::{ReadableTable as _, StorageError};
use trust::LogTime;

use crate::store::records::MessageId;
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
        tables.inbox_taken.insert(place, self.at.0)?;
        tables.inbox_waiting.remove(arrival)?;
        let waiting = tables.count(counter::WAITING)?;
        tables.set(counter::WAITING, waiting.saturating_sub(1))?;
        Ok(Took::At(self.at))
    }
}
