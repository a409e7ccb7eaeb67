//! The proof that a log showed two histories: two checkpoints that it signed and that contradict
//! each other.
//!
//! Two roots for one size speak for themselves. Of two sizes, the evidence also holds the root that
//! the smaller tree has within the larger one, and the consistency proof for that: both follow from
//! the larger checkpoint's root, so whoever can compute SHA-256 sees that the smaller checkpoint is
//! of another history. Nobody can make such evidence without the log's key, and nothing in it needs
//! to be trusted. Its one form is JSON, so that it can be sent to anybody.

use serde::{Deserialize, Serialize};

use crate::merkle::{self, MerkleError};
use crate::{Checkpoint, CheckpointError, Digest, NetworkKeys};

/// Two checkpoints of one log that cannot both be true. Nothing in it is checked before
/// [`Equivocation::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivocation {
    evidence: Title,
    version: u8,
    /// The note of the checkpoint of the smaller tree, or of either.
    pub smaller: String,
    /// The note of the other one.
    pub larger: String,
    /// The root that the first leaves of the larger tree have, as many as the smaller one has.
    #[serde(with = "hexadecimal")]
    pub root_within: Digest,
    /// The consistency proof between that root and the larger checkpoint, each hash in hexadecimal.
    #[serde(with = "hexadecimal_list")]
    pub proof: Vec<Digest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Title {
    #[serde(rename = "equivocation")]
    Equivocation,
}

impl Equivocation {
    const VERSION: u8 = 1;

    /// Evidence of two checkpoints, by their notes.
    #[must_use]
    pub fn new(smaller: String, larger: String, root_within: Digest, proof: Vec<Digest>) -> Self {
        let (evidence, version) = (Title::Equivocation, Self::VERSION);
        Self { evidence, version, smaller, larger, root_within, proof }
    }

    /// Evidence of two checkpoints that were opened from their notes, the one of the smaller tree
    /// first, and of the consistency proof that was shown for them and did not fit. `None` where
    /// that proof does not show what the larger tree has in the place of the smaller one: then the
    /// notes alone are no evidence, and the log must be asked for more.
    #[must_use]
    pub fn between(
        smaller: (&str, &Checkpoint),
        larger: (&str, &Checkpoint),
        proof: &[Digest],
    ) -> Option<Self> {
        let (old, new) = ((smaller.1.size, &smaller.1.root), (larger.1.size, &larger.1.root));
        let within = merkle::shown_within(old.0, new, proof)?;
        merkle::verify_inconsistency(old, new, &within, proof).ok()?;
        Some(Self::new(smaller.0.to_owned(), larger.0.to_owned(), within, proof.to_vec()))
    }

    /// Checks that the log signed both checkpoints and that they contradict each other. Cosignatures
    /// may stand under the notes: they show who was deceived.
    ///
    /// # Errors
    ///
    /// [`EquivocationError`] where nothing is proven.
    pub fn verify(
        &self,
        keys: &NetworkKeys,
    ) -> Result<(Checkpoint, Checkpoint), EquivocationError> {
        if self.version != Self::VERSION {
            return Err(EquivocationError::Version { version: self.version });
        }
        let smaller = Checkpoint::open(&self.smaller, keys.logs())?;
        let larger = Checkpoint::open(&self.larger, keys.logs())?;
        if smaller.origin != larger.origin {
            return Err(EquivocationError::Origins);
        }
        let (old, new) = ((smaller.size, &smaller.root), (larger.size, &larger.root));
        merkle::verify_inconsistency(old, new, &self.root_within, &self.proof)?;
        Ok((smaller, larger))
    }

    /// The JSON form, indented, with a newline at the end.
    ///
    /// # Panics
    ///
    /// Never: texts and numbers can always be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers can be written") + "\n"
    }

    /// Reads the JSON form. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`EquivocationError::Json`].
    pub fn from_json(text: &str) -> Result<Self, EquivocationError> {
        serde_json::from_str(text).map_err(EquivocationError::Json)
    }
}

/// A digest as its text.
mod hexadecimal {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::Digest;

    pub(super) fn serialize<S: Serializer>(hash: &Digest, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(hash)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Digests as their texts.
mod hexadecimal_list {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::Digest;

    pub(super) fn serialize<S: Serializer>(list: &[Digest], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(list.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Digest>, D::Error> {
        let texts = Vec::<String>::deserialize(from)?;
        texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}

/// Why evidence proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum EquivocationError {
    /// The text is no evidence.
    #[error("this is no evidence of two histories")]
    Json(#[source] serde_json::Error),
    /// A version that this program does not know.
    #[error("evidence version {version} is unknown; this program knows 1")]
    Version {
        /// The version that was found.
        version: u8,
    },
    /// The log did not sign one of them.
    #[error("a checkpoint in the evidence is refused")]
    Checkpoint(#[from] CheckpointError),
    /// They are of different logs.
    #[error("the checkpoints are of different logs")]
    Origins,
    /// They do not contradict each other, as far as is shown.
    #[error("the checkpoints are not shown to contradict each other")]
    Consistent(#[from] MerkleError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{Tree, prove_consistency};
    use crate::{LogTime, NoteSigner, SigningKey};

    fn signer(name: &str, seed: u8) -> NoteSigner {
        NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
    }

    fn keys() -> NetworkKeys {
        let (log, root) = (signer("nuncio/demo/0", 1), signer("nuncio/demo/root", 2));
        NetworkKeys::new(vec![log.verifier().clone()], vec![root.verifier().clone()]).unwrap()
    }

    fn tree(leaves: impl Iterator<Item = u8>) -> Tree {
        let mut tree = Tree::default();
        leaves.for_each(|leaf| tree.push(Digest::of(&[leaf])));
        tree
    }

    fn note(tree: &Tree, size: u64, seed: u8) -> String {
        let (origin, root) = ("nuncio/demo/0".parse().unwrap(), tree.root_at(size).unwrap());
        let checkpoint = Checkpoint { origin, size, root, at: LogTime(size) };
        checkpoint.sign(&signer("nuncio/demo/0", seed)).unwrap()
    }

    /// What the first tree shows at `old`, and the second at `new`.
    fn evidence(one: &Tree, old: u64, two: &Tree, new: u64) -> Equivocation {
        let proof = prove_consistency(two, old, new).unwrap();
        Equivocation::new(note(one, old, 1), note(two, new, 1), two.root_at(old).unwrap(), proof)
    }

    #[test]
    fn two_histories_are_proven_at_all_sizes() {
        let (one, two) = (tree(0..20), tree((0..5).chain(100..115)));
        for old in 1..=20 {
            for new in old..=20 {
                let proven = evidence(&one, old, &two, new);
                assert_eq!(proven.verify(&keys()).is_ok(), old > 5, "{old} in {new}");
                assert_eq!(Equivocation::from_json(&proven.to_json()).unwrap(), proven);
            }
        }
    }

    #[test]
    fn an_honest_log_cannot_be_accused() {
        let (one, two) = (tree(0..20), tree((0..5).chain(100..115)));
        for old in 1..=20 {
            let honest = evidence(&one, old, &one, 20);
            assert!(honest.verify(&keys()).is_err(), "{old}");
            // With another root or proof, as an accuser would make them up.
            let within = two.root_at(old).unwrap();
            let forged = Equivocation { root_within: within, ..honest.clone() };
            assert!(forged.verify(&keys()).is_err(), "{old}");
            let proof = prove_consistency(&two, old, 20).unwrap();
            let forged = Equivocation { root_within: within, proof, ..honest };
            assert!(forged.verify(&keys()).is_err(), "{old}");
        }
        let by_a_stranger = Equivocation::new(
            note(&one, 9, 3),
            note(&two, 9, 1),
            two.root_at(9).unwrap(),
            Vec::new(),
        );
        assert!(by_a_stranger.verify(&keys()).is_err());
    }

    #[test]
    fn evidence_with_any_byte_changed_proves_nothing_else() {
        let (one, two) = (tree(0..20), tree((0..5).chain(100..115)));
        let good = evidence(&one, 11, &two, 20);
        let text = good.to_json();
        for at in 0..text.len() {
            for change in [0x01, 0x04, 0x20] {
                let mut changed = text.clone().into_bytes();
                changed[at] ^= change;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                let Ok(other) = Equivocation::from_json(&changed) else { continue };
                assert!(other == good || other.verify(&keys()).is_err(), "{at}: {changed}");
            }
        }
    }
}
