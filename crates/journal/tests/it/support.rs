//! Small journals and the records in them.

use bytes::Bytes;
use journal::{Draft, Local, Medium, Options, Preparation, Reader, Record, Stamped};
use trust::{Digest, LogTime, RecordKind, Shard};

use journal::faults::{Disk, Random};

/// Segments of 16 KiB in blocks of 512 bytes.
pub(crate) fn options() -> Options {
    Options {
        segment_bytes: 16 * 1024,
        block_bytes: 512,
        create: true,
        preparation: Preparation::Inline,
        ..Options::new("demo".parse().unwrap(), Shard(0))
    }
}

pub(crate) fn open(disk: &Disk) -> Local<Disk> {
    Local::open_on(disk.clone(), &options()).expect("the journal opens").0
}

/// A record that its number determines.
pub(crate) fn draft(number: u64, meta: usize, payload: usize) -> Draft {
    let mut random = Random(number);
    let meta: Vec<u8> = (0..meta).map(|_| random.number().to_be_bytes()[0]).collect();
    let payload: Vec<u8> = (0..payload).map(|_| random.number().to_be_bytes()[0]).collect();
    Draft {
        at: LogTime(1_000_000 + number),
        kind: RecordKind::ACCEPTED,
        meta: Bytes::from(meta),
        payload_digest: Digest::of(&payload),
        payload: Bytes::from(payload),
    }
}

/// As many records of one size.
pub(crate) fn drafts(from: u64, count: u64, payload: usize) -> Vec<Draft> {
    (from..from + count).map(|number| draft(number, 20, payload)).collect()
}

/// What should be read back for a draft.
pub(crate) fn record(draft: &Draft, stamped: &Stamped) -> Record {
    Record {
        head: stamped.head.clone(),
        hash: stamped.hash,
        meta: draft.meta.clone(),
        payload: draft.payload.clone(),
    }
}

/// All records, each of which must be sound.
pub(crate) fn all<M: Medium>(reader: &Reader<M>) -> Vec<Record> {
    reader.records(0).map(|record| record.expect("the record is sound")).collect()
}

/// A journal of an opened epoch and some groups with so many records each.
pub(crate) fn journal_of(groups: &[u64], payload: usize) -> Disk {
    journal_on(Disk::new(), groups, payload)
}

/// The same on a disk that is given.
pub(crate) fn journal_on(disk: Disk, groups: &[u64], payload: usize) -> Disk {
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(5), 77).unwrap();
    for count in groups {
        journal.append(&drafts(journal.next_sequence(), *count, payload)).unwrap();
    }
    journal.close().unwrap();
    disk
}
