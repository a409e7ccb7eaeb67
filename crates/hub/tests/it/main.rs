//! The hub's parts, driven in one thread on a simulated disk.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod connections;
mod formats;
mod rollback;
mod room;
mod snapshots;

use document::{Profile, Rules};
use hub::parts::{Core, Group, Outcome, Settings, Start, Tree, Witnessed, Work};
use journal::faults::Disk;
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
    start_after(disk, (tree, None), process)
}

/// Starts a hub that knows what witnesses have cosigned.
fn start_after(
    disk: &Disk,
    (tree, witnessed): (Tree, Option<Witnessed>),
    process: u32,
) -> Result<Core<Disk>, hub::Error> {
    let start = Start {
        settings: Settings { network: network(), window: 8, message_bytes_max: 65_536 },
        rules: Rules::built_in(Profile::Base),
        medium: disk.clone(),
        journal: Options {
            segment_bytes: 128 * 1024,
            block_bytes: 512,
            create: true,
            preparation: Preparation::Inline,
            reserve_bytes: 8 * 1024,
            ..Options::new(network(), Shard(0))
        },
        tree,
        signer: signer(),
        process,
        witnessed,
    };
    Core::start(start, || LogTime(1_000_000))
}

/// Admits an institution for each number, each in a group of its own.
fn admit(core: &mut Core<Disk>, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let (mut group, mut answer) = admission(core, number);
        core.commit(&mut group).unwrap();
        answer.try_recv().unwrap().unwrap();
    }
}

/// Decides to admit the institution of a number, and says who hears when that is durable.
fn admission(core: &mut Core<Disk>, number: u32) -> (Group, oneshot::Receiver<Outcome>) {
    let letter = |at: u32| char::from(b'A' + u8::try_from(number / 26_u32.pow(at) % 26).unwrap());
    let bic = format!("A{}{}{}DEFF", letter(2), letter(1), letter(0));
    let (institution, name) = (bic.parse().unwrap(), bic.parse().unwrap());
    let (asked, answer) = oneshot::channel();
    let order = Command::Admit(Admit { institution, name });
    let mut group = Group::default();
    core.decide(Work::order(order, asked), LogTime(2_000_000), &mut group);
    (group, answer)
}

fn state(core: &Core<Disk>) -> Digest {
    core.shared().with_network(network::Network::hash)
}
