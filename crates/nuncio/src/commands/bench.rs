//! `nuncio bench`: a load on a hub, and what it costs.
//!
//! It makes a network, starts its hub as a process of its own, and lets the clients of crate `load`
//! send. It prints what users ask: how many, how fast, at what cost, beside the floors of this
//! machine; and it fails if one acknowledged message was not delivered once.

mod crowd;
mod floors;
mod growth;
mod machine;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use document::{Checker, Profile, Rules};
use gateway::dial::Credentials;
use iso::Institution;
use load::{Apart, Plan, Template};
use tokio::runtime::Runtime;

use self::growth::Growth;
use self::report::{Costs, Figures};
use crate::cli::{self, Bench, BenchRun, Output};
use crate::commands::network;
use crate::commands::processes::Processes;
use crate::exit::{self, Failure};
use crate::output;

/// The message that is sent where none is named.
const SAMPLE: &[u8] = include_bytes!("../../../../samples/pacs.008.001.08.xml");

pub(crate) fn run(options: &Bench, output: Output) -> Result<ExitCode, Failure> {
    if let Some(BenchRun::Crowd(options)) = &options.run {
        return crowd::run(options, output);
    }
    let temporary = tempfile::Builder::new().prefix("nuncio-bench-").tempdir()?;
    let rules = Rules::built_in(profile(options.rules));
    let templates = templates(options, &rules)?;
    let say = |words: &str| {
        if output == Output::Table {
            output::line(words);
        }
    };
    say(&machine::shape());
    let mut processes = Processes::default();
    let folder = match &options.network {
        Some(folder) => folder.clone(),
        None => {
            let parent = options.dir.as_deref().unwrap_or_else(|| temporary.path());
            let folder = parent.join("net");
            make(&folder, options)?;
            processes.start_hub(&folder.join("hub"))?;
            folder
        }
    };
    let measured = if options.no_floors {
        None
    } else {
        let message = templates.first().map(|it| it.make(&naming(), 1).payload);
        let message = message.context("there is a message")?;
        Some(floors::measure(&message, &folder, rules)?)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let hub = processes.hub_id();
    let mut growth = options.growth.map(|messages| Growth::new(hub, messages));
    let flooding = options.flood.then(flood_runtime).transpose()?;
    let drive = drive(options, &folder, templates, (hub, growth.as_mut()), flooding.as_ref());
    let figures = runtime.block_on(drive)?;
    let whole = Costs::look(hub)?;
    processes.stop()?;
    let grown = growth.map(Growth::rows).transpose()?;
    let restarted = match grown {
        Some(_) if options.network.is_none() => Some(restart(&mut processes, &folder)?),
        Some(_) | None => None,
    };
    let read = || report::steps(&folder.join("hub"), &whole, figures.accepted());
    let steps = options.profile.then(read).transpose()?;
    report::print(&figures, measured.as_ref(), steps.as_ref(), output);
    if let Some(rows) = &grown {
        if output == Output::Table {
            growth::table(rows, restarted.unwrap_or_default());
        }
        if let Some(stem) = &options.plot {
            growth::write(stem, rows)?;
        }
    }
    if figures.is_whole() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::said(exit::FAILURE, "not every acknowledged message was delivered once"))
    }
}

/// How long the hub takes to start on what it holds.
fn restart(processes: &mut Processes, folder: &Path) -> Result<Duration, Failure> {
    let begun = now();
    processes.start_hub(&folder.join("hub"))?;
    let passed = begun.elapsed();
    processes.stop()?;
    Ok(passed)
}

/// Where whoever floods runs, and the one that it sends to: as many threads as all the others have
/// would be more than one institution has.
fn flood_runtime() -> std::io::Result<Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).thread_name("flood").enable_all().build()
}

/// Connects all clients and lets them send.
async fn drive(
    options: &Bench,
    folder: &Path,
    templates: Vec<Template>,
    (hub, growth): (Option<u32>, Option<&mut Growth>),
    flooding: Option<&Runtime>,
) -> Result<Figures, Failure> {
    let credentials = credentials(folder)?;
    let clients = credentials.len();
    let floods = usize::from(options.flood);
    let senders = options.senders.map_or(1, |it| it as usize).min(clients - floods);
    let before = Costs::look(hub)?;
    let apart = |runtime: &Runtime| Apart { from: senders, runtime: runtime.handle().clone() };
    let apart = flooding.map(apart);
    let load = load::connect(credentials, apart.as_ref()).await.map_err(anyhow::Error::new)?;
    let opened_in = load.opened_in;
    let connected = Costs::look(hub)?;
    let time = Duration::from_secs(options.seconds);
    let mut figures = Figures::new(clients, senders, opened_in, connected.since(&before));
    if senders == 0 {
        load.idle(time).await.map_err(anyhow::Error::new)?;
        figures.idle(time, &Costs::look(hub)?.since(&connected));
        return Ok(figures);
    }
    let plan = Plan {
        senders,
        templates,
        service: service()?,
        window: options.window,
        frame: options.frame as usize,
        rate: options.rate,
        flood: options.flood,
        warm_up: Duration::from_secs(options.warm_up),
        measure: time,
        at: crate::clock::now(),
    };
    if let (Some(growth), Some(messages)) = (growth, options.growth) {
        let look = |delivered| growth.look(delivered);
        let report = load.grow(plan, messages, look).await.map_err(anyhow::Error::new)?;
        figures.ran(report, &Costs::look(hub)?.since(&connected));
        return Ok(figures);
    }
    let (mut from, mut until) = (Ok(connected), Ok(connected));
    let mark = |begins: bool| *(if begins { &mut from } else { &mut until }) = Costs::look(hub);
    let report = load.run(plan, mark).await.map_err(anyhow::Error::new)?;
    figures.ran(report, &until?.since(&from?));
    Ok(figures)
}

fn make(folder: &Path, options: &Bench) -> Result<(), Failure> {
    let institutions: Vec<Institution> = (0..options.institutions).map(institution).collect();
    let rules = profile(options.rules).name();
    let mut settings = format!("profile = \"{rules}\"\n");
    if options.no_archive {
        settings.push_str("retrieval = false\n");
    }
    if options.profile {
        settings.push_str("steps = true\n");
    }
    let plan = network::Plan::on_loopback(&institutions)?.with_settings(&settings);
    network::create(folder, &plan)
}

/// The BIC of an institution of the run: four letters that count, in Frankfurt.
fn institution(number: u32) -> Institution {
    let letter =
        |at: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(at) % 26).unwrap_or(0));
    let name = format!("{}{}{}{}DEFF", letter(3), letter(2), letter(1), letter(0));
    name.parse().expect("four letters, a country and a place are a BIC")
}

/// The keys and certificates of all terminals of a network.
fn credentials(folder: &Path) -> Result<Vec<Credentials>, Failure> {
    let list = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in list {
        let path = entry.context("cannot read a folder")?.path();
        if path.join(gateway::Config::FILE).exists() {
            folders.push(path);
        }
    }
    folders.sort();
    let load = |path: &PathBuf| Credentials::load(path).map_err(anyhow::Error::new);
    Ok(folders.iter().map(load).collect::<Result<_, _>>()?)
}

fn templates(options: &Bench, rules: &Rules) -> Result<Vec<Template>, Failure> {
    let mut checker = Checker::new(rules.clone());
    let mut samples = Vec::new();
    for path in &options.messages {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        samples.push((path.display().to_string(), bytes));
    }
    if samples.is_empty() {
        samples.push(("the built-in sample".to_owned(), SAMPLE.to_vec()));
    }
    let mut templates = Vec::new();
    for (name, bytes) in samples {
        let template = Template::new(&bytes, &mut checker).context(name);
        templates.push(template.map_err(|error| Failure::new(exit::INVALID, error))?);
    }
    Ok(templates)
}

/// Names for the message that the floors are measured with.
fn naming() -> load::Naming {
    load::Naming {
        network: "floors".parse().expect("it is a name"),
        service: "payments".parse().expect("it is a name"),
        sender: "AAAADEFFA".parse().expect("it is a terminal"),
        place: 0,
        receiver: "AAABDEFF".parse().expect("it is a BIC"),
        at: crate::clock::now(),
    }
}

fn service() -> Result<trust::ServiceName, Failure> {
    Ok("payments".parse().context("a name")?)
}

#[expect(clippy::disallowed_methods, reason = "a start is measured")]
fn now() -> Instant {
    Instant::now()
}

fn profile(rules: cli::Profile) -> Profile {
    match rules {
        cli::Profile::None => Profile::None,
        cli::Profile::Base => Profile::Base,
        cli::Profile::CrossBorder => Profile::CrossBorder,
    }
}
