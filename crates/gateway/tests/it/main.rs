//! Whole gateways over real sockets, against a small hub in the same process.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that meets what it does not expect has failed"
)]

mod bank;
mod fake_hub;
mod faults;
mod folder;
/// The hub of the tests of crate `session`: what a journal and a network machine do, without either.
#[path = "../../../session/tests/it/hub.rs"]
#[allow(dead_code, reason = "each crate's tests use their part of it")]
mod hub;
mod way;
