//! The keys of notes in their text forms.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Algorithm, Hasher, KeyError, PublicKey, Signature, SignatureMemory, SigningKey};

/// The type of Ed25519 signatures in notes.
const TYPE_ED25519: u8 = 1;
/// What stands before a key that signs.
pub(super) const SECRET: &str = "PRIVATE+KEY+";

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
        let key_hash = key_hash(name, TYPE_ED25519, &key);
        Ok(Self { name: name.into(), key, key_hash })
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

    /// The same key, which checks no signature again that the memory knows.
    pub(crate) fn remembering(self, memory: &Arc<dyn SignatureMemory>) -> Self {
        Self { key: self.key.remembering(memory), ..self }
    }
}

impl fmt::Display for VerifierKey {
    /// The text form of verifier keys (a "vkey").
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(f, &self.name, self.key_hash, TYPE_ED25519, &self.key)
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
        let (name, hash, bytes) = key_parts(text, TYPE_ED25519)?;
        let key = PublicKey::from_bytes(Algorithm::Ed25519, &bytes);
        let key = Self::new(name, key.map_err(|_| NoteKeyError::Form)?)?;
        if key.key_hash == hash { Ok(key) } else { Err(NoteKeyError::Hash) }
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
        let rest = text.strip_prefix(SECRET).ok_or(NoteKeyError::Form)?;
        let (name, hash, seed) = key_parts(rest, TYPE_ED25519)?;
        let signer = Self::new(name, SigningKey::from_seed(&seed))?;
        if signer.verifier.key_hash == hash { Ok(signer) } else { Err(NoteKeyError::Hash) }
    }

    /// The text form of signer keys; nothing where a module holds the key. Whoever reads it can
    /// sign.
    #[must_use]
    pub fn to_secret_text(&self) -> Option<String> {
        let VerifierKey { name, key_hash, .. } = &self.verifier;
        Some(secret_text(name, *key_hash, TYPE_ED25519, &self.key.seed()?))
    }

    /// The half that checks.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The key without its name.
    #[must_use]
    pub fn into_key(self) -> SigningKey {
        self.key
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Result<Signature, KeyError> {
        self.key.sign(text)
    }
}

/// Whether a key of notes can have this name.
pub(super) fn is_name(name: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(bad)
}

/// The four bytes by which a key is found: they follow from name, type and key.
pub(super) fn key_hash(name: &str, kind: u8, key: &PublicKey) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(name.as_bytes());
    hasher.update(&[b'\n', kind]);
    hasher.update(key.as_bytes());
    let [a, b, c, d, ..] = hasher.finish().0;
    u32::from_be_bytes([a, b, c, d])
}

/// The text form of a key that checks.
pub(super) fn write_key(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    key_hash: u32,
    kind: u8,
    key: &PublicKey,
) -> fmt::Result {
    let bytes = [&[kind], key.as_bytes()].concat();
    write!(f, "{name}+{key_hash:08x}+{}", STANDARD.encode(bytes))
}

/// The text form of a key that signs.
pub(super) fn secret_text(name: &str, key_hash: u32, kind: u8, seed: &[u8; 32]) -> String {
    let bytes = [&[kind], seed.as_slice()].concat();
    format!("{SECRET}{name}+{key_hash:08x}+{}", STANDARD.encode(bytes))
}

/// Name, hash and the 32 bytes of a key in its text form.
pub(super) fn key_parts(text: &str, kind: u8) -> Result<(&str, u32, [u8; 32]), NoteKeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(base64)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteKeyError::Form);
    };
    let bytes = STANDARD.decode(base64).map_err(|_| NoteKeyError::Form)?;
    let bytes = match bytes.split_first() {
        Some((found, key)) if *found == kind => key.try_into().map_err(|_| NoteKeyError::Form)?,
        Some(_) => return Err(NoteKeyError::Algorithm),
        None => return Err(NoteKeyError::Form),
    };
    let value = u32::from_str_radix(hash, 16).map_err(|_| NoteKeyError::Hash)?;
    if format!("{value:08x}") == hash { Ok((name, value, bytes)) } else { Err(NoteKeyError::Hash) }
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
    /// Another algorithm or use than is wanted here.
    #[error("a key of notes is an Ed25519 key, and has one use: to sign, or to cosign")]
    Algorithm,
    /// The hash does not follow from name and key.
    #[error("the hash of the key of notes does not fit its name and key")]
    Hash,
}
