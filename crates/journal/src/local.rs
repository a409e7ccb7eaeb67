//! The local engine: a journal in files of one directory, with one writer.
//!
//! Opening takes the directory, finds the end of the journal and cuts what was never durable; how
//! records are added stands in `append.rs`. Nothing here gives meaning to records.

use std::io;
use std::path::Path;
use std::sync::Arc;

use trust::{Digest, LogTime, NetworkName, Shard};

use crate::append::Group;
use crate::chain::Chain;
use crate::directory::Directory;
use crate::error::{Error, Fault, Rollback};
use crate::format::{GROUP_HEADER, SegmentHeader};
use crate::index::Index;
use crate::layout::{self, Segment, damaged, segment_name};
use crate::mark::{self, Mark, MarkFile};
use crate::medium::{File as _, LockMode, Locked, Medium};
use crate::reader::{Reader, Shared};
use crate::recovery::{Cut, Recovered, Tail, inspect};
use crate::snapshot;
use crate::spare::{self, Spare};

/// The least alignment of groups, in bytes: a sector.
pub(crate) const BLOCK_MIN: u32 = 512;
/// The greatest alignment of groups, in bytes.
const BLOCK_MAX: u32 = 65536;
/// After how many commits a next segment is tried again for which there was no space.
const PAUSE: u32 = 256;
/// The greatest size of a segment, in bytes: offsets and lengths in it fit into 32 bits.
const SEGMENT_MAX: u64 = 1 << 30;

const _: () = assert!(SEGMENT_MAX <= u32::MAX as u64);

/// How to open a journal.
#[derive(Clone, Debug)]
pub struct Options {
    /// The network whose log it is.
    pub network: NetworkName,
    /// Which log of it.
    pub shard: Shard,
    /// The size of new segments in bytes: a multiple of `block_bytes`, from 4 blocks to 1 GiB.
    pub segment_bytes: u64,
    /// The unit that a torn write can harm, in bytes: a power of two from 512 to 65,536. Groups
    /// begin at multiples of it, so that a write never touches what was durable before.
    pub block_bytes: u32,
    /// Whether to make a journal where there is none.
    pub create: bool,
    /// Who makes the next segment.
    pub preparation: Preparation,
    /// How much of the last segment only [`Local::open_epoch`] may take while no next one can be
    /// made, in bytes: so a journal on a full disk can still be taken over.
    pub reserve_bytes: u64,
}

/// Who makes the next segment ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparation {
    /// A thread of its own: commits go on meanwhile.
    Thread,
    /// The thread that commits, for runs that must be the same each time.
    Inline,
}

impl Options {
    /// Segments of 64 MiB in blocks of 4 KiB, prepared by a thread, no reserve; nothing is created.
    #[must_use]
    pub fn new(network: NetworkName, shard: Shard) -> Self {
        Self {
            network,
            shard,
            segment_bytes: 64 * 1024 * 1024,
            block_bytes: 4096,
            create: false,
            preparation: Preparation::Thread,
            reserve_bytes: 0,
        }
    }
}

/// Whether groups can be aligned so.
pub(crate) fn block_is_legal(block: u32) -> bool {
    block.is_power_of_two() && (BLOCK_MIN..=BLOCK_MAX).contains(&block)
}

/// Whether a segment can have this size.
pub(crate) fn segment_is_legal(bytes: u64, block: u32) -> bool {
    let block = u64::from(block);
    bytes.is_multiple_of(block) && (4 * block..=SEGMENT_MAX).contains(&bytes)
}

/// A journal that this process writes.
///
/// Nothing happens when it is dropped: what was staged and not committed is gone, as after a kill.
#[derive(Debug)]
pub struct Local<M: Medium = Directory> {
    pub(crate) medium: M,
    pub(crate) options: Options,
    pub(crate) shared: Arc<Shared<M>>,
    /// Where the next group goes.
    pub(crate) segment: Arc<Segment<M::File>>,
    pub(crate) offset: u64,
    /// Where the log stands durably, and with what is staged.
    pub(crate) durable: Chain,
    pub(crate) staged: Chain,
    /// What is staged: at most one group for this segment and one for the next.
    pub(crate) groups: Vec<Group>,
    /// Kept from group to group, for its memory.
    pub(crate) buffer: Vec<u8>,
    pub(crate) mark: MarkFile<M::File>,
    /// How far the mark itself is durable.
    pub(crate) settled: u64,
    /// Whether this process has opened an epoch.
    pub(crate) opened: bool,
    /// What failed; nothing is written any more.
    pub(crate) stopped: Option<Stop>,
    pub(crate) spare: Spare<M>,
    /// How many commits to wait before a spare is tried again.
    pub(crate) pause: u32,
    /// Invariant: goes last, so that nothing of ours still writes when others may.
    pub(crate) _lock: M::Lock,
}

/// A write or sync that failed.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) operation: &'static str,
    pub(crate) file: String,
    pub(crate) source: Arc<io::Error>,
}

impl Stop {
    pub(crate) fn error(&self) -> Error {
        Error::Stopped {
            operation: self.operation,
            file: self.file.clone(),
            source: Arc::clone(&self.source),
        }
    }
}

impl Local {
    /// Opens the journal in a directory to write.
    ///
    /// # Errors
    ///
    /// As [`Local::open_on`].
    ///
    /// # Panics
    ///
    /// As [`Local::open_on`].
    pub fn open(directory: &Path, options: &Options) -> Result<(Self, Recovered), Error> {
        Self::open_on(Directory::new(directory), options)
    }
}

impl<M: Medium> Local<M> {
    /// Opens the journal on a medium to write.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`], [`Error::Missing`], [`Error::Empty`], [`Error::NotEmpty`],
    /// [`Error::Foreign`], [`Error::Version`], [`Error::Damaged`], [`Error::RolledBack`],
    /// [`Error::Full`] or [`Error::Io`]. Nothing that was durable is changed then.
    ///
    /// # Panics
    ///
    /// On options outside of their ranges.
    pub fn open_on(medium: M, options: &Options) -> Result<(Self, Recovered), Error> {
        assert!(block_is_legal(options.block_bytes), "block_bytes is out of its range");
        let size = options.segment_bytes;
        assert!(segment_is_legal(size, options.block_bytes), "segment_bytes is out of its range");
        look_at_place(&medium, options.create)?;
        let lock = lock(&medium, LockMode::Exclusive)?;
        let place = medium.place();
        let names = medium.list().map_err(|error| Error::io("list", &place, error))?;
        let firsts = layout::segments(&names);
        let created = firsts.is_empty();
        let mut spare = Spare::find(&medium, &names, size)
            .map_err(|error| Error::io("prepare", spare::NAME, error))?;
        let mark = Mark::read(&medium)?;
        let (firsts, tail) = if created {
            if let Some(mark) = mark.filter(|mark| mark.next > 0) {
                return Err(damaged(&segment_name(0), 0, mark.next - 1, Fault::Absent));
            }
            (vec![0], begin(&medium, options, &mut spare)?)
        } else {
            let proven = names.iter().filter_map(|name| snapshot::place_of(name)).max();
            let tail = recover(&medium, options, &firsts, (mark.as_ref(), proven))?;
            (firsts, tail)
        };
        let mark = MarkFile::open(&medium)
            .and_then(|mut mark| mark.write(&tail.chain).and_then(|()| mark.sync()).map(|()| mark))
            .map_err(|error| Error::io("write", mark::NAME, error))?;
        let active = (Arc::clone(&tail.segment), tail.index);
        let shared = Arc::new(Shared::new(medium.clone(), firsts, active, tail.chain.next));
        let mut local = Self {
            medium,
            options: options.clone(),
            shared,
            segment: tail.segment,
            offset: tail.offset,
            settled: tail.chain.next,
            durable: tail.chain.clone(),
            staged: tail.chain.clone(),
            groups: Vec::new(),
            buffer: Vec::new(),
            mark,
            opened: false,
            stopped: None,
            spare,
            pause: 0,
            _lock: lock,
        };
        local.prepare()?;
        Ok((local, Recovered { chain: tail.chain, cut: tail.cut, created }))
    }

    /// Reads what is durable; works on after this was dropped.
    #[must_use]
    pub fn reader(&self) -> Reader<M> {
        Reader::new(Arc::clone(&self.shared))
    }

    /// The sequence of the next record to be staged.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.staged.next
    }

    /// The hash of the last record, staged ones included; zeros before the first.
    #[must_use]
    pub fn last_hash(&self) -> Digest {
        self.staged.previous
    }

    /// The time of the last record, staged ones included.
    #[must_use]
    pub fn last_time(&self) -> LogTime {
        self.staged.at
    }

    /// Where the log stands durably.
    #[must_use]
    pub fn durable(&self) -> &Chain {
        &self.durable
    }

    /// Makes the mark durable, so that even after a power cut a damage to the last group is told
    /// from a torn one. Costs a sync where something was committed since; for moments of rest.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub fn settle(&mut self) -> Result<(), Error> {
        self.live()?;
        if self.settled < self.durable.next {
            if let Err(error) = self.mark.sync() {
                return Err(self.stop("sync", mark::NAME, error));
            }
            self.settled = self.durable.next;
        }
        Ok(())
    }

    /// Settles, then lets the directory go.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub fn close(mut self) -> Result<(), Error> {
        self.settle()
    }

    /// Sees to it that a next segment is there or being made. That there is no space for it is no
    /// error yet: it is tried again after some commits, and when it is needed.
    pub(crate) fn prepare(&mut self) -> Result<(), Error> {
        let bytes = self.options.segment_bytes;
        let outcome = match (&self.spare, self.options.preparation) {
            (Spare::Ready(_), _) => return Ok(()),
            (Spare::Making(making), _) if !making.is_finished() => return Ok(()),
            (Spare::Absent, _) if self.pause > 0 => {
                self.pause -= 1;
                return Ok(());
            }
            (Spare::Absent, Preparation::Thread) => {
                self.spare = Spare::begin(&self.medium, bytes).unwrap_or(Spare::Absent);
                return Ok(());
            }
            (Spare::Absent, Preparation::Inline) | (Spare::Making(_), _) => {
                self.spare.ensure(&self.medium, bytes)
            }
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(Error::Full { .. }) => {
                self.pause = PAUSE;
                Ok(())
            }
            Err(error) => Err(self.stop_for(error)),
        }
    }

    pub(crate) fn live(&self) -> Result<(), Error> {
        self.stopped.as_ref().map_or(Ok(()), |stop| Err(stop.error()))
    }

    /// The same for what failed beside the segments.
    pub(crate) fn stop_for(&mut self, error: Error) -> Error {
        if let Error::Io { operation, file, source } = error {
            self.stop(operation, &file, source)
        } else {
            error
        }
    }

    /// Never writes again: after a failed write or sync nobody knows what is durable.
    pub(crate) fn stop(&mut self, operation: &'static str, file: &str, source: io::Error) -> Error {
        let stop = Stop { operation, file: file.to_owned(), source: Arc::new(source) };
        let error = stop.error();
        self.stopped = Some(stop);
        error
    }
}

/// Takes a directory, or says who has it.
pub(crate) fn lock<M: Medium>(medium: &M, mode: LockMode) -> Result<M::Lock, Error> {
    match medium.lock(mode) {
        Ok(Locked::Taken(lock)) => Ok(lock),
        Ok(Locked::Held { writer }) => Err(Error::InUse { place: medium.place(), writer }),
        Err(error) => Err(Error::io("lock", &medium.place(), error)),
    }
}

/// Refuses a directory that is missing, empty or somebody else's, before anything is written to it.
fn look_at_place<M: Medium>(medium: &M, create: bool) -> Result<(), Error> {
    let place = medium.place();
    let names = match medium.list() {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound && create => {
            return medium.create_place().map_err(|error| Error::io("create", &place, error));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing { place });
        }
        Err(error) => return Err(Error::io("list", &place, error)),
    };
    if !layout::segments(&names).is_empty() {
        return Ok(());
    }
    if let Some(next) = names.iter().filter_map(|name| snapshot::place_of(name)).max() {
        return Err(rolled_back(next, 0));
    }
    let ours = [spare::NAME, spare::UNDER_WAY, mark::NAME];
    match names.iter().find(|name| !ours.contains(&name.as_str())) {
        Some(file) if create => Err(Error::NotEmpty { place, file: file.clone() }),
        _ if create || names.iter().any(|name| name == mark::NAME) => Ok(()),
        _ => Err(Error::Empty { place }),
    }
}

/// Makes the first segment.
fn begin<M: Medium>(
    medium: &M,
    options: &Options,
    spare: &mut Spare<M>,
) -> Result<Tail<M::File>, Error> {
    if !options.create {
        return Err(Error::Empty { place: medium.place() });
    }
    spare.ensure(medium, options.segment_bytes)?;
    let file = spare.take().expect("a spare was just made");
    let header = SegmentHeader {
        block: options.block_bytes,
        bytes: options.segment_bytes,
        salt: medium.salt().map_err(|error| Error::io("draw a number for", "it", error))?,
        before: 0,
        start: Chain::new(options.network, options.shard),
    };
    let chain = header.start.clone();
    let segment = name_segment(medium, file, header)
        .map_err(|(operation, error)| Error::io(operation, &segment_name(0), error))?;
    let offset = segment.groups_start();
    let mut index = Index::default();
    index.end_at(offset);
    Ok(Tail { segment, offset, chain, index, cut: None })
}

/// Turns a spare into a segment: its header is durable before its name is, and its name before
/// anything is written into it.
pub(crate) fn name_segment<M: Medium>(
    medium: &M,
    file: M::File,
    header: SegmentHeader,
) -> Result<Arc<Segment<M::File>>, (&'static str, io::Error)> {
    let name = segment_name(header.start.next);
    file.write(0, &header.encode()).map_err(|error| ("write", error))?;
    file.sync().map_err(|error| ("sync", error))?;
    medium.rename(spare::NAME, &name).map_err(|error| ("name", error))?;
    medium.sync().map_err(|error| ("sync the name of", error))?;
    Ok(Arc::new(Segment { name, file, header }))
}

/// What a snapshot is proof of: it gets its name only after the records before it are durable.
fn rolled_back(next: u64, journal: u64) -> Error {
    let fault = Rollback::Lost { journal };
    Error::RolledBack { witness: snapshot::file_name(next), next, fault }
}

/// Finds the end of the journal, and cuts what was never durable. What was, is known from the mark
/// and from the greatest place of a snapshot.
fn recover<M: Medium>(
    medium: &M,
    options: &Options,
    firsts: &[u64],
    (mark, proven): (Option<&Mark>, Option<u64>),
) -> Result<Tail<M::File>, Error> {
    let last = layout::check_order(medium, firsts)?;
    let segment = Arc::new(last.expect("the caller has seen that there are segments"));
    let start = &segment.header.start;
    let seen = std::iter::once((segment.name.as_str(), start.network, start.shard))
        .chain(mark.map(|mark| (mark::NAME, mark.network, mark.shard)));
    for (file, network, shard) in seen {
        if network != options.network || shard != options.shard {
            return Err(Error::Foreign {
                file: file.to_owned(),
                network,
                shard,
                expected_network: options.network,
                expected_shard: options.shard,
            });
        }
    }
    // A killed process leaves bytes in memory that are not durable yet; after a failed sync there
    // may be such that never will be. So: sync, forget, and read what the medium really has.
    let name = segment.name.clone();
    segment.file.sync().map_err(|error| Error::io("sync", &name, error))?;
    segment.file.forget().map_err(|error| Error::io("read", &name, error))?;
    medium.sync().map_err(|error| Error::io("sync", &medium.place(), error))?;
    let tail = inspect(segment, mark)?;
    if let Some(next) = proven.filter(|next| *next > tail.chain.next) {
        return Err(rolled_back(next, tail.chain.next));
    }
    if let Some(cut) = &tail.cut {
        erase(&tail.segment, cut).map_err(|error| Error::io("cut the tail of", &name, error))?;
    }
    Ok(tail)
}

/// Puts zeros where a torn group stood: nothing of it can ever be taken for a record again.
fn erase<F: crate::File>(segment: &Segment<F>, cut: &Cut) -> io::Result<()> {
    let block = u64::from(segment.header.block);
    let end = (cut.offset + cut.bytes).next_multiple_of(block);
    let zeros = vec![0; usize::try_from(block).expect("blocks are small")];
    let mut at = cut.offset;
    while at < end {
        segment.file.write(at, &zeros)?;
        at += block;
    }
    segment.file.sync()
}

const _: () = assert!(GROUP_HEADER <= BLOCK_MIN as usize);
