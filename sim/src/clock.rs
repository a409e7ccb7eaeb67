//! Clocks that go wrong. The run's own time never does.

use trust::LogTime;

use crate::plan::SECOND;

/// 2026-11-23T07:40Z, when every run begins.
const START: u64 = 1_795_419_600 * SECOND;
const YEAR: i64 = 365 * 86_400 * SECOND as i64;

/// The clock of one machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SimClock {
    /// How far it is off, in microseconds.
    off: i64,
    /// Since when it stands still.
    frozen: Option<u64>,
    /// How much too fast it goes, in parts per million; less than nothing: too slow.
    drift_ppm: i64,
}

impl SimClock {
    /// What it shows at a time of the run.
    #[must_use]
    pub(crate) fn at(&self, now: u64) -> LogTime {
        let now = self.frozen.unwrap_or(now);
        let elapsed = i64::try_from(now).unwrap_or(i64::MAX / 2);
        let drift = elapsed / 1_000_000 * self.drift_ppm;
        LogTime(START.saturating_add(now).saturating_add_signed(self.off + drift))
    }

    /// Somebody sets it: from now on it goes right, but is ahead of the time by as much as a log whose
    /// time is ahead, for that never goes back.
    pub(crate) fn mend(&mut self, now: u64, log: LogTime) {
        *self = Self::default();
        let ahead = log.0.saturating_sub(self.at(now).0);
        self.off = i64::try_from(ahead).unwrap_or_default();
    }

    /// Lets it go wrong: ten years ahead or behind, stand still, an hour back, fast or slow.
    pub(crate) fn spoil(&mut self, how: u64, now: u64) {
        match how % 6 {
            0 => self.off += 10 * YEAR,
            1 => self.off -= 10 * YEAR,
            2 => self.frozen = Some(now),
            3 => self.off -= 3_600 * SECOND as i64,
            4 => self.drift_ppm = 1_000,
            _ => self.drift_ppm = -1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_goes_right_and_never_back() {
        let mut clock = SimClock::default();
        for how in [0, 2, 4] {
            clock.spoil(how, SECOND);
        }
        let log = clock.at(5 * SECOND);
        clock.mend(5 * SECOND, log);
        assert_eq!(clock.at(5 * SECOND), log);
        assert_eq!(clock.at(7 * SECOND).0, log.0 + 2 * SECOND);
    }

    #[test]
    fn a_clock_that_stands_still_shows_what_it_showed() {
        let mut clock = SimClock::default();
        clock.spoil(2, 5);
        assert_eq!(clock.at(5), clock.at(50 * SECOND));
        clock.spoil(1, 9);
        assert!(clock.at(9) < SimClock::default().at(0));
    }
}
