//! The shell of a witness: HTTP and a folder around [`trust::witness`].
//!
//! A witness stands apart from the operator of the network: it cosigns a checkpoint of a log only if
//! that continues the last one that it cosigned, and so vouches that it has been shown one history.
//! It speaks C2SP tlog-witness, so it serves other logs of that form too. It holds no messages and
//! sees no more than sizes and roots.

mod config;
mod error;
mod server;
mod state;

pub use config::{Config, LogEntry};
pub use error::Error;
pub use server::run;
pub use state::create_state;
