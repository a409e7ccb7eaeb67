//! Days of the calendar, as ISO 20022 and FIN write them.
//!
//! Grammar: `YYYY-MM-DD` (ISO 8601, `xs:date`), `YYMMDD` and `YYYYMMDD` (FIN). The calendar is the
//! Gregorian one, also before 1582, as ISO 8601 has it.

use std::fmt;
use std::str::FromStr;

use crate::digits;
use crate::time::{Offset, OffsetError};

/// A day of the years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    // The order of the fields gives the order of dates.
    /// Invariant: 1 to 9999.
    year: u16,
    /// Invariant: 1 to 12.
    month: u8,
    /// Invariant: 1 to the length of the month.
    day: u8,
}

/// A [`Date`] as FIN prints it, from [`Date::fin6`] and [`Date::fin8`].
#[derive(Clone, Copy, Debug)]
pub struct DateInFin {
    date: Date,
    with_century: bool,
}

/// FIN's two digits of a year are of this century from 80 on, of the next below.
const FIN_YEAR_MIN: u16 = 1980;
const FIN_YEAR_MAX: u16 = 2079;
/// Days from the first of March of the year 0 to the first of January 1970.
const DAYS_BEFORE_1970: i32 = 719_468;
/// The calendar repeats after so many days, which are 400 years.
const ERA_DAYS: i32 = 146_097;

impl Date {
    /// The first of January 1970.
    pub const EPOCH: Self = Self { year: 1970, month: 1, day: 1 };
    /// The last day that this type knows.
    pub const MAX: Self = Self { year: 9999, month: 12, day: 31 };

    /// Makes a date of its numbers, each counted from 1.
    ///
    /// # Errors
    ///
    /// A day that the calendar does not have, or a year beyond 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) {
            return Err(DateError::NoSuchYear { year });
        }
        if !(1..=12).contains(&month) {
            return Err(DateError::NoSuchMonth { month });
        }
        if day == 0 || day > days_in(year, month) {
            return Err(DateError::NoSuchDay { year, month, day });
        }
        Ok(Self { year, month, day })
    }

    /// Reads FIN's `YYMMDD`: 80 to 99 are the years 1980 to 1999, 00 to 79 the years 2000 to 2079.
    ///
    /// # Errors
    ///
    /// A text that is not six digits, or a day that the calendar does not have.
    pub fn from_fin6(text: &str) -> Result<Self, DateError> {
        const FORM: DateError = DateError::BadForm { expected: "YYMMDD" };
        let &[y1, y2, m1, m2, d1, d2] = text.as_bytes() else { return Err(FORM) };
        let year = u16::from(digits::two(y1, y2).ok_or(FORM)?);
        let century = if year >= FIN_YEAR_MIN % 100 { 1900 } else { 2000 };
        let month = digits::two(m1, m2).ok_or(FORM)?;
        Self::new(century + year, month, digits::two(d1, d2).ok_or(FORM)?)
    }

    /// Reads FIN's `YYYYMMDD`.
    ///
    /// # Errors
    ///
    /// A text that is not eight digits, or a day that the calendar does not have.
    pub fn from_fin8(text: &str) -> Result<Self, DateError> {
        const FORM: DateError = DateError::BadForm { expected: "YYYYMMDD" };
        let &[y1, y2, y3, y4, m1, m2, d1, d2] = text.as_bytes() else { return Err(FORM) };
        let year = digits::four([y1, y2, y3, y4]).ok_or(FORM)?;
        let month = digits::two(m1, m2).ok_or(FORM)?;
        Self::new(year, month, digits::two(d1, d2).ok_or(FORM)?)
    }

    /// Reads an `xs:date`, which may have an offset from UTC: `2026-11-23`, `2026-11-23Z`.
    ///
    /// # Errors
    ///
    /// A text out of form, a day that the calendar does not have, or an offset beyond 14 hours.
    pub fn from_xs(text: &str) -> Result<(Self, Option<Offset>), DateError> {
        const FORM: DateError = DateError::BadForm { expected: "YYYY-MM-DD" };
        let (date, offset) = text.split_at_checked(10).ok_or(FORM)?;
        let offset = match offset {
            "" => None,
            offset => Some(offset.parse().map_err(DateError::Offset)?),
        };
        Ok((date.parse()?, offset))
    }

    /// 1 to 9999.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(&self) -> u8 {
        self.day
    }

    /// How many days after the first of January 1970 it is; negative before.
    #[must_use]
    pub fn days_since_1970(&self) -> i32 {
        // Years count from March here: the leap day is then the last of its year, and the months
        // before it have 153 days for each five.
        let (year, month) = match self.month {
            1 | 2 => (i32::from(self.year) - 1, i32::from(self.month) + 9),
            _ => (i32::from(self.year), i32::from(self.month) - 3),
        };
        let leap_days = year / 4 - year / 100 + year / 400;
        year * 365 + leap_days + (month * 153 + 2) / 5 + i32::from(self.day) - 1 - DAYS_BEFORE_1970
    }

    /// The date so many days after the first of January 1970; none beyond the years 1 to 9999.
    #[must_use]
    pub fn from_days_since_1970(days: i32) -> Option<Self> {
        let days = days.checked_add(DAYS_BEFORE_1970)?;
        let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        // Takes out the leap days, so that each year has 365.
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
        let month = (day_of_year * 5 + 2) / 153;
        let day = day_of_year - (month * 153 + 2) / 5 + 1;
        let (year, month) = match month {
            10.. => (era * 400 + year_of_era + 1, month - 9),
            _ => (era * 400 + year_of_era, month + 3),
        };
        let (year, month) = (u16::try_from(year).ok()?, u8::try_from(month).ok()?);
        Self::new(year, month, u8::try_from(day).ok()?).ok()
    }

    /// The date so many days later, or earlier if negative; none beyond the years 1 to 9999.
    #[must_use]
    pub fn plus_days(&self, days: i32) -> Option<Self> {
        Self::from_days_since_1970(self.days_since_1970().checked_add(days)?)
    }

    /// Prints `YYMMDD`; none where these six digits would be read as another year.
    #[must_use]
    pub fn fin6(self) -> Option<DateInFin> {
        (FIN_YEAR_MIN..=FIN_YEAR_MAX)
            .contains(&self.year)
            .then_some(DateInFin { date: self, with_century: false })
    }

    /// Prints `YYYYMMDD`.
    #[must_use]
    pub fn fin8(self) -> DateInFin {
        DateInFin { date: self, with_century: true }
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = DateError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        const FORM: DateError = DateError::BadForm { expected: "YYYY-MM-DD" };
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(FORM);
        };
        let year = digits::four([y1, y2, y3, y4]).ok_or(FORM)?;
        let month = digits::two(m1, m2).ok_or(FORM)?;
        Self::new(year, month, digits::two(d1, d2).ok_or(FORM)?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DateInFin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date;
        if self.with_century {
            write!(f, "{year:04}{month:02}{day:02}")
        } else {
            write!(f, "{:02}{month:02}{day:02}", year % 100)
        }
    }
}

/// Why a text or three numbers are no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Letters or digits where others should be, or too many of them.
    #[error("expected a date of the form {expected}")]
    BadForm {
        /// The form that was asked for.
        expected: &'static str,
    },
    /// A year beyond 1 to 9999.
    #[error("there is no year {year}: years go from 1 to 9999")]
    NoSuchYear {
        /// The year.
        year: u16,
    },
    /// A month beyond 1 to 12.
    #[error("there is no month {month}: months go from 1 to 12")]
    NoSuchMonth {
        /// The month.
        month: u8,
    },
    /// A day beyond the length of its month.
    #[error("there is no day {year:04}-{month:02}-{day:02} in the calendar")]
    NoSuchDay {
        /// The year.
        year: u16,
        /// The month.
        month: u8,
        /// The day.
        day: u8,
    },
    /// What follows the date is no offset from UTC.
    #[error("expected nothing or an offset from UTC after the date")]
    Offset(#[source] OffsetError),
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(read: Result<Date, DateError>, want: &Expect) {
        want.assert_eq(&match read {
            Ok(date) => date.to_string(),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn leap_days_are_those_of_the_calendar() {
        check("2024-02-29".parse(), &expect!["2024-02-29"]);
        check("2000-02-29".parse(), &expect!["2000-02-29"]);
        check("2026-02-29".parse(), &expect!["there is no day 2026-02-29 in the calendar"]);
        check("1900-02-29".parse(), &expect!["there is no day 1900-02-29 in the calendar"]);
    }

    #[test]
    fn impossible_dates_are_refused() {
        check("2026-13-01".parse(), &expect!["there is no month 13: months go from 1 to 12"]);
        check("2026-00-01".parse(), &expect!["there is no month 0: months go from 1 to 12"]);
        check("2026-04-31".parse(), &expect!["there is no day 2026-04-31 in the calendar"]);
        check("2026-04-00".parse(), &expect!["there is no day 2026-04-00 in the calendar"]);
        check("0000-01-01".parse(), &expect!["there is no year 0: years go from 1 to 9999"]);
    }

    #[test]
    fn other_forms_are_refused() {
        check("2026-1-01".parse(), &expect!["expected a date of the form YYYY-MM-DD"]);
        check("2026/01/01".parse(), &expect!["expected a date of the form YYYY-MM-DD"]);
        check("-026-01-01".parse(), &expect!["expected a date of the form YYYY-MM-DD"]);
        check("2026-01-01Z".parse(), &expect!["expected a date of the form YYYY-MM-DD"]);
        check(Date::from_fin6("2611"), &expect!["expected a date of the form YYMMDD"]);
        check(Date::from_fin8("261123"), &expect!["expected a date of the form YYYYMMDD"]);
        check(Date::from_fin6("26112A"), &expect!["expected a date of the form YYMMDD"]);
    }

    #[test]
    fn the_century_of_six_digits_changes_at_80() {
        check(Date::from_fin6("261123"), &expect!["2026-11-23"]);
        check(Date::from_fin6("791231"), &expect!["2079-12-31"]);
        check(Date::from_fin6("800101"), &expect!["1980-01-01"]);
        check(Date::from_fin6("991231"), &expect!["1999-12-31"]);
        check(Date::from_fin8("18991231"), &expect!["1899-12-31"]);
    }

    #[test]
    fn a_date_of_xml_schema_may_have_an_offset() {
        let day: Date = "2026-11-23".parse().unwrap();
        assert_eq!(Date::from_xs("2026-11-23"), Ok((day, None)));
        assert_eq!(Date::from_xs("2026-11-23Z"), Ok((day, Some(Offset::UTC))));
        assert_eq!(Date::from_xs("2026-11-23-05:00"), Ok((day, "-05:00".parse().ok())));
        assert_eq!(Date::from_xs("2026-11-23+15:00"), Err(DateError::Offset(OffsetError::TooFar)));
        assert_eq!(Date::from_xs("2026-11-2ä"), Err(DateError::BadForm { expected: "YYYY-MM-DD" }));
    }

    #[test]
    fn six_digits_are_printed_only_where_they_are_read_the_same() {
        let print = |text: &str| text.parse::<Date>().unwrap().fin6().map(|fin| fin.to_string());
        assert_eq!(print("2026-01-02"), Some("260102".to_owned()));
        assert_eq!(print("2080-01-01"), None);
        assert_eq!(print("1979-12-31"), None);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut day = Date::new(1, 1, 1).unwrap();
        assert_eq!(Date::EPOCH.days_since_1970(), 0);
        assert_eq!(day.plus_days(-1), None);
        assert_eq!(Date::MAX.plus_days(1), None);
        let mut count = day.days_since_1970();
        while day < Date::MAX {
            let next = day.plus_days(1).unwrap();
            count += 1;
            assert_eq!(next.days_since_1970(), count);
            let is_next =
                next.day == day.day + 1 && (next.year, next.month) == (day.year, day.month);
            let is_first = next.day == 1 && day.day == days_in(day.year, day.month);
            assert!(next > day && (is_next || is_first), "{day} {next}");
            day = next;
        }
    }

    proptest! {
        #[test]
        fn a_date_prints_what_it_parses(days in -719_162..2_932_897) {
            let date = Date::from_days_since_1970(days).unwrap();
            prop_assert_eq!(date.days_since_1970(), days);
            prop_assert_eq!(date.to_string().parse(), Ok(date));
            prop_assert_eq!(Date::from_fin8(&date.fin8().to_string()), Ok(date));
            if let Some(fin) = date.fin6() {
                prop_assert_eq!(Date::from_fin6(&fin.to_string()), Ok(date));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,14}", days: i32) {
            let _ = text.parse::<Date>();
            let _ = Date::from_xs(&text);
            let _ = Date::from_fin6(&text);
            let _ = Date::from_fin8(&text);
            let _ = Date::MAX.plus_days(days);
        }
    }
}
