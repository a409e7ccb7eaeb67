//! Sealed messages through real processes: the network never has the text, both ends do, and what
//! does not open is declined.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gateway::api::State;
use trust::{Disclosure, OpeningKey};

use crate::net::{Net, Process, nuncio, payment, until};

const SERVICE: &str = "confidential";

#[track_caller]
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A network of two with a sealed service and an open one; nobody has an encryption key.
fn files() -> Net {
    let net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    append(
        &net.path("hub").join("directory.toml"),
        &format!(
            "\n[[service]]\nname = \"{SERVICE}\"\ntypes = [\"*\"]\nsealed = true\n\
             [[service]]\nname = \"payments\"\ntypes = [\"*\"]\n"
        ),
    );
    prepend(
        &net.gateway("ALPHDEFF").join("gateway.toml"),
        &format!("service = \"{SERVICE}\"\nsealed_services = [\"{SERVICE}\"]\n"),
    );
    net
}

fn append(path: &Path, more: &str) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, text + more).unwrap();
}

/// Puts settings before those of the file, in place of those of the same name.
fn prepend(path: &Path, more: &str) {
    let text = fs::read_to_string(path).unwrap();
    let name = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let new: Vec<String> = more.lines().map(name).collect();
    let kept = text.lines().filter(|line| line.is_empty() || !new.contains(&name(line)));
    fs::write(path, format!("{more}{}\n", kept.collect::<Vec<_>>().join("\n"))).unwrap();
}

fn start(net: &mut Net, institutions: &[&str]) {
    if net.hub.is_none() {
        net.hub = Some(Process::start("hub", &net.path("hub")));
    }
    for name in institutions {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
}

/// Makes an encryption key with the command, and a grant of it by the authority; gives its name.
fn new_key(net: &Net, name: &str, passphrase: &Path, days: &str) -> String {
    let file = net.gateway("BRAVFRPP").join(format!("{name}.key"));
    let made = nuncio()
        .args(["key", "new", "--encryption", "--output", "json", "--passphrase-file"])
        .arg(passphrase)
        .arg(&file)
        .output()
        .unwrap();
    let made: serde_json::Value = serde_json::from_str(&good(&made)).unwrap();
    assert_eq!(made["algorithm"], "xwing");
    let public = made["public"].as_str().unwrap().to_owned();
    let note = net.path("hub").join("grants").join(format!("{name}.note"));
    let mut grant = nuncio();
    grant.args(["key", "grant", "--holder", "BRAVFRPPA", "--days", days, "--public", &public]);
    grant.arg("--root").arg(net.path("authority").join("root.key"));
    grant.arg("--key").arg(net.path("network.keys")).arg("--to").arg(&note);
    good(&grant.output().unwrap());
    let directory = net.path("hub").join("directory.toml");
    let text = fs::read_to_string(&directory).unwrap();
    let old = "\"grants/BRAVFRPPA.note\"";
    let text = text.replacen(old, &format!("{old}, \"grants/{name}.note\""), 1);
    fs::write(directory, text).unwrap();
    made["id"].as_str().unwrap().to_owned()
}

fn name_keys(net: &Net, names: &[&str]) {
    let path = net.gateway("BRAVFRPP").join("gateway.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.split("\n[files]").next().unwrap().to_owned();
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}.key\"")).collect();
    fs::write(path, format!("{text}\n[files]\nencryption_keys = [{}]\n", names.join(", ")))
        .unwrap();
}

/// All files of a folder, deeply.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(all_files(&path)) } else { files.push(path) }
    }
    files
}

/// Whether any file of a folder holds these bytes.
fn holds(folder: &Path, what: &[u8]) -> bool {
    all_files(folder).iter().any(|file| {
        // A socket cannot be read, and holds nothing.
        fs::read(file).is_ok_and(|bytes| bytes.windows(what.len()).any(|window| window == what))
    })
}

fn passphrase(net: &Net) -> PathBuf {
    let path = net.path("pass");
    fs::write(&path, "correct horse battery").unwrap();
    path
}

fn start_receiver(net: &mut Net) {
    // The passphrase is in the environment of the process.
    let by = format!("NUNCIO_PASSPHRASE_FILE={}", net.path("pass").display());
    let folder = net.gateway("BRAVFRPP");
    net.gateways.push(Process::start_by(&["env", &by], "gateway", &folder));
}

#[test]
fn the_network_carries_a_sealed_message_that_it_cannot_read_and_the_receiver_proves_what_it_says() {
    let mut net = files();
    let pass = passphrase(&net);
    new_key(&net, "encryption", &pass, "730");
    name_keys(&net, &["encryption"]);
    start(&mut net, &["ALPHDEFF"]);
    start_receiver(&mut net);
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    let secret = b"<BICFI>BRAVFRPP";
    assert!(body.windows(secret.len()).any(|window| window == secret));
    until("the receiver's key is known", || matches!(alpha.try_post(&body, "1"), Some((202, _))));
    let id = alpha.post(&body, "1").id.unwrap();
    alpha.wait_for(&id, &[State::Delivered]);
    let inbox = brava.inbox();
    assert_eq!(inbox.len(), 1);
    assert!(inbox[0].sealed && inbox[0].bytes > body.len() as u64);
    for client in [&alpha, &brava] {
        assert_eq!(client.get(&format!("/v1/messages/{id}/raw"), "*/*"), (200, body.clone()));
    }

    // No file of the hub holds a piece of the text, while both gateways have it.
    let without_text = |net: &Net| {
        for piece in [&secret[..], b"<Document", b"CdtTrfTxInf", b"<IBAN>"] {
            assert!(!holds(&net.path("hub"), piece), "{}", String::from_utf8_lossy(piece));
        }
    };
    without_text(&net);
    assert!(holds(&net.gateway("ALPHDEFF"), secret));
    assert!(holds(&net.gateway("BRAVFRPP"), secret));

    // The receiver shows to a third party what the sender signed.
    let (receipt, shown) = (net.path("payment.receipt"), net.path("payment.disclosure"));
    let mut fetch = nuncio();
    fetch.args(["receipt", &id, "--kind", "acceptance", "--to"]).arg(&receipt);
    fetch.arg("--disclosure").arg(&shown).arg("--gateway").arg(net.gateway("BRAVFRPP"));
    good(&fetch.output().unwrap());
    fs::write(net.path("payment.xml"), &body).unwrap();
    let verify = || {
        let mut command = nuncio();
        command.arg("verify").arg(&receipt).arg("--key").arg(net.path("network.keys"));
        command.arg("--payload").arg(net.path("payment.xml"));
        command.arg("--disclosure").arg(&shown).output().unwrap()
    };
    assert!(good(&verify()).contains("its sender signed that it says the given file"));
    fs::write(net.path("payment.xml"), [&body[..], b" "].concat()).unwrap();
    assert_eq!(verify().status.code(), Some(6), "of another text");
    fs::write(net.path("payment.xml"), &body).unwrap();
    let mut disclosure = Disclosure::decode(&fs::read(&shown).unwrap()).unwrap();
    disclosure.signature.0[9] ^= 1;
    fs::write(&shown, disclosure.encode()).unwrap();
    assert_eq!(verify().status.code(), Some(6), "of another signature");

    // All of it survives the end of everybody.
    net.hub().kill_and_start();
    net.gateways.pop().unwrap().kill();
    start_receiver(&mut net);
    assert_eq!(net.client("BRAVFRPP").get(&format!("/v1/messages/{id}/raw"), "*/*").1, body);
    // A hub that stops in good order writes down what it has in memory.
    net.hub.take().unwrap().stop();
    without_text(&net);
}

#[test]
fn keys_overlap_and_what_is_sealed_to_a_key_that_is_gone_is_declined() {
    let mut net = files();
    let pass = passphrase(&net);
    new_key(&net, "first", &pass, "730");
    name_keys(&net, &["first"]);
    start(&mut net, &["ALPHDEFF"]);
    let alpha = net.client("ALPHDEFF");
    until("the first key is known", || {
        matches!(alpha.try_post(&payment("ALPHDEFF", "BRAVFRPP", 1), "1"), Some((202, _)))
    });
    // The second key comes while a message for the first one waits.
    new_key(&net, "second", &pass, "730");
    net.hub().signal(rustix::process::Signal::HUP);
    name_keys(&net, &["second", "first"]);
    start_receiver(&mut net);
    let first = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "1").id.unwrap();
    alpha.wait_for(&first, &[State::Delivered]);
    net.gateways.pop().unwrap().stop();

    // The first key is gone, and the sender's gateway still seals to it.
    name_keys(&net, &["second"]);
    let second = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "2").id.unwrap();
    start_receiver(&mut net);
    let message = alpha.wait_for(&second, &[State::Declined, State::Delivered]);
    if message.state == State::Declined {
        assert_eq!(message.reasons[0].code, "SEA002");
        let brava = net.client("BRAVFRPP");
        assert!(brava.inbox().iter().all(|it| it.id != second), "it is never shown as good");
        assert_eq!(brava.message(&second).state, State::Declined);
    }
    // After a restart it asks again, and learns the newer one.
    net.gateways.remove(0).stop();
    start(&mut net, &["ALPHDEFF"]);
    let alpha = net.client("ALPHDEFF");
    until("the second key is used", || {
        matches!(alpha.try_post(&payment("ALPHDEFF", "BRAVFRPP", 3), "3"), Some((202, _)))
    });
    let third = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 3), "3").id.unwrap();
    alpha.wait_for(&third, &[State::Delivered]);
}

#[test]
fn a_wrong_private_key_under_the_right_grant_opens_nothing_and_the_sender_learns_it() {
    let mut net = files();
    let pass = passphrase(&net);
    new_key(&net, "encryption", &pass, "730");
    // Somebody has put another key in the place of the granted one.
    let other = OpeningKey::generate().unwrap();
    fs::write(net.gateway("BRAVFRPP").join("encryption.key"), other.to_pem()).unwrap();
    name_keys(&net, &["encryption"]);
    start(&mut net, &["ALPHDEFF", "BRAVFRPP"]);
    let alpha = net.client("ALPHDEFF");
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    until("the receiver's key is known", || matches!(alpha.try_post(&body, "1"), Some((202, _))));
    let id = alpha.post(&body, "1").id.unwrap();
    let message = alpha.wait_for(&id, &[State::Declined]);
    assert_eq!(message.reasons[0].code, "SEA002");
    assert!(net.client("BRAVFRPP").inbox().is_empty());
}

#[test]
fn without_a_key_of_the_receiver_nothing_is_stored() {
    let mut net = files();
    start(&mut net, &["ALPHDEFF", "BRAVFRPP"]);
    let alpha = net.client("ALPHDEFF");
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    let (status, answer) = alpha.try_post(&body, "1").unwrap();
    assert_eq!(status, 503);
    let problem: gateway::api::Problem = serde_json::from_slice(&answer).unwrap();
    assert_eq!(problem.code, "GTW060");
    let page: gateway::api::Messages = alpha.json("/v1/messages");
    assert!(page.messages.is_empty());

    // In a service that is not sealed all is as ever, and there is nothing to disclose.
    let open = alpha.try_post_with("?service=payments", &body, "2").unwrap();
    assert_eq!(open.0, 202);
    let id = serde_json::from_slice::<gateway::api::Stored>(&open.1).unwrap().id.unwrap();
    alpha.wait_for(&id, &[State::Delivered]);
    let mut command: Command = nuncio();
    command.args(["receipt", &id, "--disclosure"]).arg(net.path("none"));
    let output = command.arg("--gateway").arg(net.gateway("ALPHDEFF")).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}
