//! Texts that are valid when they exist: of a length, of a set of characters.
//!
//! The sets are those of the rules `CBP015` and `CBP016`.

use std::fmt;
use std::str::FromStr;

/// A text of at most `MAX` characters. `KIND` says what it may hold: see [`Reference`],
/// [`ShortReference`], [`Code`], [`Name`], [`Town`], [`Short`], [`AccountNumber`],
/// [`Note`], [`LongText`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize, const KIND: u8>(
    /// Invariant: as [`Text::from_str`] lets in.
    String,
);

/// The set X of FIN, and no slash at an end and no two in a row.
const REFERENCE: u8 = 0;
/// The set X of FIN.
const PLAIN: u8 = 1;
/// Basic Latin.
const EXTENDED: u8 = 2;
/// Capital letters and digits.
const CODE: u8 = 3;

/// Names something, for machines: 35 characters.
pub type Reference = Text<35, REFERENCE>;
/// A reference that FIN can carry: 16 characters.
pub type ShortReference = Text<16, REFERENCE>;
/// A code of four characters at most.
pub type Code = Text<4, CODE>;
/// The name of a party, a street, an agent: 140 characters.
pub type Name = Text<140, EXTENDED>;
/// A town or another part of an address: 35 characters.
pub type Town = Text<35, EXTENDED>;
/// A post code or the number of a building: 16 characters.
pub type Short = Text<16, EXTENDED>;
/// The number of an account that is no IBAN: 34 characters.
pub type AccountNumber = Text<34, PLAIN>;
/// What is said of a payment: 140 characters.
pub type Note = Text<140, EXTENDED>;
/// Words for people, in answers: 105 characters of the set X.
pub type LongText = Text<105, PLAIN>;

/// Why a text cannot stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No character at all, or spaces only.
    #[error("expected a text, but found none")]
    Empty,
    /// More characters than the field has.
    #[error("expected at most {max} characters, but found {found}")]
    TooLong {
        /// The most there may be.
        max: usize,
        /// How many there were.
        found: usize,
    },
    /// A character that the field may not hold.
    #[error("expected characters of the set, but found {found:?} at character {at}")]
    Character {
        /// The character.
        found: char,
        /// Where, counted from 0.
        at: usize,
    },
    /// A slash at an end, or two in a row.
    #[error("expected no slash at an end and no two in a row")]
    Slash,
    /// The word that stands for nothing.
    #[error("expected a fact, but found NOTPROVIDED")]
    NotProvided,
}

impl<const MAX: usize, const KIND: u8> Text<MAX, KIND> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes a text of any other: what the set lacks becomes a dot, what is too long is cut.
    ///
    /// # Errors
    ///
    /// Nothing is left, or (for references) slashes stand where they must not.
    pub fn made_of(text: &str) -> Result<Self, TextError> {
        let fit = |c: char| if fits(KIND, c) { c } else { '.' };
        text.chars().take(MAX).map(fit).collect::<String>().parse()
    }
}

fn fits(kind: u8, character: char) -> bool {
    match kind {
        CODE => character.is_ascii_uppercase() || character.is_ascii_digit(),
        EXTENDED => (' '..='~').contains(&character),
        _ => character.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(character),
    }
}

impl<const MAX: usize, const KIND: u8> FromStr for Text<MAX, KIND> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if text.trim().is_empty() {
            return Err(TextError::Empty);
        }
        if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| !fits(KIND, *c)) {
            return Err(TextError::Character { found, at });
        }
        // From here on a character is a byte.
        if text.len() > MAX {
            return Err(TextError::TooLong { max: MAX, found: text.len() });
        }
        let slashes = text.starts_with('/') || text.ends_with('/') || text.contains("//");
        if KIND == REFERENCE && slashes {
            return Err(TextError::Slash);
        }
        if text.eq_ignore_ascii_case("NOTPROVIDED") {
            return Err(TextError::NotProvided);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<const MAX: usize, const KIND: u8> AsRef<str> for Text<MAX, KIND> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize, const KIND: u8> fmt::Display for Text<MAX, KIND> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize, const KIND: u8> fmt::Debug for Text<MAX, KIND> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_refused_with_a_reason() {
        assert_eq!("".parse::<Name>(), Err(TextError::Empty));
        assert_eq!("ä".parse::<Name>(), Err(TextError::Character { found: 'ä', at: 0 }));
        assert_eq!("A//B".parse::<Reference>(), Err(TextError::Slash));
        assert_eq!("A & B".parse::<Reference>(), Err(TextError::Character { found: '&', at: 2 }));
        assert_eq!(
            "12345678901234567".parse::<ShortReference>(),
            Err(TextError::TooLong { max: 16, found: 17 })
        );
        assert_eq!("notprovided".parse::<Town>(), Err(TextError::NotProvided));
    }

    #[test]
    fn any_text_can_be_made_to_fit() {
        assert_eq!(
            LongText::made_of("/Doc[1]: Ärger").expect("it fits").as_str(),
            "/Doc.1.: .rger"
        );
    }
}
