//! `nuncio archive`: finds messages in the archive of a hub, or by a gateway those of its institution.

use std::fs;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ::archive::{Archive as Index, Options};
use anyhow::Context as _;
use gateway::api::{Archive as Page, Archived};
use hub::control::{Answer, Request};
use hub::found::{FindQuery, FoundMessage};
use journal::Reader;

use crate::cli::{Archive, ArchiveFind, ArchiveRaw, Output};
use crate::client::{Client, escaped};
use crate::commands::hub::ask;
use crate::commands::journal::failure;
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Archive, format: Output) -> Result<ExitCode, Failure> {
    match command {
        Archive::Find(options) => find(options, format),
        Archive::Raw(options) => raw(options),
    }
}

fn find(options: &ArchiveFind, format: Output) -> Result<ExitCode, Failure> {
    let rows = match &options.from.dir {
        Some(dir) => {
            let messages = of_hub(dir, query(options))?;
            if format == Output::Json {
                output::json(&messages);
                return Ok(ExitCode::SUCCESS);
            }
            messages.iter().map(of_found).collect()
        }
        None => {
            let page: Page = Client::new(&options.from.at)?.get(&path(options), Duration::ZERO)?;
            if format == Output::Json {
                output::json(&page.messages);
                return Ok(ExitCode::SUCCESS);
            }
            page.messages.iter().map(of_archived).collect::<Vec<_>>()
        }
    };
    if rows.is_empty() {
        output::line("nothing was found");
    } else {
        output::table(&["ID", "RECORDED", "TYPE", "TO", "REFERENCE", "STATE", "NUMBER"], &rows);
    }
    Ok(ExitCode::SUCCESS)
}

fn query(options: &ArchiveFind) -> FindQuery {
    FindQuery {
        id: options.id.clone(),
        reference: options.reference.clone(),
        uetr: options.uetr.clone(),
        numbers_of: options.sent_by.clone().or_else(|| options.received.clone()),
        first: options.first,
        last: options.last,
        from: options.since.clone(),
        until: options.until.clone(),
        after: options.after,
        limit: options.limit,
    }
}

fn path(options: &ArchiveFind) -> String {
    let lane = options.received.as_deref().map(|received| {
        // Whose lanes is settled: a gateway asks for its own institution.
        match received.rsplit('/').next() {
            Some("1") => "urgent".to_owned(),
            Some("2") => "normal".to_owned(),
            other => other.unwrap_or_default().to_owned(),
        }
    });
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let parts = [
        ("id", options.id.clone()),
        ("reference", options.reference.clone()),
        ("uetr", options.uetr.clone()),
        ("sent_by", options.sent_by.clone()),
        ("lane", lane),
        ("first", number(options.first)),
        ("last", number(options.last)),
        ("from", options.since.clone()),
        ("until", options.until.clone()),
        ("cursor", number(options.after)),
        ("limit", Some(options.limit.to_string())),
    ];
    let set = parts.iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let set: Vec<String> = set.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    format!("/v1/archive?{}", set.join("&"))
}

/// Asks the hub that runs in a folder, or looks into its archive where none runs.
fn of_hub(dir: &Path, query: FindQuery) -> Result<Vec<FoundMessage>, Failure> {
    // A hub that died leaves the socket behind.
    if UnixStream::connect(dir.join("hub.control")).is_ok() {
        return match ask(dir, &Request::Find { query })? {
            Answer::Found { messages, .. } => Ok(messages),
            Answer::Rejected { code, text } => {
                Err(Failure::said(exit::CONFLICT, format!("{code} {text}")))
            }
            Answer::Malformed { text } => Err(Failure::said(exit::USAGE, text)),
            Answer::Done
            | Answer::Proposal { .. }
            | Answer::Reloaded { .. }
            | Answer::Undelivered { .. }
            | Answer::Figures { .. }
            | Answer::Lanes { .. }
            | Answer::Health(_) => {
                Err(Failure::said(exit::FAILURE, "the hub has answered something else"))
            }
        };
    }
    let query = query.query().map_err(|text| Failure::said(exit::USAGE, text))?;
    let journal = Reader::open(&dir.join("journal")).map_err(failure)?;
    let archive = index(dir, &journal)?;
    let found = archive.finder().find(&query, &journal).context("cannot read the archive")?;
    Ok(found.iter().map(FoundMessage::of).collect())
}

/// The archive of a hub that does not run, with all that its journal holds.
fn index(dir: &Path, journal: &Reader) -> Result<Index, Failure> {
    let folder = dir.join("archive");
    let mut archive = Index::open(&folder, Options::default(), journal)
        .with_context(|| format!("cannot open the archive in {}", folder.display()))?;
    let records = journal.records(archive.next());
    archive.fold(records).context("cannot bring the archive up to the end of the journal")?;
    Ok(archive)
}

fn raw(options: &ArchiveRaw) -> Result<ExitCode, Failure> {
    let bytes = match &options.from.dir {
        None => {
            let path = format!("/v1/archive/{}/raw", escaped(&options.id));
            Client::new(&options.from.at)?.bytes(&path, "*/*", Duration::ZERO)?
        }
        Some(dir) => {
            let query =
                FindQuery { id: Some(options.id.clone()), limit: 1, ..FindQuery::default() };
            let none = || {
                let text = format!("the archive has no message {}", options.id);
                Failure::said(exit::NOT_FOUND, text)
            };
            let found = of_hub(dir, query)?.into_iter().find(|it| it.state == "accepted");
            let record = found.ok_or_else(none)?.record;
            let journal = Reader::open(&dir.join("journal")).map_err(failure)?;
            journal.read(record).map_err(failure)?.payload.to_vec()
        }
    };
    match &options.to {
        Some(path) => {
            fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => std::io::stdout().write_all(&bytes).context("cannot print the message")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn of_found(message: &FoundMessage) -> Vec<String> {
    let state = message.history.last().map_or(message.state.as_str(), |last| last.step.as_str());
    row(
        message.lane,
        message.output_number,
        [
            &message.id,
            &message.at,
            &message.message_type,
            &message.receiver,
            &message.reference,
            state,
        ],
    )
}

fn of_archived(message: &Archived) -> Vec<String> {
    let last = message.history.last().map(|last| last.step.to_string());
    let state = last.unwrap_or_else(|| message.state.to_string());
    row(
        message.lane,
        message.output_number,
        [
            &message.id,
            &message.at,
            &message.message_type,
            &message.receiver,
            &message.reference,
            &state,
        ],
    )
}

fn row(lane: Option<u8>, number: Option<u64>, cells: [&str; 6]) -> Vec<String> {
    let place = lane.zip(number).map(|(lane, number)| format!("{lane}/{number}"));
    let cells = cells.into_iter().map(ToOwned::to_owned);
    cells.chain([place.unwrap_or_default()]).collect()
}
