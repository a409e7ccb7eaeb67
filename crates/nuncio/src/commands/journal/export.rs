//! `nuncio journal export`: writes records out for other programs.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use journal::{Reader, Record};
use trust::RecordKind;

use super::failure;
use super::inspect::document;
use crate::cli::{Form, JournalExport, Output};
use crate::exit::{self, Failure};
use crate::output;

pub(super) fn run(options: &JournalExport, output: Output) -> Result<ExitCode, Failure> {
    let reader = Reader::open(&options.dir).map_err(failure)?;
    let end = reader.next_sequence();
    let until = options.records.until.unwrap_or(end).min(end);
    let records = reader
        .records(options.records.from)
        .take_while(|record| match record {
            Ok(record) => record.head.sequence < until,
            Err(_) => true,
        })
        .map(|record| record.map_err(failure));
    let written = match options.form {
        Form::Jsonl => lines(&options.to, records)?,
        Form::Files => files(&options.to, records)?,
    };
    let to = options.to.display();
    match output {
        Output::Json => output::json(&serde_json::json!({ "to": options.to, "written": written })),
        Output::Table => output::line(&format!("{written} records written to {to}")),
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(
    to: &Path,
    records: impl Iterator<Item = Result<Record, Failure>>,
) -> Result<u64, Failure> {
    let words = || format!("cannot write {}", to.display());
    // What is there already is somebody's: it is not written over.
    let file = fs::File::create_new(to).with_context(words).map_err(|error| {
        Failure::new(if to.exists() { exit::CONFLICT } else { exit::FAILURE }, error)
    })?;
    let mut file = BufWriter::new(file);
    let mut written = 0;
    for record in records {
        serde_json::to_writer(&mut file, &document(&record?)).with_context(words)?;
        file.write_all(b"\n").with_context(words)?;
        written += 1;
    }
    let file =
        file.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(words)?;
    file.sync_all().with_context(words)?;
    Ok(written)
}

fn files(
    to: &Path,
    records: impl Iterator<Item = Result<Record, Failure>>,
) -> Result<u64, Failure> {
    let words = || format!("cannot write to {}", to.display());
    fs::create_dir_all(to).with_context(words)?;
    if fs::read_dir(to).with_context(words)?.next().is_some() {
        let words = format!("{} is not empty", to.display());
        return Err(Failure::said(exit::CONFLICT, words));
    }
    let mut written = 0;
    for record in records {
        let record = record?;
        if record.head.kind != RecordKind::ACCEPTED {
            continue;
        }
        let ending = if record.payload.starts_with(b"<") {
            "xml"
        } else if record.payload.starts_with(b"{1:") {
            "fin"
        } else {
            "bin"
        };
        let name = to.join(format!("{:020}.{ending}", record.head.sequence));
        fs::write(&name, &record.payload).with_context(words)?;
        written += 1;
    }
    Ok(written)
}
