//! `cargo xtask instructions`: what the hot steps cost, in instructions, against what they cost when
//! somebody last looked.
//!
//! Instructions do not depend on the machine's mood, so a step that has become dearer is seen on the
//! busiest machine. They do depend on the compiler: the figures in `bench/instructions.txt` name
//! theirs, and another one is given more room. The program that is measured is built as tests are
//! (profile `dev`), for CI has most of it built already.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use crate::ci::{cargo, output};
use crate::proofs;

/// The steps, and how often one is done in the shorter and in the longer run.
const STEPS: [(&str, u64); 5] = [
    ("check-pacs.008", 20),
    ("check-mt103", 50),
    ("header", 100),
    ("decide-apply", 20),
    ("frame", 50),
];
/// By how much a step may become dearer, in percent, with the same compiler: the functions
/// that a C library takes for a processor differ a little.
const MORE_MAX: u64 = 8;
/// The same with another compiler.
const MORE_MAX_ELSEWHERE: u64 = 25;
/// The committed figures.
const FIGURES: &str = "bench/instructions.txt";

/// What to do with the figures.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Write the committed figures anew
    #[arg(long)]
    update: bool,
}

/// Measures all steps, and compares them or writes them down.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    proofs::valgrind()?;
    cargo(&["build", "--locked", "-p", "hub", "--example", "hot_steps"], &[])?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let program = target.join("debug/examples/hot_steps");
    let mut found = BTreeMap::new();
    for (step, count) in STEPS {
        let (few, many) = (count_of(&program, step, count)?, count_of(&program, step, 2 * count)?);
        ensure!(many > few, "twice as many of step '{step}' took no more instructions");
        found.insert(step, (many - few) / count);
    }
    let compiler = output("rustc", &["--version"], root)?.trim().to_owned();
    let path = root.join(FIGURES);
    if options.update {
        let text = format(&compiler, &found);
        return fs::write(&path, text).with_context(|| format!("cannot write {FIGURES}"));
    }
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {FIGURES}"))?;
    let complaints = compare(&text, &compiler, &found)?;
    if complaints.is_empty() {
        return Ok(());
    }
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    bail!("if that is meant to be: cargo xtask instructions --update");
}

/// How many instructions a run takes in all.
fn count_of(program: &Path, step: &str, count: u64) -> anyhow::Result<u64> {
    let mut command = std::process::Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let run = command.args([step, &count.to_string()]).output().context("cannot run valgrind")?;
    let text = String::from_utf8_lossy(&run.stderr).into_owned();
    ensure!(run.status.success(), "valgrind failed at step '{step}':\n{text}");
    let line = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, number) = line.with_context(|| format!("valgrind counted nothing:\n{text}"))?;
    number.trim().parse().with_context(|| format!("valgrind counted {number:?}"))
}

fn format(compiler: &str, found: &BTreeMap<&str, u64>) -> String {
    let mut text = format!(
        "# Instructions for one more of each step; written by 'cargo xtask instructions --update'.\n\
         # {compiler}\n"
    );
    for (step, instructions) in found {
        writeln!(text, "{step} {instructions}").expect("a string takes all");
    }
    text
}

/// What has become dearer than it may.
fn compare(text: &str, compiler: &str, found: &BTreeMap<&str, u64>) -> anyhow::Result<Vec<String>> {
    let same = text.lines().any(|line| line.strip_prefix("# ") == Some(compiler));
    let more_max = if same { MORE_MAX } else { MORE_MAX_ELSEWHERE };
    let mut known = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (step, number) = line.split_once(' ').context("a line is a step and a number")?;
        let number: u64 = number.parse().with_context(|| format!("{number:?} is no number"))?;
        known.insert(step, number);
    }
    let mut complaints = Vec::new();
    for (step, now) in found {
        let Some(before) = known.get(step) else {
            complaints.push(format!("step '{step}' has no figure"));
            continue;
        };
        eprintln!("{step:<16} {now:>8} instructions, {before} when last looked at");
        if now * 100 > before * (100 + more_max) {
            complaints.push(format!("'{step}' takes {now} instructions instead of {before}"));
        }
    }
    Ok(complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_compares_as_equal() {
        let found = BTreeMap::from([("check", 1_000), ("frame", 10)]);
        assert!(compare(&format("rustc 1", &found), "rustc 1", &found).unwrap().is_empty());
    }

    #[test]
    fn a_step_that_is_dearer_by_more_than_its_room_is_named() {
        let text = format("rustc 1", &BTreeMap::from([("check", 1_000)]));
        let found = |number| BTreeMap::from([("check", number)]);
        assert!(compare(&text, "rustc 1", &found(1_080)).unwrap().is_empty());
        let want = ["'check' takes 1081 instructions instead of 1000"];
        assert_eq!(compare(&text, "rustc 1", &found(1_081)).unwrap(), want);
        assert!(compare(&text, "rustc 2", &found(1_250)).unwrap().is_empty());
        assert_eq!(compare(&text, "rustc 2", &found(1_251)).unwrap().len(), 1);
    }

    #[test]
    fn a_step_without_a_figure_is_named() {
        let want = ["step 'check' has no figure"];
        assert_eq!(compare("", "rustc 1", &BTreeMap::from([("check", 1)])).unwrap(), want);
    }
}
