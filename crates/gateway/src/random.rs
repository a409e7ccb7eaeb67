//! Random numbers from the system, for ids of requests and the seed of waiting times.

use aws_lc_rs::rand;

/// So many random bytes, in hexadecimal digits.
pub(crate) fn hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rand::fill(&mut random).expect("the system gives random bytes");
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fills bytes at random.
pub(crate) fn fill(bytes: &mut [u8]) {
    rand::fill(bytes).expect("the system gives random bytes");
}

/// A random number.
pub(crate) fn number() -> u64 {
    let mut random = [0; 8];
    rand::fill(&mut random).expect("the system gives random bytes");
    u64::from_be_bytes(random)
}
