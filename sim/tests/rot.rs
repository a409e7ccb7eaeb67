//! Bits that change on disks while nobody looks: in a gateway's store and in the hub's snapshots; and
//! a write of the hub that goes to another place. What is damaged is refused by name, or passed over
//! where nothing hangs on it, and is never served.
//!
//! Rot in the journal is one of the faults of every run from a seed (`hub-rot`).

use journal::faults::Random;
use sim::scenario::Result;
use sim::{Find, Kind, Scenario};

const SECOND: u64 = 1_000_000;

/// A network in which a good deal was sent both ways.
fn busy(seed: u64) -> Result<Scenario> {
    let mut net = Scenario::new(seed, 2)?;
    for _ in 0..6 {
        net.strike(Kind::Post, 0, 1);
        net.strike(Kind::PostUrgent, 1, 0);
        net.play_for(SECOND / 2)?;
    }
    net.play_for(2 * SECOND)?;
    Ok(net)
}

/// What came of a gateway whose store has changed.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It said that the store is damaged, and did not start.
    Named,
    /// It started, and everything that it was asked for was there and right.
    Unharmed,
}

/// A bit of a gateway's store changes while it is off.
fn rot(seed: u64) -> Result<Fate> {
    let mut net = busy(seed)?;
    let mut random = Random(seed);
    net.turn_off(1);
    net.play_for(SECOND)?;
    let at = random.below(net.store_bytes(1));
    let bits = 1 << random.below(8);
    net.harm_store(1, at, bits);
    net.turn_on(1);
    match net.play_for(2 * SECOND) {
        Err(Find { text, .. }) if text.starts_with("gateway 1 does not start") => {
            // There is a good copy of that byte.
            net.harm_store(1, at, bits);
            net.turn_on(1);
            net.strike(Kind::Post, 0, 1);
            net.settle()?;
            Ok(Fate::Named)
        }
        Err(find) => Err(find),
        Ok(()) => {
            net.strike(Kind::Post, 0, 1);
            net.settle()?;
            Ok(Fate::Unharmed)
        }
    }
}

#[test]
fn a_changed_bit_of_a_gateways_store_is_named_or_harms_nothing() {
    let (mut named, mut unharmed) = (0, 0);
    for seed in 0..150 {
        match rot(seed) {
            Ok(Fate::Named) => named += 1,
            Ok(Fate::Unharmed) => unharmed += 1,
            Err(find) => panic!("seed {seed}: {find}"),
        }
    }
    println!("named in {named} runs, without harm in {unharmed}");
    assert!(named >= 5 && unharmed >= 5, "both take place: {named}, {unharmed}");
}

#[test]
fn a_changed_bit_of_a_snapshot_is_passed_over() -> Result {
    let mut struck = 0;
    for seed in 0..60 {
        let mut net = busy(seed)?;
        net.stop_hub();
        net.play_for(SECOND)?;
        let mut random = Random(seed);
        let disk = net.hub_disk().clone();
        for name in disk.names().iter().filter(|name| name.ends_with(".snapshot")) {
            let bytes = disk.bytes_of(name);
            let at = random.below(bytes.len());
            let byte = bytes.get(at).copied().unwrap_or_default();
            disk.harm(name, at, &[byte ^ (1 << random.below(8))]);
            struck += 1;
        }
        net.start_hub();
        net.strike(Kind::Post, 0, 1);
        net.settle()?;
        assert_eq!(net.came().len(), 13, "seed {seed}");
    }
    assert!(struck > 20, "{struck} snapshots were there");
    Ok(())
}

#[test]
fn a_write_of_the_hub_that_goes_elsewhere_is_named_at_the_next_start() -> Result {
    for seed in 0..60 {
        let mut net = busy(seed)?;
        let disk = net.hub_disk().clone();
        let mut names = disk.names();
        names.retain(|name| name.ends_with(".segment"));
        let active = names.last().expect("there is a journal");
        // Some sectors on, or nowhere: the disk says that all is well.
        let by = [512, 4_096, i64::MAX / 2][usize::try_from(seed % 3).expect("it is small")];
        disk.misdirect(active, by);
        net.strike(Kind::Post, 0, 1);
        // What is read of that place meanwhile is refused too.
        let found = net.play_for(3 * SECOND).and_then(|()| {
            net.stop_hub();
            net.play_for(SECOND)?;
            net.start_hub();
            net.play_for(2 * SECOND)
        });
        let Err(Find { text, .. }) = found else { panic!("seed {seed}: it was not noticed") };
        let named = text.contains("damaged");
        assert!(named, "seed {seed}: {text}");
    }
    Ok(())
}

#[test]
fn a_sector_that_cannot_be_read_stops_what_needs_it_and_nothing_is_made_up() -> Result {
    let mut stopped = 0;
    for seed in 0..60 {
        let mut net = busy(seed)?;
        // Messages wait in lanes, so the hub has to read them again.
        net.turn_off(1);
        for _ in 0..4 {
            net.strike(Kind::Post, 0, 1);
            net.play_for(SECOND / 2)?;
        }
        let disk = net.hub_disk().clone();
        let mut names = disk.names();
        names.retain(|name| name.ends_with(".segment"));
        let mut random = Random(seed);
        let name = &names[random.below(names.len())];
        let last = disk.bytes_of(name).iter().rposition(|byte| *byte != 0).unwrap_or(0);
        disk.spoil(name, random.below(last + 1));
        if seed % 2 == 0 {
            net.stop_hub();
            net.play_for(SECOND)?;
            net.start_hub();
        }
        net.turn_on(1);
        net.play_for(5 * SECOND)?;
        disk.mend();
        net.strike(Kind::Post, 0, 1);
        let counts = net.settle()?;
        stopped += u32::from(counts.unreadable > 0);
        assert_eq!(net.came().len(), 17, "seed {seed}");
    }
    println!("in {stopped} of 60 runs something needed the sector");
    assert!(stopped >= 20, "{stopped}");
    Ok(())
}
