//! What the crate does, seen from outside.

mod build;
mod cases;
mod codes;
mod corpus;
mod files;
mod mutants;
mod round_trip;
mod smuggling;
mod text;
mod view;
