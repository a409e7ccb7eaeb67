//! Witnesses have cosigned a checkpoint: what it covers is witnessed, and receipts go under it.
//!
//! A receipt is stored as it came, under a checkpoint that the hub alone has signed. Where the
//! network has a quorum, its record is also put on the list of those to be renewed; once a cosigned
//! checkpoint covers it, the receipt is written anew with the path in that checkpoint's tree. Both
//! are proofs of the same record.

use redb::{ReadableTable as _, StorageError};
use trust::{Digest, Receipt, ReceiptKind, RecordHead};

use super::damaged;
use super::settle::Fit;
use crate::store::records::{Answer, Delivery, InboxEntry, NoticeEntry};
use crate::store::tables::{Tables, counter};
use crate::store::writer::Change;

/// The name of the last cosigned checkpoint among the notes.
pub(in crate::store) const WITNESSED: &str = "witnessed";

/// A receipt that is to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Renewal {
    /// Of the answer to a sent message.
    Answer { input_number: u64 },
    /// Of the delivery of a sent message.
    Delivery { input_number: u64 },
    /// Of a received message.
    Received { lane: u8, output_number: u64 },
    /// A part of what proves something that the network told.
    Notice { number: u64 },
}

impl Renewal {
    fn columns(self) -> (u8, u8, u64) {
        match self {
            Self::Answer { input_number } => (0, 0, input_number),
            Self::Delivery { input_number } => (1, 0, input_number),
            Self::Received { lane, output_number } => (2, lane, output_number),
            Self::Notice { number } => (3, 0, number),
        }
    }

    fn of((kind, lane, number): (u8, u8, u64)) -> Self {
        match kind {
            0 => Self::Answer { input_number: number },
            1 => Self::Delivery { input_number: number },
            2 => Self::Received { lane, output_number: number },
            _ => Self::Notice { number },
        }
    }
}

/// Puts a receipt on the list of those to be renewed, where the network has a quorum.
pub(super) fn renew_later(
    tables: &mut Tables<'_>,
    head: &RecordHead,
    renewal: Renewal,
) -> Result<(), StorageError> {
    if tables.count(counter::QUORUM)? == 0 {
        return Ok(());
    }
    let (kind, lane, number) = renewal.columns();
    tables.unwitnessed.insert((head.sequence, kind, lane, number), head.hash().0)?;
    Ok(())
}

/// Whether the network has a quorum of witnesses, by the keys with which the gateway starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Witnessing {
    /// Whether it has.
    pub(crate) quorum: bool,
}

impl Change for Witnessing {
    type Answer = ();

    fn apply(self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        let had = tables.count(counter::QUORUM)? != 0;
        tables.set(counter::QUORUM, self.quorum.into())?;
        if self.quorum && !had {
            list_all(tables)?;
        }
        Ok(())
    }
}

/// Puts all receipts that are here on the list: they are older than the quorum.
fn list_all(tables: &mut Tables<'_>) -> Result<(), StorageError> {
    let mut found: Vec<(RecordHead, Renewal)> = Vec::new();
    for entry in tables.answers.iter()? {
        let (input_number, bytes) = entry?;
        let answer = Answer::decode(bytes.value()).map_err(damaged)?;
        found.push((answer.head, Renewal::Answer { input_number: input_number.value() }));
    }
    for entry in tables.deliveries.iter()? {
        let (input_number, bytes) = entry?;
        let delivery = Delivery::decode(bytes.value()).map_err(damaged)?;
        let renewal = Renewal::Delivery { input_number: input_number.value() };
        found.push((delivery.proof.record.head, renewal));
    }
    for entry in tables.inbox.iter()? {
        let (place, bytes) = entry?;
        let (lane, output_number) = place.value();
        let head = InboxEntry::decode(bytes.value()).map_err(damaged)?.head;
        found.push((head, Renewal::Received { lane, output_number }));
    }
    for entry in tables.notices.iter()? {
        let (number, bytes) = entry?;
        let head = NoticeEntry::decode(bytes.value()).map_err(damaged)?.record.head;
        found.push((head, Renewal::Notice { number: number.value() }));
    }
    found.iter().try_for_each(|(head, renewal)| renew_later(tables, head, *renewal))
}

/// A checkpoint with a quorum of cosignatures.
#[derive(Debug)]
pub(crate) struct Witness {
    /// Its note, with the cosignatures.
    pub(crate) note: String,
    /// How many records it covers.
    pub(crate) size: u64,
    /// The paths in its tree of records whose receipts are to be renewed, by sequence.
    pub(crate) paths: Vec<(u64, Vec<Digest>)>,
}

impl Change for Witness {
    type Answer = Fit;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Fit, StorageError> {
        let Self { note, size, paths } = self;
        if size >= tables.count(counter::WITNESSED_BELOW)? {
            tables.set(counter::WITNESSED_BELOW, size)?;
            tables.notes.insert(WITNESSED, note.as_bytes())?;
        }
        for (sequence, path) in paths {
            let of_record = (sequence, 0, 0, 0)..=(sequence, u8::MAX, u8::MAX, u64::MAX);
            let mut listed = Vec::new();
            for entry in tables.unwitnessed.range(of_record)? {
                listed.push(entry?.0.value());
            }
            for row in listed {
                let (_, kind, lane, number) = row;
                renew(tables, Renewal::of((kind, lane, number)), (&note, &path))?;
                tables.unwitnessed.remove(row)?;
            }
        }
        Ok(Ok(()))
    }

    fn bytes(&self) -> usize {
        self.paths.iter().map(|(_, path)| self.note.len() + path.len() * 32).sum()
    }
}

/// Writes a receipt anew under a checkpoint; nothing where it was forgotten since.
fn renew(
    tables: &mut Tables<'_>,
    renewal: Renewal,
    (note, path): (&str, &[Digest]),
) -> Result<(), StorageError> {
    let renewed = |receipt: &[u8]| -> Result<Vec<u8>, StorageError> {
        let receipt = Receipt::decode(receipt).map_err(damaged)?;
        let Ok(receipt) =
            receipt.renewed(note, |_| Ok::<_, std::convert::Infallible>(path.to_vec()));
        Ok(receipt.encode())
    };
    match renewal {
        Renewal::Answer { input_number } => {
            for kind in [ReceiptKind::Acceptance, ReceiptKind::Refusal] {
                let place = (kind.code(), input_number);
                let receipt = tables.sent_receipts.get(place)?.map(|it| renewed(it.value()));
                if let Some(receipt) = receipt.transpose()? {
                    tables.sent_receipts.insert(place, receipt.as_slice())?;
                }
            }
        }
        Renewal::Delivery { input_number } => {
            let delivery = tables.deliveries.get(input_number)?;
            let delivery = delivery.map(|it| Delivery::decode(it.value()));
            if let Some(mut delivery) = delivery.transpose().map_err(damaged)? {
                let record = &mut delivery.proof.record;
                (record.path, record.checkpoint) = (path.to_vec(), note.to_owned());
                tables.deliveries.insert(input_number, delivery.encode().as_slice())?;
            }
        }
        Renewal::Notice { number } => {
            let notice = tables.notices.get(number)?.map(|it| NoticeEntry::decode(it.value()));
            if let Some(mut notice) = notice.transpose().map_err(damaged)? {
                (notice.record.path, notice.record.checkpoint) = (path.to_vec(), note.to_owned());
                tables.notices.insert(number, notice.encode().as_slice())?;
            }
        }
        Renewal::Received { lane, output_number } => {
            let place = (lane, output_number);
            let receipt = tables.inbox_receipts.get(place)?.map(|it| renewed(it.value()));
            if let Some(receipt) = receipt.transpose()? {
                tables.inbox_receipts.insert(place, receipt.as_slice())?;
            }
        }
    }
    Ok(())
}
