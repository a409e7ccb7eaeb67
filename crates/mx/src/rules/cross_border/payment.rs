//! What a payment has to have, and what does not go together in it.

use crate::fields::{Field, Slot};
use crate::rules::codes::{
    CBP002, CBP003, CBP029, CBP030, CBP031, CBP032, CBP033, CBP034, CBP035, CBP036, CBP045,
};
use crate::rules::message::{Family, Message, Transaction, currency_of, value};
use crate::rules::report::Report;

/// Characters of all structured remittance together, without tags.
const STRUCTURED_MAX: usize = 9_000;

/// Between banks each message carries one transaction.
pub(super) fn one_transaction(message: &Message<'_>, report: &mut Report<'_>) {
    let rule = match message.family {
        Family::CustomerTransfer
        | Family::BankTransfer
        | Family::Return
        | Family::Status
        | Family::CustomerDebit
        | Family::BankDebit
        | Family::Cancellation => CBP002,
        Family::Resolution => CBP045,
        _ => return,
    };
    let count = message.view.tally().transactions();
    let too_few = count == 0 && rule == CBP002;
    if count > 1 || too_few {
        let second = message.transactions().nth(1);
        if let Some(at) = second.or(message.body) {
            report.found(&at, rule, format!("{count}"));
        }
    }
}

/// The UETR goes with the payment from end to end, and with all that is said of it.
pub(super) fn uetr(message: &Message<'_>, transaction: &Transaction<'_>, report: &mut Report<'_>) {
    let (found, name) = match message.family {
        Family::CustomerTransfer | Family::BankTransfer | Family::CustomerDebit => {
            (transaction.at_path(&[Slot::PaymentId, Slot::Uetr]), "PmtId/UETR")
        }
        Family::Status | Family::Return | Family::Cancellation | Family::Resolution => {
            (transaction.child(Slot::OriginalUetr), "OrgnlUETR")
        }
        _ => return,
    };
    if found.is_none() {
        report.found(transaction, CBP003, format!("no {name}"));
    }
}

/// Metals are traded, not transferred.
pub(super) fn money(message: &Message<'_>, amount: &Field<'_>, report: &mut Report<'_>) {
    if matches!(message.family, Family::Report | Family::Other) {
        return;
    }
    let code = currency_of(amount);
    if code.is_some_and(|code| matches!(&*code, b"XAU" | b"XAG" | b"XPD" | b"XPT")) {
        let at = amount.child(Slot::Currency).unwrap_or(*amount);
        report.value(&at, CBP029);
    }
}

/// How the agents settle, and through whom.
pub(super) fn settlement(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(settlement) = message.in_body(&[Slot::GroupHeader, Slot::SettlementInformation])
    else {
        return;
    };
    let Some(method) = settlement.child(Slot::SettlementMethod) else { return };
    let agents = [Slot::InstructingReimbursementAgent, Slot::InstructedReimbursementAgent];
    let through = agents.iter().any(|slot| settlement.child(*slot).is_some());
    let third = settlement.child(Slot::ThirdReimbursementAgent).is_some();
    match &*method.value() {
        // The advice of a payment between banks is settled by a cover too, with no agents named.
        b"COVE" if !through && message.family == Family::CustomerTransfer => {
            report.found(&settlement, CBP031, "COVE without reimbursement agents");
        }
        b"INDA" | b"INGA" if through || third => {
            report.found(
                &settlement,
                CBP031,
                format!("{} with reimbursement agents", method.text()),
            );
        }
        b"COVE" | b"INDA" | b"INGA" => {}
        _ => report.value(&method, CBP030),
    }
}

/// Free text or structure, and not too much of it.
pub(super) fn remittance(message: &Message<'_>, remittance: &Field<'_>, report: &mut Report<'_>) {
    // Reports repeat what came.
    if message.family == Family::Report {
        return;
    }
    let structured = || remittance.children().filter(|part| part.slot() == Slot::Structured);
    let Some(first) = structured().next() else { return };
    if remittance.child(Slot::Unstructured).is_some() {
        report.found(&first, CBP032, "Ustrd and Strd");
    }
    // No value has more characters than bytes.
    if remittance.written() <= STRUCTURED_MAX {
        return;
    }
    let leaves = structured().flat_map(|part| part.inside()).filter(|leaf| !leaf.is_group());
    let length: usize = leaves.map(|leaf| leaf.text().chars().count()).sum();
    if length > STRUCTURED_MAX {
        report.found(&first, CBP033, format!("{length}"));
    }
}

/// Remittance information goes with the payment or apart from it.
pub(super) fn related_remittance(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    // The rule is of the space between banks.
    if message.family == Family::Initiation {
        return;
    }
    let Some(related) = transaction.child(Slot::RelatedRemittance) else { return };
    if transaction.child(Slot::Remittance).is_some() {
        report.found(&related, CBP032, "RltdRmtInf and RmtInf");
    }
}

/// Each instruction once, and none beside one that contradicts it.
pub(super) fn instructions(transaction: &Transaction<'_>, report: &mut Report<'_>) {
    if transaction.child(Slot::InstructionForCreditorAgent).is_none() {
        return;
    }
    let instructions =
        || transaction.children().filter(|part| part.slot() == Slot::InstructionForCreditorAgent);
    for (at, instruction) in instructions().enumerate() {
        let Some(code) = instruction.child(Slot::Code) else { continue };
        let text = code.value();
        let against: &[u8] = match &*text {
            b"HOLD" => b"CHQB",
            b"TELB" => b"PHOB",
            _ => b"",
        };
        let others = instructions().enumerate().filter(|(other, _)| *other != at);
        for (other, instruction) in others {
            let Some(second) = value(&instruction, Slot::Code) else { continue };
            if other < at && second == text {
                report.found(&code, CBP034, format!("{} twice", code.text()));
            } else if *second == *against {
                let found = format!("{} beside {}", code.text(), String::from_utf8_lossy(against));
                report.found(&code, CBP034, found);
            }
        }
    }
}

/// The codes `G002` to `G009` belong to services of other messages.
pub(super) fn service_level(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    let is_cover = transaction.child(Slot::UnderlyingCustomerTransfer).is_some();
    if message.family != Family::CustomerTransfer && !is_cover {
        return;
    }
    let Some(payment) = transaction.child(Slot::PaymentType) else { return };
    for level in payment.children().filter(|part| part.slot() == Slot::ServiceLevel) {
        let Some(code) = level.child(Slot::Code) else { continue };
        if matches!(
            &*code.value(),
            b"G002" | b"G003" | b"G004" | b"G005" | b"G006" | b"G007" | b"G009"
        ) {
            report.value(&code, CBP035);
        }
    }
}

/// A service with `cov` in its name is for covers, and a cover of a service that has one uses it.
pub(super) fn cover(message: &Message<'_>, transaction: &Transaction<'_>, report: &mut Report<'_>) {
    if message.family != Family::BankTransfer {
        return;
    }
    let Some(service) = message.in_header(&[Slot::BusinessService]) else { return };
    let name = service.value();
    let says_cover = name.split(|byte| *byte == b'.').any(|word| word == b"cov");
    let underlying = transaction.child(Slot::UnderlyingCustomerTransfer);
    match underlying {
        None if says_cover => {
            report.found(transaction, CBP036, format!("none, but {}", service.text()));
        }
        Some(underlying) if !says_cover && name.starts_with(b"swift.cbprplus.") => {
            report.found(&underlying, CBP036, format!("one, but {}", service.text()));
        }
        _ => {}
    }
}
