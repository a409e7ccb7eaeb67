//! Counts and sums that are exact for messages of any length.

use super::Slot;

/// The slots that are summed.
const AMOUNTS: [Slot; 3] = [Slot::Settled, Slot::Instructed, Slot::Returned];

/// Digits behind the point that a sum keeps; ISO 20022 allows five in amounts.
const FRACTION_DIGITS: usize = 5;

/// Counts and sums of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    transactions: u64,
    /// In units of 10^-5.
    sums: [i128; AMOUNTS.len()],
    inexact: bool,
}

impl Tally {
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// An element of that slot begins.
    #[inline]
    pub(crate) fn count(&mut self, slot: Slot) {
        self.transactions += u64::from(slot.is_transaction());
    }

    /// An amount of that slot, as written.
    #[inline]
    pub(crate) fn add(&mut self, slot: Slot, text: &[u8]) {
        if let Some(at) = AMOUNTS.iter().position(|known| *known == slot) {
            match (self.sums.get_mut(at), units(text)) {
                (Some(sum), Some(units)) => match sum.checked_add(units) {
                    Some(total) => *sum = total,
                    None => self.inexact = true,
                },
                _ => self.inexact = true,
            }
        }
    }

    /// How many transactions of any kind the message has.
    pub(crate) fn transactions(&self) -> u64 {
        self.transactions
    }

    /// The sum of all amounts of that slot in units of 10^-5; `None` if it is not known exactly.
    pub(crate) fn sum(&self, slot: Slot) -> Option<i128> {
        let at = AMOUNTS.iter().position(|known| *known == slot)?;
        if self.inexact { None } else { self.sums.get(at).copied() }
    }
}

/// A decimal without sign in units of 10^-5.
pub(crate) fn units(text: &[u8]) -> Option<i128> {
    match short_units(text) {
        Some(units) => Some(i128::from(units)),
        None => long_units(text),
    }
}

/// What fits 64 bits in any case, with no more than five digits behind the point.
#[inline]
fn short_units(text: &[u8]) -> Option<u64> {
    const DIGITS_MAX: usize = 14;
    if text.len() > DIGITS_MAX {
        return None;
    }
    let mut units = 0_u64;
    let mut point = None;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = units * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let digits = point.map_or(0, |point| text.len() - point - 1);
    const SCALES: [u64; FRACTION_DIGITS + 1] = [100_000, 10_000, 1_000, 100, 10, 1];
    Some(units * SCALES.get(digits)?)
}

fn long_units(text: &[u8]) -> Option<i128> {
    let mut units: i128 = 0;
    let mut behind_point = None;
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                if let Some(digits) = &mut behind_point {
                    *digits += 1;
                    if *digits > FRACTION_DIGITS {
                        if byte == b'0' {
                            continue;
                        }
                        return None;
                    }
                }
                units = units.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
            }
            b'.' if behind_point.is_none() => behind_point = Some(0),
            _ => return None,
        }
    }
    for _ in behind_point.unwrap_or(0)..FRACTION_DIGITS {
        units = units.checked_mul(10)?;
    }
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_summed_exactly() {
        let mut tally = Tally::default();
        for amount in ["0.1", "0.2", "1000000000000.70000", ".00001"] {
            tally.add(Slot::Settled, amount.as_bytes());
        }
        assert_eq!(tally.sum(Slot::Settled), Some(100_000_000_000_100_001));
    }

    #[test]
    fn what_cannot_be_summed_is_not_guessed() {
        let mut tally = Tally::default();
        tally.add(Slot::Settled, b"0.000001");
        assert_eq!(tally.sum(Slot::Settled), None);
        assert_eq!(units(b"1.000000"), Some(100_000));
        assert_eq!(units(b"-1"), None);
        assert_eq!(units(&[b'9'; 60]), None);
    }

    #[test]
    fn short_amounts_are_read_as_long_ones() {
        for text in
            ["0", "", ".", "1.", ".5", "1.2.3", "12345678901234", "1.123456", "7.10000", "x"]
        {
            assert_eq!(units(text.as_bytes()), long_units(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn transactions_are_counted() {
        let mut tally = Tally::default();
        tally.count(Slot::CreditTransfer);
        tally.count(Slot::Transaction);
        tally.count(Slot::Other);
        assert_eq!(tally.transactions(), 2);
    }
}
