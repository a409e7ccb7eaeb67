//! What goes to standard output: tables for people, JSON for programs.

use std::io::{self, Write as _};

use serde::Serialize;

/// Prints a line to standard output; a closed pipe ends the program quietly.
pub(crate) fn line(text: &str) {
    raw(format!("{text}\n").as_bytes());
}

/// Tells how far something has come, on standard error; nobody has to hear it.
pub(crate) fn progress(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Prints bytes to standard output as they are.
pub(crate) fn raw(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        // The reader has gone, as `head` does; there is nobody to tell.
        std::process::exit(0);
    }
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl Serialize) {
    let text = serde_json::to_string_pretty(value).expect("our values have text keys only");
    line(&text);
}

/// Prints a value as JSON in one line, for what comes bit by bit.
pub(crate) fn json_line(value: &impl Serialize) {
    line(&serde_json::to_string(value).expect("our values have text keys only"));
}

/// A table whose columns are as wide as their widest cell.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) {
    let columns = head.len();
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (at, (cell, width)) in cells.zip(&widths).enumerate() {
            text.push_str(cell);
            if at + 1 < columns {
                text.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
            }
        }
        line(text.trim_end());
    };
    print(&mut head.iter().copied());
    for row in rows {
        print(&mut row.iter().map(String::as_str));
    }
}
