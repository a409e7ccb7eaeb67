//! Codes and their pages in `docs/codes`: each code has one, made from the notation.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use mt::{Code, CodePage, Fault, Standard, check};

use crate::text::files;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes")
}

/// The page of a code.
fn page(code: Code, page: &CodePage) -> String {
    let mut out = format!("# {code}\n\n{}\n\n", page.means);
    let fault = match page.fault {
        Fault::Sender => "the sender of the message",
        Fault::Network => "the network",
    };
    let _ = write!(out, "Who is at fault: {fault}.\n\nWhat to do: {}\n", page.advice);
    let rules = rules(code);
    if !rules.is_empty() {
        let _ = write!(out, "\nIt is expected:\n\n{rules}");
    }
    if let Some((name, findings)) = example(code) {
        let _ =
            write!(out, "\nAn example, from a message of type {name}:\n\n```text\n{findings}```\n");
    }
    out
}

/// What the rules of the code expect, by message type.
fn rules(code: Code) -> String {
    let mut out = String::new();
    for structure in Standard::built_in().structures() {
        for text in structure.rule_texts(code) {
            let variant = structure.variant();
            let dot = if variant.is_empty() { "" } else { "." };
            let number = structure.message_type();
            let _ = writeln!(out, "- {number:03}{dot}{variant}: {text}");
        }
    }
    out
}

/// The findings of the first message of the tests that gives the code.
fn example(code: Code) -> Option<(String, String)> {
    for file in files().values() {
        for case in file.cases.iter().filter(|case| case.expected == code.as_str()) {
            let message = case.body.message();
            let checked = check(message.as_bytes(), Standard::built_in());
            if let Some(finding) = checked.findings.iter().find(|finding| finding.code == code) {
                return Some((case.name.clone(), format!("{finding}\n")));
            }
        }
    }
    None
}

#[test]
fn every_code_has_its_page() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = String::new();
    for (code, description) in Standard::built_in().codes() {
        let path = folder().join(format!("{code}.md"));
        let expected = page(code, description);
        if update {
            std::fs::write(&path, &expected).expect("docs/codes can be written");
        }
        if std::fs::read_to_string(&path).ok().as_deref() != Some(&expected) {
            let _ = writeln!(wrong, "docs/codes/{code}.md is missing or old");
        }
    }
    assert!(wrong.is_empty(), "{wrong}run again with UPDATE_EXPECT=1");
}

#[test]
fn every_code_that_can_be_reported_is_described() {
    let standard = Standard::built_in();
    let described: BTreeSet<String> = standard.codes().map(|(code, _)| code.to_string()).collect();
    let mut used: BTreeSet<String> = standard
        .structures()
        .iter()
        .flat_map(|structure| structure.rule_codes().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    used.extend(codes_in_source());
    let missing: Vec<&String> = used.difference(&described).collect();
    let unused: Vec<&String> = described.difference(&used).collect();
    assert!(
        missing.is_empty() && unused.is_empty(),
        "not described {missing:?}, not used {unused:?}"
    );
}

/// The codes that the source of the crate names: `Code::of("T50")`.
fn codes_in_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).expect("a text");
            for part in text.split("const ").skip(1) {
                if let Some((_, rest)) = part.split_once("= Code::of(\"") {
                    let line = part.lines().next().unwrap_or_default();
                    if line.contains("Code::of(\"") {
                        codes.insert(rest.chars().take(3).collect());
                    }
                }
            }
        }
    }
    codes
}
