//! The members of the network, their terminals, and the keys with which these sign.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use iso::{Bic, Institution, Terminal};
use trust::codec::{CodecError, Reader, Writer};
use trust::{KeyGrant, KeyId, Lane, LogTime, PublicKey};

use crate::answers::Answers;
use crate::effect::SessionEnd;
use crate::event::parse;
use crate::lane::{LANES, LaneQueue};
use crate::lane_rules::LaneRules;
use crate::leases::Claims;
use crate::line::Line;
use crate::reports::{Daily, Reports};
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
    /// As a suspended member, for good.
    Expelled {
        /// Why, for people.
        reason: Line,
    },
}

/// A branch of an institution: the last three characters of its BIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch(
    /// Invariant: upper-case letters and digits.
    [u8; 3],
);

/// What the directory says of a member beside its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its branches. A message to another branch is refused; where none is listed, every branch and
    /// always the head office (`XXX`) may be sent to.
    ///
    /// Invariant: sorted, none twice, at most [`Profile::BRANCHES_MAX`].
    branches: Box<[Branch]>,
    /// Whom people call, one line each.
    ///
    /// Invariant: at most [`Profile::CONTACTS_MAX`].
    contacts: Box<[Line]>,
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
    /// It is not good for records from this time on, whatever the note says.
    pub revoked_at: Option<LogTime>,
}

/// An institution of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) institution: Institution,
    pub(crate) name: Line,
    pub(crate) status: Status,
    pub(crate) profile: Box<Profile>,
    /// Those that ever opened a session or were granted a key.
    pub(crate) terminals: SmallMap<Terminal, TerminalState>,
    /// Invariant: has every lane of [`LANES`].
    pub(crate) lanes: SmallMap<Lane, LaneQueue>,
    /// By which other lanes messages to it go, if by any.
    pub(crate) lane_rules: Option<Box<LaneRules>>,
    pub(crate) daily: Daily,
    pub(crate) reports: Reports,
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
    /// The last sessions that have ended.
    ///
    /// Invariant: at most [`SESSIONS_REMEMBERED_MAX`], numbered consecutively up to the last one.
    pub(crate) history: VecDeque<PastSession>,
}

/// How many ended sessions of a terminal are remembered.
pub const SESSIONS_REMEMBERED_MAX: usize = 16;

/// A session that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastSession {
    /// Its number.
    pub session: SessionNumber,
    /// When it was opened.
    pub opened_at: LogTime,
    /// When it ended.
    pub closed_at: LogTime,
    /// Why.
    pub end: SessionEnd,
    /// The input numbers that were answered in it begin after this one.
    pub input_after: u64,
    /// The last input number that was answered in it.
    pub input_through: u64,
    /// How many entries of its institution's lanes it took over or declined.
    pub received: u64,
}

/// An open session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenState {
    /// The record that opened it; orders the sessions of an institution.
    pub(crate) sequence: u64,
    /// Whether it wants to empty the institution's lanes.
    pub(crate) receives: bool,
    /// Which of them, if it does.
    pub(crate) claims: Claims,
    pub(crate) opened_at: LogTime,
    /// The last input number before it.
    pub(crate) input_after: u64,
    /// How many entries of the lanes it has taken over or declined.
    pub(crate) received: u64,
}

impl Grant {
    /// Reads a note, without its signature: the shell has verified it before it was put on record.
    pub(crate) fn of_note(note: &str) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "grant of a key" };
        let end = note.find("\n\n").ok_or(BAD)?;
        let text = note.get(..=end).ok_or(BAD)?;
        let KeyGrant { network: _, holder, key: public, from, until } =
            KeyGrant::parse(text).map_err(|_| BAD)?;
        Ok(Self {
            holder,
            key: public.id(),
            public,
            from,
            until,
            note: note.into(),
            revoked_at: None,
        })
    }

    /// Whether the key is good for a record of this time.
    #[must_use]
    pub fn covers(&self, at: LogTime) -> bool {
        (self.from..self.ends_at()).contains(&at)
    }

    /// When it ends: as the note says, or when it was revoked.
    #[must_use]
    pub fn ends_at(&self) -> LogTime {
        self.revoked_at.map_or(self.until, |revoked_at| revoked_at.min(self.until))
    }
}

impl Branch {
    /// The head office.
    pub const HEAD_OFFICE: Self = Self(*b"XXX");

    /// The branch of an address.
    #[must_use]
    pub fn of(bic: &Bic) -> Self {
        bic.branch().parse().expect("the branch of a BIC is one")
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "branch" };
        parse(std::str::from_utf8(reader.raw(3)?).map_err(|_| BAD)?, "branch")
    }
}

impl Profile {
    /// How many branches are listed at most.
    pub const BRANCHES_MAX: usize = 1_000;
    /// How many contacts are listed at most.
    pub const CONTACTS_MAX: usize = 16;

    /// A profile; nothing where it lists too much.
    #[must_use]
    pub fn new(mut branches: Vec<Branch>, contacts: Vec<Line>) -> Option<Self> {
        branches.sort_unstable();
        branches.dedup();
        let fits = branches.len() <= Self::BRANCHES_MAX && contacts.len() <= Self::CONTACTS_MAX;
        fits.then(|| Self { branches: branches.into(), contacts: contacts.into() })
    }

    /// Its branches, in their order; none where every branch may be sent to.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Whom people call.
    #[must_use]
    pub fn contacts(&self) -> &[Line] {
        &self.contacts
    }

    /// Whether an address of the institution may be sent to.
    #[must_use]
    pub fn may_be_sent_to(&self, receiver: &Bic) -> bool {
        if self.branches.is_empty() {
            return true;
        }
        let branch = Branch::of(receiver);
        branch == Branch::HEAD_OFFICE || self.branches.binary_search(&branch).is_ok()
    }

    /// `branches: count u16, 3 bytes each | contacts: count u8, texts`
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u16(u16::try_from(self.branches.len()).expect("at most 1,000 branches"));
        self.branches.iter().for_each(|branch| branch.write(writer));
        writer.u8(u8::try_from(self.contacts.len()).expect("at most 16 contacts"));
        for contact in &self.contacts {
            writer.text(contact.as_str());
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        const BAD: CodecError = CodecError::OutOfRange { field: "profile of a member" };
        let branches = (0..reader.u16()?).map(|_| Branch::read(reader));
        let branches = branches.collect::<Result<Vec<Branch>, _>>()?;
        if !branches.is_sorted_by(|before, after| before < after) {
            return Err(BAD);
        }
        let contacts = (0..reader.u8()?).map(|_| parse(reader.text()?, "contact"));
        let contacts = contacts.collect::<Result<_, CodecError>>()?;
        Self::new(branches, contacts).ok_or(BAD)
    }
}

impl Member {
    pub(crate) fn new(institution: Institution, name: Line) -> Self {
        Self {
            institution,
            name,
            status: Status::Active,
            profile: Box::default(),
            terminals: SmallMap::default(),
            lanes: LANES.into_iter().map(|lane| (lane, LaneQueue::default())).collect(),
            lane_rules: None,
            daily: Daily::default(),
            reports: Reports::default(),
        }
    }

    /// Whether it may neither send nor be sent to.
    pub(crate) fn is_suspended(&self) -> bool {
        matches!(self.status, Status::Suspended { .. } | Status::Expelled { .. })
    }

    pub(crate) fn is_expelled(&self) -> bool {
        matches!(self.status, Status::Expelled { .. })
    }

    /// The open session of a terminal.
    pub(crate) fn session(&self, terminal: Terminal) -> Option<SessionNumber> {
        let state = self.terminals.get(&terminal)?;
        state.open.map(|_| state.last_session)
    }
}

impl TerminalState {
    /// The grant of a key that is good at a time.
    pub(crate) fn grant(&self, key: KeyId, at: LogTime) -> Option<&Grant> {
        self.grants.iter().rev().find(|grant| grant.key == key && grant.covers(at))
    }
}

impl FromStr for Branch {
    type Err = BranchError;

    fn from_str(text: &str) -> Result<Self, BranchError> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| BranchError)?;
        let good = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        if bytes.iter().all(good) { Ok(Self(bytes)) } else { Err(BranchError) }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(std::str::from_utf8(&self.0).expect("a branch is ASCII"))
    }
}

/// A text that is no branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a branch has 3 upper-case letters and digits")]
pub struct BranchError;

impl fmt::Display for SessionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
