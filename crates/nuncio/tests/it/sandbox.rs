//! The sandbox: simulated peers behave as the reference of a message tells them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use gateway::api::{Message, State};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::net::{Client, nuncio, sample, until};

struct Sandbox {
    _folder: TempDir,
    child: Child,
    gateway: PathBuf,
}

impl Sandbox {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let network = folder.path().join("box");
        let (child, gateway) = run(&network);
        Self { _folder: folder, child, gateway }
    }

    /// Sends a sample under the reference `T` and a word; waits until it is delivered.
    fn send(&self, client: &Client, name: &str, word: &str) {
        self.send_until(State::Delivered, client, (name, word));
    }

    fn send_until(&self, state: State, client: &Client, (name, word): (&str, &str)) {
        let message = sample(name);
        let (begin, end) =
            if name.starts_with("mt") { (":20:", "\r\n") } else { ("<BizMsgIdr>", "<") };
        let reference = message.split(begin).nth(1).unwrap().split(end).next().unwrap();
        let message = message.replace(reference, &format!("T{word}"));
        let stored = client.post(message.as_bytes(), &format!("{name}{word}"));
        client.wait_for(&stored.id.unwrap(), &[state]);
    }

    fn stop(mut self) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a sandbox and waits until it says how it is used.
fn run(network: &Path) -> (Child, PathBuf) {
    let mut child = nuncio()
        .args(["sandbox", "--output", "json", "--dir"])
        .arg(network)
        .stdout(Stdio::piped())
        .stderr(fs::File::create(network.with_extension("log")).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().expect("the sandbox says how it is used").unwrap();
    // It goes on telling; somebody must listen.
    std::thread::spawn(move || for _line in lines {});
    let said: serde_json::Value = serde_json::from_str(&first).unwrap();
    let gateway = said["gateways"][0]["folder"].as_str().unwrap().into();
    (child, gateway)
}

/// The message types and texts of what came, oldest first, once there are so many.
fn answers(client: &Client, count: usize) -> Vec<(Message, String)> {
    let mut inbox = Vec::new();
    until("the answers are there", || {
        inbox = client.inbox();
        inbox.len() >= count
    });
    let read = |message: Message| {
        let (status, bytes) = client.get(&format!("/v1/inbox/{}/raw", message.id), "*/*");
        assert_eq!(status, 200);
        (message, String::from_utf8(bytes).unwrap())
    };
    inbox.into_iter().map(read).collect()
}

#[test]
fn peers_do_as_the_reference_says() {
    let sandbox = Sandbox::start();
    let client = Client::new(sandbox.gateway.clone());
    sandbox.send(&client, "pacs.008.001.08.xml", "+SILENT");
    sandbox.send_until(State::Declined, &client, ("pacs.008.001.08.xml", "+DCLN-AM04"));
    sandbox.send(&client, "pacs.008.001.08.xml", "+AFTER");
    sandbox.send(&client, "pacs.008.001.08.xml", "+LATE-1");
    sandbox.send(&client, "pacs.008.001.08.xml", "+RJCT-MS03");
    let said = answers(&client, 3);
    let about = |at: usize| {
        let (_, text) = &said[at];
        let of = text.split("<OrgnlMsgId>").nth(1).unwrap().split('<').next().unwrap();
        let status = text.split("<TxSts>").nth(1).unwrap().split('<').next().unwrap();
        format!("{of} {status}")
    };
    // The answer to AFTER comes behind the first one that somebody else gets; LATE comes last,
    // unless the machine was so busy that a second went by.
    assert_eq!(said.len(), 3);
    let all: Vec<String> = (0..3).map(about).collect();
    let place = |word: &str| all.iter().position(|it| it.contains(word)).unwrap();
    assert_eq!(all[place("+RJCT")], "T+RJCT-MS03 RJCT");
    assert_eq!(all[place("+AFTER")], "T+AFTER ACCC");
    assert_eq!(all[place("+LATE")], "T+LATE-1 ACCC");
    assert!(place("+AFTER") > 0, "{all:?}");
    assert!(said[place("+RJCT")].1.contains("<Cd>MS03</Cd>"));
    sandbox.stop();
}

#[test]
fn peers_answer_twice_return_money_and_speak_fin() {
    let sandbox = Sandbox::start();
    let client = Client::new(sandbox.gateway.clone());
    sandbox.send(&client, "pacs.008.001.08.xml", "+TWICE");
    answers(&client, 2);
    sandbox.send(&client, "pacs.008.001.08.xml", "+RTRN-AC06");
    answers(&client, 4);
    sandbox.send(&client, "camt.056.001.08.xml", "+RJCT");
    let said = answers(&client, 5);
    let types: Vec<&str> = said.iter().map(|(message, _)| message.message_type.as_str()).collect();
    let expected = ["pacs.002.001.10", "pacs.002.001.10", "pacs.002.001.10", "pacs.004.001.09"];
    assert_eq!(types[..4], expected);
    assert_eq!(types[4], "camt.029.001.09");
    assert!(said[3].1.contains("<Cd>AC06</Cd>"));
    assert!(said[4].1.contains("RJCR") && said[4].1.contains("<Cd>LEGL</Cd>"));
    sandbox.send(&client, "mt103.fin", "+RJCT");
    let said = answers(&client, 6);
    assert_eq!(said[5].0.message_type, "fin.199");
    assert!(said[5].1.contains(":21:T+RJCT\r\n:79:REJECTED AC04\r\n"), "{}", said[5].1);
    sandbox.stop();
}

#[test]
fn a_sandbox_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let network = folder.path().join("box");
    let mut last = 0;
    for round in 1..=2 {
        let (child, gateway) = run(&network);
        let sandbox = Sandbox { _folder: tempfile::tempdir().unwrap(), child, gateway };
        let client = Client::new(sandbox.gateway.clone());
        sandbox.send(&client, "pacs.008.001.08.xml", &format!("+RJCT-AC0{round}"));
        let said = answers(&client, round);
        assert!(said.len() > last);
        last = said.len();
        sandbox.stop();
    }
}

#[test]
fn peers_answer_requests_of_a_real_time_service() {
    let folder = tempfile::tempdir().unwrap();
    let network = folder.path().join("box");
    let (child, gateway) = run(&network);
    let sandbox = Sandbox { _folder: tempfile::tempdir().unwrap(), child, gateway };
    let client = Client::new(sandbox.gateway.clone());
    sandbox.send(&client, "pacs.008.001.08.xml", "+SILENT");
    sandbox.stop();
    let directory = network.join("hub/directory.toml");
    let service = |name: &str, within_ms: u64| {
        format!("[[service]]\nname = \"{name}\"\ntypes = [\"*\"]\nanswer_within_ms = {within_ms}\n")
    };
    let rules = service("instant", 600_000) + &service("quick", 500);
    fs::write(&directory, fs::read_to_string(&directory).unwrap() + &rules).unwrap();

    let (child, gateway) = run(&network);
    let sandbox = Sandbox { _folder: folder, child, gateway };
    let client = Client::new(sandbox.gateway.clone());
    let ask = |word: &str, service: &str, state: State| {
        let message = sample("pacs.008.001.08.xml");
        let reference = message.split("<BizMsgIdr>").nth(1).unwrap().split('<').next().unwrap();
        let message = message.replace(reference, &format!("T{word}"));
        let query = format!("?service={service}&priority=real-time");
        let mut number = 0;
        // A peer that is not back yet is one to whom nobody can ask anything.
        until("a peer receives", || {
            number += 1;
            let key = format!("{word}{number}");
            let (_, stored) = client.try_post_with(&query, message.as_bytes(), &key).unwrap();
            let stored: gateway::api::Stored = serde_json::from_slice(&stored).unwrap();
            client.wait_for(&stored.id.unwrap(), &[state, State::Refused]).state == state
        });
    };
    ask("+TWICE", "instant", State::Answered);
    ask("+DCLN", "instant", State::Declined);
    ask("+LATE-1", "instant", State::Answered);
    ask("+SILENT", "quick", State::Ended);
    sandbox.stop();
}
