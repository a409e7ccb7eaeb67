//! Bytes that were durable and changed are found, named and never cut.

use journal::{Error, Fault, Local, verify_on};

use crate::support::{all, drafts, journal_of, open, options};
use journal::faults::{Disk, Random};

const FIRST: &str = "00000000000000000000.segment";
const MARK: &str = "durable.mark";

fn segments(disk: &Disk) -> Vec<String> {
    disk.names().into_iter().filter(|name| name.ends_with(".segment")).collect()
}

/// Where the last group of the first segment begins and where its blocks end.
fn last_group(disk: &Disk) -> (usize, usize) {
    let bytes = disk.bytes_of(FIRST);
    let starts = (0..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"NUNG"));
    let start = starts.max().expect("there are groups");
    let end = bytes.iter().rposition(|byte| *byte != 0).expect("there are groups") + 1;
    (start, end.next_multiple_of(512))
}

fn flipped(disk: &Disk, file: &str, at: usize, bit: usize) -> Disk {
    let disk = disk.copy();
    let byte = disk.bytes_of(file)[at];
    disk.harm(file, at, &[byte ^ (1 << bit)]);
    disk
}

#[test]
fn a_flipped_bit_anywhere_is_found_when_the_mark_is_there() {
    let disk = journal_of(&[2, 1, 3], 90);
    let (_, end) = last_group(&disk);
    let bytes = disk.bytes_of(FIRST);
    for at in 0..bytes.len() {
        let disk = flipped(&disk, FIRST, at, at % 8);
        let outcome = Local::open_on(disk.copy(), &options());
        if (512..end).contains(&at) {
            let Err(Error::Damaged(damage)) = outcome else { panic!("byte {at}: not found") };
            assert_eq!(damage.file, FIRST);
            assert!(damage.offset <= at as u64, "byte {at}: {damage}");
            assert!(damage.sequence < 8, "byte {at}: {damage}");
            assert_eq!(verify_on(&disk, false).unwrap().damage, Some(damage));
        } else if at < 512 {
            assert!(matches!(outcome, Err(Error::Damaged(_))), "byte {at} of the header");
        } else {
            let (_, recovered) = outcome.expect("behind the end only a torn group can stand");
            assert_eq!(recovered.cut.map(|cut| cut.offset), Some(end as u64));
            assert_eq!(recovered.chain.next, 7);
        }
    }
}

#[test]
fn a_flipped_bit_is_found_without_the_mark_wherever_a_later_group_was_written() {
    let disk = journal_of(&[2, 1, 3, 2], 90);
    disk.lose(MARK);
    let (start, end) = last_group(&disk);
    let length = disk.bytes_of(FIRST)[start + 8..start + 12].try_into().unwrap();
    let padding = start + u32::from_be_bytes(length) as usize;
    assert!(padding < end);
    for at in 512..end {
        for bit in [at % 8, (at + 3) % 8] {
            let disk = flipped(&disk, FIRST, at, bit);
            match Local::open_on(disk, &options()) {
                Err(Error::Damaged(damage)) => assert!(damage.offset <= at as u64),
                Err(other) => panic!("byte {at}: {other}"),
                Ok((_, recovered)) => {
                    assert!((start..padding).contains(&at), "byte {at}: cut from what was durable");
                    assert_eq!(recovered.chain.next, 7);
                }
            }
        }
    }
}

#[test]
fn lost_sectors_are_found_without_the_mark_wherever_a_later_group_was_written() {
    let disk = journal_of(&[2, 3, 2, 2], 400);
    disk.lose(MARK);
    let (start, end) = last_group(&disk);
    let bytes = disk.bytes_of(FIRST);
    for from in (512..start).step_by(512) {
        for to in (from + 512..=end - 512).step_by(512) {
            let disk = disk.copy();
            disk.harm(FIRST, from, &vec![0; to - from]);
            // A prefix of a record, or the header of a group, of what comes after the hole must be
            // left: else the hole could as well be a torn group.
            let evidence = (to..end).step_by(8).any(|at| {
                let last = bytes[at..].starts_with(b"NUNR") && at >= to + 24;
                last || at % 512 == 0 && bytes[at..].starts_with(b"NUNG")
            });
            let outcome = Local::open_on(disk, &options());
            if evidence {
                assert!(matches!(outcome, Err(Error::Damaged(_))), "hole {from}..{to}");
            }
        }
    }
}

#[test]
fn the_header_of_a_later_group_is_evidence_enough() {
    let disk = journal_of(&[2, 3, 2], 400);
    disk.lose(MARK);
    let (start, end) = last_group(&disk);
    disk.harm(FIRST, 512, &vec![0; start - 512]);
    disk.harm(FIRST, start + 64, &vec![0; end - start - 64]);
    assert!(matches!(Local::open_on(disk.copy(), &options()), Err(Error::Damaged(_))));
    // Without it nothing is left that tells: this is what cannot be told apart.
    disk.harm(FIRST, start, &[0; 3]);
    assert_eq!(Local::open_on(disk, &options()).unwrap().1.chain.next, 0);
}

#[test]
fn a_lost_group_is_found_by_the_mark() {
    let disk = journal_of(&[2, 3], 400);
    let (start, end) = last_group(&disk);
    disk.harm(FIRST, start, &vec![0; end - start]);
    let error = Local::open_on(disk.copy(), &options()).unwrap_err();
    let Error::Damaged(damage) = error else { panic!("{error}") };
    assert_eq!((damage.sequence, &damage.fault), (3, &Fault::Absent));
    assert_eq!(verify_on(&disk, false).unwrap().damage, Some(damage));
}

#[test]
fn a_group_lost_at_the_end_of_an_old_segment_is_found() {
    let disk = journal_of(&[4; 20], 300);
    let (start, end) = last_group(&disk);
    disk.harm(FIRST, start, &vec![0; end - start]);
    let journal = open(&disk);
    let last = journal.reader().records(0).last().unwrap();
    let Err(Error::Damaged(damage)) = last else { panic!("{last:?}") };
    assert!(matches!(damage.fault, Fault::SegmentOrder { .. }), "{damage}");
    assert!(matches!(journal.reader().read(damage.sequence), Err(Error::Damaged(_))));
    drop(journal);
    assert_eq!(
        verify_on(&disk, false).unwrap().damage.map(|found| found.sequence),
        Some(damage.sequence)
    );
}

#[test]
fn an_older_copy_of_a_segment_is_found_by_the_mark() {
    let old = journal_of(&[2], 60);
    let disk = old.copy();
    let mut journal = open(&disk);
    journal.open_epoch(trust::LogTime(9), 79).unwrap();
    journal.append(&drafts(9, 2, 60)).unwrap();
    journal.close().unwrap();
    disk.harm(FIRST, 0, &old.bytes_of(FIRST));
    assert!(matches!(Local::open_on(disk, &options()), Err(Error::Damaged(_))));
    // Another history of the same length: the mark's hash tells.
    let other = old.copy();
    let mut journal = open(&other);
    journal.open_epoch(trust::LogTime(9), 80).unwrap();
    journal.append(&drafts(9, 2, 60)).unwrap();
    journal.close().unwrap();
    let disk = old.copy();
    let mut journal = open(&disk);
    journal.open_epoch(trust::LogTime(9), 81).unwrap();
    journal.append(&drafts(9, 2, 60)).unwrap();
    journal.close().unwrap();
    disk.harm(FIRST, 0, &other.bytes_of(FIRST));
    let error = Local::open_on(disk, &options()).unwrap_err();
    let Error::Damaged(damage) = error else { panic!("{error}") };
    assert_eq!(damage.fault, Fault::Mark { mark: MARK });
}

#[test]
fn a_damaged_mark_is_as_good_as_none() {
    let disk = journal_of(&[2, 3], 60);
    for at in 0..disk.bytes_of(MARK).len() {
        let disk = flipped(&disk, MARK, at, at % 8);
        let (_, recovered) = Local::open_on(disk, &options()).unwrap();
        assert_eq!((recovered.chain.next, recovered.cut), (6, None));
    }
    disk.lose(MARK);
    assert_eq!(open(&disk).next_sequence(), 6);
}

#[test]
fn damage_in_an_old_segment_is_named_and_the_other_records_are_served() {
    let disk = journal_of(&[4; 20], 300);
    let names = segments(&disk);
    assert!(names.len() >= 3);
    let sound = all(&open(&disk.copy()).reader());
    let bytes = disk.bytes_of(&names[1]);
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for at in (512..end).step_by(37) {
        let disk = flipped(&disk, &names[1], at, at % 8);
        let journal = open(&disk);
        let reader = journal.reader();
        let mut refused = 0;
        for want in &sound {
            match reader.read(want.head.sequence) {
                Ok(record) => assert_eq!(&record, want),
                Err(Error::Damaged(damage)) => {
                    assert_eq!((&damage.file, damage.sequence), (&names[1], want.head.sequence));
                    refused += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert!(refused <= 5, "byte {at}: {refused} records refused");
        let mut records = reader.records(0);
        let good = records.by_ref().take_while(Result::is_ok).count();
        assert!(records.next().is_none(), "nothing comes after damage");
        let damage = {
            drop(journal);
            verify_on(&disk, false).unwrap().damage
        };
        if good < sound.len() {
            assert_eq!(damage.expect("found").sequence, good as u64, "byte {at}");
        } else {
            assert!(damage.is_some(), "byte {at}: not found");
        }
    }
}

#[test]
fn a_record_at_another_place_is_never_served() {
    // A block that was written to the wrong place: a group of the same segment, one of another
    // segment, and the same place of another segment.
    let disk = journal_of(&[1; 40], 300);
    let names = segments(&disk);
    let block = |name: &str, at: usize| disk.bytes_of(name)[at..at + 512].to_vec();
    let sound = all(&open(&disk.copy()).reader());
    for (from, to) in [((0, 1024), (0, 2048)), ((0, 1024), (1, 1024)), ((1, 3072), (0, 512))] {
        let bytes = block(&names[from.0], from.1);
        let disk = disk.copy();
        disk.harm(&names[to.0], to.1, &bytes);
        let journal = open(&disk);
        let reader = journal.reader();
        for want in &sound {
            match reader.read(want.head.sequence) {
                Ok(record) => assert_eq!(&record, want),
                Err(error) => assert!(matches!(error, Error::Damaged(_)), "{error}"),
            }
        }
        assert!(reader.records(0).any(|record| record.is_err()));
        drop(journal);
        assert!(!verify_on(&disk, false).unwrap().is_sound());
    }
}

#[test]
fn a_missing_or_shortened_segment_is_named() {
    let disk = journal_of(&[4; 20], 300);
    let names = segments(&disk);
    for (number, name) in names.iter().enumerate() {
        let short = disk.copy();
        short.shorten(name, 16 * 1024 - 1);
        let error = Local::open_on(short, &options()).unwrap_err();
        assert!(error.to_string().contains(name.as_str()), "{error}");
        let lost = disk.copy();
        lost.lose(name);
        let outcome = Local::open_on(lost.copy(), &options());
        assert!(matches!(outcome, Err(Error::Damaged(_))), "segment {number}: {outcome:?}");
        assert!(!verify_on(&lost, false).unwrap().is_sound());
    }
    let swapped = disk.copy();
    swapped.move_to(&names[1], "moved");
    swapped.move_to(&names[2], &names[1]);
    swapped.move_to("moved", &names[2]);
    assert!(matches!(Local::open_on(swapped, &options()), Err(Error::Damaged(_))));
}

#[test]
fn garbage_in_place_of_the_tail_neither_hangs_nor_panics() {
    let disk = journal_of(&[2, 3], 400);
    disk.lose(MARK);
    let (start, _) = last_group(&disk);
    let mut random = Random(11);
    for round in 0..300 {
        let disk = disk.copy();
        let mut garbage: Vec<u8> =
            (0..random.below(6000) + 1).map(|_| random.number().to_be_bytes()[0]).collect();
        // Some of it looks like what we write, to reach further.
        for _ in 0..random.below(20) {
            let at = random.below(garbage.len());
            let magic: &[u8] = if random.below(2) == 0 { b"NUNR" } else { b"NUNG" };
            let length = magic.len().min(garbage.len() - at);
            garbage[at..at + length].copy_from_slice(&magic[..length]);
        }
        disk.harm(FIRST, start, &garbage);
        match Local::open_on(disk, &options()) {
            Ok((_, recovered)) => assert_eq!(recovered.chain.next, 3, "round {round}"),
            Err(Error::Damaged(_)) => {}
            Err(other) => panic!("round {round}: {other}"),
        }
    }
}

#[test]
fn a_body_that_its_head_does_not_name_is_found_by_a_full_check() {
    // Written by a hub that believed a wrong digest: all checksums are right.
    let disk = Disk::new();
    let mut journal = open(&disk);
    journal.open_epoch(trust::LogTime(5), 77).unwrap();
    journal.append(&drafts(1, 3, 64)).unwrap();
    journal.close().unwrap();
    let report = verify_on(&disk, true).unwrap();
    assert!(report.is_sound() && report.full);
    // The payload of the last record and its checksums, made anew as a thoughtful attacker would.
    let bytes = disk.bytes_of(FIRST);
    let head = (0..bytes.len()).rfind(|at| bytes[*at..].starts_with(b"NUNR")).unwrap();
    let (start, end) = (head - 24, head + 140 + 20 + 64);
    let salt = &bytes[96..104];
    let mut record = bytes[start..end].to_vec();
    record[24 + 140 + 20] ^= 1;
    let seed = crc32c::crc32c(salt);
    let sum = crc32c::crc32c_append(seed, &record[24..]).to_be_bytes();
    record[16..20].copy_from_slice(&sum);
    let tag = crc32c::crc32c_append(seed, &record[..20]).to_be_bytes();
    record[20..24].copy_from_slice(&tag);
    disk.harm(FIRST, start, &record);
    assert!(verify_on(&disk, false).unwrap().is_sound());
    let damage = verify_on(&disk, true).unwrap().damage.expect("the body was changed");
    assert_eq!((damage.sequence, damage.fault), (3, Fault::Body));
}
