//! Names and characters of XML 1.0 (fifth edition), productions 2 to 5, and qualified names of
//! Namespaces in XML 1.0, productions 7 to 11.
//!
//! A name without colon is scanned by a table of 256 bytes; only beyond ASCII characters are
//! decoded. The bytes are known to be UTF-8 here.

/// Where a name stands, and its colon, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// The byte behind the name.
    pub(crate) end: usize,
    /// The byte of the first colon.
    pub(crate) colon: Option<usize>,
    /// Whether the name is a qualified name: at most one colon, with a name on both sides.
    pub(crate) qualified: bool,
}

const START: u8 = 1;
const LATER: u8 = 2;
const BEYOND_ASCII: u8 = 4;
const COLON: u8 = 8;

const CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "const evaluation")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => START | LATER,
            b'0'..=b'9' | b'-' | b'.' => LATER,
            b':' => COLON,
            0x80.. => BEYOND_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    table
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Scans the name that begins at `at`. `None`: no name begins there.
#[inline]
pub(crate) fn scan(bytes: &[u8], at: usize) -> Option<Scanned> {
    let first = *bytes.get(at)?;
    let mut end = at;
    if class(first) & START != 0 {
        end += 1;
        while let Some(&byte) = bytes.get(end) {
            if class(byte) & LATER == 0 {
                if class(byte) & (BEYOND_ASCII | COLON) != 0 {
                    return scan_slowly(bytes, at);
                }
                break;
            }
            end += 1;
        }
        return Some(Scanned { end, colon: None, qualified: true });
    }
    scan_slowly(bytes, at)
}

/// The end of the ASCII letters that begin at `at`: eight at a time.
#[inline]
pub(crate) fn letters_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let lower = (word | (ONES * 0x20)) & !(ONES << 7);
        // The highest bit of each byte: at least `a`, and not more than `z`, and ASCII.
        let from_a = lower + ONES * u64::from(0x80 - b'a');
        let behind_z = lower + ONES * u64::from(0x7f - b'z');
        let others = !(from_a & !behind_z & !word) & (ONES << 7);
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at
}

#[cold]
fn scan_slowly(bytes: &[u8], at: usize) -> Option<Scanned> {
    let mut end = at;
    let mut colons = 0;
    let mut colon = None;
    // Whether the next character begins a part of the qualified name.
    let mut part_begins = true;
    let mut qualified = true;
    while let Some((character, length)) = character_at(bytes, end) {
        if character == ':' {
            colons += 1;
            colon = colon.or(Some(end));
            qualified &= !part_begins;
            part_begins = true;
        } else if is_start(character) {
            part_begins = false;
        } else if is_later(character) {
            if end == at {
                return None;
            }
            qualified &= !part_begins;
            part_begins = false;
        } else {
            break;
        }
        end += length;
    }
    if end == at {
        return None;
    }
    qualified &= !part_begins && colons <= 1;
    Some(Scanned { end, colon, qualified })
}

/// The character at `at` and its length in bytes.
pub(crate) fn character_at(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let first = *bytes.get(at)?;
    let length = match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
    };
    let character = std::str::from_utf8(bytes.get(at..at + length)?).ok()?.chars().next()?;
    Some((character, length))
}

/// `NameStartChar` without the colon.
fn is_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// `NameChar` without the colon.
fn is_later(character: char) -> bool {
    is_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Whether `text` is an `NCName`: a name without colon.
pub(crate) fn is_ncname(text: &[u8]) -> bool {
    scan(text, 0).is_some_and(|name| name.end == text.len() && name.colon.is_none())
}

/// `Char`: what may stand in a document at all.
pub(crate) fn is_character(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// White space of production 3.
#[inline]
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The first byte from `at` on that is no white space.
#[inline]
pub(crate) fn skip_spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

/// As [`skip_spaces`], for indentation: a line end and many spaces.
#[inline]
pub(crate) fn skip_indentation(bytes: &[u8], mut at: usize) -> usize {
    const SPACES: u64 = 0x2020_2020_2020_2020;
    at += usize::from(bytes.get(at) == Some(&b'\n'));
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let other = u64::from_le_bytes(chunk) ^ SPACES;
        if other == 0 {
            at += 8;
            continue;
        }
        at += (other.trailing_zeros() / 8) as usize;
        if !bytes.get(at).is_some_and(|byte| is_space(*byte)) {
            return at;
        }
        at += 1;
    }
    skip_spaces(bytes, at)
}

/// Whether two parts of `length` bytes are equal.
#[inline]
pub(crate) fn same(bytes: &[u8], one: usize, two: usize, length: usize) -> bool {
    let load = |at: usize| {
        bytes.get(at..at + 8).and_then(|part| part.try_into().ok()).map(u64::from_le_bytes)
    };
    let mut done = 0;
    while let (Some(a), Some(b)) = (load(one + done), load(two + done)) {
        let left = length - done;
        if left <= 8 {
            let unused = (8 - left) * 8;
            return left == 0 || ((a ^ b) << unused) == 0;
        }
        if a != b {
            return false;
        }
        done += 8;
    }
    bytes.get(one + done..one + length) == bytes.get(two + done..two + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<(usize, bool)>) {
        assert_eq!(scan(text.as_bytes(), 0).map(|name| (name.end, name.qualified)), want);
    }

    #[test]
    fn a_name_ends_before_what_is_no_name_character() {
        check("Document>", Some((8, true)));
        check("a-b.c_1 x", Some((7, true)));
    }

    #[test]
    fn a_digit_begins_no_name() {
        check("1a", None);
        check("-a", None);
        check("", None);
    }

    #[test]
    fn one_colon_with_names_on_both_sides_is_qualified() {
        check("a:b>", Some((3, true)));
        check("a:b:c>", Some((5, false)));
        check(":a>", Some((2, false)));
        check("a:>", Some((2, false)));
        check("a:1>", Some((3, false)));
    }

    #[test]
    fn letters_beyond_ascii_belong_to_names() {
        check("Übergröße>", Some((12, true)));
        check("a\u{b7}b>", Some((4, true)));
        check("\u{b7}b>", None);
        check("a\u{d7}>", Some((1, true)));
    }

    #[test]
    fn letters_are_found_eight_at_a_time() {
        for (text, want) in
            [("abc>........", 3), ("IntrBkSttlmAmt>....", 14), ("a1.......", 1), ("@[`{.....", 0)]
        {
            assert_eq!(letters_end(text.as_bytes(), 0), want, "{text}");
        }
        assert_eq!(letters_end("abü.......".as_bytes(), 0), 2);
        for byte in 0..=255_u8 {
            let text = [b'a', byte, b'a', b'a', b'a', b'a', b'a', b'>'];
            let want = if byte.is_ascii_alphabetic() { 7 } else { 1 };
            assert_eq!(letters_end(&text, 0), want, "{byte}");
        }
    }

    #[test]
    fn indentation_is_white_space() {
        for text in ["\n          <", "<", "\r\n\t\t <", "        <", "         \n<", "    ", ""] {
            let bytes = text.as_bytes();
            assert_eq!(skip_indentation(bytes, 0), skip_spaces(bytes, 0), "{text:?}");
        }
    }

    #[test]
    fn parts_are_compared_whole() {
        let text = b"IntrBkSttlmAmt IntrBkSttlmAmt IntrBkSttlmDt Id Id MsgId MsgIx";
        assert!(same(text, 0, 15, 14));
        assert!(!same(text, 0, 30, 13));
        assert!(same(text, 44, 47, 2));
        assert!(!same(text, 50, 56, 5));
        assert!(same(text, 50, 56, 4));
        assert!(same(text, 0, 1, 0));
    }

    #[test]
    fn noncharacters_and_controls_are_no_characters() {
        for bad in ['\0', '\u{1f}', '\u{b}', '\u{fffe}', '\u{ffff}'] {
            assert!(!is_character(bad), "{bad:?}");
        }
        for good in ['\t', '\n', '\r', ' ', '\u{7f}', '\u{85}', '\u{fffd}', '\u{1ffff}'] {
            assert!(is_character(good), "{good:?}");
        }
    }
}
