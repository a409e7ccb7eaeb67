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
    EVENTS, FIRST_AT, HASH, LANES, LAST_AT, MESSAGES, NAMES, NEXT, PLACE, RECEIVED, SENT, TAKEN,
    Volume, beginning,
};

/// What stands for the lane of a message that was refused.
pub(crate) const REFUSED: u8 = u8::MAX;

/// The tables of a volume, open for writing, and what is written when all records are in.
struct Rows<'t> {
    messages: Table<'t, u64, (u8, u64)>,
    sent: Table<'t, ([u8; 9], u64), u64>,
    received: Table<'t, ([u8; 8], u8, u64), u64>,
    lanes: Table<'t, ([u8; 8], u8), u64>,
    taken: Table<'t, ([u8; 8], u8, u64), (u64, u64)>,
    events: Table<'t, (u64, u64), ()>,
    /// The last output numbers that are not in `lanes` yet.
    last: BTreeMap<([u8; 8], u8), u64>,
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
        rows.names.sort_unstable();
        let mut names = transaction.open_table(NAMES)?;
        for name in &rows.names {
            names.insert(name, ())?;
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
                let accepted = Accepted::decode(&record.meta).map_err(|_| odd())?;
                let header = Header::decode(&accepted.header).map_err(|_| odd())?;
                self.accepted(sequence, &header)?;
            }
            RecordKind::REFUSED => {
                let refused = Refused::decode(&record.meta).map_err(|_| odd())?;
                self.messages.insert(sequence, (REFUSED, 0))?;
                self.sent.insert((terminal(refused.terminal), refused.input_number), sequence)?;
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
        self.messages.insert(sequence, (lane, output_number))?;
        self.sent.insert((terminal(header.sender), header.input_number), sequence)?;
        self.received.insert((key.0, lane, output_number), sequence)?;
        if let Some(request) = header.answers {
            // It says what became of the request.
            self.events.insert((request, sequence), ())?;
        }
        self.name(sequence, header);
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
