//! `/v1/archive`: messages that the institution sent or received, as the network keeps them.
//!
//! They are asked of the hub while the request waits, and believed only with the proof that their
//! records stand in the network's log. A message that this gateway still has is found faster under
//! `/v1/messages`.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse as _, Json, Response};
use document::Format;
use session::ask::{By, Filed, Question, Reply, Retrieval, Retrieved};
use session::gateway::{Tiding, tiding_of, words};
use trust::{Accepted, Header, Lane, LogTime, RecordKind, Refused};

use super::params::{self, ArchiveParams, bad};
use super::problem::Refusal;
use super::relationships::{done, read};
use super::{Api, present};
use crate::api::{Archive, Archived, Facts, State as MessageState, Step};
use crate::store::MessageId;

/// How many messages an answer has unless the request says, and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 256;

/// `GET /v1/archive`: messages by id, reference, transaction, or a range of numbers.
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Archive>, Refusal> {
    let params: ArchiveParams = params::of(&uri)?;
    let retrieval = retrieval(&params)?;
    let (found, more) = retrieve(&api, retrieval).await?;
    let last = found.last().map(|it| it.record.head.sequence);
    let cursor = last.filter(|_| more).map(|last| last.to_string());
    Ok(Json(Archive { messages: found.iter().map(archived).collect(), cursor }))
}

/// `GET /v1/archive/{id}/raw`: the exact bytes of a message.
pub(super) async fn raw(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let by = of_id(&id)?;
    let retrieval = Retrieval { by, from: LogTime(0), until: None, after: 0, limit: 1 };
    let (found, _more) = retrieve(&api, retrieval).await?;
    // Of a refused one the network keeps no text.
    let found = found.into_iter().find(|it| it.record.head.kind == RecordKind::ACCEPTED);
    let payload = found.ok_or(Refusal::NoSuchMessage { id })?.payload;
    let kind = match Format::of(&payload) {
        Format::Mx => "application/xml",
        Format::Fin | Format::File => "text/plain",
    };
    Ok(([(header::CONTENT_TYPE, kind)], payload).into_response())
}

async fn retrieve(api: &Api, retrieval: Retrieval) -> Result<(Vec<Retrieved>, bool), Refusal> {
    let reply = done(api.asker.ask(Question::Retrieve(retrieval)).await?)?;
    let Reply::Retrieved { messages, more } = reply else { return Err(Refusal::Unanswered) };
    Ok((messages, more))
}

fn of_id(id: &str) -> Result<By, Refusal> {
    let name: MessageId = id.parse().map_err(|()| bad("id", "an id such as ALPHDEFFA-42", id))?;
    let MessageId { terminal, input_number } = name;
    Ok(By::Sent { terminal, first: input_number, last: input_number })
}

fn retrieval(params: &ArchiveParams) -> Result<Retrieval, Refusal> {
    let number = |field, text: &Option<String>, otherwise| match text.as_deref() {
        None => Ok(otherwise),
        Some(text) => text.parse::<u64>().map_err(|_| bad(field, "a number", text)),
    };
    let (first, last) =
        (number("first", &params.first, 1)?, number("last", &params.last, u64::MAX)?);
    let ArchiveParams { id, reference, uetr, sent_by, lane, .. } = params;
    let by = match (id, reference, uetr, sent_by, lane) {
        (Some(id), None, None, None, None) => of_id(id)?,
        (None, Some(reference), None, None, None) => By::Reference(read("reference", reference)?),
        (None, None, Some(uetr), None, None) => By::Uetr(read("uetr", uetr)?),
        (None, None, None, Some(terminal), None) => {
            By::Sent { terminal: read("sent_by", terminal)?, first, last }
        }
        (None, None, None, None, Some(lane)) => {
            let known = lane.parse().ok().filter(|known| *known != Lane::SYSTEM);
            let expected = "urgent, normal, real-time or the number of an own lane";
            let lane = known.ok_or_else(|| bad("lane", expected, lane))?;
            By::Received { lane, first, last }
        }
        _ => return Err(bad("query", "one of id, reference, uetr, sent_by and lane", "another")),
    };
    let time = |field, text: &Option<String>| {
        text.as_deref().map(|text| read::<LogTime>(field, text)).transpose()
    };
    Ok(Retrieval {
        by,
        from: time("from", &params.from)?.unwrap_or(LogTime(0)),
        until: time("until", &params.until)?,
        after: params::cursor(params.cursor.as_deref())?.unwrap_or(0),
        limit: params::limit(params.limit.as_deref(), PAGE, PAGE_MAX)?,
    })
}

fn archived(found: &Retrieved) -> Archived {
    let Filed { head, meta, payload } = &found.record;
    let refused = Refused::decode(meta).ok().filter(|_| head.kind == RecordKind::REFUSED);
    let header = match &refused {
        Some(refused) => refused.header.clone(),
        None => Accepted::decode(meta).ok().map(|it| it.header),
    };
    let header = header.and_then(|header| Header::decode(&header).ok());
    let name = header.as_ref().map(MessageId::of).or_else(|| {
        refused
            .as_ref()
            .map(|it| MessageId { terminal: it.terminal, input_number: it.input_number })
    });
    let text = |of: &dyn Fn(&Header) -> String| header.as_ref().map(of).unwrap_or_default();
    let mut reasons: Vec<_> =
        refused.iter().flat_map(|it| it.reasons.iter()).map(present::reason).collect();
    let declined = found.history.iter().filter_map(|it| words(&it.head, &it.meta).reason);
    reasons.extend(declined.map(|reason| present::reason(&reason)));
    let steps = found.history.iter().filter_map(|it| Some((step(it, head.sequence)?, it)));
    let steps: Vec<(Step, &Filed)> = steps.collect();
    // The number of a withdrawn message is taken over too, but not the message.
    let gone = steps.iter().any(|(it, _)| matches!(it, Step::Withdrawn | Step::Aborted));
    let kept = steps.into_iter().filter(|(it, _)| !gone || *it != Step::Delivered);
    Archived {
        id: name.map(|name| name.to_string()).unwrap_or_default(),
        position: head.position().to_string(),
        at: head.at.to_string(),
        state: if refused.is_some() { MessageState::Refused } else { MessageState::Accepted },
        message_type: text(&|it| it.message_type.to_string()),
        service: text(&|it| it.service.to_string()),
        receiver: text(&|it| it.receiver.to_string()),
        reference: text(&|it| it.reference.to_string()),
        uetr: header.as_ref().and_then(|it| it.uetr).map(|uetr| uetr.to_string()),
        bytes: found.payload.len() as u64,
        sha256: payload.to_string(),
        lane: found.place.map(|(lane, _)| lane.0),
        output_number: found.place.map(|(_, number)| number),
        history: kept.map(|(step, record)| shown(step, record)).collect(),
        reasons,
    }
}

/// What a record says of a message.
fn step(record: &Filed, message: u64) -> Option<Step> {
    Some(match record.head.kind {
        RecordKind::ACKNOWLEDGED => Step::Delivered,
        RecordKind::DECLINED => Step::Declined,
        RecordKind::ACCEPTED => Step::Answered,
        kind => match tiding_of(kind, &record.meta, message)? {
            Tiding::Undelivered => Step::Undelivered,
            Tiding::Withdrawn => Step::Withdrawn,
            Tiding::Overdue => Step::Overdue,
            Tiding::Aborted => Step::Aborted,
            Tiding::TimedOut => Step::TimedOut,
            Tiding::ReceiverGone => Step::ReceiverGone,
            Tiding::Released => Step::Released,
            Tiding::Authorised => Step::Authorised,
            Tiding::Stopped => Step::Stopped,
            Tiding::Bypassed => Step::Bypassed,
            Tiding::PermissionRequested
            | Tiding::Permitted
            | Tiding::Revoked
            | Tiding::PermissionDenied
            | Tiding::Declined
            | Tiding::RequestsEnded
            | Tiding::Undecided
            | Tiding::Broadcast => return None,
        },
    })
}

fn shown(step: Step, record: &Filed) -> crate::api::Event {
    let by = trust::Acknowledged::decode(&record.meta).ok().map(|it| it.by);
    let by = by.filter(|_| step == Step::Delivered);
    let by = by.or_else(|| words(&record.head, &record.meta).by);
    let facts = Facts {
        position: Some(record.head.position().to_string()),
        by: by.map(|by| by.to_string()),
        ..Facts::default()
    };
    crate::api::Event { step, at: record.head.at.to_string(), facts }
}
