//! Rules that the notation cannot say, as functions that it calls by name.

use crate::check::calls_markets;
use crate::check::evaluate::Facts;
use crate::syntax::header::Application;

/// A rule as a function: whether a message keeps it.
pub(crate) type Function = fn(&Facts<'_, '_>) -> bool;

/// The functions, by the name that `call` uses.
const FUNCTIONS: [(&str, Function); 1] = [("european_pair", european_pair)];

/// The function of a name.
pub(crate) fn find(name: &str) -> Option<Function> {
    FUNCTIONS
        .iter()
        .chain(calls_markets::FUNCTIONS)
        .find(|(known, _)| *known == name)
        .map(|(_, function)| *function)
}

/// Sender and receiver are both in a country of the European list.
///
/// The list is the one that public descriptions of MT 103 give for the rule that makes the
/// instructed amount mandatory between those countries.
fn european_pair(facts: &Facts<'_, '_>) -> bool {
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
        COUNTRIES.contains(&country)
    })
}
