//! One hub and its disk.

use journal::faults::{Disk, Random};
use journal::repair::repair_on;
use journal::snapshot::Snapshot;
use journal::{Chain, Error, Fault, Local, Options, Record, Rollback, verify, verify_on};
use trust::{Digest, LogTime};

use super::seeds;
use crate::support::{all, draft, drafts, journal_of, open, options, record};

const FIRST: &str = "00000000000000000000.segment";

/// A journal of some groups, and the records that were acknowledged.
fn history(random: &mut Random, groups: usize, payload: usize) -> (Disk, Local<Disk>, Vec<Record>) {
    let disk = Disk::with_salts(random.number());
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(1), random.number()).unwrap();
    for _ in 0..groups {
        append(&mut journal, random, payload);
    }
    let known = all(&journal.reader());
    (disk, journal, known)
}

fn append(journal: &mut Local<Disk>, random: &mut Random, payload: usize) {
    for _ in 0..=random.below(4) {
        let draft = draft(random.number(), random.below(60), random.below(payload));
        journal.stage(&draft).unwrap();
    }
    journal.commit().unwrap();
}

/// What differs between two states of a file: where it begins and the new bytes.
fn written(before: &Disk, after: &Disk, file: &str) -> (usize, Vec<u8>) {
    let (old, new) = (before.bytes_of(file), after.bytes_of(file));
    let differs = |at: &usize| old[*at] != new[*at];
    let start = (0..old.len()).find(differs).expect("something was written");
    let end = (0..old.len()).rfind(differs).expect("something was written") + 1;
    (start, new[start..end].to_vec())
}

/// Test 1: the last write is cut at every byte; the tail is dropped if nobody heard of it, and kept
/// if anybody did.
#[test]
fn torn_tail() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let (disk, mut journal, known) = history(&mut random, 2, 200);
        let before = disk.copy();
        append(&mut journal, &mut random, 200);
        let with_tail = all(&journal.reader());
        let (start, group) = written(&before, &disk, FIRST);
        for length in 0..=group.len() {
            let torn = before.copy();
            torn.harm(FIRST, start, &group[..length]);
            let (reopened, _) = Local::open_on(torn, &options()).unwrap();
            let want = if length == group.len() { &with_tail } else { &known };
            assert_eq!(all(&reopened.reader()), *want, "seed {seed}, {length} bytes");
        }
        // The same cut of a tail that was acknowledged, which the mark proves, is damage.
        let cut = disk.copy();
        let lost = random.below(group.len());
        cut.harm(FIRST, start + lost, &vec![0; group.len() - lost]);
        let error = Local::open_on(cut, &options()).unwrap_err();
        assert!(matches!(error, Error::Damaged(_)), "seed {seed}: {error}");
    }
}

/// Test 2: a crash keeps any subset of the sectors that were not synced, in any state that they had.
#[test]
fn reordered_unsynced() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (mut disk, mut journal, mut known) = history(&mut random, 1, 1500);
        for _ in 0..3 {
            disk.fail_after(random.below(12));
            let mut unknown = Vec::new();
            loop {
                let draft = draft(random.number(), 20, random.below(2500));
                let Ok(stamped) = journal.stage(&draft) else { break };
                unknown.push(record(&draft, &stamped));
                if random.one_in(3) {
                    if journal.commit().is_err() {
                        break;
                    }
                    known.append(&mut unknown);
                }
            }
            drop(journal);
            disk = disk.cut(&mut random);
            journal = Local::open_on(disk.clone(), &options())
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"))
                .0;
            let found = all(&journal.reader());
            let possible = [known.clone(), unknown].concat();
            assert!(found.len() >= known.len(), "seed {seed}: a record is lost");
            assert_eq!(found, possible[..found.len()], "seed {seed}");
            journal.open_epoch(LogTime(1), random.number()).unwrap();
            known = all(&journal.reader());
        }
    }
}

/// Test 3: one bit of an old record is flipped, in each of its fields: that record is refused and
/// named, no other is served in its place, and the walk over all never skips it.
#[test]
fn bitrot_mid() {
    let disk = journal_of(&[3; 24], 300);
    let sound = all(&open(&disk.copy()).reader());
    let copy = disk.copy();
    let bytes = disk.bytes_of(FIRST);
    let heads: Vec<usize> =
        (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"NUNR")).collect();
    for (number, head) in heads.iter().enumerate() {
        let start = head - 24;
        let length = u32::from_be_bytes(bytes[start..start + 4].try_into().unwrap()) as usize;
        // Each field of prefix and head, and some of meta and payload.
        let fields = [0, 4, 8, 16, 20, 24, 28, 30, 32, 36, 68, 76, 84, 92, 100, 132, 164, 185];
        for field in fields.into_iter().filter(|field| *field < length + 24) {
            let disk = disk.copy();
            let at = start + field;
            disk.harm(FIRST, at, &[bytes[at] ^ 1 << (number % 8)]);
            let reader = open(&disk).reader();
            let sequence = number as u64;
            match reader.read(sequence) {
                Err(Error::Damaged(damage)) => assert_eq!(damage.sequence, sequence),
                other => panic!("record {number}, field {field}: {other:?}"),
            }
            let walked: Vec<_> = reader.records(0).collect();
            assert_eq!(walked.len(), number + 1, "the walk ends at the damage");
            assert!(matches!(walked.last(), Some(Err(Error::Damaged(_)))));
            for want in &sound {
                if let Ok(found) = reader.read(want.head.sequence) {
                    assert_eq!(found, *want);
                }
            }
            let damage = verify_on(&disk.copy(), false).map(|report| report.damage);
            assert!(damage.is_err() || damage.unwrap().is_some_and(|found| found.file == FIRST));
            // Where a copy exists it is mended.
            if number % 7 == 0 {
                drop(reader);
                assert_eq!(repair_on(&disk, std::slice::from_ref(&copy)).unwrap().left, None);
                assert_eq!(all(&open(&disk).reader()), sound);
            }
        }
    }
}

/// Test 4: lengths, magics, epochs and counts are flipped, also to the greatest values: nothing is
/// read beyond its bounds, nothing hangs, and it is found.
#[test]
fn bitrot_length_or_header() {
    let disk = journal_of(&[3; 24], 300);
    let bytes = disk.bytes_of(FIRST);
    let starts: Vec<usize> =
        (512..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"NUNG")).collect();
    // The header of the segment, then fields of headers of groups: magic, checksum, length, count,
    // sequence, salt, hash.
    let header = [0, 4, 6, 8, 12, 15, 16, 48, 55, 56, 63, 64, 96, 104, 112, 120, 128, 136, 500];
    let groups = starts
        .iter()
        .flat_map(|start| [0, 4, 8, 11, 12, 15, 16, 23, 24, 31, 32].map(|field| start + field));
    for at in header.into_iter().chain(groups) {
        for bytes in [&[bytes[at] ^ 1][..], &[bytes[at] ^ 0x80], &[0xff; 4], &[0x7f; 4]] {
            let disk = disk.copy();
            disk.harm(FIRST, at, bytes);
            let found = match Local::open_on(disk.copy(), &options()) {
                Err(Error::Damaged(_) | Error::Version { .. }) => true,
                Err(other) => panic!("byte {at}: {other}"),
                Ok((journal, _)) => journal
                    .reader()
                    .records(0)
                    .any(|record| matches!(record, Err(Error::Damaged(_)))),
            };
            assert!(found, "byte {at} is not found");
        }
    }
}

/// Test 5: a whole record or group of another place, segment or shard stands at this one.
#[test]
fn misdirected_write() {
    let mut found = 0;
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (disk, mut journal, known) = history(&mut random, 3, 300);
        disk.misdirect(
            FIRST,
            (1 + random.below(8)) as i64 * 512 * if random.one_in(2) { 1 } else { -1 },
        );
        append(&mut journal, &mut random, 300);
        append(&mut journal, &mut random, 300);
        drop(journal);
        match Local::open_on(disk.copy(), &options()) {
            Err(Error::Damaged(_)) => found += 1,
            Err(other) => panic!("seed {seed}: {other}"),
            // Its own place is empty, and the group behind it proves that it was not always so.
            Ok(_) => panic!("seed {seed}: a misdirected group is not found"),
        }
        // Nothing but what was acknowledged is ever read.
        match verify_on(&disk, true) {
            Ok(report) => {
                assert!(report.damage.is_some() && report.records <= known.len() as u64);
            }
            Err(Error::Damaged(_)) => {}
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    assert_eq!(found, seeds());
    // A segment of another shard under this one's name.
    let disk = journal_of(&[2], 100);
    let mut other = options();
    other.shard = trust::Shard(7);
    let foreign = Disk::new();
    let (mut journal, _) = Local::open_on(foreign.clone(), &other).unwrap();
    journal.open_epoch(LogTime(1), 1).unwrap();
    drop(journal);
    disk.plant(FIRST, &foreign.bytes_of(FIRST));
    let error = Local::open_on(disk, &options()).unwrap_err();
    assert_eq!(error.code(), "JNL005", "{error}");
}

/// Test 6: syncs say that all is well and do nothing. What is gone is found by the mark, by a
/// snapshot, or by whoever holds a place of the log; it is never served as if nothing were missing.
#[test]
fn lost_write() {
    let (mut by_open, mut by_witness) = (0, 0);
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (disk, mut journal, _) = history(&mut random, 2, 600);
        disk.lie();
        append(&mut journal, &mut random, 600);
        append(&mut journal, &mut random, 600);
        // Whoever holds a receipt holds this.
        let witnessed = journal.durable().clone();
        drop(journal);
        match Local::open_on(disk.cut(&mut random), &options()) {
            Err(Error::Damaged(_)) => by_open += 1,
            Err(other) => panic!("seed {seed}: {other}"),
            Ok((journal, _)) => match journal.reader().resume(&witnessed) {
                Ok(_) => assert!(journal.next_sequence() >= witnessed.next, "seed {seed}"),
                Err(Error::RolledBack { .. }) => by_witness += 1,
                Err(other) => panic!("seed {seed}: {other}"),
            },
        }
    }
    assert!(by_open > 100 && by_witness > 100, "{by_open} by opening, {by_witness} by witnesses");
}

/// Test 7: one sync fails, and all later ones succeed: nothing is acknowledged after it, no sync is
/// tried again, and what the next process serves is really durable.
#[test]
fn fsync_eio_once() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (disk, mut journal, _) = history(&mut random, 1, 600);
        disk.fail_sync_after(random.below(10));
        let mut acknowledged = all(&journal.reader()).len();
        let mut failed = false;
        for _ in 0..12 {
            let before = disk.syncs();
            let outcome = journal.append(&drafts(9, 3, 900));
            match outcome {
                Ok(_) => {
                    assert!(!failed, "seed {seed}: acknowledged after a failed sync");
                    acknowledged += 3;
                }
                Err(error) => {
                    assert_eq!(error.code(), "JNL010", "seed {seed}");
                    assert!(!failed || disk.syncs() == before, "seed {seed}: it tried again");
                    failed = true;
                }
            }
        }
        assert!(failed);
        drop(journal);
        let served = all(&open(&disk).reader());
        assert!(served.len() >= acknowledged, "seed {seed}: an acknowledged record is lost");
        assert_eq!(all(&open(&disk.cut(&mut random)).reader()), served, "seed {seed}");
    }
}

/// Test 8: the disk runs full at any moment: what does not fit is refused as a whole, all else goes
/// on, and with space everything does.
#[test]
fn disk_full() {
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (disk, mut journal, mut known) = history(&mut random, 1, 600);
        disk.set_capacity(random.below(80 * 1024));
        let mut refused = 0;
        for _ in 0..40 {
            let drafts = drafts(random.number() >> 8, 1 + random.below(3) as u64, 1200);
            match journal.append(&drafts) {
                Ok(stamped) => {
                    known.extend(drafts.iter().zip(&stamped).map(|(draft, at)| record(draft, at)));
                }
                Err(Error::Full { .. }) => refused += 1,
                Err(other) => panic!("seed {seed}: {other}"),
            }
        }
        assert!(refused > 0, "seed {seed}: the disk was full");
        assert_eq!(all(&journal.reader()), known, "seed {seed}");
        disk.set_capacity(usize::MAX);
        journal.append(&drafts(1, 2, 1200)).expect("there is space again");
        journal.close().unwrap();
        assert!(verify_on(&disk, true).unwrap().is_sound(), "seed {seed}");
    }
}

/// Test 8: a full disk keeps room for opening epochs, and the same group is taken when there is more.
#[test]
fn a_full_disk_keeps_its_reserve() {
    for seed in 0..100 {
        let mut random = Random(seed);
        let disk = Disk::with_salts(random.number());
        let options = Options { create: true, reserve_bytes: 4096, ..options() };
        let (mut journal, _) = Local::open_on(disk.clone(), &options).unwrap();
        journal.open_epoch(LogTime(1), 7).unwrap();
        disk.set_capacity(0);
        let refused = loop {
            let drafts = drafts(random.number() >> 8, 1 + random.below(3) as u64, 600);
            match journal.append(&drafts) {
                Ok(_) => assert!(journal.room().spare || journal.room().segment_bytes >= 4096),
                Err(Error::Full { .. }) => break drafts,
                Err(other) => panic!("seed {seed}: {other}"),
            }
        };
        let known = all(&journal.reader());
        drop(journal);
        // Six processes, one after the other, each in blocks of its own.
        for writer in 0..6 {
            let (mut journal, _) = Local::open_on(disk.clone(), &options).unwrap();
            journal.open_epoch(LogTime(2), writer).unwrap();
            assert!(matches!(journal.append(&refused), Err(Error::Full { .. })), "seed {seed}");
        }
        disk.set_capacity(usize::MAX);
        let (mut journal, _) = Local::open_on(disk.clone(), &options).unwrap();
        journal.open_epoch(LogTime(3), 9).unwrap();
        journal.append(&refused).unwrap();
        let now = all(&journal.reader());
        assert_eq!(now.len(), known.len() + 7 + refused.len(), "seed {seed}");
        assert_eq!(now[..known.len()], known, "seed {seed}");
    }
}

/// Test 9: each sync takes five seconds: what is acknowledged is late and right, and what waits is
/// bounded, because a group can be no greater than a segment.
#[test]
fn slow_disk() {
    let disk = journal_of(&[1], 100);
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(1), 7).unwrap();
    disk.slow_down(5_000_000);
    let reader = journal.reader();
    let before = (reader.next_sequence(), disk.elapsed_us());
    // While a sync is under way drafts are staged; nobody reads them.
    let mut staged = 0;
    let full = loop {
        match journal.stage(&draft(staged, 10, 900)) {
            Ok(_) => staged += 1,
            Err(error) => break error,
        }
        assert_eq!(reader.next_sequence(), before.0, "nothing is seen before its sync");
    };
    assert_eq!(full.code(), "JNL012", "back-pressure, not memory without bounds");
    assert!(staged < 40, "{staged} records wait");
    journal.commit().unwrap();
    assert!(disk.elapsed_us() >= before.1 + 5_000_000, "the acknowledgement waited for the sync");
    assert_eq!(reader.next_sequence(), before.0 + staged);
}

/// Test 10: the snapshot is older, damaged, of a newer format, or newer than the journal: the state
/// is that of a full replay, or nothing is served.
#[test]
fn stale_snapshot() {
    let fold = |records: &[Record], from: Digest| {
        records.iter().fold(from, |state, record| {
            Digest::of(&[state.as_bytes().as_slice(), record.hash.as_bytes()].concat())
        })
    };
    for seed in 0..seeds() {
        let mut random = Random(seed);
        let (disk, mut journal, _) = history(&mut random, 1, 300);
        let older = disk.copy();
        for _ in 0..3 {
            append(&mut journal, &mut random, 300);
            let records = all(&journal.reader());
            let at = &records[random.below(records.len())];
            let state = fold(
                &records
                    [..records.partition_point(|record| record.head.sequence <= at.head.sequence)],
                Digest::default(),
            );
            let sections = [("state".to_owned(), state.as_bytes().to_vec().into())].into();
            let chain = Chain::after(&at.head, at.hash);
            journal.reader().snapshots().save(&Snapshot { chain, sections }).unwrap();
        }
        append(&mut journal, &mut random, 300);
        let full = fold(&all(&journal.reader()), Digest::default());
        drop(journal);
        let names: Vec<String> =
            disk.names().into_iter().filter(|name| name.ends_with(".snapshot")).collect();
        if random.one_in(3) {
            let name = &names[random.below(names.len())];
            let at = random.below(disk.bytes_of(name).len());
            disk.harm(name, at, &[disk.bytes_of(name)[at] ^ 0x10]);
        }
        let reader = open(&disk.copy()).reader();
        let latest = reader.snapshots().latest().unwrap().snapshot;
        let (state, tail) = match latest {
            None => (Digest::default(), all(&reader)),
            Some(snapshot) => {
                let state = Digest(snapshot.sections["state"][..].try_into().unwrap());
                let tail: Result<Vec<Record>, Error> =
                    reader.resume(&snapshot.chain).unwrap().collect();
                (state, tail.unwrap())
            }
        };
        assert_eq!(fold(&tail, state), full, "seed {seed}");
        // Set the journal back, and leave the snapshots.
        for name in [FIRST, "durable.mark"] {
            disk.harm(name, 0, &older.bytes_of(name));
        }
        let lost = all(&open(&older).reader()).len() as u64;
        let error = Local::open_on(disk, &options()).map(|_| ());
        let newest = names.last().unwrap()[..20].parse::<u64>().unwrap();
        if newest > lost {
            let fault = error.unwrap_err();
            let fault = matches!(fault, Error::RolledBack { fault: Rollback::Lost { .. }, .. });
            assert!(fault, "seed {seed}");
        }
    }
}

/// Test 13: a second process is refused while the first one lives, and let in after it.
#[test]
fn two_processes_one_dir() {
    let directory = tempfile::tempdir().unwrap();
    let (mut first, _) = Local::open(directory.path(), &options()).unwrap();
    first.open_epoch(LogTime(1), 1).unwrap();
    // A lock of this process and one of another are refused alike; `processes.rs` does it with two.
    for _ in 0..3 {
        assert_eq!(Local::open(directory.path(), &options()).unwrap_err().code(), "JNL001");
        assert_eq!(verify(directory.path(), false).unwrap_err().code(), "JNL001");
        first.append(&drafts(1, 1, 10)).expect("the first one goes on");
    }
    drop(first);
    let (mut second, recovered) = Local::open(directory.path(), &options()).unwrap();
    assert_eq!(recovered.chain.next, 4);
    assert_eq!(second.open_epoch(LogTime(1), 2).unwrap().head.epoch, 2);
}

/// Test 24: clocks jump by ten years, go back, stand still and drift: order and numbers are the
/// same as with any other clock, and the log's time never goes back.
#[test]
fn clock_jump() {
    const YEARS: u64 = 10 * 365 * 86_400 * 1_000_000;
    let run = |clock: &mut dyn FnMut(u64) -> u64| {
        let disk = Disk::new();
        let mut journal = open(&disk);
        let mut life = 0;
        for number in 0..30 {
            if number % 10 == 0 {
                drop(journal);
                journal = open(&disk);
                life += 1;
                journal.open_epoch(LogTime(clock(number)), life).unwrap();
            }
            let mut draft = draft(number, 10, 100);
            draft.at = LogTime(clock(number));
            journal.append(&[draft]).unwrap();
        }
        all(&journal.reader())
    };
    let now = 2 * YEARS;
    let steady = run(&mut |number| now + number * 1_000_000);
    for seed in 0..50 {
        let mut random = Random(seed);
        let mut clocks: [Box<dyn FnMut(u64) -> u64>; 5] = [
            Box::new(|number| if number < 15 { now } else { now + YEARS }),
            Box::new(|number| if number < 15 { now } else { now - YEARS }),
            Box::new(|_| now),
            Box::new(|number| now + number * 1_001_000),
            Box::new(move |_| random.number() >> 10),
        ];
        for clock in &mut clocks {
            let records = run(clock);
            assert!(records.is_sorted_by_key(|record| record.head.at));
            let plain = |records: &[Record]| -> Vec<_> {
                let part = |record: &Record| {
                    (record.head.sequence, record.head.epoch, record.payload.clone())
                };
                records.iter().map(part).collect()
            };
            assert_eq!(plain(&records), plain(&steady), "a clock decided about the order");
        }
    }
}

#[test]
fn a_fault_is_named_as_what_it_is() {
    let disk = journal_of(&[2], 100);
    disk.spoil(FIRST, 600);
    let error = Local::open_on(disk, &options()).unwrap_err();
    assert_eq!(error.code(), "JNL009", "a sector that cannot be read is not judged: {error}");
    let disk = journal_of(&[2], 100);
    disk.shorten(FIRST, 8192);
    let Err(Error::Damaged(damage)) = Local::open_on(disk, &options()) else { panic!("found") };
    assert_eq!(damage.fault, Fault::Size { expected: 16384, found: 8192 });
}
