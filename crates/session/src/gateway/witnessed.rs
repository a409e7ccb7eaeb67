//! How far witnesses have cosigned what the hub shows, where the network has a quorum of them.
//!
//! The gateway asks for a cosigned checkpoint whenever the log has grown beyond the last one that it
//! holds; the hub answers when there is one. Such a checkpoint counts with a quorum of cosignatures,
//! and only if it is of the history that the hub has shown on the links. From then on every record
//! below its size is *witnessed*: no other gateway can be shown another history of it, unless as many
//! witnesses as the quorum has are in one hand with the log.

use std::sync::Arc;

use trust::merkle::split_proof;
use trust::{Digest, LogTime, NetworkKeys, QuorumMissing};
use wire::latest::{AwaitWitnesses, Witnessed as Frame};
use wire::limits::WITNESSED_RECORDS_MAX;

use super::evidence::SignedCheckpoint;
use super::log::SeenLog;
use crate::{Ending, fields};

/// A checkpoint that witnesses have cosigned, verified against all that was shown before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The checkpoint, with the known cosignatures in its note.
    pub checkpoint: Arc<SignedCheckpoint>,
    /// By when as many witnesses as the quorum has had seen it, by their clocks; or that there are
    /// too few, and then it counts for nothing.
    pub by: Result<LogTime, QuorumMissing>,
    /// The inclusion paths in its tree of the records that were wanted and that it covers, by rising
    /// sequence. Nothing where there are too few witnesses.
    pub paths: Vec<(u64, Vec<Digest>)>,
}

/// Where a link stands with the witnesses.
#[derive(Debug)]
pub(super) struct Witnesses {
    /// How many must have cosigned; 0: nobody waits for any.
    quorum: usize,
    /// Records below this are witnessed.
    covered: u64,
    /// The size of the last cosigned checkpoint that came, with a quorum or without.
    heard: u64,
    asked: Option<Asked>,
    /// The hub does not tell of witnesses.
    refused: bool,
}

/// A question that is not answered yet.
#[derive(Debug)]
struct Asked {
    number: u64,
    /// Sequence and hash of the records that are wanted, by rising sequence.
    wanted: Vec<(u64, Digest)>,
}

impl Witnesses {
    pub(super) fn new(keys: &NetworkKeys, covered: u64) -> Self {
        let quorum = keys.quorum();
        let covered = if quorum == 0 { 0 } else { covered };
        Self { quorum, covered, heard: covered, asked: None, refused: false }
    }

    /// Records below this are witnessed.
    pub(super) fn covered(&self) -> u64 {
        self.covered
    }

    /// Whether the hub can be asked.
    pub(super) fn can_ask(&self) -> bool {
        self.quorum > 0 && self.asked.is_none() && !self.refused
    }

    /// Whether there is a reason to ask: the log, of so many records, has grown.
    pub(super) fn is_behind(&self, log: u64) -> bool {
        self.quorum > 0 && log > self.heard
    }

    /// Asks, under this number. Where a wanted record is witnessed already, the hub has a checkpoint
    /// that covers it and need not wait for another one.
    pub(super) fn ask(&mut self, number: u64, mut wanted: Vec<(u64, Digest)>) -> AwaitWitnesses {
        assert!(self.can_ask(), "one question about witnesses is open");
        wanted.sort_unstable();
        wanted.dedup_by_key(|(sequence, _)| *sequence);
        wanted.truncate(WITNESSED_RECORDS_MAX);
        let is_covered = wanted.first().is_some_and(|(sequence, _)| *sequence < self.covered);
        let above = if is_covered { self.covered - 1 } else { self.heard };
        let records = wanted.iter().map(|(sequence, _)| *sequence).collect();
        self.asked = Some(Asked { number, wanted });
        AwaitWitnesses { above, records }
    }

    /// Whether this is the number of the open question.
    pub(super) fn has_asked(&self, number: u64) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.number == number)
    }

    /// The hub answers the question with something else than a checkpoint: it is not asked again.
    pub(super) fn refuse(&mut self) {
        (self.asked, self.refused) = (None, true);
    }

    /// Takes the answer.
    pub(super) fn take(
        &mut self,
        keys: &NetworkKeys,
        log: &mut SeenLog,
        (number, frame): (u64, &Frame),
    ) -> Result<Witnessed, Ending> {
        let asked = self.asked.take_if(|asked| asked.number == number);
        let asked = asked.ok_or(Ending::Malformed { field: "kind of reply" })?;
        let (cosigned, checkpoint) = log.cosigned(keys, frame)?;
        let (size, root) = (checkpoint.checkpoint.size, checkpoint.checkpoint.root);
        self.heard = self.heard.max(size);
        if let Err(missing) = cosigned.check_quorum(keys) {
            return Ok(Witnessed { checkpoint, by: Err(missing), paths: Vec::new() });
        }
        let hashes = fields::digests(&frame.hashes, "inclusion proof")?;
        let mut wanted = asked.wanted;
        wanted.retain(|(sequence, _)| *sequence < size);
        let paths = if wanted.is_empty() {
            Vec::new()
        } else {
            let proven = split_proof(size, &wanted, &hashes).ok().filter(|(it, _)| *it == root);
            proven.ok_or(Ending::NotInLog { size })?.1
        };
        self.covered = self.covered.max(size);
        let by = cosigned.witnessed_by(keys).expect("the quorum is there and above zero");
        let paths = wanted.into_iter().map(|(sequence, _)| sequence).zip(paths).collect();
        Ok(Witnessed { checkpoint, by: Ok(by), paths })
    }
}
