//! What the local engine asks of the thing that keeps its bytes.
//!
//! A [`Medium`] is one flat directory of files. [`crate::Directory`] is the real one; a simulated
//! one can stand in, forget what was not synced, tear it, run full or fail. The engine does all its
//! input and output through these two traits and decides everything else itself.

use std::fmt;
use std::io;

/// A directory that holds one journal.
pub trait Medium: Clone + fmt::Debug + Send + Sync + 'static {
    /// An open file of it.
    type File: File;
    /// Holds the directory while it exists.
    type Lock: fmt::Debug + Send;

    /// How people call it, for texts of errors.
    fn place(&self) -> String;

    /// Makes the directory where there is none, durably.
    ///
    /// # Errors
    ///
    /// Of the operating system; so for every method here.
    fn create_place(&self) -> io::Result<()>;

    /// Takes the directory for this process, or says that another has it. Never waits.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn lock(&self, mode: LockMode) -> io::Result<Locked<Self::Lock>>;

    /// The names of all files in it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] where there is no such directory.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes a file of so many bytes, with its space reserved. They read as zeros.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::StorageFull`] or [`io::ErrorKind::QuotaExceeded`] where there is no space;
    /// a file may then be left behind.
    fn create(&self, name: &str, bytes: u64) -> io::Result<Self::File>;

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`] where there is none.
    fn open(&self, name: &str, access: Access) -> io::Result<Self::File>;

    /// Gives a file another name; durable after [`Self::sync`].
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file; durable after [`Self::sync`].
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes the names durable.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn sync(&self) -> io::Result<()>;

    /// A number that outsiders cannot guess.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn salt(&self) -> io::Result<u64>;
}

/// An open file of a [`Medium`]; several threads may read it while one writes elsewhere in it.
pub trait File: fmt::Debug + Send + Sync + 'static {
    /// How many bytes it has.
    ///
    /// # Errors
    ///
    /// Of the operating system; so for every method here.
    fn bytes(&self) -> io::Result<u64>;

    /// Reads exactly as many bytes as `into` has.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::UnexpectedEof`] where the file ends before.
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()>;

    /// Writes all of the bytes; durable after [`Self::sync`].
    ///
    /// # Errors
    ///
    /// Of the operating system; what was written is then unknown.
    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written durable.
    ///
    /// # Errors
    ///
    /// Of the operating system; what is durable is then unknown, and a later success means nothing.
    fn sync(&self) -> io::Result<()>;

    /// Asks that later reads come from the medium itself and not from memory.
    ///
    /// # Errors
    ///
    /// Of the operating system.
    fn forget(&self) -> io::Result<()>;
}

/// Who else may have the directory at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    /// Nobody: to write.
    Exclusive,
    /// Others that only read.
    Shared,
}

/// What came of asking for the lock.
#[derive(Debug)]
pub enum Locked<L> {
    /// It is ours.
    Taken(L),
    /// Another process has it.
    Held {
        /// The process that last opened the journal to write, where that is known.
        writer: Option<u32>,
    },
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only to read.
    Read,
    /// To read and write.
    Write,
}
