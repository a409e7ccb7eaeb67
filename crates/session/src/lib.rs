//! Both ends of the link between hub and gateway, without IO.
//!
//! [`hub::Link`] and [`gateway::Link`] are state machines: decoded frames and local events go in,
//! frames and requests come out. They hold everything that the protocol decides: who speaks first,
//! which number comes next, how many may be open, where both go on after a break, what is a
//! duplicate, and, on the gateway's side, what the hub must prove before it is believed. A wrong
//! frame ends the link with an [`Ending`], whose code tells both operators what to do.
//!
//! They open no connection, know no clock, store nothing and sign nothing: a shell does that, and
//! tells them what is durable. What a message must be to be accepted is decided elsewhere, in the
//! hub's check and in the network machine.

pub mod ask;
mod ending;
mod fields;
pub mod gateway;
mod gather;
pub mod hub;
mod limits;

pub use ending::{After, Ending, bye};
pub use fields::Farewell;
pub use gather::gather_time;
pub use limits::{Fill, Limits};
