//! The REST interface: what a back office asks of its gateway.
//!
//! Every request shows the token, has an id that comes back and stands in the log, and is answered
//! in JSON, in the exact bytes of a message, or with a problem document. Handlers translate between
//! HTTP and the store; what a message must look like is decided in `check.rs`, what is stored in
//! `store`.

mod archive;
mod body;
mod copies;
mod files;
mod inbox;
mod lanes;
mod messages;
mod notices;
mod params;
mod present;
mod problem;
mod relationships;
mod reports;
mod token;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use document::Checkers;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use trust::NetworkKeys;

pub(crate) use messages::request_digest;
pub(crate) use token::Token;

use crate::api::{InboxStatus, LaneStatus, OutboxStatus, Status};
use crate::clock::Clock;
use crate::codes;
use crate::config::{Config, HandOver};
use crate::files::Shelf;
use crate::link::{Asker, Board};
use crate::reports::Reports;
use crate::sealing::Sealing;
use crate::store::{Counts, Store, View};
use problem::Refusal;

/// How many bytes of bodies are read at once by all requests together.
const BODIES_BYTES_MAX: usize = 128 << 20;
/// How long requests that are being served may take once the gateway shall stop.
const DRAIN_MAX: Duration = Duration::from_secs(5);

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the handlers work with.
pub(crate) struct Api {
    config: Arc<Config>,
    store: Store,
    board: Arc<Board>,
    token: Token,
    clock: Clock,
    checkers: Checkers,
    asker: Asker,
    reports: Reports,
    shelf: Shelf,
    sealing: Arc<Sealing>,
    /// The public keys of the network.
    network: NetworkKeys,
    started_at: trust::LogTime,
    /// The keys of the requests that are being served.
    in_flight: Mutex<BTreeSet<String>>,
    /// Room for bodies, in KiB.
    room: Arc<Semaphore>,
    /// True once the gateway shall stop: those who wait for messages are sent home.
    stopping: watch::Receiver<bool>,
}

/// What a back office reaches: what is stored here, how the link is, and the network behind it.
pub(crate) struct Office {
    pub(crate) store: Store,
    pub(crate) board: Arc<Board>,
    pub(crate) asker: Asker,
    pub(crate) reports: Reports,
    pub(crate) shelf: Shelf,
    pub(crate) sealing: Arc<Sealing>,
    pub(crate) network: NetworkKeys,
}

impl Api {
    pub(crate) fn new(
        config: Arc<Config>,
        Office { store, board, asker, reports, shelf, sealing, network }: Office,
        token: Token,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let clock = Clock::System;
        let checkers = Checkers::new(document::Rules::built_in(config.profile));
        Self {
            config,
            checkers,
            asker,
            reports,
            shelf,
            sealing,
            network,
            store,
            board,
            token,
            started_at: clock.now(),
            clock,
            in_flight: Mutex::default(),
            room: Arc::new(Semaphore::new(BODIES_BYTES_MAX / 1_024)),
            stopping,
        }
    }

    /// Whether the network has a quorum of witnesses.
    fn has_quorum(&self) -> bool {
        self.network.quorum() > 0
    }

    /// Whether received messages wait for witnesses.
    fn holds_back(&self) -> bool {
        self.has_quorum() && self.config.hand_over == HandOver::Witnessed
    }
}

/// Serves back offices until the gateway shall stop and those that are being served have gone.
pub(crate) async fn serve(listener: TcpListener, api: Api) -> io::Result<()> {
    let stopping = api.stopping.clone();
    let stop = stopped(api.stopping.clone());
    let server = axum::serve(listener, router(Arc::new(api))).with_graceful_shutdown(stop);
    let late = async move {
        stopped(stopping).await;
        tokio::time::sleep(DRAIN_MAX).await;
    };
    tokio::select! {
        served = server => served,
        () = late => Ok(()),
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // Gone: whoever could stop the gateway has.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/v1/messages", post(messages::post).get(messages::list))
        .route("/v1/messages/{id}", get(messages::show))
        .route("/v1/messages/{id}/raw", get(messages::raw))
        .route("/v1/messages/{id}/receipt", get(messages::receipt))
        .route("/v1/messages/{id}/disclosure", get(messages::disclosure))
        .route("/v1/messages/{id}/non-delivery", post(messages::state_outstanding))
        .route("/v1/inbox", get(inbox::list))
        .route("/v1/inbox/{id}/raw", get(inbox::raw))
        .route("/v1/inbox/{id}/receipt", get(inbox::receipt))
        .route("/v1/inbox/{id}/ack", post(inbox::take))
        .route("/v1/inbox/{id}/decline", post(inbox::decline))
        .route("/v1/notices", get(notices::list))
        .route("/v1/relationships", get(relationships::list).post(relationships::post))
        .route("/v1/services", get(relationships::services))
        .route("/v1/lanes", get(lanes::list).post(lanes::set))
        .route("/v1/calendars", get(reports::calendars))
        .route("/v1/reports", get(reports::list).post(reports::set))
        .route("/v1/reports/undelivered", post(reports::undelivered))
        .route("/v1/reports/daily-check/{day}", post(reports::daily_check))
        .route("/v1/reports/{name}", get(reports::show))
        .route("/v1/copies", get(copies::list))
        .route("/v1/copies/{id}/authorise", post(copies::authorise))
        .route("/v1/copies/{id}/refuse", post(copies::refuse))
        .route("/v1/archive", get(archive::list))
        .route("/v1/archive/{id}/raw", get(archive::raw))
        .route("/v1/files", get(files::list))
        .route(
            "/v1/files/{sha256}",
            get(files::get).head(files::head).put(files::put).patch(files::put),
        )
        .route("/v1/files/{sha256}/announce", post(files::announce))
        .route("/v1/status", get(status))
        .fallback(async || Refusal::NoSuchPath)
        .method_not_allowed_fallback(async || Refusal::NoSuchMethod)
        .layer(middleware::from_fn_with_state(Arc::clone(&api), authorise))
        .route("/codes/{code}", get(explain))
        .layer(middleware::from_fn(name_and_explain))
        .with_state(api)
}

/// The outermost layer: gives the request its id, and makes problem documents of refusals.
async fn name_and_explain(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = refusal.respond(&path, &id);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        let (code, status) = (refusal.code(), response.status().as_u16());
        tracing::info!(request = %id, %method, path, status, code, "request refused");
    } else {
        tracing::debug!(request = %id, %method, path, status = response.status().as_u16());
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    response
}

/// The id that the client gave, if it is fit to stand in a log, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(&REQUEST_ID).and_then(|id| id.to_str().ok());
    let good =
        |id: &&str| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    given.filter(good).map_or_else(|| crate::random::hex(8), ToOwned::to_owned)
}

async fn authorise(State(api): State<Arc<Api>>, request: Request, next: Next) -> Response {
    match api.token.check(request.headers().get(header::AUTHORIZATION)) {
        Ok(()) => next.run(request).await,
        Err(found) => Refusal::NotAuthorised { found }.into_response(),
    }
}

/// The page of a code: where the `type` of a problem leads.
async fn explain(Path(code): Path<String>) -> Result<Response, Refusal> {
    let page = codes::page(&code).ok_or(Refusal::NoSuchPath)?;
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], page).into_response())
}

async fn status(State(api): State<Arc<Api>>) -> Result<Json<Status>, Refusal> {
    let counts: Counts = api.store.ask(View::counts).await?;
    let lane = |&(lane, received_through): &(u8, u64)| LaneStatus { lane, received_through };
    let mut link = api.board.status(&api.config.hub);
    link.witnessed_size = api.has_quorum().then_some(counts.witnessed_below);
    Ok(Json(Status {
        network: api.config.network.to_string(),
        terminal: api.config.terminal.to_string(),
        link,
        outbox: OutboxStatus {
            input_number: counts.input_number,
            answered_through: counts.answered_through,
            waiting: counts.input_number.saturating_sub(counts.answered_through),
            accepted: counts.accepted,
            refused: counts.refused,
            delivered: counts.delivered,
        },
        inbox: InboxStatus {
            received: counts.received,
            waiting: counts.waiting,
            lanes: counts.lanes.iter().map(lane).collect(),
        },
        started_at: api.started_at.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}

#[cfg(test)]
mod tests;
