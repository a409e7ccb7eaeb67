//! Reports, statements and notices of accounts.

use crate::fields::{Field, Slot};
use crate::rules::GUIDELINES_2026;
use crate::rules::codes::{CBP046, CBP047};
use crate::rules::message::{Family, Message, value};
use crate::rules::report::Report;

/// Pages are counted from one.
pub(super) fn page(message: &Message<'_>, report: &mut Report<'_>) {
    if message.family != Family::Report {
        return;
    }
    for page in message.view.of_slot(Slot::PageNumber) {
        let digits = page.value();
        if !digits.is_empty() && digits.iter().all(|digit| *digit == b'0') {
            report.value(&page, CBP046);
        }
    }
}

/// What is booked was booked on a day.
pub(super) fn entry(message: &Message<'_>, entry: &Field<'_>, report: &mut Report<'_>) {
    if message.family != Family::Report || !GUIDELINES_2026.is_in_force(message.settings.as_of) {
        return;
    }
    let Some(status) = entry.child(Slot::Status) else { return };
    let booked = value(&status, Slot::Code).is_some_and(|code| *code == *b"BOOK");
    let dated = entry.child(Slot::BookingDate).is_some() || entry.child(Slot::ValueDate).is_some();
    if booked && !dated {
        report.found(entry, CBP047, "neither");
    }
}
