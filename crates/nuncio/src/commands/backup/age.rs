//! `nuncio backup age`: how old a backup is and how long ago a drill proved it, for people and for
//! whatever looks after the machine. It reads what the backup says of itself, and no record.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use trust::LogTime;

use super::{ABOUT, About, age_s, read_about};
use crate::cli::{BackupAge, Output};
use crate::exit::{self, Failure};
use crate::output;

/// A day, in seconds.
const DAY_S: u64 = 86_400;

/// How old something is, in seconds.
struct Ages {
    made_s: u64,
    /// Nothing before the first drill.
    proven_s: Option<u64>,
}

pub(super) fn run(options: &BackupAge, output: Output) -> Result<ExitCode, Failure> {
    let from = &options.from;
    let about = read_about(from)?.ok_or_else(|| {
        let words = format!("{} holds no backup: {ABOUT} is missing", from.display());
        Failure::said(exit::NOT_FOUND, words)
    })?;
    let proven_s = about.proven.as_deref().map(|time| since(time, from)).transpose()?;
    let ages = Ages { made_s: since(&about.made, from)?, proven_s };
    if let Some(file) = &options.metrics {
        let text = metrics(&about, &ages);
        replace(file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    match output {
        Output::Json => output::json(&serde_json::json!({
            "records": about.records, "age_s": ages.made_s,
            "proven_records": about.proven_records, "proven_age_s": ages.proven_s,
        })),
        Output::Table => {
            output::line(&format!("{} records, {} old", about.records, days(ages.made_s)));
            output::line(&match (ages.proven_s, about.proven_records) {
                (Some(age), Some(records)) => {
                    format!("{records} records were proven by a drill {} ago", days(age))
                }
                _ => "no drill has proven it".to_owned(),
            });
        }
    }
    let limit_s = options.max_days.map(|days| u64::from(days) * DAY_S);
    match (limit_s, ages.proven_s) {
        (Some(limit), Some(age)) if age <= limit => Ok(ExitCode::SUCCESS),
        (Some(_), _) => {
            let words = "the backup was not proven within the days that it may go without";
            Err(Failure::said(exit::FAILURE, words))
        }
        (None, _) => Ok(ExitCode::SUCCESS),
    }
}

/// The seconds since a time that a backup tells.
fn since(time: &str, from: &Path) -> Result<u64, Failure> {
    let words = || format!("{} tells a time that is none", from.join(ABOUT).display());
    let time: LogTime = time.parse().with_context(words)?;
    Ok(age_s(time))
}

fn days(seconds: u64) -> String {
    match seconds / DAY_S {
        0 => format!("{} hours", seconds / 3600),
        days => format!("{days} days"),
    }
}

/// In the text format of Prometheus, version 0.0.4. What is not known has no line.
fn metrics(about: &About, ages: &Ages) -> String {
    let rows = [
        ("age_seconds", "Since the backup was made.", Some(ages.made_s)),
        ("records", "How many records the backup has.", Some(about.records)),
        ("proven_age_seconds", "Since a drill last proved the backup.", ages.proven_s),
        ("proven_records", "How many records that drill restored.", about.proven_records),
    ];
    let mut text = String::new();
    for (name, help, value) in rows {
        let Some(value) = value else { continue };
        let name = format!("nuncio_backup_{name}");
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}")
            .expect("a string takes all");
    }
    text
}

/// As a whole or not at all: a collector may read at any time.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = file.with_file_name(name);
    fs::write(&new, text)?;
    fs::rename(&new, file)
}
