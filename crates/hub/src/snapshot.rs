//! Snapshots of a hub: what it has become at a place of its journal, so that a restart reads only
//! what came after.
//!
//! Two sections: `network` is the state of the machine, `tree` the size (u64) and the root of the
//! Merkle log, whose nodes lie in files of their own. Without a snapshot the journal alone gives the
//! same; `journal::snapshot` says what a snapshot proves beyond that.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::PoisonError;
use std::thread::JoinHandle;

use bytes::Bytes;
use journal::snapshot::{Snapshot, Snapshots};
use journal::{Chain, Directory, Medium, Reader};
use network::Network;
use trust::Digest;

use crate::error::Error;
use crate::pipeline::commit::Core;
use crate::tree::is_full;

/// How many records lie between two snapshots of a hub that runs: less than a second of replay.
const RECORDS_BETWEEN: u64 = 250_000;

const NETWORK: &str = "network";
const TREE: &str = "tree";

/// What a snapshot says of a hub.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) network: Network,
    /// Of the Merkle log.
    pub(crate) size: u64,
    pub(crate) root: Digest,
}

/// The newest snapshot that can be used, and its place.
///
/// # Errors
///
/// When a snapshot proves that the journal was rolled back: such a hub must not serve.
pub(crate) fn load<M: Medium>(reader: &Reader<M>) -> Result<Option<(Chain, State)>, Error> {
    let latest = reader.snapshots().latest()?;
    for skipped in &latest.skipped {
        tracing::warn!(code = skipped.code(), %skipped, "snapshot");
    }
    let Some(snapshot) = latest.snapshot else { return Ok(None) };
    let state = read(&snapshot);
    if state.is_none() {
        tracing::warn!(
            "the snapshot is of another version of this program; the journal is read whole"
        );
    }
    Ok(state.map(|state| (snapshot.chain, state)))
}

fn read(snapshot: &Snapshot) -> Option<State> {
    let network = Network::decode(snapshot.sections.get(NETWORK)?).ok()?;
    let tree = snapshot.sections.get(TREE)?;
    let (size, root) = tree.split_first_chunk::<8>()?;
    let (size, root) = (u64::from_be_bytes(*size), Digest(root.try_into().ok()?));
    (size == snapshot.chain.next).then_some(State { network, size, root })
}

/// A snapshot that was taken and is still to be written.
#[derive(Debug)]
pub struct Saving<M: Medium = Directory> {
    snapshots: Snapshots<M>,
    snapshot: Snapshot,
    /// The nodes of the tree, written but not synced.
    nodes: Vec<File>,
}

impl<M: Medium> Saving<M> {
    /// Writes it. It is there when this returns, or not at all.
    ///
    /// # Errors
    ///
    /// When the medium refuses; the hub can go on without. But where the journal is not what was
    /// written ([`journal::Error::RolledBack`]), it must not.
    pub fn save(self) -> Result<(), Error> {
        for file in &self.nodes {
            file.sync_data().map_err(|source| Error::TreeSync { source })?;
        }
        let name = self.snapshots.save(&self.snapshot)?;
        tracing::info!(snapshot = name, "snapshot");
        Ok(())
    }
}

impl<M: Medium> Core<M> {
    /// Takes a snapshot of what is durable. Call it between commits.
    ///
    /// # Errors
    ///
    /// When the nodes of the tree cannot be written.
    pub fn snapshot(&mut self) -> Result<Saving<M>, Error> {
        let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner).encode();
        let mut tree = self.shared.tree.write().unwrap_or_else(PoisonError::into_inner);
        let (size, root, nodes) = (tree.size(), tree.root(), tree.flush()?);
        drop(tree);
        let mut place = size.to_be_bytes().to_vec();
        place.extend(root.0);
        let sections = [(NETWORK, Bytes::from(network)), (TREE, Bytes::from(place))];
        let sections: BTreeMap<String, Bytes> =
            sections.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect();
        let chain = self.journal.durable().clone();
        let snapshots = self.journal.reader().snapshots();
        self.unsaved = 0;
        Ok(Saving { snapshots, snapshot: Snapshot { chain, sections }, nodes })
    }
}

/// Saves snapshots while a hub runs, one at a time, on a thread of their own.
#[derive(Debug)]
pub(crate) struct Saver {
    /// How many records the last one has seen.
    last: u64,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

impl Saver {
    /// A hub that starts has read what came after its last snapshot, and needs no new one at once.
    pub(crate) fn new(core: &Core) -> Self {
        Self { last: core.journal.next_sequence(), thread: None }
    }

    /// Begins a snapshot if it is time for one.
    ///
    /// # Errors
    ///
    /// When the hub must not go on.
    pub(crate) fn look(&mut self, core: &mut Core) -> Result<(), Error> {
        if core.journal.next_sequence() < self.last + RECORDS_BETWEEN {
            return Ok(());
        }
        if self.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return Ok(());
        }
        self.join()?;
        self.last = core.journal.next_sequence();
        let Some(saving) = room_for(core.snapshot())? else { return Ok(()) };
        let thread = std::thread::Builder::new().name("snapshot".to_owned());
        self.thread = Some(thread.spawn(move || saving.save()).map_err(Error::Thread)?);
        Ok(())
    }

    /// Takes the last one of a hub that stops in order: it starts again at once. Where nothing but
    /// epochs came after the last, that one serves as well.
    ///
    /// # Errors
    ///
    /// When the journal is not what was written.
    pub(crate) fn finish(mut self, core: &mut Core) -> Result<(), Error> {
        self.join()?;
        if core.unsaved == 0 {
            return Ok(());
        }
        let Some(saving) = room_for(core.snapshot())? else { return Ok(()) };
        harmless(saving.save())
    }

    fn join(&mut self) -> Result<(), Error> {
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(saved)) => harmless(saved),
            Some(Err(_panic)) => Err(Error::CommitPanicked),
        }
    }
}

/// A snapshot, or nothing where there is no room for the nodes of the tree.
fn room_for(taken: Result<Saving, Error>) -> Result<Option<Saving>, Error> {
    match taken {
        Err(Error::Tree { folder, source }) if is_full(&source) => {
            tracing::warn!(folder = %folder.display(), error = %source, "no snapshot");
            Ok(None)
        }
        taken => taken.map(Some),
    }
}

/// A snapshot that could not be written costs time at the next start, and nothing else.
fn harmless(saved: Result<(), Error>) -> Result<(), Error> {
    match saved {
        Err(Error::Journal(error @ (journal::Error::Full { .. } | journal::Error::Io { .. }))) => {
            tracing::warn!(code = error.code(), %error, "no snapshot");
            Ok(())
        }
        Err(error @ Error::TreeSync { .. }) => {
            tracing::warn!(%error, "no snapshot");
            Ok(())
        }
        other => other,
    }
}
