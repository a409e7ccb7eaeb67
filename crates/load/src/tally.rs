//! What the clients of a run have seen, put together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use iso::Terminal;
use session::gateway::{Arrivals, Item};

/// A message is delivered: beside the time at which it was sent, in microseconds.
const DELIVERED: u32 = 1 << 31;

/// What all clients of a run write to.
#[derive(Debug)]
pub(crate) struct Tally {
    /// When the run began; all times count from here.
    pub(crate) start: Instant,
    /// What each sender has sent, by input number from 1: when it was made or meant to be sent.
    sent: Vec<Mutex<Vec<u32>>>,
    /// The place of each sender.
    places: BTreeMap<Terminal, usize>,
    /// The place of the one that floods: nobody asks how long its messages take.
    flood: Option<usize>,
    /// From when to when messages count, in microseconds; 0 while that is not known.
    from: AtomicU64,
    until: AtomicU64,
    /// How many messages were made, accepted, refused, delivered, and noticed as delivered.
    pub(crate) made: AtomicU64,
    pub(crate) accepted: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) noticed: AtomicU64,
    /// Deliveries of messages that nobody sent, or that were delivered before.
    pub(crate) wrong: AtomicU64,
    /// Deliveries and answers within the time that counts.
    pub(crate) answered_counted: AtomicU64,
    pub(crate) delivered_counted: AtomicU64,
}

/// Latencies of one client, or of all.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        Self(Histogram::new(3).expect("three digits are a precision"))
    }
}

impl Latency {
    pub(crate) fn record(&mut self, microseconds: u64) {
        self.0.record(microseconds).expect("it grows as it must");
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.0.add(&other.0).expect("both have the same precision and grow");
    }

    /// How many messages it knows of.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time within which this part of the messages had it, from 0 to 1.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Duration {
        Duration::from_micros(self.0.value_at_quantile(part))
    }

    /// The longest.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }
}

impl Tally {
    pub(crate) fn new(start: Instant, senders: &[Terminal], flood: Option<usize>) -> Self {
        Self {
            start,
            sent: senders.iter().map(|_| Mutex::default()).collect(),
            places: senders.iter().enumerate().map(|(place, it)| (*it, place)).collect(),
            flood,
            from: AtomicU64::new(u64::MAX),
            until: AtomicU64::new(u64::MAX),
            made: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            noticed: AtomicU64::new(0),
            wrong: AtomicU64::new(0),
            answered_counted: AtomicU64::new(0),
            delivered_counted: AtomicU64::new(0),
        }
    }

    /// Now, in microseconds since the start; a run lasts half an hour at most.
    pub(crate) fn now(&self) -> u32 {
        u32::try_from(self.start.elapsed().as_micros()).unwrap_or(u32::MAX) & !DELIVERED
    }

    /// From now on messages count.
    pub(crate) fn count_from_now(&self) {
        self.from.store(self.now().into(), Ordering::Relaxed);
    }

    /// What is sent from now on counts no more.
    pub(crate) fn count_until_now(&self) {
        self.until.store(self.now().into(), Ordering::Relaxed);
    }

    fn counts(&self, at: u32) -> bool {
        let at = u64::from(at);
        self.from.load(Ordering::Relaxed) <= at && at < self.until.load(Ordering::Relaxed)
    }

    /// A sender has made its next messages.
    pub(crate) fn sent(&self, place: usize, at: impl Iterator<Item = u32>) {
        let mut sent = self.of(place);
        let before = sent.len();
        sent.extend(at.map(|at| at & !DELIVERED));
        self.made.fetch_add((sent.len() - before) as u64, Ordering::Relaxed);
    }

    /// Answers to a sender came.
    pub(crate) fn answered(&self, place: usize, numbers: &[u64], latency: &mut Latency) {
        let now = self.now();
        let sent = self.of(place);
        let mut counted = 0;
        for number in numbers {
            let Some(at) = sent.get(index(*number)) else { continue };
            let at = at & !DELIVERED;
            if self.counts(at) && self.flood != Some(place) {
                latency.record(now.saturating_sub(at).into());
            }
            counted += u64::from(self.counts(now));
        }
        self.answered_counted.fetch_add(counted, Ordering::Relaxed);
    }

    /// Messages and notices came to a receiver.
    pub(crate) fn received(&self, arrivals: &Arrivals, latency: &mut Latency) {
        let now = self.now();
        let mut counted = 0;
        let mut guard: Option<(usize, MutexGuard<'_, Vec<u32>>)> = None;
        for entry in &arrivals.entries {
            let message = match &entry.item {
                Item::Message(message) => message,
                Item::Notice(_) => {
                    self.noticed.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                // A load asks for neither, and its network withdraws nothing.
                Item::Told(_) | Item::Withdrawn(_) | Item::Copy(_) => continue,
            };
            let Some(place) = self.places.get(&message.header.sender).copied() else {
                self.wrong.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            if guard.as_ref().is_none_or(|(of, _)| *of != place) {
                drop(guard.take());
                guard = Some((place, self.of(place)));
            }
            let Some((_, sent)) = &mut guard else { continue };
            match sent.get_mut(index(message.header.input_number)) {
                Some(at) if *at & DELIVERED == 0 => {
                    if self.counts(*at) && self.flood != Some(place) {
                        latency.record(now.saturating_sub(*at).into());
                    }
                    *at |= DELIVERED;
                    self.delivered.fetch_add(1, Ordering::Relaxed);
                }
                Some(_) | None => {
                    self.wrong.fetch_add(1, Ordering::Relaxed);
                }
            }
            counted += u64::from(self.counts(now));
        }
        self.delivered_counted.fetch_add(counted, Ordering::Relaxed);
    }

    fn of(&self, place: usize) -> MutexGuard<'_, Vec<u32>> {
        let sent = self.sent.get(place).expect("a place is of this run");
        sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1)
}
