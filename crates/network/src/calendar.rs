//! Business days and hours: calendars by name, and when a service takes messages by them.
//!
//! A calendar says which days are none of business, and what its clock shows: an offset to UTC in
//! minutes, with dated changes. The machine has no database of time zones, and must not: the same
//! records have to give the same state on every machine for ever, and such a database changes. Whoever
//! defines a calendar writes the changes of its clock down, for as long as they are known, and defines
//! it anew when that is over.
//!
//! Form in records and snapshots, integers big-endian:
//!
//! ```text
//! calendar  name text | free weekdays u8: bit 0 Monday to bit 6 Sunday
//!           | clock: count u8, (from u64 | offset in minutes i16)* | holidays: count u16, day u32 *
//! hours     calendar text | opens u16 | urgent until u16 | normal until u16 | closed u8: 1 refuse, 2 hold
//! ```
//!
//! A day is a number of days since 1970-01-01, minutes are those after midnight, both by the
//! calendar's clock.

use iso::Date;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Label, Lane, LogTime};

use crate::event::parse;

/// How many calendars a network has at most.
pub const CALENDARS_MAX: usize = 64;

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// Minutes of a day.
const DAY: i64 = 1440;

/// The name of a calendar.
pub type CalendarName = Label;

/// A day, as the clock of a calendar shows it: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalDay(pub u32);

/// Which days are none of business, and what the clock shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What services call it.
    pub name: CalendarName,
    /// Weekdays without business, bit 0 Monday to bit 6 Sunday.
    ///
    /// Invariant: bit 7 is not set, and some weekday is free of it.
    free: u8,
    /// From when on the clock is how many minutes ahead of UTC.
    ///
    /// Invariant: the first holds from time 0 on, the others are later and later; each offset is
    /// within a day; at most [`Calendar::CLOCK_MAX`].
    clock: Box<[(LogTime, i16)]>,
    /// Invariant: sorted, none twice, at most [`Calendar::HOLIDAYS_MAX`].
    holidays: Box<[LocalDay]>,
}

/// When a service takes messages, by the clock of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// By which calendar.
    pub calendar: CalendarName,
    /// The minute at which a business day begins.
    opens: u16,
    /// The minute from which on urgent messages are too late for the day.
    urgent_until: u16,
    /// The minute from which on normal messages are.
    ///
    /// Invariant: both are after `opens` and at most 1440.
    normal_until: u16,
    /// What becomes of a message that comes while the service is closed.
    pub closed: WhileClosed,
}

/// What becomes of a message that comes before the opening, after the cut-off or on a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhileClosed {
    /// It is refused.
    Refuse,
    /// It is accepted, and offered to its receiver when the service opens next.
    Hold,
}

impl Calendar {
    /// How many changes of the clock are listed at most.
    pub const CLOCK_MAX: usize = 100;
    /// How many holidays are listed at most.
    pub const HOLIDAYS_MAX: usize = 1_000;

    /// A calendar; nothing where it lists too much, no weekday is one of business, an offset is
    /// not within a day, or the clock's changes do not begin at time 0.
    #[must_use]
    pub fn new(
        name: CalendarName,
        free: u8,
        mut clock: Vec<(LogTime, i16)>,
        mut holidays: Vec<LocalDay>,
    ) -> Option<Self> {
        holidays.sort_unstable();
        holidays.dedup();
        clock.sort_unstable();
        let sound = free < 127
            && clock.len() <= Self::CLOCK_MAX
            && clock.first().is_some_and(|(from, _)| from.0 == 0)
            && clock.is_sorted_by(|before, after| before.0 < after.0)
            && clock.iter().all(|(_, offset)| i64::from(*offset).abs() < DAY)
            && holidays.len() <= Self::HOLIDAYS_MAX;
        sound.then(|| Self { name, free, clock: clock.into(), holidays: holidays.into() })
    }

    /// Weekdays without business, bit 0 Monday to bit 6 Sunday.
    #[must_use]
    pub fn free_weekdays(&self) -> u8 {
        self.free
    }

    /// From when on the clock is how many minutes ahead of UTC, in order; the first from time 0 on.
    #[must_use]
    pub fn clock(&self) -> &[(LogTime, i16)] {
        &self.clock
    }

    /// Further days without business, in order.
    #[must_use]
    pub fn holidays(&self) -> &[LocalDay] {
        &self.holidays
    }

    /// Whether business is done on a day.
    #[must_use]
    pub fn is_business_day(&self, day: LocalDay) -> bool {
        // 1970-01-01 was a Thursday.
        let weekday = (u64::from(day.0) + 3) % 7;
        self.free & (1 << weekday) == 0 && self.holidays.binary_search(&day).is_err()
    }

    /// The day and the minute that the clock shows at a time.
    #[must_use]
    pub fn shows(&self, at: LogTime) -> (LocalDay, u16) {
        let utc = i64::try_from(at.0).unwrap_or(i64::MAX) / MINUTE;
        let local = utc.saturating_add(self.offset(at)).max(0);
        let day = u32::try_from(local / DAY).unwrap_or(u32::MAX);
        let minute = u16::try_from(local % DAY).expect("a day has 1440 minutes");
        (LocalDay(day), minute)
    }

    /// How many minutes the clock is ahead of UTC.
    fn offset(&self, at: LogTime) -> i64 {
        let after = self.clock.partition_point(|(from, _)| *from <= at);
        let now = after.checked_sub(1).and_then(|last| self.clock.get(last));
        now.map_or(0, |(_, offset)| i64::from(*offset))
    }

    /// When the clock shows a minute of a day. Of a minute that comes twice it is one of the two; one
    /// that is left out is a time close by.
    fn time_of(&self, day: LocalDay, minute: u16) -> LogTime {
        let local = i64::from(day.0) * DAY + i64::from(minute);
        let utc = |offset: i64| {
            let time = local.saturating_sub(offset).max(0).saturating_mul(MINUTE);
            LogTime(u64::try_from(time).expect("a time is not negative"))
        };
        let near = utc(self.offset(utc(0)));
        utc(self.offset(near))
    }

    /// The first business day from a day on.
    fn business_day_from(&self, mut day: LocalDay) -> LocalDay {
        // At most seven days a holiday lie between: some weekday is one of business.
        while !self.is_business_day(day) && day.0 < u32::MAX {
            day.0 += 1;
        }
        day
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.text(self.name.as_str()).u8(self.free);
        writer.u8(u8::try_from(self.clock.len()).expect("at most 100 changes"));
        for (from, offset) in &self.clock {
            writer.u64(from.0).u16(u16::from_be_bytes(offset.to_be_bytes()));
        }
        writer.u16(u16::try_from(self.holidays.len()).expect("at most 1,000 holidays"));
        for day in &self.holidays {
            writer.u32(day.0);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "calendar" };
        let name = parse(reader.text()?, "name of a calendar")?;
        let free = reader.u8()?;
        let clock = (0..reader.u8()?).map(|_| {
            let from = LogTime(reader.u64()?);
            Ok((from, i16::from_be_bytes(reader.u16()?.to_be_bytes())))
        });
        let clock = clock.collect::<Result<Vec<_>, CodecError>>()?;
        let holidays = (0..reader.u16()?).map(|_| Ok(LocalDay(reader.u32()?)));
        let holidays = holidays.collect::<Result<Vec<_>, CodecError>>()?;
        let in_order = clock.is_sorted_by(|before, after| before.0 < after.0)
            && holidays.is_sorted_by(|before, after| before < after);
        Self::new(name, free, clock, holidays).filter(|_| in_order).ok_or(BAD)
    }
}

impl LocalDay {
    /// A day of the calendar; nothing before 1970.
    #[must_use]
    pub fn of(date: Date) -> Option<Self> {
        u32::try_from(date.days_since_1970()).ok().map(Self)
    }

    /// As a date.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        Date::from_days_since_1970(i32::try_from(self.0).ok()?)
    }
}

impl Hours {
    /// Hours of a service; nothing where a cut-off is not after the opening, or no minute of a day.
    #[must_use]
    pub fn new(
        calendar: CalendarName,
        opens: u16,
        (urgent_until, normal_until): (u16, u16),
        closed: WhileClosed,
    ) -> Option<Self> {
        let good = |until: u16| opens < until && i64::from(until) <= DAY;
        let sound = good(urgent_until) && good(normal_until);
        sound.then_some(Self { calendar, opens, urgent_until, normal_until, closed })
    }

    /// The minute at which a business day begins.
    #[must_use]
    pub fn opens(&self) -> u16 {
        self.opens
    }

    /// The minute from which on messages of a lane are too late for the day.
    #[must_use]
    pub fn until(&self, lane: Lane) -> u16 {
        if lane == Lane::URGENT { self.urgent_until } else { self.normal_until }
    }

    /// Whether messages of a lane that come while it is closed are held: those of real time are not,
    /// for nobody would answer them in time.
    #[must_use]
    pub fn holds(&self, lane: Lane) -> bool {
        self.closed == WhileClosed::Hold && lane != Lane::REAL_TIME
    }

    /// When the service opens next for messages of a lane; nothing where it is open.
    #[must_use]
    pub fn opens_next(&self, calendar: &Calendar, at: LogTime, lane: Lane) -> Option<LogTime> {
        let (day, minute) = calendar.shows(at);
        let is_business = calendar.is_business_day(day);
        if is_business && (self.opens..self.until(lane)).contains(&minute) {
            return None;
        }
        let day = if is_business && minute < self.opens {
            day
        } else {
            calendar.business_day_from(LocalDay(day.0.saturating_add(1)))
        };
        // A change of the clock may make that a time that has just passed: it is never before now.
        Some(calendar.time_of(day, self.opens).max(LogTime(at.0.saturating_add(1))))
    }

    /// The next cut-off after a time, of whatever lane.
    #[must_use]
    pub fn next_cut_off(&self, calendar: &Calendar, at: LogTime) -> LogTime {
        let mut cut_offs = [self.urgent_until, self.normal_until];
        cut_offs.sort_unstable();
        let mut day = calendar.business_day_from(calendar.shows(at).0);
        loop {
            let times = cut_offs.iter().map(|minute| calendar.time_of(day, *minute));
            if let Some(next) = times.into_iter().find(|time| *time > at) {
                return next;
            }
            if day.0 == u32::MAX {
                return LogTime(u64::MAX);
            }
            day = calendar.business_day_from(LocalDay(day.0 + 1));
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.text(self.calendar.as_str());
        writer.u16(self.opens).u16(self.urgent_until).u16(self.normal_until);
        writer.u8(match self.closed {
            WhileClosed::Refuse => 1,
            WhileClosed::Hold => 2,
        });
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "hours of a service" };
        let calendar = parse(reader.text()?, "name of a calendar")?;
        let (opens, until) = (reader.u16()?, (reader.u16()?, reader.u16()?));
        let closed = match reader.u8()? {
            1 => WhileClosed::Refuse,
            2 => WhileClosed::Hold,
            _ => return Err(BAD),
        };
        Self::new(calendar, opens, until, closed).ok_or(BAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000_000;

    fn day(text: &str) -> LocalDay {
        LocalDay::of(text.parse().unwrap()).unwrap()
    }

    fn at(text: &str) -> LogTime {
        format!("{text}:00.000000Z").parse().unwrap()
    }

    /// Frankfurt: an hour ahead, two in summer; closed on weekends and two holidays.
    fn frankfurt() -> Calendar {
        let clock = [("1970-01-01T00:00", 60), ("2026-03-29T01:00", 120), ("2026-10-25T01:00", 60)];
        let clock = clock.map(|(from, offset)| (at(from), offset));
        let holidays = vec![day("2026-12-25"), day("2026-04-03")];
        Calendar::new("target".parse().unwrap(), 0b110_0000, clock.into(), holidays).unwrap()
    }

    fn hours() -> Hours {
        Hours::new("target".parse().unwrap(), 420, (1080, 1020), WhileClosed::Hold).unwrap()
    }

    #[test]
    fn a_service_opens_by_the_clock_of_its_calendar() {
        let (calendar, hours) = (frankfurt(), hours());
        let next = |time: &str, lane| {
            hours.opens_next(&calendar, at(time), lane).map(|at| at.to_string()[..16].to_owned())
        };
        let cases = [
            // Friday: before the opening, in hours, after each cut-off.
            ("2026-11-27T05:59", Lane::NORMAL, Some("2026-11-27T06:00")),
            ("2026-11-27T06:00", Lane::NORMAL, None),
            ("2026-11-27T15:59", Lane::NORMAL, None),
            ("2026-11-27T16:00", Lane::NORMAL, Some("2026-11-30T06:00")),
            ("2026-11-27T16:59", Lane::URGENT, None),
            ("2026-11-27T17:00", Lane::URGENT, Some("2026-11-30T06:00")),
            // A weekend, a holiday before a weekend, summer time, its beginning over a weekend.
            ("2026-11-28T12:00", Lane::NORMAL, Some("2026-11-30T06:00")),
            ("2026-12-24T20:00", Lane::NORMAL, Some("2026-12-28T06:00")),
            ("2026-07-01T04:30", Lane::NORMAL, Some("2026-07-01T05:00")),
            ("2026-03-27T18:00", Lane::NORMAL, Some("2026-03-30T05:00")),
            ("2026-10-23T18:00", Lane::NORMAL, Some("2026-10-26T06:00")),
        ];
        for (time, lane, expected) in cases {
            assert_eq!(next(time, lane).as_deref(), expected, "{time} {lane}");
        }
    }

    #[test]
    fn cut_offs_come_one_after_the_other() {
        let (calendar, hours) = (frankfurt(), hours());
        let mut time = at("2026-12-24T12:00");
        let mut all = Vec::new();
        for _ in 0..4 {
            time = hours.next_cut_off(&calendar, time);
            all.push(time.to_string()[..16].to_owned());
        }
        let expected =
            ["2026-12-24T16:00", "2026-12-24T17:00", "2026-12-28T16:00", "2026-12-28T17:00"];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_calendar_has_business_days_and_a_clock() {
        let name: CalendarName = "c".parse().unwrap();
        let utc = || vec![(LogTime(0), 0)];
        assert_eq!(Calendar::new(name, 127, utc(), Vec::new()), None);
        assert_eq!(Calendar::new(name, 0, Vec::new(), Vec::new()), None);
        assert_eq!(Calendar::new(name, 0, vec![(LogTime(1), 0)], Vec::new()), None);
        assert_eq!(Calendar::new(name, 0, vec![(LogTime(0), 1440)], Vec::new()), None);
        let twice = vec![(LogTime(0), 0), (LogTime(0), 60)];
        assert_eq!(Calendar::new(name, 0, twice, Vec::new()), None);
        assert!(Calendar::new(name, 0, utc(), Vec::new()).is_some());
        assert_eq!(Hours::new(name, 420, (420, 1020), WhileClosed::Refuse), None);
        assert_eq!(Hours::new(name, 420, (1441, 1020), WhileClosed::Refuse), None);
    }

    #[test]
    fn many_holidays_in_a_row_end() {
        let utc = vec![(LogTime(0), 0)];
        let holidays = (0..1_000).map(|week| LocalDay(4 + 7 * week)).collect();
        // Only Mondays are of business, and a thousand of them are holidays.
        let calendar = Calendar::new("c".parse().unwrap(), 0b111_1110, utc, holidays).unwrap();
        let hours = Hours::new("c".parse().unwrap(), 0, (60, 60), WhileClosed::Hold).unwrap();
        let next = hours.opens_next(&calendar, LogTime(0), Lane::NORMAL).unwrap();
        assert_eq!(next.0, (4 + 7 * 1_000) * 24 * HOUR);
    }

    #[test]
    fn a_calendar_and_hours_come_back() {
        let (calendar, hours) = (frankfurt(), hours());
        let mut writer = Writer::with_capacity(64);
        calendar.write(&mut writer);
        hours.write(&mut writer);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(Calendar::read(&mut reader), Ok(calendar));
        assert_eq!(Hours::read(&mut reader), Ok(hours));
        assert_eq!(reader.finish(), Ok(()));
    }
}
