//! The nodes of the Merkle log, kept beside the journal so that proofs need not read it again.
//!
//! One file for each level of the tree holds the hashes of its complete subtrees, 32 bytes each.
//! The files are a cache: they are synced only for a snapshot. A hub that starts goes on from what
//! the snapshot says of them, if the root that they give is the one that it says; otherwise it makes
//! them anew from the journal, which alone is the truth.

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

    /// An empty tree in a folder. What the folder holds stays there until [`Self::resume`] or
    /// [`Self::clear`].
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let folder = Some(folder.to_owned());
        Self { folder, frontier: Frontier::default(), levels: Vec::new() }
    }

    /// Goes on with the nodes in the folder, if they give this root for so many leaves; else the
    /// tree stays empty.
    ///
    /// # Errors
    ///
    /// [`Error::Tree`] when a file cannot be opened or cut.
    pub(crate) fn resume(&mut self, size: u64, root: &Digest) -> Result<bool, Error> {
        let Some(folder) = self.folder.clone() else { return Ok(false) };
        let read = |levels: &mut Vec<Level>| -> io::Result<bool> {
            for height in 0..u64::BITS - size.leading_zeros() {
                let path = folder.join(Self::file_name(levels.len()));
                let file = match OpenOptions::new().read(true).write(true).open(path) {
                    Ok(file) => file,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                    Err(error) => return Err(error),
                };
                let written = size >> height;
                if file.metadata()?.len() < written * 32 {
                    return Ok(false);
                }
                file.set_len(written * 32)?;
                levels.push(Level { file: Some(file), written, newest: Vec::new() });
            }
            Ok(true)
        };
        let whole = read(&mut self.levels);
        let whole = whole.map_err(|source| Error::Tree { folder: folder.clone(), source })?;
        if whole
            && let Ok(frontier) = Frontier::of(self, size)
            && frontier.root() == *root
        {
            self.frontier = frontier;
            return Ok(true);
        }
        self.levels.clear();
        Ok(false)
    }

    /// Makes it empty, its folder too.
    ///
    /// # Errors
    ///
    /// [`Error::Tree`] when the folder cannot be made.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.frontier = Frontier::default();
        self.levels.clear();
        let Some(folder) = &self.folder else { return Ok(()) };
        let make = || {
            if folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::create_dir_all(folder)
        };
        make().map_err(|source| Error::Tree { folder: folder.clone(), source })
    }

    /// Writes what is in memory only, and gives the files that are to be synced.
    ///
    /// # Errors
    ///
    /// [`Error::Tree`] when a file cannot be written.
    pub(crate) fn flush(&mut self) -> Result<Vec<File>, Error> {
        let mut files = Vec::new();
        let mut flush = || -> io::Result<()> {
            for level in &mut self.levels {
                level.write()?;
                if let Some(file) = &level.file {
                    files.push(file.try_clone()?);
                }
            }
            Ok(())
        };
        let folder = self.folder.clone().unwrap_or_default();
        flush().map_err(|source| Error::Tree { folder, source })?;
        Ok(files)
    }

    fn file_name(height: usize) -> String {
        format!("level-{height:02}")
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
                let path = folder.join(Self::file_name(height));
                // What an earlier process put there came after the snapshot.
                OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
            };
            let file = folder.map(open).transpose()?;
            levels.push(Level { file, written: 0, newest: Vec::new() });
        }
        let level = levels.get_mut(height).expect("levels begin one after another");
        level.newest.push(hash);
        if level.newest.len() < Self::NEWEST_MAX {
            return Ok(());
        }
        match level.write() {
            // They stay in memory, and are written when there is room again.
            Err(error) if is_full(&error) => Ok(()),
            written => written,
        }
    }
}

/// Whether there was no room.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl Level {
    /// Writes what is in memory only, if it has a file.
    fn write(&mut self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let bytes: Vec<u8> = self.newest.iter().flat_map(|hash| hash.0).collect();
        file.write_all_at(&bytes, self.written * 32)?;
        self.written += self.newest.len() as u64;
        self.newest.clear();
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
        let mut tree = Tree::in_folder(&folder.path().join("tree"));
        tree.clear().unwrap();
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

    fn leaf(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    #[test]
    fn a_tree_goes_on_from_its_files_if_they_give_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("tree");
        let mut tree = Tree::in_folder(&place);
        tree.clear().unwrap();
        (0..5_000).for_each(|number| tree.push(leaf(number)).unwrap());
        let (size, root) = (tree.size(), tree.root());
        for file in tree.flush().unwrap() {
            file.sync_data().unwrap();
        }
        // What came after the snapshot may be in the files, or not.
        (5_000..9_000).for_each(|number| tree.push(leaf(number)).unwrap());
        let whole = tree.root();
        drop(tree);
        let mut again = Tree::in_folder(&place);
        assert!(again.resume(size, &root).unwrap());
        assert_eq!((again.size(), again.root()), (size, root));
        (5_000..9_000).for_each(|number| again.push(leaf(number)).unwrap());
        assert_eq!(again.root(), whole);
        assert_eq!(again.node(0, 4_999), Some(leaf(4_999)));
        assert_eq!(again.node(3, 2), tree_node(3, 2));
    }

    /// The root of eight leaves from a place on.
    fn tree_node(level: u32, index: u64) -> Option<Digest> {
        let count = 1 << level;
        let leaves: Vec<Digest> = (index * count..(index + 1) * count).map(leaf).collect();
        Some(trust::merkle::root(&leaves))
    }

    #[test]
    fn files_that_give_another_root_are_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("tree");
        let mut tree = Tree::in_folder(&place);
        tree.clear().unwrap();
        (0..100).for_each(|number| tree.push(leaf(number)).unwrap());
        let (size, root) = (tree.size(), tree.root());
        tree.flush().unwrap();
        assert!(!Tree::in_folder(&place).resume(size, &leaf(1)).unwrap());
        assert!(!Tree::in_folder(&place).resume(size + 1, &root).unwrap());
        assert!(Tree::in_folder(&place).resume(size, &root).unwrap());
        fs::remove_file(place.join("level-02")).unwrap();
        assert!(!Tree::in_folder(&place).resume(size, &root).unwrap());
    }
}
