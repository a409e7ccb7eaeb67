//! The hub's end of mutual TLS: who may connect, and which terminal a connection is.
//!
//! TLS 1.3 only, with the post-quantum key exchange X25519MLKEM768 preferred. A client shows a
//! certificate that the network's authority signed and that names a terminal. Handshakes have a
//! deadline and a limit on how many go on at once, so that half-open ones cost nobody else.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use iso::Terminal;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;
use trust::NetworkName;

use crate::config::Config;
use crate::error::Error;
use crate::work::ConnectionNumber;

/// After how much silence the kernel asks whether a peer is still there.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long a client may take for its handshake.
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// How many handshakes may go on at once; others wait in the kernel's queue.
const HANDSHAKES_MAX: usize = 256;

/// The server's side of TLS, from the files in the hub's folder.
pub(crate) fn server_config(config: &Config) -> Result<ServerConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&config.file("ca.pem"))? {
        roots.add(certificate).map_err(|source| Error::Tls { source: Box::new(source) })?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
        .build()
        .map_err(|source| Error::Tls { source: Box::new(source) })?;
    let key_path = config.file("tls.key");
    let key = PrivateKeyDer::from_pem_file(&key_path)
        .map_err(|source| Error::Pem { path: key_path, source: Box::new(source) })?;
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|source| Error::Tls { source: Box::new(source) })?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(&config.file("tls.pem"))?, key)
        .map_err(|source| Error::Tls { source: Box::new(source) })?;
    server.alpn_protocols = vec![b"h2".to_vec()];
    Ok(server)
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
    stream: TlsStream<TcpStream>,
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
    server: ServerConfig,
    network: NetworkName,
) -> mpsc::Receiver<Result<Socket, io::Error>> {
    let (sockets, taken) = mpsc::channel(64);
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let free = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    tokio::spawn(async move {
        let mut connection = ConnectionNumber(0);
        loop {
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            let stream = tokio::select! {
                () = sockets.closed() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _address)) => stream,
                    Err(error) => {
                        // Out of file descriptors, say: the next attempt may find one.
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let (acceptor, sockets) = (acceptor.clone(), sockets.clone());
            // Before the handshake: a peer says nothing before this end has answered it, so all that
            // it says on this connection comes before what it says on the next.
            connection.0 += 1;
            tokio::spawn(async move {
                if let Some((stream, terminal)) = shake_hands(&acceptor, stream, network).await {
                    let socket = Socket { stream, peer: Peer { terminal, connection } };
                    // Nobody takes it when the hub is stopping.
                    let _ = sockets.send(Ok(socket)).await;
                }
                drop(permit);
            });
        }
    });
    taken
}

async fn shake_hands(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    network: NetworkName,
) -> Option<(TlsStream<TcpStream>, Terminal)> {
    let address = stream.peer_addr().ok()?;
    stream.set_nodelay(true).ok()?;
    keep_alive(&stream).ok()?;
    let stream = match tokio::time::timeout(HANDSHAKE_TIME_MAX, acceptor.accept(stream)).await {
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
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first())?;
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

/// Lets the kernel find out that a peer has gone without a word: with thousands of silent links that
/// costs nothing, where pings of the protocol would.
fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    rustix::net::sockopt::set_tcp_keepidle(stream, SILENCE_MAX)?;
    rustix::net::sockopt::set_tcp_keepintvl(stream, SILENCE_MAX / 6)?;
    rustix::net::sockopt::set_tcp_keepcnt(stream, 3)?;
    // What was sent and is not acknowledged by then ends the link as well.
    let milliseconds = u32::try_from(SILENCE_MAX.as_millis()).unwrap_or(u32::MAX);
    rustix::net::sockopt::set_tcp_user_timeout(stream, milliseconds)?;
    Ok(())
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
