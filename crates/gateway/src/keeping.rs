//! What has been kept long enough leaves the store, where the settings say how long that is.
//!
//! It goes a few messages at a time, between what back offices and the link bring. What may go is
//! decided in the store (`store/changes/forget.rs`).

use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::store::{Forget, Looked, Store, StoreError};

/// How often the gateway looks for what may go.
const PASS_EVERY: Duration = Duration::from_secs(3_600);
/// How long it leaves the store to others between two steps of a pass.
const STEP_EVERY: Duration = Duration::from_millis(20);

/// Forgets what was stored more than so many days ago and is settled, until the gateway stops.
pub(crate) async fn run(store: Store, days: u32, stopping: watch::Receiver<bool>) {
    let kept = Duration::from_secs(u64::from(days) * 86_400);
    loop {
        if let Err(error) = pass(&store, kept, &stopping).await {
            // Reported by the store; a full disk has room later.
            tracing::warn!(%error, "cannot forget what was kept long enough");
        }
        if ends(PASS_EVERY, &stopping).await {
            return;
        }
    }
}

async fn pass(
    store: &Store,
    kept: Duration,
    stopping: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let (mut messages, mut notices) = (0, 0);
    let mut next = Some(Looked::default());
    while let Some(after) = next {
        let forgot = store.make(Forget { kept, at: Clock::System.now(), after }).await?;
        messages += forgot.messages;
        notices += forgot.notices;
        next = forgot.next;
        if next.is_some() && ends(STEP_EVERY, stopping).await {
            break;
        }
    }
    if messages + notices > 0 {
        tracing::info!(messages, notices, "forgot what was kept long enough");
    }
    Ok(())
}

/// Waits, and says whether the gateway shall stop.
async fn ends(wait: Duration, stopping: &watch::Receiver<bool>) -> bool {
    let mut stopping = stopping.clone();
    tokio::time::timeout(wait, stopping.wait_for(|stopping| *stopping)).await.is_ok()
}
