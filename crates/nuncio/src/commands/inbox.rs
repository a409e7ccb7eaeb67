//! `nuncio inbox`: what the institution received.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api::{Inbox as Page, Message, Taken};

use crate::cli::{Inbox, Output};
use crate::client::{Client, Post, escaped};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(options: &Inbox, output: Output) -> Result<ExitCode, Failure> {
    let client = Client::new(&options.at)?;
    let path = format!("/v1/inbox?wait={}s&limit={}", options.wait, options.limit);
    let page: Page = client.get(&path, Duration::from_secs(options.wait))?;
    let mut rows = Vec::new();
    for message in &page.messages {
        let mut kept = String::new();
        if let Some(folder) = &options.to {
            let path = keep(&client, message, folder)?;
            kept = path.display().to_string();
        }
        if options.ack {
            let path = format!("/v1/inbox/{}/ack", escaped(&message.id));
            let _: Taken = client.post(&Post { path: &path, headers: &[], body: b"" })?;
        }
        rows.push(row(message, kept));
    }
    match output {
        Output::Json => output::json(&page.messages),
        Output::Table if rows.is_empty() => output::line("nothing is waiting"),
        Output::Table => {
            output::table(&["ID", "TYPE", "FROM", "REFERENCE", "UETR", "NUMBER", "FILE"], &rows);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a message to a folder durably: it is taken over only after that.
fn keep(client: &Client, message: &Message, folder: &Path) -> Result<PathBuf, Failure> {
    let raw = format!("/v1/inbox/{}/raw", escaped(&message.id));
    let bytes = client.bytes(&raw, "*/*", Duration::ZERO)?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(format!("{}.xml", message.id));
    let partial = folder.join(format!(".{}.partial", message.id));
    let write = || {
        fs::write(&partial, &bytes)?;
        fs::File::open(&partial)?.sync_all()?;
        fs::rename(&partial, &path)?;
        fs::File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

fn row(message: &Message, kept: String) -> Vec<String> {
    let number = message
        .output_number
        .map_or(String::new(), |number| format!("{}/{number}", message.lane.unwrap_or_default()));
    let mark = if message.possible_duplicate { " (possible duplicate)" } else { "" };
    vec![
        message.id.clone(),
        message.message_type.clone(),
        message.sender.clone(),
        message.reference.clone(),
        message.uetr.clone().unwrap_or_default(),
        format!("{number}{mark}"),
        kept,
    ]
}
