//! One signature for a frame of many messages, and for each message the proof that it is covered.
//!
//! A sender signs the Merkle root (RFC 6962, 2.1) over the statements of a frame; a [`Statement`]
//! is already the hash of a leaf. What is signed:
//!
//! ```text
//! "nuncio frame 1\n" || network, 32 bytes padded with zeros || terminal, 9 bytes
//!                    || size u32 || root, 32 bytes
//! ```
//!
//! Bytes of a [`FrameProof`]: `key 8 || size u32 || index u32 || signature 64 || path`, where the
//! path has as many hashes of 32 bytes as size and index demand, the lowest first (RFC 9162, 2.1.3).

use iso::Terminal;

use crate::codec::{CodecError, Reader, Writer};
use crate::merkle::{self, Levels};
use crate::{Digest, KeyError, KeyId, NetworkName, PublicKey, Signature, SigningKey, Statement};

/// How many messages one signature can cover at most.
pub const FRAME_STATEMENTS_MAX: u32 = 1 << 16;

/// For whom and by whom a frame is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameContext {
    /// The network for which the messages are meant.
    pub network: NetworkName,
    /// The terminal that submits them.
    pub terminal: Terminal,
}

/// The signature over all statements of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSignature {
    /// Which of the terminal's keys made it.
    pub key: KeyId,
    /// How many statements it covers.
    pub size: u32,
    /// The signature.
    pub signature: Signature,
}

/// The proof that a frame's signature covers one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameProof {
    /// Which of the terminal's keys signed.
    pub key: KeyId,
    /// How many statements the signature covers.
    pub size: u32,
    /// The statement's place in the frame, from 0.
    pub index: u32,
    /// The signature over the frame.
    pub signature: Signature,
    /// The hashes beside the way from the statement to the root, the lowest first.
    pub path: Vec<Digest>,
}

impl FrameContext {
    const DOMAIN: &'static [u8] = b"nuncio frame 1\n";

    /// The bytes that are signed.
    #[must_use]
    pub fn signed_bytes(&self, size: u32, root: &Digest) -> Vec<u8> {
        let mut writer = Writer::with_capacity(92);
        writer.raw(Self::DOMAIN).raw(self.network.padded());
        write_terminal(&mut writer, self.terminal);
        writer.u32(size).digest(root);
        writer.finish()
    }
}

/// Signs all statements of a frame at once.
///
/// # Errors
///
/// [`FrameError::Size`] on no statement, or more than [`FRAME_STATEMENTS_MAX`];
/// [`FrameError::Unsigned`] when the module that holds the key does not sign.
pub fn sign_frame(
    key: &SigningKey,
    context: &FrameContext,
    statements: &[Statement],
) -> Result<FrameSignature, FrameError> {
    let size = size_of(statements)?;
    let signature = key.sign(&context.signed_bytes(size, &root_of(statements)))?;
    Ok(FrameSignature { key: key.id(), size, signature })
}

/// The proof of each statement of a frame, in their order.
///
/// The signature is taken as it is: whoever makes proofs has verified it, or has made it.
///
/// # Errors
///
/// [`FrameError::Size`] where the signature speaks of another number of statements.
pub fn frame_proofs(
    statements: &[Statement],
    signature: &FrameSignature,
) -> Result<Vec<FrameProof>, FrameError> {
    if size_of(statements)? != signature.size {
        return Err(FrameError::Size);
    }
    Ok(signature.proofs(&levels_of(statements)))
}

impl FrameSignature {
    /// Checks that the key signed exactly these statements in this order.
    ///
    /// # Errors
    ///
    /// [`FrameError`] says what does not fit.
    pub fn verify(
        &self,
        key: &PublicKey,
        context: &FrameContext,
        statements: &[Statement],
    ) -> Result<(), FrameError> {
        if size_of(statements)? != self.size {
            return Err(FrameError::Size);
        }
        check_key(key, self.key)?;
        let signed = context.signed_bytes(self.size, &root_of(statements));
        key.verify(&signed, &self.signature).map_err(|_| FrameError::Signature)
    }

    /// The same, and then the proof of each statement: the tree over them is made once for both.
    ///
    /// # Errors
    ///
    /// [`FrameError`] says what does not fit.
    pub fn open(
        &self,
        key: &PublicKey,
        context: &FrameContext,
        statements: &[Statement],
    ) -> Result<Vec<FrameProof>, FrameError> {
        if size_of(statements)? != self.size {
            return Err(FrameError::Size);
        }
        check_key(key, self.key)?;
        let levels = levels_of(statements);
        let signed = context.signed_bytes(self.size, levels.root());
        key.verify(&signed, &self.signature).map_err(|_| FrameError::Signature)?;
        Ok(self.proofs(&levels))
    }

    fn proofs(&self, levels: &Levels) -> Vec<FrameProof> {
        let Self { key, size, signature } = *self;
        let proof = |index: u32| {
            let path = levels.path(index as usize);
            FrameProof { key, size, index, signature, path }
        };
        (0..size).map(proof).collect()
    }
}

impl FrameProof {
    /// Checks that the key signed a frame with this statement in it.
    ///
    /// # Errors
    ///
    /// [`FrameError`] says what does not fit.
    pub fn verify(
        &self,
        key: &PublicKey,
        context: &FrameContext,
        statement: &Statement,
    ) -> Result<(), FrameError> {
        check_key(key, self.key)?;
        let root =
            merkle::root_of_path(&statement.0, self.index.into(), self.size.into(), &self.path)
                .map_err(|_| FrameError::Path)?;
        let signed = context.signed_bytes(self.size, &root);
        key.verify(&signed, &self.signature).map_err(|_| FrameError::Signature)
    }

    /// The one encoding of this proof.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(80 + 32 * self.path.len());
        self.write(&mut writer);
        writer.finish()
    }

    /// Reads the one encoding of a proof.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let proof = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(proof)
    }

    /// Appends the proof.
    ///
    /// # Panics
    ///
    /// When the path is not as long as size and index demand: a bug of whoever made it.
    pub fn write(&self, writer: &mut Writer) {
        let length = merkle::path_length(self.index.into(), self.size.into());
        assert_eq!(self.path.len(), length, "the path of a frame proof is complete");
        writer.raw(&self.key.0).u32(self.size).u32(self.index).raw(&self.signature.0);
        for hash in &self.path {
            writer.digest(hash);
        }
    }

    /// Takes what [`Self::write`] appended.
    ///
    /// # Errors
    ///
    /// [`CodecError`] where it could not have written this.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let key = KeyId(reader.array()?);
        let size = reader.u32()?;
        if size == 0 || size > FRAME_STATEMENTS_MAX {
            return Err(CodecError::OutOfRange { field: "size of the frame" });
        }
        let index = reader.u32()?;
        if index >= size {
            return Err(CodecError::OutOfRange { field: "index in the frame" });
        }
        let signature = Signature(reader.array()?);
        let length = merkle::path_length(index.into(), size.into());
        let path = (0..length).map(|_| reader.digest()).collect::<Result<_, _>>()?;
        Ok(Self { key, size, index, signature, path })
    }
}

/// Appends the nine characters of a terminal.
pub(crate) fn write_terminal(writer: &mut Writer, terminal: Terminal) {
    writer.raw(terminal.institution().as_str().as_bytes());
    writer.u8(u8::try_from(terminal.code()).expect("a terminal's code is ASCII"));
}

/// Takes the nine characters of a terminal.
pub(crate) fn read_terminal(reader: &mut Reader<'_>) -> Result<Terminal, CodecError> {
    let text = std::str::from_utf8(reader.raw(9)?).map_err(|_| CodecError::NotText)?;
    text.parse().map_err(|_| CodecError::OutOfRange { field: "terminal" })
}

fn levels_of(statements: &[Statement]) -> Levels {
    Levels::of(statements.iter().map(|statement| statement.0).collect())
}

fn root_of(statements: &[Statement]) -> Digest {
    merkle::root_of_leaves(statements.iter().map(|statement| statement.0).collect())
}

fn size_of(statements: &[Statement]) -> Result<u32, FrameError> {
    u32::try_from(statements.len())
        .ok()
        .filter(|size| (1..=FRAME_STATEMENTS_MAX).contains(size))
        .ok_or(FrameError::Size)
}

fn check_key(key: &PublicKey, named: KeyId) -> Result<(), FrameError> {
    if key.id() == named { Ok(()) } else { Err(FrameError::Key { named }) }
}

/// Why a frame's signature or a proof of it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The number of statements is out of range, or not the one that was signed.
    #[error("the signature covers another number of messages")]
    Size,
    /// The signature names a key other than the one given.
    #[error("the signature is by key {named}, not by the key given")]
    Key {
        /// The key that the signature names.
        named: KeyId,
    },
    /// The path does not lead from a leaf to the root.
    #[error("the proof does not have the hashes that size and index demand")]
    Path,
    /// The signature is not of this key over these statements.
    #[error("the signature does not fit the messages")]
    Signature,
    /// The key does not sign now.
    #[error("the frame cannot be signed")]
    Unsigned(#[from] KeyError),
}

#[cfg(test)]
mod tests;
