//! Mends a journal with the bytes of a copy of it: a mirror or a backup.
//!
//! A group of records is taken from a copy only if it stands at the same place of the same segment,
//! follows the record before it by hash, and is whole, bodies and all. So a copy can give back what
//! was there, and nothing else: a copy of another history, or one that was damaged too, mends
//! nothing. What cannot be mended stays as it is and is named. Damaged files are kept beside their
//! successors, under another name.
//!
//! Nothing here decides whether what is mended may be served: opening the journal does.

use std::io;
use std::sync::Arc;

use crate::chain::Chain;
use crate::directory::Directory;
use crate::error::{Damage, Error, Fault};
use crate::format::{GROUP_HEADER, GroupHeader, SEGMENT_HEADER, SegmentHeader, is_zero};
use crate::layout::{self, Segment, damaged, segment_name};
use crate::local::lock;
use crate::mark::Mark;
use crate::medium::{Access, File, LockMode, Medium};
use crate::snapshot;
use crate::spare::is_full;
use crate::verify::body;
use crate::walk::{Halt, Walk};

/// The name of a mended segment under way.
const UNDER_WAY: &str = "repair.new";
/// What is put behind the name of a damaged segment.
const KEPT: &str = ".damaged";
/// How much is read or written at once, in bytes.
const STEP: usize = 1024 * 1024;

/// What mending a journal has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The segments that were mended, in order.
    pub mended: Vec<Mended>,
    /// The first damage that no copy could mend; what stands behind it was not looked at.
    pub left: Option<Damage>,
}

/// A segment that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Its file.
    pub file: String,
    /// How many groups of records were taken from copies.
    pub groups: u64,
    /// Where the damaged file is now; nothing where there was none.
    pub kept: Option<String>,
}

/// Mends the journal in a directory with copies of it, the first of which is asked first. No hub may
/// have the journal open; the copies are only read.
///
/// # Errors
///
/// [`Error::InUse`], [`Error::Missing`], [`Error::Empty`] where nothing says whose journal it is,
/// [`Error::Full`], [`Error::Io`]. Damage that stays is no error but in the result.
pub fn repair(directory: &Directory, copies: &[Directory]) -> Result<Repaired, Error> {
    repair_on(directory, copies)
}

/// As [`repair`], on any medium.
///
/// # Errors
///
/// As [`repair`].
pub fn repair_on<M: Medium>(medium: &M, copies: &[M]) -> Result<Repaired, Error> {
    let place = medium.place();
    let names = match medium.list() {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing { place });
        }
        Err(error) => return Err(Error::io("list", &place, error)),
    };
    let _lock = lock(medium, LockMode::Exclusive)?;
    let _locks =
        copies.iter().map(|copy| lock(copy, LockMode::Shared)).collect::<Result<Vec<_>, _>>()?;
    let mark = Mark::read(medium)?;
    let firsts = layout::segments(&names);
    let chain = whose(medium, &firsts, mark.as_ref()).ok_or(Error::Empty { place })?;
    let snapshots = names.iter().filter_map(|name| snapshot::place_of(name)).max();
    let proven = mark.map_or(0, |mark| mark.next).max(snapshots.unwrap_or(0));
    let mut repair = Repair { medium, copies, chain, before: 0, done: Repaired::default() };
    match repair.run(firsts, proven) {
        Ok(()) => {}
        Err(Error::Damaged(damage)) => repair.done.left = Some(damage),
        Err(error) => return Err(error),
    }
    Ok(repair.done)
}

/// The log before its first record, of the network that the first sound file names.
fn whose<M: Medium>(medium: &M, firsts: &[u64], mark: Option<&Mark>) -> Option<Chain> {
    let sound = firsts.iter().find_map(|first| Segment::open(medium, *first, Access::Read).ok());
    let of_segment =
        sound.map(|segment| (segment.header.start.network, segment.header.start.shard));
    let (network, shard) = of_segment.or_else(|| mark.map(|mark| (mark.network, mark.shard)))?;
    Some(Chain::new(network, shard))
}

struct Repair<'a, M> {
    medium: &'a M,
    copies: &'a [M],
    /// Where the log stands after the segments that were gone through.
    chain: Chain,
    /// The first sequence of the segment before.
    before: u64,
    done: Repaired,
}

/// A segment in memory, as it is being mended.
struct Patient {
    header: SegmentHeader,
    bytes: Vec<u8>,
    groups: u64,
    changed: bool,
}

impl<M: Medium> Repair<'_, M> {
    fn run(&mut self, mut firsts: Vec<u64>, proven: u64) -> Result<(), Error> {
        // Segments that are missing here, as far as it is known that they were there.
        for copy in self.copies {
            let names = copy.list().map_err(|error| Error::io("list", &copy.place(), error))?;
            let last = firsts.last().copied().unwrap_or(0);
            let known = layout::segments(&names);
            firsts.extend(known.into_iter().filter(|first| *first < last.max(proven)));
        }
        firsts.sort_unstable();
        firsts.dedup();
        for (number, first) in firsts.iter().enumerate() {
            let next = firsts.get(number + 1).copied();
            self.segment(*first, next, proven)?;
            self.before = *first;
        }
        Ok(())
    }

    /// Mends one segment; `next` is the first sequence of the one behind it.
    fn segment(&mut self, first: u64, next: Option<u64>, proven: u64) -> Result<(), Error> {
        let name = segment_name(first);
        if self.chain.next != first {
            let fault = Fault::SegmentOrder { expected: self.chain.next };
            return Err(damaged(&name, 0, self.chain.next, fault));
        }
        let was = load(self.medium, &name)?;
        let mut patient = self.admit(&name, was.as_deref())?;
        let until = next.unwrap_or(proven);
        loop {
            let (at, chain, fault) = examine(&name, &patient);
            let sealed = next.is_some();
            // All records of a sealed segment are there: whatever else stands behind them is none.
            if chain.next >= until && (sealed || fault.is_none()) {
                if sealed {
                    patient.clear_from(at);
                }
                self.chain = chain;
                break;
            }
            if self.transplant(&name, &mut patient, at, &chain)? {
                continue;
            }
            if !sealed && chain.next >= until {
                // Nobody knows what stood there: opening judges whether it is torn or damaged.
                self.chain = chain;
                break;
            }
            self.keep(&name, &patient, was.is_some())?;
            return Err(damaged(&name, at, chain.next, fault.unwrap_or(Fault::Absent)));
        }
        self.keep(&name, &patient, was.is_some())
    }

    /// The segment's bytes under a sound header, if need be that of a copy.
    fn admit(&self, name: &str, was: Option<&[u8]>) -> Result<Patient, Error> {
        let fits =
            |header: &SegmentHeader| header.start == self.chain && header.before == self.before;
        let header = was
            .and_then(|bytes| SegmentHeader::decode(bytes.get(..SEGMENT_HEADER)?).ok())
            .filter(|header| fits(header));
        let (header, mut changed) = match header {
            Some(header) => (header, false),
            None => (self.header_of_copy(name, fits)?, true),
        };
        let size = usize::try_from(header.bytes).expect("segments are below 4 GiB");
        changed |= was.is_none_or(|bytes| bytes.len() != size);
        let mut bytes = was.map_or_else(Vec::new, <[u8]>::to_vec);
        bytes.resize(size, 0);
        let mut patient = Patient { header, bytes, groups: 0, changed };
        let mut block = patient.header.encode();
        block.resize(patient.header.block as usize, 0);
        patient.write(0, &block);
        Ok(patient)
    }

    fn header_of_copy(
        &self,
        name: &str,
        fits: impl Fn(&SegmentHeader) -> bool,
    ) -> Result<SegmentHeader, Error> {
        for copy in self.copies {
            let mut bytes = vec![0; SEGMENT_HEADER];
            let read = copy.open(name, Access::Read).and_then(|file| file.read(0, &mut bytes));
            let header = read.ok().and_then(|()| SegmentHeader::decode(&bytes).ok());
            if let Some(header) = header.filter(|header| fits(header)) {
                return Ok(header);
            }
        }
        Err(damaged(name, 0, self.chain.next, Fault::SegmentHeader))
    }

    /// Takes the group at an offset from the first copy whose group follows there.
    fn transplant(
        &self,
        name: &str,
        patient: &mut Patient,
        at: u64,
        chain: &Chain,
    ) -> Result<bool, Error> {
        for copy in self.copies {
            let Some(group) = group_at(copy, name, &patient.header, at) else { continue };
            let before = (patient.bytes.clone(), patient.changed);
            patient.write(at, &group);
            let (end, after, _) = examine(name, patient);
            if end > at && after.next > chain.next {
                patient.groups += 1;
                return Ok(true);
            }
            (patient.bytes, patient.changed) = before;
        }
        Ok(false)
    }

    /// Puts a mended segment in the place of the damaged one.
    fn keep(&mut self, name: &str, patient: &Patient, existed: bool) -> Result<(), Error> {
        if !patient.changed {
            return Ok(());
        }
        let kept = existed.then(|| format!("{name}{KEPT}"));
        let put = || {
            match self.medium.remove(UNDER_WAY) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let file = self.medium.create(UNDER_WAY, patient.bytes.len() as u64)?;
            for (number, chunk) in patient.bytes.chunks(STEP).enumerate() {
                file.write((number * STEP) as u64, chunk)?;
            }
            file.sync()?;
            // A crash between the two names leaves a segment missing, which the next try mends.
            if let Some(kept) = &kept {
                self.medium.rename(name, kept)?;
            }
            self.medium.rename(UNDER_WAY, name)?;
            self.medium.sync()
        };
        put().map_err(|source| {
            let _ = self.medium.remove(UNDER_WAY);
            if is_full(&source) {
                let bytes = patient.header.bytes;
                Error::Full { file: name.to_owned(), bytes, source }
            } else {
                Error::io("mend", name, source)
            }
        })?;
        self.done.mended.push(Mended { file: name.to_owned(), groups: patient.groups, kept });
        Ok(())
    }
}

impl Patient {
    fn write(&mut self, at: u64, bytes: &[u8]) {
        let at = usize::try_from(at).expect("segments are below 4 GiB");
        let place = self.bytes.get_mut(at..at + bytes.len()).expect("groups fit their segment");
        if place != bytes {
            place.copy_from_slice(bytes);
            self.changed = true;
        }
    }

    /// Puts zeros behind the last group of a segment that is written no more.
    fn clear_from(&mut self, at: u64) {
        let at = usize::try_from(at).expect("segments are below 4 GiB");
        let rest = self.bytes.get_mut(at..).unwrap_or_default();
        if !is_zero(rest) {
            rest.fill(0);
            self.changed = true;
        }
    }
}

/// Walks through a segment in memory: where the first group begins that is not whole, where the log
/// stands there, and what is wrong with it, if anything.
fn examine(name: &str, patient: &Patient) -> (u64, Chain, Option<Fault>) {
    let file = Image(Arc::from(patient.bytes.as_slice()));
    let segment = Segment { name: name.to_owned(), file, header: patient.header.clone() };
    let mut walk = Walk::new(Arc::new(segment));
    let fault = loop {
        match walk.step() {
            Ok(None) => break None,
            Ok(Some(found)) => {
                if let Err(fault) = body(&found) {
                    break Some(fault);
                }
            }
            Err(Halt::Fault { fault, .. }) => break Some(fault),
            Err(Halt::Read(_)) => break Some(Fault::Length),
        }
    };
    let (at, chain) = walk.complete();
    (at, chain.clone(), fault)
}

/// The bytes of a group of a copy with their padding, if its header is of this segment.
fn group_at<M: Medium>(copy: &M, name: &str, header: &SegmentHeader, at: u64) -> Option<Vec<u8>> {
    let file = copy.open(name, Access::Read).ok()?;
    let mut bytes = vec![0; GROUP_HEADER];
    file.read(at, &mut bytes).ok()?;
    let group = GroupHeader::decode(&bytes).filter(|group| group.salt == header.salt)?;
    let extent = group.extent(header.block);
    if at.checked_add(extent)? > header.bytes {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(extent).ok()?];
    file.read(at, &mut bytes).ok()?;
    Some(bytes)
}

/// All bytes of a file; nothing where there is none. Sectors that cannot be read are zeros here, and
/// so damage.
fn load<M: Medium>(medium: &M, name: &str) -> Result<Option<Vec<u8>>, Error> {
    const SECTOR: usize = 512;
    let file = match medium.open(name, Access::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("open", name, error)),
    };
    let size = file.bytes().map_err(|error| Error::io("read the size of", name, error))?;
    let size = usize::try_from(size.min(1 << 30)).expect("segments are below 4 GiB");
    let mut bytes = vec![0; size];
    for (number, chunk) in bytes.chunks_mut(STEP).enumerate() {
        let start = number * STEP;
        if file.read(start as u64, chunk).is_ok() {
            continue;
        }
        for (sector, part) in chunk.chunks_mut(SECTOR).enumerate() {
            if file.read((start + sector * SECTOR) as u64, part).is_err() {
                part.fill(0);
            }
        }
    }
    Ok(Some(bytes))
}

/// The bytes of a segment in memory, to walk through.
#[derive(Debug)]
struct Image(Arc<[u8]>);

impl File for Image {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let end = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let at = usize::try_from(at).map_err(|_| end())?;
        let bytes = self.0.get(at..).and_then(|rest| rest.get(..into.len())).ok_or_else(end)?;
        into.copy_from_slice(bytes);
        Ok(())
    }

    fn write(&self, _at: u64, _bytes: &[u8]) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem))
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn forget(&self) -> io::Result<()> {
        Ok(())
    }
}
