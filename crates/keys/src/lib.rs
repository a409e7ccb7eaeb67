//! Where private keys are: plain files, sealed files, hardware modules.
//!
//! Hub, gateway and witness name a file for each of their keys. What is in the file says where the
//! key is, so moving a key into a module is a change of one file and of no setting:
//!
//! | the file begins with | the key is |
//! |---|---|
//! | `-----BEGIN ENCRYPTED PRIVATE KEY-----` | in it, sealed with a passphrase (PKCS#8, PBES2) |
//! | `-----BEGIN PRIVATE KEY-----` | in it, plain (PKCS#8): who reads the file can sign |
//! | `PRIVATE+KEY+` | in it, plain, in the form of signed notes |
//! | `pkcs11:` | in a module: the line is a URI of RFC 7512 |
//!
//! This reads files and talks to modules. What a key may sign is not known here. A key of TLS is
//! found in the same way; a plain one may have any form that rustls reads.

mod error;
pub mod expiry;
mod file;
mod pair;
mod pkcs11;
mod seal;
mod tls;

pub use error::KeyFileError;
pub use file::{
    Kind, Passphrase, cosigner, note_signer, opening_key, signing_key, signing_key_with,
};
pub use pair::Pair;
pub use pkcs11::{Label, Listed, Module, Patience, Uri, UriError};
pub use seal::{seal, seal_opening, unseal, unseal_opening};
pub use tls::{TlsIdentity, Wanted};
