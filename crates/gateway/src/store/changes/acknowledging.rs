//! From when on the back office decides about messages before they are acknowledged.
//!
//! What was received before the setting changed was acknowledged when it was stored, and nobody can
//! decline it any more.

use redb::{ReadableTable as _, StorageError};

use crate::store::tables::{Tables, received_lanes, undecidable_through};
use crate::store::writer::Change;

/// The name of the setting among the notes.
const ACKNOWLEDGE: &str = "acknowledge";
/// What stands there while the back office decides.
const TAKEN: &[u8] = b"taken";
const STORED: &[u8] = b"stored";

/// The setting as the gateway starts.
#[derive(Debug)]
pub(crate) struct Acknowledging {
    /// Whether the back office decides.
    pub(crate) on_decision: bool,
}

impl Change for Acknowledging {
    type Answer = ();

    fn apply(self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        let was = tables.notes.get(ACKNOWLEDGE)?.is_some_and(|note| note.value() == TAKEN);
        if was == self.on_decision {
            return Ok(());
        }
        for (lane, through) in received_lanes(&tables.counters)? {
            tables.set(&undecidable_through(lane), through)?;
        }
        tables.notes.insert(ACKNOWLEDGE, if self.on_decision { TAKEN } else { STORED })?;
        Ok(())
    }
}
