//! A hub that starts from a snapshot and what came after is the hub that reads its whole journal.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;

use document::{Profile, Rules};
use hub::parts::{Core, Group, Settings, Start, Tree, Work};
use journal::faults::{Disk, Random};
use journal::{Options, Preparation};
use network::{Admit, Command};
use tokio::sync::oneshot;
use trust::{Algorithm, Digest, LogTime, NetworkName, NoteSigner, Origin, Shard, SigningKey};

fn network() -> NetworkName {
    "test".parse().unwrap()
}

fn signer() -> NoteSigner {
    let name = Origin { network: network(), shard: Shard(0) }.to_string();
    NoteSigner::new(&name, SigningKey::generate(Algorithm::Ed25519).unwrap()).unwrap()
}

fn start(disk: &Disk, tree: Tree, process: u32) -> Result<Core<Disk>, hub::Error> {
    let start = Start {
        settings: Settings { network: network(), window: 8, message_bytes_max: 65_536 },
        rules: Rules::built_in(Profile::Base),
        medium: disk.clone(),
        journal: Options {
            segment_bytes: 128 * 1024,
            block_bytes: 512,
            create: true,
            preparation: Preparation::Inline,
            ..Options::new(network(), Shard(0))
        },
        tree,
        signer: signer(),
        process,
    };
    Core::start(start, || LogTime(1_000_000))
}

/// Admits an institution for each number, each in a group of its own.
fn admit(core: &mut Core<Disk>, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let letter =
            |at: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(at) % 26).unwrap());
        let bic = format!("A{}{}{}DEFF", letter(2), letter(1), letter(0));
        let (institution, name) = (bic.parse().unwrap(), bic.parse().unwrap());
        let (asked, mut answer) = oneshot::channel();
        let order = Command::Admit(Admit { institution, name });
        let mut group = Group::default();
        core.decide(Work::order(order, asked), LogTime(2_000_000), &mut group);
        core.commit(group).unwrap();
        answer.try_recv().unwrap().unwrap();
    }
}

fn state(core: &Core<Disk>) -> Digest {
    core.shared().with_network(network::Network::hash)
}

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
