//! What proves that a message was not delivered by some time.
//!
//! The record is the network's own word, at its place in the log: that the message waits, or that it
//! was withdrawn. A declination is signed by the receiver too. Whether the word is true is not proven
//! by it; but a delivery that stands before it in the same log gives it the lie
//! ([`crate::Contradiction`]).

use iso::Terminal;

use super::verify::open_grant;
use super::{NonDelivery, ReceiptError, VerifiedAcceptance};
use crate::outstanding::Undelivered as Said;
use crate::{
    Cosigned, Declined, Digest, Lane, LogTime, NetworkKeys, Outstanding, Position, Reason,
    RecordKind,
};

/// Why a message is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It waits, and nobody has taken it over.
    Waiting {
        /// Whether a session may have been offered it; nothing where the record does not say.
        is_offered: Option<bool>,
    },
    /// It was withdrawn when its end had come: it will not be delivered.
    Withdrawn,
    /// The operator withdrew it: it will not be delivered.
    Aborted,
    /// The receiver did not take it, and signed that.
    Declined {
        /// The receiver's terminal.
        by: Terminal,
        /// Why.
        reason: Reason,
    },
}

/// A record that says that a message was not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedNonDelivery {
    /// Where it stands.
    pub position: Position,
    /// When the log wrote it: until then the message was not taken over.
    pub at: LogTime,
    /// The lane in which the message stood.
    pub lane: Lane,
    /// The message's number in that lane.
    pub output_number: u64,
    /// Why it was not delivered.
    pub why: Undelivered,
    /// What the log said of itself later, and who cosigned that.
    pub cosigned: Cosigned,
}

impl std::fmt::Display for Undelivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Waiting { .. } => "waiting",
            Self::Withdrawn => "withdrawn",
            Self::Aborted => "aborted",
            Self::Declined { .. } => "declined",
        })
    }
}

impl Undelivered {
    /// Whether the message will never be delivered.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Waiting { .. })
    }
}

impl NonDelivery {
    pub(super) fn verify(
        &self,
        keys: &NetworkKeys,
        message: &VerifiedAcceptance,
    ) -> Result<VerifiedNonDelivery, ReceiptError> {
        let head = &self.record.head;
        let kinds = [
            RecordKind::OUTSTANDING,
            RecordKind::ELAPSED,
            RecordKind::ABORTED,
            RecordKind::DECLINED,
        ];
        if !kinds.contains(&head.kind) {
            return Err(ReceiptError::Kind);
        }
        let cosigned = self.record.verify(keys, head.kind)?;
        if self.record.payload != Digest::of(&[]) {
            return Err(ReceiptError::Body);
        }
        let position = head.position();
        if position.shard != message.position.shard || position <= message.position {
            return Err(ReceiptError::NonDelivery);
        }
        if head.kind == RecordKind::DECLINED {
            self.check_declined(keys, message)?;
        } else {
            self.check_said(message)?;
        }
        let (lane, output_number, why) = self.reading(message.position.sequence)?;
        Ok(VerifiedNonDelivery { position, at: head.at, lane, output_number, why, cosigned })
    }

    /// Checks that the network says this of the message.
    fn check_said(&self, message: &VerifiedAcceptance) -> Result<(), ReceiptError> {
        let (kind, meta) = (self.record.head.kind, &self.record.meta);
        let said = Said::of_record(kind, meta, message.position.sequence)?;
        let header = &message.header;
        let mut is_this = said.is_some_and(|it| it.receiver == header.receiver.institution());
        if kind == RecordKind::OUTSTANDING {
            let it = Outstanding::decode(meta)?;
            is_this &= (it.sender, it.input_number) == (header.sender, header.input_number);
        }
        // Nobody but the log has signed it.
        if is_this && self.grant.is_empty() { Ok(()) } else { Err(ReceiptError::NonDelivery) }
    }

    /// Checks that the receiver says this of the message.
    fn check_declined(
        &self,
        keys: &NetworkKeys,
        message: &VerifiedAcceptance,
    ) -> Result<(), ReceiptError> {
        let head = &self.record.head;
        let declined = Declined::decode(&self.record.meta)?;
        if declined.by.institution() != message.header.receiver.institution()
            || declined.signed.root != message.record
        {
            return Err(ReceiptError::NonDelivery);
        }
        let grant = open_grant(&self.grant, keys, declined.by, head.at)?;
        if declined.is_signed_by(head.network, &grant.key) {
            Ok(())
        } else {
            Err(ReceiptError::Acknowledgement)
        }
    }

    /// What the record says of the message with a sequence: lane, number, and why.
    pub(super) fn reading(&self, message: u64) -> Result<(Lane, u64, Undelivered), ReceiptError> {
        let (kind, meta) = (self.record.head.kind, &self.record.meta);
        if kind == RecordKind::DECLINED {
            let Declined { by, lane, output_number, reason, .. } = Declined::decode(meta)?;
            return Ok((lane, output_number, Undelivered::Declined { by, reason }));
        }
        let said = Said::of_record(kind, meta, message)?.ok_or(ReceiptError::NonDelivery)?;
        let why = match kind {
            RecordKind::OUTSTANDING => {
                Undelivered::Waiting { is_offered: Some(Outstanding::decode(meta)?.is_offered) }
            }
            RecordKind::ABORTED => Undelivered::Aborted,
            _ if said.is_waiting => Undelivered::Waiting { is_offered: None },
            _ => Undelivered::Withdrawn,
        };
        Ok((said.lane, said.output_number, why))
    }
}
