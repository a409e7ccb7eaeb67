//! Copies the durable part of a journal, also while a hub writes it, and goes on where the last copy
//! ended.
//!
//! The copy is a journal of its own: it can be verified, opened, or be the source of a copy, which
//! is how it is restored. It takes no lock of the source. What it takes is what the mark says to be
//! durable, and each record is checked on the way; so it never has half a group, and never a record
//! that the source could still lose. Sealed segments that the copy has already are read and checked,
//! not written again.
//!
//! Snapshots are not copied: they can be made again from the records.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::chain::Chain;
use crate::directory::Directory;
use crate::error::{Error, Fault, Rollback};
use crate::format::is_zero;
use crate::layout::{self, Segment, damaged, segment_name};
use crate::local::lock;
use crate::mark::{self, Mark, MarkFile};
use crate::medium::{Access, File, LockMode, Medium};
use crate::spare::is_full;
use crate::verify::body;
use crate::walk::Walk;

/// The name of a segment of the copy under way.
const UNDER_WAY: &str = "copy.new";
/// How much is read or written at once, in bytes.
const STEP: u64 = 1024 * 1024;

/// What a copy has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where the copied log stands: all records below `chain.next` are in the copy.
    pub chain: Chain,
    /// How many segments it has.
    pub segments: u64,
    /// How many of them were written now.
    pub written: u64,
    /// How many bytes those have.
    pub bytes: u64,
}

/// Copies the journal in one directory to another, which is new, empty, or an earlier copy of it.
///
/// # Errors
///
/// As [`copy_on`].
pub fn copy(source: &Path, target: &Path) -> Result<Copied, Error> {
    copy_on(&Directory::new(source), &Directory::new(target))
}

/// As [`copy`], on any medium.
///
/// # Errors
///
/// [`Error::Missing`] or [`Error::Empty`] where the source holds no journal, [`Error::Unmarked`]
/// where nothing says how far it is durable, [`Error::Damaged`] where what was durable in it is not what it was, [`Error::RolledBack`] where
/// an earlier copy has records that the source has not, or others, [`Error::Foreign`] where it is of
/// another log, [`Error::NotEmpty`] where the
/// target is something else, [`Error::InUse`] where somebody uses it, [`Error::Full`],
/// [`Error::Io`]. What the target had is then still there.
pub fn copy_on<M: Medium>(source: &M, target: &M) -> Result<Copied, Error> {
    let (mark, firsts) = durable(source)?;
    let earlier = prepare(target)?;
    let _lock = lock(target, LockMode::Exclusive)?;
    if let Some(earlier) =
        earlier.filter(|earlier| (earlier.network, earlier.shard) != (mark.network, mark.shard))
    {
        return Err(Error::Foreign {
            file: format!("the copy in {}", target.place()),
            network: earlier.network,
            shard: earlier.shard,
            expected_network: mark.network,
            expected_shard: mark.shard,
        });
    }
    if let Some(earlier) = earlier.filter(|earlier| earlier.next > mark.next) {
        return Err(rolled_back(target, earlier.next, Rollback::Lost { journal: mark.next }));
    }
    let mut copy = Copy {
        source,
        target,
        mark,
        earlier,
        chain: Chain::new(mark.network, mark.shard),
        before: 0,
        written: 0,
        bytes: 0,
    };
    for (number, first) in firsts.iter().enumerate() {
        copy.segment(*first, firsts.get(number + 1).copied())?;
        copy.before = *first;
    }
    copy.finish(firsts.len() as u64)
}

/// How far a journal is durable, and the segments that hold it. The mark is read first: whatever it
/// names is durable, and all segments that hold it are there.
pub(crate) fn durable<M: Medium>(medium: &M) -> Result<(Mark, Vec<u64>), Error> {
    let place = medium.place();
    let mark = Mark::read(medium)?;
    let names = match medium.list() {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing { place });
        }
        Err(error) => return Err(Error::io("list", &place, error)),
    };
    let mut firsts = layout::segments(&names);
    match mark {
        None if firsts.is_empty() => Err(Error::Empty { place }),
        None => Err(Error::Unmarked { place }),
        Some(mark) => {
            firsts.retain(|first| *first < mark.next);
            if firsts.is_empty() && mark.next > 0 {
                return Err(damaged(&segment_name(0), 0, mark.next - 1, Fault::Absent));
            }
            Ok((mark, firsts))
        }
    }
}

/// Makes the target where there is none, and reads how far an earlier copy goes.
fn prepare<M: Medium>(target: &M) -> Result<Option<Mark>, Error> {
    let place = target.place();
    target.create_place().map_err(|error| Error::io("create", &place, error))?;
    let names = target.list().map_err(|error| Error::io("list", &place, error))?;
    let ours = |name: &&String| {
        layout::segment_first(name).is_some() || [mark::NAME, UNDER_WAY].contains(&name.as_str())
    };
    match names.iter().find(|name| !ours(name)) {
        Some(file) => Err(Error::NotEmpty { place, file: file.clone() }),
        None => Mark::read(target),
    }
}

fn rolled_back<M: Medium>(target: &M, next: u64, fault: Rollback) -> Error {
    Error::RolledBack { witness: format!("the copy in {}", target.place()), next, fault }
}

struct Copy<'a, M> {
    source: &'a M,
    target: &'a M,
    /// How far the source is durable, and how far the earlier copy went.
    mark: Mark,
    earlier: Option<Mark>,
    /// Where the log stands after the segments that are copied.
    chain: Chain,
    /// The first sequence of the segment before.
    before: u64,
    written: u64,
    bytes: u64,
}

impl<M: Medium> Copy<'_, M> {
    /// Copies one segment, up to the mark in the last one.
    fn segment(&mut self, first: u64, next: Option<u64>) -> Result<(), Error> {
        let segment = Arc::new(Segment::open(self.source, first, Access::Read)?);
        if segment.header.start != self.chain || segment.header.before != self.before {
            let fault = Fault::SegmentOrder { expected: self.chain.next };
            return Err(damaged(&segment.name, 0, self.chain.next, fault));
        }
        let until = next.unwrap_or(self.mark.next);
        let end = self.check(&segment, until)?;
        if self.chain.next != until {
            return Err(damaged(&segment.name, end, self.chain.next, Fault::Absent));
        }
        if self.has(&segment, end)? {
            return Ok(());
        }
        self.write(&segment, end).map_err(|source| {
            let _ = self.target.remove(UNDER_WAY);
            if is_full(&source) {
                let bytes = segment.header.bytes;
                Error::Full { file: segment.name.clone(), bytes, source }
            } else {
                Error::io("copy", &segment.name, source)
            }
        })?;
        self.written += 1;
        self.bytes += segment.header.bytes;
        Ok(())
    }

    /// Reads all records of a segment up to one, bodies and all; says where its group ends.
    fn check(&mut self, segment: &Arc<Segment<M::File>>, until: u64) -> Result<u64, Error> {
        let mut walk = Walk::new(Arc::clone(segment));
        while walk.chain().next < until {
            let found = match walk.step() {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(halt) => return Err(walk.error(halt)),
            };
            let sequence = found.record.head.sequence;
            body(&found).map_err(|fault| damaged(&segment.name, found.offset, sequence, fault))?;
            if let Some(earlier) = self.earlier
                && earlier.next == walk.chain().next
                && earlier.previous != walk.chain().previous
            {
                return Err(rolled_back(self.target, earlier.next, Rollback::OtherHistory));
            }
        }
        let ends_group = walk.group_end();
        self.chain = walk.chain().clone();
        if until == self.mark.next && self.chain.previous != self.mark.previous {
            let fault = Fault::Mark { mark: mark::NAME };
            return Err(damaged(&segment.name, walk.offset(), self.mark.next - 1, fault));
        }
        Ok(ends_group.unwrap_or_else(|| walk.offset()))
    }

    /// Whether the copy has the same bytes already.
    fn has(&self, segment: &Segment<M::File>, end: u64) -> Result<bool, Error> {
        let file = match self.target.open(&segment.name, Access::Read) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Error::io("open", &segment.name, error)),
        };
        let failed = |error| Error::io("read", &segment.name, error);
        if file.bytes().map_err(failed)? != segment.header.bytes {
            return Ok(false);
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < segment.header.bytes {
            let length = STEP.min(segment.header.bytes - at);
            segment.read(at, length, &mut theirs)?;
            keep_until(&mut theirs, at, end);
            ours.resize(theirs.len(), 0);
            // What cannot be read is written anew.
            if file.read(at, &mut ours).is_err() || ours != theirs {
                return Ok(false);
            }
            at += length;
        }
        Ok(true)
    }

    /// Writes a segment of the copy: what is behind the end of the last durable group is zeros.
    fn write(&self, segment: &Segment<M::File>, end: u64) -> io::Result<()> {
        match self.target.remove(UNDER_WAY) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = self.target.create(UNDER_WAY, segment.header.bytes)?;
        let mut buffer = Vec::new();
        let mut at = 0;
        while at < segment.header.bytes {
            let length = usize::try_from(STEP.min(segment.header.bytes - at)).expect("it is small");
            buffer.clear();
            buffer.resize(length, 0);
            segment.file.read(at, &mut buffer)?;
            keep_until(&mut buffer, at, end);
            // The file reads as zeros: those need not be written.
            if !is_zero(&buffer) {
                file.write(at, &buffer)?;
            }
            at += length as u64;
        }
        file.sync()?;
        self.target.rename(UNDER_WAY, &segment_name(segment.header.start.next))?;
        self.target.sync()
    }

    /// Says in the copy how far it goes.
    fn finish(self, segments: u64) -> Result<Copied, Error> {
        let failed = |error| Error::io("write", mark::NAME, error);
        let mut file = MarkFile::open(self.target).map_err(failed)?;
        file.write(&self.chain).and_then(|()| file.sync()).map_err(failed)?;
        Ok(Copied { chain: self.chain, segments, written: self.written, bytes: self.bytes })
    }
}

/// Puts zeros for all bytes from an offset of the file on; the buffer begins at another.
fn keep_until(buffer: &mut [u8], at: u64, end: u64) {
    let kept = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
    buffer.iter_mut().skip(kept).for_each(|byte| *byte = 0);
}
