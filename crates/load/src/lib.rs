//! A load on a hub: many light gateways in one process.
//!
//! Each client speaks the link as a gateway does, with the same code (crate `session`): mutual TLS,
//! its own keys, one signature for each frame, every answer and every offer verified by proof and
//! signature, every delivery acknowledged with a signature. What a client leaves out is what a
//! gateway does at home: its store, its own check of the message, its REST service.
//!
//! In the end a run knows of every message that was acknowledged whether it was delivered once, and
//! checks a sample of the receipts offline, as a third party would.

mod client;
pub mod crowd;
mod pace;
mod run;
mod tally;
mod template;

pub use run::{Apart, Error, Load, Plan, Report, connect};
pub use tally::Latency;
pub use template::{Made, Naming, Template, TemplateError};
