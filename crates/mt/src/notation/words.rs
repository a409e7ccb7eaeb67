//! A list of codes, and whether a text is one of them.

/// Codes, in the order in which they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    list: Vec<Box<str>>,
    /// The codes of at most eight characters, so that one comparison of integers tells.
    packed: Vec<u64>,
}

impl Words {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    #[inline]
    pub(crate) fn has(&self, text: &str) -> bool {
        match pack(text) {
            Some(packed) => self.packed.contains(&packed),
            None => self.list.iter().any(|word| **word == *text),
        }
    }

    /// The codes with a comma between them, for a finding.
    pub(crate) fn shown(&self) -> String {
        self.list.join(", ")
    }
}

impl<'w> FromIterator<&'w str> for Words {
    fn from_iter<T: IntoIterator<Item = &'w str>>(words: T) -> Self {
        let list: Vec<Box<str>> = words.into_iter().map(Into::into).collect();
        let packed = list.iter().filter_map(|word| pack(word)).collect();
        Self { list, packed }
    }
}

/// Up to eight bytes as one integer. No text that is compared holds a zero byte.
#[inline]
fn pack(text: &str) -> Option<u64> {
    // Most codes have four letters.
    if let Ok(four) = <[u8; 4]>::try_from(text.as_bytes()) {
        return Some(u64::from(u32::from_be_bytes(four)));
    }
    (text.len() <= 8).then(|| text.bytes().fold(0, |packed, byte| packed << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn long_and_short_codes_are_found_whole() {
        let words: Words = ["A", "ABCDEFGH", "ABCDEFGHI"].into_iter().collect();
        for known in ["A", "ABCDEFGH", "ABCDEFGHI"] {
            assert!(words.has(known), "{known}");
        }
        for other in ["", "B", "AA", "BCDEFGHI", "ABCDEFGHIJ", "ABCDEFG"] {
            assert!(!words.has(other), "{other}");
        }
    }
}
