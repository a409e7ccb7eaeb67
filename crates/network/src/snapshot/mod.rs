//! The whole state as bytes, in one way only: for its hash, and to start from without the journal's
//! beginning.
//!
//! Integers big-endian, counts u32, members in the order of their admission, maps in the order of
//! their keys; a member is referred to by its number, u32:
//!
//! ```text
//! "nuncio state 7\n" | network 32 | shard u16 | now u64 | has records u8 | sequence u64
//! members: count | (institution 8 | member (member.rs))*
//! services: count | (rules (service.rs) | retired u8 | group: count, words u64
//!   | remembered: count | (time u64 | sender u32 | fingerprint u64 | sequence u64)*
//!   | next cut-off u64 (0 = none) | copies, and what is held (waiting.rs))*
//! calendars: count | calendar (calendar.rs)*
//! permissions: count | (sender u32 | receiver u32 | service text | permission (relationship.rs))*
//! requests: count | (sender u32 | receiver u32 | service text | record u64)*
//! real time: requests (real_time.rs)
//! governed u8 | if so: governance (trust::governance) | public records: count, u64
//! files (files.rs)
//! ```

mod member;
mod waiting;

use std::collections::BTreeMap;

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Digest, Label, LogTime, ServiceName, Shard};

use self::member::{read_member, write_member};
use self::waiting::{read_copies, read_held, write_copies, write_held};
use crate::calendar::Calendar;
use crate::deadlines::Place;
use crate::event::{parse, read_bool, read_institution, write_institution};
use crate::files::Files;
use crate::governance::Governed;
use crate::members::{MemberId, MemberSet, Members};
use crate::network::Network;
use crate::pairs::Pairs;
use crate::real_time::Requests;
use crate::relationship::{Pair, Permission, Relationships};
use crate::reports::Report;
use crate::service::{Seen, SeenKey, Service, ServiceState};
use crate::small_map::SmallMap;

const MAGIC: &[u8; 15] = b"nuncio state 7\n";

/// Why bytes are no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The first bytes do not name the format.
    #[error("this is no state of a network, or one of another version")]
    Magic,
    /// The bytes are not in the form of a state.
    #[error("the state is malformed")]
    Form(#[from] CodecError),
}

impl Network {
    /// The one encoding of the state.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024);
        writer.raw(MAGIC).raw(self.name.padded()).u16(self.shard.0).u64(self.now.0);
        writer.u8(u8::from(self.sequence.is_some())).u64(self.sequence.unwrap_or_default());
        write_count(&mut writer, self.members.len());
        for member in self.members.by_id() {
            write_institution(&mut writer, member.institution);
            write_member(&mut writer, member);
        }
        write_count(&mut writer, self.services.len());
        self.services.values().for_each(|state| write_service(&mut writer, state));
        write_count(&mut writer, self.calendars.len());
        self.calendars.values().for_each(|calendar| calendar.write(&mut writer));
        write_relationships(&mut writer, &self.relationships);
        self.requests.write(&mut writer);
        Governed::write(self.governed.as_deref(), &mut writer);
        self.files.write(&mut writer);
        writer.finish()
    }

    /// Reads the one encoding of a state.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(bytes);
        let network = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(network)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SnapshotError> {
        if reader.raw(MAGIC.len()) != Ok(MAGIC) {
            return Err(SnapshotError::Magic);
        }
        let name = Label::from_padded(&reader.array()?).map_err(|_| bad("network"))?;
        let mut network = Self::new(name, Shard(reader.u16()?));
        network.now = LogTime(reader.u64()?);
        network.sequence = match (read_bool(reader, "has records")?, reader.u64()?) {
            (true, sequence) => Some(sequence),
            (false, 0) => None,
            (false, _) => return Err(bad("sequence").into()),
        };
        for _ in 0..reader.u32()? {
            let institution = read_institution(reader)?;
            let member = read_member(institution, reader)?;
            network.members.admit(member).ok_or_else(|| bad("member"))?;
            network.restore_deadlines(institution);
        }
        for _ in 0..reader.u32()? {
            let state = read_service(reader, &network.members)?;
            network.deadlines.move_cut_off(state.rules.name, None, state.next_cut_off);
            network.deadlines.move_bypass(state.rules.name, None, state.bypass_due());
            state.held.iter().for_each(|held| network.count_held(held));
            push_next(&mut network.services, state.rules.name, state)?;
        }
        for _ in 0..reader.u32()? {
            let calendar = Calendar::read(reader)?;
            push_next(&mut network.calendars, calendar.name, calendar)?;
        }
        network.relationships = read_relationships(reader, &network.members)?;
        network.requests = Requests::read(reader, &network.members)?;
        network.governed = Governed::read(reader)?.map(Box::new);
        let count = network.members.len();
        network.files = Files::read(reader, |MemberId(id)| (id as usize) < count)?;
        Ok(network)
    }

    /// Finds the deadlines of what waits for the member that was read last.
    fn restore_deadlines(&mut self, institution: Institution) {
        let receiver = self.member_id(institution);
        let reports = &self.members.at(receiver).reports;
        for report in Report::ALL {
            let next = reports.plan(report).next;
            self.deadlines.move_report(report, receiver, None, next);
        }
        for (lane, queue) in self.members.at(receiver).lanes.iter() {
            for (output_number, entry) in (queue.acknowledged() + 1..).zip(queue.entries()) {
                let times = entry.message().and_then(|message| message.times.next());
                self.deadlines.set(times, Place { receiver, lane, output_number });
            }
        }
    }

    /// The digest of the whole state: machines that agree on it agree on everything.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&self.encode())
    }
}

fn write_service(writer: &mut Writer, state: &ServiceState) {
    state.rules.write(writer);
    writer.u8(u8::from(state.is_retired));
    write_count(writer, state.group.words().len());
    for word in state.group.words() {
        writer.u64(*word);
    }
    write_count(writer, state.seen.entries().len());
    for (at, SeenKey { sender, fingerprint }, sequence) in state.seen.entries() {
        writer.u64(at.0).u32(sender.0).u64(fingerprint).u64(sequence);
    }
    writer.u64(state.next_cut_off.map_or(0, |at| at.0));
    write_copies(writer, state.copies.as_deref());
    write_held(writer, &state.held);
}

fn read_service(reader: &mut Reader<'_>, members: &Members) -> Result<ServiceState, CodecError> {
    let mut state = ServiceState::new(Service::read(reader)?);
    state.is_retired = read_bool(reader, "retired")?;
    let words = (0..reader.u32()?).map(|_| reader.u64()).collect::<Result<_, _>>()?;
    state.group = MemberSet::of_words(words, members.len()).ok_or_else(|| bad("group"))?;
    let mut seen = Seen::default();
    for _ in 0..reader.u32()? {
        let at = LogTime(reader.u64()?);
        let sender = read_id(reader, members)?;
        let key = SeenKey { sender, fingerprint: reader.u64()? };
        seen.restore(at, key, reader.u64()?).ok_or_else(|| bad("message that was seen"))?;
    }
    state.seen = seen;
    state.next_cut_off = Some(LogTime(reader.u64()?)).filter(|at| at.0 != 0);
    state.copies = read_copies(reader, members)?.map(Box::new);
    state.held = read_held(reader, members)?;
    Ok(state)
}

fn write_relationships(writer: &mut Writer, relationships: &Relationships) {
    let Relationships { permissions, requests } = relationships;
    write_count(writer, permissions.len());
    for (pair, permission) in permissions.iter() {
        write_pair(writer, pair);
        permission.write(writer);
    }
    write_count(writer, requests.len());
    for (pair, record) in requests.iter() {
        write_pair(writer, pair);
        writer.u64(*record);
    }
}

fn read_relationships(
    reader: &mut Reader<'_>,
    members: &Members,
) -> Result<Relationships, CodecError> {
    let mut relationships = Relationships::default();
    for _ in 0..reader.u32()? {
        let pair = read_pair(reader, members)?;
        push_pair(&mut relationships.permissions, pair, Permission::read(reader)?)?;
    }
    for _ in 0..reader.u32()? {
        let pair = read_pair(reader, members)?;
        push_pair(&mut relationships.requests, pair, reader.u64()?)?;
    }
    Ok(relationships)
}

fn write_pair(writer: &mut Writer, pair: &Pair) {
    writer.u32(pair.sender.0).u32(pair.receiver.0).text(pair.service.as_str());
}

fn read_pair(reader: &mut Reader<'_>, members: &Members) -> Result<Pair, CodecError> {
    let (sender, receiver) = (read_id(reader, members)?, read_id(reader, members)?);
    let service: ServiceName = parse(reader.text()?, "service")?;
    Ok(Pair { sender, receiver, service })
}

fn read_id(reader: &mut Reader<'_>, members: &Members) -> Result<MemberId, CodecError> {
    let id = reader.u32()?;
    let known = (id as usize) < members.len();
    if known { Ok(MemberId(id)) } else { Err(bad("number of a member")) }
}

/// Adds to a map whose keys were written in their order.
fn push_next<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) -> Result<(), CodecError> {
    if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
        return Err(bad("order of keys"));
    }
    map.insert(key, value);
    Ok(())
}

/// The same for what stands between two institutions.
fn push_pair<T>(pairs: &mut Pairs<T>, key: Pair, value: T) -> Result<(), CodecError> {
    if pairs.last_key().is_some_and(|last| *last >= key) {
        return Err(bad("order of keys"));
    }
    pairs.insert(key, value);
    Ok(())
}

/// Adds to a small map whose keys were written in their order.
fn insert_next<K: Ord + Copy, V>(
    map: &mut SmallMap<K, V>,
    key: K,
    value: V,
) -> Result<(), CodecError> {
    if map.last_key().is_some_and(|last| last >= key) {
        return Err(bad("order of keys"));
    }
    map.insert(key, value);
    Ok(())
}

fn write_count(writer: &mut Writer, count: usize) {
    writer.u32(u32::try_from(count).expect("what fits into memory has fewer than 2^32 entries"));
}

fn bad(field: &'static str) -> CodecError {
    CodecError::OutOfRange { field }
}

#[cfg(test)]
mod tests;
