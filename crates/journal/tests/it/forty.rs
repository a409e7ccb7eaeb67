//! The failure tests of `docs/reliability.md` that concern the engine alone, under their names.
//!
//! What is left to chance is run for a thousand seeds and more; a failure names its seed.

mod media;
mod shared;

/// How many seeds each random test runs: 1,000, or more with `JOURNAL_SEEDS=100000` in the
/// environment.
fn seeds() -> u64 {
    std::env::var("JOURNAL_SEEDS").map_or(1000, |text| text.parse().expect("a number"))
}
