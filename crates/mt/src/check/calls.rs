//! Rules that the notation cannot say, as functions that it calls by name.

use crate::check::calls_markets;
use crate::check::evaluate::Facts;
use crate::check::place::Scope;
use crate::notation::structure::Kind;
use crate::syntax::header::Application;
use crate::tag::Tag;

/// A rule as a function: whether an occurrence of a sequence, or the message, keeps it.
pub(crate) type Function = fn(&Facts<'_, '_>, Scope) -> bool;

/// The functions, by the name that `call` uses.
const FUNCTIONS: [(&str, Function); 7] = [
    ("european_pair", european_pair),
    ("codes_once", codes_once),
    ("details_allowed", details_allowed),
    ("copied_fields", copied_fields),
    ("floor_limits", floor_limits),
    ("same_currencies", same_currencies),
    ("zero_amount", zero_amount),
];

/// The number of the function of a name.
pub(crate) fn find(name: &str) -> Option<usize> {
    FUNCTIONS.iter().chain(calls_markets::FUNCTIONS).position(|(known, _)| *known == name)
}

/// The function of a number.
pub(crate) fn get(number: usize) -> Option<Function> {
    let function = match number.checked_sub(FUNCTIONS.len()) {
        None => FUNCTIONS.get(number),
        Some(number) => calls_markets::FUNCTIONS.get(number),
    };
    function.map(|(_, function)| *function)
}

/// The values of the fields of a scope with this number.
fn values<'f>(
    facts: &'f Facts<'_, '_>,
    scope: Scope,
    number: u16,
) -> impl Iterator<Item = (Tag, &'f str)> {
    let fields = facts.fields.get(scope.from..scope.to).unwrap_or_default();
    fields
        .iter()
        .filter(move |field| field.tag.number() == number)
        .map(|field| (field.tag, field.value))
}

/// No code of field 23E stands there twice.
fn codes_once(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let codes = || {
        values(facts, scope, 23)
            .filter(|(tag, _)| tag.option() == Some('E'))
            .map(|(_, value)| value.get(..4).unwrap_or_default())
    };
    codes().enumerate().all(|(at, code)| !codes().take(at).any(|before| before == code))
}

/// A text after the code of field 23E goes with some codes only.
fn details_allowed(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    const WITH_TEXT: [&str; 8] = ["PHON", "PHOB", "PHOI", "TELE", "TELB", "TELI", "HOLD", "REPA"];
    values(facts, scope, 23).filter(|(tag, _)| tag.option() == Some('E')).all(|(_, value)| {
        let code = value.bytes().position(|byte| byte == b'/').and_then(|at| value.get(..at));
        code.is_none_or(|code| WITH_TEXT.contains(&code))
    })
}

/// Fields of another message follow at the end.
fn copied_fields(facts: &Facts<'_, '_>, _scope: Scope) -> bool {
    facts.placement.nodes.iter().any(|node| {
        facts.structure.nodes.get(usize::from(*node)).is_some_and(|node| node.kind == Kind::Any)
    })
}

/// One floor limit (34F) without a mark; or two, for debits (D) and then for credits (C).
fn floor_limits(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let marks: Vec<Option<char>> = values(facts, scope, 34)
        .map(|(_, value)| value.chars().nth(3).filter(char::is_ascii_uppercase))
        .collect();
    matches!(marks.as_slice(), [] | [None] | [Some('D'), Some('C')])
}

/// The amount of the transaction (32B) is zero.
fn zero_amount(facts: &Facts<'_, '_>, scope: Scope) -> bool {
    let is_zero = |value: &str| !value.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    values(facts, scope, 32).any(|(tag, value)| tag.option() == Some('B') && is_zero(value))
}

/// The currencies of all balances and totals start with the same two letters.
fn same_currencies(facts: &Facts<'_, '_>, _scope: Scope) -> bool {
    const NUMBERS: [u16; 6] = [34, 60, 62, 64, 65, 90];
    let mut first: Option<&str> = None;
    facts.fields.iter().filter(|field| NUMBERS.contains(&field.tag.number())).all(|field| {
        // A currency stands before an amount: the last three capital letters, or the first three of
        // the limit, which has a mark between them.
        let end = field.value.find(',').unwrap_or(field.value.len());
        let head = field
            .value
            .get(..end)
            .unwrap_or_default()
            .trim_end_matches(|it: char| it.is_ascii_digit());
        let currency = if field.tag.number() == 34 {
            head.get(..2)
        } else {
            head.len().checked_sub(3).and_then(|from| head.get(from..from + 2))
        };
        let Some(currency) = currency else { return true };
        *first.get_or_insert(currency) == currency
    })
}

/// Sender and receiver are both in a country of the European list.
///
/// The rule makes the instructed amount mandatory between those countries. The list has not been
/// held against a public text yet; `docs/mt.md` says so.
fn european_pair(facts: &Facts<'_, '_>, _scope: Scope) -> bool {
    /// In their order.
    const COUNTRIES: [&str; 44] = [
        "AD", "AT", "BE", "BG", "BV", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB",
        "GF", "GI", "GP", "GR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MQ", "MT",
        "NL", "NO", "PL", "PM", "PT", "RE", "RO", "SE", "SI", "SJ", "SK", "SM", "TF", "VA",
    ];
    let (Some(basic), Some(application)) = (facts.basic, facts.application) else { return false };
    let other = match application {
        Application::Input(input) => input.receiver(),
        Application::Output(output) => output.sender(),
    };
    [basic.terminal(), other].iter().all(|terminal| {
        let country = terminal.as_str().get(4..6).unwrap_or_default();
        COUNTRIES.binary_search(&country).is_ok()
    })
}
