//! Where records stand in a segment: sparse, and so bounded by the size of the segment.
//!
//! The first record of every group has an entry, and in a group one record in at least 2 KiB. So
//! between two entries records follow each other without anything in between, and one read finds
//! any of them. The index is a guess until the record that was found there is checked.

use crate::error::Error;
use crate::format::{GROUP_HEADER, GroupHeader, PREFIX, Prefix, RECORD_FIXED};
use crate::layout::Segment;
use crate::medium::File;

/// Records of one group closer than this share an entry. Payments in XML are longer, so one that has
/// left the memory is read alone.
pub(crate) const STEP: u64 = 2048;
/// How much is read at once.
const WINDOW: u64 = 1024 * 1024;

/// The places of a segment's records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// Invariant: both fields increase.
    entries: Vec<Entry>,
    /// Where the last group ends.
    end: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    sequence: u64,
    offset: u64,
}

impl Index {
    /// Notes a record; `starts` where it is the first of its group.
    pub(crate) fn note(&mut self, sequence: u64, offset: u64, starts: bool) {
        let far = self.entries.last().is_none_or(|last| offset >= last.offset + STEP);
        if starts || far {
            self.entries.push(Entry { sequence, offset });
        }
    }

    /// Says where the last group ends.
    pub(crate) fn end_at(&mut self, end: u64) {
        self.end = end;
    }

    /// Forgets the records from this one on.
    pub(crate) fn truncate(&mut self, next: u64, end: u64) {
        let keep = self.entries.partition_point(|entry| entry.sequence < next);
        self.entries.truncate(keep);
        self.end = end;
    }

    /// A sequence with its offset, at or before the wanted one, and an offset behind the wanted one.
    pub(crate) fn span(&self, sequence: u64) -> Option<(u64, u64, u64)> {
        let after = self.entries.partition_point(|entry| entry.sequence <= sequence);
        let entry = self.entries.get(after.checked_sub(1)?)?;
        let end = self.entries.get(after).map_or(self.end, |next| next.offset);
        Some((entry.sequence, entry.offset, end))
    }

    /// Finds the records of a segment by their lengths alone, and goes on behind what is damaged:
    /// reading a record without an entry fails, and all others are still found.
    pub(crate) fn build<F: File>(segment: &Segment<F>) -> Result<Self, Error> {
        let header = &segment.header;
        let mut index = Self { entries: Vec::new(), end: segment.groups_start() };
        let mut buffer = Vec::new();
        let mut at = segment.groups_start();
        while at < header.bytes {
            segment.read(at, GROUP_HEADER as u64, &mut buffer)?;
            let after = index.entries.last().map_or(0, |last| last.sequence + 1);
            let group = GroupHeader::decode(&buffer).filter(|group| {
                let end = at.saturating_add(group.extent(header.block));
                let fits = group.bytes as usize > GROUP_HEADER && end <= header.bytes;
                fits && group.salt == header.salt && group.first >= after
            });
            if let Some(group) = group {
                index.note_group(segment, at, &group)?;
                at += group.extent(header.block);
                index.end = at;
            } else {
                at += u64::from(header.block);
            }
        }
        Ok(index)
    }

    /// Notes the records of one group, up to one whose prefix is damaged.
    fn note_group<F: File>(
        &mut self,
        segment: &Segment<F>,
        at: u64,
        group: &GroupHeader,
    ) -> Result<(), Error> {
        let seed = segment.header.seed();
        let end = at + u64::from(group.bytes);
        let (mut offset, mut sequence) = (at + GROUP_HEADER as u64, group.first);
        let (mut window, mut buffer) = (offset, Vec::new());
        while offset + RECORD_FIXED as u64 <= end {
            let mut prefix = prefix_in(&buffer, window, offset);
            if prefix.is_none() {
                window = offset;
                segment.read(offset, WINDOW.min(end - offset), &mut buffer)?;
                prefix = prefix_in(&buffer, window, offset);
            }
            let Some(prefix) = prefix.and_then(|bytes| Prefix::decode(bytes, seed)) else { break };
            self.note(sequence, offset, sequence == group.first);
            sequence += 1;
            offset += prefix.size();
        }
        Ok(())
    }
}

fn prefix_in(buffer: &[u8], window: u64, offset: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset - window).ok()?;
    buffer.get(start..start.checked_add(PREFIX)?)
}
