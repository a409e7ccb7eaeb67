//! Finds messages in a journal by their names: message id, reference, transaction, the numbers of a
//! terminal or of a lane, and times.
//!
//! An archive is an index of a journal, folded from its records in their order, in *volumes*: each
//! covers as many consecutive records, in a file of its own, and is never written again once the next
//! one has begun. So a message costs the same however many came before, and what nobody may retrieve
//! any more leaves by whole files. `docs/archive.md` says what it costs.
//!
//! It holds no message: an answer is read from the journal by the place of its record, byte for byte.
//! It is derived: whoever deletes the folder loses time, nothing else. It decides nothing about who
//! may ask.

mod error;
pub mod figures;
mod find;
mod fold;
mod volume;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use iso::{Institution, Terminal, Uetr};
use journal::{Medium, Reader, Record};
use trust::{Lane, LogTime, Reference};

pub use error::Error;

use volume::Volume;

/// How an archive is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many records a volume covers.
    pub volume_records: u64,
    /// How much memory the volume that is written takes, in bytes.
    pub cache_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { volume_records: 1 << 20, cache_bytes: 64 << 20 }
    }
}

/// An archive that is being made.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    options: Options,
    volumes: Finder,
    /// The place of the first record that is not folded.
    next: u64,
}

/// Finds messages; clones share the volumes of one archive, which may grow meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    /// Invariant: by rising first record, without a gap.
    volumes: Arc<RwLock<Vec<Arc<Volume>>>>,
}

/// Which messages are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The one that a terminal sent under an input number.
    Id {
        /// The terminal.
        terminal: Terminal,
        /// The number.
        input_number: u64,
    },
    /// Those with a reference.
    Reference(Reference),
    /// Those about a transaction.
    Uetr(Uetr),
    /// Those that a terminal sent, in a range of its input numbers.
    Sent {
        /// The terminal.
        terminal: Terminal,
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
    },
    /// Those that came into a lane of an institution, in a range of its output numbers.
    Received {
        /// The institution.
        institution: Institution,
        /// The lane.
        lane: Lane,
        /// The first number.
        first: u64,
        /// The last number.
        last: u64,
    },
}

/// A question to an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which messages.
    pub by: By,
    /// Only those of this institution, as sender or receiver.
    pub party: Option<Institution>,
    /// Only those recorded at this time or later.
    pub from: LogTime,
    /// Only those recorded before this time.
    pub until: LogTime,
    /// Only those with a record behind this one.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The record of its acceptance, with its exact bytes, or of its refusal.
    pub record: Record,
    /// The lane of its receiver and its number there; nothing for a refused one.
    pub place: Option<(Lane, u64)>,
    /// The records that say what became of it, in order: warnings, its withdrawal, that it was
    /// declined or taken over.
    pub history: Vec<Record>,
}

impl Query {
    /// All of them, up to a limit.
    #[must_use]
    pub fn of(by: By, limit: usize) -> Self {
        let (from, until) = (LogTime(0), LogTime(u64::MAX));
        Self { by, party: None, from, until, after: None, limit }
    }
}

impl Archive {
    /// Opens the archive of a journal in a folder, and makes it when it is missing. One that is not
    /// of this journal, or of another form, is thrown away and begun anew.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read or written, another process has it, or the journal cannot be
    /// read.
    pub fn open<M: Medium>(
        folder: &Path,
        options: Options,
        journal: &Reader<M>,
    ) -> Result<Self, Error> {
        assert!(options.volume_records > 0, "a volume covers at least one record");
        std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
        let volumes = volume::open_all(folder, options.cache_bytes)?;
        let fits = match &volumes {
            Some(volumes) => match volumes.last() {
                Some(last) => last.continues(journal)?,
                None => true,
            },
            None => false,
        };
        let volumes = if fits {
            volumes.unwrap_or_default()
        } else {
            drop(volumes);
            volume::clear(folder)?;
            Vec::new()
        };
        let next = match volumes.last() {
            Some(last) => last.place()?.next,
            None => 0,
        };
        let volumes = Finder { volumes: Arc::new(RwLock::new(volumes)) };
        Ok(Self { folder: folder.to_owned(), options, volumes, next })
    }

    /// The place of the first record that is not folded.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// What finds messages in it, now and later.
    #[must_use]
    pub fn finder(&self) -> Finder {
        self.volumes.clone()
    }

    /// Folds the next records into it, in one transaction for each volume that they touch.
    ///
    /// # Errors
    ///
    /// When a record cannot be read or understood, or the folder cannot be written: then what was
    /// folded before stays, and the archive is opened anew before it goes on.
    ///
    /// # Panics
    ///
    /// On records that do not follow those that were folded before.
    pub fn fold<E>(
        &mut self,
        records: impl IntoIterator<Item = Result<Record, E>>,
    ) -> Result<u64, Error>
    where
        Error: From<E>,
    {
        let mut records = records.into_iter().peekable();
        let before = self.next;
        while records.peek().is_some() {
            let volume = self.current()?;
            let room = volume.first() + self.options.volume_records;
            let mut next = self.next;
            let mut batch = std::iter::from_fn(|| {
                if next >= room {
                    return None;
                }
                let record = records.next()?;
                next += 1;
                Some(record)
            });
            fold::fold(&volume, &mut batch, self.next)?;
            self.next = next;
        }
        self.seal()?;
        Ok(self.next - before)
    }

    /// Gives the memory back of volumes that are written no more. One that somebody reads just now
    /// has its turn the next time.
    fn seal(&self) -> Result<(), Error> {
        let mut volumes = self.volumes.write();
        let sealed = volumes.len().saturating_sub(1);
        for volume in volumes.iter_mut().take(sealed) {
            volume::seal(volume)?;
        }
        Ok(())
    }

    /// Throws the volumes away whose last message was recorded before a time.
    ///
    /// # Errors
    ///
    /// When a file cannot be removed; it is tried again the next time.
    pub fn expire(&mut self, before: LogTime) -> Result<u64, Error> {
        let mut gone = 0;
        loop {
            let oldest = {
                let volumes = self.volumes.all();
                // The one that is written stays, whatever is in it.
                if volumes.len() < 2 {
                    return Ok(gone);
                }
                volumes.first().cloned()
            };
            let Some(oldest) = oldest else { return Ok(gone) };
            if oldest.place()?.last_at >= before {
                return Ok(gone);
            }
            self.volumes.write().remove(0);
            let path = oldest.path().to_owned();
            drop(oldest);
            std::fs::remove_file(&path).map_err(|source| Error::io(&path, source))?;
            gone += 1;
        }
    }

    /// The volume that the next record goes into.
    fn current(&self) -> Result<Arc<Volume>, Error> {
        let last = self.volumes.all().last().cloned();
        if let Some(last) = &last
            && self.next < last.first() + self.options.volume_records
        {
            return Ok(Arc::clone(last));
        }
        let before = last.as_deref();
        let fresh = Volume::create(&self.folder, self.next, self.options.cache_bytes, before)?;
        let fresh = Arc::new(fresh);
        self.volumes.write().push(Arc::clone(&fresh));
        Ok(fresh)
    }
}

impl Finder {
    /// Finds messages, by rising record.
    ///
    /// # Errors
    ///
    /// When a volume or the journal cannot be read.
    pub fn find<M: Medium>(&self, query: &Query, journal: &Reader<M>) -> Result<Vec<Found>, Error> {
        find::find(&self.all(), query, journal)
    }

    /// The place of the first record that cannot be found yet.
    ///
    /// # Errors
    ///
    /// When the last volume cannot be read.
    pub fn next(&self) -> Result<u64, Error> {
        self.all().last().map_or(Ok(0), |last| last.place().map(|place| place.next))
    }

    fn all(&self) -> Vec<Arc<Volume>> {
        self.volumes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Vec<Arc<Volume>>> {
        self.volumes.write().unwrap_or_else(PoisonError::into_inner)
    }
}
