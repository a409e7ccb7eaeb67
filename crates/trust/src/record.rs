//! The head of a journal record: what stands in the public log for it.
//!
//! A record is a head of fixed size, a body in two parts (`meta`, which the network machine reads,
//! and `payload`, the exact bytes of a message or nothing) and nothing else. The head holds a digest
//! of the body, so heads can be published while bodies stay private. The hash of a head is the
//! RFC 6962 leaf hash of its bytes; it is also what the next head names as `previous`, so one hash
//! serves the chain and the Merkle log.
//!
//! Bytes of a head, version 1, 140 bytes, integers big-endian:
//!
//! ```text
//!   0 magic "NUNR"      4 version u16 = 1    6 kind u16      8 shard u16    10 zero u16
//!  12 network, 32 bytes padded with zeros   44 epoch u64    52 writer u64
//!  60 sequence u64     68 time u64, us since 1970-01-01T00:00Z
//!  76 previous, 32 bytes                   108 body, 32 bytes
//! ```
//!
//! The body's digest is `SHA-256("nuncio body 1\n" || u32 length of meta || meta || SHA-256(payload))`.

use std::fmt;

use crate::codec::{CodecError, Reader};
use crate::{Digest, Hasher, Label, NetworkName};

/// Microseconds since 1970-01-01T00:00Z, as the journal stamped the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTime(pub u64);

/// One ordered log of the network; a network of one shard has shard 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(pub u16);

/// The place of a record in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Which log.
    pub shard: Shard,
    /// Which record of it, from 0; also the index of its leaf in the Merkle log.
    pub sequence: u64,
}

/// What a record is about.
///
/// 0 opens an epoch and belongs to the journal itself; all others belong to the network machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKind(pub u16);

impl RecordKind {
    /// A writer takes the log over and begins an epoch.
    pub const OPEN: Self = Self(0);
    /// A message was accepted; the payload is the message.
    pub const ACCEPTED: Self = Self(1);
    /// A message was refused; there is no payload.
    pub const REFUSED: Self = Self(2);
    /// A receiver took messages over.
    pub const ACKNOWLEDGED: Self = Self(3);
    /// A receiver did not take a message; there is no payload.
    pub const DECLINED: Self = Self(4);
    /// Deadlines of messages have come.
    pub const ELAPSED: Self = Self(49);
    /// A message was not taken over yet; there is no payload.
    pub const OUTSTANDING: Self = Self(52);
    /// The operator withdrew a message.
    pub const ABORTED: Self = Self(96);
    /// The institution that got the copy of a held message decided on it; there is no payload.
    pub const COPY_DECIDED: Self = Self(116);
    /// From here on the messages of a service pass without the decision that they would wait for, or
    /// do no longer.
    pub const BYPASS_SET: Self = Self(118);
    /// From here on governors change the network; the meta is the text of its public keys.
    pub const FOUNDED: Self = Self(128);
    /// Governors signed a change; the meta is the signed note.
    pub const CHANGED: Self = Self(129);
    /// The network has other public keys; the meta is their text.
    pub const KEYS_REPLACED: Self = Self(130);

    /// Whether a record of this kind changes the network, so that governors must have signed it once
    /// there are any: members, keys and what the directory says of them (16 to 31), services
    /// (64 to 79), the public keys.
    #[must_use]
    pub fn is_governed(self) -> bool {
        matches!(self.0, 16..=31 | 64..=79) || self == Self::KEYS_REPLACED
    }
}

/// The head of a journal record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// What it is about.
    pub kind: RecordKind,
    /// The network.
    pub network: NetworkName,
    /// The log.
    pub shard: Shard,
    /// How often the log has been taken over, from 1.
    pub epoch: u64,
    /// Who wrote it: a random number for each opening of the log.
    pub writer: u64,
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// When the hub wrote it; never before the record before it.
    pub at: LogTime,
    /// The hash of the head before, or zeros for the first.
    pub previous: Digest,
    /// The digest of the body.
    pub body: Digest,
}

/// The digest of a record's body.
#[derive(Clone, Copy, Debug)]
pub struct Body;

impl Body {
    const DOMAIN: &'static [u8] = b"nuncio body 1\n";

    /// The digest of a body.
    ///
    /// # Panics
    ///
    /// On 4 GiB of meta or more.
    #[must_use]
    pub fn digest(meta: &[u8], payload: &Digest) -> Digest {
        let length = u32::try_from(meta.len()).expect("meta has a few hundred bytes");
        let mut hasher = Hasher::new();
        hasher.update(Self::DOMAIN);
        hasher.update(&length.to_be_bytes());
        hasher.update(meta);
        hasher.update(payload.as_bytes());
        hasher.finish()
    }
}

impl RecordHead {
    /// How many bytes a head has.
    pub const LENGTH: usize = 140;
    const MAGIC: [u8; 4] = *b"NUNR";
    const VERSION: u16 = 1;

    /// The one encoding of this head.
    ///
    /// # Panics
    ///
    /// Never: the fields have fixed sizes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        let fields: [&[u8]; 12] = [
            &Self::MAGIC,
            &Self::VERSION.to_be_bytes(),
            &self.kind.0.to_be_bytes(),
            &self.shard.0.to_be_bytes(),
            &[0; 2],
            self.network.padded(),
            &self.epoch.to_be_bytes(),
            &self.writer.to_be_bytes(),
            &self.sequence.to_be_bytes(),
            &self.at.0.to_be_bytes(),
            &self.previous.0,
            &self.body.0,
        ];
        // Heads are encoded many times on a message's way, so this is done without an allocation.
        let mut rest = bytes.as_mut_slice();
        for field in fields {
            let (place, behind) = rest.split_at_mut(field.len());
            place.copy_from_slice(field);
            rest = behind;
        }
        assert!(rest.is_empty(), "the fields of a head have 140 bytes");
        bytes
    }

    /// Reads the one encoding of a head.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != Self::MAGIC {
            return Err(RecordError::Magic);
        }
        let version = reader.u16()?;
        if version != Self::VERSION {
            return Err(RecordError::Version { version });
        }
        let kind = RecordKind(reader.u16()?);
        let shard = Shard(reader.u16()?);
        if reader.u16()? != 0 {
            return Err(CodecError::OutOfRange { field: "reserved field" }.into());
        }
        let network = Label::from_padded(&reader.array()?)
            .map_err(|_| CodecError::OutOfRange { field: "network" })?;
        let epoch = reader.u64()?;
        let writer = reader.u64()?;
        let sequence = reader.u64()?;
        let at = LogTime(reader.u64()?);
        let previous = reader.digest()?;
        let body = reader.digest()?;
        reader.finish()?;
        Ok(Self { kind, network, shard, epoch, writer, sequence, at, previous, body })
    }

    /// The hash that the next head names, and the leaf of the Merkle log (RFC 6962, 2.1).
    #[must_use]
    pub fn hash(&self) -> Digest {
        let mut hasher = Hasher::new();
        hasher.update(&[0]);
        hasher.update(&self.encode());
        hasher.finish()
    }

    /// Where it stands.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { shard: self.shard, sequence: self.sequence }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shard.0, self.sequence)
    }
}

/// Why bytes are no head of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The first four bytes are not `NUNR`.
    #[error("this is no record of a journal: it does not start with NUNR")]
    Magic,
    /// A version that this program does not know.
    #[error("record version {version} is unknown; this program knows 1")]
    Version {
        /// The version that was found.
        version: u16,
    },
    /// The bytes are not in the form of a head.
    #[error("the head of the record is malformed")]
    Form(#[from] CodecError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merkle;

    fn head() -> RecordHead {
        RecordHead {
            kind: RecordKind::ACCEPTED,
            network: "demo".parse().unwrap(),
            shard: Shard(2),
            epoch: 3,
            writer: 4,
            sequence: 5,
            at: LogTime(6),
            previous: Digest([7; 32]),
            body: Digest([8; 32]),
        }
    }

    #[test]
    fn a_head_has_the_documented_bytes() {
        let want = [
            b"NUNR\0\x01\0\x01\0\x02\0\0demo".as_slice(),
            &[0; 28],
            b"\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x06",
            &[7; 32],
            &[8; 32],
        ]
        .concat();
        assert_eq!(head().encode().as_slice(), want);
        assert_eq!(head().hash(), merkle::leaf_hash(&want));
    }

    #[test]
    fn a_body_has_the_documented_digest() {
        let payload = Digest::of(b"payload");
        let bytes = [b"nuncio body 1\n\0\0\0\x04meta".as_slice(), payload.as_bytes()].concat();
        assert_eq!(Body::digest(b"meta", &payload), Digest::of(&bytes));
    }

    #[test]
    fn every_change_of_a_byte_is_seen_or_refused() {
        let good = head().encode();
        for at in 0..good.len() {
            let mut bytes = good;
            bytes[at] ^= 0x81;
            match RecordHead::decode(&bytes) {
                Ok(other) => {
                    assert_ne!(other, head(), "byte {at}");
                    assert_eq!(other.encode(), bytes, "byte {at}");
                }
                Err(error) => assert!(at < 12 || (12..44).contains(&at), "byte {at}: {error}"),
            }
        }
    }

    #[test]
    fn what_is_no_head_is_refused() {
        let good = head().encode();
        for length in 0..good.len() {
            assert!(RecordHead::decode(&good[..length]).is_err(), "the first {length} bytes");
        }
        let longer = [&good[..], &[0]].concat();
        assert_eq!(RecordHead::decode(&longer), Err(RecordError::Form(CodecError::Long)));
        let mut other = good;
        other[0] = b'X';
        assert_eq!(RecordHead::decode(&other), Err(RecordError::Magic));
        let mut other = good;
        other[5] = 2;
        assert_eq!(RecordHead::decode(&other), Err(RecordError::Version { version: 2 }));
        let mut other = good;
        other[11] = 1;
        let reserved = CodecError::OutOfRange { field: "reserved field" };
        assert_eq!(RecordHead::decode(&other), Err(RecordError::Form(reserved)));
    }

    proptest! {
        #[test]
        fn a_head_comes_back(kind: u16, shard: u16, numbers: [u64; 4], previous: [u8; 32], body: [u8; 32], network in "[a-z][a-z0-9.-]{0,31}") {
            let [epoch, writer, sequence, at] = numbers;
            let head = RecordHead {
                kind: RecordKind(kind),
                network: network.parse().unwrap(),
                shard: Shard(shard),
                epoch,
                writer,
                sequence,
                at: LogTime(at),
                previous: Digest(previous),
                body: Digest(body),
            };
            prop_assert_eq!(RecordHead::decode(&head.encode()), Ok(head));
        }
    }
}
