//! The members of the network, their terminals, and the keys with which these sign.

use std::fmt;

use iso::{Institution, Terminal};
use trust::codec::CodecError;
use trust::{KeyGrant, KeyId, Lane, LogTime, PublicKey};

use crate::answers::Answers;
use crate::lane::{LANES, LaneQueue};
use crate::line::Line;
use crate::small_map::SmallMap;

/// Counts the sessions of a terminal, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionNumber(pub u64);

/// Whether a member may take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It sends and is sent to.
    Active,
    /// It neither sends nor is sent to. It may still open sessions and take over what was accepted
    /// for it before, so that nothing that was accepted is lost.
    Suspended {
        /// Why, for people.
        reason: Line,
    },
}

/// A key that a terminal may sign with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who may sign with it.
    pub holder: Terminal,
    /// Its short name.
    pub key: KeyId,
    /// The key itself.
    pub public: PublicKey,
    /// It is good for records from this time on.
    pub from: LogTime,
    /// It is good for records before this time.
    pub until: LogTime,
    /// The note by which the network's root key grants it; receipts carry it.
    ///
    /// Invariant: it says what stands in the other fields.
    pub note: Box<str>,
}

/// An institution of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) institution: Institution,
    pub(crate) name: Line,
    pub(crate) status: Status,
    /// Those that ever opened a session or were granted a key.
    pub(crate) terminals: SmallMap<Terminal, TerminalState>,
    /// Invariant: has every lane of [`LANES`] and no other.
    pub(crate) lanes: SmallMap<Lane, LaneQueue>,
}

/// A connection point of an institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TerminalState {
    /// The last input number that was answered.
    ///
    /// Invariant: what `answers` has confirmed plus what it holds.
    pub(crate) input_number: u64,
    pub(crate) answers: Answers,
    /// The number of the last session, open or not.
    pub(crate) last_session: SessionNumber,
    /// The open session, whose number is `last_session`.
    pub(crate) open: Option<OpenState>,
    /// In the order in which they were granted.
    pub(crate) grants: Vec<Grant>,
}

/// An open session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenState {
    /// The record that opened it; orders the sessions of an institution.
    pub(crate) sequence: u64,
    /// Whether it wants to empty the institution's lanes.
    pub(crate) receives: bool,
}

impl Grant {
    /// Reads a note, without its signature: the shell has verified it before it was put on record.
    pub(crate) fn of_note(note: &str) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "grant of a key" };
        let end = note.find("\n\n").ok_or(BAD)?;
        let text = note.get(..=end).ok_or(BAD)?;
        let KeyGrant { network: _, holder, key: public, from, until } =
            KeyGrant::parse(text).map_err(|_| BAD)?;
        Ok(Self { holder, key: public.id(), public, from, until, note: note.into() })
    }

    /// Whether the key is good for a record of this time.
    #[must_use]
    pub fn covers(&self, at: LogTime) -> bool {
        (self.from..self.until).contains(&at)
    }
}

impl Member {
    pub(crate) fn new(institution: Institution, name: Line) -> Self {
        Self {
            institution,
            name,
            status: Status::Active,
            terminals: SmallMap::default(),
            lanes: LANES.into_iter().map(|lane| (lane, LaneQueue::default())).collect(),
        }
    }

    pub(crate) fn is_suspended(&self) -> bool {
        matches!(self.status, Status::Suspended { .. })
    }

    /// The session that empties the lanes: of those that want to, the one that opened last.
    pub(crate) fn holder(&self) -> Option<(Terminal, SessionNumber)> {
        let receiving = self.terminals.iter().filter_map(|(terminal, state)| {
            let open = state.open.filter(|open| open.receives)?;
            Some((open.sequence, terminal, state.last_session))
        });
        receiving
            .max_by_key(|(sequence, ..)| *sequence)
            .map(|(_, terminal, number)| (terminal, number))
    }

    /// The open session of a terminal.
    pub(crate) fn session(&self, terminal: Terminal) -> Option<SessionNumber> {
        let state = self.terminals.get(&terminal)?;
        state.open.map(|_| state.last_session)
    }

    /// Notes that the session that emptied the lanes has ended.
    pub(crate) fn end_lanes(&mut self) {
        self.lanes.values_mut().for_each(LaneQueue::end_session);
    }
}

impl TerminalState {
    /// The grant of a key that is good at a time.
    pub(crate) fn grant(&self, key: KeyId, at: LogTime) -> Option<&Grant> {
        self.grants.iter().rev().find(|grant| grant.key == key && grant.covers(at))
    }
}

impl fmt::Display for SessionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
