//! The way from the fields of a frame to values that are valid when they exist, and back.
//!
//! What cannot be made here is refused as malformed, before anything is hashed or verified.

use bytes::{Bytes, BytesMut};
use iso::Terminal;
use trust::{Digest, KeyId, Lane, NetworkName, RecordHead, Signature};
use wire::latest::Bye;
use wire::limits::{BYE_CODE_BYTES_MAX, BYE_TEXT_BYTES_MAX};

use crate::Ending;

/// What the other end says when it ends the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// Its code, such as `LNK001`; printable ASCII.
    pub code: String,
    /// Why, for people; without control characters.
    pub text: String,
}

impl Farewell {
    /// What a Bye says, cut and cleaned so that it can be shown on a terminal.
    pub(crate) fn of(bye: &Bye) -> Self {
        let code = bye.code.chars().filter(char::is_ascii_graphic).take(BYE_CODE_BYTES_MAX);
        let text = bye.text.chars().take(BYE_TEXT_BYTES_MAX);
        let text = text.map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { code: code.collect(), text }
    }
}

pub(crate) fn network(text: &str) -> Result<NetworkName, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "network" })
}

pub(crate) fn terminal(text: &str) -> Result<Terminal, Ending> {
    text.parse().map_err(|_| Ending::Malformed { field: "terminal" })
}

/// One of the lanes that there can be.
pub(crate) fn lane(number: u32) -> Result<Lane, Ending> {
    Lane::of_number(number).ok_or(Ending::WrongLane { what: "this network", found: number })
}

pub(crate) fn key(bytes: &Bytes) -> Result<KeyId, Ending> {
    bytes.as_ref().try_into().map(KeyId).map_err(|_| Ending::Malformed { field: "key" })
}

pub(crate) fn signature(bytes: &Bytes) -> Result<Signature, Ending> {
    bytes.as_ref().try_into().map(Signature).map_err(|_| Ending::Malformed { field: "signature" })
}

pub(crate) fn digest(bytes: &Bytes, field: &'static str) -> Result<Digest, Ending> {
    bytes.as_ref().try_into().map(Digest).map_err(|_| Ending::Malformed { field })
}

/// Hashes that stand one after the other.
pub(crate) fn digests(bytes: &Bytes, field: &'static str) -> Result<Vec<Digest>, Ending> {
    let (hashes, []) = bytes.as_chunks() else { return Err(Ending::Malformed { field }) };
    Ok(hashes.iter().copied().map(Digest).collect())
}

pub(crate) fn head(bytes: &Bytes) -> Result<RecordHead, Ending> {
    RecordHead::decode(bytes).map_err(|_| Ending::Malformed { field: "head of the record" })
}

/// Hashes one after the other.
pub(crate) fn joined(hashes: &[Digest]) -> Bytes {
    let mut bytes = Vec::with_capacity(32 * hashes.len());
    hashes.iter().for_each(|hash| bytes.extend_from_slice(&hash.0));
    bytes.into()
}

/// The short fields of a frame, in one piece of memory of which each is a part: a frame has a thousand.
#[derive(Debug)]
pub(crate) struct Pieces(BytesMut);

impl Pieces {
    /// Room for so many bytes; more cost a piece of memory more.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(BytesMut::with_capacity(bytes))
    }

    /// A field of these bytes.
    pub(crate) fn field(&mut self, bytes: &[u8]) -> Bytes {
        self.0.extend_from_slice(bytes);
        self.0.split().freeze()
    }

    /// A field of hashes, one after the other.
    pub(crate) fn joined(&mut self, hashes: &[Digest]) -> Bytes {
        hashes.iter().for_each(|hash| self.0.extend_from_slice(&hash.0));
        self.0.split().freeze()
    }
}

/// A limit and what was found against it.
pub(crate) fn within(what: &'static str, found: usize, limit: usize) -> Result<(), Ending> {
    if found <= limit {
        return Ok(());
    }
    Err(Ending::TooLarge { what, limit: limit as u64, found: found as u64 })
}

/// At least one, and not more than the limit.
pub(crate) fn counted(what: &'static str, found: usize, limit: usize) -> Result<(), Ending> {
    if found == 0 {
        return Err(Ending::Malformed { field: "empty list in a frame" });
    }
    within(what, found, limit)
}

/// The number of the last of `count` consecutive ones.
pub(crate) fn last_of(first: u64, count: usize, field: &'static str) -> Result<u64, Ending> {
    let count = u64::try_from(count).expect("a frame has fewer messages than a u64 counts");
    first
        .checked_add(count)
        .filter(|_| first > 0)
        .map(|end| end - 1)
        .ok_or(Ending::Malformed { field })
}
