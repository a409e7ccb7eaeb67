//! Whether a text is a value of a simple type.

use std::cmp::Ordering;

use crate::schema::{Bound, BoundKind, Builtin, Schema, Simple, WhiteSpace};
use crate::token::{is_ncname, is_space};
use crate::value::{Decimal, Moment, base64_length, hex_length, is_moment, year_of};

/// A facet that a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    Form,
    TooShort,
    TooLong,
    Pattern,
    Enumeration,
    TotalDigits,
    FractionDigits,
    Bound(usize),
}

/// Whether a text is a value for sure; if not, [`check`] finds out.
#[inline]
pub(super) fn is_surely_good(simple: &Simple, text: &[u8]) -> bool {
    // No text has more characters than bytes, and none is empty that has a byte.
    simple.only_length
        && text.len() <= simple.length_max as usize
        && simple.length_min <= u32::from(!text.is_empty())
}

/// Checks a value; `report` is called for each facet that it breaks.
#[inline]
pub(super) fn check(schema: &Schema, simple: &Simple, text: &[u8], report: &mut dyn FnMut(Broken)) {
    match simple.builtin {
        Builtin::String if simple.white_space == WhiteSpace::Preserve => {
            check_text(simple, text, report);
        }
        Builtin::String | Builtin::NormalizedString | Builtin::Token | Builtin::AnyUri => {
            check_text(simple, &normalised(simple.white_space, text), report);
        }
        Builtin::Decimal
        | Builtin::Integer
        | Builtin::NonNegativeInteger
        | Builtin::PositiveInteger => check_number(schema, simple, trimmed(text), report),
        Builtin::Boolean
        | Builtin::DateTime
        | Builtin::Date
        | Builtin::Time
        | Builtin::YearMonth
        | Builtin::Year
        | Builtin::MonthDay
        | Builtin::Day
        | Builtin::Month
        | Builtin::Base64Binary
        | Builtin::HexBinary
        | Builtin::NcName
        | Builtin::Id
        | Builtin::IdRef => check_other(schema, simple, trimmed(text), report),
    }
}

#[inline]
fn check_text(simple: &Simple, text: &[u8], report: &mut dyn FnMut(Broken)) {
    // Fewer bytes than characters cannot be.
    if simple.length_min > 0 || text.len() > simple.length_max as usize {
        check_length(simple, characters(text), report);
    }
    check_lists(simple, text, report);
}

#[inline]
fn check_length(simple: &Simple, length: usize, report: &mut dyn FnMut(Broken)) {
    if length < simple.length_min as usize {
        report(Broken::TooShort);
    }
    if length > simple.length_max as usize {
        report(Broken::TooLong);
    }
}

#[inline]
fn check_lists(simple: &Simple, text: &[u8], report: &mut dyn FnMut(Broken)) {
    for step in &simple.patterns {
        if !step.iter().any(|pattern| pattern.matches(text)) {
            report(Broken::Pattern);
        }
    }
    if let Some(enumeration) = &simple.enumeration
        && !enumeration.contains(text)
    {
        report(Broken::Enumeration);
    }
}

fn check_other(schema: &Schema, simple: &Simple, text: &[u8], report: &mut dyn FnMut(Broken)) {
    let moment = |kind| is_moment(text, kind);
    let has_form = match simple.builtin {
        Builtin::Decimal
        | Builtin::Integer
        | Builtin::NonNegativeInteger
        | Builtin::PositiveInteger => return check_number(schema, simple, text, report),
        Builtin::Base64Binary => return check_bytes(simple, base64_length(text), text, report),
        Builtin::HexBinary => return check_bytes(simple, hex_length(text), text, report),
        Builtin::Boolean => matches!(text, b"true" | b"false" | b"1" | b"0"),
        Builtin::DateTime => moment(Moment::DateTime),
        Builtin::Date => moment(Moment::Date),
        Builtin::Time => moment(Moment::Time),
        Builtin::YearMonth => moment(Moment::YearMonth),
        Builtin::Year => moment(Moment::Year),
        Builtin::MonthDay => moment(Moment::MonthDay),
        Builtin::Day => moment(Moment::Day),
        Builtin::Month => moment(Moment::Month),
        Builtin::NcName | Builtin::Id | Builtin::IdRef => {
            check_length(simple, characters(text), report);
            is_ncname(text)
        }
        Builtin::String | Builtin::NormalizedString | Builtin::Token | Builtin::AnyUri => true,
    };
    if !has_form {
        return report(Broken::Form);
    }
    if simple.builtin == Builtin::Year
        && let Some(year) = year_of(text)
    {
        check_bounds(schema, simple, report, |limit| Some(year.cmp(&year_of(limit.as_bytes())?)));
    }
    check_lists(simple, text, report);
}

fn check_bytes(
    simple: &Simple,
    length: Option<usize>,
    text: &[u8],
    report: &mut dyn FnMut(Broken),
) {
    match length {
        None => report(Broken::Form),
        Some(length) => {
            check_length(simple, length, report);
            check_lists(simple, text, report);
        }
    }
}

fn check_number(schema: &Schema, simple: &Simple, text: &[u8], report: &mut dyn FnMut(Broken)) {
    let value = Decimal::read(text).filter(|value| is_of_type(value, text, simple.builtin));
    let Some(value) = value else { return report(Broken::Form) };
    if value.total_digits() > simple.total_digits as usize {
        report(Broken::TotalDigits);
    }
    if value.fraction_digits() > simple.fraction_digits as usize {
        report(Broken::FractionDigits);
    }
    check_bounds(schema, simple, report, |limit| {
        Some(value.compare(&Decimal::read(limit.as_bytes())?))
    });
    check_lists(simple, text, report);
}

/// Whether a number is whole and of the sign that its type asks for.
fn is_of_type(value: &Decimal<'_>, text: &[u8], builtin: Builtin) -> bool {
    if builtin == Builtin::Decimal {
        return true;
    }
    let zero = text.iter().all(|byte| matches!(byte, b'0' | b'+' | b'-'));
    value.is_whole()
        && !text.contains(&b'.')
        && (!value.is_negative() || builtin == Builtin::Integer)
        && (!zero || builtin != Builtin::PositiveInteger)
}

#[inline]
fn check_bounds(
    schema: &Schema,
    simple: &Simple,
    report: &mut dyn FnMut(Broken),
    compare: impl Fn(&str) -> Option<Ordering>,
) {
    for (index, Bound { limit, kind }) in simple.bounds.iter().enumerate() {
        let order = compare(schema.text(*limit));
        let kept = match kind {
            BoundKind::AtLeast => order != Some(Ordering::Less),
            BoundKind::AtMost => order != Some(Ordering::Greater),
            BoundKind::Above => order == Some(Ordering::Greater),
            BoundKind::Below => order == Some(Ordering::Less),
        };
        if !kept {
            report(Broken::Bound(index));
        }
    }
}

/// How many characters a text has.
#[inline]
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// Without white space at both ends. Inside the values that are trimmed there is none.
#[inline]
pub(super) fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text {
        if !is_space(*first) {
            break;
        }
        text = rest;
    }
    while let [rest @ .., last] = text {
        if !is_space(*last) {
            break;
        }
        text = rest;
    }
    text
}

fn normalised(white_space: WhiteSpace, text: &[u8]) -> Vec<u8> {
    let space = |byte: &u8| if is_space(*byte) { b' ' } else { *byte };
    if white_space == WhiteSpace::Replace {
        return text.iter().map(space).collect();
    }
    let words = text.split(|byte| is_space(*byte)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}
