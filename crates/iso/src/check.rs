//! The check digits of ISO 7064 (MOD 97-10), which IBAN and LEI share.

/// The remainder by 97 of the number that stands for a text in parts: each digit for itself, each
/// letter for two digits, from 10 for `A` to 35 for `Z`. Other bytes do not occur: the callers
/// looked.
pub(crate) fn remainder_97(parts: &[&[u8]]) -> u8 {
    // A remainder and eight letters behind it fit 64 bits.
    const STEP: usize = 8;
    const _: () = assert!(STEP == 8 && 97 * 100_u64.pow(8) < u64::MAX / 2);
    let steps = parts.iter().flat_map(|part| part.chunks(STEP));
    let sum = steps.fold(0_u64, |sum, step| {
        // Digits and letters mix without order, so the arithmetic does without a branch.
        let number = step.iter().fold(sum, |sum, byte| {
            let letter = u64::from(*byte > b'9');
            let value = u64::from(byte.wrapping_sub(b'0')) - letter * u64::from(b'A' - b'0' - 10);
            sum * (10 + 90 * letter) + value
        });
        number % 97
    });
    u8::try_from(sum).expect("a remainder by 97 takes one byte")
}

/// Whether all is well: a text with right check digits leaves 1.
pub(crate) fn is_right(parts: &[&[u8]]) -> bool {
    remainder_97(parts) == 1
}

/// The check digits for a text that ends in two zeros in their place: 02 to 98.
pub(crate) fn digits_for(parts: &[&[u8]]) -> [u8; 2] {
    let digits = 98 - remainder_97(parts);
    [b'0' + digits / 10, b'0' + digits % 10]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_do_not_overflow() {
        // 10^n by 97, step by step.
        let mut want = 1_u32;
        for zeros in 0..60 {
            let text = vec![b'0'; zeros];
            assert_eq!(u32::from(remainder_97(&[b"1", &text])), want, "{zeros}");
            want = want * 10 % 97;
        }
        let letters = [b'Z'; 34];
        let want = (0..34).fold(0, |sum, _| (sum * 100 + 35) % 97);
        assert_eq!(u32::from(remainder_97(&[&letters])), want);
    }

    #[test]
    fn digits_make_a_text_right() {
        let digits = digits_for(&[b"ABC12300"]);
        assert!(is_right(&[b"ABC123", &digits]));
    }
}
