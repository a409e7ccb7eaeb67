//! The first keys of a network, made before witnesses, and a network that runs on them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use gateway::api::State;
use trust::{Digest, NetworkKeys, SigningKey};

use crate::net::{Net, Process, nuncio, payment};

const PEOPLE: [&str; 4] = ["--present", "Anna Schmidt", "--present", "Bert Dupont"];

fn ceremony(dir: &Path, more: &[&str]) -> Output {
    let mut command = nuncio();
    command.args(["--output", "json", "key", "ceremony"]).arg(dir).args(["--network", "test"]);
    command.args(more).output().unwrap()
}

#[track_caller]
fn good(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn passphrase(folder: &Path) -> (PathBuf, String) {
    let file = folder.join("pass");
    fs::write(&file, "correct horse battery\n").unwrap();
    let name = file.display().to_string();
    (file, name)
}

/// Holds a protocol against the folder that it is about.
fn agrees(folder: &Path, said: &serde_json::Value) {
    let text = fs::read_to_string(folder.join("protocol.txt")).unwrap();
    assert_eq!(said["sha256"], Digest::of(text.as_bytes()).to_string());
    for line in ["  Anna Schmidt\n", "  Bert Dupont\n", "Network   test\n"] {
        assert!(text.contains(line), "{text}");
    }
    let (above, below) = text.rsplit_once("\n\n").unwrap();
    let digest = below.trim().rsplit_once(": ").unwrap().1;
    assert_eq!(digest, Digest::of(format!("{above}\n").as_bytes()).to_string());
    for name in ["root.key", "log.key", "network.keys"] {
        let digest = Digest::of(&fs::read(folder.join(name)).unwrap());
        assert!(text.contains(&format!("  {digest}  {name}\n")), "{name}: {text}");
    }
    let keys: NetworkKeys =
        fs::read_to_string(folder.join("network.keys")).unwrap().parse().unwrap();
    for (kind, known) in [("root", &keys.roots()[0]), ("log", &keys.logs()[0])] {
        assert!(text.contains(&format!("    network.keys {kind} {known}\n")), "{text}");
        assert!(text.contains(&format!("    short name   {}\n", known.key().id())), "{text}");
    }
    for secret in ["root.key", "log.key"] {
        let mode = fs::metadata(folder.join(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
}

/// Puts the keys of a ceremony into a network in the place of those for trials.
fn found(net: &Net, ceremony: &Path, variables: &[(&str, &str)]) {
    let keys = ceremony.join("network.keys");
    for folder in ["", "hub", "ALPHDEFFA", "BRAVFRPPA"] {
        fs::copy(&keys, net.path(folder).join("network.keys")).unwrap();
    }
    fs::copy(ceremony.join("log.key"), net.path("hub/log.key")).unwrap();
    for terminal in ["ALPHDEFFA", "BRAVFRPPA"] {
        let pem = fs::read_to_string(net.path(terminal).join("signing.key")).unwrap();
        let public = SigningKey::from_pem(&pem).unwrap().public().to_string();
        let grant = net.path(terminal).join("grant.note");
        let mut command = nuncio();
        command.args(["--output", "json", "key", "grant", "--holder", terminal]);
        command.args(["--public", &public, "--root"]).arg(ceremony.join("root.key"));
        command.arg("--key").arg(&keys).arg("--to").arg(&grant);
        good(&command.envs(variables.iter().copied()).output().unwrap());
        fs::copy(grant, net.path("hub/grants").join(format!("{terminal}.note"))).unwrap();
    }
}

/// A message goes through, and its receipt holds under the keys of the ceremony.
fn carries(net: &mut Net, ceremony: &Path) {
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    let client = net.client("ALPHDEFF");
    let id = client.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "1").id.unwrap();
    client.wait_for(&id, &[State::Delivered]);
    let file = net.path("payment.receipt");
    fs::write(&file, client.receipt(&id, "delivery")).unwrap();
    let mut verify = nuncio();
    verify.arg("verify").arg(&file).arg("--key").arg(ceremony.join("network.keys"));
    let output = verify.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_network_runs_on_the_sealed_keys_of_a_ceremony() {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let folder = net.path("ceremony");
    let (pass, name) = passphrase(&net.path(""));
    let said = good(&ceremony(&folder, &[&PEOPLE[..], &["--passphrase-file", &name]].concat()));
    agrees(&folder, &said);
    for secret in ["root.key", "log.key"] {
        let text = fs::read_to_string(folder.join(secret)).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"), "{secret}");
    }
    let variable = ("NUNCIO_PASSPHRASE_FILE", name.as_str());
    found(&net, &folder, &[variable]);

    // Without the passphrase, or with another, the hub says so and does not start.
    let hub = net.path("hub");
    let log = Process::try_start("hub", &hub).unwrap_err();
    assert!(log.contains("NUNCIO_PASSPHRASE_FILE"), "{log}");
    let variables = [format!("NUNCIO_PASSPHRASE_FILE={name}")];
    fs::write(&pass, "correct horse batterz\n").unwrap();
    let log = Process::try_start_with(&variables, "hub", &hub).unwrap_err();
    assert!(log.contains("cannot be opened with this passphrase"), "{log}");
    fs::write(&pass, "correct horse battery\n").unwrap();
    net.hub = Some(Process::start_with(&variables, "hub", &hub));
    carries(&mut net, &folder);
}

#[test]
fn a_ceremony_that_is_none_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (pass, name) = passphrase(folder.path());
    let dir = folder.path().join("ceremony");
    let alone = ceremony(&dir, &["--present", "Anna Schmidt", "--passphrase-file", &name]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&alone.stderr).contains("two people"), "{alone:?}");
    let nowhere = ceremony(&dir, &PEOPLE);
    assert_eq!(nowhere.status.code(), Some(2), "{nowhere:?}");
    // One name twice is one person.
    let twice =
        ["--present", "Anna Schmidt", "--present", " Anna Schmidt", "--passphrase-file", &name];
    assert_eq!(ceremony(&dir, &twice).status.code(), Some(2));
    let forged = "Carl\n\nNetwork   other";
    let forged = ["--present", "Anna Schmidt", "--present", forged, "--passphrase-file", &name];
    assert_eq!(ceremony(&dir, &forged).status.code(), Some(2));
    let sealed = [&PEOPLE[..], &["--passphrase-file", &name]].concat();
    fs::write(&pass, "short").unwrap();
    assert!(!ceremony(&dir, &sealed).status.success());
    fs::write(&pass, "correct horse battery\n").unwrap();
    // None of these is in the way of the one that succeeds; and that is not made over.
    good(&ceremony(&dir, &sealed));
    let before = fs::read(dir.join("root.key")).unwrap();
    let again = ceremony(&dir, &sealed);
    assert_eq!(again.status.code(), Some(5), "{again:?}");
    assert_eq!(fs::read(dir.join("root.key")).unwrap(), before);
}
