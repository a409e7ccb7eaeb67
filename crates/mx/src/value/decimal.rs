//! Exact decimals (XML Schema part 2, 3.2.3): digits, never floating point.

use std::cmp::Ordering;

/// A decimal in parts, without zeros that say nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal<'a> {
    /// Invariant: not set for zero.
    negative: bool,
    /// Invariant: does not begin with a zero.
    integer: &'a [u8],
    /// Invariant: does not end with a zero.
    fraction: &'a [u8],
}

impl<'a> Decimal<'a> {
    /// Reads `[+-]? (digits ("." digits?)? | "." digits)`.
    #[inline]
    pub(crate) fn read(text: &'a [u8]) -> Option<Self> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let mut point = None;
        for (at, &byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {}
                b'.' if point.is_none() => point = Some(at),
                _ => return None,
            }
        }
        let (mut integer, mut fraction) = match point {
            None => (digits, [].as_slice()),
            Some(at) => (digits.get(..at)?, digits.get(at + 1..)?),
        };
        if integer.is_empty() && fraction.is_empty() {
            return None;
        }
        while let [b'0', rest @ ..] = integer {
            integer = rest;
        }
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        let zero = integer.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, integer, fraction })
    }

    /// Digits before and behind the point that say something. Zero has one.
    #[inline]
    pub(crate) fn total_digits(&self) -> usize {
        (self.integer.len() + self.fraction.len()).max(1)
    }

    /// Digits behind the point that say something.
    #[inline]
    pub(crate) fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }

    /// Whether it is a whole number.
    pub(crate) fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    /// Whether it is below zero.
    #[inline]
    pub(crate) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Compares the values.
    pub(crate) fn compare(&self, other: &Decimal<'_>) -> Ordering {
        let size = |one: &Decimal<'_>, two: &Decimal<'_>| {
            let integers = one.integer.len().cmp(&two.integer.len());
            let integers = integers.then_with(|| one.integer.cmp(two.integer));
            integers.then_with(|| one.fraction.cmp(two.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size(self, other),
            (true, true) => size(other, self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Decimal<'_>> {
        Decimal::read(text.as_bytes())
    }

    #[test]
    fn decimals_have_digits_and_one_point() {
        for good in ["0", "-0", "+1", "1.", ".5", "-.5", "007.70", "1234567890123456789012345678.9"]
        {
            assert!(read(good).is_some(), "{good}");
        }
        for bad in ["", "+", "-", ".", "-.", "1e3", "1,5", "1.2.3", "--1", "1 2", "INF", "NaN", "٣"]
        {
            assert!(read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn digits_that_say_nothing_do_not_count() {
        for (text, total, fraction) in [
            ("0", 1, 0),
            ("0.00", 1, 0),
            ("007.70", 2, 1),
            ("0.05", 2, 2),
            ("100", 3, 0),
            (".5", 1, 1),
        ] {
            let decimal = read(text).unwrap();
            assert_eq!(
                (decimal.total_digits(), decimal.fraction_digits()),
                (total, fraction),
                "{text}"
            );
        }
    }

    #[test]
    fn decimals_compare_by_value() {
        let sorted = ["-10", "-9.5", "-9", "-0.1", "0", "0.09", "0.1", "1", "1.5", "9", "10"];
        for (a, one) in sorted.iter().enumerate() {
            for (b, two) in sorted.iter().enumerate() {
                let got = read(one).unwrap().compare(&read(two).unwrap());
                assert_eq!(got, a.cmp(&b), "{one} {two}");
            }
        }
        assert_eq!(read("-0").unwrap().compare(&read("0.0").unwrap()), Ordering::Equal);
    }
}
