//! `cargo xtask sim`: builds the simulator for speed and plays seeds, or a plan that was kept.

use crate::ci::cargo;

/// What to play.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// For how long at most, in hours
    #[arg(long)]
    hours: Option<f64>,
    /// In how many threads; each run is in one
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Instead of seeds: words for the simulator's own command, as 'replay FILE' or 'run --seed 7'
    #[arg(last = true)]
    words: Vec<String>,
}

/// Builds the simulator and runs it.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut words: Vec<String> =
        ["run", "--release", "--locked", "-p", "sim", "--"].map(str::to_owned).into();
    if options.words.is_empty() {
        let Options { seeds, from, hours, threads, .. } = options;
        words.extend(["many", "--save", "target/sim"].map(str::to_owned));
        words.extend([format!("--seeds={seeds}"), format!("--from={from}")]);
        words.push(format!("--threads={threads}"));
        words.extend(hours.map(|hours| format!("--hours={hours}")));
    } else {
        words.extend(options.words.iter().cloned());
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    cargo(&words, &[])
}
