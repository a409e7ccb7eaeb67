//! The line ends of a text, and what its bytes are, found many bytes at a time.
//!
//! Lines of FIN are short, so a search for each line end costs more than one walk over all bytes.
//! Every function here takes bytes that hold printable ASCII, CR and LF only, unless it says other.

/// Whether bytes may stand in a message: printable ASCII, CR and LF. Takes any bytes.
pub(crate) fn may_stand(bytes: &[u8]) -> bool {
    // Without a branch for each byte, so that the compiler looks at many at once.
    bytes.iter().fold(0, |wrong, byte| wrong | u8::from(!byte_may_stand(*byte))) == 0
}

/// The same of one byte.
pub(crate) fn byte_may_stand(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') < 95) | (byte == b'\r') | (byte == b'\n')
}

/// Whether bytes are characters of set x, CR and LF.
pub(crate) fn is_plain(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<16>();
    let mut outside = [0; 16];
    for chunk in chunks {
        for (outside, byte) in outside.iter_mut().zip(chunk) {
            *outside |= u8::from(is_outside_x(*byte));
        }
    }
    outside.iter().all(|outside| *outside == 0) && !rest.iter().any(|byte| is_outside_x(*byte))
}

/// Whether a byte that may stand in a message is printable and not of set x.
#[inline]
fn is_outside_x(byte: u8) -> bool {
    // Bit 5 is left out, so that `[ \ ] ^ _` and `{ | } ~` are the same, and `@` and `` ` `` are.
    let folded = byte & !b' ';
    // `!` to `&`, and `;` to `>`: moved to the end of the signed numbers, one comparison tells.
    let first = byte.wrapping_add(0x7f - b'&').cast_signed() > 0x7f - 6;
    let second = byte.wrapping_add(0x7f - b'>').cast_signed() > 0x7f - 4;
    first | second | (byte == b'*') | (folded == b'@') | (folded > b'Z')
}

/// The places of LF from a place on.
pub(crate) fn newlines(bytes: &[u8], from: usize) -> Vec<usize> {
    let (words, rest) = bytes.get(from..).unwrap_or_default().as_chunks::<8>();
    let mut places = Vec::with_capacity(words.len() / 2 + 8);
    let mut place = from;
    for word in words {
        add(&mut places, place, *word);
        place += 8;
    }
    let mut last = [b' '; 8];
    for (to, byte) in last.iter_mut().zip(rest) {
        *to = *byte;
    }
    add(&mut places, place, last);
    places
}

/// Adds the places of LF in a word.
#[inline]
fn add(places: &mut Vec<usize>, place: usize, word: [u8; 8]) {
    let mut marks = marks(word);
    while marks != 0 {
        let byte = usize::try_from(marks.trailing_zeros() / 8).unwrap_or_default();
        places.push(place + byte);
        marks &= marks - 1;
    }
}

/// The top bit of each of eight bytes that is LF.
#[inline]
fn marks(word: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // A byte is zero now where it was LF. The borrow of a zero byte would mark a one after it as
    // well, which was a vertical tab: no message that comes here holds one.
    let word = u64::from_le_bytes(word) ^ (ONES * u64::from(b'\n'));
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charset::Class;

    #[test]
    fn every_line_end_is_found() {
        for length in 0..40 {
            for step in 1..12 {
                let bytes: Vec<u8> =
                    (0..length).map(|at| if at % step == 0 { b'\n' } else { b'\r' }).collect();
                for from in 0..=length {
                    let wanted: Vec<usize> = (from..length).filter(|at| at % step == 0).collect();
                    assert_eq!(newlines(&bytes, from), wanted, "{bytes:?} from {from}");
                }
            }
        }
    }

    #[test]
    fn plain_bytes_are_those_of_set_x_and_line_ends() {
        for byte in (0..=u8::MAX).filter(|byte| byte_may_stand(*byte)) {
            let plain = Class::X.has(byte) || matches!(byte, b'\r' | b'\n');
            for length in [1, 15, 16, 17, 40] {
                let mut bytes = vec![b'A'; length];
                assert!(is_plain(&bytes));
                bytes[length / 2] = byte;
                assert_eq!(is_plain(&bytes), plain, "{} in {length}", char::from(byte));
            }
        }
    }
}
