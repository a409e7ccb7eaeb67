//! The hub's machine: its disk, its clock, the process, and the operator in front of it.

use std::collections::{BTreeSet, VecDeque};

use hub::parts::{
    ConnectionNumber, Conversation, Core, Group, LinkEvent, Next, Outcome, Saving, Settings, Start,
    Taken, Tree, Work,
};
use journal::faults::{Disk, Random};
use journal::{Error, Local, Options, Preparation};
use network::{Admit, Command, GrantKey, LaneRules, Status};
use tokio::sync::oneshot;
use trust::Shard;
use wire::Encoding as _;
use wire::latest::{GatewayFrame, HubFrame, gateway_frame};

use crate::clock::SimClock;
use crate::identity;
use crate::link::{Link, Wire};
use crate::mutation::Mutation;
use crate::plan::SECOND;
use crate::way;
use crate::world::{Event, Result, World};

/// How many frames may wait for the commit loop.
const WORK_MAX: usize = 64;

/// The hub's machine.
pub(crate) struct Host {
    pub(crate) disk: Disk,
    /// What it was when the process started, where that is to come back.
    old: Option<Disk>,
    pub(crate) clock: SimClock,
    /// Nothing while there is no process.
    pub(crate) core: Option<Core<Disk>>,
    /// How many processes there were.
    pub(crate) life: u64,
    work: VecDeque<Work>,
    /// What is being synced.
    group: Option<Group>,
    /// Orders that the operator waits for.
    orders: Vec<oneshot::Receiver<Outcome>>,
    /// The tick that was asked for.
    tick: Option<oneshot::Receiver<Outcome>>,
    /// Whether gateways may connect: the operator's first orders are carried out.
    ready: bool,
    pub(crate) paused_until: u64,
    /// How long a sync takes.
    pub(crate) sync_us: u64,
    /// Whether the power is about to go.
    pub(crate) power_fails: bool,
    /// Nobody starts it.
    pub(crate) is_off: bool,
    /// A bit that was changed: file, place, and the byte that stood there.
    pub(crate) rotten: Option<(String, usize, u8)>,
    /// A snapshot that was taken and is not written yet.
    saving: Option<Saving<Disk>>,
    /// What snapshots are drawn from: apart, so that plans which were kept stay what they are.
    luck: Random,
    /// Gateways whose institution the operator has suspended.
    pub(crate) suspended: BTreeSet<usize>,
}

impl Host {
    pub(crate) fn new(salts: u64, mutation: Option<Mutation>) -> Self {
        let disk = Disk::with_salts(salts);
        spoil(&disk, mutation);
        Self {
            disk,
            old: None,
            clock: SimClock::default(),
            core: None,
            life: 0,
            work: VecDeque::new(),
            group: None,
            orders: Vec::new(),
            tick: None,
            ready: false,
            paused_until: 0,
            sync_us: 500,
            power_fails: false,
            is_off: false,
            rotten: None,
            saving: None,
            luck: Random(salts),
            suspended: BTreeSet::new(),
        }
    }

    /// The operator orders something once, and does not ask what came of it.
    pub(crate) fn order(&mut self, command: Command) {
        let (by, _answer) = oneshot::channel();
        self.work.push_back(Work::order(command, by));
    }

    /// How many pieces of work wait for the commit loop.
    pub(crate) fn waiting(&self) -> usize {
        self.work.len()
    }

    /// The heads of all records that a running hub has.
    pub(crate) fn records(&self) -> Vec<trust::RecordHead> {
        let copy = self.disk.copy();
        let (journal, _) = Local::open_on(copy, &Self::journal(false)).expect("the disk is good");
        let records = journal.reader().records(0);
        records.map(|record| record.expect("the disk is good").head).collect()
    }

    /// Segments of 128 KiB in blocks of 512 bytes.
    pub(crate) fn journal(create: bool) -> Options {
        Options {
            segment_bytes: 128 * 1024,
            block_bytes: 512,
            create,
            preparation: Preparation::Inline,
            reserve_bytes: 8 * 1024,
            ..Options::new(identity::network(), Shard(0))
        }
    }
}

/// Makes a mistake that lies in how the disk is used.
fn spoil(disk: &Disk, mutation: Option<Mutation>) {
    if mutation == Some(Mutation::HubAnswersBeforeSync) {
        disk.lie();
    }
    if mutation == Some(Mutation::HubRetriesSync) {
        disk.hide();
    }
}

/// Changes a byte of a frame in such a way that it still is one.
fn change(bytes: &mut Vec<u8>) {
    let mut other = bytes.clone();
    if let Some(byte) = other.last_mut() {
        *byte ^= 1;
    }
    if HubFrame::decode(bytes::Bytes::from(other.clone())).is_ok() {
        *bytes = other;
    }
}

/// By which lanes messages to the institution of two terminals go: other ones from time to time.
fn lane_rules(seed: u64, now: u64) -> LaneRules {
    let rules: &[&str] = match (seed + now / (3 * SECOND)) % 4 {
        0 => &[],
        1 => &["4 fast: urgent"],
        2 => &["5 slow: normal", "4 fast"],
        _ => &["4 mixed: all"],
    };
    LaneRules::of_texts(rules.iter().copied()).expect("they are rules")
}

impl World {
    /// The hub's process starts.
    pub(crate) fn hub_start(&mut self) -> Result {
        if self.host.core.is_some() || self.host.is_off {
            return Ok(());
        }
        let start = Start {
            settings: Settings {
                network: identity::network(),
                window: 8,
                message_bytes_max: 64 * 1024,
            },
            rules: identity::rules(),
            medium: self.host.disk.clone(),
            journal: Host::journal(true),
            tree: Tree::in_memory(),
            signer: identity::log_signer(),
            process: u32::try_from(self.host.life).unwrap_or(u32::MAX),
            witnessed: None,
        };
        if self.mutation == Some(Mutation::HubForgets) {
            self.host.old = Some(self.host.disk.copy());
        }
        let time = self.host.clock.at(self.now);
        self.counts.starts += 1;
        if self.host.rotten.is_some() {
            // What is to be seen is the changed bit, and no other fault in front of it.
            self.host.power_fails = false;
            self.host.disk.fail_after(usize::MAX);
            self.host.disk.fail_sync_after(usize::MAX);
            self.host.disk.set_capacity(usize::MAX);
        }
        self.checker.latest = self.checker.latest.max(time);
        let started = Core::start(start, || time);
        if let Some((file, at, byte)) = self.host.rotten.take() {
            return self.rot_found(started, (&file, at, byte));
        }
        match started {
            Ok(core) => {
                self.say(format_args!("hub starts"));
                self.host.core = Some(core);
                self.host.ready = false;
                self.order();
                if self.ticks() {
                    self.soon(Event::HubTick);
                }
                Ok(())
            }
            Err(hub::Error::Journal(
                error @ (Error::Io { .. } | Error::Stopped { .. } | Error::Full { .. }),
            )) => {
                self.counts.unreadable += u64::from(self.host.disk.is_spoilt());
                self.say(format_args!("hub does not start: {error}"));
                self.hub_dies(self.host.power_fails);
                Ok(())
            }
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                self.checker.find("I1", format!("the hub does not start: {error}: {why:?}"))
            }
        }
    }

    /// The journal had a changed bit: that must have been noticed.
    fn rot_found(
        &mut self,
        started: std::result::Result<Core<Disk>, hub::Error>,
        (file, at, byte): (&str, usize, u8),
    ) -> Result {
        let named = match started {
            Err(hub::Error::Journal(Error::Damaged(_) | Error::Version { .. })) => true,
            Err(hub::Error::Journal(Error::Foreign { .. })) => true,
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                let text =
                    format!("byte {at} of {file} changed, and the hub says: {error} {why:?}");
                return self.checker.find("I7", text);
            }
            Ok(_core) => false,
        };
        self.say(format_args!("byte {at} of {file} had changed; named: {named}"));
        if !named {
            return self.checker.find("I7", format!("byte {at} of {file} changed unnoticed"));
        }
        self.counts.damage_named += 1;
        // There is a good copy.
        self.host.disk.harm(file, at, &[byte]);
        self.soon(Event::HubStart);
        Ok(())
    }

    /// The hub's process ends at once, and starts again after a while.
    pub(crate) fn hub_dies(&mut self, power: bool) {
        self.say(format_args!("hub dies, power: {power}"));
        self.host.life += 1;
        self.host.core = None;
        self.host.group = None;
        self.host.saving = None;
        self.host.work.clear();
        self.host.orders.clear();
        self.host.tick = None;
        self.host.ready = false;
        let links: Vec<u64> = self.links.keys().copied().collect();
        for id in links {
            // A machine without power says nothing: the other end finds out by itself.
            let delay = if power { 15 * SECOND } else { self.moment() };
            let link = self.links.get_mut(&id).expect("it was listed");
            if link.hub.take().is_some() {
                link.to_bank.cut(self.now, delay, &mut self.random);
                let bank = link.bank;
                self.soon(Event::BankLink(bank));
            }
        }
        if power {
            self.host.disk = self.host.disk.cut(&mut self.random);
        }
        if let Some(old) = self.host.old.take() {
            self.host.disk = old;
        }
        spoil(&self.host.disk, self.mutation);
        if power || self.host.power_fails {
            self.host.power_fails = false;
            self.host.disk.fail_after(usize::MAX);
        }
        let delay = 20_000 + self.random.number() % SECOND;
        self.wake(Event::HubStart, delay);
    }

    /// The operator orders what the network does not have yet.
    pub(crate) fn order(&mut self) {
        let Some(core) = &self.host.core else { return };
        let mut wanted = Vec::new();
        core.shared().with_network(|network| {
            for (bank, terminal) in self.checker.terminals.iter().enumerate() {
                let institution = terminal.institution();
                let first = self
                    .checker
                    .terminals
                    .iter()
                    .position(|other| other.institution() == institution);
                let member = network.member(institution);
                if first == Some(bank) && member.is_none() {
                    let name = "A bank".parse().expect("it is a line");
                    wanted.push(Command::Admit(Admit { institution, name }));
                }
                let is = member.is_some_and(|it| matches!(it.status, Status::Suspended { .. }));
                let shall = self.host.suspended.contains(&bank);
                if first == Some(bank) && is != shall {
                    let reason = "they asked for it".parse().expect("it is a line");
                    wanted.push(if shall {
                        Command::Suspend { institution, reason }
                    } else {
                        Command::Reinstate { institution }
                    });
                }
                let rules = lane_rules(self.plan.seed, self.now);
                let is_shared = first == Some(bank) && self.checker.sharing.contains(&bank);
                if is_shared && network.lane_rules(institution).as_ref() != Some(&rules) {
                    let rules = Box::new(rules);
                    wanted.push(Command::SetLaneRules { institution, rules });
                }
                if network.grants(*terminal).is_empty() {
                    let (grant, note) = identity::grant(*terminal);
                    wanted.push(Command::GrantKey(Box::new(GrantKey { grant, note })));
                }
            }
            let lacks = |order: &Command| {
                if let Command::DefineCalendar(it) = order {
                    network.calendar(it.name).is_none()
                } else if let Command::DefineService(it) = order {
                    network.service_rules(it.name).is_none()
                } else {
                    false
                }
            };
            if self.plan.services {
                wanted.extend(way::orders().into_iter().filter(lacks));
            }
            if self.plan.fates {
                wanted.extend(way::short().into_iter().filter(lacks));
            }
            if let Some(decider) = self.plan.decider() {
                let decider = self.checker.terminals[decider].institution();
                let (header_only, bypasses) = (self.plan.header_only(), self.plan.bypasses());
                let orders = way::copying(decider, header_only, bypasses);
                wanted.extend(orders.into_iter().filter(lacks));
            }
        });
        if wanted.is_empty() {
            self.host.ready = true;
        }
        for command in wanted {
            let (by, answer) = oneshot::channel();
            self.host.orders.push(answer);
            self.host.work.push_back(Work::order(command, by));
        }
        self.soon(Event::HubCommit);
    }

    /// The commit loop takes what has come since its last sync began.
    pub(crate) fn hub_commit(&mut self) {
        let host = &mut self.host;
        let Some(core) = host.core.as_mut().filter(|_| host.group.is_none()) else { return };
        let Some(first) = host.work.pop_front() else { return };
        let now = host.clock.at(self.now);
        self.checker.latest = self.checker.latest.max(now);
        let mut group = Group::default();
        core.decide(first, now, &mut group);
        while group.has_room() {
            let Some(next) = host.work.pop_front() else { break };
            core.decide(next, now, &mut group);
        }
        host.group = Some(group);
        let (life, sync_us) = (host.life, host.sync_us);
        let delay = sync_us / 2 + self.random.number() % sync_us.max(2);
        self.wake(Event::HubSynced(life), delay);
    }

    /// Whether something may be due at a time.
    fn ticks(&self) -> bool {
        self.plan.services || self.plan.copies || self.plan.fates
    }

    /// Ticks when something is due, as the running hub does.
    pub(crate) fn hub_tick(&mut self) {
        if self.mutation == Some(Mutation::HubNeverTicks) {
            return;
        }
        let host = &mut self.host;
        let Some(core) = &host.core else { return };
        let Some(due) = core.shared().with_network(network::Network::next_deadline) else { return };
        if host.tick.as_mut().is_some_and(|tick| tick.try_recv().is_ok()) {
            host.tick = None;
        }
        let wait = due.0.saturating_sub(host.clock.at(self.now).0);
        if wait == 0 && host.tick.is_none() {
            let (by, answer) = oneshot::channel();
            host.tick = Some(answer);
            host.work.push_back(Work::order(Command::Tick, by));
            self.soon(Event::HubCommit);
        }
        // A clock that is set forward is noticed after a second.
        self.wake(Event::HubTick, wait.clamp(1_000, SECOND));
    }

    /// The sync is done, or has failed.
    pub(crate) fn hub_synced(&mut self, life: u64) -> Result {
        if life != self.host.life {
            return Ok(());
        }
        let (Some(core), Some(mut group)) = (&mut self.host.core, self.host.group.take()) else {
            return Ok(());
        };
        match core.commit(&mut group) {
            Ok(()) => {}
            Err(hub::Error::Journal(Error::Full { .. })) => {
                // Held back with all that hangs on it, until there is room.
                self.host.group = Some(group);
                self.counts.waits += 1;
                self.say(format_args!("hub waits for room"));
                self.wake(Event::HubSynced(life), SECOND / 4);
                return Ok(());
            }
            Err(error) => {
                self.say(format_args!("hub stops: {error}"));
                self.hub_dies(self.host.power_fails);
                return Ok(());
            }
        }
        let size = core.shared().with_network(network::Network::sequence);
        self.say(format_args!("hub committed through {size:?}"));
        self.snapshot()?;
        if self.host.core.is_none() {
            return Ok(());
        }
        let mut orders = std::mem::take(&mut self.host.orders);
        orders.retain_mut(|order| order.try_recv().is_err());
        if orders.is_empty() && !self.host.ready {
            // The operator's file is compared again with what the network is now.
            self.order();
        } else {
            self.host.orders = orders;
        }
        if self.ticks() {
            self.soon(Event::HubTick);
        }
        let links: Vec<u64> = self.links.keys().copied().collect();
        links.into_iter().for_each(|link| self.soon(Event::HubLink(link)));
        if !self.host.work.is_empty() {
            self.soon(Event::HubCommit);
        }
        Ok(())
    }

    /// Now and then the hub takes a snapshot; it is written at once, or after later commits, and a
    /// hub that dies before has not written it.
    fn snapshot(&mut self) -> Result {
        let Some(core) = self.host.core.as_mut() else { return Ok(()) };
        if self.host.saving.is_none() && self.host.luck.one_in(8) {
            match core.snapshot() {
                Ok(saving) => self.host.saving = Some(saving),
                Err(error) => return self.checker.find("I1", format!("no snapshot: {error}")),
            }
        }
        if !self.host.luck.one_in(2) {
            return Ok(());
        }
        let Some(saving) = self.host.saving.take() else { return Ok(()) };
        match saving.save() {
            Ok(()) => self.counts.snapshots += 1,
            // Without it, the hub reads more at its next start.
            Err(hub::Error::Journal(Error::Full { .. })) => self.say(format_args!("no snapshot")),
            Err(hub::Error::Journal(Error::Io { .. })) => {
                self.say(format_args!("no snapshot"));
                // Where the power has gone, nothing else can be done either.
                if self.host.power_fails {
                    self.hub_dies(true);
                }
            }
            Err(error) => {
                let why = std::error::Error::source(&error).map(ToString::to_string);
                return self.checker.find("I7", format!("a snapshot shows: {error} {why:?}"));
            }
        }
        Ok(())
    }

    /// A gateway connects; gives the link, if the hub is there.
    pub(crate) fn accept(&mut self, bank: usize) -> Option<u64> {
        let core = self.host.core.as_ref().filter(|_| self.host.ready)?;
        let shared = core.shared().clone();
        let id = self.next_link;
        self.next_link += 1;
        let ends = Conversation::new(shared, self.banks[bank].terminal, ConnectionNumber(id));
        self.links.insert(id, Link::new(bank, ends));
        Some(id)
    }

    /// The task of one link does one thing, as far as there is one.
    pub(crate) fn hub_link(&mut self, id: u64) -> Result {
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        let Some((mut conversation, mut heard)) = link.hub.take() else { return Ok(()) };
        let mut next = Next::Serve;
        let mut again = false;
        if heard.len() > 1_000 {
            return self.checker.find("I9", format!("{} words wait for one link", heard.len()));
        }
        while next == Next::Serve
            && let Ok(event) = heard.try_recv()
        {
            if self.mutation.is_some_and(|it| it.loses(&event)) && self.random.one_in(8) {
                continue;
            }
            if matches!(*event, LinkEvent::Opened { .. }) {
                self.banks[link.bank].opened = id;
            }
            next = conversation.hear(*event);
            again = true;
        }
        if next == Next::Serve && conversation.has_something() && link.to_bank.has_room() {
            again = true;
            match conversation.next_frame() {
                Ok(Some(frame)) => {
                    let delay = 50 + self.random.number() % 2_000;
                    let mut bytes = frame.encode_to_vec();
                    let wrong = self.mutation.filter(|_| self.random.one_in(8));
                    if wrong == Some(Mutation::FrameChanged) {
                        change(&mut bytes);
                    }
                    let wire = Wire::Frame(bytes.into());
                    if wrong != Some(Mutation::FrameLost) {
                        link.to_bank.send(self.now, delay, wire);
                    }
                }
                Ok(None) => {}
                // As a hub does it whose disk does not give out what it holds.
                Err(error) if self.host.disk.is_spoilt() => {
                    self.counts.unreadable += 1;
                    next = conversation.broken(&error);
                }
                Err(error) => {
                    return self.checker.find("I1", format!("the hub cannot read: {error}"));
                }
            }
        } else if next == Next::Serve && self.host.work.len() < WORK_MAX {
            match link.to_hub.take(self.now) {
                Some(Wire::Frame(bytes)) => {
                    again = true;
                    let frame = GatewayFrame::decode(bytes).expect("frames are not changed here");
                    let hello = matches!(frame.body, Some(gateway_frame::Body::Hello(_)));
                    self.counts.overtaken += u64::from(hello && id < self.banks[link.bank].opened);
                    match conversation.take(frame) {
                        Taken::Work(work) => self.host.work.push_back(work),
                        Taken::Messages(check) => {
                            let work = conversation.checked(check.finish());
                            self.host.work.push_back(work);
                        }
                        Taken::Next(then) => next = then,
                    }
                }
                Some(Wire::End) => next = Next::End(network::CloseReason::LinkLost),
                None => {}
            }
        }
        self.hub_linked(id, (conversation, heard), next, again);
        Ok(())
    }

    /// Ends the hub's side of a link, or lets it go on.
    fn hub_linked(
        &mut self,
        id: u64,
        (mut conversation, heard): (Conversation<Disk>, hub::parts::Heard),
        next: Next,
        again: bool,
    ) {
        let link = self.links.get_mut(&id).expect("it is being served");
        let bank = link.bank;
        if next == Next::Serve {
            let gather_us =
                u64::try_from(conversation.gather_time().as_micros()).expect("it is short");
            let since = *link.gathers_since.get_or_insert(self.now);
            if !conversation.gathers() {
                link.gathers_since = None;
            } else if self.now >= since + gather_us {
                let _ = conversation.hurry();
                link.gathers_since = None;
                self.soon(Event::HubLink(id));
            } else {
                self.wake(Event::HubLink(id), since + gather_us - self.now);
            }
            let link = self.links.get_mut(&id).expect("it is being served");
            link.hub = Some((conversation, heard));
            let at = link.to_hub.next_at();
            if again {
                self.soon(Event::HubLink(id));
            } else if let Some(at) = at {
                self.wake(Event::HubLink(id), at.saturating_sub(self.now).max(1));
            }
        } else {
            let words: Vec<_> = conversation.last_words().collect();
            for frame in words {
                link.to_bank.send(self.now, 50, Wire::Frame(frame.encode_to_vec().into()));
            }
            link.to_bank.send(self.now, 50, Wire::End);
            if let Next::End(reason) = next {
                self.host.work.extend(conversation.close(reason));
            }
            self.say(format_args!("hub ends link {id}: {next:?}"));
        }
        if !self.host.work.is_empty() {
            self.soon(Event::HubCommit);
        }
        if again || next != Next::Serve {
            self.soon(Event::BankLink(bank));
        }
    }

    /// Compares the journal that is there in the end with what clients were shown.
    pub(crate) fn audit(&mut self) -> Result {
        if let Some(core) = self.host.core.take()
            && let Err(error) = core.close()
        {
            return self.checker.find("I1", format!("the hub does not stop: {error}"));
        }
        self.host.group = None;
        let opened = Local::open_on(self.host.disk.clone(), &Host::journal(false));
        let heads = opened.and_then(|(journal, _)| {
            journal.reader().records(0).map(|it| it.map(|record| record.head)).collect()
        });
        match heads {
            Ok(heads) => {
                let heads: Vec<trust::RecordHead> = heads;
                self.checker.audit(&heads)
            }
            Err(error) => self.checker.find("I7", format!("the journal does not read: {error}")),
        }
    }
}
