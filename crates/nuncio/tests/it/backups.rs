//! Backups as operators make them: beside a running hub, proven by a drill, brought back.

use std::fs;
use std::path::Path;

use gateway::api::State;

use crate::net::{Net, Process, payment, run};

/// The exit code of a command, and all that it said.
fn ended(arguments: &[&str]) -> (i32, String) {
    let output = run(arguments);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Sends payments with these numbers, and keeps the delivery receipt of the last.
fn pay(net: &Net, numbers: std::ops::RangeInclusive<u64>, receipt: &Path) {
    let client = net.client("ALPHDEFF");
    let mut last = String::new();
    for number in numbers {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        last = client
            .post(&body, &format!("payment-{number}"))
            .id
            .expect("a message that is taken has an id");
    }
    client.wait_for(&last, &[State::Delivered]);
    fs::write(receipt, client.receipt(&last, "delivery")).unwrap();
}

/// Test 40 on one machine: everything of the hub is lost but its keys; the backup brings the exact
/// state back, proven by receipts, and what came after the backup is named.
#[test]
fn restore_drill() {
    let mut net = Net::start();
    let (hub, backup) = (text(&net.path("hub")), text(&net.path("backup")));
    let keys = text(&net.path("network.keys"));
    let (early, late) = (net.path("early.receipt"), net.path("late.receipt"));
    pay(&net, 1..=5, &early);
    let create = ["backup", "create", "--dir", &hub, "--to", &backup];
    let (code, said) = ended(&create);
    assert!(code == 0 && said.contains("records in 1 segments are in"), "{said}");
    // Proven while the hub runs on.
    let early = text(&early);
    let drill = ["backup", "drill", "--from", &backup, "--key", &keys, "--receipt", &early];
    let (code, said) = ended(&drill);
    assert!(code == 0 && said.contains("the backup is proven"), "{said}");
    assert!(!said.contains("after the backup"), "{said}");
    let about = fs::read_to_string(net.path("backup/backup.json")).unwrap();
    let about: serde_json::Value = serde_json::from_str(&about).unwrap();
    assert!(about["proven"].is_string() && about["proven_records"] == about["records"], "{about}");
    // Whoever looks after the machine learns how long ago that was.
    let metrics = text(&net.path("backup.prom"));
    let age = ["backup", "age", "--from", &backup, "--max-days", "7", "--metrics", &metrics];
    let (code, said) = ended(&age);
    assert!(code == 0 && said.contains("proven by a drill 0 hours ago"), "{said}");
    let written = fs::read_to_string(&metrics).unwrap();
    assert!(written.contains("nuncio_backup_proven_age_seconds "), "{written}");
    let told = net.path("backup/backup.json");
    let about = fs::read_to_string(&told).unwrap();
    let proven = serde_json::from_str::<serde_json::Value>(&about).unwrap()["proven"].clone();
    let old = about.replace(proven.as_str().unwrap(), "2020-01-01T00:00:00.000000Z");
    fs::write(&told, old).unwrap();
    let (code, said) = ended(&age);
    assert!(code == 1 && said.contains("was not proven within"), "{said}");
    fs::write(&told, about).unwrap();
    // A receipt of later is no contradiction: it names what a restore would lose.
    pay(&net, 6..=7, &late);
    let late = text(&late);
    let both = [&drill[..], &["--receipt", &late, "--output", "json"]].concat();
    let report: serde_json::Value = serde_json::from_slice(&run(&both).stdout).unwrap();
    assert!(report["sound"] == true, "{report}");
    assert!(!report["beyond_the_backup"].as_array().unwrap().is_empty(), "{report}");
    let (code, said) = ended(&create);
    assert_eq!(code, 0, "{said}");
    let report: serde_json::Value = serde_json::from_slice(&run(&both).stdout).unwrap();
    assert_eq!(report["receipts_proven"], 4, "{report}");
    assert_eq!(report["beyond_the_backup"].as_array().unwrap().len(), 0, "{report}");

    // The journal is lost, and nothing is written over what is there.
    let restore = ["backup", "restore", "--from", &backup, "--to", &hub];
    let (code, said) = ended(&restore);
    assert!(code == 5 && said.contains("writes over nothing"), "{said}");
    net.hub().kill();
    fs::remove_dir_all(net.path("hub/journal")).unwrap();
    let (code, said) = ended(&restore);
    assert_eq!(code, 0, "{said}");
    net.hub = Some(Process::start("hub", &net.path("hub")));
    pay(&net, 8..=8, &net.path("after.receipt"));
    assert_eq!(net.client("BRAVFRPP").inbox().len(), 8, "each payment once");
    net.hub.take().unwrap().stop();
    let report = journal::verify(&net.path("hub/journal"), true).unwrap();
    assert!(report.is_sound());
    // A backup of another history than the receipts is found out.
    let segment = net.path("backup/journal/00000000000000000000.segment");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[5000] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let (code, said) = ended(&drill);
    assert!(code == 6 && said.contains("JNL007"), "{said}");
}

#[test]
fn a_journal_is_inspected_exported_and_mended() {
    let mut net = Net::start();
    pay(&net, 1..=3, &net.path("a.receipt"));
    let journal = text(&net.path("hub/journal"));
    // While the hub runs.
    let (code, said) = ended(&["journal", "inspect", &journal, "0"]);
    assert!(code == 0 && said.contains("open") && said.contains("test/0"), "{said}");
    let output = run(&["journal", "inspect", &journal, "..", "--output", "json"]);
    let records: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let accepted: Vec<_> = records.iter().filter(|it| it["kind"] == "accepted").collect();
    assert_eq!(accepted.len(), 3);
    for (number, record) in (1..).zip(&accepted) {
        let bytes = payment("ALPHDEFF", "BRAVFRPP", number);
        assert_eq!(record["payload"].as_str().unwrap().as_bytes(), bytes);
        let sequence = record["sequence"].to_string();
        let output = run(&["journal", "inspect", &journal, &sequence, "--payload"]);
        assert_eq!(output.stdout, bytes);
    }
    let (code, said) = ended(&["journal", "inspect", &journal, "900"]);
    assert!(code == 3 && said.contains("record 900 is not in the journal"), "{said}");
    let lines = text(&net.path("records.jsonl"));
    let (code, said) = ended(&["journal", "export", &journal, "--to", &lines]);
    assert_eq!(code, 0, "{said}");
    // The last acknowledgements may come in between.
    let output = run(&["journal", "inspect", &journal, "..", "--output", "json"]);
    let after: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let exported = fs::read_to_string(&lines).unwrap().lines().count();
    assert!((records.len()..=after.len()).contains(&exported), "{exported}");
    let (code, _) = ended(&["journal", "export", &journal, "--to", &lines]);
    assert_eq!(code, 5, "what is there is not written over");
    let files = text(&net.path("messages"));
    let (code, said) = ended(&["journal", "export", &journal, "--to", &files, "--form", "files"]);
    assert!(code == 0 && said.contains("3 records"), "{said}");

    let (code, said) = ended(&["journal", "archive", &journal, "--older-than", "30"]);
    assert!(code == 0 && said.contains("0 segments"), "{said}");

    // Damage is mended from a backup, and the hub starts again.
    let (hub, backup) = (text(&net.path("hub")), text(&net.path("backup")));
    let (code, said) = ended(&["backup", "create", "--dir", &hub, "--to", &backup]);
    assert_eq!(code, 0, "{said}");
    let copy = text(&net.path("backup/journal"));
    let repair = ["journal", "repair", &journal, "--from", &copy];
    let (code, said) = ended(&repair);
    assert!(code == 5 && said.contains("JNL001"), "not while the hub has it: {said}");
    net.hub.take().unwrap().stop();
    let segment = net.path("hub/journal/00000000000000000000.segment");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[4096 + 100] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let (code, said) = ended(&["journal", "verify", &journal]);
    assert_eq!(code, 6, "{said}");
    let (code, said) = ended(&repair);
    assert!(code == 0 && said.contains("the journal is sound"), "{said}");
    assert!(net.path("hub/journal/00000000000000000000.segment.damaged").exists());
    net.hub = Some(Process::start("hub", &net.path("hub")));
    pay(&net, 4..=4, &net.path("b.receipt"));
}
