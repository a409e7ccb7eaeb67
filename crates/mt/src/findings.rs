//! What is wrong with a message: a list of findings, each with its code and its place.
//!
//! A list is bounded, so that a hostile message cannot make its own report large.

use std::fmt;

use crate::tag::Tag;

/// A stable code in the published shape: three letters or digits, such as `T50` or `C81`.
///
/// What each means stands in `docs/codes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; 3]);

impl Code {
    /// Makes a code of a text known at compile time.
    ///
    /// # Panics
    ///
    /// If it has not three bytes; at compile time, when it is used in a constant.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        let [a, b, c] = *text.as_bytes() else { panic!("a code has three characters") };
        Self([a, b, c])
    }

    /// Reads a code: a capital letter and two letters or digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [a, b, c] = *text.as_bytes() else { return None };
        let rest = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        (a.is_ascii_uppercase() && rest(b) && rest(c)).then_some(Self([a, b, c]))
    }

    /// Its three characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a code is made of ASCII text only")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule it breaks.
    pub code: Code,
    /// The block it stands in: `1` to `5` or `S`.
    pub block: char,
    /// The field, where it is about one: `32A`, `121`, `CHK`.
    pub tag: String,
    /// The line in the message, from 1. As no line ends before block 4, the line `{4:` is line 1
    /// and the first field stands on line 2: the line of a negative acknowledgement.
    pub line: u32,
    /// The column in that line, from 1, in bytes.
    pub column: u32,
    /// What was expected and what was found.
    pub text: String,
}

impl Finding {
    /// The form of field 405 in a negative acknowledgement: the code and the line, `T50003`.
    #[must_use]
    pub fn refusal(&self) -> String {
        if self.block == '4' {
            format!("{}{:03}", self.code, self.line.min(999))
        } else {
            self.code.to_string()
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} block {}", self.code, self.block)?;
        if !self.tag.is_empty() {
            write!(f, " field {}", self.tag)?;
        }
        write!(f, " line {} column {}: {}", self.line, self.column, self.text)
    }
}

/// All that is wrong with a message, in the order of the text, at most [`Findings::MAX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    /// How many more there were.
    more: u32,
}

impl Findings {
    /// How many findings are kept; the rest is counted.
    pub const MAX: usize = 100;

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are, the ones not kept included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len().saturating_add(usize::try_from(self.more).unwrap_or(usize::MAX))
    }

    /// How many were found beyond [`Findings::MAX`] and not kept.
    #[must_use]
    pub fn more(&self) -> u32 {
        self.more
    }

    /// The findings, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// The first of them: the one that a negative acknowledgement carries.
    #[must_use]
    pub fn first(&self) -> Option<&Finding> {
        self.list.first()
    }

    /// Whether a code is among them.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.list.iter().any(|finding| finding.code.as_str() == code)
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        if self.list.len() < Self::MAX {
            self.list.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Sets the block of the finding added last.
    pub(crate) fn rename_last_block(&mut self, block: char) {
        if let Some(last) = self.list.last_mut() {
            last.block = block;
        }
    }

    pub(crate) fn sort(&mut self) {
        self.list.sort_by_key(|finding| (finding.line, finding.column));
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f Finding;
    type IntoIter = std::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.list {
            writeln!(f, "{finding}")?;
        }
        if self.more > 0 {
            writeln!(f, "and {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// Collects findings about one input, and turns places in it into lines and columns.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    input: &'a [u8],
    pub(crate) findings: Findings,
}

impl<'a> Report<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { input, findings: Findings::default() }
    }

    /// Where a part of the input starts in it. A part is always a slice of the input; a slice of
    /// anything else counts as the start.
    pub(crate) fn offset(&self, part: &str) -> usize {
        let at = (part.as_ptr() as usize).wrapping_sub(self.input.as_ptr() as usize);
        if at <= self.input.len() { at } else { 0 }
    }

    pub(crate) fn at(&mut self, code: Code, block: char, tag: &str, at: usize, text: String) {
        let before = self.input.get(..at).unwrap_or(self.input);
        let line = memchr::memchr_iter(b'\n', before).count();
        let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        self.findings.push(Finding {
            code,
            block,
            tag: tag.to_owned(),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before.len() - start + 1).unwrap_or(u32::MAX),
            text,
        });
    }

    pub(crate) fn field(&mut self, code: Code, tag: Tag, at: usize, text: String) {
        self.at(code, '4', &tag.to_string(), at, text);
    }
}

/// Shows a piece of input in a finding: short, and with what cannot be printed as a dot.
pub(crate) fn shown(piece: &str) -> String {
    const MAX: usize = 40;
    let short: String = piece
        .chars()
        .take(MAX)
        .map(|letter| if letter == ' ' || letter.is_ascii_graphic() { letter } else { '.' })
        .collect();
    if piece.chars().nth(MAX).is_some() { format!("{short}...") } else { short }
}
