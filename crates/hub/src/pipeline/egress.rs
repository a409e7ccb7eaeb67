//! What goes out on a link: answers to its submissions, offers to its institution.
//!
//! Everything here is durable: the commit loop tells of records only after their sync, and nothing
//! beyond what it told is looked at. Frames are made one at a time, when the peer has room for one,
//! so a peer that does not read costs a few words of memory and no more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::PoisonError;

use bytes::Bytes;
use iso::Terminal;
use journal::Medium;
use network::{Item, LanePosition, Network, Told};
use session::hub::{
    About, Content, Copied, Delivered, Grant, Grants, LaneState, Link, Offer, Opened, Recorded,
    WelcomeError,
};
use session::{Ending, Fill};
use trust::{Digest, KeyId, Lane, LogTime, RecordHead, merkle};
use wire::latest::HubFrame;
use wire::limits::FRAME_MESSAGES_MAX;

use crate::error::Error;
use crate::shared::Shared;
use crate::steps::Step;
use crate::work::Answered;

/// What waits to go out on a link.
#[derive(Debug, Default)]
pub(crate) struct Egress {
    /// Frames that are made already: the Welcome, the lanes, the Bye.
    made: VecDeque<HubFrame>,
    /// Answers, in the order of their input numbers.
    answers: VecDeque<Answered>,
    /// How far each lane is durable.
    lanes: BTreeMap<Lane, u64>,
    /// The lanes that this session empties.
    held: BTreeSet<Lane>,
    /// The institution's terminal at the other end.
    terminal: Option<Terminal>,
}

impl Egress {
    /// Adds a frame that was made elsewhere, if there is one.
    pub(crate) fn say(&mut self, frame: Option<HubFrame>) {
        self.made.extend(frame);
    }

    /// What was made and not sent when the link ended.
    pub(crate) fn last_words(&mut self) -> impl Iterator<Item = HubFrame> {
        std::mem::take(&mut self.made).into_iter()
    }

    /// Welcomes the gateway, and remembers the answers that it has missed.
    pub(crate) fn welcome<M: Medium>(
        &mut self,
        link: &mut Link,
        shared: &Shared<M>,
        opened: &Opened,
        (terminal, answered_through): (Terminal, u64),
    ) -> Result<(), Ending> {
        self.terminal = Some(terminal);
        let frame =
            shared.with_log(|log| link.welcome(opened, log)).map_err(|error| match error {
                WelcomeError::Ending(ending) => ending,
                // The tree is made anew from the journal at each start: a node that is missing is a
                // fault of this hub, and the gateway is to try again.
                WelcomeError::Tree(error) => {
                    tracing::error!(%error, "cannot prove the log's growth");
                    Ending::Stopping
                }
            })?;
        self.made.push_back(frame);
        let network = shared.network.read().unwrap_or_else(PoisonError::into_inner);
        let after = answered_through.max(opened.answers_after);
        let missed = opened.input_number.saturating_sub(after);
        self.answers.extend(network.answers(terminal, after, missed).map(|run| Answered {
            first_input_number: run.first_input_number,
            first_sequence: run.first_sequence,
            count: run.count,
        }));
        Ok(())
    }

    /// The session gets lanes of its institution, each from where it is, or loses some.
    ///
    /// What it loses was acknowledged as far as it was offered: the machine takes a lane from an
    /// open session in no other way. So those that it keeps go on as they are.
    pub(crate) fn hold(&mut self, link: &mut Link, lanes: &[(LanePosition, bool)]) {
        let state = |(at, held): &(LanePosition, bool)| LaneState {
            lane: at.lane,
            acknowledged_through: at.acknowledged_through,
            assigned_through: at.last_output_number,
            elsewhere: !held,
        };
        let now: BTreeSet<Lane> =
            lanes.iter().filter(|(_, held)| *held).map(|(at, _)| at.lane).collect();
        let before = std::mem::replace(&mut self.held, now);
        self.lanes.retain(|lane, _| self.held.contains(lane));
        if self.held.is_empty() {
            if !before.is_empty() {
                self.made.push_back(link.release());
            }
        } else if !before.is_empty() {
            let gained = lanes.iter().filter(|(at, held)| *held && !before.contains(&at.lane));
            let gained: Vec<LaneState> = gained.map(state).collect();
            if !gained.is_empty() {
                self.made.push_back(link.hold_more(&gained));
            }
        } else {
            let states: Vec<LaneState> = lanes.iter().map(state).collect();
            self.made.push_back(link.hold(&states));
        }
    }

    /// Submissions of this link were answered.
    pub(crate) fn answered(&mut self, answered: Answered) {
        self.answers.push_back(answered);
    }

    /// A lane has something up to an output number.
    pub(crate) fn available(&mut self, lane: Lane, through: u64) {
        if self.held.contains(&lane) {
            self.lanes.insert(lane, through);
        }
    }

    /// Whether a frame could go out now.
    pub(crate) fn has_something(&self, link: &Link) -> bool {
        !self.made.is_empty()
            || (link.is_open() && !self.answers.is_empty())
            || self.lane_to_offer(link).is_some()
    }

    /// The first lane, by its priority, of which something can be offered now.
    fn lane_to_offer(&self, link: &Link) -> Option<(Lane, u64)> {
        if self.held.is_empty() || !link.is_open() {
            return None;
        }
        self.lanes
            .iter()
            .map(|(lane, through)| (*lane, *through))
            .find(|(lane, through)| link.due(*lane, *through) > 0)
    }

    /// Whether entries of a lane wait for more to come, and for nothing else.
    pub(crate) fn gathers(&self, link: &Link) -> bool {
        link.is_open() && self.lanes.iter().any(|(lane, through)| link.gathers(*lane, *through))
    }

    /// Makes the next frame.
    ///
    /// # Errors
    ///
    /// When the journal or the tree cannot be read.
    pub(crate) fn next_frame<M: Medium>(
        &mut self,
        link: &mut Link,
        shared: &Shared<M>,
    ) -> Result<Option<HubFrame>, Error> {
        if let Some(frame) = self.made.pop_front() {
            return Ok(Some(frame));
        }
        if !self.answers.is_empty() {
            let waiting: u64 = self.answers.iter().map(|run| run.count).sum();
            let count = usize::try_from(waiting).unwrap_or(usize::MAX).min(FRAME_MESSAGES_MAX);
            let make = || self.answers_frame(link, shared);
            return shared.steps.of(Step::Answer, count, make).map(Some);
        }
        match self.lane_to_offer(link) {
            Some((lane, through)) => {
                let count = usize::try_from(link.due(lane, through)).unwrap_or(usize::MAX);
                let make = || offers_frame(lane, through, self.terminal, link, shared);
                let frame = shared.steps.of(Step::Offer, count, make)?;
                if frame.is_none() {
                    // It was emptied by another session; this link is about to hear of that.
                    self.lanes.remove(&lane);
                }
                Ok(frame)
            }
            None => Ok(None),
        }
    }

    /// Makes a frame of the answers that wait, as many as fit.
    fn answers_frame<M: Medium>(
        &mut self,
        link: &mut Link,
        shared: &Shared<M>,
    ) -> Result<HubFrame, Error> {
        let mut fill = Fill::new(FRAME_MESSAGES_MAX);
        let mut records = Vec::new();
        'runs: while let Some(run) = self.answers.front_mut() {
            while run.count > 0 {
                let record = shared.records.get(run.first_sequence)?;
                if !fill.takes(record.meta.len()) {
                    break 'runs;
                }
                records.push(Recorded { head: record.head, hash: record.hash, meta: record.meta });
                run.first_input_number += 1;
                run.first_sequence += 1;
                run.count -= 1;
            }
            self.answers.pop_front();
        }
        let frame = shared.with_log(|log| link.answers(records, log, &Granted(shared)));
        frame.map_err(Error::Proof)
    }
}

fn offers_frame<M: Medium>(
    lane: Lane,
    through: u64,
    terminal: Option<Terminal>,
    link: &mut Link,
    shared: &Shared<M>,
) -> Result<Option<HubFrame>, Error> {
    let Some(terminal) = terminal else { return Ok(None) };
    let room = usize::try_from(link.due(lane, through)).unwrap_or(usize::MAX);
    let after = link.offered_through(lane);
    let entries: Vec<network::Offer> = {
        let network = shared.network.read().unwrap_or_else(PoisonError::into_inner);
        next_entries(&network, terminal, lane, after)
            .take_while(|entry| entry.output_number <= through)
            .take(room)
            .collect()
    };
    // The lane has been emptied further by an acknowledgement that this link will hear of.
    if entries.first().is_none_or(|entry| entry.output_number != after + 1) {
        return Ok(None);
    }
    let mut fill = Fill::new(room);
    let mut acknowledgement = None;
    let mut offers = Vec::with_capacity(entries.len());
    for entry in entries {
        let offer = offer(&entry, &mut acknowledgement, shared)?;
        let bytes = offer.record.meta.len()
            + match &offer.content {
                Content::Message(payload) => payload.len(),
                Content::Delivered(delivered) => RecordHead::LENGTH + delivered.path.len() * 32,
                Content::Told(_) => RecordHead::LENGTH,
                Content::Withdrawn { .. } => 0,
                Content::Copied(copied) => copied.payload.as_ref().map_or(32, Bytes::len),
            }
            + offer.release.as_ref().map_or(0, |it| RecordHead::LENGTH + it.meta.len());
        if !fill.takes(bytes) {
            break;
        }
        offers.push(offer);
    }
    if offers.is_empty() {
        return Ok(None);
    }
    let frame = shared.with_log(|log| link.offers(lane, offers, log, &Granted(shared)));
    frame.map(Some).map_err(Error::Proof)
}

fn next_entries(
    network: &Network,
    terminal: Terminal,
    lane: Lane,
    after: u64,
) -> impl Iterator<Item = network::Offer> {
    network.pending(terminal.institution(), lane, after)
}

/// The entry of a lane, with the records that prove it.
fn offer<M: Medium>(
    entry: &network::Offer,
    acknowledgement: &mut Option<Acknowledgement>,
    shared: &Shared<M>,
) -> Result<Offer, Error> {
    let (record, content) = match entry.item {
        Item::Message { sequence } => {
            let record = shared.records.get(sequence)?;
            let whole = Recorded { head: record.head, hash: record.hash, meta: record.meta };
            (whole, Content::Message(record.payload))
        }
        Item::Copy { sequence, header_only, decides } => {
            let record = shared.records.get(sequence)?;
            let digest = header_only.then(|| Digest::of(&record.payload));
            let payload = digest.map_or(Ok(record.payload), Err);
            let whole = Recorded { head: record.head, hash: record.hash, meta: record.meta };
            (whole, Content::Copied(Copied { payload, decides }))
        }
        Item::Delivered(notice) => {
            let sequence = notice.acknowledged_in;
            let known = acknowledgement.take_if(|it| it.record.head.sequence == sequence);
            let taken = match known {
                Some(known) => acknowledgement.insert(known),
                None => acknowledgement.insert(Acknowledgement::read(sequence, shared)?),
            };
            let content = Content::Delivered(Delivered {
                terminal: notice.sender,
                input_number: notice.input_number,
                message: shared.records.get(notice.sequence)?.head,
                index: notice.index,
                path: taken.path(notice.index)?,
                payload_digest: taken.payload_digest,
            });
            (taken.record.clone(), content)
        }
        Item::Told(Told { tiding, record, about }) => {
            let about = about.map(|about| -> Result<About, Error> {
                let message = shared.records.get(about.sequence)?.head;
                let (terminal, input_number) = (about.sender, about.input_number);
                Ok(About { terminal, input_number, message })
            });
            let content = Content::Told(session::hub::Told { tiding, about: about.transpose()? });
            (recorded(record, shared)?, content)
        }
        Item::Withdrawn { sequence, record } => {
            (recorded(record, shared)?, Content::Withdrawn { message: sequence })
        }
    };
    let release = entry.mark.map(|mark| recorded(mark.record, shared)).transpose()?;
    Ok(Offer { possible_duplicate: entry.possible_duplicate, record, content, release })
}

fn recorded<M: Medium>(sequence: u64, shared: &Shared<M>) -> Result<Recorded, Error> {
    let record = shared.records.get(sequence)?;
    Ok(Recorded { head: record.head, hash: record.hash, meta: record.meta })
}

/// An acknowledgement that notices tell of; one covers many messages.
struct Acknowledgement {
    record: Recorded,
    payload_digest: Digest,
    /// The tree over the messages' records, whose root the receiver signed.
    tree: merkle::Tree,
}

impl Acknowledgement {
    fn read<M: Medium>(sequence: u64, shared: &Shared<M>) -> Result<Self, Error> {
        let record = shared.records.get(sequence)?;
        let mut tree = merkle::Tree::default();
        hashes(&record.payload).for_each(|hash| tree.push(hash));
        Ok(Self {
            payload_digest: Digest::of(&record.payload),
            record: Recorded { head: record.head, hash: record.hash, meta: record.meta },
            tree,
        })
    }

    /// The way from one message to the root that the receiver signed.
    fn path(&self, index: u32) -> Result<Vec<Digest>, Error> {
        merkle::inclusion_path(&self.tree, self.tree.size(), index.into()).map_err(Error::Proof)
    }
}

fn hashes(payload: &[u8]) -> impl Iterator<Item = Digest> {
    let (hashes, _rest) = payload.as_chunks::<32>();
    hashes.iter().copied().map(Digest)
}

/// The grants that the network holds.
struct Granted<'a, M: Medium>(&'a Shared<M>);

impl<M: Medium> Grants for Granted<'_, M> {
    fn grant(&self, holder: Terminal, key: KeyId, at: LogTime) -> Option<Grant> {
        let network = self.0.network.read().unwrap_or_else(PoisonError::into_inner);
        let found =
            network.grants(holder).iter().rev().find(|it| it.key == key && it.covers(at))?;
        let note = Bytes::copy_from_slice(found.note.as_bytes());
        Some(Grant { from: found.from, until: found.ends_at(), note })
    }
}
