//! What other people publish, read from `../shared` beside the repository.

use std::fs;
use std::path::{Path, PathBuf};

use iso::{Amount, Bic, Country, Currency, Date, DateTime, Iban, Lei, Uetr};

/// The folder of that name, or nothing where the data is not here.
fn shared(name: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if !shared.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is not here", shared.display());
        println!("skipped: ../shared is not here");
        return None;
    }
    Some(shared.join(name))
}

/// The texts between two marks.
fn between<'a>(text: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| Some(rest.split_once(after)?.0))
}

#[test]
fn the_structures_are_those_of_the_registry() {
    let Some(path) = shared("refdata/iban/iban.dat") else { return };
    let text = fs::read_to_string(path).unwrap();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let country: Country = line[..2].parse().unwrap();
        let listed = between(line, "bban=\"", "\"").next().unwrap();
        let ours = Iban::structure(country).unwrap();
        count += 1;
        if country.as_str() == "BR" {
            // This list is of release 101 of the registry. Since then Brazil has letters in the
            // number of a company, and with it in that of a bank.
            assert_eq!((listed, ours), ("8!n5!n10!n1!a1!c", "8!c5!n10!n1!c1!c"));
        } else {
            assert_eq!(classes(ours), classes(listed), "{country}");
        }
    }
    assert_eq!(count, 89);
}

/// Writes a class for each place, for `2!n2!n` is the same as `4!n`.
fn classes(structure: &str) -> String {
    let mut rest = structure;
    let mut out = String::new();
    while let Some((count, after)) = rest.split_once('!') {
        out.push_str(&after[..1].repeat(count.parse().unwrap()));
        rest = &after[1..];
    }
    out
}

#[test]
fn every_bank_in_public_registers_has_a_bic() {
    let Some(path) = shared("refdata/bic_bank_registry") else { return };
    let mut count = 0;
    for file in fs::read_dir(path).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for text in between(&text, "\"bic\": \"", "\"").filter(|text| !text.is_empty()) {
            let bic: Bic = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            bic.country().parse::<Country>().unwrap_or_else(|error| panic!("{text}: {error}"));
            count += 1;
        }
    }
    assert!(count > 10_000, "only {count}");
}

/// The texts of all messages of the corpus that their schema accepts.
fn valid_messages() -> Option<Vec<String>> {
    let corpus = shared("corpus")?;
    let manifest = fs::read_to_string(corpus.join("MANIFEST.csv")).unwrap();
    let texts: Vec<String> = manifest
        .lines()
        .filter(|line| line.starts_with("mx/") && line.contains(": valid"))
        .filter(|line| !line.contains("INVALID") && !line.contains("no-schema"))
        .filter_map(|line| fs::read_to_string(corpus.join(line.split(',').next()?)).ok())
        .collect();
    assert!(texts.len() > 100, "only {} messages", texts.len());
    Some(texts)
}

/// Whether it is a value, and not the white space before the next element.
fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

#[test]
fn values_of_valid_messages_are_read() {
    let Some(messages) = valid_messages() else { return };
    let mut counts = [0; 4];
    for text in &messages {
        for amount in between(text, " Ccy=\"", "</") {
            let (currency, amount) = amount.split_once("\">").unwrap();
            assert!(currency.parse::<Currency>().is_ok(), "{currency}");
            amount.parse::<Amount>().unwrap_or_else(|error| panic!("{amount}: {error}"));
            counts[0] += 1;
        }
        for time in between(text, "DtTm>", "</").filter(|time| starts_with_digit(time)) {
            time.parse::<DateTime>().unwrap_or_else(|error| panic!("{time}: {error}"));
            counts[1] += 1;
        }
        for date in between(text, "Dt>", "</").filter(|date| starts_with_digit(date)) {
            // The elements of this name have a date, in headers a date and a time, and in
            // remittances a month of a year.
            if date.len() == "2026-01".len() {
                continue;
            }
            if date.parse::<DateTime>().is_err() {
                date.parse::<Date>().unwrap_or_else(|error| panic!("{date}: {error}"));
            }
            counts[2] += 1;
        }
        for uetr in between(text, "<UETR>", "</") {
            uetr.parse::<Uetr>().unwrap_or_else(|error| panic!("{uetr}: {error}"));
            counts[3] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

#[test]
fn most_identifiers_of_samples_are_real() {
    // Authors of samples invent account numbers and identifiers: a schema looks at their letters
    // only. So this counts, to notice if a change here makes the real ones wrong.
    let Some(messages) = valid_messages() else { return };
    let count = |mark: &str, is_right: fn(&str) -> bool| {
        let (mut right, mut all) = (0, 0);
        for text in messages.iter().flat_map(|message| between(message, mark, "</")) {
            all += 1;
            right += u32::from(is_right(text));
        }
        format!("{right} of {all}")
    };
    let ibans = count("<IBAN>", |text| text.parse::<Iban>().is_ok());
    let leis = count("<LEI>", |text| text.parse::<Lei>().is_ok());
    expect_test::expect!["IBAN 88 of 135, LEI 539 of 543"]
        .assert_eq(&format!("IBAN {ibans}, LEI {leis}"));
}
