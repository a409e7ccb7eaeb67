//! Formats of fields: reading the notation, and matching a value against it.
//!
//! Grammar (blanks between terms mean nothing):
//!
//! ```text
//! format = term*
//! term   = [name "="] atom | literal | "$" | "[" format "]" | "(" format ("|" format)* ")" ["*" n "-" m]
//! atom   = n class | n "!" class | n "*" n class | n class "&" | n "d" | "<" kind ">"   then ["~"]
//! literal= one of / : , or 'text'
//! ```
//!
//! `16x` is 1 to 16 characters of class x, `6!n` exactly six digits, `4*35x` 1 to 4 lines of 1 to
//! 35, `9000z&` up to 9000 characters over any number of lines, `15d` an amount, `$` a line end,
//! `<cur>` a currency, `~` that the content neither starts nor ends with a slash and holds no two
//! in a row. `(...)*0-3` repeats a group up to three times.
//!
//! A format is compiled into a short program with choices (`compile`), which is run over a value
//! (`matching`). The size of a program bounds the choices, so no value can make matching slow.

use crate::charset::Class;
use crate::notation::compile::Compiler;
use crate::notation::matching::{Capture, Captures, Expected, Op, Shape};
use crate::notation::simple::Simple;
use crate::syntax::scan::Field;

/// What a part of a field means, beyond its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing beyond its characters.
    Plain,
    /// `YYMMDD`.
    Date,
    /// `YYYYMMDD`.
    LongDate,
    /// `MMDD`.
    DayOfYear,
    /// `YYYY`.
    Year,
    /// `HHMM`.
    Time,
    /// `HHMMSS`.
    LongTime,
    /// `HH`.
    Hour,
    /// `DDHHMM`.
    DayTime,
    /// A currency of ISO 4217.
    Currency,
    /// A country of ISO 3166.
    Country,
    /// A BIC of 8 or 11 characters.
    Bic,
    /// A number with a decimal comma.
    Amount,
    /// An ISIN.
    Isin,
    /// A message input or output reference.
    MessageReference,
    /// A logical terminal of 12 characters.
    Terminal,
    /// A message type.
    MessageType,
    /// One letter or sign out of a few.
    OneOf(&'static str),
}

/// A named or unnamed part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: Box<str>,
    pub(crate) class: Class,
    pub(crate) min: u16,
    pub(crate) max: u16,
    pub(crate) kind: Kind,
    /// No slash at either end, no two in a row.
    pub(crate) slashes: bool,
    /// It may go over several lines.
    pub(crate) multi: bool,
    /// Whether its decimals are those of the currency before it. A price or a rate may have more.
    pub(crate) is_money: bool,
    /// Whether it means something beyond its characters.
    pub(crate) has_meaning: bool,
}

/// A compiled format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    source: Box<str>,
    /// Its simple form, if it has one.
    pub(crate) simple: Option<Simple>,
    pub(crate) ops: Vec<Op>,
    pub(crate) parts: Vec<Part>,
    /// Whether a part means something beyond its characters.
    pub(crate) has_meaning: bool,
}

impl Format {
    /// Compiles the text of a format.
    ///
    /// # Errors
    ///
    /// What cannot be read, with the rest of the text from there.
    pub fn compile(source: &str) -> Result<Self, FormatError> {
        let (ops, parts) = Compiler::compile(source)?;
        let has_meaning = parts.iter().any(|part| part.has_meaning);
        let mut format = Self { source: source.into(), simple: None, ops, parts, has_meaning };
        format.find_stops();
        format.simple = Simple::of(&format);
        Ok(format)
    }

    /// A choice whose first way starts with a byte is decided by that byte, most often.
    fn find_branches(&mut self) {
        for at in 0..self.ops.len() {
            if let Some(&Op::Choice(first, second)) = self.ops.get(at)
                && usize::from(first) == at + 1
                && let Some(&Op::Literal(byte)) = self.ops.get(at + 1)
                && let Some(op) = self.ops.get_mut(at)
            {
                *op = Op::Branch(byte, second);
            }
        }
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A part that may have many lengths and holds slashes ends at the slash that the format has
    /// next: `16x[//16x]` parts `A//B` after `A`.
    fn find_stops(&mut self) {
        let mut stops = Vec::new();
        for (at, op) in self.ops.iter().enumerate() {
            let Op::Part(piece) = op else { continue };
            let mut next = at + 1;
            while let Some(Op::Choice(first, _)) = self.ops.get(next) {
                next = usize::from(*first);
            }
            let slash = |place: usize| self.ops.get(place) == Some(&Op::Literal(b'/'));
            let shape = match (slash(next), slash(next + 1)) {
                (true, true) => Shape::UpToSlashes,
                (true, false) => Shape::UpToSlash,
                (false, _) => continue,
            };
            if piece.class.has(b'/') && matches!(piece.shape, Shape::Run | Shape::Exact) {
                stops.push((piece.number, shape));
            }
        }
        self.find_branches();
        for op in &mut self.ops {
            if let Op::Part(piece) = op
                && let Some((_, shape)) = stops.iter().find(|(number, _)| *number == piece.number)
            {
                piece.shape = *shape;
            }
        }
    }

    /// The value of a part by its name, if the value fits and has that part.
    #[must_use]
    pub fn part<'v>(&self, value: &'v str, name: &str) -> Option<&'v str> {
        self.part_in(value, name, &mut Captures::default())
    }

    /// The same of a field that is known to be plain or not, with memory that is used again.
    pub(crate) fn part_of_field<'v>(
        &self,
        (field, plain): (Field<'v>, bool),
        name: &str,
        captures: &mut Captures,
    ) -> Option<&'v str> {
        if let Some(simple) = &self.simple
            && let Some(part) = simple.part(field.value, name, &self.parts)
            && simple.takes(&field, plain)
        {
            return Some(part);
        }
        self.part_in(field.value, name, captures)
    }

    fn part_in<'v>(&self, value: &'v str, name: &str, captures: &mut Captures) -> Option<&'v str> {
        self.matches(value, captures).ok()?;
        let capture = captures.iter().find(|capture| self.part_name(**capture) == name)?;
        value.get(capture.from..capture.to)
    }

    /// The values of all parts with this name.
    #[must_use]
    pub fn parts_named<'v>(&self, value: &'v str, name: &str) -> Vec<&'v str> {
        let mut captures = Captures::default();
        if self.matches(value, &mut captures).is_err() {
            return Vec::new();
        }
        captures
            .iter()
            .filter(|capture| self.part_name(**capture) == name)
            .filter_map(|capture| value.get(capture.from..capture.to))
            .collect()
    }

    pub(crate) fn part_of(&self, capture: Capture) -> Option<&Part> {
        self.parts.get(usize::from(capture.part))
    }

    fn part_name(&self, capture: Capture) -> &str {
        self.part_of(capture).map_or("", |part| &part.name)
    }

    /// What was expected, in plain words.
    pub(crate) fn words(&self, expected: Expected) -> String {
        match expected {
            Expected::Literal(byte) => format!("expected \"{}\"", char::from(byte)),
            Expected::LineEnd => "expected a line end".to_owned(),
            Expected::End => "expected the end of the field".to_owned(),
            Expected::Part(part) => self
                .parts
                .get(usize::from(part))
                .map_or_else(String::new, |part| format!("expected {}", part.words())),
        }
    }
}

impl Part {
    /// Whether the first character of a text is of the class of this part.
    pub(crate) fn may_hold(&self, text: &str) -> bool {
        text.bytes().next().is_some_and(|byte| self.has(byte))
    }

    /// Whether a place in a value lies just after as many characters as this part may have.
    pub(crate) fn is_full(&self, value: &str, at: usize) -> bool {
        let before = value.as_bytes().get(..at).unwrap_or_default();
        let run = before.iter().rev().take_while(|byte| self.has(**byte)).count();
        run >= usize::from(self.max)
    }

    fn has(&self, byte: u8) -> bool {
        self.class.has(byte) || self.multi && matches!(byte, b'\r' | b'\n')
    }

    fn words(&self) -> String {
        let what = match self.kind {
            Kind::Plain => self.class.words(),
            Kind::Date => "a date YYMMDD",
            Kind::LongDate => "a date YYYYMMDD",
            Kind::DayOfYear => "a day MMDD",
            Kind::Year => "a year YYYY",
            Kind::Time => "a time HHMM",
            Kind::LongTime => "a time HHMMSS",
            Kind::Hour => "an hour HH",
            Kind::DayTime => "a day and time DDHHMM",
            Kind::Currency => "a currency of three letters",
            Kind::Country => "a country of two letters",
            Kind::Bic => "a BIC of 8 or 11 characters",
            Kind::Amount => "an amount with a decimal comma",
            Kind::Isin => "an ISIN of 12 characters",
            Kind::MessageReference => "a message reference of 28 characters",
            Kind::Terminal => "a logical terminal of 12 characters",
            Kind::MessageType => "a message type of 3 digits",
            Kind::OneOf(set) => return format!("one of {set}"),
        };
        let size = match (self.kind, self.min == self.max) {
            (Kind::Plain, true) => format!("{} ", self.max),
            (Kind::Plain | Kind::Amount, false) => format!("1 to {} ", self.max),
            _ => String::new(),
        };
        let name = if self.name.is_empty() { String::new() } else { format!("{}: ", self.name) };
        if self.kind == Kind::Amount {
            return format!("{name}{what}, at most {} characters", self.max);
        }
        format!("{name}{size}{what}")
    }
}

/// A format that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the format from \"{rest}\" on")]
pub struct FormatError {
    /// The text from the place that cannot be read.
    pub rest: String,
}
