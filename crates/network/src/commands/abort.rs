//! The operator withdraws a message that nobody was offered. Sender and receiver are told.

use iso::Institution;
use trust::{Lane, LogTime};

use crate::deadlines::Place;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{Tiding, Told};
use crate::line::Line;
use crate::network::Network;
use crate::real_time::RequestOutcome;
use crate::rejection::Rejection;

/// A message that the operator withdrew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aborted {
    /// Who was to take it over.
    pub receiver: Institution,
    /// From which lane.
    pub lane: Lane,
    /// Under which number; 0 where it was held, for it had none.
    pub output_number: u64,
    /// Its record.
    pub sequence: u64,
    /// Why, for people.
    pub reason: Line,
}

impl Network {
    pub(crate) fn decide_abort(
        &self,
        receiver: Institution,
        sequence: u64,
        reason: Line,
    ) -> Result<Decision, Rejection> {
        let institution = receiver;
        let id = self.members.id(&receiver).ok_or(Rejection::Unknown { institution })?;
        let member = self.members.at(id);
        // A lane is searched from its beginning: an order of the operator may take a moment.
        let held = self.held(sequence).filter(|(_, held)| held.receiver == id);
        let mut lanes = member.lanes.iter();
        let found = held
            .map(|(_, held)| (held.lane, 0))
            .or_else(|| lanes.find_map(|(lane, queue)| Some((lane, queue.number_of(sequence)?))));
        let (lane, output_number) = found.ok_or(Rejection::NotWaiting { institution, sequence })?;
        if output_number > 0 && member.may_have(lane, output_number) {
            return Err(Rejection::MayBeDelivered { institution, sequence });
        }
        // Whoever answered was told that the request is answered: whoever asked must hear it.
        let waits = member.lanes.get(&Lane::REAL_TIME).filter(|_| lane == Lane::REAL_TIME);
        let message = waits.and_then(|queue| queue.get(output_number)?.message());
        if message.is_some_and(|message| !message.asks) {
            return Err(Rejection::Answers { sequence });
        }
        let aborted = Aborted { receiver, lane, output_number, sequence, reason };
        Ok(Decision::of(Event::Aborted(Box::new(aborted))))
    }

    pub(crate) fn aborted(
        &mut self,
        at: LogTime,
        sequence: u64,
        aborted: &Aborted,
        effects: &mut Vec<Effect>,
    ) {
        let Aborted { receiver, lane, output_number, .. } = *aborted;
        let message = if output_number == 0 {
            let (_, held) = self.take_held(aborted.sequence);
            self.tell_decider(&held, sequence, effects);
            held.message
        } else {
            let place = Place { receiver: self.member_id(receiver), lane, output_number };
            let queue = self.members.at_mut(place.receiver).lane_mut(lane);
            let message = queue.withdraw(output_number, sequence);
            self.deadlines.clear(message.times.next(), place);
            message
        };
        assert_eq!(message.sequence, aborted.sequence, "a record names another message");
        if message.asks {
            self.requests.end(message.sequence, RequestOutcome::Aborted);
        }
        self.files.remove(aborted.sequence);
        let about = Some(message.about());
        let told = Told { tiding: Tiding::Aborted, record: sequence, about };
        self.count(at, message.sender.institution(), |figures| figures.withdrawn += 1);
        self.tell(message.sender.institution(), told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn an_aborted_message_reaches_nobody_and_its_number_stays() {
        check_over_days(
            "
            close BANKFRPPA
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 3 BANKFRPP
            abort BANKFRPP 11 sent by mistake
            pending BANKFRPP normal
            pending ALPHDEFF system
            open BANKFRPPA receives
            ack BANKFRPPA normal 1 3
            ",
            &expect![[r#"
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP normal 3: record 12
                offer ALPHDEFF system 1: notice
                  1: message in record 10
                  2: message in record 11 withdrawn, says record 13
                  3: message in record 12
                  1: Aborted of 2 of ALPHDEFFA in record 11, says record 13
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/3
                lanes of BANKFRPP to session 2 of BANKFRPPA
                BANKFRPPA took normal over through 3
            "#]],
        );
    }

    #[test]
    fn a_message_that_the_receiver_may_have_is_not_aborted() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            abort BANKFRPP 9 sent by mistake
            close BANKFRPPA lost
            abort BANKFRPP 9 sent by mistake
            submit ALPHDEFFA 2 BANKFRPP
            abort BANKFRPP 11 sent by mistake
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                NET091 BANKFRPP may have the message of record 9: it was offered
                end session 1 of BANKFRPPA: Closed(LinkLost)
                lanes of BANKFRPP to nobody
                NET091 BANKFRPP may have the message of record 9: it was offered
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                offer ALPHDEFF system 1: notice
            "#]],
        );
    }

    #[test]
    fn only_a_message_that_waits_is_aborted() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            ack BANKFRPPA normal 1 1
            abort BANKFRPP 9 too late
            abort BANKFRPP 3 no message
            abort CHASUS33 9 no member
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                BANKFRPPA took normal over through 1
                NET090 no message of record 9 waits for BANKFRPP
                NET090 no message of record 3 waits for BANKFRPP
                NET041 CHASUS33 is not a member
            "#]],
        );
    }

    #[test]
    fn a_message_is_aborted_once_and_its_deadline_with_it() {
        check_over_days(
            "
            service payments warn=10/10
            close BANKFRPPA
            submit ALPHDEFFA 1 BANKFRPP warning
            abort BANKFRPP 11 sent by mistake
            abort BANKFRPP 11 sent by mistake
            @20s tick
            deadline
            ",
            &expect![[r#"
                service payments: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 1 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                offer ALPHDEFF system 1: notice
                NET090 no message of record 11 waits for BANKFRPP
                  nothing is to come
            "#]],
        );
    }
}
