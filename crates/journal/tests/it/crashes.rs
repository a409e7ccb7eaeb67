//! Power cuts and kills at any moment, again and again: nothing that was acknowledged is lost.

use journal::{Error, Local, Record, verify_on};
use trust::LogTime;

use crate::support::{all, draft, options, record};
use journal::faults::{Disk, Random};

/// What one life of a hub did.
struct Life {
    /// What it was told to be durable.
    acknowledged: Vec<Record>,
    /// How many records it had begun to commit when the power went.
    unknown: usize,
}

/// Opens the journal and appends until the power goes.
fn live(disk: &Disk, random: &mut Random, known: &[Record]) -> Result<Life, Error> {
    let mut life = Life { acknowledged: known.to_vec(), unknown: 1 };
    let (mut journal, recovered) = Local::open_on(disk.clone(), &options())?;
    let found = all(&journal.reader());
    assert!(found.len() >= known.len(), "{} of {} records", found.len(), known.len());
    assert_eq!(found[..known.len()], *known, "after {:?}", recovered.cut);
    life.acknowledged = found;
    let Ok(opened) = journal.open_epoch(LogTime(1), random.number()) else { return Ok(life) };
    life.acknowledged.push(journal.reader().read(opened.head.sequence).unwrap());
    life.unknown = 0;
    for _ in 0..random.below(12) {
        let mut staged = Vec::new();
        for _ in 0..=random.below(6) {
            let draft = draft(random.number(), random.below(60), random.below(2500));
            match journal.stage(&draft) {
                Ok(stamped) => staged.push(record(&draft, &stamped)),
                Err(Error::GroupFull { .. }) => break,
                Err(Error::Stopped { .. }) => return Ok(life),
                Err(error) => return Err(error),
            }
        }
        if journal.commit().is_err() {
            life.unknown = staged.len();
            return Ok(life);
        }
        life.acknowledged.append(&mut staged);
        if random.below(5) == 0 && journal.settle().is_err() {
            return Ok(life);
        }
    }
    Ok(life)
}

#[track_caller]
fn run(seed: u64) {
    let mut random = Random(seed);
    let mut disk = Disk::new();
    let mut known: Vec<Record> = Vec::new();
    for _ in 0..8 {
        disk.fail_after(random.below(40));
        match live(&disk, &mut random, &known) {
            Ok(life) => {
                known = life.acknowledged;
                if random.below(3) == 0 {
                    // Only the process died. What the next one finds, it serves.
                    continue;
                }
                disk = disk.cut(&mut random);
                let next = verify_on(&disk, true).map_or(0, |report| {
                    assert_eq!(report.damage, None, "seed {seed}");
                    report.records
                });
                let most = known.len() + life.unknown;
                assert!(next <= most as u64, "seed {seed}: {next} of at most {most} records");
            }
            // The power went while it was opened, which may be before there was a journal.
            Err(Error::Io { .. } | Error::Stopped { .. }) => disk = disk.cut(&mut random),
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    disk.fail_after(usize::MAX);
    let life = live(&disk, &mut random, &known).expect("the power is back");
    assert!(life.acknowledged.len() >= known.len());
}

#[test]
fn what_was_acknowledged_survives_power_cuts() {
    // More with JOURNAL_SEEDS=100000 in the environment.
    let seeds = std::env::var("JOURNAL_SEEDS").map_or(500, |text| text.parse().expect("a number"));
    for seed in 0..seeds {
        run(seed);
    }
}

#[test]
fn a_killed_process_loses_nothing_that_it_had_written() {
    // No power cut: what was written stands in memory, synced or not.
    for seed in 0..300 {
        let mut random = Random(seed);
        let disk = Disk::new();
        let mut known: Vec<Record> = Vec::new();
        for _ in 0..5 {
            disk.fail_after(random.below(60));
            let outcome = live(&disk, &mut random, &known);
            disk.fail_after(usize::MAX);
            match outcome {
                Ok(life) => known = life.acknowledged,
                Err(Error::Io { .. } | Error::Stopped { .. }) => {}
                Err(error) => panic!("seed {seed}: {error}"),
            }
        }
    }
}

#[test]
fn a_disk_whose_syncs_lie_is_found_out_by_the_mark() {
    // The mark happens to arrive, the group of which it speaks does not.
    let mut found = 0;
    for seed in 0..200 {
        let mut random = Random(seed);
        let disk = Disk::new();
        let (mut journal, _) = Local::open_on(disk.clone(), &options()).unwrap();
        journal.open_epoch(LogTime(1), 9).unwrap();
        journal.append(&[draft(1, 10, 600)]).unwrap();
        disk.lie();
        journal.append(&[draft(2, 10, 600)]).unwrap();
        journal.append(&[draft(3, 10, 600)]).unwrap();
        drop(journal);
        match Local::open_on(disk.cut(&mut random), &options()) {
            Ok((journal, _)) => assert!(journal.next_sequence() >= 2),
            Err(Error::Damaged(_)) => found += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(found > 50, "found in {found} of 200 runs");
}
