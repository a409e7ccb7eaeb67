//! How a time of the log is written in notes and receipts: UTC, with six decimals of the second.

use std::fmt;
use std::str::FromStr;

use iso::DateTime;

use crate::LogTime;

impl fmt::Display for LogTime {
    /// Such as `2026-11-23T21:00:00.000000Z`. Beyond the year 9999 it is the last instant of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", DateTime::from_unix_micros(self.0))
    }
}

impl FromStr for LogTime {
    type Err = TimeTextError;

    /// Reads exactly what is printed: one instant has one text.
    fn from_str(text: &str) -> Result<Self, TimeTextError> {
        let time: DateTime = text.parse().map_err(|_| TimeTextError)?;
        let time = Self(time.unix_micros().ok_or(TimeTextError)?);
        if time.to_string() == text { Ok(time) } else { Err(TimeTextError) }
    }
}

/// A text that is no time of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as 2026-11-23T21:00:00.000000Z")]
pub struct TimeTextError;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_instant_has_one_text() {
        assert_eq!(LogTime(0).to_string(), "1970-01-01T00:00:00.000000Z");
        let text = "2026-11-23T21:00:00.000001Z";
        assert_eq!(text.parse(), Ok(LogTime(1_795_467_600_000_001)));
        for other in [
            "2026-11-23T21:00:00Z",
            "2026-11-23T21:00:00.000001",
            "2026-11-23T22:00:00.000001+01:00",
            "2026-11-23T21:00:00.0000010Z",
            "2026-11-23T21:00:00.000001+00:00",
            " 2026-11-23T21:00:00.000001Z",
            "1969-11-23T21:00:00.000001Z",
            "",
        ] {
            assert_eq!(other.parse::<LogTime>(), Err(TimeTextError), "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_time_comes_back_from_its_text(micros in 0_u64..253_402_300_800_000_000) {
            prop_assert_eq!(LogTime(micros).to_string().parse(), Ok(LogTime(micros)));
        }
    }
}
