//! Reports that institutions ask for, as JSON: what of theirs waits, and what a day was.
//!
//! The undelivered report comes from the machine; the daily check report from the journal, on the
//! threads of the archive. `docs/network/reports.md` says what stands in them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use archive::figures::{Counts, Direction, Kind, Traffic, traffic};
use iso::{Institution, Terminal};
use network::{Day, Network, Report, Undelivered, Waiting};
use serde::Serialize;
use session::ask::{Page, Reply, ReportsView, Wanted};
use trust::{Lane, LogTime};

use crate::shared::Shared;

/// Why a text is no place in a report.
type Wrong = Box<dyn std::error::Error>;

/// How many rows of an undelivered report go out at once.
const PAGE: usize = 1_000;
/// Microseconds of a day.
const DAY: u64 = 86_400_000_000;

/// A message that waits.
#[derive(Debug, Serialize)]
struct Row {
    /// Its name: terminal and input number.
    message: String,
    record: u64,
    receiver: String,
    lane: String,
    /// Its number there; absent while it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    output_number: Option<u64>,
    /// How many sessions may have offered it and have ended.
    attempts: usize,
    late: bool,
    /// Whose decision it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_for: Option<String>,
    /// Until when it waits for the opening of its service.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<String>,
}

/// Which reports an institution gets.
pub(crate) fn view(network: &Network, us: Institution) -> Reply {
    Reply::Reports(ReportsView {
        rules: network.report_rules(us).cloned().unwrap_or_default(),
        undelivered_due: network.report_due(us, Report::Undelivered),
        check_due: network.report_due(us, Report::DailyCheck),
    })
}

/// A page of an undelivered report: first what waits in lanes, then what is held.
pub(crate) fn undelivered(network: &Network, us: Institution, after: &str) -> Reply {
    let Ok(after) = read_place(after) else {
        // Nothing lies behind a place that nobody gave out.
        return page(&[(); 0], String::new());
    };
    let rows: Vec<_> = network.undelivered(us, after.as_ref(), PAGE).collect();
    let last = rows.last().filter(|_| rows.len() >= PAGE);
    let next = last.map_or_else(String::new, |row| place(&row.waits));
    let rows: Vec<Row> = rows.iter().map(Row::of).collect();
    page(&rows, next)
}

impl Row {
    fn of(row: &Undelivered) -> Self {
        let Undelivered { about, waits, attempts, late, held_for, held_until } = row;
        Self {
            message: format!("{}-{}", about.sender, about.input_number),
            record: about.sequence,
            receiver: waits.receiver.to_string(),
            lane: waits.lane.to_string(),
            output_number: Some(waits.output_number).filter(|number| *number > 0),
            attempts: *attempts,
            late: *late,
            held_for: held_for.map(|decider| decider.to_string()),
            held_until: held_until.map(|until| until.to_string()),
        }
    }
}

fn page(rows: &impl Serialize, next: String) -> Reply {
    let document = serde_json::to_string(rows).expect("our rows have text keys only");
    Reply::Report(Page { document, next })
}

/// Where a page ends, for whoever asks for the next: `receiver lane output-number record`.
fn place(waits: &Waiting) -> String {
    let Waiting { receiver, lane, output_number, sequence } = waits;
    format!("{receiver} {} {output_number} {sequence}", lane.0)
}

/// Where a page begins: behind a message, or at the beginning.
fn read_place(after: &str) -> Result<Option<Waiting>, Wrong> {
    if after.is_empty() {
        return Ok(None);
    }
    let words: Vec<&str> = after.split(' ').collect();
    let [receiver, lane, number, record] = words.as_slice() else {
        return Err("a place has four words".into());
    };
    Ok(Some(Waiting {
        receiver: receiver.parse()?,
        lane: Lane(lane.parse()?),
        output_number: number.parse()?,
        sequence: record.parse()?,
    }))
}

/// A daily check report.
#[derive(Debug, Serialize)]
struct DailyCheck {
    institution: String,
    /// The day of UTC.
    day: String,
    sessions: Vec<Session>,
    /// The first and last input number of each terminal that was answered.
    inputs: Vec<Numbers>,
    /// The first and last output number of each lane that was taken over.
    outputs: Vec<Numbers>,
    totals: Vec<Total>,
}

/// A session that was open on the day.
#[derive(Debug, Serialize)]
struct Session {
    terminal: String,
    session: u64,
    opened_at: String,
    /// Absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<String>,
}

#[derive(Debug, Serialize)]
struct Numbers {
    of: String,
    first: u64,
    last: u64,
}

/// How many messages of one kind.
#[derive(Debug, Serialize)]
struct Total {
    direction: &'static str,
    service: String,
    message_type: String,
    accepted: u64,
    refused: u64,
    bytes: u64,
}

/// The traffic of the last day that somebody asked for: at the hour of the reports many ask for the
/// same.
#[derive(Debug, Default)]
pub(crate) struct LastDay(Mutex<Option<(Day, Traffic)>>);

impl LastDay {
    /// The daily check report of an institution.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub(crate) fn report(
        &self,
        shared: &Shared,
        us: Institution,
        wanted: &Wanted,
    ) -> Result<Reply, archive::Error> {
        let day = wanted.day;
        let today = Day::of(shared.now());
        let made = if day < today {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.as_ref().is_none_or(|(known, _)| *known != day) {
                *last = Some((day, traffic(shared.records.reader(), (day, day), None)?));
            }
            last.as_ref().map(|(_, traffic)| daily_check(shared, us, day, traffic))
        } else {
            // The day is not over: what was counted now would soon be wrong.
            let traffic = traffic(shared.records.reader(), (day, day), Some(us))?;
            Some(daily_check(shared, us, day, &traffic))
        };
        Ok(page(&made, String::new()))
    }
}

fn daily_check(shared: &Shared, us: Institution, day: Day, traffic: &Traffic) -> DailyCheck {
    let range = |terminal: &Terminal| (day, *terminal);
    let terminals: Vec<Terminal> =
        shared.with_network(|network| network.terminals(us).collect::<Vec<_>>());
    let inputs = terminals.iter().filter_map(|terminal| {
        let (first, last) = *traffic.inputs.get(&range(terminal))?;
        Some(Numbers { of: terminal.to_string(), first, last })
    });
    let outputs = (0..=Lane::OWN_LAST.0).map(Lane).filter_map(|lane| {
        let (first, last) = *traffic.outputs.get(&(day, us, lane))?;
        Some(Numbers { of: lane.to_string(), first, last })
    });
    let mut totals: BTreeMap<(Direction, String, String), Counts> = BTreeMap::new();
    let first = Kind { day, institution: us, direction: Direction::Sent, what: None };
    let ours = traffic.counts.range(first..);
    for (kind, counts) in ours.take_while(|(kind, _)| (kind.day, kind.institution) == (day, us)) {
        let service = kind.what.map(|it| it.service.to_string()).unwrap_or_default();
        let message_type = kind.what.map(|it| it.message_type.to_string()).unwrap_or_default();
        let total = totals.entry((kind.direction, service, message_type)).or_default();
        total.accepted += counts.accepted;
        total.refused += counts.refused;
        total.bytes += counts.bytes;
    }
    let totals = totals.into_iter().map(|((direction, service, message_type), counts)| {
        let Counts { accepted, refused, bytes } = counts;
        let direction = direction.name();
        Total { direction, service, message_type, accepted, refused, bytes }
    });
    DailyCheck {
        institution: us.to_string(),
        day: LogTime(day.0.saturating_mul(DAY)).to_string().chars().take(10).collect(),
        sessions: terminals.iter().flat_map(|it| sessions(shared, *it, day)).collect(),
        inputs: inputs.collect(),
        outputs: outputs.collect(),
        totals: totals.collect(),
    }
}

/// The sessions of a terminal that were open on a day, as far as the machine remembers them.
fn sessions(shared: &Shared, terminal: Terminal, day: Day) -> Vec<Session> {
    let start = LogTime(day.0.saturating_mul(DAY));
    let end = LogTime(day.0.saturating_add(1).saturating_mul(DAY));
    shared.with_network(|network| {
        let past = network.session_history(terminal);
        let past = past.filter(|it| it.opened_at < end && it.closed_at >= start);
        let past = past.map(|it| Session {
            terminal: terminal.to_string(),
            session: it.session.0,
            opened_at: it.opened_at.to_string(),
            closed_at: Some(it.closed_at.to_string()),
        });
        let open = network.session(terminal).into_iter().filter(|it| it.opened_at < end);
        let open = open.map(|it| Session {
            terminal: terminal.to_string(),
            session: it.session.0,
            opened_at: it.opened_at.to_string(),
            closed_at: None,
        });
        past.chain(open).collect()
    })
}
