//! A tree that grows: what must be kept to know its root, and a tree kept whole in memory.

use super::{MerkleError, Nodes, node_hash, subtree};
use crate::Digest;

/// The right edge of a growing tree: enough to add leaves and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// The hashes of the complete subtrees of which the tree is made, the largest first.
    /// Invariant: one for each bit that is set in `size`.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The edge of a tree whose nodes are stored.
    ///
    /// # Errors
    ///
    /// [`MerkleError::Missing`] where the store lacks a node of the edge.
    pub fn of(nodes: &impl Nodes, size: u64) -> Result<Self, MerkleError> {
        let mut peaks = Vec::with_capacity(64);
        let mut start = 0;
        for level in (0..64).rev().filter(|level| size >> level & 1 == 1) {
            peaks.push(subtree(nodes, start, 1 << level)?);
            start += 1 << level;
        }
        Ok(Self { size, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and gives each subtree that it completes to `completed` as (level, index, hash),
    /// the leaf itself first.
    pub fn push(&mut self, leaf: Digest, mut completed: impl FnMut(u8, u64, Digest)) {
        let (mut hash, mut level, mut index) = (leaf, 0, self.size);
        completed(level, index, hash);
        while index & 1 == 1 {
            let left = self.peaks.pop().expect("each bit of the size has its peak");
            hash = node_hash(&left, &hash);
            level += 1;
            index >>= 1;
            completed(level, index, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Digest::of(&[]) };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// A tree with all its nodes in memory: 64 bytes for each leaf.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    frontier: Frontier,
    /// The hashes of complete subtrees, by level.
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let levels = &mut self.levels;
        self.frontier.push(leaf, |level, index, hash| {
            let level = usize::from(level);
            if levels.len() == level {
                levels.push(Vec::new());
            }
            let row = levels.get_mut(level).expect("levels are completed from below, one by one");
            assert_eq!(row.len() as u64, index, "the nodes of a level are completed in order");
            row.push(hash);
        });
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// The root as it was when the tree had `size` leaves.
    ///
    /// # Errors
    ///
    /// [`MerkleError::Missing`] where it never had as many.
    pub fn root_at(&self, size: u64) -> Result<Digest, MerkleError> {
        subtree(self, 0, size)
    }
}

impl Nodes for Tree {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        self.levels.get(usize::from(level))?.get(usize::try_from(index).ok()?).copied()
    }
}
