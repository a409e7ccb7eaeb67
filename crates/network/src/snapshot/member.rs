//! A member in a snapshot: its terminals with their answers, its lanes with what waits in them.
//!
//! ```text
//! member  name text | status u8 | reason text, if not active | profile (directory.rs)
//!   | figures (reports.rs) | reports (reports.rs)
//!   | terminals: count | (terminal 9 | session u64 | open u8
//!     | (sequence u64 | receives u8 | claims (leases.rs) | opened u64 | input after u64 | received u64, if open)
//!     | ended sessions: count | (session u64 | opened u64 | closed u64 | end u8 | input after u64
//!       | input through u64 | received u64)*
//!     | confirmed u64 | runs: count | (sequence u64 | length u32 | accepted u8)*
//!     | grants: count | (note bytes | revoked u64, all bits set: never)*)*
//!   | rules of lanes (lane_rules.rs)
//!   | lanes: count u8 | (lane u8 | acknowledged u64 | offered before u64 | entries: count | entry*
//!     | sessions that may have offered: count | (terminal 9 | session u64 | first u64 | through u64)*
//!     | marks: count | (output number u64 | record u64 | bypass u8)*
//!     | leased u8 | (terminal 9 | session u64 | through u64, all bits set: no limit; if leased))*
//! entry   tag u8 = 0, a message: sender 9 | input number u64 | sequence u64
//!           | flags u8: 1 notice, 2 resembles an earlier one, 4 a request
//!           | warn at u64 | withdraw at u64 | late at u64 (all bits set: never)
//!         tag u8 = 1, a delivery: sender 9 | input number u64 | sequence u64 | record u64 | index u32
//!         tag u8 = 2, something told: tiding u8 | record u64 | about u8
//!           | (sender 9 | input number u64 | sequence u64, if about a message)
//!         tag u8 = 3, a withdrawn message: sequence u64 | record u64
//!         tag u8 = 4, a copy: sequence u64 | flags u8: 1 header only, 2 decides
//! ```

use std::collections::VecDeque;

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Lane, LogTime};

use super::{bad, insert_next, write_count};
use crate::answers::{Answers, Run};
use crate::directory::{
    Grant, Member, OpenState, PastSession, Profile, SESSIONS_REMEMBERED_MAX, SessionNumber, Status,
    TerminalState,
};
use crate::effect::SessionEnd;
use crate::event::{parse, read_bool, read_terminal, write_terminal};
use crate::lane::{
    About, Attempt, Entry, InFlight, LANES, LaneQueue, Mark, Notice, Tiding, Times, Told,
};
use crate::lane_rules::LaneRules;
use crate::leases::{Claims, Lease};
use crate::reports::{Daily, Reports};
use crate::small_map::SmallMap;

const ACTIVE: u8 = 0;
const SUSPENDED: u8 = 1;
const EXPELLED: u8 = 2;
const MESSAGE: u8 = 0;
const DELIVERED: u8 = 1;
const TOLD: u8 = 2;
const WITHDRAWN: u8 = 3;
const COPY: u8 = 4;

pub(super) fn write_member(writer: &mut Writer, member: &Member) {
    writer.text(member.name.as_str());
    match &member.status {
        Status::Active => writer.u8(ACTIVE),
        Status::Suspended { reason } => writer.u8(SUSPENDED).text(reason.as_str()),
        Status::Expelled { reason } => writer.u8(EXPELLED).text(reason.as_str()),
    };
    member.profile.write(writer);
    member.daily.write(writer);
    member.reports.write(writer);
    write_count(writer, member.terminals.len());
    for (terminal, state) in member.terminals.iter() {
        write_terminal(writer, terminal);
        write_terminal_state(writer, state);
    }
    let no_rules = LaneRules::default();
    member.lane_rules.as_deref().unwrap_or(&no_rules).write(writer);
    writer.u8(u8::try_from(member.lanes.len()).expect("a member has few lanes"));
    for (lane, queue) in member.lanes.iter() {
        writer.u8(lane.0);
        write_lane(writer, queue);
    }
}

pub(super) fn read_member(
    institution: Institution,
    reader: &mut Reader<'_>,
) -> Result<Member, CodecError> {
    let mut member = Member::new(institution, parse(reader.text()?, "name")?);
    member.status = match reader.u8()? {
        ACTIVE => Status::Active,
        SUSPENDED => Status::Suspended { reason: parse(reader.text()?, "reason")? },
        EXPELLED => Status::Expelled { reason: parse(reader.text()?, "reason")? },
        _ => return Err(bad("status")),
    };
    member.profile = Box::new(Profile::read(reader)?);
    member.daily = Daily::read(reader)?;
    member.reports = Reports::read(reader)?;
    for _ in 0..reader.u32()? {
        let terminal = read_terminal(reader)?;
        let state = read_terminal_state(reader)?;
        if terminal.institution() != institution {
            return Err(bad("terminal"));
        }
        if state.grants.iter().any(|grant| grant.holder != terminal) {
            return Err(bad("grant of a key"));
        }
        insert_next(&mut member.terminals, terminal, state)?;
    }
    let rules = LaneRules::read(reader)?;
    member.lane_rules = (!rules.is_empty()).then(|| Box::new(rules));
    member.lanes = SmallMap::default();
    for _ in 0..reader.u8()? {
        let lane = Lane(reader.u8()?);
        let queue = read_lane(reader)?;
        let is_good = |it: &Lease| member.session(it.terminal) == Some(it.session);
        if lane > Lane::OWN_LAST || queue.lease().is_some_and(|it| !is_good(it)) {
            return Err(bad("lane"));
        }
        insert_next(&mut member.lanes, lane, queue)?;
    }
    if LANES.iter().any(|lane| member.lanes.get(lane).is_none()) {
        return Err(bad("lanes"));
    }
    Ok(member)
}

fn write_terminal_state(writer: &mut Writer, state: &TerminalState) {
    writer.u64(state.last_session.0);
    writer.u8(u8::from(state.open.is_some()));
    if let Some(open) = state.open {
        writer.u64(open.sequence).u8(u8::from(open.receives));
        open.claims.write(writer);
        writer.u64(open.opened_at.0).u64(open.input_after).u64(open.received);
    }
    write_count(writer, state.history.len());
    for past in &state.history {
        writer.u64(past.session.0).u64(past.opened_at.0).u64(past.closed_at.0);
        writer.u8(past.end.code()).u64(past.input_after).u64(past.input_through);
        writer.u64(past.received);
    }
    writer.u64(state.answers.confirmed());
    write_count(writer, state.answers.runs().len());
    for run in state.answers.runs() {
        writer.u64(run.first_sequence).u32(run.length).u8(u8::from(run.accepted));
    }
    write_count(writer, state.grants.len());
    for grant in &state.grants {
        writer.bytes(grant.note.as_bytes()).u64(grant.revoked_at.map_or(u64::MAX, |at| at.0));
    }
}

fn read_terminal_state(reader: &mut Reader<'_>) -> Result<TerminalState, CodecError> {
    let last_session = SessionNumber(reader.u64()?);
    let open = if read_bool(reader, "open")? {
        let sequence = reader.u64()?;
        Some(OpenState {
            sequence,
            receives: read_bool(reader, "receives")?,
            claims: Claims::read(reader)?,
            opened_at: LogTime(reader.u64()?),
            input_after: reader.u64()?,
            received: reader.u64()?,
        })
    } else {
        None
    };
    let mut history = VecDeque::new();
    for _ in 0..reader.u32()? {
        history.push_back(PastSession {
            session: SessionNumber(reader.u64()?),
            opened_at: LogTime(reader.u64()?),
            closed_at: LogTime(reader.u64()?),
            end: SessionEnd::from_code(reader.u8()?).ok_or_else(|| bad("end of a session"))?,
            input_after: reader.u64()?,
            input_through: reader.u64()?,
            received: reader.u64()?,
        });
    }
    if history.len() > SESSIONS_REMEMBERED_MAX {
        return Err(bad("ended sessions"));
    }
    let confirmed = reader.u64()?;
    let mut input_number = confirmed;
    let mut runs = VecDeque::new();
    for _ in 0..reader.u32()? {
        let first_sequence = reader.u64()?;
        let length = reader.u32()?;
        let accepted = read_bool(reader, "accepted")?;
        let next = input_number.checked_add(u64::from(length)).filter(|_| length > 0);
        input_number = next.ok_or_else(|| bad("run of answers"))?;
        runs.push_back(Run { first_sequence, length, accepted });
    }
    let mut grants = Vec::new();
    for _ in 0..reader.u32()? {
        let note = std::str::from_utf8(reader.bytes()?).map_err(|_| CodecError::NotText)?;
        let mut grant = Grant::of_note(note)?;
        grant.revoked_at = Some(LogTime(reader.u64()?)).filter(|at| at.0 != u64::MAX);
        grants.push(grant);
    }
    let answers = Answers::new(confirmed, runs);
    Ok(TerminalState { input_number, answers, last_session, open, grants, history })
}

fn write_lane(writer: &mut Writer, queue: &LaneQueue) {
    writer.u64(queue.acknowledged()).u64(queue.offered_before());
    write_count(writer, queue.entries().len());
    queue.entries().for_each(|entry| write_entry(writer, entry));
    write_count(writer, queue.attempts().len());
    for Attempt { terminal, session, first, through } in queue.attempts() {
        write_terminal(writer, *terminal);
        writer.u64(session.0).u64(*first).u64(*through);
    }
    write_count(writer, queue.marks().len());
    for (output_number, Mark { record, is_bypass }) in queue.marks() {
        writer.u64(*output_number).u64(*record).u8(u8::from(*is_bypass));
    }
    writer.u8(u8::from(queue.lease().is_some()));
    if let Some(Lease { terminal, session, through }) = queue.lease() {
        write_terminal(writer, *terminal);
        writer.u64(session.0).u64(through.unwrap_or(u64::MAX));
    }
}

pub(super) fn write_entry(writer: &mut Writer, entry: &Entry) {
    match *entry {
        Entry::Message(message) => {
            let InFlight { notice, resembles_earlier, asks, times, .. } = message;
            writer.u8(MESSAGE);
            write_about(writer, &message.about());
            let flags = u8::from(notice) | u8::from(resembles_earlier) << 1 | u8::from(asks) << 2;
            writer.u8(flags);
            writer.u64(times.warn_at.0).u64(times.withdraw_at.0).u64(times.late_at.0);
        }
        Entry::Withdrawn { sequence, record } => {
            writer.u8(WITHDRAWN).u64(sequence).u64(record);
        }
        Entry::Copy { sequence, header_only, decides } => {
            writer.u8(COPY).u64(sequence).u8(u8::from(header_only) | u8::from(decides) << 1);
        }
        Entry::Delivered(Notice { sender, input_number, sequence, acknowledged_in, index }) => {
            writer.u8(DELIVERED);
            write_terminal(writer, sender);
            writer.u64(input_number).u64(sequence).u64(acknowledged_in).u32(index);
        }
        Entry::Told { tiding, record } => {
            writer.u8(TOLD).u8(tiding.code()).u64(record).u8(0);
        }
        Entry::ToldOf { tiding, record, sender, input_number, sequence } => {
            writer.u8(TOLD).u8(tiding.code()).u64(record).u8(1);
            write_about(writer, &About { sender, input_number, sequence });
        }
    }
}

fn write_about(writer: &mut Writer, about: &About) {
    write_terminal(writer, about.sender);
    writer.u64(about.input_number).u64(about.sequence);
}

fn read_about(reader: &mut Reader<'_>) -> Result<About, CodecError> {
    let (sender, input_number) = (read_terminal(reader)?, reader.u64()?);
    Ok(About { sender, input_number, sequence: reader.u64()? })
}

fn read_lane(reader: &mut Reader<'_>) -> Result<LaneQueue, CodecError> {
    let acknowledged = reader.u64()?;
    let offered_before = reader.u64()?;
    let mut entries = VecDeque::new();
    for _ in 0..reader.u32()? {
        entries.push_back(read_entry(reader)?);
    }
    let mut attempts = VecDeque::new();
    for _ in 0..reader.u32()? {
        let (terminal, session) = (read_terminal(reader)?, SessionNumber(reader.u64()?));
        let (first, through) = (reader.u64()?, reader.u64()?);
        attempts.push_back(Attempt { terminal, session, first, through });
    }
    let mut marks = VecDeque::new();
    for _ in 0..reader.u32()? {
        let (output_number, record) = (reader.u64()?, reader.u64()?);
        marks.push_back((output_number, Mark { record, is_bypass: read_bool(reader, "bypass")? }));
    }
    let queue = LaneQueue::new(acknowledged, offered_before, entries, attempts, marks);
    let mut queue = queue.ok_or_else(|| bad("lane"))?;
    if read_bool(reader, "leased")? {
        let (terminal, session) = (read_terminal(reader)?, SessionNumber(reader.u64()?));
        let through = Some(reader.u64()?).filter(|through| *through != u64::MAX);
        queue.set_lease(Some(Lease { terminal, session, through }));
        if queue.is_through() || through.is_some_and(|through| through > queue.last()) {
            return Err(bad("lease of a lane"));
        }
    }
    Ok(queue)
}

pub(super) fn read_entry(reader: &mut Reader<'_>) -> Result<Entry, CodecError> {
    let tag = reader.u8()?;
    if tag == TOLD {
        let tiding = Tiding::from_code(reader.u8()?).ok_or_else(|| bad("tiding"))?;
        let record = reader.u64()?;
        let about =
            if read_bool(reader, "about a message")? { Some(read_about(reader)?) } else { None };
        return Ok(Told { tiding, record, about }.into());
    }
    if tag == WITHDRAWN {
        return Ok(Entry::Withdrawn { sequence: reader.u64()?, record: reader.u64()? });
    }
    if tag == COPY {
        let (sequence, flags) = (reader.u64()?, reader.u8()?);
        if flags > 3 {
            return Err(bad("flags of a copy"));
        }
        return Ok(Entry::Copy { sequence, header_only: flags & 1 != 0, decides: flags & 2 != 0 });
    }
    let About { sender, input_number, sequence } = read_about(reader)?;
    match tag {
        MESSAGE => {
            let flags = reader.u8()?;
            if flags > 7 {
                return Err(bad("flags of a message"));
            }
            let mut time = || reader.u64().map(LogTime);
            let times = Times { warn_at: time()?, withdraw_at: time()?, late_at: time()? };
            let [notice, resembles_earlier, asks] = [1, 2, 4].map(|flag| flags & flag != 0);
            Ok(Entry::Message(InFlight {
                sequence,
                input_number,
                sender,
                notice,
                resembles_earlier,
                asks,
                times,
            }))
        }
        DELIVERED => {
            let acknowledged_in = reader.u64()?;
            let index = reader.u32()?;
            Ok(Entry::Delivered(Notice { sender, input_number, sequence, acknowledged_in, index }))
        }
        _ => Err(bad("entry of a lane")),
    }
}
