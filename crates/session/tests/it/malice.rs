//! Peers that break the rules: each is found out, with its own code.

mod bits;
mod gateways;
mod hubs;
mod old_copies;
