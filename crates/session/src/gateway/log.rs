//! What the gateway knows of the hub's log, and what the hub must prove of it.
//!
//! Every checkpoint must continue the last one, also across links: that way a hub that runs on an
//! old copy of its journal, or shows two histories, is found out by the first frame.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use trust::merkle::{split_proof, verify_consistency};
use trust::{Checkpoint, Cosigned, Digest, Equivocation, NetworkKeys, Origin, RecordHead};
use wire::latest::{Proof, Witnessed};

use super::evidence::{Contradiction, SignedCheckpoint};
use crate::{Ending, fields};

/// The log as far as the hub has shown it.
#[derive(Debug)]
pub(super) struct SeenLog {
    origin: Origin,
    last: Option<Arc<SignedCheckpoint>>,
    /// Two checkpoints that do not belong together, once the hub has shown such.
    contradiction: Option<Box<Contradiction>>,
}

/// Records that were proven to stand in the log.
#[derive(Debug)]
pub(super) struct Proven {
    pub(super) checkpoint: Arc<SignedCheckpoint>,
    /// By rising sequence: the hash of the record, and its path to the root.
    records: Vec<(u64, Digest, Vec<Digest>)>,
}

impl Proven {
    /// The inclusion path of one of the records.
    pub(super) fn path(&self, sequence: u64) -> Vec<Digest> {
        self.record(sequence).2.clone()
    }

    /// The hash of one of the records.
    pub(super) fn hash(&self, sequence: u64) -> Digest {
        self.record(sequence).1
    }

    fn record(&self, sequence: u64) -> &(u64, Digest, Vec<Digest>) {
        let at = self.records.binary_search_by_key(&sequence, |(sequence, ..)| *sequence);
        let found = at.ok().and_then(|at| self.records.get(at));
        found.expect("every head of the frame was proven")
    }
}

impl SeenLog {
    /// Goes on with the checkpoint that the gateway's store holds.
    pub(super) fn resume(
        origin: Origin,
        keys: &NetworkKeys,
        stored: Option<&str>,
    ) -> Result<Self, Ending> {
        let last = stored.map(|note| open(origin, keys, note)).transpose()?;
        Ok(Self { origin, last, contradiction: None })
    }

    /// How many records the last checkpoint covers; 0 without one.
    pub(super) fn size(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.checkpoint.size)
    }

    /// The last checkpoint.
    pub(super) fn last(&self) -> Option<&Arc<SignedCheckpoint>> {
        self.last.as_ref()
    }

    /// Two checkpoints that do not belong together, if the hub has shown such.
    pub(super) fn contradiction(&self) -> Option<&Contradiction> {
        self.contradiction.as_deref()
    }

    /// Takes the checkpoint of a frame, which must continue the last one.
    pub(super) fn advance(&mut self, keys: &NetworkKeys, proof: &Proof) -> Result<(), Ending> {
        if proof.checkpoint.is_empty() {
            let bare = proof.consistency_from == 0 && proof.consistency.is_empty();
            return if bare { Ok(()) } else { Err(Ending::Malformed { field: "proof" }) };
        }
        let note = text(&proof.checkpoint)?;
        let next = open(self.origin, keys, note)?;
        if proof.consistency_from != self.size() {
            return Err(Ending::Malformed { field: "start of the consistency proof" });
        }
        let consistency = fields::digests(&proof.consistency, "consistency proof")?;
        let (found, root) = (next.checkpoint.size, next.checkpoint.root);
        if let Some(last) = &self.last {
            let Checkpoint { size: seen, root: seen_root, .. } = last.checkpoint;
            if found < seen {
                return Err(Ending::LogShrank { seen, found });
            }
            if verify_consistency((seen, &seen_root), (found, &root), &consistency).is_err() {
                self.contradiction = Some(contradiction(last, &next, &consistency));
                return Err(Ending::LogForked { seen, found });
            }
        } else if !consistency.is_empty() {
            return Err(Ending::Malformed { field: "consistency proof" });
        }
        self.last = Some(next);
        Ok(())
    }

    /// Takes a checkpoint that witnesses have cosigned: it is of the history of the last checkpoint,
    /// be it older or newer, and does not become the last one. Says by whom it was cosigned.
    pub(super) fn cosigned(
        &mut self,
        keys: &NetworkKeys,
        frame: &Witnessed,
    ) -> Result<(Cosigned, Arc<SignedCheckpoint>), Ending> {
        let note = text(&frame.checkpoint)?;
        let (cosigned, note) = open_cosigned(self.origin, keys, note)?;
        let consistency = fields::digests(&frame.consistency, "consistency proof")?;
        let Some(last) = self.last.as_ref().filter(|last| last.checkpoint.size == frame.shown)
        else {
            return Err(Ending::Malformed { field: "start of the consistency proof" });
        };
        let came = Arc::new(SignedCheckpoint { checkpoint: cosigned.checkpoint, note });
        let (found, shown) = (came.checkpoint.size, last.checkpoint.size);
        let (one, two) = if found <= shown { (&came, last) } else { (last, &came) };
        let (old, new) = (&one.checkpoint, &two.checkpoint);
        if verify_consistency((old.size, &old.root), (new.size, &new.root), &consistency).is_err() {
            self.contradiction = Some(contradiction(one, two, &consistency));
            return Err(match cosigned.check_quorum(keys) {
                Ok(()) => Ending::TwoHistories { cosigned: found, shown },
                Err(_) => Ending::LogForked { seen: shown, found },
            });
        }
        Ok((cosigned, came))
    }

    /// Checks that these records stand in the log, after [`Self::advance`].
    pub(super) fn prove<'a>(
        &self,
        proof: &Proof,
        heads: impl Iterator<Item = &'a RecordHead>,
    ) -> Result<Proven, Ending> {
        let Some(last) = &self.last else {
            return Err(Ending::Checkpoint { reason: "there is none yet" });
        };
        let mut leaves: BTreeMap<u64, (&RecordHead, Digest)> = BTreeMap::new();
        for head in heads {
            let sequence = head.sequence;
            if head.network != self.origin.network || head.shard != self.origin.shard {
                return Err(Ending::Record { sequence, part: "network or shard" });
            }
            // Every notice of an acknowledgement shows the head of its record.
            let (known, _) = leaves.entry(sequence).or_insert_with(|| (head, head.hash()));
            if *known != head {
                return Err(Ending::Record { sequence, part: "second head of the same number" });
            }
        }
        let leaf = |(sequence, (_, hash))| (sequence, hash);
        let leaves: Vec<(u64, Digest)> = leaves.into_iter().map(leaf).collect();
        let hashes = fields::digests(&proof.hashes, "inclusion proof")?;
        let Checkpoint { size, root, .. } = last.checkpoint;
        let (_, paths) = split_proof(size, &leaves, &hashes)
            .ok()
            .filter(|(found, _)| *found == root)
            .ok_or(Ending::NotInLog { size })?;
        let records = leaves.into_iter().zip(paths).map(|((sequence, hash), path)| {
            // Both come by rising sequence.
            (sequence, hash, path)
        });
        Ok(Proven { checkpoint: last.clone(), records: records.collect() })
    }
}

/// The text of a note.
pub(super) fn text(note: &Bytes) -> Result<&str, Ending> {
    std::str::from_utf8(note).map_err(|_| Ending::Malformed { field: "signed note" })
}

/// Opens a note of this log with the known cosignatures under it; those of strangers are left out.
pub(super) fn open_cosigned(
    origin: Origin,
    keys: &NetworkKeys,
    note: &str,
) -> Result<(Cosigned, String), Ending> {
    let refused = |_| Ending::Checkpoint {
        reason: "it is not signed by a log key of the network that this gateway knows",
    };
    let note = Cosigned::gather(note, "", keys).map_err(refused)?;
    let cosigned = Cosigned::open(&note, keys).map_err(refused)?;
    if cosigned.checkpoint.origin != origin {
        return Err(Ending::Checkpoint { reason: "it is of another log" });
    }
    Ok((cosigned, note))
}

/// What proves to others that two checkpoints, the smaller one first, are of two histories.
fn contradiction(
    smaller: &SignedCheckpoint,
    larger: &SignedCheckpoint,
    proof: &[Digest],
) -> Box<Contradiction> {
    let part = |it: &SignedCheckpoint| (it.note.clone(), it.checkpoint);
    let ((smaller, old), (larger, new)) = (part(smaller), part(larger));
    let evidence = Equivocation::between((&smaller, &old), (&larger, &new), proof);
    Box::new(Contradiction { smaller, larger, evidence })
}

fn open(origin: Origin, keys: &NetworkKeys, note: &str) -> Result<Arc<SignedCheckpoint>, Ending> {
    let checkpoint = Checkpoint::open_bare(note, keys.logs()).map_err(|_| Ending::Checkpoint {
        reason: "it is not signed by a log key of the network that this gateway knows",
    })?;
    if checkpoint.origin != origin {
        return Err(Ending::Checkpoint { reason: "it is of another log" });
    }
    Ok(Arc::new(SignedCheckpoint { checkpoint, note: note.to_owned() }))
}
