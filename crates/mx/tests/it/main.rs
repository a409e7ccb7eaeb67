//! The public behaviour of the engine, held against libxml2 on real and on broken messages.
//!
//! The tests that need the corpus and the official schemas find them in `../shared` beside the
//! repository; those that need libxml2 run `tests/oracle.py` with the Python that `cargo xtask
//! oracle` prepares, or with the one that `NUNCIO_ORACLE` names.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]
#![allow(
    clippy::print_stdout,
    reason = "a test that is skipped says so, and counts are for people"
)]

mod codes;
mod corpus;
mod hostile;
mod identity;
mod mutants;
mod oracle;
mod rules;
mod schemas;
mod streams;
mod support;
mod writing;
