//! Currencies (ISO 4217): those in use, and since when others are not.

use std::fmt;
use std::str::FromStr;

use crate::tables::CurrencyRow;
use crate::tables::currencies::{CURRENCIES, PUBLISHED};
use crate::tables::withdrawn_currencies::WITHDRAWN_CURRENCIES;

/// An active currency, fund or other unit of ISO 4217.
///
/// A withdrawn code is none; the error says since when. Order is the order of the codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    /// Invariant: a place in `CURRENCIES`.
    place: u8,
}

/// What a code of ISO 4217 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrencyKind {
    /// Money in circulation.
    Money,
    /// A fund or an indexed unit that stands beside money, such as `CLF` or `USN`.
    Fund,
    /// A precious metal by the troy ounce: `XAG`, `XAU`, `XPD`, `XPT`.
    Metal,
    /// A unit of account of an institution or market, such as `XDR`.
    Unit,
    /// `XTS`, for tests.
    Testing,
    /// `XXX`, no currency.
    Absent,
}

/// No currency stands here in [`PLACES`].
const NOWHERE: u8 = u8::MAX;

/// The place of each group of three letters in `CURRENCIES`: one memory access finds a currency.
static PLACES: [u8; 26 * 26 * 26] = places();

const _: () = assert!(CURRENCIES.len() < NOWHERE as usize, "a place takes one byte");

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "runs in the compiler, which refuses an index out of bounds; places take one byte"
)]
const fn places() -> [u8; 26 * 26 * 26] {
    let mut places = [NOWHERE; 26 * 26 * 26];
    let mut place = 0;
    while place < CURRENCIES.len() {
        let [a, b, c] = CURRENCIES[place].code;
        let high = (a - b'A') as usize * 26 + (b - b'A') as usize;
        places[high * 26 + (c - b'A') as usize] = place as u8;
        place += 1;
    }
    places
}

impl Currency {
    /// The day (`YYYY-MM-DD`) on which the list in here was published. Codes that came or went
    /// later are not known.
    pub const PUBLISHED: &'static str = PUBLISHED;

    /// Takes the three letters of a code.
    ///
    /// # Errors
    ///
    /// A code that is out of form, not in the list, or withdrawn.
    pub fn from_bytes(code: [u8; 3]) -> Result<Self, CurrencyError> {
        if !code.iter().all(u8::is_ascii_uppercase) {
            return Err(CurrencyError::BadForm);
        }
        let letters = code.iter().fold(0, |sum, byte| sum * 26 + usize::from(byte - b'A'));
        match PLACES.get(letters) {
            Some(&place) if place != NOWHERE => Ok(Self { place }),
            _ => Err(refused(code)),
        }
    }

    /// All of them, in order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..CURRENCIES.len())
            .map(|place| Self { place: u8::try_from(place).expect("a place takes one byte") })
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        str::from_utf8(&self.row().code).expect("codes of currencies are ASCII")
    }

    /// The number of three digits, such as 978.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.row().number
    }

    /// How many decimals its amounts have at most; none where the standard sets no limit, as for
    /// metals.
    #[must_use]
    pub fn decimals(&self) -> Option<u8> {
        self.row().decimals
    }

    /// What it counts.
    #[must_use]
    pub fn kind(&self) -> CurrencyKind {
        self.row().kind
    }

    /// Its English name in the standard.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.row().name
    }

    fn row(self) -> &'static CurrencyRow {
        CURRENCIES.get(usize::from(self.place)).expect("a currency has a place in the table")
    }
}

#[cold]
fn refused(code: [u8; 3]) -> CurrencyError {
    let letters = code.map(char::from);
    let found = WITHDRAWN_CURRENCIES.binary_search_by_key(&code, |(code, ..)| *code);
    match found.ok().and_then(|at| WITHDRAWN_CURRENCIES.get(at)) {
        Some(&(_, year, month)) => CurrencyError::Withdrawn { code: letters, year, month },
        None => CurrencyError::Unknown { code: letters },
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        Self::from_bytes(text.as_bytes().try_into().map_err(|_| CurrencyError::BadForm)?)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// Not three upper-case letters.
    #[error("a currency has 3 upper-case letters")]
    BadForm,
    /// A code that ISO 4217 does not list.
    #[error("{}{}{} is not the code of a currency", code[0], code[1], code[2])]
    Unknown {
        /// The three letters.
        code: [char; 3],
    },
    /// A code that was one.
    #[error("the currency {}{}{} was withdrawn in {year}-{month:02}", code[0], code[1], code[2])]
    Withdrawn {
        /// The three letters.
        code: [char; 3],
        /// The year of the withdrawal.
        year: u16,
        /// Its month, from 1.
        month: u8,
    },
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Currency>() {
            Ok(currency) => format!(
                "{currency} {} {:?} {:?} {}",
                currency.number(),
                currency.decimals(),
                currency.kind(),
                currency.name(),
            ),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn a_currency_knows_its_decimals() {
        check("EUR", &expect!["EUR 978 Some(2) Money Euro"]);
        check("JPY", &expect!["JPY 392 Some(0) Money Yen"]);
        check("KWD", &expect!["KWD 414 Some(3) Money Kuwaiti Dinar"]);
    }

    #[test]
    fn what_is_no_money_is_told_apart() {
        check("CLF", &expect!["CLF 990 Some(4) Fund Unidad de Fomento"]);
        check("XAU", &expect!["XAU 959 None Metal Gold"]);
        check("XDR", &expect!["XDR 960 None Unit SDR (Special Drawing Right)"]);
        check(
            "XTS",
            &expect!["XTS 963 None Testing Codes specifically reserved for testing purposes"],
        );
        check(
            "XXX",
            &expect![
                "XXX 999 None Absent The codes assigned for transactions where no currency is involved"
            ],
        );
    }

    #[test]
    fn a_withdrawn_currency_is_told() {
        check("DEM", &expect!["the currency DEM was withdrawn in 2002-03"]);
        check("HRK", &expect!["the currency HRK was withdrawn in 2023-01"]);
        check("BGN", &expect!["the currency BGN was withdrawn in 2026-01"]);
    }

    #[test]
    fn other_letters_are_none() {
        check("ABC", &expect!["ABC is not the code of a currency"]);
        check("eur", &expect!["a currency has 3 upper-case letters"]);
        check("EU", &expect!["a currency has 3 upper-case letters"]);
        check("€", &expect!["a currency has 3 upper-case letters"]);
    }

    #[test]
    fn every_currency_prints_what_it_parses() {
        for currency in Currency::all() {
            assert_eq!(currency.to_string().parse(), Ok(currency));
        }
    }
}
