//! The text form of keys and certificates (RFC 7468): base64 between two lines.
//!
//! Strict on what matters (the label, the alphabet, exactly one block) and lenient on white space
//! around lines, as files pass through editors. Text before and after the block is refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The text of some bytes under a label such as `PRIVATE KEY`.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> String {
    let base64 = STANDARD.encode(bytes);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// The bytes of a text that holds exactly one block under this label.
pub(crate) fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    let body = text
        .trim()
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let base64: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(base64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_their_text() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let bytes = vec![0xa5; length];
            assert_eq!(decode("KEY", &encode("KEY", &bytes)), Some(bytes));
        }
    }

    #[test]
    fn another_label_two_blocks_and_foreign_text_are_refused() {
        let text = encode("KEY", b"abc");
        assert_eq!(decode("OTHER KEY", &text), None);
        assert_eq!(decode("KEY", &format!("{text}{text}")), None);
        assert_eq!(decode("KEY", &format!("comment\n{text}")), None);
        assert_eq!(decode("KEY", &text.replace("YWJj", "YW*j")), None);
    }
}
