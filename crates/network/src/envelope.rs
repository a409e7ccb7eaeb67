//! What the machine needs to know of a message: a few fields of its header, read in place.
//!
//! The header stands whole in the journal. On restart the machine reads millions of them, so it
//! reads only what it needs and makes no copy. That the rest of a header is sound was established
//! by [`trust::Header::decode`] before the message was signed for; nothing here checks it again.

use iso::{Bic, Terminal};
use trust::codec::Reader;
use trust::{
    Accepted, HeaderError, KeyId, Lane, LogTime, Monitoring, NetworkName, Priority, Statement,
};

/// What the machine needs to know of an accepted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who sent it.
    pub sender: Terminal,
    /// The sender's number for it.
    pub input_number: u64,
    /// Who shall get it.
    pub receiver: Bic,
    /// In which lane of the receiver.
    pub lane: Lane,
    /// What the sender wants to hear of the delivery.
    pub monitoring: Monitoring,
}

/// A message that has passed the check, with the body of the record that it will have if accepted.
///
/// It is made where messages are checked in parallel, so that the one thread that decides neither
/// reads nor writes headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub(crate) envelope: Envelope,
    pub(crate) network: NetworkName,
    pub(crate) expires_at: Option<LogTime>,
    pub(crate) key: KeyId,
    pub(crate) statement: Statement,
    /// The encoded [`Accepted`]; its header and `envelope`, `network`, `expires_at` agree.
    pub(crate) meta: Vec<u8>,
}

/// The form of [`Accepted`] whose beginning is read here.
const ACCEPTED_VERSION: u8 = 1;

/// The fields of a header that the machine reads.
struct Fields {
    envelope: Envelope,
    network: NetworkName,
    expires_at: Option<LogTime>,
}

impl Checked {
    /// Takes a message whose header [`trust::Header::decode`] has read, whose signature is proven,
    /// and whose payload agrees with the header.
    ///
    /// # Errors
    ///
    /// A header that `Header::decode` would refuse too.
    pub fn new(accepted: &Accepted, statement: Statement) -> Result<Self, HeaderError> {
        let Fields { envelope, network, expires_at } = Fields::read(&accepted.header)?;
        let key = accepted.proof.key;
        Ok(Self { envelope, network, expires_at, key, statement, meta: accepted.encode() })
    }

    /// What the machine will know of the message.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }
}

impl Envelope {
    /// Reads what the machine needs of an encoded header.
    ///
    /// # Errors
    ///
    /// A header of another version, or one in which these fields are malformed.
    pub fn read(header: &[u8]) -> Result<Self, HeaderError> {
        Fields::read(header).map(|fields| fields.envelope)
    }

    /// Reads it out of the encoded [`Accepted`], whose header stands behind one byte of version.
    pub(crate) fn of_record(meta: &[u8]) -> Result<Self, HeaderError> {
        let mut reader = Reader::new(meta);
        if reader.u8()? != ACCEPTED_VERSION {
            return Err(malformed("version"));
        }
        Self::read(reader.bytes()?)
    }
}

impl Fields {
    /// Reads the layout that `trust/src/header.rs` gives.
    fn read(header: &[u8]) -> Result<Self, HeaderError> {
        const VERSION: u8 = 1;
        let mut reader = Reader::new(header);
        let version = reader.u8()?;
        if version != VERSION {
            return Err(HeaderError::Version { version });
        }
        let _flags = reader.u8()?;
        let priority = Priority::from_code(reader.u8()?).ok_or_else(|| malformed("priority"))?;
        let monitoring =
            Monitoring::from_code(reader.u8()?).ok_or_else(|| malformed("monitoring"))?;
        let network = reader.text()?.parse().map_err(|_| malformed("network"))?;
        let _service = reader.text()?;
        let _message_type = reader.text()?;
        let sender: Terminal = parse(reader.raw(9)?, "sender")?;
        let receiver: Bic = parse(reader.raw(11)?, "receiver")?;
        let input_number = reader.u64()?;
        let _created_at = reader.u64()?;
        let expires_at = Some(LogTime(reader.u64()?)).filter(|at| at.0 != 0);
        let lane = Lane::from(priority);
        let envelope = Envelope { sender, input_number, receiver, lane, monitoring };
        Ok(Self { envelope, network, expires_at })
    }
}

fn parse<T: std::str::FromStr>(bytes: &[u8], field: &'static str) -> Result<T, HeaderError> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed(field))?;
    text.parse().map_err(|_| malformed(field))
}

fn malformed(field: &'static str) -> HeaderError {
    HeaderError::Field { field }
}
