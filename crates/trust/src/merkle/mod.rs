//! The Merkle tree of RFC 6962 and RFC 9162: roots, paths, proofs.
//!
//! Leaves are hashes already: of a record ([`crate::RecordHead::hash`]), of a statement
//! ([`crate::Statement`]), or of any bytes by [`leaf_hash`]. A node over two is
//! `SHA-256(1 || left || right)`. A subtree of 2^level leaves that starts at a multiple of its size
//! is *complete*: its hash never changes, so stores keep just those, named by (level, index).
//! Nothing here stores anything by itself except [`Tree`], which keeps all nodes in memory.

mod consistency;
mod frontier;
mod multiproof;
mod walk;

pub use consistency::{prove_consistency, shown_within, verify_consistency, verify_inconsistency};
pub use frontier::{Frontier, Tree};
pub use multiproof::{inclusion_path, prove, root_from, split_proof};
pub use walk::Walk;

use crate::{Digest, Hasher};

/// A store of the hashes of complete subtrees.
pub trait Nodes {
    /// The hash of the subtree of 2^`level` leaves that starts at leaf `index` * 2^`level`, if all
    /// its leaves are there.
    fn node(&self, level: u8, index: u64) -> Option<Digest>;
}

/// The hash of a leaf: `SHA-256(0 || bytes)`.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(bytes);
    hasher.finish()
}

/// The hash of a node: `SHA-256(1 || left || right)`.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    let (_, hashes) = bytes.split_at_mut(1);
    let (first, second) = hashes.split_at_mut(32);
    first.copy_from_slice(&left.0);
    second.copy_from_slice(&right.0);
    Digest::of(&bytes)
}

/// The root of a tree with these leaves; of none, the digest of nothing.
#[must_use]
pub fn root(leaves: &[Digest]) -> Digest {
    root_of_leaves(leaves.to_vec())
}

/// The same, in the place of the leaves.
#[must_use]
pub(crate) fn root_of_leaves(mut row: Vec<Digest>) -> Digest {
    while row.len() > 1 {
        halve(&mut row);
    }
    row.first().copied().unwrap_or_else(|| Digest::of(&[]))
}

/// Replaces a row of nodes by the row above it.
///
/// A last node without a partner moves up unchanged: that gives the same tree as the split of
/// RFC 6962 at the largest power of two.
fn halve(row: &mut Vec<Digest>) {
    let above = row.len().div_ceil(2);
    for at in 0..above {
        let (left, right) = (row.get(2 * at).copied(), row.get(2 * at + 1).copied());
        let hash = match (left, right) {
            (Some(left), Some(right)) => node_hash(&left, &right),
            (Some(alone), None) => alone,
            (None, _) => return,
        };
        if let Some(place) = row.get_mut(at) {
            *place = hash;
        }
    }
    row.truncate(above);
}

/// All rows of a small tree, for the paths of all its leaves.
#[derive(Debug)]
pub(crate) struct Levels {
    /// Invariant: the first row is the leaves, each other half the one before, the last is the root.
    rows: Vec<Vec<Digest>>,
}

impl Levels {
    /// The rows above these leaves.
    pub(crate) fn of(leaves: Vec<Digest>) -> Self {
        let mut rows = vec![leaves];
        while let Some(row) = rows.last().filter(|row| row.len() > 1) {
            let mut above = row.clone();
            halve(&mut above);
            rows.push(above);
        }
        Self { rows }
    }

    /// The root.
    ///
    /// # Panics
    ///
    /// Over no leaf.
    pub(crate) fn root(&self) -> &Digest {
        let top = self.rows.last().and_then(|row| row.first());
        top.expect("there is a leaf, and the last row is the root")
    }

    /// The hashes beside the way from a leaf to the root, the lowest first.
    pub(crate) fn path(&self, index: usize) -> Vec<Digest> {
        let mut path = Vec::with_capacity(self.rows.len());
        path.extend(
            self.rows
                .iter()
                .enumerate()
                .filter_map(|(level, row)| row.get((index >> level) ^ 1).copied()),
        );
        path
    }
}

/// How many hashes stand beside the way from a leaf to the root of a tree with `size` leaves.
#[must_use]
pub fn path_length(index: u64, size: u64) -> usize {
    let (mut at, mut row, mut length) = (index, size, 0);
    while row > 1 {
        if at ^ 1 < row {
            length += 1;
        }
        at >>= 1;
        row = row.div_ceil(2);
    }
    length
}

/// The root to which an inclusion path leads (RFC 9162, 2.1.3.2).
///
/// # Errors
///
/// [`MerkleError::Leaves`] where the leaf is outside the tree, [`MerkleError::Hashes`] where the
/// path is longer or shorter than it must be.
pub fn root_of_path(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
) -> Result<Digest, MerkleError> {
    if index >= size {
        return Err(MerkleError::Leaves);
    }
    let (mut at, mut row, mut hash, mut path) = (index, size, *leaf, path.iter());
    while row > 1 {
        if at ^ 1 < row {
            let beside = path.next().ok_or(MerkleError::Hashes)?;
            hash = if at & 1 == 0 { node_hash(&hash, beside) } else { node_hash(beside, &hash) };
        }
        at >>= 1;
        row = row.div_ceil(2);
    }
    if path.next().is_some() {
        return Err(MerkleError::Hashes);
    }
    Ok(hash)
}

/// The hash of the `length` leaves from `start` on, where `start` is a multiple of the least power
/// of two that is not below `length`, as it is for every subtree of RFC 6962.
pub(crate) fn subtree(nodes: &impl Nodes, start: u64, length: u64) -> Result<Digest, MerkleError> {
    if length.is_power_of_two() {
        let level = u8::try_from(length.trailing_zeros()).expect("a u64 has 64 bits");
        let index = start >> level;
        return nodes.node(level, index).ok_or(MerkleError::Missing { level, index });
    }
    if length == 0 {
        return Ok(Digest::of(&[]));
    }
    let left = left_of(length);
    let right = subtree(nodes, start + left, length - left)?;
    Ok(node_hash(&subtree(nodes, start, left)?, &right))
}

/// How many of a subtree's leaves are in its left half: the largest power of two below `length`,
/// which is at least 2.
fn left_of(length: u64) -> u64 {
    debug_assert!(length >= 2, "a leaf has no halves");
    1 << (63 - (length - 1).leading_zeros())
}

/// Why no proof can be made, or one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// No leaf is named, or they are not in ascending order, or one is outside the tree.
    #[error("the leaves of a proof must be in ascending order and within the tree")]
    Leaves,
    /// The proof has more or fewer hashes than it must have.
    #[error("the proof does not have as many hashes as it must have")]
    Hashes,
    /// The older tree is the larger one.
    #[error("an older tree cannot be larger than a newer one")]
    Sizes,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The store lacks a node.
    #[error("the store has no node {index} of level {level}")]
    Missing {
        /// The node's height: it covers 2^level leaves.
        level: u8,
        /// Its place among those of its level, from 0.
        index: u64,
    },
}

#[cfg(test)]
mod tests;
