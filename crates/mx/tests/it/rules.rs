//! The rules above the schema: their pages, and what they say to public samples.

use std::collections::BTreeSet;
use std::path::Path;

use mx::{Checker, Library, Profile, RULES, Settings};

use crate::support::shared;

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    let codes: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_owned()).collect();
    let mut pages = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if name.starts_with("BAS") || name.starts_with("CBP") {
            let page = std::fs::read_to_string(&path).unwrap();
            for part in ["**At fault:**", "**What to do:**", "**Example:**", "**Source:**"] {
                assert!(page.contains(part), "{name} lacks {part}");
            }
            assert!(page.starts_with(&format!("# {name}: ")), "{name}");
            pages.insert(name);
        }
    }
    assert_eq!(codes, pages);
}

fn codes(message: &[u8], library: &Library, settings: Settings) -> BTreeSet<&'static str> {
    let mut checker = Checker::with_profile(Profile::CrossBorder, settings);
    checker.check(message, library).findings().iter().map(|finding| finding.code).collect()
}

/// What samples are named by, and the rule of ours that they break.
const VIOLATIONS: [(&str, &str); 4] = [
    ("commodity_currency_XAU", "CBP029"),
    ("slash_in_instrid", "CBP017"),
    ("msgdefidr_mismatch", "BAS001"),
    ("camt.054-R10_existing", "CBP047"),
];

#[test]
fn each_sample_breaks_the_rule_that_it_is_named_by() {
    let Some(shared) = shared() else { return };
    let library = Library::built_in();
    let mut count = 0;
    for entry in std::fs::read_dir(shared.join("corpus/invalid")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((_, named)) = name.split_once("__violates_") else { continue };
        let known = VIOLATIONS.iter().find(|(part, _)| named.contains(part));
        let code = known.map_or("CBP049", |(_, code)| code);
        let found = codes(&std::fs::read(&path).unwrap(), &library, Settings::default());
        assert!(found.contains(code), "{name}: {code} is not in {found:?}");
        count += 1;
    }
    assert!(count >= 27, "only {count}: the corpus has shrunk");
}

/// Why a good sample of that name may have a finding of that code.
fn explained(name: &str, code: &str) -> Option<&'static str> {
    let made = name.contains(".max.") || name.contains(".min.");
    Some(match code {
        "SCH002" | "SCH003" | "SCH004" | "SCH023" => "its schema refuses it, libxml2 as well",
        "BAS020" if made => "a program wrote codes that begin with EX",
        "BAS003" if made => "a program wrote an IBAN by its pattern, not by its country",
        "CBP004" if made => "the header has no business service, which is mandatory",
        "CBP020" if made => "an agent by its LEI alone, or by nothing",
        "CBP031" if made => "reimbursement agents beside INDA, which the standard forbids",
        "CBP047" | "CBP049" => "a rule of 2026, and a sample of 2025 or made for its absence",
        "CBP003" if name.contains("fixtures") => "a fixture without UETR, older than the rules",
        "CBP044" if name.contains("fixtures") => "a fixture without the original message",
        "CBP005" if name.contains("fixtures") || name.contains("DtoE") => {
            "two identifiers, which the rules of that very source forbid"
        }
        _ => return None,
    })
}

#[test]
fn good_samples_are_good_or_it_is_known_why_not() {
    let Some(shared) = shared() else { return };
    let library = Library::built_in();
    let (mut good, mut other) = (0, 0);
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(shared.join("corpus/mx")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("iso20022-cbpr-ur") {
            continue;
        }
        let found = codes(&std::fs::read(&path).unwrap(), &library, Settings::default());
        if found.is_empty() {
            good += 1;
        } else {
            other += 1;
        }
        let unknown: Vec<&str> =
            found.into_iter().filter(|code| explained(&name, code).is_none()).collect();
        if !unknown.is_empty() {
            wrong.push(format!("{name}: {unknown:?}"));
        }
    }
    println!("{good} samples are good, {other} have findings that are explained");
    assert!(good >= 18, "only {good}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_fails_on_any_message() {
    let Some(shared) = shared() else { return };
    let library = Library::built_in();
    let mut checker = Checker::with_profile(Profile::CrossBorder, Settings::default());
    for (name, message) in crate::support::messages(&shared) {
        let one = checker.check(&message, &library).into_findings();
        let two = checker.check(&message, &library).into_findings();
        assert_eq!(one, two, "{name}");
        let _ = mx::describe(&message, &library);
    }
}
