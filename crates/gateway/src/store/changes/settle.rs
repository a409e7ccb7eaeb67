//! What the hub has said of the log and of submitted messages goes into the store.
//!
//! A checkpoint goes in with the answers that it proves, so that a gateway that starts again asks
//! for a proof that the log has only grown since what it relies on.

use redb::{ReadableTable as _, StorageError};
use trust::{Header, ReceiptKind, RecordHead, RecordKind};

use super::witness::{Renewal, renew_later};
use super::{Contradiction, Unfit, damaged};
use crate::store::records::{Answer, Delivery, OutboxEntry, Outcome};
use crate::store::tables::{Tables, counter};
use crate::store::writer::Change;

/// The name of the checkpoint among the notes.
pub(in crate::store) const CHECKPOINT: &str = "checkpoint";

/// What came of storing what the hub said.
pub(super) type Fit = Result<(), Unfit>;

/// Answers of the hub, with all that proves them.
#[derive(Debug, Default)]
pub(crate) struct Settle {
    /// By rising input number without a gap, the first one after the last that is here.
    pub(crate) answers: Vec<Settled>,
    /// The note of the latest checkpoint that was verified, if it is a new one.
    pub(crate) checkpoint: Option<String>,
}

/// The answer to one message.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The message.
    pub(crate) input_number: u64,
    /// What the hub answered, and how the message was handed over.
    pub(crate) answer: Answer,
    /// The receipt that proves it.
    pub(crate) receipt: Vec<u8>,
}

impl Change for Settle {
    type Answer = Result<(), Unfit>;

    fn apply(self, tables: &mut Tables<'_>) -> Result<Self::Answer, StorageError> {
        let next = tables.count(counter::ANSWERED_THROUGH)? + 1;
        if self.answers.first().is_some_and(|settled| settled.input_number != next) {
            return Ok(Err(Unfit::OutOfOrder));
        }
        // A notice of delivery may come before the answer, after a break.
        for settled in &self.answers {
            let input_number = settled.input_number;
            let delivery = tables.deliveries.get(input_number)?;
            let delivery = delivery.map(|delivery| Delivery::decode(delivery.value()));
            if let Some(delivery) = delivery
                && delivery.map_err(damaged)?.message != settled.answer.head
            {
                return Ok(Err(Contradiction { input_number }.into()));
            }
        }
        remember(tables, self.checkpoint.as_deref())?;
        for settled in &self.answers {
            let through = tables.next(counter::ANSWERED_THROUGH)?;
            assert_eq!(through, settled.input_number, "answers come in order and once");
            let (kind, count) = match settled.answer.head.kind {
                RecordKind::ACCEPTED => (ReceiptKind::Acceptance, counter::ACCEPTED),
                RecordKind::REFUSED => (ReceiptKind::Refusal, counter::REFUSED),
                kind => {
                    return Err(damaged(format!("a record of kind {} answers nothing", kind.0)));
                }
            };
            tables.next(count)?;
            tables.answers.insert(through, settled.answer.encode().as_slice())?;
            tables.sent_receipts.insert((kind.code(), through), settled.receipt.as_slice())?;
            let renewal = Renewal::Answer { input_number: through };
            renew_later(tables, &settled.answer.head, renewal)?;
            answered(tables, through, &settled.answer.head)?;
        }
        Ok(Ok(()))
    }

    fn bytes(&self) -> usize {
        self.answers.iter().map(|settled| settled.receipt.len()).sum()
    }
}

/// Notes the outcome of a request, if the message that was answered by the hub is its response.
fn answered(
    tables: &mut Tables<'_>,
    input_number: u64,
    head: &RecordHead,
) -> Result<(), StorageError> {
    let request = tables.responses.remove(input_number)?.map(|request| request.value());
    let Some(request) = request.filter(|_| head.kind == RecordKind::ACCEPTED) else {
        return Ok(());
    };
    let entry = tables.outbox.get(input_number)?.map(|bytes| OutboxEntry::decode(bytes.value()));
    let Some(entry) = entry.transpose().map_err(damaged)? else { return Ok(()) };
    let header = Header::decode(&entry.header).map_err(damaged)?;
    end_request(tables, request, &Outcome::answered(head, &header))
}

/// Keeps the outcome of a request, unless one is here.
pub(super) fn end_request(
    tables: &mut Tables<'_>,
    request: u64,
    outcome: &Outcome,
) -> Result<(), StorageError> {
    if tables.outcomes.get(request)?.is_none() {
        tables.outcomes.insert(request, outcome.encode().as_slice())?;
    }
    Ok(())
}

/// Keeps a checkpoint.
pub(super) fn remember(
    tables: &mut Tables<'_>,
    checkpoint: Option<&str>,
) -> Result<(), StorageError> {
    if let Some(checkpoint) = checkpoint {
        tables.notes.insert(CHECKPOINT, checkpoint.as_bytes())?;
    }
    Ok(())
}
