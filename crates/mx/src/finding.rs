//! What is wrong with a message, for people and programs.
//!
//! A finding has a code that never changes its meaning, a place and plain words. The words may
//! change from version to version; programs go by the code.

use std::fmt;

use crate::limits::{FINDINGS_MAX, SHOWN_CHARACTERS_MAX};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The byte of the message that is at fault, counted from 0.
    pub offset: u64,
    /// The code, such as `XML010`; each has a page in `docs/codes`.
    pub code: &'static str,
    /// The element (or `/@attribute`) at fault, as an `XPath` with positions, without prefixes.
    /// Empty where no element is open.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What the rule asks for.
    pub expected: String,
    /// What stands there instead, cut after 60 characters.
    pub found: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}, column {}", self.code, self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, ": expected {}, but found {}", self.expected, self.found)
    }
}

/// All that is wrong with one message, in the order of the text.
///
/// At most [`FINDINGS_MAX`] are kept, so that a hostile message cannot grow its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    more: u64,
}

impl Findings {
    /// The findings that were kept.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.list
    }

    /// How many more there were.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Iterates over the findings that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }

    /// Adds one, or counts it when the list is full.
    pub fn push(&mut self, finding: Finding) {
        if self.list.len() < FINDINGS_MAX {
            self.list.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// Says that the last one is about an attribute. Where it was not kept, nothing happens.
    pub(crate) fn name_attribute(&mut self, offset: u32, name: &[u8]) {
        if let Some(last) = self.list.last_mut().filter(|_| self.more == 0)
            && last.offset == u64::from(offset)
        {
            last.path.push_str("/@");
            last.path.push_str(&shown(name));
        }
    }

    /// Counts some more that were not kept.
    pub(crate) fn add_more(&mut self, more: u64) {
        self.more += more;
    }

    pub(crate) fn list_mut(&mut self) -> &mut Vec<Finding> {
        &mut self.list
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<T: IntoIterator<Item = Finding>>(all: T) -> Self {
        let mut findings = Self::default();
        all.into_iter().for_each(|finding| findings.push(finding));
        findings
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One finding a line, and a last line if there were more.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// The fixed words of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) code: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
}

/// Text of a message as a finding shows it: on one line, control characters as escapes, cut.
pub(crate) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.get(..text.len().min(512)).unwrap_or_default());
    let mut out = String::new();
    for (count, character) in text.chars().enumerate() {
        if count >= SHOWN_CHARACTERS_MAX {
            out.push_str("...");
            break;
        }
        match character {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if control.is_control() => out.extend(control.escape_unicode()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(offset: u64) -> Finding {
        Finding {
            offset,
            code: "XML010",
            path: "/Document[1]".into(),
            line: 2,
            column: 7,
            expected: "</a>".into(),
            found: "</b>".into(),
        }
    }

    #[test]
    fn a_finding_reads_as_one_line() {
        assert_eq!(
            finding(1).to_string(),
            "XML010 line 2, column 7, /Document[1]: expected </a>, but found </b>"
        );
    }

    #[test]
    fn a_flood_is_counted_and_not_kept() {
        let mut findings = Findings::default();
        for offset in 0..FINDINGS_MAX as u64 + 5 {
            findings.push(finding(offset));
        }
        assert_eq!(findings.as_slice().len(), FINDINGS_MAX);
        assert!(findings.to_string().ends_with("\nand 5 more"));
    }

    #[test]
    fn shown_text_is_short_and_on_one_line() {
        assert_eq!(shown(b"a\nb\x07"), "a\\nb\\u{7}");
        assert_eq!(shown(&[b'x'; 600]).len(), SHOWN_CHARACTERS_MAX + 3);
    }
}
