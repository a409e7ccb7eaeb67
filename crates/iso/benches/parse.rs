//! How long one value takes to parse: `cargo bench -p iso`. Prints nanoseconds per value.

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::hint::black_box;
use std::str::FromStr;
use std::time::Duration;

use iso::{Amount, Bic, CodeSet, Country, Currency, Date, DateTime, Iban, Isin, Lei, Uetr};

fn main() {
    parse::<Amount>("amount", "1234567.89");
    parse::<Bic>("BIC", "ALPHDEFFXXX");
    parse::<Country>("country", "DE");
    parse::<Currency>("currency", "EUR");
    parse::<Date>("date", "2026-11-23");
    parse::<DateTime>("date and time", "2026-11-23T21:15:00.250+01:00");
    parse::<Iban>("IBAN", "MT84MALT011000012345MTLCAST001S");
    parse::<Isin>("ISIN", "US0378331005");
    parse::<Lei>("LEI", "5493001KJTIIGC8Y1R12");
    parse::<Uetr>("UETR", "5fb4fe6b-eaa3-4e16-a4db-1d50bd512220");
    measure("amount of FIN", || Amount::from_fin(black_box("1234567,89")).is_ok());
    let purposes = CodeSet::of_type("ExternalPurpose1Code").expect("a set of the standard");
    measure("external code", || purposes.contains(black_box("SALA")));
}

fn parse<T: FromStr>(name: &str, text: &str) {
    measure(name, || black_box(text).parse::<T>().is_ok());
}

/// Runs it for about a tenth of a second, and takes the best of five such runs.
fn measure(name: &str, run: impl Fn() -> bool) {
    let mut count = 1_u32;
    while time(count, &run) < Duration::from_millis(100) {
        count *= 2;
    }
    let best = (0..5).map(|_| time(count, &run)).min().expect("five runs");
    println!("{name:14} {:6.1} ns", best.as_secs_f64() * 1e9 / f64::from(count));
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the real time")]
fn time(count: u32, run: &impl Fn() -> bool) -> Duration {
    let start = std::time::Instant::now();
    for _ in 0..count {
        assert!(run(), "what is measured is valid");
    }
    start.elapsed()
}
