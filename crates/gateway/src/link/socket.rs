//! The connection to the hub: TCP, our own TLS 1.3 on top, and gRPC on top of that.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};
use wire::latest::link_client::LinkClient;
use wire::limits::FRAME_BYTES_MAX;

use super::problem::Trouble;

/// How long the connection, and then the handshake, may take.
const STEP_TIME_MAX: Duration = Duration::from_secs(5);
/// How many bytes the hub may send ahead of what was read.
const AHEAD_BYTES: u32 = 8 << 20;
/// How often a silent connection is tried, and how long the hub may take to show that it is there.
const ALIVE_EVERY: Duration = Duration::from_secs(10);
const ALIVE_WITHIN: Duration = Duration::from_secs(5);

/// Connects to the hub and shakes hands with it.
pub(super) async fn connect(
    tls: &Arc<ClientConfig>,
    hub: &str,
    host: &str,
) -> Result<LinkClient<Channel>, Trouble> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Trouble::Handshake {
        reason: format!("{host:?} is neither a host name nor an IP address"),
    })?;
    let stream = within(TcpStream::connect(hub)).await;
    let stream = stream.map_err(|source| Trouble::Connect { hub: hub.to_owned(), source })?;
    stream.set_nodelay(true).map_err(|source| Trouble::Connect { hub: hub.to_owned(), source })?;
    let connector = TlsConnector::from(Arc::clone(tls));
    let stream = within(connector.connect(name, stream)).await;
    let stream = stream.map_err(|error| Trouble::Handshake { reason: error.to_string() })?;
    let broken = |error: tonic::transport::Error| Trouble::Broken { reason: chain(&error) };
    // The channel asks for a connection once; it gets the one that is here.
    let stream = Arc::new(Mutex::new(Some(TokioIo::new(stream))));
    let take = tower::service_fn(move |_uri| {
        let stream = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move { stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)) }
    });
    let channel = Endpoint::from_static("http://hub")
        .initial_stream_window_size(AHEAD_BYTES)
        .initial_connection_window_size(AHEAD_BYTES)
        .http2_keep_alive_interval(ALIVE_EVERY)
        .keep_alive_timeout(ALIVE_WITHIN)
        .keep_alive_while_idle(true)
        .connect_with_connector(take)
        .await
        .map_err(broken)?;
    Ok(LinkClient::new(channel)
        .max_decoding_message_size(FRAME_BYTES_MAX)
        .max_encoding_message_size(FRAME_BYTES_MAX))
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
