//! The commands as people type them: what they print, and how they end.

use std::fs;

use gateway::api::State;

use crate::net::{Net, Process, nuncio, payment, run};

/// The exit code of a command, and all that it said.
fn ended(arguments: &[&str]) -> (i32, String) {
    let output = run(arguments);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[test]
fn the_demo_holds_and_tells_what_it_did() {
    let output = run(&["demo"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for words in
        ["all of it holds", "the hub was killed", "accepted", "NET001", "same bytes", "fin.103"]
    {
        assert!(said.contains(words), "{words:?} is missing:\n{said}");
    }
    let output = run(&["demo", "--output", "json"]);
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["ok"], true, "{summary}");
    assert_eq!(summary["sent"], 16);
    assert_eq!(summary["delivered"], 15);
    assert_eq!(summary["receipts_valid"], 31);
    assert_eq!(summary["altered_receipts_refused"], 31);
}

#[test]
fn a_payment_by_hand_from_sending_to_proof() {
    let net = Net::start();
    let alpha = net.gateway("ALPHDEFF").display().to_string();
    let brava = net.gateway("BRAVFRPP").display().to_string();
    let file = net.path("payment.xml").display().to_string();
    fs::write(&file, payment("ALPHDEFF", "BRAVFRPP", 1)).unwrap();

    let (code, said) = ended(&["send", &file, "--gateway", &alpha, "--dry-run"]);
    assert!(code == 0 && said.contains("nothing was sent"), "{said}");
    let (code, said) = ended(&["send", &file, "--gateway", &alpha, "--wait"]);
    assert!(code == 0 && said.contains("accepted") && said.contains("ALPHDEFFA-1"), "{said}");
    // The same file again is a repeat, not a second payment.
    let (code, said) = ended(&["send", &file, "--gateway", &alpha]);
    assert!(code == 0 && said.contains("ALPHDEFFA-1"), "{said}");

    net.client("ALPHDEFF").wait_for("ALPHDEFFA-1", &[State::Delivered]);
    let (code, said) = ended(&["track", "ALPHDEFFA-1", "--gateway", &alpha]);
    assert!(code == 0 && said.contains("delivered") && said.contains("by BRAVFRPPA"), "{said}");

    let inbox = net.path("received").display().to_string();
    let (code, said) = ended(&["inbox", "--gateway", &brava, "--to", &inbox, "--ack"]);
    assert!(code == 0 && said.contains("ALPHDEFFA-1"), "{said}");
    let received = fs::read(net.path("received/ALPHDEFFA-1.xml")).unwrap();
    assert_eq!(received, payment("ALPHDEFF", "BRAVFRPP", 1));
    let (code, said) = ended(&["inbox", "--gateway", &brava]);
    assert!(code == 0 && said.contains("nothing is waiting"), "{said}");

    let receipt = net.path("payment.receipt").display().to_string();
    let (code, said) = ended(&[
        "receipt",
        "ALPHDEFFA-1",
        "--kind",
        "delivery",
        "--to",
        &receipt,
        "--gateway",
        &alpha,
    ]);
    assert_eq!(code, 0, "{said}");
    let keys = net.path("network.keys").display().to_string();
    let verify = ["verify", &receipt, "--key", &keys, "--payload", &file];
    let (code, said) = ended(&verify);
    assert!(code == 0 && said.contains("taken over with the signature of BRAVFRPPA"), "{said}");
    // The JSON form of the receipt proves the same.
    let output = run(&["receipt", "ALPHDEFFA-1", "--kind", "delivery", "--gateway", &alpha]);
    fs::write(&receipt, output.stdout).unwrap();
    let (code, said) = ended(&verify);
    assert_eq!(code, 0, "{said}");
    // Another message is not what the receipt is about.
    fs::write(&file, payment("ALPHDEFF", "BRAVFRPP", 2)).unwrap();
    let (code, said) = ended(&verify);
    assert!(code == 6 && said.contains("other bytes"), "{said}");
}

#[test]
fn exit_codes_tell_programs_what_happened() {
    let net = Net::start();
    let alpha = net.gateway("ALPHDEFF").display().to_string();
    let file = net.path("file.xml").display().to_string();
    assert_eq!(ended(&["no-such-command"]).0, 2);
    assert_eq!(ended(&["track", "ALPHDEFFA-99", "--gateway", &alpha]).0, 3);
    let nobody = "5fb4fe6b-eaa3-4e16-a4db-1d50bd512220";
    assert_eq!(ended(&["track", nobody, "--gateway", &alpha]).0, 3);
    fs::write(&file, "this is not XML").unwrap();
    let (code, said) = ended(&["send", &file, "--gateway", &alpha]);
    assert!(code == 6 && said.contains("line 1"), "{said}");
    fs::write(&file, payment("ALPHDEFF", "BRAVFRPP", 1)).unwrap();
    assert_eq!(ended(&["send", &file, "--gateway", &alpha, "--key", "same"]).0, 0);
    fs::write(&file, payment("ALPHDEFF", "BRAVFRPP", 2)).unwrap();
    assert_eq!(ended(&["send", &file, "--gateway", &alpha, "--key", "same"]).0, 5);
    let token = net.gateway("ALPHDEFF").join("api.token");
    let good = fs::read(&token).unwrap();
    fs::write(&token, "0000").unwrap();
    assert_eq!(ended(&["inbox", "--gateway", &alpha]).0, 4);
    fs::write(&token, good).unwrap();
    let output = nuncio().args(["send", &file]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "no gateway was named");
}

#[test]
fn a_journal_is_verified_when_its_hub_has_stopped() {
    let mut net = Net::files(&["ALPHDEFF"]);
    let journal = net.path("hub/journal").display().to_string();
    let (code, said) = ended(&["journal", "verify", &journal]);
    assert_eq!(code, 3, "{said}");
    net.hub = Some(Process::start("hub", &net.path("hub")));
    let (code, said) = ended(&["journal", "verify", &journal]);
    assert_eq!(code, 5, "a hub is using it: {said}");
    net.hub.take().unwrap().stop();
    let (code, said) = ended(&["journal", "verify", &journal]);
    assert!(code == 0 && said.contains("sound"), "{said}");
    // One bit of the first record.
    let segment = net.path("hub/journal/00000000000000000000.segment");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[4_096 + 150] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let (code, said) = ended(&["journal", "verify", &journal]);
    assert_eq!(code, 6, "{said}");
}
