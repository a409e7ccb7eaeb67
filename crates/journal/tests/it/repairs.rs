//! A journal is mended with a copy, and only with what was there.

use journal::faults::{Disk, Random};
use journal::repair::repair_on;
use journal::{Local, verify_on};
use trust::LogTime;

use crate::support::{all, drafts, journal_of, open, options};

const FIRST: &str = "00000000000000000000.segment";
const MARK: &str = "durable.mark";

fn segments(disk: &Disk) -> Vec<String> {
    disk.names().into_iter().filter(|name| name.ends_with(".segment")).collect()
}

#[test]
fn damage_anywhere_is_mended_from_a_copy() {
    let sound = journal_of(&[3; 24], 300);
    let records = all(&open(&sound.copy()).reader());
    let copy = sound.copy();
    let names = segments(&sound);
    assert!(names.len() > 2);
    for seed in 0..300 {
        let mut random = Random(seed);
        let disk = sound.copy();
        for _ in 0..=random.below(4) {
            let name = &names[random.below(names.len())];
            let size = disk.bytes_of(name).len();
            let at = random.below(size);
            let length = (1 + random.below(900)).min(size - at);
            let garbage: Vec<u8> = (0..length).map(|_| random.number().to_be_bytes()[0]).collect();
            disk.harm(name, at, &garbage);
        }
        let done = repair_on(&disk, std::slice::from_ref(&copy)).unwrap();
        assert_eq!(done.left, None, "seed {seed}");
        let report = verify_on(&disk, true).unwrap();
        assert!(report.is_sound(), "seed {seed}: {:?}", report.damage);
        assert_eq!(all(&open(&disk).reader()), records, "seed {seed}");
        for mended in &done.mended {
            assert!(disk.names().contains(mended.kept.as_ref().expect("it was there")));
        }
    }
}

#[test]
fn two_copies_with_different_damage_make_a_whole_one() {
    let sound = journal_of(&[3; 24], 300);
    let names = segments(&sound);
    for seed in 0..100 {
        let mut random = Random(seed);
        let (one, two) = (sound.copy(), sound.copy());
        for name in &names {
            // The first half of one, the second half of the other.
            one.harm(name, random.below(7000), &[0x5a; 200]);
            two.harm(name, 9000 + random.below(3000), &[0x5a; 200]);
        }
        let done = repair_on(&one, &[two]).unwrap();
        assert_eq!(done.left, None, "seed {seed}");
        assert!(verify_on(&one, true).unwrap().is_sound(), "seed {seed}");
        assert!(one.bytes_of(FIRST) == sound.bytes_of(FIRST), "seed {seed}");
    }
}

#[test]
fn missing_and_shortened_segments_come_back() {
    let sound = journal_of(&[3; 24], 300);
    for name in segments(&sound) {
        let lost = sound.copy();
        lost.lose(&name);
        assert_eq!(repair_on(&lost, &[sound.copy()]).unwrap().left, None, "{name}");
        assert!(verify_on(&lost, true).unwrap().is_sound(), "{name}");
        let short = sound.copy();
        short.shorten(&name, 700);
        assert_eq!(repair_on(&short, &[sound.copy()]).unwrap().left, None, "{name}");
        assert!(verify_on(&short, true).unwrap().is_sound(), "{name}");
    }
}

#[test]
fn a_copy_of_another_history_mends_nothing() {
    let base = journal_of(&[2], 60);
    let history = |writer| {
        let disk = base.copy();
        let mut journal = open(&disk);
        journal.open_epoch(LogTime(9), writer).unwrap();
        journal.append(&drafts(9, 2, 60)).unwrap();
        journal.append(&drafts(19, 2, 60)).unwrap();
        journal.close().unwrap();
        disk
    };
    let (one, two) = (history(80), history(81));
    let bytes = one.bytes_of(FIRST);
    let last = (0..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"NUNG")).max();
    one.harm(FIRST, last.unwrap() + 100, &[0x5a]);
    let before = one.bytes_of(FIRST);
    let done = repair_on(&one, &[two]).unwrap();
    assert_eq!(done.mended, []);
    assert!(one.bytes_of(FIRST) == before, "nothing was changed");
    let left = done.left.expect("it stays damaged");
    assert_eq!(left.sequence, 6);
    assert!(Local::open_on(one, &options()).is_err());
}

#[test]
fn an_older_copy_mends_what_it_has_and_the_rest_is_named() {
    let older = journal_of(&[3, 3], 200);
    let disk = older.copy();
    let mut journal = open(&disk);
    journal.open_epoch(LogTime(9), 80).unwrap();
    journal.append(&drafts(9, 3, 200)).unwrap();
    journal.close().unwrap();
    disk.harm(FIRST, 700, &[0x5a; 9]);
    let done = repair_on(&disk.copy(), &[older.copy()]).unwrap();
    assert_eq!((done.mended.len(), done.left), (1, None));
    let end = disk.bytes_of(FIRST).iter().rposition(|byte| *byte != 0).unwrap();
    disk.harm(FIRST, end - 9, &[0x5a; 9]);
    let done = repair_on(&disk, &[older]).unwrap();
    assert_eq!(done.mended.len(), 1, "what can be mended is");
    assert_eq!(done.left.expect("the copy is too old").sequence, 8);
}

#[test]
fn a_torn_tail_and_a_sound_journal_are_left_alone() {
    let disk = journal_of(&[3, 3], 200);
    let copy = disk.copy();
    assert_eq!(repair_on(&disk, &[copy.copy()]).unwrap().mended, []);
    let end = disk.bytes_of(FIRST).iter().rposition(|byte| *byte != 0).unwrap() + 1;
    disk.harm(FIRST, end.next_multiple_of(512), b"NUNG and half a header");
    let done = repair_on(&disk, &[copy]).unwrap();
    assert_eq!((done.mended, done.left), (vec![], None));
    assert!(Local::open_on(disk, &options()).unwrap().1.cut.is_some());
}

#[test]
fn a_mark_that_survived_brings_lost_records_back() {
    let sound = journal_of(&[3, 3], 200);
    let disk = sound.copy();
    let bytes = disk.bytes_of(FIRST);
    disk.harm(FIRST, 512, &vec![0; bytes.len() - 512]);
    assert_eq!(repair_on(&disk, &[sound.copy()]).unwrap().left, None);
    assert!(disk.bytes_of(FIRST) == bytes);
    // Even when nothing else did.
    disk.lose(FIRST);
    assert!(disk.names().contains(&MARK.to_owned()));
    assert_eq!(repair_on(&disk, &[sound]).unwrap().left, None);
    assert!(disk.bytes_of(FIRST) == bytes);
}

#[test]
fn a_crash_while_mending_is_mended_by_the_next_try() {
    let sound = journal_of(&[3; 24], 300);
    for seed in 0..300 {
        let mut random = Random(seed);
        let disk = sound.copy();
        for name in segments(&sound) {
            disk.harm(&name, 600 + random.below(4000), &[0x5a; 20]);
        }
        disk.fail_after(random.below(30));
        let _ = repair_on(&disk, &[sound.copy()]);
        let disk = disk.cut(&mut random);
        let done = repair_on(&disk, &[sound.copy()]).unwrap();
        assert_eq!(done.left, None, "seed {seed}");
        assert!(verify_on(&disk, true).unwrap().is_sound(), "seed {seed}");
    }
}
