//! `/v1/copies`: messages between others that wait for what this institution decides.
//!
//! What waits is asked of the network. A decision is about a copy that this gateway holds, for it is
//! signed over the message's record as the gateway has verified it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Json;
use session::ask::{Question, Reply, Undecided};
use trust::{CopyDecision, Lane, Position, Shard, Verdict};

use super::Api;
use super::params::{self, CopiesParams, bad};
use super::problem::Refusal;
use super::relationships::done;
use crate::api::{AuthoriseCopy, Copies, HeldCopy, Recorded, RefuseCopy};
use crate::store::MessageId;

/// `GET /v1/copies`: what waits for a decision, the oldest first.
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Copies>, Refusal> {
    let params: CopiesParams = params::of(&uri)?;
    let after = params::cursor(params.cursor.as_deref())?.unwrap_or(0);
    let reply = done(api.asker.ask(Question::Undecided { after }).await?)?;
    let Reply::Undecided { messages, more } = reply else { return Err(Refusal::Unanswered) };
    let last = messages.last().map(|it| it.record.to_string());
    let copies = messages.iter().map(shown).collect();
    Ok(Json(Copies { copies, cursor: last.filter(|_| more) }))
}

/// `POST /v1/copies/{id}/authorise`: the message is delivered.
pub(super) async fn authorise(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Recorded>, Refusal> {
    let AuthoriseCopy { to_sender, to_receiver } =
        if body.is_empty() { AuthoriseCopy::default() } else { params::body(&body)? };
    decide(&api, id, Verdict::Authorised, [&to_sender, &to_receiver]).await
}

/// `POST /v1/copies/{id}/refuse`: the message is not delivered; its sender is told why.
pub(super) async fn refuse(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Recorded>, Refusal> {
    let RefuseCopy { code, to_sender } = params::body(&body)?;
    let code = code.parse().map_err(|_| bad("code", "1 to 32 characters, such as AM04", &code))?;
    decide(&api, id, Verdict::Refused { code }, [&to_sender, ""]).await
}

async fn decide(
    api: &Api,
    id: String,
    verdict: Verdict,
    [to_sender, to_receiver]: [&str; 2],
) -> Result<Json<Recorded>, Refusal> {
    for (field, text) in [("to_sender", to_sender), ("to_receiver", to_receiver)] {
        if text.len() > CopyDecision::TEXT_LENGTH_MAX {
            return Err(bad(field, "at most 512 bytes", "more"));
        }
    }
    let unknown = || Refusal::NoSuchCopy { id: id.clone() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    let find = move |view: &crate::store::View| match view.received_place(name)? {
        Some((lane, output_number)) => view.received(lane, output_number),
        None => Ok(None),
    };
    let found = api.store.ask(find).await?;
    let copy = found.filter(|found| found.entry.copy.is_some()).ok_or_else(unknown)?;
    let message = (copy.entry.head.sequence, copy.entry.head.hash());
    let decision = CopyDecision::new(api.config.terminal, message, verdict)
        .with_information(to_sender, to_receiver);
    let reply = done(api.asker.ask(Question::DecideCopy(Box::new(decision))).await?)?;
    let Reply::Recorded { sequence } = reply else { return Err(Refusal::Unanswered) };
    let position = Position { shard: Shard(0), sequence }.to_string();
    Ok(Json(Recorded { position }))
}

fn shown(held: &Undecided) -> HeldCopy {
    let id = MessageId { terminal: held.terminal, input_number: held.input_number };
    HeldCopy {
        id: id.to_string(),
        position: Position { shard: Shard(0), sequence: held.record }.to_string(),
        receiver: held.receiver.to_string(),
        service: held.service.to_string(),
        priority: if held.lane == Lane::URGENT { "urgent" } else { "normal" }.to_owned(),
        late: held.late,
    }
}
