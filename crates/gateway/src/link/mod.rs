//! The link to the hub: connects, talks, and connects again.
//!
//! The hub may be away at any time: messages go on being stored, and are submitted when it is back.
//! Where another attempt would end the same way or hide a loss, the link stops and says what to do,
//! and only the link: back offices are served as before.

mod asking;
mod attend;
mod backoff;
mod board;
mod conversation;
mod histories;
mod problem;
mod signing;
mod socket;
mod storing;

use std::sync::Arc;
use std::time::Duration;

use session::{After, Ending};
use tokio::sync::{mpsc, watch};
use tonic::transport::Channel;
use wire::latest::files_client::FilesClient;
use wire::latest::link_client::LinkClient;

pub(crate) use asking::{Asker, Asking, Unanswered};
pub(crate) use board::Board;
pub(crate) use conversation::{Conversation, Desk, Next, standing};
pub(crate) use problem::Trouble;
pub(crate) use signing::Signing;

use crate::api::LinkState;
use crate::store::Store;
use attend::Attending;
use backoff::Backoff;

/// How long the hub may take to open a session.
const WELCOME_TIME_MAX: Duration = Duration::from_secs(10);
/// The largest frame of a file: a piece, and what is around it.
const FILE_FRAME_BYTES_MAX: usize = wire::limits::PIECE_BYTES_MAX + 4_096;
/// How long the hub may take to hear our Bye.
const GOODBYE_TIME_MAX: Duration = Duration::from_secs(1);

/// What the link works with.
pub(crate) struct Shared {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Store,
    /// The terminal's end of TLS.
    pub(crate) tls: Arc<rustls::ClientConfig>,
}

/// Connects to the hub; why there is no connection is told in words.
pub(crate) async fn connect(
    tls: &Arc<rustls::ClientConfig>,
    hub: &str,
    host: &str,
) -> Result<LinkClient<Channel>, String> {
    match socket::connect(tls, hub, host).await {
        Ok((client, _witness)) => Ok(client),
        Err(trouble) => Err(trouble.to_string()),
    }
}

/// Connects to the hub for files: on a connection of its own, so that they never stand in the way of
/// messages.
pub(crate) async fn connect_for_files(
    tls: &Arc<rustls::ClientConfig>,
    hub: &str,
    host: &str,
) -> Result<FilesClient<Channel>, Trouble> {
    let (channel, _witness) = socket::reach(tls, hub, host).await?;
    Ok(FilesClient::new(channel).max_decoding_message_size(FILE_FRAME_BYTES_MAX))
}

/// Keeps a session open until the gateway shall stop, or people must settle something first.
pub(crate) async fn run(
    shared: Shared,
    mut questions: mpsc::Receiver<Asking>,
    seed: u64,
    mut stopping: watch::Receiver<bool>,
) {
    let mut backoff = Backoff::new(seed);
    let desk = Arc::clone(&shared.desk);
    let hub = desk.config.hub.clone();
    loop {
        let client = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            client = socket::connect(&shared.tls, &hub, desk.config.hub_host()) => client,
        };
        let ended = match client {
            Ok((client, witness)) => {
                let attending = Attended { client, questions: &mut questions };
                attend(&shared, attending, &mut backoff, &mut stopping)
                    .await
                    .map_err(|trouble| witness.explain(trouble))
            }
            Err(trouble) => Err(trouble),
        };
        let Err(trouble) = ended else { return };
        let now = desk.clock.now();
        let problem = trouble.problem();
        let (code, text, remedy) = (&problem.code, &problem.text, &problem.remedy);
        if trouble.after() == After::Stop {
            tracing::error!(%hub, %code, %text, %remedy, "link stopped");
            desk.board.closed(now, LinkState::Stopped, Some(problem));
            return;
        }
        let wait = backoff.wait();
        if desk.board.is_news(&problem) {
            tracing::warn!(%hub, %code, %text, %remedy, "no session; trying again");
        }
        desk.board.closed(now, LinkState::Connecting, Some(problem));
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// A connection, and what back offices want to know.
struct Attended<'a> {
    client: LinkClient<Channel>,
    questions: &'a mut mpsc::Receiver<Asking>,
}

/// One session, from Hello to Bye; without trouble only if the gateway shall stop.
async fn attend(
    shared: &Shared,
    Attended { client, questions }: Attended<'_>,
    backoff: &mut Backoff,
    stopping: &mut watch::Receiver<bool>,
) -> Result<(), Trouble> {
    let desk = &shared.desk;
    let mut attending = tokio::select! {
        _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
        begun = Attending::begin(shared, client) => begun?,
    };
    let opened = tokio::select! {
        _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
        opened = attending.open() => opened,
    };
    let ended = match opened {
        Ok(session) => {
            backoff.reset();
            desk.board.opened(desk.clock.now(), session);
            tracing::info!(hub = %desk.config.hub, session, "session open");
            attending.talk(questions, stopping).await
        }
        Err(trouble) => Err(trouble),
    };
    let ending = match &ended {
        Ok(()) => Ending::Stopping,
        Err(Trouble::Ending(ending)) => ending.clone(),
        Err(_) => Ending::Stopping,
    };
    attending.finish().await;
    attending.keep_evidence();
    attending.end(&ending).await;
    ended
}
