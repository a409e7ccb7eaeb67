//! Snapshots: what a fold of the journal had become at one place, so that a restart folds the tail
//! alone.
//!
//! A snapshot is some named sections of bytes, bound to the place of the log where they were taken.
//! It is no source of truth: without any, the journal alone gives the same state. But it is a
//! witness. It is written only of what was durable, so a journal that does not reach its place, or
//! has another record there, was rolled back, and must not be served.
//!
//! This module gives no meaning to sections and decides nothing about when to write.

mod format;

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use trust::{NetworkName, Shard};

use crate::chain::Chain;
use crate::error::{Error, Rollback};
use crate::medium::{Access, File as _, Medium};
use crate::reader::Reader;
use crate::spare::is_full;

pub use format::{SECTION_NAME_MAX, SECTIONS_MAX, Unusable};
pub(crate) use format::{file_name, place_of};

/// The name of a snapshot under way.
const UNDER_WAY: &str = "snapshot.new";
/// How many snapshots are kept: the newest, and one more should it be damaged.
const KEPT: usize = 2;
/// How much is written or read at once, in bytes.
const STEP: usize = 1024 * 1024;

/// The state of some fold at one place of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Where the log stands: the fold has seen all records below `chain.next`, and no other.
    pub chain: Chain,
    /// What the fold keeps, by names.
    pub sections: BTreeMap<String, Bytes>,
}

/// What [`Snapshots::latest`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The newest that is whole and agrees with the journal.
    pub snapshot: Option<Snapshot>,
    /// Newer ones that cannot be used. They do no harm, but somebody should know of them.
    pub skipped: Vec<Skipped>,
}

/// A snapshot that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot {file} is not used: {cause}")]
pub struct Skipped {
    /// Its file.
    pub file: String,
    /// Why.
    pub cause: Unusable,
}

impl Skipped {
    /// The code that never changes its meaning.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "JNL015"
    }
}

/// The snapshots beside a journal.
#[derive(Clone, Debug)]
pub struct Snapshots<M: Medium> {
    medium: M,
    reader: Reader<M>,
}

impl<M: Medium> Reader<M> {
    /// The snapshots in the journal's directory.
    #[must_use]
    pub fn snapshots(&self) -> Snapshots<M> {
        Snapshots { medium: self.medium().clone(), reader: self.clone() }
    }
}

impl<M: Medium> Snapshots<M> {
    /// Writes a snapshot and removes all but the newest two. It is there when this returns, or not
    /// at all; the journal goes on whatever happens here. One at a time may be written.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Io`] where the medium refuses, [`Error::Unknown`] where the
    /// place is not durable yet, [`Error::RolledBack`] where another record stands at it.
    ///
    /// # Panics
    ///
    /// On a snapshot of nothing, and on names or counts of sections outside of their ranges.
    pub fn save(&self, snapshot: &Snapshot) -> Result<String, Error> {
        let chain = &snapshot.chain;
        assert!(chain.next > 0, "a snapshot is of some records");
        let name = file_name(chain.next);
        // Both sides of the same check: what is written here is believed when it is read.
        agree(&self.reader, chain, &name)?;
        let parts = format::parts(snapshot);
        let bytes = parts.iter().map(|part| part.len() as u64).sum();
        self.write(&parts, bytes, &name).map_err(|source| {
            // Half a file would take the space that may be missing.
            let _ = self.medium.remove(UNDER_WAY);
            if is_full(&source) {
                Error::Full { file: name.clone(), bytes, source }
            } else {
                Error::io("write", &name, source)
            }
        })?;
        self.prune().map_err(|error| Error::io("remove an old", "snapshot", error))?;
        Ok(name)
    }

    /// The newest snapshot that is whole and agrees with the journal; damaged ones, and those of a
    /// newer format, are passed over. All records from its place on are still to be folded:
    /// [`Reader::resume`].
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`] where a snapshot proves that the journal once held other or later
    /// records: refuse to serve. [`Error::Foreign`] where one is of another log. [`Error::Damaged`]
    /// where the record before its place is not what was written, [`Error::Io`].
    pub fn latest(&self) -> Result<Latest, Error> {
        let durable = self.reader.next_sequence();
        let mut latest = Latest { snapshot: None, skipped: Vec::new() };
        for next in places(&self.medium)?.into_iter().rev() {
            let file = file_name(next);
            if next > durable {
                // A snapshot gets its name only after it is durable, so the name alone is proof.
                let fault = Rollback::Lost { journal: durable };
                return Err(Error::RolledBack { witness: file, next, fault });
            }
            match load(&self.medium, next)? {
                Ok(snapshot) => {
                    let (network, shard) = self.reader.log();
                    ours(&snapshot, &file, network, shard)?;
                    agree(&self.reader, &snapshot.chain, &file)?;
                    latest.snapshot = Some(snapshot);
                    break;
                }
                Err(cause) => latest.skipped.push(Skipped { file, cause }),
            }
        }
        Ok(latest)
    }

    fn write(&self, parts: &[Bytes], bytes: u64, name: &str) -> io::Result<()> {
        match self.medium.remove(UNDER_WAY) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = self.medium.create(UNDER_WAY, bytes)?;
        let mut at = 0;
        for chunk in parts.iter().flat_map(|part| part.chunks(STEP)) {
            file.write(at, chunk)?;
            at += chunk.len() as u64;
        }
        file.sync()?;
        self.medium.rename(UNDER_WAY, name)?;
        self.medium.sync()
    }

    fn prune(&self) -> io::Result<()> {
        let mut places: Vec<u64> =
            self.medium.list()?.iter().filter_map(|name| place_of(name)).collect();
        places.sort_unstable();
        let surplus = places.len().saturating_sub(KEPT);
        for place in places.into_iter().take(surplus) {
            self.medium.remove(&file_name(place))?;
        }
        if surplus > 0 { self.medium.sync() } else { Ok(()) }
    }
}

/// The places of all snapshots on a medium, in order, by their names alone.
pub(crate) fn places<M: Medium>(medium: &M) -> Result<Vec<u64>, Error> {
    let names = medium.list().map_err(|error| Error::io("list", &medium.place(), error))?;
    let mut places: Vec<u64> = names.iter().filter_map(|name| place_of(name)).collect();
    places.sort_unstable();
    Ok(places)
}

/// Reads the snapshot of a place, or says why it cannot be used.
pub(crate) fn load<M: Medium>(medium: &M, next: u64) -> Result<Result<Snapshot, Unusable>, Error> {
    let name = file_name(next);
    let failed = |error| Error::io("read", &name, error);
    let file = medium.open(&name, Access::Read).map_err(failed)?;
    let length = file.bytes().map_err(failed)?;
    let Ok(length) = usize::try_from(length) else { return Ok(Err(Unusable::Damaged)) };
    let mut bytes = vec![0; length];
    for (number, chunk) in bytes.chunks_mut(STEP).enumerate() {
        match file.read((number * STEP) as u64, chunk) {
            Ok(()) => {}
            // A snapshot on bad sectors is as good as none: the journal has it all.
            Err(error) => return Ok(Err(Unusable::Unreadable { kind: error.kind() })),
        }
    }
    let snapshot = format::decode(&bytes.into());
    Ok(snapshot.and_then(|snapshot| {
        if snapshot.chain.next == next { Ok(snapshot) } else { Err(Unusable::Misplaced) }
    }))
}

/// Refuses a snapshot of another log: somebody has mixed directories up.
fn ours(snapshot: &Snapshot, file: &str, network: NetworkName, shard: Shard) -> Result<(), Error> {
    let chain = &snapshot.chain;
    if chain.network == network && chain.shard == shard {
        return Ok(());
    }
    Err(Error::Foreign {
        file: file.to_owned(),
        network: chain.network,
        shard: chain.shard,
        expected_network: network,
        expected_shard: shard,
    })
}

/// Refuses a journal that has another record before this place than the witness says.
fn agree<M: Medium>(reader: &Reader<M>, chain: &Chain, witness: &str) -> Result<(), Error> {
    let last = reader.read(chain.next.saturating_sub(1))?;
    if Chain::after(&last.head, last.hash) == *chain {
        return Ok(());
    }
    let fault = Rollback::OtherHistory;
    Err(Error::RolledBack { witness: witness.to_owned(), next: chain.next, fault })
}
