//! `nuncio journal verify DIR`: reads every record and checks it.

use std::path::Path;
use std::process::ExitCode;

use journal::Report;

use crate::cli::{Journal, Output};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Journal, output: Output) -> Result<ExitCode, Failure> {
    let Journal::Verify(options) = command;
    let report = check(&options.dir, !options.fast)?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "network": report.network.as_str(), "shard": report.shard.0,
            "segments": report.segments, "records": report.records, "epochs": report.epochs,
            "body_bytes": report.body_bytes, "bodies_checked": report.full,
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

/// Checks a journal that no hub has open.
pub(crate) fn check(dir: &Path, full: bool) -> Result<Report, Failure> {
    journal::verify(dir, full).map_err(|error| {
        let code = match &error {
            journal::Error::InUse { .. } => exit::CONFLICT,
            journal::Error::Missing { .. } | journal::Error::Empty { .. } => exit::NOT_FOUND,
            journal::Error::NotEmpty { .. }
            | journal::Error::Foreign { .. }
            | journal::Error::Version { .. }
            | journal::Error::Damaged(_)
            | journal::Error::Full { .. }
            | journal::Error::Io { .. }
            | journal::Error::Stopped { .. }
            | journal::Error::TooLong { .. }
            | journal::Error::GroupFull { .. }
            | journal::Error::Unknown { .. }
            | journal::Error::RolledBack { .. } => exit::FAILURE,
        };
        Failure::new(code, error)
    })
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
    if report.damage.is_none() {
        output::line(if report.full {
            "sound: checksums, chain and the digest of every body"
        } else {
            "sound: checksums and chain"
        });
    }
}
