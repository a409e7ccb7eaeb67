//! `cargo xtask ci`: every check of the project, in the order in which they fail fastest.
//!
//! People and CI run the same; there is no other list of checks.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::{clock, deps, fuzz, instructions, model, mx, proofs, root, tidy};

/// How long each parser is fuzzed, in seconds: a smoke run.
const FUZZING_S: u32 = 15;

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Leave the tests out: only what takes a minute
    #[arg(long)]
    quick: bool,
}

/// Runs all checks and stops at the first that fails.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut took = Vec::new();
    let mut step = |name: &'static str, work: &mut dyn FnMut() -> anyhow::Result<()>| {
        eprintln!("\n== {name}");
        let start = clock::now();
        work().with_context(|| format!("check '{name}' failed"))?;
        took.push((name, clock::since(start)));
        anyhow::Ok(())
    };
    step("format", &mut || cargo(&["fmt", "--all", "--check"], &[]))?;
    step("tidy", &mut || tidy::run(&root()))?;
    step("dependencies", &mut || deps::run(&root()))?;
    step("lints", &mut || {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[])
    })?;
    step("docs", &mut || {
        cargo(
            &["doc", "--workspace", "--no-deps", "--locked"],
            &[("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links")],
        )
    })?;
    if !options.quick {
        step("libxml2", &mut || prepare("the comparison with libxml2", mx::oracle(&root())))?;
        step("softhsm2", &mut || prepare("keys in a module", proofs::softhsm()))?;
        step("iproute2", &mut || prepare("networks that break", proofs::iproute()))?;
        step("go", &mut || prepare("the log in Go's eyes", proofs::independent(&root())))?;
        step("notation", &mut || mx::check_notation(&root()))?;
        step("model", &mut || match model::prepare(&root()) {
            Ok(()) => model::run(&root()),
            without => prepare("the model of the take-over", without),
        })?;
        step("tests", &mut || cargo(&["test", "--workspace", "--locked", "--no-fail-fast"], &[]))?;
        step("instructions", &mut || match proofs::valgrind() {
            Ok(()) => instructions::run(&root(), &instructions::Options::default()),
            without => prepare("what the hot steps cost", without),
        })?;
        step("fuzzing", &mut || {
            // Whether a change passes shall depend on the change, not on luck.
            let seed = Some(1);
            fuzz::run(&root(), &fuzz::Options { seconds: FUZZING_S, seed, only: Vec::new() })
        })?;
    }
    eprintln!();
    for (name, time) in &took {
        eprintln!("{name:<14} {:>7.1} s", time.as_secs_f64());
    }
    let total: Duration = took.iter().map(|(_, time)| *time).sum();
    eprintln!("{:<14} {:>7.1} s", "all good", total.as_secs_f64());
    Ok(())
}

/// Others' programs that tests compare with: who has not got them goes without, but CI does not.
fn prepare(what: &str, outcome: anyhow::Result<()>) -> anyhow::Result<()> {
    match outcome {
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("skipped: {what}: {error:#}");
            Ok(())
        }
        result => result,
    }
}

/// Runs cargo in the root of the project.
pub(crate) fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> anyhow::Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.iter().copied()).current_dir(root());
    run_command(&mut command)
}

/// Runs a command and fails with its words when it fails.
pub(crate) fn run_command(command: &mut Command) -> anyhow::Result<()> {
    let words = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ");
    let status = command.status().with_context(|| format!("cannot start '{words}'"))?;
    if !status.success() {
        bail!("'{words}' failed with {status}");
    }
    Ok(())
}

/// What a command prints.
pub(crate) fn output(program: &str, arguments: &[&str], folder: &Path) -> anyhow::Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("cannot start '{program}'"))?;
    if !output.status.success() {
        bail!(
            "'{program} {}' failed with {}: {}",
            arguments.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}
