//! A `[[calendar]]` of `directory.toml`, and the `hours` of a service;
//! `docs/network/calendars.md` says what they mean.

use network::{Calendar, Command, Hours, LocalDay, Network, WhileClosed};
use serde::{Deserialize, Serialize};
use toml::Value;
use trust::{Lane, LogTime};

use super::Wrong;

/// The names of weekdays, in the order of a calendar's bits.
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A calendar as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// What services call it.
    name: String,
    /// Weekdays without business; absent: Saturday and Sunday.
    free: Option<Vec<String>>,
    /// How many minutes its clock is ahead of UTC, until `clock` says another number.
    #[serde(default)]
    ahead_minutes: i16,
    /// From when on the clock is ahead by another number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    clock: Vec<Change>,
    /// Days without business, such as `2026-12-25`.
    #[serde(default)]
    holidays: Vec<String>,
}

/// A change of a clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// From when on, in UTC, such as `2026-03-29T01:00:00.000000Z`.
    from: String,
    /// How many minutes the clock is ahead of UTC then.
    ahead_minutes: i16,
}

impl Written {
    /// All calendars of a network as they would be written.
    pub(super) fn all(network: &Network) -> impl Iterator<Item = Self> {
        network.calendars().map(Self::of)
    }

    fn of(calendar: &Calendar) -> Self {
        let free = WEEKDAYS.iter().enumerate();
        let free = free.filter(|(bit, _)| calendar.free_weekdays() & (1 << bit) != 0);
        let mut clock = calendar.clock().iter().map(|(from, ahead_minutes)| Change {
            from: from.to_string(),
            ahead_minutes: *ahead_minutes,
        });
        let first = clock.next().map_or(0, |change| change.ahead_minutes);
        let holidays = calendar.holidays().iter().filter_map(|day| day.date());
        Self {
            name: calendar.name.to_string(),
            free: Some(free.map(|(_, name)| (*name).to_owned()).collect()),
            ahead_minutes: first,
            clock: clock.collect(),
            holidays: holidays.map(|date| date.to_string()).collect(),
        }
    }

    /// What must be asked of the network so that the calendar becomes what is written.
    pub(super) fn orders(&self, network: &Network) -> Result<Vec<Command>, Wrong> {
        let calendar = self.calendar()?;
        if network.calendar(calendar.name) == Some(&calendar) {
            return Ok(Vec::new());
        }
        Ok(vec![Command::DefineCalendar(Box::new(calendar))])
    }

    fn calendar(&self) -> Result<Calendar, Wrong> {
        let weekend = ["saturday".to_owned(), "sunday".to_owned()];
        let mut free = 0;
        for name in self.free.as_deref().unwrap_or(&weekend) {
            let bit = WEEKDAYS.iter().position(|day| day == name);
            free |= 1 << bit.ok_or_else(|| format!("{name:?} is no weekday, such as monday"))?;
        }
        let mut clock = vec![(LogTime(0), self.ahead_minutes)];
        for change in &self.clock {
            clock.push((change.from.parse()?, change.ahead_minutes));
        }
        let day = |text: &String| {
            let date: iso::Date = text.parse().map_err(|error| format!("{text:?}: {error}"))?;
            LocalDay::of(date).ok_or_else(|| format!("{text:?} is before 1970"))
        };
        let holidays = self.holidays.iter().map(day).collect::<Result<_, String>>()?;
        let calendar = Calendar::new(self.name.parse()?, free, clock, holidays);
        Ok(calendar.ok_or(
            "a calendar has a weekday with business, offsets within a day, changes of the clock at \
             different times, at most 99 of them, and at most 1,000 holidays",
        )?)
    }

    /// A `[[calendar]]` of `directory.toml`.
    pub(super) fn to_toml(&self) -> String {
        let Ok(Value::Table(mut fields)) = Value::try_from(self) else {
            unreachable!("a calendar is a table of texts and numbers");
        };
        let mut text = "[[calendar]]\n".to_owned();
        let name = fields.remove("name").map(|value| ("name".to_owned(), value));
        for (key, value) in name.into_iter().chain(fields) {
            text.push_str(&format!("{key} = {value}\n"));
        }
        text
    }
}

/// The hours of a service as they are written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenHours {
    /// By which calendar.
    calendar: String,
    /// When a business day begins, such as `07:00`.
    opens: String,
    /// From when on urgent messages are too late.
    urgent_until: String,
    /// From when on normal messages are.
    normal_until: String,
    /// `refuse` or `hold`.
    closed: String,
}

impl WrittenHours {
    pub(super) fn of(hours: &Hours) -> Self {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self {
            calendar: hours.calendar.to_string(),
            opens: clock(hours.opens()),
            urgent_until: clock(hours.until(Lane::URGENT)),
            normal_until: clock(hours.until(Lane::NORMAL)),
            closed: match hours.closed {
                WhileClosed::Refuse => "refuse".to_owned(),
                WhileClosed::Hold => "hold".to_owned(),
            },
        }
    }

    pub(super) fn hours(&self) -> Result<Hours, Wrong> {
        let closed = match self.closed.as_str() {
            "refuse" => WhileClosed::Refuse,
            "hold" => WhileClosed::Hold,
            other => return Err(format!("closed is refuse or hold, not {other}").into()),
        };
        let until = (minute(&self.urgent_until)?, minute(&self.normal_until)?);
        let hours = Hours::new(self.calendar.parse()?, minute(&self.opens)?, until, closed);
        Ok(hours.ok_or("hours end after they begin, at 24:00 at the latest")?)
    }
}

/// The minute of a time of day, `00:00` to `24:00`.
fn minute(text: &str) -> Result<u16, Wrong> {
    let wrong = || format!("{text:?} is no time of day, such as 17:30");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| digits)
    };
    let (hour, minute) = two(hour).zip(two(minute)).ok_or_else(wrong)?;
    let time = hour * 60 + minute;
    if minute < 60 && time <= 1440 { Ok(time) } else { Err(wrong().into()) }
}
