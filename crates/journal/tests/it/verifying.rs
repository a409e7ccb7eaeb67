//! The check of a journal that no hub has open.

use expect_test::expect;
use journal::{verify, verify_on};

use crate::support::{drafts, journal_of, open, options};
use journal::faults::Disk;

fn summary(disk: &Disk) -> String {
    let report = verify_on(disk, true).unwrap();
    let damage = report.damage.map_or_else(|| "none".to_owned(), |damage| damage.to_string());
    let torn = report.torn.map_or_else(
        || "none".to_owned(),
        |cut| format!("{} at {}, record {}", cut.file, cut.offset, cut.sequence),
    );
    format!(
        "{}/{}: {} records in {} segments, {} epochs, {} bytes\ntorn: {torn}\ndamage: {damage}\n",
        report.network,
        report.shard.0,
        report.records,
        report.segments,
        report.epochs,
        report.body_bytes
    )
}

#[test]
fn a_sound_journal_is_counted() {
    expect![[r#"
        demo/0: 31 records in 2 segments, 1 epochs, 15600 bytes
        torn: none
        damage: none
    "#]]
    .assert_eq(&summary(&journal_of(&[10, 10, 10], 500)));
}

#[test]
fn the_first_damage_is_named_with_its_place() {
    let disk = journal_of(&[10, 10, 10], 500);
    disk.harm("00000000000000000000.segment", 3000, b"x");
    expect![[r#"
        demo/0: 1 records in 2 segments, 1 epochs, 0 bytes
        torn: none
        damage: 00000000000000000000.segment, offset 2464, record 3: the checksum of the record is wrong
    "#]]
    .assert_eq(&summary(&disk));
}

#[test]
fn a_torn_tail_is_no_damage() {
    let disk = journal_of(&[2], 500);
    disk.harm("00000000000000000000.segment", 5120, b"NUNG and half a header");
    expect![[r#"
        demo/0: 3 records in 1 segments, 1 epochs, 1040 bytes
        torn: 00000000000000000000.segment at 2560, record 3
        damage: none
    "#]]
    .assert_eq(&summary(&disk));
}

#[test]
fn a_check_changes_nothing_and_needs_no_lock_file() {
    let directory = tempfile::tempdir().unwrap();
    let (mut journal, _) = journal::Local::open(directory.path(), &options()).unwrap();
    journal.open_epoch(trust::LogTime(5), 77).unwrap();
    journal.append(&drafts(1, 5, 100)).unwrap();
    assert_eq!(verify(directory.path(), true).unwrap_err().code(), "JNL001");
    journal.close().unwrap();
    std::fs::remove_file(directory.path().join("LOCK")).unwrap();
    let listing = |path| {
        let mut names: Vec<_> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = listing(directory.path());
    assert_eq!(verify(directory.path(), true).unwrap().records, 6);
    assert_eq!(listing(directory.path()), before);
}

#[test]
fn two_checks_may_run_at_once() {
    let disk = journal_of(&[2], 10);
    let other = disk.clone();
    std::thread::scope(|scope| {
        scope.spawn(|| verify_on(&disk, true).unwrap());
        scope.spawn(|| verify_on(&other, true).unwrap());
    });
    open(&disk);
}
