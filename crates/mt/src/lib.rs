//! The FIN (MT) engine: blocks, fields, message structures, rules, reading and writing.
//!
//! It does no IO and knows no network: bytes come in, findings or values come out.
//!
//! ```
//! use mt::{Standard, check};
//!
//! let message = b"{1:F01NUNCBEBBAXXX0001000001}{2:I199NUNCDEFFXXXXN}{4:\r\n:20:A/\r\n:79:HELLO\r\n-}";
//! let checked = check(message, Standard::built_in());
//! let first = checked.findings.first().expect("a reference does not end with a slash");
//! assert_eq!(first.refusal(), "T26002");
//! let message = checked.message.expect("its form is right all the same");
//! assert_eq!(message.summary().reference, Some("A/"));
//! ```

pub mod build;
mod charset;
mod check;
mod findings;
mod notation;
mod syntax;
mod tag;
mod view;

pub use charset::Class;
pub use check::{Checked, Checker, Options, check, check_with};
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
