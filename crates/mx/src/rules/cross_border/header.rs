//! The business header, and what it says again of the document.

use crate::fields::{Field, Slot};
use crate::rules::codes::{CBP001, CBP004, CBP005, CBP006, CBP007, CBP009, CBP048};
use crate::rules::message::{Family, Message, value};
use crate::rules::report::Report;

const BIC_OF_PARTY: [Slot; 3] = [Slot::Institution, Slot::InstitutionId, Slot::Bic];

/// There is one.
pub(super) fn present(message: &Message<'_>, report: &mut Report<'_>) {
    if message.header.is_none() {
        report.whole(CBP001, "none");
    }
}

/// It names the service, and one of those that were agreed on.
pub(super) fn service(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(header) = message.header else { return };
    let agreed = message.settings.business_services;
    match header.child(Slot::BusinessService) {
        None => report.found(&header, CBP004, "no BizSvc"),
        Some(service) => {
            let name = service.value();
            let known = |prefix: &&str| name.starts_with(prefix.as_bytes());
            if !agreed.is_empty() && !agreed.iter().any(known) {
                let expected = format!("a business service that begins with {}", agreed.join(", "));
                report.value_for(&service, CBP004, expected);
            }
        }
    }
}

/// The identifier of the header is that of the message, where that has one.
pub(super) fn identifier(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(header) = message.in_header(&[Slot::BusinessMessageId]) else { return };
    let own = message
        .in_body(&[Slot::GroupHeader, Slot::MessageId])
        .or_else(|| message.in_body(&[Slot::Assignment, Slot::Id]));
    if let Some(own) = own.filter(|own| own.value() != header.value()) {
        report.value_for(&header, CBP005, format!("{}, as in the message", own.text()));
    }
}

/// Sender and receiver of the header are the agents between which the message goes.
pub(super) fn parties(message: &Message<'_>, report: &mut Report<'_>) {
    let pairs = match message.family {
        Family::CustomerTransfer
        | Family::BankTransfer
        | Family::Return
        | Family::Status
        | Family::CustomerDebit => [Slot::InstructingAgent, Slot::InstructedAgent],
        Family::Cancellation | Family::Resolution => [Slot::Assigner, Slot::Assignee],
        _ => return,
    };
    // A copy goes to somebody else.
    let copy = message.in_header(&[Slot::CopyDuplicate]);
    let is_copy = copy.is_some_and(|mark| matches!(&*mark.value(), b"COPY" | b"CODU"));
    let sides = [(Slot::From, CBP006, pairs[0]), (Slot::To, CBP007, pairs[1])];
    for (side, rule, slot) in sides {
        if is_copy && side == Slot::To {
            continue;
        }
        let Some(side) = message.in_header(&[side]).and_then(|side| side.at_path(&BIC_OF_PARTY))
        else {
            continue;
        };
        if let Some(bic) = bic_of(message, slot).filter(|bic| !is_same(bic, &side)) {
            report.value_for(&side, rule, format!("{}, as in the message", bic.text()));
        }
    }
}

fn bic_of<'a>(message: &Message<'a>, slot: Slot) -> Option<Field<'a>> {
    if matches!(slot, Slot::Assigner | Slot::Assignee) {
        return message.in_body(&[
            Slot::Assignment,
            slot,
            Slot::Agent,
            Slot::InstitutionId,
            Slot::Bic,
        ]);
    }
    let transaction = message.transactions().next()?;
    transaction.at_path(&[slot, Slot::InstitutionId, Slot::Bic])
}

/// A BIC of eight characters means the head office, as one that ends with `XXX` does.
fn is_same(one: &Field<'_>, two: &Field<'_>) -> bool {
    let (one, two) = (one.value(), two.value());
    let head_office = |bic: &[u8]| bic.strip_suffix(b"XXX").map_or(bic.len(), <[u8]>::len);
    one.get(..head_office(&one)) == two.get(..head_office(&two))
}

/// The priority of the header is that of the payment.
pub(super) fn priority(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(header) = message.in_header(&[Slot::Priority]) else { return };
    let transaction = message.transactions().next();
    let own = transaction.and_then(|transaction| {
        transaction.at_path(&[Slot::PaymentType, Slot::InstructionPriority])
    });
    if let Some(own) = own.filter(|own| own.value() != header.value()) {
        report.value_for(&header, CBP009, format!("{}, as in the payment", own.text()));
    }
}

/// The mark of a copy or duplicate is that of the report.
pub(super) fn copy(message: &Message<'_>, report: &mut Report<'_>) {
    if message.family != Family::Report {
        return;
    }
    let Some(header) = message.in_header(&[Slot::CopyDuplicate]) else { return };
    let own = message.body.into_iter().flat_map(|body| body.children());
    for mark in own.filter_map(|report| value(&report, Slot::CopyDuplicateInReport)) {
        if mark != header.value() {
            let expected = format!("{}, as in the message", String::from_utf8_lossy(&mark));
            report.value_for(&header, CBP048, expected);
            return;
        }
    }
}
