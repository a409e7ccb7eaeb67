//! `nuncio journal`: checks, shows, mends, archives and exports a hub's journal.

mod export;
mod inspect;
mod repair;

use std::path::Path;
use std::process::ExitCode;

use journal::Report;
use journal::archive::Form;
use trust::LogTime;

use crate::cli::{Journal, JournalArchive, JournalVerify, Output};
use crate::exit::{self, Failure};
use crate::{clock, output};

pub(crate) fn run(command: &Journal, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Journal::Verify(options) => verify(options, output),
        Journal::Inspect(options) => inspect::run(options, output),
        Journal::Repair(options) => repair::run(options, output),
        Journal::Archive(options) => archive(options, output),
        Journal::Export(options) => export::run(options, output),
    }
}

fn verify(options: &JournalVerify, output: Output) -> Result<ExitCode, Failure> {
    let report = check(&options.dir, !options.fast)?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "network": report.network.as_str(), "shard": report.shard.0,
            "segments": report.segments, "records": report.records, "epochs": report.epochs,
            "body_bytes": report.body_bytes, "bodies_checked": report.full,
            "snapshots": report.snapshots,
            "snapshots_not_used":
                report.skipped.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "torn": report.torn.as_ref().map(|cut| cut.file.clone()),
            "damage": report.damage.as_ref().map(ToString::to_string),
        })),
        Output::Table => print(&report),
    }
    match &report.damage {
        None => Ok(ExitCode::SUCCESS),
        Some(damage) => Err(Failure::said(exit::INVALID, damage.to_string())),
    }
}

fn archive(options: &JournalArchive, output: Output) -> Result<ExitCode, Failure> {
    const DAY_US: u64 = 86_400 * 1_000_000;
    let age = u64::from(options.older_than) * DAY_US;
    let before = LogTime(clock::now().0.saturating_sub(age));
    let form = if options.compress { Form::Packed } else { Form::Plain };
    let done = journal::archive::archive(&options.dir, before, form).map_err(failure)?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "files": done.files,
            "bytes": done.bytes,
            "archived_bytes": done.archived_bytes,
        })),
        Output::Table => output::line(&format!(
            "{} segments with {} bytes were moved to the archive, where they have {}",
            done.files.len(),
            done.bytes,
            done.archived_bytes
        )),
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks a journal that no hub has open.
pub(crate) fn check(dir: &Path, full: bool) -> Result<Report, Failure> {
    journal::verify(dir, full).map_err(failure)
}

/// What went wrong with a journal, with its exit code.
pub(crate) fn failure(error: journal::Error) -> Failure {
    let code = match &error {
        journal::Error::InUse { .. } | journal::Error::NotEmpty { .. } => exit::CONFLICT,
        journal::Error::Missing { .. }
        | journal::Error::Empty { .. }
        | journal::Error::Unknown { .. } => exit::NOT_FOUND,
        journal::Error::Damaged(_) | journal::Error::RolledBack { .. } => exit::INVALID,
        journal::Error::Foreign { .. }
        | journal::Error::Version { .. }
        | journal::Error::Full { .. }
        | journal::Error::Io { .. }
        | journal::Error::Stopped { .. }
        | journal::Error::TooLong { .. }
        | journal::Error::GroupFull { .. }
        | journal::Error::Unmarked { .. } => exit::FAILURE,
    };
    let words = format!("{} (docs/codes/{}.md)", error, error.code());
    Failure::new(code, anyhow::Error::new(error).context(words))
}

fn print(report: &Report) {
    output::line(&format!(
        "journal of network {}, shard {}: {} records in {} segments, {} epochs, {} bytes of bodies",
        report.network,
        report.shard.0,
        report.records,
        report.segments,
        report.epochs,
        report.body_bytes
    ));
    if let Some(cut) = &report.torn {
        output::line(&format!(
            "{} ends with {} bytes that were never synced; the next start of the hub cuts them",
            cut.file, cut.bytes
        ));
    }
    for skipped in &report.skipped {
        output::line(&format!("{}: {skipped}", skipped.code()));
    }
    if report.snapshots > 0 {
        output::line(&format!("{} snapshots stand where the journal stood", report.snapshots));
    }
    if report.damage.is_none() {
        output::line(if report.full {
            "sound: checksums, chain and the digest of every body"
        } else {
            "sound: checksums and chain"
        });
    }
}
