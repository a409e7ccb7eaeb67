//! The link to the hub.

mod board;

pub(crate) use board::Board;
