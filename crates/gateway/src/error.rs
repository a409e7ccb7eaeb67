//! Why a gateway cannot start, or cannot go on.
//!
//! These are errors of the environment: files, sockets, disks. Each has a code with a page in
//! docs/codes, and says what to do. What is wrong with a request or a message is a
//! refusal; what the link says is in its status.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use iso::Terminal;
use trust::NetworkName;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a gateway cannot start, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings cannot be read.
    #[error("cannot read {}", .path.display())]
    ReadSettings {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The settings are no TOML, or have fields that nobody knows.
    #[error("cannot understand {}", .path.display())]
    ParseSettings {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A setting has a value that it cannot have.
    #[error("{}: {field}: {reason}", .path.display())]
    Setting {
        /// The file.
        path: PathBuf,
        /// Which setting.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process uses the folder.
    #[error("{} is in use by another process", .path.display())]
    InUse {
        /// The store.
        path: PathBuf,
    },
    /// The store cannot be opened.
    #[error("cannot open the store {}", .path.display())]
    OpenStore {
        /// The store.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// The store belongs to another gateway.
    #[error(
        "the store {} belongs to {found} but the settings say {wanted}", .path.display()
    )]
    ForeignStore {
        /// The store.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose the settings say it is.
        wanted: String,
    },
    /// The store was written in a form that this program does not know.
    #[error("the store {} has format {found:?} but this program knows {known:?}", .path.display())]
    StoreFormat {
        /// The store.
        path: PathBuf,
        /// The format of the store.
        found: String,
        /// The format that this program reads and writes.
        known: &'static str,
    },
    /// The store failed while the gateway ran.
    #[error("the store {} failed", .path.display())]
    StoreFailed {
        /// The store.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// The folder of files cannot be opened.
    #[error("cannot open the files in {}", .path.display())]
    OpenFiles {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of keys or certificates cannot be read.
    #[error("cannot read {what} {}", .path.display())]
    ReadKey {
        /// What it should hold.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of keys or certificates holds something else.
    #[error("{} holds no {what}", .path.display())]
    MalformedKey {
        /// What it should hold.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: Source,
    },
    /// A key or a certificate is good, but not for this gateway.
    #[error("{what} {} is {found}, but the settings say {wanted}", .path.display())]
    ForeignKey {
        /// What it is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
    /// The address for back offices cannot be had.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The file that tells the address cannot be written.
    #[error("cannot write {}", .path.display())]
    WriteAddress {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// The code, which has a page in docs/codes and never changes its meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ReadSettings { .. } => "GTW030",
            Self::ParseSettings { .. } | Self::Setting { .. } => "GTW031",
            Self::InUse { .. } => "GTW032",
            Self::OpenStore { .. } => "GTW033",
            Self::ForeignStore { .. } => "GTW034",
            Self::StoreFormat { .. } => "GTW035",
            Self::StoreFailed { .. } => "GTW036",
            Self::OpenFiles { .. } => "GTW085",
            Self::ReadKey { .. } => "GTW037",
            Self::MalformedKey { .. } => "GTW038",
            Self::ForeignKey { .. } => "GTW039",
            Self::Listen { .. } => "GTW040",
            Self::WriteAddress { .. } => "GTW041",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ReadSettings { .. } => {
                "give the folder of a gateway; `nuncio network init` makes one"
            }
            Self::ParseSettings { .. } | Self::Setting { .. } => {
                "correct the setting; docs/gateway.md lists them all"
            }
            Self::InUse { .. } => {
                "a gateway already runs in this folder: stop it first, or use another folder"
            }
            Self::OpenStore { .. } => {
                "check the folder's permissions and the free space; keep the file, for it holds \
                 messages that may not have been sent"
            }
            Self::ForeignStore { .. } => {
                "each terminal has its own folder: correct `network` and `terminal`, or the folder"
            }
            Self::StoreFormat { .. } => "use the version of the program that wrote the store",
            Self::StoreFailed { .. } => {
                "check the disk and start again; everything that was answered is safe"
            }
            Self::ReadKey { what: "token", .. } | Self::MalformedKey { what: "token", .. } => {
                "write a random text of 16 visible ASCII characters or more into the file, and give \
                 it to the back office"
            }
            Self::ReadKey { .. } => {
                "put the file there; the network's operator issues it, `nuncio network init` for \
                 a network of your own"
            }
            Self::MalformedKey { .. } => "replace the file by the one that the operator issued",
            Self::ForeignKey { .. } => {
                "the file belongs to another gateway: copy the one of this terminal"
            }
            Self::Listen { .. } => {
                "stop the program that uses the address, or set `listen` in gateway.toml to \
                 another one (port 0 takes any that is free)"
            }
            Self::OpenFiles { .. } => {
                "check the folder's permissions and the free space, and that no other gateway runs there"
            }
            Self::WriteAddress { .. } => "check the folder's permissions and the free space",
        }
    }
}

/// How messages name the owner of a store or a key.
pub(crate) fn owner(network: NetworkName, terminal: Terminal) -> String {
    format!("{terminal} in network {network}")
}
