//! Checks the content of a field: its format, and what its parts mean.

use crate::findings::{Code, Report, shown};
use crate::notation::format::{Format, Kind};
use crate::notation::matching::{Captures, Expected, Misfit, two_slashes};
use crate::syntax::scan::Field;
use crate::tag::Tag;

/// The content does not have the form of the field.
pub(crate) const FORM: Code = Code::of("T30");
/// A line or part is too long.
pub(crate) const LENGTH: Code = Code::of("T33");
/// A character that the part may not hold.
pub(crate) const CHARACTER: Code = Code::of("T32");
/// The field is empty.
pub(crate) const EMPTY: Code = Code::of("T34");
/// Slashes at an end or two in a row.
pub(crate) const SLASHES: Code = Code::of("T26");
/// A BIC out of form.
pub(crate) const BIC: Code = Code::of("T27");
/// The country of a BIC is none.
pub(crate) const BIC_COUNTRY: Code = Code::of("T28");
/// A time that is none.
pub(crate) const TIME: Code = Code::of("T38");
/// An amount without a digit before the comma.
pub(crate) const AMOUNT_DIGITS: Code = Code::of("T40");
/// An amount without its comma, or with two.
pub(crate) const AMOUNT_COMMA: Code = Code::of("T43");
/// A date that is none.
pub(crate) const DATE: Code = Code::of("T50");
/// A currency that is none.
pub(crate) const CURRENCY: Code = Code::of("T52");
/// A country that is none.
pub(crate) const COUNTRY: Code = Code::of("T73");
/// An ISIN that is none.
pub(crate) const ISIN: Code = Code::of("T12");
/// A logical terminal or a message reference out of form.
pub(crate) const REFERENCE: Code = Code::of("T29");
/// A message type that cannot be.
pub(crate) const TYPE: Code = Code::of("T18");
/// A zero that is marked as negative.
pub(crate) const NEGATIVE_ZERO: Code = Code::of("T14");
/// More decimals than the currency has.
pub(crate) const DECIMALS: Code = Code::of("C03");

/// Checks a value against its format, then its parts.
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

fn is_zero(amount: &str) -> bool {
    amount.bytes().all(|byte| matches!(byte, b'0' | b','))
}

fn iso_currency(text: &str) -> Option<iso::Currency> {
    iso::Currency::from_bytes(text.as_bytes().try_into().ok()?).ok()
}

/// What is wrong with a part of a kind: the code, and what was expected.
pub(crate) fn meaning(
    kind: Kind,
    text: &str,
    currency: Option<iso::Currency>,
) -> Option<(Code, &'static str)> {
    let good = match kind {
        Kind::Plain | Kind::OneOf(_) | Kind::Year => true,
        Kind::Date => iso::Date::from_fin6(text).is_ok(),
        Kind::LongDate => iso::Date::from_fin8(text).is_ok(),
        Kind::DayOfYear => is_day_of_year(text),
        Kind::Time => iso::Time::from_fin4(text).is_ok(),
        Kind::LongTime => iso::Time::from_fin6(text).is_ok(),
        Kind::Hour => text < "24",
        Kind::DayTime => is_day_time(text),
        Kind::Currency => currency.is_some(),
        Kind::Country => is_country(text),
        Kind::Bic => return bic(text),
        Kind::Amount => return amount(text, currency),
        Kind::Isin => text.parse::<iso::Isin>().is_ok(),
        Kind::MessageReference => is_message_reference(text),
        Kind::Terminal => crate::LogicalTerminal::parse(text).is_ok(),
        Kind::MessageType => text != "000",
    };
    if good { None } else { Some(complaint(kind)) }
}

fn complaint(kind: Kind) -> (Code, &'static str) {
    match kind {
        Kind::Date | Kind::LongDate | Kind::DayOfYear | Kind::Year => {
            (DATE, "expected a valid date")
        }
        Kind::Time | Kind::LongTime | Kind::Hour | Kind::DayTime => (TIME, "expected a valid time"),
        Kind::Currency => (CURRENCY, "expected a currency of ISO 4217"),
        Kind::Country => (COUNTRY, "expected a country of ISO 3166"),
        Kind::Isin => (ISIN, "expected an ISIN with a right check digit"),
        Kind::MessageReference => (REFERENCE, "expected a message reference"),
        Kind::Terminal => (REFERENCE, "expected a logical terminal"),
        Kind::MessageType => (TYPE, "expected a message type"),
        Kind::Bic => (BIC, "expected a BIC"),
        Kind::Amount | Kind::Plain | Kind::OneOf(_) => (FORM, "expected another form"),
    }
}

fn is_country(text: &str) -> bool {
    // Kosovo has no code of ISO 3166, but its banks have BICs and IBANs with `XK`.
    let letters = <[u8; 2]>::try_from(text.as_bytes());
    text == "XK" || letters.is_ok_and(|letters| iso::Country::from_bytes(letters).is_ok())
}

fn bic(text: &str) -> Option<(Code, &'static str)> {
    // A country is two capital letters, and its format has let in digits and capitals only.
    let country = text.get(4..6).unwrap_or_default();
    if is_country(country) && matches!(text.len(), 8 | 11) {
        return None;
    }
    if text.parse::<iso::Bic>().is_err() {
        return Some((BIC, "expected a BIC"));
    }
    Some((BIC_COUNTRY, "expected a BIC with a country of ISO 3166"))
}

fn amount(text: &str, currency: Option<iso::Currency>) -> Option<(Code, &'static str)> {
    let mut commas = text.bytes().enumerate().filter(|(_, byte)| *byte == b',');
    let Some((whole, _)) = commas.next() else {
        return Some((AMOUNT_COMMA, "expected a decimal comma"));
    };
    if commas.next().is_some() {
        return Some((AMOUNT_COMMA, "expected one decimal comma"));
    }
    if whole == 0 {
        return Some((AMOUNT_DIGITS, "expected a digit before the comma"));
    }
    let allowed = currency.and_then(|currency| currency.decimals())?;
    let too_many = text.len() - whole - 1 > usize::from(allowed);
    too_many.then_some((DECIMALS, "expected no more decimals than the currency has"))
}

fn slashes(text: &str) -> Option<(Code, &'static str)> {
    let bytes = text.as_bytes();
    let at_an_end = bytes.first() == Some(&b'/') || bytes.last() == Some(&b'/');
    let wrong = at_an_end || two_slashes(bytes).is_some();
    wrong.then_some((SLASHES, "expected no slash at an end and no two in a row"))
}

fn is_day_of_year(text: &str) -> bool {
    // A day of any year: 29 February exists in a leap year.
    let mut day = *b"20000000";
    if let (Some(to), 4) = (day.get_mut(4..), text.len()) {
        to.copy_from_slice(text.as_bytes());
    }
    std::str::from_utf8(&day).is_ok_and(|day| iso::Date::from_fin8(day).is_ok())
}

fn is_day_time(text: &str) -> bool {
    let (day, time) = text.split_at(2.min(text.len()));
    ("01"..="31").contains(&day) && iso::Time::from_fin4(time).is_ok()
}

fn is_message_reference(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    iso::Date::from_fin6(part(0, 6)).is_ok()
        && crate::LogicalTerminal::parse(part(6, 18)).is_ok()
        && part(18, 28).bytes().all(|byte| byte.is_ascii_digit())
        && text.len() == 28
}

/// A tag that is written with three digits: the form of a pair's name in block 4 or 3.
pub(crate) fn pair_tag(name: &str) -> Option<Tag> {
    Tag::parse(name).filter(|_| name.len() == 3)
}
