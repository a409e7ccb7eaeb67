//! Checks the content of a field: its format, and what its parts mean.

use crate::findings::{Code, Report, shown};
use crate::notation::format::{Format, Kind};
use crate::notation::matching::{Captures, Expected, Misfit};
use crate::notation::meaning::{BIC, FORM, NEGATIVE_ZERO, is_zero, iso_currency, meaning, slashes};
use crate::syntax::scan::Field;
use crate::tag::Tag;

/// A line or part is too long.
pub(crate) const LENGTH: Code = Code::of("T33");
/// A character that the part may not hold.
pub(crate) const CHARACTER: Code = Code::of("T32");
/// The field is empty.
pub(crate) const EMPTY: Code = Code::of("T34");

/// Checks a value against its format, then its parts. The parts are captured, unless all is good
/// and seen at once.
pub(crate) fn check(
    format: &Format,
    field: Field<'_>,
    captures: &mut Captures,
    report: &mut Report<'_>,
) {
    match format.matches(field.value, captures) {
        Ok(()) if format.has_meaning => parts(format, field, captures, report),
        Ok(()) => (),
        Err(misfit) => report_misfit(format, field, misfit, report),
    }
}

#[cold]
fn report_misfit(format: &Format, field: Field<'_>, misfit: Misfit, report: &mut Report<'_>) {
    let at = report.offset(field.value) + misfit.at;
    let rest = field.value.get(misfit.at..).unwrap_or_default();
    let part = match misfit.expected {
        Expected::Part(number) => format.parts.get(usize::from(number)),
        Expected::Literal(_) | Expected::LineEnd | Expected::End => None,
    };
    let next = rest.bytes().next();
    let outside = next.is_some_and(|byte| byte != b'\r' && byte != b'\n');
    let code = match part {
        _ if field.value.is_empty() => EMPTY,
        Some(part) if part.kind == Kind::Bic => BIC,
        Some(part) if outside && !part.may_hold(rest) => CHARACTER,
        Some(part) if outside && part.is_full(field.value, misfit.at) => LENGTH,
        Some(_) | None => FORM,
    };
    let words = match code {
        LENGTH => format!("{}, but it goes on", format.words(misfit.expected)),
        _ if rest.is_empty() => format!("{}, but found the end", format.words(misfit.expected)),
        _ => {
            let line = rest.lines().next().unwrap_or_default();
            format!("{}, but found \"{}\"", format.words(misfit.expected), shown(line))
        }
    };
    report.field(code, field.tag, at, words);
}

/// Checks what the parts of a value mean.
fn parts(format: &Format, field: Field<'_>, captures: &Captures, report: &mut Report<'_>) {
    let mut currency = None;
    let mut negative = false;
    for capture in captures.iter() {
        let Some(part) = format.part_of(*capture) else { continue };
        if !part.has_meaning {
            continue;
        }
        let from = capture.from;
        let Some(text) = field.value.get(from..capture.to) else { continue };
        if part.kind == Kind::Currency {
            currency = iso_currency(text);
        }
        negative |= part.kind == Kind::OneOf("N");
        if negative && part.kind == Kind::Amount && is_zero(text) {
            let at = report.offset(field.value) + from;
            report.field(NEGATIVE_ZERO, field.tag, at, "expected no N before a zero".to_owned());
        }
        // A price or a rate may have more decimals than the currency that it is in.
        let currency = currency.filter(|_| part.is_money);
        let wrong = match meaning(part.kind, text, currency) {
            None if part.slashes => slashes(text),
            wrong => wrong,
        };
        if let Some((code, words)) = wrong {
            let at = report.offset(field.value) + from;
            report.field(code, field.tag, at, format!("{words}, but found \"{}\"", shown(text)));
        }
    }
}

/// A tag that is written with three digits: the form of a pair's name in block 4 or 3.
pub(crate) fn pair_tag(name: &str) -> Option<Tag> {
    Tag::parse(name).filter(|_| name.len() == 3)
}
