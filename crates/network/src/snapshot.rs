//! The whole state as bytes, in one way only: for its hash, and to start from without the journal's
//! beginning.
//!
//! Integers big-endian, counts u32, members in the order of their admission,
//! maps in the order of their keys:
//!
//! ```text
//! "nuncio state 1\n" | network 32 | shard u16 | now u64 | has records u8 | sequence u64
//! members: count | (institution 8 | name text | status u8 | reason text, if suspended
//!   | terminals: count | (terminal 9 | session u64 | open u8 | (sequence u64 | receives u8, if open)
//!     | confirmed u64 | runs: count | (sequence u64 | length u32 | accepted u8)*
//!     | grants: count | (note bytes)*)*
//!   | lanes, three: (acknowledged u64 | offered before u64 | entries: count
//!     | (tag u8 | sender 9 | input number u64 | sequence u64
//!       | notice u8, of a message (tag 0) | record u64 | index u32, of a notice (tag 1))*))*
//! ```

use std::collections::VecDeque;

use iso::Institution;
use trust::codec::{CodecError, Reader, Writer};
use trust::{Digest, Label, LogTime, Shard};

use crate::answers::{Answers, Run};
use crate::directory::{Grant, Member, OpenState, SessionNumber, Status, TerminalState};
use crate::event::{
    parse, read_bool, read_institution, read_terminal, write_institution, write_terminal,
};
use crate::lane::{Entry, LANES, LaneQueue, Notice};
use crate::members::Members;
use crate::network::Network;
use crate::small_map::SmallMap;

const MAGIC: &[u8; 15] = b"nuncio state 1\n";
const ACTIVE: u8 = 0;
const SUSPENDED: u8 = 1;
const MESSAGE: u8 = 0;
const DELIVERED: u8 = 1;

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
        writer.finish()
    }

    /// Reads the one encoding of a state.
    ///
    /// # Errors
    ///
    /// Whatever [`Self::encode`] could not have written is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(bytes);
        if reader.raw(MAGIC.len()) != Ok(MAGIC) {
            return Err(SnapshotError::Magic);
        }
        let name = Label::from_padded(&reader.array()?).map_err(|_| bad("network"))?;
        let shard = Shard(reader.u16()?);
        let now = LogTime(reader.u64()?);
        let sequence = match (read_bool(&mut reader, "has records")?, reader.u64()?) {
            (true, sequence) => Some(sequence),
            (false, 0) => None,
            (false, _) => return Err(bad("sequence").into()),
        };
        let mut members = Members::default();
        for _ in 0..reader.u32()? {
            let institution = read_institution(&mut reader)?;
            let member = read_member(institution, &mut reader)?;
            members.admit(member).ok_or_else(|| bad("member"))?;
        }
        reader.finish()?;
        Ok(Self { name, shard, now, sequence, members })
    }

    /// The digest of the whole state: machines that agree on it agree on everything.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(&self.encode())
    }
}

fn write_member(writer: &mut Writer, member: &Member) {
    writer.text(member.name.as_str());
    match &member.status {
        Status::Active => writer.u8(ACTIVE),
        Status::Suspended { reason } => writer.u8(SUSPENDED).text(reason.as_str()),
    };
    write_count(writer, member.terminals.len());
    for (terminal, state) in member.terminals.iter() {
        write_terminal(writer, terminal);
        write_terminal_state(writer, state);
    }
    for queue in member.lanes.values() {
        write_lane(writer, queue);
    }
}

fn read_member(institution: Institution, reader: &mut Reader<'_>) -> Result<Member, CodecError> {
    let mut member = Member::new(institution, parse(reader.text()?, "name")?);
    member.status = match reader.u8()? {
        ACTIVE => Status::Active,
        SUSPENDED => Status::Suspended { reason: parse(reader.text()?, "reason")? },
        _ => return Err(bad("status")),
    };
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
    for lane in LANES {
        member.lanes.insert(lane, read_lane(reader)?);
    }
    Ok(member)
}

fn write_terminal_state(writer: &mut Writer, state: &TerminalState) {
    writer.u64(state.last_session.0);
    writer.u8(u8::from(state.open.is_some()));
    if let Some(open) = state.open {
        writer.u64(open.sequence).u8(u8::from(open.receives));
    }
    writer.u64(state.answers.confirmed());
    write_count(writer, state.answers.runs().len());
    for run in state.answers.runs() {
        writer.u64(run.first_sequence).u32(run.length).u8(u8::from(run.accepted));
    }
    write_count(writer, state.grants.len());
    for grant in &state.grants {
        writer.bytes(grant.note.as_bytes());
    }
}

fn read_terminal_state(reader: &mut Reader<'_>) -> Result<TerminalState, CodecError> {
    let last_session = SessionNumber(reader.u64()?);
    let open = if read_bool(reader, "open")? {
        let sequence = reader.u64()?;
        Some(OpenState { sequence, receives: read_bool(reader, "receives")? })
    } else {
        None
    };
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
        grants.push(Grant::of_note(note)?);
    }
    let answers = Answers::new(confirmed, runs);
    Ok(TerminalState { input_number, answers, last_session, open, grants })
}

fn write_lane(writer: &mut Writer, queue: &LaneQueue) {
    writer.u64(queue.acknowledged()).u64(queue.offered_before());
    write_count(writer, queue.entries().len());
    for entry in queue.entries() {
        match *entry {
            Entry::Message { sequence, sender, input_number, notice } => {
                writer.u8(MESSAGE);
                write_terminal(writer, sender);
                writer.u64(input_number).u64(sequence).u8(u8::from(notice));
            }
            Entry::Delivered(Notice { sender, input_number, sequence, acknowledged_in, index }) => {
                writer.u8(DELIVERED);
                write_terminal(writer, sender);
                writer.u64(input_number).u64(sequence).u64(acknowledged_in).u32(index);
            }
        }
    }
}

fn read_lane(reader: &mut Reader<'_>) -> Result<LaneQueue, CodecError> {
    let acknowledged = reader.u64()?;
    let offered_before = reader.u64()?;
    let mut entries = VecDeque::new();
    for _ in 0..reader.u32()? {
        entries.push_back(read_entry(reader)?);
    }
    LaneQueue::new(acknowledged, offered_before, entries).ok_or_else(|| bad("lane"))
}

fn read_entry(reader: &mut Reader<'_>) -> Result<Entry, CodecError> {
    let tag = reader.u8()?;
    let sender = read_terminal(reader)?;
    let input_number = reader.u64()?;
    let sequence = reader.u64()?;
    match tag {
        MESSAGE => {
            let notice = read_bool(reader, "notice")?;
            Ok(Entry::Message { sequence, sender, input_number, notice })
        }
        DELIVERED => {
            let acknowledged_in = reader.u64()?;
            let index = reader.u32()?;
            Ok(Entry::Delivered(Notice { sender, input_number, sequence, acknowledged_in, index }))
        }
        _ => Err(bad("entry of a lane")),
    }
}

/// Adds to a map whose keys were written in their order.
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
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::script::Stage;

    /// A state with something in every field.
    fn full() -> Network {
        let mut stage = Stage::with_members();
        stage.play(
            "
            admit CHASUS33 Chase
            suspend CHASUS33 a reason
            submit ALPHDEFFA 1 BANKFRPP notice
            submit ALPHDEFFA 2 BANKFRPP urgent
            refuse ALPHDEFFA 3
            ack BANKFRPPA normal 1 1
            close BANKFRPPA lost
            ",
        );
        stage.network
    }

    #[test]
    fn the_form_of_a_state_is_frozen() {
        let network = full();
        assert_eq!(Network::decode(&network.encode()), Ok(network.clone()));
        expect!["0dd53bcb980b3856b8e9b3632f60b044d67675b03f822f05bcff30dc1dcf1905"]
            .assert_eq(&network.hash().to_string());
    }

    #[test]
    fn bytes_that_are_no_state_are_refused() {
        let good = full().encode();
        assert_eq!(Network::decode(b"something else"), Err(SnapshotError::Magic));
        let mut longer = good.clone();
        longer.push(0);
        assert_eq!(Network::decode(&longer), Err(CodecError::Long.into()));
        for length in 0..good.len() {
            assert!(Network::decode(&good[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_member_twice_is_refused() {
        let network = full();
        let mut bytes = network.encode();
        let place = |name: &[u8]| bytes.windows(8).position(|window| window == name).unwrap();
        let (first, last) = (place(b"ALPHDEFF"), place(b"CHASUS33"));
        bytes[last..last + 8].copy_from_slice(b"ALPHDEFF");
        let twice = CodecError::OutOfRange { field: "member" };
        assert!(first < last);
        assert_eq!(Network::decode(&bytes), Err(twice.into()));
    }
}
