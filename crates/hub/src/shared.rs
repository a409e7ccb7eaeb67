//! What the commit loop and the links share.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use archive::Finder;
use bytes::Bytes;
use document::{Checkers, Rules};
use journal::{Directory, Medium};
use network::Network;
use session::hub::Log;
use tokio::sync::{mpsc, watch};
use trust::{Digest, LogTime, NetworkName};

use crate::health::Health;
use crate::records::Records;
use crate::steps::Steps;
use crate::tree::Tree;
use crate::work::Asked;

/// What an operator decides about a hub and its links ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The network that it serves.
    pub network: NetworkName,
    /// How many messages of one terminal may wait for an answer.
    pub window: u32,
    /// How large a message may be, in bytes.
    pub message_bytes_max: usize,
}

/// What the commit loop and the links share.
///
/// The queue to the commit loop is not among it: the loop ends when the last link has gone, and it
/// holds this itself.
#[derive(Debug)]
pub struct Shared<M: Medium = Directory> {
    pub(crate) settings: Settings,
    /// What messages are checked with.
    pub(crate) checkers: Checkers,
    /// The machine; it may be ahead of the disk by one group, so whoever reads it to send something
    /// goes no further than what the commit loop has told.
    pub(crate) network: RwLock<Network>,
    pub(crate) tree: RwLock<Tree>,
    pub(crate) records: Records<M>,
    pub(crate) steps: Steps,
    pub(crate) health: Health,
    /// The last checkpoint: everything below its size is durable.
    committed: RwLock<Arc<Committed>>,
    /// Who answers what institutions ask of the archive; nothing where there is none.
    retrievals: OnceLock<(mpsc::UnboundedSender<Asked>, Finder)>,
    /// When a tick has something to do next.
    deadline: watch::Sender<Option<LogTime>>,
}

/// A checkpoint that was signed.
#[derive(Debug, Default)]
pub(crate) struct Committed {
    /// How many records it covers.
    pub(crate) size: u64,
    /// The signed note.
    pub(crate) checkpoint: Bytes,
}

impl<M: Medium> Shared<M> {
    pub(crate) fn new(
        settings: Settings,
        rules: Rules,
        network: Network,
        tree: Tree,
        records: Records<M>,
    ) -> Self {
        let (network, tree) = (RwLock::new(network), RwLock::new(tree));
        let checkers = Checkers::new(rules);
        Self {
            settings,
            checkers,
            network,
            tree,
            records,
            steps: Steps::default(),
            health: Health::default(),
            committed: RwLock::default(),
            retrievals: OnceLock::new(),
            deadline: watch::Sender::default(),
        }
    }

    /// From now on retrievals go there.
    pub(crate) fn retrieve_by(&self, queue: mpsc::UnboundedSender<Asked>, finder: Finder) {
        // It is said once, when the archive is open.
        let _ = self.retrievals.set((queue, finder));
    }

    /// What finds messages in the archive, if there is one.
    pub(crate) fn finder(&self) -> Option<Finder> {
        self.retrievals.get().map(|(_, finder)| finder.clone())
    }

    /// Hands a retrieval on; gives it back where there is no archive.
    pub(crate) fn retrieve(&self, asked: Asked) -> Result<(), Box<Asked>> {
        match self.retrievals.get() {
            Some((queue, _)) => queue.send(asked).map_err(|refused| Box::new(refused.0)),
            None => Err(Box::new(asked)),
        }
    }

    /// The name of the network.
    pub(crate) fn name(&self) -> NetworkName {
        self.settings.network
    }

    /// The time of the newest record.
    pub(crate) fn now(&self) -> LogTime {
        self.network.read().unwrap_or_else(PoisonError::into_inner).now()
    }

    /// Tells whoever ticks when something is due next.
    pub(crate) fn look_at_deadline(&self) {
        let next = self.with_network(Network::next_deadline);
        self.deadline.send_if_modified(|known| std::mem::replace(known, next) != next);
    }

    /// Watches when something is due next.
    pub(crate) fn deadline(&self) -> watch::Receiver<Option<LogTime>> {
        self.deadline.subscribe()
    }

    /// The durable log, for making proofs.
    pub(crate) fn with_log<T>(&self, prove: impl FnOnce(&Log<'_, Tree>) -> T) -> T {
        // The checkpoint first: the tree may then be ahead of it, never behind.
        let committed = self.committed();
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        let Committed { size, ref checkpoint } = *committed;
        prove(&Log { nodes: &*tree, size, checkpoint })
    }

    /// Looks at the network machine. It may be ahead of the disk by one group.
    pub fn with_network<T>(&self, look: impl FnOnce(&Network) -> T) -> T {
        look(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The root of the Merkle log over all records.
    pub fn root(&self) -> Digest {
        self.tree.read().unwrap_or_else(PoisonError::into_inner).root()
    }

    /// The last checkpoint.
    pub(crate) fn committed(&self) -> Arc<Committed> {
        Arc::clone(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_committed(&self, committed: Committed) {
        *self.committed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(committed);
    }
}
