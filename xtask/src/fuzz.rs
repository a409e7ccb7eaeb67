//! `cargo xtask fuzz`: coverage-guided fuzzing of every parser, for a while.
//!
//! The targets lie in `fuzz/`, a workspace of its own. They need a nightly compiler; the flags here
//! are those by which libFuzzer sees which code a run has reached.

use std::path::Path;
use std::process::Command;

use anyhow::bail;

use crate::ci::run_command;

/// The targets, and where good seeds for each are; where there is no folder of them, the target itself
/// writes some when it starts.
const TARGETS: [(&str, &str); 13] = [
    ("mx_tokens", "samples"),
    ("mx_check", "samples"),
    ("mx_schema", "../shared/schemas/xsd"),
    ("mt_read", "samples"),
    ("mt_check", "samples"),
    ("mt_split", "samples"),
    ("trust_bytes", ""),
    ("trust_texts", ""),
    ("trust_keys", ""),
    ("network_bytes", ""),
    ("journal_files", ""),
    ("wire_frames", ""),
    ("files_store", ""),
];

/// Where the programs are built for: naming it keeps the flags away from build scripts.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
                     -Cllvm-args=-sanitizer-coverage-pc-table -Cdebug-assertions=on";

/// How long to fuzz.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How long each target runs, in seconds
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u32,
    /// What the search is drawn from: the same number, the same inputs, as far as the time reaches;
    /// another search each time without it
    #[arg(long)]
    pub(crate) seed: Option<u32>,
    /// Only these targets; all without it
    #[arg(long)]
    pub(crate) only: Vec<String>,
}

/// Builds all targets and runs one after the other.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let nightly = Command::new("rustup").args(["run", "nightly", "rustc", "--version"]).output();
    if !nightly.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: fuzzing needs a nightly compiler ('rustup toolchain install nightly')");
        return Ok(());
    }
    let folder = root.join("target/fuzz");
    let mut build = Command::new("rustup");
    build
        .args(["run", "nightly", "cargo", "build", "--release", "--locked", "--bins"])
        .args(["--target", PLATFORM, "--manifest-path"])
        .arg(root.join("fuzz/Cargo.toml"))
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", FLAGS)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    run_command(&mut build)?;
    let chosen =
        |target: &str| options.only.is_empty() || options.only.iter().any(|it| it == target);
    for (target, seeds) in TARGETS.into_iter().filter(|(target, _)| chosen(target)) {
        let program = folder.join(PLATFORM).join("release").join(target);
        let corpus = folder.join("corpus").join(target);
        let finds = folder.join("finds").join(target);
        std::fs::create_dir_all(&corpus)?;
        std::fs::create_dir_all(&finds)?;
        let own = folder.join("seeds").join(target);
        std::fs::create_dir_all(&own)?;
        let given = Some(root.join(seeds)).filter(|path| !seeds.is_empty() && path.exists());
        let output = Command::new(&program)
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(format!("-seed={}", options.seed.unwrap_or(0)))
            .args(["-timeout=60", "-rss_limit_mb=2048", "-max_len=20000", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/", finds.display()))
            .arg(&corpus)
            .arg(&own)
            .args(given)
            .env("NUNCIO_FUZZ_SEEDS", &own)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let tail: Vec<&str> = said.lines().rev().take(30).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            bail!("{target} found something in {}:\n{}", finds.display(), tail.join("\n"));
        }
        let runs =
            said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        eprintln!("{target}: {} runs, nothing found", runs.unwrap_or("?").trim());
    }
    Ok(())
}
