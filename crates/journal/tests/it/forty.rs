//! The failure tests of `docs/reliability.md` that concern the engine alone, under their names.
//!
//! What is left to chance is run for a thousand seeds and more; a failure names its seed.

mod media;
mod shared;

/// How many seeds each random test runs.
const SEEDS: u64 = 1000;
