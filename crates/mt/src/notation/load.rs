//! Reads notation files into a [`Standard`].
//!
//! Grammar of a file, line by line; `#` starts a comment, blank lines and indentation mean nothing:
//!
//! ```text
//! field TAG "title" FORMAT
//! message TYPE[.VARIANT]... "title"
//!   TAG | NN[letters] [occurs] [in CODE...] [= FORMAT]
//!     :QUAL LETTERS [occurs] [in CODE...]      a qualifier of the generic field above
//!   seq NAME [occurs]  ...  end                a sequence without marks of its own
//!   block NAME CODE [occurs]  ...  end         a sequence between 16R:CODE and 16S:CODE
//!   any                                        fields of any kind from here on
//!   rule ...                                   see `rule`
//! code CODE FAULT "what it means" "what to do"
//! ```
//!
//! `occurs` is nothing for exactly once, `?` for at most once, `*` for any number, `+` for at least
//! once, `{2,5}` for bounds. `59[-AF]` is field 59 without a letter, or with A or F.

use std::collections::BTreeMap;

use crate::findings::Code;
use crate::notation::format::Format;
use crate::notation::rule::{self, Expr, Needs, Ref, Rule};
use crate::notation::standard::{CodePage, Fault, FieldDefinition, Standard};
use crate::notation::structure::{Kind, Node, Qualifier, Sequence, Structure};
use crate::notation::words::Words;
use crate::tag::Tag;

/// A notation file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file} line {line}: {text}")]
pub struct LoadError {
    /// The name that was given for the file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub text: String,
}

/// Reads one file into a standard; what it defines replaces what was there.
pub(crate) fn load(standard: &mut Standard, file: &str, text: &str) -> Result<(), LoadError> {
    let mut loader = Loader { standard, draft: None };
    for (number, line) in text.lines().enumerate() {
        let line = line.split_once(" #").map_or(line, |(code, _comment)| code).trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        loader.line(line).map_err(|text| LoadError {
            file: file.into(),
            line: number + 1,
            text,
        })?;
    }
    let line = text.lines().count();
    loader.finish().map_err(|text| LoadError { file: file.into(), line, text })
}

struct Loader<'s> {
    standard: &'s mut Standard,
    draft: Option<Draft>,
}

/// A structure that is being read.
struct Draft {
    types: Vec<(u16, Box<str>)>,
    structure: Structure,
    /// The sequences that are open, and the block code that closes each.
    open: Vec<(u16, Option<Box<str>>)>,
    /// The rules as read: references are resolved at the end.
    rules: Vec<(Rule, Box<str>)>,
}

impl Loader<'_> {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "field" => self.field(rest),
            "code" => self.code(rest),
            "message" => {
                self.finish()?;
                self.draft = Some(Draft::new(rest)?);
                Ok(())
            }
            _ => {
                self.draft.as_mut().ok_or("expected field, code or message")?.line(word, rest, line)
            }
        }
    }

    fn field(&mut self, rest: &str) -> Result<(), String> {
        let (tag, rest) = rest.split_once(char::is_whitespace).ok_or("expected a tag")?;
        let tag = Tag::parse(tag).ok_or_else(|| format!("{tag} is no tag"))?;
        let (title, format) = title(rest)?;
        let format = Format::compile(format.trim()).map_err(|error| error.to_string())?;
        self.standard.define(tag, FieldDefinition { title, format });
        Ok(())
    }

    fn code(&mut self, rest: &str) -> Result<(), String> {
        let mut words = rest.splitn(3, char::is_whitespace);
        let code = words.next().and_then(Code::parse).ok_or("expected a code")?;
        let fault = match words.next() {
            Some("sender") => Fault::Sender,
            Some("network") => Fault::Network,
            _ => return Err("expected who is at fault: sender or network".to_owned()),
        };
        let (means, rest) = title(words.next().unwrap_or_default())?;
        let (advice, _rest) = title(rest)?;
        self.standard.describe_code(code, CodePage { fault, means, advice });
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        let Some(draft) = self.draft.take() else { return Ok(()) };
        for structure in draft.finish()? {
            self.standard.add(structure);
        }
        Ok(())
    }
}

impl Draft {
    fn new(rest: &str) -> Result<Self, String> {
        let quote = rest.find('"').ok_or("expected a title in quotes")?;
        let (names, rest) = rest.split_at(quote);
        let (title, _rest) = title(rest)?;
        let types = names.split_whitespace().map(message_type).collect::<Result<Vec<_>, _>>()?;
        let whole = Sequence {
            name: "".into(),
            max: 1,
            parent: 0,
            open: 0,
            close: u16::MAX,
            has_rules: false,
            shared: Vec::new(),
        };
        let structure = Structure {
            message_type: 0,
            variant: "".into(),
            title,
            nodes: Vec::new(),
            slots: Vec::new(),
            sequences: vec![whole],
            rules: Vec::new(),
            has_qualifiers: false,
        };
        Ok(Self { types, structure, open: Vec::new(), rules: Vec::new() })
    }

    fn line(&mut self, word: &str, rest: &str, line: &str) -> Result<(), String> {
        match word {
            "seq" => {
                let (name, occurs) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                self.open(name, occurs, None)
            }
            "block" => {
                let mut words = rest.splitn(3, char::is_whitespace);
                let name = words.next().unwrap_or_default();
                let code = words.next().ok_or("expected the code of a block")?;
                self.open(name, words.next().unwrap_or_default(), Some(code))?;
                self.push(mark(Some('R'), code));
                Ok(())
            }
            "end" => self.close(),
            "any" => {
                let mut node = mark(None, "");
                node.kind = Kind::Any;
                node.fixed = None;
                node.min = 0;
                self.push(node);
                Ok(())
            }
            "rule" => self.rule(rest),
            _ if word.starts_with(':') => self.qualifier(word, rest),
            _ => {
                let node = field_node(line)?;
                self.push(node);
                Ok(())
            }
        }
    }

    fn here(&self) -> u16 {
        self.open.last().map_or(0, |(number, _)| *number)
    }

    fn push(&mut self, mut node: Node) {
        if !matches!(node.kind, Kind::Open(_) | Kind::Close(_)) {
            node.sequence = self.here();
        }
        self.structure.nodes.push(node);
    }

    fn open(&mut self, name: &str, occurs: &str, block: Option<&str>) -> Result<(), String> {
        let (min, max) = bounds(occurs.trim())?;
        let number =
            u16::try_from(self.structure.sequences.len()).map_err(|_| "too many sequences")?;
        let open = u16::try_from(self.structure.nodes.len()).map_err(|_| "too many fields")?;
        let parent = self.here();
        let (has_rules, shared) = (false, Vec::new());
        let name = name.into();
        let sequence = Sequence { name, max, parent, open, close: 0, has_rules, shared };
        self.structure.sequences.push(sequence);
        self.push(bracket(Kind::Open(number), number, min, max));
        self.open.push((number, block.map(Into::into)));
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let block = self.open.last().ok_or("end without seq or block")?.1.clone();
        if let Some(code) = block {
            self.push(mark(Some('S'), &code));
        }
        let (number, _) = self.open.pop().ok_or("end without seq or block")?;
        let at = u16::try_from(self.structure.nodes.len()).map_err(|_| "too many fields")?;
        if let Some(sequence) = self.structure.sequences.get_mut(usize::from(number)) {
            sequence.close = at;
        }
        self.push(bracket(Kind::Close(number), number, 0, 1));
        Ok(())
    }

    fn qualifier(&mut self, word: &str, rest: &str) -> Result<(), String> {
        let node = self.structure.nodes.last_mut().ok_or("a qualifier without a field")?;
        let (rest, codes) = codes(rest);
        let mut words = rest.split_whitespace();
        let letters = words.next().ok_or("expected the letters of the qualifier")?;
        let (min, max) = bounds(words.next().unwrap_or_default())?;
        let name = word.trim_start_matches(':').into();
        node.qualifiers.push(Qualifier { name, options: letters_mask(letters)?, min, max, codes });
        Ok(())
    }

    fn rule(&mut self, rest: &str) -> Result<(), String> {
        let (head, body) = rest.split_once(':').ok_or("expected : after the code of the rule")?;
        let (condition, text) =
            body.rsplit_once('|').ok_or("expected | and the text of the rule")?;
        let mut words = head.split_whitespace();
        let code = words.next().and_then(Code::parse).ok_or("expected the code of the rule")?;
        let each = match (words.next(), words.next()) {
            (None, _) => "",
            (Some("each"), Some(name)) => name,
            _ => return Err("expected each and the name of a sequence".to_owned()),
        };
        let (when, then) = rule::parse(condition)?;
        let (needs, text) = (Needs::default(), text.trim().into());
        let rule = Rule { code, each: 0, when, then, needs, text };
        self.rules.push((rule, each.into()));
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Structure>, String> {
        if let Some((number, _)) = self.open.last() {
            let name = self.structure.sequence(*number).map_or("", |sequence| &sequence.name);
            return Err(format!("sequence {name} does not end"));
        }
        // By sequence: a statement is shared within one, where its fields are the same.
        let mut known: BTreeMap<u16, Vec<Expr>> = BTreeMap::new();
        for (mut rule, each) in std::mem::take(&mut self.rules) {
            rule.each = self.named(&each)?;
            if let Some(sequence) = self.structure.sequences.get_mut(usize::from(rule.each)) {
                sequence.has_rules = true;
            }
            let mut wrong = None;
            let mut resolve = |reference: &mut Ref| {
                if let Err(error) = self.resolve(reference, rule.each) {
                    wrong = Some(format!("rule {}: {error}", rule.code));
                }
            };
            rule.then.each_ref_mut(&mut resolve);
            if let Some(when) = &mut rule.when {
                Expr::each_ref_mut(when, &mut resolve);
            }
            if let Some(wrong) = wrong {
                return Err(wrong);
            }
            let known = known.entry(rule.each).or_default();
            rule.then.share(known);
            if let Some(when) = &mut rule.when {
                when.share(known);
            }
            rule.needs = Needs::of(rule.each, rule.when.as_ref(), &rule.then);
            self.structure.rules.push(rule);
        }
        for (sequence, statements) in known {
            if let Some(sequence) = self.structure.sequences.get_mut(usize::from(sequence)) {
                sequence.shared = statements;
            }
        }
        self.structure.complete();
        let Self { types, structure, .. } = self;
        Ok(types
            .into_iter()
            .map(|(message_type, variant)| Structure { message_type, variant, ..structure.clone() })
            .collect())
    }

    fn named(&self, name: &str) -> Result<u16, String> {
        self.structure.sequence_named(name).ok_or_else(|| format!("there is no sequence {name}"))
    }

    /// Finds the nodes that a reference means. One without a sequence, in a rule about a sequence,
    /// means the fields within it.
    fn resolve(&self, reference: &mut Ref, each: u16) -> Result<(), String> {
        let outer =
            if reference.sequence.is_empty() { each } else { self.named(&reference.sequence)? };
        let nodes = self.structure.nodes.iter().enumerate();
        reference.nodes = nodes
            .filter(|(_, node)| node.kind == Kind::Field && node.number == reference.number)
            .filter(|(_, node)| node.options & reference.options != 0)
            .filter(|(_, node)| self.structure.within(node.sequence, outer))
            .filter_map(|(at, _)| u16::try_from(at).ok())
            .collect();
        // Letters that all its places have anyway need not be looked at.
        let places =
            reference.nodes.iter().filter_map(|at| self.structure.nodes.get(usize::from(*at)));
        if places.fold(0, |letters, node| letters | node.options) & !reference.options == 0 {
            reference.options = u32::MAX;
        }
        if reference.nodes.is_empty() {
            return Err(format!("field {} does not stand there", reference.number));
        }
        Ok(())
    }
}

fn message_type(name: &str) -> Result<(u16, Box<str>), String> {
    let (digits, variant) = name.split_once('.').unwrap_or((name, ""));
    let number = digits.parse::<u16>().ok().filter(|number| *number < 1000 && digits.len() == 3);
    Ok((number.ok_or_else(|| format!("{name} is no message type"))?, variant.into()))
}

fn bracket(kind: Kind, sequence: u16, min: u16, max: u16) -> Node {
    Node {
        kind,
        number: 0,
        options: 0,
        min,
        max,
        sequence,
        fixed: None,
        format: None,
        codes: Words::default(),
        qualifiers: Vec::new(),
    }
}

/// Field 16R or 16S with the code of a block.
fn mark(letter: Option<char>, code: &str) -> Node {
    let mut node = bracket(Kind::Field, 0, 1, 1);
    node.number = 16;
    node.options = if letter == Some('R') { 1 << 18 } else { 1 << 19 };
    node.fixed = Some(code.into());
    node
}

fn field_node(line: &str) -> Result<Node, String> {
    let (line, format) = match line.split_once(" = ") {
        Some((line, format)) => {
            (line, Some(Format::compile(format.trim()).map_err(|error| error.to_string())?))
        }
        None => (line, None),
    };
    let (line, codes) = codes(line);
    let mut words = line.split_whitespace();
    let tag = words.next().unwrap_or_default();
    let digits = tag.bytes().take_while(u8::is_ascii_digit).count();
    let (number, letters) = tag.split_at(digits);
    let (min, max) = bounds(words.next().unwrap_or_default())?;
    if let Some(word) = words.next() {
        return Err(format!("expected the end of the line, but found {word}"));
    }
    let mut node = bracket(Kind::Field, 0, min, max);
    node.number = number.parse().map_err(|_| format!("{tag} is no field"))?;
    let letters =
        letters.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(letters);
    node.options = if letters.is_empty() { 1 } else { letters_mask(letters)? };
    node.format = format;
    node.codes = codes;
    Ok(node)
}

fn codes(line: &str) -> (&str, Words) {
    let Some((line, codes)) = line.split_once(" in ") else { return (line, Words::default()) };
    (line, codes.split_whitespace().collect())
}

fn letters_mask(letters: &str) -> Result<u32, String> {
    letters.bytes().try_fold(0, |mask, letter| match letter {
        b'-' => Ok(mask | 1),
        b'A'..=b'Z' => Ok(mask | 1 << (letter - b'A' + 1)),
        _ => Err(format!("{letters} are no option letters")),
    })
}

fn bounds(text: &str) -> Result<(u16, u16), String> {
    match text {
        "" => Ok((1, 1)),
        "?" => Ok((0, 1)),
        "*" => Ok((0, u16::MAX)),
        "+" => Ok((1, u16::MAX)),
        _ => text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
            .and_then(|text| text.split_once(','))
            .and_then(|(min, max)| Some((min.parse().ok()?, max.parse().ok()?)))
            .ok_or_else(|| format!("expected ?, *, + or {{n,m}}, but found {text}")),
    }
}

/// Takes a text in quotes from the front.
fn title(text: &str) -> Result<(Box<str>, &str), String> {
    text.trim_start()
        .strip_prefix('"')
        .and_then(|text| text.split_once('"'))
        .map(|(title, rest)| (title.into(), rest))
        .ok_or_else(|| "expected a text in quotes".to_owned())
}
