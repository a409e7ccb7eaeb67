//! `nuncio log mirror`: copies a log as static files, and audits what it copies.
//!
//! Checked are: the log's signature and the quorum under its checkpoint; that it continues the copy;
//! that the tree of all hash tiles has the signed root; that each entry hashes to its leaf; that
//! records are numbered without gap, each names the hash of the one before, and no time goes back,
//! neither from record to record nor below the time of the checkpoint of the last run.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Context as _;
use trust::merkle::{Frontier, verify_consistency};
use trust::tiles::{Tile, TileKind, read_hashes};
use trust::{Checkpoint, Cosigned, Digest, LogTime, NetworkKeys, RecordHead};

use crate::cli::{Log as Command, LogMirror, Output};
use crate::commands::verify::read_keys;
use crate::exit::{self, Failure};
use crate::log::{Log, Source, write_whole};
use crate::output;

pub(crate) fn run(command: &Command, output: Output) -> Result<ExitCode, Failure> {
    let Command::Mirror(options) = command;
    let keys = read_keys(&options.known.key)?;
    let (from, copy) = (Source::of(&options.log), Source::Folder(options.to.clone()));
    let (note, cosigned) = from.checkpoint(&keys)?;
    cosigned.check_quorum(&keys).map_err(|error| Failure::new(exit::INVALID, error))?;
    let checkpoint = cosigned.checkpoint;
    let last = last_of(&copy, &keys)?;
    let old = last.map_or(0, |last| last.size);
    if checkpoint.size < old {
        let words = format!("the log shrank from {old} to {} records", checkpoint.size);
        return Err(Failure::said(exit::INVALID, words));
    }
    let mut audit = Audit::new(&from, &copy, checkpoint, last)?;
    for tile in Tile::new_in(old, checkpoint.size) {
        audit.take(&tile, options)?;
    }
    audit.finish()?;
    copy_governance(&from, &copy, options)?;
    // The checkpoint last: a copy that is broken off is no copy yet.
    write_whole(&options.to.join("checkpoint"), note.as_bytes())?;
    let added = checkpoint.size - old;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "origin": checkpoint.origin.to_string(), "records": checkpoint.size, "new": added,
            "root": checkpoint.root.to_string(), "at": checkpoint.at.to_string(),
            "cosigned_by": names(&cosigned),
        })),
        Output::Table => {
            output::line(&format!(
                "{}: {} records, {added} of them new; all is as signed",
                checkpoint.origin, checkpoint.size
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies the public bodies of governance; 'nuncio govern log' holds them against the entries.
fn copy_governance(from: &Source, copy: &Source, options: &LogMirror) -> Result<(), Failure> {
    for number in 0_u64.. {
        let path = format!("governance/{number}");
        if copy.file(&path)?.is_some() {
            continue;
        }
        let Some(body) = from.file(&path)? else { break };
        write_whole(&options.to.join(path), &body)?;
    }
    Ok(())
}

/// The witnesses under a checkpoint.
pub(crate) fn names(cosigned: &Cosigned) -> Vec<String> {
    cosigned.by.iter().map(|it| it.by.name().to_owned()).collect()
}

/// The checkpoint of the copy, if there is a copy.
fn last_of(copy: &Source, keys: &NetworkKeys) -> Result<Option<Checkpoint>, Failure> {
    match copy.file("checkpoint")? {
        Some(_) => Ok(Some(copy.checkpoint(keys)?.1.checkpoint)),
        None => Ok(None),
    }
}

/// What is known while the new tiles are read.
struct Audit<'a> {
    from: &'a Source,
    log: Log<'a>,
    checkpoint: Checkpoint,
    /// The tree as far as its leaves have been read.
    edge: Frontier,
    /// The hash and time of the record before the next entry.
    before: Option<(Digest, LogTime)>,
    /// No record after the copy can be older than this.
    not_before: LogTime,
    /// The nodes that the new entries gave and that stand in tiles, by level of tiles and index, to
    /// be compared with those.
    nodes: BTreeMap<(u8, u64), Digest>,
}

impl<'a> Audit<'a> {
    fn new(
        from: &'a Source,
        copy: &Source,
        checkpoint: Checkpoint,
        last: Option<Checkpoint>,
    ) -> Result<Self, Failure> {
        let mut log = Log::at(from, &checkpoint);
        let (mut edge, mut before) = (Frontier::default(), None);
        if let Some(last) = last {
            let (old, new) = (last.size, checkpoint.size);
            let proof = log.make(|tiles| trust::merkle::prove_consistency(tiles, old, new))?;
            edge = log.make(|tiles| Frontier::of(tiles, old))?;
            // That the tiles are those that were signed comes first: nobody is accused of two
            // histories because a file is damaged.
            verify_consistency((old, &edge.root()), (new, &checkpoint.root), &proof)
                .context("the tiles do not hash to the signed root")
                .map_err(|error| Failure::new(exit::INVALID, error))?;
            if edge.root() != last.root {
                let words = "the log does not continue the copy: it shows another history";
                return Err(Failure::said(exit::INVALID, words));
            }
            if let Some(index) = old.checked_sub(1) {
                let tile = Tile::at(TileKind::Entries, index / 256, old);
                let tile = tile.context("a log that is not empty has entries")?;
                let heads = log.heads(&tile, &copy.tile(&tile)?)?;
                before = heads.last().map(|head| (head.hash(), head.at));
            }
        }
        let not_before = last.map_or(LogTime(0), |last| last.at);
        Ok(Self { from, log, checkpoint, edge, before, not_before, nodes: BTreeMap::new() })
    }

    /// Reads a tile, checks it, and copies it.
    fn take(&mut self, tile: &Tile, options: &LogMirror) -> Result<(), Failure> {
        let bytes = self.from.tile(tile)?;
        match tile.kind() {
            TileKind::Entries => {
                let heads = self.log.heads(tile, &bytes)?;
                for head in &heads {
                    // A bundle that was copied in part is read again from its start.
                    if head.sequence >= self.edge.size() {
                        self.check(head)?;
                    }
                }
            }
            TileKind::Hashes { level } => {
                let hashes =
                    read_hashes(tile, &bytes).with_context(|| format!("{tile} is no tile"))?;
                for (index, hash) in (tile.start()..).zip(&hashes) {
                    // What is not known is older than the copy, and was compared then.
                    if self.nodes.get(&(level, index)).is_some_and(|node| node != hash) {
                        let words = format!("the entries do not hash to what stands in {tile}");
                        return Err(Failure::said(exit::INVALID, words));
                    }
                }
            }
        }
        write_whole(&options.to.join(tile.to_string()), &bytes)
    }

    /// Checks that a record continues the one before.
    fn check(&mut self, head: &RecordHead) -> Result<(), Failure> {
        let Checkpoint { origin, at: signed_at, .. } = self.checkpoint;
        let sequence = self.edge.size();
        let (previous, at) = self.before.unwrap_or_default();
        let wrong = if head.network != origin.network || head.shard != origin.shard {
            Some("is of another log")
        } else if head.sequence != sequence {
            Some("does not have the number of its place")
        } else if head.previous != previous {
            Some("does not name the record before it")
        } else if head.at < at {
            Some("is dated before the record before it")
        } else if head.at < self.not_before {
            Some("is dated before a checkpoint that did not hold it")
        } else if head.at > signed_at {
            Some("is dated after the checkpoint that holds it")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            return Err(Failure::said(exit::INVALID, format!("record {sequence} {wrong}")));
        }
        let hash = head.hash();
        let nodes = &mut self.nodes;
        self.edge.push(hash, |level, index, hash| {
            if level.is_multiple_of(8) {
                nodes.insert((level / 8, index), hash);
            }
        });
        self.before = Some((hash, head.at));
        Ok(())
    }

    /// Checks that all entries together have the signed root.
    fn finish(&self) -> Result<(), Failure> {
        if self.edge.size() == self.checkpoint.size && self.edge.root() == self.checkpoint.root {
            return Ok(());
        }
        Err(Failure::said(exit::INVALID, "the entries of the log do not have the signed root"))
    }
}
