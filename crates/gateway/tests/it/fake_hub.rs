//! The test hub behind a real socket: mutual TLS, gRPC, and the hub's end of the link.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use iso::Terminal;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use session::Limits;
use session::hub::{Link, Opening, Request, WelcomeError};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinHandle};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::{ReceiverStream, UnboundedReceiverStream};
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Response, Status, Streaming};
use trust::FrameContext;
use trust::pki::{Authority, Issued};
use wire::latest::link_server::{self, LinkServer};
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::FRAME_BYTES_MAX;

use crate::folder::validity;
use crate::hub::{Hub, network};

/// A hub that listens.
pub(crate) struct FakeHub {
    pub(crate) address: SocketAddr,
    world: Shared,
    connections: Connections,
    tasks: Vec<JoinHandle<()>>,
}

/// What the connections share.
pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) limits: Limits,
    sessions: BTreeMap<Terminal, Session>,
    /// How many frames with messages came, for tests of grouping.
    pub(crate) submissions: Vec<usize>,
}

struct Session {
    link: Link,
    frames: Frames,
    holds: bool,
}

type Frames = mpsc::UnboundedSender<Result<HubFrame, Status>>;

type Shared = Arc<Mutex<World>>;
type Connections = Arc<Mutex<Vec<AbortHandle>>>;

impl FakeHub {
    /// Listens with a certificate of the authority.
    pub(crate) async fn listen(authority: &Authority, hub: Hub, address: SocketAddr) -> Self {
        Self::listen_with(authority, hub, address, Limits::DEFAULT).await
    }

    /// The same with limits of its own, which hold from the first connection on.
    pub(crate) async fn listen_with(
        authority: &Authority,
        hub: Hub,
        address: SocketAddr,
        limits: Limits,
    ) -> Self {
        let listener = bind(address).await;
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(server_config(authority)));
        let (sessions, submissions) = (BTreeMap::new(), Vec::new());
        let world = Arc::new(Mutex::new(World { hub, limits, sessions, submissions }));
        let (sockets, taken) = mpsc::channel(8);
        let open = Connections::default();
        let connections = Arc::clone(&open);
        let accept = tokio::spawn(async move {
            loop {
                let (stream, _from) = listener.accept().await.unwrap();
                let (acceptor, sockets) = (acceptor.clone(), sockets.clone());
                // Whoever cuts finds either no connection or one that it can end.
                let mut open = connections.lock().unwrap();
                let connection = tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    // The pipe is a connection that the server takes as it is.
                    let (mut ours, theirs) = tokio::io::duplex(1 << 20);
                    let _ = sockets.send(Ok::<_, std::io::Error>(theirs)).await;
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut ours).await;
                });
                open.push(connection.abort_handle());
            }
        });
        let service = LinkServer::new(Service(Arc::clone(&world)))
            .max_decoding_message_size(FRAME_BYTES_MAX)
            .max_encoding_message_size(FRAME_BYTES_MAX);
        let server = tonic::transport::Server::builder()
            .add_service(service)
            .serve_with_incoming(ReceiverStream::new(taken));
        let serve = tokio::spawn(async move { server.await.unwrap() });
        Self { address, world, connections: open, tasks: vec![accept, serve] }
    }

    /// Looks at the hub, or changes it.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Breaks every connection, without a word.
    pub(crate) fn cut(&self) {
        let mut world = self.world();
        self.connections.lock().unwrap().drain(..).for_each(|connection| connection.abort());
        let terminals: Vec<_> = world.sessions.keys().copied().collect();
        terminals.into_iter().for_each(|terminal| world.close(terminal));
    }

    /// Breaks every connection and listens no more; gives what is durable.
    pub(crate) async fn crash(mut self) -> Hub {
        for task in self.tasks.drain(..) {
            task.abort();
            let _ = task.await;
        }
        self.cut();
        self.world().hub.copy()
    }
}

/// Binds an address. Without a port it takes one from below the range out of which the system takes
/// those of the calls that go out, so that it is still free for the hub's next process.
async fn bind(address: SocketAddr) -> TcpListener {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if address.port() != 0 {
        return TcpListener::bind(address).await.unwrap();
    }
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = (std::process::id().wrapping_mul(97).wrapping_add(number)) % 20_000;
        let port = 10_000 + u16::try_from(place).unwrap();
        if let Ok(listener) = TcpListener::bind((address.ip(), port)).await {
            return listener;
        }
    }
}

impl Session {
    /// Says something to a gateway, which may have gone: the end of its frames tells that.
    fn say(&self, frame: HubFrame) {
        let _ = self.frames.send(Ok(frame));
    }
}

impl World {
    fn close(&mut self, terminal: Terminal) {
        if self.sessions.remove(&terminal).is_some_and(|session| session.holds) {
            self.hub.release(terminal.institution());
        }
    }

    /// Whether a terminal's session is the one that says something by these frames.
    fn is_of(&self, terminal: Terminal, frames: &Frames) -> bool {
        self.sessions.get(&terminal).is_some_and(|session| session.frames.same_channel(frames))
    }

    fn take(&mut self, terminal: Terminal, frame: GatewayFrame) {
        let Some(session) = self.sessions.get_mut(&terminal) else { return };
        match session.link.receive(frame) {
            Ok(Request::Open(opening)) => self.open(terminal, &opening),
            Ok(Request::Submit(submission)) => {
                self.submissions.push(submission.messages.len());
                self.hub.submit(terminal, &submission);
            }
            Ok(Request::Acknowledge(acknowledgement)) => {
                self.hub.acknowledge(terminal, &acknowledgement);
            }
            Ok(Request::Decline(_) | Request::Ask(_) | Request::Await(_) | Request::Nothing) => {}
            Ok(Request::End(_)) => self.close(terminal),
            Err(ending) => panic!("{terminal} broke a rule: {ending}"),
        }
        self.hub.sync();
        let terminals: Vec<_> = self.sessions.keys().copied().collect();
        terminals.into_iter().for_each(|terminal| self.send(terminal));
    }

    fn open(&mut self, terminal: Terminal, opening: &Opening) {
        let opened = self.hub.open(terminal, opening);
        self.hub.sync();
        let session = self.sessions.get_mut(&terminal).unwrap();
        match session.link.welcome(&opened, &self.hub.log()) {
            Ok(frame) => session.say(frame),
            Err(WelcomeError::Ending(ending)) => {
                let bye = session.link.end(&ending).unwrap();
                session.say(bye);
                self.close(terminal);
                return;
            }
            Err(WelcomeError::Tree(error)) => panic!("the tree is in memory: {error}"),
        }
        if opening.receives {
            session.holds = true;
            let states = self.hub.hold(terminal.institution());
            let lanes = session.link.hold(&states);
            session.say(lanes);
        }
    }

    fn send(&mut self, terminal: Terminal) {
        let Some(session) = self.sessions.get_mut(&terminal) else { return };
        while session.link.is_open() {
            let mut frame = self.hub.answers(terminal, &mut session.link, 100);
            if frame.is_none() && session.holds {
                frame = self.hub.offers(terminal.institution(), &mut session.link, 100);
            }
            let Some(frame) = frame else { return };
            session.say(frame);
        }
    }
}

struct Service(Shared);

#[tonic::async_trait]
impl link_server::Link for Service {
    type ConnectStream = Pin<Box<dyn Stream<Item = Result<HubFrame, Status>> + Send>>;

    async fn connect(
        &self,
        request: tonic::Request<Streaming<GatewayFrame>>,
    ) -> Result<Response<Self::ConnectStream>, Status> {
        let mut incoming = request.into_inner();
        let (frames, outgoing) = mpsc::unbounded_channel();
        let world = Arc::clone(&self.0);
        tokio::spawn(async move {
            let mut of = None;
            while let Some(Ok(frame)) = incoming.next().await {
                let mut world = world.lock().unwrap();
                if of.is_none() && frames.is_closed() {
                    // The connection was cut while its Hello was on the way.
                    break;
                }
                let terminal = *of.get_or_insert_with(|| greet(&mut world, &frame, &frames));
                if !world.is_of(terminal, &frames) {
                    // It was cut, or another took its place: what is left of it is for nobody.
                    break;
                }
                world.take(terminal, frame);
            }
            if let Some(terminal) = of {
                let mut world = world.lock().unwrap();
                if world.is_of(terminal, &frames) {
                    world.close(terminal);
                }
            }
        });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(outgoing))))
    }
}

fn greet(world: &mut World, frame: &GatewayFrame, frames: &Frames) -> Terminal {
    use wire::latest::gateway_frame::Body;
    let Some(Body::Hello(hello)) = &frame.body else { panic!("the first frame is a Hello") };
    let terminal: Terminal = hello.terminal.parse().unwrap();
    world.close(terminal);
    let link = Link::new(world.limits, FrameContext { network: network(), terminal });
    world.sessions.insert(terminal, Session { link, frames: frames.clone(), holds: false });
    terminal
}

fn server_config(authority: &Authority) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    let authority_der = CertificateDer::from_pem_slice(authority.certificate().as_bytes()).unwrap();
    roots.add(authority_der).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
    let Issued { certificate, key } =
        authority.issue_hub(&["127.0.0.1", "localhost"], validity()).unwrap();
    let chain = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect::<Result<_, _>>();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain.unwrap(), PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}
