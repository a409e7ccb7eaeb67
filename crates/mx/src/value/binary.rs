//! Bytes written as text: base64Binary and hexBinary (XML Schema part 2, 3.2.15 and 3.2.16).

use crate::token::is_space;

/// How many bytes a base64 text stands for; `None` if it is none.
///
/// White space may stand between the characters. The last group is padded with `=`, and the bits
/// that it does not need are zero.
pub(crate) fn base64_length(text: &[u8]) -> Option<usize> {
    let mut characters = 0_usize;
    let mut padding = 0_usize;
    let mut last = 0;
    for &byte in text {
        if is_space(byte) {
            continue;
        }
        if byte == b'=' {
            padding += 1;
            continue;
        }
        if padding > 0 {
            return None;
        }
        last = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        characters += 1;
    }
    let spare = match (characters % 4, padding) {
        (0, 0) => 0,
        (2, 2) if last & 0x0f == 0 => 1,
        (3, 1) if last & 0x03 == 0 => 2,
        _ => return None,
    };
    Some(characters / 4 * 3 + spare)
}

/// How many bytes a hexadecimal text stands for; `None` if it is none.
pub(crate) fn hex_length(text: &[u8]) -> Option<usize> {
    let digits = text.iter().all(u8::is_ascii_hexdigit);
    (digits && text.len().is_multiple_of(2)).then_some(text.len() / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_counts_bytes() {
        for (text, want) in [
            ("", Some(0)),
            ("QQ==", Some(1)),
            ("QUI=", Some(2)),
            ("QUJD", Some(3)),
            ("QU JD\nQQ = =", Some(4)),
            ("QUJ", None),
            ("QQ=", None),
            ("QQ", None),
            ("QR==", None),
            ("QUJ=", None),
            ("Q===", None),
            ("====", None),
            ("QUJD=", None),
            ("QQ==QQ==", None),
            ("QU-D", None),
        ] {
            assert_eq!(base64_length(text.as_bytes()), want, "{text}");
        }
    }

    #[test]
    fn hex_has_pairs() {
        assert_eq!(hex_length(b"0aF9"), Some(2));
        assert_eq!(hex_length(b"0aF"), None);
        assert_eq!(hex_length(b"0g"), None);
    }
}
