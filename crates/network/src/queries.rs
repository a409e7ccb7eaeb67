//! What the machine tells about itself. Nothing here changes anything.
//!
//! The machine may run ahead of the disk: it has applied records that are not durable yet. Whoever
//! sends what it finds here checks that the records it stands in are durable.

use iso::{Institution, Terminal};
use trust::{Lane, LogTime, NetworkName, Shard};

use crate::answers::AnswerRun;
use crate::directory::{Grant, Member, SessionNumber, Status, TerminalState};
use crate::lane::{LanePosition, LaneQueue, Offer};
use crate::line::Line;
use crate::network::Network;

/// A member, as the machine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberView<'a> {
    /// Which institution.
    pub institution: Institution,
    /// Its name, for people.
    pub name: &'a Line,
    /// Whether it may take part.
    pub status: &'a Status,
}

/// An open session, as the machine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Whose it is.
    pub terminal: Terminal,
    /// Its number.
    pub session: SessionNumber,
    /// Whether it wants to empty its institution's lanes.
    pub receives: bool,
    /// The record that opened it.
    pub opened_in: u64,
}

impl Network {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> NetworkName {
        self.name
    }

    /// Which of the network's logs it follows.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The time of the last record; the next one's is not before it.
    #[must_use]
    pub fn now(&self) -> LogTime {
        self.now
    }

    /// The last record that was applied.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// A member.
    #[must_use]
    pub fn member(&self, institution: Institution) -> Option<MemberView<'_>> {
        self.members.get(&institution).map(Member::view)
    }

    /// All members, in the order of their BICs.
    pub fn members(&self) -> impl ExactSizeIterator<Item = MemberView<'_>> {
        self.members.by_name().map(Member::view)
    }

    /// The terminals of an institution that ever opened a session or were granted a key.
    pub fn terminals(&self, institution: Institution) -> impl Iterator<Item = Terminal> {
        self.members.get(&institution).into_iter().flat_map(|member| member.terminals.keys())
    }

    /// The open session of a terminal.
    #[must_use]
    pub fn session(&self, terminal: Terminal) -> Option<SessionView> {
        self.terminal(terminal)?.view(terminal)
    }

    /// All open sessions, in the order of their terminals.
    pub fn sessions(&self) -> impl Iterator<Item = SessionView> {
        let terminals = self.members.by_name().flat_map(|member| member.terminals.iter());
        terminals.filter_map(|(terminal, state)| state.view(terminal))
    }

    /// The session that empties the lanes of an institution.
    #[must_use]
    pub fn holder(&self, institution: Institution) -> Option<(Terminal, SessionNumber)> {
        self.members.get(&institution)?.holder()
    }

    /// All keys that a terminal was granted, in the order of the grants.
    #[must_use]
    pub fn grants(&self, terminal: Terminal) -> &[Grant] {
        self.terminal(terminal).map_or(&[], |state| &state.grants)
    }

    /// The last input number of a terminal that was answered; 0 before the first.
    #[must_use]
    pub fn input_number(&self, terminal: Terminal) -> u64 {
        self.terminal(terminal).map_or(0, |state| state.input_number)
    }

    /// At most `limit` answers to the input numbers of a terminal above `after`, in their order,
    /// as far as the gateway has not confirmed them.
    pub fn answers(
        &self,
        terminal: Terminal,
        after: u64,
        limit: u64,
    ) -> impl Iterator<Item = AnswerRun> {
        let state = self.terminal(terminal);
        state.into_iter().flat_map(move |state| state.answers.after(after, limit))
    }

    /// The entries of a lane with output numbers above `after` that are not acknowledged, in order.
    pub fn pending(
        &self,
        institution: Institution,
        lane: Lane,
        after: u64,
    ) -> impl Iterator<Item = Offer> {
        self.lane(institution, lane).into_iter().flat_map(move |queue| queue.after(after))
    }

    /// How far the lanes of an institution have got; nothing where it is not a member.
    pub fn lanes(&self, institution: Institution) -> impl Iterator<Item = LanePosition> {
        let member = self.members.get(&institution).into_iter();
        member.flat_map(|member| member.lanes.iter()).map(|(lane, queue)| queue.position(lane))
    }

    /// How many entries wait in all lanes; it visits every member.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        let lanes = self.members.by_id().flat_map(|member| member.lanes.values());
        lanes.map(|queue| queue.entries().len()).sum()
    }

    fn terminal(&self, terminal: Terminal) -> Option<&TerminalState> {
        self.members.get(&terminal.institution())?.terminals.get(&terminal)
    }

    fn lane(&self, institution: Institution, lane: Lane) -> Option<&LaneQueue> {
        self.members.get(&institution)?.lanes.get(&lane)
    }
}

impl Member {
    fn view(&self) -> MemberView<'_> {
        MemberView { institution: self.institution, name: &self.name, status: &self.status }
    }
}

impl TerminalState {
    fn view(&self, terminal: Terminal) -> Option<SessionView> {
        self.open.map(|open| SessionView {
            terminal,
            session: self.last_session,
            receives: open.receives,
            opened_in: open.sequence,
        })
    }
}
