//! Times of day and offsets from UTC.
//!
//! Grammar: `hh:mm:ss[.digits]` (ISO 8601, `xs:time`), `HHMM` and `HHMMSS` (FIN); offsets `Z`,
//! `+hh:mm`, `-hh:mm`, and in FIN `+HHMM`, `-HHMM`. There are no leap seconds, as in XML Schema.

use std::fmt;
use std::str::FromStr;

use crate::digits;

/// A time of day to the microsecond, from 00:00:00 up to before midnight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Microseconds since midnight. Invariant: less than those of a day.
    micros: u64,
}

/// How far a local time is from UTC, in minutes; east is positive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset {
    /// Invariant: between -840 and 840.
    minutes: i16,
}

pub(crate) const MICROS_PER_SECOND: u64 = 1_000_000;
pub(crate) const MICROS_PER_DAY: u64 = 86_400 * MICROS_PER_SECOND;
/// The most that XML Schema allows: 14 hours.
const OFFSET_MINUTES_MAX: i16 = 14 * 60;
/// The most hours that FIN allows.
const FIN_OFFSET_HOURS_MAX: u8 = 13;

impl Time {
    /// The start of the day.
    pub const MIDNIGHT: Self = Self { micros: 0 };

    /// Makes a time of hours, minutes and seconds.
    ///
    /// # Errors
    ///
    /// Hours above 23, minutes or seconds above 59.
    pub fn new(hour: u8, minute: u8, second: u8) -> Result<Self, TimeError> {
        if hour > 23 || minute > 59 || second > 59 {
            return Err(TimeError::NoSuchTime { hour, minute, second });
        }
        let seconds = (u64::from(hour) * 60 + u64::from(minute)) * 60 + u64::from(second);
        Ok(Self { micros: seconds * MICROS_PER_SECOND })
    }

    /// Takes the microseconds since midnight; none if they make a day or more.
    #[must_use]
    pub fn from_micros(micros: u64) -> Option<Self> {
        (micros < MICROS_PER_DAY).then_some(Self { micros })
    }

    /// Reads FIN's `HHMM`.
    ///
    /// # Errors
    ///
    /// A text that is not four digits, or a time that no day has.
    pub fn from_fin4(text: &str) -> Result<Self, TimeError> {
        const FORM: TimeError = TimeError::BadForm { expected: "HHMM" };
        let &[h1, h2, m1, m2] = text.as_bytes() else { return Err(FORM) };
        Self::new(digits::two(h1, h2).ok_or(FORM)?, digits::two(m1, m2).ok_or(FORM)?, 0)
    }

    /// Reads FIN's `HHMMSS`.
    ///
    /// # Errors
    ///
    /// A text that is not six digits, or a time that no day has.
    pub fn from_fin6(text: &str) -> Result<Self, TimeError> {
        const FORM: TimeError = TimeError::BadForm { expected: "HHMMSS" };
        let &[h1, h2, m1, m2, s1, s2] = text.as_bytes() else { return Err(FORM) };
        let hour = digits::two(h1, h2).ok_or(FORM)?;
        let minute = digits::two(m1, m2).ok_or(FORM)?;
        Self::new(hour, minute, digits::two(s1, s2).ok_or(FORM)?)
    }

    /// Microseconds since midnight.
    #[must_use]
    pub fn micros(&self) -> u64 {
        self.micros
    }

    /// 0 to 23.
    #[must_use]
    pub fn hour(&self) -> u8 {
        self.part(3600, 24)
    }

    /// 0 to 59.
    #[must_use]
    pub fn minute(&self) -> u8 {
        self.part(60, 60)
    }

    /// 0 to 59.
    #[must_use]
    pub fn second(&self) -> u8 {
        self.part(1, 60)
    }

    /// Microseconds of the second: 0 to 999,999.
    #[must_use]
    pub fn subsecond_micros(&self) -> u32 {
        u32::try_from(self.micros % MICROS_PER_SECOND).expect("less than a million")
    }

    fn part(self, seconds: u64, most: u64) -> u8 {
        let count = self.micros / (seconds * MICROS_PER_SECOND) % most;
        u8::try_from(count).expect("at most 60")
    }

    /// Reads the longest time at the start of the text: also gives whether it is the midnight at
    /// the end of the day (`24:00:00`), and what follows.
    pub(crate) fn split(text: &[u8]) -> Result<(Self, bool, &[u8]), TimeError> {
        const FORM: TimeError = TimeError::BadForm { expected: "hh:mm:ss" };
        let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text else { return Err(FORM) };
        let hour = digits::two(*h1, *h2).ok_or(FORM)?;
        let minute = digits::two(*m1, *m2).ok_or(FORM)?;
        let second = digits::two(*s1, *s2).ok_or(FORM)?;
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => {
                let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                rest.split_at_checked(count).filter(|_| count > 0).ok_or(FORM)?
            }
            rest => (&[] as &[u8], rest),
        };
        if (hour, minute, second) == (24, 0, 0) && fraction.iter().all(|digit| *digit == b'0') {
            return Ok((Self::MIDNIGHT, true, rest));
        }
        let time = Self::new(hour, minute, second)?;
        let micros = (0..6)
            .fold(0, |sum, at| sum * 10 + u64::from(fraction.get(at).unwrap_or(&b'0') - b'0'));
        Ok((Self { micros: time.micros + micros }, false, rest))
    }
}

impl Offset {
    /// No offset: UTC itself.
    pub const UTC: Self = Self { minutes: 0 };

    /// Takes minutes; east is positive.
    ///
    /// # Errors
    ///
    /// More than 14 hours.
    pub fn from_minutes(minutes: i16) -> Result<Self, OffsetError> {
        if (-OFFSET_MINUTES_MAX..=OFFSET_MINUTES_MAX).contains(&minutes) {
            Ok(Self { minutes })
        } else {
            Err(OffsetError::TooFar)
        }
    }

    /// Reads FIN's `+HHMM` or `-HHMM`, with at most 13 hours.
    ///
    /// # Errors
    ///
    /// A text out of form, or hours or minutes beyond their limits.
    pub fn from_fin(text: &str) -> Result<Self, OffsetError> {
        let &[sign @ (b'+' | b'-'), h1, h2, m1, m2] = text.as_bytes() else {
            return Err(OffsetError::BadForm { expected: "+HHMM or -HHMM" });
        };
        match digits::two(h1, h2).zip(digits::two(m1, m2)) {
            Some((hours, _)) if hours > FIN_OFFSET_HOURS_MAX => Err(OffsetError::TooFar),
            Some((hours, minutes)) => Self::from_parts(sign, hours, minutes),
            None => Err(OffsetError::BadForm { expected: "+HHMM or -HHMM" }),
        }
    }

    /// Minutes; east is positive.
    #[must_use]
    pub fn minutes(&self) -> i16 {
        self.minutes
    }

    fn from_parts(sign: u8, hours: u8, minutes: u8) -> Result<Self, OffsetError> {
        if minutes > 59 {
            return Err(OffsetError::TooFar);
        }
        let total = i16::from(hours) * 60 + i16::from(minutes);
        Self::from_minutes(if sign == b'-' { -total } else { total })
    }
}

impl FromStr for Time {
    type Err = TimeError;

    /// Reads `hh:mm:ss` with any decimals of the second, of which six count: the rest is cut off.
    /// As in XML Schema, `24:00:00` is midnight.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        match Self::split(text.as_bytes())? {
            (time, _, []) => Ok(time),
            _ => Err(TimeError::BadForm { expected: "hh:mm:ss" }),
        }
    }
}

impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Self, OffsetError> {
        const FORM: OffsetError = OffsetError::BadForm { expected: "Z, +hh:mm or -hh:mm" };
        match *text.as_bytes() {
            [b'Z'] => Ok(Self::UTC),
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let hours = digits::two(h1, h2).ok_or(FORM)?;
                Self::from_parts(sign, hours, digits::two(m1, m2).ok_or(FORM)?)
            }
            _ => Err(FORM),
        }
    }
}

impl fmt::Display for Time {
    /// Prints `hh:mm:ss`, with three or six decimals where the time has them. A precision says how
    /// many to print, up to six: `{:.3}` prints `hh:mm:ss.mmm` always, and cuts off the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())?;
        let micros = self.subsecond_micros();
        let decimals = match f.precision() {
            Some(decimals) => decimals.min(6),
            None if micros == 0 => 0,
            None if micros.is_multiple_of(1000) => 3,
            None => 6,
        };
        if decimals == 0 {
            return Ok(());
        }
        let cut = (decimals..6).fold(micros, |micros, _| micros / 10);
        write!(f, ".{cut:0decimals$}")
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.write_str("Z");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text or three numbers are no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Letters or digits where others should be, or too many of them.
    #[error("expected a time of the form {expected}")]
    BadForm {
        /// The form that was asked for.
        expected: &'static str,
    },
    /// A number beyond those of a day.
    #[error("there is no time {hour:02}:{minute:02}:{second:02} in a day")]
    NoSuchTime {
        /// The hour.
        hour: u8,
        /// The minute.
        minute: u8,
        /// The second.
        second: u8,
    },
}

/// Why a text or a number is no offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OffsetError {
    /// Letters or digits where others should be, or too many of them.
    #[error("expected an offset from UTC of the form {expected}")]
    BadForm {
        /// The form that was asked for.
        expected: &'static str,
    },
    /// More hours than the standard allows, or more than 59 minutes.
    #[error("expected an offset from UTC of at most 14 hours (13 in FIN) and 59 minutes")]
    TooFar,
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(read: Result<Time, TimeError>, want: &Expect) {
        want.assert_eq(&match read {
            Ok(time) => format!("{time} {time:.0} {time:.2}"),
            Err(error) => error.to_string(),
        });
    }

    #[track_caller]
    fn check_offset(read: Result<Offset, OffsetError>, want: &Expect) {
        want.assert_eq(&match read {
            Ok(offset) => format!("{offset} {}", offset.minutes()),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn six_decimals_of_a_second_count() {
        check("09:05:07".parse(), &expect!["09:05:07 09:05:07 09:05:07.00"]);
        check("09:05:07.5".parse(), &expect!["09:05:07.500 09:05:07 09:05:07.50"]);
        check("09:05:07.000001".parse(), &expect!["09:05:07.000001 09:05:07 09:05:07.00"]);
        check("23:59:59.9999999".parse(), &expect!["23:59:59.999999 23:59:59 23:59:59.99"]);
    }

    #[test]
    fn the_end_of_the_day_is_midnight() {
        check("24:00:00".parse(), &expect!["00:00:00 00:00:00 00:00:00.00"]);
        check("24:00:00.000".parse(), &expect!["00:00:00 00:00:00 00:00:00.00"]);
        check("24:00:00.001".parse(), &expect!["there is no time 24:00:00 in a day"]);
        check("24:00:01".parse(), &expect!["there is no time 24:00:01 in a day"]);
    }

    #[test]
    fn impossible_times_are_refused() {
        check("23:60:00".parse(), &expect!["there is no time 23:60:00 in a day"]);
        check("23:59:60".parse(), &expect!["there is no time 23:59:60 in a day"]);
        check(Time::from_fin4("2400"), &expect!["there is no time 24:00:00 in a day"]);
    }

    #[test]
    fn other_forms_are_refused() {
        check("9:05:07".parse(), &expect!["expected a time of the form hh:mm:ss"]);
        check("09:05".parse(), &expect!["expected a time of the form hh:mm:ss"]);
        check("09:05:07.".parse(), &expect!["expected a time of the form hh:mm:ss"]);
        check("09:05:07Z".parse(), &expect!["expected a time of the form hh:mm:ss"]);
        check(Time::from_fin4("9:05"), &expect!["expected a time of the form HHMM"]);
        check(Time::from_fin6("0905"), &expect!["expected a time of the form HHMMSS"]);
    }

    #[test]
    fn fin_has_no_colons() {
        check(Time::from_fin4("0915"), &expect!["09:15:00 09:15:00 09:15:00.00"]);
        check(Time::from_fin6("091559"), &expect!["09:15:59 09:15:59 09:15:59.00"]);
    }

    #[test]
    fn an_offset_is_within_fourteen_hours() {
        check_offset("Z".parse(), &expect!["Z 0"]);
        check_offset("+00:00".parse(), &expect!["Z 0"]);
        check_offset("-00:00".parse(), &expect!["Z 0"]);
        check_offset("+05:30".parse(), &expect!["+05:30 330"]);
        check_offset("-14:00".parse(), &expect!["-14:00 -840"]);
        let too_far =
            expect!["expected an offset from UTC of at most 14 hours (13 in FIN) and 59 minutes"];
        check_offset("+14:01".parse(), &too_far);
        check_offset("+05:60".parse(), &too_far);
        check_offset(Offset::from_fin("+1400"), &too_far);
        check_offset(Offset::from_fin("-1359"), &expect!["-13:59 -839"]);
        check_offset(
            "+0530".parse(),
            &expect!["expected an offset from UTC of the form Z, +hh:mm or -hh:mm"],
        );
        check_offset(
            Offset::from_fin("+05:30"),
            &expect!["expected an offset from UTC of the form +HHMM or -HHMM"],
        );
    }

    proptest! {
        #[test]
        fn a_time_prints_what_it_parses(micros in 0..MICROS_PER_DAY, minutes in -840_i16..=840) {
            let time = Time::from_micros(micros).unwrap();
            prop_assert_eq!(time.to_string().parse(), Ok(time));
            prop_assert_eq!(format!("{time:.6}").parse(), Ok(time));
            let offset = Offset::from_minutes(minutes).unwrap();
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,14}", digits in "[0-9:.]{0,30}") {
            let _ = text.parse::<Time>();
            let _ = digits.parse::<Time>();
            let _ = text.parse::<Offset>();
            let _ = Offset::from_fin(&text);
            let _ = Time::from_fin4(&text);
            let _ = Time::from_fin6(&text);
        }
    }
}
