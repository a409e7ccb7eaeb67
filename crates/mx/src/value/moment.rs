//! Dates and times (XML Schema part 2, 3.2.7 to 3.2.14): their texts in the Gregorian calendar.
//!
//! ```text
//! dateTime   ::= date "T" time          date ::= year "-" mm "-" dd
//! time       ::= hh ":" mm ":" ss ("." digit+)?
//! gYearMonth ::= year "-" mm            gYear ::= year
//! gMonthDay  ::= "--" mm "-" dd         gMonth ::= "--" mm        gDay ::= "---" dd
//! year       ::= "-"? yyyy, or more digits without a leading zero, but not 0000
//! ```
//!
//! Each may end with an offset: `Z`, or `+hh:mm` or `-hh:mm` up to 14:00. The hour 24 stands for
//! the end of the day, with nothing behind it.

/// Which of the types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    DateTime,
    Date,
    Time,
    YearMonth,
    Year,
    MonthDay,
    Day,
    Month,
}

/// Whether `text` is of that type.
pub(crate) fn is_moment(text: &[u8], kind: Moment) -> bool {
    let rest = match kind {
        Moment::DateTime => date(text).and_then(|rest| rest.strip_prefix(b"T")).and_then(time),
        Moment::Date => date(text),
        Moment::Time => time(text),
        Moment::YearMonth => year(text).and_then(|(_, rest)| month(rest.strip_prefix(b"-")?)),
        Moment::Year => year(text).map(|(_, rest)| rest),
        Moment::MonthDay => text.strip_prefix(b"--").and_then(|rest| {
            let (month, rest) = two(rest, 1, 12)?;
            // 29 February exists in some years.
            Some(two(rest.strip_prefix(b"-")?, 1, days(month, true))?.1)
        }),
        Moment::Day => text.strip_prefix(b"---").and_then(|rest| Some(two(rest, 1, 31)?.1)),
        Moment::Month => text.strip_prefix(b"--").and_then(month),
    };
    rest.is_some_and(is_offset)
}

/// The year of a text of type gYear, if it has no offset and fits.
pub(crate) fn year_of(text: &[u8]) -> Option<i64> {
    let (year, rest) = year(text)?;
    rest.is_empty().then_some(year)
}

#[inline]
fn date(text: &[u8]) -> Option<&[u8]> {
    let (year, rest) = year(text)?;
    let (month, rest) = two(rest.strip_prefix(b"-")?, 1, 12)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    Some(two(rest.strip_prefix(b"-")?, 1, days(month, leap))?.1)
}

fn month(text: &[u8]) -> Option<&[u8]> {
    Some(two(text, 1, 12)?.1)
}

#[inline]
fn time(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = two(text, 0, 24)?;
    let (minute, rest) = two(rest.strip_prefix(b":")?, 0, 59)?;
    let (second, rest) = two(rest.strip_prefix(b":")?, 0, 59)?;
    let (fraction, rest) = match rest.strip_prefix(b".") {
        None => ([].as_slice(), rest),
        Some(rest) => {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            rest.split_at_checked(length)?
        }
    };
    let midnight = minute == 0 && second == 0 && fraction.iter().all(|digit| *digit == b'0');
    (hour < 24 || midnight).then_some(rest)
}

/// A year and what follows. Years beyond what fits are as good as large ones.
#[inline]
fn year(text: &[u8]) -> Option<(i64, &[u8])> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(length)?;
    if length < 4 || (length > 4 && digits.first() == Some(&b'0')) {
        return None;
    }
    // The calendar repeats after 400 years, so the last digits are enough for what is asked.
    let value = digits.iter().fold(0_i64, |value, digit| {
        let value = if value > 100_000_000_000 { value % 400 + 400 } else { value };
        value * 10 + i64::from(digit - b'0')
    });
    if value == 0 {
        return None;
    }
    // The year before 1 is written -0001 and is a leap year in the calendar of XML Schema 1.0's
    // value space as libxml2 reads it: the number as written decides.
    Some((if negative { -value } else { value }, rest))
}

/// Two digits from `min` to `max`.
#[inline]
fn two(text: &[u8], min: u8, max: u8) -> Option<(u8, &[u8])> {
    let [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] = text else { return None };
    let value = (a - b'0') * 10 + (b - b'0');
    (min..=max).contains(&value).then_some((value, rest))
}

fn days(month: u8, leap: bool) -> u8 {
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Nothing, `Z`, or an offset up to 14 hours.
#[inline]
fn is_offset(text: &[u8]) -> bool {
    let rest = match text {
        [] | [b'Z'] => return true,
        [b'+' | b'-', rest @ ..] => rest,
        _ => return false,
    };
    let Some((hours, rest)) = two(rest, 0, 14) else { return false };
    let minutes = rest.strip_prefix(b":").and_then(|rest| two(rest, 0, 59));
    minutes.is_some_and(|(minutes, rest)| rest.is_empty() && (hours < 14 || minutes == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Moment, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(is_moment(text.as_bytes(), kind), "{text}");
        }
        for text in bad {
            assert!(!is_moment(text.as_bytes(), kind), "{text}");
        }
    }

    #[test]
    fn dates_are_of_the_calendar() {
        check(
            Moment::Date,
            &[
                "2026-11-23",
                "2024-02-29",
                "2000-02-29",
                "-0044-03-15",
                "12026-01-01",
                "2026-01-01Z",
            ],
            &[
                "2026-11-31",
                "2026-02-29",
                "1900-02-29",
                "0000-01-01",
                "26-01-01",
                "02026-01-01",
                "2026-1-1",
                "2026-13-01",
                "2026-00-01",
                "2026-01-00",
                "20260101",
                "2026-01-01T",
                "+2026-01-01",
                " 2026-01-01",
                "",
            ],
        );
    }

    #[test]
    fn times_end_with_the_day() {
        check(
            Moment::Time,
            &[
                "00:00:00",
                "23:59:59.999",
                "24:00:00",
                "24:00:00.000",
                "12:00:00+14:00",
                "12:00:00-00:30",
            ],
            &[
                "24:00:01",
                "24:01:00",
                "25:00:00",
                "12:60:00",
                "12:00:60",
                "12:00",
                "12:00:00.",
                "12:00:00+14:01",
                "12:00:00+15:00",
                "12:00:00+1:00",
                "12:00:00z",
                "12:00:00+01",
            ],
        );
    }

    #[test]
    fn a_date_with_time_has_both() {
        check(
            Moment::DateTime,
            &["2026-11-23T09:30:47", "2026-11-23T09:30:47.123456789+01:00", "2026-11-23T24:00:00Z"],
            &["2026-11-23", "2026-11-23 09:30:47", "2026-11-23T", "2026-11-23T09:30:47ZZ"],
        );
    }

    #[test]
    fn parts_of_dates_have_their_dashes() {
        check(Moment::YearMonth, &["2026-11", "2026-11Z"], &["2026-13", "2026", "2026-11-01"]);
        check(Moment::Year, &["2026", "2026+01:00", "-2026"], &["202", "0000", "2026-"]);
        check(Moment::MonthDay, &["--02-29", "--12-31"], &["--02-30", "-02-01", "02-01"]);
        check(Moment::Day, &["---31", "---01Z"], &["---32", "--01", "---1"]);
        check(Moment::Month, &["--12", "--01-05:00"], &["--13", "-12", "12"]);
    }

    #[test]
    fn long_years_are_still_years() {
        check(
            Moment::Date,
            &["100000000000000000000000000000000000000000000-02-29"],
            &["100000000000000000000000000000000000000000001-02-29"],
        );
    }
}
