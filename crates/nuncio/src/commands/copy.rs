//! `nuncio copy`: messages between others that wait for what the institution decides.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api::{AuthoriseCopy, Copies, HeldCopy, Recorded, RefuseCopy};

use crate::cli::{At, Copy, Output};
use crate::client::{Client, Post, escaped};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(command: &Copy, format: Output) -> Result<ExitCode, Failure> {
    let (at, id, verb, body) = match command {
        Copy::List(options) => return list(&options.at, format),
        Copy::Authorise(options) => {
            let (to_sender, to_receiver) = (options.to_sender.clone(), options.to_receiver.clone());
            let body = serde_json::to_vec(&AuthoriseCopy { to_sender, to_receiver });
            (&options.at, &options.id, "authorise", body)
        }
        Copy::Refuse(options) => {
            let (code, to_sender) = (options.code.clone(), options.to_sender.clone());
            let body = serde_json::to_vec(&RefuseCopy { code, to_sender });
            (&options.at, &options.id, "refuse", body)
        }
    };
    let body = body.context("texts have a form in JSON")?;
    let path = format!("/v1/copies/{}/{verb}", escaped(id));
    let headers = [("content-type", "application/json")];
    let post = Post { path: &path, headers: &headers, body: &body };
    let recorded: Recorded = Client::new(at)?.post(&post)?;
    match format {
        Output::Json => output::json(&recorded),
        Output::Table => output::line(&format!("recorded at {}", recorded.position)),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(at: &At, format: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(at)?;
    let mut rows: Vec<HeldCopy> = Vec::new();
    let mut query = String::new();
    loop {
        let page: Copies = client.get(&format!("/v1/copies{query}"), Duration::ZERO)?;
        rows.extend(page.copies);
        match page.cursor {
            Some(next) => query = format!("?cursor={next}"),
            None => break,
        }
    }
    match format {
        Output::Json => output::json(&rows),
        Output::Table if rows.is_empty() => output::line("no message waits for your decision"),
        Output::Table => {
            let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
            output::table(
                &["MESSAGE", "RECEIVER", "SERVICE", "PRIORITY", "RECORD", "LATE"],
                &cells,
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn cells(row: &HeldCopy) -> Vec<String> {
    vec![
        row.id.clone(),
        row.receiver.clone(),
        row.service.clone(),
        row.priority.clone(),
        row.position.clone(),
        if row.late { "late".to_owned() } else { String::new() },
    ]
}
