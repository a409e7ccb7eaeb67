//! The one clock of these commands: they tell how long a check took, and decide nothing by it.

use std::time::{Duration, Instant};

/// Now.
#[expect(clippy::disallowed_methods, reason = "a report of durations is what this is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The time since then.
pub(crate) fn since(start: Instant) -> Duration {
    now().duration_since(start)
}
