//! The bodies of the journal records that third parties read: accepted, refused, acknowledged,
//! declined.
//!
//! Each type here is the `meta` of one [`RecordKind`](crate::RecordKind); what the record's payload
//! is stands with it. Every form starts with its version, 1. Nothing here checks a signature against
//! a key: who holds which key is a matter of the network machine, or of a receipt.
//!
//! ```text
//! accepted      version u8 | header bytes | frame proof
//! refused       version u8 | terminal 9 | input number u64 | statement 32 | flags u8 | count u8
//!               | count x (code text | fault u8 | place text | text text) | header bytes, if flag 1
//! acknowledged  version u8 | terminal 9 | lane u8 | first u64 | through u64 | flags u8
//!               | root 32 | key 8 | signature 64, if flag 1
//! declined      version u8 | terminal 9 | lane u8 | output number u64
//!               | code text | fault u8 | place text | text text | root 32 | key 8 | signature 64
//! ```

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use iso::Terminal;

use crate::codec::{CodecError, Reader, Writer};
use crate::frame::{read_terminal, write_terminal};
use crate::{
    Digest, FrameProof, KeyError, KeyId, Label, NetworkName, Priority, PublicKey, Signature,
    SigningKey, Statement,
};

const VERSION: u8 = 1;
const FLAG_MORE: u8 = 1;

/// One ordered queue of deliveries to an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(pub u8);

impl Lane {
    /// The network's own notices.
    pub const SYSTEM: Self = Self(0);
    /// Urgent messages.
    pub const URGENT: Self = Self(1);
    /// All other messages.
    pub const NORMAL: Self = Self(2);
    /// Requests and responses of real-time services.
    pub const REAL_TIME: Self = Self(3);
    /// The first of the lanes that an institution may have for itself.
    pub const OWN_FIRST: Self = Self(4);
    /// The last of them.
    pub const OWN_LAST: Self = Self(19);

    const NAMED: [Self; 4] = [Self::SYSTEM, Self::URGENT, Self::NORMAL, Self::REAL_TIME];

    /// Whether it is a lane that an institution has for itself, by its own rules.
    #[must_use]
    pub fn is_own(self) -> bool {
        (Self::OWN_FIRST..=Self::OWN_LAST).contains(&self)
    }

    /// Whether a message of a priority may go by this lane: by that of the priority, or, where it is
    /// urgent or normal, by one that its receiver has for itself.
    #[must_use]
    pub fn carries(self, priority: Priority) -> bool {
        let lane = Self::from(priority);
        self == lane || (self.is_own() && matches!(lane, Self::URGENT | Self::NORMAL))
    }

    /// The lane of a number, if there can be one.
    #[must_use]
    pub fn of_number(number: u32) -> Option<Self> {
        u8::try_from(number).ok().map(Self).filter(|lane| *lane <= Self::OWN_LAST)
    }
}

impl FromStr for Lane {
    type Err = LaneError;

    /// Reads the name of a lane that everybody has, or the number of one that there can be.
    fn from_str(text: &str) -> Result<Self, LaneError> {
        let named = Self::NAMED.into_iter().find(|lane| lane.to_string() == text);
        named.or_else(|| Self::of_number(text.parse().ok()?)).ok_or(LaneError)
    }
}

/// A text that names no lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lane is system, urgent, normal or real-time, or a number up to 19")]
pub struct LaneError;

impl From<Priority> for Lane {
    fn from(priority: Priority) -> Self {
        Self(priority.code())
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::SYSTEM => f.pad("system"),
            Self::URGENT => f.pad("urgent"),
            Self::NORMAL => f.pad("normal"),
            Self::REAL_TIME => f.pad("real-time"),
            Self(number) => f.pad(&number.to_string()),
        }
    }
}

/// A message was accepted. The record's payload is the exact bytes of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The header as the sender encoded it.
    pub header: Vec<u8>,
    /// The sender's signature over header and payload.
    pub proof: FrameProof,
}

impl Accepted {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(85 + self.header.len() + 32 * self.proof.path.len());
        writer.u8(VERSION).bytes(&self.header);
        self.proof.write(&mut writer);
        writer.finish()
    }

    /// Reads the one encoding. The header is not looked into.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        let header = reader.bytes()?.to_vec();
        let proof = FrameProof::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { header, proof })
    }

    /// The header alone, in place; what stands behind it is not looked at.
    ///
    /// # Errors
    ///
    /// [`CodecError`] where the encoding does not begin with one.
    pub fn header_in(bytes: &[u8]) -> Result<&[u8], CodecError> {
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        reader.bytes()
    }
}

/// A message was refused. The record has no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The terminal that submitted it.
    pub terminal: Terminal,
    /// The input number that it used up.
    pub input_number: u64,
    /// What was submitted: the digest of header and payload.
    pub statement: Statement,
    /// Why.
    pub reasons: Reasons,
    /// The header, where it is one and may be kept.
    pub header: Option<Vec<u8>>,
}

impl Refused {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        writer.u8(VERSION);
        write_terminal(&mut writer, self.terminal);
        writer.u64(self.input_number).digest(&self.statement.0);
        writer.u8(if self.header.is_some() { FLAG_MORE } else { 0 });
        writer.u8(u8::try_from(self.reasons.len()).expect("there are 64 reasons at most"));
        for reason in self.reasons.iter() {
            reason.write(&mut writer);
        }
        if let Some(header) = &self.header {
            writer.bytes(header);
        }
        writer.finish()
    }

    /// Reads the one encoding. The header is not looked into.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        let terminal = read_terminal(&mut reader)?;
        let input_number = reader.u64()?;
        let statement = Statement(reader.digest()?);
        let has_header = flag(&mut reader)?;
        let count = usize::from(reader.u8()?);
        if !(1..=Reasons::COUNT_MAX).contains(&count) {
            return Err(CodecError::OutOfRange { field: "number of reasons" });
        }
        let reasons =
            (0..count).map(|_| Reason::read(&mut reader)).collect::<Result<Vec<_>, _>>()?;
        let reasons = Reasons(reasons);
        let header = if has_header { Some(reader.bytes()?.to_vec()) } else { None };
        reader.finish()?;
        Ok(Self { terminal, input_number, statement, reasons, header })
    }
}

/// Who must act so that a refused message can pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The sender: the message, its header or its signature is wrong.
    Sender,
    /// The receiver: it cannot or will not take it.
    Receiver,
    /// The operator of the network.
    Network,
}

impl Fault {
    /// Its number: 0 sender, 1 receiver, 2 network.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Sender => 0,
            Self::Receiver => 1,
            Self::Network => 2,
        }
    }

    /// The fault of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Sender, Self::Receiver, Self::Network].get(usize::from(code)).copied()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sender => "sender",
            Self::Receiver => "receiver",
            Self::Network => "network",
        })
    }
}

/// One reason for a refusal.
///
/// Invariant: place and text keep their limits and hold no control characters, so that a reason can
/// be shown on a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    code: Label,
    fault: Fault,
    place: Box<str>,
    text: Box<str>,
}

impl Reason {
    /// The greatest length of a place, in bytes.
    pub const PLACE_LENGTH_MAX: usize = 256;
    /// The greatest length of a text, in bytes.
    pub const TEXT_LENGTH_MAX: usize = 512;

    /// A reason. Too long a place or text is cut and ends in `…`; control characters become spaces.
    #[must_use]
    pub fn new(code: Label, fault: Fault, place: &str, text: &str) -> Self {
        Self {
            code,
            fault,
            place: presentable(place, Self::PLACE_LENGTH_MAX),
            text: presentable(text, Self::TEXT_LENGTH_MAX),
        }
    }

    /// The stable code, such as `NET001`; its page in `docs/codes` says what to do.
    #[must_use]
    pub fn code(&self) -> Label {
        self.code
    }

    /// Who must act.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// Where in the message, or nothing.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn write(&self, writer: &mut Writer) {
        writer.text(self.code.as_str()).u8(self.fault.code());
        writer.text(&self.place).text(&self.text);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let out_of_range = |field| CodecError::OutOfRange { field };
        let code = reader.text()?.parse().map_err(|_| out_of_range("code of a reason"))?;
        let fault =
            Fault::from_code(reader.u8()?).ok_or_else(|| out_of_range("fault of a reason"))?;
        let (place, text) = (reader.text()?, reader.text()?);
        let reason = Self::new(code, fault, place, text);
        if *reason.place != *place || *reason.text != *text {
            return Err(out_of_range("place or text of a reason"));
        }
        Ok(reason)
    }
}

/// The reasons for one refusal: at least one, and the first 64 at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons(Vec<Reason>);

impl Reasons {
    /// How many reasons are kept at most.
    pub const COUNT_MAX: usize = 64;

    /// The first 64 of these; nothing if there are none, for then nothing is refused.
    #[must_use]
    pub fn new(mut reasons: Vec<Reason>) -> Option<Self> {
        reasons.truncate(Self::COUNT_MAX);
        if reasons.is_empty() { None } else { Some(Self(reasons)) }
    }

    /// Just this one.
    #[must_use]
    pub fn one(reason: Reason) -> Self {
        Self(vec![reason])
    }
}

impl Deref for Reasons {
    type Target = [Reason];

    fn deref(&self) -> &[Reason] {
        &self.0
    }
}

/// A receiver took deliveries of a lane over.
///
/// When it is signed, the record's payload is the hashes of the records of the messages, 32 bytes
/// each, in the order of their output numbers. Notices in the system lane are acknowledged without
/// signature; the payload is then empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The terminal that holds them now.
    pub by: Terminal,
    /// Which lane.
    pub lane: Lane,
    /// The first output number; never above `through`.
    pub first: u64,
    /// The last output number.
    pub through: u64,
    /// The receiver's signature, except in the system lane.
    pub signed: Option<SignedRoot>,
}

/// A receiver's signature over the messages that it took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedRoot {
    /// The Merkle root over the hashes of the messages' records.
    pub root: Digest,
    /// Which of the terminal's keys signed.
    pub key: KeyId,
    /// The signature.
    pub signature: Signature,
}

/// What a receiver signs when it takes messages over.
///
/// Bytes: `"nuncio acknowledgement 1\n" || network, 32 bytes padded with zeros || terminal 9
/// || lane u8 || first u64 || through u64 || root 32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The network that delivered them.
    pub network: NetworkName,
    /// The terminal that holds them now.
    pub by: Terminal,
    /// Which lane.
    pub lane: Lane,
    /// The first output number.
    pub first: u64,
    /// The last output number.
    pub through: u64,
    /// The Merkle root over the hashes of the messages' records.
    pub root: Digest,
}

impl Acknowledged {
    /// How many deliveries one acknowledgement can cover at most.
    pub const COUNT_MAX: u64 = 1 << 16;

    /// How many deliveries it covers.
    #[must_use]
    pub fn count(&self) -> u64 {
        (self.through - self.first) + 1
    }

    /// What was signed, if it was.
    #[must_use]
    pub fn acknowledgement(&self, network: NetworkName) -> Option<Acknowledgement> {
        let Self { by, lane, first, through, signed } = *self;
        signed.map(|SignedRoot { root, .. }| Acknowledgement {
            network,
            by,
            lane,
            first,
            through,
            root,
        })
    }

    /// The one encoding.
    ///
    /// # Panics
    ///
    /// When `first` is above `through`, or they are more than [`Self::COUNT_MAX`]: the network
    /// machine lets no such acknowledgement through.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        assert!(Self::is_range(self.first, self.through), "an acknowledgement covers a range");
        let mut writer = Writer::with_capacity(132);
        writer.u8(VERSION);
        write_terminal(&mut writer, self.by);
        writer.u8(self.lane.0).u64(self.first).u64(self.through);
        match &self.signed {
            None => writer.u8(0),
            Some(SignedRoot { root, key, signature }) => {
                writer.u8(FLAG_MORE).digest(root).raw(&key.0).raw(&signature.0)
            }
        };
        writer.finish()
    }

    /// Reads the one encoding.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        let by = read_terminal(&mut reader)?;
        let lane = Lane(reader.u8()?);
        let first = reader.u64()?;
        let through = reader.u64()?;
        if !Self::is_range(first, through) {
            return Err(CodecError::OutOfRange { field: "range of output numbers" });
        }
        let signed = if flag(&mut reader)? {
            let root = reader.digest()?;
            let key = KeyId(reader.array()?);
            let signature = Signature(reader.array()?);
            Some(SignedRoot { root, key, signature })
        } else {
            None
        };
        reader.finish()?;
        Ok(Self { by, lane, first, through, signed })
    }

    fn is_range(first: u64, through: u64) -> bool {
        first > 0 && through >= first && through - first < Self::COUNT_MAX
    }
}

impl Acknowledgement {
    const DOMAIN: &'static [u8] = b"nuncio acknowledgement 1\n";

    /// The bytes that are signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(115);
        writer.raw(Self::DOMAIN).raw(self.network.padded());
        write_terminal(&mut writer, self.by);
        writer.u8(self.lane.0).u64(self.first).u64(self.through).digest(&self.root);
        writer.finish()
    }

    /// Signs it.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the module that holds the key does not sign.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedRoot, KeyError> {
        let signature = key.sign(&self.signed_bytes())?;
        Ok(SignedRoot { root: self.root, key: key.id(), signature })
    }

    /// Checks that the key, which must be the one that is named, signed this.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey, signed: &SignedRoot) -> bool {
        signed.root == self.root
            && signed.key == key.id()
            && key.verify(&self.signed_bytes(), &signed.signature).is_ok()
    }
}

/// A receiver did not take a message, and says why.
///
/// The record has no payload; the root that is signed is the hash of the message's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// The terminal that declines.
    pub by: Terminal,
    /// From which lane.
    pub lane: Lane,
    /// Under which output number.
    pub output_number: u64,
    /// Why: a code of the receiver's own, who is at fault, where, and a text.
    pub reason: Reason,
    /// The receiver's signature.
    pub signed: SignedRoot,
}

impl Declined {
    const DOMAIN: &'static [u8] = b"nuncio declination 1\n";

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self { by, lane, output_number, reason, signed } = self;
        let mut writer = Writer::with_capacity(256);
        writer.u8(VERSION);
        write_terminal(&mut writer, *by);
        writer.u8(lane.0).u64(*output_number);
        reason.write(&mut writer);
        writer.digest(&signed.root).raw(&signed.key.0).raw(&signed.signature.0);
        writer.finish()
    }

    /// Reads the one encoding.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        read_version(&mut reader)?;
        let by = read_terminal(&mut reader)?;
        let lane = Lane(reader.u8()?);
        let output_number = reader.u64()?;
        let reason = Reason::read(&mut reader)?;
        let root = reader.digest()?;
        let key = KeyId(reader.array()?);
        let signature = Signature(reader.array()?);
        reader.finish()?;
        let signed = SignedRoot { root, key, signature };
        Ok(Self { by, lane, output_number, reason, signed })
    }

    /// The bytes that are signed: `"nuncio declination 1\n" || network, 32 bytes padded with zeros
    /// || terminal 9 || lane u8 || output number u64 || code text || fault u8 || place text
    /// || text text || hash of the message's record 32`.
    #[must_use]
    pub fn signed_bytes(&self, network: NetworkName) -> Vec<u8> {
        let mut writer = Writer::with_capacity(256);
        writer.raw(Self::DOMAIN).raw(network.padded());
        write_terminal(&mut writer, self.by);
        writer.u8(self.lane.0).u64(self.output_number);
        self.reason.write(&mut writer);
        writer.digest(&self.signed.root);
        writer.finish()
    }

    /// Signs it anew: the root stays, key and signature are those of `key`.
    ///
    /// # Errors
    ///
    /// [`KeyError::Module`] when a module holds the key and does not sign.
    pub fn sign(mut self, network: NetworkName, key: &SigningKey) -> Result<Self, KeyError> {
        let signature = key.sign(&self.signed_bytes(network))?;
        self.signed = SignedRoot { root: self.signed.root, key: key.id(), signature };
        Ok(self)
    }

    /// Checks that the key, which must be the one that is named, signed this.
    #[must_use]
    pub fn is_signed_by(&self, network: NetworkName, key: &PublicKey) -> bool {
        self.signed.key == key.id()
            && key.verify(&self.signed_bytes(network), &self.signed.signature).is_ok()
    }
}

/// Every form of a record that third parties read begins with its version.
pub(crate) fn read_version(reader: &mut Reader<'_>) -> Result<(), CodecError> {
    match reader.u8()? {
        VERSION => Ok(()),
        _ => Err(CodecError::OutOfRange { field: "version of the record" }),
    }
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, CodecError> {
    match reader.u8()? {
        0 => Ok(false),
        FLAG_MORE => Ok(true),
        _ => Err(CodecError::OutOfRange { field: "flags of the record" }),
    }
}

/// At most so many bytes, without control characters.
pub(crate) fn presentable(text: &str, length_max: usize) -> Box<str> {
    const CUT: &str = "…";
    let mut clean: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(length_max + 1).collect();
    if clean.len() > length_max {
        let mut end = length_max - CUT.len();
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        clean.truncate(end);
        clean.push_str(CUT);
    }
    clean.into()
}

#[cfg(test)]
mod tests;
