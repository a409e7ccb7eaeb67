//! `nuncio checkpoint show|compare|renew`: what a log says of itself, held against what it said to
//! others.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use trust::merkle::{Frontier, prove_consistency, verify_consistency};
use trust::{Contradiction, Cosigned, Equivocation, NetworkKeys, Receipt};

use crate::cli::{
    Checkpoint as Command, CheckpointCompare, CheckpointRenew, CheckpointShow, Output,
};
use crate::commands::log::names;
use crate::commands::verify::{self, read, read_keys, read_receipt};
use crate::exit::{self, Failure};
use crate::log::{Log, Source, write_whole};
use crate::output;

pub(crate) fn run(command: &Command, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Command::Show(options) => show(options, output),
        Command::Compare(options) => compare(options, output),
        Command::Renew(options) => renew(options, output),
    }
}

/// A checkpoint, and where it was found.
#[derive(Debug)]
struct Found {
    place: String,
    note: String,
    cosigned: Cosigned,
}

/// The checkpoints at a place: of a file, of a receipt, or of a log.
fn find(place: &str, keys: &NetworkKeys) -> Result<Vec<Found>, Failure> {
    let is_log = place.starts_with("http://") || place.starts_with("https://");
    if is_log || Path::new(place).is_dir() {
        let (note, cosigned) = Source::of(place).checkpoint(keys)?;
        return Ok(vec![Found { place: place.to_owned(), note, cosigned }]);
    }
    let bytes = read(Path::new(place))?;
    let notes: Vec<String> = match read_receipt(&bytes) {
        Ok(receipt) => receipt.records().iter().map(|record| record.checkpoint.clone()).collect(),
        Err(_) => vec![String::from_utf8_lossy(&bytes).into_owned()],
    };
    let found = notes.into_iter().map(|note| {
        let open = || {
            let note = Cosigned::gather(&note, "", keys)?;
            Cosigned::open(&note, keys).map(|cosigned| (note, cosigned))
        };
        let (note, cosigned) = open().map_err(|error: trust::CheckpointError| {
            let words = format!("{place} holds no checkpoint of this network");
            Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
        })?;
        Ok(Found { place: place.to_owned(), note, cosigned })
    });
    found.collect()
}

fn show(options: &CheckpointShow, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let found = find(&options.place, &keys)?;
    if let (Some(file), Some(found)) = (&options.to, found.last()) {
        write_whole(file, found.note.as_bytes())?;
    }
    let documents = found.iter().map(|Found { place, cosigned, .. }| {
        let checkpoint = cosigned.checkpoint;
        serde_json::json!({
            "place": place, "origin": checkpoint.origin.to_string(), "records": checkpoint.size,
            "root": checkpoint.root.to_string(), "at": checkpoint.at.to_string(),
            "cosigned_by": names(cosigned), "quorum": cosigned.check_quorum(&keys).is_ok(),
        })
    });
    match output {
        Output::Json => output::json(&documents.collect::<Vec<_>>()),
        Output::Table => found.iter().for_each(|found| print(found, &keys)),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(found: &Found, keys: &NetworkKeys) {
    let checkpoint = found.cosigned.checkpoint;
    output::line(&format!("{}: {} records", checkpoint.origin, checkpoint.size));
    output::line(&format!("  root {}", checkpoint.root));
    output::line(&format!("  signed by the log, which dates it {}", checkpoint.at));
    for cosignature in &found.cosigned.by {
        output::line(&format!("  cosigned by {} at {}", cosignature.by.name(), cosignature.at));
    }
    match found.cosigned.check_quorum(keys) {
        Ok(()) if keys.quorum() == 0 => output::line("  the network wants no witnesses"),
        Ok(()) => output::line(&format!("  the quorum of {} is there", keys.quorum())),
        Err(missing) => output::line(&format!("  not enough: {missing}")),
    }
}

fn compare(options: &CheckpointCompare, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    if let Some(evidence) = contradiction(options, &keys) {
        return accuse_of_contradiction(&evidence, options, output);
    }
    let source = options.log.as_deref().map(Source::of);
    let mut all = Vec::new();
    for place in options.places.iter().chain(&options.log) {
        all.extend(find(place, &keys)?);
    }
    all.sort_by_key(|found| (found.cosigned.checkpoint.origin, found.cosigned.checkpoint.size));
    let mut unproven = 0;
    for (smaller, larger) in all.iter().zip(all.iter().skip(1)) {
        let (old, new) = (smaller.cosigned.checkpoint, larger.cosigned.checkpoint);
        if old.origin != new.origin {
            continue;
        }
        if old.size == new.size {
            if old.root != new.root {
                let (one, two) = (smaller.note.clone(), larger.note.clone());
                let evidence = Equivocation::new(one, two, new.root, Vec::new());
                return accuse((smaller, larger), &evidence, options, output);
            }
            continue;
        }
        let Some(source) = &source else {
            unproven += 1;
            continue;
        };
        if let Some(evidence) = inconsistency(source, (smaller, larger), &keys)? {
            return accuse((smaller, larger), &evidence, options, output);
        }
    }
    let records = all.last().map_or(0, |found| found.cosigned.checkpoint.size);
    if unproven > 0 {
        let words = "the checkpoints have different sizes; name the log with --log, which must \
                     prove how they hang together";
        return Err(Failure::said(exit::USAGE, words));
    }
    match output {
        Output::Json => output::json(&serde_json::json!({
            "consistent": true, "checkpoints": all.len(), "records": records,
        })),
        Output::Table => {
            output::line(&format!("{} checkpoints, one history of {records} records", all.len()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks the log to prove that a checkpoint continues another. Gives evidence where it proves the
/// opposite; fails where it proves neither.
fn inconsistency(
    source: &Source,
    (smaller, larger): (&Found, &Found),
    keys: &NetworkKeys,
) -> Result<Option<Equivocation>, Failure> {
    let (old, new) = (smaller.cosigned.checkpoint, larger.cosigned.checkpoint);
    // The larger one is proven from the tree that the log shows now.
    let (shown_note, shown) = source.checkpoint(keys)?;
    let shown = shown.checkpoint;
    if shown.size < new.size {
        let words = format!("the log shows only {} records, fewer than {}", shown.size, new.size);
        return Err(Failure::said(exit::INVALID, words));
    }
    let mut log = Log::at(source, &shown);
    for (found, checkpoint) in [(smaller, old), (larger, new)] {
        let size = checkpoint.size;
        let within = log.make(|tiles| Frontier::of(tiles, size))?.root();
        let proof = log.make(|tiles| prove_consistency(tiles, size, shown.size))?;
        verify_consistency((size, &within), (shown.size, &shown.root), &proof)
            .context("the tiles of the log do not have the root that it signed")
            .map_err(|error| Failure::new(exit::INVALID, error))?;
        if within != checkpoint.root {
            return Ok(Some(Equivocation::new(found.note.clone(), shown_note, within, proof)));
        }
    }
    Ok(None)
}

/// Writes the evidence, and says what it is.
fn accuse(
    (one, two): (&Found, &Found),
    evidence: &Equivocation,
    options: &CheckpointCompare,
    output: Output,
) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let (smaller, larger) = evidence.verify(&keys).context("the evidence does not hold")?;
    let file = &options.evidence;
    write_whole(file, evidence.to_json().as_bytes())?;
    let origin = smaller.origin;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "consistent": false, "origin": origin.to_string(), "evidence": file,
            "sizes": [smaller.size, larger.size],
        })),
        Output::Table => {
            output::line(&format!("{origin} has shown two histories, and signed both"));
            output::line(&format!("  {} records in {}", one.cosigned.checkpoint.size, one.place));
            output::line(&format!("  {} records in {}", two.cosigned.checkpoint.size, two.place));
            output::line(&format!("evidence: {}", file.display()));
            output::line("anybody can check it with 'nuncio verify EVIDENCE --key network.keys'");
        }
    }
    Ok(ExitCode::from(exit::INVALID))
}

/// Two receipts among the places that cannot both be true.
fn contradiction(options: &CheckpointCompare, keys: &NetworkKeys) -> Option<Contradiction> {
    let files = options.places.iter().filter(|place| Path::new(place).is_file());
    let receipts: Vec<Receipt> =
        files.filter_map(|file| read_receipt(&read(Path::new(file)).ok()?).ok()).collect();
    let pairs = receipts.iter().enumerate().flat_map(|(at, one)| {
        receipts.iter().skip(at + 1).filter_map(move |other| Contradiction::between(one, other))
    });
    pairs.into_iter().find(|evidence| evidence.verify(keys).is_ok())
}

/// Writes the evidence, and says what it is.
fn accuse_of_contradiction(
    evidence: &Contradiction,
    options: &CheckpointCompare,
    output: Output,
) -> Result<ExitCode, Failure> {
    let lines = verify::contradiction(evidence, &read_keys(&options.known.key)?)?;
    let file = &options.evidence;
    write_whole(file, evidence.to_json().as_bytes())?;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "consistent": false, "evidence": file, "lines": lines,
        })),
        Output::Table => {
            lines.iter().for_each(|line| output::line(line));
            output::line(&format!("evidence: {}", file.display()));
            output::line("anybody can check it with 'nuncio verify EVIDENCE --key network.keys'");
        }
    }
    Ok(ExitCode::from(exit::INVALID))
}

fn renew(options: &CheckpointRenew, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.known.key)?;
    let receipt = read_receipt(&read(&options.receipt)?).map_err(|error| {
        let words = format!("{} is not a sound receipt", options.receipt.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    let source = Source::of(&options.log);
    let (note, cosigned) = source.checkpoint(&keys)?;
    let mut log = Log::at(&source, &cosigned.checkpoint);
    let renewed = receipt.renewed(&note, |head| log.path(head))?;
    renewed.verify(&keys).map_err(|error| {
        let words = "the renewed receipt would prove nothing; nothing is written";
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })?;
    fs::write(&options.to, renewed.encode())
        .with_context(|| format!("cannot write {}", options.to.display()))?;
    let (size, by) = (cosigned.checkpoint.size, names(&cosigned));
    match output {
        Output::Json => output::json(&serde_json::json!({
            "file": options.to, "records": size, "cosigned_by": by,
        })),
        Output::Table => {
            let by = if by.is_empty() { "nobody".to_owned() } else { by.join(", ") };
            output::line(&format!(
                "{}: under a checkpoint of {size} records, cosigned by {by}",
                options.to.display()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
