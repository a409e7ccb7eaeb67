//! A sender proves that its message was not delivered by some time: the receiver is offline, the
//! network states it, and a third party checks the receipt with public keys.

use std::process::Output;

use gateway::api::State;
use trust::{NetworkKeys, Receipt, Undelivered, Verified, VerifiedNonDelivery};

use crate::net::{Net, Process, nuncio, payment};

/// The receipt that the command fetches for a message.
fn non_delivery(net: &Net, id: &str) -> Output {
    let mut command = nuncio();
    command.args(["receipt", id, "--kind", "non-delivery", "--to"]).arg(net.path("not.receipt"));
    command.arg("--gateway").arg(net.gateway("ALPHDEFF")).output().unwrap()
}

fn verified(net: &Net) -> VerifiedNonDelivery {
    let keys: NetworkKeys =
        std::fs::read_to_string(net.path("network.keys")).unwrap().parse().unwrap();
    let bytes = std::fs::read(net.path("not.receipt")).unwrap();
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 0x20;
        let proven = Receipt::decode(&altered).and_then(|it| it.verify(&keys));
        assert!(proven.is_err(), "byte {at} can be changed");
    }
    let verified = Receipt::decode(&bytes).unwrap().verify(&keys).unwrap();
    let Verified::NonDelivery(parts) = verified else { panic!("{verified:?}") };
    parts.1
}

#[track_caller]
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_sender_proves_that_a_receiver_that_is_offline_has_not_taken_its_message() {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    net.gateways.push(Process::start("gateway", &net.gateway("ALPHDEFF")));
    let alpha = net.client("ALPHDEFF");
    let body = payment("ALPHDEFF", "BRAVFRPP", 1);
    let id = alpha.post(&body, "1").id.unwrap();
    alpha.wait_for(&id, &[State::Accepted]);
    good(&non_delivery(&net, &id));
    let first = verified(&net);
    assert_eq!(first.why, Undelivered::Waiting { is_offered: Some(false) });
    assert_eq!(first.output_number, 1);

    // Anybody checks it, sees what it says, and can print it.
    std::fs::write(net.path("payment.xml"), &body).unwrap();
    let (file, keys) = (net.path("not.receipt"), net.path("network.keys"));
    let mut verify = nuncio();
    verify.arg("verify").arg(&file).arg("--key").arg(&keys);
    let text = good(&verify.arg("--payload").arg(net.path("payment.xml")).output().unwrap());
    assert!(text.contains("not taken over"), "{text}");
    assert!(text.contains("the receiver was not offered it"), "{text}");
    let mut print = nuncio();
    print.args(["receipt", "print"]).arg(&file).arg("--key").arg(&keys);
    good(&print.arg("--to").arg(net.path("page.html")).output().unwrap());
    let page = std::fs::read_to_string(net.path("page.html")).unwrap();
    assert!(page.contains("<h1>Receipt of non-delivery</h1>"), "{page}");

    // A later word replaces it; the operator may state it too.
    let record = first.position.sequence;
    let report = nuncio()
        .args(["hub", "report", "ALPHDEFF", "--output", "json", "--dir"])
        .arg(net.path("hub"))
        .output()
        .unwrap();
    let rows: serde_json::Value = serde_json::from_str(&good(&report)).unwrap();
    let message = rows[0]["record"].to_string();
    let state = ["hub", "state-outstanding", "BRAVFRPP", &message, "--dir"];
    good(&nuncio().args(state).arg(net.path("hub")).output().unwrap());
    good(&non_delivery(&net, &id));
    let second = verified(&net);
    assert!(second.position.sequence > record + 1 && second.at > first.at);

    // Once it is taken over nothing more is stated, and what was stated stays true.
    net.gateways.push(Process::start("gateway", &net.gateway("BRAVFRPP")));
    alpha.wait_for(&id, &[State::Delivered]);
    good(&non_delivery(&net, &id));
    assert_eq!(verified(&net).position, second.position);
    std::fs::write(net.path("is.receipt"), alpha.receipt(&id, "delivery")).unwrap();
    let mut compare = nuncio();
    compare.args(["checkpoint", "compare"]).arg(net.path("not.receipt"));
    compare.arg(net.path("is.receipt")).arg("--key").arg(&keys);
    let text = compare.arg("--log").arg(net.path("hub/tiles")).output().unwrap();
    assert!(!String::from_utf8_lossy(&text.stdout).contains("contradicts itself"));

    // Of a message that was taken over at once there is no such receipt.
    let id = alpha.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "2").id.unwrap();
    alpha.wait_for(&id, &[State::Delivered]);
    let output = non_delivery(&net, &id);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("NET090"), "{output:?}");
}
