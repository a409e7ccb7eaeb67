//! Receipts in the hands of a third party.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::api::State;
use trust::{NetworkKeys, Receipt};

use crate::net::{Net, nuncio, payment};

/// The receipts of each kind, as the product made them.
fn receipts(net: &Net) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let client = net.client("ALPHDEFF");
    let good = payment("ALPHDEFF", "BRAVFRPP", 1);
    let id = client.post(&good, "good").id.unwrap();
    let strange = payment("ALPHDEFF", "ZULUJPJT", 2);
    let refused = client.post(&strange, "strange").id.unwrap();
    client.wait_for(&id, &[State::Delivered]);
    client.wait_for(&refused, &[State::Refused]);
    vec![
        ("acceptance", client.receipt(&id, "acceptance"), good.clone()),
        ("delivery", client.receipt(&id, "delivery"), good),
        ("refusal", client.receipt(&refused, "refusal"), strange),
    ]
}

/// A printed receipt is a page that holds the receipt itself.
fn prints(net: &Net, kind: &str, bytes: &[u8]) {
    let (file, page) = (net.path(kind), net.path("page.html"));
    let mut command = nuncio();
    command.args(["receipt", "print"]).arg(&file).arg("--key").arg(net.path("network.keys"));
    let output = command.arg("--to").arg(&page).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains(&format!("<h1>Receipt of {kind}</h1>")), "{html}");
    let text = html.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
    let text: String = text.split_whitespace().collect();
    assert_eq!(STANDARD.decode(text).unwrap(), bytes, "{kind}");
    assert!(html.contains("<svg"), "{kind}");
    // No page is made of what is not good.
    let mut altered = bytes.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    std::fs::write(&file, altered).unwrap();
    assert_eq!(command.output().unwrap().status.code(), Some(6), "{kind}");
    std::fs::write(&file, bytes).unwrap();
}

#[test]
fn a_receipt_with_any_one_byte_changed_is_refused() {
    let net = Net::start();
    let keys_path = net.path("network.keys");
    let keys: NetworkKeys = std::fs::read_to_string(&keys_path).unwrap().parse().unwrap();
    for (kind, bytes, payload) in receipts(&net) {
        let file = net.path(kind);
        std::fs::write(&file, &bytes).unwrap();
        let payload_file = net.path("payload.xml");
        std::fs::write(&payload_file, payload).unwrap();
        let verify = || {
            let mut command = nuncio();
            command.arg("verify").arg(&file).arg("--key").arg(&keys_path);
            command.arg("--payload").arg(&payload_file).output().unwrap()
        };
        let output = verify();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        prints(&net, kind, &bytes);
        // Every byte in this process; every hundredth by the command itself, which does the same.
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut altered = bytes.clone();
                altered[at] ^= flip;
                let verified = Receipt::decode(&altered).and_then(|it| it.verify(&keys));
                assert!(verified.is_err(), "{kind}: byte {at} can be changed by {flip:#x}");
                if at % 100 == 0 && flip == 1 {
                    std::fs::write(&file, &altered).unwrap();
                    assert_eq!(verify().status.code(), Some(6), "{kind}: byte {at}");
                }
            }
        }
        for length in 0..bytes.len() {
            assert!(Receipt::decode(&bytes[..length]).is_err(), "{kind}: cut at {length}");
        }
    }
}

#[test]
fn keys_of_another_network_make_a_receipt_worthless() {
    let net = Net::start();
    let other = Net::files(&["ALPHDEFF"]);
    let (_, bytes, _) = receipts(&net).remove(0);
    let file = net.path("receipt");
    std::fs::write(&file, &bytes).unwrap();
    let mut command = nuncio();
    command.arg("verify").arg(&file).arg("--key").arg(other.path("network.keys"));
    assert_eq!(command.output().unwrap().status.code(), Some(6));
}
