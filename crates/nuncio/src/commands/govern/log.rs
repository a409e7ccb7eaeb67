//! `nuncio govern log`: reads a whole log and checks that governors signed whatever changed it.

use std::process::ExitCode;

use anyhow::Context as _;
use trust::governance::{Audit, Audited};
use trust::merkle::Frontier;
use trust::tiles::{Tile, TileKind};
use trust::{Checkpoint, NetworkKeys};

use crate::cli::{GovernLog, Output};
use crate::commands::verify::read_keys;
use crate::exit::{self, Failure};
use crate::log::{Log, Source, write_whole};
use crate::output;

pub(super) fn run(options: &GovernLog, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let source = Source::of(&options.log);
    let (_, cosigned) = source.checkpoint(&keys)?;
    cosigned.check_quorum(&keys).map_err(|error| Failure::new(exit::INVALID, error))?;
    let audited = audit(&source, &cosigned.checkpoint, keys)?;
    if let Some(file) = &options.keys_to {
        write_whole(file, audited.keys.to_string().as_bytes())?;
    }
    match output {
        Output::Json => output::json(&document(&audited)?),
        Output::Table => print(&audited)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads all entries; together they must have the signed root.
fn audit(source: &Source, checkpoint: &Checkpoint, keys: NetworkKeys) -> Result<Audited, Failure> {
    let log = Log::at(source, checkpoint);
    let mut audit = Audit::new(keys);
    let mut edge = Frontier::default();
    let mut bodies = 0..;
    for tile in Tile::new_in(0, checkpoint.size) {
        if tile.kind() != TileKind::Entries {
            continue;
        }
        for head in log.heads(&tile, &source.tile(&tile)?)? {
            edge.push(head.hash(), |_, _, _| {});
            let mut body = None;
            if Audit::needs_body(head.kind) {
                let number: u64 = bodies.next().context("there are few changes")?;
                let bytes = source.file(&format!("governance/{number}"))?;
                body = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            }
            let taken = audit.take(&head, body.as_deref());
            taken.map_err(|error| Failure::new(exit::INVALID, anyhow::Error::new(error)))?;
        }
    }
    if edge.size() != checkpoint.size || edge.root() != checkpoint.root {
        let words = "the entries of the log do not have the signed root";
        return Err(Failure::said(exit::INVALID, words));
    }
    audit.finish().map_err(|error| Failure::new(exit::INVALID, anyhow::Error::new(error)))
}

fn document(audited: &Audited) -> Result<serde_json::Value, Failure> {
    let mut changes = Vec::new();
    for it in &audited.changes {
        changes.push(serde_json::json!({
            "number": it.change.number, "record": it.sequence, "at": it.at.to_string(),
            "because": it.change.because, "signed_by": it.by, "done": it.done,
            "acts": super::words(&it.change)?,
        }));
    }
    Ok(serde_json::json!({
        "founded_in": audited.founded_in, "founded_at": audited.founded_at.to_string(),
        "keys": audited.keys.to_string(), "changes": changes,
    }))
}

fn print(audited: &Audited) -> Result<(), Failure> {
    let Audited { founded_in, founded_at, keys, changes } = audited;
    output::line(&format!("governed since record {founded_in}, {founded_at}"));
    for it in changes {
        output::line(&format!(
            "change {}, record {}, {}, because: {}; signed by {}",
            it.change.number,
            it.sequence,
            it.at,
            it.change.because,
            it.by.join(", ")
        ));
        for (number, act) in (0..).zip(super::words(&it.change)?) {
            let state = if number < it.done { "done" } else { "NOT DONE" };
            output::line(&format!("  {state}: {}", act.join("; ")));
        }
    }
    let names: Vec<&str> = keys.governors().iter().map(trust::VerifierKey::name).collect();
    output::line(&format!("now {} of {} must sign", keys.consent(), names.join(", ")));
    output::line("every record that changed the network was signed for");
    Ok(())
}
