//! How a running hub is: well, degraded, or without room; and why.
//!
//! The commit loop says what it is at; the rest is looked at when somebody asks. Each reason has a
//! code with a page in `docs/codes`. Nothing hangs on it but one thing: while there is no room for
//! what was decided last, no session is opened and no order taken (HUB001), for nobody could be
//! answered.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use trust::LogTime;

use crate::clock;
use crate::config::Config;
use crate::shared::Shared;
use crate::witnesses::Published;

/// There is no room for the next group of records.
pub(crate) const NO_ROOM: &str = "HUB001";
/// What is said of it to those who want in.
pub(crate) const NO_ROOM_TEXT: &str =
    "the hub's disk has no room for what comes in: nothing is lost, try again later";

const SECOND_US: u64 = 1_000_000;
/// A group that takes longer to become durable is slow.
const SLOW_US: u64 = SECOND_US;
/// How long a slow group is told of.
const REMEMBERED_US: u64 = 60 * SECOND_US;
/// How long witnesses may take to cosign what the log says.
const WITNESSES_US: u64 = 60 * SECOND_US;
/// How often the hub looks at itself, and says in its log what has changed.
const LOOK: Duration = Duration::from_secs(5);
/// The journal wants room for so many more segments.
const SEGMENTS_LEFT: u64 = 4;
/// How many days may pass between two proofs of a backup, where the settings say nothing.
pub(crate) const PROVEN_DAYS_MAX: u32 = 7;

/// How a hub is, as it is told to programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The form of this document: 1. Fields may be added to it.
    pub version: u32,
    /// In one word.
    pub state: State,
    /// When this was true, RFC 3339 in UTC.
    pub at: String,
    /// The network's name.
    pub network: String,
    /// How many records are durable.
    pub records: u64,
    /// How many sessions are open.
    pub sessions: u64,
    /// Why it is not well; empty where it is.
    pub reasons: Vec<Reason>,
    /// How many bytes are free where the journal lies, if that can be told.
    pub free_bytes: Option<u64>,
    /// How many records a quorum of witnesses has cosigned; nothing where the settings name none.
    pub witnessed_records: Option<u64>,
    /// When a drill last proved the backup that the settings name.
    pub backup_proven: Option<String>,
}

/// How a hub is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is wrong.
    Ok,
    /// It serves, and somebody should look at it.
    Degraded,
    /// It has no room, and takes nothing in until there is some.
    Paused,
}

/// Why a hub is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The code, explained in docs/codes.
    pub code: String,
    /// In words.
    pub text: String,
}

impl State {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Paused => "paused",
        }
    }
}

/// What the commit loop says of itself.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// Since when there is no room.
    paused: Mutex<Option<LogTime>>,
    /// Since when the loop is at the group that it has in hand, by the steady clock; 0: at none.
    began_us: AtomicU64,
    /// Whether it waits for the log's key.
    signs: AtomicBool,
    /// When the last slow group ended, and how long it took.
    slow: Mutex<Option<(u64, u64)>>,
}

impl Health {
    /// There was no room for a group.
    pub(crate) fn pauses(&self, at: LogTime, error: &journal::Error) {
        let mut paused = lock(&self.paused);
        if paused.is_none() {
            tracing::error!(
                code = NO_ROOM, %error,
                "the hub takes nothing in until there is room; nothing is lost"
            );
            *paused = Some(at);
        }
    }

    /// A group was written.
    pub(crate) fn goes_on(&self) {
        if lock(&self.paused).take().is_some() {
            tracing::info!(code = NO_ROOM, "there is room again, and the hub goes on");
        }
    }

    /// Whether there is no room.
    pub(crate) fn is_paused(&self) -> bool {
        lock(&self.paused).is_some()
    }

    /// The loop begins with a group.
    pub(crate) fn begins(&self) {
        self.began_us.store(clock::steady_us().max(1), Ordering::Relaxed);
    }

    /// It is done with it.
    pub(crate) fn ends(&self) {
        let (now, began) = (clock::steady_us(), self.began_us.swap(0, Ordering::Relaxed));
        let took = now.saturating_sub(began);
        if took >= SLOW_US {
            *lock(&self.slow) = Some((now, took));
        }
    }

    /// It waits for the log's key, or does no more.
    pub(crate) fn signs(&self, signs: bool) {
        self.signs.store(signs, Ordering::Relaxed);
    }

    /// What there is to say of it at a time of the steady clock.
    fn reasons(&self, now_us: u64) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if let Some(since) = *lock(&self.paused) {
            let text = format!("since {since} there is no room on the journal's disk");
            reasons.push(Reason { code: NO_ROOM.to_owned(), text });
        }
        let began = self.began_us.load(Ordering::Relaxed);
        let at_it = now_us.saturating_sub(began);
        if began > 0 && at_it >= SLOW_US && self.signs.load(Ordering::Relaxed) {
            let text = format!("the log's key has not signed for {}", seconds(at_it));
            reasons.push(Reason { code: "HUB005".to_owned(), text });
        } else if began > 0 && at_it >= SLOW_US {
            let text = format!("records have not become durable for {}", seconds(at_it));
            reasons.push(Reason { code: "HUB003".to_owned(), text });
        } else if let Some((ended, took)) = *lock(&self.slow)
            && now_us.saturating_sub(ended) < REMEMBERED_US
        {
            let ago = seconds(now_us.saturating_sub(ended));
            let text = format!("{ago} ago records took {} to become durable", seconds(took));
            reasons.push(Reason { code: "HUB003".to_owned(), text });
        }
        reasons
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn seconds(time_us: u64) -> String {
    format!("{}.{} s", time_us / SECOND_US, time_us % SECOND_US / (SECOND_US / 10))
}

/// Looks at a running hub and at what it stands on.
#[derive(Debug)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    journal: PathBuf,
    segment_bytes: u64,
    /// Nothing where the settings name no witnesses.
    newest: Option<watch::Receiver<Option<Published>>>,
    /// The folder of the backup, and how many days may pass between two proofs.
    backup: Option<(PathBuf, u32)>,
    /// How many records there were, at times of the steady clock.
    marks: Mutex<VecDeque<(u64, u64)>>,
}

/// What `backup.json` says that matters here.
#[derive(Deserialize)]
struct About {
    proven: Option<String>,
}

impl Watch {
    /// Looks at what the settings name.
    pub(crate) fn new(
        config: &Config,
        shared: &Arc<Shared>,
        newest: watch::Receiver<Option<Published>>,
    ) -> Arc<Self> {
        let backup = config.backup.clone().map(|folder| (folder, config.backup_proven_days_max));
        Arc::new(Self {
            shared: Arc::clone(shared),
            journal: config.journal(),
            segment_bytes: config.segment_bytes,
            newest: (!config.witnesses.is_empty()).then_some(newest),
            backup,
            marks: Mutex::default(),
        })
    }

    /// Says in the hub's log what changes, until the hub stops.
    pub(crate) async fn run(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        let mut known: Vec<String> = Vec::new();
        loop {
            self.mark(clock::steady_us());
            let report = self.look();
            let codes: Vec<String> = report.reasons.iter().map(|it| it.code.clone()).collect();
            if codes != known {
                for Reason { code, text } in &report.reasons {
                    tracing::warn!(code, text, "health");
                }
                tracing::info!(state = report.state.name(), "health");
                known = codes;
            }
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Notes how many records there are.
    fn mark(&self, now_us: u64) {
        let mut marks = lock(&self.marks);
        marks.push_back((now_us, self.shared.committed().size));
        // The newest of those that witnesses have had their time for, and all later ones.
        let old = |mark: Option<&(u64, u64)>| {
            mark.is_some_and(|(at, _)| now_us.saturating_sub(*at) >= WITNESSES_US)
        };
        while old(marks.get(1)) {
            marks.pop_front();
        }
    }

    /// How the hub is now.
    pub(crate) fn look(&self) -> Report {
        let (now, now_us) = (clock::now(), clock::steady_us());
        let mut reasons = self.shared.health.reasons(now_us);
        let free_bytes = rustix::fs::statvfs(&self.journal).ok();
        let free_bytes = free_bytes.map(|it| it.f_bavail.saturating_mul(it.f_frsize));
        reasons.extend(free_bytes.and_then(|free| self.little(free)));
        let witnessed_records = self
            .newest
            .as_ref()
            .map(|newest| newest.borrow().as_ref().map_or(0, |published| published.size));
        reasons.extend(witnessed_records.and_then(|size| self.behind(now_us, size)));
        let proven = self.proven();
        reasons.extend(self.unproven(now, proven));
        let state = match reasons.first() {
            None => State::Ok,
            Some(_) if self.shared.health.is_paused() => State::Paused,
            Some(_) => State::Degraded,
        };
        let sessions = self.shared.with_network(|network| network.sessions().count());
        Report {
            version: 1,
            state,
            at: now.to_string(),
            network: self.shared.name().to_string(),
            records: self.shared.committed().size,
            sessions: sessions as u64,
            reasons,
            free_bytes,
            witnessed_records,
            backup_proven: proven.map(|at| at.to_string()),
        }
    }

    /// Whether the disk is nearly full.
    fn little(&self, free: u64) -> Option<Reason> {
        let wanted = SEGMENTS_LEFT * self.segment_bytes;
        let mib = |bytes: u64| bytes >> 20;
        let text = format!(
            "the journal's disk has {} MiB left, and {SEGMENTS_LEFT} more segments want {} MiB",
            mib(free),
            mib(wanted)
        );
        (free < wanted).then(|| Reason { code: "HUB002".to_owned(), text })
    }

    /// Whether witnesses have had their time, and have not cosigned.
    fn behind(&self, now_us: u64, witnessed: u64) -> Option<Reason> {
        let marks = lock(&self.marks);
        let due = marks.iter().rev().find(|(at, _)| now_us.saturating_sub(*at) >= WITNESSES_US);
        let (_, due) = due?;
        let text = format!(
            "witnesses have cosigned {witnessed} records, and for a minute there have been {due}"
        );
        (witnessed < *due).then(|| Reason { code: "HUB004".to_owned(), text })
    }

    /// When a drill last proved the backup, if one did.
    fn proven(&self) -> Option<LogTime> {
        let (folder, _) = self.backup.as_ref()?;
        let text = fs::read_to_string(folder.join("backup.json")).ok()?;
        serde_json::from_str::<About>(&text).ok()?.proven?.parse().ok()
    }

    /// Whether that was too long ago.
    fn unproven(&self, now: LogTime, proven: Option<LogTime>) -> Option<Reason> {
        let (folder, days_max) = self.backup.as_ref()?;
        let folder = folder.display();
        let text = match proven {
            None => format!("no drill has proven the backup in {folder}"),
            Some(proven) => {
                let days = now.0.saturating_sub(proven.0) / (86_400 * SECOND_US);
                if days < u64::from(*days_max) {
                    return None;
                }
                format!("a drill proved the backup in {folder} {days} days ago, at {proven}")
            }
        };
        Some(Reason { code: "HUB006".to_owned(), text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(health: &Health, now_us: u64) -> Vec<String> {
        health.reasons(now_us).into_iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn a_hub_without_room_says_so_until_there_is_some() {
        let health = Health::default();
        assert!(codes(&health, 5).is_empty());
        let full = journal::Error::Full {
            file: "spare".to_owned(),
            bytes: 1,
            source: std::io::ErrorKind::StorageFull.into(),
        };
        health.pauses(LogTime(7), &full);
        health.pauses(LogTime(9), &full);
        assert!(health.is_paused());
        let [reason] = &health.reasons(5)[..] else { panic!("one reason") };
        assert!(reason.code == NO_ROOM && reason.text.contains(&LogTime(7).to_string()));
        health.goes_on();
        assert!(!health.is_paused() && codes(&health, 5).is_empty());
    }

    #[test]
    fn what_takes_long_is_told_while_it_does_and_for_a_minute() {
        let health = Health::default();
        health.began_us.store(1_000_000, Ordering::Relaxed);
        assert!(codes(&health, 1_900_000).is_empty());
        assert_eq!(codes(&health, 2_000_000), ["HUB003"]);
        health.signs(true);
        assert_eq!(codes(&health, 2_000_000), ["HUB005"]);
        health.signs(false);
        health.began_us.store(0, Ordering::Relaxed);
        *lock(&health.slow) = Some((3_000_000, 1_500_000));
        assert_eq!(codes(&health, 62_000_000), ["HUB003"]);
        assert!(codes(&health, 63_000_000).is_empty());
    }
}
