//! Segments that were moved to the archive are read as before.

use std::fs;
use std::path::Path;

use journal::archive::{Form, archive};
use journal::repair::repair;
use journal::{Directory, Error, Local, Reader, backup, verify};
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
    let is_one = |name: &str| name.ends_with(".segment") || name.ends_with(".segment.lz4");
    names.filter(|name| is_one(&name.to_string_lossy())).count()
}

#[test]
fn archived_segments_are_read_by_everything_that_reads() {
    archived_segments_are_read(Form::Plain);
}

#[test]
fn packed_segments_are_read_by_everything_that_reads() {
    archived_segments_are_read(Form::Packed);
}

fn archived_segments_are_read(form: Form) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut journal = filled(&path);
    let records = all(&journal.reader());
    let segments = count(&path);
    assert!(segments > 2);
    // Beside the writer, and its readers go on.
    let old = archive(&path, LogTime(1_000_035), form).unwrap();
    assert_eq!(old.files, ["00000000000000000000.segment"]);
    assert_eq!((count(&path), count(&path.join("archive"))), (segments - 1, 1));
    assert_eq!(all(&journal.reader()), records);
    let rest = archive(&path, LogTime(u64::MAX), form).unwrap();
    assert_eq!((count(&path), rest.files.len()), (1, segments - 2), "the last one stays");
    assert_eq!(archive(&path, LogTime(u64::MAX), form).unwrap().files, Vec::<String>::new());
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

    // Where the archive is not mounted, nobody is told that its records were never there.
    let elsewhere = folder.path().join("elsewhere");
    fs::rename(path.join("archive"), &elsewhere).unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.read(3).unwrap_err().code(), "JNL007");
    assert_eq!(reader.records(3).next().unwrap().unwrap_err().code(), "JNL007");
    let last = reader.next_sequence() - 1;
    assert_eq!(reader.read(last).unwrap(), records[usize::try_from(last).unwrap()]);
    fs::rename(&elsewhere, path.join("archive")).unwrap();

    // Damage in the archive is found and mended.
    let end = if form == Form::Packed { ".lz4" } else { "" };
    let archived = path.join(format!("archive/00000000000000000000.segment{end}"));
    let mut bytes = fs::read(&archived).unwrap();
    bytes[700] ^= 1;
    fs::write(&archived, bytes).unwrap();
    let found = match verify(&path, true) {
        Ok(report) => report.damage.unwrap(),
        // A packed chunk is lost as a whole, and this one holds the segment's header.
        Err(Error::Damaged(damage)) => damage,
        Err(error) => panic!("{error}"),
    };
    assert_eq!((found.file.as_str(), found.sequence), ("00000000000000000000.segment", 0));
    let done = repair(&Directory::new(&path), &[Directory::new(&copy)]).unwrap();
    assert_eq!((done.mended.len(), done.left), (1, None));
    assert!(verify(&path, true).unwrap().is_sound());
    // An archive that is not mounted is no reason to begin anew.
    fs::rename(path.join("archive"), elsewhere).unwrap();
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
    assert_eq!(archive(&path, LogTime(u64::MAX), Form::Packed).unwrap_err().code(), "JNL007");
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
    assert!(
        archive(&path, LogTime(u64::MAX), Form::Packed).unwrap().files.contains(&name.to_owned())
    );
    assert!(verify(&path, true).unwrap().is_sound());
    assert!(!path.join("archive/archive.new").exists());
}

/// Whatever is changed in a packed segment: nothing else is read than what was written.
#[test]
fn every_damage_to_a_packed_segment_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = filled(&path);
    let records = all(&journal.reader());
    drop(journal);
    archive(&path, LogTime(u64::MAX), Form::Packed).unwrap();
    let archived = path.join("archive/00000000000000000000.segment.lz4");
    let good = fs::read(&archived).unwrap();
    let segment_bytes = usize::try_from(options().segment_bytes).unwrap();
    assert!(good.len() < segment_bytes, "{} bytes", good.len());
    for at in (0..good.len()).step_by(61) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&archived, &bytes).unwrap();
        // Either the whole is refused, or the place is named.
        let sound = verify(&path, true).is_ok_and(|report| report.is_sound());
        assert!(!sound, "a changed byte at {at} was not found");
        if let Ok(reader) = Reader::open(&path) {
            let read = reader.records(0).map_while(Result::ok).zip(&records);
            assert!(read.into_iter().all(|(found, written)| found == *written), "at {at}");
        }
    }
    for length in (0..good.len()).step_by(301) {
        fs::write(&archived, &good[..length]).unwrap();
        assert!(!verify(&path, true).is_ok_and(|report| report.is_sound()), "{length} bytes");
    }
    fs::write(&archived, &good).unwrap();
    assert!(verify(&path, true).unwrap().is_sound());
}
