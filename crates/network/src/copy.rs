//! The copy rule of a service: which institution gets a copy of each message, and whether the
//! message waits for what that institution decides (FIN: `FINCopy` in the modes Y, T and Bypass).
//!
//! What the machine keeps of copies stands in `copy/state.rs`, and held messages in `held.rs`. What becomes of an accepted message
//! follows from the rule, the message and whether the service is bypassed, and from nothing else, so
//! whoever folds the journal finds it too.
//!
//! Form in records and snapshots, integers big-endian:
//!
//! ```text
//! institution 8 | mode u8: 1 hold, 2 inform | extent u8: 1 full, 2 header | types (pattern.rs)
//!   | bypass u8: 0 never, 1 by order, 2 after an absence | seconds u32, 0 unless 2
//! ```

pub(crate) mod state;

use iso::Institution;
use trust::MessageType;
use trust::codec::{CodecError, Reader, Writer};

use crate::event::{read_institution, write_institution};
use crate::pattern::Patterns;

/// For how long the institution may be away before its service is bypassed, at most: 31 days.
pub const BYPASS_AFTER_S_MAX: u32 = 31 * 24 * 3600;

/// Which institution gets a copy of which messages of a service, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyRule {
    /// Who gets the copies. It need not be in the group of the service.
    pub institution: Institution,
    /// Whether messages wait for its decision.
    pub mode: CopyMode,
    /// How much of a message the copy has.
    pub extent: CopyExtent,
    /// Which types of messages are copied; the others pass without.
    pub types: Patterns,
    /// When messages are delivered without its decision; [`Bypass::Never`] where none waits.
    pub bypass: Bypass,
}

/// Whether messages wait for what the institution decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyMode {
    /// A message is held until the institution authorises or refuses it (mode Y).
    Hold,
    /// A message is delivered at once (mode T).
    Inform,
}

/// How much of a message a copy has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyExtent {
    /// All of it.
    Full,
    /// Its header and the digest of its payload.
    Header,
}

/// When messages are delivered without the institution's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bypass {
    /// Never.
    Never,
    /// While the operator orders it.
    ByOrder,
    /// While the operator orders it, or the institution has been away for longer than this.
    After {
        /// For how many seconds no session has emptied its lanes, or it was suspended.
        seconds: u32,
    },
}

/// What becomes of an accepted message by the copy rule of its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyWay {
    /// It is delivered, and a copy too.
    Informs,
    /// The copy is delivered, and the message is held.
    Holds,
    /// It would be held, but the service is bypassed: it is delivered, and a copy too.
    Bypasses,
}

impl CopyRule {
    /// A rule for all types, without a bypass.
    #[must_use]
    pub fn new(institution: Institution, mode: CopyMode, extent: CopyExtent) -> Self {
        Self { institution, mode, extent, types: Patterns::any(), bypass: Bypass::Never }
    }

    /// What becomes of an accepted message; nothing where it is not copied. What the institution
    /// itself sends or receives is neither copied nor held.
    #[must_use]
    pub fn way(
        &self,
        parties: [Institution; 2],
        message_type: &MessageType,
        is_bypassed: bool,
    ) -> Option<CopyWay> {
        if parties.contains(&self.institution) || !self.types.matches(message_type) {
            return None;
        }
        Some(match self.mode {
            CopyMode::Inform => CopyWay::Informs,
            CopyMode::Hold if is_bypassed => CopyWay::Bypasses,
            CopyMode::Hold => CopyWay::Holds,
        })
    }

    /// Whether the rule lets messages pass without a decision at all.
    #[must_use]
    pub fn allows_bypass(&self) -> bool {
        self.bypass != Bypass::Never
    }

    /// Whether its parts hold together.
    pub(crate) fn is_sound(&self) -> bool {
        match (self.mode, self.bypass) {
            (_, Bypass::Never) | (CopyMode::Hold, Bypass::ByOrder) => true,
            (CopyMode::Hold, Bypass::After { seconds }) => {
                (1..=BYPASS_AFTER_S_MAX).contains(&seconds)
            }
            (CopyMode::Inform, Bypass::ByOrder | Bypass::After { .. }) => false,
        }
    }

    /// The one encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        self.write(&mut writer);
        writer.finish()
    }

    /// Reads the one encoding.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let rule = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(rule)
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        let mode = match self.mode {
            CopyMode::Hold => 1,
            CopyMode::Inform => 2,
        };
        let extent = match self.extent {
            CopyExtent::Full => 1,
            CopyExtent::Header => 2,
        };
        let (bypass, seconds) = match self.bypass {
            Bypass::Never => (0, 0),
            Bypass::ByOrder => (1, 0),
            Bypass::After { seconds } => (2, seconds),
        };
        write_institution(writer, self.institution);
        writer.u8(mode).u8(extent);
        self.types.write(writer);
        writer.u8(bypass).u32(seconds);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let bad = |field| CodecError::OutOfRange { field };
        let institution = read_institution(reader)?;
        let mode = match reader.u8()? {
            1 => CopyMode::Hold,
            2 => CopyMode::Inform,
            _ => return Err(bad("mode of a copy")),
        };
        let extent = match reader.u8()? {
            1 => CopyExtent::Full,
            2 => CopyExtent::Header,
            _ => return Err(bad("extent of a copy")),
        };
        let types = Patterns::read(reader)?;
        let bypass = match (reader.u8()?, reader.u32()?) {
            (0, 0) => Bypass::Never,
            (1, 0) => Bypass::ByOrder,
            (2, seconds) => Bypass::After { seconds },
            _ => return Err(bad("bypass")),
        };
        Ok(Self { institution, mode, extent, types, bypass })
    }
}
