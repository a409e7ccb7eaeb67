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
//! A format is compiled into a short program with choices; matching tries the first choice first
//! and comes back to the second. The size of a program bounds the choices, so no value can make
//! matching slow.

use crate::charset::Class;

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
    class: Class,
    min: u16,
    max: u16,
    pub(crate) kind: Kind,
    /// No slash at either end, no two in a row.
    pub(crate) slashes: bool,
    /// It may go over several lines.
    multi: bool,
    /// What ends it before its longest run, if that comes next.
    stop: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Never,
    Slash,
    DoubleSlash,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Op {
    Literal(u8),
    LineEnd,
    Part(u16),
    /// Further lines of a part, each after a line end, up to this many.
    Lines(u16, u16),
    /// Go on at the first; if that fails, at the second.
    Choice(u16, u16),
    Jump(u16),
}

/// A compiled format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    source: Box<str>,
    ops: Vec<Op>,
    pub(crate) parts: Vec<Part>,
}

/// Where a part of a format matched in a value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Capture {
    pub(crate) part: u16,
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// The captures of one match; a fixed array, for a match must not allocate.
#[derive(Clone, Debug)]
pub(crate) struct Captures {
    list: [Capture; CAPTURES_MAX],
    len: usize,
    /// Where to go on when the present way fails: operation, place, captures.
    choices: [(u16, u16, u8); CHOICES_MAX],
}

/// More parts than any format has; what is beyond (the 25th line of a narrative) is matched but
/// not captured.
const CAPTURES_MAX: usize = 24;

/// More choices than any format has open at a time.
const CHOICES_MAX: usize = 48;

impl Captures {
    pub(crate) fn new() -> Self {
        Self { list: [Capture::default(); CAPTURES_MAX], len: 0, choices: [(0, 0, 0); CHOICES_MAX] }
    }

    fn push(&mut self, capture: Capture) {
        if let Some(place) = self.list.get_mut(self.len) {
            *place = capture;
            self.len += 1;
        }
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Capture> {
        self.list.get(..self.len).unwrap_or_default().iter()
    }
}

/// Why a value does not fit its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The furthest place reached in the value.
    pub(crate) at: usize,
    /// What was expected there.
    pub(crate) expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Literal(u8),
    LineEnd,
    /// The part of this number.
    Part(u16),
    /// The end of the value.
    End,
}

impl Format {
    /// Compiles the text of a format.
    ///
    /// # Errors
    ///
    /// What cannot be read, with the rest of the text from there.
    pub fn compile(source: &str) -> Result<Self, FormatError> {
        let mut compiler = Compiler { rest: source, ops: Vec::new(), parts: Vec::new() };
        compiler.format()?;
        if !compiler.rest.is_empty() {
            return Err(compiler.error());
        }
        let mut format = Self { source: source.into(), ops: compiler.ops, parts: compiler.parts };
        format.find_stops();
        Ok(format)
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A part that may have many lengths and holds slashes ends at the slash that the format has
    /// next: `16x[//16x]` parts `A//B` after `A`.
    fn find_stops(&mut self) {
        let mut at = 0;
        while let Some(op) = self.ops.get(at) {
            if let &Op::Part(part) = op {
                let mut next = at + 1;
                while let Some(Op::Choice(first, _)) = self.ops.get(next) {
                    next = usize::from(*first);
                }
                let slash = |place: usize| self.ops.get(place) == Some(&Op::Literal(b'/'));
                let stop = match (slash(next), slash(next + 1)) {
                    (true, true) => Stop::DoubleSlash,
                    (true, false) => Stop::Slash,
                    (false, _) => Stop::Never,
                };
                if let Some(part) = self.parts.get_mut(usize::from(part)) {
                    part.stop = if part.class.has(b'/') { stop } else { Stop::Never };
                }
            }
            at += 1;
        }
    }

    /// Matches a whole value.
    pub(crate) fn matches(&self, value: &str, captures: &mut Captures) -> Result<(), Misfit> {
        let mut run = Run {
            format: self,
            bytes: value.as_bytes(),
            misfit: Misfit { at: 0, expected: Expected::End },
            open: 0,
        };
        captures.len = 0;
        run.go(captures)
    }

    /// The value of a part by its name, if the value fits and has that part.
    #[must_use]
    pub fn part<'v>(&self, value: &'v str, name: &str) -> Option<&'v str> {
        let mut captures = Captures::new();
        self.matches(value, &mut captures).ok()?;
        captures
            .iter()
            .find(|capture| self.part_name(**capture) == name)
            .and_then(|capture| value.get(usize::from(capture.from)..usize::from(capture.to)))
    }

    /// The values of all parts with this name.
    #[must_use]
    pub fn parts_named<'v>(&self, value: &'v str, name: &str) -> Vec<&'v str> {
        let mut captures = Captures::new();
        if self.matches(value, &mut captures).is_err() {
            return Vec::new();
        }
        captures
            .iter()
            .filter(|capture| self.part_name(**capture) == name)
            .filter_map(|capture| value.get(usize::from(capture.from)..usize::from(capture.to)))
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

    /// How many bytes from the start on may stand in this part.
    fn run(&self, bytes: &[u8]) -> usize {
        if self.multi {
            return bytes.iter().position(|byte| !self.has(*byte)).unwrap_or(bytes.len());
        }
        self.class.run(bytes)
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

struct Run<'f> {
    format: &'f Format,
    bytes: &'f [u8],
    misfit: Misfit,
    /// How many of the choices are open.
    open: usize,
}

impl Run<'_> {
    fn go(&mut self, captures: &mut Captures) -> Result<(), Misfit> {
        let mut op = 0;
        let mut at = 0;
        loop {
            let next = match self.format.ops.get(op) {
                None if at == self.bytes.len() => return Ok(()),
                None => self.fails(at, Expected::End),
                Some(Op::Jump(to)) => Some((usize::from(*to), at)),
                Some(Op::Choice(first, second)) => {
                    self.choose(*second, at, captures);
                    Some((usize::from(*first), at))
                }
                Some(Op::Literal(byte)) if self.bytes.get(at) == Some(byte) => {
                    Some((op + 1, at + 1))
                }
                Some(Op::Literal(byte)) => self.fails(at, Expected::Literal(*byte)),
                Some(Op::LineEnd) => match self.line_end(at) {
                    Some(after) => Some((op + 1, after)),
                    None => self.fails(at, Expected::LineEnd),
                },
                Some(Op::Part(part)) => self.part(*part, at, captures).map(|to| (op + 1, to)),
                Some(Op::Lines(part, max)) => Some((op + 1, self.lines(*part, *max, at, captures))),
            };
            match next.or_else(|| self.back(captures)) {
                Some(next) => (op, at) = next,
                None => return Err(self.misfit),
            }
        }
    }

    fn fails<T>(&mut self, at: usize, expected: Expected) -> Option<T> {
        // Where a part ended too early, the part says more than the end that did not come.
        let part = at == self.misfit.at && matches!(self.misfit.expected, Expected::Part(_));
        if at >= self.misfit.at && !(part && expected == Expected::End) {
            self.misfit = Misfit { at, expected };
        }
        None
    }

    fn choose(&mut self, op: u16, at: usize, captures: &mut Captures) {
        let (Ok(at), Ok(len)) = (u16::try_from(at), u8::try_from(captures.len)) else { return };
        if let Some(place) = captures.choices.get_mut(self.open) {
            *place = (op, at, len);
            self.open += 1;
        }
    }

    fn back(&mut self, captures: &mut Captures) -> Option<(usize, usize)> {
        self.open = self.open.checked_sub(1)?;
        let (op, at, len) = *captures.choices.get(self.open)?;
        captures.len = usize::from(len);
        Some((usize::from(op), usize::from(at)))
    }

    fn line_end(&self, at: usize) -> Option<usize> {
        match self.bytes.get(at..)? {
            [b'\n', ..] => Some(at + 1),
            [b'\r', b'\n', ..] => Some(at + 2),
            _ => None,
        }
    }

    fn part(&mut self, number: u16, at: usize, captures: &mut Captures) -> Option<usize> {
        let part = self.format.parts.get(usize::from(number))?;
        let rest = self.bytes.get(at..).unwrap_or_default();
        let most = rest.get(..usize::from(part.max)).unwrap_or(rest);
        let run = part.run(most);
        let mut length = run;
        let stop = match part.stop {
            Stop::Never => None,
            Stop::Slash => memchr::memchr(b'/', most.get(..run).unwrap_or_default()),
            Stop::DoubleSlash => rest
                .get(..(run + 1).min(rest.len()))
                .and_then(|part| part.windows(2).position(|pair| pair == b"//")),
        };
        if let Some(stop) = stop.filter(|stop| *stop >= usize::from(part.min.max(1))) {
            length = stop.min(run);
        }
        if part.kind == Kind::Bic {
            length = match run {
                11.. => 11,
                8..=10 => 8,
                short => return self.fails(at + short, Expected::Part(number)),
            };
        }
        if let (Kind::OneOf(set), Some(first)) = (part.kind, most.first())
            && !set.as_bytes().contains(first)
        {
            return self.fails(at, Expected::Part(number));
        }
        if length < usize::from(part.min) {
            return self.fails(at + length, Expected::Part(number));
        }
        if run == usize::from(part.max) || rest.get(run).is_some() {
            // A part that ends at a byte that is not of its class, or at its greatest length, may
            // be what is wrong if the rest does not fit: remember it as the furthest place.
            self.misfit = if at + length > self.misfit.at {
                Misfit { at: at + length, expected: Expected::Part(number) }
            } else {
                self.misfit
            };
        }
        let (from, to) = (u16::try_from(at).ok()?, u16::try_from(at + length).ok()?);
        captures.push(Capture { part: number, from, to });
        Some(at + length)
    }

    /// Takes further lines as long as they fit.
    fn lines(&mut self, number: u16, max: u16, mut at: usize, captures: &mut Captures) -> usize {
        let Some(part) = self.format.parts.get(usize::from(number)) else { return at };
        for _ in 0..max {
            let Some(start) = self.line_end(at) else { break };
            let rest = self.bytes.get(start..).unwrap_or_default();
            let most = rest.get(..usize::from(part.max)).unwrap_or(rest);
            let run = part.class.run(most);
            if run == 0 || !matches!(rest.get(run), None | Some(b'\r' | b'\n')) {
                self.fails::<()>(start + run, Expected::Part(number));
                break;
            }
            if let (Ok(from), Ok(to)) = (u16::try_from(start), u16::try_from(start + run)) {
                captures.push(Capture { part: number, from, to });
            }
            at = start + run;
        }
        at
    }
}

/// A format that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the format from \"{rest}\" on")]
pub struct FormatError {
    /// The text from the place that cannot be read.
    pub rest: String,
}

struct Compiler<'s> {
    rest: &'s str,
    ops: Vec<Op>,
    parts: Vec<Part>,
}

impl<'s> Compiler<'s> {
    fn error(&self) -> FormatError {
        FormatError { rest: self.rest.to_owned() }
    }

    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start();
        self.rest.bytes().next()
    }

    fn take(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn expect(&mut self, byte: u8) -> Result<(), FormatError> {
        if self.peek() != Some(byte) {
            return Err(self.error());
        }
        self.take();
        Ok(())
    }

    fn here(&self) -> u16 {
        u16::try_from(self.ops.len()).unwrap_or(u16::MAX)
    }

    fn set(&mut self, at: usize, op: Op) {
        if let Some(place) = self.ops.get_mut(at) {
            *place = op;
        }
    }

    fn format(&mut self) -> Result<(), FormatError> {
        while let Some(byte) = self.peek() {
            match byte {
                b']' | b')' | b'|' => return Ok(()),
                b'[' => self.optional()?,
                b'(' => self.group()?,
                b'$' => {
                    self.take();
                    self.ops.push(Op::LineEnd);
                }
                b'/' | b':' | b',' => {
                    self.take();
                    self.ops.push(Op::Literal(byte));
                }
                b'\'' => self.quoted()?,
                _ => self.part()?,
            }
        }
        Ok(())
    }

    fn optional(&mut self) -> Result<(), FormatError> {
        self.take();
        let choice = self.ops.len();
        self.ops.push(Op::Jump(0));
        self.format()?;
        self.expect(b']')?;
        let (first, after) = (u16::try_from(choice + 1).unwrap_or(u16::MAX), self.here());
        self.set(choice, Op::Choice(first, after));
        Ok(())
    }

    /// Alternatives, or a group repeated.
    fn group(&mut self) -> Result<(), FormatError> {
        self.take();
        let (start, open) = (self.rest, self.ops.len());
        let mut jumps = Vec::new();
        loop {
            let choice = self.ops.len();
            self.ops.push(Op::Jump(0));
            self.format()?;
            let first = u16::try_from(choice + 1).unwrap_or(u16::MAX);
            if self.peek() == Some(b'|') {
                self.take();
                jumps.push(self.ops.len());
                self.ops.push(Op::Jump(0));
                let second = self.here();
                self.set(choice, Op::Choice(first, second));
                continue;
            }
            self.set(choice, Op::Jump(first));
            break;
        }
        self.expect(b')')?;
        let after = self.here();
        for jump in jumps {
            self.set(jump, Op::Jump(after));
        }
        if self.rest.starts_with('*') {
            self.take();
            return self.repeat(start, open);
        }
        Ok(())
    }

    /// `(...)*n-m`: the group has been compiled once; the rest of the repetitions are copies.
    fn repeat(&mut self, group: &'s str, start: usize) -> Result<(), FormatError> {
        let min = self.number()?;
        self.expect(b'-')?;
        let max = self.number()?;
        let after = self.rest;
        if min > 1 || max > 40 {
            return Err(self.error());
        }
        let mut choices = Vec::new();
        if min == 0 {
            choices.push(start);
        }
        for _ in 1..max {
            choices.push(self.ops.len());
            self.ops.push(Op::Jump(0));
            self.rest = group;
            self.format()?;
        }
        let end = self.here();
        for choice in choices {
            let first = u16::try_from(choice + 1).unwrap_or(u16::MAX);
            self.set(choice, Op::Choice(first, end));
        }
        self.rest = after;
        Ok(())
    }

    fn quoted(&mut self) -> Result<(), FormatError> {
        self.take();
        let Some((text, rest)) = self.rest.split_once('\'') else { return Err(self.error()) };
        self.ops.extend(text.bytes().map(Op::Literal));
        self.rest = rest;
        Ok(())
    }

    fn number(&mut self) -> Result<u16, FormatError> {
        let end =
            self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().map_err(|_| self.error())?;
        self.rest = rest;
        Ok(number)
    }

    fn part(&mut self) -> Result<(), FormatError> {
        let end = self
            .rest
            .bytes()
            .position(|byte| !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
            .unwrap_or(self.rest.len());
        let mut name = "";
        if self.rest.as_bytes().get(end) == Some(&b'=') {
            name = self.rest.get(..end).unwrap_or_default();
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
        }
        let mut lines = 1;
        let (class, min, max, kind) = if self.rest.starts_with('<') {
            self.kind()?
        } else {
            let mut max = self.number()?;
            if self.rest.starts_with('*') {
                self.take();
                lines = max;
                max = self.number()?;
            }
            let exact = self.rest.starts_with('!');
            if exact {
                self.take();
            }
            let class = self.rest.bytes().next().and_then(Class::of).ok_or_else(|| self.error())?;
            self.take();
            let kind = if class == Class::D { Kind::Amount } else { Kind::Plain };
            (class, if exact { max } else { 1 }, max, kind)
        };
        let multi = self.rest.starts_with('&');
        if multi {
            self.take();
        }
        let slashes = self.rest.starts_with('~');
        if slashes {
            self.take();
        }
        let number = u16::try_from(self.parts.len()).unwrap_or(u16::MAX);
        let stop = Stop::Never;
        self.parts.push(Part { name: name.into(), class, min, max, kind, slashes, multi, stop });
        self.ops.push(Op::Part(number));
        if lines > 1 {
            self.ops.push(Op::Lines(number, lines - 1));
        }
        Ok(())
    }

    fn kind(&mut self) -> Result<(Class, u16, u16, Kind), FormatError> {
        let Some((name, rest)) = self.rest.get(1..).and_then(|text| text.split_once('>')) else {
            return Err(self.error());
        };
        let known = match name {
            "date" => (Class::N, 6, 6, Kind::Date),
            "date8" => (Class::N, 8, 8, Kind::LongDate),
            "mmdd" => (Class::N, 4, 4, Kind::DayOfYear),
            "year" => (Class::N, 4, 4, Kind::Year),
            "time" => (Class::N, 4, 4, Kind::Time),
            "time6" => (Class::N, 6, 6, Kind::LongTime),
            "hour" => (Class::N, 2, 2, Kind::Hour),
            "ddhhmm" => (Class::N, 6, 6, Kind::DayTime),
            "cur" => (Class::A, 3, 3, Kind::Currency),
            "country" => (Class::A, 2, 2, Kind::Country),
            "bic" => (Class::C, 8, 11, Kind::Bic),
            "isin" => (Class::C, 12, 12, Kind::Isin),
            "mir" => (Class::C, 28, 28, Kind::MessageReference),
            "lt" => (Class::C, 12, 12, Kind::Terminal),
            "mt" => (Class::N, 3, 3, Kind::MessageType),
            "dc" => (Class::A, 1, 1, Kind::OneOf("DC")),
            "dm" => (Class::A, 1, 1, Kind::OneOf("DM")),
            "n" => (Class::A, 1, 1, Kind::OneOf("N")),
            "yn" => (Class::A, 1, 1, Kind::OneOf("YN")),
            "sign" => (Class::X, 1, 1, Kind::OneOf("+-")),
            _ => return Err(self.error()),
        };
        self.rest = rest;
        Ok(known)
    }
}
