//! What the network machine makes of a command: the record that it leads to, and effects.
//!
//! The machine runs ahead of the disk by the records of one group. Nobody sees that: effects wait
//! for the sync, and a hub that dies before it forgets both (docs/decisions/0001).

use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use bytes::Bytes;
use journal::Draft;
use network::{Effect, Network, Rejection};
use trust::{Digest, LogTime};

use crate::work::Item;

/// Decides a command, applies what was decided, and gives the record to write.
pub(super) fn step(
    network: &mut Network,
    at: LogTime,
    sequence: u64,
    item: Item,
    effects: &mut Vec<Effect>,
) -> Result<Draft, Rejection> {
    let Item { command, payload, payload_digest } = item;
    let decision = network.decide(at, command)?;
    network.apply(at, sequence, &decision.event, effects);
    let kind = decision.event.kind();
    let meta = decision.meta.into();
    // A message that is refused leaves its digest in the record, not its text.
    if kind == trust::RecordKind::REFUSED {
        let (payload, payload_digest) = (Bytes::new(), Digest::of(b""));
        return Ok(Draft { at, kind, meta, payload, payload_digest });
    }
    Ok(Draft { at, kind, meta, payload, payload_digest })
}

/// The network machine, for changing it.
pub(super) fn write(network: &RwLock<Network>) -> RwLockWriteGuard<'_, Network> {
    // Whoever panicked while changing the machine has stopped the hub: see `commit`.
    network.write().unwrap_or_else(PoisonError::into_inner)
}
