//! The FIN (MT) engine: blocks, fields, message structures, rules, reading and writing.

pub mod build;
mod charset;
mod check;
mod findings;
mod notation;
mod syntax;
mod tag;
mod view;

pub use charset::Class;
pub use check::{Checked, Options, check, check_with};
pub use findings::{Code, Finding, Findings};
pub use notation::format::{Format, FormatError};
pub use notation::load::LoadError;
pub use notation::standard::{CodePage, Fault, FieldDefinition, Standard};
pub use notation::structure::{Place, Structure};
pub use syntax::file::{FileError, Splitter};
pub use syntax::header::{
    Application, Basic, HeaderError, Input, LogicalTerminal, Output, service_name,
};
pub use syntax::message::{Message, PartError, read, read_first};
pub use syntax::scan::{Field, LineEnd, MESSAGE_BYTES_MAX, Pair, Text};
pub use tag::{Tag, TagError};
pub use view::describe::describe;
pub use view::parts::{AmountOf, DateOf, Party};
pub use view::summary::{MessageType, Summary};
