//! The connection to the hub: TCP, our own TLS 1.3 on top, and gRPC on top of that.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};
use wire::ahead::Ahead;
use wire::alive::{ANSWER_WITHIN, ASK_EVERY, keep_alive};
use wire::latest::link_client::LinkClient;
use wire::limits::{FRAME_BYTES_MAX, HTTP_FRAME_BYTES_MAX};

use super::problem::Trouble;

/// How long the connection, and then the handshake, may take.
const STEP_TIME_MAX: Duration = Duration::from_secs(5);
/// How many bytes the hub may send ahead of what was read.
const AHEAD_BYTES: u32 = 8 << 20;

/// What went wrong with a connection, told by the connection itself: gRPC tells only that it is gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    first: Arc<Mutex<Option<(bool, String)>>>,
}

impl Witness {
    /// What it has seen, in place of a trouble that says less.
    ///
    /// In TLS 1.3 a hub that refuses our certificate says so after our side of the handshake is done,
    /// so that comes here too.
    pub(super) fn explain(&self, trouble: Trouble) -> Trouble {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (trouble, first) {
            (Trouble::Broken { .. }, Some((true, reason))) => Trouble::Handshake { reason },
            (Trouble::Broken { .. }, Some((false, reason))) => Trouble::Broken { reason },
            (trouble, _) => trouble,
        }
    }

    fn note<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome {
            let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            let refused = matches!(tls, Some(rustls::Error::AlertReceived(_)));
            let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            // What the hub said tells more than that it has gone.
            if refused || first.is_none() {
                *first = Some((refused, error.to_string()));
            }
        }
        outcome
    }
}

/// A connection with its witness.
struct Watched {
    stream: TlsStream<Ahead<TcpStream>>,
    witness: Witness,
}

impl Watched {
    /// A write that fails because the hub has gone can be faster than the alert that says why: what
    /// the hub has sent before is read to its end then, and the failure told after it.
    fn heard_out(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let gone = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
        };
        if matches!(&outcome, Poll::Ready(Err(error)) if gone(error)) {
            let mut space = [0; 1024];
            loop {
                let mut buffer = ReadBuf::new(&mut space);
                let read = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
                match self.witness.note(ready!(read)) {
                    Ok(()) if buffer.filled().is_empty() => break,
                    Ok(()) => {}
                    Err(_noted) => break,
                }
            }
        }
        Poll::Ready(self.witness.note(ready!(outcome)))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let outcome = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        Poll::Ready(self.witness.note(outcome))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.heard_out(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.heard_out(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context).map_ok(|()| 0);
        self.heard_out(context, flushed).map_ok(|_none| ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Connects to the hub and shakes hands with it, for the link.
pub(super) async fn connect(
    tls: &Arc<ClientConfig>,
    hub: &str,
    host: &str,
) -> Result<(LinkClient<Channel>, Witness), Trouble> {
    let (channel, witness) = reach(tls, hub, host).await?;
    let client = LinkClient::new(channel)
        .max_decoding_message_size(FRAME_BYTES_MAX)
        .max_encoding_message_size(FRAME_BYTES_MAX);
    Ok((client, witness))
}

/// Connects to the hub and shakes hands with it.
pub(super) async fn reach(
    tls: &Arc<ClientConfig>,
    hub: &str,
    host: &str,
) -> Result<(Channel, Witness), Trouble> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Trouble::Handshake {
        reason: format!("{host:?} is neither a host name nor an IP address"),
    })?;
    let stream = within(TcpStream::connect(hub)).await;
    let stream = stream.map_err(|source| Trouble::Connect { hub: hub.to_owned(), source })?;
    stream
        .set_nodelay(true)
        .and_then(|()| keep_alive(&stream))
        .map_err(|source| Trouble::Connect { hub: hub.to_owned(), source })?;
    let connector = TlsConnector::from(Arc::clone(tls));
    let stream = within(connector.connect(name, Ahead::new(stream))).await;
    let stream = stream.map_err(|error| Trouble::Handshake { reason: error.to_string() })?;
    let broken = |error: tonic::transport::Error| Trouble::Broken { reason: chain(&error) };
    // The channel asks for a connection once; it gets the one that is here.
    let witness = Witness::default();
    let watched = Watched { stream, witness: witness.clone() };
    let stream = Arc::new(Mutex::new(Some(TokioIo::new(watched))));
    let take = tower::service_fn(move |_uri| {
        let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move { stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)) }
    });
    let channel = Endpoint::from_static("http://hub")
        .initial_stream_window_size(AHEAD_BYTES)
        .initial_connection_window_size(AHEAD_BYTES)
        .max_frame_size(HTTP_FRAME_BYTES_MAX)
        .http2_keep_alive_interval(ASK_EVERY)
        .keep_alive_timeout(ANSWER_WITHIN)
        .keep_alive_while_idle(true)
        .connect_with_connector(take)
        .await
        .map_err(broken)?;
    Ok((channel, witness))
}

async fn within<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_elapsed| Err(io::Error::from(io::ErrorKind::TimedOut));
    tokio::time::timeout(STEP_TIME_MAX, step).await.unwrap_or_else(late)
}

/// An error with all that lies under it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(under) = source {
        text = format!("{text}: {under}");
        source = under.source();
    }
    text
}
