//! Each code has its page, each page its code, and the examples on the pages are true.
//!
//! A page has an example as a block ` ```xml ` and what the engine says to it as a block
//! ` ```text `. `UPDATE_EXPECT=1` writes the answers anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mx::{Checker, Library, Schema};

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes")
}

/// Beyond what a page can show; `hostile.rs` and the tests of the tokeniser have them.
const WITHOUT_EXAMPLE: [&str; 6] = ["XML030", "XML031", "XML032", "XML033", "SCH014", "SCH108"];

#[test]
fn each_code_has_a_page_and_each_page_a_code() {
    let codes: BTreeSet<String> = mx::CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(codes.len(), mx::CODES.len(), "a code is used twice");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(pages()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let Some(code) = name.strip_suffix(".md") else { continue };
        if ["XML", "SCH", "RTE"].iter().any(|family| code.starts_with(family)) {
            found.insert(code.to_owned());
        }
    }
    assert_eq!(codes, found);
}

#[test]
fn the_example_of_each_page_is_true() {
    let library = Library::built_in();
    let mut stale = Vec::new();
    for code in mx::CODES {
        let path = pages().join(format!("{code}.md"));
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        assert!(page.contains("Who is at fault: ") && page.contains("What to do: "), "{code}");
        let Some((_, rest)) = page.split_once("```xml") else {
            assert!(WITHOUT_EXAMPLE.contains(&code), "{code} has no example");
            continue;
        };
        let (mark, rest) = rest.split_once('\n').unwrap();
        let (example, rest) = rest.split_once("\n```").unwrap();
        let (_, rest) = rest.split_once("```text\n").unwrap();
        let (said, _) = rest.split_once("\n```").unwrap();
        let example = if mark.contains("escaped") { unescaped(example) } else { example.into() };
        let says = answer(code, &example, &library);
        assert!(says.contains(code), "{code}: {says}");
        if says != said {
            stale.push(code);
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                let old = format!("```text\n{said}\n```");
                let new = format!("```text\n{says}\n```");
                std::fs::write(&path, page.replace(&old, &new)).unwrap();
            }
        }
    }
    assert!(stale.is_empty() || std::env::var_os("UPDATE_EXPECT").is_some(), "stale: {stale:?}");
}

/// The first finding of that code; of a schema, its refusal.
fn answer(code: &str, example: &[u8], library: &Library) -> String {
    if code.starts_with("SCH1") {
        let error = Schema::from_xsd(example).unwrap_err();
        return format!("{} {error}", error.code());
    }
    let findings = if code.starts_with("RTE") {
        mx::read(example).unwrap_err()
    } else {
        Checker::new().check(example, library).into_findings()
    };
    let found = findings.iter().find(|finding| finding.code == code);
    found.map_or_else(|| findings.to_string(), ToString::to_string)
}

/// Puts bytes for `\x` and two digits.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split("\\x");
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        out.push(u8::from_str_radix(digits, 16).unwrap());
        out.extend_from_slice(rest.as_bytes());
    }
    out
}
