//! Values of the field that are valid when they exist.
//!
//! Each type is made by parsing text and holds what its standard allows, nothing else; whoever
//! has one need not check it again. Nothing here reads a clock, a file or a network.

mod bic;
mod uetr;

pub use bic::{Bic, BicError, Institution, Terminal, TerminalError};
pub use uetr::{Uetr, UetrError};
