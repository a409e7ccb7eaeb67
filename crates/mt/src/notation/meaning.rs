//! What a part of a value means beyond its characters: dates, times, currencies, amounts, BICs.

use crate::findings::Code;
use crate::notation::format::Kind;
use crate::notation::matching::two_slashes;

/// The content does not have the form of the field.
pub(crate) const FORM: Code = Code::of("T30");
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

pub(crate) fn is_zero(amount: &str) -> bool {
    amount.bytes().all(|byte| matches!(byte, b'0' | b','))
}

pub(crate) fn iso_currency(text: &str) -> Option<iso::Currency> {
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

pub(crate) fn bic(text: &str) -> Option<(Code, &'static str)> {
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

pub(crate) fn amount(text: &str, currency: Option<iso::Currency>) -> Option<(Code, &'static str)> {
    let bytes = text.as_bytes();
    let Some(whole) = bytes.iter().position(|byte| *byte == b',') else {
        return Some((AMOUNT_COMMA, "expected a decimal comma"));
    };
    let decimals = bytes.get(whole + 1..).unwrap_or_default();
    if decimals.contains(&b',') {
        return Some((AMOUNT_COMMA, "expected one decimal comma"));
    }
    if whole == 0 {
        return Some((AMOUNT_DIGITS, "expected a digit before the comma"));
    }
    let allowed = currency.and_then(|currency| currency.decimals())?;
    let too_many = decimals.len() > usize::from(allowed);
    too_many.then_some((DECIMALS, "expected no more decimals than the currency has"))
}

pub(crate) fn slashes(text: &str) -> Option<(Code, &'static str)> {
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
