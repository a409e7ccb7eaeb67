//! Requests of real-time services through real processes: in time, late, to nobody, to a receiver
//! that is killed, through a hub that is killed; both ends learn the same.

use std::fs;

use gateway::api::{Message, State, Step, Stored};

use crate::net::{Client, Net, Process, nuncio, payment, until};

const RULES: &str = "
    [[service]]
    name = \"instant\"
    types = [\"*\"]
    answer_within_ms = 600000

    [[service]]
    name = \"quick\"
    types = [\"*\"]
    answer_within_ms = 700

    [[service]]
    name = \"soon\"
    types = [\"*\"]
    answer_within_ms = 15000
";

/// Runs the network with these services, and the gateways of those who are there.
fn net(present: &[&str]) -> Net {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let directory = net.path("hub").join("directory.toml");
    let mut text = fs::read_to_string(&directory).unwrap();
    text.push_str(RULES);
    fs::write(directory, text).unwrap();
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for name in present {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    net
}

/// Asks; whatever has come of it within the wait, the message is the answer.
#[track_caller]
fn ask(client: &Client, service: &str, number: u64, wait: &str) -> (u16, Message) {
    let body = payment("ALPHDEFF", "BRAVFRPP", number);
    let query = format!("?service={service}&priority=real-time&wait={wait}");
    let (status, answer) = client.try_post_with(&query, &body, &number.to_string()).unwrap();
    let text = String::from_utf8_lossy(&answer);
    (status, serde_json::from_slice(&answer).unwrap_or_else(|_| panic!("{status}: {text}")))
}

/// Asks once the receiver receives: right after a start, a request may be refused.
#[track_caller]
fn ask_until_accepted(client: &Client, service: &str, first: u64) -> Message {
    let mut number = first;
    let mut found = None;
    until("the request is accepted", || {
        let id = ask(client, service, number, "0s").1.id;
        number += 1;
        let over = [State::Accepted, State::Delivered, State::Refused, State::Ended];
        let message = client.wait_for(&id, &over);
        if message.state == State::Refused {
            assert_eq!(message.reasons[0].code, "NET130");
            return false;
        }
        found = Some(message);
        true
    });
    found.unwrap()
}

fn answer(client: &Client, id: &str, number: u64) -> Stored {
    let body = payment("BRAVFRPP", "ALPHDEFF", number);
    let key = format!("answer-{number}");
    let (status, answer) = client.try_post_with(&format!("?answers={id}"), &body, &key).unwrap();
    assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap()
}

/// The step with which a request ended.
fn end(message: &Message) -> Step {
    let ends = [Step::Answered, Step::TimedOut, Step::ReceiverGone];
    let found = message.timeline.iter().find(|event| ends.contains(&event.step));
    found.unwrap_or_else(|| panic!("{message:?} has an end")).step
}

/// Where the record is that says how a request ended.
fn proof(message: &Message) -> Option<String> {
    let step = end(message);
    message.timeline.iter().find(|event| event.step == step)?.facts.position.clone()
}

#[test]
fn a_request_is_answered_once_and_both_ends_show_the_response() {
    let mut net = net(&["ALPHDEFF"]);
    let alpha = net.client("ALPHDEFF");
    // Nobody receives: it is refused at once, and whoever waits hears it.
    let (_, refused) = ask(&alpha, "instant", 1, "10s");
    let refused = alpha.wait_for(&refused.id, &[State::Refused]);
    assert_eq!(refused.reasons[0].code, "NET130");

    net.gateways.push(Process::start("gateway", &net.gateway("BRAVFRPP")));
    let brava = net.client("BRAVFRPP");
    let request = ask_until_accepted(&alpha, "instant", 10);
    until("the request is there", || !brava.inbox().is_empty());
    let received = brava.inbox().remove(0);
    assert_eq!((received.id.as_str(), received.lane), (request.id.as_str(), Some(3)));
    assert_eq!(received.priority, "real-time");

    let file = net.path("response.xml");
    fs::write(&file, payment("BRAVFRPP", "ALPHDEFF", 1)).unwrap();
    let arguments = ["answer", &request.id, file.to_str().unwrap(), "--wait", "100", "--gateway"];
    let output = nuncio().args(arguments).arg(net.gateway("BRAVFRPP")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let asked = alpha.wait_for(&request.id, &[State::Answered]);
    let response = asked.response.clone().unwrap();
    assert_eq!(asked.response, brava.wait_for(&request.id, &[State::Answered]).response);
    assert_eq!(proof(&asked), proof(&brava.message(&request.id)));
    let came = alpha.message(&response);
    assert!(came.answers.is_some() && came.answers == brava.message(&response).answers);
    // The same request again, under its key: the outcome is there at once.
    let number = request.id.rsplit('-').next().unwrap().parse::<u64>().unwrap() + 8;
    let (status, again) = ask(&alpha, "instant", number, "10s");
    assert_eq!((status, again.id, again.state), (200, request.id.clone(), State::Answered));

    let second = answer(&brava, &request.id, 2).id.unwrap();
    let second = brava.wait_for(&second, &[State::Refused]);
    assert_eq!(second.reasons[0].code, "NET133");
    assert_eq!(alpha.message(&request.id), asked);
}

#[test]
fn a_request_that_is_not_answered_ends_the_same_for_both() {
    let net = net(&["BRAVFRPP", "ALPHDEFF"]);
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let request = ask_until_accepted(&alpha, "quick", 1);
    let asked = alpha.wait_for(&request.id, &[State::Ended]);
    let told = brava.wait_for(&request.id, &[State::Ended]);
    assert_eq!((end(&asked), proof(&asked)), (end(&told), proof(&told)));
    assert_eq!(end(&asked), Step::TimedOut);
    let late = answer(&brava, &request.id, 1).id.unwrap();
    let late = brava.wait_for(&late, &[State::Refused]);
    assert_eq!(late.reasons[0].code, "NET134");

    // Whoever waits at a terminal is told by an exit code of its own.
    let file = net.path("request.xml");
    fs::write(&file, payment("ALPHDEFF", "BRAVFRPP", 100)).unwrap();
    let arguments = ["send", file.to_str().unwrap(), "--service", "quick", "--wait-answer", "100"];
    let output = nuncio().args(arguments).arg("--gateway").arg(net.gateway("ALPHDEFF")).output();
    assert_eq!(output.unwrap().status.code(), Some(7));
}

#[test]
fn the_outcome_survives_the_ends_of_receiver_and_hub() {
    let mut net = net(&["BRAVFRPP", "ALPHDEFF"]);
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let kept = ask_until_accepted(&alpha, "instant", 1);
    let lost = ask_until_accepted(&alpha, "soon", 50);
    let has = |id: &str| brava.inbox().iter().any(|message| message.id == id);
    until("both are there", || has(&kept.id) && has(&lost.id));

    // The receiver is killed with both in its hands, and comes back after one deadline.
    net.gateways[0].kill();
    let asked = alpha.wait_for(&lost.id, &[State::Ended]);
    net.gateways[0].kill_and_start();
    let told = brava.wait_for(&lost.id, &[State::Ended]);
    assert_eq!((end(&asked), proof(&asked)), (end(&told), proof(&told)));

    // The hub is killed between the other one and its answer.
    net.hub().kill_and_start();
    let response = answer(&brava, &kept.id, 1).id;
    let answered = alpha.wait_for(&kept.id, &[State::Answered]);
    assert_eq!(answered.response, response);
    assert_eq!(proof(&answered), proof(&brava.wait_for(&kept.id, &[State::Answered])));

    // And a deadline that comes while no hub runs is kept by the next one.
    let passed = ask_until_accepted(&alpha, "soon", 100);
    net.hub().kill_and_start();
    let asked = alpha.wait_for(&passed.id, &[State::Ended]);
    let told = brava.wait_for(&passed.id, &[State::Ended]);
    assert_eq!((end(&asked), proof(&asked)), (end(&told), proof(&told)));
}
