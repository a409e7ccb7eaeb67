//! A whole network in one thread: a hub, gateways and their back offices on simulated disks, links
//! and clocks, with faults of every kind, and checkers that see only what clients see.
//!
//! A run is a [`Plan`], which is made from a seed: [`run`] plays it and says what was found. What is
//! played is the code of the product ([`hub::parts`], [`gateway::parts`]); only sockets, threads,
//! disks and clocks are made up here. A run has two phases: faults and messages come as the plan
//! says, and promises about safety are checked all the time; then all faults end, and everything
//! that was promised must come true within a time.
//!
//! Nothing depends on this crate, and it decides nothing about the product.

#![allow(
    clippy::indexing_slicing,
    reason = "a simulator that loses count of its own parts shall end there"
)]

mod abuse;
mod bank;
mod check;
mod clock;
mod content;
mod faults;
mod host;
mod identity;
mod kept;
mod link;
mod mutation;
mod office;
mod plan;
mod run;
pub mod scenario;
mod shrink;
mod store_disk;
mod way;
mod world;

pub use check::{Came, Find};
pub use kept::tell;
pub use mutation::Mutation;
pub use plan::{Kind, Plan, Step};
pub use run::{Outcome, run, run_mutated, run_told};
pub use scenario::{Peer, Scenario};
pub use shrink::shrink;
pub use world::Counts;
