//! The gateway's side of what it receives: lanes, output numbers, duplicates, acknowledgements.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use trust::{
    Acknowledgement, Declined, Digest, FrameContext, KeyId, Lane, Reason, Signature, SignedRoot,
    merkle,
};
use wire::latest::{Acknowledge, Decline, LanePosition, Lanes, Offers};
use wire::limits::{ACKNOWLEDGE_MAX, FRAME_MESSAGES_MAX, WINDOW_MAX};

use super::Receiving;
use crate::{Ending, fields};

/// Where one lane of a gateway's inbox stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxLane {
    /// The last output number that it holds durably; 0: none.
    pub received_through: u64,
    /// Output number and record hash of the last ones that it holds, rising; up to 4,096 are of
    /// use. They show whether the hub offers the same again under the same number.
    pub recent: Vec<(u64, Digest)>,
    /// The back office has decided about everything up to this number; see
    /// [`Receiving::on_decision`](super::Receiving::on_decision).
    pub decided_through: u64,
    /// What it does not take, rising; those that were declined before do no harm.
    pub declined: Vec<(u64, Reason)>,
    /// The messages whose files are not here yet; see [`Link::await_file`](super::Link::await_file).
    pub awaited: BTreeSet<u64>,
}

/// Output numbers that this gateway will not receive: another one of the institution took them over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// Of which lane.
    pub lane: Lane,
    /// The first number.
    pub first: u64,
    /// The last number.
    pub through: u64,
}

/// Entries that are durable in the inbox and shall be acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAcknowledgement {
    /// Of which lane.
    pub lane: Lane,
    /// The first output number.
    pub first: u64,
    /// The last output number.
    pub through: u64,
    /// What the gateway signs; nothing in the system lane.
    pub to_sign: Option<Acknowledgement>,
    hold: u32,
}

/// A message that the back office does not take, and whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDeclination {
    /// What is to be signed: its key and signature are still zero.
    pub to_sign: Declined,
    hold: u32,
}

/// Where the lanes of a session stand.
#[derive(Debug)]
pub(super) struct Output {
    window: u32,
    /// Whether other gateways of the institution may receive from the same lanes.
    shares_lanes: bool,
    /// Whether messages wait for the back office before they are acknowledged.
    on_decision: bool,
    /// A message is acknowledged only if its record is below this.
    witnessed_below: u64,
    hold: u32,
    held: bool,
    lanes: BTreeMap<Lane, LaneEnd>,
}

/// Where one lane stands.
#[derive(Debug, Default)]
struct LaneEnd {
    /// The hold with which it was given; 0 where that was before it was first used.
    hold: u32,
    /// Whether another session has it.
    elsewhere: bool,
    /// The last number that is durable in the inbox.
    stored: u64,
    /// The last number that was given out to be stored; at least `stored`.
    given: u64,
    /// Number and record hash of the last that were given out, rising.
    recent: VecDeque<(u64, Digest)>,
    /// The last number that was acknowledged in this hold, or before it.
    acknowledged: u64,
    /// Sequence and hash of the records that were offered in this hold and not acknowledged, by
    /// number from `acknowledged + 1` on.
    open: VecDeque<(u64, Digest)>,
    /// The records of everything up to this number are witnessed.
    ///
    /// Invariant: counts only above `acknowledged`, and never above what was offered.
    witnessed: u64,
    /// The back office has decided about everything up to this number.
    decided: u64,
    /// What it does not take, above `acknowledged`.
    declined: BTreeMap<u64, Reason>,
    /// The messages whose files are not here yet, above `acknowledged`.
    awaited: BTreeSet<u64>,
}

impl LaneEnd {
    /// Up to which number the next acknowledgement may go, if declinations are passed over; notices
    /// wait for nobody.
    fn ready(&self, is_notices: bool, on_decision: bool) -> u64 {
        let ready = self.stored.min(self.offered());
        let ready = self.awaited.first().map_or(ready, |first| ready.min(first - 1));
        match (is_notices, on_decision) {
            (true, _) => ready,
            (false, true) => ready.min(self.witnessed).min(self.decided),
            (false, false) => ready.min(self.witnessed),
        }
    }

    /// Looks how many of those that are open are witnessed now.
    fn look_below(&mut self, below: u64) {
        self.witnessed = self.witnessed.max(self.acknowledged);
        loop {
            let at = usize::try_from(self.witnessed - self.acknowledged);
            let next = at.ok().and_then(|at| self.open.get(at));
            if next.is_none_or(|(sequence, _)| *sequence >= below) {
                return;
            }
            self.witnessed += 1;
        }
    }

    /// Forgets the declinations and the files that have lost their meaning: somebody has the message.
    fn settle(&mut self) {
        self.awaited = self.awaited.split_off(&(self.acknowledged + 1));
        self.declined = self.declined.split_off(&(self.acknowledged + 1));
    }

    fn offered(&self) -> u64 {
        self.acknowledged + self.open.len() as u64
    }

    fn remember(&mut self, number: u64, hash: Digest) {
        if self.recent.len() >= WINDOW_MAX as usize {
            self.recent.pop_front();
        }
        self.recent.push_back((number, hash));
    }

    fn known(&self, number: u64) -> Option<Digest> {
        let at = self.recent.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.recent.get(at).map(|(_, hash)| *hash)
    }
}

impl Output {
    pub(super) fn new(
        window: u32,
        how: Option<Receiving>,
        inbox: &BTreeMap<Lane, InboxLane>,
        witnessed_below: u64,
    ) -> Self {
        let lanes = inbox.iter().map(|(lane, start)| {
            let InboxLane { received_through: through, recent, decided_through, .. } = start;
            let mut end = LaneEnd {
                stored: *through,
                given: *through,
                decided: *decided_through,
                declined: start.declined.iter().cloned().collect(),
                awaited: start.awaited.clone(),
                ..LaneEnd::default()
            };
            recent.iter().for_each(|(number, hash)| end.remember(*number, *hash));
            (*lane, end)
        });
        let shares_lanes = how.is_some_and(|how| how.shares_lanes);
        let on_decision = how.is_some_and(|how| how.on_decision);
        let (hold, held, lanes) = (0, false, lanes.collect());
        Self { window, shares_lanes, on_decision, witnessed_below, hold, held, lanes }
    }

    /// The back office has decided about a lane up to this number.
    pub(super) fn decided(&mut self, lane: Lane, through: u64) {
        let end = self.lanes.entry(lane).or_default();
        end.decided = end.decided.max(through);
    }

    /// Records below this are witnessed.
    pub(super) fn witnessed(&mut self, below: u64) {
        self.witnessed_below = self.witnessed_below.max(below);
        let below = self.witnessed_below;
        self.lanes.values_mut().for_each(|end| end.look_below(below));
    }

    /// The back office does not take a message.
    pub(super) fn decline(&mut self, lane: Lane, output_number: u64, reason: Reason) {
        let end = self.lanes.entry(lane).or_default();
        if output_number > end.acknowledged {
            end.declined.insert(output_number, reason);
        }
    }

    /// A message announces a file that is not here yet.
    pub(super) fn await_file(&mut self, lane: Lane, output_number: u64) {
        let end = self.lanes.entry(lane).or_default();
        if output_number > end.acknowledged {
            end.awaited.insert(output_number);
        }
    }

    /// Of what is stored, only these still wait for their files.
    pub(super) fn awaited(&mut self, still: &BTreeMap<Lane, BTreeSet<u64>>) {
        for (lane, end) in &mut self.lanes {
            let stored = end.stored;
            let still = still.get(lane);
            end.awaited
                .retain(|number| *number > stored || still.is_some_and(|it| it.contains(number)));
        }
    }

    /// What a Hello says of the inbox.
    pub(super) fn positions(&self) -> Vec<LanePosition> {
        self.lanes
            .iter()
            .filter(|(_, end)| end.stored > 0)
            .map(|(lane, end)| LanePosition { lane: lane.0.into(), received_through: end.stored })
            .collect()
    }

    /// The lanes were given to this session or taken from it.
    pub(super) fn lanes(&mut self, frame: &Lanes) -> Result<Vec<Missed>, Ending> {
        let (more, hold) = (frame.more, frame.hold);
        let is_empty = frame.lanes.is_empty() && !more;
        if hold != self.hold + 1 || (!frame.held && !is_empty) || (more && !self.held) {
            return Err(Ending::Malformed { field: "list of lanes" });
        }
        let mut states = BTreeMap::new();
        for state in &frame.lanes {
            let (acknowledged, assigned) = (state.acknowledged_through, state.assigned_through);
            let given = (acknowledged, assigned, state.elsewhere);
            let known = states.insert(fields::lane(state.lane)?, given);
            if known.is_some() || acknowledged > assigned || (more && state.elsewhere) {
                return Err(Ending::Malformed { field: "list of lanes" });
            }
        }
        (self.hold, self.held) = (hold, frame.held);
        for lane in states.keys() {
            self.lanes.entry(*lane).or_default();
        }
        let mut missed = Vec::new();
        for (&lane, end) in &mut self.lanes {
            let state = states.get(&lane);
            if more && state.is_none() {
                continue;
            }
            (end.hold, end.elsewhere) = (hold, state.is_some_and(|(.., elsewhere)| *elsewhere));
            (end.acknowledged, end.witnessed, end.open) = (0, 0, VecDeque::new());
            if !frame.held {
                continue;
            }
            let (acknowledged, assigned, _) = state.copied().unwrap_or_default();
            let received = end.given;
            if assigned < received {
                return Err(Ending::OffersForgotten { lane, assigned, received });
            }
            if end.elsewhere {
                continue;
            }
            end.acknowledged = acknowledged;
            end.settle();
            if acknowledged <= received {
                continue;
            }
            if !self.shares_lanes {
                return Err(Ending::InboxOld { lane, received, acknowledged });
            }
            missed.push(Missed { lane, first: received + 1, through: acknowledged });
            (end.stored, end.given) = (acknowledged, acknowledged);
        }
        Ok(missed)
    }

    /// Checks the numbers of a frame of offers, before its proofs are looked at.
    pub(super) fn expect(&self, frame: &Offers) -> Result<Lane, Ending> {
        if !self.held {
            return Err(Ending::LanesNotHeld { what: "Offers" });
        }
        let lane = fields::lane(frame.lane)?;
        fields::counted("offers of a frame", frame.offers.len(), FRAME_MESSAGES_MAX)?;
        let end = self.lanes.get(&lane);
        if end.is_some_and(|end| end.elsewhere) {
            return Err(Ending::LanesNotHeld { what: "Offers" });
        }
        let expected = end.map_or(0, LaneEnd::offered) + 1;
        let found = frame.first_output_number;
        if found != expected {
            return Err(Ending::OutputNumber { lane, expected, found });
        }
        fields::last_of(found, frame.offers.len(), "first output number")?;
        let found = end.map_or(0, |end| end.open.len() as u64) + frame.offers.len() as u64;
        if found > u64::from(self.window) {
            return Err(Ending::Window { what: "offers", window: self.window, found });
        }
        Ok(lane)
    }

    /// Takes the next offer of a lane; says whether it must be stored, or is a duplicate.
    pub(super) fn take(
        &mut self,
        lane: Lane,
        (sequence, hash): (u64, Digest),
    ) -> Result<bool, Ending> {
        let below = self.witnessed_below;
        let end = self.lanes.entry(lane).or_default();
        end.open.push_back((sequence, hash));
        end.look_below(below);
        let number = end.offered();
        if number > end.given {
            end.given = number;
            end.remember(number, hash);
            return Ok(true);
        }
        match end.known(number) {
            Some(known) if known != hash => Err(Ending::OtherOutput { lane, number }),
            Some(_) | None => Ok(false),
        }
    }

    /// The inbox holds a lane durably up to this number.
    pub(super) fn stored(&mut self, lane: Lane, through: u64) {
        let end = self.lanes.entry(lane).or_default();
        assert!(through <= end.given, "only what was given out can be durable");
        end.stored = end.stored.max(through);
    }

    /// What shall be acknowledged next, the system lane first.
    pub(super) fn due(&self, context: &FrameContext) -> Option<DueAcknowledgement> {
        if !self.held {
            return None;
        }
        self.lanes.iter().find_map(|(&lane, end)| {
            // Notices need no back office; what is declined has a frame of its own.
            let ready = end.ready(lane == Lane::SYSTEM, self.on_decision);
            let declined = end.declined.range(end.acknowledged + 1..).next();
            let through = declined.map_or(ready, |(number, _)| ready.min(number - 1));
            let count = through.checked_sub(end.acknowledged)?.min(ACKNOWLEDGE_MAX);
            if count == 0 {
                return None;
            }
            let (first, through) = (end.acknowledged + 1, end.acknowledged + count);
            let FrameContext { network, terminal: by } = *context;
            let to_sign = (lane != Lane::SYSTEM).then(|| {
                let count = usize::try_from(count).expect("4,096 is a usize");
                let records: Vec<Digest> =
                    end.open.iter().take(count).map(|(_, hash)| *hash).collect();
                let root = merkle::root(&records);
                Acknowledgement { network, by, lane, first, through, root }
            });
            Some(DueAcknowledgement { lane, first, through, to_sign, hold: end.hold })
        })
    }

    /// What shall be declined next: a message whose turn it is.
    pub(super) fn due_declination(&self, context: &FrameContext) -> Option<DueDeclination> {
        if !self.held {
            return None;
        }
        self.lanes.iter().find_map(|(&lane, end)| {
            let output_number = end.acknowledged + 1;
            let reason = end.declined.get(&output_number)?.clone();
            let (_, root) = *end.open.front()?;
            if output_number > end.ready(lane == Lane::SYSTEM, self.on_decision) {
                return None;
            }
            let signed = SignedRoot { root, key: KeyId([0; 8]), signature: Signature([0; 64]) };
            let to_sign = Declined { by: context.terminal, lane, output_number, reason, signed };
            Some(DueDeclination { to_sign, hold: end.hold })
        })
    }

    /// Makes the frame that declines; nothing where the lanes have changed hands since.
    pub(super) fn declined(&mut self, due: &DueDeclination, signed: &Declined) -> Option<Decline> {
        let Declined { lane, output_number, .. } = due.to_sign;
        assert_eq!(due.to_sign.signed.root, signed.signed.root, "what is due is what is signed");
        let end = self.lanes.get_mut(&lane)?;
        if !self.held || due.hold != end.hold || output_number != end.acknowledged + 1 {
            return None;
        }
        end.open.pop_front()?;
        end.acknowledged = output_number;
        end.settle();
        Some(Decline { meta: signed.encode().into(), hold: self.hold })
    }

    /// Makes the frame that acknowledges; nothing where the lanes have changed hands since.
    pub(super) fn acknowledge(
        &mut self,
        due: &DueAcknowledgement,
        signed: Option<&SignedRoot>,
    ) -> Option<Acknowledge> {
        let root = due.to_sign.as_ref().map(|acknowledgement| acknowledgement.root);
        assert_eq!(root, signed.map(|signed| signed.root), "what is due is what is signed");
        let end = self.lanes.get_mut(&due.lane)?;
        if !self.held || due.hold != end.hold || due.first != end.acknowledged + 1 {
            return None;
        }
        let count =
            usize::try_from(due.through - end.acknowledged).expect("what is open is in memory");
        end.open.drain(..count);
        end.acknowledged = due.through;
        let bytes = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        Some(Acknowledge {
            lane: due.lane.0.into(),
            first: due.first,
            through: due.through,
            key: signed.map(|signed| bytes(&signed.key.0)).unwrap_or_default(),
            signature: signed.map(|signed| bytes(&signed.signature.0)).unwrap_or_default(),
            hold: self.hold,
        })
    }
}
