//! The tag of a field of block 4: two or three digits and, mostly, a letter (`20`, `32A`, `177`).
//!
//! Grammar: `2!n[1!a]` in user messages, `3!n` in system messages. A tag packs into 32 bits, so
//! that placing a field in a structure compares integers.

use std::fmt;
use std::str::FromStr;

/// The name of one field, such as `32A`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// Invariant: 0 to 999.
    number: u16,
    /// Invariant: 0 for none, else 1 for `A` to 26 for `Z`.
    option: u8,
    /// How many digits the number is written with: 2 or 3.
    digits: u8,
}

impl Tag {
    /// Reads a tag, such as `20`, `50K` or `177`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [a, b] => Self::of_two(a, b),
            [a, b, c] => Self::of_three(a, b, c),
            _ => None,
        }
    }

    /// The tag of two characters.
    pub(crate) fn of_two(a: u8, b: u8) -> Option<Self> {
        Self::of(two_digits(a, b)?, 0, 2)
    }

    /// The tag of three characters.
    pub(crate) fn of_three(a: u8, b: u8, c: u8) -> Option<Self> {
        let number = two_digits(a, b)?;
        match c {
            b'A'..=b'Z' => Self::of(number, c - b'A' + 1, 2),
            b'0'..=b'9' => Self::of(number * 10 + u16::from(c - b'0'), 0, 3),
            _ => None,
        }
    }

    fn of(number: u16, option: u8, digits: u8) -> Option<Self> {
        (number > 0).then_some(Self { number, option, digits })
    }

    /// The digits: 32 of `32A`.
    #[must_use]
    pub fn number(self) -> u16 {
        self.number
    }

    /// The letter, if it has one: `A` of `32A`.
    #[must_use]
    pub fn option(self) -> Option<char> {
        (self.option > 0).then(|| char::from(b'@' + self.option))
    }

    /// One bit for the letter, bit 0 for none, to be tested against a mask of allowed letters.
    pub(crate) fn option_bit(self) -> u32 {
        1 << self.option
    }

    /// A dense number below [`Tag::KEYS`].
    pub(crate) fn key(self) -> usize {
        usize::from(self.number) * 27 + usize::from(self.option)
    }

    /// One more than the greatest [`Tag::key`].
    pub(crate) const KEYS: usize = 27_000;
}

fn two_digits(a: u8, b: u8) -> Option<u16> {
    let (tens, ones) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u16::from(tens * 10 + ones))
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        Self::parse(text).ok_or(TagError)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.number, width = usize::from(self.digits))?;
        self.option().map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tag is two digits with or without a letter, or three digits")]
pub struct TagError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_prints_as_it_was_read() {
        for text in ["20", "32A", "177", "09", "008"] {
            assert_eq!(Tag::parse(text).expect("it is a tag").to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_no_tags() {
        for text in ["", "2", "00", "000", "20a", "A20", "20AB", "2000", " 20"] {
            assert_eq!(Tag::parse(text), None, "{text}");
        }
    }
}
