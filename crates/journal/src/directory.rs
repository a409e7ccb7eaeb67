//! The real medium: a directory of the file system.
//!
//! Whole blocks are written past the page cache (`O_DIRECT`) where the file system allows it: a
//! journal is read again only by those who are behind, and pages that nobody reads cost more than
//! the rest of an append. Whatever is not of whole blocks goes through the cache; the two never meet
//! in one block, since groups and headers have blocks of their own.

use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Advice, FallocateFlags, OFlags, fadvise, fallocate};
use rustix::io::{Errno, retry_on_intr};

use crate::layout::segment_first;
use crate::medium::{Access, File, LockMode, Locked, Medium};
use crate::packed::{self, Packed};

/// A directory of the file system that holds one journal.
///
/// Segments that are not in it are read from the folder `archive` in it, if there is one; see
/// [`crate::archive`]. Nothing is written there but by that.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
}

/// An open file of a [`Directory`].
#[derive(Debug)]
pub struct DirectoryFile {
    form: Form,
}

/// How the bytes of a file lie on the disk.
#[derive(Debug)]
enum Form {
    /// As they are.
    Plain {
        file: fs::File,
        /// The same file past the page cache, where that is possible and something is written.
        direct: Option<Direct>,
    },
    /// As [`crate::archive`] may leave a segment; it is only read.
    Packed(Packed),
}

/// A file that is written in whole blocks, past the page cache.
#[derive(Debug)]
struct Direct {
    file: fs::File,
    /// Memory that begins at a multiple of a block somewhere in it: devices read from there.
    aligned: Mutex<Vec<u8>>,
}

impl Direct {
    /// What offsets, lengths and memory have to be multiples of: no device asks for more.
    const BLOCK: usize = 4096;

    /// Nothing where the file system does not know of it.
    fn open(path: &Path) -> Option<Self> {
        let flags = i32::try_from(OFlags::DIRECT.bits()).ok()?;
        let file = fs::OpenOptions::new().write(true).custom_flags(flags).open(path).ok()?;
        Some(Self { file, aligned: Mutex::default() })
    }

    /// Whether such a piece can be written so.
    fn takes(at: u64, bytes: &[u8]) -> bool {
        at.is_multiple_of(Self::BLOCK as u64) && bytes.len().is_multiple_of(Self::BLOCK)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        if bytes.as_ptr().align_offset(Self::BLOCK) == 0 {
            return self.file.write_all_at(bytes, at);
        }
        let mut memory = self.aligned.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.len() < bytes.len() + Self::BLOCK {
            memory.resize(bytes.len() + Self::BLOCK, 0);
        }
        let begin = memory.as_ptr().align_offset(Self::BLOCK);
        let piece = memory.get_mut(begin..begin.saturating_add(bytes.len()));
        let piece = piece.ok_or_else(|| io::Error::other("no memory is aligned"))?;
        piece.copy_from_slice(bytes);
        self.file.write_all_at(piece, at)
    }
}

/// Holds a [`Directory`]; the lock goes when this goes, also when the process is killed.
#[derive(Debug)]
pub struct DirectoryLock {
    /// Nothing where a directory without a lock file is only read, such as a copy.
    file: Option<fs::File>,
}

impl Drop for DirectoryLock {
    /// Closing the file would do, were it not for a child process that is being started by another
    /// thread: until it runs its program it has a copy of the file, and so the lock.
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
    }
}

impl Directory {
    const LOCK: &str = "LOCK";
    const ARCHIVE: &str = "archive";

    /// The directory at a path; nothing is touched yet.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The archive of this directory.
    pub(crate) fn archive(&self) -> Self {
        Self { path: self.path.join(Self::ARCHIVE) }
    }

    /// Whether a file is in the directory itself.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.file(name).exists()
    }

    /// Where a file is to be read: in the archive if it is there and not here.
    fn place_of(&self, name: &str) -> PathBuf {
        let here = self.file(name);
        if segment_first(name).is_none() || here.exists() {
            return here;
        }
        let archive = self.archive();
        let places = [archive.file(name), archive.file(&format!("{name}{}", packed::SUFFIX))];
        places.into_iter().find(|place| place.exists()).unwrap_or(here)
    }

    /// Opens a file of this directory itself that may be packed.
    pub(crate) fn open_packed(&self, name: &str) -> io::Result<DirectoryFile> {
        let packed = Packed::open(fs::File::open(self.file(name))?)?;
        Ok(DirectoryFile { form: Form::Packed(packed) })
    }

    /// Writes a segment packed into a new file, durably; gives how many bytes that took.
    pub(crate) fn pack(&self, segment: &impl File, bytes: u64, name: &str) -> io::Result<u64> {
        let file = fs::File::create_new(self.file(name))?;
        let packed = packed::pack(segment, bytes, &file)?;
        file.sync_all()?;
        Ok(packed)
    }
}

impl Medium for Directory {
    type File = DirectoryFile;
    type Lock = DirectoryLock;

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn create_place(&self) -> io::Result<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.path)?;
        // The new name stands in the directory above: sync that too.
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
    }

    fn lock(&self, mode: LockMode) -> io::Result<Locked<DirectoryLock>> {
        let path = self.file(Self::LOCK);
        let opened = match mode {
            LockMode::Exclusive => fs::OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path),
            LockMode::Shared => fs::File::open(path),
        };
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if mode == LockMode::Shared && error.kind() == io::ErrorKind::NotFound => {
                return Ok(Locked::Taken(DirectoryLock { file: None }));
            }
            Err(error) => return Err(error),
        };
        let tried = match mode {
            LockMode::Exclusive => file.try_lock(),
            LockMode::Shared => file.try_lock_shared(),
        };
        match tried {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text)?;
                return Ok(Locked::Held { writer: text.trim().parse().ok() });
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        if mode == LockMode::Exclusive {
            // Only a help for people: who has the lock is known to the kernel, not to this text. So
            // a full disk is no reason to stop here.
            let _ = file
                .set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| writeln!(file, "{}", std::process::id()));
        }
        Ok(Locked::Taken(DirectoryLock { file: Some(file) }))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut archived = false;
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            if name == Self::ARCHIVE {
                archived = true;
            } else if name != Self::LOCK {
                names.push(name.to_string_lossy().into_owned());
            }
        }
        if archived {
            let more =
                self.archive().list()?.into_iter().map(|name| {
                    name.strip_suffix(packed::SUFFIX).map(str::to_owned).unwrap_or(name)
                });
            names.extend(more.filter(|name| segment_first(name).is_some()));
        }
        names.sort_unstable();
        // A segment that is being archived is at both places for a while.
        names.dedup();
        Ok(names)
    }

    fn create(&self, name: &str, bytes: u64) -> io::Result<DirectoryFile> {
        let file =
            fs::OpenOptions::new().read(true).write(true).create_new(true).open(self.file(name))?;
        match retry_on_intr(|| fallocate(&file, FallocateFlags::empty(), 0, bytes)) {
            Ok(()) => {}
            // Some file systems cannot reserve. The caller fills the file with zeros and syncs it,
            // which reserves as well, only later.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => file.set_len(bytes)?,
            Err(error) => return Err(error.into()),
        }
        let direct = Direct::open(&self.file(name));
        Ok(DirectoryFile { form: Form::Plain { file, direct } })
    }

    fn open(&self, name: &str, access: Access) -> io::Result<DirectoryFile> {
        let write = access == Access::Write;
        let path = self.place_of(name);
        let file = fs::OpenOptions::new().read(true).write(write).open(&path)?;
        if segment_first(name).is_some() && !path.ends_with(name) {
            return Ok(DirectoryFile { form: Form::Packed(Packed::open(file)?) });
        }
        let direct = if write { Direct::open(&path) } else { None };
        Ok(DirectoryFile { form: Form::Plain { file, direct } })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.place_of(from), self.file(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.file(name))
    }

    fn sync(&self) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()
    }

    fn salt(&self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }
}

impl DirectoryFile {
    fn file(&self) -> &fs::File {
        match &self.form {
            Form::Plain { file, .. } => file,
            Form::Packed(packed) => packed.file(),
        }
    }
}

impl File for DirectoryFile {
    fn bytes(&self) -> io::Result<u64> {
        match &self.form {
            Form::Plain { file, .. } => file.metadata().map(|metadata| metadata.len()),
            Form::Packed(packed) => Ok(packed.bytes()),
        }
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        match &self.form {
            Form::Plain { file, .. } => file.read_exact_at(into, at),
            Form::Packed(packed) => packed.read(at, into),
        }
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        match &self.form {
            Form::Plain { file, direct: Some(direct) } if Direct::takes(at, bytes) => {
                match direct.write(at, bytes) {
                    // Some file systems let a file be opened so, and then do not write it so.
                    Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                        file.write_all_at(bytes, at)
                    }
                    written => written,
                }
            }
            Form::Plain { file, direct: _ } => file.write_all_at(bytes, at),
            Form::Packed(_) => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.file().sync_data()
    }

    fn forget(&self) -> io::Result<()> {
        match retry_on_intr(|| fadvise(self.file(), 0, None, Advice::DontNeed)) {
            // Advice that a file system does not take is no failure.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
