//! What the commit loop and the links share.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use document::Checkers;
use network::Network;
use session::hub::Log;
use trust::{LogTime, NetworkName};

use crate::config::Config;
use crate::records::Records;
use crate::tree::Tree;

/// What the commit loop and the links share.
///
/// The queue to the commit loop is not among it: the loop ends when the last link has gone, and it
/// holds this itself.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    /// What messages are checked with.
    pub(crate) checkers: Checkers,
    /// The machine; it may be ahead of the disk by one group, so whoever reads it to send something
    /// goes no further than what the commit loop has told.
    pub(crate) network: RwLock<Network>,
    pub(crate) tree: RwLock<Tree>,
    pub(crate) records: Records,
    /// The last checkpoint: everything below its size is durable.
    committed: RwLock<Arc<Committed>>,
}

/// A checkpoint that was signed.
#[derive(Debug, Default)]
pub(crate) struct Committed {
    /// How many records it covers.
    pub(crate) size: u64,
    /// The signed note.
    pub(crate) checkpoint: Bytes,
}

impl Shared {
    pub(crate) fn new(config: Config, network: Network, tree: Tree, records: Records) -> Self {
        let (network, tree) = (RwLock::new(network), RwLock::new(tree));
        let checkers = Checkers::new(document::Rules::built_in(config.profile));
        Self { config, checkers, network, tree, records, committed: RwLock::default() }
    }

    /// The name of the network.
    pub(crate) fn name(&self) -> NetworkName {
        self.config.network
    }

    /// The time of the newest record.
    pub(crate) fn now(&self) -> LogTime {
        self.network.read().unwrap_or_else(PoisonError::into_inner).now()
    }

    /// The durable log, for making proofs.
    pub(crate) fn with_log<T>(&self, prove: impl FnOnce(&Log<'_, Tree>) -> T) -> T {
        // The checkpoint first: the tree may then be ahead of it, never behind.
        let committed = self.committed();
        let tree = self.tree.read().unwrap_or_else(PoisonError::into_inner);
        let Committed { size, ref checkpoint } = *committed;
        prove(&Log { nodes: &*tree, size, checkpoint })
    }

    /// The last checkpoint.
    pub(crate) fn committed(&self) -> Arc<Committed> {
        Arc::clone(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_committed(&self, committed: Committed) {
        *self.committed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(committed);
    }
}
