//! Why a key cannot be had.

use std::io;
use std::path::PathBuf;

use trust::pki::PkiError;
use trust::{KeyError, NoteKeyError};

use crate::pkcs11::UriError;

/// Why a key cannot be had. No text holds a part of a key, a passphrase or a PIN.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file of the key, of its passphrase or of its PIN cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file holds nothing that is a key.
    #[error("{} holds no private key: expected PKCS#8, sealed PKCS#8, a key of notes or a pkcs11 URI", path.display())]
    Kind {
        /// Which file.
        path: PathBuf,
    },
    /// What should be a key is none.
    #[error("{} holds no usable private key", path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// The key does not do for TLS, or is not the one of the certificate.
    #[error("{} holds no key for this end of TLS", path.display())]
    Tls {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// What should be a certificate is none, or one of somebody else's authority.
    #[error("{} holds no certificate that can be used here", path.display())]
    Certificate {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: PkiError,
    },
    /// The certificate is somebody else's.
    #[error("{} is the certificate of {found}", path.display())]
    Holder {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        found: String,
    },
    /// What should be a key of notes is none.
    #[error("{} holds no usable key of signed notes", path.display())]
    NoteKey {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: NoteKeyError,
    },
    /// The key is none of those that it should be.
    #[error("the key of {} is none of those that are expected here", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// A sealed key, and no passphrase.
    #[error(
        "{} is sealed: name the file of its passphrase in the environment variable {}",
        path.display(), crate::file::Passphrase::VARIABLE
    )]
    NoPassphrase {
        /// Which file.
        path: PathBuf,
    },
    /// The passphrase does not open the seal, or the file is damaged.
    #[error("{} cannot be opened with this passphrase", path.display())]
    Passphrase {
        /// Which file.
        path: PathBuf,
    },
    /// A passphrase that guards nothing.
    #[error("a passphrase has {} characters at least", crate::file::Passphrase::LENGTH_MIN)]
    WeakPassphrase,
    /// The key cannot be sealed.
    #[error("the key cannot be sealed")]
    Seal,
    /// The URI of a key in a module is malformed.
    #[error("{} holds no URI of a key in a module", path.display())]
    Uri {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: UriError,
    },
    /// The module does not do what is asked.
    #[error("the module {}: {reason}", module.display())]
    Module {
        /// The module's library.
        module: PathBuf,
        /// What went wrong.
        reason: &'static str,
        /// What the module said, if it said anything.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}
