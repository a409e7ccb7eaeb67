//! The character sets of FIN: which bytes may stand in a subfield of which class.
//!
//! `n` digits, `a` capital letters, `c` both, `h` hexadecimal in capitals, `d` digits and the
//! decimal comma, `x` the SWIFT set, `y` the EDIFACT level A set, `z` the information service
//! set. Line ends belong to no class here: a subfield lies within a line.

/// A class of characters, as the letter of a field format names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Class {
    /// Digits.
    N = 1,
    /// Capital letters.
    A = 2,
    /// Capital letters and digits.
    C = 4,
    /// Digits and `A` to `F`.
    H = 8,
    /// Digits and the comma.
    D = 16,
    /// The SWIFT set: letters, digits, space and `/-?:().,'+`.
    X = 32,
    /// The EDIFACT level A set: capital letters, digits, space and `.,-()/='+:?!"%&*<>;`.
    Y = 64,
    /// The information service set: `x`, `y` and `{@#_`.
    Z = 128,
}

impl Class {
    /// The class that a letter names.
    #[must_use]
    pub fn of(letter: u8) -> Option<Self> {
        Some(match letter {
            b'n' => Self::N,
            b'a' => Self::A,
            b'c' => Self::C,
            b'h' => Self::H,
            b'd' => Self::D,
            b'x' => Self::X,
            b'y' => Self::Y,
            b'z' => Self::Z,
            _ => return None,
        })
    }

    /// Whether a byte belongs to the class.
    #[must_use]
    pub fn has(self, byte: u8) -> bool {
        classes_of(byte) & self as u8 != 0
    }

    /// Whether all bytes belong to the class.
    #[inline]
    pub(crate) fn has_all(self, bytes: &[u8]) -> bool {
        bytes.iter().fold(self as u8, |all, byte| all & classes_of(*byte)) != 0
    }

    /// How many bytes from the start on belong to the class.
    #[inline]
    pub(crate) fn run(self, bytes: &[u8]) -> usize {
        let class = self as u8;
        let (groups, _) = bytes.as_chunks::<4>();
        let mut run = 0;
        // Four bytes at a time: one branch for all of them, and few left over in short parts.
        for [a, b, c, d] in groups {
            if class & classes_of(*a) & classes_of(*b) & classes_of(*c) & classes_of(*d) == 0 {
                break;
            }
            run += 4;
        }
        for byte in bytes.get(run..).unwrap_or_default() {
            if class & classes_of(*byte) == 0 {
                break;
            }
            run += 1;
        }
        run
    }

    /// What the class holds, in plain words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::N => "digits",
            Self::A => "capital letters",
            Self::C => "capital letters or digits",
            Self::H => "hexadecimal digits in capitals",
            Self::D => "digits and one comma",
            Self::X => "characters of set x",
            Self::Y => "characters of set y",
            Self::Z => "characters of set z",
        }
    }
}

static TABLE: [u8; 256] = table();

/// One bit for each class that a byte belongs to.
fn classes_of(byte: u8) -> u8 {
    TABLE.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, over all 256 places")]
#[expect(clippy::cast_possible_truncation, reason = "the place is below 256")]
const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        table[at] = classes(at as u8);
        at += 1;
    }
    table
}

const fn classes(byte: u8) -> u8 {
    let mut set = 0;
    if byte.is_ascii_digit() {
        set |= Class::N as u8 | Class::C as u8 | Class::H as u8 | Class::D as u8;
        set |= Class::X as u8 | Class::Y as u8 | Class::Z as u8;
    }
    if byte.is_ascii_uppercase() {
        set |= Class::A as u8 | Class::C as u8 | Class::X as u8 | Class::Y as u8 | Class::Z as u8;
    }
    if matches!(byte, b'A'..=b'F') {
        set |= Class::H as u8;
    }
    if byte == b',' {
        set |= Class::D as u8;
    }
    if byte.is_ascii_lowercase() {
        set |= Class::X as u8 | Class::Z as u8;
    }
    if matches!(byte, b' ' | b'/' | b'-' | b'?' | b':' | b'(' | b')' | b'.' | b',' | b'\'' | b'+') {
        set |= Class::X as u8 | Class::Y as u8 | Class::Z as u8;
    }
    if matches!(byte, b'=' | b'!' | b'"' | b'%' | b'&' | b'*' | b'<' | b'>' | b';') {
        set |= Class::Y as u8 | Class::Z as u8;
    }
    if matches!(byte, b'{' | b'@' | b'#' | b'_') {
        set |= Class::Z as u8;
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_class_holds_what_could_end_a_block_or_a_line() {
        for class in
            [Class::N, Class::A, Class::C, Class::H, Class::D, Class::X, Class::Y, Class::Z]
        {
            for byte in *b"}\r\n$\x00\x01\x03\x7f\xc3\t" {
                assert!(!class.has(byte), "{class:?} holds {byte}");
            }
        }
    }

    #[test]
    fn lower_case_is_in_x_and_z_only() {
        let holders =
            [Class::N, Class::A, Class::C, Class::H, Class::D, Class::X, Class::Y, Class::Z]
                .into_iter()
                .filter(|class| class.has(b'q'))
                .collect::<Vec<_>>();
        assert_eq!(holders, [Class::X, Class::Z]);
    }
}
