//! Rules of treasury, collections, securities, metals and trade that the notation cannot say.
//!
//! Each is a statement about the fields of a scope: true if the message keeps the rule, and true if
//! what it looks at is not there or cannot be read, for that is reported elsewhere.

use crate::check::calls::Function;
use crate::check::evaluate::Facts;
use crate::check::place::Scope;
use crate::notation::structure::Kind;
use crate::syntax::scan::Field;

/// The functions, by the name that `call` uses.
pub(crate) const FUNCTIONS: &[(&str, Function)] = &[
    ("repetitions", repetitions),
    ("reference_in_order", reference_in_order),
    ("reference_of_rate_36", reference_of_rate_36),
    ("reference_of_rate_37", reference_of_rate_37),
    ("reference_of_price", reference_of_price),
    ("american_style", american_style),
    ("option_currency", option_currency),
    ("settled_zero", settled_zero),
    ("parties_once", parties_once),
    ("amounts_once", amounts_once),
];

/// The fields of a scope with this number and letter, and their places.
fn fields<'f, 'a>(
    facts: &'f Facts<'_, 'a>,
    scope: Scope,
    number: u16,
    letter: Option<char>,
) -> impl Iterator<Item = (usize, Field<'a>)> + 'f {
    let from = scope.from;
    let list = facts.fields.get(scope.from..scope.to).unwrap_or_default();
    list.iter()
        .enumerate()
        .filter(move |(_, field)| field.tag.number() == number && field.tag.option() == letter)
        .map(move |(at, field)| (from + at, *field))
}

/// The first field of a scope with this number and letter.
fn first<'a>(
    facts: &Facts<'_, 'a>,
    scope: Scope,
    number: u16,
    letter: Option<char>,
) -> Option<&'a str> {
    fields(facts, scope, number, letter).next().map(|(_, field)| field.value)
}

/// A number of repetitions (18A) is that of the fields or sequences that follow it.
fn repetitions(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    fields(facts, scope, 18, Some('A')).all(|(at, field)| {
        let Ok(number) = field.value.parse::<usize>() else { return true };
        let nodes = &facts.placement.nodes;
        let Some(here) = nodes.get(at).copied() else { return true };
        let structure = facts.structure.nodes.iter().enumerate().skip(usize::from(here) + 1);
        let mut structure = structure.filter(|(_, node)| node.kind == Kind::Field);
        let Some((next, _)) = structure.next() else { return true };
        let repeated = nodes.iter().skip(at + 1).filter(|node| usize::from(**node) == next).count();
        repeated == number
    })
}

/// The common reference (22C, or 22 after its code): a code of each party with four digits between
/// them.
fn common_reference<'a>(
    facts: &Facts<'_, 'a>,
    scope: Scope,
) -> Option<(&'a str, &'a str, &'a str)> {
    let value = match first(facts, scope, 22, Some('C')) {
        Some(value) => value,
        None => first(facts, scope, 22, None)?.split_once('/')?.1,
    };
    let (one, digits, two) = (value.get(..6)?, value.get(6..10)?, value.get(10..16)?);
    (value.len() == 16).then_some((one, digits, two))
}

/// The codes of the parties stand in the order of the alphabet, digits after letters.
fn reference_in_order(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let Some((one, _, two)) = common_reference(facts, scope) else { return true };
    let rank = |code: &str| -> Vec<(bool, u8)> {
        code.bytes().map(|byte| (byte.is_ascii_digit(), byte)).collect()
    };
    rank(one) <= rank(two)
}

fn reference_of_rate_36(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let digits = common_reference(facts, scope).map(|(_, digits, _)| digits);
    is_tail_of(digits, first(facts, scope, 36, None))
}

fn reference_of_rate_37(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let digits = common_reference(facts, scope).map(|(_, digits, _)| digits);
    is_tail_of(digits, first(facts, scope, 37, Some('G')))
}

fn reference_of_price(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let digits = common_reference(facts, scope).map(|(_, digits, _)| digits);
    is_tail_of(digits, first(facts, scope, 33, Some('G')))
}

/// Whether four digits are the last ones of a rate: up to the last that is not zero, filled with
/// zeros at the front.
fn is_tail_of(digits: Option<&str>, rate: Option<&str>) -> bool {
    let (Some(digits), Some(rate)) = (digits, rate) else { return true };
    let all: String = rate.chars().filter(char::is_ascii_digit).collect();
    let all = format!("000{}", all.trim_end_matches('0'));
    let tail = all.len().checked_sub(4).and_then(|from| all.get(from..)).unwrap_or("0000");
    tail == digits
}

/// The option is of American style: the third part of field 23.
fn american_style(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    first(facts, scope, 23, None)
        .and_then(|value| value.split('/').nth(2))
        .is_none_or(|style| style == "A")
}

/// The currency of the option: the fourth part of field 23, and that of field 32B.
fn option_currency(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let named = first(facts, scope, 23, None).and_then(|value| value.split('/').nth(3));
    let amount = first(facts, scope, 32, Some('B')).and_then(|value| value.get(..3));
    match (named, amount) {
        (Some(named), Some(amount)) => named == amount,
        _ => true,
    }
}

/// The amount that is settled (32H or 32R) is zero.
fn settled_zero(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    first(facts, scope, 32, Some('H'))
        .or_else(|| first(facts, scope, 32, Some('R')))
        .is_some_and(|value| value.bytes().all(|byte| !matches!(byte, b'1'..=b'9')))
}

/// The parties of a settlement that may stand there once only.
const PARTIES: [&str; 24] = [
    "BUYR", "DEAG", "DECU", "DEI1", "DEI2", "PSET", "REAG", "RECU", "REI1", "REI2", "SELL", "ACCW",
    "BENM", "PAYE", "DEBT", "INTM", "EXCH", "MEOR", "MERE", "TRRE", "VEND", "TRAG", "QFIN", "BRKR",
];

/// The amounts of a settlement that may stand there once only.
const AMOUNTS: [&str; 29] = [
    "ACRU", "ANTO", "BOOK", "CHAR", "COUN", "DEAL", "EUTR", "EXEC", "ESTT", "ISDI", "LADT", "LEVY",
    "LOCL", "LOCO", "MARG", "OTHR", "POST", "REGF", "SETT", "SHIP", "SPCN", "STAM", "STEX", "TRAN",
    "TRAX", "VATA", "WITH", "COAX", "ACCA",
];

fn parties_once(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    qualifiers_once(facts, scope, 95, &PARTIES)
}

fn amounts_once(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    qualifiers_once(facts, scope, 19, &AMOUNTS)
}

/// No qualifier of a list stands in two fields of a number.
fn qualifiers_once(facts: &Facts<'_, '_>, scope: Scope, number: u16, list: &[&str]) -> bool {
    let fields = facts.fields.get(scope.from..scope.to).unwrap_or_default();
    list.iter().all(|name| {
        let has = |value: &str| value.get(1..5) == Some(*name);
        fields.iter().filter(|it| it.tag.number() == number && has(it.value)).count() <= 1
    })
}

#[cfg(test)]
mod tests {
    use super::is_tail_of;

    #[track_caller]
    fn check(rate: &str, digits: &str) {
        assert!(is_tail_of(Some(digits), Some(rate)), "{rate} gives other digits than {digits}");
    }

    #[test]
    fn the_digits_of_a_rate_end_at_its_last_digit_that_is_not_zero() {
        check("1,350007", "0007");
        check("4,2", "0042");
        check("4,00", "0004");
        check("1234,", "1234");
        check("0,9235", "9235");
        check("110,50", "1105");
        check("0,", "0000");
        assert!(!is_tail_of(Some("0420"), Some("4,2")), "trailing zeros do not count");
    }
}
