//! `/v1/inbox`: what the institution has received and its back office has not taken yet.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Json, Response};

use super::messages::{bytes_of, show_receipt};
use super::params::{self, InboxParams, ReceiptParams, bad};
use super::problem::Refusal;
use super::{Api, present};
use crate::api::{Decline, Declined, Inbox, State as MessageState, Taken};
use crate::config::Acknowledge;
use crate::store::{self, Declination, MessageId, Place, Rebuffed, Take, Took};
use trust::{Fault, Reason};

/// How many messages an answer has unless the request says, and at most.
const PAGE: usize = 100;
const PAGE_MAX: usize = 500;

/// `GET /v1/inbox`: the oldest messages that wait; where there are none, those that come within the
/// time that the request wants to wait.
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Inbox>, Refusal> {
    let params: InboxParams = params::of(&uri)?;
    let limit = params::limit(params.limit.as_deref(), PAGE, PAGE_MAX)?;
    let after = params::cursor(params.cursor.as_deref())?.unwrap_or(0);
    let wait = params::wait(params.wait.as_deref())?;
    let mut progress = api.store.progress();
    let mut stopping = api.stopping.clone();
    let deadline = tokio::time::sleep(wait);
    tokio::pin!(deadline);
    loop {
        // What arrives from here on wakes the wait below.
        progress.borrow_and_update();
        let (quorum, holds_back) = (api.has_quorum(), api.holds_back());
        let found = api.store.ask(move |view| {
            let covered = view.covered()?;
            let below = if holds_back { covered.below() } else { u64::MAX };
            Ok((view.inbox(after, limit, below)?, quorum.then_some(covered)))
        });
        let ((messages, last), covered) = found.await?;
        if !messages.is_empty() {
            let shown = |message| present::received(message, covered.as_ref());
            let messages = messages.iter().filter_map(shown).collect();
            return Ok(Json(Inbox { messages, cursor: last.map(|last| last.to_string()) }));
        }
        tokio::select! {
            () = &mut deadline => return Ok(Json(Inbox::default())),
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(Json(Inbox::default())),
            changed = progress.changed() => {
                if changed.is_err() {
                    return Err(Refusal::StoreFailed);
                }
            }
        }
    }
}

/// `GET /v1/inbox/{id}/raw`: the exact bytes of a received message.
pub(super) async fn raw(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let (lane, output_number) = place(&api, &id).await?;
    is_handed_over(&api, &id).await?;
    bytes_of(&api, Place::Received { lane, output_number }, id).await
}

/// `GET /v1/inbox/{id}/receipt`: the proof that the network accepted a received message.
pub(super) async fn receipt(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params: ReceiptParams = params::of(&uri)?;
    if let Some(kind) = params.kind.as_deref().filter(|kind| *kind != "acceptance") {
        return Err(bad("kind", "acceptance", kind));
    }
    let (lane, output_number) = place(&api, &id).await?;
    let receipt = api.store.ask(move |view| view.inbox_receipt(lane, output_number)).await?;
    show_receipt(&receipt.ok_or(Refusal::NoReceipt { id, later: false })?, &headers)
}

/// `POST /v1/inbox/{id}/ack`: the back office has the message; it is not listed again.
pub(super) async fn take(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Json<Taken>, Refusal> {
    let unknown = || Refusal::NoSuchMessage { id: id.clone() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    is_handed_over(&api, &id).await?;
    match api.store.make(Take { id: name, at: api.clock.now() }).await? {
        Took::At(at) => {
            let taken_at = at.to_string();
            Ok(Json(Taken { id: name.to_string(), state: MessageState::Taken, taken_at }))
        }
        Took::Declined(at) => Err(Refusal::Decided { id, how: "declined", at: at.to_string() }),
        Took::Unknown => Err(unknown()),
    }
}

/// `POST /v1/inbox/{id}/decline`: the back office does not take the message; its sender is told why.
pub(super) async fn decline(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Declined>, Refusal> {
    if api.config.acknowledge != Acknowledge::Taken {
        return Err(Refusal::NotDecidedHere);
    }
    let unknown = || Refusal::NoSuchMessage { id: id.clone() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    let Decline { code, text } = params::body(&body)?;
    let label = code.parse().map_err(|_| bad("code", "1 to 32 characters, such as AM04", &code))?;
    let reason = Reason::new(label, Fault::Receiver, "", &text);
    is_handed_over(&api, &id).await?;
    let at = api.clock.now();
    match api.store.make(store::Decline { id: name, reason, at }).await? {
        Rebuffed::Declined(Declination { at, reason }) => Ok(Json(Declined {
            id: name.to_string(),
            state: MessageState::Declined,
            declined_at: at.to_string(),
            reason: present::reason(&reason),
        })),
        Rebuffed::Taken(at) => Err(Refusal::Decided { id, how: "taken", at: at.to_string() }),
        Rebuffed::Acknowledged => {
            let at = "it was stored, before this gateway waited for the back office".to_owned();
            Err(Refusal::Decided { id, how: "acknowledged", at })
        }
        Rebuffed::Copy => Err(Refusal::CopyNotDeclined { id }),
        Rebuffed::Unknown => Err(unknown()),
    }
}

/// Refuses what is about a received message that waits for witnesses; it is nobody's yet.
pub(super) async fn is_handed_over(api: &Api, id: &str) -> Result<(), Refusal> {
    let Ok(name) = id.parse::<MessageId>() else { return Ok(()) };
    if !api.holds_back() {
        return Ok(());
    }
    let waits = api.store.ask(move |view| {
        let Some((lane, output_number)) = view.received_place(name)? else { return Ok(false) };
        let (found, below) = (view.received(lane, output_number)?, view.witnessed_below()?);
        Ok(found.is_some_and(|it| it.taken_at.is_none() && it.entry.head.sequence >= below))
    });
    if waits.await? { Err(Refusal::Unwitnessed { id: id.to_owned() }) } else { Ok(()) }
}

async fn place(api: &Api, id: &str) -> Result<(u8, u64), Refusal> {
    let unknown = || Refusal::NoSuchMessage { id: id.to_owned() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    let place = api.store.ask(move |view| view.received_place(name)).await?;
    place.ok_or_else(unknown)
}
