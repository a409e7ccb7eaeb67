//! The world of a run: who is in it, what time it is, and what happens next.
//!
//! Everything happens in one queue of events. Each event lets one task of one machine do one thing;
//! which of two tasks is first, and how long anything takes, is drawn from the run's one generator.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use gateway::Acknowledge;
use journal::faults::Random;
use network::Tiding;
use trust::Lane;

use crate::bank::Bank;
use crate::check::{self, Checker, Find};
use crate::host::Host;
use crate::identity;
use crate::link::Link;
use crate::mutation::Mutation;
use crate::plan::{Kind, Plan, SECOND};

/// One task that is to do one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Event {
    /// A step of the plan.
    Step(usize),
    /// A fault ends.
    Ends(Kind, usize),
    /// All faults end.
    Heal,
    /// The hub's process starts.
    HubStart,
    /// The commit loop takes what has come.
    HubCommit,
    /// The sync that the commit loop waited for is done.
    HubSynced(u64),
    /// The hub's clock is looked at: something may be due.
    HubTick,
    /// The hub serves a link.
    HubLink(u64),
    /// A gateway's process starts.
    BankStart(usize),
    /// A gateway connects.
    Connect(usize),
    /// A gateway has waited long enough for a Welcome.
    Silent(usize, u64),
    /// A gateway attends to its link.
    BankLink(usize),
    /// A gateway's store writes.
    BankWrite(usize),
    /// A back office looks after its messages.
    Office(usize),
    /// A back office answers the request of a record.
    Respond(usize, u64),
}

/// How many events a run may have: far more than any has that ends.
const EVENTS_MAX: u64 = 400_000;
/// How long everything may take once all faults have ended.
const LIVENESS: u64 = 120 * SECOND;

/// A hash over everything that happens, and, if it is wanted, the words.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) hash: u64,
    pub(crate) told: Option<String>,
}

impl Trace {
    fn add(&mut self, text: fmt::Arguments<'_>) {
        let told = &mut self.told;
        let mut sink = Sink { hash: &mut self.hash, told };
        let _ = fmt::Write::write_fmt(&mut sink, text);
        let _ = fmt::Write::write_str(&mut sink, "\n");
    }
}

struct Sink<'a> {
    hash: &'a mut u64,
    told: &'a mut Option<String>,
}

impl fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            // FNV-1a: it tells runs apart, and proves nothing.
            *self.hash = (*self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if let Some(told) = self.told {
            told.push_str(text);
        }
        Ok(())
    }
}

/// What can be said of a run beside what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many events it had.
    pub events: u64,
    /// How long it was, in its own microseconds.
    pub simulated_us: u64,
    /// How many messages were handed in.
    pub messages: u64,
    /// Faults that took place, by kind.
    pub faults: BTreeMap<Kind, u64>,
    /// How often the hub and the gateways were started.
    pub starts: u64,
    /// How many sessions were opened.
    pub sessions: u64,
    /// How many snapshots the hub has written.
    pub snapshots: u64,
    /// How many openings the hub has heard after one of a later connection.
    pub overtaken: u64,
    /// How often the hub has found no room for a group, and waited.
    pub waits: u64,
    /// How often a sector that cannot be read has ended a link of the hub, or kept it from starting.
    pub unreadable: u64,
    /// How many changed bits of the journal were refused by name.
    pub damage_named: u64,
    /// How many decisions about messages between others are in the log.
    pub decisions: u64,
    /// How many messages were refused by such a decision, as their senders know.
    pub stopped: u64,
    /// The same of those that were withdrawn or aborted.
    pub withdrawn: u64,
    /// The same of those that their receivers declined.
    pub declined: u64,
}

pub(crate) struct World {
    pub(crate) now: u64,
    queue: BTreeMap<(u64, u64), Event>,
    waiting: BTreeSet<Event>,
    ticket: u64,
    pub(crate) random: Random,
    pub(crate) trace: Trace,
    pub(crate) plan: Plan,
    pub(crate) host: Host,
    pub(crate) banks: Vec<Bank>,
    pub(crate) links: BTreeMap<u64, Link>,
    pub(crate) next_link: u64,
    pub(crate) checker: Checker,
    pub(crate) counts: Counts,
    /// Whether all faults have ended.
    pub(crate) healed: bool,
    /// How often back offices look where nobody calls them, in microseconds.
    pub(crate) office_us: u64,
    /// A mistake that is made on purpose.
    pub(crate) mutation: Option<Mutation>,
}

pub(crate) type Result<T = ()> = std::result::Result<T, Find>;

/// The lanes that the second terminal of an institution is for; the first takes what is left.
fn lanes_of_second(seed: u64) -> BTreeSet<Lane> {
    match seed % 4 {
        0 => BTreeSet::new(),
        1 => [Lane::URGENT].into(),
        2 => [Lane::SYSTEM, Lane(4)].into(),
        _ => [Lane::NORMAL, Lane(5)].into(),
    }
}

impl World {
    pub(crate) fn new(plan: &Plan, mutation: Option<Mutation>, tell: bool) -> Self {
        let mut random = Random(plan.seed);
        let second = |bank: usize| plan.shared && bank + 1 == plan.banks;
        let terminals: Vec<_> =
            (0..plan.banks).map(|bank| identity::terminal(bank, second(bank))).collect();
        let sharing: BTreeSet<usize> =
            if plan.shared { [0, plan.banks - 1].into() } else { BTreeSet::new() };
        let acknowledge = if plan.decides() { Acknowledge::Taken } else { Acknowledge::Stored };
        let banks = terminals.iter().enumerate().map(|(bank, it)| {
            let lanes = if second(bank) { lanes_of_second(plan.seed) } else { BTreeSet::new() };
            Bank::new(*it, sharing.contains(&bank).then_some(lanes), acknowledge, mutation)
        });
        Self {
            now: 0,
            queue: BTreeMap::new(),
            waiting: BTreeSet::new(),
            ticket: 0,
            trace: Trace { hash: 0xcbf2_9ce4_8422_2325, told: tell.then(String::new) },
            plan: plan.clone(),
            host: Host::new(random.number(), mutation),
            banks: banks.collect(),
            links: BTreeMap::new(),
            next_link: 1,
            checker: Checker::new(terminals, sharing, plan),
            counts: Counts::default(),
            healed: false,
            office_us: SECOND / 2,
            mutation,
            random,
        }
    }

    /// Lets something happen after so long, unless it is to happen already.
    pub(crate) fn wake(&mut self, event: Event, delay: u64) {
        if self.waiting.insert(event) {
            self.ticket += 1;
            self.queue.insert((self.now + delay, self.ticket), event);
        }
    }

    /// The same after the short time that a task needs to get its turn.
    pub(crate) fn soon(&mut self, event: Event) {
        let delay = self.moment();
        self.wake(event, delay);
    }

    /// A short time; seldom a longer one.
    pub(crate) fn moment(&mut self) -> u64 {
        let most = if self.random.one_in(20) { 20_000 } else { 300 };
        10 + self.random.number() % most
    }

    pub(crate) fn say(&mut self, text: fmt::Arguments<'_>) {
        let now = self.now;
        self.trace.add(format_args!("{now:>9} {text}"));
    }

    /// Plays the plan to its end.
    pub(crate) fn play(&mut self) -> Result {
        for (index, step) in self.plan.steps.clone().iter().enumerate() {
            self.wake(Event::Step(index), step.at);
        }
        self.wake(Event::Heal, self.plan.end() + SECOND);
        self.begin();
        self.end()
    }

    /// Everybody starts.
    pub(crate) fn begin(&mut self) {
        self.wake(Event::HubStart, 0);
        for bank in 0..self.banks.len() {
            self.soon(Event::BankStart(bank));
        }
    }

    /// Plays on until all faults have ended and all that was promised has come true.
    pub(crate) fn end(&mut self) -> Result {
        let (mut healed_at, most) = (0, self.counts.events + EVENTS_MAX);
        while let Some(event) = self.turn()? {
            if self.healed && healed_at == 0 {
                healed_at = self.now;
            }
            if self.healed && matches!(event, Event::Office(_)) && self.is_done() {
                break;
            }
            if self.counts.events > most || (self.healed && self.now > healed_at + LIVENESS) {
                let missing = self.checker.missing();
                let invariant = if missing.is_empty() { "I9" } else { "I1" };
                let text = format!("without faults it does not come to an end: {missing:?}");
                return self.checker.find(invariant, text);
            }
        }
        self.counts.simulated_us = self.now;
        self.counts.stopped = self.checker.told(&[Tiding::Stopped]);
        self.counts.withdrawn = self.checker.told(&check::WITHDRAWN);
        self.counts.declined = self.checker.told(&[Tiding::Declined]);
        self.audit()
    }

    /// When the next thing happens.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets the next thing happen, and says what it was; a machine that stands still does it later.
    pub(crate) fn turn(&mut self) -> Result<Option<Event>> {
        let Some(((at, _), event)) = self.queue.pop_first() else { return Ok(None) };
        self.waiting.remove(&event);
        self.counts.events += 1;
        (self.now, self.checker.now) = (at, at);
        match self.paused(event) {
            Some(until) => self.wake(event, until - at),
            None => self.happen(event)?,
        }
        Ok(Some(event))
    }

    /// Until when the machine of an event stands still.
    fn paused(&self, event: Event) -> Option<u64> {
        let until = match event {
            Event::HubCommit | Event::HubSynced(_) | Event::HubTick | Event::HubLink(_) => {
                self.host.paused_until
            }
            Event::BankLink(bank)
            | Event::BankWrite(bank)
            | Event::Connect(bank)
            | Event::Silent(bank, _)
            | Event::Office(bank) => self.banks[bank].paused_until,
            Event::Step(_)
            | Event::Ends(..)
            | Event::Heal
            | Event::HubStart
            | Event::BankStart(_)
            | Event::Respond(..) => 0,
        };
        (until > self.now).then_some(until)
    }

    fn happen(&mut self, event: Event) -> Result {
        match event {
            Event::Step(index) => {
                self.step(self.plan.steps[index]);
                Ok(())
            }
            Event::Ends(kind, who) => {
                self.ends(kind, who);
                Ok(())
            }
            Event::Heal => self.heal(),
            Event::HubStart => self.hub_start(),
            Event::HubCommit => {
                self.hub_commit();
                Ok(())
            }
            Event::HubSynced(life) => self.hub_synced(life),
            Event::HubTick => {
                self.hub_tick();
                Ok(())
            }
            Event::HubLink(link) => self.hub_link(link),
            Event::BankStart(bank) => self.bank_start(bank),
            Event::Connect(bank) => self.connect(bank),
            Event::Silent(bank, link) => {
                self.silent(bank, link);
                Ok(())
            }
            Event::BankLink(bank) => self.bank_link(bank),
            Event::BankWrite(bank) => self.bank_write(bank),
            Event::Office(bank) => self.office(bank),
            Event::Respond(bank, record) => {
                self.respond(bank, record);
                Ok(())
            }
        }
    }

    /// Whether everything that was promised has come true.
    fn is_done(&self) -> bool {
        // What is read in the end is a journal that was mended, if it was damaged.
        let is_sound = self.host.rotten.is_none();
        is_sound && self.banks.iter().all(Bank::is_quiet) && self.checker.missing().is_empty()
    }
}
