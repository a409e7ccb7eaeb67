//! Reports of the network: asked of the hub when they are due, and kept as documents in the folder
//! `reports` of the gateway, which back offices read by REST or as files.
//!
//! When a report is due is decided by the network (`docs/network/reports.md`); the gateway asks from
//! time to time whether one is, and makes each once. A report shows how things are when it is made,
//! and says when it was due: a gateway that was away makes the last one late.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use iso::Date;
use serde_json::{Value, json};
use session::ask::{Day, Page, Question, Reply, Report, Wanted};
use tokio::sync::watch;
use trust::LogTime;

use crate::clock::Clock;
use crate::link::{Asker, Unanswered};

/// The folder in that of the gateway.
const FOLDER: &str = "reports";
/// How often the gateway asks whether a report is due.
const ASK_EVERY: Duration = Duration::from_secs(30);
/// How often it looks for a session before it has asked for the first time.
const FIRST_ASK_EVERY: Duration = Duration::from_secs(1);
/// How many pages a report has at most: a million messages that wait.
const PAGES_MAX: usize = 1_000;

/// Where reports are kept.
#[derive(Clone, Debug)]
pub(crate) struct Reports {
    folder: PathBuf,
    asker: Asker,
    clock: Clock,
}

/// Why a report was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    /// The network cannot be asked, or has not answered.
    #[error("the network has not answered")]
    Unanswered(Unanswered),
    /// The network does not tell.
    #[error("the network says {code}: {text}")]
    Rejected {
        /// Its code.
        code: String,
        /// Why.
        text: String,
    },
    /// What the network said is no report.
    #[error("the network has answered something else")]
    Other,
    /// It cannot be written or read.
    #[error("cannot use the folder of reports")]
    Io(#[from] io::Error),
}

impl Reports {
    pub(crate) fn new(gateway: &Path, asker: Asker, clock: Clock) -> Self {
        Self { folder: gateway.join(FOLDER), asker, clock }
    }

    /// Makes the undelivered report as things are now; `due` is when it was due, if it was.
    pub(crate) async fn undelivered(
        &self,
        due: Option<LogTime>,
    ) -> Result<(String, Value), ReportError> {
        let at = self.clock.now();
        let mut rows = Vec::new();
        let mut after = String::new();
        for _ in 0..PAGES_MAX {
            let wanted = Wanted { report: Report::Undelivered, after, day: Day(0) };
            let Page { document, next } = self.page(wanted).await?;
            let Ok(Value::Array(more)) = serde_json::from_str(&document) else {
                return Err(ReportError::Other);
            };
            rows.extend(more);
            if next.is_empty() {
                break;
            }
            after = next;
        }
        let report = json!({
            "report": "undelivered",
            "made_at": at.to_string(),
            "due_at": due.map(|due| due.to_string()),
            "messages": rows,
        });
        self.keep("undelivered", due.unwrap_or(at), report).await
    }

    /// Makes the daily check report of a day.
    pub(crate) async fn daily_check(&self, day: Day) -> Result<(String, Value), ReportError> {
        let wanted = Wanted { report: Report::DailyCheck, after: String::new(), day };
        let Page { document, .. } = self.page(wanted).await?;
        let Ok(Value::Object(mut report)) = serde_json::from_str(&document) else {
            return Err(ReportError::Other);
        };
        report.insert("report".to_owned(), "daily-check".into());
        report.insert("made_at".to_owned(), self.clock.now().to_string().into());
        let start = LogTime(day.0.saturating_mul(86_400_000_000));
        self.keep("daily-check", start, Value::Object(report)).await
    }

    async fn page(&self, wanted: Wanted) -> Result<Page, ReportError> {
        let reply = self.ask(Question::Report(wanted)).await?;
        if let Reply::Report(page) = reply { Ok(page) } else { Err(ReportError::Other) }
    }

    async fn ask(&self, question: Question) -> Result<Reply, ReportError> {
        let reply = self.asker.ask(question).await.map_err(ReportError::Unanswered)?;
        if let Reply::Rejected { code, text } = reply {
            return Err(ReportError::Rejected { code, text });
        }
        Ok(reply)
    }

    /// Writes a report; gives its name.
    async fn keep(
        &self,
        kind: &str,
        at: LogTime,
        report: Value,
    ) -> Result<(String, Value), ReportError> {
        let time: String = at.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
        let name = format!("{kind}-{time}");
        let (folder, file) = (self.folder.clone(), format!("{name}.json"));
        let mut bytes = serde_json::to_vec_pretty(&report).map_err(io::Error::other)?;
        bytes.push(b'\n');
        let written = tokio::task::spawn_blocking(move || write(&folder, &file, &bytes));
        written.await.map_err(io::Error::other)??;
        Ok((name, report))
    }

    /// The names of the reports that are kept, the newest of each kind last.
    pub(crate) async fn names(&self) -> Result<Vec<String>, ReportError> {
        let folder = self.folder.clone();
        let listed = tokio::task::spawn_blocking(move || names(&folder));
        Ok(listed.await.map_err(io::Error::other)??)
    }

    /// A report that is kept; nothing where there is none of that name.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ReportError> {
        // A name is one that `keep` gives, so it leads to no other folder.
        let good = |it: char| it.is_ascii_alphanumeric() || it == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(good) {
            return Ok(None);
        }
        let path = self.folder.join(format!("{name}.json"));
        let read = tokio::task::spawn_blocking(move || fs::read(path));
        match read.await.map_err(io::Error::other)? {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Asks whether reports are due, and makes those that were not made.
    async fn look(&self, made: &mut Made) -> Result<(), ReportError> {
        let Reply::Reports(view) = self.ask(Question::Reports).await? else {
            return Err(ReportError::Other);
        };
        if let Some(due) = view.undelivered_due.filter(|due| Some(*due) > made.undelivered) {
            let (name, _) = self.undelivered(Some(due)).await?;
            tracing::info!(name, "report");
            made.undelivered = Some(due);
            made.write(&self.folder)?;
        }
        if let Some(due) = view.check_due.filter(|due| Some(*due) > made.check) {
            let day = Day(Day::of(due).0.saturating_sub(1));
            let (name, _) = self.daily_check(day).await?;
            tracing::info!(name, "report");
            made.check = Some(due);
            made.write(&self.folder)?;
        }
        Ok(())
    }
}

/// Makes reports when they are due, until the gateway stops.
pub(crate) async fn run(reports: Reports, mut stopping: watch::Receiver<bool>) {
    let mut made = Made::read(&reports.folder);
    let mut pause = FIRST_ASK_EVERY;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            () = tokio::time::sleep(pause) => {}
        }
        match reports.look(&mut made).await {
            Ok(()) => pause = ASK_EVERY,
            // There is no session yet, or not any more; it is asked again.
            Err(ReportError::Unanswered(_)) => pause = FIRST_ASK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "a report was not made");
                pause = ASK_EVERY;
            }
        }
    }
}

/// The day of a text such as `2026-11-28`.
pub(crate) fn day(text: &str) -> Option<Day> {
    let date: Date = text.parse().ok()?;
    Some(Day(u64::try_from(date.days_since_1970()).ok()?))
}

/// Which reports were made last: when they were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Made {
    undelivered: Option<LogTime>,
    check: Option<LogTime>,
}

impl Made {
    const FILE: &str = ".made";

    /// What is not there was never made: then the last one is made again, which harms nobody.
    fn read(folder: &Path) -> Self {
        let text = fs::read_to_string(folder.join(Self::FILE)).unwrap_or_default();
        let mut times = text.split_whitespace().map(|time| time.parse().ok().map(LogTime));
        let mut time = || times.next().flatten().filter(|at| at.0 != 0);
        Self { undelivered: time(), check: time() }
    }

    fn write(self, folder: &Path) -> io::Result<()> {
        let time = |at: Option<LogTime>| at.map_or(0, |at| at.0);
        let text = format!("{} {}\n", time(self.undelivered), time(self.check));
        write(folder, Self::FILE, text.as_bytes())
    }
}

/// Writes a file whole, or not at all.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = fs::File::create(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(name))?;
    fs::File::open(folder)?.sync_all()
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(
            name.strip_suffix(".json").filter(|it| !it.starts_with('.')).map(str::to_owned),
        );
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_known_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FOLDER);
        assert_eq!(Made::read(&path), Made::default());
        let made = Made { undelivered: Some(LogTime(7)), check: None };
        made.write(&path).unwrap();
        assert_eq!(Made::read(&path), made);
        write(&path, "undelivered-1.json", b"{}").unwrap();
        assert_eq!(names(&path).unwrap(), ["undelivered-1"]);
    }
}
