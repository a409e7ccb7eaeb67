//! `nuncio decline`: the institution does not take a message that it received.

use std::process::ExitCode;

use anyhow::Context as _;
use gateway::api;

use crate::cli::{Decline, Output};
use crate::client::{Client, Post, escaped};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(options: &Decline, format: Output) -> Result<ExitCode, Failure> {
    let Decline { id, code, text, at } = options;
    let decline = api::Decline { code: code.clone(), text: text.clone() };
    let body = serde_json::to_vec(&decline).context("texts have a form in JSON")?;
    let path = format!("/v1/inbox/{}/decline", escaped(id));
    let headers = [("content-type", "application/json")];
    let post = Post { path: &path, headers: &headers, body: &body };
    let declined: api::Declined = Client::new(at)?.post(&post)?;
    match format {
        Output::Json => output::json(&declined),
        Output::Table => {
            let api::Declined { id, declined_at, reason, .. } = &declined;
            output::line(&format!(
                "{id} declined at {declined_at}: {} {}",
                reason.code, reason.text
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
