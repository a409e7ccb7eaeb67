//! A medium that fails or runs full, and directories that are not what they should be.

use journal::{Error, Local, Options, Preparation, Room, verify, verify_on};
use trust::LogTime;

use crate::support::{all, draft, drafts, journal_of, open, options};
use journal::faults::{Disk, Random};

#[test]
fn after_a_failed_sync_nothing_is_written_any_more() {
    let disk = journal_of(&[2], 100);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    let durable = all(&journal.reader());
    disk.fail_sync_after(0);
    journal.stage(&draft(1, 10, 10)).unwrap();
    let first = journal.commit().unwrap_err();
    assert_eq!(first.code(), "JNL010");
    let before = disk.bytes_of("00000000000000000000.segment");
    let text = first.to_string();
    assert_eq!(journal.commit().unwrap_err().to_string(), text);
    assert_eq!(journal.stage(&draft(2, 10, 10)).unwrap_err().to_string(), text);
    assert_eq!(journal.append(&[draft(2, 10, 10)]).unwrap_err().to_string(), text);
    assert_eq!(journal.settle().unwrap_err().to_string(), text);
    assert_eq!(disk.bytes_of("00000000000000000000.segment"), before);
    assert_eq!(all(&journal.reader()), durable, "readers see what was durable before");
    drop(journal);
    // The next process does not believe what is only in memory: what it serves survives the power.
    let served = all(&open(&disk).reader());
    assert_eq!(served, durable);
    let after = all(&open(&disk.cut(&mut Random(1))).reader());
    assert_eq!(after, served);
}

#[test]
fn whichever_sync_fails_what_the_next_process_serves_survives_a_power_cut() {
    for syncs in 0..12 {
        for seed in 0..20 {
            let disk = journal_of(&[2], 100);
            let mut journal = open(&disk);
            disk.fail_sync_after(syncs);
            let mut acknowledged = 0;
            if journal.open_epoch(LogTime(9), 80).is_ok() {
                for round in 0..8 {
                    match journal.append(&drafts(round * 3, 3, 1500)) {
                        Ok(stamped) => acknowledged = stamped[2].head.sequence,
                        Err(error) => {
                            assert_eq!(error.code(), "JNL010", "{error}");
                            break;
                        }
                    }
                }
            }
            drop(journal);
            let served = match Local::open_on(disk.clone(), &options()) {
                Ok((journal, _)) => all(&journal.reader()),
                // The sync that fails is the one of recovery.
                Err(Error::Io { .. }) => continue,
                Err(error) => panic!("sync {syncs}: {error}"),
            };
            assert!(served.len() as u64 > acknowledged, "sync {syncs}");
            let after = all(&open(&disk.cut(&mut Random(seed))).reader());
            assert_eq!(after, served, "sync {syncs}, seed {seed}");
        }
    }
}

#[test]
fn a_full_disk_refuses_the_record_and_nothing_else() {
    let disk = Disk::new();
    // A segment, the mark, and no spare.
    disk.set_capacity(16 * 1024 + 8192 + 100);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    let mut staged = 0;
    let error = loop {
        match journal.stage(&draft(staged, 10, 1000)) {
            Ok(_) => staged += 1,
            Err(error) => break error,
        }
        if staged % 3 == 0 {
            journal.commit().unwrap();
        }
    };
    assert_eq!(error.code(), "JNL008");
    assert!(error.to_string().starts_with("no space is left for spare of 16384 bytes"), "{error}");
    assert!(staged > 8, "the segment was used up: {staged}");
    // What was staged before is committed, and small things still fit.
    assert_eq!(journal.next_sequence(), staged + 1);
    journal.commit().unwrap();
    let Room { segment_bytes, spare } = journal.room();
    assert!(segment_bytes < 1200 && !spare, "{segment_bytes}");
    assert!(matches!(journal.append(&drafts(70, 2, 900)), Err(Error::Full { .. })));
    assert_eq!(journal.next_sequence(), staged + 1, "a group is in or out");
    assert_eq!(all(&journal.reader()).len() as u64, staged + 1);
    // With space all goes on.
    disk.set_capacity(usize::MAX);
    journal.append(&drafts(70, 2, 900)).unwrap();
    assert_eq!(all(&journal.reader()).len() as u64, staged + 3);
    journal.close().unwrap();
    assert!(verify_on(&disk, true).unwrap().is_sound());
}

#[test]
fn with_a_spare_a_full_disk_stops_nobody_for_a_whole_segment() {
    let disk = journal_of(&[1], 10);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    assert!(journal.room().spare);
    disk.set_capacity(0);
    let mut count = 0;
    while journal.append(&drafts(count, 1, 1000)).is_ok() {
        count += 1;
    }
    assert!(count > 15, "{count}");
    assert_eq!(all(&journal.reader()).len() as u64, count + 3);
}

#[test]
fn a_journal_that_cannot_be_made_leaves_a_directory_in_which_it_can() {
    let disk = Disk::new();
    disk.set_capacity(1000);
    let error = Local::open_on(disk.clone(), &options()).unwrap_err();
    assert_eq!(error.code(), "JNL008");
    disk.set_capacity(usize::MAX);
    open(&disk);
}

#[test]
fn a_directory_that_holds_no_journal_is_told_from_one_that_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let strict = Options { create: false, ..options() };
    let code = |outcome: Result<_, Error>| outcome.map(|_: (Local, _)| ()).unwrap_err().code();
    assert_eq!(code(Local::open(&path.join("none"), &strict)), "JNL002");
    assert_eq!(verify(&path.join("none"), false).unwrap_err().code(), "JNL002");
    assert_eq!(code(Local::open(path, &strict)), "JNL003");
    assert_eq!(verify(path, false).unwrap_err().code(), "JNL003");
    assert_eq!(std::fs::read_dir(path).unwrap().count(), 0, "nothing was written");
    std::fs::write(path.join("letter.txt"), "dear").unwrap();
    assert_eq!(code(Local::open(path, &options())), "JNL004");
    assert_eq!(std::fs::read_dir(path).unwrap().count(), 1, "nothing was written");
}

#[test]
fn a_journal_whose_segments_are_gone_is_not_begun_anew() {
    let disk = journal_of(&[3], 10);
    disk.lose("00000000000000000000.segment");
    assert_eq!(Local::open_on(disk, &options()).unwrap_err().code(), "JNL007");
}

#[test]
fn a_format_of_the_future_is_told_from_damage() {
    let disk = journal_of(&[3], 10);
    let name = "00000000000000000000.segment";
    let mut header = disk.bytes_of(name)[..512].to_vec();
    header[5] = 2;
    let sum = crc32c::crc32c_append(crc32c::crc32c(&header[..8]), &header[12..]);
    header[8..12].copy_from_slice(&sum.to_be_bytes());
    disk.harm(name, 0, &header);
    let error = Local::open_on(disk, &options()).unwrap_err();
    assert!(matches!(error, Error::Version { version: 2, .. }), "{error}");
}

#[test]
fn a_journal_is_dropped_while_its_next_segment_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options {
        segment_bytes: 64 * 1024 * 1024,
        block_bytes: 4096,
        preparation: Preparation::Thread,
        ..options()
    };
    for round in 0..5 {
        let (mut journal, recovered) = Local::open(directory.path(), &options).unwrap();
        assert_eq!(recovered.chain.next, round);
        journal.open_epoch(LogTime(9), 80).unwrap();
    }
}
