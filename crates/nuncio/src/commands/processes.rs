//! The processes of a network on this machine: this very program, started as a hub and as gateways.
//!
//! They are killed when the command that started them ends, however it ends.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use crate::commands::send::pause;
use crate::exit::{self, Failure};

/// How long a process may take to say where it listens.
const START_TIME_MAX: Duration = Duration::from_secs(15);
/// How long to wait between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The processes that run.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    hub: Option<Child>,
    gateways: Vec<Child>,
}

impl Processes {
    /// Starts the hub of a folder and waits until it listens.
    pub(crate) fn start_hub(&mut self, folder: &Path) -> Result<(), Failure> {
        self.hub = Some(start("hub", folder, "hub.address")?);
        Ok(())
    }

    /// Starts the gateway of a folder and waits until it listens.
    pub(crate) fn start_gateway(&mut self, folder: &Path) -> Result<(), Failure> {
        self.gateways.push(start("gateway", folder, "gateway.address")?);
        Ok(())
    }

    /// The number of the hub's process, while it runs.
    pub(crate) fn hub_id(&self) -> Option<u32> {
        self.hub.as_ref().map(Child::id)
    }

    /// Kills the hub as a power cut would: it gets no word.
    pub(crate) fn kill_hub(&mut self) -> Result<(), Failure> {
        if let Some(mut hub) = self.hub.take() {
            hub.kill().context("cannot kill the hub")?;
            hub.wait().context("cannot wait for the hub")?;
        }
        Ok(())
    }

    /// Asks everything to stop, and waits until it has.
    pub(crate) fn stop(&mut self) -> Result<(), Failure> {
        for mut child in self.gateways.drain(..).chain(self.hub.take()) {
            terminate(&child)?;
            let status = child.wait().context("cannot wait for a process")?;
            if !status.success() {
                return Err(Failure::said(exit::FAILURE, format!("a process ended with {status}")));
            }
        }
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in self.gateways.iter_mut().chain(self.hub.as_mut()) {
            // Whatever went wrong has been said; what is left is not to leave them running.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends SIGTERM.
fn terminate(child: &Child) -> Result<(), Failure> {
    let id = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    let id = id.context("a process has a positive id")?;
    rustix::process::kill_process(id, rustix::process::Signal::TERM)
        .context("cannot ask a process to stop")?;
    Ok(())
}

fn start(kind: &str, folder: &Path, address: &str) -> Result<Child, Failure> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let address = folder.join(address);
    if address.exists() {
        fs::remove_file(&address)
            .with_context(|| format!("cannot remove {}", address.display()))?;
    }
    let log_path = folder.join(format!("{kind}.log"));
    let log = File::options()
        .create(true)
        .append(true)
        .open(&log_path)
        .with_context(|| format!("cannot write {}", log_path.display()))?;
    let mut child = Command::new(program)
        .args([kind, "run", "--dir"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot start a {kind}"))?;
    let mut waited = Duration::ZERO;
    while !address.exists() {
        if let Some(status) = child.try_wait().context("cannot look at a process")? {
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            return Err(Failure::said(
                exit::FAILURE,
                format!("the {kind} in {} ended with {status}:\n{}", folder.display(), log.trim()),
            ));
        }
        if waited > START_TIME_MAX {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Failure::said(
                exit::TIMEOUT,
                format!("the {kind} does not start; see {}", log_path.display()),
            ));
        }
        pause(LOOK_EVERY);
        waited += LOOK_EVERY;
    }
    Ok(child)
}
