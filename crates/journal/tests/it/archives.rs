//! Segments that were moved to the archive are read as before.

use std::fs;
use std::path::Path;

use journal::archive::archive;
use journal::repair::repair;
use journal::{Directory, Local, Reader, backup, verify};
use trust::LogTime;

use crate::support::{all, drafts, options};

/// A journal of some segments; the time of record N is 1,000,000 + N.
fn filled(path: &Path) -> Local {
    let (mut journal, _) = Local::open(path, &options()).unwrap();
    journal.open_epoch(LogTime(5), 77).unwrap();
    for _ in 0..24 {
        journal.append(&drafts(journal.next_sequence(), 3, 300)).unwrap();
    }
    journal
}

fn count(path: &Path) -> usize {
    let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(".segment")).count()
}

#[test]
fn archived_segments_are_read_by_everything_that_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut journal = filled(&path);
    let records = all(&journal.reader());
    let segments = count(&path);
    assert!(segments > 2);
    // Beside the writer, and its readers go on.
    let old = archive(&path, LogTime(1_000_035)).unwrap();
    assert_eq!(old.files, ["00000000000000000000.segment"]);
    assert_eq!((count(&path), count(&path.join("archive"))), (segments - 1, 1));
    assert_eq!(all(&journal.reader()), records);
    let rest = archive(&path, LogTime(u64::MAX)).unwrap();
    assert_eq!((count(&path), rest.files.len()), (1, segments - 2), "the last one stays");
    assert_eq!(archive(&path, LogTime(u64::MAX)).unwrap().files, Vec::<String>::new());
    assert_eq!(all(&journal.reader()), records);
    for _ in 0..10 {
        journal.append(&drafts(journal.next_sequence(), 4, 900)).unwrap();
    }
    let records = all(&journal.reader());
    journal.close().unwrap();
    // After a restart, by the check, beside a hub, and in backups.
    let (journal, _) = Local::open(&path, &options()).unwrap();
    assert_eq!(all(&journal.reader()), records);
    assert_eq!(journal.reader().read(3).unwrap(), records[3]);
    drop(journal);
    let report = verify(&path, true).unwrap();
    assert!(report.is_sound() && report.records == records.len() as u64);
    assert_eq!(all(&Reader::open(&path).unwrap()), records);
    let copy = folder.path().join("copy");
    backup::copy(&path, &copy).unwrap();
    assert_eq!(all(&Reader::open(&copy).unwrap()), records);

    // Damage in the archive is found and mended.
    let archived = path.join("archive/00000000000000000000.segment");
    let mut bytes = fs::read(&archived).unwrap();
    bytes[700] ^= 1;
    fs::write(&archived, bytes).unwrap();
    assert!(!verify(&path, true).unwrap().is_sound());
    let done = repair(&Directory::new(&path), &[Directory::new(&copy)]).unwrap();
    assert_eq!((done.mended.len(), done.left), (1, None));
    assert!(verify(&path, true).unwrap().is_sound());
    // An archive that is not mounted is no reason to begin anew.
    fs::rename(path.join("archive"), folder.path().join("elsewhere")).unwrap();
    assert_eq!(Local::open(&path, &options()).unwrap_err().code(), "JNL007");
}

#[test]
fn a_damaged_segment_is_not_archived() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(filled(&path));
    let first = path.join("00000000000000000000.segment");
    let mut bytes = fs::read(&first).unwrap();
    bytes[700] ^= 1;
    fs::write(&first, bytes).unwrap();
    assert_eq!(archive(&path, LogTime(u64::MAX)).unwrap_err().code(), "JNL007");
    assert!(first.exists());
}

#[test]
fn a_move_that_was_interrupted_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(filled(&path));
    // As after a crash before the old place was cleared: both have it, and one under way.
    let name = "00000000000000000000.segment";
    fs::create_dir(path.join("archive")).unwrap();
    fs::copy(path.join(name), path.join("archive").join(name)).unwrap();
    fs::write(path.join("archive/archive.new"), "half").unwrap();
    assert!(verify(&path, true).unwrap().is_sound());
    assert!(archive(&path, LogTime(u64::MAX)).unwrap().files.contains(&name.to_owned()));
    assert!(verify(&path, true).unwrap().is_sound());
    assert!(!path.join("archive/archive.new").exists());
}
