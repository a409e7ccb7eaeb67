//! `nuncio answer ID FILE`: the institution answers a request of a real-time service.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api::{Message, State, Stored};
use trust::Digest;

use crate::cli::{Answer, Output};
use crate::client::{Client, Post, escaped};
use crate::commands::send::{content_type, print_outcome, wait};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Answer, format: Output) -> Result<ExitCode, Failure> {
    let Answer { id, file, key, wait: most, at } = options;
    let body = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let key = key.clone().unwrap_or_else(|| format!("answer-{id}-{}", Digest::of(&body)));
    let client = Client::new(at)?;
    let path = format!("/v1/messages?answers={}", escaped(id));
    let headers = [("content-type", content_type(&body)), ("idempotency-key", key.as_str())];
    let stored: Stored = client.post(&Post { path: &path, headers: &headers, body: &body })?;
    let response = stored.id.clone().unwrap_or_default();
    let Some(seconds) = most else {
        match format {
            Output::Json => output::json(&stored),
            Output::Table => output::line(&format!("{id} answered by {response}, which is stored")),
        }
        return Ok(ExitCode::SUCCESS);
    };
    let message: Message = wait(&client, &response, Duration::from_secs(*seconds))?;
    match format {
        Output::Json => output::json(&message),
        Output::Table => {
            output::line(&format!("{id} answered by {response}"));
            print_outcome(&message);
        }
    }
    let is_refused = message.state == State::Refused;
    Ok(if is_refused { ExitCode::from(exit::INVALID) } else { ExitCode::SUCCESS })
}
