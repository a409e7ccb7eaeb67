//! The FIN (MT) engine: blocks, fields, message structures, rules, reading and writing.

mod charset;
mod findings;
mod notation;
mod syntax;
mod tag;

pub use charset::Class;
pub use findings::{Code, Finding, Findings};
pub use syntax::file::{FileError, Splitter};
pub use syntax::header::{Application, Basic, HeaderError, Input, LogicalTerminal, Output, service_name};
pub use syntax::message::{Message, PartError, read, read_first};
pub use syntax::scan::{Field, LineEnd, MESSAGE_BYTES_MAX, Pair, Text};
pub use tag::{Tag, TagError};
