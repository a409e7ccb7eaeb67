//! What the gateway receives, and all that it checks before it believes it.
//!
//! A message: the record is of an accepted message; header and payload are those of the record; it
//! is for this institution and this lane; its sender's key was granted and has signed it. A notice:
//! the record is of an acknowledgement; its signer's key was granted and has signed it; the message
//! is one of those that it covers. What else is told, and the word of a withdrawal: see `told.rs`.
//! That all the records stand in the log was proven before.

use std::sync::Arc;

use bytes::Bytes;
use iso::{Institution, Terminal};
use trust::{
    Acceptance, Accepted, Acknowledged, Body, Delivery, Digest, Header, Lane, LogTime, NetworkName,
    Receipt, RecordHead, RecordKind, Statement,
};
use wire::latest::{self, offer};
use wire::limits::{MESSAGE_BYTES_MAX, META_BYTES_MAX};

use super::evidence::Evidence;
use super::log::Proven;
use super::release::Release;
use super::signers::Signers;
use super::told::{Told, Withdrawn};
use crate::{Ending, fields};

/// An entry of a lane, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number in the lane.
    pub output_number: u64,
    /// The hub may have offered it in an earlier session, perhaps to another gateway of the
    /// institution. This gateway has not stored it.
    pub possible_duplicate: bool,
    /// What it is.
    pub item: Item,
}

/// What an entry of a lane is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A message for this institution.
    Message(Box<Message>),
    /// A message of this institution was delivered.
    Notice(Box<Notice>),
    /// Something else that stands on record and concerns this institution.
    Told(Box<Told>),
    /// The message of this number was withdrawn.
    Withdrawn(Box<Withdrawn>),
    /// The copy of a message between others.
    Copy(Box<Copy>),
}

/// A message for this institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What the sender says of it.
    pub header: Header,
    /// Its exact bytes, as the sender signed them.
    pub payload: Bytes,
    /// The record of its acceptance.
    pub evidence: Evidence,
    /// The grant of the key that signed it, a signed note.
    pub grant: Arc<str>,
    /// Why it was released, if it was held for a decision, or would have been.
    pub release: Option<Release>,
}

/// The copy of a message between two other institutions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// What the sender says of it.
    pub header: Header,
    /// Its exact bytes; nothing in a copy of the header, whose evidence has their digest.
    pub payload: Option<Bytes>,
    /// Whether the message was held for a decision of this institution. The hub says so.
    pub decides: bool,
    /// The record of its acceptance.
    pub evidence: Evidence,
    /// The grant of the key that signed the message, a signed note.
    pub grant: Arc<str>,
}

/// A message of this institution was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The terminal that sent the message.
    pub terminal: Terminal,
    /// The number under which it did. The hub says so; it holds if [`Self::message`] is the head of
    /// the record with which the message was accepted.
    pub input_number: u64,
    /// Who took the message over.
    pub by: Terminal,
    /// When the network recorded that.
    pub at: LogTime,
    /// The record of the message.
    pub message: RecordHead,
    /// Which of the acknowledged messages it is, from 0.
    pub index: u32,
    /// The hashes from the message's record to the root that the receiver signed, the lowest first.
    pub path: Vec<Digest>,
    /// The record of the acknowledgement.
    pub evidence: Evidence,
    /// The grant of the key that signed the acknowledgement, a signed note.
    pub grant: Arc<str>,
}

impl Message {
    /// What proves to others that the network took the message over.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        let (record, grant) = (self.evidence.logged(), self.grant.to_string());
        Receipt::Acceptance(Acceptance { record, grant })
    }
}

impl Copy {
    /// What proves to others that the network took the message over.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        let (record, grant) = (self.evidence.logged(), self.grant.to_string());
        Receipt::Acceptance(Acceptance { record, grant })
    }
}

impl Notice {
    /// What proves to others that the receiver took the message over, given the acceptance of the
    /// message; nothing where the notice is about another message.
    #[must_use]
    pub fn receipt(&self, acceptance: Acceptance) -> Option<Receipt> {
        if acceptance.record.head != self.message {
            return None;
        }
        let delivery = Delivery {
            record: self.evidence.logged(),
            index: self.index,
            path: self.path.clone(),
            grant: self.grant.to_string(),
        };
        Some(Receipt::Delivery(Box::new((acceptance, delivery))))
    }
}

impl Received {
    /// The record that stands in the lane: of the message, of the acknowledgement that a notice
    /// tells of, or the one that says what is told.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        match &self.item {
            Item::Message(message) => &message.evidence,
            Item::Notice(notice) => &notice.evidence,
            Item::Told(told) => &told.evidence,
            Item::Withdrawn(withdrawn) => &withdrawn.evidence,
            Item::Copy(copy) => &copy.evidence,
        }
    }

    /// The hash of that record, by which the entry is known again: see
    /// [`InboxLane::recent`](super::InboxLane::recent).
    #[must_use]
    pub fn record_hash(&self) -> Digest {
        self.evidence().head.hash()
    }
}

/// An offer with its heads read, before anything is proven.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) head: RecordHead,
    /// Of the message that a notice or a tiding is about.
    pub(super) message: Option<RecordHead>,
    /// Of the record that released a message.
    pub(super) release: Option<RecordHead>,
    pub(super) frame: latest::Offer,
}

impl Shown {
    pub(super) fn read(frame: latest::Offer) -> Result<Self, Ending> {
        let message = match &frame.content {
            None => return Err(Ending::Malformed { field: "content of an offer" }),
            Some(offer::Content::Payload(payload)) => {
                fields::within("bytes of a message", payload.len(), MESSAGE_BYTES_MAX)?;
                None
            }
            Some(offer::Content::Delivered(delivered)) => {
                Some(fields::head(&delivered.message_head)?)
            }
            Some(offer::Content::Told(told)) if told.message_head.is_empty() => None,
            Some(offer::Content::Told(told)) => Some(fields::head(&told.message_head)?),
            Some(offer::Content::Copied(copied)) => {
                fields::within("bytes of a message", copied.payload.len(), MESSAGE_BYTES_MAX)?;
                None
            }
            Some(offer::Content::Withdrawn(_)) => None,
        };
        fields::within("bytes of a meta", frame.meta.len(), META_BYTES_MAX)?;
        let release = frame.release.as_ref().map(|release| {
            fields::within("bytes of a meta", release.meta.len(), META_BYTES_MAX)?;
            fields::head(&release.head)
        });
        let release = release.transpose()?;
        Ok(Self { head: fields::head(&frame.head)?, message, release, frame })
    }

    /// All its heads.
    pub(super) fn heads(&self) -> impl Iterator<Item = &RecordHead> {
        [&self.head].into_iter().chain(&self.message).chain(&self.release)
    }

    pub(super) fn meta(&self) -> &Bytes {
        &self.frame.meta
    }

    pub(super) fn wrong(&self, part: &'static str) -> Ending {
        Ending::Record { sequence: self.head.sequence, part }
    }
}

/// A message whose record and signature hold.
struct Sent {
    header: Header,
    evidence: Evidence,
    grant: Arc<str>,
}

/// What offers are checked against: who receives, from which lane, with which proofs.
#[derive(Debug)]
pub(super) struct Check<'a> {
    pub(super) network: NetworkName,
    pub(super) institution: Institution,
    pub(super) lane: Lane,
    pub(super) proven: &'a Proven,
    pub(super) signers: &'a mut Signers,
    /// The record of the last notice.
    pub(super) last: Option<Covering>,
}

/// The record of an acknowledgement, as notices show it.
///
/// Invariant: `body` is the digest of meta and payload, and `acknowledged` is what meta says.
#[derive(Debug)]
pub(super) struct Covering {
    meta: Bytes,
    payload_digest: Digest,
    body: Digest,
    acknowledged: Acknowledged,
}

impl Check<'_> {
    /// Checks everything about one offer.
    pub(super) fn offer(&mut self, output_number: u64, shown: &Shown) -> Result<Received, Ending> {
        let possible_duplicate = shown.frame.possible_duplicate;
        let item = match &shown.frame.content {
            Some(offer::Content::Payload(payload)) => {
                Item::Message(Box::new(self.message(shown, payload)?))
            }
            Some(offer::Content::Delivered(delivered)) => {
                Item::Notice(Box::new(self.notice(shown, delivered)?))
            }
            Some(offer::Content::Told(told)) => Item::Told(Box::new(self.told(shown, told)?)),
            Some(offer::Content::Withdrawn(withdrawn)) => {
                let place = (output_number, withdrawn.message);
                Item::Withdrawn(Box::new(self.withdrawn(shown, place)?))
            }
            Some(offer::Content::Copied(copied)) => Item::Copy(Box::new(self.copy(shown, copied)?)),
            None => return Err(Ending::Malformed { field: "content of an offer" }),
        };
        Ok(Received { output_number, possible_duplicate, item })
    }

    fn message(&mut self, shown: &Shown, payload: &Bytes) -> Result<Message, Ending> {
        let Sent { header, evidence, grant } = self.sent(shown, Digest::of(payload))?;
        if header.receiver.institution() != self.institution {
            return Err(shown.wrong("network or receiver"));
        }
        if usize::try_from(header.payload_length) != Ok(payload.len()) {
            return Err(shown.wrong("length of the payload"));
        }
        let release = self.release(shown, &header)?;
        Ok(Message { header, payload: payload.clone(), evidence, grant, release })
    }

    /// A copy is of a message between two others, and is checked as the message is; in a copy of the
    /// header the digest stands for the payload.
    fn copy(&mut self, shown: &Shown, frame: &latest::Copied) -> Result<Copy, Ending> {
        let payload = frame.payload_digest.is_empty().then(|| frame.payload.clone());
        let digest = match &payload {
            Some(payload) => Digest::of(payload),
            None => fields::digest(&frame.payload_digest, "digest of the payload")?,
        };
        let Sent { header, evidence, grant } = self.sent(shown, digest)?;
        let parties = [header.sender.institution(), header.receiver.institution()];
        if parties.contains(&self.institution) {
            return Err(shown.wrong("sender or receiver"));
        }
        let length = payload.as_ref().map(|payload| u32::try_from(payload.len()));
        if length.is_some_and(|length| length != Ok(header.payload_length)) {
            return Err(shown.wrong("length of the payload"));
        }
        Ok(Copy { header, payload, decides: frame.decides, evidence, grant })
    }

    /// Checks the record of a message with its sender's signature.
    fn sent(&mut self, shown: &Shown, payload_digest: Digest) -> Result<Sent, Ending> {
        let head = &shown.head;
        if head.kind != RecordKind::ACCEPTED {
            return Err(shown.wrong("kind"));
        }
        if Body::digest(&shown.frame.meta, &payload_digest) != head.body {
            return Err(shown.wrong("body"));
        }
        let accepted = Accepted::decode(&shown.frame.meta).map_err(|_| shown.wrong("meta"))?;
        let header = Header::decode(&accepted.header).map_err(|_| shown.wrong("header"))?;
        if header.network != self.network {
            return Err(shown.wrong("network or receiver"));
        }
        if !self.lane.carries(header.priority) || self.lane == Lane::SYSTEM {
            return Err(Ending::WrongLane { what: "this message", found: self.lane.0.into() });
        }
        let statement = Statement::of(&accepted.header, &payload_digest);
        let signed = (&statement, &accepted.proof);
        let grant = self.signers.check_frame(head, header.sender, signed)?;
        let evidence = self.evidence(shown, payload_digest);
        Ok(Sent { header, evidence, grant })
    }

    fn notice(&mut self, shown: &Shown, frame: &latest::Delivered) -> Result<Notice, Ending> {
        let (head, message) = (&shown.head, shown.message.as_ref());
        let message = message.ok_or(Ending::Malformed { field: "head of the record" })?;
        if self.lane != Lane::SYSTEM {
            return Err(Ending::WrongLane { what: "notices", found: self.lane.0.into() });
        }
        if head.kind != RecordKind::ACKNOWLEDGED || message.kind != RecordKind::ACCEPTED {
            return Err(shown.wrong("kind"));
        }
        let terminal = fields::terminal(&frame.terminal)?;
        if terminal.institution() != self.institution {
            return Err(shown.wrong("sender of the message"));
        }
        let payload_digest = fields::digest(&frame.payload_digest, "digest of the payload")?;
        let acknowledged = self.acknowledged(shown, payload_digest)?;
        let path = fields::digests(&frame.path, "path of a notice")?;
        let hash = self.proven.hash(message.sequence);
        let covered = (&hash, frame.index.into(), path.as_slice());
        let grant = self.signers.check_acknowledged(head, &acknowledged, covered)?;
        Ok(Notice {
            terminal,
            input_number: frame.input_number,
            by: acknowledged.by,
            at: head.at,
            message: message.clone(),
            index: frame.index,
            path,
            evidence: self.evidence(shown, payload_digest),
            grant,
        })
    }

    /// What the record of a notice says; it is read once for the many messages that it covers.
    fn acknowledged(
        &mut self,
        shown: &Shown,
        payload_digest: Digest,
    ) -> Result<Acknowledged, Ending> {
        let (meta, body) = (&shown.frame.meta, shown.head.body);
        if let Some(last) = &self.last
            && (last.body, last.payload_digest) == (body, payload_digest)
            && last.meta == *meta
        {
            return Ok(last.acknowledged);
        }
        if Body::digest(meta, &payload_digest) != body {
            return Err(shown.wrong("body"));
        }
        let acknowledged = Acknowledged::decode(meta).map_err(|_| shown.wrong("meta"))?;
        let meta = meta.clone();
        self.last = Some(Covering { meta, payload_digest, body, acknowledged });
        Ok(acknowledged)
    }

    pub(super) fn evidence(&self, shown: &Shown, payload_digest: Digest) -> Evidence {
        self.evidence_of((&shown.head, &shown.frame.meta), payload_digest)
    }

    pub(super) fn evidence_of(
        &self,
        (head, meta): (&RecordHead, &Bytes),
        payload_digest: Digest,
    ) -> Evidence {
        Evidence {
            head: head.clone(),
            meta: meta.clone(),
            payload_digest,
            path: self.proven.path(head.sequence),
            checkpoint: self.proven.checkpoint.clone(),
        }
    }
}
