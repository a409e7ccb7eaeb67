//! A short text of one line, such as the name of an institution or the reason of a suspension.
//!
//! Grammar: 1 to 140 bytes of UTF-8 without control characters.

use std::fmt;
use std::str::FromStr;

/// A text of one line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(
    /// Invariant: 1 to 140 bytes, no control characters.
    Box<str>,
);

impl Line {
    /// The greatest length, in bytes of UTF-8.
    pub const LENGTH_MAX: usize = 140;

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = LineError;

    fn from_str(text: &str) -> Result<Self, LineError> {
        let good = !text.is_empty()
            && text.len() <= Self::LENGTH_MAX
            && !text.chars().any(char::is_control);
        if good { Ok(Self(text.into())) } else { Err(LineError) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line has 1 to 140 bytes and no control characters")]
pub struct LineError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_text_and_one_line_only() {
        assert_eq!("Alpha Bank".parse::<Line>().unwrap().as_str(), "Alpha Bank");
        assert_eq!("".parse::<Line>(), Err(LineError));
        assert_eq!("two\nlines".parse::<Line>(), Err(LineError));
        assert!("é".repeat(70).parse::<Line>().is_ok());
        assert_eq!("é".repeat(71).parse::<Line>(), Err(LineError));
    }
}
