//! Why a witness cannot start, or must stop.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use trust::{NoteError, NoteKeyError};

/// Why a witness cannot start, or must stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the witness's folder cannot be read.
    #[error("cannot read {}; 'nuncio witness init' makes the files of a witness", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The settings are not in form.
    #[error("{} is not in form", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key of a log in the settings is none.
    #[error("{}: a key of the log {origin} is refused", path.display())]
    LogKey {
        /// Which file.
        path: PathBuf,
        /// Of which log.
        origin: String,
        /// Why.
        #[source]
        source: NoteKeyError,
    },
    /// The witness's own key cannot be had.
    #[error("the key of the witness cannot be had")]
    Key(#[from] keys::KeyFileError),
    /// What the witness has cosigned is not known any more.
    #[error(
        "{} is missing: this witness may have cosigned checkpoints of {origin} that it has \
         forgotten, so it must not go on under its name; bring the file back from a backup that is \
         newer than its last cosignature, or make a new witness", path.display()
    )]
    Forgotten {
        /// Which file.
        path: PathBuf,
        /// Of which log.
        origin: String,
    },
    /// The state of a log is damaged or another log's.
    #[error("{} does not hold the last checkpoint of {origin}: {reason}", path.display())]
    State {
        /// Which file.
        path: PathBuf,
        /// Of which log.
        origin: String,
        /// Why.
        reason: &'static str,
    },
    /// The new state cannot be stored, so nothing is cosigned.
    #[error("cannot store {}", path.display())]
    Store {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The key does not sign now.
    #[error("the checkpoint cannot be cosigned")]
    Cosign(#[source] NoteError),
    /// Another witness runs in this folder.
    #[error("another witness runs in {}", folder.display())]
    Busy {
        /// Which folder.
        folder: PathBuf,
    },
    /// The address is taken or not ours, or the socket failed.
    #[error("cannot listen on {address}; 'listen' in witness.toml sets it")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}
