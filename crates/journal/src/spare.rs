//! The next segment, made ahead: preallocated, filled with zeros and synced.
//!
//! With it, no commit ever waits for space or finds none: whatever was staged has its place. It is
//! made under another name and gets its final one only when it is complete, so a spare is whole if
//! it is there.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::error::Error;
use crate::medium::{Access, File, Medium};

/// The name of a complete spare.
pub(crate) const NAME: &str = "spare";
/// The name of one that is being made.
pub(crate) const UNDER_WAY: &str = "spare.new";
/// How much is filled at once.
const STEP: u64 = 1024 * 1024;
/// Where zeros begin in memory: a medium that wants it so writes them without a copy.
const MEMORY_ALIGN: usize = 4096;
/// How much at most waits to be synced while nobody waits for the spare: a greater queue would hold
/// up the syncs of records.
const UNSYNCED_MAX: u64 = 4 * STEP;

/// The state of the next segment.
#[derive(Debug)]
pub(crate) enum Spare<M: Medium> {
    /// There is none.
    Absent,
    /// It is there.
    Ready(M::File),
    /// A thread makes it.
    Making(Making<M>),
}

/// A thread that makes a spare.
#[derive(Debug)]
pub(crate) struct Making<M: Medium> {
    wishes: Arc<Wishes>,
    /// Invariant: there until it was joined.
    thread: Option<JoinHandle<io::Result<M::File>>>,
}

/// What the thread is told.
#[derive(Debug, Default)]
struct Wishes {
    /// Nobody needs the spare any more.
    stop: AtomicBool,
    /// Somebody waits for it.
    hurry: AtomicBool,
}

impl<M: Medium> Spare<M> {
    /// Takes over what an earlier process left.
    pub(crate) fn find(medium: &M, names: &[String], bytes: u64) -> io::Result<Self> {
        let has = |name: &str| names.iter().any(|other| other == name);
        if has(UNDER_WAY) {
            medium.remove(UNDER_WAY)?;
        }
        if !has(NAME) {
            return Ok(Self::Absent);
        }
        let file = medium.open(NAME, Access::Write)?;
        if file.bytes()? != bytes {
            medium.remove(NAME)?;
            return Ok(Self::Absent);
        }
        // It may hold the header of a segment that never got its name; the next header is as long,
        // and behind it nothing was ever written.
        Ok(Self::Ready(file))
    }

    /// Begins to make a spare in a thread of its own.
    pub(crate) fn begin(medium: &M, bytes: u64) -> io::Result<Self> {
        let wishes = Arc::new(Wishes::default());
        let (medium, told) = (medium.clone(), Arc::clone(&wishes));
        let thread = thread::Builder::new()
            .name("journal-spare".to_owned())
            .spawn(move || make(&medium, bytes, &told))?;
        Ok(Self::Making(Making { wishes, thread: Some(thread) }))
    }

    /// Makes sure that there is a spare: waits for the one under way, or makes one now.
    pub(crate) fn ensure(&mut self, medium: &M, bytes: u64) -> Result<(), Error> {
        let made = match std::mem::replace(self, Self::Absent) {
            Self::Ready(file) => Ok(file),
            Self::Making(making) => making.join(),
            Self::Absent => make(medium, bytes, &Wishes::default()),
        };
        match made {
            Ok(file) => {
                *self = Self::Ready(file);
                Ok(())
            }
            Err(source) if is_full(&source) => {
                Err(Error::Full { file: NAME.to_owned(), bytes, source })
            }
            Err(source) => Err(Error::io("make", NAME, source)),
        }
    }

    /// Takes the spare away, if it is ready.
    pub(crate) fn take(&mut self) -> Option<M::File> {
        match std::mem::replace(self, Self::Absent) {
            Self::Ready(file) => Some(file),
            other @ (Self::Absent | Self::Making(_)) => {
                *self = other;
                None
            }
        }
    }
}

impl<M: Medium> Making<M> {
    /// Whether the thread has ended, well or not.
    pub(crate) fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    fn join(mut self) -> io::Result<M::File> {
        self.wishes.hurry.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("a thread is joined once");
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread panicked")))
    }
}

impl<M: Medium> Drop for Making<M> {
    /// Waits until the thread has seen that nobody needs its file: the lock of the directory goes
    /// right after, and two processes must not make spares under one name.
    fn drop(&mut self) {
        self.wishes.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether there was no space.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn make<M: Medium>(medium: &M, bytes: u64, wishes: &Wishes) -> io::Result<M::File> {
    let made = fill(medium, bytes, wishes);
    if made.is_err() {
        // Half a file would take the space that may be missing. Opening removes it as well.
        let _ = medium.remove(UNDER_WAY);
    }
    made
}

fn fill<M: Medium>(medium: &M, bytes: u64, wishes: &Wishes) -> io::Result<M::File> {
    match medium.remove(UNDER_WAY) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = medium.create(UNDER_WAY, bytes)?;
    let size = usize::try_from(STEP.min(bytes)).expect("a small number");
    let memory = vec![0; size + MEMORY_ALIGN];
    let zeros = memory.get(memory.as_ptr().align_offset(MEMORY_ALIGN)..).unwrap_or(&memory);
    let mut at = 0;
    while at < bytes {
        if wishes.stop.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "nobody needs it any more"));
        }
        let step = STEP.min(bytes - at);
        let length = usize::try_from(step).expect("a small number");
        file.write(at, zeros.get(..length).unwrap_or(zeros))?;
        at += step;
        if at.is_multiple_of(UNSYNCED_MAX) && !wishes.hurry.load(Ordering::Relaxed) {
            file.sync()?;
        }
    }
    file.sync()?;
    medium.rename(UNDER_WAY, NAME)?;
    medium.sync()?;
    Ok(file)
}
