//! Codes of securities and of the markets where they are traded: ISIN (ISO 6166), MIC (ISO 10383).
//!
//! Grammar: `2!a9!c1!n` for the ISIN, whose last digit is a check digit (Luhn); `4!c` for the MIC.
//! Whether a code has been given out is not known here.

use std::fmt;
use std::str::FromStr;

use crate::country::Country;

/// Names a security; its check digit is right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isin {
    /// Invariant: ASCII upper-case letters and digits; two letters first, a digit last.
    bytes: [u8; 12],
}

/// Names a market, such as `XFRA`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mic {
    /// Invariant: ASCII upper-case letters and digits.
    bytes: [u8; 4],
}

impl Isin {
    /// All its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes).expect("an ISIN is ASCII: from_str lets nothing else in")
    }

    /// The country of the first two letters. There is none for prefixes such as `XS` or `EU`,
    /// which stand for no country, and for countries that are no more.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let [a, b, ..] = self.bytes;
        Country::from_bytes([a, b]).ok()
    }
}

impl Mic {
    /// All its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes).expect("a MIC is ASCII: from_str lets nothing else in")
    }
}

impl FromStr for Isin {
    type Err = IsinError;

    fn from_str(text: &str) -> Result<Self, IsinError> {
        if let Some(at) = text.bytes().position(|byte| !is_code_byte(byte)) {
            return Err(IsinError::BadCharacter { at });
        }
        let bytes: [u8; 12] =
            text.as_bytes().try_into().map_err(|_| IsinError::BadLength { length: text.len() })?;
        let [a, b, .., last] = bytes;
        if !a.is_ascii_uppercase() || !b.is_ascii_uppercase() {
            return Err(IsinError::BadPrefix);
        }
        if last.is_ascii_digit() && luhn(&bytes).is_multiple_of(10) {
            Ok(Self { bytes })
        } else {
            Err(IsinError::BadCheckDigit)
        }
    }
}

/// The sum of Luhn: every second digit from the right, the last not among them, counts twice,
/// less nine where that has two digits. A letter is two digits, from 10 for `A` to 35 for `Z`.
fn luhn(bytes: &[u8]) -> u32 {
    let mut sum = 0;
    let mut is_double = false;
    let mut count = |digit: u8| {
        let value = u32::from(digit) * if is_double { 2 } else { 1 };
        sum += if value > 9 { value - 9 } else { value };
        is_double = !is_double;
    };
    for &byte in bytes.iter().rev() {
        if byte.is_ascii_digit() {
            count(byte - b'0');
        } else {
            let value = byte.wrapping_sub(b'A').wrapping_add(10);
            count(value % 10);
            count(value / 10);
        }
    }
    sum
}

impl FromStr for Mic {
    type Err = MicError;

    fn from_str(text: &str) -> Result<Self, MicError> {
        match text.as_bytes().try_into() {
            Ok(bytes) if text.bytes().all(is_code_byte) => Ok(Self { bytes }),
            _ => Err(MicError::BadForm),
        }
    }
}

fn is_code_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

impl fmt::Display for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no ISIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IsinError {
    /// A character that is neither an upper-case letter nor a digit.
    #[error("an ISIN has upper-case letters and digits only, but byte {at} is neither")]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// Not twelve characters.
    #[error("an ISIN has 12 characters, but this one has {length}")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// The first two characters are not two letters.
    #[error("an ISIN starts with 2 letters")]
    BadPrefix,
    /// The last character is no digit, or does not fit the others: something is mistyped.
    #[error("the check digit of the ISIN does not fit the rest of it")]
    BadCheckDigit,
}

/// Why a text is no MIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MicError {
    /// Not four upper-case letters and digits.
    #[error("a MIC has 4 upper-case letters and digits")]
    BadForm,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Isin>() {
            Ok(isin) => format!("{isin} {:?}", isin.country()),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn published_codes_are_right() {
        check("US0378331005", &expect!["US0378331005 Some(US)"]);
        check("DE0007164600", &expect!["DE0007164600 Some(DE)"]);
        check("GB0002634946", &expect!["GB0002634946 Some(GB)"]);
        check("AU0000XVGZA3", &expect!["AU0000XVGZA3 Some(AU)"]);
    }

    #[test]
    fn a_prefix_may_stand_for_no_country() {
        check("XS0203470157", &expect!["XS0203470157 None"]);
    }

    #[test]
    fn every_digit_that_is_mistyped_is_found() {
        let right = "DE0007164600";
        for at in 2..12 {
            for digit in '0'..='9' {
                let mut text = right.to_owned();
                text.replace_range(at..=at, &digit.to_string());
                assert_eq!(text.parse::<Isin>().is_ok(), text == right, "{text}");
            }
        }
    }

    #[test]
    fn other_texts_are_refused() {
        check("US037833100", &expect!["an ISIN has 12 characters, but this one has 11"]);
        check("120378331005", &expect!["an ISIN starts with 2 letters"]);
        check("US037833100A", &expect!["the check digit of the ISIN does not fit the rest of it"]);
        check(
            "us0378331005",
            &expect!["an ISIN has upper-case letters and digits only, but byte 0 is neither"],
        );
    }

    #[test]
    fn a_market_has_four_characters() {
        assert_eq!("XFRA".parse::<Mic>().unwrap().to_string(), "XFRA");
        assert_eq!("360T".parse::<Mic>().unwrap().to_string(), "360T");
        assert_eq!("XFR".parse::<Mic>(), Err(MicError::BadForm));
        assert_eq!("xfra".parse::<Mic>(), Err(MicError::BadForm));
    }
}
