//! How a hub begins: its journal is read back from the last snapshot on, its state follows from it,
//! and an epoch is opened.
//!
//! Nothing here reads a clock, opens a socket or starts a thread.

use std::sync::Arc;

use document::Rules;
use journal::{Directory, Local, Medium, Options, Reader, Rollback};
use network::{Event, Network};
use trust::merkle::Frontier;
use trust::{Digest, LogTime, NoteSigner, RecordKind, Shard};

use crate::error::Error;
use crate::pipeline::commit::Core;
use crate::records::Records;
use crate::shared::{Settings, Shared};
use crate::snapshot;
use crate::tree::Tree;
use crate::work::Links;

/// What a hub is made of when it starts.
#[derive(Debug)]
pub struct Start<M: Medium = Directory> {
    /// What its operator decided.
    pub settings: Settings,
    /// What messages are checked against.
    pub rules: Rules,
    /// Where its journal lies.
    pub medium: M,
    /// How the journal is opened.
    pub journal: Options,
    /// A tree that nothing was put into yet; it may have a folder that holds nodes.
    pub tree: Tree,
    /// The key of the log.
    pub signer: NoteSigner,
    /// A number that no other process has that might write this journal at the same time.
    pub process: u32,
    /// What witnesses have cosigned last, if they have.
    pub witnessed: Option<Witnessed>,
}

/// A checkpoint that witnesses have cosigned. A journal that does not continue it has lost records
/// that others have seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// Its name, for whoever reads that the journal does not continue it.
    pub name: String,
    /// How many records it covers.
    pub size: u64,
    /// The root of the Merkle log over them.
    pub root: Digest,
}

impl<M: Medium> Core<M> {
    /// Opens the journal, reads it back, and begins an epoch at the time that the clock then shows.
    ///
    /// # Errors
    ///
    /// When the journal cannot be opened, read or written, or is not of this network;
    /// [`journal::Error::RolledBack`] where it does not continue what a snapshot or witnesses prove.
    /// Nothing was added to it then.
    pub fn start(start: Start<M>, clock: impl FnOnce() -> LogTime) -> Result<Self, Error> {
        let Start { settings, rules, medium, journal, mut tree, signer, process, witnessed } =
            start;
        let (mut journal, recovered) = Local::open_on(medium, &journal)?;
        if let Some(cut) = &recovered.cut {
            tracing::warn!(?cut, "cut what was never synced, and so never acknowledged");
        }
        let reader = journal.reader();
        let mut effects = Vec::new();
        let mut unsaved = 0;
        let (mut network, records) = match snapshot::load(&reader)? {
            Some((chain, state)) => {
                if !tree.resume(state.size, &state.root)? {
                    tracing::warn!(
                        "the nodes of the Merkle tree are not as the snapshot has them; \
                                    they are made anew from the journal"
                    );
                    plant(&mut tree, &reader, chain.next)?;
                }
                (state.network, reader.resume(&chain)?)
            }
            None => {
                tree.clear()?;
                (Network::new(settings.network, Shard(0)), reader.records(0))
            }
        };
        for record in records {
            let record = record?;
            replay(&mut network, &record, &mut effects)?;
            tree.push(record.head.hash())?;
            unsaved += u64::from(record.head.kind != RecordKind::OPEN);
        }
        if let Some(witnessed) = &witnessed {
            compare(&mut tree, &reader, witnessed)?;
        }
        let last = clock().max(network.now());
        // A number that no other process takes: nothing hangs on its being secret.
        let writer = u64::from(process) << 32 | (last.0 & 0xffff_ffff);
        let opened = journal.open_epoch(last, writer)?;
        let record = reader.read(opened.head.sequence)?;
        replay(&mut network, &record, &mut effects)?;
        let at = opened.head.at;
        tree.push(opened.hash)?;
        let (size, root) = (tree.size(), tree.root());
        let records = Records::new(reader);
        let shared = Arc::new(Shared::new(settings, rules, network, tree, records));
        let links = Links::default();
        let mut core = Self { shared, journal, signer, links, last: at, unsaved };
        core.sign(size, root, at)?;
        Ok(core)
    }
}

/// The state that a journal leads to, without opening it for writing.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn state<M: Medium>(reader: &Reader<M>) -> Result<Network, Error> {
    let mut effects = Vec::new();
    let (mut network, records) = match snapshot::load(reader)? {
        Some((chain, state)) => (state.network, reader.resume(&chain)?),
        None => {
            let (network, shard) = reader.log();
            (Network::new(network, shard), reader.records(0))
        }
    };
    for record in records {
        replay(&mut network, &record?, &mut effects)?;
    }
    Ok(network)
}

/// Holds the log against what witnesses have seen of it.
fn compare<M: Medium>(
    tree: &mut Tree,
    reader: &Reader<M>,
    witnessed: &Witnessed,
) -> Result<(), Error> {
    let Witnessed { name, size, root } = witnessed;
    let rolled_back = |fault| {
        Err(journal::Error::RolledBack { witness: name.clone(), next: *size, fault }.into())
    };
    if tree.size() < *size {
        return rolled_back(Rollback::Lost { journal: tree.size() });
    }
    let had = |tree: &Tree| Frontier::of(tree, *size).is_ok_and(|edge| edge.root() == *root);
    if had(tree) {
        return Ok(());
    }
    // The nodes that the tree keeps in files are a cache: only the journal is a witness against
    // itself.
    plant(tree, reader, tree.size())?;
    if had(tree) { Ok(()) } else { rolled_back(Rollback::OtherHistory) }
}

/// Makes the tree over all records below a place.
fn plant<M: Medium>(tree: &mut Tree, reader: &Reader<M>, next: u64) -> Result<(), Error> {
    tree.clear()?;
    for record in reader.records(0) {
        let record = record?;
        if record.head.sequence >= next {
            break;
        }
        tree.push(record.head.hash())?;
    }
    Ok(())
}

/// Applies a record that is durable already; what it led to has been carried out, or is offered
/// again when its terminal comes back.
fn replay(
    network: &mut Network,
    record: &journal::Record,
    effects: &mut Vec<network::Effect>,
) -> Result<(), Error> {
    let sequence = record.head.sequence;
    let event = Event::decode(record.head.kind, &record.meta)
        .map_err(|source| Error::Event { sequence, source: Box::new(source) })?;
    network.apply(record.head.at, sequence, &event, effects);
    effects.clear();
    Ok(())
}
