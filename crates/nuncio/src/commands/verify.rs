//! `nuncio verify RECEIPT --key K`: checks a proof with nothing but public keys. A proof is a
//! receipt, evidence that a log has shown two histories, or evidence that it contradicts itself about
//! a message.
//!
//! It opens the files that it is given and no connection.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use trust::{
    Contradiction, Disclosure, Equivocation, Header, NetworkKeys, Receipt, ReceiptError,
    Undelivered, Verified, VerifiedNonDelivery,
};

use crate::cli::{Output, Verify};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(options: &Verify, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.key)?;
    let bytes = read(&options.receipt)?;
    if let Some(evidence) = read_evidence(&bytes) {
        return verify_evidence(&evidence, &keys, output);
    }
    if let Some(evidence) = read_contradiction(&bytes) {
        return verify_contradiction(&evidence, &keys, output);
    }
    let receipt = read_receipt(&bytes).map_err(|error| {
        let words = format!("{} is not a sound receipt", options.receipt.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let verified = receipt.verify(&keys).map_err(|error| {
        let file = options.receipt.display();
        let words = if let ReceiptError::Quorum(_) = error {
            format!(
                "{file} is signed by the hub alone; 'nuncio checkpoint renew {file} --log URL' puts \
                 it under a cosigned checkpoint"
            )
        } else {
            format!("{file} proves nothing")
        };
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let mut matches = None;
    if let (Some(file), Some(path)) = (&options.disclosure, &options.payload) {
        check_disclosure(file, (&verified, &read(path)?), &keys)?;
        matches = Some(true);
    } else if let Some(path) = &options.payload {
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
        Output::Json => output::json(&document(&receipt, (&verified, &keys), matches)?),
        Output::Table => print(&verified, matches, &keys, options.disclosure.is_some()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Checks that the sender signed that the message of a receipt says this.
fn check_disclosure(
    file: &Path,
    (verified, text): (&Verified, &[u8]),
    keys: &NetworkKeys,
) -> Result<(), Failure> {
    let invalid = |error: anyhow::Error| {
        let words = format!("the receipt is good, but {} does not show this text", file.display());
        Failure::new(exit::INVALID, error.context(words))
    };
    let disclosure = Disclosure::decode(&read(file)?).map_err(|error| invalid(error.into()))?;
    let accepted = match verified {
        Verified::Acceptance(accepted) => accepted,
        Verified::Delivery(parts) => &parts.0,
        Verified::NonDelivery(parts) => &parts.0,
        Verified::Refusal(_) => {
            let words = "a refusal does not prove who sent the message";
            return Err(Failure::said(exit::INVALID, words));
        }
    };
    let of = (&accepted.header, &accepted.payload);
    let shown = disclosure.verify(of, accepted.at, text, keys.roots());
    shown.map_err(|error| invalid(error.into()))
}

/// The public keys of a network.
pub(crate) fn read_keys(path: &Path) -> Result<NetworkKeys, Failure> {
    let text = String::from_utf8_lossy(&read(path)?).into_owned();
    let keys = text.parse::<NetworkKeys>();
    Ok(keys.with_context(|| format!("{} does not hold a network's public keys", path.display()))?)
}

/// A file as it is.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display())).map_err(|error| {
        Failure::new(if path.exists() { exit::FAILURE } else { exit::NOT_FOUND }, error)
    })
}

/// Evidence of two histories, if that is what the file holds.
fn read_evidence(bytes: &[u8]) -> Option<Equivocation> {
    Equivocation::from_json(std::str::from_utf8(bytes).ok()?).ok()
}

/// Evidence of a contradiction, if that is what the file holds.
fn read_contradiction(bytes: &[u8]) -> Option<Contradiction> {
    Contradiction::from_json(std::str::from_utf8(bytes).ok()?).ok()
}

fn verify_contradiction(
    evidence: &Contradiction,
    keys: &NetworkKeys,
    output: Output,
) -> Result<ExitCode, Failure> {
    let lines = contradiction(evidence, keys)?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "valid": true, "proves": "contradiction", "lines": lines,
        })),
        Output::Table => {
            output::line("valid");
            lines.iter().for_each(|line| output::line(&format!("  {line}")));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a contradiction proves, in sentences.
pub(crate) fn contradiction(
    evidence: &Contradiction,
    keys: &NetworkKeys,
) -> Result<Vec<String>, Failure> {
    let proven = evidence.verify(keys).map_err(|error| {
        let words = "the evidence proves nothing";
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let origin = proven.non_delivery.cosigned.checkpoint.origin;
    let mut lines = vec![
        format!("{origin} contradicts itself, and signed both:"),
        about(&proven.message.header),
    ];
    lines.extend(undelivered(&proven.non_delivery));
    let delivery = &proven.delivery;
    lines.push(format!("delivered {} at position {}", delivery.at, delivery.position));
    lines.push(format!("taken over with the signature of {}", delivery.by));
    Ok(lines)
}

fn verify_evidence(
    evidence: &Equivocation,
    keys: &NetworkKeys,
    output: Output,
) -> Result<ExitCode, Failure> {
    let (smaller, larger) = evidence.verify(keys).map_err(|error| {
        let words = "the evidence proves nothing";
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let origin = smaller.origin;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "valid": true, "proves": "equivocation", "origin": origin.to_string(),
            "sizes": [smaller.size, larger.size],
            "roots": [smaller.root.to_string(), larger.root.to_string()],
        })),
        Output::Table => {
            output::line("valid");
            output::line(&format!("  {origin} has shown two histories, and signed both"));
            for it in [smaller, larger] {
                output::line(&format!("  {} records, root {}, {}", it.size, it.root, it.at));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A receipt in either form.
pub(crate) fn read_receipt(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with('{') => Receipt::from_json(text),
        _ => Receipt::decode(bytes),
    }
}

fn document(
    receipt: &Receipt,
    (verified, keys): (&Verified, &NetworkKeys),
    matches: Option<bool>,
) -> Result<serde_json::Value, Failure> {
    let mut document: serde_json::Value =
        serde_json::from_str(&receipt.to_json()).context("a receipt has a JSON form")?;
    if let Some(fields) = document.as_object_mut() {
        fields.insert("valid".to_owned(), true.into());
        let mut proves = lines(verified);
        proves.extend(witnessed(verified, keys));
        fields.insert("proves".to_owned(), proves.into());
        if let Some(matches) = matches {
            fields.insert("payload_matches".to_owned(), matches.into());
        }
    }
    Ok(document)
}

fn print(verified: &Verified, matches: Option<bool>, keys: &NetworkKeys, is_sealed: bool) {
    output::line("valid");
    for line in lines(verified).into_iter().chain(witnessed(verified, keys)) {
        output::line(&format!("  {line}"));
    }
    if is_sealed {
        output::line("  the message is sealed, and its sender signed that it says the given file");
    } else if matches == Some(true) {
        output::line("  the message is the given file, byte for byte");
    }
}

/// Who else has seen the log like that.
pub(crate) fn witnessed(verified: &Verified, keys: &NetworkKeys) -> Option<String> {
    let last = verified.checkpoints().into_iter().last()?;
    let names: Vec<&str> = last.by.iter().map(|it| it.by.name()).collect();
    let by = last.witnessed_by(keys).or_else(|| last.by.iter().map(|it| it.at).max());
    match by {
        Some(at) => Some(format!("witnessed by {} by {at}", names.join(", "))),
        None => Some("witnessed by nobody: the hub's word alone".to_owned()),
    }
}

fn about(header: &Header) -> String {
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
}

/// What a record says of a message that was not delivered, in sentences.
fn undelivered(it: &VerifiedNonDelivery) -> Vec<String> {
    let (at, position) = (it.at, it.position);
    let place = format!("number {} of the {} lane", it.output_number, it.lane);
    match &it.why {
        Undelivered::Waiting { is_offered } => {
            let offered = match is_offered {
                Some(true) => ", though the receiver may have been offered it",
                Some(false) => ", and the receiver was not offered it",
                None => "",
            };
            vec![
                format!("not taken over {at}, says the network at position {position}"),
                format!("it stood under {place}{offered}"),
            ]
        }
        Undelivered::Withdrawn => {
            vec![format!("withdrawn at its end {at} at position {position}, from {place}")]
        }
        Undelivered::Aborted => {
            vec![format!("withdrawn by the operator {at} at position {position}, from {place}")]
        }
        Undelivered::Declined { by, reason } => vec![
            format!("declined {at} at position {position}, from {place}"),
            format!("declined with the signature of {by}: {} {}", reason.code(), reason.text()),
        ],
    }
}

/// What a receipt proves, in sentences.
pub(crate) fn lines(verified: &Verified) -> Vec<String> {
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
        Verified::NonDelivery(parts) => {
            let (accepted, not) = parts.as_ref();
            let mut lines = vec![
                about(&accepted.header),
                signed(&accepted.header),
                format!("accepted {} at position {}", accepted.at, accepted.position),
            ];
            lines.extend(undelivered(not));
            lines.push(format!("SHA-256 of the message {}", accepted.payload));
            lines
        }
    }
}
