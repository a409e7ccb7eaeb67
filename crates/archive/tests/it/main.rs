//! An archive against the journal that it is made from.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod finding;
mod world;
