//! What a payload says of itself, and whether it holds, whatever its format.
//!
//! A payload is an ISO 20022 message, a FIN message, or a reference to a file; the first bytes tell
//! which. Hub, gateway and
//! command line all check it here, so that what a gateway lets pass the hub does not refuse. The
//! engines (`mx`, `mt`) find; this puts what they find into one form and asks what only a network
//! asks: that the message says from whom and to whom it is. It decides nothing about institutions.

mod checker;
mod file;
mod fin;
mod finding;
mod xml;

pub use checker::{Checker, Checkers, Rules};
pub use file::{FILE_TYPE, FileParts, FileReference, FileReferenceError};
pub use finding::{Finding, Findings};
pub use mx::Profile;

use iso::{Bic, Uetr};

/// The formats of payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// ISO 20022, in XML.
    Mx,
    /// FIN, in blocks.
    Fin,
    /// A reference to a file, in lines.
    File,
}

/// What a payload says of itself, once nothing is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its format.
    pub format: Format,
    /// What it is, such as `pacs.008.001.08` or `fin.103`.
    pub message_type: String,
    /// Who sends it: `Fr` of the business header, or the sender of block 1.
    pub from: Bic,
    /// Whom it is for: `To` of the business header, or the receiver of block 2.
    pub to: Bic,
    /// The sender's own name for it: `BizMsgIdr`, or field 20, or else 108 of block 3.
    pub reference: String,
    /// The transaction that it is about: the first `UETR` or `OrgnlUETR`, or 121 of block 3.
    pub uetr: Option<Uetr>,
    /// The sender says that it may have sent it before (`PssblDplct`, PDE).
    pub possible_duplicate: bool,
    /// It asks for the urgent lane (block 2; XML leaves that to whoever sends it).
    pub urgent: bool,
    /// The file that it announces.
    pub file: Option<Box<FileReference>>,
}

impl Format {
    /// The format of a payload. Whatever does not begin as FIN is read as XML, and so told off.
    #[must_use]
    pub fn of(payload: &[u8]) -> Self {
        // FIN begins with block 1; files of DOS-PCC have a control character before it.
        match payload {
            [b'{', ..] | [0x01, b'{', ..] => Self::Fin,
            payload if payload.starts_with(file::MAGIC) => Self::File,
            _ => Self::Mx,
        }
    }
}

#[cfg(test)]
mod tests;
