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
    fn noncharacters_and_controls_are_no_characters() {
        for bad in ['\0', '\u{1f}', '\u{b}', '\u{fffe}', '\u{ffff}'] {
            assert!(!is_character(bad), "{bad:?}");
        }
        for good in ['\t', '\n', '\r', ' ', '\u{7f}', '\u{85}', '\u{fffd}', '\u{1ffff}'] {
            assert!(is_character(good), "{good:?}");
        }
    }
}
