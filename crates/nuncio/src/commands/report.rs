//! `nuncio report`: which reports an institution gets, and one made now.

use std::process::ExitCode;
use std::time::Duration;

use gateway::api::{MadeReport, Recorded, ReportHours, ReportList};
use serde_json::Value;

use crate::cli::{At, Output, Report};
use crate::client::{Client, Post, escaped};
use crate::exit::Failure;
use crate::output;

pub(crate) fn run(command: &Report, format: Output) -> Result<ExitCode, Failure> {
    match command {
        Report::Hours(options) => hours(options, format),
        Report::Undelivered(options) => {
            let made = make(&options.at, "/v1/reports/undelivered")?;
            if format == Output::Json {
                output::json(&made.report);
            } else {
                show_undelivered(&made.report);
            }
            Ok(ExitCode::SUCCESS)
        }
        Report::DailyCheck(options) => {
            let path = format!("/v1/reports/daily-check/{}", options.day);
            let made = make(&options.at, &path)?;
            if format == Output::Json {
                output::json(&made.report);
            } else {
                show_daily_check(&made.report);
            }
            Ok(ExitCode::SUCCESS)
        }
        Report::List(options) => {
            let list = list(&options.at)?;
            if format == Output::Json {
                output::json(&list.reports);
            } else {
                list.reports.iter().for_each(|name| output::line(name));
            }
            Ok(ExitCode::SUCCESS)
        }
        Report::Show(options) => {
            let path = format!("/v1/reports/{}", escaped(&options.name));
            let client = Client::new(&options.at)?;
            output::raw(&client.bytes(&path, "application/json", Duration::ZERO)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(at: &At) -> Result<ReportList, Failure> {
    Client::new(at)?.get("/v1/reports", Duration::ZERO)
}

fn make(at: &At, path: &str) -> Result<MadeReport, Failure> {
    Client::new(at)?.post(&Post { path, headers: &[], body: b"" })
}

fn hours(options: &crate::cli::ReportHours, format: Output) -> Result<ExitCode, Failure> {
    let sets = options.none
        || options.at_cut_off
        || options.check.is_some()
        || !options.at_hours.is_empty();
    if sets {
        let wanted = ReportHours {
            hours: options.at_hours.clone(),
            at_cut_off: options.at_cut_off,
            check_at: options.check.clone(),
        };
        let body = serde_json::to_vec(&wanted).map_err(anyhow::Error::new)?;
        let headers = [("content-type", "application/json")];
        let post = Post { path: "/v1/reports", headers: &headers, body: &body };
        let recorded: Recorded = Client::new(&options.at)?.post(&post)?;
        output::line(&format!("done: it stands in record {}", recorded.position));
        return Ok(ExitCode::SUCCESS);
    }
    let list = list(&options.at)?;
    if format == Output::Json {
        output::json(&list.hours);
        return Ok(ExitCode::SUCCESS);
    }
    let ReportHours { hours, at_cut_off, check_at } = list.hours;
    let mut when = hours;
    if at_cut_off {
        when.push("at each cut-off".to_owned());
    }
    let never = || "never".to_owned();
    let when = if when.is_empty() { never() } else { when.join(", ") };
    output::line(&format!("undelivered  {when}"));
    output::line(&format!("daily check  {}", check_at.unwrap_or_else(never)));
    Ok(ExitCode::SUCCESS)
}

/// A field of a report as a text.
fn text(row: &Value, field: &str) -> String {
    match row.get(field) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn table(report: &Value, list: &str, head: &[(&str, &str)]) {
    let rows = report.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| head.iter().map(|(_, field)| text(row, field)).collect()).collect();
    let head: Vec<&str> = head.iter().map(|(title, _)| *title).collect();
    output::table(&head, &cells);
}

fn show_undelivered(report: &Value) {
    table(
        report,
        "messages",
        &[
            ("MESSAGE", "message"),
            ("RECEIVER", "receiver"),
            ("LANE", "lane"),
            ("NUMBER", "output_number"),
            ("ATTEMPTS", "attempts"),
            ("LATE", "late"),
            ("HELD FOR", "held_for"),
            ("HELD UNTIL", "held_until"),
        ],
    );
}

fn show_daily_check(report: &Value) {
    output::line(&format!("{} on {}", text(report, "institution"), text(report, "day")));
    let sessions = [
        ("TERMINAL", "terminal"),
        ("SESSION", "session"),
        ("OPENED", "opened_at"),
        ("CLOSED", "closed_at"),
    ];
    table(report, "sessions", &sessions);
    table(report, "inputs", &[("INPUT OF", "of"), ("FIRST", "first"), ("LAST", "last")]);
    table(report, "outputs", &[("OUTPUT OF", "of"), ("FIRST", "first"), ("LAST", "last")]);
    let totals = [
        ("DIRECTION", "direction"),
        ("SERVICE", "service"),
        ("TYPE", "message_type"),
        ("ACCEPTED", "accepted"),
        ("REFUSED", "refused"),
        ("BYTES", "bytes"),
    ];
    table(report, "totals", &totals);
}
