//! References that have to survive on the way through FIN fields.

use crate::fields::{Field, Slot};
use crate::rules::GUIDELINES_2026;
use crate::rules::codes::{CBP017, CBP018, CBP037, CBP049};
use crate::rules::message::{Family, Message, Transaction};
use crate::rules::report::Report;

/// What field 20 and 21 of FIN can hold.
const FIN_REFERENCE: usize = 16;

/// No slash at an end, no two in a row: FIN reads those as the end of a reference.
#[inline]
pub(super) fn slashes(reference: &Field<'_>, text: &[u8], report: &mut Report<'_>) {
    if memchr::memchr(b'/', text).is_none() {
        return;
    }
    let ends = text.first() == Some(&b'/') || text.last() == Some(&b'/');
    if ends || text.windows(2).any(|pair| pair == b"//") {
        report.value(reference, CBP017);
    }
}

/// Whether a reference is one that FIN carries in field 20 or 21.
#[inline]
pub(super) fn is_for_fin(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::InstructionId
            | Slot::OriginalInstructionId
            | Slot::CancellationId
            | Slot::ReturnId
            | Slot::CaseId
    )
}

/// The instruction's reference becomes field 20.
pub(super) fn instruction(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    if !matches!(message.family, Family::CustomerTransfer | Family::BankTransfer) {
        return;
    }
    let Some(id) = transaction.at_path(&[Slot::PaymentId, Slot::InstructionId]) else { return };
    if id.value().len() > FIN_REFERENCE {
        report.value(&id, CBP018);
    }
}

/// Of a payment between banks the end-to-end reference becomes field 21, cut after 16 characters.
pub(super) fn end_to_end(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    if message.family != Family::BankTransfer {
        return;
    }
    let Some(id) = transaction.at_path(&[Slot::PaymentId, Slot::EndToEndId]) else { return };
    let text = id.value();
    let first = text.get(..FIN_REFERENCE).unwrap_or(&text);
    let at_16th = first.len() == FIN_REFERENCE && first.last() == Some(&b'/');
    if first.first() == Some(&b'/') || at_16th || first.windows(2).any(|pair| pair == b"//") {
        report.value(&id, CBP037);
    }
}

/// An initiation between institutions has one payment information, named like the message.
pub(super) fn payment_information(message: &Message<'_>, report: &mut Report<'_>) {
    if message.family != Family::Initiation || !GUIDELINES_2026.is_in_force(message.settings.as_of)
    {
        return;
    }
    let Some(own) = message.in_body(&[Slot::GroupHeader, Slot::MessageId]) else { return };
    let groups = message.body.into_iter().flat_map(|body| body.children());
    for group in groups.filter(|group| group.slot() == Slot::PaymentInformation) {
        let id = group.child(Slot::PaymentInformationId);
        if let Some(id) = id.filter(|id| id.value() != own.value()) {
            report.value_for(&id, CBP049, format!("{}, as the message", own.text()));
        }
    }
}
