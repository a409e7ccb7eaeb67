//! The hub's one clock. It stamps records; nothing is decided by it.

use std::time::{SystemTime, UNIX_EPOCH};

use trust::LogTime;

/// The time now; the journal's own time never goes back, whatever this says.
#[expect(clippy::disallowed_methods, reason = "the one clock: every record takes its time here")]
pub(crate) fn now() -> LogTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LogTime(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
