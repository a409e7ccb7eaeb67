//! The hub's one clock. It stamps records; nothing is decided by it.

use std::time::{SystemTime, UNIX_EPOCH};

use trust::LogTime;

/// The time now, and never before a time that was given: a clock that is set back stands still
/// until it has caught up.
#[expect(clippy::disallowed_methods, reason = "the one clock: every record takes its time here")]
pub(crate) fn now(not_before: LogTime) -> LogTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LogTime(u64::try_from(since.as_micros()).unwrap_or(u64::MAX)).max(not_before)
}
