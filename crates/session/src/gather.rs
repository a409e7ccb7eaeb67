//! When a small frame waits for company.
//!
//! A frame costs some hundred microseconds whatever is in it: signatures, proofs, a sync, its answer.
//! So while [`SMALL_FRAMES_MAX`] small frames are on their way, what comes gathers until it fills a
//! frame or one of them is answered (as Nagle has it for TCP, RFC 896). A quiet link sends at once,
//! and a busy one in frames as large as an answer takes to come.
//!
//! The hub answers as soon as it has synced. A gateway may take as long as its back office or the
//! network's witnesses take: so what gathers for [`gather_time`] goes out, when whoever drives the
//! link says so. That is longer each time while no answer comes, for a hub that has more to do than
//! it can makes answers late too, and small frames are the last thing that helps it then.

use std::collections::VecDeque;
use std::time::Duration;

use wire::limits::FRAME_BYTES_FILL;

/// How long messages wait for more to come with them, the first time.
const GATHER_TIME: Duration = Duration::from_millis(100);
/// How often that is doubled, at most: to 1.6 seconds.
const DOUBLED_MAX: u32 = 4;

/// How long messages wait for more to come with them, after so many frames that have not waited for
/// an answer.
#[must_use]
pub fn gather_time(hurried: u32) -> Duration {
    GATHER_TIME * 2_u32.pow(hurried.min(DOUBLED_MAX))
}

/// While so many small frames are unanswered, more of them wait.
const SMALL_FRAMES_MAX: usize = 2;
/// From how many bytes of payload on a frame is not small, however few messages it holds.
const SMALL_BYTES: usize = FRAME_BYTES_FILL / 2;

/// The small frames that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    /// The last number of each, rising.
    small: VecDeque<u64>,
    /// What waits has waited long enough.
    hurries: bool,
}

impl Gather {
    /// A frame goes out that ends with this number; `full` says that no message more would fit.
    pub(crate) fn sent(&mut self, last: u64, full: bool, payload_bytes: usize) {
        self.hurries = false;
        if !full && payload_bytes < SMALL_BYTES {
            self.small.push_back(last);
        }
    }

    /// Everything up to this number is answered.
    pub(crate) fn answered(&mut self, through: u64) {
        while self.small.front().is_some_and(|last| *last <= through) {
            self.small.pop_front();
        }
    }

    /// Whether a frame that is not full goes out now.
    pub(crate) fn is_over(&self) -> bool {
        self.hurries || self.small.len() < SMALL_FRAMES_MAX
    }

    /// The next frame goes out, however small it is.
    pub(crate) fn hurry(&mut self) {
        self.hurries = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_small_frame_waits_for_the_answer_to_the_first() {
        let mut gather = Gather::default();
        gather.sent(3, false, 100);
        assert!(gather.is_over());
        gather.sent(5, false, 100);
        assert!(!gather.is_over());
        gather.answered(2);
        assert!(!gather.is_over());
        gather.answered(3);
        assert!(gather.is_over());
    }

    #[test]
    fn one_frame_goes_out_after_the_time_and_the_next_waits_again() {
        let mut gather = Gather::default();
        (1..=2).for_each(|last| gather.sent(last, false, 100));
        gather.hurry();
        assert!(gather.is_over());
        gather.sent(3, false, 100);
        assert!(!gather.is_over());
        gather.answered(1);
        assert!(!gather.is_over(), "two are on their way");
        gather.answered(2);
        assert!(gather.is_over());
    }

    #[test]
    fn full_frames_and_large_messages_make_nobody_wait() {
        let mut gather = Gather::default();
        for last in 1..9 {
            gather.sent(last * 256, true, 100);
            gather.sent(last * 256 + 1, false, SMALL_BYTES);
        }
        assert!(gather.is_over());
    }
}
