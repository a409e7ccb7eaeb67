//! What the hub proves on a link: checkpoints, inclusion, consistency.

use bytes::Bytes;
use trust::merkle::{self, MerkleError, Nodes};
use wire::latest::{Proof, Witnessed};

use crate::{Ending, fields};

/// The log as a link sees it when it makes a frame: a durable tree and the checkpoint over it.
#[derive(Debug)]
pub struct Log<'a, N> {
    /// The tree; it may have grown beyond the checkpoint.
    pub nodes: &'a N,
    /// How many records the checkpoint covers.
    pub size: u64,
    /// The checkpoint, a signed note.
    pub checkpoint: &'a Bytes,
}

/// How far the log was shown on a link.
#[derive(Debug)]
pub(super) struct SentLog {
    /// The size of the last checkpoint that went out.
    size: u64,
}

impl SentLog {
    /// Begins with what the gateway has seen in an earlier session.
    pub(super) fn start(
        seen: u64,
        log: &Log<'_, impl Nodes>,
    ) -> Result<(Self, Proof), super::WelcomeError> {
        if seen > log.size {
            return Err(Ending::LogShrank { seen, found: log.size }.into());
        }
        let proof = Proof {
            checkpoint: log.checkpoint.clone(),
            hashes: Bytes::new(),
            consistency_from: seen,
            consistency: fields::joined(&merkle::prove_consistency(log.nodes, seen, log.size)?),
        };
        Ok((Self { size: log.size }, proof))
    }

    /// Shows how a cosigned checkpoint hangs together with what was sent, and where these records
    /// stand in its tree; those that it does not cover are left out.
    pub(super) fn witnessed(
        &self,
        (size, note): (u64, &Bytes),
        records: &[u64],
        log: &Log<'_, impl Nodes>,
    ) -> Result<Witnessed, MerkleError> {
        assert!(size <= log.size, "witnesses cosign what is durable");
        let shown = self.size;
        let consistency = merkle::prove_consistency(log.nodes, size.min(shown), size.max(shown))?;
        let covered: Vec<u64> = records.iter().copied().take_while(|it| *it < size).collect();
        let hashes =
            if covered.is_empty() { Vec::new() } else { merkle::prove(log.nodes, size, &covered)? };
        Ok(Witnessed {
            checkpoint: note.clone(),
            shown,
            consistency: fields::joined(&consistency),
            hashes: fields::joined(&hashes),
        })
    }

    /// Proves that these records stand in the log.
    pub(super) fn prove(
        &mut self,
        mut sequences: Vec<u64>,
        log: &Log<'_, impl Nodes>,
    ) -> Result<Proof, MerkleError> {
        assert!(log.size >= self.size, "the log of a running hub only grows");
        sequences.sort_unstable();
        sequences.dedup();
        let last = sequences.last().expect("a frame speaks of at least one record");
        assert!(*last < log.size, "nothing leaves before its record is durable");
        let hashes = fields::joined(&merkle::prove(log.nodes, log.size, &sequences)?);
        if log.size == self.size {
            return Ok(Proof { hashes, ..Proof::default() });
        }
        let consistency = merkle::prove_consistency(log.nodes, self.size, log.size)?;
        let consistency_from = std::mem::replace(&mut self.size, log.size);
        let consistency = fields::joined(&consistency);
        Ok(Proof { checkpoint: log.checkpoint.clone(), hashes, consistency_from, consistency })
    }
}
