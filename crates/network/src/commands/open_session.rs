//! A terminal opens a session, or takes its own over.
//!
//! A gateway whose link broke cannot know whether the hub has noticed, so opening never waits for
//! a close: the new session ends the old one, and commands of the old one are rejected from then
//! on. Which lanes it gets stands in `leases.rs`. An epoch of the journal ends all sessions, for
//! their links ended with the hub before.

use std::collections::BTreeMap;

use iso::Terminal;
use trust::{Lane, LogTime};

use crate::directory::{Member, OpenState, PastSession, SESSIONS_REMEMBERED_MAX};
use crate::effect::{Effect, SessionEnd};
use crate::event::{Decision, Event};
use crate::lane::LaneQueue;
use crate::leases::Claims;
use crate::network::Network;
use crate::rejection::Rejection;

/// What the record of an opening says, as far as the state goes by it.
pub(crate) struct Opening {
    pub(crate) terminal: Terminal,
    pub(crate) answered_through: u64,
    pub(crate) receives: bool,
    pub(crate) claims: Claims,
}

/// A terminal opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Who opens it, as its certificate names it.
    pub terminal: Terminal,
    /// It has stored the answers to all input numbers up to this one.
    pub answered_through: u64,
    /// Whether it wants to empty its institution's lanes.
    pub receives: bool,
    /// Which of them, if it does; [`Claims::ALL`] otherwise.
    pub claims: Claims,
    /// What it has stored of each lane; it may be behind (another terminal emptied the lane) or
    /// ahead (its acknowledgement was lost) of what was acknowledged.
    pub received: BTreeMap<Lane, u64>,
}

impl Network {
    pub(crate) fn decide_open_session(&self, open: OpenSession) -> Result<Decision, Rejection> {
        let OpenSession { terminal, answered_through, receives, claims, received } = open;
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
        // What a session that receives nothing is for has no meaning.
        let claims = if receives { claims } else { Claims::ALL };
        let opened =
            Event::SessionOpened { terminal, answered_through, receives, claims, received };
        Ok(Decision::of(opened))
    }

    pub(crate) fn session_opened(
        &mut self,
        at: LogTime,
        sequence: u64,
        opening: &Opening,
        effects: &mut Vec<Effect>,
    ) {
        let Opening { terminal, answered_through, receives, claims } = *opening;
        let member = self.member_mut(terminal.institution());
        member.close(at, terminal, SessionEnd::TakenOver, effects);
        let lanes = member.lanes.iter().map(|(lane, queue)| queue.position(lane)).collect();
        let state = member.terminals.or_default(terminal);
        assert!(answered_through <= state.input_number, "{terminal} has answers never given");
        state.answers.confirm(answered_through);
        state.last_session.0 += 1;
        let input_after = state.input_number;
        let open =
            OpenState { sequence, receives, claims, opened_at: at, input_after, received: 0 };
        state.open = Some(open);
        effects.push(Effect::SessionOpened {
            terminal,
            session: state.last_session,
            input_number: state.input_number,
            answers_after: state.answers.confirmed(),
            lanes,
        });
        member.move_lanes(Some(terminal), effects);
        self.note_presence(at, Some(terminal.institution()));
    }

    pub(crate) fn epoch_opened(&mut self, at: LogTime, effects: &mut Vec<Effect>) {
        for member in self.members.iter_mut() {
            let terminals: Vec<Terminal> = member.terminals.keys().collect();
            for terminal in terminals {
                member.close(at, terminal, SessionEnd::EpochOpened, effects);
            }
            member.move_lanes(None, effects);
        }
        self.note_presence(at, None);
    }
}

impl Member {
    /// Ends the open session of a terminal, if there is one.
    pub(crate) fn close(
        &mut self,
        at: LogTime,
        terminal: Terminal,
        end: SessionEnd,
        effects: &mut Vec<Effect>,
    ) {
        let Some(state) = self.terminals.get_mut(&terminal) else { return };
        if let Some(open) = state.open.take() {
            let session = state.last_session;
            if state.history.len() >= SESSIONS_REMEMBERED_MAX {
                state.history.pop_front();
            }
            state.history.push_back(PastSession {
                session,
                opened_at: open.opened_at,
                closed_at: at,
                end,
                input_after: open.input_after,
                input_through: state.input_number,
                received: open.received,
            });
            effects.push(Effect::SessionClosed { terminal, session, end });
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::{check, check_with_members};

    #[test]
    fn a_terminal_of_a_member_opens_a_session() {
        check(
            "
            admit ALPHDEFF Alpha Bank
            open ALPHDEFFA
            open ALPHDEFFB receives
            sessions
            ",
            &expect![[r#"
                ALPHDEFF is Active
                welcome ALPHDEFFA to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                welcome ALPHDEFFB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to session 1 of ALPHDEFFB
                  session 1 of ALPHDEFFA
                  session 1 of ALPHDEFFB, receives
            "#]],
        );
    }

    #[test]
    fn a_terminal_of_no_member_opens_none() {
        check(
            "
            open ALPHDEFFA
            ",
            &expect![[r#"
                NET023 ALPHDEFFA cannot open a session: ALPHDEFF is not a member
            "#]],
        );
    }

    #[test]
    fn a_terminal_takes_its_own_session_over() {
        check_with_members(
            "
            open ALPHDEFFA
            open ALPHDEFFA receives
            sessions
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to nobody
                end session 2 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to session 3 of ALPHDEFFA
                  session 3 of ALPHDEFFA, receives
                  session 1 of BANKFRPPA, receives
            "#]],
        );
    }

    #[test]
    fn a_terminal_goes_on_after_its_last_number() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            refuse ALPHDEFFA 2
            submit ALPHDEFFA 3 BANKFRPP
            open ALPHDEFFA answered=1
            answers ALPHDEFFA
            open ALPHDEFFA answered=3
            answers ALPHDEFFA
            open ALPHDEFFA
            submit ALPHDEFFA 4 BANKFRPP
            answers ALPHDEFFA
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                refused 2 of ALPHDEFFA in record 8
                  MX017 at /Document/FIToFICstmrCdtTrf, fault of the sender: element Amt is missing
                accepted 3 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                end session 1 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 2: input 3, answers after 1, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to nobody
                  1 refused from 2 in record 8
                  1 accepted from 3 in record 9
                end session 2 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 3: input 3, answers after 3, system 0/0, urgent 0/0, normal 0/0
                end session 3 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 4: input 3, answers after 3, system 0/0, urgent 0/0, normal 0/0
                accepted 4 of ALPHDEFFA in record 13
                offer BANKFRPP normal 3: record 13
                  1 accepted from 4 in record 13
            "#]],
        );
    }

    #[test]
    fn answers_that_were_never_given_are_rejected() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open ALPHDEFFA answered=2
            open ALPHDEFFB answered=1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET024 ALPHDEFFA has answers through input number 2, but the last is 1
                NET024 ALPHDEFFB has answers through input number 1, but the last is 0
            "#]],
        );
    }

    #[test]
    fn offers_that_were_never_made_are_rejected() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPA normal=2
            open BANKFRPPA lane9=1
            open BANKFRPPA normal=1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET025 BANKFRPPA has the normal lane through output number 2, but the last is 1
                NET026 BANKFRPP has no lane 9
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to nobody
            "#]],
        );
    }

    #[test]
    fn the_receiving_session_that_opened_last_empties_the_lanes() {
        check_with_members(
            "
            open BANKFRPPB receives
            open BANKFRPPC
            open BANKFRPPA receives
            close BANKFRPPA
            close BANKFRPPC
            close BANKFRPPB
            ",
            &expect![[r#"
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                welcome BANKFRPPC to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of BANKFRPP to session 2 of BANKFRPPA
                end session 2 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to session 1 of BANKFRPPB
                end session 1 of BANKFRPPC: Closed(Goodbye)
                end session 1 of BANKFRPPB: Closed(Goodbye)
                lanes of BANKFRPP to nobody
            "#]],
        );
    }

    #[test]
    fn what_an_ended_session_may_have_offered_is_a_possible_duplicate() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPA receives
            submit ALPHDEFFA 2 BANKFRPP
            pending BANKFRPP normal
            open BANKFRPPB receives
            submit ALPHDEFFA 3 BANKFRPP
            pending BANKFRPP normal
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 2 of BANKFRPPA
                accepted 2 of ALPHDEFFA in record 9
                offer BANKFRPP normal 2: record 9
                  1: message in record 7, possible duplicate
                  2: message in record 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/2
                accepted 3 of ALPHDEFFA in record 11
                offer BANKFRPP normal 3: record 11
                  1: message in record 7, possible duplicate
                  2: message in record 9
                  3: message in record 11
            "#]],
        );
    }

    #[test]
    fn a_session_that_never_received_leaves_no_possible_duplicates() {
        check_with_members(
            "
            close BANKFRPPA
            open BANKFRPPA
            submit ALPHDEFFA 1 BANKFRPP
            close BANKFRPPA
            open BANKFRPPA receives
            pending BANKFRPP normal
            ",
            &expect![[r#"
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                end session 2 of BANKFRPPA: Closed(Goodbye)
                welcome BANKFRPPA to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 3 of BANKFRPPA
                  1: message in record 9
            "#]],
        );
    }

    #[test]
    fn an_epoch_ends_all_sessions() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            epoch
            sessions
            pending BANKFRPP normal
            submit ALPHDEFFA 2 BANKFRPP
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                end session 1 of ALPHDEFFA: EpochOpened
                lanes of ALPHDEFF to nobody
                end session 1 of BANKFRPPA: EpochOpened
                lanes of BANKFRPP to nobody
                  1: message in record 7, possible duplicate
                NET020 ALPHDEFFA has no open session
            "#]],
        );
    }

    #[test]
    fn the_sessions_that_may_have_offered_a_message_are_its_history() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            open BANKFRPPA receives
            submit ALPHDEFFA 3 BANKFRPP
            close BANKFRPPA lost
            open BANKFRPPB receives
            grant BANKFRPPB 1
            ack BANKFRPPB normal 1 1
            attempts BANKFRPP normal 2
            attempts BANKFRPP normal 3
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 2: record 8
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/2
                lanes of BANKFRPP to session 2 of BANKFRPPA
                accepted 3 of ALPHDEFFA in record 10
                offer BANKFRPP normal 3: record 10
                end session 2 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to nobody
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/3
                lanes of BANKFRPP to session 1 of BANKFRPPB
                BANKFRPPB may sign with d2dd6e81a001b70a
                BANKFRPPB took normal over through 1
                  session 1 of BANKFRPPA: 1 to 2
                  session 2 of BANKFRPPA: 1 to 3
                  session 2 of BANKFRPPA: 1 to 3
            "#]],
        );
    }

    #[test]
    fn the_last_sessions_are_remembered_with_what_they_did() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            refuse ALPHDEFFA 2
            @100 open ALPHDEFFA
            @200 submit ALPHDEFFA 3 BANKFRPP
            ack BANKFRPPA normal 1 2
            @300 close BANKFRPPA operator
            @400 epoch
            history ALPHDEFFA
            history BANKFRPPA
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                refused 2 of ALPHDEFFA in record 8
                  MX017 at /Document/FIToFICstmrCdtTrf, fault of the sender: element Amt is missing
                end session 1 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 2: input 2, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to nobody
                accepted 3 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
                BANKFRPPA took normal over through 2
                end session 1 of BANKFRPPA: Closed(Operator)
                lanes of BANKFRPP to nobody
                end session 2 of ALPHDEFFA: EpochOpened
                  1: 5 to 100, TakenOver, input 1 to 2, received 0
                  2: 100 to 400, EpochOpened, input 3 to 3, received 0
                  1: 6 to 300, Closed(Operator), input 1 to 0, received 2
            "#]],
        );
    }
}
