//! The example that the registry of ISO 13616 gives for each country.

use iso::{Country, Iban};

fn examples() -> impl Iterator<Item = &'static str> {
    include_str!("../../testdata/iban/registry-examples.in").lines()
}

#[test]
fn every_example_of_the_registry_is_an_account_number() {
    assert_eq!(examples().count(), 89);
    for text in examples() {
        let iban: Iban = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(iban.is_registered(), "{text}");
        assert_eq!(iban.to_string(), text);
        assert_eq!(Iban::from_bban(iban.country(), iban.bban()), Ok(iban));
        assert_eq!(iban.grouped().to_string().replace(' ', ""), text);
    }
}

#[test]
fn every_registered_country_has_an_example_or_shares_one() {
    // Territories that use the structure of the country they belong to.
    const SHARED: &str = "AX BL GF GG GP IM JE MF MQ NC PF PM RE TF WF YT";
    let zeros = |structure: &str| {
        let count = structure.split(['!', 'n', 'a', 'c']).filter_map(|n| n.parse::<usize>().ok());
        "0".repeat(count.sum())
    };
    for country in Country::all() {
        let Some(structure) = Iban::structure(country) else { continue };
        let has_example = examples().any(|text| text.starts_with(country.as_str()));
        let is_shared = SHARED.contains(country.as_str());
        // A structure of digits or either: enough to ask whether it is registered.
        if let Ok(iban) = Iban::from_bban(country, &zeros(structure)) {
            assert_eq!(iban.is_registered(), has_example || is_shared, "{country}");
        }
    }
}

#[test]
fn every_digit_that_is_changed_is_refused() {
    for text in examples() {
        for (at, right) in text.char_indices().filter(|(_, right)| right.is_ascii_digit()) {
            for digit in ('0'..='9').filter(|digit| *digit != right) {
                let mut wrong = text.to_owned();
                wrong.replace_range(at..=at, &digit.to_string());
                assert!(wrong.parse::<Iban>().is_err(), "{wrong}, made of {text}");
            }
        }
    }
}

#[test]
fn every_two_digits_that_change_places_are_refused() {
    for text in examples() {
        for at in 0..text.len() - 1 {
            let mut bytes = text.as_bytes().to_vec();
            // A digit and a letter can be the same number either way: `1B` and `B1` are 111.
            if !bytes[at].is_ascii_digit() || !bytes[at + 1].is_ascii_digit() {
                continue;
            }
            bytes.swap(at, at + 1);
            let wrong = String::from_utf8(bytes).unwrap();
            assert!(wrong == text || wrong.parse::<Iban>().is_err(), "{wrong}, made of {text}");
        }
    }
}

#[test]
fn every_length_but_the_right_one_is_refused() {
    for text in examples() {
        for length in 0..text.len() {
            assert!(text[..length].parse::<Iban>().is_err(), "{}", &text[..length]);
        }
        assert!(format!("{text}0").parse::<Iban>().is_err(), "{text}0");
    }
}
