//! When a small frame waits for company.
//!
//! A frame costs some hundred microseconds whatever is in it: signatures, proofs, a sync, its answer.
//! So while [`SMALL_FRAMES_MAX`] small frames are on their way, what comes gathers until it fills a
//! frame or one of them is answered (as Nagle has it for TCP, RFC 896). A quiet link sends at once,
//! and a busy one in frames as large as an answer takes to come. There is no timer: an answer always
//! comes, or the link ends.

use std::collections::VecDeque;

use wire::limits::FRAME_BYTES_FILL;

/// While so many small frames are unanswered, more of them wait.
const SMALL_FRAMES_MAX: usize = 2;
/// From how many bytes of payload on a frame is not small, however few messages it holds.
const SMALL_BYTES: usize = FRAME_BYTES_FILL / 2;

/// The small frames that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    /// The last number of each, rising.
    small: VecDeque<u64>,
}

impl Gather {
    /// A frame goes out that ends with this number; `full` says that no message more would fit.
    pub(crate) fn sent(&mut self, last: u64, full: bool, payload_bytes: usize) {
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
        self.small.len() < SMALL_FRAMES_MAX
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
    fn full_frames_and_large_messages_make_nobody_wait() {
        let mut gather = Gather::default();
        for last in 1..9 {
            gather.sent(last * 256, true, 100);
            gather.sent(last * 256 + 1, false, SMALL_BYTES);
        }
        assert!(gather.is_over());
    }
}
