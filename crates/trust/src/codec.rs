//! The one way in which numbers and texts become bytes that are signed or stored.
//!
//! Integers are big-endian and of fixed width; a text or a run of bytes has its length before it
//! (two bytes for texts, four for bytes). A value has exactly one encoding, so that two parties who
//! agree on the value agree on the bytes. This is no general serialiser: it knows no maps, no
//! optional fields by tag and no versions; each format names its own.

use crate::Digest;

/// Appends values to a buffer.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// One with room for as many bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.raw(&[value])
    }

    /// Two bytes, big-endian.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Four bytes, big-endian.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Eight bytes, big-endian.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_be_bytes())
    }

    /// Thirty-two bytes.
    pub fn digest(&mut self, value: &Digest) -> &mut Self {
        self.raw(&value.0)
    }

    /// Bytes as they are, without their length.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// A text with its length in two bytes before it.
    ///
    /// # Panics
    ///
    /// On a text above 65,535 bytes: every text of ours has a smaller limit of its own.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.u16(u16::try_from(text.len()).expect("texts have limits far below 64 KiB"));
        self.raw(text.as_bytes())
    }

    /// Bytes with their length in four bytes before them.
    ///
    /// # Panics
    ///
    /// On 4 GiB or more.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.u32(u32::try_from(bytes.len()).expect("no field of ours reaches 4 GiB"));
        self.raw(bytes)
    }

    /// All that was written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes values from the front of some bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// One that has everything before it.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// One byte.
    ///
    /// # Errors
    ///
    /// When the bytes end before the value does; so for every method here.
    pub fn u8(&mut self) -> Result<u8, CodecError> {
        self.array().map(|[byte]| byte)
    }

    /// Two bytes, big-endian.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn u16(&mut self) -> Result<u16, CodecError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn u32(&mut self) -> Result<u32, CodecError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn u64(&mut self) -> Result<u64, CodecError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Thirty-two bytes.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn digest(&mut self) -> Result<Digest, CodecError> {
        self.array().map(Digest)
    }

    /// As many bytes as the array has.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(CodecError::Short)?;
        self.rest = rest;
        Ok(*array)
    }

    /// As many bytes as asked for.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn raw(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(CodecError::Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// A text with its length in two bytes before it.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`], or [`CodecError::NotText`] where it is not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, CodecError> {
        let length = self.u16()?;
        std::str::from_utf8(self.raw(usize::from(length))?).map_err(|_| CodecError::NotText)
    }

    /// Bytes with their length in four bytes before them.
    ///
    /// # Errors
    ///
    /// [`CodecError::Short`].
    pub fn bytes(&mut self) -> Result<&'a [u8], CodecError> {
        let length = self.u32()?;
        self.raw(usize::try_from(length).map_err(|_| CodecError::Short)?)
    }

    /// What was not taken yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Asserts that nothing is left.
    ///
    /// # Errors
    ///
    /// [`CodecError::Long`]: one value has one encoding, so trailing bytes are refused.
    pub fn finish(self) -> Result<(), CodecError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CodecError::Long) }
    }
}

/// Why bytes are no encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The bytes end before the value does.
    #[error("the bytes end too early")]
    Short,
    /// Bytes follow the value.
    #[error("bytes follow the end")]
    Long,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotText,
    /// A field holds a value outside its range.
    #[error("the {field} is out of range")]
    OutOfRange {
        /// Which field.
        field: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_have_the_documented_bytes() {
        let mut writer = Writer::default();
        writer.u8(1).u16(2).u32(3).u64(4).text("ab").bytes(b"cd").raw(b"e");
        let want = b"\x01\0\x02\0\0\0\x03\0\0\0\0\0\0\0\x04\0\x02ab\0\0\0\x02cde";
        assert_eq!(writer.finish(), want);
    }

    #[test]
    fn bytes_that_end_early_or_late_are_refused() {
        assert_eq!(Reader::new(&[]).u8(), Err(CodecError::Short));
        assert_eq!(Reader::new(&[0; 7]).u64(), Err(CodecError::Short));
        assert_eq!(Reader::new(&[0, 2, b'a']).text(), Err(CodecError::Short));
        assert_eq!(Reader::new(&[0, 1, 0xff]).text(), Err(CodecError::NotText));
        assert_eq!(Reader::new(&[0xff; 8]).bytes(), Err(CodecError::Short));
        assert_eq!(Reader::new(&[0]).finish(), Err(CodecError::Long));
        assert_eq!(Reader::new(&[]).finish(), Ok(()));
    }

    #[test]
    fn a_failed_read_takes_nothing_of_its_value() {
        let mut reader = Reader::new(b"abc");
        assert_eq!(reader.u32(), Err(CodecError::Short));
        assert_eq!(reader.rest(), b"abc");
    }

    proptest! {
        #[test]
        fn values_come_back(a: u8, b: u16, c: u32, d: u64, digest: [u8; 32], text in ".{0,100}", bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut writer = Writer::default();
            writer.u8(a).u16(b).u32(c).u64(d).digest(&Digest(digest)).text(&text).bytes(&bytes);
            let written = writer.finish();
            let mut reader = Reader::new(&written);
            prop_assert_eq!(reader.u8(), Ok(a));
            prop_assert_eq!(reader.u16(), Ok(b));
            prop_assert_eq!(reader.u32(), Ok(c));
            prop_assert_eq!(reader.u64(), Ok(d));
            prop_assert_eq!(reader.digest(), Ok(Digest(digest)));
            prop_assert_eq!(reader.text(), Ok(text.as_str()));
            prop_assert_eq!(reader.bytes(), Ok(bytes.as_slice()));
            prop_assert_eq!(reader.finish(), Ok(()));
        }
    }
}
