//! The public keys of a network, all that is needed to check its receipts.
//!
//! ```text
//! # comment
//! log nuncio/<network>/<shard>+<key hash>+<base64>
//! root nuncio/<network>/root+<key hash>+<base64>
//! witness <name>+<key hash>+<base64>
//! quorum <number>
//! governor <name>+<key hash>+<base64>
//! consent <number>
//! ```
//!
//! A network can have several keys of each kind, as after a change of keys. Witnesses cosign its
//! checkpoints; keys under one name are one witness. The quorum says how many must have cosigned a
//! checkpoint before anybody relies on it; a network without that line wants none. Governors sign
//! changes of the network, and `consent` says how many of them must (docs/governance.md); a network
//! without them is changed by its operator alone. The file proves nothing
//! by itself: whoever takes it over asks the operator on another way whether it is the right one.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::note::{CosignerKey, NoteKeyError, VerifierKey};
use crate::{KeyGrant, NetworkName, Origin, SignatureMemory};

/// The public keys of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkKeys {
    network: NetworkName,
    /// Invariant: not empty, and named `nuncio/<network>/<shard>`.
    logs: Vec<VerifierKey>,
    /// Invariant: not empty, and named `nuncio/<network>/root`.
    roots: Vec<VerifierKey>,
    /// Invariant: no key stands under two names.
    witnesses: Vec<CosignerKey>,
    /// Invariant: not above the number of names among the witnesses.
    quorum: usize,
    /// Invariant: neither a name nor a key stands there twice.
    governors: Vec<VerifierKey>,
    /// Invariant: 1 to the number of governors; 0 where there are none.
    consent: usize,
}

impl NetworkKeys {
    /// The keys of a network.
    ///
    /// # Errors
    ///
    /// [`NetworkKeysError`] where a kind is missing or a name does not fit.
    pub fn new(logs: Vec<VerifierKey>, roots: Vec<VerifierKey>) -> Result<Self, NetworkKeysError> {
        let name = logs.first().ok_or(NetworkKeysError::Missing { kind: "log" })?.name();
        let unfit = |key: &VerifierKey| NetworkKeysError::Name { name: key.name().into() };
        let first: Origin =
            name.parse().map_err(|_| NetworkKeysError::Name { name: name.into() })?;
        let network = first.network;
        let is_log = |key: &VerifierKey| {
            key.name().parse::<Origin>().is_ok_and(|origin| origin.network == network)
        };
        let root_name = KeyGrant::root_name(&network);
        if roots.is_empty() {
            return Err(NetworkKeysError::Missing { kind: "root" });
        }
        if let Some(key) = logs.iter().find(|key| !is_log(key)) {
            return Err(unfit(key));
        }
        if let Some(key) = roots.iter().find(|key| key.name() != root_name) {
            return Err(unfit(key));
        }
        Ok(Self {
            network,
            logs,
            roots,
            witnesses: Vec::new(),
            quorum: 0,
            governors: Vec::new(),
            consent: 0,
        })
    }

    /// The same with other witnesses, of which as many as `quorum` must cosign.
    ///
    /// # Errors
    ///
    /// [`NetworkKeysError::Quorum`] where there are fewer witnesses, and
    /// [`NetworkKeysError::SharedKey`] where one key stands under two names: a cosignature does not
    /// name its cosigner.
    pub fn with_witnesses(
        self,
        witnesses: Vec<CosignerKey>,
        quorum: usize,
    ) -> Result<Self, NetworkKeysError> {
        let names: BTreeSet<&str> = witnesses.iter().map(CosignerKey::name).collect();
        if quorum > names.len() {
            return Err(NetworkKeysError::Quorum { quorum, witnesses: names.len() });
        }
        let shared = witnesses.iter().find(|key| {
            witnesses.iter().any(|other| other.key() == key.key() && other.name() != key.name())
        });
        if let Some(key) = shared {
            return Err(NetworkKeysError::SharedKey { name: key.name().into() });
        }
        Ok(Self { witnesses, quorum, ..self })
    }

    /// The same with other governors, of which as many as `consent` must sign a change.
    ///
    /// # Errors
    ///
    /// [`NetworkKeysError::Consent`] where that is none or more than there are, and
    /// [`NetworkKeysError::SharedGovernor`] where two have one name or one key: each counts once.
    pub fn with_governors(
        self,
        governors: Vec<VerifierKey>,
        consent: usize,
    ) -> Result<Self, NetworkKeysError> {
        let names: BTreeSet<&str> = governors.iter().map(VerifierKey::name).collect();
        let shared = governors.iter().find(|key| {
            let same =
                |other: &&VerifierKey| other.name() == key.name() || other.key() == key.key();
            governors.iter().filter(same).count() > 1
        });
        if let Some(key) = shared {
            return Err(NetworkKeysError::SharedGovernor { name: key.name().into() });
        }
        if consent > names.len() || (consent == 0) != names.is_empty() {
            return Err(NetworkKeysError::Consent { consent, governors: names.len() });
        }
        Ok(Self { governors, consent, ..self })
    }

    /// The same keys, which check no signature again that the memory knows; so do the keys of
    /// terminals in the grants that they open.
    #[must_use]
    pub fn remembering(self, memory: &Arc<dyn SignatureMemory>) -> Self {
        let verifiers = |keys: Vec<VerifierKey>| {
            keys.into_iter().map(|key| key.remembering(memory)).collect::<Vec<_>>()
        };
        let witnesses = self.witnesses.into_iter().map(|key| key.remembering(memory)).collect();
        Self {
            logs: verifiers(self.logs),
            roots: verifiers(self.roots),
            governors: verifiers(self.governors),
            witnesses,
            ..self
        }
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &NetworkName {
        &self.network
    }

    /// The keys of its logs.
    #[must_use]
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Its root keys.
    #[must_use]
    pub fn roots(&self) -> &[VerifierKey] {
        &self.roots
    }

    /// The keys of its witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[CosignerKey] {
        &self.witnesses
    }

    /// How many witnesses must have cosigned a checkpoint before anybody relies on it.
    #[must_use]
    pub fn quorum(&self) -> usize {
        self.quorum
    }

    /// The keys of its governors; none where its operator alone changes it.
    #[must_use]
    pub fn governors(&self) -> &[VerifierKey] {
        &self.governors
    }

    /// How many governors must sign a change.
    #[must_use]
    pub fn consent(&self) -> usize {
        self.consent
    }
}

impl fmt::Display for NetworkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# The public keys of the network {}.", self.network)?;
        self.logs.iter().try_for_each(|key| writeln!(f, "log {key}"))?;
        self.roots.iter().try_for_each(|key| writeln!(f, "root {key}"))?;
        self.witnesses.iter().try_for_each(|key| writeln!(f, "witness {key}"))?;
        if self.quorum > 0 {
            writeln!(f, "quorum {}", self.quorum)?;
        }
        self.governors.iter().try_for_each(|key| writeln!(f, "governor {key}"))?;
        if self.consent > 0 { writeln!(f, "consent {}", self.consent) } else { Ok(()) }
    }
}

impl FromStr for NetworkKeys {
    type Err = NetworkKeysError;

    fn from_str(text: &str) -> Result<Self, NetworkKeysError> {
        let (mut logs, mut roots, mut witnesses) = (Vec::new(), Vec::new(), Vec::new());
        let (mut governors, mut quorum, mut consent) = (Vec::new(), None, None);
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (kind, key) = line.split_once(' ').ok_or(NetworkKeysError::Line { number })?;
            let (key, refused) = (key.trim(), |source| NetworkKeysError::Key { number, source });
            match kind {
                "log" => logs.push(key.parse().map_err(refused)?),
                "root" => roots.push(key.parse().map_err(refused)?),
                "witness" => witnesses.push(key.parse().map_err(refused)?),
                "governor" => governors.push(key.parse().map_err(refused)?),
                "quorum" if quorum.is_none() => quorum = Some(count(key, number)?),
                "consent" if consent.is_none() => consent = Some(count(key, number)?),
                _ => return Err(NetworkKeysError::Line { number }),
            }
        }
        Self::new(logs, roots)?
            .with_witnesses(witnesses, quorum.unwrap_or(0))?
            .with_governors(governors, consent.unwrap_or(0))
    }
}

fn count(text: &str, number: u32) -> Result<usize, NetworkKeysError> {
    text.parse().map_err(|_| NetworkKeysError::Line { number })
}

/// Why a text holds no keys of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkKeysError {
    /// A line of another kind.
    #[error(
        "line {number}: expected `log KEY`, `root KEY`, `witness KEY`, `governor KEY`, one `quorum \
         NUMBER`, one `consent NUMBER` or a comment"
    )]
    Line {
        /// Which line, from 1.
        number: u32,
    },
    /// A key that is none.
    #[error("line {number}: the key is refused")]
    Key {
        /// Which line, from 1.
        number: u32,
        /// Why.
        source: NoteKeyError,
    },
    /// No key of a kind.
    #[error("there is no {kind} key")]
    Missing {
        /// Which kind.
        kind: &'static str,
    },
    /// A key of another network, or of another kind.
    #[error("the name {name} is not of this network, or not of this kind of key")]
    Name {
        /// The name of the key.
        name: String,
    },
    /// More witnesses must cosign than there are.
    #[error("the quorum is {quorum}, but there are only {witnesses} witnesses")]
    Quorum {
        /// How many must cosign.
        quorum: usize,
        /// How many there are.
        witnesses: usize,
    },
    /// More governors must sign than there are, or none of those there are.
    #[error("{consent} governors must sign a change, but there are {governors}")]
    Consent {
        /// How many must sign.
        consent: usize,
        /// How many there are.
        governors: usize,
    },
    /// Two governors with one name or one key.
    #[error("the name or key of the governor {name} stands twice: each governor counts once")]
    SharedGovernor {
        /// One of them.
        name: String,
    },
    /// Two witnesses with one key.
    #[error("the key of the witness {name} also stands under another name")]
    SharedKey {
        /// The name of one of them.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::SigningKey;

    fn key(name: &str, seed: u8) -> VerifierKey {
        VerifierKey::new(name, SigningKey::from_seed(&[seed; 32]).public().clone()).unwrap()
    }

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<NetworkKeys>() {
            Ok(keys) => keys.to_string(),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn comments_and_white_space_are_passed_over() {
        let (log, root) = (key("nuncio/demo/0", 1), key("nuncio/demo/root", 2));
        check(
            &format!("# Ours\r\n\r\n  root   {root}\n#log\nlog {log}"),
            &expect![[r#"
                # The public keys of the network demo.
                log nuncio/demo/0+6786d5c2+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
                root nuncio/demo/root+b4462e84+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU
            "#]],
        );
    }

    #[test]
    fn keys_come_back_from_their_text() {
        let logs = vec![key("nuncio/demo/0", 1), key("nuncio/demo/1", 3), key("nuncio/demo/0", 4)];
        let keys = NetworkKeys::new(logs, vec![key("nuncio/demo/root", 2)]).unwrap();
        assert_eq!(keys.to_string().parse(), Ok(keys));
    }

    #[test]
    fn what_is_no_key_is_named_by_its_line() {
        check(
            "key x\n",
            &expect![
                "line 1: expected `log KEY`, `root KEY`, `witness KEY`, `governor KEY`, one `quorum NUMBER`, one `consent NUMBER` or a comment"
            ],
        );
        check(
            "\nlog\n",
            &expect![
                "line 2: expected `log KEY`, `root KEY`, `witness KEY`, `governor KEY`, one `quorum NUMBER`, one `consent NUMBER` or a comment"
            ],
        );
        check("# a\nlog x+1\n", &expect!["line 2: the key is refused"]);
    }

    fn witness(name: &str, seed: u8) -> CosignerKey {
        CosignerKey::new(name, SigningKey::from_seed(&[seed; 32]).public().clone()).unwrap()
    }

    #[test]
    fn witnesses_and_their_quorum_come_back_from_their_text() {
        let keys =
            format!("log {}\nroot {}\n", key("nuncio/demo/0", 1), key("nuncio/demo/root", 2));
        let (a, b, a2) = (witness("a", 11), witness("b", 12), witness("a", 13));
        check(
            &format!("{keys}quorum 2\nwitness {a}\nwitness {b}\nwitness {a2}\n"),
            &expect![[r#"
                # The public keys of the network demo.
                log nuncio/demo/0+6786d5c2+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c
                root nuncio/demo/root+b4462e84+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU
                witness a+785c08a1+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6
                witness b+3f9ed876+BAtROtm0kkAVygkC7QeQRNOsXb7CMG8GlIwQ2o62458t
                witness a+172a9143+BJGiigt0OBWTpNlGlXkgiSavyK2CyIObdkQ1m566mks6
                quorum 2
            "#]],
        );
        check(
            &format!("{keys}witness {a}\nwitness {a2}\nquorum 2\n"),
            &expect!["the quorum is 2, but there are only 1 witnesses"],
        );
        check(
            &format!("{keys}witness {a}\nwitness {}\n", witness("b", 11)),
            &expect!["the key of the witness a also stands under another name"],
        );
        check(
            &format!("{keys}quorum 0\nquorum 0\n"),
            &expect![
                "line 4: expected `log KEY`, `root KEY`, `witness KEY`, `governor KEY`, one `quorum NUMBER`, one `consent NUMBER` or a comment"
            ],
        );
    }

    #[test]
    fn both_kinds_of_one_network_are_needed() {
        let (log, root) = (key("nuncio/demo/0", 1), key("nuncio/demo/root", 2));
        let other = key("nuncio/other/root", 2);
        check("", &expect!["there is no log key"]);
        check(&format!("log {log}"), &expect!["there is no root key"]);
        check(&format!("root {root}"), &expect!["there is no log key"]);
        check(
            &format!("log {log}\nroot {other}"),
            &expect![
                "the name nuncio/other/root is not of this network, or not of this kind of key"
            ],
        );
        check(
            &format!("log {root}\nroot {log}"),
            &expect![
                "the name nuncio/demo/root is not of this network, or not of this kind of key"
            ],
        );
    }
}
