//! A receiver does not take a message: a negative acknowledgement with its reason (UNK).
//!
//! It stands in the place of the acknowledgement, so it is for the next message of the lane. The
//! receiver says no to a message that it holds, and signs that: the message is not offered again,
//! and its sender is always told.

use iso::Terminal;
use trust::{Declined, Lane, LogTime};

use crate::deadlines::Place;
use crate::directory::SessionNumber;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{Tiding, Told};
use crate::network::Network;
use crate::real_time::RequestOutcome;
use crate::rejection::Rejection;

/// A receiver does not take a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The session of the terminal that declines.
    pub session: SessionNumber,
    /// What it declines and why, with its signature, which the shell has verified.
    pub declined: Declined,
}

impl Network {
    pub(crate) fn decide_decline(
        &self,
        at: LogTime,
        decline: &Decline,
    ) -> Result<Decision, Rejection> {
        let Decline { session, declined } = decline;
        let Declined { by, lane, output_number, .. } = *declined;
        let (member, state) = self.open_session(by, *session)?;
        let queue = member.leased((by, *session), lane)?;
        let expected = queue.acknowledged() + 1;
        if output_number != expected {
            return Err(Rejection::NotNext { terminal: by, lane, expected, found: output_number });
        }
        match queue.get(output_number).filter(|_| output_number <= queue.last_offered()) {
            None => {
                let last = queue.last_offered();
                return Err(Rejection::NeverOffered { lane, last, through: output_number });
            }
            Some(entry) if entry.message().is_none() => {
                return Err(Rejection::NotAMessage { lane, output_number });
            }
            Some(_) => {}
        }
        if state.grant(declined.signed.key, at).is_none() {
            return Err(Rejection::WrongKey { terminal: by, lane });
        }
        let event = Event::Declined { by, lane, output_number };
        Ok(Decision { event, meta: declined.encode() })
    }

    pub(crate) fn declined(
        &mut self,
        (at, sequence): (LogTime, u64),
        by: Terminal,
        (lane, output_number): (Lane, u64),
        effects: &mut Vec<Effect>,
    ) {
        let receiver = self.member_id(by.institution());
        let member = self.members.at_mut(receiver);
        if let Some(open) = member.terminals.get_mut(&by).and_then(|state| state.open.as_mut()) {
            open.received += 1;
        }
        member.daily.on(at).declined += 1;
        let queue = member.lane_mut(lane);
        assert_eq!(output_number, queue.acknowledged() + 1, "a lane is declined in order");
        let message = *queue.message_mut(output_number);
        queue.acknowledge(1).for_each(drop);
        queue.shrink();
        self.deadlines.clear(message.times.next(), Place { receiver, lane, output_number });
        effects.push(Effect::Acknowledged { by, lane, through: output_number });
        member.pass_on(lane, effects);
        if message.asks && self.requests.end(message.sequence, RequestOutcome::Declined).is_none() {
            // The request is over, and both have been told how.
            return;
        }
        let about = Some(message.about());
        let told = Told { tiding: Tiding::Declined, record: sequence, about };
        self.count(at, message.sender.institution(), |figures| figures.returned += 1);
        self.tell(message.sender.institution(), told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_declined_message_leaves_the_lane_and_its_sender_is_told() {
        check_over_days(
            "
            service payments warn=10/10
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP both
            submit ALPHDEFFA 3 BANKFRPP
            ack BANKFRPPA normal 1 1
            decline BANKFRPPA normal 2 RCV01 unreadable
            pending ALPHDEFF system
            ack BANKFRPPA normal 3 3
            @20s tick
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP normal 3: record 12
                BANKFRPPA took normal over through 1
                BANKFRPPA took normal over through 2
                offer ALPHDEFF system 1: notice
                  1: Declined of 2 of ALPHDEFFA in record 11, says record 14
                BANKFRPPA took normal over through 3
            "#]],
        );
    }

    #[test]
    fn only_the_next_message_is_declined() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP notice
            submit ALPHDEFFA 2 BANKFRPP
            decline BANKFRPPA normal 2 RCV01 unreadable
            ack BANKFRPPA normal 1 2
            decline BANKFRPPA normal 2 RCV01 unreadable
            decline BANKFRPPA normal 3 RCV01 unreadable
            decline ALPHDEFFA system 1 RCV01 unreadable
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
                NET033 BANKFRPPA declines number 2 of the normal lane, where the next message is 1
                BANKFRPPA took normal over through 2
                offer ALPHDEFF system 1: notice
                NET033 BANKFRPPA declines number 2 of the normal lane, where the next message is 3
                NET030 the normal lane was offered through 2, but is acknowledged through 3
                NET034 number 1 of the system lane is no message that could be declined
            "#]],
        );
    }

    #[test]
    fn a_message_is_declined_by_who_empties_the_lane_with_a_valid_key() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            decline BANKFRPPA normal 1 RCV01 unreadable key=2
            decline BANKFRPPA normal 1 RCV01 unreadable session=9
            decline BANKFRPPA lane9 1 RCV01 unreadable
            open BANKFRPPB receives
            decline BANKFRPPA normal 1 RCV01 unreadable
            close BANKFRPPA
            decline BANKFRPPA normal 1 RCV01 unreadable
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                NET032 the normal lane was not acknowledged with a valid key of BANKFRPPA
                NET021 session 9 of BANKFRPPA is over; 1 is open
                NET026 BANKFRPP has no lane 9
                welcome BANKFRPPB to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                BANKFRPPA took normal over through 1
                offer ALPHDEFF system 1: notice
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to session 1 of BANKFRPPB
                NET020 BANKFRPPA has no open session
            "#]],
        );
    }
}
