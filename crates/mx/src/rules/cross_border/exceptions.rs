//! Answers, returns and cancellations: what they say of the original, and why.

use crate::fields::{Field, Slot};
use crate::rules::codes::{CBP038, CBP039, CBP040, CBP041, CBP042, CBP043, CBP044};
use crate::rules::message::{Family, Message, Transaction, value};
use crate::rules::report::Report;

/// A refusal has a reason and no settlement date.
pub(super) fn refusal(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    if message.family != Family::Status {
        return;
    }
    let Some(state) = transaction.child(Slot::TransactionState) else { return };
    if *state.value() != *b"RJCT" {
        return;
    }
    if transaction.at_path(&[Slot::StatusReason, Slot::Reason]).is_none() {
        report.found(&state, CBP038, "RJCT without StsRsnInf/Rsn");
    }
    if let Some(date) = transaction.child(Slot::EffectiveSettlementDate) {
        report.value(&date, CBP039);
    }
}

/// The references by which the original is found again.
pub(super) fn original(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    let asks_group = match message.family {
        Family::Status | Family::Cancellation => true,
        // A return has the UETR, an answer names the cancellation: the message may be left out.
        Family::Return | Family::Resolution => false,
        _ => return,
    };
    if asks_group && original_group(message, transaction).is_none() {
        report.found(transaction, CBP044, "no OrgnlGrpInf");
    }
    let group = original_group(message, transaction);
    if let Some(name) = group.and_then(|group| group.child(Slot::OriginalMessageName))
        && !names_a_payment(&name.value(), message.family)
    {
        report.value(&name, CBP040);
    }
}

fn original_group<'a>(message: &Message<'a>, transaction: &Transaction<'a>) -> Option<Field<'a>> {
    transaction
        .child(Slot::OriginalGroup)
        .or_else(|| message.in_body(&[Slot::OriginalGroup]))
        .or_else(|| message.in_body(&[Slot::OriginalGroupAndStatus]))
        .or_else(|| message.in_body(&[Slot::Underlying, Slot::OriginalGroup]))
}

/// `pacs.008.001.08`, or the MT of a payment where a message answers one that came by FIN.
fn names_a_payment(name: &[u8], family: Family) -> bool {
    if let [kind @ .., b'.', b'0', b'0', b'1', b'.', one, two] = name {
        let payments: &[&[u8]] = match family {
            Family::Return => &[b"pacs.002", b"pacs.008", b"pacs.009", b"camt.053", b"camt.054"],
            _ => &[b"pacs.003", b"pacs.004", b"pacs.008", b"pacs.009", b"pacs.010"],
        };
        return payments.contains(&kind) && one.is_ascii_digit() && two.is_ascii_digit();
    }
    let by_fin: &[&[u8]] =
        &[b"MT103", b"MT202", b"MT205", b"MT900", b"MT910", b"MT940", b"MT950", b"MT202COV"];
    family != Family::Status && by_fin.contains(&name)
}

/// Amount and date of the original stand beside the references or in the copy, not in both.
pub(super) fn told_once(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    if message.family != Family::Return {
        return;
    }
    let pairs = [
        (Slot::OriginalSettled, Slot::Settled),
        (Slot::OriginalSettlementDate, Slot::SettlementDate),
    ];
    for (outside, inside) in pairs {
        let copy = transaction.at_path(&[Slot::OriginalTransaction, inside]);
        if let Some(copy) = copy.filter(|_| transaction.child(outside).is_some()) {
            report.value(&copy, CBP041);
        }
    }
}

/// A return and a cancellation say why.
pub(super) fn reasons(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    let (reasons, rule) = match message.family {
        Family::Return => (Slot::ReturnReason, CBP042),
        Family::Cancellation => (Slot::CancellationReason, CBP043),
        _ => return,
    };
    let mut reasons = transaction.children().filter(|part| part.slot() == reasons);
    if !reasons.any(|reason| reason.child(Slot::Reason).is_some()) {
        let found = match value(transaction, Slot::OriginalUetr) {
            Some(uetr) => format!("none for {}", String::from_utf8_lossy(&uetr)),
            None => "none".to_owned(),
        };
        report.found(transaction, rule, found);
    }
}
