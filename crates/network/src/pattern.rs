//! Which types of messages a rule is about: exact names, or their beginnings.
//!
//! Grammar of a pattern: a type (`pacs.008.001.08`), a beginning and a star (`pacs.008.*`), or a
//! star alone, which stands for every type. A list of patterns has 1 to 64 of them, without doubles
//! and in their order, so that one list has one form.

use std::fmt;
use std::str::FromStr;

use trust::MessageType;
use trust::codec::{CodecError, Reader, Writer};

use crate::event::parse;

/// One type of messages, or all types with one beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Every type.
    Any,
    /// Types that begin so.
    Beginning(MessageType),
    /// This type.
    Exactly(MessageType),
}

/// A list of patterns; a type is in it when one of them matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patterns(
    /// Invariant: 1 to 64, sorted, none twice.
    Box<[Pattern]>,
);

impl Pattern {
    /// Whether a type is meant.
    #[must_use]
    pub fn matches(&self, message_type: &MessageType) -> bool {
        match self {
            Self::Any => true,
            Self::Beginning(start) => message_type.as_str().starts_with(start.as_str()),
            Self::Exactly(name) => name == message_type,
        }
    }
}

impl Patterns {
    /// How many patterns a list has at most.
    pub const COUNT_MAX: usize = 64;

    /// The list of all types.
    #[must_use]
    pub fn any() -> Self {
        Self([Pattern::Any].into())
    }

    /// A list, in whatever order.
    ///
    /// # Errors
    ///
    /// Without a pattern, or with more than 64.
    pub fn new(mut patterns: Vec<Pattern>) -> Result<Self, PatternError> {
        patterns.sort_unstable();
        patterns.dedup();
        if (1..=Self::COUNT_MAX).contains(&patterns.len()) {
            Ok(Self(patterns.into()))
        } else {
            Err(PatternError)
        }
    }

    /// Whether a type is in the list.
    #[must_use]
    pub fn matches(&self, message_type: &MessageType) -> bool {
        self.0.iter().any(|pattern| pattern.matches(message_type))
    }

    /// The patterns, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Pattern> {
        self.0.iter()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u8(u8::try_from(self.0.len()).expect("a list has 64 patterns at most"));
        for pattern in &self.0 {
            writer.text(&pattern.to_string());
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "list of patterns" };
        let count = reader.u8()?;
        let patterns = (0..count).map(|_| parse(reader.text()?, "pattern"));
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        if !patterns.is_sorted_by(|before, after| before < after) {
            return Err(BAD);
        }
        Self::new(patterns).map_err(|_| BAD)
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let name = |text: &str| text.parse().map_err(|_| PatternError);
        match text.strip_suffix('*') {
            Some("") => Ok(Self::Any),
            Some(start) => name(start).map(Self::Beginning),
            None => name(text).map(Self::Exactly),
        }
    }
}

impl FromStr for Patterns {
    type Err = PatternError;

    /// Reads patterns with commas between them.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::new(text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>()?)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Beginning(start) => write!(f, "{start}*"),
            Self::Exactly(name) => fmt::Display::fmt(name, f),
        }
    }
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, pattern) in self.0.iter().enumerate() {
            write!(f, "{}{pattern}", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// A text that is no pattern, or a list that is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("patterns are 1 to 64 types of messages, each of which may end in a star")]
pub struct PatternError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(patterns: &str, matching: &[&str], other: &[&str]) {
        let patterns: Patterns = patterns.parse().unwrap();
        for name in matching {
            assert!(patterns.matches(&name.parse().unwrap()), "{name} is in {patterns}");
        }
        for name in other {
            assert!(!patterns.matches(&name.parse().unwrap()), "{name} is not in {patterns}");
        }
    }

    #[test]
    fn a_pattern_is_a_type_or_its_beginning() {
        check("pacs.008.001.08", &["pacs.008.001.08"], &["pacs.008.001.09", "pacs.008"]);
        check("pacs.*,fin.103", &["pacs.008.001.08", "fin.103"], &["pain.001.001.09", "fin.1031"]);
        check("*", &["pacs.008.001.08", "fin.999"], &[]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in ["", ",", "a,,b", "a b", "**", "*a", ".x*"] {
            assert_eq!(text.parse::<Patterns>(), Err(PatternError), "{text:?}");
        }
        let many: Vec<String> = (0..65).map(|n| format!("t{n}")).collect();
        assert_eq!(many.join(",").parse::<Patterns>(), Err(PatternError));
    }

    proptest! {
        #[test]
        fn a_list_comes_back(names in prop::collection::vec("[a-z]{1,4}\\*?|\\*", 1..20)) {
            let list: Patterns = names.join(",").parse().unwrap();
            prop_assert_eq!(list.to_string().parse::<Patterns>(), Ok(list.clone()));
            let mut writer = Writer::with_capacity(64);
            list.write(&mut writer);
            let bytes = writer.finish();
            prop_assert_eq!(Patterns::read(&mut Reader::new(&bytes)), Ok(list));
        }
    }
}
