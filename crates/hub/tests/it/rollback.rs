//! A hub whose journal does not continue what others have seen of it does not serve, and does not
//! write.

use hub::parts::{Core, Tree, Witnessed};
use journal::Rollback;
use journal::faults::Disk;
use trust::Digest;

use crate::{admit, start, start_after};

/// What witnesses cosign of a hub that stands here.
fn witnessed(core: &Core<Disk>) -> Witnessed {
    let size = core.shared().with_network(|network| network.sequence().map_or(0, |last| last + 1));
    Witnessed { name: "cosigned.checkpoint".to_owned(), size, root: core.shared().root() }
}

/// Every file of a disk with its bytes, except for the mark, which opening writes anew.
fn files(disk: &Disk) -> Vec<(String, Vec<u8>)> {
    let names = disk.names().into_iter().filter(|name| name.ends_with(".segment"));
    names.map(|name| (name.clone(), disk.bytes_of(&name))).collect()
}

#[track_caller]
fn refused(disk: &Disk, tree: Tree, witnessed: Witnessed) -> Rollback {
    let before = files(disk);
    let error = start_after(disk, (tree, Some(witnessed)), 2).unwrap_err();
    assert_eq!(files(disk), before, "a hub that does not start adds no record");
    let hub::Error::Journal(journal::Error::RolledBack { fault, witness, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(witness, "cosigned.checkpoint");
    fault
}

#[test]
fn an_older_copy_of_the_journal_is_refused_before_anything_is_written() {
    let disk = Disk::with_salts(1);
    let mut core = start(&disk, Tree::in_memory(), 1).unwrap();
    admit(&mut core, 0..10);
    let older = disk.copy();
    admit(&mut core, 10..12);
    let seen = witnessed(&core);
    drop(core);
    assert_eq!(refused(&older, Tree::in_memory(), seen.clone()), Rollback::Lost { journal: 11 });
    start_after(&disk, (Tree::in_memory(), Some(seen)), 2).unwrap();
}

#[test]
fn another_history_is_refused_before_anything_is_written() {
    let disk = Disk::with_salts(1);
    let mut core = start(&disk, Tree::in_memory(), 1).unwrap();
    admit(&mut core, 0..10);
    let other = Witnessed { root: Digest([7; 32]), ..witnessed(&core) };
    admit(&mut core, 10..20);
    drop(core);
    assert_eq!(refused(&disk, Tree::in_memory(), other), Rollback::OtherHistory);
}

#[test]
fn nodes_of_the_tree_that_were_changed_accuse_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let tree = || Tree::in_folder(&folder.path().join("tree"));
    let disk = Disk::with_salts(1);
    let mut core = start(&disk, tree(), 1).unwrap();
    admit(&mut core, 0..10);
    let seen = witnessed(&core);
    admit(&mut core, 10..20);
    core.snapshot().unwrap().save().unwrap();
    drop(core);
    // The snapshot's own root does not depend on this leaf's hash, for it has the node above.
    let leaves = folder.path().join("tree/level-00");
    let mut bytes = std::fs::read(&leaves).unwrap();
    bytes.get_mut(10 * 32..11 * 32).unwrap().fill(7);
    std::fs::write(&leaves, bytes).unwrap();
    start_after(&disk, (tree(), Some(seen)), 2).unwrap();
}
