//! Good messages with one slip each, made by rule: every slip gives the code that it should.
//!
//! Slips of form are made wherever a field of a base message has the part that they spoil; slips of
//! structure wherever a field stands once and is mandatory.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mt::{Standard, Structure, Tag, check};

use crate::text::{Body, files};

/// A base with one slip, what was done, and the code that it must give.
struct Mutant {
    body: Body,
    slip: String,
    code: &'static str,
}

fn structure_of(body: &Body) -> &'static Structure {
    let (number, variant) = body.name.split_once('.').unwrap_or((&body.name, ""));
    let number = number.parse().expect("a type");
    Standard::built_in().structure(number, variant).expect("a known type")
}

/// The names of the parts of a kind in a format: `date` for `date=<date>`.
fn parts_of(source: &str, kind: &str) -> Vec<String> {
    source
        .match_indices(&format!("=<{kind}>"))
        .map(|(at, _)| {
            let start = source[..at].rfind(|it: char| !(it.is_ascii_alphanumeric() || it == '-'));
            source[start.map_or(0, |start| start + 1)..at].to_owned()
        })
        .collect()
}

/// Replaces the part of a field; `None` if the field has no such part.
fn with_part(body: &Body, at: usize, name: &str, new: &str) -> Option<Body> {
    let (tag, value) = &body.fields[at];
    let definition = Standard::built_in().field(Tag::parse(tag)?)?;
    let part = definition.format.part(value, name)?;
    let start = part.as_ptr() as usize - value.as_ptr() as usize;
    let mut changed = body.clone();
    changed.fields[at].1 = format!("{}{new}{}", &value[..start], &value[start + part.len()..]);
    Some(changed)
}

/// Slips of form in one field.
fn slips_of_form(body: &Body, at: usize, mutants: &mut Vec<Mutant>) {
    const KINDS: [(&str, &str, &str); 8] = [
        ("date", "261331", "T50"),
        ("date8", "20260230", "T50"),
        ("time", "2560", "T38"),
        ("cur", "QQQ", "T52"),
        ("bic", "NUNCQQFF", "T28"),
        ("bic", "NUNC1EFF", "T27"),
        ("isin", "US0378331006", "T12"),
        ("country", "QQ", "T73"),
    ];
    let (tag, _) = &body.fields[at];
    let Some(definition) = Tag::parse(tag).and_then(|tag| Standard::built_in().field(tag)) else {
        return;
    };
    if has_own_format(&body.name, tag) {
        return;
    }
    let number = Tag::parse(tag).map(Tag::number);
    if structure_of(body)
        .places()
        .any(|place| Some(place.number) == number && place.format.is_some())
    {
        return;
    }
    let source = definition.format.source();
    let mut push = |changed: Option<Body>, slip: String, code| {
        mutants.extend(changed.map(|body| Mutant { body, slip: format!("{tag}: {slip}"), code }));
    };
    for (kind, new, code) in KINDS {
        for name in parts_of(source, kind) {
            push(with_part(body, at, &name, new), format!("{name} becomes {new}"), code);
        }
    }
    if source.contains("amount=15d") {
        for (new, code) in [("12", "T43"), (",5", "T40"), ("1,2,3", "T43")] {
            push(with_part(body, at, "amount", new), format!("amount becomes {new}"), code);
        }
        if source.contains("<cur>") {
            push(with_part(body, at, "amount", "1,23456"), "decimals".to_owned(), "C03");
        }
    }
    if source.contains("16x~") {
        for new in ["/REF", "REF/", "RE//F"] {
            push(with_part(body, at, "reference", new), format!("reference becomes {new}"), "T26");
        }
    }
    if source == "reference=16x~" {
        let long = Some("12345678901234567".to_owned());
        push(long.map(|long| with_value(body, at, &long)), "too long".to_owned(), "T33");
    }
    if source.contains("narrative=") && source.contains('x') && !source.contains("c/") {
        push(
            with_part(body, at, "narrative", "A@B"),
            "a character of another set".to_owned(),
            "T32",
        );
        let long = "1234567890".repeat(11);
        push(with_part(body, at, "narrative", &long), "too long a line".to_owned(), "T33");
    }
    if !body.fields[at].1.is_empty() {
        push(Some(with_value(body, at, "")), "empty".to_owned(), "T34");
    }
}

/// Fields whose form in a type is not that of the field elsewhere: balances of commodities are in
/// units, not in currencies.
fn has_own_format(name: &str, tag: &str) -> bool {
    matches!((name, tag), ("608", "60F" | "62F" | "64"))
}

fn with_value(body: &Body, at: usize, value: &str) -> Body {
    let mut changed = body.clone();
    changed.fields[at].1 = value.to_owned();
    changed
}

/// Slips of structure: fields that stand once and must.
fn slips_of_structure(body: &Body, mutants: &mut Vec<Mutant>) {
    let structure = structure_of(body);
    for (at, (tag, _)) in body.fields.iter().enumerate() {
        let number = Tag::parse(tag).expect("a tag").number();
        let places: Vec<_> = structure.places().filter(|place| place.number == number).collect();
        let [place] = places.as_slice() else { continue };
        let number_of = |tag: &str| Tag::parse(tag).map(Tag::number);
        let same = |tag: &str| number_of(tag) == Some(number);
        let once = body.fields.iter().filter(|(other, _)| same(other)).count() == 1;
        // A sequence of one field is left out with its field.
        let alone = !place.sequence.is_empty()
            && structure.places().filter(|other| other.sequence == place.sequence).count() == 1;
        if !once || alone || place.min != 1 || place.max != 1 || body.fields.len() == 1 {
            continue;
        }
        let mut push = |body: Body, slip: &str, code| {
            mutants.push(Mutant { body, slip: format!("{tag}: {slip}"), code });
        };
        let mut missing = body.clone();
        let field = missing.fields.remove(at);
        push(missing.clone(), "missing", "M02");
        // A field is late where the ones before it stay the same sequence.
        if place.sequence.is_empty() && at + 1 < body.fields.len() {
            if !open_at_the_end(&body.name) {
                missing.fields.push(field.clone());
                push(missing, "at the end", "M06");
            }
            // After the last mandatory field, a second one may be a copy of another message.
            if !open_at_the_end(&body.name) || number == 20 {
                let mut twice = body.clone();
                twice.fields.insert(at, field);
                push(twice, "twice", "M04");
            }
        }
        if number < 100 && !place.label.contains('Z') {
            let mut other = body.clone();
            other.fields[at].0 = format!("{number:02}Z");
            push(other, "with letter Z", "M05");
        }
    }
    let mut foreign = body.clone();
    foreign.fields.push(("09Z".to_owned(), "X".to_owned()));
    if !body.name.starts_with('0') && !open_at_the_end(&body.name) {
        mutants.push(Mutant { body: foreign, slip: "a foreign field".to_owned(), code: "M03" });
    }
}

/// Types that take any field at their end.
fn open_at_the_end(name: &str) -> bool {
    matches!(&name[1..3], "92" | "95" | "96" | "98")
}

#[test]
fn every_slip_gives_its_code() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = String::new();
    for (family, file) in files() {
        for body in file.bases.values() {
            let mut mutants = Vec::new();
            for at in 0..body.fields.len() {
                slips_of_form(body, at, &mut mutants);
            }
            slips_of_structure(body, &mut mutants);
            for mutant in &mutants {
                let message = mutant.body.message();
                let checked = check(message.as_bytes(), Standard::built_in());
                if !checked.findings.has(mutant.code) {
                    let (name, slip, code) = (&body.name, &mutant.slip, mutant.code);
                    let _ = writeln!(wrong, "{name} {slip}: expected {code}, but found:");
                    let _ = writeln!(wrong, "{}", checked.findings);
                }
            }
            *counts.entry(family.clone()).or_default() += mutants.len() + file.cases.len();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for family in ["cat0", "cat1", "cat2", "cat3", "cat4", "cat5", "cat6", "cat7", "cat9"] {
        let count = counts.get(family).copied().unwrap_or_default();
        assert!(count >= 150, "{family} has {count} mutants only: {counts:?}");
    }
}
