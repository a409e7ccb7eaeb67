//! `nuncio journal inspect`: shows records as they stand in the journal.

use std::process::ExitCode;

use journal::{Reader, Record};
use serde_json::{Value, json};
use trust::{Digest, RecordKind};

use super::failure;
use crate::cli::{JournalInspect, Output};
use crate::exit::{self, Failure};
use crate::output;

/// How many records are shown at most: a terminal is no place for more, `export` is.
const SHOWN_MAX: u64 = 10_000;

pub(super) fn run(options: &JournalInspect, output: Output) -> Result<ExitCode, Failure> {
    let reader = Reader::open(&options.dir).map_err(failure)?;
    let end = reader.next_sequence();
    let from = options.records.from;
    let until = options.records.until.unwrap_or(end).min(end);
    if from >= until {
        let words = format!("record {from} is not in the journal; it has {end} records");
        return Err(Failure::said(exit::NOT_FOUND, words));
    }
    if until - from > SHOWN_MAX {
        let words = format!("at most {SHOWN_MAX} records are shown at once; export takes more");
        return Err(Failure::said(exit::USAGE, words));
    }
    if options.payload {
        if until - from != 1 {
            return Err(Failure::said(exit::USAGE, "--payload is for a single record"));
        }
        output::raw(&reader.read(from).map_err(failure)?.payload);
        return Ok(ExitCode::SUCCESS);
    }
    let records = (from..until)
        .map(|sequence| reader.read(sequence))
        .collect::<Result<Vec<Record>, _>>()
        .map_err(failure)?;
    match (output, records.as_slice()) {
        (Output::Json, [record]) => output::json(&document(record)),
        (Output::Json, records) => {
            output::json(&records.iter().map(document).collect::<Vec<Value>>());
        }
        (Output::Table, [record]) => print(record),
        (Output::Table, records) => table(records),
    }
    Ok(ExitCode::SUCCESS)
}

/// A record with all that it holds.
pub(super) fn document(record: &Record) -> Value {
    let head = &record.head;
    let mut document = json!({
        "sequence": head.sequence, "kind": kind(head.kind), "network": head.network.as_str(),
        "shard": head.shard.0, "epoch": head.epoch, "writer": format!("{:016x}", head.writer),
        "at": head.at.to_string(), "hash": hex(record.hash.as_bytes()),
        "previous": hex(head.previous.as_bytes()), "body": hex(head.body.as_bytes()),
        "meta": hex(&record.meta), "payload_bytes": record.payload.len(),
        "payload_sha256": hex(Digest::of(&record.payload).as_bytes()),
    });
    let fields = document.as_object_mut().expect("it was made as an object");
    // A message is text as a rule; whatever is not is still exported to the byte.
    match std::str::from_utf8(&record.payload) {
        Ok(text) => fields.insert("payload".to_owned(), text.into()),
        Err(_) => fields.insert("payload_hex".to_owned(), hex(&record.payload).into()),
    };
    document
}

fn print(record: &Record) {
    let head = &record.head;
    let line = |name: &str, value: &str| output::line(&format!("{name:<12}{value}"));
    line("record", &head.sequence.to_string());
    line("kind", &kind(head.kind));
    line("log", &format!("{}/{}", head.network, head.shard.0));
    line("time", &head.at.to_string());
    line("epoch", &format!("{} of writer {:016x}", head.epoch, head.writer));
    line("hash", &hex(record.hash.as_bytes()));
    line("previous", &hex(head.previous.as_bytes()));
    line("body", &hex(head.body.as_bytes()));
    line("meta", &format!("{} bytes", record.meta.len()));
    line(
        "message",
        &format!(
            "{} bytes, SHA-256 {}",
            record.payload.len(),
            hex(Digest::of(&record.payload).as_bytes())
        ),
    );
}

fn table(records: &[Record]) {
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            let head = &record.head;
            let hash = hex(record.hash.as_bytes());
            vec![
                head.sequence.to_string(),
                kind(head.kind),
                head.at.to_string(),
                head.epoch.to_string(),
                record.meta.len().to_string(),
                record.payload.len().to_string(),
                hash.chars().take(16).collect(),
            ]
        })
        .collect();
    output::table(&["RECORD", "KIND", "TIME", "EPOCH", "META", "MESSAGE", "HASH"], &rows);
}

/// The name of a kind; its number where this program has no name for it.
fn kind(kind: RecordKind) -> String {
    let name = match kind {
        RecordKind::OPEN => "open",
        RecordKind::ACCEPTED => "accepted",
        RecordKind::REFUSED => "refused",
        RecordKind::ACKNOWLEDGED => "acknowledged",
        RecordKind(other) => return other.to_string(),
    };
    name.to_owned()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string takes all");
    }
    text
}
