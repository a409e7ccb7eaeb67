//! Short names that stand in headers: of a network, a service, a type of message.
//!
//! Grammar: 1 to 32 characters of `a-z`, `A-Z`, `0-9`, `.`, `-`, `_`, `!`, the first a letter or
//! a digit. `!` marks test services, as in `payments!p`.

use std::fmt;
use std::str::FromStr;

/// A short name, held in place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Invariant: `length` bytes of the grammar, then zeros.
    bytes: [u8; Self::LENGTH_MAX],
    length: u8,
}

/// The name of a network, such as `demo`.
pub type NetworkName = Label;
/// The name of a service, such as `payments`.
pub type ServiceName = Label;
/// The type of a message, such as `pacs.008.001.08` or `fin.103`.
pub type MessageType = Label;

impl Label {
    /// The greatest length, in characters.
    pub const LENGTH_MAX: usize = 32;

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes
            .get(..usize::from(self.length))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .expect("a label holds ASCII within its length")
    }

    /// Its characters, and zeros up to the greatest length.
    #[must_use]
    pub fn padded(&self) -> &[u8; Self::LENGTH_MAX] {
        &self.bytes
    }

    /// Reads what [`Self::padded`] gave.
    ///
    /// # Errors
    ///
    /// [`LabelError`] where the characters are out of the grammar, or not zeros after the end.
    pub fn from_padded(bytes: &[u8; Self::LENGTH_MAX]) -> Result<Self, LabelError> {
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let (name, zeros) = bytes.split_at(length);
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(LabelError);
        }
        std::str::from_utf8(name).map_err(|_| LabelError)?.parse()
    }
}

impl FromStr for Label {
    type Err = LabelError;

    fn from_str(text: &str) -> Result<Self, LabelError> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-_!".contains(&byte);
        let [first, ..] = text.as_bytes() else { return Err(LabelError) };
        if !first.is_ascii_alphanumeric() || !text.bytes().all(good) {
            return Err(LabelError);
        }
        let mut bytes = [0; Self::LENGTH_MAX];
        bytes.get_mut(..text.len()).ok_or(LabelError)?.copy_from_slice(text.as_bytes());
        Ok(Self { bytes, length: u8::try_from(text.len()).map_err(|_| LabelError)? })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name has 1 to 32 letters, digits and the signs . - _ !, and starts with a letter or digit"
)]
pub struct LabelError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(33);
        for text in ["", ".a", "-a", "!a", "a b", "a/b", "a:b", "a+b", "ä", "a\0", "a\n", &long] {
            assert_eq!(text.parse::<Label>(), Err(LabelError), "{text:?}");
        }
    }

    #[test]
    fn padding_is_zeros_up_to_the_end() {
        let label: Label = "demo".parse().unwrap();
        let mut bytes = *label.padded();
        assert_eq!(bytes[4..], [0; 28]);
        assert_eq!(Label::from_padded(&bytes), Ok(label));
        bytes[31] = b'x';
        assert_eq!(Label::from_padded(&bytes), Err(LabelError));
        assert_eq!(Label::from_padded(&[0; 32]), Err(LabelError));
        assert_eq!(Label::from_padded(&[b'a'; 32]).unwrap().as_str(), "a".repeat(32));
    }

    proptest! {
        #[test]
        fn a_name_comes_back(text in "[a-zA-Z0-9][a-zA-Z0-9._!-]{0,31}") {
            let label: Label = text.parse().unwrap();
            prop_assert_eq!(label.as_str(), &text);
            prop_assert_eq!(Label::from_padded(label.padded()), Ok(label));
        }

        #[test]
        fn padded_bytes_have_one_name(bytes: [u8; 32]) {
            if let Ok(label) = Label::from_padded(&bytes) {
                prop_assert_eq!(label.padded(), &bytes);
            }
        }
    }
}
