//! What the gateway has verified of a record, kept so that others can verify it again.

use std::sync::Arc;

use bytes::Bytes;
use trust::{Checkpoint, Digest, Equivocation, LoggedRecord, RecordHead};

/// A record with all that proves that it stands in the log.
///
/// Invariant: was verified when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The head of the record.
    pub head: RecordHead,
    /// Its meta.
    pub meta: Bytes,
    /// The digest of its payload.
    pub payload_digest: Digest,
    /// The hashes from the record to the root of the checkpoint, the lowest first.
    pub path: Vec<Digest>,
    /// The checkpoint under which it was shown.
    pub checkpoint: Arc<SignedCheckpoint>,
}

/// A checkpoint and the note that it was opened from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What the log said.
    pub checkpoint: Checkpoint,
    /// The note, as the hub sent it.
    pub note: String,
}

/// Two checkpoints that the log has signed and that the hub could not show to be of one history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The note of the checkpoint of the smaller tree, or of either.
    pub smaller: String,
    /// The note of the other one.
    pub larger: String,
    /// What proves to anybody that they are of two histories, where the proof that the hub gave
    /// shows it. Without it the log must be asked (`nuncio checkpoint compare`).
    pub evidence: Option<Equivocation>,
}

impl Evidence {
    /// The same as a part of a receipt.
    #[must_use]
    pub fn logged(&self) -> LoggedRecord {
        LoggedRecord {
            head: self.head.clone(),
            meta: self.meta.to_vec(),
            payload: self.payload_digest,
            path: self.path.clone(),
            checkpoint: self.checkpoint.note.clone(),
        }
    }
}
