//! `nuncio bench --growth`: what a message costs as more and more are stored.
//!
//! One run, from an empty journal to as many messages as are asked for. At certain numbers it looks
//! at the processes, so that each row says what the messages since the row before cost. In the end
//! the hub is started anew, for its start must not grow either.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::report::Costs;
use crate::exit::Failure;
use crate::output;

/// Where the first row begins: what comes before warms up.
const FIRST: u64 = 10_000;
/// The least number of messages between two rows.
const STEP_MIN: u64 = 90_000;
/// The greatest number of rows, roughly.
const ROWS: u64 = 20;

/// What was seen when so many messages were stored.
#[derive(Clone, Copy, Debug)]
struct Look {
    messages: u64,
    at: Instant,
    costs: Costs,
}

/// What the messages between two looks cost.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(super) struct Row {
    /// How many messages were stored in the end.
    pub(super) messages: u64,
    /// Processor time of the hub for one message, in microseconds.
    pub(super) hub_us: f64,
    /// The same of the clients.
    pub(super) clients_us: f64,
    /// Messages a second.
    pub(super) rate: f64,
    /// The memory that the hub holds in the end, in bytes.
    pub(super) hub_bytes: u64,
}

/// Looks at the processes as messages come in.
#[derive(Debug)]
pub(super) struct Growth {
    hub: Option<u32>,
    step: u64,
    looks: Vec<Look>,
    failed: Option<Failure>,
}

impl Growth {
    /// Nothing is stored yet.
    pub(super) fn new(hub: Option<u32>, messages: u64) -> Self {
        let step = (messages / ROWS).max(STEP_MIN);
        Self { hub, step, looks: Vec::new(), failed: None }
    }

    /// So many messages are delivered.
    pub(super) fn look(&mut self, messages: u64) {
        let due = self.looks.last().map_or(FIRST, |last| last.messages + self.step);
        if messages < due {
            return;
        }
        match Costs::look(self.hub) {
            Ok(costs) => self.looks.push(Look { messages, at: now(), costs }),
            Err(failure) => self.failed = Some(failure),
        }
    }

    /// What was found.
    pub(super) fn rows(self) -> Result<Vec<Row>, Failure> {
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let pairs = self.looks.windows(2);
        Ok(pairs.filter_map(|pair| Some(Row::between(pair.first()?, pair.last()?))).collect())
    }
}

impl Row {
    fn between(before: &Look, after: &Look) -> Self {
        let messages = count(after.messages - before.messages);
        let spent = after.costs.since(&before.costs);
        let each = |time: Duration| time.as_secs_f64() * 1e6 / messages;
        Self {
            messages: after.messages,
            hub_us: each(spent.hub.unwrap_or_default()),
            clients_us: each(spent.clients),
            rate: messages / (after.at - before.at).as_secs_f64(),
            hub_bytes: spent.hub_resident,
        }
    }
}

/// Shows all rows, and how long the hub took to start anew.
pub(super) fn table(rows: &[Row], restart: Duration) {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.messages.to_string(),
                format!("{:.1}", row.hub_us),
                format!("{:.1}", row.clients_us),
                format!("{:.0}", row.rate),
                (row.hub_bytes >> 20).to_string(),
            ]
        })
        .collect();
    output::line("");
    let heads = ["messages stored", "hub us", "clients us", "messages/s", "hub MB"];
    output::table(&heads, &cells);
    output::line(&format!("the hub starts anew in {:.2} s", restart.as_secs_f64()));
}

/// Writes the rows beside each other: for programs, and as a picture.
pub(super) fn write(stem: &Path, rows: &[Row]) -> Result<(), Failure> {
    let mut csv = String::from("messages,hub_us,clients_us,messages_per_second,hub_bytes\n");
    for Row { messages, hub_us, clients_us, rate, hub_bytes } in rows {
        let _ = writeln!(csv, "{messages},{hub_us:.2},{clients_us:.2},{rate:.0},{hub_bytes}");
    }
    for (ending, text) in [("csv", csv), ("svg", picture(rows))] {
        let path = stem.with_extension(ending);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The place of the plot in the picture, in its units.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 320.0;

/// Cost of the hub for one message, and its memory, over the number of messages.
fn picture(rows: &[Row]) -> String {
    let most = rows.last().map_or(1.0, |row| count(row.messages));
    let cost_max = rows.iter().map(|row| row.hub_us).fold(1.0, f64::max) * 1.25;
    let memory = |row: &Row| count(row.hub_bytes) / 1_048_576.0;
    let memory_max = rows.iter().map(memory).fold(1.0, f64::max) * 1.25;
    let across = |row: &Row| LEFT + (RIGHT - LEFT) * count(row.messages) / most;
    let up = |value: f64, max: f64| BOTTOM - (BOTTOM - TOP) * value / max;
    let line = |height: &dyn Fn(&Row) -> f64| {
        let point = |row: &Row| format!("{:.1},{:.1}", across(row), height(row));
        rows.iter().map(point).collect::<Vec<_>>().join(" ")
    };
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 380\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"760\" height=\"380\" \
         fill=\"#fff\"/>\n<text x=\"60\" y=\"22\" font-size=\"14\">Processor time of the hub for one \
         message, and its memory, over the messages stored</text>\n",
    );
    for part in 0..=4_u32 {
        let part = f64::from(part) / 4.0;
        let y = BOTTOM - (BOTTOM - TOP) * part;
        let x = LEFT + (RIGHT - LEFT) * part;
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.1}H{RIGHT}\" stroke=\"#ddd\"/>\
             <text x=\"52\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#1b5e9e\">{:.1}</text>\
             <text x=\"708\" y=\"{:.1}\" fill=\"#a33\">{:.0}</text>\
             <text x=\"{x:.1}\" y=\"340\" text-anchor=\"middle\">{:.2} M</text>",
            y + 4.0,
            cost_max * part,
            y + 4.0,
            memory_max * part,
            most * part / 1e6,
        );
    }
    let costs = line(&|row| up(row.hub_us, cost_max));
    let memories = line(&|row| up(memory(row), memory_max));
    let _ = writeln!(
        svg,
        "<polyline points=\"{costs}\" fill=\"none\" stroke=\"#1b5e9e\" stroke-width=\"2\"/>\n\
         <polyline points=\"{memories}\" fill=\"none\" stroke=\"#a33\" stroke-width=\"2\" \
         stroke-dasharray=\"5 4\"/>\n\
         <text x=\"60\" y=\"366\" fill=\"#1b5e9e\">microseconds a message</text>\n\
         <text x=\"250\" y=\"366\" fill=\"#a33\">megabytes (dashed)</text>\n</svg>"
    );
    svg
}

#[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
fn count(number: u64) -> f64 {
    number.max(1) as f64
}

#[expect(clippy::disallowed_methods, reason = "a rate is measured")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_for_programs_and_as_a_picture() {
        let row = |messages, hub_us| Row {
            messages,
            hub_us,
            clients_us: 9.0,
            rate: 50_000.0,
            hub_bytes: 100 << 20,
        };
        let folder = tempfile::tempdir().unwrap();
        let stem = folder.path().join("growth");
        write(&stem, &[row(100_000, 12.0), row(200_000, 12.5)]).unwrap();
        let csv = fs::read_to_string(stem.with_extension("csv")).unwrap();
        assert_eq!(csv.lines().nth(1), Some("100000,12.00,9.00,50000,104857600"));
        let svg = fs::read_to_string(stem.with_extension("svg")).unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"), "{svg}");
    }
}
