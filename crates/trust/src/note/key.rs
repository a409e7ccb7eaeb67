//! The keys of notes in their text forms.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Algorithm, Hasher, PublicKey, Signature, SigningKey};

/// The type of Ed25519 signatures in notes.
const TYPE_ED25519: u8 = 1;

/// A key that checks notes, with the name under which it signs.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    /// Invariant: not empty, without white space and plus signs.
    name: Box<str>,
    /// Invariant: Ed25519.
    key: PublicKey,
    /// Invariant: follows from name and key.
    key_hash: u32,
}

/// A key that signs notes, with its name.
#[derive(Debug)]
pub struct NoteSigner {
    key: SigningKey,
    verifier: VerifierKey,
}

impl VerifierKey {
    /// A key under a name.
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] where the name or the algorithm is not allowed in notes.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteKeyError> {
        if !is_name(name) {
            return Err(NoteKeyError::Name);
        }
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(NoteKeyError::Algorithm);
        }
        let mut hasher = Hasher::new();
        hasher.update(name.as_bytes());
        hasher.update(&[b'\n', TYPE_ED25519]);
        hasher.update(key.as_bytes());
        let [a, b, c, d, ..] = hasher.finish().0;
        Ok(Self { name: name.into(), key, key_hash: u32::from_be_bytes([a, b, c, d]) })
    }

    /// The name under which it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes that find it among known keys; they prove nothing.
    #[must_use]
    pub fn key_hash(&self) -> u32 {
        self.key_hash
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl fmt::Display for VerifierKey {
    /// The text form of verifier keys (a "vkey").
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[TYPE_ED25519], self.key.as_bytes()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.key_hash, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(base64)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(NoteKeyError::Form);
        };
        let key = PublicKey::from_bytes(Algorithm::Ed25519, &key_bytes(base64)?);
        let key = Self::new(name, key.map_err(|_| NoteKeyError::Form)?)?;
        if format!("{:08x}", key.key_hash) == hash { Ok(key) } else { Err(NoteKeyError::Hash) }
    }
}

impl NoteSigner {
    /// A key under a name.
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] where the name or the algorithm is not allowed in notes.
    pub fn new(name: &str, key: SigningKey) -> Result<Self, NoteKeyError> {
        let verifier = VerifierKey::new(name, key.public().clone())?;
        Ok(Self { key, verifier })
    }

    /// Reads the text form of signer keys (an "skey").
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] says what is wrong; the text is never part of the error.
    pub fn from_text(text: &str) -> Result<Self, NoteKeyError> {
        let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(NoteKeyError::Form)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(base64)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(NoteKeyError::Form);
        };
        let signer = Self::new(name, SigningKey::from_seed(&key_bytes(base64)?))?;
        if format!("{:08x}", signer.verifier.key_hash) == hash {
            Ok(signer)
        } else {
            Err(NoteKeyError::Hash)
        }
    }

    /// The text form of signer keys. Whoever reads it can sign.
    ///
    /// # Panics
    ///
    /// Never: a signer of notes has an Ed25519 key, which has a seed.
    #[must_use]
    pub fn to_secret_text(&self) -> String {
        let seed = self.key.seed().expect("a signer of notes has an Ed25519 key");
        let bytes = [&[TYPE_ED25519], seed.as_slice()].concat();
        let VerifierKey { name, key_hash, .. } = &self.verifier;
        format!("PRIVATE+KEY+{name}+{key_hash:08x}+{}", STANDARD.encode(bytes))
    }

    /// The half that checks.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Signature {
        self.key.sign(text)
    }
}

/// Whether a key of notes can have this name.
pub(super) fn is_name(name: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(bad)
}

fn key_bytes(base64: &str) -> Result<[u8; 32], NoteKeyError> {
    let bytes = STANDARD.decode(base64).map_err(|_| NoteKeyError::Form)?;
    match bytes.split_first() {
        Some((&TYPE_ED25519, key)) => key.try_into().map_err(|_| NoteKeyError::Form),
        Some(_) => Err(NoteKeyError::Algorithm),
        None => Err(NoteKeyError::Form),
    }
}

/// Why a text or a key is no key of notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteKeyError {
    /// This is not in the form of such keys.
    #[error("this is no key of signed notes: expected name+hash+base64")]
    Form,
    /// A name that is not allowed.
    #[error("the name of a key of notes has no white space and no plus sign")]
    Name,
    /// Another algorithm than Ed25519.
    #[error("a key of notes is an Ed25519 key")]
    Algorithm,
    /// The hash does not follow from name and key.
    #[error("the hash of the key of notes does not fit its name and key")]
    Hash,
}
