//! `nuncio govern ...`: changes of a network that its governors sign.
//!
//! The operator proposes and applies; governors read in plain words what a change does and sign it;
//! anybody audits the public log. docs/governance.md has the whole way.

mod log;

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use hub::control::{Answer, Proposal, Request};
use keys::Patience;
use network::Event;
use trust::governance::Change;
use trust::{NetworkKeys, VerifierKey};

use crate::cli::{Govern, GovernApply, GovernLine, GovernPropose, GovernShow, GovernSign, Output};
use crate::commands::hub::ask;
use crate::commands::verify::{read, read_keys};
use crate::exit::{self, Failure};
use crate::log::write_whole;
use crate::output;

pub(crate) fn run(command: &Govern, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Govern::Propose(options) => propose(options, output),
        Govern::Show(options) => show(options, output),
        Govern::Sign(options) => sign(options, output),
        Govern::Apply(options) => apply(options),
        Govern::Log(options) => log::run(options, output),
        Govern::Line(options) => line(options),
    }
}

fn propose(options: &GovernPropose, output: Output) -> Result<ExitCode, Failure> {
    let keys = options.keys.as_ref().map(|file| read_keys(file)).transpose()?;
    let revoke = options.revoke_key.iter();
    let proposal = Proposal {
        because: options.because.clone(),
        expel: options.expel.iter().map(ToString::to_string).collect(),
        revoke: revoke.map(|(terminal, key)| (terminal.to_string(), key.clone())).collect(),
        keys: keys.map(|keys| keys.to_string()),
    };
    let answer = ask(&options.dir, &Request::Propose(proposal))?;
    let Answer::Proposal { text } = answer else { return Err(refused(answer)) };
    write_whole(&options.to, text.as_bytes())?;
    let change = Change::of_file(&text).map_err(anyhow::Error::new)?;
    present(&change, None, output)?;
    Ok(ExitCode::SUCCESS)
}

/// What a hub says that does not do what it was asked for.
fn refused(answer: Answer) -> Failure {
    if let Answer::Rejected { code, text } = answer {
        return Failure::said(exit::CONFLICT, format!("{code} {text}"));
    }
    let words = "the hub does not do this";
    if let Answer::Malformed { text } = answer {
        return Failure::said(exit::USAGE, format!("{words}: {text}"));
    }
    Failure::said(exit::FAILURE, words)
}

fn show(options: &GovernShow, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let text = read_change(&options.file)?;
    let (change, signers) = opened(&text, &keys)?;
    present(&change, Some((&signers, &keys)), output)?;
    Ok(ExitCode::SUCCESS)
}

fn read_change(file: &std::path::Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(file)?).context("a change is a text")?;
    Ok(text)
}

/// A change, and those of the network's governors who have signed it.
fn opened<'a>(
    text: &'a str,
    keys: &'a NetworkKeys,
) -> Result<(Change, Vec<&'a VerifierKey>), Failure> {
    let invalid = |error| Failure::new(exit::INVALID, anyhow::Error::new(error));
    let change = Change::of_file(text).map_err(invalid)?;
    if change.network != *keys.network() {
        let words = format!("the change is of network {}, the keys are not", change.network);
        return Err(Failure::said(exit::INVALID, words));
    }
    let signers = Change::signers(text, keys.governors()).map_err(invalid)?;
    Ok((change, signers))
}

/// What each act does, in plain words.
pub(super) fn words(change: &Change) -> Result<Vec<Vec<String>>, Failure> {
    let word = |act: &trust::governance::Act| {
        let event = Event::decode(act.kind, &act.meta).context("an act cannot be read")?;
        let words = event.words();
        // Nobody signs what cannot be said.
        anyhow::ensure!(!words.is_empty(), "an act is nothing that governors sign");
        Ok(words)
    };
    let all = change.acts.iter().map(word).collect::<anyhow::Result<_>>();
    all.map_err(|error| Failure::new(exit::INVALID, error))
}

fn present(
    change: &Change,
    signed: Option<(&[&VerifierKey], &NetworkKeys)>,
    output: Output,
) -> Result<(), Failure> {
    let words = words(change)?;
    let names = signed.map(|(signers, _)| signers.iter().map(|key| key.name()).collect::<Vec<_>>());
    if output == Output::Json {
        output::json(&serde_json::json!({
            "network": change.network.as_str(), "number": change.number,
            "previous": change.previous.to_string(), "because": change.because, "acts": words,
            "signed_by": names, "wanted": signed.map(|(_, keys)| keys.consent()),
        }));
        return Ok(());
    }
    output::line(&format!(
        "change {} of the network {}, because: {}",
        change.number, change.network, change.because
    ));
    for (number, act) in (1..).zip(&words) {
        for (at, line) in act.iter().enumerate() {
            let lead = if at == 0 { format!("{number:>3}. ") } else { "       ".to_owned() };
            output::line(&format!("{lead}{line}"));
        }
    }
    if let (Some(names), Some((_, keys))) = (names, signed) {
        let who = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        output::line(&format!("signed by {who}; {} must sign", keys.consent()));
    }
    Ok(())
}

fn sign(options: &GovernSign, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let text = read_change(&options.file)?;
    let (change, signers) = opened(&text, &keys)?;
    present(&change, Some((&signers, &keys)), output)?;
    let governor = keys::note_signer(&options.governor, keys.governors(), Patience::default());
    let governor = governor.map_err(anyhow::Error::new)?;
    let name = governor.verifier().name();
    if !options.yes && !asked(&format!("Sign all of this as {name}? Type yes: "))? {
        return Err(Failure::said(exit::DENIED, "not signed"));
    }
    let signed = Change::countersign(&text, &governor);
    let signed = signed.map_err(|error| Failure::new(exit::CONFLICT, anyhow::Error::new(error)))?;
    write_whole(&options.file, signed.as_bytes())?;
    if output == Output::Table {
        output::line(&format!("signed as {name}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks a person; where nobody is there to answer, the answer is no.
#[expect(clippy::print_stderr, reason = "a question to the person who signs")]
fn asked(question: &str) -> Result<bool, Failure> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(Failure::said(exit::USAGE, "nobody is there to ask; --yes signs without"));
    }
    eprint!("{question}");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

fn apply(options: &GovernApply) -> Result<ExitCode, Failure> {
    let note = read_change(&options.file)?;
    let answer = ask(&options.dir, &Request::Apply { note })?;
    if answer != Answer::Done {
        return Err(refused(answer));
    }
    output::line("done: it stands in the log");
    Ok(ExitCode::SUCCESS)
}

fn line(options: &GovernLine) -> Result<ExitCode, Failure> {
    let key = keys::signing_key(&options.file, Patience::default()).map_err(anyhow::Error::new)?;
    let verifier = VerifierKey::new(&options.name, key.public().clone());
    let verifier = verifier.context("a governor has a name without spaces and an Ed25519 key")?;
    output::line(&format!("governor {verifier}"));
    Ok(ExitCode::SUCCESS)
}
