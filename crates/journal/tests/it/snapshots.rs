//! Snapshots: found when they are sound, passed over when they are not, and witnesses of a rollback.

use std::collections::BTreeMap;

use bytes::Bytes;
use journal::faults::{Disk, Random};
use journal::snapshot::{Snapshot, Unusable};
use journal::{Chain, Error, Fault, Local, Reader, Rollback, verify_on};
use trust::{Digest, LogTime};

use crate::support::{all, draft, drafts, journal_of, open, options};

/// A fold whose state tells every record that it has seen: what a machine is to a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fold(Digest);

impl Fold {
    fn take(&mut self, record: &journal::Record) {
        let mut bytes = self.0.as_bytes().to_vec();
        bytes.extend_from_slice(record.hash.as_bytes());
        bytes.extend_from_slice(&record.payload);
        self.0 = Digest::of(&bytes);
    }

    fn replay(reader: &Reader<Disk>) -> Self {
        let mut fold = Self(Digest::default());
        all(reader).iter().for_each(|record| fold.take(record));
        fold
    }

    fn snapshot(&self, chain: &Chain) -> Snapshot {
        let bytes = Bytes::copy_from_slice(self.0.as_bytes());
        Snapshot { chain: chain.clone(), sections: [("fold".to_owned(), bytes)].into() }
    }

    /// From the latest snapshot and the records behind it; also how many those were.
    fn recover(reader: &Reader<Disk>) -> Result<(Self, u64), Error> {
        let (mut fold, at) = match reader.snapshots().latest()?.snapshot {
            None => (Self(Digest::default()), 0),
            Some(snapshot) => {
                let bytes = snapshot.sections["fold"][..].try_into().unwrap();
                (Self(Digest(bytes)), snapshot.chain.next)
            }
        };
        let mut count = 0;
        let origin = if at == 0 {
            let (network, shard) = reader.log();
            Chain::new(network, shard)
        } else {
            let last = reader.read(at - 1)?;
            Chain::after(&last.head, last.hash)
        };
        for record in reader.resume(&origin)? {
            fold.take(&record?);
            count += 1;
        }
        Ok((fold, count))
    }
}

/// A journal with a snapshot after each group.
fn with_snapshots(groups: &[u64]) -> Disk {
    let disk = journal_of(&[], 0);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 78).unwrap();
    for count in groups {
        journal.append(&drafts(journal.next_sequence(), *count, 300)).unwrap();
        snap(&journal);
    }
    journal.close().unwrap();
    disk
}

fn snap(journal: &Local<Disk>) -> String {
    let reader = journal.reader();
    reader.snapshots().save(&Fold::replay(&reader).snapshot(journal.durable())).unwrap()
}

fn names(disk: &Disk) -> Vec<String> {
    disk.names().into_iter().filter(|name| name.contains("snapshot")).collect()
}

#[test]
fn the_newest_two_are_kept_and_the_newest_is_found() {
    let disk = with_snapshots(&[2, 3, 4]);
    assert_eq!(names(&disk), ["00000000000000000007.snapshot", "00000000000000000011.snapshot"]);
    let reader = open(&disk).reader();
    let latest = reader.snapshots().latest().unwrap();
    assert_eq!(latest.snapshot.unwrap().chain.next, 11);
    assert_eq!(latest.skipped, []);
    let report = verify_on(&disk, true).unwrap();
    assert_eq!((report.damage, report.snapshots, report.skipped), (None, 2, vec![]));
}

#[test]
fn a_snapshot_and_the_tail_give_what_all_records_give() {
    // Snapshots at any record, also inside of groups and at the borders of segments.
    let disk = journal_of(&[4; 20], 300);
    let reader = open(&disk).reader();
    let records = all(&reader);
    let mut fold = Fold(Digest::default());
    let full = Fold::replay(&reader);
    for record in &records {
        fold.take(record);
        let chain = Chain::after(&record.head, record.hash);
        reader.snapshots().save(&fold.snapshot(&chain)).unwrap();
        let (recovered, tail) = Fold::recover(&reader).unwrap();
        assert_eq!(recovered, full, "from {}", chain.next);
        assert_eq!(tail, records.len() as u64 - chain.next);
    }
}

#[test]
fn a_snapshot_harmed_at_any_byte_is_passed_over() {
    let disk = with_snapshots(&[2, 3]);
    let file = "00000000000000000007.snapshot";
    for at in 0..disk.bytes_of(file).len() {
        let disk = disk.copy();
        let byte = disk.bytes_of(file)[at];
        disk.harm(file, at, &[byte ^ 1 << (at % 8)]);
        let reader = open(&disk).reader();
        let latest = reader.snapshots().latest().unwrap();
        assert_eq!(latest.snapshot.map(|found| found.chain.next), Some(4), "byte {at}");
        assert_eq!(latest.skipped[0].cause, Unusable::Damaged);
        assert_eq!(latest.skipped[0].code(), "JNL015");
        assert_eq!(Fold::recover(&reader).unwrap().0, Fold::replay(&reader));
        assert_eq!(verify_on(&disk.copy(), false).unwrap().skipped, latest.skipped);
    }
    disk.spoil(file, 40);
    let latest = open(&disk).reader().snapshots().latest().unwrap();
    assert!(matches!(latest.skipped[0].cause, Unusable::Unreadable { .. }));
}

#[test]
fn a_journal_that_ends_before_its_snapshot_is_not_opened() {
    let older = with_snapshots(&[2]);
    let disk = older.copy();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 79).unwrap();
    journal.append(&drafts(90, 4, 300)).unwrap();
    let file = snap(&journal);
    journal.close().unwrap();
    // The segment is set back; the mark with it, as an operator would copy both.
    for name in ["00000000000000000000.segment", "durable.mark"] {
        disk.harm(name, 0, &older.bytes_of(name));
    }
    let error = Local::open_on(disk.copy(), &options()).unwrap_err();
    let Error::RolledBack { witness, next: 9, fault: Rollback::Lost { journal: 4 } } = &error
    else {
        panic!("{error}")
    };
    assert_eq!((witness, error.code()), (&file, "JNL014"));
    let damage = verify_on(&disk, false).unwrap().damage.expect("a rollback is damage");
    assert_eq!((damage.file, damage.fault), (file.clone(), Fault::Absent));
    // Also when nothing but the name of the snapshot is left, and when no segment is.
    disk.shorten(&file, 0);
    assert_eq!(Local::open_on(disk.copy(), &options()).unwrap_err().code(), "JNL014");
    disk.lose("00000000000000000000.segment");
    disk.lose("durable.mark");
    assert_eq!(Local::open_on(disk, &options()).unwrap_err().code(), "JNL014");
}

#[test]
fn a_tail_that_a_snapshot_proves_is_never_cut() {
    let disk = with_snapshots(&[2, 3]);
    disk.lose("durable.mark");
    let name = "00000000000000000000.segment";
    let end = disk.bytes_of(name).iter().rposition(|byte| *byte != 0).unwrap();
    disk.harm(name, end - 4, &[0x5a]);
    let before = disk.bytes_of(name);
    assert_eq!(Local::open_on(disk.copy(), &options()).unwrap_err().code(), "JNL014");
    assert_eq!(disk.bytes_of(name), before);
}

#[test]
fn a_journal_with_another_history_is_not_served() {
    let base = journal_of(&[2], 60);
    let history = |writer| {
        let disk = base.copy();
        let mut journal = open(&disk);
        journal.open_epoch(LogTime(9), writer).unwrap();
        journal.append(&drafts(9, 2, 60)).unwrap();
        snap(&journal);
        journal.append(&drafts(19, 2, 60)).unwrap();
        journal.close().unwrap();
        disk
    };
    let (one, two) = (history(80), history(81));
    for name in ["00000000000000000000.segment", "durable.mark"] {
        one.harm(name, 0, &two.bytes_of(name));
    }
    let reader = open(&one.copy()).reader();
    let error = reader.snapshots().latest().unwrap_err();
    assert!(matches!(error, Error::RolledBack { fault: Rollback::OtherHistory, .. }), "{error}");
    assert_eq!(verify_on(&one, false).unwrap().damage.unwrap().fault, Fault::Snapshot);
    // And whoever kept a place elsewhere is told the same.
    let mut place = open(&two).durable().clone();
    assert_eq!(reader.resume(&place).unwrap().count(), 0);
    place.previous = Digest::of(b"another");
    assert_eq!(reader.resume(&place).unwrap_err().code(), "JNL014");
    place.next += 1;
    assert_eq!(reader.resume(&place).unwrap_err().code(), "JNL014");
}

#[test]
fn a_snapshot_of_what_is_not_in_the_journal_is_not_written() {
    let disk = journal_of(&[2], 60);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    let staged = journal.stage(&draft(1, 10, 10)).unwrap();
    let fold = Fold(Digest::default());
    let early = Chain::after(&staged.head, staged.hash);
    let snapshots = journal.reader().snapshots();
    assert_eq!(snapshots.save(&fold.snapshot(&early)).unwrap_err().code(), "JNL013");
    journal.commit().unwrap();
    let wrong = Chain { at: LogTime(early.at.0 + 1), ..early };
    assert_eq!(snapshots.save(&fold.snapshot(&wrong)).unwrap_err().code(), "JNL014");
    snapshots.save(&fold.snapshot(&early)).unwrap();
    assert_eq!(names(&disk).len(), 1);
}

#[test]
fn a_full_disk_refuses_a_snapshot_and_the_journal_goes_on() {
    let disk = with_snapshots(&[2]);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    let mut great = Fold(Digest::default()).snapshot(journal.durable());
    great.sections.insert("great".to_owned(), vec![7; 100_000].into());
    disk.set_capacity(70_000);
    let snapshots = journal.reader().snapshots();
    assert_eq!(snapshots.save(&great).unwrap_err().code(), "JNL008");
    assert_eq!(names(&disk), ["00000000000000000004.snapshot"]);
    journal.append(&drafts(9, 1, 60)).unwrap();
    disk.set_capacity(usize::MAX);
    snapshots.save(&great).unwrap();
    assert_eq!(snapshots.latest().unwrap().snapshot, Some(great));
}

#[test]
fn a_power_cut_while_a_snapshot_is_written_leaves_the_one_before() {
    for seed in 0..1000 {
        let mut random = Random(seed);
        let disk = with_snapshots(&[2, 2]);
        let mut journal = open(&disk);
        journal.open_epoch(LogTime(9), 80).unwrap();
        let chain = journal.durable().clone();
        let mut fresh = Fold::replay(&journal.reader()).snapshot(&chain);
        fresh.sections.insert("more".to_owned(), vec![7; 5000].into());
        disk.fail_after(random.below(9));
        let saved = journal.reader().snapshots().save(&fresh);
        drop(journal);
        let disk = disk.cut(&mut random);
        let reader = open(&disk).reader();
        let latest = reader.snapshots().latest().unwrap();
        assert_eq!(latest.skipped, [], "seed {seed}");
        let found = latest.snapshot.expect("one was durable");
        if saved.is_ok() {
            assert_eq!(found, fresh, "seed {seed}");
        } else {
            assert!([6, 7].contains(&found.chain.next), "seed {seed}: {}", found.chain.next);
        }
        assert_eq!(Fold::recover(&reader).unwrap().0, Fold::replay(&reader), "seed {seed}");
    }
}

#[test]
fn a_snapshot_of_another_log_is_refused() {
    let disk = with_snapshots(&[2]);
    let other = Disk::new();
    let mut options = options();
    options.network = "test".parse().unwrap();
    let (mut journal, _) = Local::open_on(other.clone(), &options).unwrap();
    journal.open_epoch(LogTime(9), 80).unwrap();
    journal.append(&drafts(1, 3, 60)).unwrap();
    let chain = journal.durable().clone();
    let foreign = Snapshot { chain, sections: BTreeMap::new() };
    let file = journal.reader().snapshots().save(&foreign).unwrap();
    journal.close().unwrap();
    let bytes = other.bytes_of(&file);
    disk.plant(&file, &bytes);
    let error = open(&disk).reader().snapshots().latest().unwrap_err();
    assert_eq!(error.code(), "JNL005", "{error}");
}

#[test]
fn a_snapshot_that_comes_to_light_later_is_a_witness_too() {
    let disk = with_snapshots(&[2]);
    let reader = open(&disk).reader();
    disk.plant("00000000000000000099.snapshot", b"");
    let error = reader.snapshots().latest().unwrap_err();
    let lost = Rollback::Lost { journal: 4 };
    assert!(matches!(error, Error::RolledBack { fault, .. } if fault == lost), "{error}");
}
