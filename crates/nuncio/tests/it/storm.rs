//! A storm of kills: hub and gateways die at random while institutions send.

use std::time::Duration;

use crate::net::{Net, now, pause};
use crate::traffic::{Traffic, chance, setting};

/// How many processes are killed, unless `NUNCIO_STORM_SECONDS` says how long to go on.
const KILLS: u32 = 200;

#[test]
fn nothing_acknowledged_is_lost_doubled_altered_or_reordered() {
    let mut random = chance();
    let time = Duration::from_secs(setting("NUNCIO_STORM_SECONDS", 0));
    let mut net = Net::start();
    let traffic = Traffic::start(&net);
    let mut kills = [0_u32; 4];
    let start = now();
    while kills.iter().sum::<u32>() < KILLS || start.elapsed() < time {
        pause(Duration::from_millis(20 + random.below(180)));
        let victim = usize::try_from(random.below(4)).unwrap();
        kills[victim] += 1;
        match victim {
            0 => net.hub().kill_and_start(),
            gateway => net.gateways[gateway - 1].kill_and_start(),
        }
    }
    println!("{kills:?} kills of the hub and three gateways in {:?}", start.elapsed());
    assert!(traffic.count() > 200, "the storm left no time to send: {}", traffic.count());
    traffic.check(&mut net);
}
