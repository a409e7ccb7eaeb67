//! Messages made from the notation: what the notation allows must be taken, whatever its rules say.
//!
//! A message is made by walking a structure: each field and sequence as often as a random number
//! says, each value by a random way through the program of its format.

use std::fmt::Write as _;

use crate::charset::Class;
use crate::check::content;
use crate::findings::Report;
use crate::notation::format::{Format, Kind as Meaning, Part};
use crate::notation::matching::{Captures, Op};
use crate::notation::standard::Standard;
use crate::notation::structure::{Kind, Node, Structure};
use crate::syntax::scan::Field;
use crate::tag::Tag;
use crate::{Options, check_with, describe, read};

/// Random numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).expect("a count fits into 64 bits"))
            .expect("it is below a count")
    }

    fn between(&mut self, min: u16, max: u16) -> usize {
        usize::from(min) + self.below(usize::from(max - min) + 1)
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

fn plain(dice: &mut Dice, class: Class, length: usize) -> String {
    let set: &[u8] = match class {
        Class::N => b"0123456789",
        Class::A => b"ABCXYZ",
        Class::C => b"AZ09",
        Class::H => b"09AF",
        Class::D => b"1",
        Class::X | Class::Z => b"abzABZ09 ().,'+?",
        Class::Y => b"AZ09 =!\"%&*;<>",
    };
    // Neither a blank nor a mark at the ends: not wrong, but other tests shall not trip over it.
    (0..length)
        .map(|at| if at == 0 || at + 1 == length { b'7' } else { dice.of(set) })
        // A code begins with a letter, so that it does not go on with an amount before it.
        .map(|byte| if matches!(class, Class::A | Class::C) { byte.max(b'A') } else { byte })
        .map(char::from)
        .collect()
}

fn part(dice: &mut Dice, part: &Part) -> String {
    let known = match part.kind {
        Meaning::Plain => {
            let length = dice.between(part.min, part.max.min(40).max(part.min));
            return plain(dice, part.class, length);
        }
        Meaning::Amount => {
            let whole = dice.between(1, part.max.min(6) - 1);
            let decimals = dice.below((usize::from(part.max) - whole).min(3));
            return format!("{},{}", "1".repeat(whole), "5".repeat(decimals));
        }
        Meaning::OneOf(set) => return char::from(dice.of(set.as_bytes())).to_string(),
        Meaning::Date => "261123",
        Meaning::LongDate => "20261123",
        Meaning::DayOfYear => "0229",
        Meaning::Year => "2026",
        Meaning::Time => "2359",
        Meaning::LongTime => "235959",
        Meaning::Hour => "23",
        Meaning::DayTime => "312359",
        Meaning::Currency => "EUR",
        Meaning::Country => "DE",
        Meaning::Bic => ["NUNCDEFF", "NUNCDEFFXXX"][dice.below(2)],
        Meaning::Isin => "US0378331005",
        Meaning::MessageReference => "261123NUNCBEBBAXXX0001000001",
        Meaning::Terminal => "NUNCBEBBAXXX",
        Meaning::MessageType => "103",
    };
    known.to_owned()
}

/// A value by a random way through the program of a format.
fn value(dice: &mut Dice, format: &Format) -> String {
    let (mut at, mut out) = (0, String::new());
    while let Some(op) = format.ops.get(at) {
        at += 1;
        match op {
            Op::Literal(byte) => out.push(char::from(*byte)),
            Op::LineEnd => out.push_str("\r\n"),
            Op::Part(piece) => out += &part(dice, &format.parts[usize::from(piece.number)]),
            Op::Lines(piece, max) => {
                for _ in 0..dice.between(0, (*max).min(20)) {
                    out = out + "\r\n" + &part(dice, &format.parts[usize::from(piece.number)]);
                }
            }
            Op::Choice(first, second) => at = usize::from(dice.of(&[*first, *second])),
            Op::Branch(_, second) => at = [at, usize::from(*second)][dice.below(2)],
            Op::Jump(to) => at = usize::from(*to),
        }
    }
    out
}

struct Maker<'m> {
    dice: &'m mut Dice,
    structure: &'m Structure,
    fields: Vec<(Tag, String)>,
}

impl Maker<'_> {
    /// The nodes between two places, once.
    fn nodes(&mut self, mut at: usize, end: usize) {
        while at < end {
            let node = &self.structure.nodes[at];
            if let Kind::Open(number) = node.kind {
                let close = usize::from(
                    self.structure.sequence(number).expect("a node names its sequence").close,
                );
                let max = node.max.min(node.min.max(1) + 1);
                for _ in 0..self.dice.between(node.min, max) {
                    self.nodes(at + 1, close);
                }
                at = close;
            } else if node.kind == Kind::Field {
                self.field(node);
            }
            at += 1;
        }
    }

    fn field(&mut self, node: &Node) {
        let mandatory: Vec<usize> = node
            .qualifiers
            .iter()
            .enumerate()
            .flat_map(|(at, one)| (0..one.min).map(move |_| at))
            .collect();
        let max = node.max.min(node.min.max(1) + 1);
        let count = self.dice.between(node.min, max).max(mandatory.len());
        for number in 0..count {
            let mut chosen = mandatory.get(number).copied();
            if chosen.is_none() && !node.qualifiers.is_empty() {
                // One that may stand there once more.
                let names = |at: usize| node.qualifiers[at].name.clone();
                let free = (0..node.qualifiers.len()).find(|at| {
                    let end = format!(":{}/", names(*at));
                    let there = self.fields.iter().filter(|(_, it)| it.starts_with(&end)).count();
                    there == 0
                });
                let Some(free) = free else { return };
                chosen = Some(free);
            }
            self.one(node, chosen);
        }
    }

    fn one(&mut self, node: &Node, qualifier: Option<usize>) {
        let qualifier = qualifier.map(|at| &node.qualifiers[at]);
        let options = node.options & qualifier.map_or(u32::MAX, |one| one.options);
        let tags: Vec<Tag> = (0..27_u8)
            .filter(|bit| options & 1 << bit != 0)
            .filter_map(|bit| {
                let letter = if bit == 0 { String::new() } else { char::from(b'@' + bit).into() };
                let digits = if node.number > 99 { 3 } else { 2 };
                Tag::parse(&format!("{:0digits$}{letter}", node.number))
            })
            .collect();
        let tag = self.dice.of(&tags);
        if let Some(fixed) = &node.fixed {
            self.fields.push((tag, fixed.to_string()));
            return;
        }
        let known = Standard::built_in().field(tag);
        let format = node.format.as_ref().or_else(|| known.map(|known| &known.format));
        let Some(format) = format else {
            self.fields.push((tag, "NO FORMAT".to_owned()));
            return;
        };
        let mut text = value(self.dice, format);
        if let Some(qualifier) = qualifier {
            text.replace_range(1..5, &qualifier.name);
            let codes = qualifier.codes.shown();
            if let Some((head, _)) = text.rsplit_once('/').filter(|_| !codes.is_empty()) {
                let codes: Vec<&str> = codes.split(", ").collect();
                text = format!("{head}/{}", self.dice.of(&codes));
            }
        }
        if !node.codes.is_empty() {
            let mut captures = Captures::default();
            format.matches(&text, &mut captures).expect("a way through the program");
            let first = captures.iter().next().expect("a part");
            let codes = node.codes.shown();
            let codes: Vec<&str> = codes.split(", ").collect();
            text.replace_range(first.from..first.to, self.dice.of(&codes));
        }
        self.fields.push((tag, text));
    }
}

/// The text of a message of a structure.
fn message(dice: &mut Dice, structure: &Structure) -> String {
    let mut maker = Maker { dice, structure, fields: Vec::new() };
    maker.nodes(0, structure.nodes.len());
    let fields = maker.fields;
    let (number, variant) = (structure.message_type(), structure.variant());
    let system = number < 100;
    let mut out = format!(
        "{{1:F01NUNCBEBBAXXX0001000001}}{{2:I{number:03}NUNCDEFFXXXX{}}}{{3:",
        if system { 'S' } else { 'N' }
    );
    if !variant.is_empty() {
        let _ = write!(out, "{{119:{variant}}}");
    }
    if matches!(number, 103 | 202 | 205) {
        out.push_str("{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}");
    }
    out.push('}');
    if fields.is_empty() {
        return out;
    }
    out.push_str("{4:");
    if system && number != 96 {
        for (tag, value) in fields {
            let _ = write!(out, "{{{tag}:{value}}}");
        }
        return out + "}";
    }
    out.push_str("\r\n");
    for (tag, value) in fields {
        let _ = write!(out, ":{tag}:{value}\r\n");
    }
    out + "-}"
}

#[test]
fn what_the_notation_allows_is_taken() {
    let standard = Standard::built_in();
    let mut refused = String::new();
    for (number, structure) in standard.structures().iter().enumerate() {
        let mut dice = Dice(
            0x9E37_79B9_7F4A_7C15 ^ u64::try_from(number).expect("a count fits into 64 bits") << 20,
        );
        for _ in 0..30 {
            let text = message(&mut dice, structure);
            // A request of which every part is optional says something all the same.
            if !text.contains("{4:") && structure.nodes.iter().any(|node| node.min > 0) {
                continue;
            }
            let checked = check_with(text.as_bytes(), standard, Options::default());
            let rules: Vec<&str> = structure.rule_codes().collect();
            let wrong = checked.findings.iter().find(|it| !rules.contains(&it.code.as_str()));
            if let Some(wrong) = wrong {
                let name = format!("{:03}.{}", structure.message_type(), structure.variant());
                let _ = writeln!(refused, "{name}: {wrong}\n{text}");
                break;
            }
            let parsed = read(text.as_bytes()).expect("it was read before");
            assert_eq!(parsed.print(), text);
            let shown = describe(&parsed);
            assert!(
                shown.first().is_some_and(|title| title.ends_with(structure.title())),
                "{text}"
            );
            assert!(shown.len() > parsed.fields().len() + parsed.pairs().len(), "{text}");
        }
    }
    assert_eq!(refused, "");
}

/// What a simple form takes, the program takes as well, with the same first part and named parts.
#[track_caller]
fn compare(format: &Format, tag: Tag, text: &str) -> bool {
    let Some(simple) = &format.simple else { return false };
    // The reader has refused a CR without its LF.
    let alone = text.replace("\r\n", "").contains('\r');
    let plain = !alone && text.bytes().all(|it| Class::X.has(it) || matches!(it, b'\r' | b'\n'));
    let field = Field::of(tag, text);
    if !simple.takes(&field, plain) {
        return false;
    }
    let mut report = Report::new(text.as_bytes());
    let mut captures = Captures::default();
    content::check(format, field, &mut captures, &mut report);
    assert!(report.findings.is_empty(), "{} {simple:?} {tag} {text:?}", report.findings);
    let first = captures.iter().next().and_then(|first| text.get(first.from..first.to));
    assert!(simple.first(text).is_none_or(|it| Some(it) == first), "{tag} {text:?}");
    for part in &format.parts {
        let easy = simple.part(text, &part.name, &format.parts);
        assert!(easy.is_none() || easy == format.part(text, &part.name), "{tag} {text:?}");
    }
    true
}

#[test]
fn a_simple_form_takes_nothing_that_its_program_refuses() {
    const PIECES: [&str; 16] = [
        "/", "//", "\r\n", "A", "9", ",", "N", "@", "EUR", "\n", "C/", " ", "-", "a", "\r\n/", "{",
    ];
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let (mut good, mut taken, mut simple) = (0, 0, 0);
    for (tag, definition) in Standard::built_in().fields() {
        let format = &definition.format;
        if format.simple.is_none() {
            continue;
        }
        simple += 1;
        for _ in 0..40 {
            let text = value(&mut dice, format);
            good += 1;
            taken += usize::from(compare(format, tag, &text));
            for _ in 0..8 {
                let mut slip = text.clone();
                let at = dice.below(slip.len() + 1);
                match dice.below(3) {
                    0 => slip.insert_str(at, dice.of(&PIECES)),
                    1 => slip.truncate(at),
                    _ => slip.replace_range(at..(at + 1).min(slip.len()), dice.of(&PIECES)),
                }
                compare(format, tag, &slip);
            }
        }
    }
    assert!(simple > 300, "{simple} formats have a simple form");
    assert!(taken * 2 > good, "{taken} of {good} good values are taken at once");
}
