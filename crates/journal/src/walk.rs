//! Walks through a segment record by record and checks all that can be checked on the way.
//!
//! It says where it cannot go on and why; what that means, a torn tail or damage, is for
//! [`crate::recovery`] to judge.

use std::sync::Arc;

use bytes::Bytes;
use trust::RecordHead;

use crate::chain::Chain;
use crate::error::{Error, Fault};
use crate::format::{GROUP_HEADER, GroupHeader, PREFIX, Prefix, RECORD_FIXED, head_hash, is_zero};
use crate::layout::{Segment, damaged};
use crate::medium::File;
use crate::reader::Record;

/// How much is read at once.
const WINDOW: u64 = 1024 * 1024;

/// Why a walk ended before its end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The bytes at this offset are not what a journal writes.
    Fault { offset: u64, fault: Fault },
    /// They cannot be read.
    Read(Error),
}

/// A record where it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) record: Record,
    pub(crate) offset: u64,
}

/// A walk through one segment.
#[derive(Debug)]
pub(crate) struct Walk<F> {
    segment: Arc<Segment<F>>,
    window: Window,
    seed: u32,
    /// Where the next thing stands.
    offset: u64,
    group: Option<Group>,
    chain: Chain,
    /// Where the log stands after the last group that is whole, and where the next group begins.
    complete: (u64, Chain),
}

/// The group that the walk is in.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: u64,
    /// Where its last record ends.
    records_end: u64,
    /// Where the next group begins.
    end: u64,
    first: u64,
    records: u32,
    /// How many of them have been read.
    read: u32,
}

impl<F: File> Walk<F> {
    /// A walk from the first record of a segment.
    pub(crate) fn new(segment: Arc<Segment<F>>) -> Self {
        let offset = segment.groups_start();
        let chain = segment.header.start.clone();
        let seed = segment.header.seed();
        Self {
            window: Window { bytes: Bytes::new(), at: 0 },
            seed,
            offset,
            group: None,
            complete: (offset, chain.clone()),
            chain,
            segment,
        }
    }

    /// The segment.
    pub(crate) fn segment(&self) -> &Arc<Segment<F>> {
        &self.segment
    }

    /// Where the next thing would stand.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Where the log stands after the last record.
    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Where the group after the last whole one begins, and where the log stands there.
    pub(crate) fn complete(&self) -> (u64, &Chain) {
        (self.complete.0, &self.complete.1)
    }

    /// Whether the last record was the first of its group.
    pub(crate) fn at_group_start(&self) -> bool {
        self.group.is_some_and(|group| group.read == 1)
    }

    /// The end of the group that the walk is in, as its header says.
    pub(crate) fn group_end(&self) -> Option<u64> {
        self.group.map(|group| group.end)
    }

    /// A halt as an error, for those who only walk over what was durable.
    pub(crate) fn error(&self, halt: Halt) -> Error {
        match halt {
            Halt::Fault { offset, fault } => {
                damaged(&self.segment.name, offset, self.chain.next, fault)
            }
            Halt::Read(error) => error,
        }
    }

    /// The next record; nothing where zeros follow instead of a group, or the segment ends.
    pub(crate) fn step(&mut self) -> Result<Option<Found>, Halt> {
        if let Some(group) = self.group
            && group.read == group.records
        {
            self.leave(group)?;
        }
        if self.group.is_none() && !self.enter()? {
            return Ok(None);
        }
        self.record().map(Some)
    }

    /// Reads the header of the next group; false where there is none.
    fn enter(&mut self) -> Result<bool, Halt> {
        let header = &self.segment.header;
        if self.offset >= header.bytes {
            return Ok(false);
        }
        let (block, salt, size) = (header.block, header.salt, header.bytes);
        let bytes = self.window.bytes(&self.segment, self.offset, GROUP_HEADER as u64)?;
        if is_zero(&bytes) {
            return Ok(false);
        }
        let fault = |fault| Halt::Fault { offset: self.offset, fault };
        let header = GroupHeader::decode(&bytes).ok_or_else(|| fault(Fault::GroupHeader))?;
        let fits = self.offset.checked_add(header.extent(block)).is_some_and(|end| end <= size);
        let fits = fits && header.bytes as usize > GROUP_HEADER && header.records > 0;
        if header.salt != salt || !fits {
            return Err(fault(Fault::GroupHeader));
        }
        if header.first != self.chain.next || header.previous != self.chain.previous {
            return Err(fault(Fault::GroupHeader));
        }
        self.group = Some(Group {
            start: self.offset,
            records_end: self.offset + u64::from(header.bytes),
            end: self.offset + header.extent(block),
            first: header.first,
            records: header.records,
            read: 0,
        });
        self.offset += GROUP_HEADER as u64;
        Ok(true)
    }

    /// Reads the record at the offset.
    fn record(&mut self) -> Result<Found, Halt> {
        let offset = self.offset;
        let fault = |fault| Halt::Fault { offset, fault };
        let group = self.group.as_mut().expect("a record is only read inside a group");
        let left = group.records_end - offset;
        if left < RECORD_FIXED as u64 {
            return Err(fault(Fault::Length));
        }
        let bytes = self.window.bytes(&self.segment, offset, PREFIX as u64)?;
        let prefix = Prefix::decode(&bytes, self.seed).ok_or_else(|| fault(Fault::Prefix))?;
        let size = prefix.size();
        if size > left || prefix.first != group.first {
            return Err(fault(Fault::Length));
        }
        let bytes = self.window.bytes(&self.segment, offset, size)?;
        if !prefix.holds(&bytes, self.seed) {
            return Err(fault(Fault::Checksum));
        }
        let record = record_of(&prefix, &bytes).map_err(fault)?;
        self.chain.admit(&record.head, record.hash).map_err(|cause| fault(Fault::Chain(cause)))?;
        group.read += 1;
        self.offset += size;
        Ok(Found { record, offset })
    }

    /// Ends a group whose records have all been read.
    fn leave(&mut self, group: Group) -> Result<(), Halt> {
        if self.offset != group.records_end {
            return Err(Halt::Fault { offset: group.start, fault: Fault::GroupHeader });
        }
        let padding = group.end - group.records_end;
        let bytes = self.window.bytes(&self.segment, group.records_end, padding)?;
        if !is_zero(&bytes) {
            return Err(Halt::Fault { offset: group.records_end, fault: Fault::Slack });
        }
        self.offset = group.end;
        self.group = None;
        self.complete = (group.end, self.chain.clone());
        Ok(())
    }
}

/// Takes a record whose checksum is right out of its bytes, without copying meta and payload.
pub(crate) fn record_of(prefix: &Prefix, bytes: &Bytes) -> Result<Record, Fault> {
    let head = bytes.get(PREFIX..RECORD_FIXED).ok_or(Fault::Length)?;
    let hash = head_hash(head);
    let head = RecordHead::decode(head).map_err(Fault::Head)?;
    let (meta_end, end) = prefix.body().ok_or(Fault::Length)?;
    if bytes.len() < end {
        return Err(Fault::Length);
    }
    let meta = bytes.slice(RECORD_FIXED..meta_end);
    let payload = bytes.slice(meta_end..end);
    Ok(Record { head, hash, meta, payload })
}

/// The part of a segment that was read last.
#[derive(Debug)]
struct Window {
    bytes: Bytes,
    at: u64,
}

impl Window {
    /// Some bytes of the segment; the caller has checked that it is long enough.
    fn bytes<F: File>(
        &mut self,
        segment: &Segment<F>,
        at: u64,
        length: u64,
    ) -> Result<Bytes, Halt> {
        if let Some(bytes) = self.within(at, length) {
            return Ok(bytes);
        }
        let wanted = length.max(WINDOW).min(segment.header.bytes - at);
        let mut buffer = Vec::new();
        segment.read(at, wanted, &mut buffer).map_err(Halt::Read)?;
        self.bytes = buffer.into();
        self.at = at;
        Ok(self.within(at, length).expect("the walk stays inside the segment"))
    }

    fn within(&self, at: u64, length: u64) -> Option<Bytes> {
        let start = usize::try_from(at.checked_sub(self.at)?).ok()?;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        (end <= self.bytes.len()).then(|| self.bytes.slice(start..end))
    }
}
