//! The network states that a message was not taken over yet, so that its sender can prove it.
//!
//! The sender's institution asks, or the operator gives the order. The sender is told of the record,
//! with proof; nobody else is. What was taken over, declined or withdrawn has a record that says so,
//! and gets no other.

use iso::Institution;
use trust::{Lane, Outstanding};

use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::lane::{About, Tiding, Told};
use crate::network::Network;
use crate::rejection::Rejection;

impl Network {
    pub(crate) fn decide_state_outstanding(
        &self,
        by: Option<Institution>,
        receiver: Institution,
        sequence: u64,
    ) -> Result<Decision, Rejection> {
        let institution = receiver;
        let member = self.members.get(&receiver).ok_or(Rejection::Unknown { institution })?;
        let mut lanes = member.lanes.iter().filter(|(lane, _)| *lane != Lane::SYSTEM);
        let found = lanes.find_map(|(lane, queue)| {
            let output_number = queue.number_of(sequence)?;
            Some((lane, output_number, queue.get(output_number)?.message()?))
        });
        // To others than its sender a message that waits is as good as none.
        let found = found.filter(|(_, _, message)| {
            by.is_none_or(|institution| institution == message.sender.institution())
        });
        let (lane, output_number, message) =
            found.ok_or(Rejection::NotWaiting { institution, sequence })?;
        let statement = Outstanding {
            sender: message.sender,
            input_number: message.input_number,
            message: sequence,
            receiver,
            lane,
            output_number,
            is_offered: member.may_have(lane, output_number),
        };
        let meta = statement.encode();
        Ok(Decision { event: Event::Outstanding(Box::new(statement)), meta })
    }

    pub(crate) fn outstanding(
        &mut self,
        sequence: u64,
        statement: &Outstanding,
        effects: &mut Vec<Effect>,
    ) {
        let Outstanding { sender, input_number, message, .. } = *statement;
        let about = Some(About { sender, input_number, sequence: message });
        let told = Told { tiding: Tiding::Undelivered, record: sequence, about };
        self.tell(sender.institution(), told, effects);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_sender_has_stated_that_its_message_waits_and_only_it_is_told() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP urgent
            state-outstanding ALPHDEFF BANKFRPP 9
            close BANKFRPPA
            submit ALPHDEFFA 3 BANKFRPP
            @2h state-outstanding ALPHDEFF BANKFRPP 13
            state-outstanding operator BANKFRPP 10
            pending ALPHDEFF system
            pending BANKFRPP system
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP urgent 1: record 10
                offer ALPHDEFF system 1: notice
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 3 of ALPHDEFFA in record 13
                offer BANKFRPP normal 2: record 13
                offer ALPHDEFF system 2: notice
                offer ALPHDEFF system 3: notice
                  1: Undelivered of 1 of ALPHDEFFA in record 9, says record 11
                  2: Undelivered of 3 of ALPHDEFFA in record 13, says record 14
                  3: Undelivered of 2 of ALPHDEFFA in record 10, says record 15
            "#]],
        );
    }

    #[test]
    fn nothing_is_stated_of_what_does_not_wait_or_is_another_institutions() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP
            state-outstanding BANKFRPP BANKFRPP 9
            state-outstanding ALPHDEFF BANKFRPP 8
            state-outstanding ALPHDEFF CHASUS33 9
            ack BANKFRPPA normal 1 1
            state-outstanding ALPHDEFF BANKFRPP 9
            submit ALPHDEFFA 2 BANKFRPP
            decline BANKFRPPA normal 2 RCV01 unreadable
            state-outstanding ALPHDEFF BANKFRPP 11
            close BANKFRPPA
            submit ALPHDEFFA 3 BANKFRPP
            abort BANKFRPP 14 sent by mistake
            state-outstanding ALPHDEFF BANKFRPP 14
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 9
                offer BANKFRPP normal 1: record 9
                NET090 no message of record 9 waits for BANKFRPP
                NET090 no message of record 8 waits for BANKFRPP
                NET041 CHASUS33 is not a member
                BANKFRPPA took normal over through 1
                NET090 no message of record 9 waits for BANKFRPP
                accepted 2 of ALPHDEFFA in record 11
                offer BANKFRPP normal 2: record 11
                BANKFRPPA took normal over through 2
                offer ALPHDEFF system 1: notice
                NET090 no message of record 11 waits for BANKFRPP
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                accepted 3 of ALPHDEFFA in record 14
                offer BANKFRPP normal 3: record 14
                offer ALPHDEFF system 2: notice
                NET090 no message of record 14 waits for BANKFRPP
            "#]],
        );
    }
}
