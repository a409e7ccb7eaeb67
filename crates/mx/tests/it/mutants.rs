//! Broken and half-broken messages, made from good ones, are judged like libxml2 does.
//!
//! The mutants are made by structure (elements dropped, repeated, swapped, renamed, moved), by
//! value (types, lengths and bounds of facets), by markup (namespaces, entities, attributes,
//! sections, comments) and by byte. They depend on the seed alone. `NUNCIO_MUTANTS` sets how many
//! are made; `cargo xtask mx-mutants` makes 200,000. A difference is only allowed if `explained`
//! knows it; its classes are those of `docs/mx-differences.md`.

use std::collections::BTreeMap;
use std::ops::Range;

use mx::Checker;

use crate::oracle::{Oracle, Verdict, agree, ours};
use crate::support::{Chance, Schemas, messages, shared};

/// How many mutants the ordinary test makes.
const ORDINARY: usize = 3_000;

#[test]
fn mutants_are_judged_like_libxml2_does() {
    let Some(shared) = shared() else { return };
    let Some(mut oracle) = Oracle::start() else { return };
    let asked = std::env::var("NUNCIO_MUTANTS").ok().and_then(|count| count.parse().ok());
    let seed = std::env::var("NUNCIO_SEED").ok().and_then(|seed| seed.parse().ok());
    let (count, seed) = (asked.unwrap_or(ORDINARY), seed.unwrap_or(20022));
    let mut schemas = Schemas::new(&shared);
    let mut checker = Checker::new();
    let mut good = Vec::new();
    for (name, message) in messages(&shared) {
        let (library, paths) = schemas.of(&message);
        if message.len() < 60_000
            && !paths.is_empty()
            && checker.check(&message, &library).is_good()
        {
            good.push((name, message));
        }
    }
    assert!(good.len() > 200, "the corpus has shrunk");
    let mut chance = Chance::new(seed);
    let (mut differences, mut classes, mut verdicts) =
        (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for number in 0..count {
        let (name, message) = &good[chance.below(good.len())];
        let mut mutant = message.clone();
        for _ in 0..=chance.below(8) / 7 {
            mutant = mutate(&mutant, &mut chance);
        }
        let (library, paths) = schemas.of(&mutant);
        let own = ours(&checker.check(&mutant, &library));
        let other = oracle.ask(&mutant, &paths);
        let word = format!("{own:?}").split('(').next().unwrap_or_default().to_owned();
        *verdicts.entry(word).or_insert(0) += 1;
        if agree(&own, &other) {
            continue;
        }
        if let Some(class) = explained(&own, &other) {
            *classes.entry(class).or_insert(0) += 1;
            continue;
        }
        if let Some(folder) = std::env::var_os("NUNCIO_MUTANTS_OUT") {
            let path = std::path::Path::new(&folder).join(format!("{number}.xml"));
            std::fs::write(path, &mutant).unwrap();
        }
        differences.push(format!("mutant {number} of {name}\n  ours  {own:?}\n  other {other:?}"));
    }
    println!("{count} mutants of {} messages, seed {seed}: {verdicts:?}", good.len());
    println!("explained differences: {classes:?}");
    assert!(
        differences.is_empty(),
        "{}\n{} of {count} differ",
        differences[..differences.len().min(40)].join("\n"),
        differences.len()
    );
}

/// The class of an allowed difference; see `docs/mx-differences.md`.
pub(crate) fn explained(own: &Verdict, other: &Verdict) -> Option<&'static str> {
    match (own, other) {
        (Verdict::Ill(why), _) => match why.get(..6)? {
            "XML003" if why.contains("version=\"1.\"") => Some("version-number"),
            "XML004" => Some("other-encoding"),
            "XML005" => Some("document-type"),
            "XML030" | "XML031" | "XML032" => Some("limits"),
            "XML019" if ["\\t", "\\n", "\\r"].iter().any(|space| why.contains(space)) => {
                Some("white-space-in-namespace-names")
            }
            _ => None,
        },
        (Verdict::Good, Verdict::Bad(why)) => {
            let date = ["dateTime", "date", "time", "gYear", "gYearMonth", "gMonth", "ISO"];
            let (_, rest) = why.split_once("': '")?;
            let (value, rest) = rest.split_once("' is not a valid value of the atomic type '")?;
            let of_date = date.iter().any(|name| rest.contains(name));
            // The words of the answer are on one line, with single spaces.
            let spaced = value.trim() != value;
            (of_date && spaced).then_some("white-space-around-dates")
        }
        _ => None,
    }
}

/// An element as it is written.
#[derive(Clone, Debug)]
struct Written {
    name: Range<usize>,
    tag: Range<usize>,
    content: Range<usize>,
    whole: Range<usize>,
    is_leaf: bool,
}

/// The elements of a text that was well-formed once; what cannot be read is left out.
fn elements(text: &[u8]) -> Vec<Written> {
    let mut open: Vec<Written> = Vec::new();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|byte| *byte == b'<') {
        let begin = at + found;
        let Some(length) = text[begin..].iter().position(|byte| *byte == b'>') else { break };
        let end = begin + length + 1;
        at = end;
        match text.get(begin + 1) {
            Some(b'/') => {
                if let Some(mut element) = open.pop() {
                    element.content.end = begin;
                    element.whole.end = end;
                    all.push(element);
                }
            }
            Some(b'?' | b'!') => {}
            _ => {
                let inside = &text[begin + 1..end - 1];
                let name = inside.iter().position(|byte| b" \t\r\n/".contains(byte));
                let name = begin + 1..begin + 1 + name.unwrap_or(inside.len());
                if let Some(parent) = open.last_mut() {
                    parent.is_leaf = false;
                }
                let element = Written {
                    name,
                    tag: begin..end,
                    content: end..end,
                    whole: begin..end,
                    is_leaf: true,
                };
                if inside.ends_with(b"/") { all.push(element) } else { open.push(element) }
            }
        }
    }
    all
}

const VALUES: [&str; 78] = [
    "",
    " ",
    "\n",
    "a",
    "abc",
    "A",
    "AB",
    "ABC",
    "ABCD",
    "0",
    "00",
    "1",
    "-1",
    "+1",
    "-0",
    "1.",
    ".5",
    "1.5",
    "1.50",
    "1.23456",
    "0.00",
    "-0.01",
    "1e3",
    "1,5",
    "12345678901234567890",
    "123456789012345678",
    "1234567890123456789.1",
    "99999999999999.99999",
    "0000000000000000000000001",
    "NaN",
    "INF",
    "true",
    "false",
    "TRUE",
    "1 ",
    " true",
    "2026-11-23",
    "2026-02-29",
    "2024-02-29",
    "2026-11-23Z",
    "2026-11-23+14:00",
    "2026-11-23+14:01",
    "0000-01-01",
    "-0001-01-01",
    "12026-01-01",
    "02026-01-01",
    "2026-11-23T09:30:47",
    "2026-11-23T09:30:47Z",
    "2026-11-23T09:30:47.123+01:00",
    "2026-11-23T24:00:00",
    "2026-11-23T24:00:01",
    "2026-11-23T09:30:60",
    "2026-11-23T9:30:47",
    "2026-11-23T09:30:47.",
    " 2026-11-23 ",
    "2026-11",
    "2026",
    "--11",
    "--11--",
    "09:30:47",
    "24:00:00",
    "09:30:47-05:00",
    "EUR",
    "eur",
    "XXX",
    "GB97CHAR40478570872490",
    "ALPHDEFF",
    "ALPHDEFFXXX",
    "ALPHDEFFXX",
    "dea3273f-e864-4b5e-b353-6bcb0556b29b",
    "DEA3273F-E864-4B5E-B353-6BCB0556B29B",
    "529900ALPHDEFF000127",
    "ünïcödé",
    "日本語",
    "\u{1f600}",
    "QUJD",
    "QUI=",
    "QQ",
];

const NAMES: [&str; 18] = [
    "Document",
    "AppHdr",
    "Nm",
    "Id",
    "Cd",
    "Prtry",
    "Othr",
    "PstlAdr",
    "Ctry",
    "AdrLine",
    "BICFI",
    "IBAN",
    "MsgId",
    "Amt",
    "Dt",
    "SplmtryData",
    "Envlp",
    "Foo",
];

const ATTRIBUTES: [&str; 26] = [
    " Ccy=\"EUR\"",
    " Ccy=\"eur\"",
    " Ccy=\"\"",
    " Ccy=' EUR '",
    " ccy=\"EUR\"",
    " x=\"1\"",
    " xml:lang=\"de\"",
    " xml:space='preserve'",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"false\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Max35Text\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Max140Text\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"ISODate\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xsi:type=\"xs:string\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:a b.xsd\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:foo=\"b\"",
    " xsi:nil=\"true\"",
    " xmlns=\"\"",
    " xmlns=\"urn:other\"",
    " xmlns:p=\"urn:other\" p:x=\"1\"",
    " xmlns:p=\"\"",
    " x=\"1\" x=\"2\"",
    " x=\"&lt;\"",
    " x=\"<\"",
    " x=1",
];

const MARKUP: [&str; 44] = [
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#65;",
    "&#x41;",
    "&#32;",
    "&#10;",
    "&#13;",
    "&#0;",
    "&#xFFFE;",
    "&#x110000;",
    "&#xD800;",
    "&nbsp;",
    "&",
    "&;",
    "&#;",
    "&#x;",
    "&amp",
    "<![CDATA[]]>",
    "<![CDATA[x]]>",
    "<![CDATA[ ]]>",
    "<![CDATA[<a>&]]>",
    "]]>",
    "]]",
    "<!-- c -->",
    "<!---->",
    "<!-- a--b -->",
    "<!--->",
    "<?p?>",
    "<?p x?>",
    "<?xml version='1.0'?>",
    "<?xml-x?>",
    "<? p?>",
    "<!DOCTYPE a>",
    "<!x>",
    "<",
    ">",
    "</",
    "<a/>",
    "<a:b/>",
    "text",
    "\u{a0}",
];

const BYTES: [u8; 30] = [
    0, 1, 9, 10, 11, 13, 32, b'"', b'#', b'&', b'\'', b'-', b'/', b'0', b':', b';', b'<', b'=',
    b'>', b'?', b'A', b'[', b']', b'_', b'a', b'x', 0x80, 0xbf, 0xc3, 0xff,
];

fn splice(text: &[u8], range: Range<usize>, new: &[u8]) -> Vec<u8> {
    let mut out = text[..range.start.min(text.len())].to_vec();
    out.extend_from_slice(new);
    out.extend_from_slice(&text[range.end.min(text.len())..]);
    out
}

fn mutate(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let all = elements(text);
    if all.is_empty() {
        return bytewise(text, chance);
    }
    match chance.below(100) {
        0..34 => by_structure(text, &all, chance),
        34..62 => by_value(text, &all, chance),
        62..74 => by_attribute(text, &all, chance),
        74..86 => by_markup(text, &all, chance),
        86..93 => by_namespace(text, chance),
        _ => bytewise(text, chance),
    }
}

fn by_structure(text: &[u8], all: &[Written], chance: &mut Chance) -> Vec<u8> {
    let one = &all[chance.below(all.len())];
    let other = &all[chance.below(all.len())];
    match chance.below(9) {
        0 => splice(text, one.whole.clone(), b""),
        1 => splice(text, one.whole.end..one.whole.end, &text[one.whole.clone()]),
        2 => {
            // Swap with the next sister.
            let next = all.iter().find(|next| next.whole.start >= one.whole.end);
            let Some(next) = next else { return splice(text, one.whole.clone(), b"") };
            let (a, b) = (one.whole.clone(), next.whole.clone());
            let mut new = text[b.clone()].to_vec();
            new.extend_from_slice(&text[a.end..b.start]);
            new.extend_from_slice(&text[a.clone()]);
            splice(text, a.start..b.end, &new)
        }
        3 => rename(text, one, chance.of(&NAMES).as_bytes()),
        4 => {
            let name = text[other.name.clone()].to_vec();
            rename(text, one, &name)
        }
        5 => {
            let mut name = text[one.name.clone()].to_vec();
            name.push(b'x');
            rename(text, one, &name)
        }
        6 => splice(text, one.whole.start..one.whole.start, &text[other.whole.clone()]),
        7 => splice(text, one.content.clone(), b""),
        _ => {
            let copies = text[one.whole.clone()].repeat(chance.below(12) + 1);
            splice(text, one.whole.end..one.whole.end, &copies)
        }
    }
}

fn rename(text: &[u8], one: &Written, name: &[u8]) -> Vec<u8> {
    let end_name = one.content.end + 2..one.content.end + 2 + one.name.len();
    let mut out = text.to_vec();
    if one.content.end < one.whole.end {
        out = splice(&out, end_name, name);
    }
    splice(&out, one.name.clone(), name)
}

fn by_value(text: &[u8], all: &[Written], chance: &mut Chance) -> Vec<u8> {
    let leaves: Vec<_> = all.iter().filter(|element| element.is_leaf).collect();
    let Some(one) = leaves.get(chance.below(leaves.len())) else { return text.to_vec() };
    let old = &text[one.content.clone()];
    let new = match chance.below(9) {
        0 | 1 => chance.of(&VALUES).as_bytes().to_vec(),
        2 => [old, chance.of(&["x", "0", " ", "é", ".", "-"]).as_bytes()].concat(),
        3 => [chance.of(&["x", "0", " ", "+", "-", "\u{a0}"]).as_bytes(), old].concat(),
        4 => old[..old.len().saturating_sub(1)].to_vec(),
        5 => {
            let lengths =
                [1, 3, 4, 5, 15, 16, 17, 18, 19, 34, 35, 36, 70, 71, 105, 128, 140, 141, 350, 2001];
            chance
                .of(&["a", "1", "A", "é", " "])
                .repeat(lengths[chance.below(lengths.len())])
                .into_bytes()
        }
        6 => String::from_utf8_lossy(old).to_lowercase().into_bytes(),
        7 => {
            let at = chance.below(old.len() + 1);
            splice(old, at..at, chance.of(&[".", "0", " ", "9", "Z", "/", "\t", "\r\n"]).as_bytes())
        }
        _ => {
            let donor = leaves[chance.below(leaves.len())];
            text[donor.content.clone()].to_vec()
        }
    };
    splice(text, one.content.clone(), &new)
}

fn by_attribute(text: &[u8], all: &[Written], chance: &mut Chance) -> Vec<u8> {
    let with: Vec<_> = all.iter().filter(|one| text[one.tag.clone()].contains(&b'=')).collect();
    if chance.below(3) == 0 && !with.is_empty() {
        // Take all attributes away, or change one value.
        let one = with[chance.below(with.len())];
        if chance.below(2) == 0 {
            return splice(text, one.name.end..one.tag.end - 1, b"");
        }
        let tag = &text[one.tag.clone()];
        let quote = tag.iter().position(|byte| *byte == b'"' || *byte == b'\'').unwrap_or(0);
        let at = one.tag.start + quote + 1;
        return splice(text, at..at, chance.of(&["x", " ", "&#32;", "\t", "E"]).as_bytes());
    }
    let money: Vec<_> =
        all.iter().filter(|one| text[one.tag.clone()].windows(4).any(|w| w == b"Ccy=")).collect();
    let one = if chance.below(3) == 0 && !money.is_empty() {
        money[chance.below(money.len())]
    } else {
        &all[chance.below(all.len())]
    };
    splice(text, one.name.end..one.name.end, chance.of(&ATTRIBUTES).as_bytes())
}

fn by_markup(text: &[u8], all: &[Written], chance: &mut Chance) -> Vec<u8> {
    let one = &all[chance.below(all.len())];
    let markup = chance.of(&MARKUP).as_bytes();
    let at = match chance.below(5) {
        0 => one.content.start,
        1 => one.content.end,
        2 => one.whole.end,
        3 => one.content.start + chance.below(one.content.len() + 1),
        _ => chance.below(2) * text.len(),
    };
    splice(text, at..at, markup)
}

fn by_namespace(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let places: Vec<_> =
        text.windows(5).enumerate().filter(|(_, w)| *w == b"xmlns").map(|(at, _)| at).collect();
    let Some(&at) = places.get(chance.below(places.len())) else { return bytewise(text, chance) };
    let quote = text[at..].iter().position(|byte| b"\"'".contains(byte)).map_or(at, |q| at + q);
    let close = text[quote + 1..].iter().position(|byte| *byte == text[quote]).unwrap_or(0);
    let value = quote + 1..quote + 1 + close;
    match chance.below(7) {
        0 => splice(text, at..value.end + 1, b""),
        1 => splice(text, at + 5..at + 5, b":p"),
        2 => splice(text, value.end..value.end, b"x"),
        3 => splice(text, value.start..value.start, b" "),
        4 => splice(
            text,
            value,
            chance.of(&["", "urn:other", "not a uri", "{x}", "a#b#c", "%zz"]).as_bytes(),
        ),
        5 => splice(text, value, b"http://www.w3.org/2000/xmlns/"),
        _ => prefixed(text, chance),
    }
}

/// Gives the document another prefix, right or nearly so.
fn prefixed(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    let Some((before, rest)) = text.split_once("<Document xmlns=") else {
        return text.into_bytes();
    };
    let Some((inside, after)) = rest.split_once("</Document>") else {
        return text.clone().into_bytes();
    };
    let inside = inside.replace("</", "</p:");
    let mut out = String::new();
    for (count, part) in inside.split('<').enumerate() {
        if count > 0 {
            out.push('<');
            if !part.starts_with(['/', '!', '?']) && chance.below(200) > 0 {
                out.push_str("p:");
            }
        }
        out.push_str(part);
    }
    format!("{before}<p:Document xmlns:p={out}</p:Document>{after}").into_bytes()
}

fn bytewise(text: &[u8], chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(text.len().max(1));
    let byte = BYTES[chance.below(BYTES.len())];
    match chance.below(6) {
        0 => splice(text, at..at + 1, b""),
        1 => splice(text, at..at + 1, &[byte]),
        2 => text[..at].to_vec(),
        3 => {
            let length = chance.below(20);
            splice(text, at..at + length, b"")
        }
        4 => [b"\xef\xbb\xbf", text].concat(),
        _ => splice(text, at..at, &[byte]),
    }
}
