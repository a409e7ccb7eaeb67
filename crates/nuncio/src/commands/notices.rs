//! `nuncio notices`: what the network told the institution beside what became of its messages.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{Notice, Notices as Page};

use crate::cli::{Notices, Output};
use crate::client::Client;
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(options: &Notices, format: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(&options.at)?;
    let mut all: Vec<Notice> = Vec::new();
    let mut after = options.after.to_string();
    loop {
        let path = format!("/v1/notices?limit=500&cursor={after}");
        let Page { notices, cursor } = client.get(&path, Duration::ZERO)?;
        all.extend(notices);
        match cursor {
            Some(cursor) => after = cursor,
            None => break,
        }
    }
    if format == Output::Json {
        output::json(&all);
        return Ok(ExitCode::SUCCESS);
    }
    for notice in &all {
        output::line(&line(notice));
    }
    Ok(ExitCode::SUCCESS)
}

/// A notice in one line.
fn line(notice: &Notice) -> String {
    let mut words = format!("{} {} {}", notice.number, notice.at, notice.kind);
    let about = [("of", &notice.message), ("by", &notice.institution), ("in", &notice.service)];
    for (word, value) in about {
        if let Some(value) = value {
            words.push_str(&format!(" {word} {value}"));
        }
    }
    if let (Some(from), Some(until)) = (&notice.work_from, &notice.work_until) {
        words.push_str(&format!(", planned work from {from} until {until}"));
    }
    if !notice.text.is_empty() {
        words.push_str(&format!(": {}", notice.text.join(" / ")));
    }
    words
}
