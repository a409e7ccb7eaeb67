//! SHA-256 (FIPS 180-4) and the 32 bytes that come of it.

use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        Self(digest.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Takes bytes piece by piece.
///
/// Most of what is hashed here is short: heads, bodies, statements. Such pieces are gathered and
/// hashed in one call, without a context of the library on the heap.
#[derive(Clone)]
pub struct Hasher {
    /// What has come, while it fits.
    short: [u8; Self::SHORT],
    length: usize,
    /// What took over when it did not.
    long: Option<aws_lc_rs::digest::Context>,
}

impl Hasher {
    /// How many bytes are gathered; the body of an accepted message's record has about 600.
    const SHORT: usize = 1_024;

    /// One that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { short: [0; Self::SHORT], length: 0, long: None }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if self.long.is_none() {
            let end = self.length + bytes.len();
            if let Some(place) = self.short.get_mut(self.length..end) {
                place.copy_from_slice(bytes);
                self.length = end;
                return;
            }
        }
        let gathered = self.short.get(..self.length).unwrap_or_default();
        let long = self.long.get_or_insert_with(|| {
            let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
            context.update(gathered);
            context
        });
        long.update(bytes);
    }

    /// The digest of all bytes so far.
    #[must_use]
    pub fn finish(self) -> Digest {
        let Some(long) = self.long else {
            return Digest::of(self.short.get(..self.length).unwrap_or_default());
        };
        let digest = long.finish();
        Digest(digest.as_ref().try_into().expect("SHA-256 gives 32 bytes"))
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(DigestError);
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            let digits = text.get(at..at + 2).ok_or(DigestError)?;
            if digits.starts_with('+') {
                return Err(DigestError);
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| DigestError)?;
        }
        Ok(Self(bytes))
    }
}

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 64 hexadecimal digits")]
pub struct DigestError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// FIPS 180-4, the examples that NIST publishes.
    #[test]
    fn the_vectors_of_nist_are_met() {
        for (text, want) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ] {
            assert_eq!(Digest::of(text.as_bytes()).to_string(), want);
        }
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let good = Digest::default().to_string();
        for text in ["", &good[1..], &format!("{good}0"), &good.replacen("00", "+0", 1)] {
            assert_eq!(text.parse::<Digest>(), Err(DigestError), "{text}");
        }
        assert_eq!(good.replacen("00", "é", 1).parse::<Digest>(), Err(DigestError));
        assert_eq!(good.replacen('0', "g", 1).parse::<Digest>(), Err(DigestError));
    }

    proptest! {
        #[test]
        fn pieces_give_the_digest_of_the_whole(bytes in prop::collection::vec(any::<u8>(), 0..3_000), cut in any::<prop::sample::Index>()) {
            let (first, second) = bytes.split_at(cut.index(bytes.len() + 1));
            let mut hasher = Hasher::new();
            hasher.update(first);
            hasher.update(second);
            prop_assert_eq!(hasher.finish(), Digest::of(&bytes));
        }

        #[test]
        fn a_digest_comes_back_from_its_text(bytes: [u8; 32]) {
            prop_assert_eq!(Digest(bytes).to_string().parse(), Ok(Digest(bytes)));
        }
    }
}
