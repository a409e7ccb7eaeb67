//! What the crate does, seen from outside.
#![allow(clippy::indexing_slicing, reason = "a test may panic")]

mod build;
mod cases;
mod causes;
mod codes;
mod corpus;
mod files;
mod mutants;
mod round_trip;
mod smuggling;
mod text;
mod view;
