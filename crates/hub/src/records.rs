//! Records that were committed lately, held in memory so that offers need not read the disk.
//!
//! A receiver that keeps up finds its messages here; one that is behind reads them from the
//! journal. Memory is bounded by bytes, not by how slow anybody is.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use journal::{Directory, Medium, Reader, Record};

use crate::error::Error;

/// How many bytes of payloads and metas stay in memory.
const BYTES_MAX: usize = 64 << 20;
/// What a record costs beside its bytes, roughly.
const OVERHEAD: usize = 256;

/// All durable records.
#[derive(Debug)]
pub(crate) struct Records<M: Medium = Directory> {
    reader: Reader<M>,
    newest: RwLock<Newest>,
}

#[derive(Debug, Default)]
struct Newest {
    /// Invariant: consecutive sequences.
    records: VecDeque<Record>,
    bytes: usize,
}

impl<M: Medium> Records<M> {
    /// The records of a journal.
    pub(crate) fn new(reader: Reader<M>) -> Self {
        Self { reader, newest: RwLock::default() }
    }

    /// Takes the records of a group that has become durable.
    pub(crate) fn add(&self, group: impl Iterator<Item = Record>) {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        for record in group {
            newest.bytes += size(&record);
            newest.records.push_back(record);
        }
        while newest.bytes > BYTES_MAX {
            let Some(oldest) = newest.records.pop_front() else { break };
            newest.bytes -= size(&oldest);
        }
    }

    /// The journal below.
    pub(crate) fn reader(&self) -> &Reader<M> {
        &self.reader
    }

    /// A durable record.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read there; it is then damaged, and its error says where.
    pub(crate) fn get(&self, sequence: u64) -> Result<Record, Error> {
        Ok(self.read(sequence)?)
    }

    /// The same, for whoever speaks of the journal alone.
    pub(crate) fn read(&self, sequence: u64) -> Result<Record, journal::Error> {
        let newest = self.newest.read().unwrap_or_else(PoisonError::into_inner);
        let found = newest.records.front().and_then(|first| {
            let index = sequence.checked_sub(first.head.sequence)?;
            newest.records.get(usize::try_from(index).ok()?).cloned()
        });
        drop(newest);
        match found {
            Some(record) => Ok(record),
            None => self.reader.read(sequence),
        }
    }
}

fn size(record: &Record) -> usize {
    record.meta.len() + record.payload.len() + OVERHEAD
}
