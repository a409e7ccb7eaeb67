//! Business identifier codes (ISO 9362), and the two names that the network derives from them.
//!
//! Grammar: `4!c2!a2!c[3!c]`: four characters for the party, two letters for the country, two
//! characters for the location, and three for the branch, where `XXX` is the head office.
//! Invariant: a [`Bic`] that exists is well-formed; nothing checks it again.

use std::fmt;
use std::str::FromStr;

/// The address of a party: eight letters and digits, or eleven with a branch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bic {
    /// Invariant: ASCII upper-case letters and digits; bytes 4 and 5 are letters.
    bytes: [u8; 11],
}

/// A member of the network: the first eight characters of its [`Bic`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Institution {
    /// Invariant: the first eight bytes of a [`Bic`].
    bytes: [u8; 8],
}

/// One connection point of an institution: its eight characters and a letter (a "logical
/// terminal"), which is never `X`: that letter stands for "any terminal" in an address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terminal {
    institution: Institution,
    /// Invariant: `A` to `Z` or `0` to `9`, but not `X`.
    code: u8,
}

impl Bic {
    const HEAD_OFFICE: [u8; 3] = *b"XXX";

    /// The institution, without the branch.
    #[must_use]
    pub fn institution(&self) -> Institution {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes;
        Institution { bytes: [a, b, c, d, e, f, g, h] }
    }

    /// The three characters of the branch; `XXX` is the head office.
    #[must_use]
    pub fn branch(&self) -> &str {
        let (_institution, branch) = self.as_str().split_at(8);
        branch
    }

    /// The two letters of the country (ISO 3166-1), which may be one that is not assigned.
    #[must_use]
    pub fn country(&self) -> &str {
        self.as_str().get(4..6).expect("a BIC has eleven ASCII characters")
    }

    /// All eleven characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("a BIC is ASCII: from_str lets nothing else in")
    }
}

impl Institution {
    /// Its eight characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("an institution is the start of a BIC")
    }

    /// Its eight characters as bytes, which order as the institutions do.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.bytes
    }

    /// The address of its head office.
    #[must_use]
    pub fn head_office(&self) -> Bic {
        let mut bytes = [0; 11];
        let (institution, branch) = bytes.split_at_mut(8);
        institution.copy_from_slice(&self.bytes);
        branch.copy_from_slice(&Bic::HEAD_OFFICE);
        Bic { bytes }
    }
}

impl Terminal {
    /// The institution that it belongs to.
    #[must_use]
    pub fn institution(&self) -> Institution {
        self.institution
    }

    /// The letter or digit that tells it from the institution's other terminals.
    #[must_use]
    pub fn code(&self) -> char {
        char::from(self.code)
    }
}

impl FromStr for Bic {
    type Err = BicError;

    fn from_str(text: &str) -> Result<Self, BicError> {
        if let Some(at) = text.bytes().position(|byte| !is_bic_byte(byte)) {
            return Err(BicError::BadCharacter { at });
        }
        let mut bytes = [0; 11];
        match text.len() {
            8 => {
                let (institution, branch) = bytes.split_at_mut(8);
                institution.copy_from_slice(text.as_bytes());
                branch.copy_from_slice(&Self::HEAD_OFFICE);
            }
            11 => bytes.copy_from_slice(text.as_bytes()),
            length => return Err(BicError::BadLength { length }),
        }
        match bytes {
            [_, _, _, _, a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
                Ok(Self { bytes })
            }
            _ => Err(BicError::BadCountry),
        }
    }
}

impl FromStr for Institution {
    type Err = BicError;

    fn from_str(text: &str) -> Result<Self, BicError> {
        match text.len() {
            8 => Ok(text.parse::<Bic>()?.institution()),
            length => Err(BicError::NotAnInstitution { length }),
        }
    }
}

impl FromStr for Terminal {
    type Err = TerminalError;

    fn from_str(text: &str) -> Result<Self, TerminalError> {
        if !text.is_ascii() || text.len() != 9 {
            return Err(TerminalError::BadLength { length: text.chars().count() });
        }
        let (institution, code) = text.split_at(8);
        let institution = institution.parse().map_err(TerminalError::BadInstitution)?;
        match code.as_bytes() {
            [code] if is_bic_byte(*code) && *code != b'X' => Ok(Self { institution, code: *code }),
            _ => Err(TerminalError::BadCode),
        }
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Institution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.institution, self.code())
    }
}

impl fmt::Debug for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Institution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no BIC, or no institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BicError {
    /// A character that is neither an upper-case letter nor a digit.
    #[error("a BIC has upper-case letters and digits only, but byte {at} is neither")]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// Neither eight nor eleven characters.
    #[error("a BIC has 8 or 11 characters, but this one has {length}")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// Characters 5 and 6 are not two letters.
    #[error("characters 5 and 6 of a BIC are the letters of a country")]
    BadCountry,
    /// An institution is named by exactly eight characters.
    #[error("an institution is named by the 8 characters of its BIC, but this has {length}")]
    NotAnInstitution {
        /// How many there were.
        length: usize,
    },
}

/// Why a text names no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminalError {
    /// Not nine characters.
    #[error("a terminal has 9 characters, a BIC of 8 and a letter, but this one has {length}")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// The first eight characters are no BIC.
    #[error("the first 8 characters of a terminal are a BIC")]
    BadInstitution(#[source] BicError),
    /// The ninth character is `X`, or neither a letter nor a digit.
    #[error("the last character of a terminal is an upper-case letter or a digit, and not X")]
    BadCode,
}

fn is_bic_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Bic>() {
            Ok(bic) => format!("{bic} of {} in {}", bic.institution(), bic.country()),
            Err(error) => error.to_string(),
        });
    }

    #[track_caller]
    fn check_terminal(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Terminal>() {
            Ok(terminal) => format!("{terminal} of {}", terminal.institution()),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn eight_characters_name_the_head_office() {
        check("ALPHDEFF", &expect!["ALPHDEFFXXX of ALPHDEFF in DE"]);
    }

    #[test]
    fn eleven_characters_name_a_branch() {
        check("ALPHDEFF123", &expect!["ALPHDEFF123 of ALPHDEFF in DE"]);
    }

    #[test]
    fn lower_case_is_refused() {
        check(
            "alphdeff",
            &expect!["a BIC has upper-case letters and digits only, but byte 0 is neither"],
        );
    }

    #[test]
    fn nine_characters_are_refused() {
        check("ALPHDEFF1", &expect!["a BIC has 8 or 11 characters, but this one has 9"]);
    }

    #[test]
    fn a_country_has_letters() {
        check("ALPH1EFF", &expect!["characters 5 and 6 of a BIC are the letters of a country"]);
    }

    #[test]
    fn a_terminal_has_a_letter_more_than_its_institution() {
        check_terminal("ALPHDEFFA", &expect!["ALPHDEFFA of ALPHDEFF"]);
    }

    #[test]
    fn no_terminal_is_called_x() {
        check_terminal(
            "ALPHDEFFX",
            &expect![
                "the last character of a terminal is an upper-case letter or a digit, and not X"
            ],
        );
    }

    #[test]
    fn a_terminal_is_ascii() {
        check_terminal(
            "ALPHDEFÄ",
            &expect!["a terminal has 9 characters, a BIC of 8 and a letter, but this one has 8"],
        );
    }
}
