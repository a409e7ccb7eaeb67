//! A service opens: messages that were held for it enter their lanes, in the order of their records.
//! One record is about one sender, one receiver and one lane.
//!
//! This is something that a tick does. When a message is held is decided where it is submitted: by the
//! hours of its service then. Rules that change later change nothing about when it is released.

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Lane, LogTime, ServiceName};

use crate::commands::tick::ELAPSED_MAX;
use crate::effect::Effect;
use crate::event::{
    Decision, Event, read_institution, read_messages, write_institution, write_messages,
};
use crate::held::HeldMessage;
use crate::lane::{Tiding, Told};
use crate::network::Network;

/// Messages that were held and have entered their lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Released {
    /// Who sent them.
    pub sender: Institution,
    /// For whom they are.
    pub receiver: Institution,
    /// In which lane they wait now.
    pub lane: Lane,
    /// The number of the first; the others follow.
    pub first: u64,
    /// Their records, in order.
    ///
    /// Invariant: at least one, at most [`ELAPSED_MAX`].
    pub messages: Vec<u64>,
}

impl Released {
    pub(crate) fn write(&self, writer: &mut Writer) {
        write_institution(writer, self.sender);
        write_institution(writer, self.receiver);
        writer.u8(self.lane.0).u64(self.first);
        write_messages(writer, &self.messages);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let (sender, receiver) = (read_institution(reader)?, read_institution(reader)?);
        let (lane, first) = (Lane(reader.u8()?), reader.u64()?);
        let messages = read_messages(reader)?;
        Ok(Self { sender, receiver, lane, first, messages })
    }
}

impl Network {
    /// When a service opens next for messages of a lane; nothing where it is open.
    #[must_use]
    pub fn opens_next(&self, service: ServiceName, at: LogTime, lane: Lane) -> Option<LogTime> {
        let hours = self.services.get(&service)?.rules.hours?;
        hours.opens_next(self.calendars.get(&hours.calendar)?, at, lane)
    }

    /// Until when a message is held that is accepted at a time; nothing where it enters its lane.
    pub(crate) fn held_until(
        &self,
        service: ServiceName,
        at: LogTime,
        lane: Lane,
    ) -> Option<LogTime> {
        let hours = self.services.get(&service)?.rules.hours?;
        let holds = hours.holds(lane);
        self.opens_next(service, at, lane).filter(|_| holds)
    }

    /// The record that releases a message that is due, and others that are due right behind it.
    pub(crate) fn decide_release(
        &self,
        first: &HeldMessage,
        alike: impl Iterator<Item = u64>,
    ) -> Decision {
        let HeldMessage { receiver, lane, message, .. } = *first;
        let messages = [message.sequence].into_iter().chain(alike.take(ELAPSED_MAX - 1)).collect();
        let member = self.members.at(receiver);
        let last = member.lanes.get(&lane).map_or(0, |queue| queue.last());
        let (sender, receiver) = (message.sender.institution(), member.institution);
        let released = Released { sender, receiver, lane, first: last + 1, messages };
        Decision::of(Event::Released(Box::new(released)))
    }

    pub(crate) fn released(
        &mut self,
        at: LogTime,
        record: u64,
        released: &Released,
        effects: &mut Vec<Effect>,
    ) {
        let Released { sender, receiver, lane, first, messages } = released;
        let receiver = self.member_id(*receiver);
        for (expected, sequence) in (*first..).zip(messages) {
            let (service, held) = self.take_held(*sequence);
            let is_there = (held.receiver, held.lane) == (receiver, *lane);
            assert!(is_there, "a record releases another message");
            let given = self.hold_or_place(at, service, held, effects);
            assert_eq!(given, Some(expected), "a record releases what is due, under its number");
            let about = Some(held.message.about());
            self.tell(*sender, Told { tiding: Tiding::Released, record, about }, effects);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn messages_that_come_too_late_wait_for_the_next_business_day() {
        check_over_days(
            "
            calendar target free=Sa,Su
            service payments calendar=target opens=480 until=1020/960 hold
            @9h submit ALPHDEFFA 1 BANKFRPP
            @17h submit ALPHDEFFA 2 BANKFRPP
            @17h submit ALPHDEFFA 3 BANKFRPP urgent
            @18h submit BANKFRPPA 1 BANKFRPP
            submit ALPHDEFFA 4 BANKFRPP
            held ALPHDEFF
            pending BANKFRPP normal
            pending ALPHDEFF system
            deadline
            @31h tick
            @32h tick
            @32h tick
            @32h tick
            @32h tick
            pending BANKFRPP normal
            pending ALPHDEFF system
            held ALPHDEFF
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 11
                offer BANKFRPP normal 1: record 11
                accepted 2 of ALPHDEFFA in record 12
                accepted 3 of ALPHDEFFA in record 13
                accepted 1 of BANKFRPPA in record 14
                accepted 4 of ALPHDEFFA in record 15
                  2 of ALPHDEFFA for BANKFRPP normal, until 1970-01-02T08:00:00.000000Z
                  3 of ALPHDEFFA for BANKFRPP urgent, until 1970-01-02T08:00:00.000000Z
                  4 of ALPHDEFFA for BANKFRPP normal, until 1970-01-02T08:00:00.000000Z
                  1: message in record 11
                  next at 1970-01-01T16:00:00.000000Z
                offer BANKFRPP normal 2: record 12
                offer ALPHDEFF system 1: notice
                offer BANKFRPP urgent 1: record 13
                offer ALPHDEFF system 2: notice
                offer BANKFRPP normal 3: record 14
                offer BANKFRPP system 1: notice
                offer BANKFRPP normal 4: record 15
                offer ALPHDEFF system 3: notice
                  1: message in record 11
                  2: message in record 12
                  3: message in record 14
                  4: message in record 15
                  1: Released of 2 of ALPHDEFFA in record 12, says record 17
                  2: Released of 3 of ALPHDEFFA in record 13, says record 18
                  3: Released of 4 of ALPHDEFFA in record 15, says record 20
            "#]],
        );
    }

    #[test]
    fn clocks_of_a_held_message_begin_at_the_opening() {
        check_over_days(
            "
            calendar target
            service payments calendar=target opens=480 until=1020/960 hold warn=60/60 withdraw=600
            close BANKFRPPA
            @17h submit ALPHDEFFA 1 BANKFRPP warning
            deadline
            @32h tick
            deadline
            @33h tick
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 1 of ALPHDEFFA in record 12
                  next at 1970-01-01T16:00:00.000000Z
                offer BANKFRPP normal 1: record 12
                offer ALPHDEFF system 1: notice
                  next at 1970-01-01T16:00:00.000000Z
                offer ALPHDEFF system 2: notice
            "#]],
        );
    }

    #[test]
    fn a_held_message_is_aborted_and_reaches_nobody() {
        check_over_days(
            "
            calendar target
            service payments calendar=target opens=480 until=1020/960 hold
            @17h submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP
            abort BANKFRPP 11 sent by mistake
            abort BANKFRPP 11 sent by mistake
            held ALPHDEFF
            pending ALPHDEFF system
            @32h tick
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 11
                accepted 2 of ALPHDEFFA in record 12
                offer ALPHDEFF system 1: notice
                NET090 no message of record 11 waits for BANKFRPP
                  2 of ALPHDEFFA for BANKFRPP normal, until 1970-01-02T08:00:00.000000Z
                  1: Aborted of 1 of ALPHDEFFA in record 11, says record 13
                offer BANKFRPP normal 1: record 12
                offer ALPHDEFF system 2: notice
            "#]],
        );
    }

    #[test]
    fn new_hours_do_not_change_when_a_message_is_released() {
        check_over_days(
            "
            calendar target
            service payments calendar=target opens=480 until=1020/960 hold
            @17h submit ALPHDEFFA 1 BANKFRPP
            change payments
            submit ALPHDEFFA 2 BANKFRPP
            retire payments no more
            calendar target free=Fr
            held ALPHDEFF
            @32h tick
            ",
            &expect![[r#"
                calendar target
                service payments: *, group []
                accepted 1 of ALPHDEFFA in record 11
                service payments: *, group []
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP normal 1: record 13
                service payments: *, retired, group []
                calendar target
                  1 of ALPHDEFFA for BANKFRPP normal, until 1970-01-02T08:00:00.000000Z
                offer BANKFRPP normal 2: record 11
                offer ALPHDEFF system 1: notice
            "#]],
        );
    }
}
