//! The check digits of ISO 7064 (MOD 97-10), which IBAN and LEI share.

/// The remainder by 97 of the number that stands for a text: each digit for itself, each letter
/// for two digits, from 10 for `A` to 35 for `Z`. Other bytes do not occur: the callers looked.
pub(crate) fn remainder_97(text: impl Iterator<Item = u8>) -> u8 {
    // Room for two more digits at any time, and few divisions.
    const FULL: u64 = u64::MAX / 1000;
    let sum = text.fold(0_u64, |sum, byte| {
        let sum = if sum > FULL { sum % 97 } else { sum };
        match byte {
            b'0'..=b'9' => sum * 10 + u64::from(byte - b'0'),
            _ => sum * 100 + u64::from(byte.wrapping_sub(b'A')) + 10,
        }
    });
    u8::try_from(sum % 97).expect("a remainder by 97 takes one byte")
}

/// Whether all is well: a text with right check digits leaves 1.
pub(crate) fn is_right(text: impl Iterator<Item = u8>) -> bool {
    remainder_97(text) == 1
}

/// The check digits for a text that ends in two zeros in their place: 02 to 98.
pub(crate) fn digits_for(text: impl Iterator<Item = u8>) -> [u8; 2] {
    let digits = 98 - remainder_97(text);
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
            let text = std::iter::once(b'1').chain(std::iter::repeat_n(b'0', zeros));
            assert_eq!(u32::from(remainder_97(text)), want, "{zeros}");
            want = want * 10 % 97;
        }
        let letters = std::iter::repeat_n(b'Z', 34);
        let want = (0..34).fold(0, |sum, _| (sum * 100 + 35) % 97);
        assert_eq!(u32::from(remainder_97(letters)), want);
    }

    #[test]
    fn digits_make_a_text_right() {
        let digits = digits_for(b"ABC12300".iter().copied());
        assert!(is_right(b"ABC123".iter().copied().chain(digits)));
    }
}
