//! A network with witnesses: real processes that cosign what the hub shows, and receipts that count
//! only with them.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gateway::api::{State, Status, Step};
use rustix::process::Signal;
use trust::{Cosigner, SigningKey};

use crate::net::{Net, Process, comes_true, free_address, nuncio, payment, run};

/// A network of which two of three witnesses must have cosigned what counts.
pub(crate) struct Witnessed {
    pub(crate) net: Net,
    witnesses: Vec<Process>,
}

impl Witnessed {
    pub(crate) fn start() -> Self {
        let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP", "CHARGB2L"]);
        let keys = net.path("network.keys");
        let mut lines = String::new();
        let mut witnesses = Vec::new();
        let mut addresses = Vec::new();
        for name in ["w1", "w2", "w3"] {
            let output = nuncio()
                .args(["witness", "init", "--name", name, "--listen", &free_address()])
                .args(["--key", keys.to_str().unwrap(), "--output", "json"])
                .arg(net.path(name))
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            lines += document["line"].as_str().unwrap();
            lines += "\n";
            witnesses.push(Process::start("witness", &net.path(name)));
            let address = fs::read_to_string(net.path(name).join("witness.address")).unwrap();
            addresses.push(format!("http://{}", address.trim()));
        }
        lines += "quorum 2\n";
        let hub = net.path("hub").join("hub.toml");
        let settings = fs::read_to_string(&hub).unwrap();
        let more = format!("log_listen = \"127.0.0.1:0\"\nwitnesses = {addresses:?}\n");
        fs::write(&hub, settings + &more).unwrap();
        let gateways = ["ALPHDEFF", "BRAVFRPP"].map(|name| net.gateway(name));
        // The third one is for tests that start it themselves.
        for folder in gateways.iter().chain([&net.path("hub"), &net.gateway("CHARGB2L")]) {
            append(&folder.join("network.keys"), &lines);
        }
        append(&keys, &lines);
        net.hub = Some(Process::start("hub", &net.path("hub")));
        for folder in gateways {
            net.gateways.push(Process::start("gateway", &folder));
        }
        Self { net, witnesses }
    }

    pub(crate) fn log(&self) -> String {
        let address = fs::read_to_string(self.net.path("hub").join("log.address")).unwrap();
        format!("http://{}", address.trim())
    }

    pub(crate) fn keys(&self) -> String {
        self.net.path("network.keys").display().to_string()
    }

    /// Has a payment delivered; gives the file of its receipt.
    pub(crate) fn delivered(&self, number: u64) -> PathBuf {
        let client = self.net.client("ALPHDEFF");
        let stored = client.post(&payment("ALPHDEFF", "BRAVFRPP", number), &format!("k{number}"));
        let id = stored.id.unwrap();
        client.wait_for(&id, &[State::Delivered]);
        let file = self.net.path(&format!("{number}.receipt"));
        fs::write(&file, client.receipt(&id, "delivery")).unwrap();
        file
    }

    /// Has a payment delivered, and waits until witnesses have seen that; gives its id.
    pub(crate) fn delivered_and_witnessed(&self, number: u64) -> String {
        self.delivered(number);
        let id = format!("ALPHDEFFA-{number}");
        for (gateway, bic) in self.net.gateways.iter().zip(["ALPHDEFF", "BRAVFRPP"]) {
            let client = self.net.client(bic);
            let witnessed = comes_true(|| client.message(&id).witnessed == Some(true));
            assert!(witnessed, "{bic}: {}", gateway.log());
        }
        id
    }

    /// Puts a receipt under a cosigned checkpoint, as soon as there is one.
    pub(crate) fn renew(&self, file: &str) {
        let mut said = String::new();
        let renewed = comes_true(|| {
            let (log, keys) = (self.log(), self.keys());
            let options =
                ["checkpoint", "renew", file, "--log", &log, "--key", &keys, "--to", file];
            let output = run(&options);
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            output.status.success()
        });
        let logs = ["hub/hub.log", "w1/witness.log", "w2/witness.log", "w3/witness.log"];
        let tell = |name| fs::read_to_string(self.net.path(name)).unwrap_or_default();
        assert!(renewed, "no cosigned checkpoint: {said}\n{}", logs.map(tell).join("\n"));
    }

    fn verify(&self, file: &str) -> (Option<i32>, String) {
        let output = run(&["verify", file, "--key", &self.keys()]);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }
}

fn append(file: &std::path::Path, text: &str) {
    let before = fs::read_to_string(file).unwrap();
    fs::write(file, before + text).unwrap();
}

#[test]
fn a_receipt_counts_as_it_comes_once_the_quorum_has_seen_it() {
    let mut it = Witnessed::start();
    // The gateway asks the hub, and puts its receipts under what witnesses have cosigned.
    let id = it.delivered_and_witnessed(1);
    let client = it.net.client("ALPHDEFF");
    let steps: Vec<Step> = client.message(&id).timeline.iter().map(|it| it.step).collect();
    assert_eq!(steps.last(), Some(&Step::Witnessed), "{steps:?}");
    for kind in ["acceptance", "delivery"] {
        let file = it.net.path(kind);
        fs::write(&file, client.receipt(&id, kind)).unwrap();
        let (code, said) = it.verify(file.to_str().unwrap());
        assert_eq!(code, Some(0), "{kind}: {said}");
        assert!(said.contains("witnessed by w"), "{kind}: {said}");
    }
    let receiver = it.net.client("BRAVFRPP");
    let file = it.net.path("received");
    fs::write(&file, receiver.receipt(&id, "acceptance")).unwrap();
    let (code, said) = it.verify(file.to_str().unwrap());
    assert_eq!(code, Some(0), "the receiver's: {said}");
    // Two of three are enough.
    it.witnesses.remove(0).kill();
    let second = it.delivered_and_witnessed(2);
    // A receipt that was kept before it was renewed is renewed by hand.
    let file = it.net.path("by-hand");
    fs::write(&file, client.receipt(&second, "acceptance")).unwrap();
    it.renew(file.to_str().unwrap());
    let copy = it.net.path("copy").display().to_string();
    let output = run(&["log", "mirror", &it.log(), "--key", &it.keys(), "--to", &copy]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn without_the_quorum_messages_wait_and_go_on_when_a_witness_comes_back() {
    let mut it = Witnessed::start();
    it.delivered_and_witnessed(1);
    let receiver = it.net.client("BRAVFRPP");
    it.witnesses.truncate(1);

    let client = it.net.client("ALPHDEFF");
    let id = client.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "k2").id.unwrap();
    let accepted = client.wait_for(&id, &[State::Accepted]);
    assert_eq!(accepted.witnessed, Some(false), "nobody waits for witnesses to send");
    assert!(
        comes_true(|| receiver.get(&format!("/v1/messages/{id}"), "*/*").0 == 200),
        "it is in the receiver's store"
    );
    // It is nobody's yet: not shown, not readable, not to be taken, and not acknowledged.
    assert_eq!(receiver.message(&id).witnessed, Some(false));
    assert_eq!(receiver.inbox().iter().filter(|message| message.id == id).count(), 0);
    for path in [format!("/v1/messages/{id}/raw"), format!("/v1/inbox/{id}/raw")] {
        let (status, body) = receiver.get(&path, "*/*");
        assert_eq!(status, 409, "{path}");
        assert!(String::from_utf8_lossy(&body).contains("GTW065"), "{path}");
    }
    // A restart changes nothing about that, and the gateway says what it waits for.
    it.net.gateways[1].kill_and_start();
    let away = comes_true(|| {
        let status: Status = receiver.json("/v1/status");
        status.link.unwitnessed_since.is_some()
    });
    assert!(away, "{}", it.net.gateways[1].log());
    assert!(it.net.gateways[1].log().contains("GTW066"));
    assert_eq!(client.message(&id).state, State::Accepted);
    assert!(!receiver.inbox().iter().any(|message| message.id == id));

    it.witnesses.push(Process::start("witness", &it.net.path("w2")));
    let delivered = client.wait_for(&id, &[State::Delivered]);
    assert_eq!(delivered.id, id);
    assert!(comes_true(|| receiver.inbox().iter().any(|message| message.id == id)));
    let known = || client.message(&id).witnessed == Some(true);
    assert!(comes_true(known), "the delivery is witnessed too");
}

#[test]
fn a_gateway_that_relies_on_the_hub_alone_waits_for_nobody() {
    let mut it = Witnessed::start();
    for gateway in it.net.gateways.drain(..) {
        gateway.stop();
    }
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        let settings = it.net.gateway(name).join("gateway.toml");
        let text = fs::read_to_string(&settings).unwrap();
        let found = "hand_over = \"witnessed\"";
        assert!(text.contains(found), "{text}");
        fs::write(&settings, text.replace(found, "hand_over = \"proven\"")).unwrap();
        it.net.gateways.push(Process::start("gateway", &it.net.gateway(name)));
    }
    it.witnesses.truncate(1);
    let file = it.delivered(1);
    let (code, said) = it.verify(file.to_str().unwrap());
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("signed by the hub alone"), "{said}");
    assert_eq!(it.net.client("BRAVFRPP").inbox().len(), 1);
}

#[test]
fn a_forked_hub_is_caught_by_the_gateway_itself() {
    let mut it = Witnessed::start();
    it.delivered_and_witnessed(1);
    let hub = it.net.path("hub");
    let old = it.net.path("old-journal");
    it.net.hub().kill();
    copy(&hub.join("journal"), &old);
    it.net.hub = Some(Process::start("hub", &hub));
    let seen =
        |it: &Witnessed| it.net.client("BRAVFRPP").json::<Status>("/v1/status").link.log_size;
    // Of a power of two the proof of consistency does not show the older root.
    let mut number = 2;
    while number == 2 || seen(&it).is_power_of_two() {
        it.delivered_and_witnessed(number);
        number += 1;
    }
    it.net.gateways.clear();
    it.net.hub().kill();

    // The hub goes on from its old copy, and hides what witnesses have seen.
    fs::remove_dir_all(hub.join("journal")).unwrap();
    copy(&old, &hub.join("journal"));
    for name in ["cosigned.checkpoint", "tree"] {
        let path = hub.join(name);
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
    }
    it.net.hub = Some(Process::start("hub", &hub));
    // To an institution that knows no better it looks like any hub; but no witness cosigns.
    it.net.gateways.push(Process::start("gateway", &it.net.gateway("CHARGB2L")));
    let client = it.net.client("CHARGB2L");
    let last = it.net.path("BRAVFRPPA");
    for number in 0..60 {
        let message = payment("CHARGB2L", "BRAVFRPP", number);
        let id = client.post(&message, &format!("c{number}")).id.unwrap();
        let accepted = client.wait_for(&id, &[State::Accepted]);
        assert_eq!(accepted.witnessed, Some(false));
    }
    let status: Status = client.json("/v1/status");
    assert_eq!(status.link.witnessed_size, Some(0));
    // Whoever has seen the other history does not believe this one, and proves it.
    it.net.gateways.push(Process::start("gateway", &last));
    let receiver = it.net.client("BRAVFRPP");
    let problem = || receiver.json::<Status>("/v1/status").link.problem.map(|it| it.code);
    assert!(comes_true(|| problem().is_some_and(|code| code.starts_with("LNK02"))));
    assert_eq!(problem().as_deref(), Some("LNK022"), "{}", it.net.gateways[1].log());
    let evidence = last.join("equivocation.json");
    assert!(comes_true(|| evidence.exists()), "{}", it.net.gateways[1].log());
    let output = run(&["verify", evidence.to_str().unwrap(), "--key", &it.keys()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("two histories"), "{said}");
}

#[test]
fn a_witness_goes_on_after_a_kill_and_not_after_a_loss() {
    let mut it = Witnessed::start();
    let file = it.delivered(1);
    it.renew(file.to_str().unwrap());
    for witness in &mut it.witnesses {
        witness.kill();
    }
    let folder = it.net.path("w1");
    // Beside it there may be what the kill has left of its next one.
    let mut states = fs::read_dir(folder.join("state")).unwrap().map(|it| it.unwrap().path());
    let state = states.find(|it| it.extension().is_some_and(|it| it == "checkpoint")).unwrap();
    assert!(fs::read_to_string(&state).unwrap().starts_with("nuncio/test/0\n"));
    fs::remove_file(&state).unwrap();
    let output = nuncio().args(["witness", "run", "--dir"]).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("it has forgotten"), "{said}");
}

/// With [`without_the_quorum_messages_wait_and_go_on_when_a_witness_comes_back`] (down) and
/// [`a_witness_goes_on_after_a_kill_and_not_after_a_loss`] (lost state), the failures of witnesses.
#[test]
fn witness_failures_of_a_minority_slow_or_malicious_leave_the_quorum() {
    let mut it = Witnessed::start();
    // Slow: it takes connections and answers none.
    it.witnesses.first().unwrap().signal(Signal::STOP);
    let first = it.delivered(1);
    it.renew(first.to_str().unwrap());
    let (code, said) = it.verify(first.to_str().unwrap());
    assert_eq!(code, Some(0), "{said}");
    // Malicious: in its place somebody cosigns whatever he is shown, with a key of his own.
    it.witnesses.remove(0).kill();
    let address = fs::read_to_string(it.net.path("w1").join("witness.address")).unwrap();
    let asked = impostor(address.trim());
    let second = it.delivered(2);
    it.renew(second.to_str().unwrap());
    assert!(comes_true(|| asked.load(Ordering::Relaxed) > 0), "the impostor was never asked");
    let third = it.delivered(3);
    it.renew(third.to_str().unwrap());
    let (code, said) = it.verify(third.to_str().unwrap());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("witnessed by w2, w3"), "{said}");
}

/// Answers every request at an address as a witness with another key would; counts them.
fn impostor(address: &str) -> Arc<AtomicU32> {
    let listener = TcpListener::bind(address).unwrap();
    let cosigner = Cosigner::new("w1", SigningKey::from_seed(&[66; 32])).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 16 << 10];
            let Ok(length) = stream.read(&mut request) else { continue };
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let text = request.split("\n\n").nth(1).unwrap_or_default();
            let line = cosigner.cosign(&format!("{text}\n"), trust::LogTime(1_000_000));
            let body = line.unwrap_or_default();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
            let _ = stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes());
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    asked
}

#[test]
fn a_hub_does_not_start_on_a_journal_that_is_older_than_what_was_witnessed() {
    let mut it = Witnessed::start();
    let file = it.delivered(1);
    // An old copy of the journal, taken while the hub stands still.
    let hub = it.net.path("hub");
    let old = it.net.path("old-journal");
    it.net.hub().kill();
    copy(&hub.join("journal"), &old);
    it.net.hub = Some(Process::start("hub", &hub));
    let before = size(&it);
    let second = it.delivered(2);
    it.renew(second.to_str().unwrap());
    assert!(size(&it) > before, "{} receipts", file.display());
    it.net.hub().signal(Signal::KILL);
    it.net.hub().kill();
    fs::remove_dir_all(hub.join("journal")).unwrap();
    copy(&old, &hub.join("journal"));
    let output = nuncio().args(["hub", "run", "--dir"]).arg(&hub).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("was rolled back"), "{said}");
}

/// How many records the published checkpoint covers.
fn size(it: &Witnessed) -> u64 {
    let (log, keys) = (it.log(), it.keys());
    let output = run(&["checkpoint", "show", &log, "--key", &keys, "--output", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    document[0]["records"].as_u64().unwrap()
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What is done by hand to change a key of the log or of a witness (docs/keys.md), step by step.
struct ByHand {
    it: Witnessed,
    variables: Vec<String>,
}

impl ByHand {
    /// Makes a sealed key; gives its line.
    fn make(&self, file: &str, of: [&str; 2]) -> String {
        let (file, pass) = (self.it.net.path(file), self.it.net.path("pass"));
        let mut new = nuncio();
        new.args(["key", "new", "--passphrase-file"]).arg(&pass).arg(&file);
        assert!(new.output().unwrap().status.success());
        let mut line = nuncio();
        line.args(["key", "line"]).arg(&file).args(of).env("NUNCIO_PASSPHRASE_FILE", &pass);
        let line = line.output().unwrap();
        assert!(line.status.success(), "{}", String::from_utf8_lossy(&line.stderr));
        String::from_utf8(line.stdout).unwrap()
    }

    /// Changes everybody's `network.keys`.
    fn edit_keys(&self, change: impl Fn(String) -> String) {
        for folder in ["", "hub", "ALPHDEFFA", "BRAVFRPPA", "CHARGB2LA"] {
            let file = self.it.net.path(folder).join("network.keys");
            let text = fs::read_to_string(&file).unwrap();
            fs::write(file, change(text)).unwrap();
        }
    }

    /// Starts the hub, both gateways and all witnesses again, one after the other, where they
    /// listened before.
    fn start_all_again(&mut self) {
        for (at, name) in ["w1", "w2", "w3"].into_iter().enumerate() {
            self.it.witnesses.remove(at).stop();
            let process = Process::start_with(&self.variables, "witness", &self.it.net.path(name));
            self.it.witnesses.insert(at, process);
        }
        self.it.net.hub.take().unwrap().stop();
        let hub = self.it.net.path("hub");
        self.it.net.hub = Some(Process::start_with(&self.variables, "hub", &hub));
        for gateway in self.it.net.gateways.drain(..) {
            gateway.stop();
        }
        for name in ["ALPHDEFF", "BRAVFRPP"] {
            let folder = self.it.net.gateway(name);
            self.it.net.gateways.push(Process::start("gateway", &folder));
        }
    }

    /// Whether the receipts of a message hold; in which log they stand does not matter.
    fn holds(&self, id: &str) -> (Option<i32>, String) {
        let file = self.it.net.path(id);
        fs::write(&file, self.it.net.client("ALPHDEFF").receipt(id, "delivery")).unwrap();
        self.it.verify(file.to_str().unwrap())
    }
}

#[test]
fn keys_of_the_log_and_of_a_witness_are_changed_by_hand() {
    let it = Witnessed::start();
    let pass = it.net.path("pass");
    fs::write(&pass, "correct horse battery").unwrap();
    let variables = vec![format!("NUNCIO_PASSPHRASE_FILE={}", pass.display())];
    let mut hand = ByHand { it, variables };
    let first = hand.it.delivered_and_witnessed(1);
    let old = fs::read_to_string(hand.it.net.path("network.keys")).unwrap();
    let line = |start: &str| old.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
    let (old_log, old_w1) = (line("log "), line("witness w1+"));

    // Both new lines are known to everybody before anything is signed with the new keys.
    let log = hand.make("log.new.key", ["--log", "test"]);
    let w1 = hand.make("w1.new.key", ["--witness", "w1"]);
    hand.edit_keys(|text| format!("{text}{log}{w1}"));
    let known = log.strip_prefix("log ").unwrap().trim();
    for name in ["w1", "w2", "w3"] {
        let file = hand.it.net.path(name).join("witness.toml");
        let text = fs::read_to_string(&file).unwrap();
        let with = text.replace("keys = [", &format!("keys = [\"{known}\", "));
        assert_ne!(text, with);
        fs::write(file, with).unwrap();
    }
    hand.start_all_again();
    let second = hand.it.delivered_and_witnessed(2);
    assert!(hand.it.net.path("hub/cosigned.checkpoint").exists());

    // The files take the places of the old ones.
    for (new, place) in [("log.new.key", "hub/log.key"), ("w1.new.key", "w1/witness.key")] {
        fs::rename(hand.it.net.path(new), hand.it.net.path(place)).unwrap();
    }
    hand.start_all_again();
    let third = hand.it.delivered_and_witnessed(3);
    for id in [&first, &second, &third] {
        let (code, said) = hand.holds(id);
        assert_eq!(code, Some(0), "{id}: {said}");
    }
    // With one of the others away the quorum needs the witness whose key was changed.
    hand.it.witnesses.pop().unwrap().kill();
    let fourth = hand.it.delivered_and_witnessed(4);
    let (code, said) = hand.holds(&fourth);
    assert!(code == Some(0) && said.contains("witnessed by w1, w2"), "{said}");
    let copy = hand.it.net.path("copy").display().to_string();
    let (url, keys) = (hand.it.log(), hand.it.keys());
    let mirrored = run(&["log", "mirror", &url, "--key", &keys, "--to", &copy]);
    assert!(mirrored.status.success(), "{}", String::from_utf8_lossy(&mirrored.stderr));

    // Who takes the old lines out believes what the new keys signed, and nothing before.
    let kept = |text: String| {
        let lines = text.lines().filter(|line| *line != old_log && *line != old_w1);
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    hand.edit_keys(kept);
    assert_eq!(hand.holds(&first).0, Some(6));
    let (code, said) = hand.holds(&fourth);
    assert_eq!(code, Some(0), "{said}");
}
