//! A network that two of three governors change: a real hub, and the commands of people.

use std::fs;
use std::process::Output;

use rustix::process::Signal;

use crate::net::{Net, Process, nuncio, run, until};

/// A running network whose members were admitted before it was governed.
struct Governed {
    net: Net,
    log: String,
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

impl Governed {
    fn start() -> Self {
        let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
        let hub = net.path("hub");
        let settings = fs::read_to_string(hub.join("hub.toml")).unwrap();
        fs::write(hub.join("hub.toml"), settings + "log_listen = \"127.0.0.1:0\"\n").unwrap();
        Process::start("hub", &hub).stop();
        fs::write(net.path("pass"), "a passphrase\n").unwrap();
        let mut lines = "consent 2\n".to_owned();
        for name in ["ann", "bob", "eve"] {
            let key = net.path(name).display().to_string();
            let pass = net.path("pass").display().to_string();
            let made = run(&["key", "new", &key, "--passphrase-file", &pass]);
            assert!(made.status.success(), "{}", said(&made));
            let mut line = nuncio();
            line.args(["govern", "line", &key, "--name", name]);
            let line = line.env("NUNCIO_PASSPHRASE_FILE", &pass).output().unwrap();
            assert!(line.status.success(), "{}", said(&line));
            lines += std::str::from_utf8(&line.stdout).unwrap();
        }
        for file in [net.path("network.keys"), hub.join("network.keys")] {
            let keys = fs::read_to_string(&file).unwrap();
            fs::write(&file, keys + &lines).unwrap();
        }
        net.hub = Some(Process::start("hub", &hub));
        let address = fs::read_to_string(hub.join("log.address")).unwrap();
        Self { net, log: format!("http://{}", address.trim()) }
    }

    fn file(&self, name: &str) -> String {
        self.net.path(name).display().to_string()
    }

    fn propose(&self, more: &[&str], to: &str) -> Output {
        let (hub, to) = (self.file("hub"), self.file(to));
        let propose = ["govern", "propose", "--dir", &hub, "--because", "agreed", "--to", &to];
        run(&[&propose[..], more].concat())
    }

    fn sign(&self, change: &str, governor: &str) -> Output {
        let (change, keys, key) =
            (self.file(change), self.file("network.keys"), self.file(governor));
        let mut sign = nuncio();
        sign.args(["govern", "sign", &change, "--key", &keys, "--governor", &key, "--yes"]);
        sign.env("NUNCIO_PASSPHRASE_FILE", self.net.path("pass")).output().unwrap()
    }

    fn apply(&self, change: &str) -> Output {
        run(&["govern", "apply", &self.file(change), "--dir", &self.file("hub")])
    }

    /// The audit of the log, once it has as many changes.
    fn audited(&self, log: &str, changes: usize) -> serde_json::Value {
        let keys = self.file("network.keys");
        let output = run(&["govern", "log", log, "--key", &keys, "--output", "json"]);
        assert!(output.status.success(), "{}", said(&output));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["changes"].as_array().unwrap().len(), changes, "{document}");
        document
    }
}

#[track_caller]
fn refused(output: &Output, with: &str) {
    let said = said(output);
    assert!(!output.status.success() && said.contains(with), "{said}");
}

#[track_caller]
fn done(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

#[test]
fn the_operator_proposes_governors_sign_and_anybody_audits() {
    let governed = Governed::start();
    let directory = governed.net.path("hub").join("directory.toml");
    let admitted = fs::read_to_string(&directory).unwrap();
    governed.audited(&governed.log, 0);

    // The operator alone: the file says more, and nothing comes of it.
    let more = "\n[[institution]]\nbic = \"CHARGB2L\"\nname = \"Charlie Bank\"\n";
    fs::write(&directory, admitted.clone() + more).unwrap();
    let hub = governed.net.hub.as_ref().unwrap();
    hub.signal(Signal::HUP);
    let log = governed.net.path("hub").join("hub.log");
    until("the hub says that governors have not signed", || {
        fs::read_to_string(&log).unwrap().contains("more than governors have signed")
    });

    // One governor is too few; a change that another text was signed for is no change.
    done(&governed.propose(&[], "admit.change"));
    refused(&governed.apply("admit.change"), "NET102");
    let shown = governed.sign("admit.change", "ann");
    assert!(said(&shown).contains("Admit CHARGB2L, Charlie Bank, as a member."), "{shown:?}");
    refused(&governed.sign("admit.change", "ann"), "signature");
    refused(&governed.apply("admit.change"), "NET102");
    let one = fs::read_to_string(governed.net.path("admit.change")).unwrap();
    let altered = one.replace("because agreed", "because altered");
    fs::write(governed.net.path("altered.change"), altered).unwrap();
    refused(&governed.apply("altered.change"), "NET104");

    // Two are enough, once.
    done(&governed.sign("admit.change", "eve"));
    done(&governed.apply("admit.change"));
    refused(&governed.apply("admit.change"), "NET103");
    refused(&governed.propose(&[], "nothing.change"), "nothing to change");

    // What only governors can order: a key is revoked, a member expelled, governors are replaced.
    let keys = fs::read_to_string(governed.net.path("network.keys")).unwrap();
    fs::write(governed.net.path("new.keys"), keys.replace("consent 2", "consent 3")).unwrap();
    let new_keys = governed.file("new.keys");
    let more = ["--expel", "CHARGB2L", "--keys", new_keys.as_str()];
    done(&governed.propose(&more, "all.change"));
    for governor in ["bob", "eve"] {
        done(&governed.sign("all.change", governor));
    }
    done(&governed.apply("all.change"));
    fs::write(&directory, admitted + "branches = [\"BER\"]\n").unwrap();
    done(&governed.propose(&[], "two.change"));
    for governor in ["bob", "eve"] {
        done(&governed.sign("two.change", governor));
    }
    refused(&governed.apply("two.change"), "2 governors have signed");

    // Anybody sees it in the log, and in a copy of it, after a restart too.
    let mut governed = governed;
    governed.net.hub.as_mut().unwrap().kill_and_start();
    let address = fs::read_to_string(governed.net.path("hub").join("log.address")).unwrap();
    governed.log = format!("http://{}", address.trim());
    let document = governed.audited(&governed.log, 2);
    assert_eq!(document["changes"][0]["signed_by"], serde_json::json!(["ann", "eve"]));
    assert_eq!(document["changes"][1]["done"], 2);
    assert!(document["keys"].as_str().unwrap().ends_with("consent 3\n"));
    let (mirror, keys) = (governed.file("mirror"), governed.file("network.keys"));
    done(&run(&["log", "mirror", &governed.log, "--key", &keys, "--to", &mirror]));
    assert_eq!(governed.audited(&mirror, 2), document);
    // A body that is not the log's is found.
    let body = governed.net.path("mirror").join("governance/1");
    let forged = fs::read_to_string(&body).unwrap().replace("because agreed", "because altered");
    fs::write(&body, forged).unwrap();
    refused(&run(&["govern", "log", &mirror, "--key", &keys]), "is not what the log has");
}
