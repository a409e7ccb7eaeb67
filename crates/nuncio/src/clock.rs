//! The clock of the commands that make keys, certificates and grants.

use std::time::{SystemTime, UNIX_EPOCH};

use trust::LogTime;

/// Now.
#[expect(clippy::disallowed_methods, reason = "certificates and grants begin now")]
pub(crate) fn now() -> LogTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    LogTime(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
