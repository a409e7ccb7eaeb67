//! `nuncio relationship`: who may send what to whom, as the institution decides and sees it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api::{Permission, Recorded, Relate, Relationship as Row, Relationships};

use crate::cli::{At, Output, Relationship, RelationshipAnswer, What};
use crate::client::{Client, Post};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(command: &Relationship, format: Output) -> Result<ExitCode, Failure> {
    let (at, relate) = match command {
        Relationship::List(options) => return list(&options.at, format),
        Relationship::Permit(options) => {
            let (institution, service, permission) = asked(options.sender, &options.what);
            (&options.at, Relate::Permit { institution, service, permission })
        }
        Relationship::Request(options) => {
            let (institution, service, permission) = asked(options.receiver, &options.what);
            let reason = options.reason.clone();
            (&options.at, Relate::Request { institution, service, permission, reason })
        }
        Relationship::Revoke(options) => {
            let (institution, service, reason) = answered(options);
            (&options.at, Relate::Revoke { institution, service, reason })
        }
        Relationship::Deny(options) => {
            let (institution, service, reason) = answered(options);
            (&options.at, Relate::Deny { institution, service, reason })
        }
    };
    let body = serde_json::to_vec(&relate).context("texts have a form in JSON")?;
    let headers = [("content-type", "application/json")];
    let post = Post { path: "/v1/relationships", headers: &headers, body: &body };
    let recorded: Recorded = Client::new(at)?.post(&post)?;
    match format {
        Output::Json => output::json(&recorded),
        Output::Table => output::line(&format!("recorded at {}", recorded.position)),
    }
    Ok(ExitCode::SUCCESS)
}

fn asked(institution: iso::Institution, what: &What) -> (String, String, Permission) {
    let What { service, types, from, until } = what;
    let permission = Permission { types: types.clone(), from: from.clone(), until: until.clone() };
    (institution.to_string(), service.clone(), permission)
}

fn answered(options: &RelationshipAnswer) -> (String, String, String) {
    (options.sender.to_string(), options.service.clone(), options.reason.clone())
}

fn list(at: &At, format: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(at)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut query = String::new();
    loop {
        let path = format!("/v1/relationships{query}");
        let page: Relationships = client.get(&path, Duration::ZERO)?;
        rows.extend(page.relationships);
        match page.cursor {
            Some(next) => query = format!("?cursor={next}"),
            None => break,
        }
    }
    match format {
        Output::Json => output::json(&rows),
        Output::Table if rows.is_empty() => output::line("there are no relationships"),
        Output::Table => {
            let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
            let head = ["SENDER", "RECEIVER", "SERVICE", "STATE", "TYPES", "FROM", "UNTIL"];
            output::table(&head, &cells);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn cells(row: &Row) -> Vec<String> {
    vec![
        row.sender.clone(),
        row.receiver.clone(),
        row.service.clone(),
        row.state.clone(),
        row.permission.types.join(" "),
        row.permission.from.clone().unwrap_or_default(),
        row.permission.until.clone().unwrap_or_default(),
    ]
}
