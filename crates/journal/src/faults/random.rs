//! A small generator of numbers, so that a run is its seed. It is no source of secrets.

/// A generator; equal ones give equal numbers (`SplitMix64`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another, which is not zero.
    ///
    /// # Panics
    ///
    /// On zero.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).expect("it is below a usize")
    }

    /// True once in so many times.
    ///
    /// # Panics
    ///
    /// On zero.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}
