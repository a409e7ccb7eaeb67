//! What the log says of itself at one moment: C2SP tlog-checkpoint, signed by the log's key.
//!
//! ```text
//! nuncio/<network>/<shard>
//! <number of records, decimal>
//! <root hash, base64>
//! time <when, UTC>
//! ```
//!
//! The first line is the origin, and the name of the log's key. The fourth is an extension line of
//! ours; for other people's tools it is opaque. Nothing here knows an earlier checkpoint: that two
//! are of one log is shown by [`crate::merkle::verify_consistency`].

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::note::{self, NoteError, NoteSigner, VerifierKey};
use crate::{Digest, LogTime, NetworkName, Shard};

/// Which log: printed as `nuncio/<network>/<shard>`, and the name of the log's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The network.
    pub network: NetworkName,
    /// One of its logs.
    pub shard: Shard,
}

/// The head of a log's Merkle tree at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many records it has: those from 0 up to `size`, without it.
    pub size: u64,
    /// The Merkle root over the hashes of their heads.
    pub root: Digest,
    /// When the log said so; never before the time of its last record.
    pub at: LogTime,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { origin, size, root, at } = self;
        format!("{origin}\n{size}\n{}\ntime {at}\n", STANDARD.encode(root.0))
    }

    /// The signed note.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Key`] unless the signer has the name of this log.
    pub fn sign(&self, signer: &NoteSigner) -> Result<String, CheckpointError> {
        if signer.verifier().name() != self.origin.to_string() {
            return Err(CheckpointError::Key);
        }
        Ok(note::sign(&self.text(), signer)?)
    }

    /// Opens a note that the key of the log that it names has signed; other signatures, as those of
    /// witnesses, may stand beside it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] says what does not fit.
    pub fn open(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let opened = note::open(note, keys)?;
        let checkpoint = Self::parse(opened.text)?;
        let origin = checkpoint.origin.to_string();
        if opened.signers.iter().any(|key| key.name() == origin) {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Key)
        }
    }

    /// Opens a note that carries the signature of the log that it names and nothing else.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] says what does not fit.
    pub fn open_bare(note: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let (text, key) = note::open_bare(note, keys)?;
        let checkpoint = Self::parse(text)?;
        if key.name() == checkpoint.origin.to_string() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Key)
        }
    }

    /// Reads a text, and only the one text of its values. Whoever uses it has checked who signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Form`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        let [origin, size, root, time] = lines.as_slice() else {
            return Err(CheckpointError::Form);
        };
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let at = time.strip_prefix("time ").and_then(|time| time.parse().ok());
        let checkpoint = Self {
            origin: origin.parse()?,
            size: size.parse().map_err(|_| CheckpointError::Form)?,
            root: Digest(root.ok_or(CheckpointError::Form)?),
            at: at.ok_or(CheckpointError::Form)?,
        };
        // Leading zeros and other ways to write the same.
        if checkpoint.text() == text { Ok(checkpoint) } else { Err(CheckpointError::Form) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nuncio/{}/{}", self.network, self.shard.0)
    }
}

impl FromStr for Origin {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let rest = text.strip_prefix("nuncio/").ok_or(CheckpointError::Form)?;
        let (network, shard) = rest.split_once('/').ok_or(CheckpointError::Form)?;
        let network = network.parse().map_err(|_| CheckpointError::Form)?;
        let shard = Shard(shard.parse().map_err(|_| CheckpointError::Form)?);
        let origin = Self { network, shard };
        if origin.to_string() == text { Ok(origin) } else { Err(CheckpointError::Form) }
    }
}

/// Why a checkpoint is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text of the note is none of ours.
    #[error("the note is no checkpoint of a log of this kind")]
    Form,
    /// The key that signed is not that of the log.
    #[error("the checkpoint is not signed by the key of the log that it names")]
    Key,
    /// A witness twice, or the witnesses not by ascending names.
    #[error("the cosignatures of the checkpoint do not stand in the order of their names")]
    Order,
    /// The note is refused.
    #[error("the checkpoint's note is refused")]
    Note(#[from] NoteError),
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;
    use crate::SigningKey;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "nuncio/demo/0".parse().unwrap(),
            size: 20_852_163,
            root: Digest([0xa5; 32]),
            at: LogTime(1_795_467_600_000_001),
        }
    }

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
    }

    #[test]
    fn a_checkpoint_is_a_note_that_people_can_read() {
        let signer = signer("nuncio/demo/0", 1);
        let note = checkpoint().sign(&signer).unwrap();
        expect![[r#"
            nuncio/demo/0
            20852163
            paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=
            time 2026-11-23T21:00:00.000001Z

            — nuncio/demo/0 Z4bVwjIKbweIgr0fDOsxPMr2zfQpGYfJJ7of+c5zKrBwwu4PBwV7/qNMAsXr+9y1OwxYCSROLCDbQHIphGOGOnOaJA0=
        "#]]
        .assert_eq(&note);
        let keys = [signer.verifier().clone()];
        assert_eq!(Checkpoint::open(&note, &keys), Ok(checkpoint()));
        assert_eq!(Checkpoint::open_bare(&note, &keys), Ok(checkpoint()));
    }

    #[test]
    fn only_the_key_of_the_log_signs_its_checkpoints() {
        let witness = signer("witness.example", 2);
        assert_eq!(checkpoint().sign(&witness), Err(CheckpointError::Key));
        let note = note::sign(&checkpoint().text(), &witness).unwrap();
        let keys = [signer("nuncio/demo/0", 1).verifier().clone(), witness.verifier().clone()];
        assert_eq!(Checkpoint::open(&note, &keys), Err(CheckpointError::Key));
        assert_eq!(Checkpoint::open_bare(&note, &keys), Err(CheckpointError::Key));
        let other_shard = signer("nuncio/demo/1", 1);
        assert_eq!(checkpoint().sign(&other_shard), Err(CheckpointError::Key));
    }

    #[test]
    fn a_witness_may_sign_beside_the_log() {
        let (log, witness) = (signer("nuncio/demo/0", 1), signer("witness.example", 2));
        let note = checkpoint().sign(&log).unwrap();
        let cosigned = note::sign(&checkpoint().text(), &witness).unwrap();
        let note = note + cosigned.split_once("\n\n").unwrap().1;
        let keys = [log.verifier().clone()];
        assert_eq!(Checkpoint::open(&note, &keys), Ok(checkpoint()));
        assert_eq!(
            Checkpoint::open_bare(&note, &keys),
            Err(CheckpointError::Note(NoteError::Lines))
        );
    }

    #[test]
    fn other_ways_to_write_the_same_are_refused() {
        let good = checkpoint().text();
        assert_eq!(Checkpoint::parse(&good), Ok(checkpoint()));
        for (from, to) in [
            ("20852163", "020852163"),
            ("20852163", "+20852163"),
            ("20852163", "-1"),
            ("20852163", "18446744073709551616"),
            ("demo/0", "demo/00"),
            ("demo/0", "demo/65536"),
            ("demo/0", "demo"),
            ("nuncio/demo", "demo"),
            ("WlpaU=", "WlpaV="),
            ("WlpaU=", "WlpaU"),
            ("time ", "time  "),
            (".000001Z", "Z"),
            ("Z\n", "Z\nmore\n"),
            ("Z\n", "Z\n\n"),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good, "{from}");
            assert_eq!(Checkpoint::parse(&bad), Err(CheckpointError::Form), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_checkpoint_comes_back_from_its_text(shard: u16, size: u64, root: [u8; 32], at in 0_u64..253_402_300_800_000_000) {
            let origin = Origin { network: "a.b-c_d!".parse().unwrap(), shard: Shard(shard) };
            let checkpoint = Checkpoint { origin, size, root: Digest(root), at: LogTime(at) };
            prop_assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
        }
    }
}
