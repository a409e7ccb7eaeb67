//! The unique end-to-end transaction reference: a version 4 UUID (RFC 9562) in lower case.
//!
//! Grammar: `8!h-4!h-4"4"3!h-[89ab]3!h-12!h`.

use std::fmt;
use std::str::FromStr;

/// Names one transaction in all the messages about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uetr {
    /// Invariant: version 4 and the variant of RFC 9562.
    bytes: [u8; 16],
}

impl Uetr {
    /// Takes the sixteen bytes of a version 4 UUID.
    ///
    /// # Errors
    ///
    /// Another version or variant is refused.
    pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, UetrError> {
        let [_, _, _, _, _, _, version, _, variant, ..] = bytes;
        if version >> 4 == 4 && variant >> 6 == 0b10 {
            Ok(Self { bytes })
        } else {
            Err(UetrError::NotVersion4)
        }
    }

    /// Makes one of sixteen random bytes: six bits become the version and the variant.
    #[must_use]
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = *version & 0x0f | 0x40;
        *variant = *variant & 0x3f | 0x80;
        Self { bytes }
    }

    /// Its sixteen bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }
}

impl FromStr for Uetr {
    type Err = UetrError;

    fn from_str(text: &str) -> Result<Self, UetrError> {
        if text.len() != 36 {
            return Err(UetrError::BadLength { length: text.chars().count() });
        }
        let mut bytes = [0; 16];
        let mut digits = 0;
        for (at, byte) in text.bytes().enumerate() {
            if matches!(at, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return Err(UetrError::BadCharacter { at });
                }
                continue;
            }
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return Err(UetrError::BadCharacter { at }),
            };
            let place: &mut u8 = bytes.get_mut(digits / 2).ok_or(UetrError::NotVersion4)?;
            *place = *place << 4 | value;
            digits += 1;
        }
        Self::from_bytes(bytes)
    }
}

impl fmt::Display for Uetr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uetr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UetrError {
    /// Not 36 characters.
    #[error("a UETR has 36 characters, but this one has {length}")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// Neither a lower-case hexadecimal digit nor a dash where one stands.
    #[error(
        "a UETR has lower-case hexadecimal digits in groups of 8-4-4-4-12, but byte {at} is out of form"
    )]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// A UUID of another version or variant.
    #[error("a UETR is a version 4 UUID: character 15 is 4, and character 20 one of 8, 9, a, b")]
    NotVersion4,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Uetr>() {
            Ok(uetr) => uetr.to_string(),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn a_version_4_uuid_is_one() {
        check(
            "5fb4fe6b-eaa3-4e16-a4db-1d50bd512220",
            &expect!["5fb4fe6b-eaa3-4e16-a4db-1d50bd512220"],
        );
    }

    #[test]
    fn upper_case_is_refused() {
        check(
            "5FB4fe6b-eaa3-4e16-a4db-1d50bd512220",
            &expect![
                "a UETR has lower-case hexadecimal digits in groups of 8-4-4-4-12, but byte 1 is out of form"
            ],
        );
    }

    #[test]
    fn version_1_is_refused() {
        check(
            "5fb4fe6b-eaa3-1e16-a4db-1d50bd512220",
            &expect![
                "a UETR is a version 4 UUID: character 15 is 4, and character 20 one of 8, 9, a, b"
            ],
        );
    }

    #[test]
    fn random_bytes_make_one_that_parses() {
        let uetr = Uetr::from_random([0xff; 16]);
        assert_eq!(uetr.to_string().parse(), Ok(uetr));
    }
}
