//! A terminal submits a message that passed the check: it is accepted, or refused with reasons.
//!
//! A rejection comes before a refusal: a command of no session, of a session that is over, or out
//! of number is answered by nobody. All reasons for a refusal are given at once, in the order of
//! [`Refusal`]'s variants.

use iso::{Institution, Terminal};
use trust::{Accepted, Lane, LogTime, Reasons, Refused};

use crate::answers::ANSWERS_MAX;
use crate::copy::CopyWay;
use crate::directory::{Member, SessionNumber, TerminalState};
use crate::effect::Effect;
use crate::envelope::{Checked, Envelope};
use crate::event::{Decision, Event};
use crate::held::{HeldMessage, Waits};
use crate::lane::{InFlight, LANE_LENGTH_MAX, LaneQueue};
use crate::members::MemberId;
use crate::network::Network;
use crate::real_time::{Request, RequestOutcome};
use crate::refusal::Refusal;
use crate::rejection::Rejection;
use crate::relationship::Pair;
use crate::service::{DuplicateCheck, SeenKey, Service, ServiceState, is_test_institution};

/// A terminal submits a message that passed the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submit {
    /// The session in which it was submitted.
    pub session: SessionNumber,
    /// The terminal of that session, as its certificate names it.
    pub terminal: Terminal,
    /// The number under which it was submitted.
    pub input_number: u64,
    /// The message.
    pub message: Checked,
}

impl Network {
    pub(crate) fn decide_submit(&self, at: LogTime, submit: Submit) -> Result<Decision, Rejection> {
        let Submit { session, terminal, input_number, .. } = submit;
        let (member, state) = self.open_session(terminal, session)?;
        state.expect_next(terminal, input_number)?;
        let mut refusals = Vec::new();
        self.refuse_header(at, &submit, state, &mut refusals);
        let receiver = self.refuse_parties(&submit, member, &mut refusals);
        self.refuse_service(at, &submit, receiver, &mut refusals);
        let envelope = &submit.message.envelope;
        if envelope.lane == Lane::REAL_TIME || envelope.answers.is_some() {
            self.refuse_real_time(at, envelope, receiver, &mut refusals);
        }
        self.refuse_announcement(at, &submit, &mut refusals);
        let Checked { envelope, statement, meta, .. } = submit.message;
        let Some(reasons) = Reasons::new(refusals.iter().map(Refusal::reason).collect()) else {
            return Ok(Decision { event: Event::Accepted(envelope), meta });
        };
        let accepted = Accepted::decode(&meta).expect("Checked::new has encoded it");
        let refused =
            Refused { terminal, input_number, statement, reasons, header: Some(accepted.header) };
        Ok(Decision { event: Event::Refused { terminal, input_number }, meta: refused.encode() })
    }

    /// What the header and the key say against the message.
    fn refuse_header(
        &self,
        at: LogTime,
        submit: &Submit,
        state: &TerminalState,
        refusals: &mut Vec<Refusal>,
    ) {
        let Submit { terminal, input_number, message, .. } = submit;
        let Checked { envelope, network, key, .. } = message;
        if *network != self.name {
            refusals.push(Refusal::WrongNetwork { expected: self.name, found: *network });
        }
        if envelope.sender != *terminal {
            let found = envelope.sender;
            refusals.push(Refusal::ForeignSender { expected: *terminal, found });
        }
        if envelope.input_number != *input_number {
            let found = envelope.input_number;
            refusals.push(Refusal::OtherNumber { expected: *input_number, found });
        }
        let (key, terminal) = (*key, *terminal);
        if state.grant(key, at).is_none() {
            refusals.push(Refusal::KeyNotValid { key, terminal });
        }
        if envelope.lane == Lane::SYSTEM {
            refusals.push(Refusal::SystemPriority);
        }
        if envelope.expires_at.is_some_and(|end| end <= at) {
            refusals.push(Refusal::Expired);
        }
    }

    /// What the two institutions' states say against the message.
    fn refuse_parties(
        &self,
        submit: &Submit,
        member: &Member,
        refusals: &mut Vec<Refusal>,
    ) -> Option<MemberId> {
        let Envelope { receiver, monitoring, .. } = submit.message.envelope;
        let sender = submit.terminal;
        if member.is_suspended() {
            refusals.push(Refusal::SenderSuspended { sender });
        }
        let is_full =
            |member: &Member, lane| member.lanes.get(&lane).is_some_and(LaneQueue::is_full);
        let receiver_id = self.members.id(&receiver.institution());
        match receiver_id.map(|id| self.members.at(id)) {
            None => refusals.push(Refusal::UnknownReceiver { receiver }),
            Some(member) if member.is_suspended() => {
                refusals.push(Refusal::ReceiverSuspended { receiver });
            }
            Some(member) if is_full(member, member.lane_of(&submit.message.envelope)) => {
                refusals.push(Refusal::LaneFull { receiver })
            }
            Some(_) => {}
        }
        let to = receiver_id.map(|id| self.members.at(id));
        if to.is_some_and(|to| !to.profile.may_be_sent_to(&receiver)) {
            refusals.push(Refusal::UnknownBranch { receiver });
        }
        if is_test_institution(sender.institution()) != is_test_institution(receiver.institution())
        {
            refusals.push(Refusal::TestWithLive { sender, receiver });
        }
        if monitoring.wants_notice() && is_full(member, Lane::SYSTEM) {
            refusals.push(Refusal::NoticesFull { sender });
        }
        receiver_id
    }

    /// What the rules of the service say against the message.
    fn refuse_service(
        &self,
        at: LogTime,
        submit: &Submit,
        receiver_id: Option<MemberId>,
        refusals: &mut Vec<Refusal>,
    ) {
        if self.services.is_empty() {
            if submit.message.is_sealed {
                // Nobody has agreed on it: the built-in service has the rules of a new one.
                let service = submit.message.envelope.service;
                refusals.push(Refusal::Sealed { service });
            }
            return;
        }
        let envelope = &submit.message.envelope;
        let Envelope { service, receiver, message_type, .. } = *envelope;
        let sender = submit.terminal;
        let Some(state) = self.services.get(&service) else {
            refusals.push(Refusal::UnknownService { service });
            return;
        };
        if state.is_retired {
            refusals.push(Refusal::RetiredService { service });
            return;
        }
        refuse_rules(&state.rules, submit, refusals);
        self.refuse_closed(at, submit, refusals);
        self.refuse_copy(state, envelope, refusals);
        self.refuse_held((at, state), envelope, receiver_id, refusals);
        let sender_id = self.member_id(sender.institution());
        if state.rules.is_closed {
            if !state.group.contains(sender_id) {
                refusals.push(Refusal::SenderOutside { service, sender });
            }
            if receiver_id.is_some_and(|id| !state.group.contains(id)) {
                refusals.push(Refusal::ReceiverOutside { service, receiver });
            }
        }
        if let DuplicateCheck::Refuse { .. } = state.rules.duplicates {
            let key = SeenKey { sender: sender_id, fingerprint: envelope.fingerprint };
            let horizon = state.rules.duplicates.horizon(at);
            if let Some(first) = horizon.and_then(|horizon| state.seen.first(&key, horizon)) {
                refusals.push(Refusal::Duplicate { service, first });
            }
        }
        let Some(receiver_id) = receiver_id else { return };
        // Whoever asks permits the answer.
        let needs_permission = state.rules.needs_relationship && envelope.answers.is_none();
        if needs_permission && sender_id != receiver_id {
            let pair = Pair { sender: sender_id, receiver: receiver_id, service };
            if let Some(missing) = self.relationships.missing(&pair, at, &message_type) {
                refusals.push(Refusal::NotPermitted { service, sender, receiver, missing });
            }
        }
    }

    /// What the hours of the service say against the message.
    fn refuse_closed(&self, at: LogTime, submit: &Submit, refusals: &mut Vec<Refusal>) {
        let Envelope { service, lane, answers, .. } = submit.message.envelope;
        let Some(opens_at) = self.opens_next(service, at, lane) else { return };
        // A request that was taken in time may be answered after the cut-off.
        if answers.is_none() && self.held_until(service, at, lane).is_none() {
            refusals.push(Refusal::Closed { service, lane, opens_at });
        }
    }

    /// What the institution that is to get a copy says against the message.
    fn refuse_copy(&self, state: &ServiceState, envelope: &Envelope, refusals: &mut Vec<Refusal>) {
        let Some(copied) = state.copied(envelope) else { return };
        let (service, institution) = (envelope.service, copied.institution());
        let Some(member) = self.members.get(&institution) else { return };
        if member.is_suspended() && copied.way() != CopyWay::Bypasses {
            refusals.push(Refusal::CopySuspended { service, institution });
        }
        let is_full = member.lanes.get(&envelope.lane).is_some_and(LaneQueue::is_full);
        if is_full || copied.way() == CopyWay::Holds && state.holds_too_many() {
            refusals.push(Refusal::CopiesFull { service, institution });
        }
    }

    /// Whether a message that is to be held will find no room in its lane.
    fn refuse_held(
        &self,
        (at, state): (LogTime, &ServiceState),
        envelope: &Envelope,
        receiver_id: Option<MemberId>,
        refusals: &mut Vec<Refusal>,
    ) {
        let Envelope { service, receiver, lane, .. } = *envelope;
        let waits = state.copied(envelope).is_some_and(|copied| copied.way() == CopyWay::Holds)
            || self.held_until(service, at, lane).is_some();
        let is_full = |id| {
            let member = self.members.at(id);
            let lane = member.lane_of(envelope);
            let queue = member.lanes.get(&lane);
            let length = queue.map_or(0, |queue| queue.entries().len());
            length < LANE_LENGTH_MAX && length + self.to_come.count(id, lane) >= LANE_LENGTH_MAX
        };
        if waits && receiver_id.is_some_and(is_full) {
            refusals.push(Refusal::LaneFull { receiver });
        }
    }

    /// What stands against the file that the message announces, if it announces one.
    fn refuse_announcement(&self, at: LogTime, submit: &Submit, refusals: &mut Vec<Refusal>) {
        let Envelope { service, ref file, .. } = submit.message.envelope;
        let Some(file) = file else { return };
        let state = self.services.get(&service).filter(|state| !state.is_retired);
        let rules = state.map(|state| &state.rules);
        // A service that there is not has been refused before.
        if rules.is_some() || self.services.is_empty() {
            self.refuse_file(at, submit.terminal, (service, rules), file, refusals);
        }
    }

    pub(crate) fn accepted(
        &mut self,
        at: LogTime,
        sequence: u64,
        envelope: &Envelope,
        effects: &mut Vec<Effect>,
    ) {
        let Envelope { sender, input_number, receiver, lane: by_priority, monitoring, .. } =
            *envelope;
        assert_ne!(
            by_priority,
            Lane::SYSTEM,
            "a record accepts a message into the network's own lane"
        );
        let member = self.member_mut(sender.institution());
        member.answer(sender, input_number, sequence, true);
        member.daily.on(at).accepted += 1;
        effects.push(Effect::Answered { terminal: sender, input_number, sequence, accepted: true });

        self.announced(at, sequence, envelope);
        let resembles_earlier = self.remember(at, sequence, envelope);
        let held_until = self.held_until(envelope.service, at, by_priority);
        let is_real_time = by_priority == Lane::REAL_TIME;
        let state = self.services.get(&envelope.service);
        let copied = state.and_then(|state| state.copied(envelope));
        let times = if is_real_time {
            self.real_time(at, envelope)
        } else {
            let timing = state.map(|state| state.rules.timing).unwrap_or_default();
            timing.times(held_until.unwrap_or(at), envelope)
        };
        let message = InFlight {
            sequence,
            input_number,
            sender,
            notice: monitoring.wants_notice(),
            resembles_earlier,
            asks: is_real_time && envelope.answers.is_none(),
            times,
        };
        let waits = copied
            .map_or(Waits::OPENS, |copied| self.offer_copy(&copied, (sequence, envelope), effects));
        let receiver = self.member_id(receiver.institution());
        let lane = self.members.at(receiver).lane_of(envelope);
        let opens_at = held_until.unwrap_or_default();
        let held = HeldMessage { receiver, lane, message, opens_at, waits };
        let output_number = self.hold_or_place(at, envelope.service, held, effects);
        if let Waits::Opening(Some(mark)) = waits {
            self.count(at, sender.institution(), |figures| figures.bypassed += 1);
            self.tell_of_release(&message, mark, effects);
        }
        let Some(output_number) = output_number else { return };
        if is_real_time {
            self.request_accepted(at, (sequence, envelope), output_number);
        }
    }

    /// Opens the request, or ends the one that is answered.
    fn request_accepted(
        &mut self,
        at: LogTime,
        (sequence, envelope): (u64, &Envelope),
        output_number: u64,
    ) {
        if let Some(record) = envelope.answers {
            let request = self.requests.end(record, RequestOutcome::Answered);
            assert!(request.is_some(), "a record answers a request that is open");
        } else if let Some(ends_at) = self.request_ends_at(at, envelope) {
            let Envelope { sender, input_number, service, .. } = *envelope;
            let receiver = self.member_id(envelope.receiver.institution());
            let request =
                Request { sender, input_number, receiver, service, output_number, ends_at };
            self.requests.open(sequence, request);
        }
    }
}

/// What the rules of a service say against a message, whoever its parties are.
fn refuse_rules(rules: &Service, submit: &Submit, refusals: &mut Vec<Refusal>) {
    let Checked { ref envelope, payload_length, is_sealed, .. } = submit.message;
    let Envelope { service, receiver, monitoring, message_type, .. } = *envelope;
    let parties = [submit.terminal.institution(), receiver.institution()];
    let is_foreign = |party: &Institution| is_test_institution(*party) != rules.is_test();
    if let Some(institution) = parties.into_iter().find(is_foreign) {
        refusals.push(Refusal::ServiceMode { service, institution });
    }
    if !rules.types.matches(&message_type) {
        refusals.push(Refusal::TypeNotCarried { service, message_type });
    }
    if payload_length > rules.payload_bytes_max {
        let limit = rules.payload_bytes_max;
        refusals.push(Refusal::PayloadTooLong { service, limit, found: payload_length });
    }
    if !rules.monitoring.allows(monitoring) {
        refusals.push(Refusal::MonitoringNotOffered { service, option: monitoring });
    }
    if rules.answer_within_ms.is_some() && envelope.lane != Lane::REAL_TIME {
        refusals.push(Refusal::RealTimePriority { service });
    }
    match (rules.is_sealed, is_sealed) {
        (true, false) => refusals.push(Refusal::NotSealed { service }),
        (false, true) => refusals.push(Refusal::Sealed { service }),
        (true, true) | (false, false) => {}
    }
}

impl Network {
    /// Remembers a message where its service looks for duplicates; says whether such a one came
    /// before.
    fn remember(&mut self, at: LogTime, sequence: u64, envelope: &Envelope) -> bool {
        let Envelope { service, sender, fingerprint, .. } = *envelope;
        let duplicates = self.services.get(&service).map(|state| state.rules.duplicates);
        let Some(horizon) = duplicates.and_then(|check| check.horizon(at)) else { return false };
        let sender = self.member_id(sender.institution());
        let state = self.service_mut(service);
        let key = SeenKey { sender, fingerprint };
        let before = state.seen.first(&key, horizon);
        state.seen.remember(at, key, sequence, horizon);
        before.is_some()
    }
}

impl TerminalState {
    /// Checks that a submission has the next number.
    pub(crate) fn expect_next(&self, terminal: Terminal, found: u64) -> Result<(), Rejection> {
        let expected = self.input_number + 1;
        if found == expected {
            Ok(())
        } else {
            Err(Rejection::WrongInputNumber { terminal, expected, found })
        }
    }
}

impl Member {
    /// Keeps the answer to the next submission of a terminal.
    pub(crate) fn answer(
        &mut self,
        terminal: Terminal,
        input_number: u64,
        sequence: u64,
        accepted: bool,
    ) {
        let state = self.terminals.get_mut(&terminal).filter(|state| state.open.is_some());
        let state = state.expect("only a terminal with an open session is answered");
        assert_eq!(input_number, state.input_number + 1, "{terminal} is answered out of number");
        state.input_number = input_number;
        state.answers.push(sequence, accepted);
        // Whoever submits this one has the answers to those outside of the window.
        state.answers.confirm(input_number.saturating_sub(ANSWERS_MAX));
    }

    /// The lane by which a message goes, as the rules of its receiver are now.
    pub(crate) fn lane_of(&self, envelope: &Envelope) -> Lane {
        self.lane_rules.as_ref().map_or(envelope.lane, |rules| rules.lane_of(&envelope.into()))
    }

    /// A lane whose existence a decision has established.
    pub(crate) fn lane_mut(&mut self, lane: Lane) -> &mut LaneQueue {
        self.lanes.get_mut(&lane).expect("a record names a lane that every member has")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_with_members;

    #[test]
    fn a_sealed_service_carries_sealed_messages_and_no_other_does() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP sealed
            service payments
            service confidential sealed
            submit ALPHDEFFA 2 BANKFRPP sealed service=confidential
            submit ALPHDEFFA 3 BANKFRPP service=confidential
            submit ALPHDEFFA 4 BANKFRPP sealed
            submit ALPHDEFFA 5 BANKFRPP
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET111 at header/service, fault of the sender: service payments does not carry sealed messages
                service payments: *, group []
                service confidential: *, group []
                accepted 2 of ALPHDEFFA in record 10
                offer BANKFRPP normal 1: record 10
                refused 3 of ALPHDEFFA in record 11
                  NET110 at header/service, fault of the sender: service confidential carries sealed messages only, and this one can be read
                refused 4 of ALPHDEFFA in record 12
                  NET111 at header/service, fault of the sender: service payments does not carry sealed messages
                accepted 5 of ALPHDEFFA in record 13
                offer BANKFRPP normal 2: record 13
            "#]],
        );
    }

    #[test]
    fn an_accepted_message_is_answered_and_offered() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 2 BANKFRPP urgent
            submit BANKFRPPA 1 ALPHDEFF123
            submit ALPHDEFFA 3 BANKFRPP
            submit ALPHDEFFA 4 ALPHDEFF
            pending BANKFRPP normal
            pending BANKFRPP urgent
            answers ALPHDEFFA
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                accepted 2 of ALPHDEFFA in record 8
                offer BANKFRPP urgent 1: record 8
                accepted 1 of BANKFRPPA in record 9
                offer ALPHDEFF normal 1: record 9
                accepted 3 of ALPHDEFFA in record 10
                offer BANKFRPP normal 2: record 10
                accepted 4 of ALPHDEFFA in record 11
                offer ALPHDEFF normal 2: record 11
                  1: message in record 7
                  2: message in record 10
                  1: message in record 8
                  2 accepted from 1 in record 7
                  2 accepted from 3 in record 10
            "#]],
        );
    }

    #[test]
    fn input_numbers_are_consecutive() {
        check_with_members(
            "
            submit ALPHDEFFA 2 BANKFRPP
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFA 0 BANKFRPP
            ",
            &expect![[r#"
                NET022 expected input number 1 of ALPHDEFFA, but found 2
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                NET022 expected input number 2 of ALPHDEFFA, but found 1
                NET022 expected input number 2 of ALPHDEFFA, but found 0
            "#]],
        );
    }

    #[test]
    fn a_message_is_submitted_in_a_session() {
        check_with_members(
            "
            close ALPHDEFFA
            submit ALPHDEFFA 1 BANKFRPP
            submit ALPHDEFFB 1 BANKFRPP
            submit CHASUS33A 1 BANKFRPP
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: Closed(Goodbye)
                lanes of ALPHDEFF to nobody
                NET020 ALPHDEFFA has no open session
                NET020 ALPHDEFFB has no open session
                NET020 CHASUS33A has no open session
            "#]],
        );
    }

    #[test]
    fn a_session_that_was_taken_over_submits_nothing() {
        check_with_members(
            "
            open ALPHDEFFA
            submit ALPHDEFFA 1 BANKFRPP session=1
            submit ALPHDEFFA 1 BANKFRPP session=3
            submit ALPHDEFFA 1 BANKFRPP session=2
            ",
            &expect![[r#"
                end session 1 of ALPHDEFFA: TakenOver
                welcome ALPHDEFFA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of ALPHDEFF to nobody
                NET021 session 1 of ALPHDEFFA is over; 2 is open
                NET021 session 3 of ALPHDEFFA is over; 2 is open
                accepted 1 of ALPHDEFFA in record 8
                offer BANKFRPP normal 1: record 8
            "#]],
        );
    }

    #[test]
    fn an_unknown_receiver_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 CHASUS33
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET001 at header/receiver, fault of the sender: CHASUS33XXX is not a member of this network
            "#]],
        );
    }

    #[test]
    fn a_suspended_receiver_is_refused() {
        check_with_members(
            "
            suspend BANKFRPP unpaid fees
            submit ALPHDEFFA 1 BANKFRPP
            ",
            &expect![[r#"
                BANKFRPP is Suspended { reason: unpaid fees }
                refused 1 of ALPHDEFFA in record 8
                  NET002 at header/receiver, fault of the receiver: BANKFRPPXXX is suspended and may not be sent to
            "#]],
        );
    }

    #[test]
    fn a_suspended_sender_is_refused() {
        check_with_members(
            "
            suspend ALPHDEFF unpaid fees
            submit ALPHDEFFA 1 BANKFRPP
            ",
            &expect![[r#"
                ALPHDEFF is Suspended { reason: unpaid fees }
                refused 1 of ALPHDEFFA in record 8
                  NET003 at header/sender, fault of the sender: ALPHDEFFA is suspended and may not send
            "#]],
        );
    }

    #[test]
    fn a_message_for_another_network_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP network=other
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET004 at header/network, fault of the sender: the message is for network other, but this is demo
            "#]],
        );
    }

    #[test]
    fn a_message_of_another_sender_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP sender=BANKFRPPA
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET005 at header/sender, fault of the sender: the message is of BANKFRPPA, but ALPHDEFFA submitted it
            "#]],
        );
    }

    #[test]
    fn a_header_with_another_number_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP number=7
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET006 at header/input_number, fault of the sender: the header has input number 7, but was submitted under 1
            "#]],
        );
    }

    #[test]
    fn system_priority_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP system
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET007 at header/priority, fault of the sender: only the network sends with system priority
            "#]],
        );
    }

    #[test]
    fn a_key_that_was_never_granted_is_refused() {
        check_with_members(
            "
            submit ALPHDEFFA 1 BANKFRPP key=9
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET008 at signature/key, fault of the sender: key 2bc03a76b7ee429b of ALPHDEFFA is not valid at this time
            "#]],
        );
    }

    #[test]
    fn a_key_whose_time_is_over_is_refused() {
        check_with_members(
            "
            @1000000 submit ALPHDEFFA 1 BANKFRPP
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 7
                  NET008 at signature/key, fault of the sender: key d2dd6e81a001b70a of ALPHDEFFA is not valid at this time
            "#]],
        );
    }

    #[test]
    fn a_message_that_has_expired_is_refused() {
        check_with_members(
            "
            @99 submit ALPHDEFFA 1 BANKFRPP expires=100
            @100 submit ALPHDEFFA 2 BANKFRPP expires=100
            ",
            &expect![[r#"
                accepted 1 of ALPHDEFFA in record 7
                offer BANKFRPP normal 1: record 7
                refused 2 of ALPHDEFFA in record 8
                  NET009 at header/expires_at, fault of the sender: the message was of no use any more when the network had it to decide on
            "#]],
        );
    }

    #[test]
    fn all_reasons_are_given_at_once() {
        check_with_members(
            "
            suspend ALPHDEFF unpaid fees
            @50 submit ALPHDEFFA 1 CHASUS33 network=other sender=BANKFRPPA number=9 key=3 system expires=50
            ",
            &expect![[r#"
                ALPHDEFF is Suspended { reason: unpaid fees }
                refused 1 of ALPHDEFFA in record 8
                  NET004 at header/network, fault of the sender: the message is for network other, but this is demo
                  NET005 at header/sender, fault of the sender: the message is of BANKFRPPA, but ALPHDEFFA submitted it
                  NET006 at header/input_number, fault of the sender: the header has input number 9, but was submitted under 1
                  NET008 at signature/key, fault of the sender: key 29befc63bb643231 of ALPHDEFFA is not valid at this time
                  NET007 at header/priority, fault of the sender: only the network sends with system priority
                  NET009 at header/expires_at, fault of the sender: the message was of no use any more when the network had it to decide on
                  NET003 at header/sender, fault of the sender: ALPHDEFFA is suspended and may not send
                  NET001 at header/receiver, fault of the sender: CHASUS33XXX is not a member of this network
            "#]],
        );
    }
}
