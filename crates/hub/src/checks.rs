//! Threads that check large frames, slice by slice, each link's in turn.
//!
//! Checks are most of what messages cost. On the threads that serve links they would make everybody
//! wait who has a word to send or to hear; here they wait for each other, and nobody has two slices
//! while another has none. The system runs these threads after those that serve and commit, so that
//! whoever sends as much as a hub can check finds all that is behind the check idle. Small frames are
//! checked where they come in: handing them over would cost more than it gains.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

use crate::error::Error;
use crate::pipeline::checking::Check;
use crate::work::Item;

/// How much less of a processor these threads get beside those that serve and commit, where both want
/// it: a third (sched(7)).
const NICE: i32 = 5;

/// The way to the threads; they end when the last clone has gone.
#[derive(Clone, Debug)]
pub(crate) struct Checks(Arc<Door>);

#[derive(Debug)]
struct Door(Arc<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    /// The next slice is of the first. A link has one frame here at most.
    jobs: VecDeque<Job>,
    closed: bool,
}

#[derive(Debug)]
struct Job {
    check: Box<Check>,
    done: oneshot::Sender<Vec<Item>>,
}

impl Checks {
    /// Starts a thread for each processor.
    pub(crate) fn start() -> Result<Self, Error> {
        let queue = Arc::new(Queue::default());
        let checks = Self(Arc::new(Door(Arc::clone(&queue))));
        let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for _ in 0..processors {
            let queue = Arc::clone(&queue);
            let thread = thread::Builder::new().name("check".to_owned());
            thread.spawn(move || queue.work()).map_err(Error::Thread)?;
        }
        Ok(checks)
    }

    /// Checks a frame; nothing comes where that panicked.
    pub(crate) fn check(&self, check: Box<Check>) -> oneshot::Receiver<Vec<Item>> {
        let (done, checked) = oneshot::channel();
        let queue = &self.0.0;
        queue.waiting().jobs.push_back(Job { check, done });
        queue.news.notify_one();
        checked
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.0.waiting().closed = true;
        self.0.news.notify_all();
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        if let Err(error) = rustix::process::nice(NICE) {
            tracing::debug!(%error, "checks are not put behind the rest");
        }
        let mut mine = None;
        while let Some(job) = self.turn(mine.take()) {
            mine = slice(job);
        }
    }

    /// Gives the job that has waited longest, be it this one again.
    fn turn(&self, mine: Option<Job>) -> Option<Job> {
        let mut waiting = self.waiting();
        waiting.jobs.extend(mine);
        loop {
            if waiting.closed {
                return None;
            }
            if let Some(job) = waiting.jobs.pop_front() {
                return Some(job);
            }
            waiting = self.news.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Does one slice; gives the job back if there is more.
fn slice(mut job: Job) -> Option<Job> {
    if job.done.is_closed() {
        return None;
    }
    // A fault in a check ends the link whose message found it, as it would on a thread of links.
    let step = catch_unwind(AssertUnwindSafe(|| job.check.go_on()));
    match step {
        Ok(None) => Some(job),
        Ok(Some(items)) => {
            // The link may have ended.
            let _ = job.done.send(items);
            None
        }
        Err(_panic) => None,
    }
}
