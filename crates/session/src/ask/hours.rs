//! Questions about calendars, hours and reports, and their answers.

use network::{
    Calendar, CalendarName, Day, Hours, LocalDay, Report, ReportRules, ReportTimes, WhileClosed,
};
use trust::{Lane, LogTime};
use wire::latest;

use crate::Ending;

/// A report that an institution wants now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which report.
    pub report: Report,
    /// The rows behind this place, as [`Page::next`] named it; empty: from the first on.
    pub after: String,
    /// The day of a daily check report.
    pub day: Day,
}

/// Some rows of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// A JSON document.
    pub document: String,
    /// Where the next page begins; empty where this is the last.
    pub next: String,
}

/// Which reports an institution gets, and when they were due last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportsView {
    /// Which reports.
    pub rules: ReportRules,
    /// When the undelivered report was due last.
    pub undelivered_due: Option<LogTime>,
    /// When the daily check report was.
    pub check_due: Option<LogTime>,
}

impl Wanted {
    pub(super) fn read(frame: latest::GetReport) -> Result<Self, Ending> {
        let report = match frame.kind {
            1 => Report::Undelivered,
            2 => Report::DailyCheck,
            _ => return Err(Ending::Malformed { field: "kind of report" }),
        };
        if frame.after.len() > AFTER_BYTES_MAX {
            return Err(Ending::Malformed { field: "place in a report" });
        }
        Ok(Self { report, after: frame.after, day: Day(frame.day) })
    }

    pub(super) fn write(&self) -> latest::GetReport {
        let kind = match self.report {
            Report::Undelivered => 1,
            Report::DailyCheck => 2,
        };
        latest::GetReport { kind, after: self.after.clone(), day: self.day.0 }
    }
}

/// How many bytes the place of a page may have.
const AFTER_BYTES_MAX: usize = 64;

/// The rules of a frame.
pub(super) fn rules(hours: &[u32], at_cut_off: bool, check_at: u32) -> Result<ReportRules, Ending> {
    const BAD: Ending = Ending::Malformed { field: "hours of reports" };
    let minutes = hours.iter().map(|it| u16::try_from(*it).map_err(|_| BAD));
    let times = ReportTimes::new(minutes.collect::<Result<_, _>>()?).ok_or(BAD)?;
    let check_at = check_at.checked_sub(1).map(u16::try_from).transpose().map_err(|_| BAD)?;
    ReportRules::new(times, at_cut_off, check_at).ok_or(BAD)
}

pub(super) fn written_hours(rules: &ReportRules) -> Vec<u32> {
    rules.hours.minutes().iter().map(|minute| u32::from(*minute)).collect()
}

pub(super) fn written_check(rules: &ReportRules) -> u32 {
    rules.check_at().map_or(0, |minute| u32::from(minute) + 1)
}

impl ReportsView {
    pub(super) fn read(frame: &latest::Reports) -> Result<Self, Ending> {
        let time = |at: u64| Some(LogTime(at)).filter(|at| at.0 != 0);
        Ok(Self {
            rules: rules(&frame.hours, frame.at_cut_off, frame.check_at)?,
            undelivered_due: time(frame.undelivered_due),
            check_due: time(frame.check_due),
        })
    }

    pub(super) fn write(&self) -> latest::Reports {
        let time = |at: Option<LogTime>| at.map_or(0, |at| at.0);
        latest::Reports {
            hours: written_hours(&self.rules),
            at_cut_off: self.rules.at_cut_off,
            check_at: written_check(&self.rules),
            undelivered_due: time(self.undelivered_due),
            check_due: time(self.check_due),
        }
    }
}

pub(super) fn read_calendar(frame: &latest::Calendar) -> Result<Calendar, Ending> {
    const BAD: Ending = Ending::Malformed { field: "calendar" };
    let free = u8::try_from(frame.free_weekdays).map_err(|_| BAD)?;
    let clock = frame.clock.iter().map(|change| {
        let minutes = i16::try_from(change.ahead_minutes).map_err(|_| BAD)?;
        Ok((LogTime(change.from), minutes))
    });
    let clock = clock.collect::<Result<Vec<_>, Ending>>()?;
    let holidays = frame.holidays.iter().map(|day| LocalDay(*day)).collect();
    Calendar::new(name(&frame.name)?, free, clock, holidays).ok_or(BAD)
}

pub(super) fn write_calendar(calendar: &Calendar) -> latest::Calendar {
    let change = |(from, minutes): &(LogTime, i16)| latest::ClockChange {
        from: from.0,
        ahead_minutes: i32::from(*minutes),
    };
    latest::Calendar {
        name: calendar.name.to_string(),
        free_weekdays: calendar.free_weekdays().into(),
        clock: calendar.clock().iter().map(change).collect(),
        holidays: calendar.holidays().iter().map(|day| day.0).collect(),
    }
}

fn name(text: &str) -> Result<CalendarName, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "name of a calendar" })
}

pub(super) fn read_hours(frame: &latest::Hours) -> Result<Hours, Ending> {
    const BAD: Ending = Ending::Malformed { field: "hours of a service" };
    let minute = |minute: u32| u16::try_from(minute).map_err(|_| BAD);
    let closed = if frame.holds { WhileClosed::Hold } else { WhileClosed::Refuse };
    let until = (minute(frame.urgent_until)?, minute(frame.normal_until)?);
    Hours::new(name(&frame.calendar)?, minute(frame.opens)?, until, closed).ok_or(BAD)
}

pub(super) fn write_hours(hours: &Hours) -> latest::Hours {
    latest::Hours {
        calendar: hours.calendar.to_string(),
        opens: hours.opens().into(),
        urgent_until: hours.until(Lane::URGENT).into(),
        normal_until: hours.until(Lane::NORMAL).into(),
        holds: hours.closed == WhileClosed::Hold,
    }
}
