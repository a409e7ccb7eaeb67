//! The profile `base`: what holds for every message, whatever it is for.
//!
//! It knows the registries that stand in the crate `iso`, and arithmetic. What only some communities
//! ask for is not here.

mod dates;
mod totals;
mod values;

use super::codes::{BAS001, BAS002};
use super::message::Message;
use super::report::Report;
use crate::fields::{Field, Kind, Slot};

/// The rules of one field, by what it is.
#[inline]
pub(super) fn field(message: &Message<'_>, field: &Field<'_>, report: &mut Report<'_>) {
    match field.kind() {
        Kind::Other => {}
        Kind::Date if field.slot() == Slot::SettlementDate => {
            dates::settlement(message, field, report);
        }
        Kind::DateTime if field.slot() == Slot::OriginalCreated => {
            dates::original(message, field, report);
        }
        Kind::Date | Kind::DateTime => {}
        Kind::Iban => values::iban(field, report),
        Kind::Bic => values::bic(field, report),
        Kind::Lei => values::lei(field, report),
        Kind::Uetr => values::uetr(field, report),
        Kind::Country => values::country(field, report),
        Kind::Currency => values::currency(field, report),
        Kind::Amount => values::amount(field, report),
        Kind::ExternalCode => values::external_code(message, field, report),
    }
}

/// The rules of the message as a whole.
pub(super) fn message(message: &Message<'_>, report: &mut Report<'_>) {
    one_of_each(message, report);
    header_names_the_document(message, report);
    totals::counts(message, report);
    totals::sums(message, report);
    totals::references(message, report);
    dates::creation(message, report);
}

/// What is behind a second document would escape every rule of the first.
fn one_of_each(message: &Message<'_>, report: &mut Report<'_>) {
    let known = usize::from(message.header.is_some()) + usize::from(message.document.is_some());
    if message.view.parts.len() <= known {
        return;
    }
    for slot in [Slot::Header, Slot::Document] {
        let roots = message.view.of_slot(slot).filter(|field| field.parent().is_none());
        for second in roots.skip(1) {
            report.found(&second, BAS002, "another one");
        }
    }
}

/// `MsgDefIdr` is the message type of the document's namespace.
fn header_names_the_document(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(definition) = message.in_header(&[Slot::MessageDefinition]) else { return };
    let Some(schema) = message.document.and_then(|document| document.schema()) else { return };
    if *definition.value() != *schema.message_type().as_bytes() {
        report.value_for(
            &definition,
            BAS001,
            format!("{}, as the document", schema.message_type()),
        );
    }
}
