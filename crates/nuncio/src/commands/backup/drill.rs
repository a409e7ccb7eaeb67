//! `nuncio backup drill`: restores a backup to a temporary folder and proves what came back.
//!
//! The proof is not that files were copied. Every record is read and hashed; the Merkle root over
//! them must be the one that the network has signed, wherever a checkpoint is at hand; and each
//! receipt that a client holds must be about a record that is there. What lies beyond the end of the
//! backup is named, for that is what a restore would lose.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use journal::Reader;
use trust::merkle::Frontier;
use trust::{Checkpoint, Digest, NetworkKeys};

use super::{JOURNAL, age_s, bring_back, read_about, write_about};
use crate::cli::{BackupDrill, Output};
use crate::clock;
use crate::commands::journal::failure;
use crate::commands::verify::{read_keys, read_receipt};
use crate::exit::{self, Failure};
use crate::output;

/// What clients and the network say of the log.
#[derive(Debug, Default)]
struct Evidence {
    /// Records that receipts speak of, by their places, with who says so.
    records: BTreeMap<u64, (Digest, String)>,
    /// Roots that were signed, by the size of the log, with who says so.
    roots: BTreeMap<u64, (Digest, String)>,
    /// Receipts or checkpoints that say two things of one place.
    contradictions: Vec<String>,
}

/// What the drill has found.
#[derive(Debug, Default)]
struct Findings {
    records: u64,
    root: Digest,
    records_proven: u64,
    roots_proven: u64,
    /// What is proven to exist and lies behind the end of the backup.
    beyond: Vec<String>,
    contradictions: Vec<String>,
}

pub(super) fn run(options: &BackupDrill, output: Output) -> Result<ExitCode, Failure> {
    let evidence = gather(options)?;
    let mut builder = tempfile::Builder::new();
    let builder = builder.prefix("nuncio-drill-");
    let work = match &options.work {
        Some(folder) => builder.tempdir_in(folder),
        None => builder.tempdir(),
    };
    let work = work.context("cannot make a folder for the drill")?;
    let began = clock::now();
    let copied = bring_back(&options.from, work.path())?;
    let findings = examine(&work.path().join(JOURNAL), evidence)?;
    let seconds = age_s(began);
    let sound = findings.contradictions.is_empty();
    if sound && let Some(mut about) = read_about(&options.from)? {
        about.proven = Some(clock::now().to_string());
        about.proven_records = Some(findings.records);
        write_about(&options.from, &about)?;
    }
    let age = age_s(copied.chain.at);
    match output {
        Output::Json => output::json(&serde_json::json!({
            "sound": sound, "records": findings.records, "root": super::hex(findings.root.as_bytes()),
            "checkpoints_proven": findings.roots_proven, "receipts_proven": findings.records_proven,
            "beyond_the_backup": findings.beyond, "contradictions": findings.contradictions,
            "last_record_at": copied.chain.at.to_string(), "age_s": age, "seconds": seconds,
        })),
        Output::Table => {
            output::line(&format!(
                "restored and read {} records in {seconds} s; the last is of {}, {age} s ago",
                findings.records, copied.chain.at
            ));
            output::line(&format!(
                "{} signed roots and {} records of receipts are as the backup has them",
                findings.roots_proven, findings.records_proven
            ));
            for missing in &findings.beyond {
                output::line(&format!("  written after the backup: {missing}"));
            }
            if sound {
                output::line("the backup is proven");
            }
        }
    }
    if sound {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::said(exit::INVALID, findings.contradictions.join("; ")))
}

/// Reads and checks all receipts and checkpoints.
fn gather(options: &BackupDrill) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::default();
    let Some(key) = &options.key else { return Ok(evidence) };
    let keys = read_keys(key)?;
    for path in &options.receipts {
        evidence.receipt(path, &keys)?;
    }
    for path in &options.checkpoints {
        let note = String::from_utf8(read(path)?)
            .map_err(|_| bad(path, anyhow::Error::msg("it is no text")))?;
        evidence.checkpoint(&note, path, &keys)?;
    }
    Ok(evidence)
}

impl Evidence {
    fn receipt(&mut self, path: &Path, keys: &NetworkKeys) -> Result<(), Failure> {
        let receipt = read_receipt(&read(path)?).map_err(|error| bad(path, error))?;
        receipt.verify(keys).map_err(|error| bad(path, error))?;
        for record in receipt.records() {
            let said = (record.head.hash(), path.display().to_string());
            let place = record.head.sequence;
            note(&mut self.records, place, said, &mut self.contradictions);
            self.checkpoint(&record.checkpoint, path, keys)?;
        }
        Ok(())
    }

    fn checkpoint(&mut self, text: &str, path: &Path, keys: &NetworkKeys) -> Result<(), Failure> {
        let checkpoint = Checkpoint::open(text, keys.logs()).map_err(|error| bad(path, error))?;
        let said = (checkpoint.root, path.display().to_string());
        note(&mut self.roots, checkpoint.size, said, &mut self.contradictions);
        Ok(())
    }
}

/// Keeps what somebody says of a place; two sayings that differ prove that the log showed two faces.
fn note(
    known: &mut BTreeMap<u64, (Digest, String)>,
    place: u64,
    said: (Digest, String),
    contradictions: &mut Vec<String>,
) {
    match known.get(&place) {
        Some((digest, who)) if *digest != said.0 => {
            contradictions.push(format!("{who} and {} differ at place {place}", said.1));
        }
        Some(_) => {}
        None => {
            known.insert(place, said);
        }
    }
}

/// Reads the restored journal once and holds the evidence against it.
fn examine(journal: &Path, evidence: Evidence) -> Result<Findings, Failure> {
    let Evidence { mut records, mut roots, contradictions } = evidence;
    let mut findings = Findings { contradictions, ..Findings::default() };
    let mut frontier = Frontier::default();
    for record in Reader::open(journal).map_err(failure)?.records(0) {
        let record = record.map_err(failure)?;
        frontier.push(record.hash, |_, _, _| {});
        if let Some((hash, who)) = records.remove(&record.head.sequence) {
            if hash == record.hash {
                findings.records_proven += 1;
            } else {
                let place = record.head.sequence;
                findings.contradictions.push(format!("record {place} is not the one of {who}"));
            }
        }
        if let Some((root, who)) = roots.remove(&frontier.size()) {
            if root == frontier.root() {
                findings.roots_proven += 1;
            } else {
                let size = frontier.size();
                findings
                    .contradictions
                    .push(format!("the root of {size} records is not the one of {who}"));
            }
        }
    }
    findings.records = frontier.size();
    findings.root = frontier.root();
    let missing = records.into_iter().map(|(place, (_, who))| format!("record {place} of {who}"));
    let later = roots
        .into_iter()
        .map(|(size, (_, who))| format!("records up to {size}, by the checkpoint of {who}"));
    findings.beyond = missing.chain(later).collect();
    Ok(findings)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display())).map_err(|error| {
        Failure::new(if path.exists() { exit::FAILURE } else { exit::NOT_FOUND }, error)
    })
}

fn bad(path: &Path, error: impl Into<anyhow::Error>) -> Failure {
    let words = format!("{} proves nothing", path.display());
    Failure::new(exit::INVALID, error.into().context(words))
}
