//! `nuncio verify RECEIPT --key K`: checks a proof with nothing but public keys.
//!
//! It opens the files that it is given and no connection.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use trust::{Header, NetworkKeys, Receipt, Verified};

use crate::cli::{Output, Verify};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Verify, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.key)?;
    let bytes = read(&options.receipt)?;
    let receipt = parse(&bytes).map_err(|error| {
        let words = format!("{} is not a sound receipt", options.receipt.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let verified = receipt.verify(&keys).map_err(|error| {
        let words = format!("{} proves nothing", options.receipt.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let mut matches = None;
    if let Some(path) = &options.payload {
        matches = receipt.matches_payload(&read(path)?);
        if matches != Some(true) {
            let words = match matches {
                Some(_) => "the receipt is good, but it is about other bytes than those of",
                None => {
                    "the receipt is good, but holds no header, so nobody can tell if it is about"
                }
            };
            return Err(Failure::said(exit::INVALID, format!("{words} {}", path.display())));
        }
    }
    match output {
        Output::Json => output::json(&document(&receipt, &verified, matches)?),
        Output::Table => print(&verified, matches),
    }
    Ok(ExitCode::SUCCESS)
}

/// The public keys of a network.
pub(crate) fn read_keys(path: &Path) -> Result<NetworkKeys, Failure> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let keys = text.parse::<NetworkKeys>();
    Ok(keys.with_context(|| format!("{} does not hold a network's public keys", path.display()))?)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display())).map_err(|error| {
        Failure::new(if path.exists() { exit::FAILURE } else { exit::NOT_FOUND }, error)
    })
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Receipt, trust::ReceiptError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with('{') => Receipt::from_json(text),
        _ => Receipt::decode(bytes),
    }
}

fn document(
    receipt: &Receipt,
    verified: &Verified,
    matches: Option<bool>,
) -> Result<serde_json::Value, Failure> {
    let mut document: serde_json::Value =
        serde_json::from_str(&receipt.to_json()).context("a receipt has a JSON form")?;
    if let Some(fields) = document.as_object_mut() {
        fields.insert("valid".to_owned(), true.into());
        fields.insert("proves".to_owned(), lines(verified).into());
        if let Some(matches) = matches {
            fields.insert("payload_matches".to_owned(), matches.into());
        }
    }
    Ok(document)
}

fn print(verified: &Verified, matches: Option<bool>) {
    output::line("valid");
    for line in lines(verified) {
        output::line(&format!("  {line}"));
    }
    if matches == Some(true) {
        output::line("  the message is the given file, byte for byte");
    }
}

/// What a receipt proves, in sentences.
fn lines(verified: &Verified) -> Vec<String> {
    let about = |header: &Header| {
        let uetr = header.uetr.map_or(String::new(), |uetr| format!(", transaction {uetr}"));
        format!(
            "{}-{}: {} from {} to {}, reference {}{uetr}",
            header.sender,
            header.input_number,
            header.message_type,
            header.sender,
            header.receiver,
            header.reference
        )
    };
    let signed = |header: &Header| format!("signed by {} over its exact bytes", header.sender);
    match verified {
        Verified::Acceptance(it) => vec![
            about(&it.header),
            signed(&it.header),
            format!("accepted {} at position {}", it.at, it.position),
            format!("SHA-256 of the message {}", it.payload),
        ],
        Verified::Refusal(it) => {
            let mut lines = vec![
                format!("{}-{}", it.refused.terminal, it.refused.input_number),
                format!("refused {} at position {}", it.at, it.position),
            ];
            lines.extend(it.header.as_ref().map(about));
            lines.extend(
                it.refused.reasons.iter().map(|reason| {
                    format!("{} {} {}", reason.code(), reason.place(), reason.text())
                }),
            );
            lines
        }
        Verified::Delivery(parts) => {
            let (accepted, delivered) = parts.as_ref();
            vec![
                about(&accepted.header),
                signed(&accepted.header),
                format!("accepted {} at position {}", accepted.at, accepted.position),
                format!("delivered {} at position {}", delivered.at, delivered.position),
                format!("taken over with the signature of {}", delivered.by),
                format!("SHA-256 of the message {}", accepted.payload),
            ]
        }
    }
}
