//! When messages are made: as fast as answers come (closed loop), or at a rate whatever comes
//! (open loop).
//!
//! In an open loop a message's time is the one at which it was meant to be sent, so what waits
//! because the hub or the client is slow counts as latency (no coordinated omission).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How often the pacer looks at the clock.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// How far each sender may go in an open loop.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Messages a second, of all senders.
    rate: f64,
    senders: Vec<Sender>,
    stop: AtomicBool,
}

#[derive(Debug, Default)]
struct Sender {
    due: AtomicU64,
    news: Notify,
}

impl Pace {
    pub(crate) fn new(rate: f64, senders: usize) -> Arc<Self> {
        let senders = (0..senders).map(|_| Sender::default()).collect();
        Arc::new(Self { rate, senders, stop: AtomicBool::new(false) })
    }

    /// Raises what is due as time goes by, on a thread of its own, until it is stopped.
    pub(crate) fn start(self: &Arc<Self>, start: Instant) -> std::io::Result<()> {
        let pace = Arc::clone(self);
        std::thread::Builder::new().name("pace".to_owned()).spawn(move || pace.go(start))?;
        Ok(())
    }

    fn go(&self, start: Instant) {
        let mut given = 0_u64;
        while !self.stop.load(Ordering::Relaxed) {
            let due = start.elapsed().as_secs_f64() * self.rate;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let due = due as u64;
            let first = given;
            while given < due {
                if let Some(sender) = self.sender(given) {
                    sender.due.fetch_add(1, Ordering::Relaxed);
                }
                given += 1;
            }
            for number in first..given.min(first + self.senders.len() as u64) {
                if let Some(sender) = self.sender(number) {
                    sender.news.notify_one();
                }
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the pacer is a thread with nothing else"
            )]
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn sender(&self, number: u64) -> Option<&Sender> {
        let place = number % self.senders.len() as u64;
        self.senders.get(usize::try_from(place).ok()?)
    }

    /// Nothing more becomes due.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// How many messages of a sender are due.
    pub(crate) fn due(&self, place: usize) -> u64 {
        self.senders.get(place).map_or(0, |sender| sender.due.load(Ordering::Relaxed))
    }

    /// Waits until more of a sender is due.
    pub(crate) async fn more(&self, place: usize) {
        match self.senders.get(place) {
            Some(sender) => sender.news.notified().await,
            None => std::future::pending().await,
        }
    }

    /// When a message was meant to be sent, in microseconds since the start.
    pub(crate) fn meant(&self, place: usize, input_number: u64) -> u32 {
        #[expect(clippy::cast_precision_loss, reason = "a count of messages is below 2^52")]
        let number = (place as u64 + (input_number - 1) * self.senders.len() as u64) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let at = (number * 1e6 / self.rate) as u32;
        at
    }
}
