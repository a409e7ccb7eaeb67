//! `/v1/reports`: which reports the institution gets, those that are kept, and one made now;
//! `/v1/calendars`: when services are open.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Json, Response};
use session::ask::{Calendar, Question, Reply, ReportRules, ReportTimes};

use super::Api;
use super::params::{self, bad};
use super::problem::Refusal;
use super::relationships::done;
use crate::api::{self, Calendars, MadeReport, ReportHours, ReportList};
use crate::link::Unanswered;
use crate::reports::{self, ReportError};

/// `GET /v1/reports`: which reports there are, and which are kept here.
pub(super) async fn list(State(api): State<Arc<Api>>) -> Result<Json<ReportList>, Refusal> {
    let reports = api.reports.names().await?;
    let reply = done(api.asker.ask(Question::Reports).await?)?;
    let Reply::Reports(view) = reply else { return Err(Refusal::Unanswered) };
    let hours = ReportHours {
        hours: view.rules.hours.minutes().iter().map(|minute| clock(*minute)).collect(),
        at_cut_off: view.rules.at_cut_off,
        check_at: view.rules.check_at().map(clock),
    };
    Ok(Json(ReportList { hours, reports }))
}

/// `POST /v1/reports`: which reports the institution gets from now on.
pub(super) async fn set(
    State(api): State<Arc<Api>>,
    body: Bytes,
) -> Result<Json<api::Recorded>, Refusal> {
    let wanted: ReportHours = params::body(&body)?;
    let minutes = wanted.hours.iter().map(|text| minute("hours", text));
    let hours = ReportTimes::new(minutes.collect::<Result<_, _>>()?);
    let hours = hours.ok_or_else(|| bad("hours", "at most 24 times of day", "more"))?;
    let check_at = wanted.check_at.as_deref().map(|text| minute("check_at", text)).transpose()?;
    let rules = ReportRules::new(hours, wanted.at_cut_off, check_at);
    let rules = rules.ok_or_else(|| bad("check_at", "a time of day", "24:00"))?;
    let reply = done(api.asker.ask(Question::SetReports(rules)).await?)?;
    let Reply::Recorded { sequence } = reply else { return Err(Refusal::Unanswered) };
    let position = trust::Position { shard: trust::Shard(0), sequence }.to_string();
    Ok(Json(api::Recorded { position }))
}

/// `POST /v1/reports/undelivered`: the undelivered report as things are now.
pub(super) async fn undelivered(State(api): State<Arc<Api>>) -> Result<Json<MadeReport>, Refusal> {
    let (name, report) = api.reports.undelivered(None).await?;
    Ok(Json(MadeReport { name, report }))
}

/// `POST /v1/reports/daily-check/{day}`: what a day was.
pub(super) async fn daily_check(
    State(api): State<Arc<Api>>,
    Path(day): Path<String>,
) -> Result<Json<MadeReport>, Refusal> {
    let wanted = reports::day(&day).ok_or_else(|| bad("day", "a date such as 2026-11-28", &day))?;
    let (name, report) = api.reports.daily_check(wanted).await?;
    Ok(Json(MadeReport { name, report }))
}

/// `GET /v1/reports/{name}`: a report that is kept here.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let report = api.reports.read(&name).await?;
    let report = report.ok_or(Refusal::NoSuchReport { name })?;
    Ok(([(CONTENT_TYPE, "application/json")], report).into_response())
}

/// `GET /v1/calendars`: the calendars of the network.
pub(super) async fn calendars(State(api): State<Arc<Api>>) -> Result<Json<Calendars>, Refusal> {
    let reply = done(api.asker.ask(Question::Calendars).await?)?;
    let Reply::Calendars(calendars) = reply else { return Err(Refusal::Unanswered) };
    Ok(Json(Calendars { calendars: calendars.iter().map(calendar).collect() }))
}

fn calendar(calendar: &Calendar) -> api::Calendar {
    const WEEK: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let week = WEEK.iter().enumerate();
    let free = week.filter(|(bit, _)| calendar.free_weekdays() & (1 << bit) != 0);
    let clock = calendar.clock().iter().map(|(from, ahead_minutes)| api::ClockChange {
        from: from.to_string(),
        ahead_minutes: *ahead_minutes,
    });
    let holidays = calendar.holidays().iter().filter_map(|day| day.date());
    api::Calendar {
        name: calendar.name.to_string(),
        free: free.map(|(_, name)| (*name).to_owned()).collect(),
        clock: clock.collect(),
        holidays: holidays.map(|date| date.to_string()).collect(),
    }
}

/// A minute of the day as a time of day.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of a time of day.
fn minute(field: &'static str, text: &str) -> Result<u16, Refusal> {
    let wrong = || bad(field, "a time of day of UTC such as 17:30", text);
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let two = |part: &str, below: u16| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|value| digits && *value < below)
    };
    let (hour, minute) = two(hour, 24).zip(two(minute, 60)).ok_or_else(wrong)?;
    Ok(hour * 60 + minute)
}

impl From<ReportError> for Refusal {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Unanswered(Unanswered::NoSession) => Self::NoSession,
            ReportError::Unanswered(Unanswered::Lost) | ReportError::Other => Self::Unanswered,
            ReportError::Rejected { code, text } => Self::NotDone { code, text },
            ReportError::Io(error) => {
                tracing::error!(%error, "reports");
                Self::StoreFailed
            }
        }
    }
}
