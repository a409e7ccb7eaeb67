//! The calls of gateways: one task for each file that comes or goes.
//!
//! It decides nothing. It waits for its gateway and for the disk, and for no other transfer.

use std::sync::Arc;
use std::time::Duration;

use ::files::{CHUNK_BYTES, Error, Incoming};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use trust::{Digest, FileName};
use wire::latest::files_server::Files;
use wire::latest::{Begin, Fetch, Held, Piece, UploadFrame, upload_frame};
use wire::limits::PIECE_BYTES_MAX;

use super::Ledger;
use super::ledger::Placed;
use crate::clock;
use crate::serve::{Hub, stopped};
use crate::tls::Peer;

/// How long a gateway may stand still.
const STILL_MAX: Duration = Duration::from_secs(60);
/// How many frames may wait for a gateway to read them.
const OUTGOING_MAX: usize = 2;

/// The service that gateways call.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    hub: Hub,
    ledger: Arc<Ledger>,
}

/// What a gateway fetches.
struct Wanted {
    owner: iso::Institution,
    file: FileName,
    offset: u64,
}

type Out<T> = mpsc::Sender<Result<T, Status>>;

impl Service {
    pub(super) fn new(hub: Hub, ledger: Arc<Ledger>) -> Self {
        Self { hub, ledger }
    }

    fn place(&self, peer: &Peer) -> Result<Placed, Status> {
        let institution = peer.terminal.institution();
        let busy = || {
            let text = format!("FIL007: as many files of {institution} come and go as may at once");
            Status::resource_exhausted(text)
        };
        self.ledger.place(institution).ok_or_else(busy)
    }

    /// Takes a file, from its first frame to its last.
    async fn upload(
        &self,
        peer: Peer,
        frames: &mut Streaming<UploadFrame>,
        out: &Out<Held>,
    ) -> Result<(), Status> {
        let owner = peer.terminal.institution();
        let _place = self.place(&peer)?;
        let Some(upload_frame::Body::Begin(begin)) = next(frames).await? else {
            return Err(malformed("a Begin as the first frame"));
        };
        let file = self.begin(&peer, &begin)?;
        let is_kept = |digest: &Digest| {
            self.hub.shared.with_network(|it| it.is_file_kept(clock::now(), owner, digest))
        };
        let expected = self.ledger.expect(owner, &file, is_kept);
        if expected.map_err(|error| Status::failed_precondition(error.to_string()))? {
            return say(out, Held { through: file.bytes, whole: true }).await;
        }
        let store = self.ledger.store().clone();
        let mut incoming = wait_for_disk(move || store.receive(owner, file)).await?;
        tracing::info!(terminal = %peer.terminal, digest = %file.digest, bytes = file.bytes,
            from = incoming.durable(), "file comes");
        say(out, Held { through: incoming.durable(), whole: false }).await?;
        while incoming.length() < file.bytes {
            let Some(upload_frame::Body::Piece(piece)) = next(frames).await? else {
                return Err(malformed("a Piece"));
            };
            check(&piece, &incoming)?;
            let taken;
            (incoming, taken) = wait_for_disk(move || {
                let taken = incoming.take(&piece.data)?;
                Ok((incoming, taken))
            })
            .await?;
            if taken {
                self.ledger.came(owner, &file, false);
                say(out, Held { through: incoming.durable(), whole: false }).await?;
            }
        }
        let finished = wait_for_disk(move || Ok(incoming.finish())).await?;
        match finished {
            Ok(()) => self.ledger.came(owner, &file, true),
            Err(error @ Error::OtherDigest { .. }) => {
                self.ledger.gone(owner, &file.digest);
                return Err(status(&error));
            }
            Err(error) => return Err(status(&error)),
        }
        tracing::info!(terminal = %peer.terminal, digest = %file.digest, "file is whole");
        say(out, Held { through: file.bytes, whole: true }).await
    }

    /// The file that a gateway brings, if it may.
    fn begin(&self, peer: &Peer, begin: &Begin) -> Result<FileName, Status> {
        let service = begin.service.parse().map_err(|_| malformed("the name of a service"))?;
        let file = name(&begin.sha256, begin.bytes)?;
        let (now, terminal) = (clock::now(), peer.terminal);
        let refusals =
            self.hub.shared.with_network(|it| it.refuse_upload(now, terminal, service, &file));
        match refusals.first() {
            None => Ok(file),
            Some(refusal) => {
                let text = format!("{}: {refusal}", refusal.code());
                Err(Status::failed_precondition(text))
            }
        }
    }

    /// What a gateway may fetch. That it is not there and that it is for others is one answer.
    fn fetch(&self, peer: &Peer, fetch: &Fetch) -> Result<Wanted, Status> {
        let owner = fetch.sender.parse().map_err(|_| malformed("the BIC of a sender"))?;
        let file = name(&fetch.sha256, fetch.bytes)?;
        let us = peer.terminal.institution();
        let shared = &self.hub.shared;
        // The machine may be ahead of the disk: what is told stands in a durable record.
        let durable = shared.committed().size;
        let view = shared.with_network(|it| it.file_for(clock::now(), us, owner, &file.digest));
        let view = view.filter(|it| it.announced_in < durable && it.file == file);
        if view.is_none() || fetch.offset > file.bytes {
            let text = format!("FIL008: no file {} of {owner} is announced to {us}", file.digest);
            return Err(Status::not_found(text));
        }
        Ok(Wanted { owner, file, offset: fetch.offset })
    }

    /// Gives a file, chunk by chunk.
    async fn download(&self, wanted: Wanted, out: &Out<Piece>) -> Result<(), Status> {
        let Wanted { owner, file, mut offset } = wanted;
        let chunk_bytes = CHUNK_BYTES as u64;
        while offset < file.bytes {
            let (store, index) = (self.ledger.store().clone(), offset / chunk_bytes);
            let chunk = wait_for_disk(move || store.chunk(owner, &file, index)).await?;
            let mut rest = Bytes::from(chunk);
            let before = usize::try_from(offset % chunk_bytes).unwrap_or(usize::MAX);
            let _passed = rest.split_to(before.min(rest.len()));
            while !rest.is_empty() {
                let data = rest.split_to(rest.len().min(PIECE_BYTES_MAX));
                let (crc32c, length) = (crc32c::crc32c(&data), data.len() as u64);
                say(out, Piece { offset, data, crc32c }).await?;
                offset += length;
            }
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl Files for Service {
    type UploadStream = ReceiverStream<Result<Held, Status>>;
    type DownloadStream = ReceiverStream<Result<Piece, Status>>;

    async fn upload(
        &self,
        request: Request<Streaming<UploadFrame>>,
    ) -> Result<Response<Self::UploadStream>, Status> {
        let peer = peer(&request)?;
        let mut frames = request.into_inner();
        let (out, said) = mpsc::channel(OUTGOING_MAX);
        let service = self.clone();
        tokio::spawn(async move {
            let mut stopping = service.hub.stopping.clone();
            let ended = tokio::select! {
                () = stopped(&mut stopping) => Err(Status::unavailable("LNK001: the hub stops")),
                ended = Self::upload(&service, peer, &mut frames, &out) => ended,
            };
            end(&out, ended, &peer).await;
        });
        Ok(Response::new(ReceiverStream::new(said)))
    }

    async fn download(
        &self,
        request: Request<Fetch>,
    ) -> Result<Response<Self::DownloadStream>, Status> {
        let peer = peer(&request)?;
        let place = self.place(&peer)?;
        let wanted = self.fetch(&peer, request.get_ref())?;
        tracing::info!(terminal = %peer.terminal, digest = %wanted.file.digest,
            from = wanted.offset, "file goes");
        let (out, pieces) = mpsc::channel(OUTGOING_MAX);
        let service = self.clone();
        tokio::spawn(async move {
            let _place = place;
            let mut stopping = service.hub.stopping.clone();
            let ended = tokio::select! {
                () = stopped(&mut stopping) => Err(Status::unavailable("LNK001: the hub stops")),
                ended = Self::download(&service, wanted, &out) => ended,
            };
            end(&out, ended, &peer).await;
        });
        Ok(Response::new(ReceiverStream::new(pieces)))
    }
}

fn peer<T>(request: &Request<T>) -> Result<Peer, Status> {
    let peer = request.extensions().get::<Peer>().copied();
    peer.ok_or_else(|| Status::unauthenticated("no certificate was shown"))
}

/// The last word of a call.
async fn end<T>(out: &Out<T>, ended: Result<(), Status>, peer: &Peer) {
    if let Err(status) = ended {
        tracing::info!(terminal = %peer.terminal, status = status.message(), "transfer ended");
        // A gateway that has gone, or that reads nothing, asks again.
        let _ = tokio::time::timeout(STILL_MAX, out.send(Err(status))).await;
    }
}

/// The next frame of a gateway; none where it ended its stream.
async fn next(frames: &mut Streaming<UploadFrame>) -> Result<Option<upload_frame::Body>, Status> {
    let frame = tokio::time::timeout(STILL_MAX, frames.message()).await;
    let still = |_elapsed| Status::deadline_exceeded("FIL013: nothing came for a minute");
    Ok(frame.map_err(still)??.and_then(|frame| frame.body))
}

async fn say<T>(out: &Out<T>, what: T) -> Result<(), Status> {
    let still = |_elapsed| Status::deadline_exceeded("FIL013: nothing was read for a minute");
    let sent = tokio::time::timeout(STILL_MAX, out.send(Ok(what))).await.map_err(still)?;
    sent.map_err(|_gone| Status::cancelled("the gateway has gone"))
}

/// Whether a piece is the next one and what it was when it was sent.
fn check(piece: &Piece, incoming: &Incoming) -> Result<(), Status> {
    let expected = incoming.length();
    if piece.data.is_empty() || piece.data.len() > PIECE_BYTES_MAX || piece.offset != expected {
        let (offset, bytes) = (piece.offset, piece.data.len());
        let text = format!(
            "FIL005: expected bytes from {expected} on, but found {bytes} from {offset} on"
        );
        return Err(Status::failed_precondition(text));
    }
    if crc32c::crc32c(&piece.data) != piece.crc32c {
        let text = format!("FIL003: the piece at {expected} is not what was sent");
        return Err(Status::data_loss(text));
    }
    Ok(())
}

fn name(sha256: &[u8], bytes: u64) -> Result<FileName, Status> {
    let digest = sha256.try_into().map(Digest).map_err(|_| malformed("32 bytes of SHA-256"))?;
    if bytes == 0 {
        return Err(malformed("a file of at least 1 byte"));
    }
    Ok(FileName { digest, bytes })
}

/// Does something that waits for the disk, away from the threads that serve links.
async fn wait_for_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Status> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_panic| Status::internal("the transfer has failed"))?
        .map_err(|error| status(&error))
}

fn status(error: &Error) -> Status {
    let text = format!("{}: {error}", error.code());
    match error {
        Error::OtherLength { .. } => Status::failed_precondition(text),
        Error::Overtaken { .. } => Status::aborted(text),
        Error::OtherDigest { .. } => Status::data_loss(text),
        Error::Damaged { .. } => {
            tracing::error!(code = error.code(), %error, "a file is damaged");
            Status::data_loss(text)
        }
        Error::Place { .. } => {
            tracing::error!(code = error.code(), %error, source = ?error, "files");
            Status::unavailable(text)
        }
    }
}

fn malformed(expected: &str) -> Status {
    Status::invalid_argument(format!("FIL014: expected {expected}"))
}
