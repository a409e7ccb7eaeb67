//! International bank account numbers (ISO 13616), by the structure of their country.
//!
//! Grammar: `2!a2!n30c`: country, check digits, and what the country makes of the rest (the
//! BBAN), for which the registry gives a length and a class of characters for each place: `n`
//! digits, `a` letters, `c` either. Only the electronic form without spaces is read, in upper
//! case as the standard has it. National check digits within the BBAN are not computed.

use std::fmt;
use std::str::FromStr;

use crate::check;
use crate::country::{Country, CountryError};
use crate::tables::IbanRow;
use crate::tables::countries::COUNTRIES;
use crate::tables::ibans::IBANS;

/// An account number of the structure of its country, with right check digits.
///
/// Some countries use account numbers of this form without an entry in the registry; those are
/// read as well, and [`Iban::is_registered`] tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iban {
    /// Invariant: ASCII upper-case letters and digits, then zeros from `length` on.
    bytes: [u8; LENGTH_MAX],
    /// Invariant: as the country's structure says.
    length: u8,
    /// Invariant: what the first two bytes say; it has a structure.
    country: Country,
}

/// An [`Iban`] in groups of four, from [`Iban::grouped`].
#[derive(Clone, Copy, Debug)]
pub struct IbanInGroups(Iban);

const LENGTH_MAX: usize = 34;
/// Country and check digits.
const HEAD: usize = 4;

impl Iban {
    /// Puts an account number together from country and BBAN: computes the check digits.
    ///
    /// # Errors
    ///
    /// A BBAN that is not of the structure of the country.
    pub fn from_bban(country: Country, bban: &str) -> Result<Self, IbanError> {
        let length = HEAD + bban.len();
        let mut bytes = [0; LENGTH_MAX];
        let (head, rest) = bytes.split_at_mut(HEAD);
        let (letters, digits) = head.split_at_mut(2);
        letters.copy_from_slice(country.as_str().as_bytes());
        rest.get_mut(..bban.len())
            .ok_or(IbanError::BadLength { length })?
            .copy_from_slice(bban.as_bytes());
        // Only letters and digits have a value; others are found below.
        if bban.bytes().all(is_iban_byte) {
            digits.copy_from_slice(&check::digits_for(&[bban.as_bytes(), letters, b"00"]));
        }
        Self::from_parts(bytes, length)
    }

    /// Takes what stands in the first `length` bytes.
    fn from_parts(bytes: [u8; LENGTH_MAX], length: usize) -> Result<Self, IbanError> {
        let text = bytes.get(..length).ok_or(IbanError::BadLength { length })?;
        let [a, b, tens, units, bban @ ..] = text else {
            return Err(IbanError::BadLength { length });
        };
        if let Some(at) = text.iter().position(|byte| !is_iban_byte(*byte)) {
            return Err(IbanError::BadCharacter { at });
        }
        let country = Country::from_bytes([*a, *b]).map_err(IbanError::Country)?;
        let row = row(country).ok_or(IbanError::NoStructure { country })?;
        check_structure(country, row, bban)?;
        // The digits are 02 to 98: the remainder cannot tell 00 from 97, 01 from 98, 99 from 02.
        let is_number = tens.is_ascii_digit() && units.is_ascii_digit();
        let is_range = !matches!(&[*tens, *units], b"00" | b"01" | b"99");
        let head = [*a, *b, *tens, *units];
        if !is_number || !is_range || !check::is_right(&[bban, &head]) {
            return Err(IbanError::BadCheckDigits);
        }
        let length = u8::try_from(length).expect("at most 34");
        Ok(Self { bytes, length, country })
    }

    /// All its characters, without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).expect("at most 34");
        str::from_utf8(bytes).expect("an IBAN is ASCII: its maker lets nothing else in")
    }

    /// The country of its structure.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// The part that the country defines.
    #[must_use]
    pub fn bban(&self) -> &str {
        self.as_str().get(HEAD..).expect("an IBAN is longer than its head")
    }

    /// The part of the BBAN that names the bank, where the registry says which it is.
    #[must_use]
    pub fn bank(&self) -> Option<&str> {
        self.part(self.row().bank)
    }

    /// The part of the BBAN that names the branch, where the registry says which it is.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.part(self.row().branch)
    }

    fn part(&self, (from, to): (u8, u8)) -> Option<&str> {
        self.bban().get(usize::from(from)..usize::from(to)).filter(|part| !part.is_empty())
    }

    /// Whether the structure of its country stands in the registry of ISO 13616.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.row().is_registered
    }

    /// The structure of the account numbers of a country after the check digits, such as
    /// `8!n10!n`; none where the country has none.
    #[must_use]
    pub fn structure(country: Country) -> Option<&'static str> {
        row(country).map(|row| row.structure)
    }

    /// Prints it in groups of four with spaces between them, as people read it.
    #[must_use]
    pub fn grouped(self) -> IbanInGroups {
        IbanInGroups(self)
    }

    fn row(&self) -> &'static IbanRow {
        row(self.country).expect("the country of an IBAN has a structure")
    }
}

fn row(country: Country) -> Option<&'static IbanRow> {
    IBANS.get(usize::from(*ROWS.get(country.place())?))
}

/// No structure stands here in [`ROWS`].
const NOWHERE: u8 = u8::MAX;

/// The place of each country's structure in `IBANS`, by the place of the country.
static ROWS: [u8; COUNTRIES.len()] = rows();

const _: () = assert!(IBANS.len() < NOWHERE as usize, "a place takes one byte");

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "runs in the compiler, which refuses an index out of bounds; places take one byte"
)]
const fn rows() -> [u8; COUNTRIES.len()] {
    let mut rows = [NOWHERE; COUNTRIES.len()];
    let (mut country, mut row) = (0, 0);
    // Both tables are in order of the code.
    while row < IBANS.len() {
        let [a, b] = IBANS[row].country;
        let [c, d] = COUNTRIES[country].code;
        if a == c && b == d {
            rows[country] = row as u8;
            row += 1;
        }
        country += 1;
    }
    rows
}

fn check_structure(country: Country, row: &IbanRow, bban: &[u8]) -> Result<(), IbanError> {
    let mut rest = bban;
    for (count, class) in parts(row.structure) {
        let Some((part, after)) = rest.split_at_checked(count) else {
            return Err(wrong_length(country, row, bban));
        };
        let wrong = match class {
            b'n' => part.iter().position(|byte| !byte.is_ascii_digit()),
            b'a' => part.iter().position(|byte| !byte.is_ascii_uppercase()),
            _ => None,
        };
        if let Some(wrong) = wrong {
            let at = HEAD + bban.len() - rest.len() + wrong;
            return Err(if class == b'n' {
                IbanError::NotADigit { country, at }
            } else {
                IbanError::NotALetter { country, at }
            });
        }
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(wrong_length(country, row, bban)) }
}

#[cold]
fn wrong_length(country: Country, row: &IbanRow, bban: &[u8]) -> IbanError {
    let want = HEAD + parts(row.structure).map(|(count, _)| count).sum::<usize>();
    IbanError::WrongLength { country, want, found: HEAD + bban.len() }
}

/// How many characters of which class come one after the other: `4!n16!c` gives (4, `n`),
/// (16, `c`).
fn parts(structure: &'static str) -> impl Iterator<Item = (usize, u8)> {
    let mut rest = structure.as_bytes().iter();
    std::iter::from_fn(move || {
        let mut count = 0;
        while let digit @ b'0'..=b'9' = *rest.next()? {
            count = count * 10 + usize::from(digit - b'0');
        }
        Some((count, *rest.next()?))
    })
}

fn is_iban_byte(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

impl Iban {
    /// Reads it from bytes, as [`FromStr`] does from text.
    ///
    /// # Errors
    ///
    /// As [`FromStr`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, IbanError> {
        let length = text.len();
        let mut bytes = [0; LENGTH_MAX];
        bytes
            .get_mut(..length)
            .filter(|_| length > HEAD)
            .ok_or(IbanError::BadLength { length })?
            .copy_from_slice(text);
        Self::from_parts(bytes, length)
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, IbanError> {
        Self::from_bytes(text.as_bytes())
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for IbanInGroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.as_str().chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

/// Why a text is no account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// No room for country, check digits and a rest, or more than any country has.
    #[error("an IBAN has 5 to 34 characters, but this one has {length} bytes")]
    BadLength {
        /// How many there were.
        length: usize,
    },
    /// A character that is neither an upper-case letter nor a digit.
    #[error("an IBAN has upper-case letters and digits only, but byte {at} is neither")]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// The first two characters are no country.
    #[error("an IBAN starts with a country")]
    Country(#[source] CountryError),
    /// A country that has no such account numbers.
    #[error("{country} has no IBAN")]
    NoStructure {
        /// The country.
        country: Country,
    },
    /// Longer or shorter than all account numbers of the country.
    #[error("an IBAN of {country} has {want} characters, but this one has {found}")]
    WrongLength {
        /// The country.
        country: Country,
        /// How many it should be.
        want: usize,
        /// How many there were.
        found: usize,
    },
    /// A letter where the structure has a digit.
    #[error("an IBAN of {country} has a digit at byte {at}, but this one has a letter")]
    NotADigit {
        /// The country.
        country: Country,
        /// Where, from 0.
        at: usize,
    },
    /// A digit where the structure has a letter.
    #[error("an IBAN of {country} has a letter at byte {at}, but this one has a digit")]
    NotALetter {
        /// The country.
        country: Country,
        /// Where, from 0.
        at: usize,
    },
    /// The third and fourth character do not fit the others: something is mistyped.
    #[error("the check digits of the IBAN do not fit the rest of it")]
    BadCheckDigits,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Iban>() {
            Ok(iban) => format!(
                "{} in {}, bank {}, branch {}",
                iban.grouped(),
                iban.country(),
                iban.bank().unwrap_or("-"),
                iban.branch().unwrap_or("-"),
            ),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn the_parts_of_an_account_number_are_found() {
        check(
            "DE89370400440532013000",
            &expect!["DE89 3704 0044 0532 0130 00 in DE, bank 37040044, branch -"],
        );
        check(
            "GB29NWBK60161331926819",
            &expect!["GB29 NWBK 6016 1331 9268 19 in GB, bank NWBK, branch 601613"],
        );
    }

    #[test]
    fn kosovo_has_account_numbers() {
        check(
            "XK051212012345678906",
            &expect!["XK05 1212 0123 4567 8906 in XK, bank 12, branch 12"],
        );
    }

    #[test]
    fn a_digit_that_is_mistyped_is_found() {
        check(
            "DE89370400440532013001",
            &expect!["the check digits of the IBAN do not fit the rest of it"],
        );
    }

    #[test]
    fn check_digits_that_nobody_computes_are_refused() {
        // The rest leaves 97 for 00: both would pass a check of the remainder alone.
        let bban = (0..1000)
            .map(|number| format!("3704004405320{number:05}"))
            .find(|bban| bban_digits(bban) == "97")
            .unwrap();
        check(
            &format!("DE00{bban}"),
            &expect!["the check digits of the IBAN do not fit the rest of it"],
        );
    }

    fn bban_digits(bban: &str) -> String {
        let germany = "DE".parse().unwrap();
        Iban::from_bban(germany, bban).unwrap().as_str()[2..4].to_owned()
    }

    #[test]
    fn the_structure_is_that_of_the_country() {
        check(
            "DE893704004405320130",
            &expect!["an IBAN of DE has 22 characters, but this one has 20"],
        );
        check(
            "DE8937040044053201300000",
            &expect!["an IBAN of DE has 22 characters, but this one has 24"],
        );
        check(
            "DE8937040044053201300A",
            &expect!["an IBAN of DE has a digit at byte 21, but this one has a letter"],
        );
        check(
            "GB29NWB160161331926819",
            &expect!["an IBAN of GB has a letter at byte 7, but this one has a digit"],
        );
    }

    #[test]
    fn other_texts_are_refused() {
        check("", &expect!["an IBAN has 5 to 34 characters, but this one has 0 bytes"]);
        check("DE89", &expect!["an IBAN has 5 to 34 characters, but this one has 4 bytes"]);
        check(
            "DE89 3704 0044 0532 0130 00",
            &expect!["an IBAN has upper-case letters and digits only, but byte 4 is neither"],
        );
        check(
            "de89370400440532013000",
            &expect!["an IBAN has upper-case letters and digits only, but byte 0 is neither"],
        );
        check("US64SVBKUS6S3300958879", &expect!["US has no IBAN"]);
        check("ZZ89370400440532013000", &expect!["an IBAN starts with a country"]);
        check(
            "DEX9370400440532013000",
            &expect!["the check digits of the IBAN do not fit the rest of it"],
        );
    }

    #[test]
    fn a_structure_without_registration_is_told_apart() {
        let registered: Iban = "DE89370400440532013000".parse().unwrap();
        let cameroon = "CM".parse().unwrap();
        let other = Iban::from_bban(cameroon, "10002000300277976315008").unwrap();
        assert!(registered.is_registered());
        assert!(!other.is_registered());
        assert_eq!(other.as_str(), "CM2110002000300277976315008");
    }

    proptest! {
        #[test]
        fn an_account_number_prints_what_it_parses(
            country in 0..Country::all().len(),
            filler in "[0-9A-Z]{30}",
        ) {
            let country = Country::all().nth(country).unwrap();
            let Some(structure) = Iban::structure(country) else { return Ok(()) };
            let bban = fill(structure, &filler);
            let iban = Iban::from_bban(country, &bban).unwrap();
            prop_assert_eq!(iban.bban(), bban);
            prop_assert_eq!(iban.to_string().parse::<Iban>(), Ok(iban));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", germany in "DE[0-9A-Z]{0,40}") {
            let _ = text.parse::<Iban>();
            let _ = germany.parse::<Iban>();
            let _ = Iban::from_bban("DE".parse().unwrap(), &text);
        }
    }

    /// Makes a BBAN of a structure: turns letters into digits and back where it must.
    fn fill(structure: &'static str, filler: &str) -> String {
        let classes = parts(structure).flat_map(|(count, class)| std::iter::repeat_n(class, count));
        classes
            .zip(filler.bytes())
            .map(|(class, byte)| match class {
                b'n' => char::from(b'0' + byte % 10),
                b'a' => char::from(b'A' + byte % 26),
                _ => char::from(byte),
            })
            .collect()
    }
}
