//! How records become rows: what is said of which message.

use std::collections::BTreeMap;

use iso::{Institution, Terminal};
use journal::Record;
use network::Event;
use redb::{ReadableTable as _, StorageError, Table};
use trust::{
    Accepted, Acknowledged, Declined, Digest, Header, Lane, RecordKind, Reference, Refused,
};

use crate::error::Error;
use crate::volume::{
    BLOCKS, EVENTS, FIRST_AT, HASH, LANES, LAST_AT, MESSAGES, NAMES, NEXT, PLACE, RECEIVED, Run,
    SENT, TAKEN, Volume, beginning,
};

/// What stands for the lane of a message that was refused.
pub(crate) const REFUSED: u8 = u8::MAX;

/// From how many names on a batch puts them into blocks: fewer are found faster as rows.
const BLOCK_NAMES_MIN: usize = 4_096;
/// How many bytes a name has in a block.
pub(crate) const NAME_BYTES: usize = 16;

/// Consecutive numbers in consecutive records.
#[derive(Clone, Copy)]
struct Growing {
    number: u64,
    run: Run,
}

/// The tables of a volume, open for writing, and what is written when all records are in.
struct Rows<'t> {
    messages: Table<'t, u64, (u8, u64, u64)>,
    sent: Table<'t, ([u8; 9], u64), Run>,
    received: Table<'t, ([u8; 8], u8, u64), Run>,
    lanes: Table<'t, ([u8; 8], u8), u64>,
    taken: Table<'t, ([u8; 8], u8, u64), (u64, u64)>,
    events: Table<'t, (u64, u64), ()>,
    /// The last output numbers that are not in `lanes` yet.
    last: BTreeMap<([u8; 8], u8), u64>,
    /// Runs that may go on: of messages by their lane, of terminals, of lanes.
    placed: Option<(u8, Growing)>,
    sending: BTreeMap<[u8; 9], Growing>,
    receiving: BTreeMap<([u8; 8], u8), Growing>,
    /// Names that are not in their table yet: sorted, they go in with less work.
    names: Vec<(u64, u64)>,
}

/// Folds consecutive records into a volume, in one transaction.
pub(crate) fn fold<E>(
    volume: &Volume,
    records: &mut impl Iterator<Item = Result<Record, E>>,
    expected: u64,
) -> Result<(), Error>
where
    Error: From<E>,
{
    let transaction = volume.write()?;
    {
        let mut rows = Rows {
            messages: transaction.open_table(MESSAGES)?,
            sent: transaction.open_table(SENT)?,
            received: transaction.open_table(RECEIVED)?,
            lanes: transaction.open_table(LANES)?,
            taken: transaction.open_table(TAKEN)?,
            events: transaction.open_table(EVENTS)?,
            last: BTreeMap::new(),
            placed: None,
            sending: BTreeMap::new(),
            receiving: BTreeMap::new(),
            names: Vec::new(),
        };
        let mut next = expected;
        let mut seen: Option<(Record, trust::LogTime)> = None;
        for record in records {
            let record = record?;
            assert_eq!(record.head.sequence, next, "an archive is made in the order of records");
            rows.take(&record)?;
            next += 1;
            let first_at = seen.map_or(record.head.at, |(_, first_at)| first_at);
            seen = Some((record, first_at));
        }
        rows.end_runs()?;
        rows.names.sort_unstable();
        rows.names.dedup();
        if rows.names.len() < BLOCK_NAMES_MIN {
            let mut names = transaction.open_table(NAMES)?;
            for name in &rows.names {
                names.insert(name, ())?;
            }
        } else {
            let mut blocks = transaction.open_table(BLOCKS)?;
            for block in rows.names.chunk_by(|(one, _), (next, _)| one >> 56 == next >> 56) {
                let first = block.first().map_or(0, |(hash, _)| first_byte(*hash));
                blocks.insert((first, expected), block_of(block).as_slice())?;
            }
        }
        for (key, last) in &rows.last {
            rows.lanes.insert(key, last)?;
        }
        let mut place = transaction.open_table(PLACE)?;
        if let Some((last, first_at)) = &seen {
            if place.get(FIRST_AT)?.is_none() {
                place.insert(FIRST_AT, first_at.0)?;
            }
            place.insert(LAST_AT, last.head.at.0)?;
            place.insert(HASH, beginning(&last.hash))?;
        }
        place.insert(NEXT, next)?;
    }
    transaction.commit()?;
    Ok(())
}

impl Rows<'_> {
    fn take(&mut self, record: &Record) -> Result<(), Error> {
        let sequence = record.head.sequence;
        let kind = record.head.kind;
        let odd = || Error::Record { sequence, kind: kind.0 };
        match kind {
            RecordKind::ACCEPTED => {
                let header = Accepted::header_in(&record.meta).map_err(|_| odd())?;
                let header = Header::decode(header).map_err(|_| odd())?;
                self.accepted(sequence, &header)?;
            }
            RecordKind::REFUSED => {
                let refused = Refused::decode(&record.meta).map_err(|_| odd())?;
                self.place(sequence, (REFUSED, 0))?;
                self.send(terminal(refused.terminal), refused.input_number, sequence)?;
                let header = refused.header.as_deref().and_then(|it| Header::decode(it).ok());
                if let Some(header) = header {
                    self.name(sequence, &header);
                }
            }
            RecordKind::ACKNOWLEDGED => {
                let it = Acknowledged::decode(&record.meta).map_err(|_| odd())?;
                if it.lane != Lane::SYSTEM {
                    let lane = (institution(it.by.institution()), it.lane.0, it.through);
                    self.taken.insert(lane, (it.first, sequence))?;
                }
            }
            RecordKind::DECLINED => {
                let it = Declined::decode(&record.meta).map_err(|_| odd())?;
                // Who asks for the history of a place finds it as it finds an acknowledgement.
                let lane = (institution(it.by.institution()), it.lane.0, it.output_number);
                self.taken.insert(lane, (it.output_number, sequence))?;
            }
            _ => {
                let event = Event::decode(kind, &record.meta).map_err(|_| odd())?;
                self.event(sequence, &event)?;
            }
        }
        Ok(())
    }

    fn accepted(&mut self, sequence: u64, header: &Header) -> Result<(), Error> {
        let lane = Lane::from(header.priority).0;
        let key = (institution(header.receiver.institution()), lane);
        let last = match self.last.get(&key) {
            Some(last) => *last,
            None => self.lanes.get(key)?.map_or(0, |last| last.value()),
        };
        let output_number = last + 1;
        self.last.insert(key, output_number);
        self.place(sequence, (lane, output_number))?;
        self.send(terminal(header.sender), header.input_number, sequence)?;
        if let Some(ended) = grow(&mut self.receiving, key, output_number, sequence) {
            self.received.insert((key.0, lane, ended.number), ended.run)?;
        }
        if let Some(request) = header.answers {
            // It says what became of the request.
            self.events.insert((request, sequence), ())?;
        }
        self.name(sequence, header);
        Ok(())
    }

    /// A message has its place in a lane, or was refused.
    fn place(&mut self, sequence: u64, (lane, number): (u8, u64)) -> Result<(), StorageError> {
        if let Some((of, growing)) = &mut self.placed
            && *of == lane
            && growing.run.0 + growing.run.1 == sequence
            && (lane == REFUSED || growing.number + growing.run.1 == number)
        {
            growing.run.1 += 1;
            return Ok(());
        }
        self.end_place()?;
        self.placed = Some((lane, Growing { number, run: (sequence, 1) }));
        Ok(())
    }

    fn end_place(&mut self) -> Result<(), StorageError> {
        if let Some((lane, Growing { number, run: (first, count) })) = self.placed.take() {
            self.messages.insert(first, (lane, number, count))?;
        }
        Ok(())
    }

    /// A terminal has sent a message.
    fn send(&mut self, by: [u8; 9], number: u64, sequence: u64) -> Result<(), StorageError> {
        if let Some(ended) = grow(&mut self.sending, by, number, sequence) {
            self.sent.insert((by, ended.number), ended.run)?;
        }
        Ok(())
    }

    /// Writes the runs that may have gone on.
    fn end_runs(&mut self) -> Result<(), StorageError> {
        self.end_place()?;
        for (by, it) in std::mem::take(&mut self.sending) {
            self.sent.insert((by, it.number), it.run)?;
        }
        for ((to, lane), it) in std::mem::take(&mut self.receiving) {
            self.received.insert((to, lane, it.number), it.run)?;
        }
        Ok(())
    }

    fn name(&mut self, sequence: u64, header: &Header) {
        self.names.push((of_reference(&header.reference), sequence));
        if let Some(uetr) = &header.uetr {
            self.names.push((of_uetr(uetr.as_bytes()), sequence));
        }
    }

    /// What the network says of messages beside their acceptance and delivery.
    fn event(&mut self, sequence: u64, event: &Event) -> Result<(), StorageError> {
        if let Event::Elapsed { elapsed, .. } = event {
            for it in elapsed {
                self.events.insert((it.sequence, sequence), ())?;
            }
        } else if let Event::RequestsEnded { ended, .. } = event {
            for it in ended {
                self.events.insert((it.sequence, sequence), ())?;
            }
        } else if let Event::Aborted(aborted) = event {
            self.events.insert((aborted.sequence, sequence), ())?;
        } else if let Event::Outstanding(statement) = event {
            self.events.insert((statement.message, sequence), ())?;
        }
        Ok(())
    }
}

/// Takes the next number into its run; gives the run that it does not continue, if there is one.
fn grow<K: Ord>(
    runs: &mut BTreeMap<K, Growing>,
    key: K,
    number: u64,
    sequence: u64,
) -> Option<Growing> {
    if let Some(growing) = runs.get_mut(&key) {
        let Growing { number: first, run: (record, count) } = growing;
        if *first + *count == number && *record + *count == sequence {
            *count += 1;
            return None;
        }
    }
    runs.insert(key, Growing { number, run: (sequence, 1) })
}

/// The first byte of a hash, by which names are put into blocks.
pub(crate) fn first_byte(hash: u64) -> u8 {
    let [first, ..] = hash.to_be_bytes();
    first
}

/// The bytes of a block.
fn block_of(names: &[(u64, u64)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(names.len() * NAME_BYTES);
    for (hash, record) in names {
        bytes.extend_from_slice(&hash.to_be_bytes());
        bytes.extend_from_slice(&record.to_be_bytes());
    }
    bytes
}

/// The name under which messages with a reference are found.
pub(crate) fn of_reference(reference: &Reference) -> u64 {
    beginning(&Digest::of(reference.as_str().as_bytes()))
}

/// The name under which messages about a transaction are found.
pub(crate) fn of_uetr(uetr: &[u8; 16]) -> u64 {
    uetr.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

pub(crate) fn institution(institution: Institution) -> [u8; 8] {
    *institution.as_bytes()
}

pub(crate) fn terminal(terminal: Terminal) -> [u8; 9] {
    let mut bytes = [0; 9];
    let text = terminal.to_string();
    for (to, from) in bytes.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    bytes
}
