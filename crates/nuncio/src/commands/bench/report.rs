//! What a run found, for people and for programs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use load::{Latency, Report};
use serde_json::{Value, json};

use super::floors::Floors;
use super::machine::Usage;
use crate::cli::Output;
use crate::exit::Failure;
use crate::output;

/// What the processes have used.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Costs {
    /// Of the hub, if it runs on this machine as a process of ours.
    hub: Option<Usage>,
    clients: Usage,
}

/// What was used between two looks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    pub(super) hub: Option<Duration>,
    pub(super) clients: Duration,
    pub(super) hub_resident: u64,
    hub_peak: u64,
}

impl Costs {
    pub(super) fn look(hub: Option<u32>) -> Result<Self, Failure> {
        let hub = hub.map(|id| Usage::of(Some(id))).transpose()?;
        Ok(Self { hub, clients: Usage::of(None)? })
    }

    pub(super) fn since(&self, earlier: &Self) -> Spent {
        let hub = self.hub.zip(earlier.hub);
        Spent {
            hub: hub.map(|(now, before)| now.cpu_since(&before)),
            clients: self.clients.cpu_since(&earlier.clients),
            hub_resident: self.hub.map_or(0, |hub| hub.resident),
            hub_peak: self.hub.map_or(0, |hub| hub.peak),
        }
    }
}

/// What a run found.
#[derive(Debug)]
pub(super) struct Figures {
    clients: usize,
    senders: usize,
    opened_in: Duration,
    opening: Spent,
    idle: Option<(Duration, Spent)>,
    run: Option<(Report, Spent)>,
}

impl Figures {
    pub(super) fn new(clients: usize, senders: usize, opened_in: Duration, opening: Spent) -> Self {
        Self { clients, senders, opened_in, opening, idle: None, run: None }
    }

    pub(super) fn idle(&mut self, time: Duration, spent: &Spent) {
        self.idle = Some((time, *spent));
    }

    pub(super) fn ran(&mut self, report: Report, spent: &Spent) {
        self.run = Some((report, *spent));
    }

    /// How many messages the hub has accepted, warm-up included.
    pub(super) fn accepted(&self) -> u64 {
        self.run.as_ref().map_or(0, |(report, _)| report.accepted)
    }

    /// Whether all that was acknowledged was delivered once.
    pub(super) fn is_whole(&self) -> bool {
        self.run.as_ref().is_none_or(|(report, _)| report.is_whole())
    }
}

/// Where the hub's time went, as it wrote it down when it stopped, and what is left of the whole.
pub(super) fn steps(hub: &Path, whole: &Costs, messages: u64) -> Result<Vec<Step>, Failure> {
    let path = hub.join("steps.json");
    let text = fs::read_to_string(&path);
    let text = text.with_context(|| format!("the hub wrote no {}", path.display()))?;
    let mut steps: Vec<Step> = serde_json::from_str(&text).context("steps.json is malformed")?;
    let known: u64 = steps.iter().map(|step| step.cpu).sum();
    let whole = whole.hub.map_or(0, |hub| micros(hub.cpu) * 1_000);
    let step = "the rest: TLS, HTTP/2, frames, runtime".to_owned();
    steps.push(Step { step, cpu: whole.saturating_sub(known), messages });
    Ok(steps)
}

/// A step of a message's way through the hub.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Step {
    /// Its name, as in ARCHITECTURE.md.
    step: String,
    /// Processor time in nanoseconds, of all messages.
    cpu: u64,
    /// How many messages went through it.
    messages: u64,
}

pub(super) fn print(
    figures: &Figures,
    floors: Option<&Floors>,
    steps: Option<&Vec<Step>>,
    output: Output,
) {
    match output {
        Output::Json => output::json(&document(figures, floors, steps)),
        Output::Table => table(figures, floors, steps),
    }
}

fn table(figures: &Figures, floors: Option<&Floors>, steps: Option<&Vec<Step>>) {
    let say = |name: &str, words: String| output::line(&format!("{name:<16}{words}"));
    let Figures { clients, senders, opened_in, opening, .. } = figures;
    say(
        "sessions",
        format!(
            "{clients} opened in {:.2} s ({:.2} ms of hub CPU each), {senders} send",
            opened_in.as_secs_f64(),
            per(opening.hub, *clients as u64) / 1e3
        ),
    );
    if let Some((time, spent)) = &figures.idle {
        let part = 100.0 * spent.hub.unwrap_or_default().as_secs_f64() / time.as_secs_f64();
        say("idle", format!("{part:.2} % of one core for the hub over {} s", time.as_secs()));
        say("hub memory", megabytes(spent));
    }
    if let Some((report, spent)) = &figures.run {
        let seconds = report.measured.as_secs_f64();
        say("accepted", format!("{:.0} messages/s", rate(report.answered, seconds)));
        say("delivered", format!("{:.0} messages/s", rate(report.delivered, seconds)));
        say("acknowledgement", latency(&report.acknowledgement));
        say("delivery", latency(&report.delivery));
        say(
            "CPU a message",
            format!(
                "hub {:.1} us, clients {:.1} us",
                per(spent.hub, report.delivered),
                per(Some(spent.clients), report.delivered)
            ),
        );
        say("hub memory", megabytes(spent));
        say(
            "frames",
            format!(
                "{} signed, {:.0} messages each",
                report.frames,
                rate(report.made, count(report.frames))
            ),
        );
        say(
            "whole run",
            format!(
                "{} made, {} accepted, {} refused, {} delivered once, {} wrong, {} noticed",
                report.made,
                report.accepted,
                report.refused,
                report.delivered_once,
                report.wrong,
                report.noticed
            ),
        );
        say(
            "receipts",
            format!("{} checked offline, {} good", report.receipts, report.receipts_good),
        );
        if let Some(floors) = floors {
            floor_table(floors, per(spent.hub, report.delivered));
        }
    }
    if let Some(steps) = steps {
        let rows: Vec<Vec<String>> = steps
            .iter()
            .map(|it| {
                let each = per(Some(Duration::from_nanos(it.cpu)), it.messages);
                vec![it.step.clone(), format!("{each:.2}"), it.messages.to_string()]
            })
            .collect();
        output::line("");
        output::table(&["step in the hub", "us a message", "messages"], &rows);
    }
    output::line(if figures.is_whole() { "all of it holds" } else { "NOT all of it holds" });
}

fn floor_table(floors: &Floors, hub: f64) {
    let row = |name: &str, cost: f64| vec![name.to_owned(), format!("{cost:.2}")];
    let rows = [
        row("TLS, receiving", floors.tls_receive),
        row("SHA-256", floors.hash),
        row("signature, its part of 256", floors.signature_of_frame),
        row("check (schema and rules)", floors.check),
        row("append and fdatasync, its part of 256", floors.append),
        row("TLS, sending", floors.tls_send),
        row("sum: the floor of a hub", floors.hub()),
        row("this hub", hub),
    ];
    output::line("");
    output::table(&["floor of this machine", "us of CPU a message"], &rows);
    output::line(&format!(
        "the hub takes {:.2} times its floor; a signature of its own costs {:.0} us; \
         256 messages are durable in {:.1} ms",
        hub / floors.hub(),
        floors.signature,
        floors.append_passes * 256.0 / 1e3
    ));
}

fn document(figures: &Figures, floors: Option<&Floors>, steps: Option<&Vec<Step>>) -> Value {
    let spent = |spent: &Spent| {
        json!({
            "hub_cpu_us": spent.hub.map(micros),
            "clients_cpu_us": micros(spent.clients),
            "hub_resident_bytes": spent.hub_resident,
            "hub_peak_bytes": spent.hub_peak,
        })
    };
    let quantiles = |it: &Latency| {
        let at = |part| micros(it.quantile(part));
        json!({ "p50_us": at(0.5), "p90_us": at(0.9), "p99_us": at(0.99), "p999_us": at(0.999),
                "max_us": micros(it.max()), "messages": it.count() })
    };
    let run = figures.run.as_ref().map(|(report, costs)| {
        let seconds = report.measured.as_secs_f64();
        json!({
            "seconds": seconds,
            "accepted_per_second": rate(report.answered, seconds),
            "delivered_per_second": rate(report.delivered, seconds),
            "acknowledgement": quantiles(&report.acknowledgement),
            "delivery": quantiles(&report.delivery),
            "hub_cpu_us_per_message": per(costs.hub, report.delivered),
            "clients_cpu_us_per_message": per(Some(costs.clients), report.delivered),
            "costs": spent(costs),
            "made": report.made, "accepted": report.accepted, "refused": report.refused,
            "delivered_once": report.delivered_once, "wrong": report.wrong,
            "noticed": report.noticed, "frames": report.frames,
            "receipts": report.receipts, "receipts_good": report.receipts_good,
        })
    });
    let idle = figures
        .idle
        .as_ref()
        .map(|(time, costs)| json!({ "seconds": time.as_secs_f64(), "costs": spent(costs) }));
    let steps = steps.map(|steps| {
        let step =
            |it: &Step| json!({ "step": it.step, "cpu_ns": it.cpu, "messages": it.messages });
        steps.iter().map(step).collect::<Vec<_>>()
    });
    json!({
        "machine": super::machine::shape(),
        "sessions": figures.clients, "senders": figures.senders,
        "opened_in_seconds": figures.opened_in.as_secs_f64(), "opening": spent(&figures.opening),
        "idle": idle, "run": run, "floors_us": floors, "steps": steps, "ok": figures.is_whole(),
    })
}

fn latency(latency: &Latency) -> String {
    let at = |part| format!("{:.2}", latency.quantile(part).as_secs_f64() * 1e3);
    format!(
        "p50 {} ms, p90 {}, p99 {}, p99.9 {}, max {:.2}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        latency.max().as_secs_f64() * 1e3
    )
}

fn megabytes(spent: &Spent) -> String {
    format!("{} MB, at most {} MB", spent.hub_resident >> 20, spent.hub_peak >> 20)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Microseconds for each of them.
fn per(time: Option<Duration>, number: u64) -> f64 {
    time.unwrap_or_default().as_secs_f64() * 1e6 / count(number)
}

fn rate(number: u64, by: f64) -> f64 {
    count(number) / by
}

#[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
fn count(number: u64) -> f64 {
    number.max(1) as f64
}
