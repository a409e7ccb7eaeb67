//! Postal addresses: structured, or hybrid with town and country and two lines beside them.

use crate::fields::{Field, Slot};
use crate::rules::ADDRESS_WITH_TOWN;
use crate::rules::codes::{CBP010, CBP011, CBP012, CBP013};
use crate::rules::message::Message;
use crate::rules::report::Report;

/// Lines beside town and country.
const LINES_MAX: usize = 2;
/// Lines of an address of lines only, while those were allowed.
const LINES_ALONE_MAX: usize = 3;

/// An address of a party or agent of this payment.
pub(super) fn address(message: &Message<'_>, address: &Field<'_>, report: &mut Report<'_>) {
    // A report and a copy of the original repeat what was sent when other rules held.
    if !message.family.is_payment() || is_repeated(address) {
        return;
    }
    let has = |slot| address.child(slot).is_some();
    let lines = address.children().filter(|part| part.slot() == Slot::AddressLine);
    let count = lines.count();
    if !has(Slot::Town) && !has(Slot::Country) {
        let only_lines = address.children().all(|part| part.slot() == Slot::AddressLine);
        let dated = ADDRESS_WITH_TOWN.is_in_force(message.settings.as_of);
        if only_lines && !dated {
            if count > LINES_ALONE_MAX {
                report.found(address, CBP012, format!("{count} lines"));
            }
        } else if only_lines {
            report.found(address, CBP010, format!("{count} lines and nothing else"));
        } else {
            report.found(address, CBP011, "neither");
        }
        return;
    }
    if !has(Slot::Town) {
        report.found(address, CBP011, "no town (TwnNm)");
    }
    if !has(Slot::Country) {
        report.found(address, CBP011, "no country (Ctry)");
    }
    if count > LINES_MAX {
        report.found(address, CBP012, format!("{count} lines"));
    }
    if count > 0 {
        repeated_lines(address, report);
    }
}

/// A line that says again what stands in a part of its own.
fn repeated_lines(address: &Field<'_>, report: &mut Report<'_>) {
    let is_line = |part: &Field<'_>| part.slot() == Slot::AddressLine;
    for line in address.children().filter(is_line) {
        let text = line.value();
        let mut parts = address.children().filter(|part| !is_line(part) && !part.is_group());
        if parts.any(|part| part.value().eq_ignore_ascii_case(text.trim_ascii())) {
            report.value(&line, CBP013);
        }
    }
}

/// A copy of the original; or an address to which an advice is sent.
fn is_repeated(field: &Field<'_>) -> bool {
    field
        .ancestors()
        .any(|around| matches!(around.slot(), Slot::OriginalTransaction | Slot::RelatedRemittance))
}
