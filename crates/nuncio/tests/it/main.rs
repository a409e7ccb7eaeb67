//! The product as its users meet it: real processes, real sockets, real TLS, real kills.

mod commands;
mod net;
mod receipts;
mod refusals;
mod rogue;
mod storm;
