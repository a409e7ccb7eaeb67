//! What is appended is read back, across segments and openings.

use std::sync::Arc;

use expect_test::expect;
use journal::{Cut, Draft, Error, Local, Options, Preparation, Record};
use proptest::prelude::*;
use trust::{Digest, LogTime, RecordKind, Shard};

use crate::support::{all, draft, drafts, journal_of, open, options, record};
use journal::faults::Disk;

#[test]
fn what_was_committed_is_read_back() {
    let disk = Disk::new();
    let mut journal = open(&disk);
    let opened = journal.open_epoch(LogTime(5), 77).unwrap();
    assert_eq!((opened.head.epoch, opened.head.writer, opened.head.sequence), (1, 77, 0));
    let drafts = drafts(1, 3, 100);
    let stamped = journal.append(&drafts).unwrap();
    let reader = journal.reader();
    for (draft, stamped) in drafts.iter().zip(&stamped) {
        assert_eq!(reader.read(stamped.head.sequence).unwrap(), record(draft, stamped));
        assert_eq!(stamped.hash, stamped.head.hash());
    }
    assert_eq!(all(&reader).len(), 4);
    assert_eq!(journal.last_hash(), stamped[2].hash);
}

#[test]
fn each_record_names_the_hash_of_the_one_before() {
    let journal = open(&journal_of(&[3, 1, 5], 200));
    let mut previous = Digest::default();
    for (sequence, record) in all(&journal.reader()).iter().enumerate() {
        assert_eq!(record.head.sequence, sequence as u64);
        assert_eq!(record.head.previous, previous);
        previous = record.head.hash();
    }
    assert_eq!(previous, journal.last_hash());
}

#[test]
fn what_is_staged_is_not_read_before_it_is_committed() {
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    let staged = journal.stage(&draft(1, 10, 10)).unwrap();
    let reader = journal.reader();
    assert_eq!(journal.next_sequence(), 2);
    assert_eq!(reader.next_sequence(), 1);
    assert!(matches!(reader.read(1), Err(Error::Unknown { sequence: 1, next: 1 })));
    assert_eq!(journal.commit().unwrap(), 1..2);
    assert_eq!(reader.read(1).unwrap().head, staged.head);
}

#[test]
fn a_dropped_journal_forgets_what_was_only_staged() {
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    journal.stage(&draft(1, 10, 10)).unwrap();
    drop(journal);
    let journal = open(&disk);
    assert_eq!(journal.next_sequence(), 1);
}

#[test]
fn each_opening_begins_an_epoch() {
    let disk = journal_of(&[2], 50);
    let mut journal = open(&disk);
    let opened = journal.open_epoch(LogTime(1), 78).unwrap();
    assert_eq!((opened.head.epoch, opened.head.writer), (2, 78));
    // The clock had gone back; the log's time does not.
    assert_eq!(opened.head.at, LogTime(1_000_002));
    let stamped = journal.append(&drafts(9, 1, 10)).unwrap();
    assert_eq!((stamped[0].head.epoch, stamped[0].head.writer), (2, 78));
}

#[test]
#[should_panic(expected = "open one first")]
fn records_need_an_epoch_of_this_process() {
    let disk = journal_of(&[2], 50);
    let _ = open(&disk).stage(&draft(3, 1, 1));
}

#[test]
fn a_group_goes_on_in_the_next_segment() {
    // 16 KiB less a block hold about four records of 3.5 KB.
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    let drafts = drafts(1, 6, 3500);
    let syncs = disk.syncs();
    let stamped = journal.append(&drafts).unwrap();
    // One for each part, one for the header of the segment, sixteen KiB of the spare after it.
    assert_eq!(disk.syncs() - syncs, 4);
    assert_eq!(disk.names().iter().filter(|name| name.ends_with(".segment")).count(), 2);
    for (draft, stamped) in drafts.iter().zip(&stamped) {
        let record = record(draft, stamped);
        assert_eq!(journal.reader().read(stamped.head.sequence).unwrap(), record);
    }
    drop(journal);
    let journal = open(&disk);
    assert_eq!(journal.next_sequence(), 7);
    assert_eq!(all(&journal.reader()).len(), 7);
}

#[test]
fn a_record_that_no_segment_holds_is_refused() {
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    let fits = 16 * 1024 - 512 - 64 - 164;
    assert!(matches!(
        journal.stage(&draft(1, 0, fits + 1)),
        Err(Error::TooLong { bytes: 15816, bytes_max: 15808 })
    ));
    assert_eq!(journal.next_sequence(), 1);
    journal.stage(&draft(1, 0, fits)).unwrap();
    journal.commit().unwrap();
    assert_eq!(journal.reader().read(1).unwrap().payload.len(), fits);
}

#[test]
fn a_group_that_two_segments_do_not_hold_is_committed_in_parts() {
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    let mut staged = 0;
    let records = loop {
        match journal.stage(&draft(staged, 0, 3000)) {
            Ok(_) => staged += 1,
            Err(Error::GroupFull { records }) => break records,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(records, staged);
    assert_eq!(journal.commit().unwrap(), 1..1 + staged);
    journal.stage(&draft(staged, 0, 3000)).unwrap();
    journal.commit().unwrap();
    assert_eq!(all(&journal.reader()).len() as u64, staged + 2);
}

#[test]
fn old_segments_are_read_at_random() {
    random_reads(&journal_of(&[7; 40], 300));
    // Groups in which several records have their own entry in the index.
    random_reads(&journal_of(&[10; 28], 1200));
}

#[track_caller]
fn random_reads(disk: &Disk) {
    let journal = open(disk);
    let reader = journal.reader();
    let all = all(&reader);
    assert_eq!(all.len(), 281);
    assert!(disk.names().len() > 6, "the journal has several segments");
    for step in [1, 7, 13] {
        for index in (0..all.len()).rev().step_by(step) {
            assert_eq!(reader.read(index as u64).unwrap(), all[index]);
        }
    }
    for from in [0, 1, 50, 280, 281] {
        let some: Vec<Record> = reader.records(from).map(Result::unwrap).collect();
        assert_eq!(some, all.get(usize::try_from(from).unwrap()..).unwrap_or_default());
    }
}

#[test]
fn the_real_directory_does_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("deep").join("shard-0");
    let options = Options { preparation: Preparation::Thread, ..options() };
    let (mut journal, recovered) = Local::open(&place, &options).unwrap();
    assert!(recovered.created);
    journal.open_epoch(LogTime(5), 77).unwrap();
    let drafts = drafts(1, 40, 2000);
    let stamped: Vec<_> =
        drafts.chunks(3).flat_map(|chunk| journal.append(chunk).unwrap()).collect();
    let want: Vec<_> =
        drafts.iter().zip(&stamped).map(|(draft, stamped)| record(draft, stamped)).collect();
    assert_eq!(all(&journal.reader())[1..], want);
    journal.close().unwrap();
    let (journal, recovered) = Local::open(&place, &Options { create: false, ..options }).unwrap();
    assert_eq!((recovered.created, recovered.cut, recovered.chain.next), (false, None::<Cut>, 41));
    assert_eq!(all(&journal.reader())[1..], want);
    assert_eq!(journal.reader().read(17).unwrap(), want[16]);
}

#[test]
fn readers_see_each_record_whole_while_others_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = Local::open(directory.path(), &options()).unwrap();
    journal.open_epoch(LogTime(5), 77).unwrap();
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (reader, done) = (journal.reader(), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut seen = 0;
                // At least once, also when the writer has ended before this thread began.
                loop {
                    let last_look = done.load(std::sync::atomic::Ordering::Relaxed);
                    let last = reader.next_sequence() - 1;
                    for sequence in last.saturating_sub(20)..=last {
                        let record = reader.read(sequence).unwrap();
                        assert_eq!(record.head.sequence, sequence);
                        seen += 1;
                    }
                    if last_look {
                        return seen;
                    }
                }
            })
        })
        .collect();
    for round in 0..60 {
        journal.append(&drafts(round * 5, 5, 700)).unwrap();
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    for reader in readers {
        assert!(reader.join().unwrap() > 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_groups_of_any_records_are_read_back(
        groups in prop::collection::vec(
            prop::collection::vec((0_usize..300, 0_usize..5000, 1_u16..50), 0..6), 1..12),
    ) {
        let disk = Disk::new();
        let mut journal = open(&disk);
        journal.open_epoch(LogTime(5), 77).unwrap();
        let mut want = Vec::new();
        for group in &groups {
            let drafts: Vec<Draft> = group.iter().enumerate().map(|(number, (meta, payload, kind))| {
                let number = number as u64 + want.len() as u64;
                Draft { kind: RecordKind(*kind), ..draft(number, *meta, *payload) }
            }).collect();
            // A group is in one segment, and three of the largest are more than one holds.
            for part in drafts.chunks(2) {
                let stamped = journal.append(part).unwrap();
                want.extend(part.iter().zip(&stamped).map(|(draft, stamped)| record(draft, stamped)));
            }
        }
        prop_assert_eq!(&all(&journal.reader())[1..], &want);
        drop(journal);
        let journal = open(&disk);
        let reader = journal.reader();
        prop_assert_eq!(&all(&reader)[1..], &want);
        for record in &want {
            prop_assert_eq!(&reader.read(record.head.sequence).unwrap(), record);
        }
        let report = journal::verify_on(&disk.copy(), true).unwrap();
        prop_assert_eq!(report.records, want.len() as u64 + 1);
        prop_assert!(report.is_sound());
    }
}

#[test]
fn a_journal_of_another_network_or_shard_is_refused() {
    let disk = journal_of(&[2], 50);
    for foreign in [
        Options { network: "other".parse().unwrap(), ..options() },
        Options { shard: Shard(3), ..options() },
    ] {
        let error = Local::open_on(disk.clone(), &foreign).unwrap_err();
        assert!(matches!(error, Error::Foreign { .. }), "{error}");
        assert!(error.to_string().contains("belongs to demo/0"), "{error}");
    }
    open(&disk);
}

#[test]
fn journals_and_readers_go_to_other_threads() {
    fn moves<T: Send>() {}
    fn shares<T: Sync>() {}
    moves::<Local>();
    moves::<journal::Reader>();
    shares::<journal::Reader>();
}

#[test]
fn the_files_of_a_journal_of_version_1_have_these_bytes() {
    // What is released is read for ever: a change here is a new version of the format, and a test
    // that this one is still read. Digests of whole files; the tables of fields are in `format.rs`.
    let disk = journal_of(&[2, 5, 40], 300);
    let mut text = String::new();
    for name in disk.names().iter().filter(|name| *name != "spare") {
        let digest = Digest::of(&disk.bytes_of(name));
        let hex: String = digest.0[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&format!("{name} {hex}\n"));
    }
    expect![[r#"
        00000000000000000000.segment 9d4982f72be2d418
        00000000000000000030.segment 2e04a8f88bc42d60
        durable.mark 0be76d616f2ddf88
    "#]]
    .assert_eq(&text);
    let report = journal::verify_on(&disk, true).unwrap();
    assert_eq!((report.records, report.segments, report.damage), (48, 2, None));
}
