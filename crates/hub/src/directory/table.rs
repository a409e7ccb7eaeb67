//! A directory's institutions as CSV (RFC 4180), as spreadsheets write it: with a byte order mark or
//! without, LF or CRLF, comma, semicolon or tab between cells, quoted cells with line breaks.
//!
//! The first row names the columns, in any order and case. A column that is there is meant: an empty
//! cell of `branches` lists none. A column that is absent leaves what it is about as it is.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::entry::{Raw, Text};
use super::finding::{Finding, Rule};

/// The columns that there are.
pub(super) const COLUMNS: [&str; 9] =
    ["bic", "name", "status", "reason", "branches", "contacts", "lanes", "terminals", "grants"];

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> (Vec<Raw>, Vec<Finding>) {
    let mut findings = Vec::new();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(bytes) {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let text = "the file is not UTF-8: save it as 'CSV UTF-8'";
        return (Vec::new(), vec![Rule::Syntax.broken(line, "", text)]);
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(bytes))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(bytes);
    let columns = match reader.headers() {
        Ok(header) => columns(header, &mut findings),
        Err(error) => return (Vec::new(), vec![Rule::Syntax.broken(1, "", error.to_string())]),
    };
    let count = reader.headers().map_or(0, StringRecord::len);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, |at| line(at.line()));
                findings.push(Rule::Syntax.broken(line, "", error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(1, |at| line(at.line()));
        if record.iter().all(str::is_empty) {
            // Spreadsheets leave such rows at the end.
            continue;
        }
        if record.len() != count {
            let text = format!("the row has {} cells, but there are {count} columns", record.len());
            findings.push(Rule::Syntax.broken(line, "", text));
            continue;
        }
        rows.push(row(&Row { record: &record, columns: &columns, line }, &mut findings));
    }
    (rows, findings)
}

fn line(line: u64) -> usize {
    usize::try_from(line).unwrap_or(usize::MAX)
}

/// What stands between cells: of comma, semicolon and tab the one that the first row has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |it: &u8| first.iter().filter(|byte| *byte == it).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

/// Where each column stands.
fn columns(header: &StringRecord, findings: &mut Vec<Finding>) -> BTreeMap<&'static str, usize> {
    let mut columns = BTreeMap::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.to_ascii_lowercase();
        match COLUMNS.into_iter().find(|column| *column == name) {
            None => {
                let text = format!("{name:?} is no column; there are {}", COLUMNS.join(", "));
                findings.push(Rule::Unknown.broken(1, "", text));
            }
            Some(column) => {
                if columns.insert(column, place).is_some() {
                    let text = format!("column {column} stands twice");
                    findings.push(Rule::Twice.broken(1, "", text));
                }
            }
        }
    }
    for column in ["bic", "name"] {
        if !columns.contains_key(column) {
            let text = format!("column {column} is missing");
            findings.push(Rule::Missing.broken(1, "", text));
        }
    }
    columns
}

/// One row and where its cells are.
struct Row<'a> {
    record: &'a StringRecord,
    columns: &'a BTreeMap<&'static str, usize>,
    line: usize,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        self.record.get(*self.columns.get(column)?)
    }

    fn text(&self, column: &str) -> Option<Text> {
        let cell = self.cell(column).filter(|cell| !cell.is_empty())?;
        Some(Text { line: self.line, text: cell.to_owned() })
    }

    fn texts(&self, column: &str, between: fn(char) -> bool) -> Option<Vec<Text>> {
        let parts = self.cell(column)?.split(between).map(str::trim).filter(|it| !it.is_empty());
        Some(parts.map(|it| Text { line: self.line, text: it.to_owned() }).collect())
    }
}

fn row(row: &Row<'_>, findings: &mut Vec<Finding>) -> Raw {
    let words = |it: char| it == ';' || it == ',' || it.is_whitespace();
    let lines = |it: char| it == '\n' || it == '\r';
    let mut raw = Raw {
        line: row.line,
        bic: row.text("bic"),
        name: row.text("name"),
        branches: row.texts("branches", words),
        contacts: row.texts("contacts", lines),
        lanes: row.texts("lanes", lines),
        terminals: row.texts("terminals", words),
        grants: row.texts("grants", words).unwrap_or_default(),
        ..Raw::default()
    };
    let title = raw.title();
    let reason = row.text("reason");
    match (row.cell("status").unwrap_or_default(), reason) {
        ("" | "active", None) => {}
        ("suspended", Some(reason)) => raw.suspended = Some(reason),
        ("expelled", Some(reason)) => raw.expelled = Some(reason),
        ("" | "active", Some(_)) => {
            let text = "an active institution has no reason";
            findings.push(Rule::Standing.broken(row.line, &title, text));
        }
        ("suspended" | "expelled", None) => {
            findings.push(Rule::Standing.broken(row.line, &title, "reason is missing"));
        }
        (other, _) => {
            let text = format!("status {other:?} is not active, suspended or expelled");
            findings.push(Rule::Standing.broken(row.line, &title, text));
        }
    }
    raw
}
