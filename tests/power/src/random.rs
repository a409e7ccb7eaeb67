//! Numbers that look random and are the same for the same seed; nothing secret hangs on them.

/// A source of such numbers (xorshift64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The source for a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // A state of zero stays zero for ever; neighbours shall not begin alike.
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.below(1 << 32);
        random
    }

    /// A number from 0 to below a limit, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The low bits are the weakest.
        (self.0 >> 11) % limit
    }
}
