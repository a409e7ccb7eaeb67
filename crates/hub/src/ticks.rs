//! Time passes: the commit loop is asked to tick when something is due, and again while more is.
//!
//! What is due and what is done about it is the machine's; here is only the waiting.

use std::time::Duration;

use network::Command;
use tokio::sync::oneshot;

use crate::clock;
use crate::serve::Hub;
use crate::work::Work;

/// How long to wait when a tick was rejected: the next one would be too.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest sleep: a clock that is set forward is noticed after it.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// Ticks until the hub stops.
pub(crate) async fn run(hub: Hub) {
    let mut stopping = hub.stopping.clone();
    let ticks = async {
        let mut deadline = hub.shared.deadline();
        loop {
            let next = *deadline.borrow_and_update();
            let wait = next
                .map_or(SLEEP_MAX, |at| Duration::from_micros(at.0.saturating_sub(clock::now().0)));
            if wait.is_zero() {
                if !tick(&hub).await {
                    return;
                }
            } else {
                tokio::select! {
                    changed = deadline.changed() => if changed.is_err() { return },
                    () = tokio::time::sleep(wait.min(SLEEP_MAX)) => {}
                }
            }
        }
    };
    tokio::select! {
        () = ticks => {}
        // Gone: whoever could stop the hub has.
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

/// Ticks once; says whether there is still somebody who commits.
async fn tick(hub: &Hub) -> bool {
    let (sender, answer) = oneshot::channel();
    if hub.work.send(Work::order(Command::Tick, sender)).await.is_err() {
        return false;
    }
    match answer.await {
        Ok(Ok(())) => true,
        Ok(Err(rejection)) => {
            tracing::error!(code = rejection.code(), %rejection, "tick");
            tokio::time::sleep(PAUSE).await;
            true
        }
        Err(_gone) => false,
    }
}
