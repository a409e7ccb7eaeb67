//! The link's protocol, spoken by hand: for terminals with good certificates and bad manners.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use iso::Terminal;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::{Endpoint, Uri};
use trust::{
    Digest, FrameContext, Header, LogTime, Monitoring, Priority, RecordHead, RecordKind, Refused,
    SigningKey, Statement, sign_frame,
};
use wire::latest::link_client::LinkClient;
use wire::latest::{GatewayFrame, Hello, HubFrame, Message, Submit, Welcome, hub_frame};

use crate::net::Net;

/// A link that is spoken by hand.
pub(crate) struct Link {
    pub(crate) out: mpsc::Sender<GatewayFrame>,
    frames: Streaming<HubFrame>,
    pub(crate) key: SigningKey,
    terminal: Terminal,
}

/// A client with the certificate in a folder.
pub(crate) fn tls(folder: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let chain = CertificateDer::pem_file_iter(folder.join("tls.pem")).unwrap();
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("tls.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

impl Link {
    /// Opens a stream with the certificate in a folder.
    pub(crate) async fn connect(
        net: &Net,
        folder: &Path,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let address = fs::read_to_string(net.path("hub/hub.address"))?.trim().to_owned();
        let connector = TlsConnector::from(Arc::new(tls(folder)));
        let connect = tower::service_fn(move |_: Uri| {
            let (connector, address) = (connector.clone(), address.clone());
            async move {
                let stream = TcpStream::connect(address).await?;
                let name = ServerName::try_from("localhost").unwrap();
                Ok::<_, std::io::Error>(TokioIo::new(connector.connect(name, stream).await?))
            }
        });
        let channel =
            Endpoint::from_static("https://localhost").connect_with_connector(connect).await?;
        let (out, frames) = mpsc::channel(8);
        let mut client = LinkClient::new(channel);
        let frames = client.connect(ReceiverStream::new(frames)).await?.into_inner();
        let key = SigningKey::from_pem(&fs::read_to_string(folder.join("signing.key"))?)?;
        // The folder of a gateway has the name of its terminal.
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap();
        Ok(Self { out, frames, key, terminal: name.parse()? })
    }

    /// Opens a session.
    pub(crate) async fn open(net: &Net, folder: &Path) -> Self {
        let mut link = Self::connect(net, folder).await.unwrap();
        link.say(hello(&link.terminal.to_string())).await;
        link.welcome().await;
        link
    }

    /// The Welcome that must come next.
    pub(crate) async fn welcome(&mut self) -> Welcome {
        match self.hear().await {
            Some(hub_frame::Body::Welcome(welcome)) => welcome,
            other => panic!("expected a Welcome, but found {other:?}"),
        }
    }

    pub(crate) async fn say(&self, frame: impl Into<GatewayFrame>) {
        self.out.send(frame.into()).await.unwrap();
    }

    /// The next frame, or nothing when the stream has ended.
    pub(crate) async fn hear(&mut self) -> Option<hub_frame::Body> {
        self.frames.message().await.ok().flatten().and_then(|frame| frame.body)
    }

    /// The code of the Bye that must come next, other frames left out.
    pub(crate) async fn code(&mut self) -> String {
        loop {
            match self.hear().await {
                Some(hub_frame::Body::Bye(bye)) => return bye.code,
                Some(_) => {}
                None => return "the stream ended".to_owned(),
            }
        }
    }

    /// The codes of the reasons of a refusal that must come next.
    pub(crate) async fn reasons(&mut self) -> Vec<String> {
        loop {
            match self.hear().await {
                Some(hub_frame::Body::Answers(answers)) => {
                    let answer = &answers.answers[0];
                    let head = RecordHead::decode(&answer.head).unwrap();
                    if head.kind == RecordKind::ACCEPTED {
                        return vec!["accepted".to_owned()];
                    }
                    let refused = Refused::decode(&answer.meta).unwrap();
                    return refused.reasons.iter().map(|it| it.code().to_string()).collect();
                }
                Some(hub_frame::Body::Bye(bye)) => return vec![bye.code],
                Some(_) => {}
                None => return vec!["the stream ended".to_owned()],
            }
        }
    }

    /// Signs and submits one message.
    pub(crate) async fn submit(&self, number: u64, header: &Header, payload: &[u8]) {
        self.say(self.frame(number, header, payload)).await;
    }

    pub(crate) fn frame(&self, number: u64, header: &Header, payload: &[u8]) -> Submit {
        let encoded = header.encode();
        let statement = Statement::of(&encoded, &Digest::of(payload));
        let context = FrameContext { network: "test".parse().unwrap(), terminal: self.terminal };
        let signed = sign_frame(&self.key, &context, &[statement]).unwrap();
        Submit {
            first_input_number: number,
            messages: vec![Message { header: encoded.into(), payload: payload.to_vec().into() }],
            key: signed.key.0.to_vec().into(),
            signature: signed.signature.0.to_vec().into(),
        }
    }
}

/// The first word of a terminal.
pub(crate) fn hello(terminal: &str) -> Hello {
    Hello {
        version: 1,
        network: "test".to_owned(),
        terminal: terminal.to_owned(),
        window: 16,
        ..Hello::default()
    }
}

/// The header that fits the payment of a number.
pub(crate) fn header(number: u64, payload: &[u8]) -> Header {
    let routing = mx::read(payload).unwrap();
    let business = routing.header.unwrap();
    Header {
        network: "test".parse().unwrap(),
        service: "payments".parse().unwrap(),
        message_type: routing.message_type.parse().unwrap(),
        sender: "ALPHDEFFA".parse().unwrap(),
        receiver: business.to,
        input_number: number,
        created_at: LogTime(1),
        expires_at: None,
        payload_length: payload.len().try_into().unwrap(),
        reference: business.message_id.parse().unwrap(),
        uetr: routing.uetr,
        priority: Priority::Normal,
        monitoring: Monitoring::None,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    }
}
