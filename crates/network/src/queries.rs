//! What the machine tells about itself. Nothing here changes anything.
//!
//! The machine may run ahead of the disk: it has applied records that are not durable yet. Whoever
//! sends what it finds here checks that the records it stands in are durable.

use std::ops::Bound;

use iso::{Institution, Terminal};
use trust::{Lane, LogTime, NetworkName, ServiceName, Shard};

use crate::answers::AnswerRun;
use crate::calendar::{Calendar, CalendarName};
use crate::directory::{Grant, Member, PastSession, Profile, SessionNumber, Status, TerminalState};
use crate::event::Relation;
use crate::lane::{Attempt, LanePosition, LaneQueue, Offer};
use crate::lane_rules::LaneRules;
use crate::leases::{Claims, Lease};
use crate::line::Line;
use crate::network::Network;
use crate::real_time::RequestOutcome;
use crate::relationship::{Pair, Permission};
use crate::reports::ReportRules;
use crate::service::{Service, ServiceState};

/// A member, as the machine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberView<'a> {
    /// Which institution.
    pub institution: Institution,
    /// Its name, for people.
    pub name: &'a Line,
    /// Whether it may take part.
    pub status: &'a Status,
    /// Its branches and whom people call.
    pub profile: &'a Profile,
}

/// A service, as the machine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceView<'a> {
    /// Its rules.
    pub rules: &'a Service,
    /// Whether it carries no new messages any more.
    pub is_retired: bool,
}

/// An open session, as the machine knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Whose it is.
    pub terminal: Terminal,
    /// Its number.
    pub session: SessionNumber,
    /// Whether it wants to empty its institution's lanes.
    pub receives: bool,
    /// Which of them, if it does.
    pub claims: Claims,
    /// The record that opened it.
    pub opened_in: u64,
    /// When it was opened.
    pub opened_at: LogTime,
}

impl Network {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> NetworkName {
        self.name
    }

    /// Which of the network's logs it follows.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The time of the last record; the next one's is not before it.
    #[must_use]
    pub fn now(&self) -> LogTime {
        self.now
    }

    /// The last record that was applied.
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// A member.
    #[must_use]
    pub fn member(&self, institution: Institution) -> Option<MemberView<'_>> {
        self.members.get(&institution).map(Member::view)
    }

    /// All members, in the order of their BICs.
    pub fn members(&self) -> impl ExactSizeIterator<Item = MemberView<'_>> {
        self.members.by_name().map(Member::view)
    }

    /// The terminals of an institution that ever opened a session or were granted a key.
    pub fn terminals(&self, institution: Institution) -> impl Iterator<Item = Terminal> {
        self.members.get(&institution).into_iter().flat_map(|member| member.terminals.keys())
    }

    /// The open session of a terminal.
    #[must_use]
    pub fn session(&self, terminal: Terminal) -> Option<SessionView> {
        self.terminal(terminal)?.view(terminal)
    }

    /// All open sessions, in the order of their terminals.
    pub fn sessions(&self) -> impl Iterator<Item = SessionView> {
        let terminals = self.members.by_name().flat_map(|member| member.terminals.iter());
        terminals.filter_map(|(terminal, state)| state.view(terminal))
    }

    /// The last sessions of a terminal that have ended, the oldest first.
    pub fn session_history(&self, terminal: Terminal) -> impl Iterator<Item = &PastSession> {
        self.terminal(terminal).into_iter().flat_map(|state| &state.history)
    }

    /// Which reports an institution gets, and when.
    #[must_use]
    pub fn report_rules(&self, institution: Institution) -> Option<&ReportRules> {
        self.members.get(&institution).map(|member| &member.reports.rules)
    }

    /// A calendar.
    #[must_use]
    pub fn calendar(&self, name: CalendarName) -> Option<&Calendar> {
        self.calendars.get(&name)
    }

    /// All calendars, in the order of their names.
    pub fn calendars(&self) -> impl ExactSizeIterator<Item = &Calendar> {
        self.calendars.values()
    }

    /// The session that empties a lane of an institution.
    #[must_use]
    pub fn lease(&self, institution: Institution, lane: Lane) -> Option<&Lease> {
        self.lane(institution, lane)?.lease()
    }

    /// By which lanes of its own messages to an institution go; nothing where it is not a member.
    #[must_use]
    pub fn lane_rules(&self, institution: Institution) -> Option<LaneRules> {
        let rules = self.members.get(&institution)?.lane_rules.as_deref();
        Some(rules.cloned().unwrap_or_default())
    }

    /// All keys that a terminal was granted, in the order of the grants.
    #[must_use]
    pub fn grants(&self, terminal: Terminal) -> &[Grant] {
        self.terminal(terminal).map_or(&[], |state| &state.grants)
    }

    /// The grants of the keys to which messages for an institution may be sealed now.
    pub fn encryption_grants(&self, institution: Institution) -> impl Iterator<Item = &Grant> {
        let terminals = self.members.get(&institution).into_iter();
        let grants =
            terminals.flat_map(|member| member.terminals.values()).flat_map(|it| &it.grants);
        grants.filter(|grant| !grant.public.algorithm().signs() && grant.covers(self.now))
    }

    /// The last input number of a terminal that was answered; 0 before the first.
    #[must_use]
    pub fn input_number(&self, terminal: Terminal) -> u64 {
        self.terminal(terminal).map_or(0, |state| state.input_number)
    }

    /// At most `limit` answers to the input numbers of a terminal above `after`, in their order,
    /// as far as the gateway has not confirmed them.
    pub fn answers(
        &self,
        terminal: Terminal,
        after: u64,
        limit: u64,
    ) -> impl Iterator<Item = AnswerRun> {
        let state = self.terminal(terminal);
        state.into_iter().flat_map(move |state| state.answers.after(after, limit))
    }

    /// The entries of a lane with output numbers above `after` that are not acknowledged, in order.
    pub fn pending(
        &self,
        institution: Institution,
        lane: Lane,
        after: u64,
    ) -> impl Iterator<Item = Offer> {
        self.lane(institution, lane).into_iter().flat_map(move |queue| queue.after(after, self.now))
    }

    /// The sessions that may have offered an entry and have ended, in their order.
    pub fn attempts(
        &self,
        institution: Institution,
        lane: Lane,
        output_number: u64,
    ) -> impl Iterator<Item = Attempt> {
        let queue = self.lane(institution, lane).into_iter();
        let all = queue.flat_map(LaneQueue::attempts).copied();
        all.filter(move |it| it.covers(output_number))
    }

    /// When a [`crate::Command::Tick`] has something to do next. While that is not after the time
    /// of the last record, another tick is due at once.
    #[must_use]
    pub fn next_deadline(&self) -> Option<LogTime> {
        let request = self.requests.first();
        self.deadlines.first().into_iter().chain(request).min()
    }

    /// How many requests of real-time services are open.
    #[must_use]
    pub fn open_requests(&self) -> usize {
        self.requests.iter().len()
    }

    /// How a request ended, if it is one of the last that did.
    #[must_use]
    pub fn request_outcome(&self, record: u64) -> Option<RequestOutcome> {
        self.requests.outcome(record)
    }

    /// How far the lanes of an institution have got; nothing where it is not a member.
    pub fn lanes(&self, institution: Institution) -> impl Iterator<Item = LanePosition> {
        let member = self.members.get(&institution).into_iter();
        member.flat_map(|member| member.lanes.iter()).map(|(lane, queue)| queue.position(lane))
    }

    /// How many entries wait in all lanes; it visits every member.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        let lanes = self.members.by_id().flat_map(|member| member.lanes.values());
        lanes.map(|queue| queue.entries().len()).sum()
    }

    /// The rules of a service, also of one that was retired.
    #[must_use]
    pub fn service_rules(&self, service: ServiceName) -> Option<ServiceView<'_>> {
        self.services.get(&service).map(ServiceState::view)
    }

    /// All services that were ever defined, in the order of their names. While there is none, a
    /// message may name any.
    pub fn services(&self) -> impl ExactSizeIterator<Item = ServiceView<'_>> {
        self.services.values().map(ServiceState::view)
    }

    /// The group of a service, in the order of admission.
    pub fn group_of(&self, service: ServiceName) -> impl Iterator<Item = Institution> {
        let state = self.services.get(&service).into_iter();
        state.flat_map(|state| state.group.iter()).map(|id| self.members.at(id).institution)
    }

    /// What a receiver permits a sender in a service.
    #[must_use]
    pub fn permission(&self, relation: &Relation) -> Option<&Permission> {
        self.relationships.permissions.get(&self.pair(relation).ok()?)
    }

    /// At most `limit` permissions, those after `after` or from the first on, in an order that does
    /// not change: by sender, receiver (each in the order of admission), service.
    pub fn permissions(
        &self,
        after: Option<&Relation>,
        limit: usize,
    ) -> impl Iterator<Item = (Relation, &Permission)> {
        let after = after.and_then(|relation| self.pair(relation).ok());
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.relationships.permissions.range((start, Bound::Unbounded));
        found.take(limit).map(|(pair, permission)| (self.relation(pair), permission))
    }

    /// The requests for permission that nobody has answered, with the records that made them.
    pub fn permission_requests(&self) -> impl ExactSizeIterator<Item = (Relation, u64)> {
        self.relationships.requests.iter().map(|(pair, record)| (self.relation(pair), *record))
    }

    /// The permissions that an institution was given and has given, in this order.
    pub fn permissions_of(
        &self,
        institution: Institution,
    ) -> impl Iterator<Item = (Relation, &Permission)> {
        let ids = self.members.id(&institution).into_iter();
        let found = ids.flat_map(|id| self.relationships.permissions.of(id));
        found.map(|(pair, permission)| (self.relation(&pair), permission))
    }

    /// The open requests that an institution has made and got, in this order, with the records that
    /// made them.
    pub fn permission_requests_of(
        &self,
        institution: Institution,
    ) -> impl Iterator<Item = (Relation, u64)> {
        let ids = self.members.id(&institution).into_iter();
        let found = ids.flat_map(|id| self.relationships.requests.of(id));
        found.map(|(pair, record)| (self.relation(&pair), *record))
    }

    fn relation(&self, pair: &Pair) -> Relation {
        let name = |id| self.members.at(id).institution;
        let Pair { sender, receiver, service } = *pair;
        Relation { sender: name(sender), receiver: name(receiver), service }
    }

    fn terminal(&self, terminal: Terminal) -> Option<&TerminalState> {
        self.members.get(&terminal.institution())?.terminals.get(&terminal)
    }

    fn lane(&self, institution: Institution, lane: Lane) -> Option<&LaneQueue> {
        self.members.get(&institution)?.lanes.get(&lane)
    }
}

impl Member {
    fn view(&self) -> MemberView<'_> {
        MemberView {
            institution: self.institution,
            name: &self.name,
            status: &self.status,
            profile: &self.profile,
        }
    }
}

impl ServiceState {
    fn view(&self) -> ServiceView<'_> {
        ServiceView { rules: &self.rules, is_retired: self.is_retired }
    }
}

impl TerminalState {
    fn view(&self, terminal: Terminal) -> Option<SessionView> {
        self.open.map(|open| SessionView {
            terminal,
            session: self.last_session,
            receives: open.receives,
            claims: open.claims,
            opened_in: open.sequence,
            opened_at: open.opened_at,
        })
    }
}
