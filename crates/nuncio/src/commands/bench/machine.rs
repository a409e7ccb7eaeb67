//! What the operating system says of a process: its processor time and its memory.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

use crate::exit::Failure;

/// A look at a process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// The processor time that it has used, user and system.
    pub(super) cpu: Duration,
    /// The memory that it holds, in bytes.
    pub(super) resident: u64,
    /// The most that it held.
    pub(super) peak: u64,
}

impl Usage {
    /// Of a process; of this one, if none is named.
    pub(super) fn of(id: Option<u32>) -> Result<Self, Failure> {
        let folder = id.map_or_else(|| "/proc/self".to_owned(), |id| format!("/proc/{id}"));
        let read = |name: &str| {
            let path = format!("{folder}/{name}");
            fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
        };
        Ok(Self {
            cpu: cpu(&read("stat")?).context("/proc/PID/stat has changed its form")?,
            resident: kilobytes(&read("status")?, "VmRSS:"),
            peak: kilobytes(&read("status")?, "VmHWM:"),
        })
    }

    /// The processor time since an earlier look.
    pub(super) fn cpu_since(&self, earlier: &Self) -> Duration {
        self.cpu.saturating_sub(earlier.cpu)
    }
}

/// Fields 14 and 15 of `stat`, in ticks; the name before them may hold spaces (proc(5)).
fn cpu(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let ticks = rustix::param::clock_ticks_per_second();
    Some(Duration::from_micros((user + system) * 1_000_000 / ticks))
}

fn kilobytes(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}

/// What this machine is, in a line.
pub(super) fn shape() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| rest.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = kilobytes(&memory, "MemTotal:") >> 30;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!("{cores} cores of {model}, {total} GiB, load {load} before the run")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_a_strange_name_is_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 1 0 0 0 250 50 0 0 20 0 1 0 1 1 1";
        let ticks = rustix::param::clock_ticks_per_second();
        assert_eq!(cpu(stat), Some(Duration::from_micros(300 * 1_000_000 / ticks)));
    }

    #[test]
    fn this_process_holds_memory() {
        let usage = Usage::of(None).unwrap();
        assert!(usage.resident > 0 && usage.peak >= usage.resident, "{usage:?}");
    }
}
