//! Inclusion paths of one tree, checked one after another.
//!
//! Messages that were signed together come one after another, each with its path to the same root.
//! Neighbours share most of the way: where it meets the way of the leaf before, what lies above is
//! compared instead of hashed, so a path costs one hash or two and not one for each level.

use super::{MerkleError, node_hash};
use crate::Digest;

/// The way from one leaf to the root, and the tree that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    size: u64,
    index: u64,
    root: Digest,
    /// The node on the way and the one beside it, by rising level; nothing where a node is alone in
    /// its row and moves up unchanged.
    ///
    /// Invariant: they lead from the leaf to the root.
    steps: Vec<Option<Step>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    node: Digest,
    beside: Digest,
}

impl Walk {
    /// Walks from a leaf to the root, as [`root_of_path`](super::root_of_path) does.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn new(leaf: &Digest, index: u64, size: u64, path: &[Digest]) -> Result<Self, MerkleError> {
        if index >= size {
            return Err(MerkleError::Leaves);
        }
        let mut steps = Vec::with_capacity(path.len());
        let (mut at, mut row, mut node, mut path) = (index, size, *leaf, path.iter());
        while row > 1 {
            steps.push(if at ^ 1 < row {
                let beside = *path.next().ok_or(MerkleError::Hashes)?;
                let step = Step { node, beside };
                node = step.above(at);
                Some(step)
            } else {
                None
            });
            at >>= 1;
            row = row.div_ceil(2);
        }
        if path.next().is_some() {
            return Err(MerkleError::Hashes);
        }
        Ok(Self { size, index, root: node, steps })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root that the way leads to.
    #[must_use]
    pub fn root(&self) -> &Digest {
        &self.root
    }

    /// Whether the path of another leaf leads to the same root; if so, the next one is compared with
    /// it. What this says is what [`root_of_path`](super::root_of_path) would say.
    pub fn goes_on(&mut self, leaf: &Digest, index: u64, path: &[Digest]) -> bool {
        if index >= self.size {
            return false;
        }
        let (mut at, mut last, mut row) = (index, self.index, self.size);
        let (mut node, mut rest) = (*leaf, path.iter());
        let mut fresh = Vec::new();
        let mut meets = false;
        for known in &self.steps {
            let step = if at ^ 1 < row {
                let Some(beside) = rest.next() else { return false };
                Some(Step { node, beside: *beside })
            } else {
                None
            };
            if step.is_some() && at >> 1 == last >> 1 {
                // Both ways go through the node above: the two below it must be the same. A node that
                // is alone in its row says nothing of itself here: it is compared further up.
                let same = if at == last { *known } else { known.map(Step::turned) };
                if step != same {
                    return false;
                }
                meets = true;
                fresh.push(step);
                break;
            }
            node = step.map_or(node, |step| step.above(at));
            fresh.push(step);
            (at, last, row) = (at >> 1, last >> 1, row.div_ceil(2));
        }
        let above = self.steps.get(fresh.len()..).unwrap_or_default();
        let beside = above.iter().flatten().map(|step| &step.beside);
        // A tree of one leaf has no steps, and its leaf is its root.
        let leads = if self.steps.is_empty() { node == self.root } else { meets };
        if !leads || !rest.eq(beside) {
            return false;
        }
        let changed = self.steps.iter_mut().zip(fresh);
        changed.for_each(|(known, step)| *known = step);
        self.index = index;
        true
    }
}

impl Step {
    /// The node above the two.
    fn above(self, at: u64) -> Digest {
        let Self { node, beside } = self;
        if at & 1 == 0 { node_hash(&node, &beside) } else { node_hash(&beside, &node) }
    }

    /// The step as the neighbour has it.
    fn turned(self) -> Self {
        Self { node: self.beside, beside: self.node }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Levels, root_of_path};
    use super::*;

    fn leaves(size: u64) -> Vec<Digest> {
        (0..size).map(|leaf| Digest::of(&leaf.to_be_bytes())).collect()
    }

    #[test]
    fn a_leaf_that_is_alone_in_its_row_is_compared_too() {
        let leaves = leaves(7);
        let (levels, root) = (Levels::of(leaves.clone()), super::super::root(&leaves));
        let path = levels.path(6);
        let mut walk = Walk::new(&leaves[6], 6, 7, &path).unwrap();
        assert_eq!(*walk.root(), root);
        assert!(!walk.goes_on(&leaves[5], 6, &path), "another leaf in its place");
        assert!(walk.goes_on(&leaves[6], 6, &path));
        assert!(walk.goes_on(&leaves[3], 3, &levels.path(3)));
        assert!(!walk.goes_on(&leaves[5], 6, &path), "the same after a neighbour");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_walk_says_of_each_path_what_hashing_all_of_it_says(
            size in 1..70_u64,
            visits in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8, any::<prop::sample::Index>()), 1..60),
        ) {
            let leaves = leaves(size);
            let levels = Levels::of(leaves.clone());
            let root = super::super::root(&leaves);
            let place = |at: &prop::sample::Index| at.index(leaves.len());
            let mut walk: Option<Walk> = None;
            for (at, harm, where_) in &visits {
                let index = place(at);
                let (mut leaf, mut number, mut path) =
                    (leaves[index], index as u64, levels.path(index));
                match harm {
                    0 => leaf.0[place(where_) % 32] ^= 1,
                    1 if !path.is_empty() => {
                        let hash = where_.index(path.len());
                        path[hash].0[0] ^= 1;
                    }
                    2 => drop(path.pop()),
                    3 => path.push(root),
                    4 => number = place(where_) as u64,
                    5 => number += size,
                    _ => {}
                }
                let good = root_of_path(&leaf, number, size, &path) == Ok(root);
                match &mut walk {
                    Some(walk) => {
                        prop_assert_eq!(walk.goes_on(&leaf, number, &path), good);
                        prop_assert_eq!(walk.root(), &root);
                    }
                    None if good => walk = Walk::new(&leaf, number, size, &path).ok(),
                    None => {
                        let found = Walk::new(&leaf, number, size, &path);
                        let full = root_of_path(&leaf, number, size, &path);
                        prop_assert_eq!(found.map(|walk| walk.root), full);
                    }
                }
            }
        }
    }
}
