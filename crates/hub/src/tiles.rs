//! The public side of the log: checkpoint and tiles over HTTP, as C2SP tlog-tiles wants them.
//!
//! ```text
//! GET /checkpoint          the checkpoint to rely on: cosigned, where the hub has witnesses
//! GET /checkpoint.newest   the newest one, signed by the log alone
//! GET /tile/...            hash tiles and entry bundles, see `trust::tiles`
//! GET /health              in one word how the hub is, and the codes of what is wrong (docs/health.md)
//! GET /governance/<n>      the body of the founding record (0), then of each change (docs/governance.md)
//! ```
//!
//! Everything here is public: entries are the heads of records, which hold digests and no message,
//! and what governors signed is public by intent.
//! What is served is covered by a signed checkpoint, so a tile never changes and may be cached for
//! ever. Nobody is asked who they are, and nothing here can change the hub.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use trust::tiles::{Tile, TileKind, entry_bundle};

use crate::error::Error;
use crate::health::{self, Watch};
use crate::shared::Shared;
use crate::witnesses::Published;

/// How many tiles are made at once: readers of the log must not slow the hub down.
const MAKING_MAX: usize = 2;
/// A checkpoint changes with each group of records.
const CHANGING: &str = "public, max-age=1";
/// A tile never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What the handlers work with.
#[derive(Clone)]
struct Site {
    shared: Arc<Shared>,
    newest: watch::Receiver<Option<Published>>,
    watch: Arc<Watch>,
    making: Arc<Semaphore>,
}

/// Serves readers of the log until the hub stops.
///
/// # Errors
///
/// When the socket fails.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Arc<Shared>,
    watch: Arc<Watch>,
    mut stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    let newest = shared.cosigned();
    let site = Site { shared, newest, watch, making: Arc::new(Semaphore::new(MAKING_MAX)) };
    let stop = {
        let mut stopping = stopping.clone();
        async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    };
    let server = axum::serve(listener, router(site)).with_graceful_shutdown(stop);
    tokio::select! {
        served = server => served,
        // Readers come again: a hub that stops does not wait for them.
        _ = stopping.wait_for(|stopping| *stopping) => Ok(()),
    }
}

fn router(site: Site) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/checkpoint.newest", get(newest))
        .route("/tile/{*path}", get(tile))
        .route("/health", get(health))
        .route("/governance/{number}", get(governance))
        .with_state(site)
}

async fn checkpoint(State(site): State<Site>) -> Response {
    let published = site.newest.borrow().as_ref().map(|published| published.note.clone());
    note(published.unwrap_or_else(|| site.shared.committed().checkpoint.clone()))
}

async fn newest(State(site): State<Site>) -> Response {
    note(site.shared.committed().checkpoint.clone())
}

/// How the hub is, without numbers: whoever asks here may be a stranger. A hub that takes nothing in
/// answers with 503, so that whoever watches it needs to look at nothing else.
async fn health(State(site): State<Site>) -> Response {
    let report = site.watch.look();
    let codes: Vec<&str> = report.reasons.iter().map(|reason| reason.code.as_str()).collect();
    let status = match report.state {
        health::State::Ok | health::State::Degraded => StatusCode::OK,
        health::State::Paused => StatusCode::SERVICE_UNAVAILABLE,
    };
    let document = serde_json::json!({ "state": report.state, "reasons": codes });
    (status, [(header::CACHE_CONTROL, "no-store")], axum::Json(document)).into_response()
}

fn note(bytes: bytes::Bytes) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, CHANGING)];
    (headers, bytes).into_response()
}

async fn tile(State(site): State<Site>, Path(path): Path<String>) -> Response {
    let tile = format!("tile/{path}").parse::<Tile>().ok();
    let Some(tile) = tile.filter(|tile| tile.is_in(site.shared.committed().size)) else {
        return missing();
    };
    let Ok(room) = site.making.acquire().await else { return missing() };
    let shared = Arc::clone(&site.shared);
    let made = tokio::task::spawn_blocking(move || make(&shared, &tile)).await;
    drop(room);
    match made {
        Ok(Ok(bytes)) => {
            let headers: [(HeaderName, &str); 2] = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, FOR_EVER),
            ];
            (headers, bytes).into_response()
        }
        Ok(Err(error)) => {
            tracing::error!(%tile, %error, "a tile cannot be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_panic) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn governance(State(site): State<Site>, Path(number): Path<usize>) -> Response {
    let sequence = site.shared.with_network(|it| it.governance_records().get(number).copied());
    // The machine may be ahead of the disk.
    let sequence = sequence.filter(|sequence| *sequence < site.shared.committed().size);
    let Some(sequence) = sequence else { return missing() };
    let Ok(room) = site.making.acquire().await else { return missing() };
    let shared = Arc::clone(&site.shared);
    let read = tokio::task::spawn_blocking(move || shared.records.get(sequence)).await;
    drop(room);
    match read {
        Ok(Ok(record)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, FOR_EVER),
            ];
            (headers, record.meta).into_response()
        }
        Ok(Err(_)) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn missing() -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (StatusCode::NOT_FOUND, headers, "the log has no such tile\n").into_response()
}

/// The bytes of a tile that the committed log has.
fn make(shared: &Shared, tile: &Tile) -> Result<Vec<u8>, Error> {
    match tile.kind() {
        TileKind::Hashes { level } => {
            let nodes = |log: &session::hub::Log<'_, crate::tree::Tree>| tile.hashes(log.nodes);
            shared.with_log(nodes).ok_or(Error::Proof(trust::merkle::MerkleError::Missing {
                level,
                index: tile.index(),
            }))
        }
        TileKind::Entries => {
            let sequences = tile.start()..tile.start() + u64::from(tile.width());
            let heads = sequences.map(|sequence| Ok(shared.records.get(sequence)?.head));
            let heads = heads.collect::<Result<Vec<_>, Error>>()?;
            Ok(entry_bundle(heads.iter()))
        }
    }
}
