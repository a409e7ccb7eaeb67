//! How long to wait before the next attempt: twice as long each time, within limits, and never in
//! step with others.

use std::time::Duration;

/// The waiting times between attempts.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    next: Duration,
    random: u64,
}

impl Backoff {
    /// The first wait is about this.
    pub(super) const MIN: Duration = Duration::from_millis(50);
    /// No wait is longer than this.
    pub(super) const MAX: Duration = Duration::from_secs(5);

    /// Waits with jitter made of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self { next: Self::MIN, random: seed }
    }

    /// An attempt has worked: the next wait is a short one again.
    pub(super) fn reset(&mut self) {
        self.next = Self::MIN;
    }

    /// How long to wait now: between half and all of a time that doubles with each call.
    pub(super) fn wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(Self::MAX);
        let half = whole / 2;
        let span = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
        half + Duration::from_micros(self.draw() % span)
    }

    /// The next number of the sequence (`SplitMix64`).
    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_limit_and_start_again() {
        let mut backoff = Backoff::new(7);
        let mut whole = Backoff::MIN;
        for _ in 0..12 {
            let wait = backoff.wait();
            assert!(wait >= whole / 2 && wait <= whole, "{wait:?} of {whole:?}");
            whole = (whole * 2).min(Backoff::MAX);
        }
        backoff.reset();
        assert!(backoff.wait() <= Backoff::MIN);
    }

    #[test]
    fn the_seed_decides() {
        let waits = |seed| {
            let mut backoff = Backoff::new(seed);
            (0..8).map(|_| backoff.wait()).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }
}
