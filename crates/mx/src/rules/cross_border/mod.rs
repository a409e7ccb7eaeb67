//! The profile `cross-border`: the market practice of payments between correspondents.
//!
//! Its rules are those that public sources state (`docs/mx-rules.md` names them); rules that the
//! sources only recommend are not here.

mod address;
mod agents;
mod charges;
mod exceptions;
mod header;
mod payment;
mod references;
mod reports;
pub(super) mod text;

use super::codes::CBP050;
use super::message::{Message, Transaction, is_transaction};
use super::report::Report;
use crate::fields::{Field, Kind, Slot};

/// The rules of one field, by what it is.
#[inline]
pub(super) fn field(message: &Message<'_>, field: &Field<'_>, report: &mut Report<'_>) {
    match field.kind() {
        Kind::Other if !field.is_group() => text::text(field, report),
        Kind::Other => group(message, field, report),
        Kind::DateTime => text::date_time(field, report),
        Kind::Amount => payment::money(message, field, report),
        Kind::Iban | Kind::Bic | Kind::Lei | Kind::Uetr => {}
        Kind::Country | Kind::Currency | Kind::ExternalCode | Kind::Date => {}
    }
}

/// The rules of a group of fields.
fn group(message: &Message<'_>, field: &Field<'_>, report: &mut Report<'_>) {
    match field.slot() {
        Slot::Address => address::address(message, field, report),
        Slot::InstitutionId => agents::institution(message, field, report),
        Slot::Debtor | Slot::Creditor => agents::party(message, field, report),
        Slot::UltimateDebtor | Slot::UltimateCreditor | Slot::Initiator | Slot::Originator => {
            agents::name_beside_address(field, report);
        }
        Slot::Remittance => payment::remittance(message, field, report),
        Slot::Entry => reports::entry(message, field, report),
        slot if is_transaction(slot) => transaction(message, field, report),
        _ => {}
    }
}

fn transaction(message: &Message<'_>, field: &Field<'_>, report: &mut Report<'_>) {
    let transaction = &Transaction::of(message.view, *field);
    payment::uetr(message, transaction, report);
    payment::instructions(transaction, report);
    payment::service_level(message, transaction, report);
    payment::cover(message, transaction, report);
    payment::related_remittance(message, transaction, report);
    agents::instructing(message, transaction, report);
    charges::bearer(message, transaction, report);
    charges::amounts(message, transaction, report);
    references::instruction(message, transaction, report);
    references::end_to_end(message, transaction, report);
    exceptions::refusal(message, transaction, report);
    exceptions::original(message, transaction, report);
    exceptions::told_once(message, transaction, report);
    exceptions::reasons(message, transaction, report);
}

/// The rules of the message as a whole.
pub(super) fn message(message: &Message<'_>, report: &mut Report<'_>) {
    if !message.view.is_complete() {
        report.whole(CBP050, "more than 16,384");
    }
    header::present(message, report);
    header::service(message, report);
    header::identifier(message, report);
    header::parties(message, report);
    header::priority(message, report);
    header::copy(message, report);
    payment::one_transaction(message, report);
    payment::settlement(message, report);
    reports::page(message, report);
    references::payment_information(message, report);
}
