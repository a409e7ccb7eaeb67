//! `nuncio receipt ID`: fetches a proof from the gateway; `nuncio receipt print` makes a page of one.

mod page;

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use gateway::api;

use crate::cli::{Output, Receipt, ReceiptCommand, ReceiptKind};
use crate::client::{Client, Post, escaped};
use crate::commands::send::pause;
use crate::exit::{self, Failure};
use crate::output;

/// How long a statement may take from the log into the gateway's store.
const PROOF_TIME_MAX: Duration = Duration::from_secs(20);
const PROOF_PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn run(options: &Receipt, output: Output) -> Result<ExitCode, Failure> {
    if let Some(ReceiptCommand::Print(options)) = &options.command {
        return page::run(options, output);
    }
    let id = options.id.as_deref().unwrap_or_default();
    let client = Client::new(&options.at)?;
    let kind = options.kind.map_or("", |kind| match kind {
        ReceiptKind::Acceptance => "?kind=acceptance",
        ReceiptKind::Refusal => "?kind=refusal",
        ReceiptKind::Delivery => "?kind=delivery",
        ReceiptKind::NonDelivery => "?kind=non-delivery",
    });
    let path = format!("/v1/messages/{}/receipt{kind}", escaped(id));
    let accept = if options.to.is_some() { "application/octet-stream" } else { "application/json" };
    let bytes = if options.kind == Some(ReceiptKind::NonDelivery) {
        until_now(&client, id, &path)?;
        client.bytes(&path, accept, Duration::ZERO)?
    } else {
        client.bytes(&path, accept, Duration::ZERO)?
    };
    if let Some(file) = &options.disclosure {
        let path = format!("/v1/messages/{}/disclosure", escaped(id));
        let disclosure = client.bytes(&path, "application/octet-stream", Duration::ZERO)?;
        fs::write(file, disclosure).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let Some(file) = &options.to else {
        output::raw(&bytes);
        output::line("");
        return Ok(ExitCode::SUCCESS);
    };
    fs::write(file, &bytes).with_context(|| format!("cannot write {}", file.display()))?;
    match output {
        Output::Json => {
            output::json(&serde_json::json!({ "file": file, "bytes": bytes.len() }));
        }
        Output::Table => {
            output::line(&format!("{}  {} bytes", file.display(), bytes.len()));
            output::line("check it with 'nuncio verify FILE --key network.keys'");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the network state that the message waits, and waits until the gateway has that with its proof.
/// Of a message that does not wait any more, what was said last will do.
fn until_now(client: &Client, id: &str, receipt: &str) -> Result<(), Failure> {
    let path = format!("/v1/messages/{}/non-delivery", escaped(id));
    let post = Post { path: &path, headers: &[], body: b"" };
    let stated: api::Recorded = match client.post(&post) {
        Ok(stated) => stated,
        Err(failure) if failure.code() == exit::CONFLICT => {
            let kept = client.bytes(receipt, "application/json", Duration::ZERO);
            return kept.map(drop).map_err(|_| failure);
        }
        Err(failure) => return Err(failure),
    };
    let mut left = PROOF_TIME_MAX;
    loop {
        let kept = client.bytes(receipt, "application/octet-stream", Duration::ZERO);
        match kept.map(|bytes| trust::Receipt::decode(&bytes)) {
            Ok(Ok(it)) if is_at(&it, &stated.position) => return Ok(()),
            Err(failure) if failure.code() != exit::NOT_FOUND => return Err(failure),
            _ if left.is_zero() => {
                let words = format!(
                    "the network has stated it at {}, but the proof has not come yet",
                    stated.position
                );
                return Err(Failure::said(exit::TIMEOUT, words));
            }
            _ => {}
        }
        pause(PROOF_PAUSE);
        left = left.saturating_sub(PROOF_PAUSE);
    }
}

/// Whether a receipt is of the statement at a position, or of a later one.
fn is_at(receipt: &trust::Receipt, position: &str) -> bool {
    let stated = receipt.records().last().map(|record| record.head.position());
    let number = |text: &str| text.rsplit('/').next()?.parse::<u64>().ok();
    stated.map(|it| it.sequence) >= number(position)
}
