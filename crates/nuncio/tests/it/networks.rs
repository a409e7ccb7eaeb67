//! Bad networks between a hub and its gateways: connections that are cut, slow, deaf or late, and a
//! network in which the two do not see each other at all.

use std::fs;
use std::process::Command;
use std::time::Duration;

use gateway::api::State;

use crate::net::{INSTITUTIONS, Net, Process, now, pause, payment, until};
use crate::proxy::Proxy;
use crate::traffic::{Traffic, chance, setting};

/// A network that runs, in which each gateway reaches the hub by a proxy of its own.
fn proxied() -> (Net, Vec<Proxy>) {
    let mut net = Net::files(&INSTITUTIONS);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    let hub = fs::read_to_string(net.path("hub/hub.address")).unwrap();
    let hub = hub.trim();
    let mut proxies = Vec::new();
    for name in INSTITUTIONS {
        let proxy = Proxy::start(hub.parse().unwrap());
        let settings = net.gateway(name).join("gateway.toml");
        let text = fs::read_to_string(&settings).unwrap();
        let changed = text.replace(hub, &proxy.address().to_string());
        assert_ne!(text, changed, "the hub's address stands in gateway.toml");
        fs::write(settings, changed).unwrap();
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
        proxies.push(proxy);
    }
    (net, proxies)
}

#[test]
fn connections_that_are_cut_slow_deaf_or_late_lose_and_double_nothing() {
    let mut random = chance();
    let time = Duration::from_secs(setting("NUNCIO_WEATHER_SECONDS", 8));
    let (mut net, proxies) = proxied();
    let traffic = Traffic::start(&net);
    let start = now();
    let mut faults = [0; 4];
    while start.elapsed() < time {
        let proxy = &proxies[usize::try_from(random.below(3)).unwrap()];
        let fault = usize::try_from(random.below(4)).unwrap();
        faults[fault] += 1;
        match fault {
            0 => proxy.cut(),
            1 => {
                proxy.delay(Duration::from_millis(5 + random.below(80)));
                pause(Duration::from_millis(300));
                proxy.delay(Duration::ZERO);
            }
            2 => {
                proxy.deafen();
                pause(Duration::from_millis(300));
                proxy.cut();
            }
            _ => {
                // A connection that comes after this is not parted, and need not be.
                let before = proxy.opened();
                proxy.hold();
                pause(Duration::from_millis(60));
                proxy.part();
                until("the gateway connects again", || proxy.opened() > before);
                pause(Duration::from_millis(random.below(200)));
                proxy.release();
            }
        }
        pause(Duration::from_millis(random.below(200)));
    }
    // At least once bytes come late, whatever the faults before have met.
    let (proxy, kept) = (&proxies[0], proxies[0].kept());
    until("something is kept back", || {
        proxy.hold();
        proxy.kept() > kept
    });
    let before = proxy.opened();
    proxy.part();
    until("the gateway connects again", || proxy.opened() > before);
    proxy.release();
    until("the old bytes have come", || proxy.late() > 0);
    let late: usize = proxies.iter().map(Proxy::late).sum();
    println!("{faults:?} cuts, delays, deaf and late connections; {late} bytes came late");
    traffic.check(&mut net);
}

#[test]
fn a_message_whose_first_connection_comes_late_is_delivered_once() {
    let (net, proxies) = proxied();
    let (client, proxy) = (net.client("ALPHDEFF"), &proxies[0]);
    let send = |number| {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        client.post(&body, &format!("payment-{number}")).id.unwrap()
    };
    client.wait_for(&send(1), &[State::Delivered]);
    proxy.hold();
    let id = send(2);
    // Nobody knows what became of it.
    let bytes = payment("ALPHDEFF", "BRAVFRPP", 2).len();
    until("its frame is on the way", || proxy.kept() > bytes);
    let before = proxy.opened();
    proxy.part();
    until("the gateway connects again", || proxy.opened() > before);
    client.wait_for(&id, &[State::Delivered]);
    proxy.release();
    until("the old bytes have come", || proxy.late() > 0);
    client.wait_for(&send(3), &[State::Delivered]);
    let got: Vec<_> = net.client("BRAVFRPP").inbox().into_iter().map(|it| it.id).collect();
    assert_eq!(got, ["ALPHDEFFA-1", "ALPHDEFFA-2", "ALPHDEFFA-3"]);
}

/// TCP alone never ends such a connection, for the other end of it is well: only the protocol's own
/// question and no answer to it within its time does.
#[test]
fn a_connection_that_carries_nothing_any_more_is_given_up() {
    let (net, proxies) = proxied();
    let client = net.client("ALPHDEFF");
    let first = client.post(&payment("ALPHDEFF", "BRAVFRPP", 1), "first").id.unwrap();
    client.wait_for(&first, &[State::Delivered]);
    for proxy in &proxies {
        proxy.deafen();
    }
    let id = client.post(&payment("ALPHDEFF", "BRAVFRPP", 2), "second").id.unwrap();
    // Both ends have a dead connection: the sender submits anew, and the receiver is offered anew.
    client.wait_for(&id, &[State::Delivered]);
    let got: Vec<_> = net.client("BRAVFRPP").inbox().into_iter().map(|it| it.id).collect();
    assert_eq!(got, [first, id]);
}

/// A network namespace with the hub in it, joined to ours by one cable.
struct Island {
    name: String,
    cable: String,
}

impl Island {
    /// Nothing where the kernel does not let this process make one. The program that does it must be
    /// there.
    fn make() -> Option<Self> {
        let id = std::process::id();
        let island = Self { name: format!("nuncio-{id}"), cable: format!("nun{id}") };
        if Command::new("ip").arg("-V").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "CI must have ip (Debian: iproute2)");
            println!("skipped: there is no program ip (Debian: iproute2)");
            return None;
        }
        let (name, cable) = (island.name.clone(), island.cable.clone());
        let far = format!("{cable}h");
        let (near_address, far_address) = (island.address(1), island.address(2));
        let steps: [&[&str]; 6] = [
            &["netns", "add", &name],
            &["link", "add", &cable, "type", "veth", "peer", "name", &far, "netns", &name],
            &["address", "add", &near_address, "dev", &cable],
            &["link", "set", &cable, "up"],
            &["-n", &name, "address", "add", &far_address, "dev", &far],
            &["-n", &name, "link", "set", &far, "up"],
        ];
        for step in steps {
            let output = Command::new("ip").args(step).output().unwrap();
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                println!("skipped: the kernel refuses 'ip {}': {said}", step.join(" "));
                return None;
            }
        }
        Some(island)
    }

    /// The end of the cable with this number, with the length of the network.
    fn address(&self, end: u32) -> String {
        // Of RFC 2544's networks for tests; another one for each process.
        let id = std::process::id();
        format!("198.18.{}.{}/30", id / 64 % 256, id % 64 * 4 + end)
    }

    fn cable(&self, state: &str) {
        let status = Command::new("ip").args(["link", "set", &self.cable, state]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        for step in [["link", "delete", &self.cable], ["netns", "delete", &self.name]] {
            let _ = Command::new("ip").args(step).output();
        }
    }
}

#[test]
fn a_partition_between_hub_and_gateways_loses_nothing() {
    let mut random = chance();
    let time = Duration::from_secs(setting("NUNCIO_PARTITION_SECONDS", 8));
    let Some(island) = Island::make() else { return };
    let address = island.address(2).replace("/30", ":7400");
    let mut net = Net::files_at(&INSTITUTIONS, &address);
    let hub = Process::start_by(&["ip", "netns", "exec", &island.name], "hub", &net.path("hub"));
    net.hub = Some(hub);
    for name in INSTITUTIONS {
        net.gateways.push(Process::start("gateway", &net.gateway(name)));
    }
    let traffic = Traffic::start(&net);
    let start = now();
    let mut partitions = 0;
    while start.elapsed() < time {
        pause(Duration::from_millis(100 + random.below(500)));
        // Mostly moments, which lose some packets; now and then long enough for answers to be late.
        let long = if random.below(4) == 0 { 1500 } else { 40 };
        island.cable("down");
        pause(Duration::from_millis(random.below(long)));
        island.cable("up");
        partitions += 1;
    }
    println!("{partitions} partitions");
    traffic.check(&mut net);
}
