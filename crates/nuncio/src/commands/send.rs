//! `nuncio send FILE...`: hands messages to the institution's gateway.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use document::Format;
use gateway::api::{Message, State, Stored};
use trust::Digest;

use crate::cli::{Output, Send};
use crate::client::{Client, Post, escaped};
use crate::exit::{self, Failure};
use crate::output;

/// How long to wait between two looks at a message.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long the gateway is asked to wait at once.
const WAIT_TURN: Duration = Duration::from_secs(30);

pub(crate) fn run(options: &Send, output: Output) -> Result<ExitCode, Failure> {
    if options.key.is_some() && options.files.len() > 1 {
        return Err(Failure::said(exit::USAGE, "--key names one message; give one file with it"));
    }
    let client = Client::new(&options.at)?;
    let mut failed = None;
    let mut sent = Vec::new();
    for file in &options.files {
        match send(&client, file, options) {
            Ok(stored) => {
                if output == Output::Table {
                    print(file, &stored);
                }
                sent.push((file, stored));
            }
            Err(failure) => {
                // The other files are sent all the same: each message stands for itself.
                failure.print(output);
                output::line(&format!("{}: nothing was sent", file.display()));
                failed = Some(failure.code());
            }
        }
    }
    let mut after = Vec::new();
    for (_, stored) in &sent {
        match (&stored.id, options.wait) {
            (Some(id), Some(seconds)) => {
                let message = wait(&client, id, Duration::from_secs(seconds))?;
                if message.state == State::Refused {
                    failed = Some(exit::INVALID);
                }
                if output == Output::Table {
                    print_outcome(&message);
                }
                after.push(message);
            }
            (Some(id), None) => {
                let Some(seconds) = options.wait_answer else { continue };
                let message = wait_for_outcome(&client, id, Duration::from_secs(seconds))?;
                failed = outcome_code(&message).or(failed);
                if output == Output::Table {
                    print_outcome(&message);
                    let words = message.response.as_ref().map(|id| format!("  response  {id}"));
                    words.iter().for_each(|words| output::line(words));
                }
                after.push(message);
            }
            (None, _) => continue,
        }
    }
    if output == Output::Json {
        if (options.wait.is_some() || options.wait_answer.is_some()) && !options.dry_run {
            output::json(&after);
        } else {
            output::json(&sent.iter().map(|(_, stored)| stored).collect::<Vec<_>>());
        }
    }
    Ok(failed.map_or(ExitCode::SUCCESS, ExitCode::from))
}

fn send(client: &Client, file: &Path, options: &Send) -> Result<Stored, Failure> {
    let body = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    // The content is the key: sending a file again is a repeat, not a second payment.
    let key = options.key.clone().unwrap_or_else(|| Digest::of(&body).to_string());
    let mut path = "/v1/messages?mode=send".to_owned();
    if options.dry_run {
        path = "/v1/messages?mode=validate".to_owned();
    }
    if options.wait_answer.is_some() {
        path.push_str("&priority=real-time");
    }
    if let Some(service) = &options.service {
        path.push_str(&format!("&service={}", escaped(service)));
    }
    let kind = content_type(&body);
    client.post(&Post {
        path: &path,
        headers: &[("content-type", kind), ("idempotency-key", &key)],
        body: &body,
    })
}

/// How a message is declared to the gateway.
pub(crate) fn content_type(message: &[u8]) -> &'static str {
    match Format::of(message) {
        Format::Mx => "application/xml",
        Format::Fin | Format::File => "text/plain",
    }
}

/// Looks at a message until the network has answered.
pub(crate) fn wait(client: &Client, id: &str, most: Duration) -> Result<Message, Failure> {
    let path = format!("/v1/messages/{}", escaped(id));
    let mut waited = Duration::ZERO;
    loop {
        let message: Message = client.get(&path, Duration::ZERO)?;
        if !matches!(message.state, State::Stored | State::Submitted) {
            return Ok(message);
        }
        if waited >= most {
            return Err(Failure::said(
                exit::TIMEOUT,
                format!(
                    "{id} is {} and the network has not answered within {} s; \
                     it is safe in the outbox: see 'nuncio track {id}'",
                    message.state,
                    most.as_secs()
                ),
            ));
        }
        pause(LOOK_EVERY);
        waited += LOOK_EVERY;
    }
}

/// Waits for the outcome of a request. A connection that is lost loses nothing: it is asked again.
fn wait_for_outcome(client: &Client, id: &str, most: Duration) -> Result<Message, Failure> {
    let mut left = most;
    loop {
        let turn = left.min(WAIT_TURN);
        let path = format!("/v1/messages/{}?wait={}s", escaped(id), turn.as_secs());
        let message: Message = client.get(&path, turn)?;
        left = left.saturating_sub(turn);
        let is_open = matches!(
            message.state,
            State::Stored | State::Submitted | State::Accepted | State::Delivered
        );
        if !is_open {
            return Ok(message);
        }
        if left.is_zero() {
            let words = format!(
                "{id} is {} and has no outcome yet within {} s: see 'nuncio track {id}'",
                message.state,
                most.as_secs()
            );
            return Err(Failure::said(exit::TIMEOUT, words));
        }
    }
}

/// The exit code of an outcome that is no response.
fn outcome_code(message: &Message) -> Option<u8> {
    match message.state {
        State::Answered => None,
        State::Refused => Some(exit::INVALID),
        State::Ended | State::Withdrawn => Some(exit::TIMEOUT),
        State::Stored
        | State::Submitted
        | State::Accepted
        | State::Delivered
        | State::Declined
        | State::Stopped
        | State::Received
        | State::Taken => Some(exit::FAILURE),
    }
}

/// Lets some time pass between two looks at something that has no way to tell.
#[expect(clippy::disallowed_methods, reason = "a command that polls has nothing else to do")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

fn print(file: &Path, stored: &Stored) {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let uetr = stored.uetr.as_deref().map_or(String::new(), |uetr| format!("  uetr {uetr}"));
    output::line(&format!(
        "{name}  {}  {} -> {}  ref {}{uetr}",
        stored.message_type, stored.sender, stored.receiver, stored.reference
    ));
    match &stored.id {
        Some(id) => output::line(&format!("  stored    id {id}")),
        None => output::line("  checked   valid; nothing was sent"),
    }
}

pub(crate) fn print_outcome(message: &Message) {
    for event in &message.timeline {
        let position =
            event.facts.position.as_ref().map_or(String::new(), |at| format!("  position {at}"));
        output::line(&format!("  {:<9} {}{position}", event.step, event.at));
    }
    for reason in &message.reasons {
        output::line(&format!("  {}  {}  {}", reason.code, reason.place, reason.text));
    }
}
