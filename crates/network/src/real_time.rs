//! Requests of real-time services that nobody has answered yet, and what became of the last ones.
//!
//! A message in such a service is a request, or the response to one. A request is open from the
//! record that accepts it to the record that ends it, and exactly one record does: that of its
//! response, of its declination or its abortion, or of the tick that found its deadline come. From
//! then on no response is accepted, so both institutions hold the same outcome with its proof
//! (`docs/network/real-time.md`).
//!
//! The set of deadlines and the counts hold nothing that the requests do not, so a snapshot leaves
//! them out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use iso::{Institution, Terminal};
use trust::codec::{CodecError, Reader, Writer};
use trust::{Lane, LogTime, ServiceName};

use crate::envelope::Envelope;
use crate::event::{parse, read_terminal, write_terminal};
use crate::lane::{About, NEVER, Times};
use crate::members::{MemberId, Members};
use crate::network::Network;
use crate::refusal::Refusal;

/// How many requests of an institution may be open; further ones are refused.
pub const OPEN_REQUESTS_MAX: u32 = 10_000;

/// The longest time for an answer that a service may give, in milliseconds: an hour.
pub const ANSWER_WITHIN_MS_MAX: u32 = 3_600_000;

/// Of how many requests that are over the outcome is remembered, so that a response that comes too
/// late is told why; those with the lowest records are forgotten first.
pub const OVER_REMEMBERED_MAX: usize = 4096;

/// A request that nobody has answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) sender: Terminal,
    pub(crate) input_number: u64,
    pub(crate) receiver: MemberId,
    pub(crate) service: ServiceName,
    /// Its number in the receiver's real-time lane.
    pub(crate) output_number: u64,
    /// A response is in time before this.
    pub(crate) ends_at: LogTime,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestOutcome {
    /// The receiver answered in time; the record of the response is the proof.
    Answered,
    /// The deadline came; the receiver had the request, or may have had it.
    TimedOut,
    /// The deadline came, and the receiver, which may have had the request, had no session that
    /// receives.
    ReceiverGone,
    /// The deadline came before anybody could have the request: it was withdrawn.
    Withdrawn,
    /// The receiver declined it.
    Declined,
    /// The operator withdrew it.
    Aborted,
}

impl RequestOutcome {
    const ALL: [Self; 6] = [
        Self::Answered,
        Self::TimedOut,
        Self::ReceiverGone,
        Self::Withdrawn,
        Self::Declined,
        Self::Aborted,
    ];

    /// Its number, from 1 in the order of the variants.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Answered => 1,
            Self::TimedOut => 2,
            Self::ReceiverGone => 3,
            Self::Withdrawn => 4,
            Self::Declined => 5,
            Self::Aborted => 6,
        }
    }

    /// The outcome of a number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Whether a tick says so.
    pub(crate) fn is_of_time(self) -> bool {
        matches!(self, Self::TimedOut | Self::ReceiverGone | Self::Withdrawn)
    }
}

impl fmt::Display for RequestOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "it was answered",
            Self::TimedOut => "its deadline has come",
            Self::ReceiverGone => "its deadline has come, and its receiver was gone",
            Self::Withdrawn => "its deadline has come, and it was withdrawn",
            Self::Declined => "its receiver declined it",
            Self::Aborted => "the operator withdrew it",
        })
    }
}

/// All open requests, and the outcomes of the last ones that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// By their records.
    open: BTreeMap<u64, Request>,
    /// Invariant: the ends of all that are open.
    deadlines: BTreeSet<(LogTime, u64)>,
    /// Invariant: how many of each sending institution are open; no zero.
    counts: BTreeMap<Institution, u32>,
    /// Invariant: at most [`OVER_REMEMBERED_MAX`].
    over: BTreeMap<u64, RequestOutcome>,
}

// What a request in flight costs beside its entry in a lane: its place in the tree and its deadline
// (trees are half full at least).
const _: () = assert!(2 * (size_of::<(u64, Request)>() + size_of::<(LogTime, u64)>()) <= 200);

impl Request {
    /// The message, as its sender knows it.
    pub(crate) fn about(&self, sequence: u64) -> About {
        About { sender: self.sender, input_number: self.input_number, sequence }
    }
}

impl Requests {
    pub(crate) fn get(&self, record: u64) -> Option<&Request> {
        self.open.get(&record)
    }

    pub(crate) fn outcome(&self, record: u64) -> Option<RequestOutcome> {
        self.over.get(&record).copied()
    }

    pub(crate) fn open_of(&self, sender: Institution) -> u32 {
        self.counts.get(&sender).copied().unwrap_or_default()
    }

    pub(crate) fn open(&mut self, record: u64, request: Request) {
        *self.counts.entry(request.sender.institution()).or_default() += 1;
        self.deadlines.insert((request.ends_at, record));
        let before = self.open.insert(record, request);
        assert!(before.is_none(), "a record is that of one request");
    }

    /// Ends a request with its outcome; nothing where it is over already.
    pub(crate) fn end(&mut self, record: u64, outcome: RequestOutcome) -> Option<Request> {
        let request = self.open.remove(&record)?;
        self.deadlines.remove(&(request.ends_at, record));
        let sender = request.sender.institution();
        let count = self.counts.get_mut(&sender).expect("an open request is counted");
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&sender);
        }
        if self.over.len() >= OVER_REMEMBERED_MAX {
            self.over.pop_first();
        }
        self.over.insert(record, outcome);
        Some(request)
    }

    /// The first deadline.
    pub(crate) fn first(&self) -> Option<LogTime> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Those whose deadlines have come at a time, in their order.
    pub(crate) fn due(&self, at: LogTime) -> impl Iterator<Item = (u64, &Request)> {
        let due = self.deadlines.iter().take_while(move |(ends_at, _)| *ends_at <= at);
        due.filter_map(|(_, record)| Some((*record, self.open.get(record)?)))
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (u64, &Request)> {
        self.open.iter().map(|(record, request)| (*record, request))
    }

    /// ```text
    /// open: count u32 | (record u64 | sender 9 | input number u64 | receiver u32 | service text
    ///   | output number u64 | ends at u64)* | over: count u32 | (record u64 | outcome u8)*
    /// ```
    pub(crate) fn write(&self, writer: &mut Writer) {
        let count = |count: usize| u32::try_from(count).expect("what is in memory is counted");
        writer.u32(count(self.open.len()));
        for (record, request) in &self.open {
            let Request { sender, input_number, receiver, service, output_number, ends_at } =
                *request;
            writer.u64(*record);
            write_terminal(writer, sender);
            writer.u64(input_number).u32(receiver.0).text(service.as_str());
            writer.u64(output_number).u64(ends_at.0);
        }
        writer.u32(count(self.over.len()));
        for (record, outcome) in &self.over {
            writer.u64(*record).u8(outcome.code());
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, members: &Members) -> Result<Self, CodecError> {
        let bad = |field| CodecError::OutOfRange { field };
        let mut requests = Self::default();
        for _ in 0..reader.u32()? {
            let record = reader.u64()?;
            let (sender, input_number) = (read_terminal(reader)?, reader.u64()?);
            let receiver = Some(reader.u32()?).filter(|id| (*id as usize) < members.len());
            let receiver = MemberId(receiver.ok_or_else(|| bad("receiver of a request"))?);
            let service = parse(reader.text()?, "service")?;
            let (output_number, ends_at) = (reader.u64()?, LogTime(reader.u64()?));
            let in_order = requests.open.last_key_value().is_none_or(|(last, _)| *last < record);
            if !in_order || !members.contains(&sender.institution()) {
                return Err(bad("request"));
            }
            let request =
                Request { sender, input_number, receiver, service, output_number, ends_at };
            requests.open(record, request);
        }
        for _ in 0..reader.u32()? {
            let record = reader.u64()?;
            let outcome = RequestOutcome::from_code(reader.u8()?).ok_or_else(|| bad("outcome"))?;
            let in_order = requests.over.last_key_value().is_none_or(|(last, _)| *last < record);
            if !in_order || requests.over.len() >= OVER_REMEMBERED_MAX {
                return Err(bad("request that is over"));
            }
            requests.over.insert(record, outcome);
        }
        Ok(requests)
    }
}

impl Network {
    /// When something is done about a message of the real-time lane: it is late from the deadline
    /// of a request on, and nobody is warned.
    pub(crate) fn real_time(&self, at: LogTime, envelope: &Envelope) -> Times {
        let late_at = self.request_ends_at(at, envelope).unwrap_or(NEVER);
        Times { warn_at: NEVER, withdraw_at: NEVER, late_at }
    }

    /// Until when a request that is accepted at a time can be answered; nothing where the message
    /// is none.
    pub(crate) fn request_ends_at(&self, at: LogTime, envelope: &Envelope) -> Option<LogTime> {
        if envelope.lane != Lane::REAL_TIME || envelope.answers.is_some() {
            return None;
        }
        let rules = self.services.get(&envelope.service).map(|state| &state.rules);
        let within_ms = rules.and_then(|rules| rules.answer_within_ms).unwrap_or_default();
        let ends_at = LogTime(at.0.saturating_add(u64::from(within_ms) * 1_000));
        Some(envelope.expires_at.map_or(ends_at, |expires_at| expires_at.min(ends_at)))
    }

    /// What the rules of real time say against a message that has real-time priority, or says that
    /// it answers a request.
    pub(crate) fn refuse_real_time(
        &self,
        at: LogTime,
        envelope: &Envelope,
        receiver: Option<MemberId>,
        refusals: &mut Vec<Refusal>,
    ) {
        let Envelope { service, sender, .. } = *envelope;
        let rules = self.services.get(&service).map(|state| &state.rules);
        if rules.is_some_and(|rules| rules.answer_within_ms.is_none()) || self.services.is_empty() {
            refusals.push(Refusal::NotRealTime { service });
            return;
        }
        if let Some(request) = envelope.answers {
            refusals.extend(self.refuse_response(at, envelope, request));
            return;
        }
        let Some(member) = receiver.map(|id| self.members.at(id)) else { return };
        if member.holder(Lane::REAL_TIME).is_none() {
            let receiver = envelope.receiver;
            refusals.push(Refusal::ReceiverAway { service, receiver });
        }
        if self.requests.open_of(sender.institution()) >= OPEN_REQUESTS_MAX {
            refusals.push(Refusal::TooManyRequests { sender });
        }
    }

    /// What is wrong with a response: the first of all that could be said, for one that is not the
    /// receiver's is told nothing of the request.
    fn refuse_response(&self, at: LogTime, envelope: &Envelope, record: u64) -> Option<Refusal> {
        let Envelope { service, sender, receiver, .. } = *envelope;
        let Some(request) = self.requests.get(record) else {
            return Some(match self.requests.outcome(record) {
                None => Refusal::NoSuchRequest { record },
                Some(RequestOutcome::Answered) => Refusal::RequestAnswered { record },
                Some(outcome) => Refusal::RequestOver { record, outcome },
            });
        };
        if self.members.at(request.receiver).institution != sender.institution() {
            return Some(Refusal::NotTheReceiver { record, sender });
        }
        if request.sender.institution() != receiver.institution() {
            return Some(Refusal::NotTheRequester { record, receiver });
        }
        if request.service != service {
            return Some(Refusal::OtherService { record, service });
        }
        let outcome = RequestOutcome::TimedOut;
        (request.ends_at <= at).then_some(Refusal::RequestOver { record, outcome })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::script::check_over_days;

    #[test]
    fn a_request_is_answered_once_and_its_response_goes_back_in_real_time() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            ack BANKFRPPA real-time 1 1
            open-requests
            submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            open-requests
            pending ALPHDEFF real-time
            submit BANKFRPPA 2 ALPHDEFF service=instant answers=10 ref=R2
            @20s tick
            deadline
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                BANKFRPPA took real-time over through 1
                  request 1 of ALPHDEFFA in record 10, instant, until 1970-01-01T00:00:10.000010Z
                accepted 1 of BANKFRPPA in record 12
                lanes of ALPHDEFF (real-time) to session 1 of ALPHDEFFA
                offer ALPHDEFF real-time 1: record 12
                  1: message in record 12
                refused 2 of BANKFRPPA in record 13
                  NET133 at header/answers, fault of the sender: the request of record 10 was answered before
                  nothing is to come
            "#]],
        );
    }

    #[test]
    fn a_request_is_refused_at_once_where_nobody_receives() {
        check_over_days(
            "
            service instant real-time=10000
            service payments
            close BANKFRPPA
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            submit ALPHDEFFA 2 BANKFRPP service=payments
            open BANKFRPPA
            submit ALPHDEFFA 3 BANKFRPP service=instant real-time
            open BANKFRPPA receives
            submit ALPHDEFFA 4 BANKFRPP service=instant real-time
            ",
            &expect![[r#"
                service instant: *, group []
                service payments: *, group []
                end session 1 of BANKFRPPA: Closed(Goodbye)
                lanes of BANKFRPP to nobody
                refused 1 of ALPHDEFFA in record 12
                  NET130 at header/receiver, fault of the receiver: BANKFRPPXXX has no session that receives, and service instant keeps no request for later
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP normal 1: record 13
                welcome BANKFRPPA to session 2: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                refused 3 of ALPHDEFFA in record 15
                  NET130 at header/receiver, fault of the receiver: BANKFRPPXXX has no session that receives, and service instant keeps no request for later
                end session 2 of BANKFRPPA: TakenOver
                welcome BANKFRPPA to session 3: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/1
                lanes of BANKFRPP to session 3 of BANKFRPPA
                accepted 4 of ALPHDEFFA in record 17
                lanes of BANKFRPP (real-time) to session 3 of BANKFRPPA
                offer BANKFRPP real-time 1: record 17
            "#]],
        );
    }

    #[test]
    fn a_response_reaches_a_requester_that_was_away_when_it_came() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            close ALPHDEFFA lost
            submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            open ALPHDEFFA receives
            pending ALPHDEFF real-time
            ack ALPHDEFFA real-time 1 1
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                end session 1 of ALPHDEFFA: Closed(LinkLost)
                lanes of ALPHDEFF to nobody
                accepted 1 of BANKFRPPA in record 12
                lanes of ALPHDEFF (real-time) to nobody
                offer ALPHDEFF real-time 1: record 12
                welcome ALPHDEFFA to session 2: input 1, answers after 0, system 0/0, urgent 0/0, normal 0/0, real-time 0/1
                lanes of ALPHDEFF to session 2 of ALPHDEFFA
                  1: message in record 12
                ALPHDEFFA took real-time over through 1
            "#]],
        );
    }

    #[test]
    fn only_the_receiver_answers_only_the_requester_in_the_same_service() {
        check_over_days(
            "
            service instant real-time=10000
            service other real-time=10000
            service payments
            admit CHASUS33 Chase
            grant CHASUS33A 1 until=400d
            open CHASUS33A receives
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            submit CHASUS33A 1 ALPHDEFF service=instant answers=15
            submit BANKFRPPA 1 CHASUS33 service=instant answers=15
            submit BANKFRPPA 2 ALPHDEFF service=other answers=15
            submit BANKFRPPA 3 ALPHDEFF service=payments answers=15 normal
            submit BANKFRPPA 4 ALPHDEFF service=payments real-time
            submit BANKFRPPA 5 ALPHDEFF service=instant answers=99
            submit BANKFRPPA 6 ALPHDEFF service=instant
            submit BANKFRPPA 7 ALPHDEFF service=instant urgent answers=15 normal
            submit BANKFRPPA 8 ALPHDEFF service=instant answers=15
            ",
            &expect![[r#"
                service instant: *, group []
                service other: *, group []
                service payments: *, group []
                CHASUS33 is Active
                CHASUS33A may sign with d2dd6e81a001b70a
                welcome CHASUS33A to session 1: input 0, answers after 0, system 0/0, urgent 0/0, normal 0/0
                lanes of CHASUS33 to session 1 of CHASUS33A
                accepted 1 of ALPHDEFFA in record 15
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 15
                refused 1 of CHASUS33A in record 16
                  NET135 at header/sender, fault of the sender: the request of record 15 was not for CHASUS33
                refused 1 of BANKFRPPA in record 17
                  NET136 at header/receiver, fault of the sender: the request of record 15 was not of CHASUS33
                refused 2 of BANKFRPPA in record 18
                  NET137 at header/service, fault of the sender: the request of record 15 is not in service other
                refused 3 of BANKFRPPA in record 19
                  NET138 at header/service, fault of the sender: service payments is no real-time service: its messages answer no request and have no such priority
                refused 4 of BANKFRPPA in record 20
                  NET138 at header/service, fault of the sender: service payments is no real-time service: its messages answer no request and have no such priority
                refused 5 of BANKFRPPA in record 21
                  NET132 at header/answers, fault of the sender: record 99 is no request that could be answered now
                refused 6 of BANKFRPPA in record 22
                  NET139 at header/priority, fault of the sender: service instant is a real-time service: its messages have real-time priority
                refused 7 of BANKFRPPA in record 23
                  NET139 at header/priority, fault of the sender: service instant is a real-time service: its messages have real-time priority
                accepted 8 of BANKFRPPA in record 24
                lanes of ALPHDEFF (real-time) to session 1 of ALPHDEFFA
                offer ALPHDEFF real-time 1: record 24
            "#]],
        );
    }

    #[test]
    fn a_declined_request_is_over_and_a_late_declination_changes_no_outcome() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            decline BANKFRPPA real-time 1 AM04 insufficient-funds
            submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            @2s submit ALPHDEFFA 2 BANKFRPP service=instant real-time
            @20s tick
            decline BANKFRPPA real-time 2 AM04 insufficient-funds
            pending ALPHDEFF system
            pending BANKFRPP system
            open-requests
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                BANKFRPPA took real-time over through 1
                offer ALPHDEFF system 1: notice
                refused 1 of BANKFRPPA in record 12
                  NET134 at header/answers, fault of the sender: the request of record 10 is over: its receiver declined it
                accepted 2 of ALPHDEFFA in record 13
                offer BANKFRPP real-time 2: record 13
                offer ALPHDEFF system 2: notice
                offer BANKFRPP system 1: notice
                BANKFRPPA took real-time over through 2
                  1: Declined of 1 of ALPHDEFFA in record 10, says record 11
                  2: TimedOut of 2 of ALPHDEFFA in record 13, says record 14
                  1: RequestsEnded, says record 14
            "#]],
        );
    }

    #[test]
    fn the_operator_withdraws_a_request_only_while_nobody_can_have_it() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            abort BANKFRPP 10 a reason
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                NET091 BANKFRPP may have the message of record 10: it was offered
            "#]],
        );
    }

    #[test]
    fn a_response_is_not_withdrawn_for_its_request_is_answered() {
        check_over_days(
            "
            service instant real-time=10000
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            close ALPHDEFFA
            submit BANKFRPPA 1 ALPHDEFF service=instant answers=10
            abort ALPHDEFF 12 on the order of a court
            pending ALPHDEFF real-time
            ",
            &expect![[r#"
                service instant: *, group []
                accepted 1 of ALPHDEFFA in record 10
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 10
                end session 1 of ALPHDEFFA: Closed(Goodbye)
                lanes of ALPHDEFF to nobody
                accepted 1 of BANKFRPPA in record 12
                lanes of ALPHDEFF (real-time) to nobody
                offer ALPHDEFF real-time 1: record 12
                NET093 the message of record 12 answers a request: what was answered stays so
                  1: message in record 12
            "#]],
        );
    }

    #[test]
    fn a_response_needs_no_permission() {
        check_over_days(
            "
            service instant real-time=10000 needs-relationship
            permit BANKFRPP ALPHDEFF instant
            submit ALPHDEFFA 1 BANKFRPP service=instant real-time
            submit BANKFRPPA 1 ALPHDEFF service=instant real-time
            submit BANKFRPPA 2 ALPHDEFF service=instant answers=11
            ",
            &expect![[r#"
                service instant: *, group []
                offer ALPHDEFF system 1: notice
                accepted 1 of ALPHDEFFA in record 11
                lanes of BANKFRPP (real-time) to session 1 of BANKFRPPA
                offer BANKFRPP real-time 1: record 11
                refused 1 of BANKFRPPA in record 12
                  NET062 at header/receiver, fault of the sender: ALPHDEFF has not permitted this to BANKFRPP in service instant: there is no permission
                accepted 2 of BANKFRPPA in record 13
                lanes of ALPHDEFF (real-time) to session 1 of ALPHDEFFA
                offer ALPHDEFF real-time 1: record 13
            "#]],
        );
    }

    #[test]
    fn a_network_without_services_has_no_real_time() {
        check_over_days(
            "
            submit ALPHDEFFA 1 BANKFRPP real-time
            submit ALPHDEFFA 2 BANKFRPP answers=1 normal
            ",
            &expect![[r#"
                refused 1 of ALPHDEFFA in record 9
                  NET138 at header/service, fault of the sender: service payments is no real-time service: its messages answer no request and have no such priority
                refused 2 of ALPHDEFFA in record 10
                  NET138 at header/service, fault of the sender: service payments is no real-time service: its messages answer no request and have no such priority
            "#]],
        );
    }

    #[test]
    fn an_institution_has_a_bounded_number_of_open_requests() {
        let mut stage = crate::script::Stage::over_days();
        stage.play("service instant real-time=3600000");
        for number in 0..super::OPEN_REQUESTS_MAX {
            let sender = "ALPHDEFFA".parse().unwrap();
            let request = super::Request {
                sender,
                input_number: number.into(),
                receiver: crate::members::MemberId(1),
                service: "instant".parse().unwrap(),
                output_number: 1,
                ends_at: trust::LogTime(u64::MAX),
            };
            stage.network.requests.open(1_000_000 + u64::from(number), request);
        }
        stage.said.clear();
        stage.play("submit ALPHDEFFA 1 BANKFRPP service=instant real-time");
        expect![[r#"
            refused 1 of ALPHDEFFA in record 10
              NET131 at header/sender, fault of the sender: ALPHDEFF has 10000 open requests, which is the most
        "#]].assert_eq(&stage.said);
    }

    #[test]
    fn the_times_of_a_real_time_service_are_its_own() {
        check_over_days(
            "
            service instant real-time=0
            service instant real-time=3600001
            service instant real-time=1000 withdraw=5
            service instant real-time=1000 warn=1/1
            service instant real-time=3600000
            ",
            &expect![[r#"
                NET073 the rules of service instant are no good: a request is answered within 1 ms to 1 hour, and nothing else is timed
                NET073 the rules of service instant are no good: a request is answered within 1 ms to 1 hour, and nothing else is timed
                NET073 the rules of service instant are no good: a request is answered within 1 ms to 1 hour, and nothing else is timed
                NET073 the rules of service instant are no good: a request is answered within 1 ms to 1 hour, and nothing else is timed
                service instant: *, group []
            "#]],
        );
    }
}
