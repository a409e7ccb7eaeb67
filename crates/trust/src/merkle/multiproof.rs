//! One proof that several leaves stand in a tree.
//!
//! The proof is found by walking from the root: a subtree without any of the wanted leaves gives
//! one hash, a wanted leaf gives none (whoever checks has it), all others are entered, the left half
//! first. The hashes stand in the order of the walk. Tree size and leaf indexes thus fix how many
//! there are; whoever checks walks the same way and needs no more than 64 steps of depth.

use super::{MerkleError, Nodes, left_of, node_hash, path_length, subtree};
use crate::Digest;

/// The hashes that prove the leaves at `indexes` in the tree of the first `size` leaves.
///
/// # Errors
///
/// [`MerkleError::Leaves`] unless the indexes ascend strictly, are below `size` and at least one;
/// [`MerkleError::Missing`] where the store lacks a node.
pub fn prove(nodes: &impl Nodes, size: u64, indexes: &[u64]) -> Result<Vec<Digest>, MerkleError> {
    check_order(size, indexes.iter().copied())?;
    let mut proof = Vec::with_capacity(64);
    collect(nodes, Range { start: 0, length: size }, indexes, &mut proof)?;
    Ok(proof)
}

/// The root to which a proof of these leaves leads, in a tree of `size` leaves.
///
/// # Errors
///
/// [`MerkleError::Leaves`] unless the indexes ascend strictly, are below `size` and at least one;
/// [`MerkleError::Hashes`] where the proof has a hash too few or too many.
pub fn root_from(
    size: u64,
    leaves: &[(u64, Digest)],
    proof: &[Digest],
) -> Result<Digest, MerkleError> {
    check_order(size, leaves.iter().map(|(index, _)| *index))?;
    let mut rest = proof;
    let root = combine(Range { start: 0, length: size }, leaves, &mut rest)?;
    if rest.is_empty() { Ok(root) } else { Err(MerkleError::Hashes) }
}

/// The root to which a proof of these leaves leads, and from the same proof the path of each leaf
/// alone: what [`inclusion_path`] would give, in the order of the leaves.
///
/// # Errors
///
/// As [`root_from`].
pub fn split_proof(
    size: u64,
    leaves: &[(u64, Digest)],
    proof: &[Digest],
) -> Result<(Digest, Vec<Vec<Digest>>), MerkleError> {
    check_order(size, leaves.iter().map(|(index, _)| *index))?;
    let mut paths: Vec<Vec<Digest>> =
        leaves.iter().map(|(at, _)| Vec::with_capacity(path_length(*at, size))).collect();
    let mut rest = proof;
    let root = split(Range { start: 0, length: size }, leaves, &mut rest, &mut paths)?;
    if rest.is_empty() { Ok((root, paths)) } else { Err(MerkleError::Hashes) }
}

/// The hashes beside the way from one leaf to the root, the lowest first (RFC 9162, 2.1.3.1).
///
/// # Errors
///
/// [`MerkleError::Leaves`] unless the leaf is within the tree, [`MerkleError::Missing`] where the
/// store lacks a node.
pub fn inclusion_path(
    nodes: &impl Nodes,
    size: u64,
    index: u64,
) -> Result<Vec<Digest>, MerkleError> {
    check_order(size, [index].into_iter())?;
    let mut path = Vec::with_capacity(64);
    let mut range = Range { start: 0, length: size };
    while range.length > 1 {
        let (left, right) = range.halves();
        let (entered, beside) = if index < right.start { (left, right) } else { (right, left) };
        path.push(subtree(nodes, beside.start, beside.length)?);
        range = entered;
    }
    path.reverse();
    Ok(path)
}

/// The leaves below a node.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    /// Invariant: at least 1.
    length: u64,
}

impl Range {
    fn halves(self) -> (Self, Self) {
        let left = left_of(self.length);
        let right = Self { start: self.start + left, length: self.length - left };
        (Self { start: self.start, length: left }, right)
    }
}

fn collect(
    nodes: &impl Nodes,
    range: Range,
    wanted: &[u64],
    proof: &mut Vec<Digest>,
) -> Result<(), MerkleError> {
    if wanted.is_empty() {
        proof.push(subtree(nodes, range.start, range.length)?);
        return Ok(());
    }
    // All below are wanted: no hash is needed, and none of the nodes either.
    if wanted.len() as u64 == range.length {
        return Ok(());
    }
    let (left, right) = range.halves();
    let (in_left, in_right) = wanted.split_at(wanted.partition_point(|at| *at < right.start));
    collect(nodes, left, in_left, proof)?;
    collect(nodes, right, in_right, proof)
}

fn combine(
    range: Range,
    leaves: &[(u64, Digest)],
    rest: &mut &[Digest],
) -> Result<Digest, MerkleError> {
    let [(_, leaf), more @ ..] = leaves else {
        let (hash, behind) = rest.split_first().ok_or(MerkleError::Hashes)?;
        *rest = behind;
        return Ok(*hash);
    };
    if range.length == 1 {
        assert!(more.is_empty(), "the indexes ascend, so one leaf has one index");
        return Ok(*leaf);
    }
    let (left, right) = range.halves();
    let cut = leaves.partition_point(|(at, _)| *at < right.start);
    let (in_left, in_right) = leaves.split_at(cut);
    let left = combine(left, in_left, rest)?;
    let right = combine(right, in_right, rest)?;
    Ok(node_hash(&left, &right))
}

/// As [`combine`], with the path of each leaf.
fn split(
    range: Range,
    leaves: &[(u64, Digest)],
    rest: &mut &[Digest],
    paths: &mut [Vec<Digest>],
) -> Result<Digest, MerkleError> {
    if leaves.is_empty() || range.length == 1 {
        return combine(range, leaves, rest);
    }
    let (left, right) = range.halves();
    let cut = leaves.partition_point(|(at, _)| *at < right.start);
    let (in_left, in_right) = leaves.split_at(cut);
    let (left_paths, right_paths) = paths.split_at_mut(cut);
    let left = split(left, in_left, rest, left_paths)?;
    let right = split(right, in_right, rest, right_paths)?;
    left_paths.iter_mut().for_each(|path| path.push(right));
    right_paths.iter_mut().for_each(|path| path.push(left));
    Ok(node_hash(&left, &right))
}

fn check_order(size: u64, mut indexes: impl Iterator<Item = u64>) -> Result<(), MerkleError> {
    let mut last = indexes.next().ok_or(MerkleError::Leaves)?;
    for index in indexes {
        if index <= last {
            return Err(MerkleError::Leaves);
        }
        last = index;
    }
    if last < size { Ok(()) } else { Err(MerkleError::Leaves) }
}
