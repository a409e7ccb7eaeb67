//! `/v1/messages`: sending, finding, and the proofs of what became of it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Json, Response};
use bytes::Bytes;
use document::Format;
use iso::Institution;
use session::ask::{Question, Reply};
use trust::{
    Cosigned, Digest, Hasher, Header, KeyGrant, LogTime, NetworkKeys, Receipt, ReceiptKind,
    RecordKind,
};

use super::inbox::is_handed_over;
use super::params::{self, ListParams, PostParams, ReceiptParams, ShowParams, bad};
use super::problem::Refusal;
use super::relationships::{done, recorded};
use super::{Api, body, present};
use crate::api::{Message, Messages, Recorded, Step};
use crate::check::{self, Findings, Wish};
use crate::store::{
    Item, MessageId, OpenedEntry, OutboxEntry, Place, Post, Posted, Query, Sent, View,
};

/// How many messages a page has unless the request says, and at most.
const PAGE: usize = 50;
const PAGE_MAX: usize = 500;
/// How many messages a page looks at for those that it shows.
const LOOK_MAX: usize = 5_000;
/// A message above this is checked away from the threads that serve connections.
const SMALL_BYTES: usize = 64 << 10;
/// The longest idempotency key.
const KEY_LENGTH_MAX: usize = 255;

/// `POST /v1/messages`: stores a message for sending, or only checks it.
pub(super) async fn post(
    State(api): State<Arc<Api>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    is_message(&headers)?;
    let params: PostParams = params::of(&uri)?;
    let wait = params.wait.as_deref().map(|text| params::wait(Some(text))).transpose()?;
    let mut wish = params.wish()?;
    if let Some(id) = &params.answers {
        answer_to(&api, id, &mut wish).await?;
    }
    if params.is_dry_run()? {
        let (payload, _room) = read(&api, &headers, body).await?;
        let (header, digest) = examine(&api, payload, wish).await?;
        return Ok(Json(present::checked(&header, &digest)).into_response());
    }
    let serving = Serving::begin(&api, key(&headers)?)?;
    let (payload, _room) = read(&api, &headers, body).await?;
    let (header, digest) = examine(&api, payload.clone(), wish).await?;
    let checked_at = header.created_at;
    let request = request_digest(&wish, &digest);
    let Ready { header, payload, digest, clear } = seal(&api, header, payload, digest).await?;
    let change = Post {
        key: serving.key.clone(),
        request,
        header,
        payload,
        digest,
        clear,
        checked_at,
        at: api.clock.now(),
    };
    let posted = api.store.make(change).await?;
    if let (Some(wait), Posted::Stored { input_number, .. } | Posted::Exists { input_number, .. }) =
        (wait, &posted)
    {
        return outcome(&api, *input_number, wait).await;
    }
    match posted {
        Posted::Stored { entry, .. } => answer(&entry, false),
        Posted::Exists { entry, .. } => answer(&entry, true),
        Posted::ExistsWithDifferentRequest { input_number } => {
            let id = MessageId { terminal: api.config.terminal, input_number }.to_string();
            Err(Refusal::KeyReused { id })
        }
    }
}

/// A message that is ready to be stored.
struct Ready {
    header: Header,
    payload: Bytes,
    digest: Digest,
    /// What is within, where the payload is sealed.
    clear: Option<OpenedEntry>,
}

/// Seals a message that was checked, if its service wants that.
async fn seal(
    api: &Arc<Api>,
    header: Header,
    payload: Bytes,
    digest: Digest,
) -> Result<Ready, Refusal> {
    let service = header.service;
    if !api.config.sealed_services.contains(&service) && !api.board.is_sealed(service) {
        return Ok(Ready { header, payload, digest, clear: None });
    }
    let to = sealing_key(api, header.receiver.institution()).await?;
    let sealing = Arc::clone(&api.sealing);
    let work = move || sealing.seal(header, &payload, &to);
    let sealed = tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::StoreFailed)?;
    let (header, envelope, clear) =
        sealed.map_err(|error| Refusal::NotSealed { reason: error.to_string() })?;
    let limit = api.board.message_bytes_max();
    if envelope.len() > limit {
        return Err(Refusal::TooLarge { limit });
    }
    let digest = Digest::of(&envelope);
    Ok(Ready { header, payload: envelope.into(), digest, clear: Some(clear) })
}

/// The key of a receiver: one that is known, or one for which the hub is asked.
async fn sealing_key(api: &Arc<Api>, receiver: Institution) -> Result<KeyGrant, Refusal> {
    let (sealing, now) = (&api.sealing, api.clock.now());
    if let Some(fresh) = sealing.fresh(receiver, now) {
        return Ok(fresh);
    }
    let found = match api.asker.ask(Question::EncryptionKeys { institution: receiver }).await {
        Ok(Reply::EncryptionKeys(notes)) => sealing.learn(receiver, &notes, now),
        Ok(_) | Err(_) => sealing.last(receiver, now),
    };
    found.ok_or(Refusal::NoSealingKey { receiver })
}

/// The first answer to a message, and the same again for each repeat of the request.
fn answer(entry: &OutboxEntry, replayed: bool) -> Result<Response, Refusal> {
    let header = Header::decode(&entry.header).map_err(|_| Refusal::StoreFailed)?;
    let stored = present::stored(&header, entry);
    let location = format!("/v1/messages/{}", MessageId::of(&header));
    let mut response = (StatusCode::ACCEPTED, Json(stored)).into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&location) {
        headers.insert(header::LOCATION, location);
    }
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Makes a message the response to a received request: it names its record, and has its service
/// unless another one is named.
async fn answer_to(api: &Api, id: &str, wish: &mut Wish) -> Result<(), Refusal> {
    let unknown = || Refusal::NoSuchMessage { id: id.to_owned() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    let request = api.store.ask(move |view| {
        let Some((lane, output_number)) = view.received_place(name)? else { return Ok(None) };
        view.received(lane, output_number)
    });
    let request = request.await?.ok_or_else(unknown)?;
    let header = Header::decode(&request.entry.header).map_err(|_| Refusal::StoreFailed)?;
    wish.answers = Some(request.entry.head.sequence);
    wish.service = wish.service.or(Some(header.service));
    Ok(())
}

/// Waits until it is known what became of a sent message, and answers with the message as it is
/// then: 200 where it is known, 202 where the time was too short.
async fn outcome(api: &Api, input_number: u64, wait: Duration) -> Result<Response, Refusal> {
    let sent = wait_for(api, input_number, wait).await?.ok_or(Refusal::StoreFailed)?;
    let status = if present::is_settled(&sent) { StatusCode::OK } else { StatusCode::ACCEPTED };
    let on_its_way = if sent.answer.is_none() { api.board.submission(input_number) } else { None };
    let covered = match api.has_quorum() {
        true => Some(api.store.ask(|view| view.covered()).await?),
        false => None,
    };
    let message = present::sent(&sent, on_its_way, covered.as_ref());
    let message = message.ok_or(Refusal::StoreFailed)?;
    let location = HeaderValue::from_str(&format!("/v1/messages/{}", message.id));
    let mut response = (status, Json(message)).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A sent message, once it is settled or the time is over.
async fn wait_for(api: &Api, input_number: u64, wait: Duration) -> Result<Option<Sent>, Refusal> {
    let mut progress = api.store.progress();
    let mut answers = api.board.answers();
    let mut stopping = api.stopping.clone();
    let deadline = tokio::time::sleep(wait);
    tokio::pin!(deadline);
    loop {
        // What is stored from here on wakes the wait below.
        progress.borrow_and_update();
        answers.borrow_and_update();
        let sent = api.store.ask(move |view| view.sent(input_number)).await?;
        if sent.as_ref().is_none_or(present::is_settled) {
            return Ok(sent);
        }
        tokio::select! {
            () = &mut deadline => return Ok(sent),
            _ = stopping.wait_for(|stopping| *stopping) => return Ok(sent),
            _ = answers.changed() => {}
            changed = progress.changed() => {
                if changed.is_err() {
                    return Err(Refusal::StoreFailed);
                }
            }
        }
    }
}

/// A key whose request is being served; no other request may use it meanwhile.
struct Serving<'a> {
    api: &'a Api,
    key: String,
}

impl<'a> Serving<'a> {
    fn begin(api: &'a Api, key: String) -> Result<Self, Refusal> {
        let mut in_flight = api.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if in_flight.insert(key.clone()) {
            Ok(Self { api, key })
        } else {
            Err(Refusal::KeyInFlight)
        }
    }
}

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        let mut in_flight = self.api.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        in_flight.remove(&self.key);
    }
}

/// Room for a body, given back when it is done with.
type Room = tokio::sync::OwnedSemaphorePermit;

async fn read(api: &Api, headers: &HeaderMap, body: Body) -> Result<(Bytes, Room), Refusal> {
    let limit = api.config.message_bytes_max.min(api.board.message_bytes_max());
    let length = body::declared(headers);
    let kib = length.unwrap_or(limit).min(limit) / 1_024 + 1;
    let kib = u32::try_from(kib).map_err(|_| Refusal::TooLarge { limit })?;
    let room = Arc::clone(&api.room).acquire_many_owned(kib).await;
    let room = room.map_err(|_| Refusal::StoreFailed)?;
    Ok((body::read(body, length, limit).await?, room))
}

/// Checks a message; gives its header and the digest of its bytes.
async fn examine(api: &Arc<Api>, payload: Bytes, wish: Wish) -> Result<(Header, Digest), Refusal> {
    let large = payload.len() > SMALL_BYTES;
    let shared = Arc::clone(api);
    let work = move || -> Result<(Header, Digest), Findings> {
        let now = shared.clock.now();
        let Api { checkers, config, board, .. } = &*shared;
        let service = wish.service.unwrap_or(config.service);
        let profile = board.profile(service).unwrap_or(config.profile);
        let header = checkers
            .with_profile(profile, |checker| check::check(config, checker, &payload, &wish, now))?;
        Ok((header, Digest::of(&payload)))
    };
    let checked = if large {
        tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::StoreFailed)?
    } else {
        work()
    };
    checked.map_err(Refusal::Invalid)
}

/// What two requests must have in common to be the same request.
pub(crate) fn request_digest(wish: &Wish, payload: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(b"nuncio request 1\n");
    hasher.update(wish.service.as_ref().map_or(&[0; 32], |service| service.padded()));
    hasher.update(&[wish.priority.code(), wish.monitoring.code()]);
    hasher.update(payload.as_bytes());
    if let Some(record) = wish.answers {
        hasher.update(&record.to_be_bytes());
    }
    hasher.finish()
}

fn is_message(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = headers
        .get(header::CONTENT_TYPE)
        .map_or("nothing", |value| value.to_str().unwrap_or("something that is no text"));
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    // ISO 20022 is XML; FIN is plain text.
    let known = ["application/xml", "text/xml", "text/plain"];
    let charset = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let utf8 = charset
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, value)| value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"));
    if known.iter().any(|known| kind.trim().eq_ignore_ascii_case(known)) && utf8 {
        return Ok(());
    }
    Err(Refusal::NotXml { found: text.chars().take(100).collect() })
}

pub(super) fn key(headers: &HeaderMap) -> Result<String, Refusal> {
    let bad = |reason| Refusal::BadKey { reason };
    let mut keys = headers.get_all("idempotency-key").iter();
    let key = keys.next().ok_or_else(|| bad("expected the header Idempotency-Key"))?;
    if keys.next().is_some() {
        return Err(bad("expected one header Idempotency-Key, but found more"));
    }
    let text = key.to_str().unwrap_or_default();
    let good =
        (1..=KEY_LENGTH_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if good {
        Ok(text.to_owned())
    } else {
        Err(bad("expected an Idempotency-Key of 1 to 255 visible ASCII characters"))
    }
}

/// `GET /v1/messages`: a page of messages, newest first.
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Messages>, Refusal> {
    let params: ListParams = params::of(&uri)?;
    let uetr = params.uetr.as_deref().map(str::parse::<iso::Uetr>).transpose();
    let uetr =
        uetr.map_err(|error| Refusal::BadQuery { field: "uetr", reason: error.to_string() })?;
    let before = params::cursor(params.cursor.as_deref())?;
    let query = Query { uetr, reference: params.reference.clone(), before };
    let limit = params::limit(params.limit.as_deref(), PAGE, PAGE_MAX)?;
    let states = [
        "stored",
        "submitted",
        "accepted",
        "refused",
        "delivered",
        "withdrawn",
        "declined",
        "answered",
        "ended",
        "received",
        "taken",
    ];
    let state = one_of("state", params.state, &states)?;
    let direction = one_of("direction", params.direction, &["sent", "received"])?;
    let (board, quorum) = (Arc::clone(&api.board), api.has_quorum());
    let page = api.store.ask(move |view| {
        let covered = quorum.then(|| view.covered()).transpose()?;
        let shown =
            |item: &Item| present::message(item, on_its_way(&board, item), covered.as_ref());
        let keep = |item: &Item| {
            shown(item).is_some_and(|message| {
                state.as_ref().is_none_or(|state| message.state.to_string() == *state)
                    && direction.as_ref().is_none_or(|way| message.direction.to_string() == *way)
            })
        };
        let (items, next) = view.page(&query, limit, LOOK_MAX, keep)?;
        let messages: Vec<Message> = items.iter().filter_map(shown).collect();
        Ok(Messages { messages, cursor: next.map(|next| next.to_string()) })
    });
    Ok(Json(page.await?))
}

fn one_of(
    field: &'static str,
    given: Option<String>,
    known: &[&str],
) -> Result<Option<String>, Refusal> {
    match given {
        Some(word) if !known.contains(&word.as_str()) => Err(bad(field, &known.join(", "), &word)),
        given => Ok(given),
    }
}

fn on_its_way(board: &crate::link::Board, item: &Item) -> Option<crate::store::Submission> {
    match item {
        Item::Sent(sent) if sent.answer.is_none() => board.submission(sent.input_number),
        Item::Sent(_) | Item::Received(_) => None,
    }
}

/// `GET /v1/messages/{id}`: a message with its timeline; a sent one, if the request wants to wait,
/// once it is known what became of it.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<Message>, Refusal> {
    let params: ShowParams = params::of(&uri)?;
    let wait = params::wait(params.wait.as_deref())?;
    let mut item = find(&api, &id).await?;
    if let Item::Sent(sent) = &mut item
        && !wait.is_zero()
        && let Some(later) = wait_for(&api, sent.input_number, wait).await?
    {
        **sent = later;
    }
    let is_sent = matches!(item, Item::Sent(_));
    let on_its_way = on_its_way(&api.board, &item);
    let quorum = api.has_quorum();
    let known = api.store.ask(move |view| {
        let covered = quorum.then(|| view.covered()).transpose()?;
        let receipt = match &item {
            _ if covered.is_none() => None,
            // That of a delivery may have come since the message was read.
            Item::Sent(sent) if sent.delivery.is_none() => {
                first_of(view, &LATEST[1..], sent.input_number)?
            }
            Item::Sent(sent) => first_of(view, &LATEST, sent.input_number)?,
            Item::Received(received) => {
                view.inbox_receipt(received.lane, received.output_number)?
            }
        };
        Ok((present::message(&item, on_its_way, covered.as_ref()), receipt))
    });
    let (message, receipt) = known.await?;
    let mut message = message.ok_or(Refusal::StoreFailed)?;
    let at = receipt.and_then(|receipt| witnessed_at(&receipt, &api.network));
    if let Some(at) = at.filter(|_| message.witnessed == Some(true)) {
        let last = message.timeline.len();
        let received = message.timeline.iter().position(|it| it.step == Step::Received);
        // A received message is taken only afterwards.
        let place = received.filter(|_| !is_sent).map_or(last, |place| place + 1);
        message.timeline.insert(place, present::witnessed(at));
    }
    Ok(Json(message))
}

/// By when a quorum of witnesses had seen the last record of a receipt, by their clocks.
fn witnessed_at(receipt: &[u8], keys: &NetworkKeys) -> Option<LogTime> {
    let receipt = Receipt::decode(receipt).ok()?;
    let last = receipt.records().into_iter().last()?;
    Cosigned::open(&last.checkpoint, keys).ok()?.witnessed_by(keys)
}

/// The receipts of a sent message, the one of its last state first.
const LATEST: [ReceiptKind; 3] =
    [ReceiptKind::Delivery, ReceiptKind::Acceptance, ReceiptKind::Refusal];

/// `GET /v1/messages/{id}/raw`: the exact bytes, of a sealed message those within.
pub(super) async fn raw(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let place = place_of(&api, &id).await?;
    bytes_of(&api, place, id).await
}

/// `GET /v1/messages/{id}/disclosure`: what shows to others what a sealed message says.
pub(super) async fn disclosure(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let place = place_of(&api, &id).await?;
    let disclosure = api.store.ask(move |view| view.disclosure(place)).await?;
    let disclosure = disclosure.ok_or(Refusal::NoReceipt { id, later: false })?;
    let kind = "application/vnd.nuncio.disclosure";
    Ok(([(header::CONTENT_TYPE, kind)], disclosure).into_response())
}

/// Where a message stands whose bytes back offices may have.
async fn place_of(api: &Api, id: &str) -> Result<Place, Refusal> {
    Ok(match find(api, id).await? {
        Item::Sent(sent) => Place::Sent { input_number: sent.input_number },
        Item::Received(received) => {
            is_handed_over(api, id).await?;
            Place::Received { lane: received.lane, output_number: received.output_number }
        }
    })
}

/// The response with the exact bytes of a message.
pub(super) async fn bytes_of(api: &Api, place: Place, id: String) -> Result<Response, Refusal> {
    let payload = api.store.ask(move |view| view.text(place)).await?;
    // Only a copy of the header is here without its bytes.
    let payload = payload.ok_or(Refusal::HeaderOnly { id })?;
    let kind = match Format::of(&payload) {
        // One that did not open.
        _ if trust::sealed_to(&payload).is_ok() => "application/octet-stream",
        Format::Mx => "application/xml",
        Format::Fin | Format::File => "text/plain",
    };
    Ok(([(header::CONTENT_TYPE, kind)], payload).into_response())
}

/// `GET /v1/messages/{id}/receipt`: the latest proof of what became of a message, or the one asked
/// for.
pub(super) async fn receipt(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let params: ReceiptParams = params::of(&uri)?;
    let kinds: &[ReceiptKind] = match params.kind.as_deref() {
        None => &LATEST,
        Some("acceptance") => &[ReceiptKind::Acceptance],
        Some("refusal") => &[ReceiptKind::Refusal],
        Some("delivery") => &[ReceiptKind::Delivery],
        Some("non-delivery") => &[ReceiptKind::NonDelivery],
        Some(other) => {
            return Err(bad("kind", "acceptance, refusal, delivery or non-delivery", other));
        }
    };
    let item = find(&api, &id).await?;
    let later = matches!(&item, Item::Sent(sent) if sent.delivery.is_none());
    let receipt = api
        .store
        .ask(move |view| match item {
            Item::Sent(sent) => first_of(view, kinds, sent.input_number),
            Item::Received(received) if kinds.contains(&ReceiptKind::Acceptance) => {
                view.inbox_receipt(received.lane, received.output_number)
            }
            Item::Received(_) => Ok(None),
        })
        .await?;
    show_receipt(&receipt.ok_or(Refusal::NoReceipt { id, later })?, &headers)
}

/// `POST /v1/messages/{id}/non-delivery`: has the network state that a message was not taken over yet.
/// The statement comes with proof in the system lane; the receipt of non-delivery holds it then.
pub(super) async fn state_outstanding(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Json<Recorded>, Refusal> {
    let no_receipt = |later| Refusal::NoReceipt { id: id.clone(), later };
    let Item::Sent(sent) = find(&api, &id).await? else { return Err(no_receipt(false)) };
    let answer = sent.answer.ok_or_else(|| no_receipt(true))?;
    let header = Header::decode(&sent.entry.header).map_err(|_| Refusal::StoreFailed)?;
    if answer.head.kind != RecordKind::ACCEPTED {
        return Err(no_receipt(false));
    }
    let receiver = header.receiver.institution();
    let question = Question::StateOutstanding { receiver, record: answer.head.sequence };
    let reply = done(api.asker.ask(question).await?)?;
    recorded(&reply).map(Json)
}

fn first_of(
    view: &View,
    kinds: &[ReceiptKind],
    input_number: u64,
) -> Result<Option<Vec<u8>>, redb::Error> {
    for kind in kinds {
        if let Some(receipt) = view.sent_receipt(*kind, input_number)? {
            return Ok(Some(receipt));
        }
    }
    Ok(None)
}

/// A message by its id: one that this terminal sent, or one that it received.
async fn find(api: &Api, id: &str) -> Result<Item, Refusal> {
    let unknown = || Refusal::NoSuchMessage { id: id.to_owned() };
    let name: MessageId = id.parse().map_err(|()| unknown())?;
    let own = name.terminal == api.config.terminal;
    let item = api.store.ask(move |view| {
        if own && let Some(sent) = view.sent(name.input_number)? {
            return Ok(Some(Item::Sent(Box::new(sent))));
        }
        let Some((lane, output_number)) = view.received_place(name)? else { return Ok(None) };
        Ok(view.received(lane, output_number)?.map(|found| Item::Received(Box::new(found))))
    });
    item.await?.ok_or_else(unknown)
}

/// A receipt in the form that the client prefers: binary, or JSON where it asks for that.
pub(super) fn show_receipt(receipt: &[u8], headers: &HeaderMap) -> Result<Response, Refusal> {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        let json = Receipt::decode(receipt).map_err(|_| Refusal::StoreFailed)?.to_json();
        return Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response());
    }
    let kind = "application/vnd.nuncio.receipt";
    Ok(([(header::CONTENT_TYPE, kind)], receipt.to_vec()).into_response())
}
