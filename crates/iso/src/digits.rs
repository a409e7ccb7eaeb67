//! Reading fixed numbers of digits, for dates and times.

/// The number that two digits make.
pub(crate) fn two(tens: u8, units: u8) -> Option<u8> {
    if tens.is_ascii_digit() && units.is_ascii_digit() {
        Some((tens - b'0') * 10 + (units - b'0'))
    } else {
        None
    }
}

/// The number that four digits make.
pub(crate) fn four([a, b, c, d]: [u8; 4]) -> Option<u16> {
    Some(u16::from(two(a, b)?) * 100 + u16::from(two(c, d)?))
}
