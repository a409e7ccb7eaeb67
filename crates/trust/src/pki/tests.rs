use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};

use super::*;

const YEAR_US: u64 = 31_556_952_000_000;
const NOW: LogTime = LogTime(1_795_467_600_000_000);

fn validity() -> Validity {
    Validity { from: LogTime(NOW.0 - YEAR_US), until: LogTime(NOW.0 + YEAR_US) }
}

fn authority(network: &str) -> Authority {
    Authority::create(network.parse().unwrap(), validity()).unwrap()
}

fn terminal() -> Terminal {
    "ALPHDEFFA".parse().unwrap()
}

fn der(text: &str) -> Vec<u8> {
    pem::decode(CERTIFICATE, text).unwrap()
}

#[derive(Debug)]
struct At(LogTime);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_micros(self.0.0)))
    }
}

fn roots(authority: &Authority) -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(der(authority.certificate()).into()).unwrap();
    Arc::new(roots)
}

fn own(issued: &Issued) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    (
        vec![der(&issued.certificate).into()],
        PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).unwrap(),
    )
}

/// A handshake in memory, at a time; gives the certificate that the server saw.
fn shake_hands(
    trusted: &Authority,
    (hub, client): (&Issued, &Issued),
    host: &str,
    at: LogTime,
) -> Result<Vec<u8>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(roots(trusted), Arc::clone(&provider))
            .build()
            .unwrap();
    let (chain, key) = own(hub);
    let server = ServerConfig::builder_with_details(Arc::clone(&provider), Arc::new(At(at)))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    let (chain, key) = own(client);
    let client = ClientConfig::builder_with_details(provider, Arc::new(At(at)))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots(trusted))
        .with_client_auth_cert(chain, key)?;
    let name = ServerName::try_from(host.to_string()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name)?;
    let mut server = ServerConnection::new(Arc::new(server))?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut bytes = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut bytes).unwrap();
        }
        server.read_tls(&mut bytes.as_slice()).unwrap();
        server.process_new_packets()?;
        bytes.clear();
        while server.wants_write() {
            server.write_tls(&mut bytes).unwrap();
        }
        client.read_tls(&mut bytes.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(server.peer_certificates().unwrap()[0].to_vec())
}

#[test]
fn hub_and_terminal_know_each_other_after_a_handshake() {
    let authority = authority("demo");
    let hub = authority.issue_hub(&["localhost", "127.0.0.1"], validity()).unwrap();
    let client = authority.issue_terminal(terminal(), validity()).unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let seen = shake_hands(&authority, (&hub, &client), host, NOW).unwrap();
        assert_eq!(terminal_of_certificate(&seen).unwrap(), ("demo".parse().unwrap(), terminal()));
    }
}

#[test]
fn a_loaded_authority_issues_what_the_created_one_trusts() {
    let created = authority("demo");
    let loaded = Authority::load(created.certificate(), &created.key()).unwrap();
    assert_eq!(loaded.network(), created.network());
    assert_eq!(loaded.certificate(), created.certificate());
    let hub = loaded.issue_hub(&["localhost"], validity()).unwrap();
    let client = loaded.issue_terminal(terminal(), validity()).unwrap();
    assert!(shake_hands(&created, (&hub, &client), "localhost", NOW).is_ok());
}

#[test]
fn another_network_another_host_and_another_time_are_refused() {
    let (ours, theirs) = (authority("demo"), authority("demo"));
    let hub = ours.issue_hub(&["localhost"], validity()).unwrap();
    let client = ours.issue_terminal(terminal(), validity()).unwrap();
    let foreign = theirs.issue_terminal(terminal(), validity()).unwrap();
    let foreign_hub = theirs.issue_hub(&["localhost"], validity()).unwrap();
    let check = |pair, host, at| shake_hands(&ours, pair, host, at).unwrap_err().to_string();
    assert!(check((&hub, &foreign), "localhost", NOW).contains("BadSignature"));
    assert!(check((&foreign_hub, &client), "localhost", NOW).contains("BadSignature"));
    assert!(check((&hub, &client), "other.example", NOW).contains("not valid for name"));
    let late = LogTime(NOW.0 + 2 * YEAR_US);
    assert!(check((&hub, &client), "localhost", late).contains("expired"));
    let early = LogTime(NOW.0 - 2 * YEAR_US);
    assert!(check((&hub, &client), "localhost", early).contains("not valid yet"));
}

#[test]
fn a_terminal_is_no_hub_and_a_hub_no_terminal() {
    let authority = authority("demo");
    let hub = authority.issue_hub(&["localhost"], validity()).unwrap();
    let client = authority.issue_terminal(terminal(), validity()).unwrap();
    assert!(shake_hands(&authority, (&client, &client), "localhost", NOW).is_err());
    assert!(shake_hands(&authority, (&hub, &hub), "localhost", NOW).is_err());
    for other in [&hub.certificate, authority.certificate()] {
        assert!(matches!(terminal_of_certificate(&der(other)), Err(PkiError::Name)));
    }
    assert!(matches!(Authority::load(&client.certificate, &client.key), Err(PkiError::Name)));
}

#[test]
fn what_is_no_certificate_or_not_its_key_is_refused() {
    let (one, two) = (authority("demo"), authority("demo"));
    assert!(matches!(Authority::load("", &one.key()), Err(PkiError::Certificate)));
    assert!(matches!(Authority::load(one.certificate(), ""), Err(PkiError::Key)));
    assert!(matches!(Authority::load(one.certificate(), &two.key()), Err(PkiError::Pair)));
    let client = one.issue_terminal(terminal(), validity()).unwrap();
    let good = der(&client.certificate);
    assert!(terminal_of_certificate(&good).is_ok());
    assert!(matches!(
        terminal_of_certificate(&[&good[..], &[0]].concat()),
        Err(PkiError::Certificate)
    ));
    for length in 0..good.len() {
        assert!(matches!(terminal_of_certificate(&good[..length]), Err(PkiError::Certificate)));
    }
}

#[test]
fn hosts_and_times_that_cannot_be_are_refused() {
    let authority = authority("demo");
    for host in ["", "a b", "*.example", "-a.example", "a..b", "ä.example"] {
        let issued = authority.issue_hub(&[host], validity());
        assert!(matches!(issued, Err(PkiError::Host { .. })), "{host:?}");
    }
    let reversed = Validity { from: validity().until, until: validity().from };
    let endless = Validity { from: NOW, until: LogTime(u64::MAX) };
    for validity in [reversed, endless] {
        let issued = authority.issue_terminal(terminal(), validity);
        assert!(matches!(issued, Err(PkiError::Validity)));
    }
}

#[test]
fn no_private_key_is_shown_by_debugging() {
    let authority = authority("demo");
    let issued = authority.issue_terminal(terminal(), validity()).unwrap();
    let line = issued.key.lines().nth(1).unwrap();
    assert!(!format!("{issued:?}").contains(line));
    assert_eq!(format!("{authority:?}"), "Authority(demo)");
}

#[test]
fn a_key_that_its_holder_made_is_certified() {
    let authority = authority("demo");
    for algorithm in [crate::Algorithm::Ed25519, crate::Algorithm::P256] {
        let key = crate::SigningKey::generate(algorithm).unwrap();
        let of_terminal = authority.certify_terminal(terminal(), key.public(), validity()).unwrap();
        let said = certified(&of_terminal, authority.certificate()).unwrap();
        assert_eq!(said.network.to_string(), "demo");
        assert_eq!((said.holder, said.hosts.len()), (Holder::Terminal(terminal()), 0));
        assert_eq!(Some(said.spki), key.public().to_spki());
        assert_eq!(said.validity, validity());
        let hosts = ["localhost", "127.0.0.1", "::1"];
        let of_hub = authority.certify_hub(&hosts, key.public(), validity()).unwrap();
        let said = certified(&of_hub, authority.certificate()).unwrap();
        assert_eq!((said.holder, said.hosts), (Holder::Hub, hosts.map(str::to_owned).to_vec()));
    }
}

#[test]
fn a_certificate_of_another_authority_or_with_any_bit_changed_is_refused_or_says_the_same() {
    let (ours, other) = (authority("demo"), authority("demo"));
    let issued = ours.issue_terminal(terminal(), validity()).unwrap().certificate;
    let said = certified(&issued, ours.certificate()).unwrap();
    assert!(matches!(certified(&issued, other.certificate()), Err(PkiError::Authority)));
    let both = format!("{}{}", other.certificate(), ours.certificate());
    assert_eq!(certified(&issued, &both).unwrap(), said);
    assert!(matches!(certified(ours.certificate(), ours.certificate()), Err(PkiError::Name)));
    let bytes = der(&issued);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let changed = pem::encode(CERTIFICATE, &changed);
            // Tags and lengths can be written in ways that the parser takes for one another.
            let found = certified(&changed, ours.certificate());
            assert!(found.is_err() || found.is_ok_and(|it| it == said), "byte {at}, bit {bit}");
        }
    }
}
