//! The first look at a window: is it UTF-8, are its characters legal, what will need care.
//!
//! It takes one pass at the speed of memory, and spares the tokeniser these questions at each byte.

use super::fault::{Fault, Kind};
use super::name;
use crate::limits::MESSAGE_BYTES_MAX;

/// What a window holds that makes reading it less simple.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// `&`, `]` or a carriage return somewhere.
    care: bool,
}

impl Features {
    /// Of a window that was not looked at to its end.
    pub(crate) const NONE: Self = Self { care: false };

    /// Of two windows together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { care: self.care || other.care }
    }

    /// Whether texts have to be looked at for references, `]]>` and carriage returns.
    #[inline]
    pub(crate) fn need_care(self) -> bool {
        self.care
    }
}

/// Looks at all bytes of a window.
///
/// # Errors
///
/// [`Kind::NotUtf8`], [`Kind::BadCharacter`], [`Kind::TooLarge`].
pub(crate) fn survey(bytes: &[u8]) -> Result<Features, Fault> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(Fault::new(Kind::TooLarge, MESSAGE_BYTES_MAX));
    }
    if is_simple(bytes) {
        return Ok(Features::default());
    }
    let seen = look(bytes);
    let beyond_ascii = seen.beyond_ascii != 0;
    if beyond_ascii && simdutf8::basic::from_utf8(bytes).is_err() {
        let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        // UTF-16 with its byte order mark is another encoding, not a torn character.
        let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
        let kind = if utf16 { Kind::OtherEncoding } else { Kind::NotUtf8 };
        return Err(Fault::new(kind, at));
    }
    if seen.control != 0 || (beyond_ascii && has_noncharacter(bytes)) {
        return Err(Fault::new(Kind::BadCharacter, first_bad(bytes)));
    }
    Ok(Features { care: seen.care != 0 })
}

struct Seen {
    control: u8,
    care: u8,
    beyond_ascii: u8,
}

/// Whether all is ASCII without anything that needs a second look, as in most messages.
fn is_simple(bytes: &[u8]) -> bool {
    let mut other = 0;
    for &byte in bytes {
        // Below the space and beyond ASCII in one comparison.
        let outside = u8::from(byte.wrapping_sub(0x20) > 0x5f) & u8::from(byte != b'\n');
        other |= outside | u8::from(byte == b'&') | u8::from(byte == b']');
    }
    other == 0
}

/// Without branches and bounds, so that the compiler makes it work on many bytes at a time.
fn look(bytes: &[u8]) -> Seen {
    let mut seen = Seen { control: 0, care: 0, beyond_ascii: 0 };
    for &byte in bytes {
        let space = u8::from(byte == b'\t') | u8::from(byte == b'\n') | u8::from(byte == b'\r');
        seen.control |= u8::from(byte < 0x20) & !space;
        seen.care |= u8::from(byte == b'&') | u8::from(byte == b']') | u8::from(byte == b'\r');
        seen.beyond_ascii |= byte & 0x80;
    }
    seen
}

/// U+FFFE or U+FFFF: in UTF-8, 0xEF 0xBF and 0xBE or 0xBF.
fn has_noncharacter(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"\xef\xbf")
        .any(|at| matches!(bytes.get(at + 2), Some(0xbe | 0xbf)))
}

#[cold]
fn first_bad(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let mut characters = text.char_indices();
    characters.find(|(_, character)| !name::is_character(*character)).map_or(0, |(at, _)| at)
}
