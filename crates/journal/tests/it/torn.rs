//! A group that was never synced is cut, and nothing else is.

use journal::{Local, verify_on};

use crate::support::{all, drafts, journal_of, journal_on, open, options};
use journal::faults::{Disk, Random};

const SEGMENT: &str = "00000000000000000000.segment";

/// A journal before its last group, the group as it stands behind, and the offset at which it does.
fn last_group(groups: &[u64], last: u64, payload: usize) -> (Disk, Vec<u8>, usize) {
    let disk = journal_of(groups, payload);
    let before = disk.copy();
    let mut journal = open(&disk);
    // The process that opens an epoch and the one that writes the group are the same; the group
    // under test is only the last.
    journal.open_epoch(trust::LogTime(9), 78).unwrap();
    let with_epoch = disk.copy();
    journal.append(&drafts(journal.next_sequence(), last, payload)).unwrap();
    let old = with_epoch.bytes_of(SEGMENT);
    let new = disk.bytes_of(SEGMENT);
    let start = (0..old.len()).find(|at| old[*at] != new[*at]).expect("a group was written");
    let end = (0..old.len()).rfind(|at| old[*at] != new[*at]).expect("a group was written") + 1;
    assert!(before.bytes_of(SEGMENT)[start..].iter().all(|byte| *byte == 0));
    (with_epoch, new[start..end].to_vec(), start)
}

#[test]
fn a_group_torn_at_any_byte_is_cut_whole() {
    let (disk, group, start) = last_group(&[2, 3], 3, 120);
    let kept = all(&open(&disk.copy()).reader());
    for length in 0..group.len() {
        let disk = disk.copy();
        disk.harm(SEGMENT, start, &group[..length]);
        let report = verify_on(&disk, true).unwrap();
        assert_eq!((report.damage, report.torn.is_some()), (None, length > 0), "{length} bytes");
        let (mut journal, recovered) = Local::open_on(disk.clone(), &options()).unwrap();
        assert_eq!(recovered.chain.next, kept.len() as u64, "{length} bytes");
        assert_eq!(recovered.cut.map(|cut| cut.offset), (length > 0).then_some(start as u64));
        assert_eq!(all(&journal.reader()), kept, "{length} bytes");
        // Nothing is left of it, and the journal goes on.
        assert!(disk.bytes_of(SEGMENT)[start..].iter().all(|byte| *byte == 0));
        journal.open_epoch(trust::LogTime(9), 79).unwrap();
        journal.append(&drafts(100, 1, 10)).unwrap();
        journal.close().unwrap();
        assert!(verify_on(&disk, true).unwrap().is_sound());
    }
    disk.harm(SEGMENT, start, &group);
    assert_eq!(all(&open(&disk).reader()).len(), kept.len() + 3, "a whole group is kept");
}

#[test]
fn a_group_of_which_any_sectors_arrived_is_cut_or_kept_whole() {
    let (disk, mut group, start) = last_group(&[2, 3], 4, 700);
    group.resize(group.len().next_multiple_of(512), 0);
    let kept = all(&open(&disk.copy()).reader());
    let sectors = group.len() / 512;
    assert!(sectors <= 10, "each set of sectors is tried: {sectors}");
    for set in 0_u32..1 << sectors {
        let disk = disk.copy();
        for sector in (0..sectors).filter(|sector| set >> sector & 1 == 1) {
            let at = sector * 512;
            disk.harm(SEGMENT, start + at, &group[at..at + 512]);
        }
        let (journal, _) = Local::open_on(disk.clone(), &options()).unwrap();
        let got = all(&journal.reader());
        let whole = (0..sectors).all(|sector| {
            let at = start + sector * 512;
            disk.bytes_of(SEGMENT)[at..at + 512] == group[sector * 512..(sector + 1) * 512]
        });
        assert_eq!(got.len(), kept.len() + if whole { 4 } else { 0 }, "set {set:b}");
        assert_eq!(got[..kept.len()], kept);
    }
}

#[test]
fn remains_of_a_cut_group_never_come_back() {
    // The group that is cut and the one that takes its place have records of the same sequences at
    // the same places; then the second is torn in every way.
    let (disk, group, start) = last_group(&[2], 4, 300);
    let mut random = Random(3);
    for _ in 0..200 {
        let disk = disk.copy();
        let length = random.below(group.len());
        disk.harm(SEGMENT, start, &group[..length]);
        let mut journal = open(&disk);
        let kept = all(&journal.reader()).len();
        journal.open_epoch(trust::LogTime(9), 80).unwrap();
        let disk_before = disk.copy();
        journal.append(&drafts(500, 3, 300)).unwrap();
        let new = disk.bytes_of(SEGMENT);
        let old = disk_before.bytes_of(SEGMENT);
        let at = (0..old.len()).find(|at| old[*at] != new[*at]).unwrap();
        let torn = disk_before.copy();
        torn.harm(SEGMENT, at, &new[at..at + random.below(1200)]);
        let records = all(&open(&torn).reader());
        assert_eq!(records.len(), kept + 1);
        assert!(records.iter().all(|record| record.head.writer != 78 || record.head.sequence < 4));
    }
}

#[test]
fn a_message_that_looks_like_a_journal_does_not_pass_for_one() {
    // A sender puts a whole journal into its message, at every alignment, and the power goes while
    // it is written: no group and no record in it is taken for a later one of ours.
    let bait = journal_on(Disk::with_salts(8), &[3, 3, 3], 40).bytes_of(SEGMENT);
    for shift in 0..64 {
        let disk = journal_of(&[2], 40);
        let mut journal = open(&disk);
        journal.open_epoch(trust::LogTime(9), 78).unwrap();
        let before = disk.copy();
        let payload: Vec<u8> = [&vec![0; shift * 8][..], &bait[512..8192]].concat();
        let draft = journal::Draft {
            payload_digest: trust::Digest::of(&payload),
            payload: payload.into(),
            ..crate::support::draft(4, 20, 0)
        };
        journal.append(&[draft]).unwrap();
        let new = disk.bytes_of(SEGMENT);
        let start = (0..new.len()).find(|at| new[*at] != before.bytes_of(SEGMENT)[*at]).unwrap();
        before.lose("durable.mark");
        // The first sector with the group's header is lost, the rest is there.
        before.harm(SEGMENT, start + 512, &new[start + 512..]);
        let (journal, recovered) = Local::open_on(before, &options()).unwrap();
        assert_eq!(journal.next_sequence(), 4);
        assert!(recovered.cut.is_some());
    }
}
