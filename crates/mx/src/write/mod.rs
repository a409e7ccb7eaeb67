//! Writing: the messages that the network itself sends, and the payments that gateways make.
//!
//! Every input is a type that is valid when it exists, text is escaped at one place, and what was
//! written is checked before it is given out: [`Written::finish`] hands out nothing that our own
//! check refuses. Nothing here is for every message of the standard; who needs more writes XML and
//! checks it.
//!
//! ```
//! use mx::write::{Header, SystemEvent};
//!
//! let header = Header {
//!     from: "NUNCDEFFXXX".parse().expect("a BIC"),
//!     to: "ALPHDEFFXXX".parse().expect("a BIC"),
//!     id: "EVT-1".parse().expect("a reference"),
//!     service: "nuncio.system.01".parse().expect("a reference"),
//!     created: "2026-11-23T09:30:47Z".parse().expect("a date and time"),
//! };
//! let event = SystemEvent { code: "PING".parse().expect("a code"), parameters: vec![], text: None };
//! let library = mx::Library::built_in();
//! let message = event.write(&header).finish(&library).expect("it is good");
//! assert!(message.starts_with(b"<?xml"));
//! ```

mod exception;
mod party;
mod payment;
mod quote;
mod system;
mod text;
mod xml;

use iso::{Bic, DateTime};

pub use exception::{Answer, Cancellation, Original, Outcome, Return, Status};
pub use party::{Account, Address, Agent, Party};
pub use payment::{BankTransfer, Bearer, Charge, CustomerTransfer, Settlement, Underlying};
pub use quote::Quote;
pub use system::{Receipt, Rejection, SystemEvent};
pub use text::{
    AccountNumber, Code, LongText, Name, Note, Reference, Short, ShortReference, Text, TextError,
    Town,
};

use crate::finding::Findings;
use crate::library::Library;
use crate::rules::{Profile, Settings};
use crate::validate::Checker;
use xml::Xml;

/// What every message says in its business header (`head.001.001.02`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who sends it.
    pub from: Bic,
    /// Who gets it.
    pub to: Bic,
    /// Names the message, in the header and in the document.
    pub id: Reference,
    /// The business service under whose rules it goes.
    pub service: Reference,
    /// When it was made, with offset; without one it is taken as UTC.
    pub created: DateTime,
}

/// A message that was written and not checked yet.
#[derive(Clone, Debug)]
pub struct Written {
    bytes: Vec<u8>,
    profile: Profile,
}

impl Written {
    /// Checks the message as every receiver would, and hands it out.
    ///
    /// # Errors
    ///
    /// All that the rules refuse, such as charges that do not go with their bearer.
    pub fn finish(self, library: &Library) -> Result<Vec<u8>, Findings> {
        let mut checker = Checker::with_profile(self.profile, Settings::default());
        let findings = checker.check(&self.bytes, library).into_findings();
        if findings.is_empty() { Ok(self.bytes) } else { Err(findings) }
    }
}

impl Header {
    /// Writes header and document: `body` writes what is inside `Document`.
    fn write(
        &self,
        (message_type, profile): (&'static str, Profile),
        body: impl FnOnce(&mut Xml),
    ) -> Written {
        let mut xml = Xml::new();
        xml.group("RequestPayload", |xml| {
            xml.part("AppHdr", "head.001.001.02", |xml| {
                for (side, bic) in [("Fr", self.from), ("To", self.to)] {
                    xml.group(side, |xml| {
                        xml.group("FIId", |xml| {
                            xml.group("FinInstnId", |xml| xml.leaf("BICFI", bic.as_str()));
                        });
                    });
                }
                xml.leaf("BizMsgIdr", self.id.as_str());
                xml.leaf("MsgDefIdr", message_type);
                xml.leaf("BizSvc", self.service.as_str());
                xml.leaf("CreDt", &self.created_at());
            });
            xml.part("Document", message_type, body);
        });
        Written { bytes: xml.into_bytes(), profile }
    }

    /// The time of creation as text, always with offset.
    fn created_at(&self) -> String {
        with_offset(self.created)
    }
}

/// A time as text, always with offset.
fn with_offset(at: DateTime) -> String {
    let offset = at.offset().unwrap_or(iso::Offset::UTC);
    DateTime::new(at.date(), at.time(), Some(offset)).to_string()
}
