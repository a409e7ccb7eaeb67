//! Characters, words that stand for nothing, and times without a place.

use super::references;
use crate::fields::{Field, Slot};
use crate::rules::codes::{CBP014, CBP015, CBP016, CBP019};
use crate::rules::report::Report;

/// A byte of the set X of FIN, without line ends.
const PLAIN: u8 = 1;
/// A byte that names, addresses and remittance information may have as well.
const EXTENDED: u8 = 2;

/// What each byte is good for.
#[expect(clippy::indexing_slicing, reason = "it is evaluated by the compiler, which would stop")]
const BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let plain = b"/-?:().,'+ abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let extended = b"!#&%*=^_`{|}~\";@[\\]$><";
    let mut at = 0;
    while at < plain.len() {
        table[plain[at] as usize] = PLAIN | EXTENDED;
        at += 1;
    }
    at = 0;
    while at < extended.len() {
        table[extended[at] as usize] = EXTENDED;
        at += 1;
    }
    table
};

/// The word for a reference that there is not.
pub(in crate::rules) const NOT_PROVIDED: &[u8] = b"NOTPROVIDED";

/// Any text of the message.
#[inline]
pub(super) fn text(field: &Field<'_>, report: &mut Report<'_>) {
    let text = field.value();
    let common = common(&text);
    if common & PLAIN == 0 {
        characters(field, common, report);
    }
    if text.len() == NOT_PROVIDED.len() && text.eq_ignore_ascii_case(NOT_PROVIDED) {
        not_provided(field, report);
    }
    if references::is_for_fin(field.slot()) {
        references::slashes(field, &text, report);
    }
}

/// What all bytes of a text are good for.
#[inline]
fn common(text: &[u8]) -> u8 {
    // Four bytes at a time, for the loads do not depend on each other.
    let (fours, rest) = text.as_chunks::<4>();
    let mut common = PLAIN | EXTENDED;
    for [a, b, c, d] in fours {
        common &= (kind(*a) & kind(*b)) & (kind(*c) & kind(*d));
    }
    rest.iter().fold(common, |common, byte| common & kind(*byte))
}

/// Whether a text has characters of the set X alone.
#[inline]
pub(in crate::rules) fn is_plain(text: &[u8]) -> bool {
    common(text) & PLAIN != 0
}

/// Whether a field is a reference with rules of its own.
pub(in crate::rules) fn is_reference(slot: Slot) -> bool {
    references::is_for_fin(slot)
}

/// Whether a time tells its place.
#[inline]
pub(in crate::rules) fn has_offset(text: &[u8]) -> bool {
    matches!(text.trim_ascii(), [.., b'Z'] | [.., b'+' | b'-', _, _, b':', _, _])
}

#[inline]
fn kind(byte: u8) -> u8 {
    BYTES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Characters beyond the set X.
#[cold]
fn characters(field: &Field<'_>, common: u8, report: &mut Report<'_>) {
    // Keys and certificates are not text.
    if field.type_name().ends_with("Binary") || field.type_name().contains("Base64") {
        return;
    }
    let may_have_more = is_extended(field);
    if may_have_more && common & EXTENDED != 0 {
        return;
    }
    let found = foreign(&field.text(), if may_have_more { EXTENDED } else { PLAIN });
    report.found(field, if may_have_more { CBP016 } else { CBP015 }, found);
}

/// The first character that does not fit, and the text around it.
fn foreign(text: &str, want: u8) -> String {
    let fits = |c: char| u8::try_from(c).is_ok_and(|byte| kind(byte) & want != 0);
    let Some(first) = text.chars().find(|c| !fits(*c)) else { return text.to_owned() };
    format!("{} (U+{:04X}) in {}", first.escape_debug(), first as u32, shown(text))
}

fn shown(text: &str) -> String {
    crate::finding::shown(text.as_bytes())
}

/// Names and addresses of parties and agents, remittance information, proxies (which hold addresses
/// of electronic mail), and places of birth.
fn is_extended(field: &Field<'_>) -> bool {
    matches!(field.slot(), Slot::Name | Slot::BirthTown | Slot::BirthProvince)
        || field.ancestors().any(|around| {
            matches!(
                around.slot(),
                Slot::Address | Slot::Remittance | Slot::RelatedRemittance | Slot::Proxy
            )
        })
}

/// The practice asks for this word where there is no end-to-end reference, and nowhere else.
#[cold]
fn not_provided(field: &Field<'_>, report: &mut Report<'_>) {
    let is_reference = matches!(
        field.slot(),
        Slot::EndToEndId
            | Slot::OriginalEndToEndId
            | Slot::OriginalInstructionId
            | Slot::OriginalMessageId
    );
    if !is_reference {
        report.value(field, CBP014);
    }
}

/// A time that everybody reads as the same instant.
#[inline]
pub(super) fn date_time(field: &Field<'_>, report: &mut Report<'_>) {
    let text = field.value();
    if !has_offset(&text) {
        report.value(field, CBP019);
    }
}
