//! Why a hub cannot start, or had to stop.
//!
//! These are failures of the environment. What an institution did wrong is a refusal, which is a
//! record of the journal and no error.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use trust::LabelError;

use crate::directory::Findings;

/// A source whose type no caller needs.
pub(crate) type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a hub cannot start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the hub's folder cannot be read.
    #[error("cannot read {}; 'nuncio network init' makes the files of a hub", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of settings is not in form.
    #[error("{} is not in form", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The network's name in the settings is no name.
    #[error("{} names no network", path.display())]
    NetworkName {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: LabelError,
    },
    /// A profile that nobody knows.
    #[error("{}: profile is {found:?}, but must be none, base or cross-border", path.display())]
    Profile {
        /// Which file.
        path: PathBuf,
        /// What it says.
        found: String,
    },
    /// A size of segments that the journal cannot have.
    #[error(
        "{}: segment_bytes is {found}, but must be a multiple of 4096 from {} to {}",
        path.display(), crate::config::SEGMENT_BYTES_MIN, crate::config::SEGMENT_BYTES_MAX
    )]
    SegmentBytes {
        /// Which file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
    /// The store of files cannot be opened.
    #[error("cannot open the files in {}", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
    /// The directory is wrong.
    #[error("{} is wrong; mend the file, nothing of it was applied", path.display())]
    Directory {
        /// Which file.
        path: PathBuf,
        /// All that is wrong.
        #[source]
        source: Findings,
    },
    /// A key or certificate is not in form.
    #[error("{} holds no usable key or certificate in PEM form", path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
    /// A file of certificates is empty.
    #[error("{} holds no certificate", path.display())]
    NoCertificate {
        /// Which file.
        path: PathBuf,
    },
    /// Keys and certificates do not belong together.
    #[error("the hub's key and certificates cannot be used for TLS")]
    Tls {
        /// Why.
        #[source]
        source: Source,
    },
    /// A file of keys is not in form, or of another network.
    #[error("{} is not usable", path.display())]
    Keys {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Source,
    },
    /// The key of the log is not the one that the network's public keys name.
    #[error(
        "{} is not the log's key that {} names: this hub would sign what nobody accepts",
        key.display(), keys.display()
    )]
    ForeignLogKey {
        /// The file of the key.
        key: PathBuf,
        /// The file of the network's public keys.
        keys: PathBuf,
    },
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {address}: is another hub running there? 'listen' in hub.toml sets it"
    )]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The journal cannot be opened, read or written.
    #[error("the journal stopped the hub")]
    Journal(#[from] journal::Error),
    /// A record of the journal does not read as an event of the network.
    #[error("record {sequence} of the journal is no event that this program knows")]
    Event {
        /// Which record.
        sequence: u64,
        /// Why.
        #[source]
        source: Source,
    },
    /// The nodes of the Merkle tree cannot be kept.
    #[error("cannot keep the Merkle tree in {}", folder.display())]
    Tree {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The nodes of the Merkle tree cannot be synced.
    #[error("cannot sync the nodes of the Merkle tree")]
    TreeSync {
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A proof cannot be made from the tree.
    #[error("the Merkle tree lacks a node; a restart makes it anew from the journal")]
    Proof(#[source] trust::merkle::MerkleError),
    /// A checkpoint cannot be signed.
    #[error(
        "HUB005 the log's key does not sign: nothing leaves without its proof, so the hub stops"
    )]
    Checkpoint(#[source] trust::CheckpointError),
    /// The commit loop ended without saying why.
    #[error("the commit loop stopped; the log above says why")]
    CommitPanicked,
    /// A thread or the runtime cannot be started.
    #[error("cannot start a thread")]
    Thread(#[source] io::Error),
    /// The file that tells the address cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The server ended.
    #[error("the server of links ended")]
    Serve(#[source] Source),
}
