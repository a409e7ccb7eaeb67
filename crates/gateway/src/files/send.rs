//! Brings the files of orders to the hub, and then announces them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ::files::CHUNK_BYTES;
use bytes::Bytes;
use document::{Checker, Rules};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use trust::{Digest, FileName, Header};
use wire::latest::{Begin, Held, Piece, UploadFrame, upload_frame};
use wire::limits::PIECE_BYTES_MAX;

use super::order::{Order, OrderState};
use super::{AT_ONCE, Carrier, STILL_MAX, Stop, WAIT_MIN, longer, sha256};
use crate::check;
use crate::link;
use crate::rest::request_digest;
use crate::store::{MessageId, Post, Posted};

/// How many frames may wait for the connection.
const OUTGOING_MAX: usize = 4;
/// How long to wait when orders cannot be read.
const PAUSE: Duration = Duration::from_secs(5);

/// Sends what is ordered, for ever.
pub(super) async fn run(carrier: &Carrier) {
    let mut orders = carrier.shelf.orders.subscribe();
    // A file that is ordered twice is sent once; the second order finds it at the hub.
    let mut going: BTreeSet<Digest> = BTreeSet::new();
    let mut tasks: JoinSet<Digest> = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        orders.borrow_and_update();
        let shelf = carrier.shelf.clone();
        let found = tokio::task::spawn_blocking(move || shelf.orders()).await;
        let open = match found {
            Ok(Ok(found)) => found.into_iter().filter(|order| !order.is_over()).collect(),
            Ok(Err(reason)) => {
                tracing::error!(reason, "orders of files cannot be read");
                tokio::time::sleep(PAUSE).await;
                Vec::new()
            }
            Err(_panic) => return,
        };
        for order in open {
            let digest = order.file().digest;
            if going.insert(digest) {
                let (carrier, places) = (carrier.clone(), Arc::clone(&places));
                tasks.spawn(async move {
                    carry(&carrier, order, &places).await;
                    digest
                });
            }
        }
        tokio::select! {
            changed = orders.changed() => if changed.is_err() { return },
            Some(done) = tasks.join_next() => match done {
                Ok(digest) => {
                    going.remove(&digest);
                }
                Err(error) => tracing::error!(%error, "a file was not sent"),
            },
        }
    }
}

/// Carries out one order, however long that takes.
async fn carry(carrier: &Carrier, mut order: Order, places: &Semaphore) {
    let (file, id) = (order.file(), order.id.clone());
    let owner = carrier.desk.config.terminal.institution();
    let mut wait = WAIT_MIN;
    loop {
        let before = carrier.shelf.progress(owner, &file.digest);
        // Only while something goes: who waits for the next attempt keeps nobody else waiting.
        let Ok(place) = places.acquire().await else { return };
        let sent = upload(carrier, &order, file).await;
        drop(place);
        let stop = match sent {
            Ok(()) => match announce(carrier, &order).await {
                Ok(message) => {
                    tracing::info!(order = %id, message, digest = %file.digest, "file announced");
                    order.state = OrderState::Announced { message };
                    break;
                }
                Err(stop) => stop,
            },
            Err(stop) => stop,
        };
        match stop {
            Stop::Never { code, text } => {
                tracing::error!(order = %id, code, text, "file not sent");
                order.state = OrderState::Failed { code, text };
                break;
            }
            Stop::Again(reason) => {
                tracing::info!(order = %id, reason, "file not sent yet; trying again");
                let went_on = carrier.shelf.progress(owner, &file.digest) > before;
                wait = if went_on { WAIT_MIN } else { longer(wait) };
                tokio::time::sleep(wait).await;
            }
        }
    }
    carrier.shelf.forget_progress(owner, &file.digest);
    let shelf = carrier.shelf.clone();
    let kept = tokio::task::spawn_blocking(move || shelf.keep_order(&order)).await;
    if let Ok(Err(reason)) = kept {
        // It is carried out once more then, and nothing happens twice.
        tracing::error!(order = %id, reason, "cannot note that the file was sent");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Brings a file to the hub, from where the hub has it.
async fn upload(carrier: &Carrier, order: &Order, file: FileName) -> Result<(), Stop> {
    let config = &carrier.desk.config;
    let mut client = link::connect_for_files(&carrier.tls, &config.hub, config.hub_host())
        .await
        .map_err(Stop::again)?;
    let (out, frames) = mpsc::channel(OUTGOING_MAX);
    let begin =
        Begin { service: order.service().to_owned(), sha256: sha256(&file), bytes: file.bytes };
    let begin = UploadFrame { body: Some(upload_frame::Body::Begin(begin)) };
    out.try_send(begin).map_err(Stop::again)?;
    let held = client.upload(ReceiverStream::new(frames)).await;
    let mut held = held.map_err(|status| Stop::of(&status))?.into_inner();
    let first = next(&mut held).await?;
    if first.whole {
        return Ok(());
    }
    let owner = config.terminal.institution();
    carrier.shelf.report(owner, &file.digest, first.through);
    let sending = send(carrier, file, first.through, out);
    let hearing = async {
        loop {
            let Held { through, whole } = next(&mut held).await?;
            carrier.shelf.report(owner, &file.digest, through);
            if whole {
                return Ok(());
            }
        }
    };
    // What the hub says counts: it ends the call when it does not take a piece.
    let mut sending = std::pin::pin!(sending);
    let mut hearing = std::pin::pin!(hearing);
    tokio::select! {
        heard = &mut hearing => return heard,
        sent = &mut sending => sent?,
    }
    hearing.await
}

/// Sends the pieces of a file from a place on.
async fn send(
    carrier: &Carrier,
    file: FileName,
    mut offset: u64,
    out: mpsc::Sender<UploadFrame>,
) -> Result<(), Stop> {
    let owner = carrier.desk.config.terminal.institution();
    let chunk_bytes = CHUNK_BYTES as u64;
    while offset < file.bytes {
        let (files, index) = (carrier.shelf.files().clone(), offset / chunk_bytes);
        let chunk = tokio::task::spawn_blocking(move || files.chunk(owner, &file, index)).await;
        let chunk = match chunk {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error @ ::files::Error::Damaged { .. })) => {
                return Err(Stop::Never { code: error.code().to_owned(), text: error.to_string() });
            }
            Ok(Err(error)) => return Err(Stop::again(error)),
            Err(_panic) => return Err(Stop::again("the transfer has failed")),
        };
        let mut rest = Bytes::from(chunk);
        let before = usize::try_from(offset % chunk_bytes).unwrap_or(usize::MAX);
        let _passed = rest.split_to(before.min(rest.len()));
        while !rest.is_empty() {
            let data = rest.split_to(rest.len().min(PIECE_BYTES_MAX));
            let (crc32c, length) = (crc32c::crc32c(&data), data.len() as u64);
            let piece = upload_frame::Body::Piece(Piece { offset, data, crc32c });
            if out.send(UploadFrame { body: Some(piece) }).await.is_err() {
                // The hub has ended the call, and says why on the other side.
                std::future::pending::<()>().await;
            }
            offset += length;
        }
    }
    // The last word is the hub's: the stream stays open until it has said it.
    out.closed().await;
    Ok(())
}

async fn next(held: &mut Streaming<Held>) -> Result<Held, Stop> {
    let message = tokio::time::timeout(STILL_MAX * 2, held.message()).await;
    let message = message.map_err(|_elapsed| Stop::again("the hub says nothing"))?;
    let message = message.map_err(|status| Stop::of(&status))?;
    message.ok_or_else(|| Stop::again("the hub ended the call"))
}

/// Puts the announcement into the outbox; gives the name of its message.
///
/// The order is the key, so it is put there once, however often this is done.
async fn announce(carrier: &Carrier, order: &Order) -> Result<String, Stop> {
    let desk = &carrier.desk;
    let (config, wish) = (&desk.config, order.wish());
    let now = desk.clock.now();
    let payload = Bytes::copy_from_slice(order.payload().as_bytes());
    let digest = Digest::of(&payload);
    let header =
        header_of(config, order).map_err(|text| Stop::Never { code: "GTW009".to_owned(), text })?;
    let post = Post {
        // Keys of back offices have no spaces.
        key: format!("order {}", order.id),
        request: request_digest(&wish, &digest),
        header: Header { created_at: now, ..header },
        payload,
        digest,
        clear: None,
        checked_at: now,
        at: now,
    };
    let posted = carrier.store.make(post).await.map_err(Stop::again)?;
    let (Posted::Stored { input_number, .. }
    | Posted::Exists { input_number, .. }
    | Posted::ExistsWithDifferentRequest { input_number }) = posted;
    Ok(MessageId { terminal: config.terminal, input_number }.to_string())
}

/// The header of an announcement, if it may be sent.
pub(crate) fn header_of(config: &crate::config::Config, order: &Order) -> Result<Header, String> {
    let mut checker = Checker::new(Rules::built_in(config.profile));
    let at = order.made_at();
    check::check(config, &mut checker, order.payload().as_bytes(), &order.wish(), at).map_err(
        |findings| {
            let texts = findings.list.iter().map(|it| format!("{} {}", it.code, it.message));
            texts.collect::<Vec<_>>().join("; ")
        },
    )
}
