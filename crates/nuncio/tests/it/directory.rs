//! The directory in and out of files, through real processes, and services by the hours of a
//! calendar.

use std::fs;

use gateway::api::State;
use serde_json::Value;

use crate::net::{Net, Process, nuncio, payment, until};

/// Runs a command about the hub of a network; its exit code and what it said.
fn directory(net: &Net, arguments: &[&str]) -> (i32, String) {
    let hub = net.path("hub");
    let output = nuncio().arg("directory").args(arguments).arg("--dir").arg(hub).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn write(net: &Net, name: &str, text: &str) -> String {
    let path = net.path(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_operator_changes_the_directory_by_a_spreadsheet() {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    let comment = "\n# Keep this line.\n";
    let file = net.path("hub").join("directory.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + comment).unwrap();
    // A hub that never ran has nobody on record.
    let (code, said) = directory(&net, &["show", "ALPHDEFF"]);
    assert!(code == 3 && said.contains("not a member"), "{said}");
    net.hub = Some(Process::start("hub", &net.path("hub")));

    let (code, exported) = directory(&net, &["export", "--form", "csv"]);
    assert_eq!(code, 0, "{exported}");
    assert!(exported.contains("ALPHDEFF,ALPHDEFF,active,,,,,ALPHDEFFA,"), "{exported}");
    let same = write(&net, "same.csv", &exported);
    let (code, said) = directory(&net, &["check", &same]);
    assert!(code == 0 && said.contains("the network is as the file says"), "{said}");

    let changed = "\u{feff}bic;name;status;reason;branches\r\n\
                   BRAVFRPP;Brava;suspended;\"fees; unpaid\";\r\n\
                   DELTUS33;\"Delta \"\"Trust\"\"\";;;XXX NYC\r\n";
    let changed = write(&net, "changed.csv", changed);
    let (code, said) = directory(&net, &["import", &changed]);
    assert!(code == 0 && said.contains("done: 3 orders"), "{said}");
    let (code, said) = directory(&net, &["show", "DELTUS33", "--output", "json"]);
    assert_eq!(code, 0, "{said}");
    let shown: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(shown["name"], "Delta \"Trust\"");
    assert_eq!(shown["branches"][1], "XXX");
    let (_, said) = directory(&net, &["show"]);
    assert!(said.contains("suspended"), "{said}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(comment.trim()) && text.contains("ALPHDEFF"), "{text}");

    // A restart changes nothing: the file says what is on record.
    net.hub.as_mut().unwrap().kill_and_start();
    let (_, after) = directory(&net, &["show", "BRAVFRPP"]);
    assert!(after.contains("suspended: fees; unpaid") && after.contains("BRAVFRPPA"), "{after}");

    let wrong = write(&net, "wrong.csv", "bic,name\nalphdeff,Alpha\nBANKFRPP,\n");
    for command in ["check", "import"] {
        let (code, said) = directory(&net, &[command, &wrong]);
        assert_eq!(code, 6, "{said}");
        assert!(said.contains("line 2: DIR004") && said.contains("line 3: DIR003"), "{said}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_service_that_is_closed_refuses_or_holds() {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    // A clock that shows midnight of a day without business, whatever the time is.
    let rules = |closed: &str| {
        format!(
            "[[calendar]]\nname = \"never\"\nfree = [\"monday\", \"tuesday\", \"wednesday\", \
             \"thursday\", \"friday\", \"saturday\"]\nholidays = [{}]\n\n\
             [[service]]\nname = \"payments\"\ntypes = [\"*\"]\n\
             hours = {{ calendar = \"never\", opens = \"00:00\", urgent_until = \"24:00\", \
             normal_until = \"24:00\", closed = \"{closed}\" }}\n",
            sundays()
        )
    };
    net.hub = Some(Process::start("hub", &net.path("hub")));
    for name in ["ALPHDEFF", "BRAVFRPP"] {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    let file = write(&net, "closed.toml", &rules("refuse"));
    let (code, said) = directory(&net, &["import", &file]);
    assert_eq!(code, 0, "{said}");
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let send = |number| {
        alpha.post(&payment("ALPHDEFF", "BRAVFRPP", number), &number.to_string()).id.unwrap()
    };
    let refused = alpha.wait_for(&send(1), &[State::Refused]);
    assert_eq!(refused.reasons[0].code, "NET140");

    let file = write(&net, "closed.toml", &rules("hold"));
    let (code, said) = directory(&net, &["import", &file]);
    assert_eq!(code, 0, "{said}");
    let held = send(2);
    alpha.wait_for(&held, &[State::Accepted]);
    // The service opens for all: what comes now does not wait for what is held.
    let open = "[[service]]\nname = \"payments\"\ntypes = [\"*\"]\n";
    let file = write(&net, "closed.toml", open);
    let (code, said) = directory(&net, &["import", &file]);
    assert_eq!(code, 0, "{said}");
    alpha.wait_for(&send(3), &[State::Delivered]);
    until("the one that is not held has come", || brava.inbox().len() == 1);
    assert_eq!(alpha.message(&held).state, State::Accepted);
}

/// The Sundays of some years as they stand in a calendar.
fn sundays() -> String {
    // 1970-01-04 was a Sunday.
    let first: iso::Date = "2026-01-04".parse().unwrap();
    let days = (0..900).filter_map(|week| first.plus_days(7 * week));
    days.map(|day| format!("\"{day}\"")).collect::<Vec<_>>().join(", ")
}
