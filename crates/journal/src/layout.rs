//! The files of a journal: their names, and the order in which segments follow each other.

use std::io;

use crate::error::{Damage, Error, Fault};
use crate::format::{HeaderFault, SEGMENT_HEADER, SegmentHeader, is_zero};
use crate::medium::{Access, File, Medium};

const SUFFIX: &str = ".segment";
const DIGITS: usize = 20;

/// The name of the segment that begins with a record.
pub(crate) fn segment_name(first: u64) -> String {
    format!("{first:0DIGITS$}{SUFFIX}")
}

/// The first record of the segment with this name; nothing where it is no name of a segment.
pub(crate) fn segment_first(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SUFFIX)?;
    let plain = digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment<F> {
    pub(crate) name: String,
    pub(crate) file: F,
    pub(crate) header: SegmentHeader,
}

impl<F: File> Segment<F> {
    /// Opens a segment and reads its header.
    pub(crate) fn open<M: Medium<File = F>>(
        medium: &M,
        first: u64,
        access: Access,
    ) -> Result<Self, Error> {
        let name = segment_name(first);
        let file = medium.open(&name, access).map_err(|error| Error::io("open", &name, error))?;
        let mut bytes = [0; SEGMENT_HEADER];
        let damaged = |fault| damaged(&name, 0, first, fault);
        match file.read(0, &mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(damaged(Fault::SegmentHeader));
            }
            Err(error) => return Err(Error::io("read", &name, error)),
        }
        let header = match SegmentHeader::decode(&bytes) {
            Ok(header) => header,
            Err(HeaderFault::Damaged) => return Err(damaged(Fault::SegmentHeader)),
            Err(HeaderFault::Version(version)) => {
                return Err(Error::Version { file: name, version });
            }
        };
        if header.start.next != first {
            return Err(damaged(Fault::SegmentOrder { expected: first }));
        }
        let found = file.bytes().map_err(|error| Error::io("read the size of", &name, error))?;
        if found != header.bytes {
            return Err(damaged(Fault::Size { expected: header.bytes, found }));
        }
        Ok(Self { name, file, header })
    }

    /// Where groups begin.
    pub(crate) fn groups_start(&self) -> u64 {
        u64::from(self.header.block)
    }

    /// The first offset from `from` on at which not only zeros follow, to within 64 bytes, and the
    /// end of the last run of bytes that are not; nothing where all is zero up to the end.
    pub(crate) fn not_zero(&self, from: u64) -> Result<Option<(u64, u64)>, Error> {
        const STEP: u64 = 64 * 1024;
        let mut found: Option<(u64, u64)> = None;
        let mut at = from;
        let mut buffer = Vec::new();
        while at < self.header.bytes {
            let length = STEP.min(self.header.bytes - at);
            self.read(at, length, &mut buffer)?;
            for (index, chunk) in buffer.chunks(64).enumerate() {
                if !is_zero(chunk) {
                    let place = at + 64 * index as u64;
                    let first = found.map_or(place, |(first, _)| first);
                    found = Some((first, place + chunk.len() as u64));
                }
            }
            at += length;
        }
        Ok(found)
    }

    /// Reads bytes into a buffer, which has exactly those afterwards.
    pub(crate) fn read(&self, at: u64, length: u64, into: &mut Vec<u8>) -> Result<(), Error> {
        into.clear();
        into.resize(usize::try_from(length).expect("segments are below 4 GiB"), 0);
        self.file.read(at, into).map_err(|error| Error::io("read", &self.name, error))
    }
}

/// A damage as an error.
pub(crate) fn damaged(file: &str, offset: u64, sequence: u64, fault: Fault) -> Error {
    Error::Damaged(Damage { file: file.to_owned(), offset, sequence, fault })
}

/// The first sequences of all segments in a listing, in order.
pub(crate) fn segments(names: &[String]) -> Vec<u64> {
    let mut firsts: Vec<u64> = names.iter().filter_map(|name| segment_first(name)).collect();
    firsts.sort_unstable();
    firsts
}

/// Opens all segments once to see that each is whole by its header and names the one before it.
/// Gives the last one, open to write.
pub(crate) fn check_order<M: Medium>(
    medium: &M,
    firsts: &[u64],
) -> Result<Option<Segment<M::File>>, Error> {
    let mut last: Option<Segment<M::File>> = None;
    for (number, first) in firsts.iter().enumerate() {
        let written = number + 1 == firsts.len();
        let access = if written { Access::Write } else { Access::Read };
        let segment = Segment::open(medium, *first, access)?;
        let expected = last.as_ref().map_or(0, |last| last.header.start.next);
        if segment.header.before != expected || (last.is_none() && *first != 0) {
            let fault = Fault::SegmentOrder { expected: segment.header.before };
            return Err(damaged(&segment.name, 0, *first, fault));
        }
        if let Some(last) = &last {
            let start = &last.header.start;
            let same = &segment.header.start;
            if same.network != start.network || same.shard != start.shard {
                return Err(Error::Foreign {
                    file: segment.name,
                    network: same.network,
                    shard: same.shard,
                    expected_network: start.network,
                    expected_shard: start.shard,
                });
            }
        }
        last = Some(segment);
    }
    Ok(last)
}
