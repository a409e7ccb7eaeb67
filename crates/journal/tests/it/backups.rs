//! Copies of a journal while it is written, and what comes back from them.

use journal::backup::{copy, copy_on};
use journal::faults::{Disk, Random};
use journal::{Error, Local, Options, Reader, Rollback, verify, verify_on};
use trust::LogTime;

use crate::support::{all, draft, drafts, journal_of, open, options};

#[test]
fn a_copy_of_a_running_journal_has_what_was_durable() {
    for seed in 0..300 {
        let mut random = Random(seed);
        let (source, target) = (Disk::new(), Disk::new());
        let mut journal = open(&source);
        journal.open_epoch(LogTime(1), 7).unwrap();
        for _ in 0..6 {
            for _ in 0..random.below(4) {
                let sizes = (random.below(60), random.below(1500));
                journal.append(&[draft(random.number(), sizes.0, sizes.1)]).unwrap();
            }
            // Staged, but not durable: not in the copy.
            journal.stage(&draft(random.number(), 10, 10)).unwrap();
            let copied = copy_on(&source, &target).unwrap();
            assert_eq!(copied.chain, *journal.durable(), "seed {seed}");
            let report = verify_on(&target, true).unwrap();
            assert!(report.is_sound() && report.torn.is_none(), "seed {seed}");
            assert_eq!(report.end, *journal.durable(), "seed {seed}");
            journal.discard();
        }
        // A copy of the copy is a journal that goes on.
        let restored = Disk::new();
        copy_on(&target, &restored).unwrap();
        let mut again = open(&restored);
        assert_eq!(all(&again.reader()), all(&journal.reader()));
        again.open_epoch(LogTime(1), 8).unwrap();
        again.append(&drafts(1, 3, 900)).unwrap();
    }
}

#[test]
fn a_half_written_group_is_not_copied() {
    let source = journal_of(&[3, 3], 200);
    let name = "00000000000000000000.segment";
    let end = source.bytes_of(name).iter().rposition(|byte| *byte != 0).unwrap() + 1;
    source.harm(name, end.next_multiple_of(512), b"NUNG and half a header");
    let target = Disk::new();
    assert_eq!(copy_on(&source, &target).unwrap().chain.next, 7);
    assert_eq!(verify_on(&target, true).unwrap().torn, None);
}

#[test]
fn sealed_segments_are_copied_once() {
    let source = journal_of(&[3; 24], 300);
    let target = Disk::new();
    let first = copy_on(&source, &target).unwrap();
    assert_eq!((first.written, first.bytes), (first.segments, first.segments * 16 * 1024));
    assert_eq!(copy_on(&source, &target).unwrap().written, 0);
    let mut journal = open(&source);
    journal.open_epoch(LogTime(1), 9).unwrap();
    assert_eq!(copy_on(&source, &target).unwrap().written, 1, "the last one has grown");
    // A segment that has decayed in the copy is written anew.
    target.harm("00000000000000000000.segment", 700, &[0x5a; 3]);
    assert_eq!(copy_on(&source, &target).unwrap().written, 1);
    assert!(verify_on(&target, true).unwrap().is_sound());
}

#[test]
fn damage_in_the_source_ends_the_copy_and_spares_the_last_one() {
    let source = journal_of(&[3; 24], 300);
    let target = Disk::new();
    copy_on(&source, &target).unwrap();
    source.harm("00000000000000000000.segment", 700, &[0x5a; 3]);
    assert_eq!(copy_on(&source, &target).unwrap_err().code(), "JNL007");
    assert!(verify_on(&target, true).unwrap().is_sound());
}

#[test]
fn a_source_that_was_set_back_does_not_overwrite_its_backup() {
    let older = journal_of(&[3], 200);
    let newer = older.copy();
    let mut journal = open(&newer);
    journal.open_epoch(LogTime(1), 9).unwrap();
    journal.append(&drafts(1, 2, 50)).unwrap();
    journal.close().unwrap();
    let target = Disk::new();
    copy_on(&newer, &target).unwrap();
    let error = copy_on(&older, &target).unwrap_err();
    assert!(matches!(error, Error::RolledBack { fault: Rollback::Lost { .. }, .. }), "{error}");
    // And one that went another way since.
    let mut journal = open(&older);
    journal.open_epoch(LogTime(1), 10).unwrap();
    journal.append(&drafts(1, 9, 50)).unwrap();
    journal.close().unwrap();
    let error = copy_on(&older, &target).unwrap_err();
    assert!(matches!(error, Error::RolledBack { fault: Rollback::OtherHistory, .. }), "{error}");
    assert_eq!(verify_on(&target, true).unwrap().records, 7);
}

#[test]
fn a_copy_does_not_go_where_something_else_is() {
    let target = Disk::new();
    target.plant("letter.txt", b"dear");
    assert_eq!(copy_on(&journal_of(&[3], 20), &target).unwrap_err().code(), "JNL004");
    assert_eq!(copy_on(&Disk::new(), &Disk::new()).unwrap_err().code(), "JNL003");
    // The backup of another network.
    let other = Disk::new();
    let test = Options { network: "test".parse().unwrap(), ..options() };
    let (mut journal, _) = Local::open_on(other.clone(), &test).unwrap();
    journal.open_epoch(LogTime(1), 1).unwrap();
    journal.close().unwrap();
    let target = Disk::new();
    copy_on(&other, &target).unwrap();
    assert_eq!(copy_on(&journal_of(&[3], 20), &target).unwrap_err().code(), "JNL005");
}

#[test]
fn a_power_cut_while_copying_leaves_the_last_copy() {
    for seed in 0..300 {
        let mut random = Random(seed);
        let source = journal_of(&[3; 12], 300);
        let target = Disk::new();
        copy_on(&source, &target).unwrap();
        let mut journal = open(&source);
        journal.open_epoch(LogTime(1), 9).unwrap();
        journal.append(&drafts(1, 20, 600)).unwrap();
        target.fail_after(random.below(12));
        let _ = copy_on(&source, &target);
        let target = target.cut(&mut random);
        let report = verify_on(&target, true).unwrap();
        assert!(report.is_sound() && report.records >= 37, "seed {seed}: {:?}", report.damage);
        copy_on(&source, &target).unwrap();
        assert_eq!(verify_on(&target, true).unwrap().end, *journal.durable(), "seed {seed}");
    }
}

#[test]
fn a_real_directory_is_copied_while_a_thread_writes_it() {
    let directory = tempfile::tempdir().unwrap();
    let (source, target) = (directory.path().join("journal"), directory.path().join("backup"));
    let options = Options { segment_bytes: 256 * 1024, block_bytes: 4096, ..options() };
    let (mut journal, _) = Local::open(&source, &options).unwrap();
    journal.open_epoch(LogTime(1), 7).unwrap();
    let writer = std::thread::spawn(move || {
        for number in 0..300 {
            journal.append(&drafts(number * 3, 3, 2000)).unwrap();
        }
        journal
    });
    let mut last = 0;
    while !writer.is_finished() {
        let copied = copy(&source, &target).unwrap();
        assert!(copied.chain.next >= last);
        last = copied.chain.next;
    }
    let journal = writer.join().unwrap();
    assert_eq!(copy(&source, &target).unwrap().chain, *journal.durable());
    assert!(verify(&target, true).unwrap().is_sound());
}

#[test]
fn a_reader_without_the_lock_sees_what_the_mark_says() {
    let disk = journal_of(&[3; 24], 300);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(1), 9).unwrap();
    let reader = Reader::open_on(&disk).unwrap();
    assert_eq!(all(&reader), all(&journal.reader()));
    journal.append(&drafts(1, 2, 50)).unwrap();
    assert_eq!(reader.next_sequence() + 2, journal.next_sequence(), "it sees what was, not more");
    assert_eq!(all(&Reader::open_on(&disk).unwrap()), all(&journal.reader()));
    disk.lose("durable.mark");
    assert_eq!(Reader::open_on(&disk).unwrap_err().code(), "JNL016");
    assert_eq!(Reader::open_on(&Disk::new()).unwrap_err().code(), "JNL003");
}
