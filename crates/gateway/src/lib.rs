//! The gateway: an institution's outbox and inbox, and the link to the hub.
//!
//! It takes messages from back offices by REST, stores them durably before it answers, signs and
//! submits them, and receives, verifies and stores what others send. It decides nothing about the
//! network: what may follow what on the link is decided by crate `session`, what a message must
//! look like by crate `mx`, what a signature or a receipt is worth by crate `trust`.

pub mod api;
mod check;
mod clock;
pub mod codes;
mod config;
pub mod dial;
mod error;
mod files;
mod folder;
mod keeping;
mod keys;
mod link;
pub mod parts;
mod random;
mod reports;
mod rest;
mod run;
mod sealing;
mod store;

pub use config::{Acknowledge, Config, Files, HandOver};
pub use error::Error;
pub use run::run;
