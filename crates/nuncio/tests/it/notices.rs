//! What the network tells beside deliveries, through real processes: deadlines that come, orders of
//! the operator, and what both ends see of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use gateway::api::{State, Step, Stored};
use rustix::process::Signal;

use crate::net::{Net, Process, nuncio, payment, until, within_a_day};

/// Runs the network with these rules, all but one gateway.
fn net(rules: &str, absent: &str) -> Net {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let directory = net.path("hub").join("directory.toml");
    let mut text = fs::read_to_string(&directory).unwrap();
    text.push_str(rules);
    fs::write(directory, text).unwrap();
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for name in ["ALPHDEFF", "BRAVFRPP"].iter().filter(|name| **name != absent) {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    net
}

fn order(net: &Net, arguments: &[&str]) -> Output {
    nuncio().arg("hub").args(arguments).arg("--dir").arg(net.path("hub")).output().unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn steps(message: &gateway::api::Message) -> Vec<Step> {
    message.timeline.iter().map(|event| event.step).collect()
}

#[test]
fn a_message_that_nobody_fetches_is_warned_of_and_withdrawn_and_its_number_stays() {
    let rules = "
        [[service]]
        name = \"payments\"
        types = [\"*\"]
        warn_after_s = { normal = 1 }
        withdraw_after_s = 12
    ";
    let mut net = net(rules, "BRAVFRPP");
    let alpha = net.client("ALPHDEFF");
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    let (status, answer) = alpha.try_post_with("?monitoring=warning", &body, "1").unwrap();
    assert_eq!(status, 202);
    let id = serde_json::from_slice::<Stored>(&answer).unwrap().id.unwrap();
    let message = alpha.wait_for(&id, &[State::Withdrawn]);
    let end = [Step::Accepted, Step::Undelivered, Step::Withdrawn];
    assert!(steps(&message).ends_with(&end), "{message:?}");

    // The receiver finds the word of it in the place of the message, and goes on behind it.
    net.gateways.push(Process::start("gateway", &net.gateway("BRAVFRPP")));
    let brava = net.client("BRAVFRPP");
    let notices = brava.notices(1);
    assert_eq!(notices[0].kind, "number-withdrawn");
    assert_eq!((notices[0].lane, notices[0].output_number), (2, 1));
    let next = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "2").id.unwrap();
    alpha.wait_for(&next, &[State::Delivered]);
    let received = brava.inbox();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].output_number, Some(2));

    // All of it survives the end of everybody.
    for process in &mut net.gateways {
        process.kill_and_start();
    }
    net.hub().kill_and_start();
    let third = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 3), "3").id.unwrap();
    alpha.wait_for(&third, &[State::Delivered]);
    assert_eq!(alpha.message(&id).state, State::Withdrawn);
    assert_eq!(brava.notices(1), notices);
}

#[test]
fn the_operator_withdraws_a_message_that_waits_and_both_ends_are_told() {
    within_a_day();
    let mut net = net("", "BRAVFRPP");
    let alpha = net.client("ALPHDEFF");
    let id = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "1").id.unwrap();
    alpha.wait_for(&id, &[State::Accepted]);
    let report = said(&order(&net, &["report", "ALPHDEFF", "--output", "json"]));
    let rows: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(rows[0]["message"], id.as_str());
    let record = rows[0]["record"].to_string();
    said(&order(&net, &["abort", "BRAVFRPP", &record, "--reason", "on the order of a court"]));
    let message = alpha.wait_for(&id, &[State::Withdrawn]);
    let last = message.timeline.last().unwrap();
    assert_eq!(last.step, Step::Aborted);
    assert_eq!(last.facts.text.as_deref(), Some("on the order of a court"));
    assert_eq!(alpha.notices(1)[0].message, Some(id));

    let control = fs::metadata(net.path("hub").join("hub.control")).unwrap();
    assert_eq!(control.permissions().mode() & 0o777, 0o600, "only the hub's user gives orders");
    let again = order(&net, &["abort", "BRAVFRPP", &record, "--reason", "again"]);
    assert_eq!(again.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&again.stderr).contains("NET090"));
    net.gateways.push(Process::start("gateway", &net.gateway("BRAVFRPP")));
    let notice = net.client("BRAVFRPP").notices(1).remove(0);
    assert_eq!((notice.kind.as_str(), notice.output_number), ("number-withdrawn", 1));
    assert_eq!(notice.text, ["on the order of a court"]);
    let figures = said(&order(&net, &["figures"]));
    assert!(figures.contains("ALPHDEFF,1,0,0,0,0,1,0"), "{figures}");
}

#[test]
fn a_broadcast_reaches_every_member_and_a_closed_session_comes_back() {
    let net = net("", "");
    let work = ["--work-from", "2030-01-01T22:00:00.000000Z"];
    let text = ["broadcast", "planned work", "nothing is lost"];
    let until_when = ["--work-until", "2030-01-01T23:00:00.000000Z"];
    said(&order(&net, &[&text[..], &work, &until_when].concat()));
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        let notice = net.client(name).notices(1).remove(0);
        assert_eq!(notice.kind, "broadcast");
        assert_eq!(notice.text, ["planned work", "nothing is lost"]);
        assert_eq!(notice.work_from.as_deref(), Some("2030-01-01T22:00:00.000000Z"));
    }
    let alpha = net.client("ALPHDEFF");
    let sessions = || {
        let status: gateway::api::Status = alpha.json("/v1/status");
        status.link.sessions_opened
    };
    until("the session is open", || sessions() == 1);
    said(&order(&net, &["close", "ALPHDEFFA"]));
    until("the gateway has come back", || sessions() == 2);
}

#[test]
fn a_closed_service_is_for_its_group_and_the_directory_changes_while_the_hub_runs() {
    let rules = "
        [[service]]
        name = \"payments\"
        types = [\"pacs.*\"]
        closed = true
        group = [\"ALPHDEFF\"]
    ";
    let mut net = net(rules, "");
    let alpha = net.client("ALPHDEFF");
    let id = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "1").id.unwrap();
    assert_eq!(alpha.wait_for(&id, &[State::Refused]).reasons[0].code, "NET061");

    let directory = net.path("hub").join("directory.toml");
    let text = fs::read_to_string(&directory).unwrap();
    let text = text.replace("group = [\"ALPHDEFF\"]", "group = [\"ALPHDEFF\", \"BRAVFRPP\"]");
    fs::write(&directory, text).unwrap();
    net.hub().signal(Signal::HUP);
    let mut number = 1;
    until("the receiver has entered the group", || {
        number += 1;
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        let id = alpha.post(&body, &number.to_string()).id.unwrap();
        alpha.wait_for(&id, &[State::Refused, State::Delivered]).state == State::Delivered
    });
}
