//! Every file of the shared corpus and its verdict, held against `docs/mt-corpus.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use mt::{Options, Splitter, Standard, check_with};

use crate::causes::cause;

const TABLE: &str = "<!-- the table is made by the test `corpus` -->\n";

/// The codes of one file with what lies behind each, or why it cannot be cut into messages.
fn verdict(bytes: &[u8]) -> String {
    let mut splitter = Splitter::new();
    splitter.feed(bytes);
    let (mut messages, mut good) = (0, 0);
    let mut codes = BTreeSet::new();
    let mut causes: Vec<String> = Vec::new();
    let mut first = None;
    let mut look = |message: &[u8]| {
        messages += 1;
        let options = Options { edited: true, unknown_types: false };
        let checked = check_with(message, Standard::built_in(), options);
        if let Some(message) = checked.message {
            assert_eq!(message.print().as_bytes(), slice(&message, bytes), "prints as it was read");
        }
        good += usize::from(checked.findings.is_empty());
        codes.extend(checked.findings.iter().map(|finding| finding.code.to_string()));
        for cause in checked.findings.iter().map(cause) {
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        first = first.take().or_else(|| checked.findings.first().map(ToString::to_string));
    };
    let end = loop {
        match splitter.next_message() {
            Ok(Some(message)) => look(message),
            Ok(None) => match splitter.finish() {
                Ok(Some(message)) => {
                    look(message);
                    break None;
                }
                Ok(None) => break None,
                Err(error) => break Some(error),
            },
            Err(error) => break Some(error),
        }
    };
    let mut codes: Vec<String> = codes.into_iter().collect();
    // A file that cannot be cut is not good, whatever its first messages are.
    if end.is_some() {
        codes.push("not cut".to_owned());
        causes.push("holds something that is no message".to_owned());
    }
    let codes = if codes.is_empty() { "good".to_owned() } else { codes.join(" ") };
    let reason = end.map(|error| error.to_string()).or(first).unwrap_or_default();
    let (causes, reason) = (causes.join("; ").replace('|', "/"), reason.replace('|', "/"));
    format!("{good} of {messages} | {codes} | {causes} | {reason}")
}

/// The printed message must be part of the file, byte for byte.
fn slice<'b>(message: &mt::Message<'_>, bytes: &'b [u8]) -> &'b [u8] {
    let printed = message.print();
    let at = bytes.windows(printed.len()).position(|window| window == printed.as_bytes());
    at.and_then(|at| bytes.get(at..at + printed.len())).unwrap_or_default()
}

#[test]
fn every_file_of_the_corpus_has_the_verdict_of_the_table() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("../../../shared/corpus/mt");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        assert!(std::env::var_os("CI").is_none(), "the corpus is not at {}", folder.display());
        println!("skipped: ../shared is not here");
        return;
    };
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    names.sort();
    let mut table =
        "\n| file | good | codes | why | first finding |\n|---|---|---|---|---|\n".to_owned();
    for path in names {
        let name = path.file_name().expect("a name").to_string_lossy();
        let bytes = std::fs::read(&path).expect("a file");
        let _ = writeln!(table, "| {name} | {} |", verdict(&bytes));
    }
    let page = root.join("../../docs/mt-corpus.md");
    let old = std::fs::read_to_string(&page).expect("docs/mt-corpus.md is there");
    let (head, known) = old.split_once(TABLE).expect("docs/mt-corpus.md has a table");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&page, format!("{head}{TABLE}{table}")).expect("docs can be written");
    } else {
        // Line by line: the whole table is too long to read in a failure.
        for (known, now) in known.lines().zip(table.lines()) {
            assert_eq!(known, now, "a verdict changed: look why, then run with UPDATE_EXPECT=1");
        }
        assert_eq!(known.lines().count(), table.lines().count(), "files came or went");
    }
}
