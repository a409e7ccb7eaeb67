//! The one place where the gateway reads the time.
//!
//! Times stand in headers, timelines and logs for people; nothing is decided by them except how
//! long an idempotency key is kept and how long a wait may last.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use trust::LogTime;

/// Tells the time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The time of the system.
    #[default]
    System,
    /// The time that somebody sets, in microseconds since 1970.
    Set(Arc<AtomicU64>),
}

impl Clock {
    /// Now, in microseconds since 1970; 0 where the system's clock stands before that.
    pub(crate) fn now(&self) -> LogTime {
        if let Self::Set(time) = self {
            return LogTime(time.load(Ordering::Relaxed));
        }
        #[expect(clippy::disallowed_methods, reason = "this is the clock of the gateway")]
        let now = SystemTime::now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        LogTime(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
    }
}
