//! How messages are found: rows of one volume after the other, then the records in the journal.
//!
//! Names are hashes, so a record is compared with what was asked before it counts.

use std::borrow::Borrow;
use std::sync::Arc;

use iso::Institution;
use journal::{Medium, Reader, Record};
use redb::{ReadTransaction, ReadableTable};
use trust::{Accepted, Header, Lane, LogTime, RecordKind, Refused};

use crate::error::Error;
use crate::fold::{
    HELD, NAME_BYTES, REFUSED, first_byte, institution, of_reference, of_uetr, terminal,
};
use crate::volume::{
    BLOCKS, EVENTS, MESSAGES, NAMES, PLACE, RECEIVED, Run, SCATTERED, SENT, TAKEN, Volume,
};
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
            let runs = Runs { table: read.open_table(SENT)?, key: |it| (terminal(*sender), it) };
            let found = runs.record_of(*input_number, |key| key.1)?;
            Ok(found.filter(|it| *it >= from).into_iter().collect())
        }
        By::Reference(reference) => names(read, of_reference(reference), from),
        By::Uetr(uetr) => names(read, of_uetr(uetr.as_bytes()), from),
        By::Sent { terminal: sender, first, last } => {
            let runs = Runs { table: read.open_table(SENT)?, key: |it| (terminal(*sender), it) };
            runs.records((*first, *last), from, |key| key.1)
        }
        By::Received { institution: receiver, lane, first, last } => {
            let key = |number| (institution(*receiver), lane.0, number);
            let runs = Runs { table: read.open_table(RECEIVED)?, key };
            if read.open_table(PLACE)?.get(SCATTERED)?.is_some() {
                return runs.records_of_all((*first, *last), from, |key| key.2);
            }
            runs.records((*first, *last), from, |key| key.2)
        }
    }
}

/// The runs of one terminal or one lane.
struct Runs<T, K> {
    table: T,
    /// The key of the run that begins with a number.
    key: K,
}

/// A run: its first number, its first record, how many there are.
#[derive(Clone, Copy)]
struct Numbers {
    number: u64,
    record: u64,
    count: u64,
}

impl<T, K, Key> Runs<T, K>
where
    Key: redb::Key + 'static + for<'a> Borrow<Key::SelfType<'a>>,
    T: ReadableTable<Key, Run>,
    K: Fn(u64) -> Key,
{
    /// The last run that begins with this number or before it.
    fn at(
        &self,
        number: u64,
        number_of: impl Fn(Key::SelfType<'_>) -> u64,
    ) -> Result<Option<Numbers>, Error> {
        let (lowest, highest) = ((self.key)(0), (self.key)(number));
        let run = self.table.range(lowest..=highest)?.next_back().transpose()?;
        Ok(run.map(|(key, run)| {
            let (record, count) = run.value();
            Numbers { number: number_of(key.value()), record, count }
        }))
    }

    /// The record of a number.
    fn record_of(
        &self,
        number: u64,
        number_of: impl Fn(Key::SelfType<'_>) -> u64,
    ) -> Result<Option<u64>, Error> {
        let run = self.at(number, number_of)?;
        let covers = run.filter(|run| number - run.number < run.count);
        Ok(covers.map(|run| run.record + (number - run.number)))
    }

    /// The records from one on of a range of numbers, by rising number.
    fn records(
        &self,
        (first, last): (u64, u64),
        from: u64,
        number_of: impl Fn(Key::SelfType<'_>) -> u64 + Copy,
    ) -> Result<Vec<u64>, Error> {
        let (mut records, last) = (Vec::new(), last.max(first));
        let mut number = self.begin((first, last), from, number_of)?;
        while records.len() < ROWS_MAX && number <= last {
            let Some(run) = self.at(number, number_of)? else { break };
            if number - run.number >= run.count {
                // A number without a record: the next run begins above it.
                let (lowest, highest) = ((self.key)(number), (self.key)(last));
                let Some(next) = self.table.range(lowest..=highest)?.next() else { break };
                number = number_of(next?.0.value());
                continue;
            }
            let end = last.min(run.number + run.count - 1);
            let of = |number| run.record + (number - run.number);
            let room = ROWS_MAX - records.len();
            records.extend((number..=end).map(of).filter(|it| *it >= from).take(room));
            let Some(next) = end.checked_add(1) else { break };
            number = next;
        }
        Ok(records)
    }

    /// The records from one on of a range of numbers, by rising record: where messages were released,
    /// or copies stand between them, halves find nothing, so all of them are looked at.
    fn records_of_all(
        &self,
        (first, last): (u64, u64),
        from: u64,
        number_of: impl Fn(Key::SelfType<'_>) -> u64 + Copy,
    ) -> Result<Vec<u64>, Error> {
        let last = last.max(first);
        let begin = self.at(first, number_of)?.map_or(first, |run| run.number);
        let mut records = Vec::new();
        for run in self.table.range((self.key)(begin)..=(self.key)(last))? {
            let (key, run) = run?;
            let (number, (record, count)) = (number_of(key.value()), run.value());
            let numbers = first.max(number)..=last.min(number + (count - 1));
            records.extend(numbers.map(|it| record + (it - number)).filter(|it| *it >= from));
        }
        records.sort_unstable();
        records.truncate(ROWS_MAX);
        Ok(records)
    }

    /// The number with which the records begin that are not before one: numbers and records rise
    /// together, so it is found by halves.
    fn begin(
        &self,
        (first, last): (u64, u64),
        from: u64,
        number_of: impl Fn(Key::SelfType<'_>) -> u64 + Copy,
    ) -> Result<u64, Error> {
        let Some(end) = self.at(last, number_of)? else { return Ok(first) };
        let (mut low, mut high) = (first, last.min(end.number + (end.count - 1)).max(first));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.record_of(middle, number_of)? {
                Some(record) if record >= from => high = middle,
                Some(_) | None => low = middle + 1,
            }
        }
        Ok(low)
    }
}

fn names(read: &ReadTransaction, name: u64, from: u64) -> Result<Vec<u64>, Error> {
    let table = read.open_table(NAMES)?;
    let rows = table.range((name, from)..=(name, u64::MAX))?.take(ROWS_MAX);
    let mut found = rows.map(|row| Ok(row?.0.value().1)).collect::<Result<Vec<u64>, Error>>()?;
    let alone = found.len();
    let (blocks, byte) = (read.open_table(BLOCKS)?, first_byte(name));
    for block in blocks.range((byte, 0)..=(byte, u64::MAX))? {
        let block = block?.1;
        let (names, _rest) = block.value().as_chunks::<NAME_BYTES>();
        let wanted = (u128::from(name) << 64) | u128::from(from);
        let begin = names.partition_point(|it| u128::from_be_bytes(*it) < wanted);
        let behind = names.get(begin..).unwrap_or_default().iter();
        let ours =
            behind.map(|it| u128::from_be_bytes(*it)).take_while(|it| it >> 64 == name.into());
        found.extend(ours.map(|it| u64::try_from(it & u128::from(u64::MAX)).unwrap_or(0)));
        // Blocks stand by rising record, so the lowest are all here.
        if found.len() - alone >= ROWS_MAX {
            break;
        }
    }
    found.sort_unstable();
    found.truncate(ROWS_MAX);
    Ok(found)
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
    if record.head.kind == RecordKind::ACCEPTED {
        return Header::decode(Accepted::header_in(&record.meta).ok()?).ok();
    }
    Header::decode(&Refused::decode(&record.meta).ok()?.header?).ok()
}

/// Who sent a message, and who was to get it: a refused one concerns only its sender.
fn parties(record: &Record, header: Option<&Header>) -> [Option<Institution>; 2] {
    if record.head.kind == RecordKind::ACCEPTED {
        let sender = header.map(|it| it.sender.institution());
        return [sender, header.map(|it| it.receiver.institution())];
    }
    [Refused::decode(&record.meta).ok().map(|it| it.terminal.institution()), None]
}

/// The lane of a message and its number there, as one volume knows them.
fn row_of(read: &ReadTransaction, sequence: u64) -> Result<Option<(u8, u64)>, Error> {
    let run = read.open_table(MESSAGES)?.range(..=sequence)?.next_back().transpose()?;
    Ok(run.and_then(|(first, run)| {
        let (after, (lane, number, count)) = (sequence - first.value(), run.value());
        (after < count).then(|| (lane, number + after))
    }))
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
            let later = row_of(&volume.read()?, sequence)?;
            row = later.filter(|(lane, _)| *lane != HELD).or(row);
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
    let row = row_of(read, sequence)?;
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
