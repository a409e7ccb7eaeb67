//! Legal entity identifiers (ISO 17442).
//!
//! Grammar: `18!c2!n`: eighteen letters and digits, and two check digits (ISO 7064, MOD 97-10).

use std::fmt;
use std::str::FromStr;

use crate::check;

/// Names a legal person in the world's register; its check digits are right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lei {
    /// Invariant: ASCII upper-case letters and digits; the last two are digits.
    bytes: [u8; 20],
}

impl Lei {
    /// All its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes).expect("an LEI is ASCII: from_str lets nothing else in")
    }
}

impl Lei {
    /// Reads it from bytes, as [`FromStr`] does from text.
    ///
    /// # Errors
    ///
    /// As [`FromStr`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, LeiError> {
        let is_lei_byte = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if let Some(at) = text.iter().position(|byte| !is_lei_byte(*byte)) {
            return Err(LeiError::BadCharacter { at });
        }
        let bytes: [u8; 20] =
            text.try_into().map_err(|_| LeiError::BadLength { length: text.len() })?;
        let [.., tens, units] = bytes;
        if !tens.is_ascii_digit() || !units.is_ascii_digit() {
            return Err(LeiError::BadCheckDigits);
        }
        // As with the IBAN, 02 to 98 are what the computation gives.
        let is_range = !matches!(&[tens, units], b"00" | b"01" | b"99");
        if is_range && check::is_right(&[&bytes]) {
            Ok(Self { bytes })
        } else {
            Err(LeiError::BadCheckDigits)
        }
    }
}

impl FromStr for Lei {
    type Err = LeiError;

    fn from_str(text: &str) -> Result<Self, LeiError> {
        Self::from_bytes(text.as_bytes())
    }
}

impl fmt::Display for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Lei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no LEI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeiError {
    /// A character that is neither an upper-case letter nor a digit.
    #[error("an LEI has upper-case letters and digits only, but byte {at} is neither")]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// Not twenty characters.
    #[error("an LEI has 20 characters, but this one has {length}")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// The last two characters do not fit the others: something is mistyped.
    #[error("the check digits of the LEI do not fit the rest of it")]
    BadCheckDigits,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Lei>() {
            Ok(lei) => lei.to_string(),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn published_identifiers_are_right() {
        for text in ["5493001KJTIIGC8Y1R12", "7LTWFZYICNSX8D621K86", "506700GE1G29325QX363"] {
            assert_eq!(text.parse::<Lei>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_letter_that_is_mistyped_is_found() {
        check(
            "5493001KJTIIGC8Y1R13",
            &expect!["the check digits of the LEI do not fit the rest of it"],
        );
        check(
            "5493001KJTIIGD8Y1R12",
            &expect!["the check digits of the LEI do not fit the rest of it"],
        );
    }

    #[test]
    fn other_texts_are_refused() {
        check("5493001KJTIIGC8Y1R1", &expect!["an LEI has 20 characters, but this one has 19"]);
        check(
            "5493001KJTIIGC8Y1R1A",
            &expect!["the check digits of the LEI do not fit the rest of it"],
        );
        check(
            "5493001kJTIIGC8Y1R12",
            &expect!["an LEI has upper-case letters and digits only, but byte 7 is neither"],
        );
    }

    proptest! {
        #[test]
        fn an_identifier_prints_what_it_parses(start in "[0-9A-Z]{18}") {
            let digits = check::digits_for(&[start.as_bytes(), b"00"]);
            let text = format!("{start}{}", str::from_utf8(&digits).unwrap());
            prop_assert_eq!(text.parse::<Lei>().unwrap().to_string(), text);
        }
    }
}
