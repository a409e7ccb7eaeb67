//! Questions about copies, and their answers.

use iso::{Institution, Terminal};
use network::Patterns;
use trust::{Lane, ServiceName};
use wire::latest;

use super::{institution, patterns, service};
use crate::{Ending, fields};

/// A message that is held for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The terminal that sent it.
    pub terminal: Terminal,
    /// Under which number.
    pub input_number: u64,
    /// The sequence of its record.
    pub record: u64,
    /// For whom it is.
    pub receiver: Institution,
    /// In which service.
    pub service: ServiceName,
    /// The lane that it will take.
    pub lane: Lane,
    /// Whether it is late.
    pub late: bool,
}

/// Who gets copies of the messages of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Which institution.
    pub institution: Institution,
    /// Whether messages wait for what it decides.
    pub holds: bool,
    /// Whether the copy has the header and the digest of the payload only.
    pub header_only: bool,
    /// Which types are copied.
    pub types: Patterns,
}

impl Undecided {
    pub(super) fn read(row: &latest::UndecidedMessage) -> Result<Self, Ending> {
        Ok(Self {
            terminal: fields::terminal(&row.terminal)?,
            input_number: row.input_number,
            record: row.record,
            receiver: institution(&row.receiver)?,
            service: service(&row.service)?,
            lane: fields::lane(row.lane)?,
            late: row.late,
        })
    }

    pub(super) fn write(&self) -> latest::UndecidedMessage {
        latest::UndecidedMessage {
            terminal: self.terminal.to_string(),
            input_number: self.input_number,
            record: self.record,
            receiver: self.receiver.to_string(),
            service: self.service.to_string(),
            lane: self.lane.0.into(),
            late: self.late,
        }
    }
}

impl Copied {
    pub(super) fn read(rule: &latest::CopyRule) -> Result<Self, Ending> {
        Ok(Self {
            institution: institution(&rule.institution)?,
            holds: rule.holds,
            header_only: rule.header_only,
            types: patterns(&rule.types)?,
        })
    }

    pub(super) fn write(&self) -> latest::CopyRule {
        latest::CopyRule {
            institution: self.institution.to_string(),
            holds: self.holds,
            header_only: self.header_only,
            types: self.types.iter().map(ToString::to_string).collect(),
        }
    }
}
