//! What can go wrong with a file. `docs/codes` has a page for each code.

use std::io;

use trust::{Digest, FileName};

/// What can go wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes that came are not those that were named.
    #[error(
        "expected file {expected}, but its bytes have the digest {found}; they were thrown away"
    )]
    OtherDigest {
        /// What was named.
        expected: Digest,
        /// What came.
        found: Digest,
    },
    /// More bytes came than the file has, or it ended too early.
    #[error("expected {} bytes of file {}, but found {found}", .file.bytes, .file.digest)]
    OtherLength {
        /// The file.
        file: FileName,
        /// How many bytes came.
        found: u64,
    },
    /// Somebody else sends the file now.
    #[error("file {digest} is sent anew by a later upload")]
    Overtaken {
        /// Which file.
        digest: Digest,
    },
    /// A chunk is not what it says, or is missing.
    #[error("chunk {index} of file {digest} is damaged or missing")]
    Damaged {
        /// Of which file.
        digest: Digest,
        /// Which chunk.
        index: u64,
    },
    /// The disk failed.
    #[error("cannot {what} {name}")]
    Place {
        /// What was to be done.
        what: &'static str,
        /// With which object.
        name: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// The code, which never changes its meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherDigest { .. } => "FIL004",
            Self::OtherLength { .. } => "FIL005",
            Self::Overtaken { .. } => "FIL006",
            Self::Damaged { .. } => "FIL009",
            Self::Place { .. } => "FIL010",
        }
    }

    pub(crate) fn place(what: &'static str, name: &str) -> impl FnOnce(io::Error) -> Self {
        let name = name.to_owned();
        move |source| Self::Place { what, name, source }
    }
}
