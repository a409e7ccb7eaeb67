//! The file in the gateway's folder that tells on which address a running gateway listens.
//!
//! It is written once the gateway can be reached, as a whole or not at all, and taken away when the
//! gateway ends in order. After a crash it stays and is wrong until the gateway runs again.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The file, while the gateway runs.
pub(crate) struct AddressFile {
    path: PathBuf,
}

impl AddressFile {
    /// Takes away what a crashed gateway left. Call it only when this one has the folder.
    pub(crate) fn forget(path: &Path) -> Result<(), Error> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::WriteAddress { path: path.to_owned(), source: error })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Tells the address.
    pub(crate) fn write(path: &Path, address: SocketAddr) -> Result<Self, Error> {
        let failed = |source| Error::WriteAddress { path: path.to_owned(), source };
        let draft = path.with_extension("address.draft");
        fs::write(&draft, format!("{address}\n")).map_err(failed)?;
        fs::rename(&draft, path).map_err(failed)?;
        Ok(Self { path: path.to_owned() })
    }

    /// Takes the file away.
    pub(crate) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "cannot remove the address file");
        }
    }
}
