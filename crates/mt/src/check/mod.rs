//! Checks a message against a [`Standard`]: all that is wrong with it, at once.

pub(crate) mod calls;
mod calls_markets;
pub(crate) mod content;
pub(crate) mod envelope;
pub(crate) mod evaluate;
#[cfg(test)]
mod generated;
pub(crate) mod place;
mod qualifiers;

use crate::check::envelope::Envelope;
use crate::findings::{Code, Findings, Report, shown};
use crate::notation::format::Format;
use crate::notation::matching::Captures;
use crate::notation::standard::Standard;
use crate::notation::structure::Node;
use crate::notation::words::Words;
use crate::syntax::message::{Heads, Message};
use crate::syntax::scan::{self, Blocks, Field, LineEnd, Pair, Text};

/// The message type is not known.
const UNKNOWN_TYPE: Code = Code::of("M01");
/// Lines end with LF alone, or line ends stand between blocks.
const LINE_ENDS: Code = Code::of("V27");
/// A code that is not one of those that the field has here.
const CODE_WORD: Code = Code::of("T36");
/// A field that no definition knows.
const UNDEFINED: Code = Code::of("M07");

/// How strict a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Take lines that end with LF alone and line ends between blocks, as in files that passed
    /// through an editor. The network takes neither.
    pub edited: bool,
    /// Take a type that the standard does not know, and check only what is known of its fields.
    pub unknown_types: bool,
}

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Checked<'a> {
    /// The message, if its form lets it be read.
    pub message: Option<Message<'a>>,
    /// All that is wrong with it, in the order of the text.
    pub findings: Findings,
}

impl Checked<'_> {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks one message as the network does.
#[must_use]
pub fn check<'a>(input: &'a [u8], standard: &Standard) -> Checked<'a> {
    check_with(input, standard, Options::default())
}

/// Checks one message as strictly as the options say. Who checks many keeps a [`Checker`].
#[must_use]
pub fn check_with<'a>(input: &'a [u8], standard: &Standard, options: Options) -> Checked<'a> {
    Checker::with_options(standard, options).check(input)
}

/// Checks messages one after another, each in the memory of the one before.
#[derive(Clone, Debug)]
pub struct Checker<'s> {
    standard: &'s Standard,
    options: Options,
    captures: Captures,
    placement: place::Placement,
    placing: place::Memory,
    rules: evaluate::Memory,
}

impl<'s> Checker<'s> {
    /// A checker as strict as the network.
    #[must_use]
    pub fn new(standard: &'s Standard) -> Self {
        Self::with_options(standard, Options::default())
    }

    /// A checker as strict as the options say.
    #[must_use]
    pub fn with_options(standard: &'s Standard, options: Options) -> Self {
        Self {
            standard,
            options,
            captures: Captures::default(),
            placement: place::Placement::default(),
            placing: place::Memory::default(),
            rules: evaluate::Memory::default(),
        }
    }

    /// Checks one message.
    #[must_use]
    pub fn check<'a>(&mut self, input: &'a [u8]) -> Checked<'a> {
        let mut report = Report::new(input);
        let blocks = match scan::scan(input) {
            Ok(blocks) => blocks,
            Err(broken) => {
                broken.report(&mut report);
                return Checked { message: None, findings: report.findings };
            }
        };
        if (blocks.line_end == LineEnd::Lf || !blocks.gap.is_empty()) && !self.options.edited {
            let at = report.offset(blocks.basic) + blocks.basic.len();
            let text = "expected CR LF between the lines of block 4, and nothing between blocks";
            report.at(LINE_ENDS, '4', "", at, text.to_owned());
        }
        let heads = Heads::of(&blocks, &mut report);
        let envelope = Envelope {
            standard: self.standard,
            blocks: &blocks,
            basic: heads.basic,
            application: heads.application(),
        };
        envelope.check(&mut self.captures, &mut report);
        if heads.basic.is_none_or(|basic| basic.service() == 1) {
            match &blocks.text {
                Some(Text::Fields(fields)) => self.text(&envelope, fields, &mut report),
                Some(Text::Pairs(pairs)) => {
                    let fields: Vec<Field<'_>> = pairs.iter().filter_map(pair_field).collect();
                    self.text(&envelope, &fields, &mut report);
                }
                None => (),
            }
        }
        let message = heads.message(blocks);
        report.findings.sort();
        Checked { message, findings: report.findings }
    }

    /// Checks the fields of block 4.
    fn text<'a>(
        &mut self,
        envelope: &Envelope<'_, 'a>,
        fields: &[Field<'a>],
        report: &mut Report<'_>,
    ) {
        let (standard, blocks) = (self.standard, envelope.blocks);
        let Some((number, variant)) = kind_of(blocks) else { return };
        let Some(structure) = standard.structure(number, variant) else {
            self.unknown_type(number, blocks, fields, report);
            return;
        };
        let last = fields.last().map_or(blocks.basic, |field| field.value);
        let end = report.offset(last) + last.len();
        place::place(structure, fields, end, (&mut self.placement, &mut self.placing), report);
        for (field, node) in fields.iter().zip(&self.placement.nodes) {
            let node = structure.nodes.get(usize::from(*node));
            content_of(standard, node, (field, blocks.plain), &mut self.captures, report);
        }
        qualifiers::check(structure, fields, &self.placement, report);
        let facts = evaluate::Facts {
            standard,
            structure,
            fields,
            plain: blocks.plain,
            placement: &self.placement,
            basic: envelope.basic,
            application: envelope.application,
        };
        evaluate::rules(&facts, end, &mut self.rules, report);
    }

    #[cold]
    fn unknown_type(
        &mut self,
        number: u16,
        blocks: &Blocks<'_>,
        fields: &[Field<'_>],
        report: &mut Report<'_>,
    ) {
        if !self.options.unknown_types {
            let at = blocks.application.map_or(0, |text| report.offset(text) + 1);
            let text = format!("expected a known type, but found {number:03}");
            report.at(UNKNOWN_TYPE, '2', "", at, text);
        }
        for field in fields {
            content_of(self.standard, None, (field, blocks.plain), &mut self.captures, report);
        }
    }
}

/// A pair of block 4 as a field, if its name is a tag of three digits.
fn pair_field<'a>(pair: &Pair<'a>) -> Option<Field<'a>> {
    Some(Field::of(content::pair_tag(pair.name)?, pair.value))
}

/// The type and variant of a message, from block 2 even where the rest of it is out of form.
fn kind_of<'a>(blocks: &Blocks<'a>) -> Option<(u16, &'a str)> {
    let digits = blocks.application?.get(1..4)?;
    let number =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
    let user = blocks.user.as_deref().unwrap_or_default();
    Some((number, user.iter().find(|pair| pair.name == "119").map_or("", |pair| pair.value)))
}

/// Checks one field: its format, and the codes that it may have where it stands.
#[inline]
fn content_of(
    standard: &Standard,
    node: Option<&Node>,
    (field, plain): (&Field<'_>, bool),
    captures: &mut Captures,
    report: &mut Report<'_>,
) {
    let own = node.and_then(|node| node.format.as_ref());
    let Some(format) = own.or_else(|| standard.field(field.tag).map(|known| &known.format)) else {
        undefined(*field, report);
        return;
    };
    let codes = node.map(|node| &node.codes).filter(|codes| !codes.is_empty());
    if let Some(simple) = &format.simple
        && simple.takes(field, plain)
        && codes.is_none_or(|codes| simple.first(field.value).is_some_and(|it| codes.has(it)))
    {
        return;
    }
    content_by_program(format, codes, *field, captures, report);
}

#[cold]
fn undefined(field: Field<'_>, report: &mut Report<'_>) {
    let at = report.offset(field.value);
    report.field(UNDEFINED, field.tag, at, "expected a field that is defined".to_owned());
}

/// The same for a field that is not known to be good.
fn content_by_program(
    format: &Format,
    codes: Option<&Words>,
    field: Field<'_>,
    captures: &mut Captures,
    report: &mut Report<'_>,
) {
    let before = report.findings.len();
    content::check(format, field, captures, report);
    let Some(codes) = codes.filter(|_| report.findings.len() == before) else { return };
    let Some(first) = captures.iter().next() else { return };
    let (from, to) = (first.from, first.to);
    let word = field.value.get(from..to).unwrap_or_default();
    if !codes.has(word) {
        let at = report.offset(field.value) + from;
        let text = format!("expected one of {}, but found \"{}\"", codes.shown(), shown(word));
        report.field(CODE_WORD, field.tag, at, text);
    }
}
