//! A disk that runs full under a hub: what was decided is held back until there is room, nobody is
//! let in meanwhile, and the hub can be started again.

use hub::Error;
use hub::parts::{Core, Group, Next, Outcome, Taken, Tree};
use journal::faults::Disk;
use tokio::sync::oneshot;

use crate::connections::Link;
use crate::{admission, admit, start};

/// A hub whose disk has just run full, what it holds back, and who waits for that.
struct Full {
    disk: Disk,
    core: Core<Disk>,
    group: Group,
    answer: oneshot::Receiver<Outcome>,
    /// How many institutions are in.
    admitted: u32,
}

fn full() -> Full {
    let disk = Disk::with_salts(1);
    let mut core = start(&disk, Tree::in_memory(), 1).unwrap();
    admit(&mut core, 0..1);
    disk.set_capacity(0);
    for number in 1..2_000 {
        let (mut group, mut answer) = admission(&mut core, number);
        match core.commit(&mut group) {
            Ok(()) => answer.try_recv().unwrap().unwrap(),
            Err(Error::Journal(journal::Error::Full { .. })) => {
                return Full { disk, core, group, answer, admitted: number };
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the disk was never full");
}

#[test]
fn what_finds_no_room_is_held_back_and_committed_when_there_is_some() {
    let Full { disk, mut core, mut group, mut answer, admitted } = full();
    for _ in 0..3 {
        assert!(core.commit(&mut group).is_err());
        assert!(answer.try_recv().is_err(), "nobody is told of what is not durable");
    }
    disk.set_capacity(usize::MAX);
    core.commit(&mut group).unwrap();
    answer.try_recv().unwrap().unwrap();
    admit(&mut core, admitted + 1..admitted + 50);
    drop(core);
    let again = start(&disk, Tree::in_memory(), 2).unwrap();
    let members = again.shared().with_network(|network| network.members().count());
    assert_eq!(u32::try_from(members), Ok(admitted + 50));
}

#[test]
fn nobody_is_let_in_while_there_is_no_room() {
    let Full { disk, mut core, mut group, .. } = full();
    let mut early = Link::accept(&core, 1);
    assert!(matches!(early.greet(), Taken::Next(Next::End(_))));
    assert_eq!(early.bye().as_deref(), Some("HUB001"));
    disk.set_capacity(usize::MAX);
    core.commit(&mut group).unwrap();
    assert!(matches!(Link::accept(&core, 2).greet(), Taken::Work(_)));
}

#[test]
fn a_hub_starts_again_and_again_on_a_full_disk() {
    let Full { disk, core, admitted, .. } = full();
    drop(core);
    for process in 2..10 {
        let core = start(&disk, Tree::in_memory(), process).unwrap();
        let members = core.shared().with_network(|network| network.members().count());
        // What was held back was never answered, and is gone.
        assert_eq!(u32::try_from(members), Ok(admitted));
    }
    disk.set_capacity(usize::MAX);
    let mut core = start(&disk, Tree::in_memory(), 10).unwrap();
    admit(&mut core, admitted..admitted + 10);
}
