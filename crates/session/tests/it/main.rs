//! Both ends of the link against each other, and each against a peer that breaks the rules.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on shall say where"
)]

mod bank;
mod codes;
mod decisions;
mod hub;
mod lossy;
mod malice;
mod purity;
mod tidings;
mod transcripts;
mod witnesses;
mod world;
