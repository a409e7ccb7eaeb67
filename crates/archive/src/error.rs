//! What can go wrong with an archive. None of it touches the journal.

use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong with an archive.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or the folder cannot be read or written.
    #[error("cannot use {}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A volume cannot be read or written.
    #[error("cannot use a volume of the archive")]
    Volume(#[source] Box<redb::Error>),
    /// The journal cannot be read.
    #[error("cannot read the journal")]
    Journal(#[from] journal::Error),
    /// A record is not what its kind says.
    #[error("record {sequence} of kind {kind} cannot be understood")]
    Record {
        /// Which.
        sequence: u64,
        /// Of which kind.
        kind: u16,
    },
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

macro_rules! from_redb {
    ($($error:ident)+) => {
        $(impl From<redb::$error> for Error {
            fn from(error: redb::$error) -> Self {
                Self::Volume(Box::new(error.into()))
            }
        })+
    };
}

from_redb!(CommitError DatabaseError StorageError TableError TransactionError);
