//! Processes that stand still and come back, not knowing that time has passed and that others have
//! taken their place.

use std::fs;
use std::process::Command;
use std::time::Duration;

use gateway::api::State;
use rustix::process::Signal;

use crate::net::{Net, Process, nuncio, pause, payment, until};
use crate::traffic::Traffic;

/// Test 14 for what one machine has: a hub that stands still keeps its journal, nobody else gets it,
/// and when it goes on nothing is lost.
#[test]
fn zombie_hub_pause() {
    let mut net = Net::start();
    let traffic = Traffic::start(&net);
    until("there is traffic", || traffic.count() > 10);
    net.hub().signal(Signal::STOP);
    // The second one has a port of its own, so that only the journal is in its way.
    fs::write(net.path("hub/hub.toml"), "network = \"test\"\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let output = nuncio().args(["hub", "run", "--dir"]).arg(net.path("hub")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("another process"), "{said}");
    // Longer than a handshake or an opening may take.
    pause(Duration::from_secs(12));
    net.hub().signal(Signal::CONT);
    traffic.check(&mut net);
}

/// A gateway that stands still keeps its store as well.
#[test]
fn a_gateway_that_stands_still_keeps_its_folder_and_goes_on() {
    let mut net = Net::start();
    let traffic = Traffic::start(&net);
    until("there is traffic", || traffic.count() > 10);
    net.gateways[1].signal(Signal::STOP);
    let folder = net.gateway("BRAVFRPP");
    let output = nuncio().args(["gateway", "run", "--dir"]).arg(folder).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("another process"), "{said}");
    pause(Duration::from_secs(3));
    net.gateways[1].signal(Signal::CONT);
    traffic.check(&mut net);
}

/// A gateway stands still; another machine takes its terminal over, with a copy of its folder. The
/// zombie has an offer in its socket when it wakes: what it says about that counts for nothing.
#[test]
fn a_gateway_that_was_replaced_while_it_stood_still_acknowledges_nothing() {
    let net = Net::start();
    let sender = net.client("ALPHDEFF");
    let send = |number| {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        sender.post(&body, &format!("payment-{number}")).id.unwrap()
    };
    sender.wait_for(&send(1), &[State::Delivered]);
    let zombie = net.gateway("BRAVFRPP");
    net.gateways[1].signal(Signal::STOP);
    // Its store rests: every transaction in it is whole.
    let id = send(2);
    sender.wait_for(&id, &[State::Accepted]);
    let other = net.path("BRAVFRPPA-replacement");
    assert!(Command::new("cp").arg("-r").args([&zombie, &other]).status().unwrap().success());
    fs::remove_file(other.join("gateway.address")).unwrap();
    let heir = Process::start("gateway", &other);
    sender.wait_for(&id, &[State::Delivered]);
    let acknowledged = |net: &Net| {
        let journal = net.path("hub/journal");
        let output = nuncio()
            .args(["journal", "inspect", "--output", "json"])
            .arg(journal)
            .arg("..")
            .output()
            .unwrap();
        let records: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        // The terminal of the receiver; the sender acknowledges notices.
        let by = "BRAVFRPPA".bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let is_by_receiver = |record: &&serde_json::Value| {
            record["kind"] == "acknowledged" && record["meta"].as_str().unwrap().contains(&by)
        };
        records.iter().filter(is_by_receiver).count()
    };
    assert_eq!(acknowledged(&net), 2);

    net.gateways[1].signal(Signal::CONT);
    until("the zombie learns that it was replaced", || net.gateways[1].log().contains("LNK002"));
    let last = send(3);
    sender.wait_for(&last, &[State::Delivered]);
    assert_eq!(acknowledged(&net), 3, "one for each message, and none by the zombie");
    let inbox = net.client_in(&other).inbox();
    let numbers: Vec<_> = inbox.iter().map(|it| it.output_number).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
    heir.stop();
}
