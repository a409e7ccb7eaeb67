//! Bad input and bad surroundings: each gets a clear word about what to do, and nothing is lost or
//! half done.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use gateway::api::State;
use hub::health::{Report, State as Health};
use rustix::process::Signal;

use crate::net::{INSTITUTIONS, Net, Process, nuncio, payment, run, until};

/// Starts a process that must end by itself, and gives what it said.
fn fails(kind: &str, folder: &Path) -> String {
    let output = nuncio().args([kind, "run", "--dir"]).arg(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_is_wrong_with_a_message_is_said_at_the_gateway_and_nothing_is_stored() {
    let net = Net::start();
    let client = net.client("ALPHDEFF");
    let good = String::from_utf8(payment("ALPHDEFF", "BRAVFRPP", 1)).unwrap();
    let cases: [(&str, String, u16, &str); 6] = [
        ("not XML", "hello".to_owned(), 422, "XML"),
        ("two roots", format!("{good}<again/>"), 422, "XML"),
        ("a DOCTYPE", format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{}", strip(&good)), 422, "XML"),
        ("another sender", good.replace("ALPHDEFF", "BRAVFRPP"), 422, "GTW021"),
        ("no header", document_alone(&good), 422, "DOC001"),
        ("20 MB", "x".repeat(20_000_000), 413, "GTW007"),
    ];
    for (what, body, status, code) in cases {
        let (got, bytes) = client.try_post(body.as_bytes(), &what.replace(' ', "-")).unwrap();
        let said = String::from_utf8(bytes).unwrap();
        assert_eq!(got, status, "{what}: {said}");
        assert!(said.contains(code), "{what}: {said}");
    }
    let stored = client.post(good.as_bytes(), "good");
    assert_eq!(stored.input_number, Some(1), "nothing before it took a number");
}

fn strip(text: &str) -> &str {
    text.split_once("?>").map_or(text, |(_, rest)| rest)
}

fn document_alone(text: &str) -> String {
    let at = text.find("<Document").or_else(|| text.find("Document xmlns")).unwrap();
    let end = text.rfind("</Document>").unwrap() + "</Document>".len();
    text[at..end].to_owned()
}

#[test]
fn an_unknown_receiver_is_refused_by_the_network_with_a_proof() {
    let net = Net::start();
    let client = net.client("ALPHDEFF");
    let id = client.post(&payment("ALPHDEFF", "ZULUJPJT", 1), "strange").id.unwrap();
    let message = client.wait_for(&id, &[State::Refused]);
    assert_eq!(message.reasons[0].code, "NET001");
    assert!(!client.receipt(&id, "refusal").is_empty());
    // The number was used; the next message goes on.
    let id = client.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "next").id.unwrap();
    assert_eq!(id, "ALPHDEFFA-2");
    client.wait_for(&id, &[State::Delivered]);
}

#[test]
fn a_suspended_institution_neither_sends_nor_receives_until_it_is_reinstated() {
    let mut net = Net::start();
    let directory = net.path("hub/directory.toml");
    let before = fs::read_to_string(&directory).unwrap();
    let line = "name = \"BRAVFRPP\"";
    let after = before.replace(line, &format!("{line}\nsuspended = \"inquiry 7\""));
    assert_ne!(before, after);
    fs::write(&directory, after).unwrap();
    net.hub().signal(Signal::HUP);
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let mut number = 0;
    until("the suspension holds", || {
        number += 1;
        let bytes = payment("ALPHDEFF", "BRAVFRPP", number);
        let id = alpha.post(&bytes, &format!("to-{number}")).id.unwrap();
        let message = alpha.wait_for(&id, &[State::Refused, State::Delivered]);
        message.reasons.iter().any(|reason| reason.code == "NET002")
    });
    let id = brava.post(&payment("BRAVFRPP", "ALPHDEFF", 1), "from").id.unwrap();
    let message = brava.wait_for(&id, &[State::Refused]);
    assert_eq!(message.reasons[0].code, "NET003");
    fs::write(&directory, before).unwrap();
    // A restart reads the directory as SIGHUP does.
    net.hub().kill_and_start();
    let id = brava.post(&payment("BRAVFRPP", "ALPHDEFF", 2), "again").id.unwrap();
    brava.wait_for(&id, &[State::Delivered]);
}

#[test]
fn a_port_in_use_is_named() {
    let net = Net::files(&["ALPHDEFF"]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let settings = net.path("hub/hub.toml");
    fs::write(&settings, format!("network = \"test\"\nlisten = \"{address}\"\n")).unwrap();
    let said = fails("hub", &net.path("hub"));
    assert!(said.contains(&address.to_string()) && said.contains("listen"), "{said}");
    let folder = net.gateway("ALPHDEFF");
    let settings = fs::read_to_string(folder.join("gateway.toml")).unwrap();
    let settings = settings.replace("127.0.0.1:0", &address.to_string());
    fs::write(folder.join("gateway.toml"), settings).unwrap();
    let said = fails("gateway", &folder);
    assert!(said.contains(&address.to_string()), "{said}");
}

#[test]
fn a_missing_or_foreign_key_is_named() {
    let net = Net::files(&INSTITUTIONS);
    let other = Net::files(&["ALPHDEFF"]);
    let hub = net.path("hub");
    let good = fs::read(hub.join("log.key")).unwrap();
    fs::remove_file(hub.join("log.key")).unwrap();
    let said = fails("hub", &hub);
    assert!(said.contains("log.key"), "{said}");
    fs::copy(other.path("hub/log.key"), hub.join("log.key")).unwrap();
    let said = fails("hub", &hub);
    assert!(said.contains("log.key") && said.contains("network.keys"), "{said}");
    fs::write(hub.join("log.key"), good).unwrap();
    drop(Process::start("hub", &hub));

    let gateway = net.gateway("ALPHDEFF");
    let good = fs::read(gateway.join("signing.key")).unwrap();
    fs::remove_file(gateway.join("signing.key")).unwrap();
    let said = fails("gateway", &gateway);
    assert!(said.contains("signing.key"), "{said}");
    fs::copy(net.gateway("BRAVFRPP").join("signing.key"), gateway.join("signing.key")).unwrap();
    let said = fails("gateway", &gateway);
    assert!(said.contains("signing.key") || said.contains("grant.note"), "{said}");
    fs::write(gateway.join("signing.key"), good).unwrap();
    drop(Process::start("gateway", &gateway));
}

#[test]
fn a_journal_has_one_hub() {
    let mut net = Net::files(&["ALPHDEFF"]);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    let settings = net.path("hub/hub.toml");
    fs::write(settings, "network = \"test\"\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let said = fails("hub", &net.path("hub"));
    assert!(said.contains("journal") && said.contains("another"), "{said}");
}

/// How the hub of a folder is: its state, the codes of what is wrong, and how the command ended.
fn health(hub: &Path) -> (Health, Vec<String>, i32) {
    let folder = hub.to_str().unwrap();
    let output = run(&["hub", "health", "--dir", folder, "--output", "json"]);
    let code = output.status.code().unwrap();
    let report: Report = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.version, 1);
    (report.state, report.reasons.into_iter().map(|reason| reason.code).collect(), code)
}

#[test]
fn a_hub_says_how_it_is() {
    let mut net = Net::files(&["ALPHDEFF"]);
    let hub = net.path("hub");
    let folder = hub.to_str().unwrap();
    assert_eq!(run(&["hub", "health", "--dir", folder]).status.code(), Some(3));
    let settings = fs::read_to_string(hub.join("hub.toml")).unwrap();
    let backup = net.path("backup");
    let more = format!("log_listen = \"127.0.0.1:0\"\nbackup = \"{}\"\n", backup.display());
    fs::write(hub.join("hub.toml"), format!("{more}{settings}")).unwrap();
    net.hub = Some(Process::start("hub", &hub));
    let (state, codes, code) = health(&hub);
    assert!(state == Health::Degraded && code == 1 && codes.contains(&"HUB006".to_owned()));
    let proven = |at: &str| {
        fs::create_dir_all(&backup).unwrap();
        fs::write(backup.join("backup.json"), format!("{{\"proven\": \"{at}\"}}")).unwrap();
        health(&hub).1.contains(&"HUB006".to_owned())
    };
    assert!(proven("2026-11-01T00:00:00.000000Z"));
    assert!(!proven("2226-11-01T00:00:00.000000Z"), "a clock that runs ahead proves nothing bad");
    let address = fs::read_to_string(hub.join("log.address")).unwrap();
    let mut answer = ureq::get(format!("http://{}/health", address.trim())).call().unwrap();
    let told: serde_json::Value =
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    let state = told.get("state").and_then(|state| state.as_str());
    assert!(matches!(state, Some("ok" | "degraded")), "{told}");
    net.hub.take().unwrap().stop();
}

#[test]
fn a_full_disk_makes_the_hub_wait_and_loses_nothing() {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let journal = net.path("hub/journal");
    fs::create_dir(&journal).unwrap();
    let mount = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=110m", "none"])
        .arg(&journal)
        .status();
    if !mount.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a tmpfs");
        println!("skipped: a full disk needs the right to mount a tmpfs");
        return;
    }
    let _unmount = Unmount(journal.clone());
    let listen = fs::read_to_string(net.path("hub/hub.toml")).unwrap();
    fs::write(net.path("hub/hub.toml"), format!("{listen}segment_bytes = 50331648\n")).unwrap();
    net.hub = Some(Process::start("hub", &net.path("hub")));
    net.gateways.push(Process::start("gateway", &net.gateway("ALPHDEFF")));
    let client = net.client("ALPHDEFF");
    let padding = format!("<!--{}-->", "x".repeat(1_500_000));
    let ids: Vec<String> = (1..=80)
        .map(|number| {
            let mut bytes = payment("ALPHDEFF", "BRAVFRPP", number);
            bytes.extend_from_slice(padding.as_bytes());
            client.post(&bytes, &format!("full-{number}")).id.unwrap()
        })
        .collect();
    let hub = net.path("hub");
    until("the hub says that it waits for room", || health(&hub).0 == Health::Paused);
    let (_, codes, code) = health(&hub);
    assert!(code == 1 && codes.contains(&"HUB001".to_owned()), "{codes:?}");
    let order = run(&["hub", "close", "ALPHDEFFA", "--dir", hub.to_str().unwrap()]);
    let said = String::from_utf8(order.stderr).unwrap();
    assert!(said.contains("HUB001") || said.contains("no open session"), "{said}");
    // It stops in good order, and starts, and waits again.
    net.hub.take().unwrap().stop();
    net.hub = Some(Process::start("hub", &hub));
    until("the hub waits for room again", || health(&hub).0 == Health::Paused);
    let waiting = client.message(&ids[ids.len() - 1]);
    let open = matches!(waiting.state, State::Stored | State::Submitted);
    assert!(open, "nobody is told that it was accepted: {waiting:?}");
    let remount = std::process::Command::new("mount")
        .args(["-o", "remount,size=400m"])
        .arg(&journal)
        .status()
        .unwrap();
    assert!(remount.success());
    // Nobody starts it again: it finds the room by itself.
    for id in &ids {
        client.wait_for(id, &[State::Accepted]);
    }
    assert_ne!(health(&hub).0, Health::Paused);
    // With the whole disk in use again: a hub that archives makes room, and reads there as before.
    let settings = fs::read_to_string(net.path("hub/hub.toml")).unwrap();
    fs::write(net.path("hub/hub.toml"), format!("{settings}archive_after_days = 0\n")).unwrap();
    net.hub().kill_and_start();
    until("old segments are in the archive", || net.hub().log().contains("are in the archive"));
    net.gateways.push(Process::start("gateway", &net.gateway("BRAVFRPP")));
    for id in &ids {
        client.wait_for(id, &[State::Delivered]);
    }
    net.hub.take().unwrap().stop();
    assert!(journal.join("archive/00000000000000000000.segment.lz4").exists());
    assert!(journal::verify(&journal, true).unwrap().is_sound());
}

/// Takes the file system away when the test ends.
struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
