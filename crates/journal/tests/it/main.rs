//! The journal from outside: what it promises, on a real directory and on a disk that fails.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that panics has failed"
)]

mod archives;
mod backups;
mod basics;
mod codes;
mod contract;
mod crashes;
mod damage;

mod faults;
mod forty;
mod mistakes;
mod processes;
mod repairs;
mod snapshots;
mod support;
mod torn;
mod verifying;
