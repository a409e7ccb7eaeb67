//! `/v1/files`: files that the back office sends, and those that came.
//!
//! A file is brought under its SHA-256, in as many requests as it takes. Names and meaning of the
//! headers are those of the IETF's resumable uploads (draft-ietf-httpbis-resumable-upload): `HEAD` says
//! in `Upload-Offset` how much is here durably, and `PATCH` goes on from there. What that draft has
//! beyond, informational responses and addresses that the server makes up, is not needed where a file
//! is named by what it holds.

use std::sync::Arc;
use std::time::Duration;

use ::files::{CHUNK_BYTES, Error, Incoming, Standing};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Json, Response};
use bytes::Bytes;
use document::{FileParts, FileReference};
use iso::Institution;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use trust::{Digest, FileName, LogTime};

use super::Api;
use super::messages::key;
use super::params::{self, FileParams};
use super::problem::Refusal;
use crate::api::{Announce, File, Files};
use crate::check::Findings;
use crate::files::{Order, OrderState, Shelf, Wanted};
use crate::store::{Announced, FileState, MessageId};

/// How long the next piece of a body may take.
const PIECE_TIME_MAX: Duration = Duration::from_secs(60);
/// How many files of each direction a list has at most.
const LIST_MAX: usize = 1_000;
/// How many chunks of a download may wait for the client.
const AHEAD: usize = 1;

/// `HEAD /v1/files/{sha256}`: how much of a file is here.
pub(super) async fn head(
    State(api): State<Arc<Api>>,
    Path(sha256): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let params: FileParams = params::of(&uri)?;
    let (owner, digest) = (params.sender(&api.config)?, digest(&sha256)?);
    let (shelf, of) = (api.shelf.clone(), sha256.clone());
    let kept = wait(move || shelf.files().kept(owner, &digest)).await?;
    let kept = kept.ok_or(Refusal::NoSuchFile { sha256: of, why: "is not here" })?;
    let file = FileName { digest, bytes: kept.bytes };
    Ok(standing(StatusCode::NO_CONTENT, &file, kept.bytes, kept.is_whole))
}

/// `PUT` and `PATCH /v1/files/{sha256}`: takes a file, or the next part of it.
pub(super) async fn put(
    State(api): State<Arc<Api>>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let digest = digest(&sha256)?;
    let offset = number(&headers, "upload-offset")?;
    let declared = number(&headers, "content-length")?;
    let length = match (number(&headers, "upload-length")?, declared, offset) {
        (Some(length), _, _) => Some(length),
        (None, Some(declared), None) => Some(declared),
        (None, _, _) => None,
    };
    let length = length.filter(|length| *length > 0).ok_or_else(|| Refusal::BadQuery {
        field: "Upload-Length",
        reason: "expected how many bytes the file has, from 1".to_owned(),
    })?;
    let file = FileName { digest, bytes: length };
    let owner = api.config.terminal.institution();
    let files = api.shelf.files().clone();
    let incoming = wait(move || {
        Ok(match files.standing(owner, &file)? {
            Standing::Whole => None,
            Standing::Part { .. } => Some(files.receive(owner, file)?),
        })
    });
    let Some(mut incoming) = incoming.await? else {
        pass_over(body, file.bytes).await;
        return Ok(standing(StatusCode::OK, &file, file.bytes, true));
    };
    let from = offset.unwrap_or(0);
    // Who does not say where it goes on begins at the beginning; what is here already is passed over.
    if offset.is_some_and(|from| from != incoming.length()) {
        return Err(Refusal::OtherOffset { expected: incoming.length(), found: from });
    }
    let mut passed = incoming.length() - from;
    let mut stream = body.into_data_stream();
    while incoming.length() < file.bytes || passed > 0 {
        let piece = tokio::time::timeout(PIECE_TIME_MAX, stream.next()).await;
        let Ok(Some(Ok(mut piece))) = piece else { break };
        let skip = usize::try_from(passed).unwrap_or(usize::MAX).min(piece.len());
        let _here_already = piece.split_to(skip);
        passed -= skip as u64;
        incoming = wait(move || {
            incoming.take(&piece)?;
            Ok(incoming)
        })
        .await?;
    }
    finish(incoming, &file).await
}

/// Takes what a request brings though it is here already: one that is answered before it has ended
/// may break its connection and not hear the answer.
async fn pass_over(body: Body, most: u64) {
    let (mut stream, mut passed) = (body.into_data_stream(), 0);
    while passed < most {
        let piece = tokio::time::timeout(PIECE_TIME_MAX, stream.next()).await;
        let Ok(Some(Ok(piece))) = piece else { return };
        passed += piece.len() as u64;
    }
}

/// What is said at the end of a request that brought a part of a file, or all of it.
async fn finish(incoming: Incoming, file: &FileName) -> Result<Response, Refusal> {
    if incoming.length() < file.bytes {
        // The rest is to come; what is durable counts.
        return Ok(standing(StatusCode::ACCEPTED, file, incoming.durable(), false));
    }
    wait(move || incoming.finish()).await?;
    Ok(standing(StatusCode::CREATED, file, file.bytes, true))
}

/// `GET /v1/files/{sha256}`: the bytes of a file, all or from a place on (RFC 9110, 14.2).
pub(super) async fn get(
    State(api): State<Arc<Api>>,
    Path(sha256): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params: FileParams = params::of(&uri)?;
    let (owner, digest) = (params.sender(&api.config)?, digest(&sha256)?);
    let shelf = api.shelf.clone();
    let kept = wait(move || shelf.files().kept(owner, &digest)).await?;
    let missing = |why| Refusal::NoSuchFile { sha256: sha256.clone(), why };
    let kept = kept.ok_or_else(|| missing("is not here"))?;
    if !kept.is_whole {
        return Err(missing("is not here whole yet"));
    }
    let file = FileName { digest, bytes: kept.bytes };
    let from = range(&headers, file.bytes)?;
    let (out, chunks) = mpsc::channel::<Result<Bytes, Error>>(AHEAD);
    let shelf = api.shelf.clone();
    tokio::task::spawn_blocking(move || give(&shelf, owner, &file, from.unwrap_or(0), &out));
    let left = file.bytes - from.unwrap_or(0);
    let mut response = Body::from_stream(ReceiverStream::new(chunks)).into_response();
    if let Some(from) = from {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{}", file.bytes - 1, file.bytes);
        set(&mut response, "content-range", &range);
    }
    set(&mut response, "content-length", &left.to_string());
    set(&mut response, "content-type", "application/octet-stream");
    set(&mut response, "accept-ranges", "bytes");
    set(&mut response, "etag", &format!("\"{sha256}\""));
    Ok(response)
}

/// Reads a file chunk by chunk for as long as somebody takes it.
fn give(
    shelf: &Shelf,
    owner: Institution,
    file: &FileName,
    mut offset: u64,
    out: &mpsc::Sender<Result<Bytes, Error>>,
) {
    let chunk_bytes = CHUNK_BYTES as u64;
    while offset < file.bytes {
        let chunk = shelf.files().chunk(owner, file, offset / chunk_bytes).map(|chunk| {
            let before = usize::try_from(offset % chunk_bytes).unwrap_or(usize::MAX);
            let chunk = Bytes::from(chunk);
            chunk.slice(before.min(chunk.len())..)
        });
        offset += chunk.as_ref().map_or(chunk_bytes, |chunk| chunk.len() as u64);
        let is_broken = chunk.is_err();
        if let Err(error) = &chunk {
            tracing::error!(code = error.code(), %error, "a file cannot be given out");
        }
        if out.blocking_send(chunk).is_err() || is_broken {
            return;
        }
    }
}

/// `POST /v1/files/{sha256}/announce`: the file goes to the hub, and then a message announces it.
pub(super) async fn announce(
    State(api): State<Arc<Api>>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let digest = digest(&sha256)?;
    let wanted: Announce = params::body(&body)?;
    let key = key(&headers)?;
    let owner = api.config.terminal.institution();
    let files = api.shelf.files().clone();
    let kept = wait(move || files.kept(owner, &digest)).await?;
    let missing = |why| Refusal::NoSuchFile { sha256: sha256.clone(), why };
    let kept = kept.ok_or_else(|| missing("is not here: bring it first"))?;
    if !kept.is_whole {
        return Err(missing("is not here whole yet"));
    }
    let order = order(&api, &wanted, &FileName { digest, bytes: kept.bytes }, key)?;
    let shelf = api.shelf.clone();
    let made = tokio::task::spawn_blocking(move || match shelf.order(&order.id)? {
        Some(before) if before.is_like(&order) => Ok(Ok((before, true))),
        Some(before) => Ok(Err(before.id)),
        None => shelf.keep_order(&order).map(|()| Ok((order, false))),
    });
    let made = made.await.map_err(|_panic| Refusal::StoreFailed)?;
    let made = made.map_err(|reason| {
        tracing::error!(reason, "an order of a file cannot be kept");
        Refusal::Full
    })?;
    let (order, replayed) = made.map_err(|id| Refusal::KeyReused { id })?;
    let mut response = (StatusCode::ACCEPTED, Json(sent(&api, &order))).into_response();
    if replayed {
        set(&mut response, "idempotent-replayed", "true");
    }
    Ok(response)
}

/// The order that a request asks for, if its announcement may be sent.
fn order(api: &Api, wanted: &Announce, file: &FileName, key: String) -> Result<Order, Refusal> {
    let malformed = |field, reason: String| Refusal::BadQuery { field, reason };
    let to = wanted.to.parse().map_err(|_| malformed("to", "expected a BIC".to_owned()))?;
    let wish = wanted.wish()?;
    let default = format!("F-{}", Order::id_of(&key));
    let parts = FileParts {
        reference: wanted.reference.clone().unwrap_or(default),
        name: wanted.name.clone(),
        media_type: wanted
            .media_type
            .clone()
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: file.bytes,
        sha256: file.digest.0,
        description: wanted.description.clone(),
    };
    let from = api.config.terminal.institution().head_office();
    let reference = FileReference::new(from, to, parts)
        .map_err(|error| malformed("body", error.to_string()))?;
    let service = wish.service.unwrap_or(api.config.service);
    let wish = crate::check::Wish { service: Some(service), ..wish };
    let order = Order::new(&Wanted { reference, wish, service, key, at: api.clock.now() });
    let check = |checker: &mut document::Checker| {
        let payload = order.payload().as_bytes();
        crate::check::check(&api.config, checker, payload, &wish, order.made_at())
    };
    let checked = api.checkers.with(check);
    checked.map_err(|findings: Findings| Refusal::Invalid(findings))?;
    Ok(order)
}

/// `GET /v1/files`: what was sent and what came, newest first.
pub(super) async fn list(State(api): State<Arc<Api>>) -> Result<Json<Files>, Refusal> {
    let shelf = api.shelf.clone();
    let orders = tokio::task::spawn_blocking(move || shelf.orders()).await;
    let orders = orders.map_err(|_panic| Refusal::StoreFailed)?.map_err(|reason| {
        tracing::error!(reason, "orders of files cannot be read");
        Refusal::StoreFailed
    })?;
    let announced = api.store.ask(|view| view.announced(LIST_MAX)).await?;
    let sent = orders.iter().rev().take(LIST_MAX).map(|order| sent(&api, order));
    let mut names = Vec::with_capacity(announced.len());
    for it in announced {
        names.push(received(&api, &it).await?);
    }
    Ok(Json(Files { sent: sent.collect(), received: names }))
}

fn sent(api: &Api, order: &Order) -> File {
    let (reference, file) = (order.reference(), order.file());
    let own = api.config.terminal.institution();
    let (state, message, problem) = match &order.state {
        OrderState::Sending => ("sending", None, None),
        OrderState::Announced { message } => ("announced", Some(message.clone()), None),
        OrderState::Failed { code, text } => ("failed", None, Some(format!("{code} {text}"))),
    };
    let held = match order.state {
        OrderState::Announced { .. } => file.bytes,
        OrderState::Sending | OrderState::Failed { .. } => {
            api.shelf.progress(own, &file.digest).unwrap_or(0)
        }
    };
    File {
        id: Some(order.id.clone()),
        message,
        state: state.to_owned(),
        held_bytes: held,
        problem,
        at: order.made_at().to_string(),
        ..described(&reference, file)
    }
}

async fn received(api: &Api, announced: &Announced) -> Result<File, Refusal> {
    let (lane, output_number) = announced.place;
    let place = crate::store::Place::Received { lane, output_number };
    let payload = api.store.ask(move |view| view.payload(place)).await?.unwrap_or_default();
    let text = String::from_utf8_lossy(&payload);
    let reference: FileReference = text.parse().map_err(|_| Refusal::StoreFailed)?;
    let file = announced.header.file.ok_or(Refusal::StoreFailed)?;
    let owner = announced.header.sender.institution();
    let held = api.shelf.progress(owner, &file.digest).unwrap_or(0);
    let (state, held, problem) = match &announced.state {
        FileState::Fetching => ("fetching", held, None),
        FileState::Here { .. } => ("here", file.bytes, None),
        FileState::GivenUp(it) => {
            let problem = format!("{} {}", it.reason.code(), it.reason.text());
            ("given-up", 0, Some(problem))
        }
    };
    Ok(File {
        id: None,
        message: Some(MessageId::of(&announced.header).to_string()),
        state: state.to_owned(),
        held_bytes: held,
        problem,
        at: announced.received_at.to_string(),
        ..described(&reference, file)
    })
}

/// What a reference says of a file.
fn described(reference: &FileReference, file: FileName) -> File {
    let FileParts { reference: name, .. } = reference.parts();
    File {
        id: None,
        message: None,
        state: String::new(),
        from: reference.from().to_string(),
        to: reference.to().to_string(),
        reference: name.clone(),
        name: reference.parts().name.clone(),
        media_type: reference.parts().media_type.clone(),
        description: reference.parts().description.clone(),
        bytes: file.bytes,
        sha256: file.digest.to_string(),
        held_bytes: 0,
        problem: None,
        at: LogTime(0).to_string(),
    }
}

/// A response that says how much of a file is here.
fn standing(status: StatusCode, file: &FileName, durable: u64, whole: bool) -> Response {
    let mut response = status.into_response();
    set(&mut response, "upload-offset", &durable.to_string());
    set(&mut response, "upload-complete", if whole { "?1" } else { "?0" });
    if whole {
        set(&mut response, "upload-length", &file.bytes.to_string());
    }
    response
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn digest(sha256: &str) -> Result<Digest, Refusal> {
    sha256.parse().map_err(|_| Refusal::BadQuery {
        field: "sha256",
        reason: "expected 64 hexadecimal digits in lower case".to_owned(),
    })
}

/// A number in a header.
fn number(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.parse().ok());
    let bad = || Refusal::BadQuery { field: name, reason: "expected a number".to_owned() };
    number.ok_or_else(bad).map(Some)
}

/// From which byte on: of the ranges only `bytes=N-`, which a client needs that goes on.
fn range(headers: &HeaderMap, bytes: u64) -> Result<Option<u64>, Refusal> {
    let Some(value) = headers.get(header::RANGE) else { return Ok(None) };
    let from = value.to_str().ok().and_then(|text| text.strip_prefix("bytes="));
    let from = from.and_then(|text| text.strip_suffix('-')).and_then(|text| text.parse().ok());
    match from {
        Some(from) if from < bytes => Ok(Some(from)),
        _ => Err(Refusal::BadRange { bytes }),
    }
}

/// Does something that waits for the disk.
async fn wait<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_panic| Refusal::StoreFailed)?.map_err(|error| match error {
        Error::OtherDigest { .. } => Refusal::OtherDigest { text: error.to_string() },
        Error::OtherLength { .. } => Refusal::BadQuery { field: "body", reason: error.to_string() },
        Error::Overtaken { .. } => Refusal::Overtaken,
        Error::Damaged { .. } => {
            tracing::error!(code = error.code(), %error, "a file is damaged");
            Refusal::StoreFailed
        }
        Error::Place { .. } => {
            tracing::error!(code = error.code(), %error, source = ?error, "files");
            Refusal::Full
        }
    })
}
