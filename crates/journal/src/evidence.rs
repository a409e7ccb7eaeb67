//! Tells a torn group that was never synced from one that was synced and is damaged now.
//!
//! A group is written only after the sync of the group before it has succeeded. So whatever was
//! written behind a group proves that this group was durable. Nobody outside can forge such a
//! proof in a message: group headers carry the segment's salt, and so do the tags of records.

use crate::error::Error;
use crate::format::{GroupHeader, HEAD_MAGIC, PREFIX, Prefix};
use crate::layout::Segment;
use crate::medium::File;

/// The group about which there is doubt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// Where it begins.
    pub(crate) start: u64,
    /// Its first record.
    pub(crate) first: u64,
    /// Where it ends, if its header is whole and says so.
    pub(crate) end: Option<u64>,
}

/// Where something stands that was written after the doubtful group had been synced.
pub(crate) fn of_later_group<F: File>(
    segment: &Segment<F>,
    doubt: Doubt,
) -> Result<Option<u64>, Error> {
    if let Some(end) = doubt.end {
        // The extent of the group is known: all that is not zero behind it came later.
        return Ok(segment.not_zero(end)?.map(|(first, _)| first));
    }
    let mut bytes = Vec::new();
    segment.read(doubt.start, segment.header.bytes - doubt.start, &mut bytes)?;
    Ok(group_header(segment, &bytes)
        .or_else(|| foreign_record(segment, &bytes, doubt.first))
        .map(|at| doubt.start + at))
}

/// A header of a group: the doubtful one has lost its own.
fn group_header<F: File>(segment: &Segment<F>, bytes: &[u8]) -> Option<u64> {
    let block = segment.header.block as usize;
    let found = bytes.chunks(block).position(|chunk| {
        GroupHeader::decode(chunk).is_some_and(|group| group.salt == segment.header.salt)
    });
    found.map(|index| (index * block) as u64)
}

/// The prefix of a record that belongs to a group with another first record.
fn foreign_record<F: File>(segment: &Segment<F>, bytes: &[u8], first: u64) -> Option<u64> {
    let seed = segment.header.seed();
    (0..bytes.len()).step_by(8).find_map(|at| {
        let rest = bytes.get(at..)?;
        if !rest.get(PREFIX..)?.starts_with(&HEAD_MAGIC) {
            return None;
        }
        Prefix::decode(rest, seed).filter(|prefix| prefix.first != first).map(|_| at as u64)
    })
}
