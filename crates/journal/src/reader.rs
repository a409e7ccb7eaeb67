//! Gives durable records back, to any number of threads, while the journal goes on.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use trust::{Digest, NetworkName, RecordHead, Shard};

use crate::backup;
use crate::chain::{Break, Chain};
use crate::directory::Directory;
use crate::error::{Error, Fault, Rollback};
use crate::format::Prefix;
use crate::index::Index;
use crate::layout::{Segment, damaged, segment_name};
use crate::medium::{Access, Medium};
use crate::walk::{Walk, record_of};

/// How many segments that are written no more are kept open with their index, which takes at most
/// 256 KiB for a segment of 64 MiB in blocks of 4 KiB.
const OPEN_MAX: usize = 64;

/// A record as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its head.
    pub head: RecordHead,
    /// The hash of the head: what the next head names, and the leaf of the Merkle log.
    pub hash: Digest,
    /// What the network machine reads.
    pub meta: Bytes,
    /// The exact bytes of a message, or nothing.
    pub payload: Bytes,
}

/// Reads durable records; clones share one set of open files.
#[derive(Debug)]
pub struct Reader<M: Medium = Directory> {
    shared: Arc<Shared<M>>,
}

impl<M: Medium> Clone for Reader<M> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl Reader {
    /// Reads the journal in a directory without taking it, also while a hub writes it: all that the
    /// mark says to be durable now. What becomes durable later is not seen.
    ///
    /// # Errors
    ///
    /// As [`Reader::open_on`].
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Self::open_on(&Directory::new(directory))
    }
}

impl<M: Medium> Reader<M> {
    /// As [`Reader::open`], on any medium.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::Empty`], [`Error::Unmarked`] where nothing says how far the
    /// journal is durable, [`Error::Damaged`] where a header of a segment is, [`Error::Version`],
    /// [`Error::Io`].
    pub fn open_on(medium: &M) -> Result<Self, Error> {
        let (mark, firsts) = backup::durable(medium)?;
        let last = firsts.last().copied().unwrap_or(0);
        let segment = Arc::new(Segment::open(medium, last, Access::Read)?);
        let index = Index::build(&segment)?;
        let shared = Shared::new(medium.clone(), firsts, (segment, index), mark.next);
        Ok(Self::new(Arc::new(shared)))
    }

    pub(crate) fn new(shared: Arc<Shared<M>>) -> Self {
        Self { shared }
    }

    /// The network and shard whose log it is.
    #[must_use]
    pub fn log(&self) -> (NetworkName, Shard) {
        self.shared.with(|state| {
            let start = &state.active.header.start;
            (start.network, start.shard)
        })
    }

    pub(crate) fn medium(&self) -> &M {
        &self.shared.medium
    }

    /// The first sequence that is not durable.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.shared.with(|state| state.next)
    }

    /// A record. Its checksum, place and log are checked; that its body is the one that its head
    /// names is not, for that costs a hash of the payload ([`crate::verify`] does it).
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] where it is not durable, [`Error::Damaged`] where it is not what was
    /// written, [`Error::Io`] where it cannot be read.
    pub fn read(&self, sequence: u64) -> Result<Record, Error> {
        let located = self.shared.locate(sequence)?;
        let segment = &located.segment;
        let fault = |offset, fault| damaged(&segment.name, offset, sequence, fault);
        let Some((first, offset, end)) = located.span else {
            return Err(fault(segment.groups_start(), Fault::GroupHeader));
        };
        let mut buffer = Vec::new();
        segment.read(offset, end - offset, &mut buffer)?;
        let bytes = Bytes::from(buffer);
        let seed = segment.header.seed();
        let mut rest = bytes;
        let mut place = offset;
        for _ in first..sequence {
            let prefix = Prefix::decode(&rest, seed).ok_or_else(|| fault(place, Fault::Prefix))?;
            rest = split(&rest, prefix.size()).ok_or_else(|| fault(place, Fault::Length))?.1;
            place += prefix.size();
        }
        let prefix = Prefix::decode(&rest, seed).ok_or_else(|| fault(place, Fault::Prefix))?;
        let (record, _) = split(&rest, prefix.size()).ok_or_else(|| fault(place, Fault::Length))?;
        if !prefix.holds(&record, seed) {
            return Err(fault(place, Fault::Checksum));
        }
        let record = record_of(&prefix, &record).map_err(|cause| fault(place, cause))?;
        belongs(&record.head, &segment.header.start, sequence)
            .map_err(|cause| fault(place, Fault::Chain(cause)))?;
        Ok(record)
    }

    /// All records from one on that are durable now, in order. Checksums and the chain are checked;
    /// bodies are not, as for [`Self::read`]. The walk begins at the start of the segment, so for a
    /// few records [`Self::read`] is faster.
    #[must_use]
    pub fn records(&self, from: u64) -> Records<M> {
        let (firsts, until) = self.shared.with(|state| (state.firsts.clone(), state.next));
        let start = firsts.partition_point(|first| *first <= from).saturating_sub(1);
        let mut firsts: VecDeque<u64> = firsts.into();
        firsts.drain(..start);
        Records { shared: Arc::clone(&self.shared), firsts, walk: None, from, until, done: false }
    }

    /// All records behind a place of the log that are durable now, in order: what is to be folded
    /// after a snapshot. Everything from the start of the place's segment on is checked as in
    /// [`Self::records`]; earlier segments are not touched.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`] where the journal ends before the place, or stands otherwise at it:
    /// refuse to serve. Else as [`Self::read`].
    pub fn resume(&self, at: &Chain) -> Result<Records<M>, Error> {
        let journal = self.next_sequence();
        let rolled_back = |fault| Error::RolledBack {
            witness: "the state to go on from".to_owned(),
            next: at.next,
            fault,
        };
        if at.next > journal {
            return Err(rolled_back(Rollback::Lost { journal }));
        }
        let mut records = self.records(at.next);
        if records.reach(at.next)? == *at {
            Ok(records)
        } else {
            Err(rolled_back(Rollback::OtherHistory))
        }
    }
}

/// Splits bytes without copying them.
fn split(bytes: &Bytes, at: u64) -> Option<(Bytes, Bytes)> {
    let at = usize::try_from(at).ok()?;
    (at <= bytes.len()).then(|| (bytes.slice(..at), bytes.slice(at..)))
}

/// Of the segments that are here, none is old enough to hold the record.
fn missing(sequence: u64) -> Error {
    damaged(&segment_name(0), 0, sequence, Fault::Absent)
}

fn belongs(head: &RecordHead, log: &Chain, sequence: u64) -> Result<(), Break> {
    if head.network != log.network || head.shard != log.shard {
        return Err(Break::Foreign { network: head.network, shard: head.shard });
    }
    if head.sequence != sequence {
        return Err(Break::Sequence { expected: sequence, found: head.sequence });
    }
    Ok(())
}

/// Durable records in order; ends after the first error.
#[derive(Debug)]
pub struct Records<M: Medium = Directory> {
    shared: Arc<Shared<M>>,
    /// The segments that were not begun yet.
    firsts: VecDeque<u64>,
    walk: Option<Walk<M::File>>,
    from: u64,
    until: u64,
    done: bool,
}

impl<M: Medium> Iterator for Records<M> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance();
        self.done = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

impl<M: Medium> Records<M> {
    fn advance(&mut self) -> Result<Option<Record>, Error> {
        loop {
            let Some(walk) = &mut self.walk else {
                if self.from >= self.until || !self.enter(None)? {
                    return Ok(None);
                }
                continue;
            };
            if walk.chain().next >= self.until {
                return Ok(None);
            }
            match walk.step() {
                Ok(Some(found)) if found.record.head.sequence < self.from => {}
                Ok(Some(found)) => return Ok(Some(found.record)),
                Ok(None) => {
                    let end = (walk.complete().0, walk.chain().clone());
                    let name = walk.segment().name.clone();
                    if !self.enter(Some(&end.1))? {
                        return Err(damaged(&name, end.0, end.1.next, Fault::Absent));
                    }
                }
                Err(halt) => return Err(walk.error(halt)),
            }
        }
    }

    /// Walks up to a record and says where the log stands before it.
    fn reach(&mut self, next: u64) -> Result<Chain, Error> {
        self.enter(None)?;
        let walk = self.walk.as_mut().expect("a journal has a segment");
        while walk.chain().next < next {
            match walk.step() {
                Ok(Some(_)) => {}
                // The place is inside of this segment, so it has lost its end.
                Ok(None) => {
                    let (end, chain) = walk.complete();
                    let name = &walk.segment().name;
                    return Err(damaged(name, end, chain.next, Fault::Absent));
                }
                Err(halt) => return Err(walk.error(halt)),
            }
        }
        Ok(walk.chain().clone())
    }

    /// Goes on in the next segment, which must begin where the last one ended.
    fn enter(&mut self, end: Option<&Chain>) -> Result<bool, Error> {
        let Some(first) = self.firsts.pop_front() else { return Ok(false) };
        let segment = self.shared.segment(first)?;
        if end.is_none() && first > self.from {
            return Err(missing(self.from));
        }
        if let Some(end) = end
            && segment.header.start != *end
        {
            let fault = Fault::SegmentOrder { expected: end.next };
            return Err(damaged(&segment.name, 0, end.next, fault));
        }
        self.walk = Some(Walk::new(segment));
        Ok(true)
    }
}

/// What the writer and all readers share.
#[derive(Debug)]
pub(crate) struct Shared<M: Medium> {
    medium: M,
    state: RwLock<State<M::File>>,
    /// The segments that were read last, the latest first.
    sealed: Mutex<VecDeque<Arc<Indexed<M::File>>>>,
}

#[derive(Debug)]
struct State<F> {
    /// The first sequences of all segments, in order; never empty.
    firsts: Vec<u64>,
    /// The last segment and the places of its durable records.
    active: Arc<Segment<F>>,
    index: Index,
    /// The first sequence that is not durable.
    next: u64,
}

#[derive(Debug)]
struct Indexed<F> {
    segment: Arc<Segment<F>>,
    index: Index,
}

struct Located<F> {
    segment: Arc<Segment<F>>,
    span: Option<(u64, u64, u64)>,
}

impl<M: Medium> Shared<M> {
    pub(crate) fn new(
        medium: M,
        firsts: Vec<u64>,
        (active, index): (Arc<Segment<M::File>>, Index),
        next: u64,
    ) -> Self {
        let state = RwLock::new(State { firsts, active, index, next });
        Self { medium, state, sealed: Mutex::new(VecDeque::new()) }
    }

    /// Says that a group is durable; `places` are the sequences and offsets of some of its records,
    /// the first among them.
    pub(crate) fn publish(&self, places: &[(u64, u64)], end: u64, next: u64) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for (number, (sequence, offset)) in places.iter().enumerate() {
            state.index.note(*sequence, *offset, number == 0);
        }
        state.index.end_at(end);
        state.next = next;
    }

    /// Says that the log goes on in another segment.
    pub(crate) fn roll(&self, segment: Arc<Segment<M::File>>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.firsts.push(segment.header.start.next);
        let mut fresh = Index::default();
        fresh.end_at(segment.groups_start());
        let index = std::mem::replace(&mut state.index, fresh);
        let segment = std::mem::replace(&mut state.active, segment);
        drop(state);
        self.keep(Arc::new(Indexed { segment, index }));
    }

    fn with<T>(&self, look: impl FnOnce(&State<M::File>) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn locate(&self, sequence: u64) -> Result<Located<M::File>, Error> {
        let first = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if sequence >= state.next {
                return Err(Error::Unknown { sequence, next: state.next });
            }
            if sequence >= state.active.header.start.next {
                let segment = Arc::clone(&state.active);
                return Ok(Located { segment, span: state.index.span(sequence) });
            }
            let after = state.firsts.partition_point(|first| *first <= sequence);
            after.checked_sub(1).and_then(|at| state.firsts.get(at)).copied()
        };
        // An archive that is not mounted takes the first segments away.
        let first = first.ok_or_else(|| missing(sequence))?;
        let indexed = self.indexed(first)?;
        Ok(Located { segment: Arc::clone(&indexed.segment), span: indexed.index.span(sequence) })
    }

    /// A segment, open to read.
    fn segment(&self, first: u64) -> Result<Arc<Segment<M::File>>, Error> {
        let active = self.with(|state| {
            let is_active = state.active.header.start.next == first;
            is_active.then(|| Arc::clone(&state.active))
        });
        match active {
            Some(active) => Ok(active),
            None => Segment::open(&self.medium, first, Access::Read).map(Arc::new),
        }
    }

    /// A segment that is written no more, with its index.
    fn indexed(&self, first: u64) -> Result<Arc<Indexed<M::File>>, Error> {
        let known = {
            let sealed = self.sealed.lock().unwrap_or_else(PoisonError::into_inner);
            sealed.iter().find(|indexed| indexed.segment.header.start.next == first).cloned()
        };
        let indexed = match known {
            Some(indexed) => indexed,
            None => {
                let segment = Arc::new(Segment::open(&self.medium, first, Access::Read)?);
                let index = Index::build(&segment)?;
                Arc::new(Indexed { segment, index })
            }
        };
        self.keep(Arc::clone(&indexed));
        Ok(indexed)
    }

    /// Puts a segment in front of those that were read last.
    fn keep(&self, indexed: Arc<Indexed<M::File>>) {
        let first = indexed.segment.header.start.next;
        let mut sealed = self.sealed.lock().unwrap_or_else(PoisonError::into_inner);
        sealed.retain(|other| other.segment.header.start.next != first);
        sealed.push_front(indexed);
        sealed.truncate(OPEN_MAX);
    }
}
