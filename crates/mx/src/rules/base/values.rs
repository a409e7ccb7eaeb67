//! Values that a registry or a check digit decides on. The form of a value is the schema's matter.

use std::str::from_utf8;

use iso::{CodeSet, Country, CountryError, Currency, CurrencyError, Iban, IbanError, Lei};

use crate::fields::{Field, Slot};
use crate::rules::UnknownCodes;
use crate::rules::codes::{
    BAS003, BAS004, BAS005, BAS006, BAS007, BAS008, BAS009, BAS010, BAS011, BAS012, BAS020, BAS021,
};
use crate::rules::message::{Message, currency_of};
use crate::rules::report::Report;

/// Structure and check digits of an account number.
pub(super) fn iban(field: &Field<'_>, report: &mut Report<'_>) {
    match field.text().parse::<Iban>() {
        Ok(_) => {}
        Err(IbanError::BadCheckDigits) => report.value(field, BAS004),
        Err(error) => {
            let found = format!("{}: {error}", field.text());
            report.found(field, BAS003, found);
        }
    }
}

/// The fifth and sixth character of a BIC are a country.
pub(super) fn bic(field: &Field<'_>, report: &mut Report<'_>) {
    let bic = field.value();
    if let Some(&[first, second]) = bic.get(4..6)
        && Country::from_bytes([first, second]).is_err()
    {
        report.value(field, BAS006);
    }
}

/// The check digits of an LEI.
pub(super) fn lei(field: &Field<'_>, report: &mut Report<'_>) {
    if field.text().parse::<Lei>().is_err() {
        report.value(field, BAS005);
    }
}

/// A UETR that was typed, not drawn: all of its free digits are the same.
pub(super) fn uetr(field: &Field<'_>, report: &mut Report<'_>) {
    let uetr = field.value();
    let Some((&first, rest)) = uetr.split_first() else { return };
    // The dashes, the version (character 15) and the variant (character 20) are not free.
    let free = rest.iter().zip(1..).filter(|(byte, at)| **byte != b'-' && !matches!(at, 14 | 19));
    if free.into_iter().all(|(byte, _)| *byte == first) {
        report.value(field, BAS021);
    }
}

/// A country that exists now.
pub(super) fn country(field: &Field<'_>, report: &mut Report<'_>) {
    let code = field.value();
    let Ok(code) = <[u8; 2]>::try_from(&*code) else { return };
    match Country::from_bytes(code) {
        Ok(_) => {}
        Err(CountryError::Withdrawn { year, .. }) => {
            let found = format!("{}, withdrawn in {year}", field.text());
            report.found(field, BAS008, found);
        }
        Err(_) => report.value(field, BAS007),
    }
}

/// A currency that exists now. A withdrawn one may stand where the schema asks for any of history:
/// there it is refused only if it never was one.
pub(super) fn currency(field: &Field<'_>, report: &mut Report<'_>) {
    let code = field.value();
    let Ok(code) = <[u8; 3]>::try_from(&*code) else { return };
    match Currency::from_bytes(code) {
        Ok(_) => {}
        Err(CurrencyError::Withdrawn { year, month, .. }) => {
            if !field.type_name().contains("Historic") {
                let found = format!("{}, withdrawn in {year}-{month:02}", field.text());
                report.found(field, BAS010, found);
            }
        }
        Err(_) => report.value(field, BAS009),
    }
}

/// Decimals that the currency has, and a sum of money where there has to be one.
pub(super) fn amount(field: &Field<'_>, report: &mut Report<'_>) {
    let number = field.value();
    let number = number.trim_ascii();
    if let Some(point) = number.iter().position(|byte| *byte == b'.') {
        decimals(field, number.len() - point - 1, report);
    }
    if moves_money(field.slot()) && !number.iter().any(|digit| matches!(digit, b'1'..=b'9')) {
        report.value(field, BAS012);
    }
}

fn decimals(field: &Field<'_>, written: usize, report: &mut Report<'_>) {
    let code = currency_of(field).and_then(|code| <[u8; 3]>::try_from(&*code).ok());
    let Some(currency) = code.and_then(|code| Currency::from_bytes(code).ok()) else { return };
    if let Some(limit) = currency.decimals()
        && written > usize::from(limit)
    {
        let expected = format!("at most {limit} decimals in {}", currency.as_str());
        report.value_for(field, BAS011, expected);
    }
}

fn moves_money(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Settled
            | Slot::Instructed
            | Slot::Returned
            | Slot::TotalSettled
            | Slot::TotalReturned
    )
}

/// A code of the set that ISO keeps beside the schemas.
pub(super) fn external_code(message: &Message<'_>, field: &Field<'_>, report: &mut Report<'_>) {
    if message.settings.unknown_codes == UnknownCodes::Accept {
        return;
    }
    let code = field.value();
    let Some(type_of) = field.type_of() else { return };
    if report.memory.has((type_of.0.as_ref(), type_of.1), &code) {
        return;
    }
    let Some(set) = CodeSet::of_type(field.type_name()) else { return };
    if from_utf8(&code).is_ok_and(|code| set.contains(code)) {
        report.memory.keep(type_of, &code);
    } else {
        report.value_for(field, BAS020, format!("a code of the set {}Code", set.name()));
    }
}
