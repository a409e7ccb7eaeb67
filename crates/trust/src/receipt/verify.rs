//! The checks that make a receipt a proof.
//!
//! For each record, in this order: the log's signature under the checkpoint; the record's place under
//! the checkpoint's root; the body under the record's head; the quorum of witnesses under the
//! checkpoint, where the network wants one; then what the record says: for a message
//! the sender's signature by a key that the network granted it at that time, for an acknowledgement
//! the receiver's, over this very record of this very message.

use iso::Terminal;

use super::{Acceptance, Delivery, LoggedRecord, Receipt, VerifiedNonDelivery};
use crate::codec::CodecError;
use crate::merkle::{self, MerkleError};
use crate::{
    Accepted, Acknowledged, Body, CheckpointError, Cosigned, Digest, FrameContext, FrameError,
    GrantError, Header, HeaderError, KeyGrant, KeyId, Lane, LogTime, NetworkKeys, NetworkName,
    Position, QuorumMissing, RecordError, RecordKind, Refused, Statement,
};

/// What a receipt has proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The network took the message over.
    Acceptance(VerifiedAcceptance),
    /// The network refused it.
    Refusal(VerifiedRefusal),
    /// The receiver took it over.
    Delivery(Box<(VerifiedAcceptance, VerifiedDelivery)>),
    /// It had not been taken over by the time of a record.
    NonDelivery(Box<(VerifiedAcceptance, VerifiedNonDelivery)>),
}

/// A message that stands in the log as accepted, signed by its sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAcceptance {
    /// Where it stands.
    pub position: Position,
    /// When the log wrote it.
    pub at: LogTime,
    /// What its sender says of it.
    pub header: Header,
    /// The digest of its exact bytes.
    pub payload: Digest,
    /// The sender's key.
    pub key: KeyId,
    /// What the log said of itself later, and who cosigned that.
    pub cosigned: Cosigned,
    /// The hash of its record.
    pub(crate) record: Digest,
}

/// A message that stands in the log as refused. The sender's signature is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRefusal {
    /// Where it stands.
    pub position: Position,
    /// When the log wrote it.
    pub at: LogTime,
    /// What was refused, and why.
    pub refused: Refused,
    /// What the sender said of the message, where the network kept that and could read it.
    pub header: Option<Header>,
    /// What the log said of itself later, and who cosigned that.
    pub cosigned: Cosigned,
}

/// An acknowledgement that stands in the log, signed by the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedDelivery {
    /// Where it stands.
    pub position: Position,
    /// When the log wrote it.
    pub at: LogTime,
    /// The receiver's terminal.
    pub by: Terminal,
    /// The lane by which the message went.
    pub lane: Lane,
    /// The message's number in that lane.
    pub output_number: u64,
    /// The receiver's key.
    pub key: KeyId,
    /// What the log said of itself later, and who cosigned that.
    pub cosigned: Cosigned,
}

impl Receipt {
    /// Checks everything, with nothing but the network's public keys.
    ///
    /// # Errors
    ///
    /// [`ReceiptError`] names the first thing that does not hold.
    pub fn verify(&self, keys: &NetworkKeys) -> Result<Verified, ReceiptError> {
        match self {
            Self::Acceptance(acceptance) => acceptance.verify(keys).map(Verified::Acceptance),
            Self::Refusal(record) => verify_refusal(record, keys).map(Verified::Refusal),
            Self::Delivery(parts) => {
                let (acceptance, delivery) = parts.as_ref();
                let acceptance = acceptance.verify(keys)?;
                let delivery = delivery.verify(keys, &acceptance)?;
                Ok(Verified::Delivery(Box::new((acceptance, delivery))))
            }
            Self::NonDelivery(parts) => {
                let (acceptance, non_delivery) = parts.as_ref();
                // The record names the message by its place, which is one only under one root.
                if acceptance.record.checkpoint != non_delivery.record.checkpoint {
                    return Err(ReceiptError::Apart);
                }
                let acceptance = acceptance.verify(keys)?;
                let non_delivery = non_delivery.verify(keys, &acceptance)?;
                Ok(Verified::NonDelivery(Box::new((acceptance, non_delivery))))
            }
        }
    }
}

impl Verified {
    /// The checkpoints under which its records stand.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<&Cosigned> {
        match self {
            Self::Acceptance(acceptance) => vec![&acceptance.cosigned],
            Self::Refusal(refusal) => vec![&refusal.cosigned],
            Self::Delivery(parts) => vec![&parts.0.cosigned, &parts.1.cosigned],
            Self::NonDelivery(parts) => vec![&parts.0.cosigned, &parts.1.cosigned],
        }
    }

    /// The message's header, where it is known.
    #[must_use]
    pub fn header(&self) -> Option<&Header> {
        match self {
            Self::Acceptance(acceptance) => Some(&acceptance.header),
            Self::Refusal(refusal) => refusal.header.as_ref(),
            Self::Delivery(parts) => Some(&parts.0.header),
            Self::NonDelivery(parts) => Some(&parts.0.header),
        }
    }
}

impl LoggedRecord {
    /// Checks that the record stands in the network's log and has this body.
    pub(super) fn verify(
        &self,
        keys: &NetworkKeys,
        kind: RecordKind,
    ) -> Result<Cosigned, ReceiptError> {
        if self.head.network != *keys.network() {
            return Err(ReceiptError::Network {
                expected: *keys.network(),
                found: self.head.network,
            });
        }
        let cosigned = Cosigned::open(&self.checkpoint, keys)?;
        let checkpoint = cosigned.checkpoint;
        let origin = checkpoint.origin;
        if origin.network != self.head.network
            || origin.shard != self.head.shard
            || checkpoint.at < self.head.at
        {
            return Err(ReceiptError::Origin);
        }
        let (leaf, index) = (self.head.hash(), self.head.sequence);
        let root = merkle::root_of_path(&leaf, index, checkpoint.size, &self.path)?;
        if root != checkpoint.root {
            return Err(ReceiptError::Inclusion(MerkleError::Root));
        }
        if self.head.body != Body::digest(&self.meta, &self.payload) {
            return Err(ReceiptError::Body);
        }
        if self.head.kind != kind {
            return Err(ReceiptError::Kind);
        }
        cosigned.check_quorum(keys)?;
        Ok(cosigned)
    }
}

impl Acceptance {
    fn verify(&self, keys: &NetworkKeys) -> Result<VerifiedAcceptance, ReceiptError> {
        let LoggedRecord { head, meta, payload, .. } = &self.record;
        let cosigned = self.record.verify(keys, RecordKind::ACCEPTED)?;
        let Accepted { header: bytes, proof } = Accepted::decode(meta)?;
        let header = Header::decode(&bytes)?;
        if header.network != head.network {
            return Err(ReceiptError::Network { expected: head.network, found: header.network });
        }
        let grant = open_grant(&self.grant, keys, header.sender, head.at)?;
        let context = FrameContext { network: head.network, terminal: header.sender };
        proof.verify(&grant.key, &context, &Statement::of(&bytes, payload))?;
        Ok(VerifiedAcceptance {
            position: head.position(),
            at: head.at,
            header,
            payload: *payload,
            key: proof.key,
            cosigned,
            record: head.hash(),
        })
    }
}

fn verify_refusal(
    record: &LoggedRecord,
    keys: &NetworkKeys,
) -> Result<VerifiedRefusal, ReceiptError> {
    let cosigned = record.verify(keys, RecordKind::REFUSED)?;
    if record.payload != Digest::of(&[]) {
        return Err(ReceiptError::Body);
    }
    let refused = Refused::decode(&record.meta)?;
    // A header may be the very thing that was wrong, so it need not be readable.
    let header = refused.header.as_ref().and_then(|bytes| Header::decode(bytes).ok());
    let (position, at) = (record.head.position(), record.head.at);
    Ok(VerifiedRefusal { position, at, refused, header, cosigned })
}

impl Delivery {
    fn verify(
        &self,
        keys: &NetworkKeys,
        message: &VerifiedAcceptance,
    ) -> Result<VerifiedDelivery, ReceiptError> {
        let LoggedRecord { head, meta, .. } = &self.record;
        let cosigned = self.record.verify(keys, RecordKind::ACKNOWLEDGED)?;
        let acknowledged = Acknowledged::decode(meta)?;
        let Acknowledged { by, lane, first, .. } = acknowledged;
        if by.institution() != message.header.receiver.institution()
            || !lane.carries(message.header.priority)
        {
            return Err(ReceiptError::Receiver);
        }
        // Within one log the acknowledgement comes later; between two there is no such order.
        let position = head.position();
        if position.shard == message.position.shard && position <= message.position {
            return Err(ReceiptError::Receiver);
        }
        let count = acknowledged.count();
        let index = u64::from(self.index);
        let root = merkle::root_of_path(&message.record, index, count, &self.path)
            .map_err(|_| ReceiptError::Acknowledgement)?;
        let statement = acknowledged.acknowledgement(head.network);
        let (Some(statement), Some(signed)) = (statement, acknowledged.signed) else {
            return Err(ReceiptError::Acknowledgement);
        };
        let grant = open_grant(&self.grant, keys, by, head.at)?;
        if statement.root != root || !statement.is_signed_by(&grant.key, &signed) {
            return Err(ReceiptError::Acknowledgement);
        }
        let (at, output_number, key) = (head.at, first + index, signed.key);
        Ok(VerifiedDelivery { position, at, by, lane, output_number, key, cosigned })
    }
}

/// The grant of a key to this terminal at this time.
pub(super) fn open_grant(
    note: &str,
    keys: &NetworkKeys,
    holder: Terminal,
    at: LogTime,
) -> Result<KeyGrant, ReceiptError> {
    let grant = KeyGrant::open(note, keys.roots())?;
    if grant.holder != holder {
        return Err(ReceiptError::Holder { expected: holder, found: grant.holder });
    }
    if grant.covers(at) { Ok(grant) } else { Err(ReceiptError::GrantOver { at }) }
}

/// Why a receipt is refused.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// The first bytes are not those of a receipt.
    #[error("this is no receipt: it does not start with NUNCRCPT")]
    Magic,
    /// A version that this program does not know.
    #[error("receipt version {version} is unknown; this program knows 1")]
    Version {
        /// The version that was found.
        version: u8,
    },
    /// The bytes are not in the form of a receipt.
    #[error("the receipt is malformed")]
    Form(#[from] CodecError),
    /// A head in it is none.
    #[error("the head of a record in the receipt is malformed")]
    Head(#[from] RecordError),
    /// A header in it is none.
    #[error("the header of the message in the receipt is malformed")]
    Header(#[from] HeaderError),
    /// The text is not the JSON form of a receipt.
    #[error("this is not the JSON form of a receipt")]
    Json(#[source] serde_json::Error),
    /// A field of the JSON form does not hold what it must, or not what the rest says.
    #[error("the field {field} of the receipt is malformed, or contradicts the rest")]
    JsonField {
        /// Which field.
        field: &'static str,
    },
    /// It is of another network than the keys.
    #[error("the receipt is of the network {found}, but the keys are of {expected}")]
    Network {
        /// The network of the keys.
        expected: NetworkName,
        /// The network of the receipt.
        found: NetworkName,
    },
    /// The checkpoint is not signed by the log.
    #[error("the checkpoint is refused")]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses cosigned the checkpoint: the log may have shown others something else.
    #[error("the checkpoint is not yet witnessed as the network wants it")]
    Quorum(#[from] QuorumMissing),
    /// The checkpoint is of another log than the record, or older than it.
    #[error("the checkpoint is of another log than the record, or of an earlier time")]
    Origin,
    /// The record does not stand in the log.
    #[error("the record is not in the log as the checkpoint has it")]
    Inclusion(#[from] MerkleError),
    /// The body is not that of the record.
    #[error("the contents of the record are not those that stand in the log")]
    Body,
    /// The record is about something else.
    #[error("the record in the log is not of the kind that the receipt claims")]
    Kind,
    /// The grant of a key is refused.
    #[error("the grant of the signing key is refused")]
    Grant(#[from] GrantError),
    /// The key was granted to somebody else.
    #[error("the signing key was granted to {found}, not to {expected}")]
    Holder {
        /// Who should hold it.
        expected: Terminal,
        /// Who holds it.
        found: Terminal,
    },
    /// The key was not granted for this time.
    #[error("the grant of the signing key does not cover {at}")]
    GrantOver {
        /// The time of the record.
        at: LogTime,
    },
    /// The sender did not sign this message.
    #[error("the sender's signature is refused")]
    Signature(#[from] FrameError),
    /// The acknowledgement is by another than the receiver, of another lane, or too early.
    #[error("the acknowledgement in the receipt cannot be one of this message")]
    Receiver,
    /// The receiver did not sign that it took over this message.
    #[error("the receiver's signature does not cover this message")]
    Acknowledgement,
    /// The two records of a receipt of non-delivery stand under different checkpoints.
    #[error("the records of acceptance and of non-delivery are not under one checkpoint")]
    Apart,
    /// The record does not say that this message was not taken over.
    #[error("the record does not say that this very message was not taken over")]
    NonDelivery,
}
