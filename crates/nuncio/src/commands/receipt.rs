//! `nuncio receipt ID`: fetches a proof from the gateway; `nuncio receipt print` makes a page of one.

mod page;

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::cli::{Output, Receipt, ReceiptCommand, ReceiptKind};
use crate::client::{Client, escaped};
use crate::exit::Failure;
use crate::output;

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
    });
    let path = format!("/v1/messages/{}/receipt{kind}", escaped(id));
    let accept = if options.to.is_some() { "application/octet-stream" } else { "application/json" };
    let bytes = client.bytes(&path, accept, Duration::ZERO)?;
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
