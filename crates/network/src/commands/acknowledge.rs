//! A receiver has stored what it was offered, in order and without a gap.
//!
//! The shell has compared the root with the records and verified the signature; whether the key
//! may sign at this time is decided here.

use std::ops::RangeInclusive;

use iso::Terminal;
use trust::{Acknowledged, Lane, LogTime};

use crate::deadlines::Place;
use crate::directory::{Member, SessionNumber, TerminalState};
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{About, Entry, InFlight, LaneQueue, Notice};
use crate::network::Network;
use crate::rejection::Rejection;

/// A receiver has stored what it was offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledge {
    /// The session of the terminal that acknowledges.
    pub session: SessionNumber,
    /// What it acknowledges, with its signature.
    pub acknowledged: Acknowledged,
}

impl Network {
    pub(crate) fn decide_acknowledge(
        &self,
        at: LogTime,
        acknowledge: &Acknowledge,
    ) -> Result<Decision, Rejection> {
        let Acknowledge { session, ref acknowledged } = *acknowledge;
        let Acknowledged { by, lane, first, through, .. } = *acknowledged;
        let (member, state) = self.open_session(by, session)?;
        let queue = member.leased((by, session), lane)?;
        if first == 0 || through < first || through - first >= Acknowledged::COUNT_MAX {
            return Err(Rejection::BadRange { first, through });
        }
        let done = queue.acknowledged();
        if through <= done {
            return Err(Rejection::AlreadyAcknowledged { lane, acknowledged: done, through });
        }
        if first != done + 1 {
            return Err(Rejection::WrongFirst { lane, expected: done + 1, found: first });
        }
        let last = queue.last_offered();
        if through > last {
            return Err(Rejection::NeverOffered { lane, last, through });
        }
        if !is_key_good(at, acknowledged, state) {
            return Err(Rejection::WrongKey { terminal: by, lane });
        }
        let event = Event::Acknowledged { by, lane, first, through };
        Ok(Decision { event, meta: acknowledged.encode() })
    }

    pub(crate) fn acknowledged(
        &mut self,
        (at, sequence): (LogTime, u64),
        by: Terminal,
        lane: Lane,
        numbers: RangeInclusive<u64>,
        effects: &mut Vec<Effect>,
    ) {
        let (first, through) = numbers.into_inner();
        let receiver = self.member_id(by.institution());
        let member = self.members.at_mut(receiver);
        let queue = member.lane_mut(lane);
        assert_eq!(first, queue.acknowledged() + 1, "the {lane} lane is acknowledged in order");
        assert!(first <= through, "a record acknowledges at least one entry");
        let count = usize::try_from(through - first + 1).expect("a lane fits into memory");
        let deadlines = &mut self.deadlines;
        let taken = (first..).zip((0..).zip(queue.acknowledge(count)));
        let (mut messages, mut copies) = (0, 0);
        let taken = taken.filter_map(|(output_number, (index, entry))| {
            let Some(message) = entry.message() else {
                copies += u64::from(matches!(entry, Entry::Copy { .. }));
                return None;
            };
            messages += 1;
            deadlines.clear(message.times.next(), Place { receiver, lane, output_number });
            message.notice_of(sequence, index)
        });
        let notices: Vec<Notice> = taken.collect();
        queue.shrink();
        member.count_received(at, by, through - first + 1, (messages, copies));
        effects.push(Effect::Acknowledged { by, lane, through });
        member.pass_on(lane, effects);
        for notice in notices {
            let institution = notice.sender.institution();
            let system = self.member_mut(institution).lane_mut(Lane::SYSTEM);
            let output_number = system.push(Entry::Delivered(notice));
            effects.push(Effect::Noticed { institution, output_number });
        }
    }
}

impl Member {
    /// A lane that a session empties.
    pub(crate) fn leased(
        &self,
        (terminal, session): (Terminal, SessionNumber),
        lane: Lane,
    ) -> Result<&LaneQueue, Rejection> {
        let queue = self.lanes.get(&lane).ok_or(Rejection::UnknownLane { terminal, lane })?;
        let is_held = queue.lease().is_some_and(|it| it.holder() == (terminal, session));
        is_held.then_some(queue).ok_or(Rejection::LanesElsewhere { terminal, lane })
    }

    /// Counts entries that a session took over; of them, messages and copies are figures of the day.
    fn count_received(
        &mut self,
        at: LogTime,
        by: Terminal,
        count: u64,
        (messages, copies): (u64, u64),
    ) {
        if let Some(open) = self.terminals.get_mut(&by).and_then(|state| state.open.as_mut()) {
            open.received += count;
        }
        let figures = self.daily.on(at);
        figures.received += messages;
        figures.copied += copies;
    }
}

impl InFlight {
    /// The notice that the sender of a message wanted.
    fn notice_of(&self, acknowledged_in: u64, index: u32) -> Option<Notice> {
        let About { sender, input_number, sequence } = self.about();
        self.notice.then_some(Notice { sender, input_number, sequence, acknowledged_in, index })
    }
}

/// Notices are acknowledged without a key, messages with one of the terminal's.
fn is_key_good(at: LogTime, acknowledged: &Acknowledged, state: &TerminalState) -> bool {
    match acknowledged.signed {
        None => acknowledged.lane == Lane::SYSTEM,
        Some(signed) => acknowledged.lane != Lane::SYSTEM && state.grant(signed.key, at).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn acknowledged_messages_leave_the_lane() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP
            ack BANKFRPPA normal 1 2
            pending BANKFRPP normal
            ack BANKFRPPA normal 3 3
            pending BANKFRPP normal
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 2: record 8
                accepted 3 of ALPHDEFFA in record 9
                offer BANKFRPP normal 3: record 9
                BANKFRPPA took normal over through 2
                  3: message in record 9
                BANKFRPPA took normal over through 3
            "#]],
        );
    }

    #[test]
    fn a_sender_that_asked_is_told_of_the_delivery() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP notice
            submit ALPHDEFFA 3 ALPHDEFF notice
            ack BANKFRPPA normal 1 2
            ack ALPHDEFFA normal 1 1
            pending ALPHDEFF system
            ack ALPHDEFFA system 1 2
            pending ALPHDEFF system
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 2: record 8
                accepted 3 of ALPHDEFFA in record 9
                offer ALPHDEFF normal 1: record 9
                BANKFRPPA took normal over through 2
                offer ALPHDEFF system 1: notice
                ALPHDEFFA took normal over through 1
                offer ALPHDEFF system 2: notice
                  1: 2 of ALPHDEFFA in record 8 delivered, place 1 of record 10
                  2: 3 of ALPHDEFFA in record 9 delivered, place 0 of record 11
                ALPHDEFFA took system over through 2
            "#]],
        );
    }

    #[test]
    fn an_acknowledgement_begins_where_the_last_one_ended() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP
            ack BANKFRPPA normal 2 3
            ack BANKFRPPA normal 1 2
            ack BANKFRPPA normal 1 3
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP normal 2: record 8
                accepted 3 of ALPHDEFFA in record 9
                offer BANKFRPP normal 3: record 9
                NET029 expected an acknowledgement of the normal lane from 1, but found 2
                BANKFRPPA took normal over through 2
                NET029 expected an acknowledgement of the normal lane from 3, but found 1
            "#]],
        );
    }

    #[test]
    fn what_was_acknowledged_before_is_rejected() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            ack BANKFRPPA normal 1 1
            ack BANKFRPPA normal 1 1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                BANKFRPPA took normal over through 1
                NET028 the normal lane was acknowledged through 1 before, and this is through 1
            "#]],
        );
    }

    #[test]
    fn what_was_never_offered_is_rejected() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            ack BANKFRPPA normal 1 2
            ack BANKFRPPA urgent 1 1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET030 the normal lane was offered through 1, but is acknowledged through 2
                NET030 the urgent lane was offered through 0, but is acknowledged through 1
            "#]],
        );
    }

    #[test]
    fn a_range_is_neither_empty_nor_too_long() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            ack BANKFRPPA normal 0 0
            ack BANKFRPPA normal 1 0
            ack BANKFRPPA normal 1 65537
            ack BANKFRPPA normal 1 18446744073709551615
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET031 an acknowledgement covers 1 to 65536 numbers, but this is 0 to 0
                NET031 an acknowledgement covers 1 to 65536 numbers, but this is 1 to 0
                NET031 an acknowledgement covers 1 to 65536 numbers, but this is 1 to 65537
                NET031 an acknowledgement covers 1 to 65536 numbers, but this is 1 to 18446744073709551615
            "#]],
        );
    }

    #[test]
    fn a_lane_that_is_none_is_rejected() {
        check_with_members(
            "
            ack BANKFRPPA lane9 1 1
            ",
            &expect![[r#"
                NET026 BANKFRPP has no lane 9
            "#]],
        );
    }

    #[test]
    fn messages_are_acknowledged_with_a_valid_key_and_notices_without() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP notice
            ack BANKFRPPA normal 1 1 unsigned
            ack BANKFRPPA normal 1 1 key=2
            ack BANKFRPPA normal 1 1
            ack ALPHDEFFA system 1 1 key=1
            ack ALPHDEFFA system 1 1
            submit ALPHDEFFA 2 BANKFRPP
            @1000000 ack BANKFRPPA normal 2 2
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET032 the normal lane was not acknowledged with a valid key of BANKFRPPA
                NET032 the normal lane was not acknowledged with a valid key of BANKFRPPA
                BANKFRPPA took normal over through 1
                offer ALPHDEFF system 1: notice
                NET032 the system lane was not acknowledged with a valid key of ALPHDEFFA
                ALPHDEFFA took system over through 1
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
                NET032 the normal lane was not acknowledged with a valid key of BANKFRPPA
            "#]],
        );
    }

    #[test]
    fn only_the_session_that_empties_the_lanes_acknowledges() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPB receives
            ack BANKFRPPA normal 1 1
            close BANKFRPPB
            ack BANKFRPPA normal 1 1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                BANKFRPPA took normal over through 1
                end session 1 of BANKFRPPB: Closed(Goodbye)
                NET028 the normal lane was acknowledged through 1 before, and this is through 1
            "#]],
        );
    }

    #[test]
    fn a_session_that_is_over_acknowledges_nothing() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            open BANKFRPPA receives
            ack BANKFRPPA normal 1 1 session=1
            close BANKFRPPA
            ack BANKFRPPA normal 1 1
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                end session 1 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 2 of BANKFRPPA
                NET021 session 1 of BANKFRPPA is over; 2 is open
                end session 2 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                NET020 BANKFRPPA has no open session
            "#]],
        );
    }
}
