//! Copies through real processes: a central institution authorises, refuses, is bypassed, or just
//! looks on.

use std::fs;

use gateway::api::{Copies, Message, Notice, State, Step};
use trust::{NetworkKeys, Receipt};

use crate::net::{Client, INSTITUTIONS, Net, Process, nuncio, payment, until};

const SERVICE: &str = "
    [[service]]
    name = \"payments\"
    types = [\"pacs.*\"]
    [service.copy]
    institution = \"CHARGB2L\"
";

/// Runs the network of three, in which `CHARGB2L` gets copies by this rule.
fn net(rule: &str) -> Net {
    let mut net = Net::files(&INSTITUTIONS);
    let path = net.path("hub").join("directory.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{text}\n{SERVICE}\n{rule}\n")).unwrap();
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for name in INSTITUTIONS {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    net
}

const DOCUMENTS: &str = "
    extent = \"header\"
    [[service]]
    name = \"documents\"
    types = [\"file.announcement.1\"]
    file_bytes_max = 1000000
    copy = { institution = \"CHARGB2L\", mode = \"hold\", extent = \"header\" }
";

/// Runs a command of the central institution; its exit code and what it said.
fn central(net: &Net, arguments: &[&str]) -> (i32, String) {
    let gateway = net.gateway("CHARGB2L");
    let output = nuncio().args(arguments).arg("--gateway").arg(gateway).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[track_caller]
fn hub(net: &Net, arguments: &[&str]) -> String {
    let output = nuncio().args(arguments).arg("--dir").arg(net.path("hub")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn sent(alpha: &Client, number: u64) -> String {
    alpha.post(&payment("ALPHDEFF", "BRAVFRPP", number), &number.to_string()).id.unwrap()
}

/// A sent message once its timeline has a step.
fn once(client: &Client, id: &str, step: Step) -> Message {
    until("the step is told", || client.message(id).timeline.iter().any(|it| it.step == step));
    client.message(id)
}

fn steps(message: &Message) -> Vec<Step> {
    message.timeline.iter().map(|it| it.step).collect()
}

fn fact(message: &Message, step: Step) -> (Option<&str>, Option<&str>) {
    let event = message.timeline.iter().find(|it| it.step == step).unwrap();
    (event.facts.by.as_deref(), event.facts.text.as_deref())
}

/// What proves to others that something was accepted, checked with the network's public keys.
#[track_caller]
fn check_receipt(net: &Net, receipt: &[u8]) {
    let keys = fs::read_to_string(net.path("network.keys")).unwrap();
    let keys: NetworkKeys = keys.parse().unwrap();
    Receipt::decode(receipt).and_then(|it| it.verify(&keys)).unwrap();
}

#[test]
fn a_message_waits_for_the_central_institution_which_authorises_or_refuses_it() {
    let net = net("mode = \"hold\"");
    let [alpha, brava, charlie] = INSTITUTIONS.map(|name| net.client(name));
    let ids = [1, 2, 3].map(|number| sent(&alpha, number));
    until("all copies have come", || charlie.inbox().len() == 3);
    let copy = charlie.message(&ids[0]);
    assert_eq!((copy.copy.as_deref(), copy.decides), (Some("full"), true));
    let (status, bytes) = charlie.get(&format!("/v1/inbox/{}/raw", ids[0]), "*/*");
    assert_eq!((status, bytes), (200, payment("ALPHDEFF", "BRAVFRPP", 1)));
    check_receipt(&net, &charlie.receipt(&ids[0], "acceptance"));
    let waiting: Copies = charlie.json("/v1/copies");
    let names: Vec<&str> = waiting.copies.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(names, ids);
    assert!(brava.inbox().is_empty());
    let report = hub(&net, &["hub", "report", "ALPHDEFF"]);
    assert_eq!(report.matches("CHARGB2L").count(), 3, "{report}");

    // Only a copy that is here can be decided on, and by who got it.
    let (code, said) = central(&net, &["copy", "authorise", "ALPHDEFFA-9"]);
    assert!(code == 3 && said.contains("GTW071"), "{said}");
    let (code, said) =
        central(&net, &["copy", "authorise", &ids[1], "--to-receiver", "settled at 09:00"]);
    assert_eq!(code, 0, "{said}");
    let refuse =
        ["copy", "refuse", &ids[0], "--code", "AM04", "--to-sender", "no funds on the account"];
    assert_eq!(central(&net, &refuse).0, 0);
    let (code, said) = central(&net, &refuse);
    assert!(code == 5 && said.contains("NET122"), "{said}");

    // The receiver sees who authorised the message and what it is to know.
    until("the authorised one has come", || brava.inbox().len() == 1);
    let received = brava.message(&ids[1]);
    let held = [Step::Accepted, Step::Held, Step::Authorised, Step::Received];
    assert_eq!(steps(&received), held);
    assert_eq!(fact(&received, Step::Authorised), (Some("CHARGB2LA"), Some("settled at 09:00")));
    assert_eq!(received.output_number, Some(1), "a refused message leaves no gap");
    alpha.wait_for(&ids[1], &[State::Delivered]);
    check_receipt(&net, &alpha.receipt(&ids[1], "delivery"));

    // The sender is always told of a refusal.
    let stopped = alpha.wait_for(&ids[0], &[State::Stopped]);
    assert_eq!(
        (stopped.reasons[0].code.as_str(), &*stopped.reasons[0].text),
        ("AM04", "no funds on the account")
    );
    assert_eq!(fact(&stopped, Step::Stopped).0, Some("CHARGB2LA"));
    assert!(steps(&stopped).contains(&Step::Held));
    check_receipt(&net, &alpha.receipt(&ids[0], "acceptance"));

    // What was not decided yet survives a hub that is killed.
    let mut net = net;
    net.hub().kill_and_start();
    until("the session stands again", || central(&net, &["copy", "list"]).1.contains(&ids[2]));
    until("it is authorised", || {
        let (code, said) = central(&net, &["copy", "authorise", &ids[2]]);
        // Where the answer was lost, the decision stands all the same.
        code == 0 || said.contains("NET122")
    });
    alpha.wait_for(&ids[2], &[State::Delivered]);
    let (code, said) = central(&net, &["copy", "list"]);
    assert!(code == 0 && said.contains("no message waits"), "{said}");
}

#[test]
fn a_copy_of_the_header_proves_the_message_without_its_bytes_and_holds_nothing() {
    let net = net("mode = \"inform\"\nextent = \"header\"");
    let [alpha, brava, charlie] = INSTITUTIONS.map(|name| net.client(name));
    let id = sent(&alpha, 1);
    alpha.wait_for(&id, &[State::Delivered]);
    assert_eq!(steps(&brava.message(&id)), [Step::Accepted, Step::Received]);
    until("the copy has come", || charlie.inbox().len() == 1);
    let copy = charlie.message(&id);
    assert_eq!((copy.copy.as_deref(), copy.decides), (Some("header"), false));
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    assert_eq!(copy.sha256, trust::Digest::of(&body).to_string());
    check_receipt(&net, &charlie.receipt(&id, "acceptance"));
    let (status, said) = charlie.get(&format!("/v1/inbox/{id}/raw"), "*/*");
    let said = String::from_utf8(said).unwrap();
    assert!(status == 404 && said.contains("GTW070"), "{said}");
    let (code, said) = central(&net, &["copy", "authorise", &id]);
    assert!(code == 5 && said.contains("NET123"), "{said}");
    let (code, said) = central(&net, &["service", "show", "payments"]);
    assert!(code == 0 && said.contains("the header of * to CHARGB2L, inform"), "{said}");
    // It is taken as a message is.
    assert_eq!(central(&net, &["inbox", "--ack"]).0, 0);
    assert!(charlie.inbox().is_empty());
}

#[test]
fn messages_pass_marked_when_the_central_institution_is_away_or_the_operator_orders_it() {
    let mut net = net("mode = \"hold\"\nbypass_after_s = 2");
    let [alpha, brava, charlie] = INSTITUTIONS.map(|name| net.client(name));
    // On a busy machine the hub may take the institution for absent for a moment more.
    let (mut number, mut held) = (0, String::new());
    until("one is held", || {
        number += 1;
        held = sent(&alpha, number);
        alpha.wait_for(&held, &[State::Accepted, State::Delivered]);
        central(&net, &["copy", "list"]).1.contains(&held)
    });
    until("the copy has come", || charlie.inbox().len() as u64 == number);
    net.gateways[2].kill();
    // Nobody is asked: the time of the rule releases what is held, and lets the next pass at once.
    alpha.wait_for(&held, &[State::Delivered]);
    let received = brava.message(&held);
    let marks = [Step::Accepted, Step::Held, Step::Bypassed, Step::Received];
    assert_eq!(steps(&received), marks);
    // And for present for a moment more.
    until("one passes at once", || {
        number += 1;
        let next = sent(&alpha, number);
        alpha.wait_for(&next, &[State::Delivered]);
        once(&alpha, &next, Step::Bypassed);
        steps(&brava.message(&next)) == [Step::Accepted, Step::Bypassed, Step::Received]
    });

    // When it is back it gets its copies, hears that there is nothing to decide, and is asked again.
    net.gateways[2] = Process::start("gateway", &net.gateway("CHARGB2L"));
    let charlie = net.client("CHARGB2L");
    until("the copies have come", || charlie.inbox().len() as u64 == number);
    // It may have heard that before of messages that came while it was taken for absent.
    until("it hears that there is nothing to decide", || {
        let of_held = |it: &Notice| it.message.as_deref() == Some(&*held);
        charlie.notices(1).iter().any(|it| it.kind == "undecided" && of_held(it))
    });
    until("it is asked again", || {
        number += 1;
        let id = sent(&alpha, number);
        let message = alpha.wait_for(&id, &[State::Accepted, State::Delivered]);
        central(&net, &["copy", "list"]).1.contains(&message.id)
    });

    // The operator's order releases what is held.
    let last = format!("ALPHDEFFA-{number}");
    hub(&net, &["hub", "bypass", "payments", "on", "--reason", "settlement is over for today"]);
    alpha.wait_for(&last, &[State::Delivered]);
    hub(&net, &["hub", "bypass", "payments", "off", "--reason", "settlement begins"]);
    let figures = hub(&net, &["hub", "figures"]);
    assert!(figures.contains("copied,stopped,bypassed"), "{figures}");
}

#[test]
fn a_file_comes_when_its_message_is_authorised_and_whoever_got_the_copy_waits_for_none() {
    let net = net(&format!("mode = \"inform\"\n{DOCUMENTS}"));
    let [alpha, brava, charlie] = INSTITUTIONS.map(|name| net.client(name));
    let (file, come) = (net.path("statements.bin"), net.path("come.bin"));
    fs::write(&file, [7; 100_000]).unwrap();
    let mut put = nuncio();
    put.args(["file", "put"]).arg(&file).args(["--to", "BRAVFRPP", "--service", "documents"]);
    put.args(["--wait", "60", "--gateway"]).arg(net.gateway("ALPHDEFF"));
    let output = put.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    until("the copy has come", || charlie.inbox().len() == 1);
    let id = charlie.inbox().remove(0).id;
    assert_eq!(charlie.message(&id).copy.as_deref(), Some("header"));
    assert!(brava.inbox().is_empty());
    // Nothing stands before the next copy.
    let next = sent(&alpha, 1);
    until("the next copy has come", || charlie.inbox().len() == 2);
    until("the next is delivered", || alpha.message(&next).state == State::Delivered);
    assert_eq!(central(&net, &["copy", "authorise", &id]).0, 0);
    let mut get = nuncio();
    get.args(["file", "get", &id, "--wait", "60", "--to"]).arg(&come);
    get.arg("--gateway").arg(net.gateway("BRAVFRPP"));
    until("the message has come", || brava.inbox().len() == 2);
    let output = get.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read(come).unwrap(), [7; 100_000]);
}
