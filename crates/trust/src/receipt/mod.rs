//! Receipts: what became of a message, provable to a third party without hub or gateway.
//!
//! An **acceptance** holds the sender's signature over the message and the place of the record in
//! the network's log; a **refusal** holds the reasons and the place; a **delivery** holds an
//! acceptance and, in the same way, the receiver's signature that it took the message over; a
//! **non-delivery** holds an acceptance and a record that says that the message was not taken over by
//! the time of that record, both under one checkpoint. To check one needs nothing but the network's
//! public keys. The message itself is not in it, only its digest.
//!
//! Bytes, version 1 (integers big-endian, texts with two bytes of length before them, `meta` with
//! four, hashes with one byte for their number):
//!
//! ```text
//! receipt    "NUNCRCPT" | version u8 = 1 | kind u8 | by kind:
//!            1 acceptance | 2 record | 3 acceptance delivery | 4 acceptance record grant text
//! acceptance record | grant text
//! delivery   record | index u32 | hashes | grant text
//! record     head 140 | meta | payload digest 32 | hashes | checkpoint text
//! ```
//!
//! Each byte is fixed by a signature, by a digest or by this form, so a receipt with any byte changed
//! is refused. That the log gave the same answer to everybody is shown by the cosignatures under the
//! checkpoints; a receipt without them can be [renewed](Receipt::renewed) under a later checkpoint.

mod json;
mod non_delivery;
mod verify;

pub use non_delivery::{Undelivered, VerifiedNonDelivery};
pub use verify::{ReceiptError, Verified, VerifiedAcceptance, VerifiedDelivery, VerifiedRefusal};

use crate::codec::{CodecError, Reader, Writer};
use crate::{Digest, RecordHead, Refused, Statement};

/// What became of a message, with its proof. Nothing in it is checked before [`Receipt::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// The network took it over.
    Acceptance(Acceptance),
    /// The network refused it; the record is of kind [`crate::RecordKind::REFUSED`].
    Refusal(LoggedRecord),
    /// The receiver took it over.
    Delivery(Box<(Acceptance, Delivery)>),
    /// By the time of a record it had not been taken over.
    NonDelivery(Box<(Acceptance, NonDelivery)>),
}

/// What a receipt proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReceiptKind {
    /// The network took the message over.
    Acceptance,
    /// The network refused it.
    Refusal,
    /// The receiver took it over.
    Delivery,
    /// By the time of a record it had not been taken over.
    NonDelivery,
}

/// A record of the log, without its payload, and the proof that it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRecord {
    /// Its head.
    pub head: RecordHead,
    /// The first part of its body.
    pub meta: Vec<u8>,
    /// The digest of the second.
    pub payload: Digest,
    /// The hashes beside the way from the record to the root of the checkpoint, the lowest first
    /// ([`crate::merkle::inclusion_path`], [`crate::merkle::split_proof`]).
    pub path: Vec<Digest>,
    /// The log's checkpoint: a note in the one form of [`crate::Cosigned`], with the log's signature
    /// and as many cosignatures as there were.
    pub checkpoint: String,
}

/// The record of an accepted message, and the grant of the key that signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The record, of kind [`crate::RecordKind::ACCEPTED`].
    pub record: LoggedRecord,
    /// The note of the [`crate::KeyGrant`] for the sender's key.
    pub grant: String,
}

/// The record of the receiver's acknowledgement, and the grant of the key that signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The record, of kind [`crate::RecordKind::ACKNOWLEDGED`].
    pub record: LoggedRecord,
    /// The message's place among the acknowledged ones, from 0.
    pub index: u32,
    /// The hashes beside the way from the message's record to the acknowledged root, the lowest
    /// first.
    pub path: Vec<Digest>,
    /// The note of the [`crate::KeyGrant`] for the receiver's key.
    pub grant: String,
}

/// The record that says that the message was not taken over: that it waits, was withdrawn, aborted or
/// declined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonDelivery {
    /// The record, of kind [`crate::RecordKind::OUTSTANDING`], [`crate::RecordKind::ELAPSED`],
    /// [`crate::RecordKind::ABORTED`] or [`crate::RecordKind::DECLINED`].
    pub record: LoggedRecord,
    /// The note of the [`crate::KeyGrant`] for the key of a receiver that declined; of all others
    /// nothing, for nobody but the log has signed them.
    pub grant: String,
}

impl Receipt {
    const MAGIC: [u8; 8] = *b"NUNCRCPT";
    const VERSION: u8 = 1;

    /// What it proves.
    #[must_use]
    pub fn kind(&self) -> ReceiptKind {
        match self {
            Self::Acceptance(_) => ReceiptKind::Acceptance,
            Self::Refusal(_) => ReceiptKind::Refusal,
            Self::Delivery(_) => ReceiptKind::Delivery,
            Self::NonDelivery(_) => ReceiptKind::NonDelivery,
        }
    }

    /// The one binary form.
    ///
    /// # Panics
    ///
    /// When a note has 64 KiB or a path 256 hashes: no log and no grant of ours has such.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(2048);
        writer.raw(&Self::MAGIC).u8(Self::VERSION).u8(self.kind().code());
        match self {
            Self::Acceptance(acceptance) => acceptance.write(&mut writer),
            Self::Refusal(record) => record.write(&mut writer),
            Self::Delivery(parts) => {
                let (acceptance, delivery) = parts.as_ref();
                acceptance.write(&mut writer);
                delivery.write(&mut writer);
            }
            Self::NonDelivery(parts) => {
                let (acceptance, NonDelivery { record, grant }) = parts.as_ref();
                acceptance.write(&mut writer);
                record.write(&mut writer);
                writer.text(grant);
            }
        }
        writer.finish()
    }

    /// Reads the one binary form. Nothing is proven by that.
    ///
    /// # Errors
    ///
    /// [`ReceiptError::Magic`], [`ReceiptError::Version`] and [`ReceiptError::Form`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let mut reader = Reader::new(bytes);
        if reader.array() != Ok(Self::MAGIC) {
            return Err(ReceiptError::Magic);
        }
        let version = reader.u8()?;
        if version != Self::VERSION {
            return Err(ReceiptError::Version { version });
        }
        let kind = ReceiptKind::from_code(reader.u8()?);
        let receipt = match kind.ok_or(CodecError::OutOfRange { field: "kind of receipt" })? {
            ReceiptKind::Acceptance => Self::Acceptance(Acceptance::read(&mut reader)?),
            ReceiptKind::Refusal => Self::Refusal(LoggedRecord::read(&mut reader)?),
            ReceiptKind::Delivery => {
                let acceptance = Acceptance::read(&mut reader)?;
                Self::Delivery(Box::new((acceptance, Delivery::read(&mut reader)?)))
            }
            ReceiptKind::NonDelivery => {
                let acceptance = Acceptance::read(&mut reader)?;
                let record = LoggedRecord::read(&mut reader)?;
                let grant = reader.text()?.into();
                Self::NonDelivery(Box::new((acceptance, NonDelivery { record, grant })))
            }
        };
        reader.finish()?;
        Ok(receipt)
    }

    /// The records whose places it proves.
    #[must_use]
    pub fn records(&self) -> Vec<&LoggedRecord> {
        match self {
            Self::Acceptance(acceptance) => vec![&acceptance.record],
            Self::Refusal(record) => vec![record],
            Self::Delivery(parts) => vec![&parts.0.record, &parts.1.record],
            Self::NonDelivery(parts) => vec![&parts.0.record, &parts.1.record],
        }
    }

    /// The same with all its records under another checkpoint, as under one that witnesses have
    /// cosigned since. `path` gives the inclusion path of a record in that checkpoint's tree. Nothing is
    /// proven by that; a wrong path makes a receipt that is refused.
    ///
    /// # Errors
    ///
    /// What `path` fails with.
    pub fn renewed<E>(
        &self,
        checkpoint: &str,
        mut path: impl FnMut(&RecordHead) -> Result<Vec<Digest>, E>,
    ) -> Result<Self, E> {
        let mut renewed = self.clone();
        let records = match &mut renewed {
            Self::Acceptance(acceptance) => vec![&mut acceptance.record],
            Self::Refusal(record) => vec![record],
            Self::Delivery(parts) => vec![&mut parts.0.record, &mut parts.1.record],
            Self::NonDelivery(parts) => vec![&mut parts.0.record, &mut parts.1.record],
        };
        for record in records {
            record.path = path(&record.head)?;
            record.checkpoint = checkpoint.to_owned();
        }
        Ok(renewed)
    }

    /// Whether it is about exactly these bytes. `None` when that cannot be told, because a
    /// refusal does not hold the header (or is malformed, which [`Self::verify`] says).
    #[must_use]
    pub fn matches_payload(&self, payload: &[u8]) -> Option<bool> {
        match self {
            Self::Acceptance(acceptance) => Some(acceptance.record.payload == Digest::of(payload)),
            Self::Delivery(parts) => Some(parts.0.record.payload == Digest::of(payload)),
            Self::NonDelivery(parts) => Some(parts.0.record.payload == Digest::of(payload)),
            Self::Refusal(record) => {
                let refused = Refused::decode(&record.meta).ok()?;
                let statement = Statement::of(&refused.header?, &Digest::of(payload));
                Some(statement == refused.statement)
            }
        }
    }
}

impl ReceiptKind {
    /// Its number: 1 acceptance, 2 refusal, 3 delivery, 4 non-delivery.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Acceptance => 1,
            Self::Refusal => 2,
            Self::Delivery => 3,
            Self::NonDelivery => 4,
        }
    }

    /// The kind of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Acceptance, Self::Refusal, Self::Delivery, Self::NonDelivery]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

impl std::fmt::Display for ReceiptKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Acceptance => "acceptance",
            Self::Refusal => "refusal",
            Self::Delivery => "delivery",
            Self::NonDelivery => "non-delivery",
        })
    }
}

impl LoggedRecord {
    fn write(&self, writer: &mut Writer) {
        writer.raw(&self.head.encode()).bytes(&self.meta).digest(&self.payload);
        write_hashes(writer, &self.path);
        writer.text(&self.checkpoint);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReceiptError> {
        let head = RecordHead::decode(reader.raw(RecordHead::LENGTH)?)?;
        let meta = reader.bytes()?.to_vec();
        let payload = reader.digest()?;
        let path = read_hashes(reader)?;
        let checkpoint = reader.text()?.into();
        Ok(Self { head, meta, payload, path, checkpoint })
    }
}

impl Acceptance {
    fn write(&self, writer: &mut Writer) {
        self.record.write(writer);
        writer.text(&self.grant);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReceiptError> {
        let record = LoggedRecord::read(reader)?;
        Ok(Self { record, grant: reader.text()?.into() })
    }
}

impl Delivery {
    fn write(&self, writer: &mut Writer) {
        self.record.write(writer);
        writer.u32(self.index);
        write_hashes(writer, &self.path);
        writer.text(&self.grant);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ReceiptError> {
        let record = LoggedRecord::read(reader)?;
        let index = reader.u32()?;
        let path = read_hashes(reader)?;
        Ok(Self { record, index, path, grant: reader.text()?.into() })
    }
}

fn write_hashes(writer: &mut Writer, hashes: &[Digest]) {
    writer.u8(u8::try_from(hashes.len()).expect("a path has 64 hashes at most"));
    for hash in hashes {
        writer.digest(hash);
    }
}

fn read_hashes(reader: &mut Reader<'_>) -> Result<Vec<Digest>, CodecError> {
    let count = reader.u8()?;
    (0..count).map(|_| reader.digest()).collect()
}

#[cfg(test)]
mod tests;
