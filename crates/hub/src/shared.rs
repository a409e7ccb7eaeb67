//! What the commit loop and the links share.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread::Thread;

use archive::Finder;
use bytes::Bytes;
use document::{Checkers, Rules};
use iso::Institution;
use journal::{Directory, Medium};
use network::Network;
use session::hub::Log;
use tokio::sync::{mpsc, watch};
use trust::{Digest, FileName, LogTime, NetworkName};

use crate::health::Health;
use crate::pipeline::share::Shares;
use crate::records::Records;
use crate::steps::Steps;
use crate::tree::Tree;
use crate::witnesses::Published;
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
    /// Who has messages before the commit loop.
    pub(crate) shares: Arc<Shares>,
    /// The last checkpoint: everything below its size is durable.
    committed: RwLock<Arc<Committed>>,
    /// The last checkpoint that witnesses have cosigned and that is kept in its file.
    cosigned: watch::Sender<Option<Published>>,
    /// Who has each new checkpoint cosigned; nothing where nobody does.
    cosigner: OnceLock<Thread>,
    /// Who answers what institutions ask of the archive; nothing where there is none.
    retrievals: OnceLock<(mpsc::UnboundedSender<Asked>, Finder)>,
    /// Says which files the hub holds; it holds none without it.
    holdings: OnceLock<Arc<dyn Holdings>>,
    /// When a tick has something to do next.
    deadline: watch::Sender<Option<LogTime>>,
}

/// Which files a hub holds.
pub(crate) trait Holdings: std::fmt::Debug + Send + Sync {
    /// Whether it holds a file of an institution whole. It then goes on holding it for long enough
    /// that a message that announces it is decided on.
    fn holds(&self, of: Institution, file: &FileName) -> bool;
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
            shares: Arc::default(),
            committed: RwLock::default(),
            cosigned: watch::Sender::default(),
            cosigner: OnceLock::new(),
            retrievals: OnceLock::new(),
            holdings: OnceLock::new(),
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

    /// From now on messages may announce what stands there.
    pub(crate) fn hold(&self, holdings: Arc<dyn Holdings>) {
        // It is said once, when the store of files is open.
        let _ = self.holdings.set(holdings);
    }

    /// Whether the hub holds a file of an institution whole.
    pub(crate) fn holds(&self, of: Institution, file: &FileName) -> bool {
        self.holdings.get().is_some_and(|holdings| holdings.holds(of, file))
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
        if let Some(cosigner) = self.cosigner.get() {
            cosigner.unpark();
        }
    }

    /// From now on this thread is woken by each new checkpoint.
    pub(crate) fn cosigned_by(&self, cosigner: Thread) {
        // It is said once, when the hub starts.
        let _ = self.cosigner.set(cosigner);
    }

    /// Where the last cosigned checkpoint is read, and who wants to know of the next one waits.
    pub(crate) fn cosigned(&self) -> watch::Receiver<Option<Published>> {
        self.cosigned.subscribe()
    }

    /// The last cosigned checkpoint, if it covers more records than this.
    pub(crate) fn cosigned_above(&self, above: u64) -> Option<Published> {
        let last = self.cosigned.borrow();
        last.as_ref().filter(|published| published.size > above).cloned()
    }

    /// A checkpoint was cosigned and is kept in its file.
    pub(crate) fn publish(&self, published: Published) {
        self.cosigned.send_replace(Some(published));
    }
}
