//! Who pays what the agents take.

use crate::fields::{Slot, units};
use crate::rules::codes::{CBP025, CBP026, CBP027, CBP028};
use crate::rules::message::{Family, Message, Transaction, currency_of};
use crate::rules::report::Report;

/// The bearer, and the entries of charges that go with it.
pub(super) fn bearer(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    if !message.family.is_payment() {
        return;
    }
    let Some(bearer) = transaction.child(Slot::ChargeBearer) else { return };
    let value = bearer.value();
    if *value == *b"SHAR" {
        return;
    }
    let entries = transaction.children().filter(|part| part.slot() == Slot::Charges).count();
    match &*value {
        b"DEBT" if entries > 1 => report.found(&bearer, CBP027, format!("{entries} entries")),
        b"DEBT" => {}
        // In an initiation the charges are not known yet.
        b"CRED" if entries == 0 && message.family != Family::Initiation => {
            report.found(&bearer, CBP026, "no charges (ChrgsInf)");
        }
        b"CRED" => {}
        _ => report.value(&bearer, CBP025),
    }
}

/// In one currency, what was instructed and what is settled differ by charges only.
pub(super) fn amounts(
    message: &Message<'_>,
    transaction: &Transaction<'_>,
    report: &mut Report<'_>,
) {
    let (instructed, settled) = match message.family {
        Family::CustomerTransfer => (Slot::Instructed, Slot::Settled),
        Family::Return => (Slot::ReturnedInstructed, Slot::Returned),
        _ => return,
    };
    let (Some(instructed), Some(settled)) =
        (transaction.child(instructed), transaction.child(settled))
    else {
        return;
    };
    if currency_of(&instructed) != currency_of(&settled)
        || transaction.child(Slot::Charges).is_some()
    {
        return;
    }
    let amounts = units(&instructed.value()).zip(units(&settled.value()));
    let Some((instructed_units, settled_units)) = amounts else { return };
    let by_debtor =
        transaction.child(Slot::ChargeBearer).is_some_and(|bearer| *bearer.value() == *b"DEBT");
    // With DEBT, charges are told only where they were paid in advance.
    let unexplained = if by_debtor {
        settled_units > instructed_units
    } else {
        settled_units != instructed_units
    };
    if unexplained {
        let found =
            format!("{} instructed, {} settled, no charges", instructed.text(), settled.text());
        report.found(&settled, CBP028, found);
    }
}
