//! How messages are found: rows of one volume after the other, then the records in the journal.
//!
//! Names are hashes, so a record is compared with what was asked before it counts.

use std::sync::Arc;

use iso::Institution;
use journal::{Medium, Reader, Record};
use redb::ReadTransaction;
use trust::{Accepted, Header, Lane, LogTime, RecordKind, Refused};

use crate::error::Error;
use crate::fold::{HELD, REFUSED, institution, of_reference, of_uetr, terminal};
use crate::volume::{EVENTS, MESSAGES, NAMES, PLACE, RECEIVED, RELEASED, SENT, TAKEN, Volume};
use crate::{By, Found, Query};

/// How many rows of one volume are looked at before anything is read from the journal.
const ROWS_MAX: usize = 10_000;

/// Finds messages, by rising record.
pub(crate) fn find<M: Medium>(
    volumes: &[Arc<Volume>],
    query: &Query,
    journal: &Reader<M>,
) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let after = query.after.map_or(0, |after| after.saturating_add(1));
    let behind = if query.from.0 == 0 { after } else { after.max(first_at(journal, query.from)?) };
    for (number, volume) in volumes.iter().enumerate() {
        let place = volume.place()?;
        if place.next <= behind || place.last_at < query.from || place.first_at >= query.until {
            continue;
        }
        let read = volume.read()?;
        let mut from = behind;
        loop {
            let rows = rows(&read, query, from)?;
            let Some(last) = rows.last().copied() else { break };
            let count = rows.len();
            for sequence in rows {
                let Some(record) = wanted(journal.read(sequence)?, query) else { continue };
                let later = volumes.get(number..).unwrap_or_default();
                found.push(story(later, &read, record, journal)?);
                if found.len() >= query.limit {
                    return Ok(found);
                }
            }
            if count < ROWS_MAX {
                break;
            }
            from = last + 1;
        }
        if matches!(query.by, By::Id { .. }) && !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The records of a volume that the index names, from one on, by rising sequence.
fn rows(read: &ReadTransaction, query: &Query, from: u64) -> Result<Vec<u64>, Error> {
    match &query.by {
        By::Id { terminal: sender, input_number } => {
            let sent = read.open_table(SENT)?;
            let found = sent.get((terminal(*sender), *input_number))?;
            Ok(found.map(|it| it.value()).filter(|it| *it >= from).into_iter().collect())
        }
        By::Reference(reference) => names(read, of_reference(reference), from),
        By::Uetr(uetr) => names(read, of_uetr(uetr.as_bytes()), from),
        By::Sent { terminal: sender, first, last } => {
            let table = read.open_table(SENT)?;
            let key = |number| (terminal(*sender), number);
            let Some(span) = span(table.range(key(*first)..=key(*last.max(first)))?, |it| it.1)?
            else {
                return Ok(Vec::new());
            };
            let low = begin(span, from, |number| {
                Ok(table.get(key(number))?.map(|record| record.value()))
            })?;
            let rows = table.range(key(low)..=key(*last.max(&low)))?.take(ROWS_MAX);
            rows.map(|row| Ok(row?.1.value())).filter(|it| behind(it, from)).collect()
        }
        By::Received { institution: receiver, lane, first, last } => {
            let table = read.open_table(RECEIVED)?;
            let key = |number| (institution(*receiver), lane.0, number);
            if read.open_table(PLACE)?.get(RELEASED)?.is_some() {
                let rows = table.range(key(*first)..=key(*last.max(first)))?;
                let rows = rows.map(|row| Ok(row?.1.value())).filter(|it| behind(it, from));
                let mut rows = rows.collect::<Result<Vec<u64>, Error>>()?;
                rows.sort_unstable();
                rows.truncate(ROWS_MAX);
                return Ok(rows);
            }
            let Some(span) = span(table.range(key(*first)..=key(*last.max(first)))?, |it| it.2)?
            else {
                return Ok(Vec::new());
            };
            let low = begin(span, from, |number| {
                Ok(table.get(key(number))?.map(|record| record.value()))
            })?;
            let rows = table.range(key(low)..=key(*last.max(&low)))?.take(ROWS_MAX);
            rows.map(|row| Ok(row?.1.value())).filter(|it| behind(it, from)).collect()
        }
    }
}

fn behind(row: &Result<u64, Error>, from: u64) -> bool {
    row.as_ref().map_or(true, |record| *record >= from)
}

fn names(read: &ReadTransaction, name: u64, from: u64) -> Result<Vec<u64>, Error> {
    let table = read.open_table(NAMES)?;
    let rows = table.range((name, from)..=(name, u64::MAX))?.take(ROWS_MAX);
    rows.map(|row| Ok(row?.0.value().1)).collect()
}

/// The first and the last number of some rows.
fn span<K: redb::Key + 'static>(
    mut rows: redb::Range<'_, K, u64>,
    number: impl Fn(K::SelfType<'_>) -> u64,
) -> Result<Option<(u64, u64)>, Error> {
    let Some(lowest) = rows.next() else { return Ok(None) };
    let low = number(lowest?.0.value());
    let high = match rows.next_back() {
        Some(highest) => number(highest?.0.value()),
        None => low,
    };
    Ok(Some((low, high)))
}

/// The number with which the rows begin whose records are not before one: numbers and records rise
/// together, so it is found by halves.
fn begin(
    (mut low, mut high): (u64, u64),
    from: u64,
    record_of: impl Fn(u64) -> Result<Option<u64>, Error>,
) -> Result<u64, Error> {
    while low < high {
        let middle = low + (high - low) / 2;
        match record_of(middle)? {
            Some(record) if record >= from => high = middle,
            Some(_) | None => low = middle + 1,
        }
    }
    Ok(low)
}

/// The record, if it is one that was asked for.
fn wanted(record: Record, query: &Query) -> Option<Record> {
    let at = record.head.at;
    if at < query.from || at >= query.until {
        return None;
    }
    let header = header_of(&record);
    let names_it = match (&query.by, &header) {
        (By::Reference(reference), Some(header)) => header.reference == *reference,
        (By::Uetr(uetr), Some(header)) => header.uetr == Some(*uetr),
        (By::Reference(_) | By::Uetr(_), None) => false,
        (By::Id { .. } | By::Sent { .. } | By::Received { .. }, _) => true,
    };
    let concerns =
        query.party.is_none_or(|party| parties(&record, header.as_ref()).contains(&Some(party)));
    (names_it && concerns).then_some(record)
}

/// The header of a message, if its record has one that can be read.
fn header_of(record: &Record) -> Option<Header> {
    let header = if record.head.kind == RecordKind::ACCEPTED {
        Accepted::decode(&record.meta).ok()?.header
    } else {
        Refused::decode(&record.meta).ok()?.header?
    };
    Header::decode(&header).ok()
}

/// Who sent a message, and who was to get it: a refused one concerns only its sender.
fn parties(record: &Record, header: Option<&Header>) -> [Option<Institution>; 2] {
    if record.head.kind == RecordKind::ACCEPTED {
        let sender = header.map(|it| it.sender.institution());
        return [sender, header.map(|it| it.receiver.institution())];
    }
    [Refused::decode(&record.meta).ok().map(|it| it.terminal.institution()), None]
}

/// The lane of a message and its number there, as far as it has one: one that was held may have got
/// them in a later volume.
fn placed(
    volumes: &[Arc<Volume>],
    sequence: u64,
    row: Option<(u8, u64)>,
) -> Result<Option<(Lane, u64)>, Error> {
    let mut row = row.filter(|(lane, _)| *lane != REFUSED);
    if row.is_some_and(|(lane, _)| lane == HELD) {
        for volume in volumes {
            let later = volume.read()?.open_table(MESSAGES)?.get(sequence)?;
            row = later.map(|it| it.value()).filter(|(lane, _)| *lane != HELD).or(row);
        }
    }
    let row = row.filter(|(lane, _)| *lane != HELD);
    Ok(row.map(|(lane, output_number)| (Lane(lane), output_number)))
}

/// What became of a message, from its own volume on.
fn story<M: Medium>(
    volumes: &[Arc<Volume>],
    read: &ReadTransaction,
    record: Record,
    journal: &Reader<M>,
) -> Result<Found, Error> {
    let sequence = record.head.sequence;
    let row = read.open_table(MESSAGES)?.get(sequence)?.map(|row| row.value());
    let place = placed(volumes, sequence, row)?;
    let is_accepted = row.is_some_and(|(lane, _)| lane != REFUSED);
    let receiver = header_of(&record).map(|header| institution(header.receiver.institution()));
    let mut history = Vec::new();
    if let Some(receiver) = receiver.filter(|_| is_accepted) {
        for volume in volumes {
            let read = volume.read()?;
            for event in read.open_table(EVENTS)?.range((sequence, 0)..=(sequence, u64::MAX))? {
                history.push(event?.0.value().1);
            }
            let Some((lane, number)) = place else { continue };
            let taken = read.open_table(TAKEN)?;
            let key = |number| (receiver, lane.0, number);
            let end = taken.range(key(number)..=key(u64::MAX))?.next().transpose()?;
            let end = end.map(|(_, row)| row.value()).filter(|(first, _)| *first <= number);
            if let Some((_, record)) = end {
                history.push(record);
                break;
            }
        }
    }
    history.sort_unstable();
    let history = history.into_iter().map(|it| journal.read(it)).collect::<Result<_, _>>()?;
    Ok(Found { record, place, history })
}

/// The first record at a time or later, by halves.
pub(crate) fn first_at<M: Medium>(journal: &Reader<M>, at: LogTime) -> Result<u64, Error> {
    let (mut low, mut high) = (0, journal.next_sequence());
    while low < high {
        let middle = low + (high - low) / 2;
        if journal.read(middle)?.head.at < at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
