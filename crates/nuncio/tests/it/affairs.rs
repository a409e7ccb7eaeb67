//! What institutions decide for themselves, through real processes: which messages they do not
//! take, who may send to them, and by which rules content is checked.

use std::fs;

use gateway::api::{Archive, Relationships, State, Step};
use serde_json::Value;

use crate::net::{Client, Net, Process, nuncio, payment, until};

/// Runs the network of two with these rules in its directory, and settings of Brava's gateway.
fn net(rules: &str, settings: &str) -> Net {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let append = |path: std::path::PathBuf, more: &str, first: bool| {
        let text = fs::read_to_string(&path).unwrap();
        let text = if first { format!("{more}\n{text}") } else { format!("{text}\n{more}") };
        fs::write(path, text).unwrap();
    };
    append(net.path("hub").join("directory.toml"), rules, false);
    let brava = net.gateway("BRAVFRPP").join("gateway.toml");
    let text = fs::read_to_string(&brava).unwrap().replace("acknowledge = \"stored\"\n", "");
    fs::write(&brava, text).unwrap();
    append(brava, settings, true);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    net
}

/// Runs a command of an institution; its exit code and what it said.
fn command(net: &Net, institution: &str, arguments: &[&str]) -> (i32, String) {
    let gateway = net.gateway(institution);
    let output = nuncio().args(arguments).arg("--gateway").arg(gateway).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// Runs one that succeeds; a gateway that has no session yet is asked again.
#[track_caller]
fn done(net: &Net, institution: &str, arguments: &[&str]) -> String {
    let mut said = String::new();
    until("the command succeeds", || {
        let (code, text) = command(net, institution, arguments);
        said = text;
        assert!(code == 0 || said.contains("GTW018"), "{said}");
        code == 0
    });
    said
}

fn sent(alpha: &Client, number: u64) -> String {
    alpha.post(&payment("ALPHDEFF", "BRAVFRPP", number), &number.to_string()).id.unwrap()
}

#[test]
fn a_back_office_declines_a_message_and_its_sender_learns_why() {
    let mut net = net("", "acknowledge = \"taken\"");
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let ids = [1, 2, 3].map(|number| sent(&alpha, number));
    until("all have come", || brava.inbox().len() == 3);
    let decline = ["decline", &ids[1], "--code", "AM04", "--text", "no such account"];
    let said = done(&net, "BRAVFRPP", &decline);
    assert!(said.contains("AM04 no such account"), "{said}");
    // Its turn has not come: nobody has decided about the first. A restart forgets nothing of it.
    net.gateways[1].kill_and_start();
    assert_eq!(brava.message(&ids[1]).state, State::Declined);
    alpha.wait_for(&ids[1], &[State::Accepted]);
    let (code, said) = command(&net, "BRAVFRPP", &["inbox", "--ack"]);
    assert!(code == 0 && said.contains(&ids[0]) && !said.contains(&ids[1]), "{said}");

    let declined = alpha.wait_for(&ids[1], &[State::Declined]);
    assert_eq!(declined.reasons[0].code, "AM04");
    assert_eq!(declined.reasons[0].text, "no such account");
    let last = declined.timeline.last().unwrap();
    assert_eq!((last.step, last.facts.by.as_deref()), (Step::Declined, Some("BRAVFRPPA")));
    alpha.wait_for(&ids[0], &[State::Delivered]);
    alpha.wait_for(&ids[2], &[State::Delivered]);

    // What was decided stands.
    let (code, said) = command(&net, "BRAVFRPP", &["decline", &ids[0], "--code", "AM04"]);
    assert!(code == 5 && said.contains("GTW017"), "{said}");
    let again = done(&net, "BRAVFRPP", &["decline", &ids[1], "--code", "AC01"]);
    assert!(again.contains("AM04"), "{again}");
    let (code, said) = command(&net, "ALPHDEFF", &["decline", &ids[1], "--code", "AM04"]);
    assert!(code == 5 && said.contains("GTW016"), "{said}");
}

#[test]
fn a_receiver_decides_who_may_send_to_it() {
    let rules = "
        [[service]]
        name = \"payments\"
        types = [\"pacs.*\"]
        relationship = true
    ";
    let net = net(rules, "");
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let refused = sent(&alpha, 1);
    let refused = alpha.wait_for(&refused, &[State::Refused]);
    assert_eq!(refused.reasons[0].code, "NET062");

    let reason = ["--reason", "we have an account with you"];
    let request = ["relationship", "request", "BRAVFRPP", "payments"];
    done(&net, "ALPHDEFF", &[&request[..], &reason].concat());
    let notice = brava.notices(1).remove(0);
    assert_eq!(notice.kind, "permission-requested");
    assert_eq!(notice.text, ["we have an account with you"]);
    let listed: Relationships = brava.json("/v1/relationships");
    assert_eq!(listed.relationships.len(), 1);
    assert_eq!(listed.relationships[0].state, "requested");

    let permit = ["relationship", "permit", "ALPHDEFF", "payments", "--type", "pacs.008.*"];
    done(&net, "BRAVFRPP", &permit);
    assert_eq!(alpha.notices(1)[0].kind, "permitted");
    let delivered = sent(&alpha, 2);
    alpha.wait_for(&delivered, &[State::Delivered]);
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        let rows = done(&net, name, &["relationship", "list", "--output", "json"]);
        let rows: Value = serde_json::from_str(&rows).unwrap();
        assert_eq!(rows[0]["state"], "permitted");
        assert_eq!(rows[0]["types"][0], "pacs.008.*");
        assert_eq!(rows.as_array().unwrap().len(), 1);
    }

    let revoke = ["relationship", "revoke", "ALPHDEFF", "payments", "--reason", "no more"];
    done(&net, "BRAVFRPP", &revoke);
    let refused = sent(&alpha, 3);
    assert_eq!(alpha.wait_for(&refused, &[State::Refused]).reasons[0].code, "NET062");
    // An institution speaks for itself only, and the network's rules hold for what it asks.
    let (code, said) = command(&net, "BRAVFRPP", &revoke);
    assert!(code == 5 && said.contains("GTW020") && said.contains("NET083"), "{said}");
    let (code, said) =
        command(&net, "BRAVFRPP", &["relationship", "permit", "BRAVFRPP", "payments"]);
    assert!(code == 5 && said.contains("NET080"), "{said}");
    let types = ["relationship", "permit", "ALPHDEFF", "payments", "--type", "no type"];
    let (code, said) = command(&net, "BRAVFRPP", &types);
    assert!(code == 2 && said.contains("GTW010"), "{said}");
}

#[test]
fn content_is_checked_by_the_rules_of_its_service() {
    let rules = "
        [[service]]
        name = \"payments\"
        types = [\"pacs.*\"]
        [[service]]
        name = \"loose\"
        types = [\"pacs.*\"]
        profile = \"none\"
    ";
    let net = net(rules, "");
    let alpha = net.client("ALPHDEFF");
    let shown = done(&net, "ALPHDEFF", &["service", "show", "loose"]);
    assert!(shown.contains("profile        none"), "{shown}");
    let good = String::from_utf8(payment("ALPHDEFF", "BRAVFRPP", 1)).unwrap();
    let iban = good.split("<IBAN>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let digit = if iban.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{digit}", iban.get(..iban.len() - 1).unwrap());
    let body = good.replace(&iban, &wrong).into_bytes();

    let (status, answer) = alpha.try_post_with("?service=payments", &body, "1").unwrap();
    assert_eq!(status, 422, "{}", String::from_utf8_lossy(&answer));
    let (status, answer) = alpha.try_post_with("?service=loose", &body, "2").unwrap();
    assert_eq!(status, 202, "{}", String::from_utf8_lossy(&answer));
    let stored: Value = serde_json::from_slice(&answer).unwrap();
    alpha.wait_for(stored["id"].as_str().unwrap(), &[State::Delivered]);
}

#[test]
fn what_comes_one_by_one_is_all_shown_before_any_of_it_is_taken() {
    let net = net("", "acknowledge = \"taken\"");
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    for number in 1..=5 {
        sent(&alpha, number);
        until("it has come", || brava.inbox().len() == usize::try_from(number).unwrap());
    }
}

#[test]
fn a_message_is_found_in_the_archive_by_those_whom_it_concerns() {
    let mut net = net("", "acknowledge = \"taken\"");
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let ids = [1, 2, 3].map(|number| sent(&alpha, number));
    until("all have come", || brava.inbox().len() == 3);
    done(&net, "BRAVFRPP", &["decline", &ids[1], "--code", "AM04"]);
    assert_eq!(command(&net, "BRAVFRPP", &["inbox", "--ack"]).0, 0);
    alpha.wait_for(&ids[2], &[State::Delivered]);
    let (status, _) = alpha.try_post(&payment("ALPHDEFF", "CHASUS33", 4), "4").unwrap();
    assert_eq!(status, 202);
    alpha.wait_for("ALPHDEFFA-4", &[State::Refused]);

    let mut page = Archive::default();
    until("the archive has followed the journal", || {
        let (status, bytes) = alpha.get("/v1/archive?sent_by=ALPHDEFFA", "application/json");
        // Until the archive is open there is none.
        page = if status == 200 { serde_json::from_slice(&bytes).unwrap() } else { page.clone() };
        page.messages.len() == 4 && page.messages.iter().take(3).all(|it| !it.history.is_empty())
    });
    let ends = page.messages.iter().map(|it| it.history.last().map(|event| event.step));
    let delivered = Some(Step::Delivered);
    assert_eq!(ends.collect::<Vec<_>>(), [delivered, Some(Step::Declined), delivered, None]);
    assert_eq!(page.messages[1].reasons[0].code, "AM04");
    assert_eq!((page.messages[3].state, page.messages[3].bytes), (State::Refused, 0));
    assert_eq!(page.messages[3].reasons[0].code, "NET001");
    let bytes = |client: &Client| client.get(&format!("/v1/archive/{}/raw", ids[0]), "*/*");
    let first = (200, payment("ALPHDEFF", "BRAVFRPP", 1));
    assert_eq!(bytes(&alpha), first);
    assert_eq!(bytes(&brava), first);

    // A page goes on where the one before ended; each institution sees its own messages alone.
    let page: Archive = brava.json("/v1/archive?lane=normal&limit=2");
    assert_eq!(page.messages.len(), 2);
    let next = page.cursor.unwrap();
    let page: Archive = brava.json(&format!("/v1/archive?lane=normal&limit=2&cursor={next}"));
    assert_eq!(page.messages[0].id, ids[2]);
    let page: Archive = brava.json("/v1/archive?id=ALPHDEFFA-4");
    assert_eq!(page.messages.len(), 0, "a refused message concerns its sender");
    let (code, said) =
        command(&net, "BRAVFRPP", &["archive", "find", "--reference", "T-ALPHDEFF-2"]);
    assert!(code == 0 && said.contains("declined") && said.contains(&ids[1]), "{said}");

    // The operator finds the same, whether the hub runs or not, and after the index is gone.
    let hub = net.path("hub");
    let find = || {
        let arguments = ["archive", "find", "--sent-by", "ALPHDEFFA", "--output", "json"];
        let output = nuncio().args(arguments).arg("--dir").arg(&hub).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let running = find();
    assert_eq!(running[1]["history"][0]["step"], "declined");
    assert_eq!(running[3]["state"], "refused");
    net.hub.take().unwrap().stop();
    assert_eq!(find(), running);
    fs::remove_dir_all(hub.join("archive")).unwrap();
    assert_eq!(find(), running);
    let raw = nuncio().args(["archive", "raw", &ids[0], "--dir"]).arg(&hub).output().unwrap();
    assert_eq!(raw.stdout, first.1);
}
