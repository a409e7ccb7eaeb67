//! Changes that governors sign: what the hub does around what the machine decides.
//!
//! A hub whose public keys name governors founds governance when it starts. From then on the operator
//! proposes, governors sign, and the operator applies: `docs/governance.md`. Nothing here checks a
//! signature or could do without one; the machine does that (`network::governance`).

use std::path::Path;

use network::{Command, Line, Network, Rejection};
use trust::governance::{ACTS_MAX, Act, Change};
use trust::{NetworkKeys, VerifierKey};

use crate::control::{Answer, Proposal, ordered, read, rejected};
use crate::error::Error;
use crate::serve::Hub;
use crate::{clock, directory};

/// Founds governance where the public keys name governors, and does what is left of the last change.
///
/// # Errors
///
/// When the commit loop has stopped, or the last change cannot be read.
pub(crate) async fn found(hub: &Hub, keys: &NetworkKeys) -> Result<(), Error> {
    let (governed, open) = hub.shared.with_network(|network| {
        let governance = network.governance();
        (governance.is_some(), governance.map_or(0, trust::governance::Governance::open_acts))
    });
    if !governed && keys.consent() > 0 {
        let (consent, governors) = (keys.consent(), keys.governors().len());
        tracing::info!(consent, governors, "from now on governors change the network");
        carry_out(hub, vec![Command::Found(Box::new(keys.clone()))]).await?;
    }
    if open > 0 {
        // The hub stopped between the record of a change and what it lists.
        let left = left_of_last_change(hub, open)?;
        tracing::warn!(acts = left.len(), "the last change was not carried out to its end");
        carry_out(hub, left).await?;
    }
    Ok(())
}

async fn carry_out(hub: &Hub, commands: Vec<Command>) -> Result<(), Error> {
    match ordered(hub, commands).await {
        Answer::Rejected { code, text } => tracing::error!(code, text, "governance"),
        Answer::Malformed { .. } => return Err(Error::CommitPanicked),
        Answer::Done
        | Answer::Proposal { .. }
        | Answer::Reloaded { .. }
        | Answer::Undelivered { .. }
        | Answer::Found { .. }
        | Answer::Figures { .. }
        | Answer::Lanes { .. }
        | Answer::Health(_) => {}
    }
    Ok(())
}

/// The orders of the last change that are not done yet.
fn left_of_last_change(hub: &Hub, open: usize) -> Result<Vec<Command>, Error> {
    let (last, roots) = hub.shared.with_network(|network| {
        let roots = network.governance().map(|it| it.keys().roots().to_vec());
        (network.governance_records().last().copied(), roots.unwrap_or_default())
    });
    let Some(sequence) = last else { return Ok(Vec::new()) };
    let record = hub.shared.records.get(sequence)?;
    let note = String::from_utf8_lossy(&record.meta);
    let unreadable =
        |source: Box<dyn std::error::Error + Send + Sync>| Error::Event { sequence, source };
    let change = Change::of_file(&note).map_err(|error| unreadable(Box::new(error)))?;
    let done = change.acts.len().saturating_sub(open);
    let left = change.acts.get(done..).unwrap_or_default();
    orders(left, &roots).map_err(|text| unreadable(text.into()))
}

fn orders(acts: &[Act], roots: &[VerifierKey]) -> Result<Vec<Command>, String> {
    let order = |act| Command::of_act(act, roots).map_err(|error| said(&error));
    acts.iter().map(order).collect()
}

/// An error and its causes in one line.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The text of a change for governors to sign, which could be carried out as things are.
pub(crate) fn propose(hub: &Hub, proposal: &Proposal, directory: &Path) -> Answer {
    let made = hub.shared.with_network(|network| {
        let governance = network.governance().ok_or_else(|| rejected(&Rejection::NotGoverned))?;
        let orders = proposed(proposal, network, directory, governance.keys())
            .map_err(|text| Answer::Malformed { text })?;
        let acts: Option<Vec<Act>> = orders.iter().map(Command::to_act).collect();
        let acts = acts.ok_or_else(|| malformed("this is nothing that governors sign"))?;
        if acts.is_empty() {
            return Err(malformed("there is nothing to change: the network is as the file says"));
        }
        network.rehearse(clock::now(), orders).map_err(|rejection| rejected(&rejection))?;
        let change = Change {
            network: *governance.keys().network(),
            number: governance.number() + 1,
            previous: governance.last(),
            because: proposal.because.clone(),
            acts,
        };
        let text = change.text();
        Change::parse(&text).map_err(|error| Answer::Malformed { text: said(&error) })?;
        Ok(Answer::Proposal { text })
    });
    made.unwrap_or_else(|answer| answer)
}

fn malformed(text: &str) -> Answer {
    Answer::Malformed { text: text.to_owned() }
}

fn proposed(
    proposal: &Proposal,
    network: &Network,
    path: &Path,
    keys: &NetworkKeys,
) -> Result<Vec<Command>, String> {
    let reason: Line = read(&proposal.because)?;
    let mut orders = Vec::new();
    for institution in &proposal.expel {
        let (institution, reason) = (read(institution)?, reason.clone());
        orders.push(Command::Expel { institution, reason });
    }
    for (holder, key) in &proposal.revoke {
        let (holder, reason) = (read(holder)?, reason.clone());
        let named = |grant: &&network::Grant| grant.key.to_string() == *key;
        let grant = network.grants(holder).iter().find(named);
        let key = grant.ok_or_else(|| format!("{holder} was never granted a key {key}"))?.key;
        orders.push(Command::RevokeKey { holder, key, reason });
    }
    if let Some(keys) = &proposal.keys {
        orders.push(Command::ReplaceKeys(Box::new(read(keys)?)));
    }
    if orders.is_empty() {
        orders = directory::orders(path, keys, network).map_err(|error| said(&error))?;
        // The rest is proposed when this is done.
        orders.truncate(ACTS_MAX);
    }
    Ok(orders)
}

/// Carries out a change that governors have signed, if all of it can be.
pub(crate) async fn apply(hub: &Hub, note: &str) -> Answer {
    let commands = hub.shared.with_network(|network| {
        let governance = network.governance().ok_or_else(|| rejected(&Rejection::NotGoverned))?;
        let change = governance.check(note);
        let change = change.map_err(|error| rejected(&Rejection::Change(error)))?;
        let acts = orders(&change.acts, governance.keys().roots());
        let acts = acts.map_err(|text| Answer::Malformed { text })?;
        let mut commands = vec![Command::Change { note: note.into() }];
        commands.extend(acts);
        let rehearsed = network.rehearse(clock::now(), commands.clone());
        rehearsed.map_err(|rejection| rejected(&rejection))?;
        Ok(commands)
    });
    match commands {
        Ok(commands) => ordered(hub, commands).await,
        Err(answer) => answer,
    }
}
