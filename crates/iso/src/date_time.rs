//! Points in time: a date, a time, and the offset from UTC where it is known.
//!
//! Grammar: `date "T" time [offset]` (ISO 8601, `xs:dateTime`; with an offset also RFC 3339). The
//! whole project prints times so; inside it counts microseconds since 1970-01-01T00:00:00Z.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::date::{Date, DateError};
use crate::time::{MICROS_PER_DAY, MICROS_PER_SECOND, Offset, OffsetError, Time, TimeError};

/// A date and a time, with the offset from UTC if it was written.
///
/// Equality is that of what was written: `10:00Z` and `11:00+01:00` are one instant but not equal.
/// [`DateTime::order`] compares instants.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
    offset: Option<Offset>,
}

impl DateTime {
    /// Puts date, time and offset together.
    #[must_use]
    pub fn new(date: Date, time: Time, offset: Option<Offset>) -> Self {
        Self { date, time, offset }
    }

    /// The instant so many microseconds after 1970-01-01T00:00:00Z, in UTC. Beyond the year 9999
    /// it is the last instant of that year.
    #[must_use]
    pub fn from_unix_micros(micros: u64) -> Self {
        let time = Time::from_micros(micros % MICROS_PER_DAY).expect("a remainder is less");
        let days = i32::try_from(micros / MICROS_PER_DAY).ok();
        let (date, time) = match days.and_then(Date::from_days_since_1970) {
            Some(date) => (date, time),
            None => {
                let last = Time::from_micros(MICROS_PER_DAY - 1);
                (Date::MAX, last.expect("one microsecond before midnight is within the day"))
            }
        };
        Self { date, time, offset: Some(Offset::UTC) }
    }

    /// Microseconds since 1970-01-01T00:00:00Z; none where the offset is not known, or before 1970.
    #[must_use]
    pub fn unix_micros(&self) -> Option<u64> {
        let offset = self.offset?;
        u64::try_from(self.local_micros() - micros_of(offset)).ok()
    }

    /// Which of two instants comes first. Without an offset a time is an instant of an unknown
    /// place: two of them are compared as of one place, one with one that has an offset not at all.
    #[must_use]
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        let (mine, theirs) = match (self.offset, other.offset) {
            (Some(mine), Some(theirs)) => (micros_of(mine), micros_of(theirs)),
            (None, None) => (0, 0),
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some((self.local_micros() - mine).cmp(&(other.local_micros() - theirs)))
    }

    /// The date at the place that the offset stands for.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// The time there.
    #[must_use]
    pub fn time(&self) -> Time {
        self.time
    }

    /// How far the place is from UTC, if that was written.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// Microseconds since the local start of 1970. The years end at 9999, so nothing overflows.
    fn local_micros(self) -> i64 {
        let day = i64::from(self.date.days_since_1970()) * MICROS_PER_DAY.cast_signed();
        day + self.time.micros().cast_signed()
    }
}

fn micros_of(offset: Offset) -> i64 {
    i64::from(offset.minutes()) * 60 * MICROS_PER_SECOND.cast_signed()
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    /// Reads an `xs:dateTime`. `24:00:00` is midnight of the next day; of the decimals of the
    /// second six count, the rest is cut off.
    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        let (date, rest) = text.split_once('T').ok_or(DateTimeError::NoTime)?;
        let date: Date = date.parse().map_err(DateTimeError::Date)?;
        let (time, is_next_day, offset) =
            Time::split(rest.as_bytes()).map_err(DateTimeError::Time)?;
        let date = if is_next_day {
            date.plus_days(1).ok_or(DateTimeError::Date(DateError::NoSuchYear { year: 10_000 }))?
        } else {
            date
        };
        let at = rest.len() - offset.len();
        let offset = match rest.get(at..) {
            None | Some("") => None,
            Some(offset) => Some(offset.parse().map_err(DateTimeError::Offset)?),
        };
        Ok(Self { date, time, offset })
    }
}

impl fmt::Display for DateTime {
    /// Prints the decimals of the second as [`Time`] does: `{:.3}` prints three always.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T", self.date)?;
        fmt::Display::fmt(&self.time, f)?;
        match self.offset {
            Some(offset) => write!(f, "{offset}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateTimeError {
    /// No `T` between date and time.
    #[error("expected a date, a T and a time, but found no T")]
    NoTime,
    /// What stands before the `T` is no date.
    #[error("expected a date before the T")]
    Date(#[source] DateError),
    /// What stands after the `T` is no time.
    #[error("expected a time after the T")]
    Time(#[source] TimeError),
    /// What stands after the time is no offset.
    #[error("expected nothing or an offset from UTC after the time")]
    Offset(#[source] OffsetError),
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, want: &Expect) {
        want.assert_eq(&match text.parse::<DateTime>() {
            Ok(at) => format!("{at} {:?}", at.unix_micros()),
            Err(error) => match error.source() {
                Some(source) => format!("{error}: {source}"),
                None => error.to_string(),
            },
        });
    }

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    #[test]
    fn an_instant_counts_from_1970_in_utc() {
        check("1970-01-01T00:00:00Z", &expect!["1970-01-01T00:00:00Z Some(0)"]);
        check("2001-09-09T01:46:40Z", &expect!["2001-09-09T01:46:40Z Some(1000000000000000)"]);
        check(
            "2026-11-23T21:15:00.25+01:00",
            &expect!["2026-11-23T21:15:00.250+01:00 Some(1795464900250000)"],
        );
    }

    #[test]
    fn without_offset_or_before_1970_there_is_no_count() {
        check("2026-11-23T21:15:00", &expect!["2026-11-23T21:15:00 None"]);
        check("1969-12-31T23:59:59Z", &expect!["1969-12-31T23:59:59Z None"]);
        check("1970-01-01T00:00:00+01:00", &expect!["1970-01-01T00:00:00+01:00 None"]);
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        check("2026-12-31T24:00:00", &expect!["2027-01-01T00:00:00 None"]);
        check(
            "9999-12-31T24:00:00",
            &expect![
                "expected a date before the T: there is no year 10000: years go from 1 to 9999"
            ],
        );
    }

    #[test]
    fn other_texts_are_refused() {
        check("2026-11-23", &expect!["expected a date, a T and a time, but found no T"]);
        check("2026-11-23 21:15:00Z", &expect!["expected a date, a T and a time, but found no T"]);
        check(
            "2026-11-31T21:15:00Z",
            &expect!["expected a date before the T: there is no day 2026-11-31 in the calendar"],
        );
        check(
            "2026-11-23T21:15Z",
            &expect!["expected a time after the T: expected a time of the form hh:mm:ss"],
        );
        check(
            "2026-11-23T21:15:00z",
            &expect![
                "expected nothing or an offset from UTC after the time: expected an offset from UTC of the form Z, +hh:mm or -hh:mm"
            ],
        );
    }

    #[test]
    fn instants_are_ordered_whatever_their_offsets() {
        let order = |a: &str, b: &str| at(a).order(&at(b));
        let (noon, same) = ("2026-11-23T12:00:00Z", "2026-11-23T13:00:00+01:00");
        assert_eq!(order(noon, same), Some(Ordering::Equal));
        assert_eq!(order(noon, "2026-11-23T12:30:00+01:00"), Some(Ordering::Greater));
        assert_eq!(order("2026-11-23T12:00:00", "2026-11-23T12:00:00.1"), Some(Ordering::Less));
        assert_eq!(order(noon, "2026-11-23T12:00:00"), None);
    }

    #[test]
    fn beyond_the_last_year_time_stands_still() {
        let last = DateTime::from_unix_micros(253_402_300_799_999_999);
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(DateTime::from_unix_micros(253_402_300_800_000_000), last);
        assert_eq!(DateTime::from_unix_micros(u64::MAX), last);
    }

    #[test]
    fn a_precision_keeps_columns_straight() {
        assert_eq!(format!("{:.3}", DateTime::from_unix_micros(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(format!("{:.3}", DateTime::from_unix_micros(1999)), "1970-01-01T00:00:00.001Z");
    }

    proptest! {
        #[test]
        fn an_instant_prints_what_it_parses(micros in 0_u64..253_402_300_800_000_000) {
            let instant = DateTime::from_unix_micros(micros);
            prop_assert_eq!(instant.unix_micros(), Some(micros));
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        }

        #[test]
        fn an_offset_moves_the_clock_and_not_the_instant(
            micros in 86_400_000_000_u64..253_000_000_000_000_000,
            minutes in -840_i16..=840,
        ) {
            let shifted = micros.checked_add_signed(i64::from(minutes) * 60_000_000).unwrap();
            let local = DateTime::from_unix_micros(shifted);
            let offset = Offset::from_minutes(minutes).unwrap();
            let moved = DateTime::new(local.date(), local.time(), Some(offset));
            prop_assert_eq!(moved.unix_micros(), Some(micros));
            prop_assert_eq!(moved.order(&DateTime::from_unix_micros(micros)), Some(Ordering::Equal));
            prop_assert_eq!(moved.to_string().parse(), Ok(moved));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}", near in "2026-11-23T[0-9:.Z+-]{0,20}") {
            let _ = text.parse::<DateTime>();
            let _ = near.parse::<DateTime>();
        }
    }
}
