//! What a sender says of a message, and the statement that it signs.
//!
//! Bytes of a header, version 1 (integers big-endian, texts with two bytes of length before them):
//!
//! ```text
//! version u8 = 1 | flags u8 | priority u8 | monitoring u8
//! network text | service text | type text | sender 9 bytes | receiver 11 bytes
//! input number u64 | created u64 (us) | expires u64 (us, 0 = never) | payload length u32
//! reference text | UETR 16 bytes, if flag 1 is set | answers u64, if flag 4 is set
//! SHA-256 of the file 32 bytes, its length u64, if flag 16 is set
//! ```
//!
//! Flags: 1 a UETR follows, 2 possible duplicate, 4 the record of a request follows, 8 sealed, 16 the
//! message announces a file. All other bits are zero.
//!
//! A statement is `"nuncio statement 1\n" || u32 length of header || header || SHA-256(payload)`;
//! what is signed is the RFC 6962 leaf hash of it, or the Merkle root over those of a frame.

use std::fmt;
use std::str::FromStr;

use iso::{Bic, Terminal, Uetr};

use crate::codec::{CodecError, Reader, Writer};
use crate::{Digest, Hasher, LogTime, MessageType, NetworkName, ServiceName};

/// What a sender says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The network for which it is meant; another one refuses it.
    pub network: NetworkName,
    /// The rule book that it follows.
    pub service: ServiceName,
    /// What it is, such as `pacs.008.001.08`.
    pub message_type: MessageType,
    /// Who sends it.
    pub sender: Terminal,
    /// Who shall get it.
    pub receiver: Bic,
    /// The terminal's gap-free counter, from 1.
    pub input_number: u64,
    /// When the sender made it; informative, no decision hangs on it.
    pub created_at: LogTime,
    /// When it is of no use any more.
    pub expires_at: Option<LogTime>,
    /// How many bytes the payload has.
    pub payload_length: u32,
    /// The sender's own name for it (`BizMsgIdr`, field 20).
    pub reference: Reference,
    /// The transaction that it is about.
    pub uetr: Option<Uetr>,
    /// Which lane it takes.
    pub priority: Priority,
    /// What the sender wants to hear of its delivery.
    pub monitoring: Monitoring,
    /// The sender says that it may have sent this before (PDE).
    pub possible_duplicate: bool,
    /// The record of the request that this message is the response to; only in a real-time service.
    pub answers: Option<u64>,
    /// The file that the message announces.
    pub file: Option<FileName>,
    /// The payload is sealed: an envelope that only the receiver can open
    /// ([`crate::open_sealed`]). The other fields are about what it holds, but for the length.
    pub is_sealed: bool,
}

/// What a file is called: by what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Which of a receiver's lanes a message takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The network's own notices.
    System,
    /// Before normal ones.
    Urgent,
    /// All others.
    Normal,
    /// Requests and responses of real-time services, and nothing else.
    RealTime,
}

/// What a sender wants to hear of the delivery of a message (block 2, monitoring).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Monitoring {
    /// Nothing.
    None,
    /// A warning when it is not delivered in time (1).
    Warning,
    /// A notice of its delivery (2).
    Notice,
    /// Both (3).
    Both,
}

/// A sender's own name for a message: 1 to 140 bytes of UTF-8 without control characters.
///
/// `BizMsgIdr` has at most 35 characters (`Max35Text`), of at most four bytes each.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(Box<str>);

/// The digest that a sender signs for one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement(pub Digest);

impl Statement {
    const DOMAIN: &'static [u8] = b"nuncio statement 1\n";

    /// The statement of an encoded header and the digest of the payload's exact bytes.
    ///
    /// # Panics
    ///
    /// On a header of 4 GiB or more.
    #[must_use]
    pub fn of(header: &[u8], payload: &Digest) -> Self {
        let length = u32::try_from(header.len()).expect("a header has a few hundred bytes");
        let mut hasher = Hasher::new();
        hasher.update(&[0]); // RFC 6962, 2.1: a leaf starts with a zero byte.
        hasher.update(Self::DOMAIN);
        hasher.update(&length.to_be_bytes());
        hasher.update(header);
        hasher.update(payload.as_bytes());
        Self(hasher.finish())
    }
}

impl Header {
    const VERSION: u8 = 1;
    const FLAG_UETR: u8 = 1;
    const FLAG_POSSIBLE_DUPLICATE: u8 = 2;
    const FLAG_ANSWERS: u8 = 4;
    const FLAG_SEALED: u8 = 8;
    const FLAG_FILE: u8 = 16;
    const FLAGS: u8 = Self::FLAG_UETR
        | Self::FLAG_POSSIBLE_DUPLICATE
        | Self::FLAG_ANSWERS
        | Self::FLAG_SEALED
        | Self::FLAG_FILE;

    /// The one encoding of this header.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut flags = 0;
        if self.uetr.is_some() {
            flags |= Self::FLAG_UETR;
        }
        if self.possible_duplicate {
            flags |= Self::FLAG_POSSIBLE_DUPLICATE;
        }
        if self.answers.is_some() {
            flags |= Self::FLAG_ANSWERS;
        }
        if self.file.is_some() {
            flags |= Self::FLAG_FILE;
        }
        if self.is_sealed {
            flags |= Self::FLAG_SEALED;
        }
        let mut writer = Writer::with_capacity(192);
        writer.u8(Self::VERSION).u8(flags);
        writer.u8(self.priority.code()).u8(self.monitoring.code());
        writer.text(self.network.as_str()).text(self.service.as_str());
        writer.text(self.message_type.as_str());
        writer.raw(self.sender.institution().as_str().as_bytes());
        writer.u8(u8::try_from(self.sender.code()).expect("a terminal's code is ASCII"));
        writer.raw(self.receiver.as_str().as_bytes());
        writer.u64(self.input_number).u64(self.created_at.0);
        writer.u64(self.expires_at.map_or(0, |at| at.0)).u32(self.payload_length);
        writer.text(self.reference.as_str());
        if let Some(uetr) = &self.uetr {
            writer.raw(uetr.as_bytes());
        }
        if let Some(request) = self.answers {
            writer.u64(request);
        }
        if let Some(file) = &self.file {
            writer.digest(&file.digest).u64(file.bytes);
        }
        writer.finish()
    }

    /// Reads the one encoding of a header.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let mut reader = Reader::new(bytes);
        let version = reader.u8()?;
        if version != Self::VERSION {
            return Err(HeaderError::Version { version });
        }
        let flags = reader.u8()?;
        if flags & !Self::FLAGS != 0 {
            return Err(HeaderError::Field { field: "flags" });
        }
        let priority =
            Priority::from_code(reader.u8()?).ok_or(HeaderError::Field { field: "priority" })?;
        let monitoring = Monitoring::from_code(reader.u8()?)
            .ok_or(HeaderError::Field { field: "monitoring" })?;
        let network = parse(reader.text()?, "network")?;
        let service = parse(reader.text()?, "service")?;
        let message_type = parse(reader.text()?, "message type")?;
        let sender = parse(ascii(reader.raw(9)?), "sender")?;
        let receiver = parse(ascii(reader.raw(11)?), "receiver")?;
        let input_number = reader.u64()?;
        let created_at = LogTime(reader.u64()?);
        let expires_at = Some(LogTime(reader.u64()?)).filter(|at| at.0 != 0);
        let payload_length = reader.u32()?;
        let reference = parse(reader.text()?, "reference")?;
        let uetr = if flags & Self::FLAG_UETR == 0 {
            None
        } else {
            let uetr = Uetr::from_bytes(reader.array()?);
            Some(uetr.map_err(|_| HeaderError::Field { field: "UETR" })?)
        };
        let answers = if flags & Self::FLAG_ANSWERS == 0 { None } else { Some(reader.u64()?) };
        let file = if flags & Self::FLAG_FILE == 0 {
            None
        } else {
            Some(FileName { digest: reader.digest()?, bytes: reader.u64()? })
        };
        reader.finish()?;
        let possible_duplicate = flags & Self::FLAG_POSSIBLE_DUPLICATE != 0;
        Ok(Self {
            network,
            service,
            message_type,
            sender,
            receiver,
            input_number,
            created_at,
            expires_at,
            payload_length,
            reference,
            uetr,
            priority,
            monitoring,
            possible_duplicate,
            answers,
            file,
            is_sealed: flags & Self::FLAG_SEALED != 0,
        })
    }
}

impl Priority {
    /// Its number: 0 system, 1 urgent, 2 normal, 3 real time.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::System => 0,
            Self::Urgent => 1,
            Self::Normal => 2,
            Self::RealTime => 3,
        }
    }

    /// The priority of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        let all = [Self::System, Self::Urgent, Self::Normal, Self::RealTime];
        all.get(usize::from(code)).copied()
    }
}

impl Monitoring {
    /// Its number, as in FIN: 0 none, 1 warning, 2 notice, 3 both.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Warning => 1,
            Self::Notice => 2,
            Self::Both => 3,
        }
    }

    /// The option of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::None, Self::Warning, Self::Notice, Self::Both].get(usize::from(code)).copied()
    }

    /// Whether the sender wants a warning when the message is not delivered in time.
    #[must_use]
    pub fn wants_warning(self) -> bool {
        matches!(self, Self::Warning | Self::Both)
    }

    /// Whether the sender wants a notice of the delivery.
    #[must_use]
    pub fn wants_notice(self) -> bool {
        matches!(self, Self::Notice | Self::Both)
    }
}

impl Reference {
    /// The greatest length, in bytes of UTF-8.
    pub const LENGTH_MAX: usize = 140;

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let good = !text.is_empty()
            && text.len() <= Self::LENGTH_MAX
            && !text.chars().any(char::is_control);
        if good { Ok(Self(text.into())) } else { Err(ReferenceError) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reference has 1 to 140 bytes and no control characters")]
pub struct ReferenceError;

/// Why bytes are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// A version that this program does not know.
    #[error("header version {version} is unknown; this program knows 1")]
    Version {
        /// The version that was found.
        version: u8,
    },
    /// A field with a value that its type does not allow.
    #[error("the {field} of the header is malformed")]
    Field {
        /// Which field.
        field: &'static str,
    },
    /// The bytes are not in the form of a header.
    #[error("the header is malformed")]
    Form(#[from] CodecError),
}

fn parse<T: FromStr>(text: &str, field: &'static str) -> Result<T, HeaderError> {
    text.parse().map_err(|_| HeaderError::Field { field })
}

/// An empty text, which no field's type allows, where the bytes are not UTF-8.
fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests;
