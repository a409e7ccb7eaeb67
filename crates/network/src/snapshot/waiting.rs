//! What waits in a service, in a snapshot: whether it is bypassed, what was decided, what is held.
//!
//! ```text
//! copies  is there u8 | if so: absent since u64 (all bits set: it is there)
//!   | bypass u8: 0 no, 1 absence, 2 order | record u64, if bypassed
//!   | decided: count | (message u64 | record u64 | decider u32 | authorised u8)*
//! held    (count | held message*) twice: those that wait for a decision, those that do not
//! held message  receiver u32 | lane u8 | message, an entry (member.rs) | opens at u64, 0: open
//!   | waits u8: 0 for the opening; 1 the same, and needs no decision: record u64, bypass u8;
//!     2 for a decision: decider u32
//! ```

use std::collections::{BTreeMap, VecDeque};

use trust::codec::{CodecError, Reader, Writer};
use trust::{Lane, LogTime};

use super::member::{read_entry, write_entry};
use super::{bad, push_next, read_id, write_count};
use crate::copy::state::{Bypassing, Copies, DECISIONS_REMEMBERED_MAX, Decided};
use crate::event::read_bool;
use crate::held::{HeldMessage, HeldMessages, Waits};
use crate::lane::{Entry, Mark, NEVER};
use crate::members::Members;

pub(super) fn write_copies(writer: &mut Writer, copies: Option<&Copies>) {
    writer.u8(u8::from(copies.is_some()));
    let Some(Copies { absent_since, bypass, decided }) = copies else { return };
    writer.u64(absent_since.unwrap_or(NEVER).0);
    match bypass {
        None => writer.u8(0),
        Some(Bypassing { record, by_order }) => writer.u8(1 + u8::from(*by_order)).u64(*record),
    };
    write_count(writer, decided.len());
    for Decided { message, record, decider, is_authorised } in decided {
        writer.u64(*message).u64(*record).u32(decider.0).u8(u8::from(*is_authorised));
    }
}

pub(super) fn read_copies(
    reader: &mut Reader<'_>,
    members: &Members,
) -> Result<Option<Copies>, CodecError> {
    if !read_bool(reader, "copies")? {
        return Ok(None);
    }
    let absent_since = Some(LogTime(reader.u64()?)).filter(|at| *at != NEVER);
    let bypass = match reader.u8()? {
        0 => None,
        1 => Some(Bypassing { record: reader.u64()?, by_order: false }),
        2 => Some(Bypassing { record: reader.u64()?, by_order: true }),
        _ => return Err(bad("bypass")),
    };
    let mut decided = VecDeque::new();
    for _ in 0..reader.u32()? {
        decided.push_back(Decided {
            message: reader.u64()?,
            record: reader.u64()?,
            decider: read_id(reader, members)?,
            is_authorised: read_bool(reader, "authorised")?,
        });
    }
    if decided.len() > DECISIONS_REMEMBERED_MAX {
        return Err(bad("decisions"));
    }
    Ok(Some(Copies { absent_since, bypass, decided }))
}

pub(super) fn write_held(writer: &mut Writer, held: &HeldMessages) {
    for all in [&held.undecided, &held.opening] {
        write_count(writer, all.len());
        for HeldMessage { receiver, lane, message, opens_at, waits } in all.values() {
            writer.u32(receiver.0).u8(lane.0);
            write_entry(writer, &Entry::Message(*message));
            writer.u64(opens_at.0);
            match waits {
                Waits::Opening(None) => writer.u8(0),
                Waits::Opening(Some(Mark { record, is_bypass })) => {
                    writer.u8(1).u64(*record).u8(u8::from(*is_bypass))
                }
                Waits::Decision(decider) => writer.u8(2).u32(decider.0),
            };
        }
    }
}

pub(super) fn read_held(
    reader: &mut Reader<'_>,
    members: &Members,
) -> Result<HeldMessages, CodecError> {
    let mut held = HeldMessages::default();
    for waits_for_decision in [true, false] {
        let mut all = BTreeMap::new();
        for _ in 0..reader.u32()? {
            let it = read_message(reader, members)?;
            let sequence = it.message.sequence;
            let is_misplaced = it.waits.decider().is_some() != waits_for_decision;
            if is_misplaced || held.get(sequence).is_some() {
                return Err(bad("message that is held"));
            }
            push_next(&mut all, sequence, it)?;
        }
        if waits_for_decision {
            held.undecided = all;
        } else {
            held.opening = all;
        }
    }
    Ok(held)
}

fn read_message(reader: &mut Reader<'_>, members: &Members) -> Result<HeldMessage, CodecError> {
    let (receiver, lane) = (read_id(reader, members)?, Lane(reader.u8()?));
    let Entry::Message(message) = read_entry(reader)? else {
        return Err(bad("message that is held"));
    };
    if !(lane.is_own() || [Lane::URGENT, Lane::NORMAL].contains(&lane)) {
        return Err(bad("lane of a held message"));
    }
    let opens_at = LogTime(reader.u64()?);
    let waits = match reader.u8()? {
        0 => Waits::OPENS,
        1 => {
            let record = reader.u64()?;
            Waits::Opening(Some(Mark { record, is_bypass: read_bool(reader, "bypass")? }))
        }
        2 => Waits::Decision(read_id(reader, members)?),
        _ => return Err(bad("what a message waits for")),
    };
    Ok(HeldMessage { receiver, lane, message, opens_at, waits })
}
