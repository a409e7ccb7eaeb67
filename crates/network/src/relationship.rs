//! Relationships: the receiver permits a sender, by service, types of messages and dates (RMA).
//!
//! A service that needs relationships refuses a message that its receiver did not permit. A
//! permission is one-way: that the other may be sent to says nothing about being sent to. An
//! institution needs none for itself.
//!
//! Forms in records and snapshots, integers big-endian, texts with two bytes of length:
//!
//! ```text
//! permission  types: count u8, texts | from u64 | until u64 (0 = no end)
//! ```

use std::fmt;

use trust::codec::{CodecError, Reader, Writer};
use trust::{LogTime, MessageType, ServiceName};

use crate::members::MemberId;
use crate::pairs::Pairs;
use crate::pattern::Patterns;

/// How many permissions a network holds at most.
pub const PERMISSIONS_MAX: usize = 4_000_000;

/// How many requests for permission an institution may have open at most.
pub const REQUESTS_MAX: usize = 1_000;

/// What a receiver permits a sender in one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Which types of messages.
    pub types: Patterns,
    /// From this time on.
    pub from: LogTime,
    /// Before this time; without it, until it is revoked.
    pub until: Option<LogTime>,
}

/// What a sender lacks to send a message; a refusal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The receiver never permitted it, or has revoked it.
    Permission,
    /// The permission is for other types.
    Type {
        /// The type of the message.
        message_type: MessageType,
    },
    /// The permission begins later.
    Begin {
        /// When.
        from: LogTime,
    },
    /// The permission has ended.
    End {
        /// When.
        until: LogTime,
    },
}

/// Who permits whom what; requests have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) sender: MemberId,
    pub(crate) receiver: MemberId,
    pub(crate) service: ServiceName,
}

/// All permissions and open requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relationships {
    pub(crate) permissions: Pairs<Permission>,
    /// The record of each request that nobody has answered.
    pub(crate) requests: Pairs<u64>,
}

impl Permission {
    /// What it lacks for a message; nothing where it covers it.
    pub(crate) fn missing(&self, at: LogTime, message_type: &MessageType) -> Option<Missing> {
        if !self.types.matches(message_type) {
            return Some(Missing::Type { message_type: *message_type });
        }
        if at < self.from {
            return Some(Missing::Begin { from: self.from });
        }
        let until = self.until.filter(|until| *until <= at)?;
        Some(Missing::End { until })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.types.write(writer);
        writer.u64(self.from.0).u64(self.until.map_or(0, |until| until.0));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let types = Patterns::read(reader)?;
        let from = LogTime(reader.u64()?);
        let until = Some(LogTime(reader.u64()?)).filter(|until| until.0 != 0);
        Ok(Self { types, from, until })
    }
}

impl Relationships {
    /// What a sender lacks for a message; nothing where it is permitted.
    pub(crate) fn missing(
        &self,
        pair: &Pair,
        at: LogTime,
        message_type: &MessageType,
    ) -> Option<Missing> {
        match self.permissions.get(pair) {
            None => Some(Missing::Permission),
            Some(permission) => permission.missing(at, message_type),
        }
    }

    /// How many requests of an institution are open, at most one more than it may have.
    pub(crate) fn open_requests(&self, sender: MemberId) -> usize {
        let first = self.requests.range(Pair::first_of(sender)..);
        first.take_while(|(pair, _)| pair.sender == sender).take(REQUESTS_MAX + 1).count()
    }
}

impl Pair {
    /// A key that is not above any other of a sender.
    pub(crate) fn first_of(sender: MemberId) -> Self {
        let service = "0".parse().expect("a digit is the least name");
        Self { sender, receiver: MemberId(0), service }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission => f.write_str("there is no permission"),
            Self::Type { message_type } => write!(f, "the permission is not for {message_type}"),
            Self::Begin { from } => write!(f, "the permission begins at {from}"),
            Self::End { until } => write!(f, "the permission ended at {until}"),
        }
    }
}
