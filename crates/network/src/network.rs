//! The state of the network, and the two steps that every record takes.
//!
//! **Invariant:** [`Network::decide`] changes nothing, and what it decides can be applied.
//! **Invariant:** [`Network::apply`] does the same with a record that was just decided and with one
//! that a journal held for years. It asserts what a decision guarantees: a record that breaks it
//! was never decided by this machine, and no state that follows from it could be trusted.

use std::collections::BTreeMap;

use iso::{Institution, Terminal};
use trust::{Lane, LogTime, NetworkName, ServiceName, Shard};

use crate::calendar::{Calendar, CalendarName};
use crate::command::Command;
use crate::commands::open_session::Opening;
use crate::deadlines::Deadlines;
use crate::directory::{Member, SessionNumber, TerminalState};
use crate::effect::Effect;
use crate::event::{Decision, Event};
use crate::files::Files;
use crate::governance::Governed;
use crate::held::ToCome;
use crate::lane::Told;
use crate::members::{MemberId, Members};
use crate::real_time::Requests;
use crate::rejection::Rejection;
use crate::relationship::Relationships;
use crate::reports::Report;
use crate::service::ServiceState;

/// The deterministic machine of one shard of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub(crate) name: NetworkName,
    pub(crate) shard: Shard,
    /// The time of the last record.
    pub(crate) now: LogTime,
    /// The last record.
    pub(crate) sequence: Option<u64>,
    pub(crate) members: Members,
    /// Those that were ever defined; while there is none, the built-in service stands for all.
    pub(crate) services: BTreeMap<ServiceName, ServiceState>,
    pub(crate) calendars: BTreeMap<CalendarName, Calendar>,
    /// How many messages that are held in services will enter each lane.
    pub(crate) to_come: ToCome,
    pub(crate) relationships: Relationships,
    /// Invariant: the next deadline of each message that waits and has one.
    pub(crate) deadlines: Deadlines,
    /// What real-time services wait for.
    pub(crate) requests: Requests,
    /// Who changes the network, once that is not its operator alone.
    pub(crate) governed: Option<Box<Governed>>,
    /// What messages have announced.
    pub(crate) files: Files,
}

impl Network {
    /// A network without members and records.
    #[must_use]
    pub fn new(name: NetworkName, shard: Shard) -> Self {
        Self {
            name,
            shard,
            now: LogTime(0),
            sequence: None,
            members: Members::default(),
            services: BTreeMap::new(),
            calendars: BTreeMap::new(),
            to_come: ToCome::default(),
            relationships: Relationships::default(),
            deadlines: Deadlines::default(),
            requests: Requests::default(),
            governed: None,
            files: Files::default(),
        }
    }

    /// Says what the record of a command is to be, and changes nothing.
    ///
    /// `at` is the time that the record will have; it is never before [`Self::now`].
    ///
    /// # Errors
    ///
    /// A [`Rejection`]: nothing is to be written.
    ///
    /// # Panics
    ///
    /// Where `at` is before the last record: the hub's clock is held there.
    pub fn decide(&self, at: LogTime, command: Command) -> Result<Decision, Rejection> {
        assert!(
            at >= self.now,
            "the time of a record is never before that of the record before it"
        );
        let decision = self.decide_alone(at, command)?;
        self.check_consent(&decision)?;
        Ok(decision)
    }

    /// What the record of a command is to be, if the governors consent.
    pub(crate) fn decide_alone(
        &self,
        at: LogTime,
        command: Command,
    ) -> Result<Decision, Rejection> {
        match command {
            Command::Submit(submit) => self.decide_submit(at, submit),
            Command::Refuse(refuse) => self.decide_refuse(refuse),
            Command::Acknowledge(acknowledge) => self.decide_acknowledge(at, &acknowledge),
            Command::OpenSession(open) => self.decide_open_session(open),
            Command::CloseSession(close) => self.decide_close_session(close),
            Command::Admit(admit) => self.decide_admit(admit),
            Command::Suspend { institution, reason } => self.decide_suspend(institution, reason),
            Command::Reinstate { institution } => self.decide_reinstate(institution),
            Command::GrantKey(grant) => self.decide_grant_key(at, &grant),
            Command::Describe { institution, profile } => {
                self.decide_describe(institution, profile)
            }
            Command::DefineService(service) => self.decide_define_service(service),
            Command::ChangeService(service) => self.decide_change_service(service),
            Command::RetireService { service, reason } => {
                self.decide_retire_service(service, reason)
            }
            Command::JoinGroup { service, institution } => {
                self.decide_join_group(service, institution)
            }
            Command::LeaveGroup { service, institution } => {
                self.decide_leave_group(service, institution)
            }
            Command::Permit { relation, permission } => {
                self.decide_permit(at, relation, permission)
            }
            Command::Revoke { relation, reason } => self.decide_revoke(relation, reason),
            Command::RequestPermission { relation, permission, text } => {
                self.decide_request_permission(at, relation, permission, text)
            }
            Command::DenyPermission { relation, reason } => {
                self.decide_deny_permission(relation, reason)
            }
            Command::Decline(decline) => self.decide_decline(at, &decline),
            Command::Abort { receiver, sequence, reason } => {
                self.decide_abort(receiver, sequence, reason)
            }
            Command::StateOutstanding { by, receiver, sequence } => {
                self.decide_state_outstanding(by, receiver, sequence)
            }
            Command::SetReports { institution, rules } => {
                self.decide_set_reports(institution, rules)
            }
            Command::SetLaneRules { institution, rules } => {
                self.decide_set_lane_rules(institution, rules)
            }
            Command::DefineCalendar(calendar) => self.decide_define_calendar(calendar),
            Command::Broadcast(broadcast) => self.decide_broadcast(at, broadcast),
            Command::Found(keys) => self.decide_found(keys),
            Command::Change { note } => self.decide_change(note),
            Command::ReplaceKeys(keys) => self.decide_replace_keys(keys),
            Command::Expel { institution, reason } => self.decide_expel(institution, reason),
            Command::RevokeKey { holder, key, reason } => {
                self.decide_revoke_key(at, holder, key, reason)
            }
            Command::DecideCopy(decide) => self.decide_decide_copy(at, &decide),
            Command::SetBypass { service, on, reason } => {
                self.decide_set_bypass(service, on, reason)
            }
            Command::Tick => Ok(self.decide_tick(at)),
        }
    }

    /// Takes one record of the journal and adds what is to be done to `effects`.
    ///
    /// Every record goes through here, those of kind [`trust::RecordKind::OPEN`] too. The caller
    /// withholds the effects until the record is durable, and drops them when it replays a journal.
    ///
    /// # Panics
    ///
    /// On a record that [`Self::decide`] cannot have decided in this state, or that comes out of
    /// order: the journal is not this machine's, or the program has a fault.
    pub fn apply(&mut self, at: LogTime, sequence: u64, event: &Event, effects: &mut Vec<Effect>) {
        assert!(at >= self.now, "record {sequence} is older than the record before it");
        let in_order = self.sequence.is_none_or(|last| last < sequence);
        assert!(in_order, "record {sequence} does not follow record {:?}", self.sequence);
        self.carry_out(event);
        self.take(at, sequence, event, effects);
    }

    /// Changes the state as a record says.
    pub(crate) fn take(
        &mut self,
        at: LogTime,
        sequence: u64,
        event: &Event,
        effects: &mut Vec<Effect>,
    ) {
        match event {
            Event::Accepted(envelope) => self.accepted(at, sequence, envelope, effects),
            Event::Refused { terminal, input_number } => {
                self.refused(at, sequence, *terminal, *input_number, effects);
            }
            Event::Acknowledged { by, lane, first, through } => {
                self.acknowledged((at, sequence), *by, *lane, *first..=*through, effects);
            }
            &Event::SessionOpened { terminal, answered_through, receives, claims, .. } => {
                let opening = Opening { terminal, answered_through, receives, claims };
                self.session_opened(at, sequence, &opening, effects);
            }
            Event::SessionClosed { terminal, session, reason } => {
                self.session_closed(at, *terminal, *session, *reason, effects);
            }
            Event::EpochOpened => self.epoch_opened(at, effects),
            Event::Admitted { institution, name } => self.admitted(*institution, name, effects),
            Event::Suspended { institution, reason } => {
                self.suspended(at, *institution, reason, effects);
            }
            Event::Reinstated { institution } => self.reinstated(at, *institution, effects),
            Event::KeyGranted { grant } => self.key_granted(grant, effects),
            Event::Described { institution, profile } => {
                self.described(*institution, profile, effects);
            }
            Event::ServiceDefined(service) => self.service_defined(at, service, effects),
            Event::ServiceChanged(service) => self.service_changed(at, service, effects),
            Event::ServiceRetired { service, reason: _ } => self.service_retired(*service, effects),
            Event::Ticked => {}
            Event::Elapsed { sender: _, receiver, elapsed } => {
                self.elapsed((at, sequence), *receiver, elapsed, effects);
            }
            Event::RequestsEnded { sender: _, receiver, ended } => {
                self.requests_ended((at, sequence), *receiver, ended, effects);
            }
            Event::Declined { by, lane, output_number } => {
                self.declined((at, sequence), *by, (*lane, *output_number), effects);
            }
            Event::Aborted(withdrawal) => self.aborted(at, sequence, withdrawal, effects),
            Event::Expelled { institution, reason } => {
                self.expelled(at, *institution, reason, effects);
            }
            Event::KeyRevoked { holder, key, reason: _ } => self.key_revoked(at, *holder, *key),
            Event::Founded(keys) => self.founded(sequence, keys),
            Event::Changed { note } => self.changed(sequence, note),
            Event::KeysReplaced(keys) => self.keys_replaced(keys),
            Event::Permitted { .. }
            | Event::Revoked { .. }
            | Event::PermissionRequested { .. }
            | Event::PermissionDenied { .. }
            | Event::Outstanding(_)
            | Event::Broadcast(_)
            | Event::GroupJoined { .. }
            | Event::GroupLeft { .. }
            | Event::CalendarDefined(_)
            | Event::Released(_)
            | Event::CutOff { .. }
            | Event::ReportTimesSet { .. }
            | Event::ReportsSet { .. }
            | Event::LaneRulesSet { .. }
            | Event::ReportsDue { .. }
            | Event::ChecksDue { .. }
            | Event::CopyDecided { .. }
            | Event::Bypassed { .. }
            | Event::BypassSet { .. } => self.take_others((at, sequence), event, effects),
        }
        self.now = at;
        self.sequence = Some(sequence);
    }

    /// Changes the state as a record about relationships, groups, hours, copies, reports and what is told says.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others have been taken")]
    fn take_others(
        &mut self,
        (at, sequence): (LogTime, u64),
        event: &Event,
        effects: &mut Vec<Effect>,
    ) {
        match event {
            Event::Permitted { relation, permission } => {
                self.permitted(sequence, relation, permission, effects);
            }
            Event::Revoked { relation, reason: _ } => self.revoked(sequence, relation, effects),
            Event::PermissionRequested { relation, .. } => {
                self.permission_requested(sequence, relation, effects);
            }
            Event::PermissionDenied { relation, reason: _ } => {
                self.permission_denied(sequence, relation, effects);
            }
            Event::Outstanding(statement) => self.outstanding(sequence, statement, effects),
            Event::Broadcast(broadcast) => self.broadcast(sequence, broadcast, effects),
            Event::GroupJoined { service, institution } => {
                self.group_joined(*service, *institution, effects);
            }
            Event::GroupLeft { service, institution } => {
                self.group_left(*service, *institution, effects);
            }
            Event::CalendarDefined(calendar) => self.calendar_defined(at, calendar, effects),
            Event::Released(released) => self.released(at, sequence, released, effects),
            Event::CutOff { service } => self.cut_off(at, *service, effects),
            Event::ReportTimesSet { institution, times } => {
                self.report_times_set(at, *institution, times);
            }
            Event::ReportsSet { institution, rules } => {
                self.reports_set(at, *institution, rules);
            }
            Event::LaneRulesSet { institution, rules } => self.lane_rules_set(*institution, rules),
            Event::ReportsDue { institutions } => {
                self.reports_due(at, (Report::Undelivered, institutions), effects);
            }
            Event::ChecksDue { institutions } => {
                self.reports_due(at, (Report::DailyCheck, institutions), effects);
            }
            Event::CopyDecided { by, message, is_authorised } => {
                self.copy_decided((at, sequence), *by, (*message, *is_authorised), effects);
            }
            Event::Bypassed { sender, receiver: _, messages } => {
                self.bypassed((at, sequence), *sender, messages, effects);
            }
            Event::BypassSet { service, on, reason } => {
                self.bypass_set(sequence, *service, *on, reason.is_some());
            }
            _ => {}
        }
    }

    /// The member and the terminal of an open session.
    pub(crate) fn open_session(
        &self,
        terminal: Terminal,
        session: SessionNumber,
    ) -> Result<(&Member, &TerminalState), Rejection> {
        let found = self.members.get(&terminal.institution()).and_then(|member| {
            let state = member.terminals.get(&terminal)?;
            state.open.map(|_| (member, state))
        });
        let (member, state) = found.ok_or(Rejection::NoSession { terminal })?;
        let open = state.last_session;
        if open != session {
            return Err(Rejection::SessionOver { terminal, session, open });
        }
        Ok((member, state))
    }

    /// Tells an institution something, in its system lane.
    pub(crate) fn tell(&mut self, institution: Institution, told: Told, effects: &mut Vec<Effect>) {
        let lane = self.member_mut(institution).lane_mut(Lane::SYSTEM);
        let output_number = lane.push(told.into());
        effects.push(Effect::Noticed { institution, output_number });
    }

    /// The number of a member whose existence a decision has established.
    pub(crate) fn member_id(&self, institution: Institution) -> MemberId {
        let Some(id) = self.members.id(&institution) else {
            panic!("a record names {institution}, which is not a member");
        };
        id
    }

    /// A member whose existence a decision has established.
    pub(crate) fn member_mut(&mut self, institution: Institution) -> &mut Member {
        let Some(member) = self.members.get_mut(&institution) else {
            panic!("a record names {institution}, which is not a member");
        };
        member
    }
}
