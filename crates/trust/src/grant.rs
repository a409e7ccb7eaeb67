//! The network's word that a terminal signs with a key, for a time: a note by the network's root key.
//!
//! ```text
//! nuncio key grant 1
//! network <name>
//! holder <terminal>
//! key <ed25519:base64 or p256:base64>
//! from <when, UTC>
//! until <when, UTC, not included>
//! ```
//!
//! The root key has the name `nuncio/<network>/root`. A grant cannot be taken back here: suspension
//! and revocation are records of the log.

use iso::Terminal;

use crate::note::{self, NoteError, NoteSigner, VerifierKey};
use crate::{LogTime, NetworkName, PublicKey};

/// A terminal may sign with a key, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyGrant {
    /// The network that says so.
    pub network: NetworkName,
    /// Who signs.
    pub holder: Terminal,
    /// The key that checks its signatures.
    pub key: PublicKey,
    /// The first moment at which records with its signatures are good.
    pub from: LogTime,
    /// The first moment at which they no longer are; after `from`.
    pub until: LogTime,
}

impl KeyGrant {
    const TITLE: &str = "nuncio key grant 1";

    /// The name of the root key of a network.
    #[must_use]
    pub fn root_name(network: &NetworkName) -> String {
        format!("nuncio/{network}/root")
    }

    /// Whether records of this time are within the grant.
    #[must_use]
    pub fn covers(&self, at: LogTime) -> bool {
        (self.from..self.until).contains(&at)
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { network, holder, key, from, until } = self;
        format!(
            "{}\nnetwork {network}\nholder {holder}\nkey {key}\nfrom {from}\nuntil {until}\n",
            Self::TITLE
        )
    }

    /// The signed note.
    ///
    /// # Errors
    ///
    /// [`GrantError::Key`] unless the signer has the name of the network's root;
    /// [`GrantError::Times`] where the grant ends before it begins, or never within the year 9999.
    pub fn sign(&self, root: &NoteSigner) -> Result<String, GrantError> {
        if root.verifier().name() != Self::root_name(&self.network) {
            return Err(GrantError::Key);
        }
        let text = self.text();
        if Self::parse(&text).as_ref() != Ok(self) {
            return Err(GrantError::Times);
        }
        Ok(note::sign(&text, root)?)
    }

    /// Opens a note that carries the signature of its network's root key and nothing else.
    ///
    /// # Errors
    ///
    /// [`GrantError`] says what does not fit.
    pub fn open(note: &str, roots: &[VerifierKey]) -> Result<Self, GrantError> {
        let (text, key) = note::open_bare(note, roots)?;
        let grant = Self::parse(text)?;
        if key.name() != Self::root_name(&grant.network) {
            return Err(GrantError::Key);
        }
        // Who remembers what the root signed remembers what the holder signed.
        Ok(Self { key: grant.key.remembering_as(key.key()), ..grant })
    }

    /// Reads a text, and only the one text of its values. Whoever uses it has checked who signed it.
    ///
    /// # Errors
    ///
    /// [`GrantError::Form`] or [`GrantError::Times`].
    pub fn parse(text: &str) -> Result<Self, GrantError> {
        let mut lines = text.split_terminator('\n');
        if lines.next() != Some(Self::TITLE) {
            return Err(GrantError::Form);
        }
        let mut field = |name: &str| {
            let value = lines.next()?.strip_prefix(name)?.strip_prefix(' ')?;
            Some(value)
        };
        let network = field("network").and_then(|text| text.parse().ok());
        let holder = field("holder").and_then(|text| text.parse().ok());
        let key = field("key").and_then(|text| text.parse().ok());
        let from = field("from").and_then(|text| text.parse().ok());
        let until = field("until").and_then(|text| text.parse().ok());
        let (Some(network), Some(holder), Some(key), Some(from), Some(until)) =
            (network, holder, key, from, until)
        else {
            return Err(GrantError::Form);
        };
        let grant = Self { network, holder, key, from, until };
        if grant.text() != text {
            return Err(GrantError::Form);
        }
        if grant.from < grant.until { Ok(grant) } else { Err(GrantError::Times) }
    }
}

/// Why a grant is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The text of the note is no grant.
    #[error("the note is no grant of a key")]
    Form,
    /// It ends before it begins.
    #[error("the grant of a key ends before it begins")]
    Times,
    /// The key that signed is not the network's root.
    #[error("the grant of a key is not signed by the root key of the network that it names")]
    Key,
    /// The note is refused.
    #[error("the note of the grant is refused")]
    Note(#[from] NoteError),
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{Algorithm, SigningKey};

    fn root(network: &str, seed: u8) -> NoteSigner {
        let name = KeyGrant::root_name(&network.parse().unwrap());
        NoteSigner::new(&name, SigningKey::from_seed(&[seed; 32])).unwrap()
    }

    fn grant() -> KeyGrant {
        KeyGrant {
            network: "demo".parse().unwrap(),
            holder: "ALPHDEFFA".parse().unwrap(),
            key: SigningKey::from_seed(&[7; 32]).public().clone(),
            from: LogTime(1_795_467_600_000_000),
            until: LogTime(1_795_467_600_000_002),
        }
    }

    #[test]
    fn a_grant_is_a_note_that_people_can_read() {
        let note = grant().sign(&root("demo", 1)).unwrap();
        expect![[r#"
            nuncio key grant 1
            network demo
            holder ALPHDEFFA
            key ed25519:6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=
            from 2026-11-23T21:00:00.000000Z
            until 2026-11-23T21:00:00.000002Z

            — nuncio/demo/root xeiBM3zhm3SoyqHhu69x1gsRCIY60i56Y5eyVSTSpQZ0oO7OJnFzBbGxWesxxDRC5mhSDrGswUikUEOFmf4s95FxuQE=
        "#]]
        .assert_eq(&note);
        assert_eq!(KeyGrant::open(&note, &[root("demo", 1).verifier().clone()]), Ok(grant()));
    }

    #[test]
    fn a_grant_of_a_p256_key_comes_back() {
        let key = SigningKey::generate(Algorithm::P256).unwrap().public().clone();
        let grant = KeyGrant { key, ..grant() };
        assert_eq!(KeyGrant::parse(&grant.text()), Ok(grant));
    }

    #[test]
    fn the_time_of_a_grant_has_a_first_and_no_last_moment() {
        let covered: Vec<bool> =
            (0..4).map(|at| grant().covers(LogTime(1_795_467_599_999_999 + at))).collect();
        assert_eq!(covered, [false, true, true, false]);
    }

    #[test]
    fn only_the_root_of_the_network_grants() {
        let other = root("other", 2);
        assert_eq!(grant().sign(&other), Err(GrantError::Key));
        let note = note::sign(&grant().text(), &other).unwrap();
        assert_eq!(KeyGrant::open(&note, &[other.verifier().clone()]), Err(GrantError::Key));
        assert_eq!(
            KeyGrant::open(&note, &[root("demo", 1).verifier().clone()]),
            Err(GrantError::Note(NoteError::Unsigned))
        );
    }

    #[test]
    fn a_grant_that_ends_before_it_begins_is_refused() {
        let grant = KeyGrant { until: grant().from, ..grant() };
        assert_eq!(grant.sign(&root("demo", 1)), Err(GrantError::Times));
        assert_eq!(KeyGrant::parse(&grant.text()), Err(GrantError::Times));
    }

    #[test]
    fn a_grant_for_ever_is_refused() {
        let grant = KeyGrant { until: LogTime(u64::MAX), ..grant() };
        assert_eq!(grant.sign(&root("demo", 1)), Err(GrantError::Times));
    }

    #[test]
    fn other_ways_to_write_the_same_are_refused() {
        let good = grant().text();
        for (from, to) in [
            ("grant 1", "grant 2"),
            ("network demo", "network  demo"),
            ("ALPHDEFFA", "ALPHDEFFX"),
            ("0iw=", "0ix="),
            ("ed25519", "p256"),
            ("until", "till"),
            ("Z\nuntil", "Z\nfrom"),
            ("2Z\n", "2Z\nmore\n"),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good, "{from}");
            assert_eq!(KeyGrant::parse(&bad), Err(GrantError::Form), "{bad}");
        }
    }
}
