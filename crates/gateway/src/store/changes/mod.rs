//! The changes of the store, one file for each.

mod acknowledging;
mod decline;
mod fetched;
mod forget;
mod post;
mod receive;
mod settle;
mod take;
mod witness;

use redb::StorageError;

pub(crate) use acknowledging::Acknowledging;
pub(crate) use decline::{Decline, Rebuffed};
pub(crate) use fetched::Fetched;
pub(crate) use forget::{Forget, Looked};
#[cfg(test)]
pub(super) use post::KEPT;
pub(crate) use post::{Post, Posted};
#[cfg(test)]
pub(super) use receive::RECENT_MAX;
pub(crate) use receive::{Content, Entry, Receive, Received, Text};
pub(super) use settle::CHECKPOINT;
pub(crate) use settle::{Settle, Settled};
pub(crate) use take::{Take, Took};
pub(super) use witness::WITNESSED;
pub(crate) use witness::{Witness, Witnessing};

/// Why what the hub said is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// It cannot be true.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// What came before it on the link was not stored: taking it would leave a gap.
    #[error("what came before on the link was not stored")]
    OutOfOrder,
}

/// The hub says two things that cannot both be true: its notice is about another record
/// than its answer, or about a message that was never made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the hub's notice about message {input_number} is about another record than its \
     answer to that message"
)]
pub(crate) struct Contradiction {
    /// The message.
    pub(crate) input_number: u64,
}

/// The store holds something that this program did not write.
pub(in crate::store) fn damaged(reason: impl std::fmt::Display) -> StorageError {
    StorageError::Corrupted(reason.to_string())
}
