//! Builds messages that are right: those that the network sends itself, and user messages.
//!
//! A [`Fin`] exists only if its check found nothing, so nothing here can hand out a message that
//! the network would refuse.

mod system;

use std::fmt::Write as _;

pub use system::{
    Acknowledgement, Authorisation, Envelope, Moment, Row, System, Verdict, acknowledgement,
    authorisation, system,
};

use crate::check::check;
use crate::findings::Findings;
use crate::notation::standard::Standard;
use crate::syntax::header::{Basic, HeaderError, LogicalTerminal};
use crate::syntax::message::{Message, PartError, read};
use crate::syntax::scan::{Field, Pair};
use crate::tag::Tag;

/// A whole message that was checked when it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fin {
    /// Invariant: the check finds nothing wrong with it.
    text: String,
}

impl Fin {
    fn of(text: String) -> Result<Self, BuildError> {
        let findings = check(text.as_bytes(), Standard::built_in()).findings;
        if findings.is_empty() { Ok(Self { text }) } else { Err(BuildError::Message(findings)) }
    }

    /// The message as it goes over the network.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The message as it goes over the network, without a copy.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// The message as a value.
    #[must_use]
    pub fn message(&self) -> Message<'_> {
        read(self.text.as_bytes()).expect("it was checked when it was built")
    }
}

/// Why a message cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A value that would end the field or block it stands in.
    #[error("a part cannot stand in a message")]
    Part(#[source] PartError),
    /// The message would be wrong.
    #[error("the message would be wrong")]
    Message(#[source] Findings),
}

/// Names one message at its input (MIR) or output (MOR): date, terminal, session, sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageReference {
    /// Invariant: 28 characters `6!n12!c4!n6!n` with a date that exists.
    text: String,
}

impl MessageReference {
    /// Makes one of its parts; `None` if the date has no form in FIN, or a number has too many
    /// digits.
    #[must_use]
    pub fn new(
        date: iso::Date,
        terminal: LogicalTerminal<'_>,
        session: u16,
        sequence: u32,
    ) -> Option<Self> {
        let date = date.fin6()?;
        (session <= 9999 && sequence <= 999_999)
            .then(|| Self { text: format!("{date}{terminal}{session:04}{sequence:06}") })
    }

    /// All 28 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A message of a user, built field by field: n92, n96, n99 and any other.
#[derive(Clone, Debug)]
pub struct UserMessage {
    basic: String,
    application: String,
    user: String,
    text: String,
    /// The first part that could have ended its field or block.
    wrong: Option<PartError>,
}

impl UserMessage {
    /// A message of a type with normal priority.
    ///
    /// # Errors
    ///
    /// If the sender, the session or the sequence is out of form for block 1.
    pub fn new(
        message_type: u16,
        sender: LogicalTerminal<'_>,
        receiver: LogicalTerminal<'_>,
        (session, sequence): (u16, u32),
    ) -> Result<Self, HeaderError> {
        let basic = format!("F01{sender}{session:04}{sequence:06}");
        Basic::parse(&basic)?;
        let application = format!("I{message_type:03}{receiver}N");
        Ok(Self { basic, application, user: String::new(), text: String::new(), wrong: None })
    }

    /// The same with a field of block 3, such as `121`. Give them in their order.
    #[must_use]
    pub fn user(mut self, name: &str, value: &str) -> Self {
        if let Err(error) = Pair::new(name, value) {
            self.wrong.get_or_insert(error);
        }
        let _ = write!(self.user, "{{{name}:{value}}}");
        self
    }

    /// The same with a field of block 4. Its lines are parted by CR LF.
    #[must_use]
    pub fn field(mut self, tag: &str, value: &str) -> Self {
        let checked = Tag::parse(tag).ok_or(PartError::Name).and_then(|tag| Field::new(tag, value));
        if let Err(error) = checked {
            self.wrong.get_or_insert(error);
        }
        let _ = write!(self.text, ":{tag}:{value}\r\n");
        self
    }

    /// A request for cancellation (n92), field by field up to its reason.
    #[must_use]
    pub fn cancellation(self, reference: &str, original: &Original<'_>, reason: &str) -> Self {
        self.field("20", reference)
            .field("21", original.reference)
            .field("11S", &original.text())
            .field("79", reason)
    }

    /// An answer (n96) to a query or a request for cancellation.
    #[must_use]
    pub fn answer(self, reference: &str, query: &Original<'_>, answer: &str) -> Self {
        self.field("20", reference)
            .field("21", query.reference)
            .field("76", answer)
            .field("11R", &query.text())
    }

    /// A free text (n99) about another message or none.
    #[must_use]
    pub fn free_text(self, reference: &str, related: Option<&str>, text: &str) -> Self {
        let message = self.field("20", reference);
        let message = match related {
            Some(related) => message.field("21", related),
            None => message,
        };
        message.field("79", text)
    }

    /// The whole message, if it is right.
    ///
    /// # Errors
    ///
    /// A value that would end its field or block, or all that is wrong with the message.
    pub fn finish(self) -> Result<Fin, BuildError> {
        if let Some(wrong) = self.wrong {
            return Err(BuildError::Part(wrong));
        }
        let mut out = format!("{{1:{}}}{{2:{}}}", self.basic, self.application);
        if !self.user.is_empty() {
            let _ = write!(out, "{{3:{}}}", self.user);
        }
        let _ = write!(out, "{{4:\r\n{}-}}", self.text);
        Fin::of(out)
    }
}

/// The message that another is about.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    /// Its reference (field 20).
    pub reference: &'a str,
    /// Its type.
    pub message_type: u16,
    /// The day on which it was sent.
    pub date: iso::DateInFin,
}

impl Original<'_> {
    fn text(&self) -> String {
        format!("{:03}\r\n{}", self.message_type, self.date)
    }
}
