//! The hub's side of what an institution receives: lanes, output numbers, acknowledgements.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use iso::Terminal;
use network::Tiding;
use trust::{Declined, Digest, KeyId, Lane, RecordHead, Signature, merkle};
use wire::latest::{self, Acknowledge, Decline, Lanes, Offers, offer};
use wire::limits::{ACKNOWLEDGE_MAX, FRAME_MESSAGES_MAX, META_BYTES_MAX};

use super::Recorded;
use crate::fields::Pieces;
use crate::gather::Gather;
use crate::{Ending, fields};

/// How far the network has come in one lane of an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneState {
    /// Which lane.
    pub lane: Lane,
    /// Everything up to this output number was acknowledged.
    pub acknowledged_through: u64,
    /// The last output number that was ever given.
    pub assigned_through: u64,
    /// Whether another session has it, or none.
    pub elsewhere: bool,
}

impl LaneState {
    fn frame(&self) -> latest::LaneState {
        latest::LaneState {
            lane: self.lane.0.into(),
            acknowledged_through: self.acknowledged_through,
            assigned_through: self.assigned_through,
            elsewhere: self.elsewhere,
        }
    }
}

/// One entry of a lane as the hub offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// An earlier session may have been offered it.
    pub possible_duplicate: bool,
    /// The record of the accepted message; for a notice of delivery, of the acknowledgement;
    /// otherwise the one that says what is told, or that withdrew the message.
    pub record: Recorded,
    /// The message itself, or what is told.
    pub content: Content,
    /// Why a message was released that was held, or would have been.
    pub release: Option<Recorded>,
}

/// What an entry of a lane is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A message: its exact bytes.
    Message(Bytes),
    /// The notice that a message was delivered.
    Delivered(Delivered),
    /// Something else that stands on record.
    Told(Told),
    /// The message was withdrawn.
    Withdrawn {
        /// The sequence of its record.
        message: u64,
    },
    /// The copy of a message between others.
    Copied(Copied),
}

/// The copy of a message between others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The exact bytes of the message, or their digest in a copy of the header.
    pub payload: Result<Bytes, Digest>,
    /// Whether the message was held for a decision.
    pub decides: bool,
}

/// Something that stands on record, told to an institution that it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub tiding: Tiding,
    /// The message that it is about, if it is about one.
    pub about: Option<About>,
}

/// A message of the institution that is told something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The terminal that sent it.
    pub terminal: Terminal,
    /// Under which input number.
    pub input_number: u64,
    /// The head of its record.
    pub message: RecordHead,
}

/// That a message was delivered, told to its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The terminal that sent the message.
    pub terminal: Terminal,
    /// Under which input number.
    pub input_number: u64,
    /// The head of the message's record.
    pub message: RecordHead,
    /// Which of the acknowledged messages it is, from 0.
    pub index: u32,
    /// The hashes from the message's record to the root that the receiver signed.
    pub path: Vec<Digest>,
    /// The digest of the payload of the acknowledgement's record.
    pub payload_digest: Digest,
}

/// Entries that a gateway takes over, its numbers checked, its signature not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Of which lane.
    pub lane: Lane,
    /// The first output number.
    pub first: u64,
    /// The last output number.
    pub through: u64,
    /// The hashes of the messages' records; none in the system lane.
    pub records: Vec<Digest>,
    /// Key and signature over the Merkle root of those; nothing in the system lane.
    pub signed: Option<(KeyId, Signature)>,
}

/// A message that a gateway does not take: its number is the next of its lane, and what is signed is
/// the record that was offered; the signature is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declination {
    /// What the record will say.
    pub declined: Declined,
}

impl Acknowledgement {
    /// The root that the gateway must have signed, or nothing in the system lane.
    #[must_use]
    pub fn root(&self) -> Option<Digest> {
        self.signed.map(|_| merkle::root(&self.records))
    }
}

impl Offer {
    /// The records that a proof of this offer speaks of.
    pub(super) fn sequences(&self) -> impl Iterator<Item = u64> + use<> {
        let message = match &self.content {
            Content::Message(_) | Content::Withdrawn { .. } | Content::Copied(_) => None,
            Content::Delivered(delivered) => Some(delivered.message.sequence),
            Content::Told(told) => told.about.as_ref().map(|about| about.message.sequence),
        };
        let release = self.release.as_ref().map(|release| release.head.sequence);
        [self.record.head.sequence].into_iter().chain(message).chain(release)
    }

    /// How many bytes of short fields its frame has.
    fn pieces_bytes(&self) -> usize {
        let content = match &self.content {
            Content::Message(_) | Content::Withdrawn { .. } => 0,
            Content::Copied(copied) => copied.payload.as_ref().map_or(32, |_| 0),
            Content::Delivered(it) => RecordHead::LENGTH + (it.path.len() + 1) * 32,
            Content::Told(told) => told.about.as_ref().map_or(0, |_| RecordHead::LENGTH),
        };
        let release = self.release.as_ref().map_or(0, |_| RecordHead::LENGTH);
        RecordHead::LENGTH + release + content
    }

    fn frame(self, pieces: &mut Pieces) -> latest::Offer {
        let head = pieces.field(&self.record.head.encode());
        let content = match self.content {
            Content::Message(payload) => offer::Content::Payload(payload),
            Content::Delivered(delivered) => offer::Content::Delivered(latest::Delivered {
                terminal: delivered.terminal.to_string(),
                input_number: delivered.input_number,
                message_head: pieces.field(&delivered.message.encode()),
                index: delivered.index,
                path: pieces.joined(&delivered.path),
                payload_digest: pieces.field(delivered.payload_digest.as_bytes()),
            }),
            Content::Told(Told { tiding, about }) => {
                let tiding = tiding.code().into();
                offer::Content::Told(match about {
                    None => latest::Told { tiding, ..latest::Told::default() },
                    Some(about) => latest::Told {
                        tiding,
                        terminal: about.terminal.to_string(),
                        input_number: about.input_number,
                        message_head: pieces.field(&about.message.encode()),
                    },
                })
            }
            Content::Withdrawn { message } => {
                offer::Content::Withdrawn(latest::Withdrawn { message })
            }
            Content::Copied(Copied { payload, decides }) => {
                let (payload, payload_digest) = match payload {
                    Ok(payload) => (payload, Bytes::new()),
                    Err(digest) => (Bytes::new(), pieces.field(digest.as_bytes())),
                };
                offer::Content::Copied(latest::Copied { payload, payload_digest, decides })
            }
        };
        let release = self
            .release
            .map(|it| latest::Release { head: pieces.field(&it.head.encode()), meta: it.meta });
        latest::Offer {
            possible_duplicate: self.possible_duplicate,
            head,
            meta: self.record.meta,
            content: Some(content),
            release,
        }
    }
}

/// Where the lanes of a session stand.
#[derive(Debug)]
pub(super) struct Output {
    window: u32,
    /// How often lanes were given or taken.
    hold: u32,
    /// When all were given last: a lane that was not in use then was given with them.
    all_given: u32,
    /// Nothing while another session has the lanes. In boxes: a node of the map has room for eleven
    /// lanes, and a session seldom has more than four.
    lanes: Option<BTreeMap<Lane, Box<LaneEnd>>>,
}

/// Where one lane stands.
#[derive(Debug, Default)]
struct LaneEnd {
    /// The hold with which it was given.
    hold: u32,
    /// The last output number that was acknowledged.
    acknowledged: u64,
    /// The hashes of the records that are offered and not acknowledged, by output number from
    /// `acknowledged + 1` on.
    open: VecDeque<Digest>,
    gather: Gather,
}

impl LaneEnd {
    /// One that was not in use when it was given.
    fn unused(hold: u32) -> Box<Self> {
        Box::new(Self { hold, ..Self::default() })
    }

    fn offered(&self) -> u64 {
        self.acknowledged + self.open.len() as u64
    }
}

impl Output {
    pub(super) fn new(window: u32) -> Self {
        Self { window, hold: 0, all_given: 0, lanes: None }
    }

    pub(super) fn hold(&mut self, states: &[LaneState]) -> Lanes {
        self.lanes = Some(BTreeMap::new());
        self.all_given = self.hold + 1;
        self.give(states)
    }

    pub(super) fn hold_more(&mut self, states: &[LaneState]) -> Lanes {
        assert!(self.lanes.is_some(), "a session that gets more lanes has some");
        Lanes { more: true, ..self.give(states) }
    }

    fn give(&mut self, states: &[LaneState]) -> Lanes {
        self.hold += 1;
        let hold = self.hold;
        let given = states.iter().filter(|state| !state.elsewhere).map(|state| {
            let acknowledged = state.acknowledged_through;
            (state.lane, Box::new(LaneEnd { hold, acknowledged, ..LaneEnd::default() }))
        });
        self.lanes.get_or_insert_default().extend(given);
        let lanes = states.iter().map(LaneState::frame).collect();
        Lanes { hold, held: true, lanes, more: false }
    }

    pub(super) fn release(&mut self) -> Lanes {
        self.hold += 1;
        self.lanes = None;
        Lanes { hold: self.hold, held: false, lanes: Vec::new(), more: false }
    }

    pub(super) fn room(&self, lane: Lane) -> u64 {
        let Some(lanes) = &self.lanes else { return 0 };
        let open = lanes.get(&lane).map_or(0, |end| end.open.len() as u64);
        u64::from(self.window).saturating_sub(open)
    }

    pub(super) fn offered_through(&self, lane: Lane) -> u64 {
        let lanes = self.lanes.as_ref().expect("the session holds the lanes");
        lanes.get(&lane).map_or(0, |end| end.offered())
    }

    /// How many of the entries up to an output number go into the next frame; none while a few wait
    /// for more ([`Gather`]).
    pub(super) fn due(&self, lane: Lane, through: u64) -> u64 {
        let count = self.waiting(lane, through);
        let end = self.lanes.as_ref().and_then(|lanes| lanes.get(&lane));
        let goes = end.is_none_or(|end| end.gather.is_over());
        if goes || count == FRAME_MESSAGES_MAX as u64 { count } else { 0 }
    }

    /// How many of the entries up to an output number a frame could hold now.
    fn waiting(&self, lane: Lane, through: u64) -> u64 {
        let Some(lanes) = &self.lanes else { return 0 };
        let offered = lanes.get(&lane).map_or(0, |end| end.offered());
        through.saturating_sub(offered).min(self.room(lane)).min(FRAME_MESSAGES_MAX as u64)
    }

    /// Whether entries up to an output number wait for more to come, and for nothing else.
    pub(super) fn gathers(&self, lane: Lane, through: u64) -> bool {
        self.waiting(lane, through) > 0 && self.due(lane, through) == 0
    }

    pub(super) fn hurry(&mut self) {
        self.lanes.iter_mut().flat_map(BTreeMap::values_mut).for_each(|end| end.gather.hurry());
    }

    pub(super) fn offer(&mut self, lane: Lane, offers: Vec<Offer>) -> Offers {
        assert!((1..=FRAME_MESSAGES_MAX).contains(&offers.len()), "a frame has 1 to 256 offers");
        assert!(offers.len() as u64 <= self.room(lane), "offers keep the window");
        let lanes = self.lanes.as_mut().expect("the session holds the lanes");
        let end = lanes.entry(lane).or_insert_with(|| LaneEnd::unused(self.all_given));
        let first_output_number = end.offered() + 1;
        end.open.extend(offers.iter().map(|offer| offer.record.hash));
        let payload = |offer: &Offer| match &offer.content {
            Content::Message(payload) => payload.len(),
            Content::Copied(copied) => copied.payload.as_ref().map_or(0, Bytes::len),
            Content::Delivered(_) | Content::Told(_) | Content::Withdrawn { .. } => 0,
        };
        let bytes = offers.iter().map(payload).sum();
        end.gather.sent(end.offered(), offers.len() == FRAME_MESSAGES_MAX, bytes);
        let mut pieces = Pieces::with_capacity(offers.iter().map(Offer::pieces_bytes).sum());
        let offers = offers.into_iter().map(|offer| offer.frame(&mut pieces)).collect();
        Offers { lane: lane.0.into(), first_output_number, offers, ..Offers::default() }
    }

    /// Takes a declination; nothing where it belongs to an earlier hold.
    pub(super) fn decline(
        &mut self,
        terminal: Terminal,
        frame: &Decline,
    ) -> Result<Option<Declination>, Ending> {
        if frame.hold > self.hold {
            return Err(Ending::Malformed { field: "hold" });
        }
        let Some(lanes) = &mut self.lanes else {
            let is_late = frame.hold < self.hold;
            return if is_late {
                Ok(None)
            } else {
                Err(Ending::LanesNotHeld { what: "a Decline" })
            };
        };
        fields::within("bytes of a declination", frame.meta.len(), META_BYTES_MAX)?;
        let declined = Declined::decode(&frame.meta)
            .map_err(|_| Ending::Malformed { field: "declination" })?;
        let (lane, found) = (declined.lane, declined.output_number);
        if declined.by != terminal {
            return Err(Ending::Malformed { field: "terminal of a declination" });
        }
        if lane == Lane::SYSTEM {
            return Err(Ending::WrongLane { what: "a Decline", found: lane.0.into() });
        }
        let lane_end = lanes.entry(fields::lane(lane.0.into())?);
        let end = lane_end.or_insert_with(|| LaneEnd::unused(self.all_given));
        if frame.hold < end.hold {
            return Ok(None);
        }
        if found != end.acknowledged + 1 {
            let expected = end.acknowledged + 1;
            return Err(Ending::AcknowledgedOutOfOrder { lane, expected, found });
        }
        let Some(record) = end.open.front() else {
            return Err(Ending::NeverOffered { lane, offered: end.offered(), through: found });
        };
        if *record != declined.signed.root {
            return Err(Ending::Malformed { field: "record of a declination" });
        }
        end.open.pop_front();
        end.acknowledged = found;
        end.gather.answered(found);
        Ok(Some(Declination { declined }))
    }

    /// Takes an acknowledgement; nothing where it belongs to an earlier hold.
    pub(super) fn acknowledge(
        &mut self,
        frame: &Acknowledge,
    ) -> Result<Option<Acknowledgement>, Ending> {
        let Acknowledge { lane, first, through, ref key, ref signature, hold } = *frame;
        let lane = fields::lane(lane)?;
        if hold > self.hold {
            return Err(Ending::Malformed { field: "hold" });
        }
        let Some(lanes) = &mut self.lanes else {
            let what = "an Acknowledge";
            return if hold < self.hold { Ok(None) } else { Err(Ending::LanesNotHeld { what }) };
        };
        let end = lanes.entry(lane).or_insert_with(|| LaneEnd::unused(self.all_given));
        if hold < end.hold {
            return Ok(None);
        }
        if first != end.acknowledged + 1 {
            let expected = end.acknowledged + 1;
            return Err(Ending::AcknowledgedOutOfOrder { lane, expected, found: first });
        }
        if through > end.offered() {
            return Err(Ending::NeverOffered { lane, offered: end.offered(), through });
        }
        let count = (through + 1).saturating_sub(first);
        if count == 0 {
            return Err(Ending::Malformed { field: "range of an acknowledgement" });
        }
        let count = usize::try_from(count).expect("what is open is in memory");
        let limit = usize::try_from(ACKNOWLEDGE_MAX).expect("4,096 is a usize");
        fields::within("numbers in an acknowledgement", count, limit)?;
        let is_system = lane == Lane::SYSTEM;
        let signed = if is_system && key.is_empty() && signature.is_empty() {
            None
        } else if is_system {
            return Err(Ending::Malformed { field: "key of an acknowledgement" });
        } else {
            Some((fields::key(key)?, fields::signature(signature)?))
        };
        let records = end.open.drain(..count).collect();
        end.acknowledged = through;
        end.gather.answered(through);
        let records = if is_system { Vec::new() } else { records };
        Ok(Some(Acknowledgement { lane, first, through, records, signed }))
    }
}
