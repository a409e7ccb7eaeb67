//! The commit loop: turns commands into durable records and then tells the links.
//!
//! The order stands here and nowhere else:
//!
//! 1. take whatever has come since the last sync began (no timer): [`run`];
//! 2. decide and apply each command (`apply`), and hold its effects back;
//! 3. append the records and sync: from here on they are the truth;
//! 4. add their hashes to the Merkle log and sign one checkpoint over all of them;
//! 5. release the effects.
//!
//! A sync that fails ends the process: what the disk holds is then unknown, and only a restart, which
//! reads it back, may answer for it. Where there is no room for a group, nothing of it was written:
//! it is held back with all its effects until there is, and the hub says so ([`crate::health`]).
//!
//! [`Core`] knows no thread and no clock: [`run`] is its thread in a running hub, and gives it the
//! time. Whoever wants to know what a hub does at a moment of his choice drives it himself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use iso::{Institution, Terminal};
use journal::{Directory, Draft, Local, Medium, Record, Stamped};
use network::{Effect, Network};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use trust::{Checkpoint, Digest, Lane, LogTime, NoteSigner, Origin, Shard};

use super::apply;
use crate::asks;
use crate::clock;
use crate::error::Error;
use crate::shared::{Committed, Shared};
use crate::snapshot::Saver;
use crate::steps::Step;
use crate::work::{
    Answered, Asked, Caller, Hearer, Item, LinkEvent, Links, Origin as From, Outcome, Work,
};

/// How many records a group has at most; more wait for the next sync.
const GROUP_RECORDS_MAX: usize = 4_096;
// Answers are kept for as many messages as a gateway may have unanswered.
const _: () = assert!(wire::limits::WINDOW_MAX as u64 <= network::ANSWERS_MAX);
// The machine counts on it that no link has more offers unacknowledged.
const _: () = assert!(wire::limits::WINDOW_MAX as u64 <= network::OFFERS_MAX);
/// How many bytes a group has at most, as soon as one more frame is taken.
const GROUP_BYTES_MAX: usize = 16 << 20;

/// Decides, records and tells: everything of a hub that changes its state.
#[derive(Debug)]
pub struct Core<M: Medium = Directory> {
    pub(crate) shared: Arc<Shared<M>>,
    pub(crate) journal: Local<M>,
    pub(crate) signer: NoteSigner,
    pub(crate) links: Links,
    /// The time of the last record.
    pub(crate) last: LogTime,
    /// How many records came after the last snapshot, other than openings of epochs.
    pub(crate) unsaved: u64,
}

/// Commands that were decided together, and what they lead to; nothing of it is durable yet.
#[derive(Debug, Default)]
pub struct Group {
    drafts: Vec<Draft>,
    /// How many bytes the drafts have.
    bytes: usize,
    effects: Vec<Effect>,
    /// Words to links that need no record: rejections.
    rejected: Vec<(Hearer, LinkEvent)>,
    /// Operators who wait for the sync.
    waiting: Vec<(oneshot::Sender<Outcome>, Outcome)>,
    /// Institutions that wait for the sync, with the record or what the network has against it.
    asked: Vec<(Asked, asks::Outcome)>,
    /// Links that open a session in this group.
    opening: Vec<Hearer>,
}

/// How often a hub without room looks for some.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(1);

/// How a running hub stops.
#[derive(Debug)]
pub(crate) struct Stop {
    /// Whether it is to.
    pub(crate) stopping: watch::Receiver<bool>,
    /// What the commit loop, which is a thread, waits with.
    pub(crate) runtime: Handle,
}

/// Commits until nobody can ask for anything any more.
///
/// # Errors
///
/// When the journal or the tree cannot be written; the process must stop.
pub(crate) fn run(
    mut core: Core,
    mut work: mpsc::Receiver<Work>,
    stop: &Stop,
) -> Result<(), Error> {
    let mut saver = Saver::new(&core);
    core.shared.look_at_deadline();
    while let Some(first) = work.blocking_recv() {
        let mut group = Group::default();
        core.decide(first, clock::now(), &mut group);
        while group.has_room() {
            let Ok(next) = work.try_recv() else { break };
            core.decide(next, clock::now(), &mut group);
        }
        if !commit(&mut core, &mut group, stop)? {
            // What is held back was never answered, and the machine is ahead of the disk by it: no
            // snapshot. Whoever still waits for this loop hears that it is gone.
            return core.close();
        }
        saver.look(&mut core)?;
    }
    saver.finish(&mut core)?;
    core.close()
}

/// Commits a group, as soon as there is room for it; says whether it did so before the hub stops.
fn commit(core: &mut Core, group: &mut Group, stop: &Stop) -> Result<bool, Error> {
    let shared = Arc::clone(&core.shared);
    let health = &shared.health;
    loop {
        health.begins();
        let outcome = core.commit(group);
        health.ends();
        match outcome {
            Ok(()) => return Ok(true),
            Err(Error::Journal(journal::Error::Full { .. })) => {}
            Err(error) => return Err(error),
        }
        let mut stopping = stop.stopping.clone();
        let stops = stop.runtime.block_on(async {
            let stops = stopping.wait_for(|stopping| *stopping);
            tokio::time::timeout(LOOK_FOR_ROOM, stops).await.is_ok()
        });
        if stops {
            tracing::warn!(
                "the hub stops without room for what waits; nobody was told that it is in"
            );
            return Ok(false);
        }
    }
}

impl<M: Medium> Core<M> {
    /// What the links of this hub look at.
    #[must_use]
    pub fn shared(&self) -> &Arc<Shared<M>> {
        &self.shared
    }

    /// Decides and applies what belongs together. Its effects wait in the group until
    /// [`Self::commit`]; a clock that was set back stands still until it has caught up.
    pub fn decide(&mut self, work: Work, now: LogTime, group: &mut Group) {
        let shared = Arc::clone(&self.shared);
        let count = work.items.len();
        shared.steps.of(Step::Apply, count, || self.decide_all(work, now, group));
    }

    fn decide_all(&mut self, work: Work, now: LogTime, group: &mut Group) {
        let mut network = apply::write(&self.shared.network);
        self.last = self.last.max(now);
        let mut result = Ok(());
        let mut recorded = None;
        for item in work.items {
            let opened = opener(&item, &work.from);
            if let Some((terminal, caller)) = opened
                && self.links.have_overtaken(terminal, caller.connection)
            {
                group.rejected.push((caller.events.clone(), LinkEvent::Overtaken));
                break;
            }
            let sequence = self.journal.next_sequence() + group.drafts.len() as u64;
            match apply::step(&mut network, self.last, sequence, item, &mut group.effects) {
                Ok(draft) => {
                    recorded = Some(sequence);
                    group.bytes += draft.meta.len() + draft.payload.len();
                    group.drafts.push(draft);
                    if let Some((terminal, caller)) = opened {
                        self.links.opens(terminal, caller.connection);
                        group.opening.push(caller.events.clone());
                    }
                }
                Err(rejection) => {
                    result = Err(rejection);
                    if let From::Link(link) = &work.from {
                        group.rejected.push((link.events.clone(), LinkEvent::Rejected(rejection)));
                    }
                    if !rejection.is_harmless() {
                        // The rest of the frame was numbered on from what was rejected.
                        break;
                    }
                }
            }
        }
        match work.from {
            From::Link(_) => {}
            From::Operator(sender) => group.waiting.push((sender, result)),
            From::Question(asked) => group.asked.push((asked, result.map(|()| recorded))),
        }
    }

    /// Makes a group durable and releases its effects; the group is empty then. Between
    /// [`Self::decide`] of its first command and this, nothing else is committed.
    ///
    /// # Errors
    ///
    /// [`journal::Error::Full`] where there is no room: nothing was written and nothing released,
    /// and the same group is to be committed later, before anything else. Any other error: the
    /// journal or the tree cannot be written, and the process must stop.
    pub fn commit(&mut self, group: &mut Group) -> Result<(), Error> {
        if !group.drafts.is_empty() {
            let shared = Arc::clone(&self.shared);
            let (steps, count) = (&shared.steps, group.drafts.len());
            let stamped = steps.of(Step::Append, count, || self.journal.append(&group.drafts));
            match &stamped {
                Ok(_) => shared.health.goes_on(),
                Err(error @ journal::Error::Full { .. }) => shared.health.pauses(self.last, error),
                Err(_) => {}
            }
            let stamped = stamped?;
            self.unsaved += count as u64;
            let drafts = std::mem::take(&mut group.drafts);
            steps.of(Step::Log, count, || self.publish(stamped, drafts))?;
        }
        let Group { drafts: _, bytes: _, effects, rejected, waiting, asked, opening } =
            std::mem::take(group);
        self.release(effects, opening);
        self.shared.look_at_deadline();
        for (link, event) in rejected {
            let _ = link.send(Box::new(event));
        }
        for (sender, result) in waiting {
            let _ = sender.send(result);
        }
        for (asked, outcome) in asked {
            // Here everything that the machine holds is durable.
            let reply = self.shared.with_network(|network| asks::reply(network, &asked, outcome));
            let replied = LinkEvent::Replied { number: asked.number, reply };
            let _ = asked.link.send(Box::new(replied));
        }
        Ok(())
    }

    /// Adds durable records to the Merkle log and signs a checkpoint over it.
    fn publish(&mut self, stamped: Vec<Stamped>, drafts: Vec<Draft>) -> Result<(), Error> {
        let mut tree = self.shared.tree.write().unwrap_or_else(PoisonError::into_inner);
        for record in &stamped {
            tree.push(record.hash)?;
        }
        let (size, root) = (tree.size(), tree.root());
        drop(tree);
        // Not the time of the clock: a command that was rejected leaves no record, and no trace.
        let at = stamped.last().map_or(self.last, |stamped| stamped.head.at);
        let records = stamped.into_iter().zip(drafts).map(|(stamped, draft)| Record {
            head: stamped.head,
            hash: stamped.hash,
            meta: draft.meta,
            payload: draft.payload,
        });
        self.shared.records.add(records);
        self.sign(size, root, at)
    }

    /// Signs a checkpoint over everything that is durable.
    pub(crate) fn sign(&mut self, size: u64, root: Digest, at: LogTime) -> Result<(), Error> {
        let origin = Origin { network: self.shared.name(), shard: Shard(0) };
        let checkpoint = Checkpoint { origin, size, root, at };
        self.shared.health.signs(true);
        let note = checkpoint.sign(&self.signer).map_err(Error::Checkpoint)?;
        self.shared.health.signs(false);
        self.shared.set_committed(Committed { size, checkpoint: Bytes::from(note) });
        Ok(())
    }

    /// Settles the journal and lets it go: nobody can ask for anything any more.
    ///
    /// # Errors
    ///
    /// When the journal cannot be settled.
    pub fn close(self) -> Result<(), Error> {
        self.journal.close()?;
        Ok(())
    }

    /// Tells the links what has become true.
    fn release(&mut self, effects: Vec<Effect>, opening: Vec<Hearer>) {
        let mut opening = opening.into_iter();
        let mut answers = Runs::default();
        let mut available: BTreeMap<(Institution, Lane), u64> = BTreeMap::new();
        let mut moved: BTreeSet<Institution> = BTreeSet::new();
        for effect in effects {
            match effect {
                Effect::SessionOpened {
                    terminal, session, input_number, answers_after, ..
                } => {
                    let link = opening.next().expect("each session is opened by a link");
                    self.links.insert(terminal, session, link);
                    let opened = LinkEvent::Opened { session, input_number, answers_after };
                    self.links.tell(terminal, opened);
                }
                Effect::SessionClosed { terminal, session, end } => {
                    answers.flush(&self.links);
                    self.links.close(terminal, session, end);
                }
                Effect::LanesHeld { institution, .. } => {
                    moved.insert(institution);
                }
                Effect::Answered { terminal, input_number, sequence, .. } => {
                    answers.add(&self.links, terminal, input_number, sequence);
                }
                Effect::Offered { institution, lane, output_number, .. } => {
                    available.insert((institution, lane), output_number);
                }
                Effect::Noticed { institution, output_number } => {
                    available.insert((institution, Lane::SYSTEM), output_number);
                }
                // Room for more offers comes with the acknowledgement's frame, not with its record.
                Effect::Acknowledged { .. }
                | Effect::StatusChanged { .. }
                | Effect::Described { .. }
                | Effect::ReportDue { .. }
                | Effect::CalendarChanged { .. }
                | Effect::ServiceChanged { .. }
                | Effect::KeyGranted { .. } => {}
            }
        }
        answers.flush(&self.links);
        let network = self.shared.network.read().unwrap_or_else(PoisonError::into_inner);
        for institution in &moved {
            self.hold(&network, *institution);
        }
        available.retain(|(institution, _), _| !moved.contains(institution));
        for ((institution, lane), through) in available {
            self.offer(&network, institution, lane, through);
        }
    }

    /// Tells all terminals of an institution which lanes each of them empties now.
    ///
    /// Everything that the machine holds here is durable: this runs after the sync of all of it.
    fn hold(&self, network: &Network, institution: Institution) {
        for terminal in network.terminals(institution) {
            let held = |lane| {
                network.lease(institution, lane).is_some_and(|lease| lease.terminal == terminal)
            };
            let lanes = network.lanes(institution).map(|at| (at, held(at.lane)));
            self.links.tell(terminal, LinkEvent::Holds(lanes.collect()));
        }
        for at in network.lanes(institution) {
            if at.last_output_number > at.acknowledged_through {
                self.offer(network, institution, at.lane, at.last_output_number);
            }
        }
    }

    /// Tells whoever empties a lane that something waits in it, as far as it is to have that.
    fn offer(&self, network: &Network, institution: Institution, lane: Lane, through: u64) {
        let Some(lease) = network.lease(institution, lane) else { return };
        let through = lease.through.map_or(through, |last| last.min(through));
        self.links.tell(lease.terminal, LinkEvent::Available { lane, through });
    }
}

/// The terminal that opens a session with this command, and its link.
fn opener<'a>(item: &Item, from: &'a From) -> Option<(Terminal, &'a Caller)> {
    match (&item.command, from) {
        (network::Command::OpenSession(open), From::Link(caller)) => Some((open.terminal, caller)),
        _ => None,
    }
}

impl Group {
    /// Whether one more piece of work may join it.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.drafts.len() < GROUP_RECORDS_MAX && self.bytes < GROUP_BYTES_MAX
    }
}

/// Answers of one terminal in consecutive records, gathered into one word to its link.
#[derive(Default)]
struct Runs {
    run: Option<(Terminal, Answered)>,
}

impl Runs {
    fn add(&mut self, links: &Links, terminal: Terminal, input_number: u64, sequence: u64) {
        if let Some((of, run)) = &mut self.run
            && *of == terminal
            && run.first_input_number + run.count == input_number
            && run.first_sequence + run.count == sequence
        {
            run.count += 1;
            return;
        }
        self.flush(links);
        let run = Answered { first_input_number: input_number, first_sequence: sequence, count: 1 };
        self.run = Some((terminal, run));
    }

    fn flush(&mut self, links: &Links) {
        if let Some((terminal, run)) = self.run.take() {
            links.tell(terminal, LinkEvent::Answered(run));
        }
    }
}
