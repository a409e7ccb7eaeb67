//! One task for each link: it carries the conversation between its connection and the commit loop.
//!
//! It decides nothing. It waits when the commit loop is busy, and that is how a hub under load slows
//! its senders down; it never waits for a peer that does not read.

use std::sync::Arc;
use std::time::Duration;

use network::CloseReason;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use tokio_stream::StreamExt as _;
use tonic::Streaming;
use wire::latest::{GatewayFrame, HubFrame};

use crate::checks::Checks;
use crate::pipeline::ingress::{Conversation, Next, Taken};
use crate::shared::Shared;
use crate::tls::Peer;
use crate::work::{Item, Work};

/// How long a gateway may take to say Hello once it has connected.
const HELLO_TIME_MAX: Duration = Duration::from_secs(10);

/// What goes out on a link.
pub(crate) type Outgoing = mpsc::Sender<Box<HubFrame>>;

/// What a link needs of the hub.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    /// What everybody shares.
    pub(crate) shared: Arc<Shared>,
    /// The way to the commit loop.
    pub(crate) work: mpsc::Sender<Work>,
    /// Where large frames are checked.
    pub(crate) checks: Checks,
    /// Whether the hub stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Serves a link until it ends.
pub(crate) async fn serve(
    hub: Hub,
    Peer { terminal, connection }: Peer,
    mut frames: Streaming<GatewayFrame>,
    out: Outgoing,
) {
    let Hub { shared, work, checks, mut stopping } = hub;
    let mut cosigned = shared.cosigned();
    let (mut link, mut heard) = Conversation::new(shared, terminal, connection);
    let mut checking: Option<oneshot::Receiver<Vec<Item>>> = None;
    let mut next = Next::Serve;
    // First the time for the Hello, then the time for which messages gather.
    let mut deadline = std::pin::pin!(tokio::time::sleep(HELLO_TIME_MAX));
    let mut gathering = false;
    while next == Next::Serve {
        let gathers = link.gathers();
        if gathers && !gathering {
            deadline.as_mut().reset(Instant::now() + link.gather_time());
        }
        gathering = gathers;
        next = tokio::select! {
            biased;
            () = stopped(&mut stopping) => link.stop(),
            Some(event) = heard.recv() => link.hear(*event),
            () = &mut deadline, if gathering || !link.has_greeted() => {
                if gathering { link.hurry() } else { link.late() }
            }
            // It sends nothing while the hub runs, or something that the link may wait for.
            Ok(()) = cosigned.changed(), if link.awaits_witnesses() => Next::Serve,
            permit = out.reserve(), if link.has_something() => match permit {
                Ok(permit) => match link.next_frame() {
                    Ok(Some(frame)) => {
                        permit.send(Box::new(frame));
                        Next::Serve
                    }
                    Ok(None) => Next::Serve,
                    Err(error) => link.broken(&error),
                },
                Err(_closed) => Next::End(CloseReason::LinkLost),
            },
            items = checked(&mut checking), if checking.is_some() => {
                checking = None;
                match items {
                    Some(items) => hand(&work, link.checked(items), &mut link).await,
                    // The check has panicked.
                    None => link.stop(),
                }
            }
            frame = frames.next(), if link.takes_more() => match frame {
                Some(Ok(frame)) => match link.take(frame) {
                    Taken::Work(asked) => hand(&work, asked, &mut link).await,
                    Taken::Messages(check) if check.is_small() => {
                        hand(&work, link.checked(check.finish()), &mut link).await
                    }
                    Taken::Messages(check) => {
                        checking = Some(checks.check(check));
                        Next::Serve
                    }
                    Taken::Next(next) => next,
                },
                Some(Err(status)) => {
                    tracing::debug!(%terminal, %status, "link broke");
                    Next::End(CloseReason::LinkLost)
                }
                None => Next::End(CloseReason::LinkLost),
            },
        };
    }
    // The last words go out if the peer reads them; nobody waits for that.
    for frame in link.last_words() {
        let _ = out.try_send(Box::new(frame));
    }
    if let Next::End(reason) = next
        && let Some(closing) = link.close(reason)
    {
        // A hub that stops closes all sessions by opening its next epoch.
        let _ = work.send(closing).await;
    }
}

/// Waits until a frame is checked.
async fn checked(checking: &mut Option<oneshot::Receiver<Vec<Item>>>) -> Option<Vec<Item>> {
    checking.as_mut()?.await.ok()
}

/// Hands work to the commit loop, as soon as that has room.
async fn hand(work: &mpsc::Sender<Work>, asked: Work, link: &mut Conversation) -> Next {
    match work.send(asked).await {
        Ok(()) => Next::Serve,
        // The commit loop has stopped, and with it the hub.
        Err(_closed) => link.stop(),
    }
}

/// Waits until the hub stops.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // The hub is gone when there is nobody to say it.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
