//! The shell of the hub: sockets, disk and threads around the network machine.
//!
//! Start reading at `pipeline.rs`: the five steps of a message's way. The shell decides nothing
//! about messages; it carries commands to the machine in crate `network` and effects away from it.

mod agreement;
mod archiving;
mod asks;
mod checks;
mod clock;
mod config;
pub mod control;
pub mod directory;
mod error;
mod files;
pub mod found;
mod governance;
pub mod health;
mod objection;
pub mod parts;
mod pipeline;
mod records;
mod reporting;
mod retrieval;
mod serve;
mod server;
mod shared;
mod snapshot;
mod start;
mod steps;
mod ticks;
mod tiles;
mod tls;
mod tree;
mod witnesses;
mod work;

pub use config::Config;
pub use error::Error;
pub use files::Settings as FileSettings;
pub use server::run;
