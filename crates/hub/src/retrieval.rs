//! The archive of a running hub: it follows the journal on threads of its own, and answers what
//! institutions and the operator ask of it.
//!
//! Nothing waits for it: a hub whose archive cannot be written serves all the same, says so in its
//! log, and answers retrievals with ARC001. It never sees what no checkpoint covers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use archive::{Archive, Finder, Options};
use session::ask::Question;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use trust::LogTime;

use crate::asks;
use crate::clock;
use crate::config::Config;
use crate::reporting::LastDay;
use crate::shared::Shared;
use crate::work::{Asked, LinkEvent};

/// How many records go into the archive at once.
const BATCH: u64 = 20_000;
/// How far behind the archive reads the journal from end to end, and not record by record.
const FAR_BEHIND: u64 = 200_000;
/// How long it waits when it has caught up.
const PAUSE: Duration = Duration::from_millis(500);
/// How often old volumes are looked for.
const ROUNDS_BETWEEN_EXPIRIES: u64 = 7_200;
/// How much less of a processor it gets beside those who wait for messages, where both want it: a third
/// (sched(7)).
const NICE: i32 = 5;
/// How many retrievals are answered at the same time.
const ANSWERS_MAX: usize = 2;
/// The archive's folder in the hub's.
const FOLDER: &str = "archive";

/// Opens the archive and follows the journal until the hub stops.
pub(crate) fn start(config: &Config, shared: &Arc<Shared>, stopping: watch::Receiver<bool>) {
    if config.retrieval {
        let (folder, shared) = (config.file(FOLDER), Arc::clone(shared));
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || run(&folder, &shared, stopping, &runtime));
    }
}

fn run(folder: &Path, shared: &Arc<Shared>, mut stopping: watch::Receiver<bool>, runtime: &Handle) {
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::debug!(%error, "the archive is not put behind the rest");
    }
    let mut archive = match Archive::open(folder, Options::default(), shared.records.reader()) {
        Ok(archive) => archive,
        Err(error) => {
            tracing::error!(%error, source = ?error, code = "ARC001", "the hub keeps no archive");
            return;
        }
    };
    let finder = archive.finder();
    let (queue, asked) = mpsc::unbounded_channel();
    shared.retrieve_by(queue, finder.clone());
    runtime.spawn(answer((Arc::clone(shared), finder), asked, stopping.clone()));
    let mut rounds = 0_u64;
    while !*stopping.borrow() {
        let expires = rounds.is_multiple_of(ROUNDS_BETWEEN_EXPIRIES);
        match follow(&mut archive, shared, expires) {
            Ok(true) => {}
            Ok(false) => {
                rounds += 1;
                runtime.block_on(async {
                    let stops = stopping.wait_for(|stopping| *stopping);
                    // Over: nothing has happened, and it goes on.
                    let _ = tokio::time::timeout(PAUSE, stops).await;
                });
            }
            Err(error) => {
                tracing::error!(%error, source = ?error, code = "ARC001", "the archive stands still");
                return;
            }
        }
    }
}

/// Folds the next records; says whether there were many.
fn follow(archive: &mut Archive, shared: &Shared, expires: bool) -> Result<bool, archive::Error> {
    if expires {
        let retention = asks::greatest_retention(shared);
        let before = LogTime(clock::now().0.saturating_sub(retention.0));
        let gone = archive.expire(before)?;
        if gone > 0 {
            tracing::info!(volumes = gone, "the archive has let old volumes go");
        }
    }
    let (next, durable) = (archive.next(), shared.committed().size);
    let behind = durable.saturating_sub(next);
    if behind > FAR_BEHIND {
        // The walk begins at a segment's start, so it is worth it for many only.
        let count = usize::try_from(FAR_BEHIND).unwrap_or(usize::MAX);
        archive.fold(shared.records.reader().records(next).take(count))?;
    } else if behind > 0 {
        let until = durable.min(next + BATCH);
        archive.fold((next..until).map(|sequence| shared.records.read(sequence)))?;
    }
    Ok(behind > BATCH)
}

/// Answers what institutions ask, a few at a time.
async fn answer(
    (shared, finder): (Arc<Shared>, Finder),
    mut asked: mpsc::UnboundedReceiver<Asked>,
    mut stopping: watch::Receiver<bool>,
) {
    let room = Arc::new(tokio::sync::Semaphore::new(ANSWERS_MAX));
    let last_day = Arc::new(LastDay::default());
    loop {
        let asked = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            asked = asked.recv() => asked,
        };
        let Some(asked) = asked else { return };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let (shared, finder) = (Arc::clone(&shared), finder.clone());
        let last_day = Arc::clone(&last_day);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let Asked { link, institution, number, question } = asked;
            let reply = if let Question::Retrieve(wanted) = &question {
                asks::retrieve(&shared, &finder, institution, wanted)
            } else if let Question::Report(wanted) = &question {
                last_day.report(&shared, institution, wanted)
            } else {
                return;
            };
            let reply = reply.unwrap_or_else(|error| {
                tracing::error!(%error, source = ?error, code = "ARC001", "the archive cannot be read");
                asks::no_archive()
            });
            // A link that has gone asks again.
            let _ = link.send(Box::new(LinkEvent::Replied { number, reply }));
        });
    }
}
