use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use network::Event;
use trust::{KeyGrant, NoteSigner, SigningKey};

use super::*;

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn root() -> NoteSigner {
    signer("nuncio/test/root", 2)
}

fn public_keys() -> NetworkKeys {
    let log = signer("nuncio/test/0", 1).verifier().clone();
    NetworkKeys::new(vec![log], vec![root().verifier().clone()]).unwrap()
}

fn empty() -> Network {
    Network::new("test".parse().unwrap(), Shard(0))
}

/// Carries orders out.
fn carried_out(mut network: Network, orders: &Orders) -> Network {
    for placed in &orders.placed {
        let decision = network.decide(LogTime(1), placed.it.clone()).unwrap();
        let sequence = network.sequence().map_or(0, |last| last + 1);
        let event = Event::decode(decision.event.kind(), &decision.meta).unwrap();
        network.apply(LogTime(1), sequence, &event, &mut Vec::new());
    }
    network
}

fn orders_for(network: &Network, bytes: &[u8], form: Form) -> Orders {
    Ordered::read(bytes, form).orders(Path::new("/nowhere"), &public_keys(), network)
}

/// A network of what a file says.
fn network_of(bytes: &[u8], form: Form) -> Network {
    let network = empty();
    let orders = orders_for(&network, bytes, form);
    assert_eq!(orders.findings, []);
    carried_out(network, &orders)
}

#[track_caller]
fn check(bytes: &[u8], form: Form, expected: &Expect) {
    let network = empty();
    let findings = orders_for(&network, bytes, form).findings(&network, LogTime(1));
    let said = findings.iter().map(|it| {
        let gap = if it.entry.is_empty() { "" } else { ": " };
        format!("{}: {} {}{gap}{}\n", it.line, it.code, it.entry, it.text)
    });
    expected.assert_eq(&said.collect::<String>());
}

const GOOD: &str = r#"
[[institution]]
bic = "ALPHDEFF"
name = "Alpha \"Bank\""
branches = ["XXX", "BER"]
contacts = ["desk; +49 30", "night, +49 31"]

[[institution]]
bic = "BANKFRPP"
name = "Banque B"
suspended = "fees"

[[service]]
name = "payments"
types = ["pacs.*", "camt.056.*"]
closed = true
group = ["ALPHDEFF", "BANKFRPP"]
monitoring = ["notice"]
duplicates = "flag"
duplicate_window_s = 60
late_after_s = { urgent = 600, normal = 3600 }
hours = { calendar = "target", opens = "07:00", urgent_until = "18:00", normal_until = "17:00", closed = "hold" }

[[calendar]]
name = "target"
ahead_minutes = 60
clock = [{ from = "2026-03-29T01:00:00.000000Z", ahead_minutes = 120 }]
holidays = ["2026-12-25", "2026-01-01"]
"#;

#[test]
fn all_that_is_wrong_is_said_at_once_with_its_line() {
    check(
        br#"
[[institution]]
bic = "ALPHDEF"
name = ""

[[institution]]
name = "No BIC"
colour = "blue"

[[institution]]
bic = "ALPHDEFF"
name = "Alpha"
branches = ["BERLIN", 7]
contacts = "desk"
terminals = ["BANKFRPPA", "ALPHDEFFB"]
grants = ["none.note"]

[[institution]]
bic = "ALPHDEFF"
name = "Again"
expelled = "fraud"

[[service]]
name = "payments"
types = []

[[service]]
name = "other"
types = ["*"]
colour = "blue"

[[service]]
name = "third"
types = ["*"]
closed = true
group = ["CHASUS33"]

[[calendar]]
name = "days"
free = ["caturday"]

[[service]]
name = "fourth"
types = ["*"]
hours = { calendar = "none", opens = "7:00", urgent_until = "18:00", normal_until = "17:00", closed = "hold" }

[[service]]
name = "fifth"
types = ["*"]
hours = { calendar = "none", opens = "07:00", urgent_until = "18:00", normal_until = "17:00", closed = "hold" }

[colour]
"#,
        Form::Toml,
        &expect![[r#"
            3: DIR004 institution ALPHDEF: bic "ALPHDEF": an institution is named by the 8 characters of its BIC, but this has 7
            4: DIR004 institution ALPHDEF: name "": a line has 1 to 140 bytes and no control characters
            6: DIR003 institution without a BIC: bic is missing
            8: DIR002 institution without a BIC: "colour" is no key of an institution
            13: DIR004 institution ALPHDEFF: branches is a text, not integer
            13: DIR004 institution ALPHDEFF: branches "BERLIN": a branch has 3 upper-case letters and digits
            14: DIR004 institution ALPHDEFF: contacts is a list of texts, not string
            15: DIR007 institution ALPHDEFF: BANKFRPPA is a terminal of another institution
            15: DIR007 institution ALPHDEFF: BANKFRPPA was never granted a key
            15: DIR007 institution ALPHDEFF: ALPHDEFFB was never granted a key
            16: DIR006 institution ALPHDEFF: /nowhere/none.note: No such file or directory (os error 2)
            18: DIR005 institution ALPHDEFF: line 10 has it too
            18: DIR009 institution ALPHDEFF: ALPHDEFF was not expelled; 'nuncio govern propose --expel'
            23: DIR010 service payments: patterns are 1 to 64 types of messages, each of which may end in a star
            30: DIR010 service other: unknown field `colour`, expected one of `name`, `types`, `profile`, `relationship`, `payload_bytes_max`, `monitoring`, `retention_days`, `closed`, `group`, `duplicates`, `duplicate_window_s`, `warn_after_s`, `late_after_s`, `withdraw_after_s`, `withdraws_expired`, `answer_within_ms`, `hours`, `file_bytes_max`, `file_quota_bytes`, `sealed`, `copy`, `retired`
            32: NET041 service third: CHASUS33 is not a member
            38: DIR010 calendar days: "caturday" is no weekday, such as monday
            42: DIR010 service fourth: "7:00" is no time of day, such as 17:30
            47: NET142 service fifth: service fifth is to be open by calendar none, which is not defined
            52: DIR002 "colour" is none of institution, service and calendar
        "#]],
    );
}

#[test]
fn a_file_that_is_no_toml_is_told_where() {
    check(
        b"[[institution]]\nbic = \"ALPHDEFF\nname = 7\n",
        Form::Toml,
        &expect![[r#"
            2: DIR001 invalid basic string, expected `"`
        "#]],
    );
}

#[test]
fn what_a_spreadsheet_writes_is_read() {
    let files: [&[u8]; 3] = [
        b"\xef\xbb\xbfbic,name,status,reason,branches,contacts\r\n\
          ALPHDEFF,\"Alpha \"\"Bank\"\"\",active,,XXX;BER,\"desk; +49 30\nnight, +49 31\"\r\n\
          BANKFRPP,Banque B,suspended,fees,,\r\n,,,,,\r\n",
        b"BIC;Name;Status;Reason;Branches;Contacts\n\
          ALPHDEFF;\"Alpha \"\"Bank\"\"\";;;BER XXX;\"desk; +49 30\r\nnight, +49 31\"\n\
          BANKFRPP;Banque B;suspended;fees;;",
        b"name\tbic\tcontacts\tstatus\treason\tbranches\n\
          \"Alpha \"\"Bank\"\"\"\tALPHDEFF\t\"desk; +49 30\nnight, +49 31\"\t\t\tBER,XXX\n\
          Banque B\tBANKFRPP\t\tsuspended\tfees\t\n",
    ];
    let expected = network_of(GOOD.split("[[service]]").next().unwrap().as_bytes(), Form::Toml);
    for file in files {
        assert_eq!(listed(&network_of(file, Form::Csv)), listed(&expected));
    }
}

#[test]
fn all_that_is_wrong_with_a_table_is_said_at_once() {
    check(
        b"bic,name,status,reason,colour\n\
          ALPHDEFF,Alpha,active,,\n\
          alphdeff,Alpha,,,\n\
          BANKFRPP,\"Banque\nB\",,,\n\
          CHASUS33,Chase,,\n\
          DEUTDEFF,Deutsche,suspended,,\n\
          CHARGB2L,Charlie,gone,fraud,\n\
          ALPHDEFF,Alpha,,,\n",
        Form::Csv,
        &expect![[r#"
            1: DIR002 "colour" is no column; there are bic, name, status, reason, branches, contacts, lanes, terminals, grants
            3: DIR004 institution alphdeff: bic "alphdeff": a BIC has upper-case letters and digits only, but byte 0 is neither
            4: DIR004 institution BANKFRPP: name "Banque\nB": a line has 1 to 140 bytes and no control characters
            6: DIR001 the row has 4 cells, but there are 5 columns
            7: DIR009 institution DEUTDEFF: reason is missing
            8: DIR009 institution CHARGB2L: status "gone" is not active, suspended or expelled
            9: DIR005 institution ALPHDEFF: line 2 has it too
            9: NET040 institution ALPHDEFF: ALPHDEFF is a member already
        "#]],
    );
    check(
        b"name\nAlph\xe4\n",
        Form::Csv,
        &expect![[r#"
        2: DIR001 the file is not UTF-8: save it as 'CSV UTF-8'
    "#]],
    );
    check(
        b"",
        Form::Csv,
        &expect![[r#"
        1: DIR003 column bic is missing
        1: DIR003 column name is missing
    "#]],
    );
}

#[test]
fn what_is_exported_and_imported_again_changes_nothing() {
    let network = network_of(GOOD.as_bytes(), Form::Toml);
    let rows = listed(&network);
    let toml = to_toml(&network, &rows);
    for (text, form) in [(&toml, Form::Toml), (&to_csv(&rows), Form::Csv)] {
        let orders = orders_for(&network, text.as_bytes(), form);
        assert_eq!(orders.findings, []);
        assert!(orders.is_empty(), "{orders:?}");
    }
    let again = network_of(toml.as_bytes(), Form::Toml);
    assert_eq!(listed(&again), rows);
    assert_eq!(services_to_csv(&again), services_to_csv(&network));
    expect![[r##"
        # The directory of network test.

        [[institution]]
        bic = "ALPHDEFF"
        name = 'Alpha "Bank"'
        branches = ["BER", "XXX"]
        contacts = ["desk; +49 30", "night, +49 31"]

        [[institution]]
        bic = "BANKFRPP"
        name = "Banque B"
        suspended = "fees"

        [[calendar]]
        name = "target"
        ahead_minutes = 60
        clock = [{ ahead_minutes = 120, from = "2026-03-29T01:00:00.000000Z" }]
        free = ["saturday", "sunday"]
        holidays = ["2026-01-01", "2026-12-25"]

        [[service]]
        name = "payments"
        closed = true
        duplicate_window_s = 60
        duplicates = "flag"
        group = ["ALPHDEFF", "BANKFRPP"]
        hours = { calendar = "target", closed = "hold", normal_until = "17:00", opens = "07:00", urgent_until = "18:00" }
        late_after_s = { normal = 3600, urgent = 600 }
        monitoring = ["notice"]
        retention_days = 124
        types = ["camt.056.*", "pacs.*"]
        name,types,profile,relationship,closed,retention_days,retired,group,answer_within_ms,hours,copy,file_bytes_max,sealed
        payments,camt.056.*;pacs.*,,no,yes,124,no,ALPHDEFF;BANKFRPP,,"{ calendar = ""target"", closed = ""hold"", normal_until = ""17:00"", opens = ""07:00"", urgent_until = ""18:00"" }",,,no
    "##]]
    .assert_eq(&(toml + &services_to_csv(&network)).replace('\r', ""));
}

#[test]
fn a_copy_rule_goes_out_and_comes_in_again() {
    let copied = "[[service]]\nname = 'high-value'\ntypes = ['pacs.*']\ncopy = { institution = \
                  'ALPHDEFF', mode = 'hold', types = ['pacs.009.*'], bypass_after_s = 60 }\n";
    let network = network_of(format!("{GOOD}\n{copied}").as_bytes(), Form::Toml);
    let toml = to_toml(&network, &listed(&network));
    let line = "copy = { bypass_after_s = 60, institution = \"ALPHDEFF\", mode = \"hold\", types = \
                [\"pacs.009.*\"] }";
    assert!(toml.contains(line), "{toml}");
    assert!(orders_for(&network, toml.as_bytes(), Form::Toml).is_empty());
    // A service that is written without it has none any more.
    let without = toml.replace(line, "");
    let orders = orders_for(&network, without.as_bytes(), Form::Toml);
    assert_eq!(orders.kinds(), [("change", 1)].into());
}

#[test]
fn an_empty_list_takes_all_away_and_an_absent_one_nothing() {
    let network = network_of(GOOD.as_bytes(), Form::Toml);
    let absent = b"bic,name\nALPHDEFF,Alpha";
    assert!(orders_for(&network, absent, Form::Csv).is_empty());
    let empty = b"bic,name,branches,contacts\nALPHDEFF,Alpha,,";
    assert_eq!(orders_for(&network, empty, Form::Csv).kinds(), [("describe", 1)].into());
}

#[test]
fn terminals_have_grants_that_the_root_key_signed() {
    let folder = tempfile::tempdir().unwrap();
    let grant = |holder: &str, signer: &NoteSigner| {
        let network = "test".parse().unwrap();
        let key = SigningKey::from_seed(&[9; 32]).public().clone();
        let (from, until) = (LogTime(0), LogTime(1_000_000_000));
        let grant = KeyGrant { network, holder: holder.parse().unwrap(), key, from, until };
        fs::write(folder.path().join(format!("{holder}.note")), grant.sign(signer).unwrap())
            .unwrap();
    };
    grant("ALPHDEFFA", &root());
    grant("ALPHDEFFB", &signer("nuncio/test/root", 3));
    let text = "[[institution]]\nbic = \"ALPHDEFF\"\nname = \"Alpha\"\n";
    let read = |more: &str, network: &Network| {
        Ordered::read(format!("{text}{more}").as_bytes(), Form::Toml).orders(
            folder.path(),
            &public_keys(),
            network,
        )
    };
    let network = empty();
    let orders = read("terminals = ['ALPHDEFFA']\ngrants = ['ALPHDEFFA.note']", &network);
    assert_eq!(orders.findings, []);
    let network = carried_out(network, &orders);
    assert!(read("terminals = ['ALPHDEFFA']\ngrants = ['ALPHDEFFA.note']", &network).is_empty());
    let wrong = read("terminals = ['ALPHDEFFB']\ngrants = ['ALPHDEFFB.note']", &network);
    let codes: Vec<_> = wrong.findings.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["DIR006", "DIR007"]);

    // Grants go with an export, so that it can stand for itself.
    let mut rows = listed(&network);
    write_grants(&network, &mut rows, folder.path(), Path::new("")).unwrap();
    let toml = to_toml(&network, &rows);
    let orders =
        Ordered::read(toml.as_bytes(), Form::Toml).orders(folder.path(), &public_keys(), &empty());
    assert_eq!(orders.findings, []);
    assert_eq!(listed(&carried_out(empty(), &orders)), listed(&network));
}

/// The folder of that name, or nothing where the data is not here.
fn shared(name: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is not here", shared.display());
        println!("skipped: ../shared is not here");
        return None;
    }
    Some(shared.join(name))
}

#[test]
fn the_banks_of_public_registers_are_imported_and_exported() {
    let Some(path) = shared("refdata/bic_bank_registry") else { return };
    let mut banks: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    for file in fs::read_dir(path).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let entries = value.as_array().or_else(|| value["entries"].as_array()).unwrap();
        for entry in entries {
            let (Some(bic), Some(name)) = (entry["bic"].as_str(), entry["name"].as_str()) else {
                continue;
            };
            if bic.len() < 8 {
                continue;
            }
            let mut name: String = name.chars().filter(|it| !it.is_control()).collect();
            while name.len() > 140 {
                name.pop();
            }
            let bank = banks.entry(bic[..8].to_owned()).or_insert_with(|| (name, BTreeSet::new()));
            if bic.len() == 11 {
                bank.1.insert(bic[8..].to_owned());
            }
        }
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["bic", "name", "branches"]).unwrap();
    for (bic, (name, branches)) in &banks {
        let branches: Vec<_> = branches.iter().take(1_000).cloned().collect();
        table.write_record([bic.as_str(), name.as_str(), &branches.join(";")]).unwrap();
    }
    let table = table.into_inner().unwrap();
    let network = empty();
    let orders = orders_for(&network, &table, Form::Csv);
    // What the registers hold that is no BIC is said, and nothing else is wrong.
    let findings = orders.findings(&network, LogTime(1));
    assert!(findings.iter().all(|it| it.code == "DIR004"), "{}", Findings(findings));
    let network = carried_out(network, &orders);
    let rows = listed(&network);
    assert!(rows.len() > 5_000, "{}", rows.len());
    let toml = to_toml(&network, &rows);
    for (text, form) in [(toml, Form::Toml), (to_csv(&rows), Form::Csv)] {
        let orders = orders_for(&network, text.as_bytes(), form);
        assert!(orders.findings.is_empty() && orders.is_empty());
    }
}
