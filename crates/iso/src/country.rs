//! Countries and territories (ISO 3166-1).

use std::fmt;
use std::str::FromStr;

use crate::tables::CountryRow;
use crate::tables::countries::{COUNTRIES, WITHDRAWN_COUNTRIES};

/// A country or territory with an assigned code of ISO 3166-1, or Kosovo.
///
/// Kosovo has no code of the standard; the registries of BIC and IBAN use `XK`, one of those that
/// the standard leaves to its users, and so does this type. Other codes that are reserved or left
/// to users (`EU`, `UK`, `XX`) are no countries here.
///
/// Order is the order of the codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country {
    /// Invariant: a place in `COUNTRIES`.
    place: u8,
}

/// No country stands here in [`PLACES`].
const NOWHERE: u8 = u8::MAX;

/// The place of each pair of letters in `COUNTRIES`.
static PLACES: [u8; 26 * 26] = places();

const _: () = assert!(COUNTRIES.len() < NOWHERE as usize, "a place takes one byte");

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "runs in the compiler, which refuses an index out of bounds; places take one byte"
)]
const fn places() -> [u8; 26 * 26] {
    let mut places = [NOWHERE; 26 * 26];
    let mut place = 0;
    while place < COUNTRIES.len() {
        let [a, b] = COUNTRIES[place].code;
        places[(a - b'A') as usize * 26 + (b - b'A') as usize] = place as u8;
        place += 1;
    }
    places
}

impl Country {
    /// Takes the two letters of a code.
    ///
    /// # Errors
    ///
    /// A code that is out of form, not assigned, or withdrawn.
    pub fn from_bytes(code: [u8; 2]) -> Result<Self, CountryError> {
        let [a, b] = code;
        if !a.is_ascii_uppercase() || !b.is_ascii_uppercase() {
            return Err(CountryError::BadForm);
        }
        let letters = usize::from(a - b'A') * 26 + usize::from(b - b'A');
        match PLACES.get(letters) {
            Some(&place) if place != NOWHERE => Ok(Self { place }),
            _ => Err(refused(code)),
        }
    }

    /// All of them, in order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..COUNTRIES.len())
            .map(|place| Self { place: u8::try_from(place).expect("a place takes one byte") })
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        str::from_utf8(&self.row().code).expect("codes of countries are ASCII")
    }

    /// The three letters, such as `DEU`; `XKX` for Kosovo.
    #[must_use]
    pub fn alpha3(&self) -> &'static str {
        str::from_utf8(&self.row().alpha3).expect("codes of countries are ASCII")
    }

    /// The number of three digits, such as 276; none for Kosovo.
    #[must_use]
    pub fn number(&self) -> Option<u16> {
        Some(self.row().number).filter(|number| *number != 0)
    }

    /// Its place among all of them, for tables beside `COUNTRIES`.
    pub(crate) fn place(self) -> usize {
        usize::from(self.place)
    }

    fn row(self) -> &'static CountryRow {
        COUNTRIES.get(usize::from(self.place)).expect("a country has a place in the table")
    }
}

#[cold]
fn refused(code: [u8; 2]) -> CountryError {
    match WITHDRAWN_COUNTRIES.binary_search_by_key(&code, |(code, _)| *code) {
        Ok(at) => {
            let year = WITHDRAWN_COUNTRIES.get(at).map_or(0, |(_, year)| *year);
            CountryError::Withdrawn { code: code.map(char::from), year }
        }
        Err(_) => CountryError::Unassigned { code: code.map(char::from) },
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        Self::from_bytes(text.as_bytes().try_into().map_err(|_| CountryError::BadForm)?)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountryError {
    /// Not two upper-case letters.
    #[error("a country has 2 upper-case letters")]
    BadForm,
    /// A code that ISO 3166-1 has not assigned.
    #[error("{}{} is not the code of a country", code[0], code[1])]
    Unassigned {
        /// The two letters.
        code: [char; 2],
    },
    /// A code that has been withdrawn and not assigned again.
    #[error("the country code {}{} was withdrawn in {year}", code[0], code[1])]
    Withdrawn {
        /// The two letters.
        code: [char; 2],
        /// The year of the withdrawal.
        year: u16,
    },
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Country>() {
            Ok(country) => format!("{country} {} {:?}", country.alpha3(), country.number()),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn an_assigned_code_is_a_country() {
        check("DE", &expect!["DE DEU Some(276)"]);
        check("AF", &expect!["AF AFG Some(4)"]);
    }

    #[test]
    fn kosovo_is_one_by_its_code_in_the_registries() {
        check("XK", &expect!["XK XKX None"]);
    }

    #[test]
    fn a_reserved_code_is_none() {
        check("UK", &expect!["UK is not the code of a country"]);
        check("EU", &expect!["EU is not the code of a country"]);
    }

    #[test]
    fn a_withdrawn_code_is_told() {
        check("AN", &expect!["the country code AN was withdrawn in 2010"]);
        check("CS", &expect!["the country code CS was withdrawn in 2006"]);
    }

    #[test]
    fn other_forms_are_refused() {
        check("de", &expect!["a country has 2 upper-case letters"]);
        check("D", &expect!["a country has 2 upper-case letters"]);
        check("DEU", &expect!["a country has 2 upper-case letters"]);
        check("Ä", &expect!["a country has 2 upper-case letters"]);
    }

    #[test]
    fn every_country_prints_what_it_parses() {
        assert_eq!(Country::all().len(), 250);
        for country in Country::all() {
            assert_eq!(country.to_string().parse(), Ok(country));
        }
    }
}
