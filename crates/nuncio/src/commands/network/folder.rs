//! Folders that are filled file by file; secret files are readable by their owner only.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::exit::{self, Failure};

/// A folder that this program has made.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes a folder, or takes one that is empty.
    pub(crate) fn create_empty(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        let mut list =
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        if list.next().is_some() {
            return Err(Failure::said(
                exit::CONFLICT,
                format!("{} is not empty; this needs a folder of its own", path.display()),
            ));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Makes a folder within.
    pub(crate) fn folder(&self, name: &str) -> Result<Self, Failure> {
        let path = self.path.join(name);
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self { path })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file that everybody may read.
    pub(crate) fn public(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.write(name, text, 0o644)
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn secret(&self, name: &str, text: &str) -> Result<(), Failure> {
        self.write(name, text, 0o600)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> Result<(), Failure> {
        let path = self.path.join(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(())
    }
}
