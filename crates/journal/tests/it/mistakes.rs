//! The test of the tests: classic mistakes, made on purpose at the seam between the engine and its
//! medium, and a check that finds each of them within so many seeds.
//!
//! An engine that answers before its sync is, to everybody outside, one whose sync does nothing; one
//! that looks at no checksum is one for which every checksum fits, whatever rots; and one that cuts
//! damage at the tail is one that finds no mark. So the engine's code needs no trace of these. Other
//! mistakes in what it makes of the bytes: docs/reliability.md says how they were tried by hand.

use std::io;

use bytes::Bytes;
use journal::faults::{Disk, DiskFile, DiskLock, Random};
use journal::snapshot::Snapshot;
use journal::{Access, Error, File, Local, LockMode, Locked, Medium, Record};
use trust::{Digest, LogTime};

use crate::support::{draft, options, record};

/// A mistake in how an engine uses its medium, or a hub its engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    /// It acknowledges before the sync, which never comes.
    SyncForgotten,
    /// It acknowledges before the sync, which comes with the next group.
    SyncLate,
    /// It tries a failed sync again, and believes it.
    SyncTriedAgain,
    /// It does not sync the names of new files.
    NameNotSynced,
    /// It believes what memory holds after a failed sync.
    MemoryBelieved,
    /// It leaves the remains of a torn tail where they are.
    RemainsLeft,
    /// It does not ask whether another process has the directory.
    LockNotTaken,
    /// It does not look at snapshots when it opens.
    SnapshotsNotSeen,
    /// It goes on one record too early behind a snapshot.
    ResumesTooEarly,
    /// It goes on one record too late behind a snapshot.
    ResumesTooLate,
    /// It does not look at the checksums of records.
    ChecksumsNotSeen,
    /// It cuts damage at the tail, whoever was told of what stood there.
    DamageCut,
}

impl Mistake {
    const ALL: [Self; 12] = [
        Self::SyncForgotten,
        Self::SyncLate,
        Self::SyncTriedAgain,
        Self::NameNotSynced,
        Self::MemoryBelieved,
        Self::RemainsLeft,
        Self::LockNotTaken,
        Self::SnapshotsNotSeen,
        Self::ResumesTooEarly,
        Self::ResumesTooLate,
        Self::ChecksumsNotSeen,
        Self::DamageCut,
    ];
}

/// The file of the mark.
const MARK: &str = "durable.mark";
/// Bytes of a record before its meta: the prefix, and the head.
const RECORD_FIXED: usize = 24 + 140;
/// Where the salt stands in the header of a segment.
const SALT: usize = 96;

/// A disk as an engine with a mistake uses it.
#[derive(Clone, Debug)]
struct Mistaken {
    disk: Disk,
    mistake: Option<Mistake>,
}

/// A file of it.
#[derive(Debug)]
struct MistakenFile {
    file: DiskFile,
    mistake: Option<Mistake>,
    /// Whether its name makes it one of the journal's segments.
    is_segment: bool,
}

/// The lock, or nothing where it was not taken.
#[derive(Debug)]
struct MistakenLock {
    _lock: Option<DiskLock>,
}

impl Mistaken {
    fn file(&self, name: &str, file: DiskFile) -> MistakenFile {
        let is_segment = name.ends_with(".segment") || name.contains("spare");
        MistakenFile { file, mistake: self.mistake, is_segment }
    }

    fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }
}

impl Medium for Mistaken {
    type File = MistakenFile;
    type Lock = MistakenLock;

    fn place(&self) -> String {
        self.disk.place()
    }

    fn create_place(&self) -> io::Result<()> {
        self.disk.create_place()
    }

    fn lock(&self, mode: LockMode) -> io::Result<Locked<MistakenLock>> {
        if self.makes(Mistake::LockNotTaken) {
            return Ok(Locked::Taken(MistakenLock { _lock: None }));
        }
        Ok(match self.disk.lock(mode)? {
            Locked::Taken(lock) => Locked::Taken(MistakenLock { _lock: Some(lock) }),
            Locked::Held { writer } => Locked::Held { writer },
        })
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = self.disk.list()?;
        if self.makes(Mistake::SnapshotsNotSeen) {
            names.retain(|name| !name.ends_with(".snapshot"));
        }
        if self.makes(Mistake::DamageCut) {
            names.retain(|name| name != MARK);
        }
        Ok(names)
    }

    fn create(&self, name: &str, bytes: u64) -> io::Result<MistakenFile> {
        self.disk.create(name, bytes).map(|file| self.file(name, file))
    }

    fn open(&self, name: &str, access: Access) -> io::Result<MistakenFile> {
        if self.makes(Mistake::DamageCut) && name == MARK {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.disk.open(name, access).map(|file| self.file(name, file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync(&self) -> io::Result<()> {
        if self.makes(Mistake::NameNotSynced) { Ok(()) } else { self.disk.sync() }
    }

    fn salt(&self) -> io::Result<u64> {
        self.disk.salt()
    }
}

impl File for MistakenFile {
    fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.read(at, into)
    }

    fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        match self.mistake {
            Some(Mistake::SyncLate) if self.is_segment => {
                self.file.sync()?;
                self.file.write(at, bytes)
            }
            // The only zeros that the engine writes are those with which it cuts.
            Some(Mistake::RemainsLeft) if bytes.iter().all(|byte| *byte == 0) => Ok(()),
            _ => self.file.write(at, bytes),
        }
    }

    fn sync(&self) -> io::Result<()> {
        match self.mistake {
            Some(Mistake::SyncForgotten | Mistake::SyncLate) if self.is_segment => Ok(()),
            Some(Mistake::SyncTriedAgain) => self.file.sync().or_else(|_| self.file.sync()),
            _ => self.file.sync(),
        }
    }

    fn forget(&self) -> io::Result<()> {
        if self.mistake == Some(Mistake::MemoryBelieved) { Ok(()) } else { self.file.forget() }
    }
}

/// What somebody outside knows of a journal.
#[derive(Default)]
struct Known {
    /// What was acknowledged, or read back.
    records: Vec<Record>,
}

type Found<T = ()> = Result<T, String>;

/// Opens the journal, compares it with what is known, and appends until something fails.
fn live(medium: &Mistaken, random: &mut Random, known: &mut Known) -> Found {
    let mut journal = match Local::open_on(medium.clone(), &options()) {
        Ok((journal, _)) => journal,
        // The power, or a sync, has failed while it was opened.
        Err(Error::Io { .. } | Error::Stopped { .. }) => return Ok(()),
        Err(error) => return Err(format!("it does not open: {error}")),
    };
    let records: Result<Vec<Record>, Error> = journal.reader().records(0).collect();
    let records = records.map_err(|error| format!("it does not read: {error}"))?;
    let prefix = records.get(..known.records.len());
    if prefix != Some(&known.records[..]) {
        return Err(format!("{} of {} records are there", records.len(), known.records.len()));
    }
    known.records = records;
    if Local::open_on(medium.clone(), &options()).is_ok() {
        return Err("two processes have it at once".to_owned());
    }
    let Ok(opened) = journal.open_epoch(LogTime(1), random.number()) else { return Ok(()) };
    let opened = journal.reader().read(opened.head.sequence).map_err(|error| error.to_string())?;
    known.records.push(opened);
    for _ in 0..random.below(8) {
        let drafts: Vec<_> = (0..=random.below(4))
            .map(|_| draft(random.number(), random.below(60), random.below(1_500)))
            .collect();
        match journal.append(&drafts) {
            Ok(stamped) => {
                let pairs = drafts.iter().zip(&stamped);
                known.records.extend(pairs.map(|(draft, stamped)| record(draft, stamped)));
            }
            Err(Error::Io { .. } | Error::Stopped { .. }) => return Ok(()),
            Err(error) => return Err(format!("it does not append: {error}")),
        }
        if random.below(4) == 0 && journal.settle().is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Lives with power cuts, kills and failed syncs: nothing that was acknowledged may be lost.
fn lives(seed: u64, mistake: Option<Mistake>) -> Found {
    let mut random = Random(seed);
    let mut disk = Disk::with_salts(seed);
    let mut known = Known::default();
    for _ in 0..8 {
        match random.below(3) {
            0 => disk.fail_after(random.below(40)),
            1 => disk.fail_sync_after(random.below(10)),
            _ => {}
        }
        live(&Mistaken { disk: disk.clone(), mistake }, &mut random, &mut known)?;
        if random.below(3) == 0 {
            // Only the process died; what it wrote stays in memory.
            disk.fail_after(usize::MAX);
            disk.fail_sync_after(usize::MAX);
        } else {
            disk = disk.cut(&mut random);
        }
    }
    disk.fail_after(usize::MAX);
    disk.fail_sync_after(usize::MAX);
    live(&Mistaken { disk, mistake }, &mut random, &mut known)
}

/// A state that tells every record that it has seen.
fn fold(state: Digest, record: &Record) -> Digest {
    Digest::of(&[state.as_bytes().as_slice(), record.hash.as_bytes()].concat())
}

/// A state goes on from a snapshot, and an older copy of the journal is put back beside a newer one.
fn snapshots(seed: u64, mistake: Option<Mistake>) -> Found {
    let mut random = Random(seed);
    let disk = Disk::with_salts(seed);
    let medium = Mistaken { disk: disk.clone(), mistake };
    let text = |error: Error| error.to_string();
    let (mut journal, _) = Local::open_on(medium, &options()).map_err(text)?;
    journal.open_epoch(LogTime(1), 7).map_err(text)?;
    let mut chains = vec![journal.durable().clone()];
    let older = disk.copy();
    for number in 0..3 + random.number() % 20 {
        journal.append(&[draft(number, 20, random.below(900))]).map_err(text)?;
        chains.push(journal.durable().clone());
    }
    let reader = journal.reader();
    let records: Vec<Record> = reader.records(0).collect::<Result<_, _>>().map_err(text)?;
    let place = 2 + random.below(records.len() - 2);
    let state = records.iter().take(place).fold(Digest::default(), fold);
    let chain = chains[place - 1].clone();
    assert_eq!(chain.next, place as u64, "each of these groups has one record");
    let sections = [("fold".to_owned(), Bytes::copy_from_slice(state.as_bytes()))].into();
    let name = reader.snapshots().save(&Snapshot { chain, sections }).map_err(text)?;
    let resumed = match mistake {
        Some(Mistake::ResumesTooEarly) => place - 2,
        Some(Mistake::ResumesTooLate) => place,
        _ => place - 1,
    };
    let tail = reader.resume(&chains[resumed]).map_err(text)?;
    let tail: Vec<Record> = tail.collect::<Result<_, _>>().map_err(text)?;
    if tail.iter().fold(state, fold) != records.iter().fold(Digest::default(), fold) {
        return Err("snapshot and tail give another state than all records".to_owned());
    }
    drop(journal);
    older.plant(&name, &disk.bytes_of(&name));
    match Local::open_on(Mistaken { disk: older, mistake }, &options()) {
        Err(Error::RolledBack { .. }) => Ok(()),
        Err(error) => Err(format!("an older copy is refused as: {error}")),
        Ok(_) => Err("an older copy of the journal is served beside its snapshot".to_owned()),
    }
}

/// A bit of one of the last records changes while nobody has the journal.
fn rots(seed: u64, mistake: Option<Mistake>) -> Found {
    let mut random = Random(seed);
    let disk = Disk::with_salts(seed);
    let medium = Mistaken { disk: disk.clone(), mistake };
    let text = |error: Error| error.to_string();
    let (mut journal, _) = Local::open_on(medium.clone(), &options()).map_err(text)?;
    journal.open_epoch(LogTime(1), 7).map_err(text)?;
    for number in 0..4 + random.number() % 20 {
        journal.append(&[draft(number, 20, 16 + random.below(900))]).map_err(text)?;
    }
    let records: Vec<Record> =
        journal.reader().records(0).collect::<Result<_, _>>().map_err(text)?;
    journal.close().map_err(text)?;
    let record = &records[records.len() - 1 - random.below(4)];
    harm(&disk, record, &mut random, mistake == Some(Mistake::ChecksumsNotSeen));
    let opened = Local::open_on(medium, &options());
    let read = opened.and_then(|(journal, _)| journal.reader().read(record.head.sequence));
    match read {
        Err(Error::Damaged(_)) => Ok(()),
        Err(error) => Err(format!("a record that has rotted is refused as: {error}")),
        Ok(_) => Err("a record is served whose bytes have changed".to_owned()),
    }
}

/// Changes a bit of a record's payload; where no checksum is looked at, each fits all the same.
fn harm(disk: &Disk, record: &Record, random: &mut Random, fits: bool) {
    let segments = disk.names().into_iter().filter(|name| name.ends_with(".segment"));
    let place = segments.into_iter().find_map(|name| {
        let bytes = disk.bytes_of(&name);
        let at = bytes.windows(record.payload.len()).position(|part| part == record.payload)?;
        Some((name, at, bytes))
    });
    let (name, at, mut bytes) = place.expect("the record is on the disk");
    bytes[at + random.below(record.payload.len())] ^= 1 << random.below(8);
    let start = at - record.meta.len() - RECORD_FIXED;
    let end = (at + record.payload.len()).next_multiple_of(8);
    if fits {
        // See `format.rs`: the salt of the segment begins every checksum of its records.
        let seed = crc32c::crc32c(&bytes[SALT..SALT + 8]);
        let checksum = crc32c::crc32c_append(seed, &bytes[start + 24..end]);
        bytes[start + 16..start + 20].copy_from_slice(&checksum.to_be_bytes());
        let tag = crc32c::crc32c_append(seed, &bytes[start..start + 20]);
        bytes[start + 20..start + 24].copy_from_slice(&tag.to_be_bytes());
    }
    disk.harm(&name, start, &bytes[start..end]);
}

fn play(seed: u64, mistake: Option<Mistake>) -> Found {
    lives(seed, mistake)?;
    snapshots(seed, mistake)?;
    rots(seed, mistake)
}

/// Within how many seeds each mistake must be found.
const SEEDS: u64 = 100;

#[test]
fn every_mistake_is_found_within_its_seeds() {
    for mistake in Mistake::ALL {
        let found = (0..SEEDS).find_map(|seed| Some((seed, play(seed, Some(mistake)).err()?)));
        let (seed, what) = found.unwrap_or_else(|| panic!("{mistake:?} is not found in {SEEDS}"));
        println!("{mistake:?} by seed {seed}: {what}");
    }
}

#[test]
fn without_a_mistake_nothing_is_found() {
    for seed in 0..5 * SEEDS {
        assert_eq!(play(seed, None), Ok(()), "seed {seed}");
    }
}
