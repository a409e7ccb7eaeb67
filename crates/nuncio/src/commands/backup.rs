//! `nuncio backup`: copies a hub's journal, brings it back, and proves that it can be brought back.
//!
//! A backup is a folder with the journal's durable part, the hub's settings, and `backup.json`, which
//! says when it was made and when a drill last proved it. Keys are never in it.

mod age;
mod drill;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use journal::backup::{Copied, copy};
use serde::{Deserialize, Serialize};
use trust::LogTime;

use crate::cli::{Backup, BackupCreate, BackupRestore, Output};
use crate::commands::journal::{check, failure};
use crate::exit::{self, Failure};
use crate::{clock, output};

/// The file that tells of a backup.
const ABOUT: &str = "backup.json";
/// The journal's folder in that of a hub, and in that of a backup.
const JOURNAL: &str = "journal";
/// The settings that go along: nothing in them is secret.
const SETTINGS: [&str; 2] = ["hub.toml", "directory.toml"];

/// What a backup says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct About {
    /// When it was made, or last went on.
    made: String,
    /// How many records it has, and the hash of the last.
    records: u64,
    hash: String,
    /// When a drill last proved it, and with how many records; nothing before the first.
    proven: Option<String>,
    proven_records: Option<u64>,
}

pub(crate) fn run(command: &Backup, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Backup::Create(options) => create(options, output),
        Backup::Restore(options) => restore(options, output),
        Backup::Drill(options) => drill::run(options, output),
        Backup::Age(options) => age::run(options, output),
    }
}

fn create(options: &BackupCreate, output: Output) -> Result<ExitCode, Failure> {
    let words = || format!("cannot write to {}", options.to.display());
    fs::create_dir_all(&options.to).with_context(words)?;
    let earlier = read_about(&options.to)?;
    let copied = copy(&options.dir.join(JOURNAL), &options.to.join(JOURNAL)).map_err(failure)?;
    copy_settings(&options.dir, &options.to)?;
    let about = About {
        made: clock::now().to_string(),
        records: copied.chain.next,
        hash: hex(copied.chain.previous.as_bytes()),
        proven: earlier.as_ref().and_then(|about| about.proven.clone()),
        proven_records: earlier.as_ref().and_then(|about| about.proven_records),
    };
    write_about(&options.to, &about)?;
    say(&copied, &options.to, output);
    Ok(ExitCode::SUCCESS)
}

fn restore(options: &BackupRestore, output: Output) -> Result<ExitCode, Failure> {
    let copied = bring_back(&options.from, &options.to)?;
    copy_settings(&options.from, &options.to)?;
    say(&copied, &options.to, output);
    if output == Output::Table {
        output::line("put the hub's keys back, and start it: it folds the journal by itself");
    }
    Ok(ExitCode::SUCCESS)
}

/// Restores the journal of a backup into a folder that has none, and checks every record of it.
fn bring_back(from: &Path, to: &Path) -> Result<Copied, Failure> {
    let about = read_about(from)?.ok_or_else(|| {
        let words = format!("{} holds no backup: {ABOUT} is missing", from.display());
        Failure::said(exit::NOT_FOUND, words)
    })?;
    let journal = to.join(JOURNAL);
    // A journal that is there may be newer than the backup: nobody gets rid of it by a restore.
    if fs::read_dir(&journal).is_ok_and(|mut files| files.next().is_some()) {
        let words = format!("{} is not empty; a restore writes over nothing", journal.display());
        return Err(Failure::said(exit::CONFLICT, words));
    }
    let copied = copy(&from.join(JOURNAL), &journal).map_err(failure)?;
    let report = check(&journal, true)?;
    if let Some(damage) = report.damage {
        return Err(Failure::said(exit::INVALID, damage.to_string()));
    }
    let hash = hex(report.end.previous.as_bytes());
    // The journal of a backup may go on after a create that was cut off before it wrote this.
    if report.records < about.records || (report.records == about.records && hash != about.hash) {
        let words = format!(
            "the backup says that it has {} records ending with {}, but {} ending with {hash} came \
             back",
            about.records, about.hash, report.records
        );
        return Err(Failure::said(exit::INVALID, words));
    }
    Ok(copied)
}

fn copy_settings(from: &Path, to: &Path) -> Result<(), Failure> {
    for name in SETTINGS {
        let (source, target) = (from.join(name), to.join(name));
        if source.is_file() && source != target {
            let words = || format!("cannot copy {}", source.display());
            fs::copy(&source, &target).with_context(words)?;
        }
    }
    Ok(())
}

fn read_about(folder: &Path) -> Result<Option<About>, Failure> {
    let path = folder.join(ABOUT);
    if !path.exists() {
        return Ok(None);
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let about = serde_json::from_str(&text)
        .with_context(|| format!("{} does not tell of a backup", path.display()))?;
    Ok(Some(about))
}

/// Written under another name first: half a file would hide a whole backup.
fn write_about(folder: &Path, about: &About) -> Result<(), Failure> {
    let path = folder.join(ABOUT);
    let new = folder.join("backup.new");
    let text = serde_json::to_string_pretty(about).expect("our values have text keys only");
    let write = || {
        fs::write(&new, text + "\n")?;
        fs::File::open(&new)?.sync_all()?;
        fs::rename(&new, &path)?;
        fs::File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

fn say(copied: &Copied, to: &Path, output: Output) {
    match output {
        Output::Json => output::json(&serde_json::json!({
            "to": to, "records": copied.chain.next, "segments": copied.segments,
            "segments_written": copied.written, "bytes_written": copied.bytes,
            "last_record_at": copied.chain.at.to_string(),
            "hash": hex(copied.chain.previous.as_bytes()),
        })),
        Output::Table => output::line(&format!(
            "{} records in {} segments are in {}; {} segments were written; the last record is of {}",
            copied.chain.next,
            copied.segments,
            to.display(),
            copied.written,
            copied.chain.at
        )),
    }
}

/// The seconds from a time to now; nothing for times to come.
fn age_s(of: LogTime) -> u64 {
    clock::now().0.saturating_sub(of.0) / 1_000_000
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}
