//! Media that fail: what the tests of the journal and whole simulated networks run on.
//!
//! Behind the feature `faults`, which no product turns on. Everything here is deterministic: a run
//! is its seed. Nothing here decides anything for the engine; it only keeps the promises of
//! `docs/journal.md` to the letter and no further. Misuse panics, as in any test.

mod broker;
mod candidate;
pub mod contract;
mod disk;
mod random;

pub use broker::{Answer, Broker, Producer, Weather};
pub use candidate::{Candidate, journal_of};
pub use disk::{Disk, DiskFile, DiskLock};
pub use random::Random;
