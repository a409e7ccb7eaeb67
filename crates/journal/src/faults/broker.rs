//! A shared log in memory, with what goes wrong between hubs and such a log.
//!
//! Any number of producers append to one log. Requests of a producer arrive in order, but as late
//! as the run's seed wants, also long after their producer was replaced; they may arrive twice or
//! not at all; answers may be lost, or come without an offset. Nothing here fences anybody: that is
//! the worst case for the protocol in [`crate::shared_log`].

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use crate::faults::Random;

/// How often something goes wrong: once in so many times, or never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// A request is appended, and its answer is lost.
    pub lost_answer: Option<usize>,
    /// A request is lost.
    pub lost_request: Option<usize>,
    /// A request is appended twice.
    pub duplicate: Option<usize>,
    /// An answer does not say at which offset.
    pub no_offset: Option<usize>,
}

/// What a producer hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It was appended, at this offset if that is known.
    Appended(Option<u64>),
    /// Nothing was heard in time: it may be in the log or not.
    Unknown,
}

/// A connection of one hub to the log; another for each epoch that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Producer(u64);

#[derive(Clone, Debug)]
struct Request {
    token: u64,
    entry: Bytes,
}

#[derive(Clone, Debug, Default)]
struct Line {
    requests: VecDeque<Request>,
    answers: VecDeque<(u64, Answer)>,
    /// Nothing of it arrives at present.
    held: bool,
    /// Its hub does not listen any more; what is under way still arrives.
    dropped: bool,
}

/// The log and all that is under way to it.
#[derive(Clone, Debug)]
pub struct Broker {
    entries: VecDeque<Bytes>,
    /// The offset of the first entry.
    first: u64,
    lines: BTreeMap<Producer, Line>,
    weather: Weather,
    random: Random,
    next_producer: u64,
}

impl Broker {
    /// An empty log; the seed decides on everything that is left to chance.
    #[must_use]
    pub fn new(seed: u64, weather: Weather) -> Self {
        Self {
            entries: VecDeque::new(),
            first: 0,
            lines: BTreeMap::new(),
            weather,
            random: Random(seed),
            next_producer: 0,
        }
    }

    /// Changes how often something goes wrong.
    pub fn set_weather(&mut self, weather: Weather) {
        self.weather = weather;
    }

    /// A new connection.
    pub fn connect(&mut self) -> Producer {
        self.next_producer += 1;
        let producer = Producer(self.next_producer);
        self.lines.insert(producer, Line::default());
        producer
    }

    /// Sends a request; the token comes back with its answer.
    pub fn produce(&mut self, producer: Producer, token: u64, entry: Bytes) {
        self.line(producer).requests.push_back(Request { token, entry });
    }

    /// The hub listens no more. What is under way still arrives, some time.
    pub fn drop_producer(&mut self, producer: Producer) {
        let line = self.line(producer);
        line.dropped = true;
        line.answers.clear();
    }

    /// Keeps all requests of a producer under way, until [`Self::release`].
    pub fn hold(&mut self, producer: Producer) {
        self.line(producer).held = true;
    }

    /// Lets them arrive again.
    pub fn release(&mut self, producer: Producer) {
        self.line(producer).held = false;
    }

    /// Lets one request arrive, of a producer by chance; false where none can.
    pub fn step(&mut self) -> bool {
        let ready: Vec<Producer> = self
            .lines
            .iter()
            .filter(|(_, line)| !line.held && !line.requests.is_empty())
            .map(|(producer, _)| *producer)
            .collect();
        if ready.is_empty() {
            return false;
        }
        let chosen = self.random.below(ready.len());
        self.arrive(*ready.get(chosen).expect("it is below the length"));
        true
    }

    /// Lets all requests of a producer arrive that can.
    pub fn flush(&mut self, producer: Producer) {
        while !self.line(producer).held && !self.line(producer).requests.is_empty() {
            self.arrive(producer);
        }
    }

    /// What the producer has heard since it asked last.
    pub fn answers(&mut self, producer: Producer) -> Vec<(u64, Answer)> {
        self.line(producer).answers.drain(..).collect()
    }

    /// The offset of the first entry and the one behind the last.
    #[must_use]
    pub fn ends(&self) -> (u64, u64) {
        (self.first, self.first + self.entries.len() as u64)
    }

    /// An entry.
    #[must_use]
    pub fn entry(&self, offset: u64) -> Option<Bytes> {
        let at = usize::try_from(offset.checked_sub(self.first)?).ok()?;
        self.entries.get(at).cloned()
    }

    /// Appends an entry at once: what somebody else does who may write.
    pub fn append(&mut self, entry: Bytes) -> u64 {
        self.entries.push_back(entry);
        self.ends().1 - 1
    }

    /// Loses all entries from an offset on, as an engine does whose copies are set back.
    pub fn lose_from(&mut self, offset: u64) {
        let kept = usize::try_from(offset.saturating_sub(self.first)).expect("logs are small");
        self.entries.truncate(kept);
    }

    /// Loses all entries before an offset, as retention would.
    pub fn lose_before(&mut self, offset: u64) {
        while self.first < offset && self.entries.pop_front().is_some() {
            self.first += 1;
        }
    }

    fn line(&mut self, producer: Producer) -> &mut Line {
        self.lines.get_mut(&producer).expect("a producer comes from connect")
    }

    fn happens(&mut self, rate: Option<usize>) -> bool {
        rate.is_some_and(|times| self.random.one_in(times))
    }

    fn arrive(&mut self, producer: Producer) {
        let request = self.line(producer).requests.pop_front();
        let Request { token, entry } = request.expect("the caller has seen one");
        let weather = self.weather;
        let answer = if self.happens(weather.lost_request) {
            Answer::Unknown
        } else {
            let offset = self.append(entry.clone());
            if self.happens(weather.duplicate) {
                self.append(entry);
            }
            if self.happens(weather.lost_answer) {
                Answer::Unknown
            } else if self.happens(weather.no_offset) {
                Answer::Appended(None)
            } else {
                Answer::Appended(Some(offset))
            }
        };
        let line = self.line(producer);
        if !line.dropped {
            line.answers.push_back((token, answer));
        }
    }
}
