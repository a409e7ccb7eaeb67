//! What the machine needs to know of a message: a few fields of its header, read in place.
//!
//! The header stands whole in the journal. On restart the machine reads millions of them, so it
//! reads only what it needs and makes no copy. That the rest of a header is sound was established
//! by [`trust::Header::decode`] before the message was signed for; nothing here checks it again.

use iso::{Bic, Terminal};
use trust::codec::Reader;
use trust::{
    Accepted, FileName, HeaderError, KeyId, Lane, LogTime, MessageType, Monitoring, NetworkName,
    Priority, ServiceName, Statement,
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
    /// The lane of its priority. The receiver may have another one for it.
    pub lane: Lane,
    /// What the sender wants to hear of the delivery.
    pub monitoring: Monitoring,
    /// The rule book that it follows.
    pub service: ServiceName,
    /// When it is of no use any more.
    pub expires_at: Option<LogTime>,
    /// A hash of type and reference, by which the check for duplicates knows it again.
    ///
    /// It finds what somebody sent twice; it does not stand against a sender that wants two of its
    /// own messages to look the same.
    pub fingerprint: u64,
    /// The record of the request that it answers.
    pub answers: Option<u64>,
    /// The file that it announces.
    pub file: Option<FileName>,
    /// What it is; its service may have rules for some types only.
    pub message_type: MessageType,
}

/// A message that has passed the check, with the body of the record that it will have if accepted.
///
/// It is made where messages are checked in parallel, so that the one thread that decides neither
/// reads nor writes headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub(crate) envelope: Envelope,
    pub(crate) network: NetworkName,
    pub(crate) payload_length: u32,
    pub(crate) is_sealed: bool,
    pub(crate) key: KeyId,
    pub(crate) statement: Statement,
    /// The encoded [`Accepted`]; its header and the fields above agree.
    pub(crate) meta: Vec<u8>,
}

/// The form of [`Accepted`] whose beginning is read here.
const ACCEPTED_VERSION: u8 = 1;

/// The flag of a header that says that the payload is sealed.
const FLAG_SEALED: u8 = 8;

/// The fields of a header that the machine reads.
struct Fields {
    envelope: Envelope,
    network: NetworkName,
    payload_length: u32,
    is_sealed: bool,
}

impl Checked {
    /// Takes a message whose header [`trust::Header::decode`] has read, whose signature is proven,
    /// and whose payload agrees with the header.
    ///
    /// # Errors
    ///
    /// A header that `Header::decode` would refuse too.
    pub fn new(accepted: &Accepted, statement: Statement) -> Result<Self, HeaderError> {
        let Fields { envelope, network, payload_length, is_sealed } =
            Fields::read(&accepted.header)?;
        let key = accepted.proof.key;
        Ok(Self {
            envelope,
            network,
            payload_length,
            is_sealed,
            key,
            statement,
            meta: accepted.encode(),
        })
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
        const FLAG_UETR: u8 = 1;
        const FLAG_ANSWERS: u8 = 4;
        const FLAG_FILE: u8 = 16;
        let mut reader = Reader::new(header);
        let version = reader.u8()?;
        if version != VERSION {
            return Err(HeaderError::Version { version });
        }
        let flags = reader.u8()?;
        let priority = Priority::from_code(reader.u8()?).ok_or_else(|| malformed("priority"))?;
        let monitoring =
            Monitoring::from_code(reader.u8()?).ok_or_else(|| malformed("monitoring"))?;
        let network = reader.text()?.parse().map_err(|_| malformed("network"))?;
        let service = reader.text()?.parse().map_err(|_| malformed("service"))?;
        let type_text = reader.text()?;
        let message_type = type_text.parse().map_err(|_| malformed("message type"))?;
        let sender: Terminal = parse(reader.raw(9)?, "sender")?;
        let receiver: Bic = parse(reader.raw(11)?, "receiver")?;
        let input_number = reader.u64()?;
        let _created_at = reader.u64()?;
        let expires_at = Some(LogTime(reader.u64()?)).filter(|at| at.0 != 0);
        let lane = Lane::from(priority);
        let payload_length = reader.u32()?;
        let fingerprint = fingerprint(type_text, reader.text()?);
        if flags & FLAG_UETR != 0 {
            let _uetr = reader.raw(16)?;
        }
        let answers = if flags & FLAG_ANSWERS == 0 { None } else { Some(reader.u64()?) };
        let file = if flags & FLAG_FILE == 0 {
            None
        } else {
            Some(FileName { digest: reader.digest()?, bytes: reader.u64()? })
        };
        let envelope = Envelope {
            sender,
            input_number,
            receiver,
            lane,
            monitoring,
            service,
            expires_at,
            fingerprint,
            answers,
            file,
            message_type,
        };
        let is_sealed = flags & FLAG_SEALED != 0;
        Ok(Self { envelope, network, payload_length, is_sealed })
    }
}

/// A hash of two texts, eight bytes at a time. It stands in snapshots and must never change.
fn fingerprint(message_type: &str, reference: &str) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 divided by the golden ratio, odd.
    let mut hash = reference.len() as u64;
    for text in [message_type, reference] {
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
            hash ^= hash >> 29;
        }
        hash = hash.wrapping_mul(FACTOR).rotate_left(17);
    }
    hash
}

fn parse<T: std::str::FromStr>(bytes: &[u8], field: &'static str) -> Result<T, HeaderError> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed(field))?;
    text.parse().map_err(|_| malformed(field))
}

fn malformed(field: &'static str) -> HeaderError {
    HeaderError::Field { field }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trust::{Header, KeyId};

    use super::*;
    use crate::script::{checked, header};

    fn headers() -> impl Strategy<Value = Header> {
        let codes = (1..4_u8, 0..4_u8);
        let names = ("[a-z][a-z.!-]{0,31}", "[a-z][a-z0-9.]{0,31}", "[A-Za-z0-9 é]{1,35}");
        let numbers = (any::<u64>(), any::<u64>(), any::<u64>());
        let answers = prop::option::of(any::<u64>());
        let places = ("[A-WYZ0-9]", "[A-Z0-9]{3}");
        (codes, names, numbers, places, any::<[bool; 2]>(), answers).prop_map(
            |(
                (priority, monitoring),
                (network, service, reference),
                numbers,
                (code, branch),
                [flag, has_uetr],
                answers,
            )| {
                let sender = format!("ALPHDEFF{code}").parse().unwrap();
                let mut header = header(sender, numbers.0, &format!("BANKFRPP{branch}"));
                header.network = network.parse().unwrap();
                header.service = service.parse().unwrap();
                header.reference = reference.parse().unwrap();
                header.created_at = LogTime(numbers.1);
                header.expires_at = Some(LogTime(numbers.2)).filter(|at| at.0 != 0);
                header.priority = Priority::from_code(priority).unwrap();
                header.monitoring = Monitoring::from_code(monitoring).unwrap();
                header.possible_duplicate = flag;
                header.uetr = has_uetr.then(|| iso::Uetr::from_random([7; 16]));
                header.answers = answers;
                let name = FileName { digest: trust::Digest([7; 32]), bytes: numbers.1 };
                header.file = Some(name).filter(|_| numbers.2 % 2 > 0);
                header
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_is_read_in_place_is_what_the_header_says(header in headers()) {
            let checked = checked(&header, KeyId([3; 8]));
            prop_assert_eq!(*checked.envelope(), Envelope {
                sender: header.sender,
                input_number: header.input_number,
                receiver: header.receiver,
                lane: header.priority.into(),
                monitoring: header.monitoring,
                service: header.service,
                expires_at: header.expires_at,
                fingerprint: fingerprint(header.message_type.as_str(), header.reference.as_str()),
                answers: header.answers,
                file: header.file,
                message_type: header.message_type,
            });
            prop_assert_eq!(checked.network, header.network);
            prop_assert_eq!(checked.payload_length, header.payload_length);
            prop_assert_eq!(checked.key, KeyId([3; 8]));
            let accepted = Accepted::decode(&checked.meta).unwrap();
            prop_assert_eq!(accepted.header, header.encode());
            prop_assert_eq!(Envelope::of_record(&checked.meta), Ok(*checked.envelope()));
        }

        #[test]
        fn what_a_header_cannot_be_is_refused(
            header in headers(),
            at in any::<prop::sample::Index>(),
            value in any::<u8>(),
        ) {
            let mut bytes = header.encode();
            let place = at.index(bytes.len());
            bytes[place] = value;
            // Whatever the whole reader takes, this one takes, and reads the same.
            if let Ok(header) = Header::decode(&bytes) {
                let envelope = Envelope::read(&bytes).unwrap();
                prop_assert_eq!(envelope.sender, header.sender);
                prop_assert_eq!(envelope.input_number, header.input_number);
                prop_assert_eq!(envelope.receiver, header.receiver);
            }
        }
    }

    #[test]
    fn fingerprints_tell_messages_apart_and_never_change() {
        assert_eq!(fingerprint("pacs.008.001.08", "REF-1"), 14_491_161_440_722_796_517);
        let mut all = std::collections::BTreeSet::new();
        for number in 0..50_000_u32 {
            all.insert(fingerprint("pacs.008.001.08", &format!("BANK-2026-{number}")));
            all.insert(fingerprint("pacs.009.001.08", &format!("BANK-2026-{number}")));
        }
        assert_eq!(all.len(), 100_000);
    }

    #[test]
    fn a_header_of_another_version_is_refused() {
        let mut bytes = header("ALPHDEFFA".parse().unwrap(), 1, "BANKFRPP").encode();
        bytes[0] = 2;
        assert_eq!(Envelope::read(&bytes), Err(HeaderError::Version { version: 2 }));
        assert!(Envelope::read(&[]).is_err());
    }
}
