//! Amounts of money as exact decimals: no binary fractions, no rounding.
//!
//! Grammar of ISO 20022 (`xs:decimal`): `[+-] digits [. digits]`, or `[+-] . digits`; at least one
//! digit. Grammar of FIN (`d`): `digits , [digits]`, where the comma is mandatory.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::currency::{Currency, CurrencyError};

/// A sum that is not negative, of at most 18 digits, of which at most 17 are decimals.
///
/// It remembers how many decimals were written, for display and for rules that count them; two
/// amounts of one value are equal however they are written: `1.5` equals `1.50`.
#[derive(Clone, Copy)]
pub struct Amount {
    /// The digits without the point. Invariant: at most `MANTISSA_MAX`.
    mantissa: u64,
    /// How many of the digits are decimals. Invariant: at most `DECIMALS_MAX`.
    decimals: u8,
}

/// An amount and its currency, without more decimals than the currency has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Invariant: its significant decimals are within those of `currency`.
    amount: Amount,
    currency: Currency,
}

/// The largest number of 18 digits.
const MANTISSA_MAX: u64 = 999_999_999_999_999_999;
/// The most decimals that ISO 20022 allows in any number.
const DECIMALS_MAX: u8 = 17;
/// The most decimals of an amount of ISO 20022 (`ActiveCurrencyAndAmount` and its like).
const MONEY_DECIMALS_MAX: u8 = 5;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self { mantissa: 0, decimals: 0 };

    /// Makes `mantissa` divided by ten to the power of `decimals`: (1250, 2) is 12.50.
    ///
    /// # Errors
    ///
    /// More than 18 digits, or more than 17 decimals.
    pub fn new(mantissa: u64, decimals: u8) -> Result<Self, AmountError> {
        if mantissa > MANTISSA_MAX {
            return Err(AmountError::TooManyDigits);
        }
        if decimals > DECIMALS_MAX {
            return Err(AmountError::TooManyDecimals { most: DECIMALS_MAX });
        }
        Ok(Self { mantissa, decimals })
    }

    /// Reads an amount of ISO 20022, such as `1250.5`: at most 18 digits and 5 decimals.
    ///
    /// As in XML Schema, the limits are on the value: zeros in front do not count, nor do zeros at
    /// the end of the decimals. A sign is allowed, but the value is not negative. White space
    /// around it is the reader's matter.
    ///
    /// # Errors
    ///
    /// A text out of form or beyond the limits.
    pub fn from_iso(text: &str) -> Result<Self, AmountError> {
        Self::from_decimal(text, MONEY_DECIMALS_MAX)
    }

    /// Reads an amount of FIN, such as `1250,5` or `1250,`. The length that the field allows is
    /// the reader's matter.
    ///
    /// # Errors
    ///
    /// A text without a digit in front of the comma, without a comma, or beyond 18 digits.
    pub fn from_fin(text: &str) -> Result<Self, AmountError> {
        let Some(comma) = text.bytes().position(|byte| byte == b',') else {
            return Err(match text.bytes().position(|byte| !byte.is_ascii_digit()) {
                Some(at) => AmountError::BadCharacter { at },
                None => AmountError::NoComma,
            });
        };
        if comma == 0 {
            return Err(AmountError::NoDigit);
        }
        Self::from_digits(text.as_bytes(), 0, b',', DECIMALS_MAX)
    }

    fn from_decimal(text: &str, decimals_max: u8) -> Result<Self, AmountError> {
        let bytes = text.as_bytes();
        let is_signed = matches!(bytes, [b'+' | b'-', ..]);
        let amount = Self::from_digits(bytes, usize::from(is_signed), b'.', decimals_max)?;
        if bytes.starts_with(b"-") && !amount.is_zero() {
            return Err(AmountError::Negative);
        }
        Ok(amount)
    }

    /// Reads digits with at most one point among them, from byte `start` to the end.
    fn from_digits(
        text: &[u8],
        start: usize,
        point: u8,
        decimals_max: u8,
    ) -> Result<Self, AmountError> {
        let mut read = Self::ZERO;
        let mut has_digit = false;
        let mut has_point = false;
        // Zeros among the decimals that count only if another digit follows.
        let mut zeros: u8 = 0;
        for (at, &byte) in text.iter().enumerate().skip(start) {
            match byte {
                b'0' if has_point => zeros = zeros.saturating_add(1),
                b'0'..=b'9' => {
                    let decimals = zeros.saturating_add(u8::from(has_point));
                    if u16::from(read.decimals) + u16::from(decimals) > u16::from(decimals_max) {
                        return Err(AmountError::TooManyDecimals { most: decimals_max });
                    }
                    if zeros > 0 {
                        read = read.with_zeros(zeros).ok_or(AmountError::TooManyDigits)?;
                        zeros = 0;
                    }
                    read.mantissa = read.mantissa * 10 + u64::from(byte - b'0');
                    read.decimals += u8::from(has_point);
                    if read.mantissa > MANTISSA_MAX {
                        return Err(AmountError::TooManyDigits);
                    }
                }
                _ if byte == point && !has_point => has_point = true,
                _ => return Err(AmountError::BadCharacter { at }),
            }
            has_digit |= byte.is_ascii_digit();
        }
        if !has_digit {
            return Err(AmountError::NoDigit);
        }
        // What was written stays as far as there is room; it does not change the value.
        let room = zeros.min(decimals_max - read.decimals);
        Ok((0..room)
            .try_fold(read, |read, _| read.with_zeros(1).ok_or(read))
            .unwrap_or_else(|read| read))
    }

    /// The same value with more decimals, if there is room.
    fn with_zeros(self, zeros: u8) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(10_u64.checked_pow(u32::from(zeros))?)?;
        Self::new(mantissa, self.decimals.checked_add(zeros)?).ok()
    }

    /// The same value without zeros at the end of its decimals.
    fn shortest(mut self) -> Self {
        while self.decimals > 0 && self.mantissa.is_multiple_of(10) {
            self.mantissa /= 10;
            self.decimals -= 1;
        }
        self
    }

    /// All digits as one number, without the point.
    #[must_use]
    pub fn mantissa(&self) -> u64 {
        self.mantissa
    }

    /// How many decimals were written.
    #[must_use]
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// How many decimals the value needs: two for `1.250`.
    #[must_use]
    pub fn significant_decimals(&self) -> u8 {
        self.shortest().decimals
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.mantissa == 0
    }

    /// The value in units of ten to the power of minus `decimals`, if that is a whole number of
    /// them: 12.5 in cents (2) is 1250.
    #[must_use]
    pub fn in_units(&self, decimals: u8) -> Option<u64> {
        let shortest = self.shortest();
        let zeros = decimals.checked_sub(shortest.decimals)?;
        shortest.mantissa.checked_mul(10_u64.checked_pow(u32::from(zeros))?)
    }

    /// The sum; none where it has more than 18 digits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (a, b, decimals) = aligned(self, other);
        Self::from_wide(a + b, decimals)
    }

    /// The difference; none where it is negative or has more than 18 digits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let (a, b, decimals) = aligned(self, other);
        Self::from_wide(a.checked_sub(b)?, decimals)
    }

    fn from_wide(mut mantissa: u128, mut decimals: u8) -> Option<Self> {
        while mantissa > u128::from(MANTISSA_MAX) && decimals > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            decimals -= 1;
        }
        Self::new(u64::try_from(mantissa).ok()?, decimals).ok()
    }

    /// Prints it as FIN does: with a comma, which also ends a whole number.
    #[must_use]
    pub fn fin(self) -> AmountInFin {
        AmountInFin(self)
    }

    /// Prints it with at least so many decimals.
    fn print(self, f: &mut fmt::Formatter<'_>, decimals_min: u8, point: char) -> fmt::Result {
        let unit = 10_u64.pow(u32::from(self.decimals));
        write!(f, "{}", self.mantissa / unit)?;
        if self.decimals > 0 || decimals_min > 0 || point == ',' {
            write!(f, "{point}")?;
        }
        if self.decimals > 0 {
            write!(f, "{:0width$}", self.mantissa % unit, width = usize::from(self.decimals))?;
        }
        (self.decimals..decimals_min).try_for_each(|_| f.write_str("0"))
    }
}

/// The mantissas of both for the larger number of decimals. They stay below 10^36.
fn aligned(a: Amount, b: Amount) -> (u128, u128, u8) {
    let decimals = a.decimals.max(b.decimals);
    let wide = |amount: Amount| {
        u128::from(amount.mantissa) * 10_u128.pow(u32::from(decimals - amount.decimals))
    };
    (wide(a), wide(b), decimals)
}

impl Money {
    /// Puts an amount and its currency together.
    ///
    /// Zeros at the end of the decimals do not count: 100.00 yen are 100 yen. Rules that count
    /// what was written compare [`Amount::decimals`] with [`Currency::decimals`]. A currency
    /// without a number of decimals, such as gold, sets no limit.
    ///
    /// # Errors
    ///
    /// An amount with more decimals than the currency has.
    pub fn new(amount: Amount, currency: Currency) -> Result<Self, MoneyError> {
        match currency.decimals() {
            Some(most) if amount.significant_decimals() > most => {
                let found = amount.significant_decimals();
                Err(MoneyError::TooManyDecimals { currency, most, found })
            }
            _ => Ok(Self { amount, currency }),
        }
    }

    /// How much.
    #[must_use]
    pub fn amount(&self) -> Amount {
        self.amount
    }

    /// Of what.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The sum; none where the currencies differ or it has more than 18 digits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { amount: self.amount.checked_add(other.amount)?, currency: self.currency })
    }
}

/// An [`Amount`] as FIN prints it, from [`Amount::fin`].
#[derive(Clone, Copy, Debug)]
pub struct AmountInFin(Amount);

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b, _) = aligned(*self, *other);
        a.cmp(&b)
    }
}

impl Hash for Amount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let shortest = self.shortest();
        (shortest.mantissa, shortest.decimals).hash(state);
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads a decimal with a point, of at most 18 digits and 17 decimals: the `DecimalNumber` of
    /// ISO 20022, in which control sums stand. For amounts of money see [`Amount::from_iso`].
    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::from_decimal(text, DECIMALS_MAX)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `EUR 12.50`.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (currency, amount) = text.split_once(' ').ok_or(MoneyError::NoSpace)?;
        let currency = currency.parse().map_err(MoneyError::Currency)?;
        Self::new(Amount::from_iso(amount).map_err(MoneyError::Amount)?, currency)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(f, 0, '.')
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for AmountInFin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.print(f, 0, ',')
    }
}

impl fmt::Display for Money {
    /// Prints all decimals of the currency: `EUR 12.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.currency)?;
        self.amount.print(f, self.currency.decimals().unwrap_or(0), '.')
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Neither a digit nor the one point or comma that the notation allows.
    #[error("an amount has digits and one decimal mark, but byte {at} is out of form")]
    BadCharacter {
        /// Where the first such byte is, from 0.
        at: usize,
    },
    /// No digit, or in FIN none in front of the comma.
    #[error("expected a digit in the amount, but found none")]
    NoDigit,
    /// FIN writes a comma in every amount.
    #[error("expected a comma in the amount, but found none")]
    NoComma,
    /// Below zero.
    #[error("expected an amount that is not negative, but found a minus sign")]
    Negative,
    /// The value does not fit in 18 digits.
    #[error("an amount has at most 18 digits")]
    TooManyDigits,
    /// The value has more decimals than the notation allows.
    #[error("expected at most {most} decimals in the amount, but found more")]
    TooManyDecimals {
        /// How many are allowed.
        most: u8,
    },
}

/// Why an amount and a currency, or a text, are no money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// More decimals than the currency has.
    #[error("{currency} has at most {most} decimals, but the amount has {found}")]
    TooManyDecimals {
        /// The currency.
        currency: Currency,
        /// How many decimals it has.
        most: u8,
        /// How many the amount has, without zeros at the end.
        found: u8,
    },
    /// A text without the space between currency and amount.
    #[error("expected a currency, a space and an amount")]
    NoSpace,
    /// The first word is no currency.
    #[error("the money has no currency")]
    Currency(#[source] CurrencyError),
    /// The second word is no amount.
    #[error("the money has no amount")]
    Amount(#[source] AmountError),
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check_iso(text: &str, want: &Expect) {
        want.assert_eq(&match Amount::from_iso(text) {
            Ok(amount) => amount.to_string(),
            Err(error) => error.to_string(),
        });
    }

    #[track_caller]
    fn check_fin(text: &str, want: &Expect) {
        want.assert_eq(&match Amount::from_fin(text) {
            Ok(amount) => format!("{amount} {}", amount.fin()),
            Err(error) => error.to_string(),
        });
    }

    #[track_caller]
    fn check_money(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<Money>() {
            Ok(money) => money.to_string(),
            Err(error) => error.to_string(),
        });
    }

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn the_decimals_stay_as_they_were_written() {
        check_iso("12.50", &expect!["12.50"]);
        check_iso("0012.5", &expect!["12.5"]);
        check_iso("0.00", &expect!["0.00"]);
        check_iso("0.00001", &expect!["0.00001"]);
    }

    #[test]
    fn all_forms_of_xml_schema_are_read() {
        check_iso("+1", &expect!["1"]);
        check_iso("-0", &expect!["0"]);
        check_iso(".5", &expect!["0.5"]);
        check_iso("5.", &expect!["5"]);
    }

    #[test]
    fn the_limits_are_on_the_value() {
        check_iso("999999999999999999", &expect!["999999999999999999"]);
        check_iso("9999999999999.99999", &expect!["9999999999999.99999"]);
        check_iso("1.5000000000000000000000000", &expect!["1.50000"]);
        check_iso("12345678901234567.000", &expect!["12345678901234567.0"]);
        check_iso("000000000000000000000001", &expect!["1"]);
        check_iso("1000000000000000000", &expect!["an amount has at most 18 digits"]);
        check_iso("99999999999999.99999", &expect!["an amount has at most 18 digits"]);
        check_iso(
            "0.000001",
            &expect!["expected at most 5 decimals in the amount, but found more"],
        );
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        check_iso("", &expect!["expected a digit in the amount, but found none"]);
        check_iso(".", &expect!["expected a digit in the amount, but found none"]);
        check_iso("-", &expect!["expected a digit in the amount, but found none"]);
        check_iso(
            "1.2.3",
            &expect!["an amount has digits and one decimal mark, but byte 3 is out of form"],
        );
        check_iso(
            "1e3",
            &expect!["an amount has digits and one decimal mark, but byte 1 is out of form"],
        );
        check_iso(
            "1,5",
            &expect!["an amount has digits and one decimal mark, but byte 1 is out of form"],
        );
        check_iso(
            "-1",
            &expect!["expected an amount that is not negative, but found a minus sign"],
        );
        check_iso(
            "+-1",
            &expect!["an amount has digits and one decimal mark, but byte 1 is out of form"],
        );
    }

    #[test]
    fn fin_writes_a_comma_always() {
        check_fin("1250,5", &expect!["1250.5 1250,5"]);
        check_fin("1250,", &expect!["1250 1250,"]);
        check_fin("0,01", &expect!["0.01 0,01"]);
        check_fin("1250", &expect!["expected a comma in the amount, but found none"]);
        check_fin(",5", &expect!["expected a digit in the amount, but found none"]);
        check_fin("", &expect!["expected a comma in the amount, but found none"]);
        check_fin(
            "1.250,5",
            &expect!["an amount has digits and one decimal mark, but byte 1 is out of form"],
        );
        check_fin(
            "1,2,3",
            &expect!["an amount has digits and one decimal mark, but byte 3 is out of form"],
        );
        check_fin(
            "+1,",
            &expect!["an amount has digits and one decimal mark, but byte 0 is out of form"],
        );
    }

    #[test]
    fn money_has_the_decimals_of_its_currency() {
        check_money("EUR 12.5", &expect!["EUR 12.50"]);
        check_money("JPY 100.00", &expect!["JPY 100.00"]);
        check_money("JPY 100", &expect!["JPY 100"]);
        check_money("KWD 1.2345", &expect!["KWD has at most 3 decimals, but the amount has 4"]);
        check_money("JPY 1.5", &expect!["JPY has at most 0 decimals, but the amount has 1"]);
        check_money("XAU 1.23456", &expect!["XAU 1.23456"]);
        check_money("EUR12.5", &expect!["expected a currency, a space and an amount"]);
    }

    #[test]
    fn currencies_do_not_mix() {
        let euros: Money = "EUR 1.10".parse().unwrap();
        let dollars: Money = "USD 1.10".parse().unwrap();
        assert_eq!(euros.checked_add(dollars), None);
        assert_eq!(euros.checked_add(euros), Some("EUR 2.20".parse().unwrap()));
    }

    #[test]
    fn sums_keep_every_digit() {
        assert_eq!(amount("0.1").checked_add(amount("0.2")), Some(amount("0.3")));
        assert_eq!(amount("999999999999999999").checked_add(amount("1")), None);
        let sum = amount("999999999999999998").checked_add(amount("1.00"));
        assert_eq!(sum, Some(amount("999999999999999999")));
        assert_eq!(amount("1").checked_sub(amount("0.001")), Some(amount("0.999")));
        assert_eq!(amount("1").checked_sub(amount("1.001")), None);
    }

    #[test]
    fn units_are_whole() {
        assert_eq!(amount("12.5").in_units(2), Some(1250));
        assert_eq!(amount("12.500").in_units(2), Some(1250));
        assert_eq!(amount("12.505").in_units(2), None);
    }

    fn any_amount() -> impl Strategy<Value = Amount> {
        (0..=MANTISSA_MAX, 0..=DECIMALS_MAX)
            .prop_map(|(mantissa, decimals)| Amount::new(mantissa, decimals).unwrap())
    }

    proptest! {
        #[test]
        fn an_amount_prints_what_it_parses(amount in any_amount()) {
            let read: Amount = amount.to_string().parse().unwrap();
            prop_assert_eq!((read.mantissa, read.decimals), (amount.mantissa, amount.decimals));
            let read = Amount::from_fin(&amount.fin().to_string()).unwrap();
            prop_assert_eq!((read.mantissa, read.decimals), (amount.mantissa, amount.decimals));
        }

        #[test]
        fn zeros_at_the_end_change_nothing(mantissa in 0_u64..1_000_000, decimals in 0_u8..6) {
            let short = Amount::new(mantissa, decimals).unwrap();
            let long = Amount::new(mantissa * 1000, decimals + 3).unwrap();
            prop_assert_eq!(short, long);
            prop_assert_eq!(short.significant_decimals(), long.significant_decimals());
        }

        #[test]
        fn what_was_added_can_be_taken_away(a in any_amount(), b in any_amount()) {
            if let Some(sum) = a.checked_add(b) {
                prop_assert!(sum >= a && sum >= b);
                prop_assert_eq!(sum.checked_sub(b), Some(a));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.,e ]{0,40}") {
            let _ = text.parse::<Amount>();
            let _ = Amount::from_fin(&text);
            let _ = text.parse::<Money>();
        }
    }
}
