//! A terminal with good certificates and bad manners: it speaks the link's protocol by hand and
//! breaks its rules one by one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
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
use wire::latest::{GatewayFrame, Hello, HubFrame, Message, Submit, hub_frame};

use crate::net::{Net, Process, payment};

/// A link that is spoken by hand.
struct Link {
    out: mpsc::Sender<GatewayFrame>,
    frames: Streaming<HubFrame>,
    key: SigningKey,
}

fn tls(folder: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let chain = vec![CertificateDer::from_pem_file(folder.join("tls.pem")).unwrap()];
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
    async fn connect(net: &Net, folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
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
        Ok(Self { out, frames, key })
    }

    /// Opens a session.
    async fn open(net: &Net, folder: &Path) -> Self {
        let mut link = Self::connect(net, folder).await.unwrap();
        link.say(hello()).await;
        assert!(matches!(link.hear().await, Some(hub_frame::Body::Welcome(_))));
        link
    }

    async fn say(&self, frame: impl Into<GatewayFrame>) {
        self.out.send(frame.into()).await.unwrap();
    }

    /// The next frame, or nothing when the stream has ended.
    async fn hear(&mut self) -> Option<hub_frame::Body> {
        self.frames.message().await.ok().flatten().and_then(|frame| frame.body)
    }

    /// The code of the Bye that must come next, other frames left out.
    async fn code(&mut self) -> String {
        loop {
            match self.hear().await {
                Some(hub_frame::Body::Bye(bye)) => return bye.code,
                Some(_) => {}
                None => return "the stream ended".to_owned(),
            }
        }
    }

    /// The codes of the reasons of a refusal that must come next.
    async fn reasons(&mut self) -> Vec<String> {
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
    async fn submit(&self, number: u64, header: &Header, payload: &[u8]) {
        self.say(self.frame(number, header, payload)).await;
    }

    fn frame(&self, number: u64, header: &Header, payload: &[u8]) -> Submit {
        let encoded = header.encode();
        let statement = Statement::of(&encoded, &Digest::of(payload));
        let terminal = "ALPHDEFFA".parse().unwrap();
        let context = FrameContext { network: "test".parse().unwrap(), terminal };
        let signed = sign_frame(&self.key, &context, &[statement]).unwrap();
        Submit {
            first_input_number: number,
            messages: vec![Message { header: encoded.into(), payload: payload.to_vec().into() }],
            key: signed.key.0.to_vec().into(),
            signature: signed.signature.0.to_vec().into(),
        }
    }
}

fn hello() -> Hello {
    Hello {
        version: 1,
        network: "test".to_owned(),
        terminal: "ALPHDEFFA".to_owned(),
        window: 16,
        ..Hello::default()
    }
}

/// The header that fits the payment of a number.
fn header(number: u64, payload: &[u8]) -> Header {
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
    }
}

/// A network of two institutions of which only the hub runs.
fn hub_only() -> Net {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    net
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn every_lie_about_a_message_is_refused_with_its_code() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        let mut number = 0;
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        type Lie = fn(&mut Header, &mut Vec<u8>);
        let lies: [(Lie, &[&str]); 12] = [
            (|_, _| {}, &["accepted"]),
            (|header, _| header.network = "other".parse().unwrap(), &["NET004"]),
            (|header, _| header.sender = "BRAVFRPPA".parse().unwrap(), &["HDR004"]),
            (|header, _| header.input_number += 1, &["NET006"]),
            (|header, _| header.payload_length += 1, &["HDR002"]),
            (|header, _| header.receiver = "CHARGB2L".parse().unwrap(), &["HDR005"]),
            (|header, _| header.message_type = "pacs.009.001.08".parse().unwrap(), &["HDR006"]),
            (|header, _| header.reference = "OTHER".parse().unwrap(), &["HDR007"]),
            (|header, _| header.uetr = None, &["HDR008"]),
            (|header, _| header.priority = Priority::System, &["NET007"]),
            (|header, _| header.expires_at = Some(LogTime(2)), &["NET009"]),
            (
                |header, payload| {
                    payload.truncate(payload.len() - 3);
                    header.payload_length -= 3;
                },
                &["XML"],
            ),
        ];
        for (lie, want) in lies {
            number += 1;
            let mut payload = payload.clone();
            let mut header = header(number, &payload);
            lie(&mut header, &mut payload);
            link.submit(number, &header, &payload).await;
            let reasons = link.reasons().await;
            assert_eq!(reasons.len(), want.len(), "{number}: {reasons:?} for {want:?}");
            assert!(reasons[0].starts_with(want[0]), "{number}: {reasons:?} for {want:?}");
        }
        // A stranger as receiver, and all that is wrong at once.
        let strange = payment("ALPHDEFF", "ZULUJPJT", 99);
        let mut header = header(number + 1, &strange);
        header.expires_at = Some(LogTime(2));
        link.submit(number + 1, &header, &strange).await;
        assert_eq!(link.reasons().await, ["NET009", "NET001"]);
    });
}

#[test]
fn a_signature_that_does_not_hold_is_refused() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        let mut frame = link.frame(1, &header(1, &payload), &payload);
        let mut signature = frame.signature.to_vec();
        signature[10] ^= 1;
        frame.signature = signature.into();
        link.say(frame).await;
        assert_eq!(link.reasons().await, ["SIG001"]);
        // The key of another institution, which the network knows, but not as this terminal's.
        let other = fs::read_to_string(net.gateway("BRAVFRPP").join("signing.key")).unwrap();
        link.key = SigningKey::from_pem(&other).unwrap();
        link.submit(2, &header(2, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["SIG002"]);
    });
}

#[test]
fn numbers_out_of_order_end_the_link_and_change_nothing() {
    let net = hub_only();
    runtime().block_on(async {
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        for wrong in [2, 0, u64::MAX] {
            let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
            link.submit(wrong, &header(wrong, &payload), &payload).await;
            assert!(link.code().await.starts_with("LNK0"), "{wrong}");
        }
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        link.submit(1, &header(1, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["accepted"]);
        // The same number again: the network has it.
        link.submit(1, &header(1, &payload), &payload).await;
        assert!(link.code().await.starts_with("LNK0"));
    });
}

#[test]
fn a_terminal_speaks_for_itself_only() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::connect(&net, &net.gateway("BRAVFRPP")).await.unwrap();
        link.say(hello()).await;
        assert_eq!(link.code().await, "LNK005");
        // A certificate of another network's authority does not even get to speak.
        let other = Net::files(&["ALPHDEFF"]);
        let folder = other.gateway("ALPHDEFF");
        fs::copy(net.gateway("ALPHDEFF").join("ca.pem"), folder.join("ca.pem")).unwrap();
        let refused = match Link::connect(&net, &folder).await {
            Err(_) => true,
            Ok(mut link) => {
                let _ = link.out.send(hello().into()).await;
                link.hear().await.is_none()
            }
        };
        assert!(refused);
    });
}
