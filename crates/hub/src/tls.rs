//! The hub's end of mutual TLS: who may connect, and which terminal a connection is.
//!
//! TLS 1.3 only, with the post-quantum key exchange X25519MLKEM768 preferred. A client shows a
//! certificate that the network's authority signed and that names a terminal. Handshakes have a
//! deadline and a limit on how many go on at once, and the oldest gives way to a new one: so that
//! half-open ones cost nobody else.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::keys::{TlsIdentity, Wanted};
use iso::Terminal;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;
use trust::NetworkName;
use trust::pki::Holder;
use wire::ahead::Ahead;
use wire::alive::keep_alive;

use crate::clock;
use crate::config::{Config, read_text};
use crate::error::{Error, Source};
use crate::work::ConnectionNumber;

/// How long a client may take for its handshake.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// How many handshakes may go on at once at most; others wait in the kernel's queue.
const HANDSHAKES_MAX: usize = 1024;
/// For how long a handshake keeps its place when others wait for one: an honest client needs two
/// round trips, and whoever needs more pays for it only while strangers crowd the door.
const HANDSHAKE_TIME_SURE: Duration = Duration::from_secs(2);

/// How often the hub looks whether its key of TLS is to be changed.
const LOOK_AT_KEYS: Duration = Duration::from_secs(5);

/// The hub's side of TLS.
pub(crate) struct Server {
    config: ServerConfig,
    /// The network's authority, which signs the certificates of terminals and nobody else's: TLS
    /// libraries do not hold an authority to that.
    authority: Arc<[CertificateDer<'static>]>,
    /// The hub's own end.
    pub(crate) identity: Arc<TlsIdentity>,
}

/// The server's side of TLS, from the files in the hub's folder.
pub(crate) fn server_config(config: &Config) -> Result<Server, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    let authority = certificates(&config.file("ca.pem"))?;
    for certificate in &authority {
        let added = roots.add(certificate.clone());
        added.map_err(|source| Error::Tls { source: Box::new(source) })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
        .build()
        .map_err(|source| Error::Tls { source: Box::new(source) })?;
    let identity = identity(config, &provider)?;
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|source| Error::Tls { source: Box::new(source) })?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::clone(&identity) as _);
    server.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Server { config: server, authority: authority.into(), identity })
}

/// The hub's own key and certificate.
fn identity(config: &Config, provider: &Arc<CryptoProvider>) -> Result<Arc<TlsIdentity>, Error> {
    let pair = config.tls_pair();
    let unusable = |source: Source| Error::Keys { path: pair.secret.clone(), source };
    pair.settle().map_err(|source| unusable(source.into()))?;
    let authority = read_text(&config.file("ca.pem"))?;
    let wanted = Wanted { network: config.network, holder: Holder::Hub, authority };
    let identity = TlsIdentity::load(pair.clone(), wanted, provider);
    identity.map(Arc::new).map_err(|source| unusable(source.into()))
}

/// Changes the hub's key of TLS when the next one is there, until the hub stops.
pub(crate) async fn follow(identity: Arc<TlsIdentity>, mut stopping: watch::Receiver<bool>) {
    loop {
        let identity = Arc::clone(&identity);
        // A key in a module is waited for.
        let _ = tokio::task::spawn_blocking(move || identity.look(clock::now())).await;
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(LOOK_AT_KEYS) => {}
        }
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let list: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match list {
        Ok(list) if !list.is_empty() => Ok(list),
        Ok(_) => Err(Error::NoCertificate { path: path.to_owned() }),
        Err(source) => Err(Error::Pem { path: path.to_owned(), source: Box::new(source) }),
    }
}

/// A connection whose certificate names a terminal of this network.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TlsStream<Ahead<TcpStream>>,
    peer: Peer,
}

/// What a call knows of the connection that it came by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    /// The terminal that the certificate names.
    pub(crate) terminal: Terminal,
    /// Which connection it is.
    pub(crate) connection: ConnectionNumber,
}

/// Accepts connections for as long as somebody takes them.
pub(crate) fn listen(
    listener: TcpListener,
    server: Server,
    network: NetworkName,
) -> mpsc::Receiver<Result<Socket, io::Error>> {
    let (sockets, taken) = mpsc::channel(64);
    let Server { config, authority, identity: _ } = server;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        let mut connection = ConnectionNumber(0);
        let mut door = Door::new();
        loop {
            let accepted = tokio::select! {
                () = sockets.closed() => return,
                accepted = listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _address)) => stream,
                Err(error) => {
                    // Out of file descriptors, say: the next attempt may find one.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let place = door.place().await;
            let (acceptor, sockets) = (acceptor.clone(), sockets.clone());
            let authority = Arc::clone(&authority);
            // Before the handshake: a peer says nothing before this end has answered it, so all that
            // it says on this connection comes before what it says on the next.
            connection.0 += 1;
            let leave = door.entered();
            tokio::spawn(async move {
                let met = tokio::select! {
                    met = shake_hands((&acceptor, &authority), stream, network) => met,
                    Ok(()) = leave => None,
                };
                if let Some((stream, terminal)) = met {
                    let socket = Socket { stream, peer: Peer { terminal, connection } };
                    // Nobody takes it when the hub is stopping.
                    let _ = sockets.send(Ok(socket)).await;
                }
                drop(place);
            });
        }
    });
    taken
}

/// The handshakes that go on.
struct Door {
    places: usize,
    free: Arc<Semaphore>,
    /// Oldest first; those that are over are taken out now and then.
    shaking: VecDeque<(Instant, oneshot::Sender<()>)>,
}

impl Door {
    fn new() -> Self {
        let places = handshakes_max();
        Self { places, free: Arc::new(Semaphore::new(places)), shaking: VecDeque::new() }
    }

    /// A place for one more handshake, if need be that of the oldest.
    async fn place(&mut self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
                return place;
            }
            self.shaking.retain(|(_, leave)| !leave.is_closed());
            let oldest = self.shaking.front().map(|(since, _)| *since + HANDSHAKE_TIME_SURE);
            tokio::select! {
                place = Arc::clone(&self.free).acquire_owned() => {
                    return place.expect("nobody closes it");
                }
                // Where all places are taken and no handshake goes on, links wait for the server.
                () = sleep_until(oldest.unwrap_or_else(Instant::now)), if oldest.is_some() => {
                    if let Some((_, leave)) = self.shaking.pop_front() {
                        tracing::debug!("a handshake gives way to a newer one");
                        // It may be over by now.
                        let _ = leave.send(());
                    }
                }
            }
        }
    }

    /// One more handshake goes on; the word to leave comes by what this gives.
    fn entered(&mut self) -> oneshot::Receiver<()> {
        if self.shaking.len() > 2 * self.places {
            self.shaking.retain(|(_, leave)| !leave.is_closed());
        }
        let (leave, told) = oneshot::channel();
        self.shaking.push_back((Instant::now(), leave));
        told
    }
}

/// How many handshakes may go on at once: most of the files that this process may have open are for
/// those who are in, and for the journal.
fn handshakes_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    // As many as the system allows without asking anybody; that it does not is no failure.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(files / 8).unwrap_or(usize::MAX).clamp(16, HANDSHAKES_MAX)
}

async fn shake_hands(
    (acceptor, authority): (&TlsAcceptor, &[CertificateDer<'static>]),
    stream: TcpStream,
    network: NetworkName,
) -> Option<(TlsStream<Ahead<TcpStream>>, Terminal)> {
    let address = stream.peer_addr().ok()?;
    stream.set_nodelay(true).ok()?;
    keep_alive(&stream).ok()?;
    let stream =
        match tokio::time::timeout(HANDSHAKE_TIME_MAX, acceptor.accept(Ahead::new(stream))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::info!(%address, %error, "handshake failed");
                return None;
            }
            Err(_elapsed) => {
                tracing::info!(%address, "handshake took too long");
                return None;
            }
        };
    let (certificate, others) = stream.get_ref().1.peer_certificates()?.split_first()?;
    if !others.iter().all(|other| authority.contains(other)) {
        tracing::warn!(%address, "certificate is not signed by the network's authority itself");
        return None;
    }
    match trust::pki::terminal_of_certificate(certificate) {
        Ok((of, terminal)) if of == network => Some((stream, terminal)),
        Ok((of, terminal)) => {
            tracing::warn!(%address, %terminal, network = %of, "certificate of another network");
            None
        }
        Err(error) => {
            tracing::warn!(%address, %error, "certificate names no terminal");
            None
        }
    }
}

impl Connected for Socket {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
