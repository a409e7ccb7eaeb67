//! A terminal opens a session, or takes its own over.
//!
//! A gateway whose link broke cannot know whether the hub has noticed, so opening never waits for
//! a close: the new session ends the old one, and commands of the old one are rejected from then
//! on. An epoch of the journal ends all sessions, for their links ended with the hub before.

use std::collections::BTreeMap;

use iso::Terminal;
use trust::Lane;

use crate::directory::{Member, OpenState, SessionNumber};
use crate::effect::{Effect, SessionEnd};
use crate::event::{Decision, Event};
use crate::lane::LaneQueue;
use crate::network::Network;
use crate::rejection::Rejection;

/// A terminal opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Who opens it, as its certificate names it.
    pub terminal: Terminal,
    /// It has stored the answers to all input numbers up to this one.
    pub answered_through: u64,
    /// Whether it wants to empty its institution's lanes.
    pub receives: bool,
    /// What it has stored of each lane; it may be behind (another terminal emptied the lane) or
    /// ahead (its acknowledgement was lost) of what was acknowledged.
    pub received: BTreeMap<Lane, u64>,
}

impl Network {
    pub(crate) fn decide_open_session(&self, open: OpenSession) -> Result<Decision, Rejection> {
        let OpenSession { terminal, answered_through, receives, received } = open;
        let member = self.members.get(&terminal.institution());
        let member = member.ok_or(Rejection::NotAMember { terminal })?;
        let last = member.terminals.get(&terminal).map_or(0, |state| state.input_number);
        if answered_through > last {
            return Err(Rejection::AnsweredAhead { terminal, last, found: answered_through });
        }
        for (&lane, &found) in &received {
            let queue = member.lanes.get(&lane);
            let last =
                queue.map(LaneQueue::last).ok_or(Rejection::UnknownLane { terminal, lane })?;
            if found > last {
                return Err(Rejection::ReceivedAhead { terminal, lane, last, found });
            }
        }
        let received = received.into_iter().collect();
        Ok(Decision::of(Event::SessionOpened { terminal, answered_through, receives, received }))
    }

    pub(crate) fn session_opened(
        &mut self,
        sequence: u64,
        terminal: Terminal,
        answered_through: u64,
        receives: bool,
        effects: &mut Vec<Effect>,
    ) {
        let member = self.member_mut(terminal.institution());
        let holder = member.holder();
        member.close(terminal, SessionEnd::TakenOver, effects);
        let lanes = member.lanes.iter().map(|(lane, queue)| queue.position(*lane)).collect();
        let state = member.terminals.entry(terminal).or_default();
        assert!(answered_through <= state.input_number, "{terminal} has answers never given");
        state.answers.confirm(answered_through);
        state.last_session.0 += 1;
        state.open = Some(OpenState { sequence, receives });
        effects.push(Effect::SessionOpened {
            terminal,
            session: state.last_session,
            input_number: state.input_number,
            answers_after: state.answers.confirmed(),
            lanes,
        });
        member.move_lanes(terminal, holder, effects);
    }

    pub(crate) fn epoch_opened(&mut self, effects: &mut Vec<Effect>) {
        for member in self.members.values_mut() {
            let holder = member.holder();
            let terminals: Vec<Terminal> = member.terminals.keys().copied().collect();
            for terminal in terminals {
                member.close(terminal, SessionEnd::EpochOpened, effects);
            }
            if let Some((terminal, _)) = holder {
                member.move_lanes(terminal, holder, effects);
            }
        }
    }
}

impl Member {
    /// Ends the open session of a terminal, if there is one.
    pub(crate) fn close(&mut self, terminal: Terminal, end: SessionEnd, effects: &mut Vec<Effect>) {
        let Some(state) = self.terminals.get_mut(&terminal) else { return };
        if state.open.take().is_some() {
            let session = state.last_session;
            effects.push(Effect::SessionClosed { terminal, session, end });
        }
    }

    /// After sessions have changed: says who empties the lanes now, and marks what the session that
    /// emptied them until now may have offered.
    pub(crate) fn move_lanes(
        &mut self,
        terminal: Terminal,
        before: Option<(Terminal, SessionNumber)>,
        effects: &mut Vec<Effect>,
    ) {
        let after = self.holder();
        if before == after {
            return;
        }
        if before.is_some() {
            self.end_lanes();
        }
        effects.push(Effect::LanesHeld { institution: terminal.institution(), by: after });
    }
}
