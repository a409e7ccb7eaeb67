//! The files of a gateway: what its back office sends, and what came for it.
//!
//! A file that a back office brings is kept here, chunk by chunk ([`Shelf`]). What it wants to announce
//! is an *order* in a small file of its own; `send.rs` brings the file to the hub and then puts the
//! announcement into the outbox, in that order, for the network accepts no announcement of a file that
//! it does not hold. `fetch.rs` gets the files that received messages announce; only when one is safe
//! here its message is acknowledged. Both go on after any break where the last chunk ended, on
//! connections of their own: messages never wait for files.

mod fetch;
mod order;
mod send;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::files::{Disk, Kept, Objects, Store as Files};
use iso::Institution;
use tokio::sync::watch;
use tonic::Status;
use trust::{Digest, FileName, LogTime};

pub(crate) use order::{Order, OrderState, Wanted};

use crate::link::Desk;
use crate::store::Store;

/// How many files come, and how many go, at the same time.
const AT_ONCE: usize = 2;
/// The waits between attempts.
const WAIT_MIN: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(30);
/// How often what was kept long enough is looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
/// How long the hub may stand still.
const STILL_MAX: Duration = Duration::from_secs(60);

/// The files of a gateway; copies share it.
#[derive(Clone)]
pub(crate) struct Shelf {
    files: Files,
    objects: Arc<dyn Objects>,
    /// How far the other end has each file that is on its way, in either direction.
    progress: Arc<Mutex<BTreeMap<(Institution, Digest), u64>>>,
    /// Counts orders; whoever sends them watches it.
    orders: Arc<watch::Sender<u64>>,
}

/// What the transfers of a gateway work with.
#[derive(Clone)]
pub(crate) struct Carrier {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Store,
    pub(crate) shelf: Shelf,
    /// The terminal's end of TLS.
    pub(crate) tls: Arc<rustls::ClientConfig>,
}

impl Shelf {
    /// Opens the files in a gateway's folder.
    pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
        let objects: Arc<dyn Objects> = Arc::new(Disk::open(folder)?);
        let files = Files::new(Arc::clone(&objects));
        let orders = Arc::new(watch::Sender::new(0));
        Ok(Self { files, objects, progress: Arc::default(), orders })
    }

    /// The bytes.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// How far a file has come that is on its way.
    pub(crate) fn progress(&self, owner: Institution, digest: &Digest) -> Option<u64> {
        self.all_progress().get(&(owner, *digest)).copied()
    }

    fn report(&self, owner: Institution, digest: &Digest, bytes: u64) {
        self.all_progress().insert((owner, *digest), bytes);
    }

    fn forget_progress(&self, owner: Institution, digest: &Digest) {
        self.all_progress().remove(&(owner, *digest));
    }

    fn all_progress(&self) -> std::sync::MutexGuard<'_, BTreeMap<(Institution, Digest), u64>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends and fetches until the gateway stops.
pub(crate) async fn run(carrier: Carrier, stopping: watch::Receiver<bool>) {
    let mut ended = stopping.clone();
    let keep_days = carrier.desk.config.keep_days;
    let work = async {
        tokio::join!(send::run(&carrier), fetch::run(&carrier), sweep(&carrier, keep_days),)
    };
    tokio::select! {
        _ = ended.wait_for(|stopping| *stopping) => {}
        _ = work => {}
    }
}

/// Takes away files that were kept for as many days as the settings say and that nothing names.
async fn sweep(carrier: &Carrier, keep_days: Option<u32>) {
    let Some(days) = keep_days else { return };
    loop {
        if let Err(reason) = sweep_once(carrier, days).await {
            tracing::warn!(reason, "files stay that were kept long enough");
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}

async fn sweep_once(carrier: &Carrier, days: u32) -> Result<(), String> {
    let kept_us = u64::from(days) * 86_400_000_000;
    let before = LogTime(carrier.desk.clock.now().0.saturating_sub(kept_us));
    let announced = carrier.store.ask(|view| view.announced(usize::MAX)).await;
    let announced = announced.map_err(|error| error.to_string())?;
    let own = carrier.desk.config.terminal.institution();
    let shelf = carrier.shelf.clone();
    let swept = tokio::task::spawn_blocking(move || {
        let named = announced
            .iter()
            .filter_map(|it| Some((it.header.sender.institution(), it.header.file?.digest)));
        let mut named: std::collections::BTreeSet<_> = named.collect();
        for order in shelf.orders()? {
            if order.is_over() && order.made_at() < before {
                shelf.remove_order(&order.id)?;
            } else {
                named.insert((own, order.file().digest));
            }
        }
        let mut gone = 0;
        for Kept { owner, digest, written_at, .. } in shelf.files.all().map_err(said)? {
            if written_at < before && !named.contains(&(owner, digest)) {
                shelf.files.remove(owner, &digest).map_err(said)?;
                gone += 1;
            }
        }
        Ok::<_, String>(gone)
    });
    let gone = swept.await.map_err(|_panic| "the sweep has failed".to_owned())??;
    if gone > 0 {
        tracing::info!(files = gone, "files that were kept long enough are gone");
    }
    Ok(())
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Why a transfer did not end well.
#[derive(Debug)]
enum Stop {
    /// It is tried again; what came is kept.
    Again(String),
    /// It does not get better by itself: the code and the words of the hub.
    Never { code: String, text: String },
}

impl Stop {
    /// What a refusal of the hub means.
    fn of(status: &Status) -> Self {
        use tonic::Code;
        let text = status.message();
        let (code, words) = text.split_once(": ").unwrap_or(("GTW052", text));
        let lasts = matches!(
            status.code(),
            Code::FailedPrecondition | Code::InvalidArgument | Code::NotFound
        );
        if lasts && code.len() <= 16 {
            Self::Never { code: code.to_owned(), text: words.to_owned() }
        } else {
            Self::Again(if text.is_empty() { status.to_string() } else { text.to_owned() })
        }
    }

    fn again(error: impl std::fmt::Display) -> Self {
        Self::Again(error.to_string())
    }
}

/// The next wait: twice as long, within limits.
fn longer(wait: Duration) -> Duration {
    (wait * 2).min(WAIT_MAX)
}

/// Does something that waits for the disk, away from the threads that serve connections.
async fn wait_for_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ::files::Error> + Send + 'static,
) -> Result<T, Stop> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_panic| Stop::again("the transfer has failed"))?
        .map_err(|error| Stop::Again(format!("{}: {error}", error.code())))
}

/// The bytes of a file's name on the wire.
fn sha256(file: &FileName) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(file.digest.as_bytes())
}
