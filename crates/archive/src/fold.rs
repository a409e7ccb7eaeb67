//! How records become rows: what is said of which message.

use std::collections::BTreeMap;

use iso::{Institution, Terminal};
use journal::Record;
use network::{CopyWay, Event, Outcome, Placement, Placements};
use redb::{ReadableTable as _, StorageError, Table};
use trust::{
    Accepted, Acknowledged, Declined, Digest, Header, Lane, RecordKind, Reference, Refused,
};

use crate::error::Error;
use crate::volume::{
    BLOCKS, EVENTS, FIRST_AT, HASH, LANES, LAST_AT, MESSAGES, NAMES, NEXT, PLACE, RECEIVED, RULES,
    Run, SCATTERED, SENT, TAKEN, UNDECIDED, Volume, beginning,
};

/// What stands for the lane of a message that was refused.
pub(crate) const REFUSED: u8 = u8::MAX;

/// What stands for the lane of a message that is held, and gets its number later.
pub(crate) const HELD: u8 = u8::MAX - 1;

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
    rules: Table<'t, (u16, &'static str), &'static [u8]>,
    undecided: Table<'t, u64, ([u8; 8], u8, u64)>,
    /// What `rules` says.
    placements: Placements,
    /// Whether numbers and records do not rise together, or have gaps.
    scattered: bool,
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
            rules: transaction.open_table(RULES)?,
            undecided: transaction.open_table(UNDECIDED)?,
            placements: Placements::default(),
            scattered: false,
            last: BTreeMap::new(),
            placed: None,
            sending: BTreeMap::new(),
            receiving: BTreeMap::new(),
            names: Vec::new(),
        };
        rows.read_rules()?;
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
        if rows.scattered {
            place.insert(SCATTERED, 1)?;
        }
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
                self.accepted(record, &header)?;
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
                self.event(record, &event)?;
            }
        }
        Ok(())
    }

    fn accepted(&mut self, record: &Record, header: &Header) -> Result<(), Error> {
        let (sequence, at) = (record.head.sequence, record.head.at);
        let by_priority = Lane::from(header.priority).0;
        self.send(terminal(header.sender), header.input_number, sequence)?;
        self.name(sequence, header);
        if let Some(request) = header.answers {
            // It says what became of the request.
            self.events.insert((request, sequence), ())?;
        }
        let Placement { lane, copied, held_until } = self.placements.of(at, header);
        let lane = lane.0;
        if let Some((_, copied_to)) = copied {
            // A copy has a number there, but is no message of that institution.
            self.next((institution(copied_to), by_priority))?;
            self.scattered = true;
        }
        let key = (institution(header.receiver.institution()), lane);
        let waits = copied.is_some_and(|(way, _)| way == CopyWay::Holds);
        if waits {
            // Who decides does not say for whom it is, nor when its service opens.
            let opens_at = held_until.unwrap_or_default();
            self.undecided.insert(sequence, (key.0, key.1, opens_at.0))?;
        }
        if waits || held_until.is_some() {
            // It gets its number later. A run would hide what is said of it then.
            self.messages.insert(sequence, (HELD, 0, 1))?;
            return Ok(());
        }
        let output_number = self.enters(sequence, key)?;
        self.place(sequence, (lane, output_number))?;
        Ok(())
    }

    /// Gives a message the next number of a lane.
    fn enters(&mut self, sequence: u64, key: ([u8; 8], u8)) -> Result<u64, Error> {
        let output_number = self.next(key)?;
        if let Some(ended) = grow(&mut self.receiving, key, output_number, sequence) {
            self.received.insert((key.0, key.1, ended.number), ended.run)?;
        }
        Ok(output_number)
    }

    /// The next number of a lane.
    fn next(&mut self, key: ([u8; 8], u8)) -> Result<u64, Error> {
        let last = match self.last.get(&key) {
            Some(last) => *last,
            None => self.lanes.get(key)?.map_or(0, |last| last.value()),
        };
        self.last.insert(key, last + 1);
        Ok(last + 1)
    }

    /// A message that was held enters its lane.
    fn released(&mut self, sequence: u64, key: ([u8; 8], u8)) -> Result<(), Error> {
        let output_number = self.enters(sequence, key)?;
        self.messages.insert(sequence, (key.1, output_number, 1))?;
        self.scattered = true;
        Ok(())
    }

    /// A message needs no decision any more: it enters its lane, unless its service is still closed.
    fn passes(&mut self, record: &Record, message: u64) -> Result<(), Error> {
        let waited = self.undecided.remove(message)?.map(|place| place.value());
        if let Some((receiver, lane, opens_at)) = waited
            && opens_at <= record.head.at.0
        {
            self.released(message, (receiver, lane))?;
        }
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
    fn event(&mut self, record: &Record, event: &Event) -> Result<(), Error> {
        let sequence = record.head.sequence;
        if let Event::Released(released) = event {
            let key = (institution(released.receiver), released.lane.0);
            for message in &released.messages {
                self.released(*message, key)?;
                self.events.insert((*message, sequence), ())?;
            }
        } else if let Event::ServiceDefined(_)
        | Event::ServiceChanged(_)
        | Event::CalendarDefined(_)
        | Event::LaneRulesSet { .. }
        | Event::BypassSet { .. } = event
        {
            self.ruled(record, event)?;
        } else if let Event::Elapsed { elapsed, .. } = event {
            for it in elapsed {
                self.events.insert((it.sequence, sequence), ())?;
                if it.outcome == Outcome::Withdrawn {
                    self.undecided.remove(it.sequence)?;
                }
            }
        } else if let Event::RequestsEnded { ended, .. } = event {
            for it in ended {
                self.events.insert((it.sequence, sequence), ())?;
            }
        } else if let Event::Aborted(aborted) = event {
            self.events.insert((aborted.sequence, sequence), ())?;
            self.undecided.remove(aborted.sequence)?;
        } else if let Event::Outstanding(statement) = event {
            self.events.insert((statement.message, sequence), ())?;
        } else if let Event::CopyDecided { message, is_authorised, .. } = event {
            self.events.insert((*message, sequence), ())?;
            if *is_authorised {
                self.passes(record, *message)?;
            } else {
                self.undecided.remove(*message)?;
            }
        } else if let Event::Bypassed { messages, .. } = event {
            for message in messages {
                self.events.insert((*message, sequence), ())?;
                self.passes(record, *message)?;
            }
        }
        Ok(())
    }
}

impl Rows<'_> {
    /// Keeps what says where messages go: the record of each calendar, the last one of each service
    /// and of the lanes of each institution, and that of each bypass.
    fn ruled(&mut self, record: &Record, event: &Event) -> Result<(), StorageError> {
        // All records of a service say all of its rules: they have one key.
        let (kind, name) = if let Event::CalendarDefined(calendar) = event {
            (record.head.kind.0, calendar.name)
        } else if let Event::ServiceDefined(service) | Event::ServiceChanged(service) = event {
            (0, service.name)
        } else if let Event::BypassSet { service, .. } = event {
            (record.head.kind.0, *service)
        } else if let Event::LaneRulesSet { institution, .. } = event {
            (record.head.kind.0, institution.to_string().parse().expect("a BIC is a name"))
        } else {
            return Ok(());
        };
        let mut meta = record.head.kind.0.to_be_bytes().to_vec();
        meta.extend_from_slice(&record.meta);
        self.rules.insert((kind, name.as_str()), meta.as_slice())?;
        self.placements.take(event);
        if !self.placements.is_bypassed(name) {
            self.rules.remove((RecordKind::BYPASS_SET.0, name.as_str()))?;
        }
        Ok(())
    }

    fn read_rules(&mut self) -> Result<(), Error> {
        for row in self.rules.iter()? {
            let (_, value) = row?;
            let Some((kind, meta)) = value.value().split_first_chunk::<2>() else { continue };
            let kind = RecordKind(u16::from_be_bytes(*kind));
            let odd = |_| Error::Record { sequence: 0, kind: kind.0 };
            self.placements.take(&Event::decode(kind, meta).map_err(odd)?);
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
