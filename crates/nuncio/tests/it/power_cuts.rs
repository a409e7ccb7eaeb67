//! Power cuts of real processes: what a hub or a gateway has not synced is old, new or a mixture when
//! it starts again.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use gateway::api::State;
use power::{Disk, Lost, Mounted, NotMounted, Random};

use crate::net::{INSTITUTIONS, Net, Process, pause, payment, until};
use crate::traffic::{Traffic, chance, setting};

/// A process and the disk that its whole folder lies on.
struct Machine {
    kind: &'static str,
    folder: std::path::PathBuf,
    disk: Disk,
    /// Invariant: goes after the process, which has files open there.
    _mounted: Mounted,
}

impl Machine {
    /// Moves the folder of a process that does not run to a disk of its own; nothing where the
    /// kernel does not let tests mount.
    fn of(kind: &'static str, folder: &Path) -> Option<Self> {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let origin = folder.with_file_name(format!("{name}.origin"));
        fs::rename(folder, &origin).unwrap();
        fs::create_dir(folder).unwrap();
        let disk = Disk::default();
        let mounted = match disk.mount(folder) {
            Ok(mounted) => mounted,
            Err(NotMounted::Refused(error)) => {
                println!("skipped: the kernel does not let this process mount: {error}");
                return None;
            }
            Err(NotMounted::Failed(error)) => panic!("cannot mount: {error}"),
        };
        copy(&origin, folder);
        // What a process says is no part of its machine.
        let log = folder.with_file_name(format!("{name}.log"));
        symlink(log, folder.join(format!("{kind}.log"))).unwrap();
        disk.sync_all();
        Some(Self { kind, folder: folder.to_owned(), disk, _mounted: mounted })
    }

    fn start(&self) -> Process {
        Process::start(self.kind, &self.folder)
    }

    /// The power goes, then the process, which until then learns only that everything fails.
    fn cut(&self, process: &mut Process, random: &mut Random) -> Lost {
        let lost = self.disk.cut(random);
        // Long enough for a word that should not be said, now and then.
        pause(Duration::from_millis(random.below(40)));
        process.kill();
        self.disk.power_on();
        lost
    }
}

/// Copies all that is in a folder.
fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copied = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&copied).unwrap();
            copy(&entry.path(), &copied);
        } else {
            fs::copy(entry.path(), copied).unwrap();
        }
    }
}

/// A network whose hub and gateways each have a disk of their own; nothing runs.
fn machines(net: &Net) -> Option<Vec<Machine>> {
    let settings = net.path("hub/hub.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}segment_bytes = 50331648\n")).unwrap();
    let mut machines = vec![Machine::of("hub", &net.path("hub"))?];
    for name in INSTITUTIONS {
        machines.push(Machine::of("gateway", &net.gateway(name))?);
    }
    Some(machines)
}

/// Test 12. `NUNCIO_POWER_CUTS` sets how many cuts, `NUNCIO_SEED` another chance.
#[test]
fn power_cut_fuse() {
    let mut random = chance();
    let cuts = setting("NUNCIO_POWER_CUTS", 12);
    let mut net = Net::files(&INSTITUTIONS);
    let Some(machines) = machines(&net) else { return };
    net.hub = Some(machines[0].start());
    for machine in &machines[1..] {
        net.gateways.push(machine.start());
    }
    let traffic = Traffic::start(&net);
    let mut lost = Lost::default();
    for cut in 0..cuts {
        pause(Duration::from_millis(50 + random.below(600)));
        // A site has one supply now and then.
        let hit = match (cut % 4, random.below(4)) {
            (0, _) => 0..1,
            (3, 0) => 0..4,
            (_, gateway) => {
                let gateway = usize::try_from(gateway.max(1)).unwrap();
                gateway..gateway + 1
            }
        };
        for victim in hit {
            let process = match victim {
                0 => net.hub(),
                gateway => &mut net.gateways[gateway - 1],
            };
            let taken = machines[victim].cut(process, &mut random);
            lost.pages += taken.pages;
            lost.names += taken.names;
            *process = machines[victim].start();
        }
    }
    println!("{cuts} cuts took {lost:?}");
    assert!(lost.pages > 0, "a storm that takes nothing proves nothing");
    assert!(traffic.count() > 50, "the storm left no time to send: {}", traffic.count());
    traffic.check(&mut net);
}

/// A gateway whose power goes right after it has taken its first messages has them all the same: the
/// name of its store was durable before its first answer.
#[test]
fn the_first_message_of_a_new_gateway_survives_a_power_cut() {
    let mut random = chance();
    for _ in 0..4 {
        let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
        let Some(machine) = Machine::of("gateway", &net.gateway("ALPHDEFF")) else { return };
        let mut gateway = machine.start();
        let client = net.client("ALPHDEFF");
        let id = client.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "first").id.unwrap();
        machine.cut(&mut gateway, &mut random);
        gateway = machine.start();
        net.gateways.push(gateway);
        let message = client.message(&id);
        assert_eq!(message.input_number, 1);
    }
}

/// Test 7 with a process: after one failed sync the hub says so and ends; the next one serves what
/// the disk really has, and nothing is lost.
#[test]
fn a_hub_whose_sync_fails_once_stops_and_loses_nothing() {
    let mut random = chance();
    let mut net = Net::files(&INSTITUTIONS);
    // The archive syncs on the same disk, and only stands still when that fails.
    let settings = net.path("hub/hub.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}retrieval = false\n")).unwrap();
    let Some(machines) = machines(&net) else { return };
    net.hub = Some(machines[0].start());
    for machine in &machines[1..] {
        net.gateways.push(machine.start());
    }
    let traffic = Traffic::start(&net);
    until("there is traffic", || traffic.count() > 5);
    machines[0].disk.fail_syncs(1);
    let said = net.hub().ends();
    assert!(said.contains("JNL010") || said.contains("sync"), "{said}");
    machines[0].disk.fail_syncs(0);
    // Memory may still hold what the disk never got: it goes with the power.
    machines[0].disk.cut(&mut random);
    machines[0].disk.power_on();
    net.hub = Some(machines[0].start());
    traffic.check(&mut net);
}

/// Test 6 with processes: a disk says that it has synced, and has not; then the power goes.
fn after_a_disk_has_lied(
    lose: impl FnOnce(&Disk) -> Lost,
) -> Option<(Net, Vec<Machine>, Result<Process, String>)> {
    let mut net = Net::files(&INSTITUTIONS);
    let machines = machines(&net)?;
    let disk = &machines[0].disk;
    net.hub = Some(machines[0].start());
    for machine in &machines[1..] {
        net.gateways.push(machine.start());
    }
    let client = net.client("ALPHDEFF");
    let send = |number| {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        client.post(&body, &format!("payment-{number}")).id.unwrap()
    };
    client.wait_for(&send(1), &[State::Delivered]);
    disk.lie(true);
    for number in 2..12 {
        client.wait_for(&send(number), &[State::Delivered]);
    }
    let lost = lose(disk);
    assert!(lost.pages > 0, "{lost:?}");
    net.hub().kill();
    disk.power_on();
    disk.lie(false);
    let started = Process::try_start("hub", &machines[0].folder);
    Some((net, machines, started))
}

#[test]
fn what_is_left_of_a_disk_that_lied_is_damage_to_the_hub() {
    let mut random = chance();
    // Without the mark of how far the journal is durable, see the next test.
    let Some((_net, _machines, hub)) = after_a_disk_has_lied(|disk| disk.cut(&mut random)) else {
        return;
    };
    let said = hub.err().unwrap_or_default();
    assert!(said.contains("the journal is damaged"), "{said}");
}

/// The hub cannot know of what is gone without a trace; those who hold receipts for it do, and none of
/// them goes on with that hub.
#[test]
fn what_a_lying_disk_has_lost_without_a_trace_is_found_by_the_gateways() {
    let Some((mut net, _machines, hub)) = after_a_disk_has_lied(Disk::cut_all) else { return };
    net.hub = Some(hub.unwrap());
    // All of them say that the hub does not hold what it has signed.
    let codes = ["LNK021", "LNK022", "LNK031", "LNK032", "NET024", "NET025"];
    for gateway in &net.gateways[..2] {
        until("sender and receiver refuse the hub", || {
            let said = gateway.log();
            said.contains("link stopped") && codes.iter().any(|code| said.contains(code))
        });
    }
}
