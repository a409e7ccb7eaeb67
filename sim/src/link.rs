//! A connection between a gateway and the hub: frames in order, each with the time at which it
//! arrives; and what is left of them when it breaks.

use std::collections::VecDeque;

use bytes::Bytes;
use hub::parts::{Conversation, Heard};
use journal::faults::{Disk, Random};

/// How many frames one end may have on their way.
pub(crate) const FRAMES_MAX: usize = 6;

/// Something on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// An encoded frame.
    Frame(Bytes),
    /// The other end is gone.
    End,
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(crate) struct Way {
    queue: VecDeque<(u64, Wire)>,
    /// What is sent from here on goes nowhere.
    broken: bool,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Link {
    /// Which gateway made it.
    pub(crate) bank: usize,
    /// The hub's end; nothing once the hub has let it go.
    pub(crate) hub: Option<(Conversation<Disk>, Heard)>,
    /// Since when something at the hub waits for more to come with it.
    pub(crate) gathers_since: Option<u64>,
    pub(crate) to_hub: Way,
    pub(crate) to_bank: Way,
}

impl Link {
    /// A link that both ends have just opened.
    pub(crate) fn new(bank: usize, hub: (Conversation<Disk>, Heard)) -> Self {
        let (to_hub, to_bank) = (Way::default(), Way::default());
        Self { bank, hub: Some(hub), gathers_since: None, to_hub, to_bank }
    }
}

impl Way {
    /// Sends something that arrives after so long, and never before what was sent before.
    pub(crate) fn send(&mut self, now: u64, delay: u64, wire: Wire) -> u64 {
        let last = self.queue.back().map_or(0, |(at, _)| *at);
        let at = last.max(now + delay);
        if !self.broken {
            self.queue.push_back((at, wire));
        }
        at
    }

    /// When the next thing arrives.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.queue.front().map(|(at, _)| *at)
    }

    /// Takes what has arrived.
    pub(crate) fn take(&mut self, now: u64) -> Option<Wire> {
        self.next_at().filter(|at| *at <= now)?;
        self.queue.pop_front().map(|(_, wire)| wire)
    }

    /// Whether one more frame may be sent.
    pub(crate) fn has_room(&self) -> bool {
        self.queue.len() < FRAMES_MAX
    }

    /// It breaks: the first few things still arrive, and after so long the end is noticed.
    pub(crate) fn cut(&mut self, now: u64, delay: u64, random: &mut Random) {
        if self.broken {
            return;
        }
        let kept = random.below(self.queue.len() + 1);
        self.queue.truncate(kept);
        self.send(now, delay, Wire::End);
        self.broken = true;
    }
}
