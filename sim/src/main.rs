//! The simulator's command: plays runs from seeds, keeps and shrinks those that fail, plays them
//! again.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this command talks to people")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use sim::{Find, Kind, Plan, run, run_told, shrink};

#[derive(Parser)]
#[command(name = "sim", about = "A whole network in one thread, seeded, with faults")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plays one seed, twice, and says what was found
    Run(One),
    /// Plays a plan that was kept
    Replay {
        /// The file of the plan
        file: PathBuf,
        /// Tell everything that happens
        #[arg(long)]
        tell: bool,
    },
    /// Plays many seeds
    Many(Many),
}

#[derive(clap::Args)]
struct One {
    /// Which
    #[arg(long)]
    seed: u64,
    /// Write its plan to a file
    #[arg(long)]
    save: Option<PathBuf>,
    /// Make it as small as it will go before it is written
    #[arg(long)]
    shrink: bool,
    /// Tell everything that happens
    #[arg(long)]
    tell: bool,
}

#[derive(clap::Args)]
struct Many {
    /// How many
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// For how long at most, in hours
    #[arg(long)]
    hours: Option<f64>,
    /// In how many threads; each run is in one
    #[arg(long, default_value_t = 1)]
    threads: u64,
    /// Play every run twice and compare
    #[arg(long)]
    twice: bool,
    /// Keep the plans of runs that fail in this folder
    #[arg(long)]
    save: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    // Panics of the network are finds, and are told as such.
    std::panic::set_hook(Box::new(|_| {}));
    match Cli::parse().command {
        Command::Run(one) => play_one(&one),
        Command::Replay { file, tell } => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            play(&text.parse()?, tell)
        }
        Command::Many(many) => play_many(&many),
    }
}

fn play_one(one: &One) -> anyhow::Result<()> {
    let mut plan = Plan::of(one.seed);
    if one.shrink {
        plan = shrink(&plan);
    }
    match &one.save {
        Some(file) => std::fs::write(file, plan.to_string())
            .with_context(|| format!("cannot write {}", file.display()))?,
        None => print!("{plan}"),
    }
    play(&plan, one.tell)
}

/// Plays a plan twice, and fails where it fails.
fn play(plan: &Plan, tell: bool) -> anyhow::Result<()> {
    let (outcome, told) = run_told(plan);
    if tell {
        print!("{told}");
    }
    println!("trace {:016x}, {:?}", outcome.trace, outcome.counts);
    if run(plan) != outcome {
        bail!("the run is not the same twice");
    }
    match outcome.find {
        Some(find) => bail!("{find}"),
        None => Ok(()),
    }
}

/// What many runs came to.
#[derive(Default)]
struct Sum {
    runs: u64,
    simulated: Duration,
    events: u64,
    messages: u64,
    starts: u64,
    sessions: u64,
    damage_named: u64,
    overtaken: u64,
    waits: u64,
    snapshots: u64,
    decisions: u64,
    stopped: u64,
    withdrawn: u64,
    declined: u64,
    faults: BTreeMap<Kind, u64>,
    finds: Vec<(u64, Find)>,
}

#[expect(clippy::disallowed_methods, reason = "how long it took is told to people")]
fn play_many(many: &Many) -> anyhow::Result<()> {
    let begin = Instant::now();
    let most = many.hours.map(|hours| Duration::from_secs_f64(hours * 3_600.0));
    let next = AtomicU64::new(many.from);
    let end = many.from + many.seeds;
    let sum = Mutex::new(Sum::default());
    std::thread::scope(|scope| {
        for _ in 0..many.threads.max(1) {
            scope.spawn(|| {
                while most.is_none_or(|most| begin.elapsed() < most) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    one_of_many(seed, many, &sum);
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    report(&sum, begin.elapsed());
    if sum.finds.is_empty() { Ok(()) } else { bail!("{} runs failed", sum.finds.len()) }
}

fn one_of_many(seed: u64, many: &Many, sum: &Mutex<Sum>) {
    let plan = Plan::of(seed);
    let mut outcome = run(&plan);
    if many.twice && outcome.find.is_none() && run(&plan).trace != outcome.trace {
        let text = "the run is not the same twice".to_owned();
        outcome.find = Some(Find { invariant: "twice", at: 0, text });
    }
    if let Some(find) = &outcome.find {
        println!("seed {seed}: {find}");
        if let Some(folder) = &many.save {
            let written = std::fs::create_dir_all(folder).and_then(|()| {
                std::fs::write(folder.join(format!("{seed}.plan")), plan.to_string())
            });
            if let Err(error) = written {
                eprintln!("cannot keep the plan of seed {seed}: {error}");
            }
        }
    }
    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    sum.runs += 1;
    sum.simulated += Duration::from_micros(outcome.counts.simulated_us);
    sum.events += outcome.counts.events;
    sum.messages += outcome.counts.messages;
    sum.starts += outcome.counts.starts;
    sum.sessions += outcome.counts.sessions;
    sum.overtaken += outcome.counts.overtaken;
    sum.waits += outcome.counts.waits;
    sum.damage_named += outcome.counts.damage_named;
    sum.snapshots += outcome.counts.snapshots;
    sum.decisions += outcome.counts.decisions;
    sum.stopped += outcome.counts.stopped;
    sum.withdrawn += outcome.counts.withdrawn;
    sum.declined += outcome.counts.declined;
    for (kind, count) in outcome.counts.faults {
        *sum.faults.entry(kind).or_default() += count;
    }
    sum.finds.extend(outcome.find.map(|find| (seed, find)));
}

fn report(sum: &Sum, took: Duration) {
    let seconds = took.as_secs_f64();
    println!("runs            {:>10}  ({:.1} a second)", sum.runs, sum.runs as f64 / seconds);
    println!("simulated time  {:>10.1} h", sum.simulated.as_secs_f64() / 3_600.0);
    println!("real time       {seconds:>10.1} s");
    println!("events          {:>10}", sum.events);
    println!("messages        {:>10}", sum.messages);
    println!("process starts  {:>10}", sum.starts);
    println!("sessions        {:>10}", sum.sessions);
    println!("overtaken       {:>10}", sum.overtaken);
    println!("waits for room  {:>10}", sum.waits);
    println!("damage named    {:>10}", sum.damage_named);
    println!("snapshots       {:>10}", sum.snapshots);
    println!("decisions       {:>10}, {} messages refused", sum.decisions, sum.stopped);
    println!("withdrawn       {:>10}", sum.withdrawn);
    println!("declined        {:>10}", sum.declined);
    println!("faults          {:>10}", sum.faults.values().sum::<u64>());
    for (kind, count) in &sum.faults {
        println!("  {:<17} {count:>6}", kind.name());
    }
    println!("finds           {:>10}", sum.finds.len());
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, find) in &sum.finds {
        *kinds.entry(find.invariant).or_default() += 1;
    }
    for (invariant, count) in kinds {
        println!("  {invariant:<17} {count:>6}");
    }
}
