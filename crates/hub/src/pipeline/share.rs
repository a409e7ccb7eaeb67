//! How much of the commit loop one link may take.
//!
//! A group is one sync for all that came meanwhile, so whoever sends much makes everybody's groups
//! long. A link that is alone may have enough before the commit loop to keep it busy; links that
//! wait side by side share that, and one that has its part already leaves its next frame unread. A
//! frame is never cut, so each has room for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wire::limits::FRAME_MESSAGES_MAX;

/// How many messages of all links together may wait for the commit loop, roughly: enough to keep it
/// busy, and few enough that nobody waits for long.
const UNDECIDED_MAX: u64 = 4 * FRAME_MESSAGES_MAX as u64;

/// How many links have messages before the commit loop.
#[derive(Debug, Default)]
pub(crate) struct Shares(AtomicU64);

/// What one link has before the commit loop.
#[derive(Debug)]
pub(crate) struct Share {
    of: Arc<Shares>,
    /// How many of its messages are not decided.
    ///
    /// Invariant: it is counted in `of` while this is above 0.
    undecided: u64,
}

impl Share {
    pub(crate) fn new(of: Arc<Shares>) -> Self {
        Self { of, undecided: 0 }
    }

    /// So many messages more are on their way to the commit loop.
    pub(crate) fn take(&mut self, messages: u64) {
        if self.undecided == 0 && messages > 0 {
            self.of.0.fetch_add(1, Ordering::Relaxed);
        }
        self.undecided += messages;
    }

    /// So many were decided.
    pub(crate) fn give_back(&mut self, messages: u64) {
        let before = self.undecided;
        self.undecided = before.saturating_sub(messages);
        if before > 0 && self.undecided == 0 {
            self.of.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Whether the next frame may be taken, or has to wait until some messages are decided.
    pub(crate) fn has_room(&self) -> bool {
        let links = self.of.0.load(Ordering::Relaxed).max(1);
        self.undecided == 0 || self.undecided < UNDECIDED_MAX / links
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back(self.undecided);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_alone_has_all_and_others_make_its_part_smaller() {
        let shares = Arc::new(Shares::default());
        let mut one = Share::new(Arc::clone(&shares));
        one.take(3 * 256);
        assert!(one.has_room());
        let others: Vec<Share> = (0..3)
            .map(|_| {
                let mut other = Share::new(Arc::clone(&shares));
                other.take(1);
                other
            })
            .collect();
        assert!(!one.has_room());
        assert!(others.iter().all(Share::has_room));
        one.give_back(2 * 256 + 1);
        assert!(one.has_room());
        one.take(256);
        drop(others);
        assert!(one.has_room());
        one.give_back(511);
        assert_eq!(shares.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn whoever_has_nothing_there_may_always_bring_a_frame() {
        let shares = Arc::new(Shares::default());
        let mut many: Vec<Share> = (0..5_000).map(|_| Share::new(Arc::clone(&shares))).collect();
        many.iter_mut().for_each(|share| share.take(1));
        assert!(many.iter().all(|share| !share.has_room()));
        assert!(Share::new(shares).has_room());
    }
}
