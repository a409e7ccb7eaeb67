//! `nuncio track UETR|ID`: what became of a message, step by step.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{Event, Message, Messages};

use crate::cli::{Output, Track};
use crate::client::{Client, escaped};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Track, output: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(&options.at)?;
    let name = options.name.trim();
    let messages = if name.parse::<iso::Uetr>().is_ok() {
        let path = format!("/v1/messages?uetr={}&limit=100", escaped(name));
        let mut page: Messages = client.get(&path, Duration::ZERO)?;
        // The newest comes first; a story is told from its beginning.
        page.messages.reverse();
        page.messages
    } else {
        vec![client.get(&format!("/v1/messages/{}", escaped(name)), Duration::ZERO)?]
    };
    if messages.is_empty() {
        return Err(Failure::said(
            exit::NOT_FOUND,
            format!("this gateway knows no message of transaction {name}"),
        ));
    }
    match output {
        Output::Json => output::json(&messages),
        Output::Table => messages.iter().for_each(print),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(message: &Message) {
    output::line(&format!(
        "{}  {}  {} -> {}  ref {}  {}",
        message.id,
        message.message_type,
        message.sender,
        message.receiver,
        message.reference,
        message.state
    ));
    if let Some(uetr) = &message.uetr {
        output::line(&format!("  transaction {uetr}"));
    }
    for event in &message.timeline {
        let line = format!("  {}  {:<12} {}", event.at, event.step, facts(event));
        output::line(line.trim_end());
    }
    for reason in &message.reasons {
        output::line(&format!("  {} ({})  {}", reason.code, reason.fault, reason.text));
        if !reason.place.is_empty() {
            output::line(&format!("     {}", reason.place));
        }
    }
}

fn facts(event: &Event) -> String {
    let facts = &event.facts;
    let parts = [
        facts.position.as_ref().map(|at| format!("position {at}")),
        facts.session.map(|session| format!("session {session}")),
        facts.frame_messages.map(|count| format!("frame of {count}")),
        facts.key.as_ref().map(|key| format!("key {key}")),
        facts.attempts.filter(|attempts| *attempts > 1).map(|count| format!("attempt {count}")),
        facts.by.as_ref().map(|by| format!("by {by}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
}
