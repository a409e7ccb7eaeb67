//! Keys that are changed while messages flow: `nuncio key rotate`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use gateway::api::State;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use trust::{KeyGrant, KeyId, LogTime, NoteSigner, Receipt, SigningKey, Verified};
use wire::latest::Hello;

use crate::link::{Link, header, hello};
use crate::net::{INSTITUTIONS, Net, Process, SECOND_US, clock, nuncio, pause, payment, until};
use crate::rogue::runtime;
use crate::traffic::Traffic;

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[track_caller]
fn good(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The terminal whose key is changed, and what its people and the authority do about it.
struct Change<'a> {
    net: &'a Net,
    variable: String,
}

impl<'a> Change<'a> {
    fn of(net: &'a Net) -> Self {
        let pass = net.path("pass");
        fs::write(&pass, "correct horse battery").unwrap();
        Self { net, variable: format!("NUNCIO_PASSPHRASE_FILE={}", pass.display()) }
    }

    fn rotate(&self, more: &[&str]) -> Output {
        let (name, pass) = self.variable.split_once('=').unwrap();
        let mut command = nuncio();
        command.args(["--output", "json", "key", "rotate"]).arg(self.net.gateway("ALPHDEFF"));
        // Whoever names the passphrase needs no variable.
        if !more.contains(&"--passphrase-file") {
            command.env(name, pass);
        }
        command.args(more).output().unwrap()
    }

    /// Where the change stands.
    fn stands(&self) -> String {
        good(&self.rotate(&[]))["rotation"].as_str().unwrap().to_owned()
    }

    /// The authority grants what was requested, from now on.
    fn grant(&self) -> std::path::PathBuf {
        let (net, to) = (self.net, self.net.path("new.note"));
        let mut command = nuncio();
        command.args(["--output", "json", "key", "grant", "--request"]);
        command.arg(net.gateway("ALPHDEFF").join("signing.request"));
        command.arg("--root").arg(net.path("authority/root.key"));
        command.arg("--key").arg(net.path("network.keys")).arg("--to").arg(&to);
        good(&command.output().unwrap());
        to
    }

    /// The operator puts the grant into the hub's directory.
    fn publish(&self, grant: &Path) {
        let hub = self.net.path("hub");
        fs::copy(grant, hub.join("grants/new.note")).unwrap();
        let directory = hub.join("directory.toml");
        let old = "\"grants/ALPHDEFFA.note\"";
        let text = read(&directory).replacen(old, &format!("{old}, \"grants/new.note\""), 1);
        fs::write(directory, text).unwrap();
        self.net.hub.as_ref().unwrap().signal(rustix::process::Signal::HUP);
    }
}

/// Lets the first grant of ALPHDEFFA end at a time; nothing runs yet.
fn shorten(net: &Net, until: LogTime) -> KeyId {
    let folder = net.gateway("ALPHDEFF");
    let root = NoteSigner::from_text(read(&net.path("authority/root.key")).trim()).unwrap();
    let key = SigningKey::from_pem(&read(&folder.join("signing.key"))).unwrap();
    let grant = KeyGrant {
        network: "test".parse().unwrap(),
        holder: "ALPHDEFFA".parse().unwrap(),
        key: key.public().clone(),
        from: LogTime(until.0 - 3_600 * SECOND_US),
        until,
    };
    let note = grant.sign(&root).unwrap();
    for file in [folder.join("grant.note"), net.path("hub/grants/ALPHDEFFA.note")] {
        fs::write(file, &note).unwrap();
    }
    key.id()
}

/// Which key signed a message, as its receipt says.
fn signed_by(net: &Net, id: &str) -> KeyId {
    let keys = read(&net.path("network.keys")).parse().unwrap();
    let receipt = Receipt::decode(&net.client("ALPHDEFF").receipt(id, "acceptance")).unwrap();
    let Verified::Acceptance(acceptance) = receipt.verify(&keys).unwrap() else { panic!("{id}") };
    acceptance.key
}

/// Changes the key while all institutions send. Nothing where the machine is so slow that the old key
/// had ended before the new one signed.
fn play(seconds: u64) -> Option<()> {
    let mut net = Net::files(&INSTITUTIONS);
    let ends = LogTime(clock().0 + seconds * SECOND_US);
    let old = shorten(&net, ends);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    let variable = Change::of(&net).variable;
    for name in INSTITUTIONS {
        let process =
            Process::start_with(std::slice::from_ref(&variable), "gateway", &net.gateway(name));
        net.gateways.push(process);
    }
    let traffic = Traffic::start(&net);
    until("messages flow", || traffic.count() > 30);

    let change = Change::of(&net);
    let made =
        good(&change.rotate(&["--passphrase-file", &net.path("pass").display().to_string()]));
    assert_eq!(made["rotation"], "requested");
    let again =
        good(&change.rotate(&["--passphrase-file", &net.path("pass").display().to_string()]));
    assert_eq!(made["next"], again["next"], "a key that was made is not made again");
    // The grant is with the gateway before it is in the log: the old key goes on signing.
    let grant = change.grant();
    assert_eq!(good(&change.rotate(&["--grant", grant.to_str().unwrap()]))["rotation"], "granted");
    let before = traffic.count();
    until("the old key signs on", || traffic.count() > before + 30);
    assert_eq!(change.stands(), "granted", "no key signs before the network holds its grant");
    change.publish(&grant);
    until("the gateway has changed its key", || change.stands() == "changed");
    // What the old key has signed and is still on its way must come before its end, too.
    let in_time = clock().0 + 10 * SECOND_US < ends.0;
    if !in_time {
        return None;
    }
    let before = traffic.count();
    until("the new key signs", || traffic.count() > before + 30);
    // It survives the end of both, and the old key is forgotten.
    net.gateways[0].kill_and_start();
    net.hub().kill_and_start();
    let change = Change::of(&net);
    assert_eq!(change.stands(), "changed");
    let stranger = net.path("stranger/ALPHDEFFA");
    fs::create_dir_all(&stranger).unwrap();
    for (from, to) in [
        ("ca.pem", "ca.pem"),
        ("tls.pem", "tls.pem"),
        ("tls.key", "tls.key"),
        ("signing.old.key", "signing.key"),
    ] {
        fs::copy(net.gateway("ALPHDEFF").join(from), stranger.join(to)).unwrap();
    }
    assert_eq!(good(&change.rotate(&["--finish"]))["rotation"], "none");
    assert!(!net.gateway("ALPHDEFF").join("signing.old.key").exists());
    while clock() <= ends {
        pause(Duration::from_millis(100));
    }
    let after = traffic.count();
    until("messages still flow", || traffic.count() > after + 30);

    let last = traffic.last_of("ALPHDEFF");
    let newest = format!("ALPHDEFFA-{}", last());
    net.client("ALPHDEFF").wait_for(&newest, &[State::Delivered]);
    let new: KeyId = signed_by(&net, &newest);
    assert_ne!(new, old);
    assert_eq!(signed_by(&net, "ALPHDEFFA-1"), old);
    // All of them were delivered, once and in order, and all receipts hold, those of the old key too.
    traffic.check(&mut net);
    refuses_the_old_key(&mut net, &stranger, last());
    Some(())
}

/// Somebody has kept the old key, and a certificate.
fn refuses_the_old_key(net: &mut Net, stranger: &Path, answered_through: u64) {
    net.hub = Some(Process::start("hub", &net.path("hub")));
    runtime().block_on(async {
        let mut link = Link::connect(net, stranger).await.unwrap();
        link.say(Hello { answered_through, ..hello("ALPHDEFFA") }).await;
        let number = link.welcome().await.input_number + 1;
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1 << 41);
        link.submit(number, &header(number, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["NET008"]);
    });
}

#[test]
fn a_signing_key_is_changed_while_messages_flow_and_the_old_one_ends() {
    // How long the change takes is the machine's affair: who is too slow gets more time.
    let played = [45, 180, 720].into_iter().find_map(play);
    assert!(played.is_some(), "the key was never changed before the old one ended");
}

/// What `nuncio key rotate --tls` says of a folder, or why it refuses.
fn rotate_tls(net: &Net, folder: &Path, more: &[&str]) -> Output {
    let mut command = nuncio();
    command.args(["--output", "json", "key", "rotate", "--tls"]).arg(folder).args(more);
    command.env("NUNCIO_PASSPHRASE_FILE", net.path("pass")).output().unwrap()
}

/// The authority certifies the key that a folder asks for; gives the file of the certificate.
fn certify(net: &Net, folder: &Path, more: &[&str]) -> String {
    let to = net.path("new.pem").display().to_string();
    let mut command = nuncio();
    command.args(["--output", "json", "key", "certify", "--to", &to, "--request"]);
    command.arg(folder.join("tls.request")).arg("--authority").arg(net.path("authority"));
    good(&command.args(more).output().unwrap());
    to
}

/// Makes the next key of a folder, has it certified, and waits until what runs there has taken it.
fn change_tls(net: &Net, folder: &Path, making: &[&str], hosts: &[&str]) {
    assert_eq!(good(&rotate_tls(net, folder, making))["rotation"], "requested");
    let certificate = certify(net, folder, hosts);
    let installed = good(&rotate_tls(net, folder, &["--certificate", &certificate]));
    assert!(["certified", "changed"].contains(&installed["rotation"].as_str().unwrap()));
    until("the key of TLS is changed", || {
        good(&rotate_tls(net, folder, &[]))["rotation"] == "changed"
    });
}

/// The certificate of a folder.
fn certificate_of(folder: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(folder.join("tls.pem")).unwrap()
}

/// The certificate that the hub shows to one who connects.
fn shown_by_hub(net: &Net) -> Option<CertificateDer<'static>> {
    let mut config = crate::link::tls(&net.gateway("BRAVFRPP"));
    config.resumption = rustls::client::Resumption::disabled();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let address = read(&net.path("hub/hub.address"));
    let mut stream = TcpStream::connect(address.trim()).ok()?;
    client.complete_io(&mut stream).ok()?;
    Some(client.peer_certificates()?.first()?.clone().into_owned())
}

/// The certificate that a gateway shows to whoever answers in the place of its hub, which is stopped.
fn shown_to_hub(net: &Net, address: &str, count: usize) -> Vec<CertificateDer<'static>> {
    let hub = net.path("hub");
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(hub.join("ca.pem")).unwrap()).unwrap();
    let verifier = rustls::server::WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let key = rustls::pki_types::PrivateKeyDer::from_pem_file(net.path("plain.key")).unwrap();
    let chain = vec![CertificateDer::from_pem_file(net.path("plain.pem")).unwrap()];
    let mut config = rustls::ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let config = Arc::new(config);
    let listener = TcpListener::bind(address).unwrap();
    let mut shown: Vec<CertificateDer<'static>> = Vec::new();
    while shown.len() < count {
        let (mut stream, _) = listener.accept().unwrap();
        let mut server = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        while server.is_handshaking() && server.complete_io(&mut stream).is_ok() {}
        let Some([first, ..]) = server.peer_certificates() else { continue };
        if !shown.contains(first) {
            shown.push(first.clone().into_owned());
        }
    }
    shown
}

#[test]
fn keys_of_tls_are_changed_while_messages_flow() {
    let mut net = Net::files(&INSTITUTIONS);
    let variable = Change::of(&net).variable;
    let (hub, alpha) = (net.path("hub"), net.gateway("ALPHDEFF"));
    fs::copy(hub.join("tls.key"), net.path("plain.key")).unwrap();
    fs::copy(hub.join("tls.pem"), net.path("plain.pem")).unwrap();
    // One gateway has its key of TLS sealed from the start.
    let sealed = net.gateway("CHARGB2L").join("tls.key").display().to_string();
    let pass = net.path("pass").display().to_string();
    let output = nuncio().args(["key", "seal", &sealed, "--passphrase-file", &pass]).output();
    assert!(output.unwrap().status.success());
    let variables = std::slice::from_ref(&variable);
    net.hub = Some(Process::start_with(variables, "hub", &hub));
    for name in INSTITUTIONS {
        net.gateways.push(Process::start_with(variables, "gateway", &net.gateway(name)));
    }
    let traffic = Traffic::start(&net);
    let flows = |what: &str| {
        let before = traffic.count();
        until(&format!("messages flow {what}"), || traffic.count() > before + 30);
    };
    flows("before");

    // Of another authority, for another key, without the hub's names: nothing of it is put in place.
    let making = ["--passphrase-file", &pass];
    good(&rotate_tls(&net, &hub, &[&making[..], &["--algorithm", "p256"]].concat()));
    let of_hub = certify(&net, &hub, &["--host", "127.0.0.1"]);
    let refused = rotate_tls(&net, &hub, &["--certificate", &of_hub]);
    assert_eq!(refused.status.code(), Some(6), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("lacks a host name"));
    let own = alpha.join("tls.pem").display().to_string();
    for wrong in [own, net.path("authority/ca.pem").display().to_string()] {
        let refused = rotate_tls(&net, &hub, &["--certificate", &wrong]);
        assert_eq!(refused.status.code(), Some(6), "{wrong}: {refused:?}");
    }

    let before = (certificate_of(&hub), certificate_of(&alpha));
    change_tls(&net, &hub, &making, &["--host", "localhost", "--host", "127.0.0.1"]);
    change_tls(&net, &alpha, &making, &[]);
    let after = (certificate_of(&hub), certificate_of(&alpha));
    assert!(before.0 != after.0 && before.1 != after.1);
    flows("on the connections that stand");
    // New connections are made with the new key, of the hub that was not started again.
    assert_eq!(shown_by_hub(&net), Some(after.0.clone()));
    net.hub().kill_and_start();
    flows("through a hub that was started again");
    net.gateways[0].kill_and_start();
    flows("through a gateway that was started again");
    for folder in [&hub, &alpha] {
        assert_eq!(good(&rotate_tls(&net, folder, &["--finish"]))["rotation"], "none");
        assert!(!folder.join("tls.old.key").exists());
    }

    // A gateway that has connections from before the change shows the new certificate too.
    let (brava, charlie) = (net.gateway("BRAVFRPP"), net.gateway("CHARGB2L"));
    change_tls(&net, &brava, &making, &[]);
    let address = read(&hub.join("hub.address")).trim().to_owned();
    net.hub.take().unwrap().stop();
    let shown = shown_to_hub(&net, &address, 3);
    for folder in [&alpha, &brava, &charlie] {
        assert!(shown.contains(&certificate_of(folder)), "{}", folder.display());
    }
    net.hub = Some(Process::start_with(variables, "hub", &hub));
    flows("in the end");
    traffic.check(&mut net);
}
