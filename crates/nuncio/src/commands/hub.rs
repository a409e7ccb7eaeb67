//! `nuncio hub`: runs a hub, or gives orders to one that runs on this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use gateway::api::{Lane, LaneView};
use hub::control::{Answer, Figures, LaneInUse, Request, Undelivered};
use hub::health::State;

use crate::cli::{Hub, Output, Switch};
use crate::commands::{figures, lanes, running};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Hub, format: Output) -> Result<ExitCode, Failure> {
    let (dir, request) = match command {
        Hub::Health(options) => return health(&options.of.dir, format),
        Hub::Run(options) => {
            let config = ::hub::Config::load(&options.dir).map_err(anyhow::Error::new)?;
            return running::run(|stop| ::hub::run(config, stop));
        }
        Hub::Abort(options) => {
            let (receiver, reason) = (options.receiver.to_string(), options.reason.clone());
            (&options.of.dir, Request::Abort { receiver, record: options.record, reason })
        }
        Hub::StateOutstanding(options) => {
            let (receiver, record) = (options.receiver.to_string(), options.record);
            (&options.of.dir, Request::StateOutstanding { receiver, record })
        }
        Hub::Bypass(options) => {
            let (service, reason) = (options.service.clone(), options.reason.clone());
            let on = options.switch == Switch::On;
            (&options.of.dir, Request::Bypass { service, on, reason })
        }
        Hub::Close(options) => {
            (&options.of.dir, Request::Close { terminal: options.terminal.to_string() })
        }
        Hub::Broadcast(options) => {
            let request = Request::Broadcast {
                text: options.text.clone(),
                service: options.service.clone(),
                work_from: options.work_from.clone(),
                work_until: options.work_until.clone(),
            };
            (&options.of.dir, request)
        }
        Hub::Report(options) => {
            (&options.of.dir, Request::Report { institution: options.institution.to_string() })
        }
        Hub::Lanes(options) => {
            (&options.of.dir, Request::Lanes { institution: options.institution.to_string() })
        }
        Hub::Figures(options) => {
            if let Some(from) = options.from {
                figures::run(options, from)?;
                return Ok(ExitCode::SUCCESS);
            }
            (&options.of.dir, Request::Figures { yesterday: options.yesterday })
        }
    };
    match ask(dir, &request)? {
        Answer::Done => output::line("done"),
        // Only 'nuncio govern propose' asks for one.
        Answer::Proposal { text } => output::raw(text.as_bytes()),
        Answer::Rejected { code, text } => {
            return Err(Failure::said(exit::CONFLICT, format!("{code} {text}")));
        }
        Answer::Malformed { text } => return Err(Failure::said(exit::USAGE, text)),
        Answer::Undelivered { rows } => show_report(&rows, format),
        Answer::Figures { rows } => show_figures(&rows, format),
        Answer::Lanes { rules, lanes: all } => lanes::show(&view(rules, all), format),
        // Only 'nuncio directory import' asks for it.
        Answer::Reloaded { .. } => output::line("done"),
        // Only 'nuncio archive' asks for them.
        Answer::Found { messages, .. } => output::json(&messages),
        // Asked for below.
        Answer::Health(report) => output::json(&report),
    }
    Ok(ExitCode::SUCCESS)
}

/// Says how the hub is.
fn health(dir: &Path, format: Output) -> Result<ExitCode, Failure> {
    let answer = ask(dir, &Request::Health);
    let answer = answer.map_err(|error| Failure::new(exit::NOT_FOUND, error))?;
    let Answer::Health(report) = answer else {
        return Err(Failure::said(exit::FAILURE, "the hub says something else; is it older?"));
    };
    if format == Output::Json {
        output::json(&report);
    } else {
        output::line(report.state.name());
        for reason in &report.reasons {
            output::line(&format!("{} {}", reason.code, reason.text));
        }
    }
    let code = if report.state == State::Ok { 0 } else { exit::FAILURE };
    Ok(ExitCode::from(code))
}

/// Gives one order to the hub of a folder, and waits for its answer.
pub(crate) fn ask(dir: &Path, request: &Request) -> anyhow::Result<Answer> {
    let path = dir.join("hub.control");
    let mut stream = UnixStream::connect(&path)
        .with_context(|| format!("no hub answers at {}; does it run?", path.display()))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).context("the hub does not listen any more")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).context("the hub has not answered")?;
    serde_json::from_str(&answer).context("the hub has not answered; it may have stopped")
}

/// As an institution sees it.
fn view(rules: Vec<String>, lanes: Vec<LaneInUse>) -> LaneView {
    let lane = |it: LaneInUse| Lane {
        lane: it.lane,
        name: it.name,
        acknowledged_through: it.acknowledged_through,
        waiting: it.waiting,
        terminal: it.terminal,
        session: it.session,
        leased_through: it.leased_through,
    };
    LaneView { rules, lanes: lanes.into_iter().map(lane).collect() }
}

fn show_report(rows: &[Undelivered], format: Output) {
    if format == Output::Json {
        return output::json(&rows);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.message.clone(),
                row.record.to_string(),
                row.receiver.clone(),
                row.lane.clone(),
                row.output_number.to_string(),
                row.attempts.to_string(),
                if row.late { "late".to_owned() } else { String::new() },
                row.held_for.clone().unwrap_or_default(),
                row.held_until.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let head = [
        "MESSAGE",
        "RECORD",
        "RECEIVER",
        "LANE",
        "NUMBER",
        "ATTEMPTS",
        "LATE",
        "HELD FOR",
        "HELD UNTIL",
    ];
    output::table(&head, &cells);
}

fn show_figures(rows: &[Figures], format: Output) {
    if format == Output::Json {
        return output::json(&rows);
    }
    output::line(
        "institution,accepted,refused,received,declined,warned,withdrawn,returned,copied,stopped,\
         bypassed",
    );
    for row in rows {
        output::line(&format!(
            "{},{},{},{},{},{},{},{},{},{},{}",
            row.institution,
            row.accepted,
            row.refused,
            row.received,
            row.declined,
            row.warned,
            row.withdrawn,
            row.returned,
            row.copied,
            row.stopped,
            row.bypassed
        ));
    }
}
