//! The file under the store, and where it lies; watched for the one failure that cannot be undone.
//!
//! A disk that is full refuses a write: nothing was promised, and there may be room later. A sync
//! that fails is another matter: the system may drop what it could not write and report success the
//! next time, so from then on nothing that is read back proves that it is durable. The wrapper
//! remembers that it happened; it does nothing else to what passes through.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::ops::{Bound, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use redb::backends::FileBackend;
use redb::{BackendError, DatabaseError, StorageBackend};
use rustix::fs::{Advice, fadvise};
use rustix::io::{Errno, retry_on_intr};

/// What has gone wrong with a file, for whoever kept a copy of this.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    sync_failed: Arc<AtomicBool>,
    /// Tests let the disk be full with it: what was written before can be written over.
    #[cfg(test)]
    pub(super) full: Arc<AtomicBool>,
    /// How far the file was ever written.
    #[cfg(test)]
    written: Arc<std::sync::atomic::AtomicU64>,
    /// Tests let a sync fail with it.
    #[cfg(test)]
    pub(super) sync_fails: Arc<AtomicBool>,
}

impl Faults {
    /// Whether a sync has ever failed.
    pub(super) fn sync_failed(&self) -> bool {
        self.sync_failed.load(Ordering::Acquire)
    }
}

/// Builds a store in an empty file.
pub type Build<'a> = dyn FnMut(Box<dyn StorageBackend>) -> Result<(), DatabaseError> + Send + 'a;

/// Where the file of a store lies.
pub trait Place: fmt::Debug + Send + Sync + 'static {
    /// How people call it, for texts of errors.
    fn path(&self) -> &Path;

    /// Lets a new store be built where none is. A store is there once it is whole, and not before: of
    /// one that was not finished, for the power went, nothing is left when this is asked again.
    ///
    /// # Errors
    ///
    /// Of the operating system or of whoever builds, or that another process builds it.
    fn make(&self, build: &mut Build<'_>) -> Result<(), DatabaseError>;

    /// Opens the file. It is opened again after the disk was full.
    ///
    /// What is then read is what the medium has: bytes that a process before could not sync may
    /// still be in memory, and a store that builds on them falls with the power.
    ///
    /// # Errors
    ///
    /// Of the operating system, or that another process has it.
    fn open(&self) -> Result<Box<dyn StorageBackend>, DatabaseError>;
}

/// A file of the system.
#[derive(Debug)]
pub(super) struct FilePlace(pub(super) PathBuf);

impl Place for FilePlace {
    fn path(&self) -> &Path {
        &self.0
    }

    fn make(&self, build: &mut Build<'_>) -> Result<(), DatabaseError> {
        let path = &self.0;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or_else(|| Path::new(".")))?;
        match folder.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DatabaseError::DatabaseAlreadyOpen),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if path.exists() {
            return Ok(());
        }
        let unfinished = path.with_extension("unfinished");
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).clone();
        let file = options.open(&unfinished)?;
        build(Box::new(FileBackend::new(file.try_clone()?)?))?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        // The bytes are of use only with their name, and that stands in the folder.
        folder.sync_all()?;
        Ok(())
    }

    fn open(&self) -> Result<Box<dyn StorageBackend>, DatabaseError> {
        let file = OpenOptions::new().read(true).write(true).open(&self.0)?;
        // A killed process leaves bytes in memory that are not durable yet; after a failed sync there
        // may be such that never will be. So: sync, forget, and read what the medium really has.
        file.sync_data()?;
        match retry_on_intr(|| fadvise(&file, 0, None, Advice::DontNeed)) {
            // Advice that a file system does not take is no failure.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {}
            Err(error) => return Err(io::Error::from(error).into()),
        }
        Ok(Box::new(FileBackend::new(file)?))
    }
}

/// A file that remembers whether a sync has failed.
#[derive(Debug)]
pub(super) struct Medium {
    file: Box<dyn StorageBackend>,
    faults: Faults,
    /// What is written, where the file itself is only looked at.
    apart: Option<Mutex<Apart>>,
}

/// In what pieces that which is kept apart is kept, in bytes.
const PIECE: usize = 4_096;

/// A file as it would be, had it been written to.
#[derive(Debug)]
struct Apart {
    bytes: u64,
    /// How much of the file itself counts: as much as was never cut off.
    counts: u64,
    /// By number: those that were written to.
    pieces: BTreeMap<u64, Box<[u8; PIECE]>>,
}

impl Apart {
    fn read(&self, file: &dyn StorageBackend, offset: u64, out: &mut [u8]) -> io::Result<()> {
        // What lies behind the end of the file is zero until it is written.
        out.fill(0);
        let there = self.counts.saturating_sub(offset).min(out.len() as u64);
        if let Some(there) = out.get_mut(..usize::try_from(there).unwrap_or(usize::MAX)) {
            file.read(offset, there)?;
        }
        for (number, within, at) in pieces(offset, out.len()) {
            if let Some(piece) = self.pieces.get(&number)
                && let (Some(to), Some(from)) = (out.get_mut(at), piece.get(within))
            {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn write(&mut self, file: &dyn StorageBackend, offset: u64, data: &[u8]) -> io::Result<()> {
        for (number, within, at) in pieces(offset, data.len()) {
            let mut piece = Box::new([0; PIECE]);
            match self.pieces.remove(&number) {
                Some(before) => piece = before,
                None => self.read(file, number * PIECE as u64, &mut piece[..])?,
            }
            if let (Some(to), Some(from)) = (piece.get_mut(within), data.get(at)) {
                to.copy_from_slice(from);
            }
            self.pieces.insert(number, piece);
        }
        Ok(())
    }

    /// The file is so long; what was cut off is zero when it becomes longer again.
    fn cut(&mut self, bytes: u64) {
        self.bytes = bytes;
        self.counts = self.counts.min(bytes);
        let last = bytes / PIECE as u64;
        drop(self.pieces.split_off(&(last + 1)));
        let within = usize::try_from(bytes % PIECE as u64).unwrap_or_default();
        if let Some(rest) = self.pieces.get_mut(&last).and_then(|it| it.get_mut(within..)) {
            rest.fill(0);
        }
    }
}

/// The pieces that a range touches: number, place within, and place in the range.
fn pieces(offset: u64, length: usize) -> impl Iterator<Item = (u64, Range<usize>, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let place = offset + at as u64;
        let begin = usize::try_from(place % PIECE as u64).unwrap_or_default();
        let count = (PIECE - begin).min(length - at);
        let touched = (place / PIECE as u64, begin..begin + count, at..at + count);
        at += count;
        (count > 0).then_some(touched)
    })
}

impl Medium {
    /// Watches a file.
    pub(super) fn new(file: Box<dyn StorageBackend>, faults: Faults) -> Self {
        Self { file, faults, apart: None }
    }

    /// Looks at a file: whatever is written to it stays in memory.
    pub(super) fn apart(file: Box<dyn StorageBackend>) -> io::Result<Self> {
        let bytes = file.len()?;
        let apart = Apart { bytes, counts: bytes, pieces: BTreeMap::new() };
        Ok(Self { file, faults: Faults::default(), apart: Some(Mutex::new(apart)) })
    }

    /// Whether there is room for bytes up to here.
    #[cfg(test)]
    fn room(&self, end: u64) -> io::Result<()> {
        let written = &self.faults.written;
        if !self.faults.full.load(Ordering::Acquire) {
            written.fetch_max(end, Ordering::AcqRel);
        } else if end > written.load(Ordering::Acquire) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    #[cfg(not(test))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "only tests let it fail")]
    fn room(&self, _end: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        #[cfg(test)]
        if self.faults.sync_fails.load(Ordering::Acquire) {
            return Err(io::Error::other("the disk is broken"));
        }
        self.file.sync_data()
    }
}

impl StorageBackend for Medium {
    fn len(&self) -> io::Result<u64> {
        match &self.apart {
            Some(apart) => Ok(apart.lock().unwrap_or_else(PoisonError::into_inner).bytes),
            None => self.file.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        match &self.apart {
            Some(apart) => {
                apart.lock().unwrap_or_else(PoisonError::into_inner).read(&*self.file, offset, out)
            }
            None => self.file.read(offset, out),
        }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        match &self.apart {
            Some(apart) => {
                apart.lock().unwrap_or_else(PoisonError::into_inner).cut(len);
                Ok(())
            }
            None => self.file.set_len(len),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.apart.is_some() {
            return Ok(());
        }
        self.sync().inspect_err(|_| self.faults.sync_failed.store(true, Ordering::Release))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if let Some(apart) = &self.apart {
            let mut apart = apart.lock().unwrap_or_else(PoisonError::into_inner);
            return apart.write(&*self.file, offset, data);
        }
        self.room(offset + data.len() as u64)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(
        &self,
        start: Bound<u64>,
        end: Bound<u64>,
    ) -> Result<bool, BackendError> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file.query_lock_range(start, end)
    }
}
