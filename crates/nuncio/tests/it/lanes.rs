//! Lanes of an institution's own and its two gateways, as real processes: each takes what it is for,
//! rules move while messages go, and a gateway that is killed has its lanes taken over.

use std::collections::BTreeMap;
use std::fs;

use gateway::api::{Lane, LaneView, Message, State};

use crate::net::{Client, Net, Process, free_address, nuncio, payment, until};

/// A network in which BRAVFRPP has two gateways, with further settings each; all runs.
fn net(first: &str, second: &str) -> Net {
    let mut net = Net::files_with(&["ALPHDEFF", "BRAVFRPP"], &["BRAVFRPPB"], &free_address());
    for (terminal, settings) in [("BRAVFRPPA", first), ("BRAVFRPPB", second)] {
        let path = net.path(terminal).join("gateway.toml");
        let text = fs::read_to_string(&path).unwrap();
        let key = |line: &str| line.split(" = ").next().unwrap().to_owned();
        let set: Vec<String> = settings.lines().map(key).collect();
        let kept: Vec<&str> = text.lines().filter(|line| !set.contains(&key(line))).collect();
        fs::write(path, format!("{settings}\n{}\n", kept.join("\n"))).unwrap();
    }
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for terminal in ["ALPHDEFFA", "BRAVFRPPA", "BRAVFRPPB"] {
        net.gateways.push(Process::start("gateway", &net.path(terminal)));
        let client = net.client_in(&net.path(terminal));
        until("it is connected", || {
            client.json::<serde_json::Value>("/v1/status")["link"]["state"] == "connected"
        });
    }
    net
}

/// Sends a payment and gives its id.
#[track_caller]
fn send(client: &Client, number: u64, query: &str) -> String {
    let body = payment("ALPHDEFF", "BRAVFRPP", number);
    let (status, answer) = client.try_post_with(query, &body, &number.to_string()).unwrap();
    assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
    let stored: gateway::api::Stored = serde_json::from_slice(&answer).unwrap();
    stored.id.unwrap()
}

#[track_caller]
fn command(net: &Net, terminal: &str, arguments: &[&str]) -> String {
    let mut command = nuncio();
    command.args(arguments).arg("--gateway").arg(net.path(terminal));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Lanes by number, with what waits in each and the terminal that empties it.
fn lanes(client: &Client) -> BTreeMap<u8, (u64, String)> {
    let view: LaneView = client.json("/v1/lanes");
    let row = |it: Lane| (it.lane, (it.waiting, it.terminal.unwrap_or_default()));
    view.lanes.into_iter().map(row).collect()
}

/// What waits in the inbox, by id: lane and whether it may be a duplicate.
fn came(client: &Client) -> BTreeMap<String, (u8, bool)> {
    let row = |it: Message| (it.id, (it.lane.unwrap(), it.possible_duplicate));
    client.inbox().into_iter().map(row).collect()
}

#[test]
fn each_gateway_takes_the_lanes_that_it_is_for_and_rules_move_while_messages_go() {
    let net = net("", "lanes = [\"4\"]\nonly_lanes = true");
    let (alpha, first) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let second = net.client_in(&net.path("BRAVFRPPB"));
    let rule = "4 funds: types=pacs.* urgent";
    let done = command(&net, "BRAVFRPPB", &["lanes", "set", rule]);
    assert!(done.starts_with("done: it stands in record "), "{done}");

    let mut wanted = (BTreeMap::new(), BTreeMap::new());
    for number in 1..=6 {
        if number % 2 == 0 {
            wanted.1.insert(send(&alpha, number, "?priority=urgent"), (4, false));
        } else {
            wanted.0.insert(send(&alpha, number, ""), (2, false));
        }
    }
    for id in wanted.0.keys().chain(wanted.1.keys()) {
        alpha.wait_for(id, &[State::Delivered]);
    }
    assert_eq!((came(&first), came(&second)), wanted);
    let held = lanes(&first);
    assert_eq!(held[&2], (0, "BRAVFRPPA".to_owned()));
    assert_eq!(held[&4], (0, "BRAVFRPPB".to_owned()));
    let shown = command(&net, "BRAVFRPPA", &["lanes", "show"]);
    assert!(shown.contains("funds") && shown.contains(rule), "{shown}");
    let operator =
        nuncio().args(["hub", "lanes", "BRAVFRPP", "--dir"]).arg(net.path("hub")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&operator.stdout), shown);
    // The archive finds them by their numbers in the lane.
    until("the archive has them", || {
        let (status, bytes) = second.get("/v1/archive?lane=4&first=1&last=9", "application/json");
        // The archive opens behind the hub.
        if status != 200 {
            return false;
        }
        let found: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        found["messages"].as_array().is_some_and(|all| all.len() == 3)
    });
    // The proof of delivery by an own lane holds.
    let id = wanted.1.keys().next().unwrap();
    let receipt = net.path("receipt");
    fs::write(&receipt, alpha.receipt(id, "delivery")).unwrap();
    let verified = nuncio()
        .args(["verify", "--key"])
        .arg(net.path("network.keys"))
        .arg(&receipt)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));

    command(&net, "BRAVFRPPA", &["lanes", "set", "--none"]);
    let id = send(&alpha, 7, "?priority=urgent");
    alpha.wait_for(&id, &[State::Delivered]);
    assert_eq!(came(&first).get(&id), Some(&(1, false)));
    let refused = nuncio()
        .args(["lanes", "set", "3 funds: all", "--gateway"])
        .arg(net.path("BRAVFRPPA"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("4 to 19"), "{said}");
}

#[test]
fn a_lane_is_with_one_gateway_and_another_takes_it_over_when_that_is_killed() {
    let taken = "acknowledge = \"taken\"";
    let mut net = net(taken, taken);
    let (alpha, first) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let second = net.client_in(&net.path("BRAVFRPPB"));
    // A hub has two small frames unacknowledged at most: a third message would wait.
    let early: Vec<String> = (1..=2).map(|number| send(&alpha, number, "")).collect();
    until("the first gateway has them", || came(&first).len() == 2);
    assert_eq!(lanes(&second)[&2], (2, "BRAVFRPPA".to_owned()));
    assert!(came(&second).is_empty(), "the second gateway waits");

    net.gateways[1].kill();
    until("the second gateway has them", || came(&second).len() == 2);
    for id in &early {
        assert_eq!(came(&second)[id], (2, true), "{id} is marked");
    }
    let late = send(&alpha, 3, "");
    until("the second gateway has the next one", || came(&second).len() == 3);
    assert_eq!(came(&second)[&late], (2, false));

    // The first one comes back and waits; what it has, it does not acknowledge any more.
    net.gateways[1] = Process::start("gateway", &net.path("BRAVFRPPA"));
    until("it is connected again", || {
        first.json::<serde_json::Value>("/v1/status")["link"]["state"] == "connected"
    });
    assert_eq!(came(&first).len(), 2);
    let shown = command(&net, "BRAVFRPPA", &["inbox", "--ack"]);
    assert!(shown.contains(&early[0]), "{shown}");
    assert_eq!(lanes(&first)[&2], (3, "BRAVFRPPB".to_owned()));
    for id in &early {
        assert_eq!(alpha.message(id).state, State::Accepted);
    }

    command(&net, "BRAVFRPPB", &["inbox", "--ack"]);
    for id in early.iter().chain([&late]) {
        alpha.wait_for(id, &[State::Delivered]);
    }
    assert_eq!(lanes(&first)[&2], (0, "BRAVFRPPB".to_owned()));
}

#[test]
fn a_gateway_that_is_for_a_lane_gets_it_when_what_stands_there_was_taken() {
    let net = {
        let mut net = net("acknowledge = \"taken\"", "lanes = [\"normal\"]");
        net.gateways[2].kill();
        net
    };
    let mut net = net;
    let (alpha, first) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let second = net.client_in(&net.path("BRAVFRPPB"));
    until("the first gateway has the lane", || lanes(&first)[&2].1 == "BRAVFRPPA");
    let early = send(&alpha, 1, "");
    until("the first gateway has it", || came(&first).len() == 1);

    net.gateways[2] = Process::start("gateway", &net.path("BRAVFRPPB"));
    until("the hand-over has begun", || {
        let view: LaneView = first.json("/v1/lanes");
        view.lanes.iter().any(|lane| lane.leased_through == Some(1))
    });
    let late = send(&alpha, 2, "");
    alpha.wait_for(&late, &[State::Accepted]);
    assert_eq!(lanes(&first)[&2], (2, "BRAVFRPPA".to_owned()));
    assert!(came(&second).is_empty(), "the second gateway waits");

    command(&net, "BRAVFRPPA", &["inbox", "--ack"]);
    alpha.wait_for(&early, &[State::Delivered]);
    alpha.wait_for(&late, &[State::Delivered]);
    assert_eq!(came(&second).into_iter().collect::<Vec<_>>(), [(late, (2, false))]);
    assert_eq!(lanes(&first)[&2], (0, "BRAVFRPPB".to_owned()));
}
