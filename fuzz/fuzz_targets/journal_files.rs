//! The files of a journal, harmed at will: it is read as it was written, or it says what is wrong.
//!
//! The input is a list of harms: which file, where, and the bytes that stand there afterwards; or a
//! whole file in the place of one.

#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use journal::faults::Disk;
use journal::faults::contract::{draft, log};
use journal::snapshot::Snapshot;
use journal::{Local, Options, Preparation, Reader, Record, verify_on};
use libfuzzer_sys::fuzz_target;
use trust::LogTime;

/// A small journal with a snapshot, and what stands in it.
static WRITTEN: LazyLock<(Disk, Vec<Record>)> = LazyLock::new(write);

fuzz_target!(
    init: LazyLock::force(&WRITTEN),
    |harms: Vec<(u8, u16, Vec<u8>)>| {
        let (disk, written) = &*WRITTEN;
        let disk = disk.copy();
        let names = disk.names();
        for (file, at, bytes) in harms.iter().take(8) {
            let name = &names[usize::from(file & 0x3f) % names.len()];
            let length = disk.bytes_of(name).len();
            match file >> 6 {
                0 | 1 => {
                    let at = usize::from(*at) % length.max(1);
                    let bytes = &bytes[..bytes.len().min(length - at)];
                    disk.harm(name, at, bytes);
                }
                2 => disk.plant(name, bytes),
                _ => disk.shorten(name, usize::from(*at).min(length)),
            }
        }
        let _ = verify_on(&disk, true);
        if let Ok(reader) = Reader::open_on(&disk) {
            for (found, record) in reader.records(0).zip(written) {
                let Ok(found) = found else { break };
                // The body is held against its head by whoever verifies; the head is chained.
                assert_eq!(found.head, record.head);
            }
            let _ = reader.snapshots().latest();
        }
        let options = Options { create: false, ..options() };
        if let Ok((journal, _)) = Local::open_on(disk, &options) {
            for (found, record) in journal.reader().records(0).zip(written) {
                let Ok(found) = found else { break };
                assert_eq!(found.head, record.head);
            }
        }
    }
);

fn options() -> Options {
    let (network, shard) = log();
    Options {
        segment_bytes: 16 * 1024,
        block_bytes: 1024,
        create: true,
        preparation: Preparation::Inline,
        ..Options::new(network, shard)
    }
}

fn write() -> (Disk, Vec<Record>) {
    let disk = Disk::new();
    let (mut journal, _) = Local::open_on(disk.clone(), &options()).expect("the disk is good");
    journal.open_epoch(LogTime(1), 1).expect("the disk is good");
    for group in 0..20_u64 {
        let drafts: Vec<_> =
            (0..3).map(|number| draft(group * 3 + number, LogTime(2 + group))).collect();
        journal.append(&drafts).expect("the disk is good");
        if group == 9 {
            let reader = journal.reader();
            let chain = journal.durable().clone();
            let state = BTreeMap::from([("state".to_owned(), Bytes::from_static(&[7; 300]))]);
            let snapshot = Snapshot { chain, sections: state };
            reader.snapshots().save(&snapshot).expect("the disk is good");
        }
    }
    let records = journal.reader().records(0).map(|it| it.expect("it was just written")).collect();
    journal.close().expect("the disk is good");
    (disk.copy(), records)
}
