//! The nodes of the Merkle log, kept beside the journal so that proofs need not read it again.
//!
//! One file for each level of the tree holds the hashes of its complete subtrees, 32 bytes each.
//! The files are a cache: they are never synced, and a hub that starts makes them anew from the
//! journal, which alone is the truth.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use trust::Digest;
use trust::merkle::{Frontier, Nodes};

use crate::error::Error;

/// The Merkle tree over all records.
#[derive(Debug)]
pub struct Tree {
    /// Nothing where all nodes stay in memory.
    folder: Option<PathBuf>,
    frontier: Frontier,
    levels: Vec<Level>,
}

/// The complete subtrees of one height, the oldest in a file and the newest in memory.
#[derive(Debug)]
struct Level {
    /// Nothing where all nodes stay in memory.
    file: Option<File>,
    written: u64,
    newest: Vec<Digest>,
}

impl Tree {
    /// How many hashes of a level stay in memory before they are written together.
    const NEWEST_MAX: usize = 4_096;

    /// An empty tree in a folder; what the folder held is removed.
    ///
    /// # Errors
    ///
    /// [`Error::Tree`] when the folder cannot be made.
    pub(crate) fn create(folder: &Path) -> Result<Self, Error> {
        let make = || {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::create_dir_all(folder)
        };
        make().map_err(|source| Error::Tree { folder: folder.to_owned(), source })?;
        let folder = Some(folder.to_owned());
        Ok(Self { folder, frontier: Frontier::default(), levels: Vec::new() })
    }

    /// An empty tree whose nodes all stay in memory: for small logs, and for tests.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { folder: None, frontier: Frontier::default(), levels: Vec::new() }
    }

    /// How many leaves it has.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Its root.
    pub(crate) fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Adds the hash of the next record.
    ///
    /// # Errors
    ///
    /// [`Error::Tree`] when a file cannot be written.
    pub(crate) fn push(&mut self, leaf: Digest) -> Result<(), Error> {
        let Self { folder, frontier, levels } = self;
        let mut failure = None;
        frontier.push(leaf, |height, _index, hash| {
            if let Err(source) = Self::keep(folder.as_deref(), levels, usize::from(height), hash) {
                failure = Some(source);
            }
        });
        match failure {
            None => Ok(()),
            Some(source) => {
                Err(Error::Tree { folder: self.folder.clone().unwrap_or_default(), source })
            }
        }
    }

    fn keep(
        folder: Option<&Path>,
        levels: &mut Vec<Level>,
        height: usize,
        hash: Digest,
    ) -> Result<(), io::Error> {
        if height == levels.len() {
            let open = |folder: &Path| {
                let path = folder.join(format!("level-{height:02}"));
                OpenOptions::new().read(true).write(true).create_new(true).open(path)
            };
            let file = folder.map(open).transpose()?;
            levels.push(Level { file, written: 0, newest: Vec::new() });
        }
        let level = levels.get_mut(height).expect("levels begin one after another");
        level.newest.push(hash);
        if let Some(file) = level.file.as_ref().filter(|_| level.newest.len() >= Self::NEWEST_MAX) {
            let bytes: Vec<u8> = level.newest.iter().flat_map(|hash| hash.0).collect();
            file.write_all_at(&bytes, level.written * 32)?;
            level.written += level.newest.len() as u64;
            level.newest.clear();
        }
        Ok(())
    }
}

impl Nodes for Tree {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        let level = self.levels.get(usize::from(level))?;
        match index.checked_sub(level.written) {
            Some(newest) => level.newest.get(usize::try_from(newest).ok()?).copied(),
            None => {
                let mut hash = [0; 32];
                level.file.as_ref()?.read_exact_at(&mut hash, index * 32).ok()?;
                Some(Digest(hash))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_found_in_memory_and_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut tree = Tree::create(&folder.path().join("tree")).unwrap();
        let leaves: Vec<Digest> =
            (0..Tree::NEWEST_MAX as u64 + 3).map(|n| Digest::of(&n.to_be_bytes())).collect();
        for leaf in &leaves {
            tree.push(*leaf).unwrap();
        }
        for (index, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.node(0, index as u64), Some(*leaf));
        }
        assert_eq!(tree.node(0, leaves.len() as u64), None);
        assert_eq!(tree.root(), trust::merkle::root(&leaves));
        assert_eq!(tree.size(), leaves.len() as u64);
    }
}
