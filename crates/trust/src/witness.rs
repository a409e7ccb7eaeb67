//! What a witness decides: whether it cosigns a checkpoint that a log submits (C2SP tlog-witness).
//!
//! A witness keeps for each log the last checkpoint that it cosigned, and cosigns another only when
//! a proof shows that it continues that one. So it never says of two different histories that it has
//! seen them, and never goes back. This decides; the shell stores the new state durably before it
//! gives the cosignature away, or takes the decision back. Any log with C2SP checkpoints can be
//! witnessed, not only ours: what stands below the first three lines of a checkpoint is not read.
//!
//! A submission:
//!
//! ```text
//! old <size of the last checkpoint that the witness cosigned>
//! <base64 of a hash of the consistency proof>, any number of lines up to 63
//! <empty line>
//! <checkpoint, a signed note>
//! ```

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Digest;
use crate::merkle::verify_consistency;
use crate::note::{self, NoteError, VerifierKey};

/// How many hashes a consistency proof can have.
const PROOF_HASHES_MAX: usize = 63;

/// The first three lines of a checkpoint of any log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Which log.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Digest,
}

/// What a log asks of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The size of the checkpoint that the witness has, as far as the log knows.
    pub old: u64,
    /// The proof that the new checkpoint continues that one.
    pub proof: Vec<Digest>,
    /// The new checkpoint, signed by the log.
    pub note: String,
}

/// The last checkpoint of a log that the witness cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it says.
    pub head: TreeHead,
    /// The note, as the log signed it.
    pub note: String,
}

/// The logs that a witness follows, and how far.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// Keys and last checkpoint by origin.
    logs: BTreeMap<String, (Vec<VerifierKey>, Option<Seen>)>,
}

impl TreeHead {
    /// Reads the text of a checkpoint (C2SP tlog-checkpoint). What follows its third line is passed
    /// over.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        // The text ends in a newline, so there is a fourth piece, at least an empty one.
        lines.next()?;
        let number: u64 = size.parse().ok()?;
        let root = Digest(STANDARD.decode(root).ok()?.try_into().ok()?);
        let good = !origin.is_empty() && number.to_string() == size;
        good.then(|| Self { origin: origin.to_owned(), size: number, root })
    }
}

impl Submission {
    /// Reads the body of a submission.
    ///
    /// # Errors
    ///
    /// [`WitnessRefusal::Malformed`].
    pub fn parse(body: &str) -> Result<Self, WitnessRefusal> {
        let malformed = WitnessRefusal::Malformed;
        let (lines, note) = body.split_once("\n\n").ok_or(malformed)?;
        let mut lines = lines.split('\n');
        let size = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(malformed)?;
        let old: u64 = size.parse().map_err(|_| malformed)?;
        let hash = |line: &str| STANDARD.decode(line).ok()?.try_into().ok().map(Digest);
        let proof: Option<Vec<Digest>> = lines.map(hash).collect();
        let proof = proof.filter(|proof| proof.len() <= PROOF_HASHES_MAX).ok_or(malformed)?;
        if old.to_string() != size {
            return Err(malformed);
        }
        Ok(Self { old, proof, note: note.to_owned() })
    }
}

impl fmt::Display for Submission {
    /// The body of a submission.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash.0)))?;
        write!(f, "\n{}", self.note)
    }
}

impl Witness {
    /// Follows a log by its keys, from the last checkpoint that was cosigned, or from nothing.
    pub fn follow(&mut self, origin: &str, keys: Vec<VerifierKey>, seen: Option<Seen>) {
        self.logs.insert(origin.to_owned(), (keys, seen));
    }

    /// The last checkpoint of a log that was cosigned.
    #[must_use]
    pub fn seen(&self, origin: &str) -> Option<&Seen> {
        self.logs.get(origin)?.1.as_ref()
    }

    /// Whether the submitted checkpoint may be cosigned: what must be stored then, before the
    /// cosignature is given away, and given to [`Self::store`]. Nothing changes here.
    ///
    /// # Errors
    ///
    /// [`WitnessRefusal`], in the order of the specification.
    pub fn decide(&self, submission: &Submission) -> Result<Seen, WitnessRefusal> {
        let Submission { old, proof, note } = submission;
        let (text, _) = note::split(note).map_err(|_| WitnessRefusal::Malformed)?;
        let head = TreeHead::parse(text).ok_or(WitnessRefusal::Malformed)?;
        let (keys, seen) = self.logs.get(&head.origin).ok_or(WitnessRefusal::UnknownLog)?;
        let opened = note::open(note, keys).map_err(|error| match error {
            NoteError::Form | NoteError::Lines | NoteError::Text => WitnessRefusal::Malformed,
            NoteError::Unsigned | NoteError::Signature | NoteError::Key(_) => {
                WitnessRefusal::Unsigned
            }
        })?;
        if *old > head.size {
            return Err(WitnessRefusal::Backwards);
        }
        let empty = Digest::of(&[]);
        let (size, root) =
            seen.as_ref().map_or((0, empty), |seen| (seen.head.size, seen.head.root));
        if *old != size {
            return Err(WitnessRefusal::Elsewhere { size });
        }
        if size == head.size && root != head.root {
            return Err(WitnessRefusal::Forked { size });
        }
        verify_consistency((size, &root), (head.size, &head.root), proof)
            .map_err(|_| WitnessRefusal::Unproven)?;
        // The log's lines only: what others put under the note is no concern of the next check.
        let note = note::split(note).map(|(_, lines)| {
            let known =
                lines.iter().filter(|line| opened.signers.iter().any(|key| line.is_by(key)));
            format!("{text}\n{}", known.map(note::Line::print).collect::<String>())
        });
        Ok(Seen { head, note: note.map_err(|_| WitnessRefusal::Malformed)? })
    }

    /// Goes on from a checkpoint that [`Self::decide`] let through and that is stored now.
    pub fn store(&mut self, seen: Seen) {
        if let Some((_, last)) = self.logs.get_mut(&seen.head.origin) {
            let before = last.as_ref().map_or(0, |last| last.head.size);
            assert!(seen.head.size >= before, "a witness never goes back");
            *last = Some(seen);
        }
    }
}

/// Why a witness does not cosign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// The body is no submission.
    #[error("this is no submission of a checkpoint")]
    Malformed,
    /// A log that this witness does not follow.
    #[error("this witness does not follow that log")]
    UnknownLog,
    /// No known key of the log signed the checkpoint.
    #[error("no key of the log that this witness knows has signed the checkpoint")]
    Unsigned,
    /// The old size is above that of the checkpoint.
    #[error("the checkpoint is smaller than the old size")]
    Backwards,
    /// The witness has another checkpoint.
    #[error("the last checkpoint that this witness cosigned has the size {size}")]
    Elsewhere {
        /// The size of the last one that it cosigned.
        size: u64,
    },
    /// Two roots for one size: the log has shown two histories.
    #[error("the log signed another root for the size {size} before")]
    Forked {
        /// The size of both.
        size: u64,
    },
    /// The proof does not lead from the old checkpoint to the new one.
    #[error("the proof does not show that the checkpoint continues the last one")]
    Unproven,
}

impl WitnessRefusal {
    /// The status of HTTP that says so (C2SP tlog-witness).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed | Self::Backwards => 400,
            Self::UnknownLog => 404,
            Self::Unsigned => 403,
            Self::Elsewhere { .. } | Self::Forked { .. } => 409,
            Self::Unproven => 422,
        }
    }
}

#[cfg(test)]
mod tests;
