//! The product as its users meet it: real processes, real sockets, real TLS, real kills.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "what a test did by chance, or left out, is said")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on must stop")]

mod affairs;
mod backups;
mod ceremony;
mod cheats;
mod commands;
mod copies;
mod crowd_run;
mod crowds;
mod directory;
mod figures;
mod files;
mod governance;
mod hostile;
mod independent;
mod lanes;
mod link;
mod modules;
mod net;
mod networks;
mod notices;
mod power_cuts;
mod proxy;
mod real_time;
mod receipts;
mod refusals;
mod rogue;
mod rotation;
mod sandbox;
mod sealed;
mod storm;
#[path = "../../../keys/tests/it/token.rs"]
mod token;
mod traffic;
mod undelivered;
mod witnesses;
mod zombies;
