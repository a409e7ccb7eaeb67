//! Dates that contradict each other. That each is a day of the calendar is the schema's matter, and
//! what day it is today is nobody's here.

use crate::fields::{Field, Slot};
use crate::rules::codes::{BAS017, BAS018, BAS019};
use crate::rules::message::{Message, day};
use crate::rules::report::Report;

/// Two days apart may be one instant at two places of the earth.
const ONE_INSTANT_DAYS: i32 = 1;

/// Payments are value-dated forward and backward, but not so far.
const SETTLEMENT_DAYS_MAX: i32 = 366;

/// The header is made with the document or for it, not before it.
pub(super) fn creation(message: &Message<'_>, report: &mut Report<'_>) {
    let Some(header) = message.in_header(&[Slot::Created]) else { return };
    let (Some(made), Some(document)) = (day(&header.value()), message.created) else { return };
    if document - made > ONE_INSTANT_DAYS {
        let found = format!("{}, {} days before the document", header.text(), document - made);
        report.found(&header, BAS017, found);
    }
}

/// Settlement is near the creation.
pub(super) fn settlement(message: &Message<'_>, date: &Field<'_>, report: &mut Report<'_>) {
    let Some((created, day)) = message.created.zip(day(&date.value())) else { return };
    if (day - created).abs() <= SETTLEMENT_DAYS_MAX {
        return;
    }
    // What is told again of an original may be long ago.
    if date.ancestors().all(|around| around.slot() != Slot::OriginalTransaction) {
        report.value(date, BAS018);
    }
}

/// What a message answers was created before it.
pub(super) fn original(message: &Message<'_>, at: &Field<'_>, report: &mut Report<'_>) {
    let Some((created, original)) = message.created.zip(day(&at.value())) else { return };
    if original - created > ONE_INSTANT_DAYS {
        report.value(at, BAS019);
    }
}
