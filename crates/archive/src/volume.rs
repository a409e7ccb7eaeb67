//! One volume: the tables of some consecutive records, in a file of its own.
//!
//! ```text
//! messages   first record                               -> lane, first output number, count
//! sent       (terminal 9, first input number)           -> first record, count
//! received   (institution 8, lane, first output number) -> first record, count
//! lanes      (institution 8, lane)                -> last output number, here or before
//! names      (hash, record)                       -> nothing      references and transactions
//! blocks     (first byte of hashes, record)       -> many names   the same, of large batches
//! taken      (institution 8, lane, last number)   -> first number, record of the acknowledgement
//! events     (record of a message, record)        -> nothing      what else became of it
//! rules      (0 or kind of a record, name)        -> kind 2, meta: services, calendars, bypasses
//! undecided  record                               -> institution 8, lane, opens at: here or before
//! place      name                                 -> number
//! ```
//!
//! The first three hold *runs*: consecutive numbers in consecutive records, as the messages of one
//! frame have them, are one row. In `messages` lane 255 says that they were refused, and 254 that one is
//! held and gets its number later; such a one is a row alone.
//!
//! A block holds the names of one batch whose hashes begin with one byte: `hash u64 || record u64`
//! each, big-endian and sorted; its key names the first record of the batch.
//!
//! `taken` and `events` stand in the volume of the record that says so, which may be a later one than
//! that of the message. A message that was held has its lane and number in the volume of the record
//! that gave it them, in `messages` and `received`. One that waits for a decision stands in
//! `undecided` beside, for the decision says neither for whom it is nor when its service opens.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{Medium, Reader};
use redb::{Database, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use trust::{Digest, LogTime};

use crate::error::Error;

/// The first record of a run, and how many it has.
pub(crate) type Run = (u64, u64);

pub(crate) const MESSAGES: TableDefinition<'_, u64, (u8, u64, u64)> =
    TableDefinition::new("messages");
pub(crate) const SENT: TableDefinition<'_, ([u8; 9], u64), Run> = TableDefinition::new("sent");
pub(crate) const RECEIVED: TableDefinition<'_, ([u8; 8], u8, u64), Run> =
    TableDefinition::new("received");
pub(crate) const LANES: TableDefinition<'_, ([u8; 8], u8), u64> = TableDefinition::new("lanes");
pub(crate) const NAMES: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("names");
pub(crate) const BLOCKS: TableDefinition<'_, (u8, u64), &[u8]> = TableDefinition::new("blocks");
pub(crate) const TAKEN: TableDefinition<'_, ([u8; 8], u8, u64), (u64, u64)> =
    TableDefinition::new("taken");
pub(crate) const EVENTS: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("events");
pub(crate) const RULES: TableDefinition<'_, (u16, &str), &[u8]> = TableDefinition::new("rules");
pub(crate) const UNDECIDED: TableDefinition<'_, u64, ([u8; 8], u8, u64)> =
    TableDefinition::new("undecided");
pub(crate) const PLACE: TableDefinition<'_, &str, u64> = TableDefinition::new("place");

/// The names of the numbers of a place.
pub(crate) const FORMAT: &str = "format";
pub(crate) const NEXT: &str = "next";
pub(crate) const FIRST_AT: &str = "first_at";
pub(crate) const LAST_AT: &str = "last_at";
pub(crate) const HASH: &str = "hash";
/// There where numbers and records do not rise together, or have gaps: a message was released, or
/// copies stand between messages.
pub(crate) const SCATTERED: &str = "scattered";

/// The form of the tables; a volume of another one is thrown away.
const FORM: u64 = 3;
/// What the names of files end in.
const SUFFIX: &str = ".volume";
/// How much memory a volume takes that is written no more, in bytes.
const SEALED_CACHE_BYTES: usize = 1 << 20;

/// One volume.
#[derive(Debug)]
pub(crate) struct Volume {
    path: PathBuf,
    first: u64,
    /// Nothing where it could not be opened anew.
    database: Option<Database>,
    /// Whether it has the small memory of one that is written no more.
    is_small: bool,
}

/// How far a volume has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The first record that is not in it.
    pub(crate) next: u64,
    /// The time of its first record.
    pub(crate) first_at: LogTime,
    /// The time of its last record.
    pub(crate) last_at: LogTime,
    /// The beginning of the hash of its last record.
    pub(crate) hash: u64,
}

impl Volume {
    /// Begins a volume behind another one.
    pub(crate) fn create(
        folder: &Path,
        first: u64,
        cache_bytes: usize,
        before: Option<&Self>,
    ) -> Result<Self, Error> {
        let path = folder.join(format!("{first:020}{SUFFIX}"));
        // What a process left that died here has nothing in it.
        let _ = fs::remove_file(&path);
        let database = Database::builder().set_cache_size(cache_bytes).create(&path)?;
        let transaction = database.begin_write()?;
        {
            transaction.open_table(MESSAGES)?;
            transaction.open_table(SENT)?;
            transaction.open_table(RECEIVED)?;
            transaction.open_table(NAMES)?;
            transaction.open_table(BLOCKS)?;
            transaction.open_table(TAKEN)?;
            transaction.open_table(EVENTS)?;
            let mut lanes = transaction.open_table(LANES)?;
            let mut rules = transaction.open_table(RULES)?;
            let mut undecided = transaction.open_table(UNDECIDED)?;
            if let Some(before) = before {
                let read = before.read()?;
                for message in read.open_table(UNDECIDED)?.iter()? {
                    let (record, place) = message?;
                    undecided.insert(record.value(), place.value())?;
                }
                for lane in read.open_table(LANES)?.range::<([u8; 8], u8)>(..)? {
                    let (key, last) = lane?;
                    lanes.insert(key.value(), last.value())?;
                }
                for row in read.open_table(RULES)?.iter()? {
                    let (key, meta) = row?;
                    rules.insert(key.value(), meta.value())?;
                }
            }
            let mut place = transaction.open_table(PLACE)?;
            place.insert(FORMAT, FORM)?;
            place.insert(NEXT, first)?;
        }
        transaction.commit()?;
        Ok(Self { path, first, database: Some(database), is_small: false })
    }

    fn open(path: &Path, first: u64, cache_bytes: usize) -> Result<Option<Self>, Error> {
        let opened = Database::builder().set_cache_size(cache_bytes).open(path);
        let Ok(database) = opened else {
            // In use by another process is an error; anything else is no volume of ours.
            return match opened {
                Err(error @ redb::DatabaseError::DatabaseAlreadyOpen) => Err(error.into()),
                _ => Ok(None),
            };
        };
        let is_small = cache_bytes == SEALED_CACHE_BYTES;
        let volume = Self { path: path.to_owned(), first, database: Some(database), is_small };
        let form = match volume.read()?.open_table(PLACE) {
            Ok(place) => place.get(FORMAT)?.map(|form| form.value()),
            Err(_none) => None,
        };
        Ok((form == Some(FORM)).then_some(volume))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The first record that it covers.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    fn database(&self) -> Result<&Database, Error> {
        let closed = || Error::io(&self.path, io::Error::other("it could not be opened anew"));
        self.database.as_ref().ok_or_else(closed)
    }

    pub(crate) fn read(&self) -> Result<ReadTransaction, Error> {
        Ok(self.database()?.begin_read()?)
    }

    pub(crate) fn write(&self) -> Result<redb::WriteTransaction, Error> {
        Ok(self.database()?.begin_write()?)
    }

    /// How far it has come.
    pub(crate) fn place(&self) -> Result<Place, Error> {
        let read = self.read()?;
        let place = read.open_table(PLACE)?;
        let number = |name| -> Result<Option<u64>, Error> {
            Ok(place.get(name)?.map(|number| number.value()))
        };
        Ok(Place {
            next: number(NEXT)?.unwrap_or(self.first),
            first_at: LogTime(number(FIRST_AT)?.unwrap_or(0)),
            last_at: LogTime(number(LAST_AT)?.unwrap_or(0)),
            hash: number(HASH)?.unwrap_or(0),
        })
    }

    /// Whether the journal has the record that this volume ends with.
    pub(crate) fn continues<M: Medium>(&self, journal: &Reader<M>) -> Result<bool, Error> {
        let place = self.place()?;
        if place.next > journal.next_sequence() {
            return Ok(false);
        }
        if place.next == self.first {
            return Ok(true);
        }
        Ok(beginning(&journal.read(place.next - 1)?.hash) == place.hash)
    }
}

/// Opens a volume anew with little memory, unless somebody reads it just now.
pub(crate) fn seal(volume: &mut Arc<Volume>) -> Result<(), Error> {
    let Some(volume) = Arc::get_mut(volume).filter(|it| !it.is_small) else { return Ok(()) };
    drop(volume.database.take());
    let opened = Database::builder().set_cache_size(SEALED_CACHE_BYTES).open(&volume.path)?;
    volume.database = Some(opened);
    volume.is_small = true;
    Ok(())
}

/// The beginning of a hash, as a number.
pub(crate) fn beginning(hash: &Digest) -> u64 {
    hash.0.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

/// All volumes of a folder by rising first record; nothing where they do not follow each other.
pub(crate) fn open_all(
    folder: &Path,
    cache_bytes: usize,
) -> Result<Option<Vec<Arc<Volume>>>, Error> {
    let files = files(folder)?;
    let mut volumes: Vec<Arc<Volume>> = Vec::with_capacity(files.len());
    let last = files.len().saturating_sub(1);
    for (number, (first, path)) in files.iter().enumerate() {
        let cache = if number == last { cache_bytes } else { SEALED_CACHE_BYTES };
        let Some(volume) = Volume::open(path, *first, cache)? else { return Ok(None) };
        let follows = match volumes.last() {
            Some(before) => before.place()?.next == *first,
            None => true,
        };
        if !follows {
            return Ok(None);
        }
        volumes.push(Arc::new(volume));
    }
    Ok(Some(volumes))
}

/// Throws all volumes of a folder away.
pub(crate) fn clear(folder: &Path) -> Result<(), Error> {
    for (_, path) in files(folder)? {
        fs::remove_file(&path).map_err(|source| Error::io(&path, source))?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<(u64, PathBuf)>, Error> {
    let failed = |source| Error::io(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let first = name.and_then(|name| name.strip_suffix(SUFFIX)?.parse().ok());
        found.extend(first.map(|first| (first, path.clone())));
    }
    found.sort_unstable();
    Ok(found)
}
