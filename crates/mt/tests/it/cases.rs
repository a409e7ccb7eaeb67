//! Each rule has a message that keeps it and one that breaks it.

use std::collections::BTreeSet;

use mt::{Standard, check};

use crate::text::{File, files};

/// Checks one file: bases and good cases are good, bad cases give their code, and every rule of
/// every type that has a base has a bad case.
#[track_caller]
fn check_file(name: &str) {
    let files = files();
    let file = files.get(name).unwrap_or_else(|| panic!("no testdata/{name}.txt"));
    let mut wrong = String::new();
    for body in file.bases.values() {
        let message = body.message();
        let checked = check(message.as_bytes(), Standard::built_in());
        if !checked.is_good() {
            wrong += &format!("base {} is not good:\n{}", body.name, checked.findings);
        }
    }
    for case in &file.cases {
        let message = case.body.message();
        let checked = check(message.as_bytes(), Standard::built_in());
        let kept = match case.expected.as_str() {
            "good" => checked.is_good(),
            code => checked.findings.has(code),
        };
        if !kept {
            let (line, name) = (case.line, &case.name);
            wrong +=
                &format!("line {line}: case {name} {}, but:\n{}", case.expected, checked.findings);
        }
    }
    wrong += &without_bad_case(name, file);
    assert!(wrong.is_empty(), "{wrong}");
}

fn without_bad_case(name: &str, file: &File) -> String {
    let digit = name.strip_prefix("cat");
    let tested: BTreeSet<(&str, &str)> =
        file.cases.iter().map(|case| (case.name.as_str(), case.expected.as_str())).collect();
    let mut wrong = String::new();
    for structure in Standard::built_in().structures() {
        let number = format!("{:03}", structure.message_type());
        let here = digit.is_some_and(|digit| number.starts_with(digit))
            || file.bases.contains_key(&number);
        let variant = structure.variant();
        let full = if variant.is_empty() { number.clone() } else { format!("{number}.{variant}") };
        let common = number.as_bytes()[1] == b'9' && digit.is_some();
        for code in structure.rule_codes().filter(|_| here && !common) {
            if !tested.contains(&(full.as_str(), code)) {
                wrong += &format!("rule {code} of {full} has no bad case\n");
            }
        }
    }
    wrong
}

#[test]
fn cat0_rules_are_kept_and_broken() {
    check_file("cat0");
}

#[test]
fn cat1_rules_are_kept_and_broken() {
    check_file("cat1");
}

#[test]
fn cat2_rules_are_kept_and_broken() {
    check_file("cat2");
}

#[test]
fn cat3_rules_are_kept_and_broken() {
    check_file("cat3");
}

#[test]
fn cat4_rules_are_kept_and_broken() {
    check_file("cat4");
}

#[test]
fn cat5_rules_are_kept_and_broken() {
    check_file("cat5");
}

#[test]
fn cat6_rules_are_kept_and_broken() {
    check_file("cat6");
}

#[test]
fn cat7_rules_are_kept_and_broken() {
    check_file("cat7");
}

#[test]
fn cat9_rules_are_kept_and_broken() {
    check_file("cat9");
}

#[test]
fn common_rules_are_kept_and_broken() {
    check_file("common");
}
