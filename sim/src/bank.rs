//! A gateway's machine: its disk, its clock, the process, and its end of the link.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use gateway::parts::{Clock, Gateway, Opening, Parting, Turn};
use gateway::{Acknowledge, Config};
use iso::Terminal;
use session::After;
use trust::Lane;
use wire::Encoding as _;
use wire::latest::{GatewayFrame, HubFrame};

use crate::clock::SimClock;
use crate::identity;
use crate::link::Wire;
use crate::mutation::Mutation;
use crate::office::Office;
use crate::plan::SECOND;
use crate::store_disk::StoreDisk;
use crate::world::{Event, Result, World};

/// How long a gateway waits for a Welcome.
const WELCOME_TIME_MAX: u64 = 10 * SECOND;

/// A gateway's machine.
pub(crate) struct Bank {
    pub(crate) terminal: Terminal,
    /// Whether another terminal of the institution takes from the same lanes.
    shares_lanes: bool,
    /// The lanes that it is for.
    lanes: BTreeSet<Lane>,
    /// When what came is acknowledged.
    acknowledge: Acknowledge,
    pub(crate) disk: StoreDisk,
    /// What it was when the process started, where that is to come back.
    old: Option<StoreDisk>,
    pub(crate) clock: SimClock,
    time: Arc<AtomicU64>,
    /// Nothing while there is no process.
    pub(crate) gateway: Option<Gateway>,
    pub(crate) link: Option<u64>,
    /// The newest link by which the hub has opened a session for it.
    pub(crate) opened: u64,
    /// How long it waits before the next attempt.
    backoff: u64,
    /// Why a person has to look, if one has to.
    stopped: Option<String>,
    /// It has sent something on this link, or one before, that it must not: whatever ends a link of
    /// it is explained.
    pub(crate) abusive: bool,
    pub(crate) paused_until: u64,
    /// How long a sync takes.
    pub(crate) sync_us: u64,
    /// How long it takes for a frame.
    pub(crate) frame_us: u64,
    /// When it may take the next one.
    next_frame_at: u64,
    pub(crate) office: Office,
    /// The last frames that it has sent with messages and with acknowledgements.
    pub(crate) sent: Vec<Bytes>,
    /// The frames of the hub that it has taken, where somebody wants to see them.
    pub(crate) taken: Option<Vec<Bytes>>,
    /// Nobody starts it.
    pub(crate) is_off: bool,
}

impl Bank {
    pub(crate) fn new(
        terminal: Terminal,
        sharing: Option<BTreeSet<Lane>>,
        acknowledge: Acknowledge,
        mutation: Option<Mutation>,
    ) -> Self {
        Self {
            terminal,
            shares_lanes: sharing.is_some(),
            lanes: sharing.unwrap_or_default(),
            acknowledge,
            disk: StoreDisk::with(mutation),
            old: None,
            clock: SimClock::default(),
            time: Arc::default(),
            gateway: None,
            link: None,
            opened: 0,
            backoff: 50_000,
            stopped: None,
            abusive: false,
            paused_until: 0,
            sync_us: 500,
            frame_us: 0,
            next_frame_at: 0,
            office: Office::default(),
            sent: Vec::new(),
            taken: None,
            is_off: false,
        }
    }

    /// Whether it has a process, and its back office nothing left to do.
    pub(crate) fn is_quiet(&self) -> bool {
        self.gateway.is_some() && self.stopped.is_none() && self.office.is_quiet()
    }

    /// Lets the gateway's clock show what it shows now.
    pub(crate) fn tick(&self, now: u64) {
        self.time.store(self.clock.at(now).0, Ordering::Relaxed);
    }
}

impl World {
    /// A gateway's process starts.
    pub(crate) fn bank_start(&mut self, index: usize) -> Result {
        let bank = &mut self.banks[index];
        if bank.gateway.is_some() || bank.is_off {
            return Ok(());
        }
        bank.tick(self.now);
        let mut config = Config::new("".as_ref(), identity::network(), bank.terminal);
        config.shares_lanes = bank.shares_lanes;
        config.lanes.clone_from(&bank.lanes);
        config.acknowledge = bank.acknowledge;
        let opening = Opening {
            config,
            signing: identity::signing_key(bank.terminal),
            network: identity::network_keys(),
            rules: identity::rules(),
            medium: Arc::new(bank.disk.clone()),
            clock: Clock::Set(Arc::clone(&bank.time)),
        };
        self.counts.starts += 1;
        if self.mutation == Some(Mutation::GatewayForgets) {
            bank.old = Some(bank.disk.copy());
        }
        match Gateway::open(opening) {
            Ok(gateway) => {
                bank.gateway = Some(gateway);
                bank.stopped = None;
                bank.backoff = 50_000;
                bank.office.look_again();
                self.say(format_args!("gateway {index} starts"));
                self.soon(Event::Connect(index));
                self.soon(Event::Office(index));
                Ok(())
            }
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                let why = why.unwrap_or_default();
                self.say(format_args!("gateway {index} does not start: {error}: {why}"));
                if !self.banks[index].disk.is_faulty() {
                    let text = format!("gateway {index} does not start: {error}: {why}");
                    return self.checker.find("I1", text);
                }
                let out = self.banks[index].disk.is_out();
                self.bank_dies(index, out);
                Ok(())
            }
        }
    }

    /// A gateway's process ends at once, and starts again after a while.
    pub(crate) fn bank_dies(&mut self, index: usize, power: bool) {
        self.say(format_args!("gateway {index} dies, power: {power}"));
        // A machine without power says nothing: the hub finds out by itself.
        let delay = if power { 15 * SECOND } else { self.moment() };
        self.break_link(index, delay);
        let bank = &mut self.banks[index];
        bank.disk.kill();
        bank.gateway = None;
        bank.office.crash();
        if power {
            bank.disk.cut(&mut self.random);
        }
        if let Some(old) = bank.old.take() {
            bank.disk = old;
            bank.disk.kill();
        }
        let delay = 20_000 + self.random.number() % SECOND;
        self.wake(Event::BankStart(index), delay);
    }

    /// The gateway's end of its link is gone; the hub notices after so long.
    pub(crate) fn break_link(&mut self, index: usize, delay: u64) {
        let Some(id) = self.banks[index].link.take() else { return };
        let Some(link) = self.links.get_mut(&id) else { return };
        link.to_hub.cut(self.now, delay, &mut self.random);
        if link.hub.is_none() {
            self.links.remove(&id);
        } else {
            self.soon(Event::HubLink(id));
        }
    }

    /// A gateway connects.
    pub(crate) fn connect(&mut self, index: usize) -> Result {
        let bank = &self.banks[index];
        if bank.link.is_some() || bank.stopped.is_some() || bank.gateway.is_none() {
            return Ok(());
        }
        bank.tick(self.now);
        let Some(id) = self.accept(index) else {
            self.connect_later(index);
            return Ok(());
        };
        let bank = &mut self.banks[index];
        bank.link = Some(id);
        let gateway = bank.gateway.as_mut().expect("it was there");
        match gateway.connect() {
            Ok(hello) => {
                self.say(format_args!("gateway {index} connects by link {id}"));
                self.send(index, hello.encode_to_vec().into());
                self.wake(Event::Silent(index, id), WELCOME_TIME_MAX);
                Ok(())
            }
            Err(parting) => self.part(index, &parting),
        }
    }

    /// Waits, and tries again: twice as long each time.
    fn connect_later(&mut self, index: usize) {
        let bank = &mut self.banks[index];
        let whole = bank.backoff;
        bank.backoff = (whole * 2).min(5 * SECOND);
        let delay = whole / 2 + self.random.number() % (whole / 2);
        self.wake(Event::Connect(index), delay);
    }

    /// The hub has not opened a session in time.
    pub(crate) fn silent(&mut self, index: usize, link: u64) {
        let bank = &self.banks[index];
        if bank.link == Some(link) && !bank.gateway.as_ref().is_some_and(Gateway::is_open) {
            self.say(format_args!("gateway {index} waits no longer on link {link}"));
            self.hang_up(index);
            self.connect_later(index);
        }
    }

    /// Sends a frame to the hub.
    pub(crate) fn send(&mut self, index: usize, frame: Bytes) {
        let Some(id) = self.banks[index].link else { return };
        let delay = 50 + self.random.number() % 2_000;
        let Some(link) = self.links.get_mut(&id) else { return };
        let at = link.to_hub.send(self.now, delay, Wire::Frame(frame));
        self.wake(Event::HubLink(id), at - self.now);
    }

    /// The gateway attends to its link: hears of its store, takes a frame, sends a frame.
    pub(crate) fn bank_link(&mut self, index: usize) -> Result {
        let bank = &mut self.banks[index];
        bank.tick(self.now);
        let (Some(id), Some(gateway)) = (bank.link, bank.gateway.as_mut()) else { return Ok(()) };
        let was_open = gateway.is_open();
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        let mut again = false;
        let heard = gateway.hear();
        let outcome = if heard.is_err() {
            heard
        } else if gateway.has_room() && bank.next_frame_at <= self.now && self.random.one_in(2) {
            match link.to_bank.take(self.now) {
                Some(Wire::Frame(bytes)) => {
                    again = true;
                    bank.next_frame_at = self.now + bank.frame_us;
                    bank.taken.iter_mut().for_each(|taken| taken.push(bytes.clone()));
                    gateway.take(HubFrame::decode(bytes).expect("frames are not changed here"))
                }
                Some(Wire::End) => Err(Parting {
                    code: "GTW052".to_owned(),
                    text: "the connection broke".to_owned(),
                    after: After::Reconnect,
                }),
                None => Ok(()),
            }
        } else if link.to_hub.has_room() {
            gateway.next_frame().map(|frame| {
                if let Some(frame) = frame {
                    again = true;
                    self.sends(index, &frame);
                }
            })
        } else {
            Ok(())
        };
        match outcome {
            Err(parting) => self.part(index, &parting)?,
            Ok(()) => self.attend_again(index, id, again),
        }
        let bank = &mut self.banks[index];
        if !was_open && bank.gateway.as_ref().is_some_and(Gateway::is_open) {
            bank.backoff = 50_000;
            self.counts.sessions += 1;
        }
        self.bank_lives(index);
        Ok(())
    }

    fn sends(&mut self, index: usize, frame: &GatewayFrame) {
        let bytes = Bytes::from(frame.encode_to_vec());
        self.banks[index].sent.push(bytes.clone());
        self.send(index, bytes);
    }

    /// Lets the gateway attend to its link again when there is something to do.
    fn attend_again(&mut self, index: usize, id: u64, again: bool) {
        if again {
            self.soon(Event::BankWrite(index));
            self.soon(Event::HubLink(id));
        }
        let Some(link) = self.links.get(&id) else { return };
        let (next, ready_at) = (link.to_bank.next_at(), self.banks[index].next_frame_at);
        let room = link.to_hub.has_room();
        let due = self.banks[index].gateway.as_mut().is_some_and(Gateway::has_something);
        if again || (due && room) {
            self.soon(Event::BankLink(index));
        } else if let Some(at) = next {
            self.wake(Event::BankLink(index), at.max(ready_at).saturating_sub(self.now).max(200));
        }
    }

    /// The link is over, for a reason.
    fn part(&mut self, index: usize, parting: &Parting) -> Result {
        let Parting { code, text, after } = parting;
        self.say(format_args!("gateway {index}: {code} {text}"));
        self.hang_up(index);
        self.bank_lives(index);
        if *after == After::Reconnect {
            self.connect_later(index);
            return Ok(());
        }
        if !self.banks[index].abusive {
            let text = format!("gateway {index} waits for a person without a cause: {code} {text}");
            return self.checker.find("I1", text);
        }
        // A person looks, finds what this gateway has done, and starts it anew.
        self.banks[index].stopped = Some(code.clone());
        self.bank_dies(index, false);
        Ok(())
    }

    /// The gateway ends its link, and says so.
    fn hang_up(&mut self, index: usize) {
        let bank = &mut self.banks[index];
        let bye = bank.gateway.as_mut().and_then(Gateway::hang_up);
        if let Some(bye) = bye {
            self.send(index, bye.encode_to_vec().into());
        }
        let Some(id) = self.banks[index].link.take() else { return };
        let Some(link) = self.links.get_mut(&id) else { return };
        let at = link.to_hub.send(self.now, 50, Wire::End);
        if link.hub.is_none() {
            self.links.remove(&id);
        } else {
            self.wake(Event::HubLink(id), at - self.now);
        }
        self.soon(Event::Office(index));
    }

    /// The store's thread takes what has come into one transaction.
    pub(crate) fn bank_write(&mut self, index: usize) -> Result {
        let bank = &mut self.banks[index];
        bank.tick(self.now);
        let Some(gateway) = &mut bank.gateway else { return Ok(()) };
        match gateway.write() {
            Turn::Idle => {}
            Turn::Done => {
                let delay = bank.sync_us / 2 + self.random.number() % bank.sync_us.max(2);
                self.wake(Event::BankWrite(index), delay);
                self.soon(Event::BankLink(index));
                self.soon(Event::Office(index));
            }
            Turn::Ended => {
                self.say(format_args!("the store of gateway {index} has failed"));
                let out = self.banks[index].disk.is_out();
                self.bank_dies(index, out);
            }
        }
        self.bank_lives(index);
        Ok(())
    }

    /// Ends a machine whose power has just gone.
    pub(crate) fn bank_lives(&mut self, index: usize) {
        if self.banks[index].gateway.is_some() && self.banks[index].disk.is_out() {
            self.bank_dies(index, true);
        }
    }
}
