//! The deadlines of requests have come: those of one sender to one receiver end in one record.
//!
//! It is a tick that finds them ([`crate::Command::Tick`]). A request that nobody can have is
//! withdrawn; one that the receiver has, or may have, has ended all the same: no response to it is
//! accepted any more. Its message stays in the lane, for the receiver may be about to acknowledge
//! it. The sender is told of each message, the receiver once: the record is the proof of both.

use iso::Institution;
use trust::{Lane, LogTime};

use crate::commands::tick::ELAPSED_MAX;
use crate::effect::Effect;
use crate::event::Event;
use crate::lane::{Tiding, Told};
use crate::network::Network;
use crate::real_time::{Request, RequestOutcome};

/// A request whose deadline has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedRequest {
    /// Its number in the receiver's real-time lane.
    pub output_number: u64,
    /// The record of the request.
    pub sequence: u64,
    /// How it ended: timed out, receiver gone or withdrawn.
    pub outcome: RequestOutcome,
}

impl RequestOutcome {
    /// What the sender of a request is told when time has ended it; nothing for other outcomes.
    #[must_use]
    pub fn tiding(self) -> Option<Tiding> {
        match self {
            Self::TimedOut => Some(Tiding::TimedOut),
            Self::ReceiverGone => Some(Tiding::ReceiverGone),
            Self::Withdrawn => Some(Tiding::Withdrawn),
            Self::Answered | Self::Declined | Self::Aborted => None,
        }
    }
}

impl Network {
    /// What the record of a tick says of requests; nothing where none is due.
    pub(crate) fn decide_end_requests(&self, at: LogTime) -> Option<Event> {
        let mut due = self.requests.due(at).peekable();
        let parties = |request: &Request| (request.sender.institution(), request.receiver);
        let of = due.peek().map(|(_, request)| parties(request))?;
        let ended = due.take_while(|(_, request)| parties(request) == of).take(ELAPSED_MAX);
        let ended = ended.map(|(sequence, request)| EndedRequest {
            output_number: request.output_number,
            sequence,
            outcome: self.outcome_now(request),
        });
        let ended = ended.collect();
        let (sender, receiver) = (of.0, self.members.at(of.1).institution);
        Some(Event::RequestsEnded { sender, receiver, ended })
    }

    fn outcome_now(&self, request: &Request) -> RequestOutcome {
        let member = self.members.at(request.receiver);
        let waits = member.lanes.get(&Lane::REAL_TIME);
        let waits = waits.is_some_and(|queue| queue.get(request.output_number).is_some());
        if waits && !member.may_have(Lane::REAL_TIME, request.output_number) {
            RequestOutcome::Withdrawn
        } else if member.holder(Lane::REAL_TIME).is_none() {
            RequestOutcome::ReceiverGone
        } else {
            RequestOutcome::TimedOut
        }
    }

    pub(crate) fn requests_ended(
        &mut self,
        (at, sequence): (LogTime, u64),
        receiver: Institution,
        ended: &[EndedRequest],
        effects: &mut Vec<Effect>,
    ) {
        let mut tell_receiver = false;
        for it in ended {
            let request = self.requests.end(it.sequence, it.outcome);
            let request = request.expect("a record ends a request that is open");
            let sender = request.sender.institution();
            if it.outcome == RequestOutcome::Withdrawn {
                let queue = self.member_mut(receiver).lane_mut(Lane::REAL_TIME);
                let message = queue.withdraw(it.output_number, sequence);
                assert_eq!(message.sequence, it.sequence, "a record names another message");
                self.count(at, sender, |figures| figures.withdrawn += 1);
            } else {
                // Where it was withdrawn, its place in the lane says so.
                tell_receiver = true;
            }
            let tiding = it.outcome.tiding().expect("a tick says only what time has done");
            let about = Some(request.about(it.sequence));
            self.tell(sender, Told { tiding, record: sequence, about }, effects);
        }
        if tell_receiver {
            let told = Told { tiding: Tiding::RequestsEnded, record: sequence, about: None };
            self.tell(receiver, told, effects);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use trust::Lane;

    use crate::script::check_over_days;

    #[test]
    fn a_request_that_nobody_answers_times_out_and_both_are_told() {
        check_over_days(
            "
            service instant real-time=500
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            ack BANKFRPPA real-time 1 1
            deadline
            open-requests
            @1s tick
            pending ALPHDEFF system
            pending BANKFRPP system
            open-requests
            deadline
            submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                BANKFRPPA took real-time over through 1
                  next at 1970-01-01T00:00:00.500010Z
                  request 1 of ALPHDEFFA in record 10, instant, until 1970-01-01T00:00:00.500010Z
                offer ALPHDEFF system 1: notice
                offer BANKFRPP system 1: notice
                  1: TimedOut of 1 of ALPHDEFFA in record 10, says record 12
                  1: RequestsEnded, says record 12
                  nothing is to come
                refused 1 of BANKFRPPA in record 13
                  NET134 at header/answers, fault of the sender: the request of record 10 is over: its deadline has come
            "#]],
        );
    }

    #[test]
    fn a_request_ends_as_receiver_gone_where_nobody_receives_at_its_deadline() {
        check_over_days(
            "
            service instant real-time=500
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            ack BANKFRPPA real-time 1 1
            submit ALPHDEFFA 2 BANKFRPP service=instant real-time
            close BANKFRPPA lost
            @1s tick
            pending ALPHDEFF system
            open BANKFRPPA receives
            pending BANKFRPP system
            pending BANKFRPP real-time
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                BANKFRPPA took real-time over through 1
                accepted 2 of ALPHDEFFA in record 12
                offer BANKFRPP real-time 2: record 12
                end session 1 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to nobody
                offer ALPHDEFF system 1: notice
                offer ALPHDEFF system 2: notice
                offer BANKFRPP system 1: notice
                  1: ReceiverGone of 1 of ALPHDEFFA in record 10, says record 14
                  2: ReceiverGone of 2 of ALPHDEFFA in record 12, says record 14
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/1, urgent 0/0, normal 0/0, real-time 1/2
                lanes of BANKFRPP to session 2 of BANKFRPPA
                  1: RequestsEnded, says record 14
                  2: message in record 12, possible duplicate, late
            "#]],
        );
    }

    #[test]
    fn the_end_in_the_header_shortens_the_deadline() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time expires=2s
            submit ALPHDEFFA 2 BANKFRPP service=instant real-time expires=90s
            deadline
            @2s submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            @2s tick
            @3s submit BANKFRPPA 2 ALPHDEFF service=instant answers=11
            deadline
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP real-time 2: record 11
                  next at 1970-01-01T00:00:02.000000Z
                refused 1 of BANKFRPPA in record 12
                  NET134 at header/answers, fault of the sender: the request of record 10 is over: its deadline has come
                offer ALPHDEFF system 1: notice
                offer BANKFRPP system 1: notice
                accepted 2 of BANKFRPPA in record 14
                lanes of ALPHDEFF (real-time) to session 1 of ALPHDEFFA
                offer ALPHDEFF real-time 1: record 14
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn a_tick_ends_the_requests_of_one_sender_to_one_receiver() {
        check_over_days(
            "
            service instant real-time=500
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            submit ALPHDEFFA 2 BANKFRPP service=instant real-time
            submit BANKFRPPA 1 ALPHDEFF service=instant real-time
            @1s tick
            deadline
            @1s tick
            deadline
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP real-time 2: record 11
                accepted 1 of BANKFRPPA in record 12
                lanes of ALPHDEFF (real-time) to session 1 of ALPHDEFFA
                offer ALPHDEFF real-time 1: record 12
                offer ALPHDEFF system 1: notice
                offer ALPHDEFF system 2: notice
                offer BANKFRPP system 1: notice
                  next at 1970-01-01T00:00:00.500012Z
                offer BANKFRPP system 2: notice
                offer ALPHDEFF system 3: notice
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn a_request_that_nobody_can_have_is_withdrawn() {
        // More wait than any window lets through.
        let mut stage = crate::script::Stage::over_days();
        let institution = "BANKFRPP".parse().unwrap();
        let member = stage.network.members.get_mut(&institution).unwrap();
        let lane = member.lanes.or_default(Lane::REAL_TIME);
        for sequence in 0..crate::lane::OFFERS_MAX {
            lane.push(crate::lane::Entry::Withdrawn { sequence, record: sequence });
        }
        stage.play(
            "
            service instant real-time=500
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            @1s tick
            pending ALPHDEFF system
            pending BANKFRPP system
            ",
        );
        let last = stage.network.pending(institution, Lane::REAL_TIME, crate::lane::OFFERS_MAX);
        let said: Vec<_> = last.map(|offer| format!("{:?}", offer.item)).collect();
        expect![[r#"
            service instant: *, group []
            refused 1 of ALPHDEFFA in record 10
              NET130 at header/receiver, fault of the receiver: BANKFRPPXXX has no session that receives, and service instant keeps no request for later
        "#]]
        .assert_eq(&(stage.said + &said.join("\n")));
    }
}
