//! A hub that starts from a snapshot and what came after is the hub that reads its whole journal.

use std::path::Path;

use hub::parts::{Core, Tree};
use journal::faults::{Disk, Random};

use crate::{admit, start, state};

/// The disk without its snapshots.
fn forgetful(disk: &Disk) -> Disk {
    let copy = disk.copy();
    let names = copy.names();
    for name in names.iter().filter(|name| name.ends_with(".snapshot")) {
        copy.lose(name);
    }
    copy
}

#[test]
fn a_snapshot_and_the_tail_give_the_state_that_the_whole_journal_gives() {
    for seed in 0..20 {
        let disk = Disk::with_salts(seed);
        let mut core = start(&disk, Tree::in_memory(), 1).unwrap();
        let mut random = Random(seed);
        admit(&mut core, 0..40);
        let first = u32::try_from(random.below(30)).unwrap();
        core.snapshot().unwrap().save().unwrap();
        admit(&mut core, 40..40 + first);
        if seed % 2 == 0 {
            core.snapshot().unwrap().save().unwrap();
        }
        admit(&mut core, 100..110);
        drop(core);
        // The power fails: what was not synced may be gone.
        let disk = disk.cut(&mut random);
        let whole = start(&forgetful(&disk), Tree::in_memory(), 2).unwrap();
        let resumed = start(&disk, Tree::in_memory(), 2).unwrap();
        assert_eq!(state(&resumed), state(&whole), "seed {seed}");
    }
}

#[test]
fn the_nodes_of_the_log_go_on_or_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let tree = |folder: &Path| Tree::in_folder(&folder.join("tree"));
    let disk = Disk::with_salts(7);
    let mut core = start(&disk, tree(folder.path()), 1).unwrap();
    admit(&mut core, 0..100);
    core.snapshot().unwrap().save().unwrap();
    admit(&mut core, 100..120);
    drop(core);
    let root = |core: &Core<Disk>| core.shared().root();
    let whole = start(&forgetful(&disk), Tree::in_memory(), 2).unwrap();
    let resumed = start(&disk.copy(), tree(folder.path()), 2).unwrap();
    assert_eq!(root(&resumed), root(&whole));
    drop(resumed);
    std::fs::write(folder.path().join("tree/level-01"), b"not nodes").unwrap();
    let anew = start(&disk.copy(), tree(folder.path()), 2).unwrap();
    assert_eq!(root(&anew), root(&whole));
}

#[test]
fn a_hub_whose_journal_ends_before_its_snapshot_does_not_serve() {
    let disk = Disk::with_salts(3);
    let mut core = start(&disk, Tree::in_memory(), 1).unwrap();
    admit(&mut core, 0..10);
    let older = disk.copy();
    admit(&mut core, 10..20);
    core.snapshot().unwrap().save().unwrap();
    drop(core);
    // Somebody puts an older copy of the journal back, beside the snapshot.
    for name in disk.names().iter().filter(|name| name.ends_with(".snapshot")) {
        older.plant(name, &disk.bytes_of(name));
    }
    let refused = start(&older, Tree::in_memory(), 2).unwrap_err();
    assert!(
        matches!(refused, hub::Error::Journal(journal::Error::RolledBack { .. })),
        "{refused:?}"
    );
}
