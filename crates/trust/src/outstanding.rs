//! The network's statement that a message was not taken over yet.
//!
//! A log proves what stands in it, and nothing that does not. So that a sender can prove that its
//! message was *not* delivered by some time, the network states it in a record of its own: at the
//! time of this record the message stood in its receiver's lane, and nobody had taken it over. What
//! else says that a message was not delivered is read here too, for receipts: that it was warned of,
//! withdrawn, aborted or declined.
//!
//! ```text
//! outstanding  version u8 = 1 | sender 9 | input number u64 | message's record u64 | receiver 8
//!              | lane u8 | output number u64 | offered u8
//! ```

use iso::{Institution, Terminal};

use crate::codec::{CodecError, Reader, Writer};
use crate::evidence::read_version;
use crate::frame::{read_terminal, write_terminal};
use crate::{Lane, RecordKind};

const VERSION: u8 = 1;

/// A message stands in its receiver's lane, and nobody has taken it over. The record has no payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The terminal that sent it.
    pub sender: Terminal,
    /// The number under which it sent it.
    pub input_number: u64,
    /// The sequence of its record, in the same log.
    pub message: u64,
    /// Who is to take it over.
    pub receiver: Institution,
    /// From which lane.
    pub lane: Lane,
    /// Under which number.
    pub output_number: u64,
    /// Whether a session may have been offered it: the receiver may hold it without having said so.
    pub is_offered: bool,
}

/// What a record says of a message that was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Undelivered {
    /// Who was to take it over.
    pub(crate) receiver: Institution,
    /// From which lane.
    pub(crate) lane: Lane,
    /// Under which number.
    pub(crate) output_number: u64,
    /// Whether it waited on; if not, it was withdrawn.
    pub(crate) is_waiting: bool,
}

impl Outstanding {
    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(44);
        writer.u8(VERSION);
        write_terminal(&mut writer, self.sender);
        writer.u64(self.input_number).u64(self.message).raw(self.receiver.as_bytes());
        writer.u8(self.lane.0).u64(self.output_number).u8(self.is_offered.into());
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
        let statement = Self {
            sender: read_terminal(&mut reader)?,
            input_number: reader.u64()?,
            message: reader.u64()?,
            receiver: read_institution(&mut reader)?,
            lane: Lane(reader.u8()?),
            output_number: reader.u64()?,
            is_offered: match reader.u8()? {
                0 => false,
                1 => true,
                _ => return Err(CodecError::OutOfRange { field: "offered" }),
            },
        };
        reader.finish()?;
        Ok(statement)
    }
}

impl Undelivered {
    /// What a record of the network machine says of a message, by the sequence of its record;
    /// nothing where it says nothing of it.
    ///
    /// # Errors
    ///
    /// A body that is not in the form of its kind.
    pub(crate) fn of_record(
        kind: RecordKind,
        meta: &[u8],
        message: u64,
    ) -> Result<Option<Self>, CodecError> {
        match kind {
            RecordKind::OUTSTANDING => {
                let it = Outstanding::decode(meta)?;
                let Outstanding { receiver, lane, output_number, .. } = it;
                let said = Self { receiver, lane, output_number, is_waiting: true };
                Ok((it.message == message).then_some(said))
            }
            RecordKind::ELAPSED => Self::of_elapsed(meta, message),
            RecordKind::ABORTED => Self::of_aborted(meta, message),
            _ => Ok(None),
        }
    }

    /// `sender 8 | receiver 8 | count u16 | (lane u8 | output number u64 | message's record u64
    /// | outcome u8)*`; an outcome is 1 warned, 2 withdrawn, 3 kept beyond its end.
    fn of_elapsed(meta: &[u8], message: u64) -> Result<Option<Self>, CodecError> {
        let mut reader = Reader::new(meta);
        read_institution(&mut reader)?;
        let receiver = read_institution(&mut reader)?;
        let mut found = None;
        for _ in 0..reader.u16()? {
            let (lane, output_number) = (Lane(reader.u8()?), reader.u64()?);
            let record = reader.u64()?;
            let is_waiting = match reader.u8()? {
                1 | 3 => true,
                2 => false,
                _ => return Err(CodecError::OutOfRange { field: "outcome" }),
            };
            if record == message {
                found = Some(Self { receiver, lane, output_number, is_waiting });
            }
        }
        reader.finish()?;
        Ok(found)
    }

    /// `receiver 8 | lane u8 | output number u64 | message's record u64 | reason text`.
    fn of_aborted(meta: &[u8], message: u64) -> Result<Option<Self>, CodecError> {
        let mut reader = Reader::new(meta);
        let receiver = read_institution(&mut reader)?;
        let (lane, output_number) = (Lane(reader.u8()?), reader.u64()?);
        let record = reader.u64()?;
        reader.text()?;
        reader.finish()?;
        let said = Self { receiver, lane, output_number, is_waiting: false };
        Ok((record == message).then_some(said))
    }
}

fn read_institution(reader: &mut Reader<'_>) -> Result<Institution, CodecError> {
    let text = std::str::from_utf8(reader.raw(8)?).map_err(|_| CodecError::NotText)?;
    text.parse().map_err(|_| CodecError::OutOfRange { field: "institution" })
}
