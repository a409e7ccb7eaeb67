//! Texts with signatures under them, in the form of C2SP signed-note v1.0.0, with Ed25519 keys.
//!
//! ```text
//! <text, each line ended by a newline>
//! <empty line>
//! — <key name> <base64 of key hash 4 bytes || signature 64 bytes>
//! ```
//!
//! A verifier key is `<name>+<key hash in hexadecimal>+<base64 of 1 || public key>`; a signer key is
//! `PRIVATE+KEY+<name>+<key hash>+<base64 of 1 || seed>`. The key hash is the first four bytes of
//! `SHA-256(name || newline || 1 || public key)`. Lines by keys that are not known are passed over,
//! as the specification wants, unless the note must be [bare](open_bare). What a text means is not
//! known here. A [`Cosigner`] signs with the time, and in another form.

mod cosignature;
mod key;

pub use cosignature::{Cosignature, Cosigner, CosignerKey};
pub use key::{NoteKeyError, NoteSigner, VerifierKey};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{KeyError, Signature};

/// The greatest length of a note, in bytes.
pub const NOTE_LENGTH_MAX: usize = 1 << 20;
/// How many lines of signatures a note can have at most.
pub const NOTE_SIGNATURES_MAX: usize = 64;

const DASH: &str = "— ";

/// A note of which at least one signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedNote<'a> {
    /// The text, with its last newline.
    pub text: &'a str,
    /// The keys that signed it, in the order of their lines.
    pub signers: Vec<&'a VerifierKey>,
}

/// Signs a text, which ends in a newline.
///
/// # Errors
///
/// [`NoteError::Text`] where the text cannot stand in a note; [`NoteError::Key`] when the module
/// that holds the key does not sign.
pub fn sign(text: &str, signer: &NoteSigner) -> Result<String, NoteError> {
    if !text.ends_with('\n') || !is_note_text(text) || text.len() > NOTE_LENGTH_MAX / 2 {
        return Err(NoteError::Text);
    }
    let mut line = [0; 68];
    let (hash, signature) = line.split_at_mut(4);
    hash.copy_from_slice(&signer.verifier().key_hash().to_be_bytes());
    signature.copy_from_slice(&signer.sign(text.as_bytes())?.0);
    let name = signer.verifier().name();
    Ok(format!("{text}\n{DASH}{name} {}\n", STANDARD.encode(line)))
}

/// Adds a signature to a note, or to a text that nobody has signed yet.
///
/// # Errors
///
/// As [`sign`] does; [`NoteError::Lines`] where this key has signed it, or too many have.
pub fn countersign(note: &str, signer: &NoteSigner) -> Result<String, NoteError> {
    let Ok((text, lines)) = split(note) else { return sign(note, signer) };
    if lines.len() >= NOTE_SIGNATURES_MAX || lines.iter().any(|it| it.is_by(signer.verifier())) {
        return Err(NoteError::Lines);
    }
    let signed = sign(text, signer)?;
    let line = signed.get(text.len() + 1..).ok_or(NoteError::Form)?;
    Ok(format!("{note}{line}"))
}

/// Opens a note that at least one of the keys signed.
///
/// # Errors
///
/// [`NoteError`]; also where the line of a known key does not fit, whatever the other lines are.
pub fn open<'a>(note: &'a str, keys: &'a [VerifierKey]) -> Result<OpenedNote<'a>, NoteError> {
    let (text, lines) = split(note)?;
    let mut signers = Vec::new();
    for line in lines {
        let Some(key) = keys.iter().find(|key| line.is_by(key)) else { continue };
        // The same key twice says nothing new; the first line counts.
        if signers.contains(&key) {
            continue;
        }
        line.verify(text, key)?;
        signers.push(key);
    }
    if signers.is_empty() { Err(NoteError::Unsigned) } else { Ok(OpenedNote { text, signers }) }
}

/// Opens a note with exactly one signature, by one of the keys.
///
/// Such a note has no byte that the signature does not fix, so it can be part of a receipt.
///
/// # Errors
///
/// [`NoteError`]; [`NoteError::Lines`] where there is more than one line of signatures.
pub fn open_bare<'a>(
    note: &'a str,
    keys: &'a [VerifierKey],
) -> Result<(&'a str, &'a VerifierKey), NoteError> {
    let (text, lines) = split(note)?;
    let [line] = lines.as_slice() else { return Err(NoteError::Lines) };
    let key = keys.iter().find(|key| line.is_by(key)).ok_or(NoteError::Unsigned)?;
    line.verify(text, key)?;
    Ok((text, key))
}

/// One line of signatures.
pub(crate) struct Line<'a> {
    name: &'a str,
    key_hash: u32,
    signature: Vec<u8>,
}

impl Line<'_> {
    /// The line as it stands in a note.
    pub(crate) fn print(&self) -> String {
        let bytes = [&self.key_hash.to_be_bytes(), self.signature.as_slice()].concat();
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    pub(crate) fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.key_hash == key.key_hash()
    }

    pub(crate) fn verify(&self, text: &str, key: &VerifierKey) -> Result<(), NoteError> {
        let signature = self.signature.as_slice().try_into().map_err(|_| NoteError::Signature)?;
        let verified = key.key().verify(text.as_bytes(), &Signature(signature));
        verified.map_err(|_| NoteError::Signature)
    }
}

/// Takes a note apart, into its text and its lines of signatures.
pub(crate) fn split(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    if note.len() > NOTE_LENGTH_MAX || !is_note_text(note) || !note.ends_with('\n') {
        return Err(NoteError::Form);
    }
    let cut = note.rfind("\n\n").ok_or(NoteError::Form)?;
    let (text, signatures) = note.split_at(cut + 1);
    let signatures = signatures.strip_prefix('\n').ok_or(NoteError::Form)?;
    let mut lines = Vec::new();
    for line in signatures.split_terminator('\n') {
        if lines.len() == NOTE_SIGNATURES_MAX {
            return Err(NoteError::Lines);
        }
        lines.push(split_line(line).ok_or(NoteError::Form)?);
    }
    if lines.is_empty() { Err(NoteError::Form) } else { Ok((text, lines)) }
}

fn split_line(line: &str) -> Option<Line<'_>> {
    let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
    if !key::is_name(name) {
        return None;
    }
    let bytes = STANDARD.decode(base64).ok()?;
    let (hash, signature) = bytes.split_first_chunk()?;
    if signature.is_empty() {
        return None;
    }
    Some(Line { name, key_hash: u32::from_be_bytes(*hash), signature: signature.to_vec() })
}

/// Takes lines of signatures apart that stand alone, as a witness answers with them; lines that are
/// none are passed over.
pub(crate) fn split_lines(lines: &str) -> Vec<Line<'_>> {
    lines.split_terminator('\n').take(NOTE_SIGNATURES_MAX).filter_map(split_line).collect()
}

/// No control characters of ASCII but newlines.
fn is_note_text(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' || byte == b'\n')
}

/// Why a note is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A text that cannot be signed.
    #[error("the text of a note ends in a newline and has no other control characters")]
    Text,
    /// This is no note.
    #[error("this is no signed note: expected a text, an empty line and lines of signatures")]
    Form,
    /// Too many lines of signatures.
    #[error("the note has more signatures than are allowed here")]
    Lines,
    /// No line is by a known key.
    #[error("none of the known keys signed the note")]
    Unsigned,
    /// A known key's line does not fit the text.
    #[error("a signature does not fit the note")]
    Signature,
    /// The key does not sign now.
    #[error("the note cannot be signed")]
    Key(#[from] KeyError),
}

#[cfg(test)]
mod tests;
