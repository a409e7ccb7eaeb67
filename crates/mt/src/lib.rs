//! The FIN (MT) engine: blocks, fields, message structures, rules, reading and writing.
//!
//! It does no IO, has no clock, and knows no network: bytes come in, findings or values come out.
//! [`read`] cuts a message and keeps every byte of it, [`check`] says all that is wrong with it,
//! [`describe`] tells it to people, [`build`] makes messages that are right. What the engine knows
//! of fields and types is data, in a [`Standard`].
//!
//! # Check a message
//!
//! ```
//! use mt::{Standard, check};
//!
//! let message = b"{1:F01NUNCBEBBAXXX0001000001}{2:I199NUNCDEFFXXXXN}{4:\r\n:20:A/\r\n:79:HELLO\r\n-}";
//! let checked = check(message, Standard::built_in());
//! let first = checked.findings.first().expect("a reference does not end with a slash");
//! assert_eq!(first.refusal(), "T26002");
//! assert_eq!((first.tag.as_str(), first.line, first.column), ("20", 2, 5));
//! let message = checked.message.expect("its form is right all the same");
//! assert_eq!(message.summary().reference, Some("A/"));
//! ```
//!
//! # Check a file of many, in constant memory
//!
//! ```
//! use mt::{Checker, Splitter, Standard};
//!
//! let one = "{1:F01NUNCBEBBAXXX0001000001}{2:I199NUNCDEFFXXXXN}{4:\r\n:20:REF\r\n:79:HELLO\r\n-}";
//! let file = format!("{one}$\r\n{one}$");
//! let (mut splitter, mut checker) = (Splitter::new(), Checker::new(Standard::built_in()));
//! let mut good = 0;
//! for piece in file.as_bytes().chunks(16) {
//!     splitter.feed(piece);
//!     while let Some(message) = splitter.next_message()? {
//!         good += u32::from(checker.check(message).is_good());
//!     }
//! }
//! assert_eq!((good, splitter.finish()?), (2, None));
//! # Ok::<(), mt::FileError>(())
//! ```
//!
//! # Read what a message says
//!
//! ```
//! use mt::{Standard, read};
//!
//! let text = "{1:F01NUNCBEBBAXXX0001000001}{2:I103NUNCDEFFXXXXN}\
//!             {3:{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}}{4:\r\n:20:REF-1\r\n:23B:CRED\r\n\
//!             :32A:261123EUR1200,5\r\n:50K:/DE89370400440532013000\r\nMAX MUSTER\r\n\
//!             :59:/GB82WEST12345698765432\r\nACME LIMITED\r\n:71A:SHA\r\n-}";
//! let message = read(text.as_bytes()).expect("a message in form");
//! let amount = message.amounts(Standard::built_in()).next().expect("it has an amount");
//! assert_eq!(amount.money.to_string(), "EUR 1200.50");
//! let parties: Vec<_> = message.parties().map(|it| (it.role, it.account, it.name)).collect();
//! assert_eq!(parties, [
//!     ("ordering customer", Some("DE89370400440532013000"), vec!["MAX MUSTER"]),
//!     ("beneficiary", Some("GB82WEST12345698765432"), vec!["ACME LIMITED"]),
//! ]);
//! assert_eq!(message.field("71A").map(|field| field.value()), Some("SHA"));
//! assert_eq!(message.print(), text);
//! ```
//!
//! # Build a message that is right
//!
//! ```
//! use mt::LogicalTerminal;
//! use mt::build::{Acknowledgement, Moment, Verdict, acknowledgement};
//!
//! let refusal = acknowledgement(&Acknowledgement {
//!     terminal: LogicalTerminal::parse("NUNCBEBBAXXX")?,
//!     session: 1,
//!     sequence: 42,
//!     at: Moment { date: "2026-11-23".parse()?, time: iso::Time::from_fin4("0915")? },
//!     verdict: Verdict::Refused { code: mt::Code::of("T50"), line: Some(5) },
//!     user_reference: None,
//! })?;
//! let text = "{1:F21NUNCBEBBAXXX0001000042}{4:{177:2611230915}{451:1}{405:T50005}}";
//! assert_eq!(refusal.as_str(), text);
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
