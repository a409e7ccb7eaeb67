//! The proof that a newer tree holds an older one unchanged at its start (RFC 9162, 2.1.4).
//!
//! Every tree starts with the empty one, and each with itself: both need no hashes.

use super::{MerkleError, Nodes, left_of, node_hash, subtree};
use crate::Digest;

/// The hashes that prove that the first `old` leaves of the tree of `new` leaves are as they were.
///
/// # Errors
///
/// [`MerkleError::Sizes`] where `old` is above `new`; [`MerkleError::Missing`] where the store lacks
/// a node.
pub fn prove_consistency(
    nodes: &impl Nodes,
    old: u64,
    new: u64,
) -> Result<Vec<Digest>, MerkleError> {
    if old > new {
        return Err(MerkleError::Sizes);
    }
    let mut proof = Vec::with_capacity(64);
    if old == 0 || old == new {
        return Ok(proof);
    }
    // SUBPROOF of RFC 9162, 2.1.4.1, from the root down instead of by recursion, hence reversed.
    let (mut start, mut length, mut kept, mut whole) = (0, new, old, true);
    while kept != length {
        let left = left_of(length);
        if kept <= left {
            proof.push(subtree(nodes, start + left, length - left)?);
            length = left;
        } else {
            proof.push(subtree(nodes, start, left)?);
            (start, length, kept, whole) = (start + left, length - left, kept - left, false);
        }
    }
    // Whoever checks has the old root; if that is this very subtree, it need not be sent.
    if !whole {
        proof.push(subtree(nodes, start, length)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that a tree of `new.0` leaves with the root `new.1` starts with the tree of `old.0` leaves
/// with the root `old.1` (RFC 9162, 2.1.4.2).
///
/// # Errors
///
/// [`MerkleError::Sizes`], [`MerkleError::Hashes`] or [`MerkleError::Root`].
pub fn verify_consistency(
    old: (u64, &Digest),
    new: (u64, &Digest),
    proof: &[Digest],
) -> Result<(), MerkleError> {
    if old.0 > new.0 {
        return Err(MerkleError::Sizes);
    }
    if old.0 == 0 || old.0 == new.0 {
        let want = if old.0 == 0 { Digest::of(&[]) } else { *new.1 };
        return match proof {
            [] if *old.1 == want => Ok(()),
            [] => Err(MerkleError::Root),
            _ => Err(MerkleError::Hashes),
        };
    }
    let (old_root, new_root) = roots(old, new.0, proof)?;
    if old_root == *old.1 && new_root == *new.1 { Ok(()) } else { Err(MerkleError::Root) }
}

/// The root of the first `old.0` leaves of a tree, as its consistency proof shows it: another one
/// than a checkpoint of that size said, where the log has two histories. `None` where the proof does
/// not lead to the root of the tree, and where it does not show the older root, as it does not for
/// powers of two.
#[must_use]
pub fn shown_within(old: u64, new: (u64, &Digest), proof: &[Digest]) -> Option<Digest> {
    if old == new.0 {
        return proof.is_empty().then_some(*new.1);
    }
    if old == 0 || old > new.0 || old.is_power_of_two() {
        return None;
    }
    let (old_root, new_root) = roots((old, &Digest::default()), new.0, proof).ok()?;
    (new_root == *new.1).then_some(old_root)
}

/// The roots of the older and of the newer tree, as the proof shows them; both sizes are above zero
/// and differ. The older root itself is needed only where its tree is complete.
fn roots(old: (u64, &Digest), new: u64, proof: &[Digest]) -> Result<(Digest, Digest), MerkleError> {
    // The largest complete subtree at the right edge of the old tree is where the proof starts.
    let shift = old.0.trailing_zeros();
    let (mut at, mut last) = ((old.0 - 1) >> shift, (new - 1) >> shift);
    let mut rest = proof.iter();
    let first = if old.0.is_power_of_two() { old.1 } else { next(&mut rest)? };
    let (mut old_hash, mut new_hash) = (*first, *first);
    while last > 0 {
        if at & 1 == 1 {
            let beside = next(&mut rest)?;
            old_hash = node_hash(beside, &old_hash);
            new_hash = node_hash(beside, &new_hash);
        } else if at < last {
            new_hash = node_hash(&new_hash, next(&mut rest)?);
        }
        at >>= 1;
        last >>= 1;
    }
    if rest.next().is_some() {
        return Err(MerkleError::Hashes);
    }
    Ok((old_hash, new_hash))
}

/// Checks that a tree of `new.0` leaves with the root `new.1` does **not** start with the tree of
/// `old.0` leaves with the root `old.1`: it starts with another one, whose root is `other`, as the
/// consistency proof between that one and the new tree shows.
///
/// # Errors
///
/// [`MerkleError::Sizes`], [`MerkleError::Hashes`], or [`MerkleError::Root`] where nothing is shown.
pub fn verify_inconsistency(
    old: (u64, &Digest),
    new: (u64, &Digest),
    other: &Digest,
    proof: &[Digest],
) -> Result<(), MerkleError> {
    if old.1 == other {
        return Err(MerkleError::Root);
    }
    verify_consistency((old.0, other), new, proof)
}

fn next<'a>(rest: &mut std::slice::Iter<'a, Digest>) -> Result<&'a Digest, MerkleError> {
    rest.next().ok_or(MerkleError::Hashes)
}
