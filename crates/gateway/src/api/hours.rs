//! The documents about calendars, hours and reports.

use serde::{Deserialize, Serialize};

/// Which reports an institution gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportHours {
    /// The hours of its undelivered report, times of day of UTC such as `08:00`; at most 24.
    #[serde(default)]
    pub hours: Vec<String>,
    /// Whether it gets it at each cut-off of a service that it may use, too.
    #[serde(default)]
    pub at_cut_off: bool,
    /// The hour of its daily check report, which is about the day before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_at: Option<String>,
}

/// `GET /v1/reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportList {
    /// Which reports the institution gets.
    #[serde(flatten)]
    pub hours: ReportHours,
    /// The names of those that are kept here.
    pub reports: Vec<String>,
}

/// A report that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeReport {
    /// Its name: `GET /v1/reports/{name}`.
    pub name: String,
    /// The report.
    pub report: serde_json::Value,
}

/// `GET /v1/calendars`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendars {
    /// By name.
    pub calendars: Vec<Calendar>,
}

/// Which days are none of business, and what the clock shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// Weekdays without business.
    pub free: Vec<String>,
    /// The clock: each holds from its time until the next one.
    pub clock: Vec<ClockChange>,
    /// Days without business.
    pub holidays: Vec<String>,
}

/// What the clock of a calendar shows from a time on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockChange {
    /// From when on.
    pub from: String,
    /// How many minutes it is ahead of UTC.
    pub ahead_minutes: i16,
}

/// When a service takes messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// By the clock of which calendar.
    pub calendar: String,
    /// When a business day begins.
    pub opens: String,
    /// From when on urgent messages are too late for the day.
    pub urgent_until: String,
    /// From when on normal messages are.
    pub normal_until: String,
    /// `refused` or `held`: what becomes of a message that comes while it is closed.
    pub closed: String,
}
