//! A message as a value: read from bytes, or built of parts, and printed again.
//!
//! Invariant: a [`Message`] that exists prints to bytes that read back as the same message, and a
//! message that was read prints to the bytes it was read from.

use std::fmt::Write as _;

use crate::findings::{Code, Findings, Report};
use crate::syntax::header::{Application, Basic, HeaderError};
use crate::syntax::scan::{self, Blocks, Field, LineEnd, Pair, Text};
use crate::tag::Tag;

/// Block 1 is out of form.
pub(crate) const BASIC: Code = Code::of("H01");
/// Block 2 is out of form.
pub(crate) const APPLICATION: Code = Code::of("H02");

/// One FIN message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    basic: Basic<'a>,
    application: Option<Application<'a>>,
    user: Option<Vec<Pair<'a>>>,
    text: Option<Text<'a>>,
    trailer: Option<Vec<Pair<'a>>>,
    system: Option<Vec<Pair<'a>>>,
    line_end: LineEnd,
    /// Invariant: empty or one line end.
    gap: &'a str,
}

/// Reads one message: its blocks, headers and fields. What the fields hold is not looked at; that
/// is the work of [`crate::check`].
///
/// # Errors
///
/// All that is wrong with its form.
pub fn read(input: &[u8]) -> Result<Message<'_>, Findings> {
    let mut report = Report::new(input);
    match scan::scan(input) {
        Ok(blocks) => match Message::of(blocks, &mut report) {
            Some(message) => Ok(message),
            None => Err(report.findings),
        },
        Err(broken) => {
            broken.report(&mut report);
            Err(report.findings)
        }
    }
}

/// Reads the first message of the input, and returns what follows it: the original message after
/// an acknowledgement, most often.
///
/// # Errors
///
/// All that is wrong with the form of the first message.
pub fn read_first(input: &[u8]) -> Result<(Message<'_>, &[u8]), Findings> {
    let mut report = Report::new(input);
    match scan::scan_prefix(input) {
        Ok((blocks, end)) => match Message::of(blocks, &mut report) {
            Some(message) => Ok((message, input.get(end..).unwrap_or_default())),
            None => Err(report.findings),
        },
        Err(broken) => {
            broken.report(&mut report);
            Err(report.findings)
        }
    }
}

impl<'a> Message<'a> {
    /// Reads the headers of a scanned message; `None` if one is out of form, which is reported.
    fn of(blocks: Blocks<'a>, report: &mut Report<'_>) -> Option<Self> {
        Heads::of(&blocks, report).message(blocks)
    }
}

/// The headers as far as they could be read; what is out of form is reported.
#[derive(Clone, Copy)]
pub(crate) struct Heads<'a> {
    pub(crate) basic: Option<Basic<'a>>,
    /// None without block 2; `Some(None)` if it is out of form.
    application: Option<Option<Application<'a>>>,
}

impl<'a> Heads<'a> {
    pub(crate) fn of(blocks: &Blocks<'a>, report: &mut Report<'_>) -> Self {
        let basic = header(Basic::parse(blocks.basic), BASIC, '1', blocks.basic, report);
        let application = blocks
            .application
            .map(|text| header(Application::parse(text), APPLICATION, '2', text, report));
        Self { basic, application }
    }

    pub(crate) fn application(&self) -> Option<Application<'a>> {
        self.application.flatten()
    }

    /// The message, if no header is out of form.
    pub(crate) fn message(self, blocks: Blocks<'a>) -> Option<Message<'a>> {
        let Self { basic, application } = self;
        let application = match application {
            Some(None) => return None,
            Some(Some(application)) => Some(application),
            None => None,
        };
        Some(Message {
            basic: basic?,
            application,
            user: blocks.user,
            text: blocks.text,
            trailer: blocks.trailer,
            system: blocks.system,
            line_end: blocks.line_end,
            gap: blocks.gap,
        })
    }
}

impl<'a> Message<'a> {
    /// A message of block 1 alone, to which the others are added.
    #[must_use]
    pub fn new(basic: Basic<'a>) -> Self {
        Self {
            basic,
            application: None,
            user: None,
            text: None,
            trailer: None,
            system: None,
            line_end: LineEnd::CrLf,
            gap: "",
        }
    }

    /// The same with block 2.
    #[must_use]
    pub fn with_application(self, application: Application<'a>) -> Self {
        Self { application: Some(application), ..self }
    }

    /// The same with block 3.
    #[must_use]
    pub fn with_user(self, pairs: Vec<Pair<'a>>) -> Self {
        Self { user: Some(pairs), ..self }
    }

    /// The same with block 4 of a user message.
    #[must_use]
    pub fn with_fields(self, fields: Vec<Field<'a>>) -> Self {
        Self { text: Some(Text::Fields(fields)), ..self }
    }

    /// The same with block 4 of a system message. An empty list is no block 4, for the syntax has
    /// no other form for it.
    #[must_use]
    pub fn with_pairs(self, pairs: Vec<Pair<'a>>) -> Self {
        Self { text: (!pairs.is_empty()).then_some(Text::Pairs(pairs)), ..self }
    }

    /// The same with block 5.
    #[must_use]
    pub fn with_trailer(self, pairs: Vec<Pair<'a>>) -> Self {
        Self { trailer: Some(pairs), ..self }
    }

    /// The same with block S.
    #[must_use]
    pub fn with_system(self, pairs: Vec<Pair<'a>>) -> Self {
        Self { system: Some(pairs), ..self }
    }

    /// Block 1.
    #[must_use]
    pub fn basic(&self) -> Basic<'a> {
        self.basic
    }

    /// Block 2.
    #[must_use]
    pub fn application(&self) -> Option<Application<'a>> {
        self.application
    }

    /// The pairs of block 3; empty where the block is absent or empty.
    #[must_use]
    pub fn user(&self) -> &[Pair<'a>] {
        self.user.as_deref().unwrap_or_default()
    }

    /// Block 4.
    #[must_use]
    pub fn text(&self) -> Option<&Text<'a>> {
        self.text.as_ref()
    }

    /// The fields of block 4 of a user message; empty for any other.
    #[must_use]
    pub fn fields(&self) -> &[Field<'a>] {
        match &self.text {
            Some(Text::Fields(fields)) => fields,
            Some(Text::Pairs(_)) | None => &[],
        }
    }

    /// The pairs of block 4 of a system message or acknowledgement; empty for any other.
    #[must_use]
    pub fn pairs(&self) -> &[Pair<'a>] {
        match &self.text {
            Some(Text::Pairs(pairs)) => pairs,
            Some(Text::Fields(_)) | None => &[],
        }
    }

    /// The pairs of block 5; empty where the block is absent or empty.
    #[must_use]
    pub fn trailer(&self) -> &[Pair<'a>] {
        self.trailer.as_deref().unwrap_or_default()
    }

    /// The pairs of block S; empty where the block is absent or empty.
    #[must_use]
    pub fn system(&self) -> &[Pair<'a>] {
        self.system.as_deref().unwrap_or_default()
    }

    /// How the lines of block 4 end.
    #[must_use]
    pub fn line_end(&self) -> LineEnd {
        self.line_end
    }

    /// The value of a pair of block 3, such as `121`.
    #[must_use]
    pub fn user_value(&self, name: &str) -> Option<&'a str> {
        self.user().iter().find(|pair| pair.name == name).map(|pair| pair.value)
    }

    /// The first field of block 4 with this tag: `20`, `32A`.
    #[must_use]
    pub fn field(&self, tag: &str) -> Option<Field<'a>> {
        let tag = Tag::parse(tag)?;
        self.fields().iter().find(|field| field.tag == tag).copied()
    }

    /// The first pair of block 4 of a system message with this name: `177`.
    #[must_use]
    pub fn pair(&self, name: &str) -> Option<&'a str> {
        self.pairs().iter().find(|pair| pair.name == name).map(|pair| pair.value)
    }

    /// Prints the message as it goes over the network.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::with_capacity(1024);
        self.print_to(&mut out);
        out
    }

    /// Prints the message at the end of a text.
    pub fn print_to(&self, out: &mut String) {
        let _ = write!(out, "{{1:{}}}", self.basic.as_str());
        if let Some(application) = self.application {
            let _ = write!(out, "{}{{2:{}}}", self.gap, application.as_str());
        }
        self.print_block(out, '3', self.user.as_deref());
        match &self.text {
            Some(Text::Fields(fields)) => self.print_fields(out, fields),
            Some(Text::Pairs(pairs)) => self.print_block(out, '4', Some(pairs)),
            None => (),
        }
        self.print_block(out, '5', self.trailer.as_deref());
        self.print_block(out, 'S', self.system.as_deref());
    }

    fn print_fields(&self, out: &mut String, fields: &[Field<'a>]) {
        out.push_str(self.gap);
        out.push_str("{4:");
        out.push_str(self.line_end.text());
        for field in fields {
            let _ = write!(out, ":{}:{}", field.tag, field.value);
            out.push_str(self.line_end.text());
        }
        out.push_str("-}");
    }

    fn print_block(&self, out: &mut String, block: char, pairs: Option<&[Pair<'_>]>) {
        let Some(pairs) = pairs else { return };
        let _ = write!(out, "{}{{{block}:", self.gap);
        for pair in pairs {
            let _ = write!(out, "{{{}:{}}}", pair.name, pair.value);
        }
        out.push('}');
    }
}

fn header<T>(
    parsed: Result<T, HeaderError>,
    code: Code,
    block: char,
    text: &str,
    report: &mut Report<'_>,
) -> Option<T> {
    parsed
        .map_err(|error| {
            let at = report.offset(text) + error.at;
            report.at(code, block, "", at, format!("expected {}", error.expected));
        })
        .ok()
}

impl<'a> Pair<'a> {
    /// A pair for a header or a trailer.
    ///
    /// # Errors
    ///
    /// A name that is not 1 to 3 capital letters or digits, or a value with a brace, a line end or
    /// a character that is not printable ASCII.
    pub fn new(name: &'a str, value: &'a str) -> Result<Self, PartError> {
        if !(1..=3).contains(&name.len()) || !name.bytes().all(scan::is_name_byte) {
            return Err(PartError::Name);
        }
        match value
            .bytes()
            .position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'{' | b'}'))
        {
            Some(at) => Err(PartError::Character { at }),
            None => Ok(Self { name, value }),
        }
    }
}

impl<'a> Field<'a> {
    /// A field for a user message. Its lines are parted by CR LF.
    ///
    /// # Errors
    ///
    /// A value that holds `}` or a character that is neither printable ASCII nor a whole line end,
    /// or of which a line after the first starts with `:` or `-`: it could end the field or the
    /// block.
    pub fn new(tag: Tag, value: &'a str) -> Result<Self, PartError> {
        for (number, line) in value.split("\r\n").enumerate() {
            if number > 0 && matches!(line.as_bytes().first(), Some(b':' | b'-')) {
                return Err(PartError::LineStart { line: number });
            }
            if let Some(at) =
                line.bytes().position(|byte| !matches!(byte, b' '..=b'~') || byte == b'}')
            {
                return Err(PartError::Character { at });
            }
        }
        Ok(Self::of(tag, value))
    }
}

/// Why a text cannot be part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// The name of a pair is out of form.
    #[error("a name has 1 to 3 capital letters or digits")]
    Name,
    /// A character that may not stand there.
    #[error("character {at} of a line is not allowed here")]
    Character {
        /// Its place in its line, from 0.
        at: usize,
    },
    /// A line that would look like the next field or the end of the block.
    #[error("line {line} starts with : or -, which would end the field")]
    LineStart {
        /// The line, from 0.
        line: usize,
    },
}
