//! A hub at a simulated [`Broker`]: what an engine does around [`crate::shared_log::Writer`], in
//! steps that the run orders as it likes.

use std::collections::BTreeMap;

use trust::{LogTime, NetworkName, Shard};

use crate::append::{Draft, Stamped};
use crate::error::Error;
use crate::faults::{Answer, Broker, Producer};
use crate::reader::Record;
use crate::shared_log::{Event, Fold, Mode, Place, Verdict, Writer};

/// The token of a claim; those of records are their sequences.
const CLAIM: u64 = u64::MAX;

/// A hub that wants to lead, leads, or did so once.
#[derive(Debug)]
pub struct Candidate {
    writer: Writer,
    producer: Producer,
    /// What this hub has told to be durable, in order.
    durable: Vec<Stamped>,
    /// What it was told will never be in the journal, in order.
    void: Vec<Stamped>,
    /// How many successful answers it had for records: what a careless hub would acknowledge.
    answered: BTreeMap<u64, u64>,
}

impl Candidate {
    /// A hub that begins at the first entry.
    #[must_use]
    pub fn new(broker: &mut Broker, id: u64, network: NetworkName, shard: Shard) -> Self {
        Self::with(broker, Writer::new(id, Fold::new(network, shard)))
    }

    /// A hub that goes on from a place that it has kept.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`].
    pub fn resume(broker: &mut Broker, id: u64, place: Place) -> Result<Self, Error> {
        let mut candidate = Self::with(broker, Writer::new(id, Fold::resume(place)));
        candidate.catch_up(broker)?;
        Ok(candidate)
    }

    fn with(broker: &mut Broker, writer: Writer) -> Self {
        Self {
            writer,
            producer: broker.connect(),
            durable: Vec::new(),
            void: Vec::new(),
            answered: BTreeMap::new(),
        }
    }

    /// The protocol's state.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Its present connection.
    #[must_use]
    pub fn producer(&self) -> Producer {
        self.producer
    }

    /// What it has told to be durable, in order.
    #[must_use]
    pub fn durable(&self) -> &[Stamped] {
        &self.durable
    }

    /// What it knows never to be in the journal.
    #[must_use]
    pub fn void(&self) -> &[Stamped] {
        &self.void
    }

    /// How many records the log has said to have appended.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answered.len()
    }

    /// Reads to the end of the log, and claims it. Whether it leads is known after [`Self::poll`].
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`].
    pub fn claim(&mut self, broker: &mut Broker, at: LogTime) -> Result<(), Error> {
        self.catch_up(broker)?;
        if self.writer.mode() == Mode::Following {
            let entry = self.writer.claim(at);
            broker.produce(self.producer, CLAIM, entry);
        }
        Ok(())
    }

    /// Sends a record, if it leads as far as it knows.
    pub fn send(&mut self, broker: &mut Broker, draft: &Draft) -> Option<Stamped> {
        if self.writer.mode() != Mode::Leading {
            return None;
        }
        let (stamped, entry) = self.writer.stage(draft);
        broker.produce(self.producer, stamped.head.sequence, entry);
        Some(stamped)
    }

    /// Takes the answers that have come, and reads where those do not suffice.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`].
    pub fn poll(&mut self, broker: &mut Broker) -> Result<(), Error> {
        for (token, answer) in broker.answers(self.producer) {
            match answer {
                Answer::Appended(_) if token == CLAIM => self.catch_up(broker)?,
                Answer::Appended(offset) => {
                    *self.answered.entry(token).or_default() += 1;
                    let events = self.writer.reported(token, offset);
                    self.follow(broker, events);
                    if offset.is_none() || self.writer.read_until().is_some() {
                        self.catch_up(broker)?;
                    }
                }
                Answer::Unknown => {
                    let events = self.writer.failed();
                    self.follow(broker, events);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads to the end of the log.
    ///
    /// # Errors
    ///
    /// [`Error::RolledBack`].
    pub fn catch_up(&mut self, broker: &mut Broker) -> Result<(), Error> {
        let (first, end) = broker.ends();
        self.writer.fold().check_ends(first, end)?;
        while self.writer.fold().next_offset() < end {
            let offset = self.writer.fold().next_offset();
            let entry = broker.entry(offset).expect("it lies between the ends");
            let events = self.writer.read(offset, &entry)?;
            self.follow(broker, events);
        }
        Ok(())
    }

    fn follow(&mut self, broker: &mut Broker, events: Vec<Event>) {
        for event in events {
            match event {
                Event::Durable(stamped) => self.durable.push(stamped),
                Event::Void(stamped) => self.void.push(stamped),
                Event::SteppedDown => {
                    broker.drop_producer(self.producer);
                    self.producer = broker.connect();
                }
                Event::Leads { .. } | Event::Alarm { .. } => {}
            }
        }
    }
}

/// The journal in a log, as anybody reads it who begins at its first entry.
///
/// # Panics
///
/// Where the log has lost its beginning.
#[must_use]
pub fn journal_of(broker: &Broker, network: NetworkName, shard: Shard) -> Vec<Record> {
    let mut fold = Fold::new(network, shard);
    let (first, end) = broker.ends();
    let mut records = Vec::new();
    for offset in first..end {
        let entry = broker.entry(offset).expect("it lies between the ends");
        match fold.take(offset, &entry).expect("a fold from the beginning finds no rollback") {
            Verdict::Valid(record) => records.push(record),
            Verdict::Void(_) | Verdict::Known => {}
        }
    }
    records
}
