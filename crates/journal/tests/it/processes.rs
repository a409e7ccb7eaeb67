//! Real processes: two at one journal, and one that is killed while it writes.
//!
//! The test program starts itself again with the name of a test that does nothing unless it is told
//! to be the other process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use journal::{Error, Local, Options, verify};
use trust::LogTime;

use crate::support::{all, drafts, options};

const DIRECTORY: &str = "JOURNAL_TEST_DIRECTORY";

fn larger() -> Options {
    Options { segment_bytes: 1024 * 1024, block_bytes: 4096, ..options() }
}

/// Starts a process that appends and says after each group which record is durable.
fn writer(directory: &Path) -> (Child, impl Iterator<Item = u64>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::as_the_other_process", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let durable = lines
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("durable ").and_then(|number| number.parse().ok()));
    (child, durable)
}

#[test]
fn as_the_other_process() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let (mut journal, _) = Local::open(Path::new(&directory), &larger()).unwrap();
    journal.open_epoch(LogTime(5), 77).unwrap();
    // It ends when it is killed, or when nobody listens any more.
    loop {
        let stamped = journal.append(&drafts(journal.next_sequence(), 7, 3000)).unwrap();
        let last = stamped.last().expect("seven records").head.sequence;
        let mut out = std::io::stdout().lock();
        if writeln!(out, "\ndurable {last}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

#[test]
fn a_second_process_is_told_who_has_the_journal() {
    let directory = tempfile::tempdir().unwrap();
    let (mut child, mut durable) = writer(directory.path());
    durable.next().expect("it writes");
    let error = Local::open(directory.path(), &larger()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::InUse { writer: Some(id), .. } if id == child.id()), "{text}");
    assert!(text.contains("stop that process, or choose another directory"), "{text}");
    assert!(matches!(verify(directory.path(), false), Err(Error::InUse { .. })));
    child.kill().unwrap();
    child.wait().unwrap();
    Local::open(directory.path(), &larger()).expect("the lock went with the process");
}

#[test]
fn a_killed_process_leaves_all_that_it_said_to_be_durable() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..12 {
        let (mut child, durable) = writer(directory.path());
        let mut last = durable.take(1 + round * 5).last().expect("it writes");
        child.kill().unwrap();
        child.wait().unwrap();
        last += 1;
        let (journal, recovered) = Local::open(directory.path(), &larger()).unwrap();
        assert!(recovered.chain.next >= last, "{} of {last}", recovered.chain.next);
        let records = all(&journal.reader());
        assert_eq!(records.len() as u64, recovered.chain.next);
    }
    let report = verify(directory.path(), true).unwrap();
    assert!(report.is_sound());
    assert!(report.segments > 3, "segments were begun under fire");
}
