//! Starts a hub and stops it: the journal is read back, the links are opened, and in the end
//! everything is put down in the opposite order.

use std::fs;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use document::Rules;
use journal::{Directory, Options};
use network::Rejection;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use trust::{NetworkKeys, NoteSigner, Shard};
use wire::latest::link_server::{Link, LinkServer};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::{FRAME_BYTES_MAX, HTTP_FRAME_BYTES_MAX};

use crate::checks::Checks;
use crate::config::{Config, read_text};
use crate::error::Error;
use crate::health::Watch;
use crate::pipeline::commit::{self, Core, Stop};
use crate::serve::{Hub, serve};
use crate::shared::{Settings, Shared};
use crate::start::{Start, Witnessed};
use crate::tls::{self, Peer};
use crate::tree::Tree;
use crate::witnesses::Published;
use crate::work::Work;
use crate::{
    archiving, clock, control, directory, files, governance, retrieval, ticks, tiles, witnesses,
};

/// How many frames may wait for the commit loop.
const WORK_MAX: usize = 64;
/// What the journal keeps for opening epochs on a full disk: enough for some hundred starts.
const RESERVE_BYTES: u64 = 64 << 10;
/// How many frames may wait for a peer to read them.
const OUTGOING_MAX: usize = 4;
/// How long the commit loop waits for the module that holds the log's key, should it go away. Nothing
/// leaves meanwhile; a hub without its key then stops.
const MODULE_PATIENCE: ::keys::Patience = ::keys::Patience(std::time::Duration::from_secs(60));
/// How often the hub looks when its certificates end.
const LOOK_AT_CERTIFICATES: std::time::Duration = std::time::Duration::from_secs(3_600);
/// The windows of HTTP/2, in bytes: larger than what is on its way at once, so that they never
/// slow an honest peer down.
const STREAM_WINDOW: u32 = 8 << 20;

/// Runs a hub until `stop` resolves or something fails that it must not survive.
///
/// # Errors
///
/// [`Error`] says why it could not start, or why it had to stop.
pub async fn run(config: Config, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let keys = network_keys(&config)?;
    let signer = log_signer(&config, &keys)?;
    let server = tls::server_config(&config)?;
    let (listener, address) = bind(config.listen).await?;
    let (work, taken) = mpsc::channel(WORK_MAX);
    let settings = config.clone();
    let last = witnesses::last_published(&config, &keys)?;
    let witnessed = last.as_ref().map(Published::witnessed);
    let started = tokio::task::spawn_blocking(move || start(&settings, signer, witnessed))
        .await
        .map_err(|panic| Error::Thread(std::io::Error::other(panic)))?;
    let core = started?;
    let shared = Arc::clone(core.shared());
    if config.steps {
        shared.steps.count();
    }
    let (stopping, stopped) = watch::channel(false);
    let (committing, mut failure) = begin(core, taken, stopped.clone())?;
    let checks = Checks::start()?;
    let hub = Hub { shared: Arc::clone(&shared), work, checks, stopping: stopped };
    witnesses::start(&config, &shared, (&keys, last), stopping.subscribe())?;
    let health = Watch::new(&config, &shared, shared.cosigned());
    tokio::spawn(Arc::clone(&health).run(stopping.subscribe()));
    control::start(&hub, &config, &keys, &health);
    let mut stop = std::pin::pin!(stop);
    let prepared = async {
        governance::found(&hub, &keys).await?;
        apply_directory(&hub, &config, &keys).await
    };
    // Without room on the disk this waits, and may be told to stop.
    let prepared = tokio::select! {
        () = &mut stop => None,
        prepared = prepared => Some(prepared),
    };
    let Some(prepared) = prepared else {
        stopping.send_replace(true);
        forget(&config);
        drop(hub);
        return ended(committing).await;
    };
    prepared?;
    let ledger = attend(&hub, &config)?;
    tokio::spawn(tls::follow(Arc::clone(&server.identity), stopping.subscribe()));
    let sockets = tls::listen(listener, server, shared.name());
    let serving = serve_links(hub.clone(), ledger, sockets);
    serve_log(&config, &shared, health, stopping.subscribe()).await?;
    // Whoever finds the address may tell the hub to read its directory again.
    let again = signal(SignalKind::hangup()).map_err(Error::Thread)?;
    say_address(&config.address(), &config, address)?;
    tracing::info!(network = %shared.name(), %address, records = shared.committed().size, "hub runs");
    let outcome = wait((stop, again), &hub, (&config, &keys), &mut failure).await;
    forget(&config);
    stopping.send_replace(true);
    if outcome.is_ok() {
        serving
            .await
            .map_err(|panic| Error::Serve(Box::new(panic)))?
            .map_err(|error| Error::Serve(Box::new(error)))?;
        drop(hub);
        ended(committing).await?;
        say_steps(&config, &shared)?;
        tracing::info!("hub stopped");
    }
    outcome
}

/// Waits until the commit loop has ended: the last holder of the work queue has gone, so it ends
/// with what it has.
async fn ended(committing: thread::JoinHandle<()>) -> Result<(), Error> {
    let ended = tokio::task::spawn_blocking(move || committing.join()).await;
    if ended.is_err() {
        tracing::error!("the commit loop ended in disorder");
    }
    Ok(())
}

/// Takes an address, and says which where any would do.
async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let unheard = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    Ok((listener, address))
}

/// The commit loop in its thread, and what says why it ended.
type Committing = (thread::JoinHandle<()>, oneshot::Receiver<Result<(), Error>>);

/// Begins to commit.
fn begin(
    core: Core,
    taken: mpsc::Receiver<Work>,
    stopping: watch::Receiver<bool>,
) -> Result<Committing, Error> {
    let (failed, failure) = oneshot::channel();
    let stop = Stop { stopping, runtime: Handle::current() };
    let committing = thread::Builder::new().name("commit".to_owned()).spawn(move || {
        // The receiver may be gone when the hub stops; the result is then read by `join`.
        let _ = failed.send(commit::run(core, taken, &stop));
    });
    Ok((committing.map_err(Error::Thread)?, failure))
}

/// Serves gateways until the hub stops.
fn serve_links(
    hub: Hub,
    ledger: Arc<files::Ledger>,
    sockets: mpsc::Receiver<std::io::Result<tls::Socket>>,
) -> tokio::task::JoinHandle<Result<(), tonic::transport::Error>> {
    let mut quiet = hub.stopping.clone();
    let service = LinkServer::new(Service { hub: hub.clone() })
        .max_decoding_message_size(FRAME_BYTES_MAX)
        .max_encoding_message_size(FRAME_BYTES_MAX);
    tokio::spawn(
        tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(STREAM_WINDOW)
            .max_frame_size(HTTP_FRAME_BYTES_MAX)
            .add_service(service)
            .add_service(files::service(hub, ledger))
            .serve_with_incoming_shutdown(ReceiverStream::new(sockets), async move {
                let _ = quiet.wait_for(|quiet| *quiet).await;
            }),
    )
}

/// Starts what goes on beside the links: time passes, records are archived and found, files are kept.
fn attend(hub: &Hub, config: &Config) -> Result<Arc<files::Ledger>, Error> {
    tokio::spawn(ticks::run(hub.clone()));
    tokio::spawn(archiving::run(config.clone(), hub.stopping.clone()));
    tokio::spawn(say_what_ends(
        hub.stopping.clone(),
        vec![config.file("tls.pem"), config.file("ca.pem")],
    ));
    retrieval::start(config, &hub.shared, hub.stopping.clone());
    files::start(config, &hub.shared, hub.stopping.clone())
}

/// Says 30, 7 and 1 days ahead which certificates end, until the hub stops.
async fn say_what_ends(mut stopping: watch::Receiver<bool>, files: Vec<PathBuf>) {
    let mut endings = ::keys::expiry::Watch::new(files);
    loop {
        endings.say(clock::now());
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(LOOK_AT_CERTIFICATES) => {}
        }
    }
}

/// Takes away what tells where the hub is reached.
fn forget(config: &Config) {
    for file in [config.address(), config.log_address(), config.control()] {
        let _ = fs::remove_file(file);
    }
}

/// Waits until the hub is to stop; meanwhile it reads the directory again when told to.
async fn wait(
    (mut stop, mut again): (Pin<&mut impl Future<Output = ()>>, Signal),
    hub: &Hub,
    (config, keys): (&Config, &NetworkKeys),
    failure: &mut oneshot::Receiver<Result<(), Error>>,
) -> Result<(), Error> {
    loop {
        let read_again = async {
            let _ = again.recv().await;
            if let Err(error) = apply_directory(hub, config, keys).await {
                tracing::error!(%error, source = ?error, "directory not applied");
            }
        };
        tokio::select! {
            () = &mut stop => return Ok(()),
            failed = &mut *failure => {
                return failed.unwrap_or_else(|_| Err(Error::CommitPanicked));
            }
            // Without room on the disk this waits.
            () = read_again => {}
        }
    }
}

/// Makes what a hub needs in its folder, and starts it there.
fn start(config: &Config, signer: NoteSigner, witnessed: Option<Witnessed>) -> Result<Core, Error> {
    let journal = Options {
        segment_bytes: config.segment_bytes,
        create: true,
        reserve_bytes: RESERVE_BYTES,
        ..Options::new(config.network, Shard(0))
    };
    let start = Start {
        settings: Settings {
            network: config.network,
            window: config.window,
            message_bytes_max: config.message_bytes_max,
        },
        rules: Rules::built_in(config.profile),
        medium: Directory::new(&config.journal()),
        journal,
        tree: Tree::in_folder(&config.tree()),
        signer,
        process: std::process::id(),
        witnessed,
    };
    Core::start(start, clock::now)
}

/// What came of reading the directory again.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// How many orders it led to.
    pub(crate) orders: usize,
    /// Those that the network did not carry out.
    pub(crate) rejections: Vec<Rejection>,
    /// Whether governors must sign first, so that nothing was done.
    pub(crate) governed: bool,
}

/// Asks the network for what the directory file says and the journal does not.
pub(crate) async fn apply_directory(
    hub: &Hub,
    config: &Config,
    keys: &NetworkKeys,
) -> Result<Applied, Error> {
    let orders = {
        let network = hub.shared.network.read().unwrap_or_else(PoisonError::into_inner);
        directory::orders(&config.directory(), keys, &network)?
    };
    let mut applied = Applied { orders: orders.len(), ..Applied::default() };
    let mut answers = Vec::with_capacity(orders.len());
    if !orders.is_empty() {
        tracing::info!(orders = orders.len(), "directory");
        if hub.shared.with_network(|network| network.governance().is_some()) {
            tracing::warn!(
                orders = orders.len(),
                "the directory file says more than governors have signed, and nothing of that is \
                 done: 'nuncio govern propose' makes a change for them to sign"
            );
            applied.governed = true;
            return Ok(applied);
        }
    }
    for order in orders {
        tracing::debug!(?order, "directory");
        let (sender, answer) = oneshot::channel();
        if hub.work.send(Work::order(order, sender)).await.is_err() {
            return Err(Error::CommitPanicked);
        }
        // Not waited for here, so that many orders share a sync.
        answers.push(answer);
    }
    for answer in answers {
        match answer.await {
            Ok(Ok(())) => {}
            Ok(Err(rejection)) => {
                tracing::error!(code = rejection.code(), %rejection, "directory");
                applied.rejections.push(rejection);
            }
            Err(_gone) => return Err(Error::CommitPanicked),
        }
    }
    Ok(applied)
}

pub(crate) fn network_keys(config: &Config) -> Result<NetworkKeys, Error> {
    let path = config.file("network.keys");
    let keys: NetworkKeys = read_text(&path)?
        .parse()
        .map_err(|source| Error::Keys { path: path.clone(), source: Box::new(source) })?;
    if *keys.network() == config.network {
        Ok(keys)
    } else {
        let source = format!("it is for network {}, not {}", keys.network(), config.network);
        Err(Error::Keys { path, source: source.into() })
    }
}

fn log_signer(config: &Config, keys: &NetworkKeys) -> Result<NoteSigner, Error> {
    let path = config.file("log.key");
    ::keys::note_signer(&path, keys.logs(), MODULE_PATIENCE).map_err(|error| {
        if let ::keys::KeyFileError::Foreign { .. } = error {
            Error::ForeignLogKey { key: path, keys: config.file("network.keys") }
        } else {
            Error::Keys { path, source: Box::new(error) }
        }
    })
}

/// Opens the public log to its readers, if the settings say where.
async fn serve_log(
    config: &Config,
    shared: &Arc<Shared>,
    watch: Arc<Watch>,
    stopping: watch::Receiver<bool>,
) -> Result<(), Error> {
    let Some(address) = config.log_listen else { return Ok(()) };
    let (listener, address) = bind(address).await?;
    let serving = tiles::serve(listener, Arc::clone(shared), watch, stopping);
    tokio::spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the server of the log ended");
        }
    });
    tracing::info!(%address, "the log is served");
    say_address(&config.log_address(), config, address)
}

/// Writes where the hub listens; whoever waits for this file finds it whole.
fn say_address(path: &Path, config: &Config, address: SocketAddr) -> Result<(), Error> {
    let partial = config.file(".hub.address");
    fs::write(&partial, format!("{address}\n"))
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Writes where the time went, if the settings ask for it.
fn say_steps(config: &Config, shared: &Shared) -> Result<(), Error> {
    if !config.steps {
        return Ok(());
    }
    let path = config.file("steps.json");
    let written = fs::write(&path, shared.steps.to_json());
    written.map_err(|source| Error::Write { path, source })
}

/// The service that gateways call.
#[derive(Debug)]
struct Service {
    hub: Hub,
}

#[tonic::async_trait]
impl Link for Service {
    type ConnectStream = Frames;

    async fn connect(
        &self,
        request: Request<Streaming<GatewayFrame>>,
    ) -> Result<Response<Self::ConnectStream>, Status> {
        let peer = match request.extensions().get::<Peer>() {
            Some(peer) => *peer,
            None => return Err(Status::unauthenticated("no certificate was shown")),
        };
        let (out, frames) = mpsc::channel(OUTGOING_MAX);
        tokio::spawn(serve(self.hub.clone(), peer, request.into_inner(), out));
        Ok(Response::new(Frames(frames)))
    }
}

/// The frames of a link on their way to its peer.
///
/// They are boxed: a channel has room for 32 of them from the beginning, and most links are silent.
#[derive(Debug)]
struct Frames(mpsc::Receiver<Box<HubFrame>>);

impl Stream for Frames {
    type Item = Result<HubFrame, Status>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<HubFrame, Status>>> {
        self.0.poll_recv(context).map(|frame| frame.map(|frame| Ok(*frame)))
    }
}
