//! The public keys of a network, all that is needed to check its receipts.
//!
//! ```text
//! # comment
//! log nuncio/<network>/<shard>+<key hash>+<base64>
//! root nuncio/<network>/root+<key hash>+<base64>
//! ```
//!
//! A network can have several keys of each kind, as after a change of keys. The file proves nothing
//! by itself: whoever takes it over asks the operator on another way whether it is the right one.

use std::fmt;
use std::str::FromStr;

use crate::note::{NoteKeyError, VerifierKey};
use crate::{KeyGrant, NetworkName, Origin};

/// The public keys of one network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkKeys {
    network: NetworkName,
    /// Invariant: not empty, and named `nuncio/<network>/<shard>`.
    logs: Vec<VerifierKey>,
    /// Invariant: not empty, and named `nuncio/<network>/root`.
    roots: Vec<VerifierKey>,
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
        Ok(Self { network, logs, roots })
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
}

impl fmt::Display for NetworkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# The public keys of the network {}.", self.network)?;
        self.logs.iter().try_for_each(|key| writeln!(f, "log {key}"))?;
        self.roots.iter().try_for_each(|key| writeln!(f, "root {key}"))
    }
}

impl FromStr for NetworkKeys {
    type Err = NetworkKeysError;

    fn from_str(text: &str) -> Result<Self, NetworkKeysError> {
        let (mut logs, mut roots) = (Vec::new(), Vec::new());
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (kind, key) = line.split_once(' ').ok_or(NetworkKeysError::Line { number })?;
            let kind = match kind {
                "log" => &mut logs,
                "root" => &mut roots,
                _ => return Err(NetworkKeysError::Line { number }),
            };
            let key = key.trim().parse();
            kind.push(key.map_err(|source| NetworkKeysError::Key { number, source })?);
        }
        Self::new(logs, roots)
    }
}

/// Why a text holds no keys of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkKeysError {
    /// A line of another kind.
    #[error("line {number}: expected `log KEY`, `root KEY` or a comment")]
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
        check("key x\n", &expect!["line 1: expected `log KEY`, `root KEY` or a comment"]);
        check("\nlog\n", &expect!["line 2: expected `log KEY`, `root KEY` or a comment"]);
        check("# a\nlog x+1\n", &expect!["line 2: the key is refused"]);
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
