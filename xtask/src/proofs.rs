//! What the tests of proofs need and cargo does not bring: a module for keys in software, and a
//! program of others' making that reads our log.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::ci::run_command;

/// Installs `SoftHSM2` where that is ours to do: for root, on a system with apt.
pub(crate) fn softhsm() -> anyhow::Result<()> {
    installed("softhsm2", ("softhsm2-util", "--version"))
}

/// Sees to it that `ip` is there: tests lay cables between networks with it.
pub(crate) fn iproute() -> anyhow::Result<()> {
    installed("iproute2", ("ip", "-V"))
}

/// Sees to it that valgrind is there: it counts the instructions of the hot steps.
pub(crate) fn valgrind() -> anyhow::Result<()> {
    installed("valgrind", ("valgrind", "--version"))
}

/// Sees to it that there is a Java, for TLC.
pub(crate) fn java() -> anyhow::Result<()> {
    installed("default-jre-headless", ("java", "-version"))
}

/// Sees to it that a program of one of Debian's packages runs.
fn installed(package: &str, (program, argument): (&str, &str)) -> anyhow::Result<()> {
    if answers(program, &[argument]) {
        return Ok(());
    }
    let root = fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        let uid = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        uid.and_then(|uid| uid.split_whitespace().nth(1)) == Some("0")
    });
    ensure!(
        root && answers("apt-get", &["--version"]),
        "install Debian's package {package}: only root does that here, and only with apt"
    );
    // A list of packages that is old may still do; if not, installing says so.
    let _ = run_command(Command::new("apt-get").args(["update", "--quiet"]));
    run_command(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    ensure!(answers(program, &[argument]), "{package} was installed, but {program} does not run");
    Ok(())
}

/// Builds `tests/independent-log` into `target/independent`.
pub(crate) fn independent(root: &Path) -> anyhow::Result<()> {
    let folder = root.join("target/independent");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let source = root.join("tests/independent-log");
    run_command(Command::new("go").args(["vet", "-mod=readonly", "."]).current_dir(&source))?;
    run_command(
        Command::new("go")
            .args(["build", "-mod=readonly", "-trimpath", "-o"])
            .args([&folder.join("check"), Path::new(".")])
            .current_dir(&source),
    )
}

/// Whether a program is there and runs.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
