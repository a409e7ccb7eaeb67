//! The syntax of FIN: blocks, headers, lists of `{name:value}`, fields of block 4, files.
//!
//! Nothing here knows a message type: that is the business of `notation` and `check`.

pub(crate) mod file;
pub(crate) mod header;
mod lines;
pub(crate) mod message;
pub(crate) mod scan;
