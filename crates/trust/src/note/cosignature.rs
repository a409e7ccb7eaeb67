//! Cosignatures with a time, in the form of C2SP tlog-cosignature v1 with Ed25519.
//!
//! ```text
//! — <key name> <base64 of key hash 4 bytes || seconds since 1970, 8 bytes || signature 64 bytes>
//! ```
//!
//! What is signed is `cosignature/v1`, a line `time <seconds>`, and the text of the checkpoint. It
//! says: this is the largest tree of this log that the cosigner has seen up to that time, and it
//! holds all that it had seen before. Keys have the text forms of other keys of notes with type 4,
//! so one can never be taken for a key of a log. Whether what it says is true is not known here.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{SECRET, is_name, key_hash, key_parts, secret_text, write_key};
use super::{DASH, Line, NoteError, NoteKeyError};
use crate::{Algorithm, LogTime, PublicKey, Signature, SignatureMemory, SigningKey};

/// The type of Ed25519 cosignatures.
const TYPE_COSIGNATURE: u8 = 4;
const SECOND_US: u64 = 1_000_000;

/// A key that checks cosignatures, with the name of the cosigner.
#[derive(Clone, PartialEq, Eq)]
pub struct CosignerKey {
    /// Invariant: not empty, without white space and plus signs.
    name: Box<str>,
    /// Invariant: Ed25519.
    key: PublicKey,
    /// Invariant: follows from name and key.
    key_hash: u32,
}

/// A key that cosigns, with its name.
#[derive(Debug)]
pub struct Cosigner {
    key: SigningKey,
    verifier: CosignerKey,
}

/// A cosignature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// Who cosigned.
    pub by: CosignerKey,
    /// When, in whole seconds, by the cosigner's own clock.
    pub at: LogTime,
}

impl CosignerKey {
    /// A key under a name.
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] where the name or the algorithm is not allowed.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteKeyError> {
        if !is_name(name) {
            return Err(NoteKeyError::Name);
        }
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(NoteKeyError::Algorithm);
        }
        let key_hash = key_hash(name, TYPE_COSIGNATURE, &key);
        Ok(Self { name: name.into(), key, key_hash })
    }

    /// The name under which it cosigns.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
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

    /// Whether the line claims to be of this key.
    pub(crate) fn made(&self, line: &Line<'_>) -> bool {
        *self.name == *line.name && self.key_hash == line.key_hash
    }

    /// Checks a line that claims to be of this key.
    pub(crate) fn verify(&self, text: &str, line: &Line<'_>) -> Result<Cosignature, NoteError> {
        let parts = line.signature.split_first_chunk::<8>().ok_or(NoteError::Signature)?;
        let seconds = u64::from_be_bytes(*parts.0);
        let signature = parts.1.try_into().map_err(|_| NoteError::Signature)?;
        let at = seconds.checked_mul(SECOND_US).map(LogTime).ok_or(NoteError::Signature)?;
        self.key
            .verify(&signed_bytes(text, seconds), &Signature(signature))
            .map_err(|_| NoteError::Signature)?;
        Ok(Cosignature { by: self.clone(), at })
    }
}

impl fmt::Display for CosignerKey {
    /// The text form of verifier keys (a "vkey").
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_key(f, &self.name, self.key_hash, TYPE_COSIGNATURE, &self.key)
    }
}

impl fmt::Debug for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CosignerKey {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let (name, hash, bytes) = key_parts(text, TYPE_COSIGNATURE)?;
        let key = PublicKey::from_bytes(Algorithm::Ed25519, &bytes);
        let key = Self::new(name, key.map_err(|_| NoteKeyError::Form)?)?;
        if key.key_hash == hash { Ok(key) } else { Err(NoteKeyError::Hash) }
    }
}

impl Cosigner {
    /// A key under a name.
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] where the name or the algorithm is not allowed.
    pub fn new(name: &str, key: SigningKey) -> Result<Self, NoteKeyError> {
        let verifier = CosignerKey::new(name, key.public().clone())?;
        Ok(Self { key, verifier })
    }

    /// Reads the text form that [`Self::to_secret_text`] gives.
    ///
    /// # Errors
    ///
    /// [`NoteKeyError`] says what is wrong; the text is never part of the error.
    pub fn from_text(text: &str) -> Result<Self, NoteKeyError> {
        let rest = text.strip_prefix(SECRET).ok_or(NoteKeyError::Form)?;
        let (name, hash, seed) = key_parts(rest, TYPE_COSIGNATURE)?;
        let cosigner = Self::new(name, SigningKey::from_seed(&seed))?;
        if cosigner.verifier.key_hash == hash { Ok(cosigner) } else { Err(NoteKeyError::Hash) }
    }

    /// The text form of keys that sign, with type 4; nothing where a module holds the key. Whoever
    /// reads it can cosign.
    #[must_use]
    pub fn to_secret_text(&self) -> Option<String> {
        let CosignerKey { name, key_hash, .. } = &self.verifier;
        Some(secret_text(name, *key_hash, TYPE_COSIGNATURE, &self.key.seed()?))
    }

    /// The half that checks.
    #[must_use]
    pub fn verifier(&self) -> &CosignerKey {
        &self.verifier
    }

    /// The key without its name.
    #[must_use]
    pub fn into_key(self) -> SigningKey {
        self.key
    }

    /// The line of a cosignature over the text of a checkpoint, at a time of which only whole
    /// seconds count.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`] when the module that holds the key does not sign.
    pub fn cosign(&self, text: &str, at: LogTime) -> Result<String, NoteError> {
        let seconds = at.0 / SECOND_US;
        let signature = self.key.sign(&signed_bytes(text, seconds))?;
        let CosignerKey { name, key_hash, .. } = &self.verifier;
        let bytes = [&key_hash.to_be_bytes()[..], &seconds.to_be_bytes(), &signature.0].concat();
        Ok(format!("{DASH}{name} {}\n", STANDARD.encode(bytes)))
    }
}

/// What a cosigner signs.
fn signed_bytes(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::{split, split_lines};

    const TEXT: &str = "example.com/log\n1\nAAAA\n";

    fn cosigner() -> Cosigner {
        Cosigner::new("w1.example", SigningKey::from_seed(&[7; 32])).unwrap()
    }

    /// The example of C2SP tlog-cosignature: its name, key hash and time are read as they stand.
    #[test]
    fn the_example_of_the_specification_is_read() {
        let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
            — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
        let (_, lines) = split(note).unwrap();
        assert_eq!(lines[1].name, "witness.example.com/w1");
        assert_eq!(lines[1].signature.len(), 72);
        assert_eq!(lines[1].signature[..8], 1_679_315_147_u64.to_be_bytes());
    }

    #[test]
    fn a_cosignature_is_verified_with_its_time_and_nothing_of_it_can_be_changed() {
        let line = cosigner().cosign(TEXT, LogTime(1_679_315_147_999_999)).unwrap();
        let lines = split_lines(&line);
        let key = cosigner().verifier().clone();
        assert!(key.made(&lines[0]));
        let want = Cosignature { by: key.clone(), at: LogTime(1_679_315_147_000_000) };
        assert_eq!(key.verify(TEXT, &lines[0]), Ok(want));
        assert_eq!(key.verify("other\n", &lines[0]), Err(NoteError::Signature));
        for at in 0..line.len() {
            let mut bytes = line.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            let lines = split_lines(&text);
            let good = lines.iter().any(|it| key.made(it) && key.verify(TEXT, it).is_ok());
            assert!(!good, "byte {at}: {text}");
        }
    }

    #[test]
    fn keys_come_back_from_their_texts_and_are_no_keys_of_logs() {
        let cosigner = cosigner();
        let public = cosigner.verifier().to_string();
        assert_eq!(public.parse(), Ok(cosigner.verifier().clone()));
        assert_eq!(public.parse::<super::super::VerifierKey>(), Err(NoteKeyError::Algorithm));
        let secret = cosigner.to_secret_text().unwrap();
        assert_eq!(Cosigner::from_text(&secret).unwrap().verifier(), cosigner.verifier());
        assert!(super::super::NoteSigner::from_text(&secret).is_err());
        for at in 0..public.len() {
            let mut text = public.clone().into_bytes();
            text[at] ^= 1;
            assert!(String::from_utf8(text).unwrap().parse::<CosignerKey>().is_err(), "{at}");
        }
    }
}
