//! Old segments go to the archive by themselves, if the settings say after how many days.
//!
//! What is moved and how stands in `journal::archive`; here is only when. A failure harms nobody: the
//! segments stay where they are, and it is tried again.

use std::path::Path;
use std::time::Duration;

use journal::archive::{Form, archive};
use tokio::sync::watch;
use trust::LogTime;

use crate::clock;
use crate::config::Config;

/// How often the hub looks for segments that have become old.
const EVERY: Duration = Duration::from_secs(3600);
/// A day, in microseconds.
const DAY_US: u64 = 86_400 * 1_000_000;

/// Archives until the hub stops; does nothing where the settings do not ask for it.
pub(crate) async fn run(config: Config, mut stopping: watch::Receiver<bool>) {
    let Some(days) = config.archive_after_days else { return };
    loop {
        let journal = config.journal();
        // It reads and writes whole segments: not on a thread that serves links.
        let done = tokio::task::spawn_blocking(move || look(&journal, days));
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            _ = done => {}
        }
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn look(journal: &Path, days: u32) {
    let age = u64::from(days) * DAY_US;
    let before = LogTime(clock::now().0.saturating_sub(age));
    match archive(journal, before, Form::Packed) {
        Ok(done) if done.files.is_empty() => {}
        Ok(done) => {
            let (segments, bytes) = (done.files.len(), done.archived_bytes);
            tracing::info!(segments, bytes, "old segments are in the archive");
        }
        Err(error) => tracing::warn!(code = error.code(), %error, "segments are not archived"),
    }
}
