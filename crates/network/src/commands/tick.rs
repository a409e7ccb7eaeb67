//! Time passes: what has come due is done, the messages of one sender to one receiver in one record.
//!
//! Sender and receiver get the record as the proof of what they are told, so nobody else's business
//! stands in it. More may be due: [`Network::next_deadline`] says
//! whether another tick is wanted at once.
//!
//! A message is withdrawn only while nobody can have it. One that a session may have offered stays:
//! its receiver may have stored it and be about to acknowledge it.

use iso::Institution;
use trust::{Lane, LogTime};

use crate::deadlines::{Deadline, Place};
use crate::directory::Member;
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::held::HeldMessage;
use crate::lane::{About, InFlight, NEVER, Tiding, Told};
use crate::members::MemberId;
use crate::network::Network;
use crate::reports::Report;

/// How many messages, or reports, one record is about at most.
pub const ELAPSED_MAX: usize = 256;

/// A deadline of a message that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// In which lane of its receiver it waits.
    pub lane: Lane,
    /// Under which number; 0 while it is held, for it has none then.
    pub output_number: u64,
    /// The record of the message.
    pub sequence: u64,
    /// What is done about it.
    pub outcome: Outcome,
}

/// What is done about a message whose deadline has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its sender is warned.
    Warned,
    /// It is withdrawn.
    Withdrawn,
    /// It was to be withdrawn, but the receiver may have it: it stays and is late.
    Kept,
}

impl Outcome {
    /// Its number: 1 warned, 2 withdrawn, 3 kept.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Warned => 1,
            Self::Withdrawn => 2,
            Self::Kept => 3,
        }
    }

    /// The outcome of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Warned, Self::Withdrawn, Self::Kept].into_iter().find(|it| it.code() == code)
    }

    fn tiding(self) -> Tiding {
        match self {
            Self::Warned => Tiding::Undelivered,
            Self::Withdrawn => Tiding::Withdrawn,
            Self::Kept => Tiding::Overdue,
        }
    }
}

impl Network {
    pub(crate) fn decide_tick(&self, at: LogTime) -> Decision {
        if let Some(event) = self.decide_end_requests(at) {
            return Decision::of(event);
        }
        let due = self.deadlines.due(at).map(|deadline| self.due(at, deadline));
        let mut due = due.peekable();
        let Some(parties) = due.peek().map(|(parties, _)| *parties) else {
            let held = self.decide_held(at).or_else(|| self.decide_cut_off(at));
            let done = held.or_else(|| self.decide_bypass(at));
            return done.unwrap_or_else(|| self.decide_reports(at));
        };
        let elapsed = due.take_while(|(others, _)| *others == parties).take(ELAPSED_MAX);
        let elapsed = elapsed.map(|(_, elapsed)| elapsed).collect();
        let (sender, receiver) = parties;
        Decision::of(Event::Elapsed { sender, receiver, elapsed })
    }

    /// Held messages come when no other is due: they are released, or their deadlines have come. A
    /// record is about one sender, one receiver and one institution that got the copies.
    fn decide_held(&self, at: LogTime) -> Option<Decision> {
        let mut due = self.deadlines.held_due(at).map(|sequence| {
            let (_, held) = self.held(sequence).expect("a deadline is that of a held message");
            held
        });
        let first = due.next()?;
        let outcome = first.outcome(at);
        let same = due.take_while(|it| {
            let is_same = it.parties() == first.parties();
            let is_alike = outcome.is_some() || it.lane == first.lane;
            is_same && is_alike && it.outcome(at).is_some() == outcome.is_some()
        });
        if outcome.is_none() {
            return Some(self.decide_release(first, same.map(|held| held.message.sequence)));
        }
        let all = [first].into_iter().chain(same.take(ELAPSED_MAX - 1));
        let elapsed = all.filter_map(|held| {
            let (lane, sequence) = (held.lane, held.message.sequence);
            Some(Elapsed { lane, output_number: 0, sequence, outcome: held.outcome(at)? })
        });
        let elapsed = elapsed.collect();
        let sender = first.message.sender.institution();
        let receiver = self.members.at(first.receiver).institution;
        Some(Decision::of(Event::Elapsed { sender, receiver, elapsed }))
    }

    /// Reports come when no message is due and no service opens or closes.
    fn decide_reports(&self, at: LogTime) -> Decision {
        for report in Report::ALL {
            let due = self.deadlines.reports_due(report, at).take(ELAPSED_MAX);
            let institutions: Vec<_> = due.map(|id| self.members.at(id).institution).collect();
            if !institutions.is_empty() {
                return Decision::of(match report {
                    Report::Undelivered => Event::ReportsDue { institutions },
                    Report::DailyCheck => Event::ChecksDue { institutions },
                });
            }
        }
        Decision::of(Event::Ticked)
    }

    /// Whose message for whom it is, and what is to be done about it.
    fn due(&self, at: LogTime, deadline: Deadline) -> ((Institution, Institution), Elapsed) {
        let Place { receiver, lane, output_number } = deadline.place;
        let member = self.members.at(receiver);
        let entry = member.lanes.get(&lane).and_then(|queue| queue.get(output_number));
        let message = entry.and_then(|entry| entry.message());
        let InFlight { sequence, sender, times, .. } =
            message.expect("a deadline is that of a message that waits");
        let outcome = if times.withdraw_at > at {
            Outcome::Warned
        } else if member.may_have(lane, output_number) {
            Outcome::Kept
        } else {
            Outcome::Withdrawn
        };
        let elapsed = Elapsed { lane, output_number, sequence: *sequence, outcome };
        ((sender.institution(), member.institution), elapsed)
    }

    pub(crate) fn elapsed(
        &mut self,
        (at, sequence): (LogTime, u64),
        receiver: Institution,
        elapsed: &[Elapsed],
        effects: &mut Vec<Effect>,
    ) {
        for it in elapsed {
            if it.output_number == 0 {
                self.elapsed_held((at, sequence), it, effects);
                continue;
            }
            let place = Place {
                receiver: self.member_id(receiver),
                lane: it.lane,
                output_number: it.output_number,
            };
            let queue = self.members.at_mut(place.receiver).lane_mut(it.lane);
            let before = *queue.message_mut(it.output_number);
            assert_eq!(before.sequence, it.sequence, "a record names another message");
            let times = match it.outcome {
                Outcome::Warned => {
                    let times = &mut queue.message_mut(it.output_number).times;
                    times.warn_at = NEVER;
                    times.next()
                }
                Outcome::Kept => {
                    let times = &mut queue.message_mut(it.output_number).times;
                    times.withdraw_at = NEVER;
                    times.warn_at = NEVER;
                    times.late_at = times.late_at.min(at);
                    None
                }
                Outcome::Withdrawn => {
                    queue.withdraw(it.output_number, sequence);
                    self.files.remove(it.sequence);
                    None
                }
            };
            self.deadlines.clear(before.times.next(), place);
            self.deadlines.set(times, place);
            self.tell_elapsed((at, sequence), it.outcome, before.about(), effects);
        }
    }

    fn elapsed_held(
        &mut self,
        (at, record): (LogTime, u64),
        it: &Elapsed,
        effects: &mut Vec<Effect>,
    ) {
        let (service, mut held) = self.take_held(it.sequence);
        self.tell_elapsed((at, record), it.outcome, held.message.about(), effects);
        if it.outcome == Outcome::Withdrawn {
            self.files.remove(it.sequence);
            self.tell_decider(&held, record, effects);
        } else {
            held.message.times.warn_at = NEVER;
            self.hold(service, held);
        }
    }

    /// Counts and tells a sender what was done about its message.
    fn tell_elapsed(
        &mut self,
        (at, record): (LogTime, u64),
        outcome: Outcome,
        about: About,
        effects: &mut Vec<Effect>,
    ) {
        let sender = about.sender.institution();
        self.count(at, sender, |figures| match outcome {
            Outcome::Warned => figures.warned += 1,
            Outcome::Withdrawn => figures.withdrawn += 1,
            Outcome::Kept => {}
        });
        let told = Told { tiding: outcome.tiding(), record, about: Some(about) };
        self.tell(sender, told, effects);
    }
}

impl HeldMessage {
    /// Whose business it is: the sender's, the receiver's, and that of whoever decides.
    pub(crate) fn parties(&self) -> (Institution, MemberId, Option<MemberId>) {
        (self.message.sender.institution(), self.receiver, self.waits.decider())
    }

    /// What is done about it when its deadline has come; nothing where it is released.
    fn outcome(&self, at: LogTime) -> Option<Outcome> {
        if self.message.times.withdraw_at <= at {
            Some(Outcome::Withdrawn)
        } else if self.is_free(at) {
            None
        } else {
            Some(Outcome::Warned)
        }
    }
}

impl Member {
    /// Whether a session has offered, or may have offered, an entry of a lane: what the receiver
    /// holds cannot be withdrawn.
    pub(crate) fn may_have(&self, lane: Lane, output_number: u64) -> bool {
        self.lanes.get(&lane).is_some_and(|queue| queue.may_be_offered(output_number))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_sender_that_asked_is_warned_when_its_message_is_not_taken_over_in_time() {
        check_over_days(
            "
            service payments warn=60/300
            submit ALPHDEFFA 1 BANKFRPP urgent warning
            submit ALPHDEFFA 2 BANKFRPP normal both
            submit ALPHDEFFA 3 BANKFRPP urgent notice
            deadline
            @60s tick
            @61s tick
            @301s ack BANKFRPPA urgent 1 1
            @302s tick
            pending ALPHDEFF system
            deadline
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP urgent 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                accepted 3 of ALPHDEFFA in record 12
                offer BANKFRPP urgent 2: record 12
                  next at 1970-01-01T00:01:00.000010Z
                offer ALPHDEFF system 1: notice
                BANKFRPPA took urgent over through 1
                offer ALPHDEFF system 2: notice
                  1: Undelivered of 1 of ALPHDEFFA in record 10, says record 14
                  2: Undelivered of 2 of ALPHDEFFA in record 11, says record 16
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn what_is_taken_over_in_time_warns_nobody() {
        check_over_days(
            "
            service payments warn=60/300
            submit ALPHDEFFA 1 BANKFRPP both
            @10s ack BANKFRPPA normal 1 1
            @301s tick
            deadline
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                BANKFRPPA took normal over through 1
                offer ALPHDEFF system 1: notice
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn a_message_is_late_after_its_time_and_is_delivered_all_the_same() {
        check_over_days(
            "
            service payments late=100/200
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP expires=50s
            @49s tick
            pending BANKFRPP normal
            @50s tick
            pending BANKFRPP normal
            @201s tick
            pending BANKFRPP normal
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                  1: message in record 10
                  2: message in record 11
                  1: message in record 10
                  2: message in record 11, late
                  1: message in record 10, late
                  2: message in record 11, late
            "#]],
        );
    }

    #[test]
    fn a_message_that_nobody_was_offered_is_withdrawn_at_its_end() {
        check_over_days(
            "
            service payments withdraws-expired
            close BANKFRPPA
            submit ALPHDEFFA 1 BANKFRPP expires=50s
            submit ALPHDEFFA 2 BANKFRPP
            @50s tick
            pending ALPHDEFF system
            pending BANKFRPP normal
            @51s open BANKFRPPA receives
            ack BANKFRPPA normal 1 2
            ",
            &expect![[r#"
                service payments: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 1 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                accepted 2 of ALPHDEFFA in record 12
                offer BANKFRPP normal 2: record 12
                offer ALPHDEFF system 1: notice
                  1: Withdrawn of 1 of ALPHDEFFA in record 11, says record 13
                  1: message in record 11 withdrawn, says record 13
                  2: message in record 12
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/2
                lanes of BANKFRPP to session 2 of BANKFRPPA
                BANKFRPPA took normal over through 2
            "#]],
        );
    }

    #[test]
    fn a_message_that_the_receiver_may_have_stays_and_its_sender_knows() {
        check_over_days(
            "
            service payments withdraw=50
            submit ALPHDEFFA 1 BANKFRPP notice
            @60s tick
            pending BANKFRPP normal
            @61s ack BANKFRPPA normal 1 1
            pending ALPHDEFF system
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                offer ALPHDEFF system 1: notice
                  1: message in record 10, late
                BANKFRPPA took normal over through 1
                offer ALPHDEFF system 2: notice
                  1: Overdue of 1 of ALPHDEFFA in record 10, says record 11
                  2: 1 of ALPHDEFFA in record 10 delivered, place 0 of record 12
            "#]],
        );
    }

    #[test]
    fn a_message_is_warned_of_and_then_withdrawn() {
        check_over_days(
            "
            service payments warn=10/10 withdraw=50
            close BANKFRPPA
            @1s submit ALPHDEFFA 1 BANKFRPP warning
            @20s tick
            deadline
            @50s tick
            @51s tick
            pending ALPHDEFF system
            ",
            &expect![[r#"
                service payments: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 1 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                offer ALPHDEFF system 1: notice
                  next at 1970-01-01T00:00:51.000000Z
                offer ALPHDEFF system 2: notice
                  1: Undelivered of 1 of ALPHDEFFA in record 11, says record 12
                  2: Withdrawn of 1 of ALPHDEFFA in record 11, says record 14
            "#]],
        );
    }

    #[test]
    fn a_record_is_about_the_messages_of_one_sender_to_one_receiver() {
        check_over_days(
            "
            service payments warn=10/10
            submit ALPHDEFFA 1 BANKFRPP warning
            submit ALPHDEFFA 2 BANKFRPP warning
            submit BANKFRPPA 1 ALPHDEFF warning
            submit ALPHDEFFA 3 BANKFRPP warning
            submit ALPHDEFFA 4 ALPHDEFF warning
            @20s tick
            @20s tick
            @20s tick
            @20s tick
            @20s tick
            ",
            &expect![[r#"
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                accepted 1 of BANKFRPPA in record 12
                offer ALPHDEFF normal 1: record 12
                accepted 3 of ALPHDEFFA in record 13
                offer BANKFRPP normal 3: record 13
                accepted 4 of ALPHDEFFA in record 14
                offer ALPHDEFF normal 2: record 14
                offer ALPHDEFF system 1: notice
                offer ALPHDEFF system 2: notice
                offer BANKFRPP system 1: notice
                offer ALPHDEFF system 3: notice
                offer ALPHDEFF system 4: notice
            "#]],
        );
    }
}
