//! Checks a journal that no hub has open, without changing anything.

use std::io;
use std::path::Path;
use std::sync::Arc;

use trust::{Body, Digest, NetworkName, RecordKind, Shard};

use crate::chain::Chain;
use crate::directory::Directory;
use crate::error::{Damage, Error, Fault};
use crate::format::{SEGMENT_HEADER, is_zero};
use crate::layout::{self, Segment, damaged};
use crate::local::lock;
use crate::mark::Mark;
use crate::medium::{Access, File, LockMode, Medium};
use crate::recovery::{Cut, follow, judge};
use crate::snapshot::{self, Skipped};
use crate::walk::{Found, Walk};

/// What checking a journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The network whose log it is.
    pub network: NetworkName,
    /// Which log of it.
    pub shard: Shard,
    /// How many segments there are.
    pub segments: u64,
    /// How many records are sound, from the first on, in groups that are whole.
    pub records: u64,
    /// How many of them open an epoch.
    pub epochs: u64,
    /// The bytes of their meta and payload.
    pub body_bytes: u64,
    /// Where the log stands after the last of them.
    pub end: Chain,
    /// A group that was never synced, which the next opening will cut.
    pub torn: Option<Cut>,
    /// The first damage; what stands behind it was not looked at.
    pub damage: Option<Damage>,
    /// How many snapshots are whole and stand where the journal stood.
    pub snapshots: u64,
    /// Snapshots that would not be used.
    pub skipped: Vec<Skipped>,
    /// Whether the bodies were checked against their heads too.
    pub full: bool,
}

impl Report {
    /// Whether all that was ever durable is what it was.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damage.is_none()
    }
}

/// Checks the journal in a directory: checksums, chain and order of all records, all bytes that
/// must be zero, and with `full` that each body is the one that its head names.
///
/// # Errors
///
/// [`Error::InUse`] while a hub has it open, [`Error::Missing`], [`Error::Empty`],
/// [`Error::Foreign`] where its segments are of several logs, [`Error::Version`], [`Error::Io`].
/// Damage is no error here but in the report; only where the first header is damaged, so that not
/// even the network is known, it is [`Error::Damaged`].
pub fn verify(directory: &Path, full: bool) -> Result<Report, Error> {
    verify_on(&Directory::new(directory), full)
}

/// As [`verify`], on any medium.
///
/// # Errors
///
/// As [`verify`].
pub fn verify_on<M: Medium>(medium: &M, full: bool) -> Result<Report, Error> {
    let place = medium.place();
    let names = match medium.list() {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing { place });
        }
        Err(error) => return Err(Error::io("list", &place, error)),
    };
    let firsts = layout::segments(&names);
    let Some(first) = firsts.first() else { return Err(Error::Empty { place }) };
    let _lock = lock(medium, LockMode::Shared)?;
    let mark = Mark::read(medium)?;
    let head = Segment::open(medium, *first, Access::Read)?;
    let start = &head.header.start;
    let chain = Chain::new(start.network, start.shard);
    let mut check = Check {
        report: Report {
            network: start.network,
            shard: start.shard,
            segments: firsts.len() as u64,
            records: 0,
            epochs: 0,
            body_bytes: 0,
            end: chain,
            torn: None,
            damage: None,
            snapshots: 0,
            skipped: Vec::new(),
            full,
        },
        mark,
        before: 0,
        counts: Counts::default(),
        places: snapshot::places(medium)?,
        stands: Vec::new(),
    };
    match check.segments(medium, &firsts).and_then(|()| check.snapshots(medium)) {
        Ok(()) => {}
        Err(Error::Damaged(damage)) => check.report.damage = Some(damage),
        Err(error) => return Err(error),
    }
    let Counts { records, epochs, body_bytes } = check.counts;
    Ok(Report { records, epochs, body_bytes, ..check.report })
}

struct Check {
    report: Report,
    mark: Option<Mark>,
    /// The first sequence of the segment before.
    before: u64,
    counts: Counts,
    /// The places of snapshots, and where the log stands at those that it came by.
    places: Vec<u64>,
    stands: Vec<Chain>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    records: u64,
    epochs: u64,
    body_bytes: u64,
}

impl Counts {
    fn add(&mut self, found: &Found) {
        let record = &found.record;
        self.records += 1;
        self.epochs += u64::from(record.head.kind == RecordKind::OPEN);
        self.body_bytes += (record.meta.len() + record.payload.len()) as u64;
    }
}

impl Check {
    fn segments<M: Medium>(&mut self, medium: &M, firsts: &[u64]) -> Result<(), Error> {
        for (number, first) in firsts.iter().enumerate() {
            let segment = Arc::new(Segment::open(medium, *first, Access::Read)?);
            self.header(&segment)?;
            let last = number + 1 == firsts.len();
            self.segment(segment, last)?;
            self.before = *first;
        }
        Ok(())
    }

    /// Checks that the segment goes on where the one before has ended.
    fn header<F: File>(&self, segment: &Segment<F>) -> Result<(), Error> {
        let header = &segment.header;
        let end = &self.report.end;
        let (network, shard) = (header.start.network, header.start.shard);
        if network != end.network || shard != end.shard {
            return Err(Error::Foreign {
                file: segment.name.clone(),
                network,
                shard,
                expected_network: end.network,
                expected_shard: end.shard,
            });
        }
        if header.start != *end || header.before != self.before {
            let fault = Fault::SegmentOrder { expected: end.next };
            return Err(damaged(&segment.name, 0, end.next, fault));
        }
        let mut rest = Vec::new();
        let slack = u64::from(header.block) - SEGMENT_HEADER as u64;
        segment.read(SEGMENT_HEADER as u64, slack, &mut rest)?;
        if is_zero(&rest) {
            return Ok(());
        }
        Err(damaged(&segment.name, SEGMENT_HEADER as u64, end.next, Fault::Slack))
    }

    fn segment<F: File>(&mut self, segment: Arc<Segment<F>>, last: bool) -> Result<(), Error> {
        let mut walk = Walk::new(segment);
        let full = self.report.full;
        let mut counts = self.counts;
        let stopped = follow(&mut walk, self.mark.as_ref(), |found, starts| {
            if starts {
                self.counts = counts;
            }
            if full {
                body(found)?;
            }
            counts.add(found);
            let head = &found.record.head;
            if self.places.binary_search(&(head.sequence + 1)).is_ok() {
                self.stands.push(Chain::after(head, found.record.hash));
            }
            Ok(())
        });
        let (end, chain) = walk.complete();
        self.report.end = chain.clone();
        // The records of a group count once all of it is sound.
        if end == walk.offset() {
            self.counts = counts;
        }
        let stopped = stopped?;
        let name = &walk.segment().name;
        if last {
            self.report.torn = judge(&walk, stopped, self.mark.as_ref())?;
            return Ok(());
        }
        if let Some((offset, fault)) = stopped {
            return Err(damaged(name, offset, walk.chain().next, fault));
        }
        match walk.segment().not_zero(end)? {
            Some((at, _)) => Err(damaged(name, at, self.report.end.next, Fault::Slack)),
            None => Ok(()),
        }
    }
}

impl Check {
    /// Holds the snapshots against the journal.
    fn snapshots<M: Medium>(&mut self, medium: &M) -> Result<(), Error> {
        for next in &self.places {
            let file = snapshot::file_name(*next);
            let Some(stands) = self.stands.iter().find(|stands| stands.next == *next) else {
                return Err(damaged(&file, 0, self.report.end.next, Fault::Absent));
            };
            match snapshot::load(medium, *next)? {
                Ok(snapshot) if snapshot.chain == *stands => self.report.snapshots += 1,
                Ok(_) => return Err(damaged(&file, 0, next - 1, Fault::Snapshot)),
                Err(cause) => self.report.skipped.push(Skipped { file, cause }),
            }
        }
        Ok(())
    }
}

/// Whether the body is the one that the head names.
pub(crate) fn body(found: &Found) -> Result<(), Fault> {
    let record = &found.record;
    let digest = Body::digest(&record.meta, &Digest::of(&record.payload));
    if digest == record.head.body { Ok(()) } else { Err(Fault::Body) }
}
