//! A gateway from start to stop.
//!
//! Everything that can be wrong with the folder is found before the first back office is served:
//! settings, keys, the lock on the store, the address. A gateway that stops lets requests that are
//! being served end, says Bye to the hub, and closes its store.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use trust::Checkpoint;

use crate::clock::Clock;
use crate::config::{Acknowledge, Config};
use crate::error::Error;
use crate::files::{self, Carrier, Shelf};
use crate::folder::AddressFile;
use crate::keeping;
use crate::keys::{self, Keys};
use crate::link::{self, Asker, Board, Desk, Shared};
use crate::random;
use crate::reports::{self, Reports};
use crate::rest::{self, Api, Office};
use crate::store::{Acknowledging, Store, View, Witnessing};

/// How often the gateway looks when its certificates and its grant end.
const LOOK_AT_ENDINGS: std::time::Duration = std::time::Duration::from_secs(3_600);

/// Runs a gateway until `shutdown` is done.
///
/// Once back offices can reach it, the file `gateway.address` in its folder says where.
///
/// # Errors
///
/// What is wrong with the folder, with a code and what to do; or that the store has failed. After
/// an error nothing is left half done: what was answered is in the store.
pub async fn run(config: Config, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
    let clock = Clock::System;
    let config = Arc::new(config);
    let keys = Keys::load(&config, clock.now())?;
    let path = config.file(&config.files.store);
    let (store, writer) = Store::open(&path, config.network, config.terminal)?;
    let on_decision = config.acknowledge == Acknowledge::Taken;
    let quorum = keys.network.quorum() > 0;
    let prepared = async {
        store.make(Acknowledging { on_decision }).await?;
        store.make(Witnessing { quorum }).await
    };
    let outcome = match prepared.await {
        Ok(()) => serve(&config, keys, store, shutdown).await,
        Err(source) => Err(Error::StoreFailed { path, source: source.into() }),
    };
    writer.close().await;
    outcome
}

async fn serve(
    config: &Arc<Config>,
    keys: Keys,
    store: Store,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    let address_path = config.file(&config.files.address);
    AddressFile::forget(&address_path)?;
    let address = config.listen;
    let unheard = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    let clock = Clock::System;
    let log_size = last_log_size(&store, &keys).await;
    let board = Arc::new(Board::new(clock.now(), log_size));
    let (stop, stopping) = watch::channel(false);
    let (asker, questions) = Asker::new(Arc::clone(&board));
    let Keys { tls, identity, signing, sealing, network, token } = keys;
    let reports = Reports::new(&config.folder, asker.clone(), clock.clone());
    let path = config.file(&config.files.files);
    let shelf = Shelf::open(&path).map_err(|source| Error::OpenFiles { path, source })?;
    let office = Office {
        store: store.clone(),
        board: Arc::clone(&board),
        asker,
        reports: reports.clone(),
        shelf: shelf.clone(),
        sealing: Arc::clone(&sealing),
        network: network.clone(),
    };
    let api = Api::new(Arc::clone(config), office, token, stopping.clone());
    let address_file = AddressFile::write(&address_path, address)?;
    tracing::info!(terminal = %config.terminal, network = %config.network, %address, "gateway runs");
    let mut failure = store.failure();
    let desk = Desk { config: Arc::clone(config), signing, sealing, network, board, clock };
    let desk = Arc::new(desk);
    let carrier =
        Carrier { desk: Arc::clone(&desk), store: store.clone(), shelf, tls: Arc::clone(&tls) };
    let shared = Shared { desk, store: store.clone(), tls };
    let seed = config.seed.unwrap_or_else(random::number);
    let server = tokio::spawn(rest::serve(listener, api));
    tokio::spawn(say_what_ends(Arc::clone(config), stopping.clone()));
    tokio::spawn(keys::follow(identity, stopping.clone()));
    tokio::spawn(reports::run(reports, stopping.clone()));
    if let Some(days) = config.keep_days {
        tokio::spawn(keeping::run(store.clone(), days, stopping.clone()));
    }
    tokio::spawn(files::run(carrier, stopping.clone()));
    let mut link = tokio::spawn(link::run(shared, questions, seed, stopping));
    let outcome = tokio::select! {
        () = shutdown => Ok(()),
        reason = failed(&mut failure) => Err(Error::StoreFailed {
            path: config.file(&config.files.store),
            source: reason.into(),
        }),
        () = crashed(&mut link) => Ok(()),
    };
    stop.send_replace(true);
    let served = server.await.unwrap_or_else(resume);
    if !link.is_finished() {
        link.await.unwrap_or_else(resume);
    }
    address_file.remove();
    tracing::info!(terminal = %config.terminal, "gateway stopped");
    outcome?;
    served.map_err(unheard)
}

/// Says 30, 7 and 1 days ahead what ends: certificates and the grant of the key. Until the gateway
/// stops.
async fn say_what_ends(config: Arc<Config>, mut stopping: watch::Receiver<bool>) {
    let files = [&config.files.tls_certificate, &config.files.authority, &config.files.grant];
    let files = files.into_iter().map(|file| config.file(file)).collect();
    let mut endings = ::keys::expiry::Watch::new(files);
    loop {
        endings.say(Clock::System.now());
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(LOOK_AT_ENDINGS) => {}
        }
    }
}

/// How many records the log had when the gateway last looked.
async fn last_log_size(store: &Store, keys: &Keys) -> u64 {
    let note = store.ask(View::checkpoint).await.ok().flatten();
    // One that cannot be opened is reported by the link, which relies on it.
    let checkpoint = note.and_then(|note| Checkpoint::open_bare(&note, keys.network.logs()).ok());
    checkpoint.map_or(0, |checkpoint| checkpoint.size)
}

/// Waits until the store takes nothing more; gives the reason.
async fn failed(failure: &mut watch::Receiver<Option<String>>) -> String {
    let reason = failure.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
    reason.unwrap_or_else(|| "the thread that writes has ended".to_owned())
}

/// Ends only with a panic, if the link had one: a bug of ours must not pass for a hub that is away.
async fn crashed(link: &mut JoinHandle<()>) {
    link.await.unwrap_or_else(resume);
    std::future::pending().await
}

fn resume<T>(error: JoinError) -> T {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => unreachable!("nobody cancels the tasks of a gateway"),
    }
}
