//! `nuncio bench crowd`: many members, mixed services, a hub that is killed in the middle, and a checker
//! that has seen only what the members saw.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use document::{Checker, Profile, Rules};
use iso::Institution;
use load::Template;
use load::crowd::{self, Progress, Verdict};
use serde::Serialize;
use tokio::sync::watch;

use super::{SAMPLE, credentials, institution};
use crate::cli::{BenchCrowd, Output};
use crate::commands::network;
use crate::commands::processes::Processes;
use crate::exit::{self, Failure};
use crate::output;

/// How often it is looked how far the crowd is.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What a run was and what came of it.
#[derive(Debug, Serialize)]
struct Figures {
    institutions: u32,
    connected: u32,
    kills: u64,
    seconds: f64,
    made: u64,
    accepted: u64,
    refused: u64,
    delivered: u64,
    waiting: u64,
    copied: u64,
    links: u64,
    receipts: u64,
    broken: Vec<String>,
}

pub(crate) fn run(options: &BenchCrowd, format: Output) -> Result<ExitCode, Failure> {
    if options.connected > options.institutions {
        return Err(Failure::said(exit::USAGE, "more are connected than there are"));
    }
    let temporary = tempfile::Builder::new().prefix("nuncio-crowd-").tempdir()?;
    let parent = options.dir.as_deref().unwrap_or_else(|| temporary.path());
    let folder = parent.join("net");
    let rules = Arc::new(plan(options)?);
    let of = network::Plan::on_loopback(&rules.members)?.with_settings("profile = \"none\"\n");
    network::create(&folder, &of)?;
    let hub = folder.join("hub");
    let directory = hub.join("directory.toml");
    let text = fs::read_to_string(&directory).context("cannot read the directory")?;
    fs::write(&directory, text + &directory_of(&rules)).context("cannot write the directory")?;
    let mut processes = Processes::default();
    let start = now();
    processes.start_hub(&hub)?;
    if format == Output::Table {
        let took = start.elapsed().as_secs_f64();
        let count = options.institutions;
        output::line(&format!("a hub with {count} institutions started in {took:.2} s"));
    }
    let credentials = credentials(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let progress = Arc::new(Progress::default());
    let (over, ends) = watch::channel(false);
    let start = now();
    let crowd = crowd::run(Arc::clone(&rules), credentials, Arc::clone(&progress), ends);
    let crowd = runtime.spawn(crowd);
    let watched = watch_over(
        options,
        &rules,
        &progress,
        || crowd.is_finished(),
        || {
            processes.kill_hub()?;
            processes.start_hub(&hub)
        },
    );
    let seconds = start.elapsed().as_secs_f64();
    over.send_replace(true);
    let verdict = runtime.block_on(crowd).context("the crowd ended in disorder")?;
    let verdict = verdict.map_err(anyhow::Error::new)?;
    watched?;
    processes.stop()?;
    let figures = figures(options, seconds, verdict);
    print(&figures, format);
    if figures.broken.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::said(exit::FAILURE, "the network has not kept all of its promises"))
    }
}

/// Kills the hub now and then, until all has come through or it takes too long.
fn watch_over(
    options: &BenchCrowd,
    rules: &crowd::Rules,
    progress: &Progress,
    failed: impl Fn() -> bool,
    mut kill: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let crowd::Expected { sent, delivered, copied } = crowd::Expected::of(rules);
    let start = now();
    let mut kills = 0;
    loop {
        let answered = progress.answered.load(Ordering::Relaxed);
        let through = answered >= sent
            && progress.copied.load(Ordering::Relaxed) >= copied
            && progress.received.load(Ordering::Relaxed) >= delivered
            && progress.notices.load(Ordering::Relaxed) >= delivered;
        if through || failed() {
            return Ok(());
        }
        if kills < options.kills && answered >= sent * (kills + 1) / (options.kills + 1) {
            kill()?;
            kills += 1;
        }
        if start.elapsed() > Duration::from_secs(options.seconds_max) {
            // What is missing is for the checker to say.
            return Ok(());
        }
        crate::commands::send::pause(LOOK_EVERY);
    }
}

fn plan(options: &BenchCrowd) -> Result<crowd::Rules, Failure> {
    let mut checker = Checker::new(Rules::built_in(Profile::None));
    let connected = options.connected;
    let absent: Vec<Institution> = (connected..options.institutions).map(institution).collect();
    Ok(crowd::Rules {
        network: "demo".parse().context("a name")?,
        members: (0..connected).map(institution).collect(),
        absent,
        stranger: "ZZZZDEFF".parse().context("a BIC")?,
        group: connected as usize / 2,
        messages: options.messages,
        at: crate::clock::now(),
        template: Template::new(SAMPLE, &mut checker).map_err(anyhow::Error::new)?,
    })
}

/// The services, and the members that are not connected.
fn directory_of(rules: &crowd::Rules) -> String {
    let mut text = String::new();
    for institution in &rules.absent {
        let entry =
            format!("\n[[institution]]\nbic = \"{institution}\"\nname = \"{institution}\"\n");
        text.push_str(&entry);
    }
    let group = rules.members.iter().take(rules.group);
    let group: Vec<String> = group.map(|it| format!("\"{it}\"")).collect();
    let looks_on = rules.members.first().map_or_else(String::new, ToString::to_string);
    let copy = format!(
        "copy = {{ institution = \"{looks_on}\", mode = \"inform\", extent = \"header\" }}\n"
    );
    let services = [
        (crowd::OPEN, String::new()),
        (crowd::CLOSED, format!("closed = true\ngroup = [{}]\n", group.join(", "))),
        (crowd::RELATED, "relationship = true\n".to_owned()),
        (crowd::UNIQUE, "duplicates = \"refuse\"\nduplicate_window_s = 86400\n".to_owned()),
        (crowd::COPIED, copy),
    ];
    for (name, more) in services {
        text.push_str(&format!("\n[[service]]\nname = \"{name}\"\ntypes = [\"*\"]\n{more}"));
    }
    text
}

fn figures(options: &BenchCrowd, seconds: f64, verdict: Verdict) -> Figures {
    let Verdict { made, accepted, refused, delivered, waiting, copied, links, receipts, broken } =
        verdict;
    Figures {
        institutions: options.institutions,
        connected: options.connected,
        kills: options.kills,
        seconds,
        made,
        accepted,
        refused,
        delivered,
        waiting,
        copied,
        links,
        receipts,
        broken,
    }
}

fn print(figures: &Figures, format: Output) {
    if format == Output::Json {
        return output::json(figures);
    }
    let rows = [
        ("sent", figures.made, "through five services"),
        ("accepted", figures.accepted, "durably, before any answer"),
        ("refused", figures.refused, "each with the codes that it must have"),
        ("delivered", figures.delivered, "once each, unaltered, in the order of their senders"),
        ("waiting", figures.waiting, "for members that are away"),
        ("copied", figures.copied, "once each, by their headers, to one that looks on"),
        ("links", figures.links, "opened by the members, with the hub killed in between"),
        ("receipts", figures.receipts, "verified offline"),
    ];
    for (name, count, words) in rows {
        output::line(&format!("{name:<10}{count:>9}  {words}"));
    }
    for broken in &figures.broken {
        output::line(&format!("BROKEN     {broken}"));
    }
    output::line(&format!("took {:.1} s, {} kills", figures.seconds, figures.kills));
}

#[expect(clippy::disallowed_methods, reason = "a run takes real time")]
fn now() -> Instant {
    Instant::now()
}
