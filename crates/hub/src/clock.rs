//! The hub's one clock. It stamps records; nothing is decided by it.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};
use trust::LogTime;

/// The time now; the journal's own time never goes back, whatever this says.
#[expect(clippy::disallowed_methods, reason = "the one clock: every record takes its time here")]
pub(crate) fn now() -> LogTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LogTime(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Microseconds by a clock that never jumps, from some moment on: how long something takes.
pub(crate) fn steady_us() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000
}
