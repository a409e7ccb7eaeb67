//! The changes of the store, one file for each.

mod post;
mod receive;
mod settle;
mod take;

use redb::StorageError;

#[cfg(test)]
pub(super) use post::KEPT;
pub(crate) use post::{Post, Posted};
pub(crate) use receive::{Delivered, Receive, Received};
pub(super) use settle::CHECKPOINT;
pub(crate) use settle::{Settle, Settled};
pub(crate) use take::{Take, Took};

/// The store holds something that this program did not write.
pub(in crate::store) fn damaged(reason: impl std::fmt::Display) -> StorageError {
    StorageError::Corrupted(reason.to_string())
}
