//! Compiles the text of a format into its program. The grammar stands in `format`.

use crate::charset::Class;
use crate::notation::format::{FormatError, Kind, Part};
use crate::notation::matching::Op;

/// Reads a format and writes its program.
pub(crate) struct Compiler<'s> {
    rest: &'s str,
    ops: Vec<Op>,
    parts: Vec<Part>,
}

impl<'s> Compiler<'s> {
    /// The program and the parts of a format.
    pub(crate) fn compile(source: &'s str) -> Result<(Vec<Op>, Vec<Part>), FormatError> {
        let mut compiler = Self { rest: source, ops: Vec::new(), parts: Vec::new() };
        compiler.format()?;
        if compiler.rest.is_empty() {
            Ok((compiler.ops, compiler.parts))
        } else {
            Err(compiler.error())
        }
    }

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
        let is_money = kind != Kind::Amount || matches!(name, "" | "amount");
        let name = name.into();
        let has_meaning = slashes || kind != Kind::Plain;
        let part = Part { name, class, min, max, kind, slashes, multi, is_money, has_meaning };
        let piece = part.piece(number);
        self.parts.push(part);
        self.ops.push(Op::Part(piece));
        if lines > 1 {
            self.ops.push(Op::Lines(piece, lines - 1));
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
