//! Many at the door at once: strangers who never finish a handshake, and all members together.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gateway::api::State;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::link::{Link, header, hello};
use crate::net::{Net, PATIENCE, Process, now, pause, payment, until};
use crate::rogue::runtime;
use crate::traffic::setting;

/// Lets this process have as many files open as the system allows.
fn many_files() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

/// Connections that say one byte of a handshake a second, and nothing else.
struct Strangers {
    hub: std::net::SocketAddr,
    open: Vec<TcpStream>,
    refused: usize,
}

impl Strangers {
    fn new(net: &Net) -> Self {
        let hub = fs::read_to_string(net.path("hub/hub.address")).unwrap();
        Self { hub: hub.trim().parse().unwrap(), open: Vec::new(), refused: 0 }
    }

    /// Connects until there are as many as that.
    fn fill(&mut self, count: usize) {
        while self.open.len() < count {
            // A queue that is full costs the stranger time, not us.
            let Ok(stream) = TcpStream::connect_timeout(&self.hub, Duration::from_millis(200))
            else {
                return;
            };
            stream.set_nonblocking(true).unwrap();
            self.open.push(stream);
        }
    }

    /// Each says its next byte; those whom the hub has left are counted.
    fn say(&mut self, at: usize) {
        // A TLS record that promises a ClientHello of 16 KiB.
        let byte = [0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc][at.min(8)];
        let before = self.open.len();
        self.open.retain_mut(|stream| {
            let said = stream.write(&[byte]).is_ok();
            let heard = stream.read(&mut [0; 64]);
            said && heard.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
        });
        self.refused += before - self.open.len();
    }
}

/// Test 29: more strangers at the door than there are places; members go in and out as ever.
/// `NUNCIO_STRANGERS` sets how many.
#[test]
fn slowloris() {
    many_files();
    let strangers_max = usize::try_from(setting("NUNCIO_STRANGERS", 1500)).unwrap();
    let mut net = Net::start();
    let client = net.client("ALPHDEFF");
    let send = |number| {
        let body = payment("ALPHDEFF", "BRAVFRPP", number);
        client.post(&body, &format!("payment-{number}")).id.unwrap()
    };
    client.wait_for(&send(1), &[State::Delivered]);
    let mut strangers = Strangers::new(&net);
    let ending = AtomicBool::new(false);
    let slowest = std::thread::scope(|scope| {
        let crowd = scope.spawn(|| {
            for second in 0.. {
                strangers.fill(strangers_max);
                strangers.say(second);
                if ending.load(Ordering::Relaxed) {
                    return strangers;
                }
                pause(Duration::from_secs(1));
            }
            unreachable!("it goes on until it is told to end")
        });
        // They have filled every place by then.
        pause(Duration::from_secs(2));
        let mut slowest = Duration::ZERO;
        for number in 2..6 {
            // Who is in does not notice; who comes in again hardly does.
            let start = now();
            net.gateways[1].kill_and_start();
            client.wait_for(&send(number), &[State::Delivered]);
            slowest = slowest.max(start.elapsed());
            pause(Duration::from_millis(500));
        }
        ending.store(true, Ordering::Relaxed);
        let mut strangers = crowd.join().unwrap();
        println!("{} strangers, {} were sent away", strangers.open.len(), strangers.refused);
        assert!(strangers.refused > 0, "the door was never full");
        // And all of them are sent away in the end.
        until("the hub has left every stranger", || {
            strangers.say(8);
            pause(Duration::from_millis(200));
            strangers.open.is_empty()
        });
        slowest
    });
    println!("the slowest way in and delivery took {slowest:?}");
    assert!(slowest < PATIENCE / 2, "members wait for strangers: {slowest:?}");
}

/// Test 28 at the size of a CI machine: the hub dies, and all members come back at once. Each finds
/// its numbers where it left them. `NUNCIO_HERD` sets how many members.
#[test]
fn reconnect_herd() {
    many_files();
    let count = u32::try_from(setting("NUNCIO_HERD", 200)).unwrap();
    let letter = |digit: u32| char::from(b'A' + u8::try_from(digit % 26).unwrap());
    let name = |it: u32| {
        let [first, second, third] = [it / 26 / 26, it / 26, it].map(letter);
        format!("H{first}{second}{third}DEFF")
    };
    let names: Vec<String> = (0..count).map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut net = Net::files(&names);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    runtime().block_on(async {
        let mut links = Vec::new();
        for name in &names {
            links.push(Link::open(&net, &net.gateway(name)).await);
        }
        // Every third has sent something.
        for (at, link) in links.iter_mut().enumerate().step_by(3) {
            let body = payment(names[at], names[(at + 1) % names.len()], 1);
            let mut header = header(1, &body);
            header.sender = format!("{}A", names[at]).parse().unwrap();
            link.submit(1, &header, &body).await;
            assert_eq!(link.reasons().await, ["accepted"]);
        }
        drop(links);
        net.hub().kill_and_start();
        let start = now();
        let net = &net;
        let herd = names.iter().enumerate().map(|(at, name)| async move {
            // Whom the hub cannot greet in time calls again, as a gateway does.
            let mut link = loop {
                match Link::connect(net, &net.gateway(name)).await {
                    Ok(link) => break link,
                    Err(error) => assert!(start.elapsed() < PATIENCE, "{name}: {error}"),
                }
            };
            link.say(hello(&format!("{name}A"))).await;
            let welcome = link.welcome().await;
            assert_eq!(welcome.input_number, u64::from(at % 3 == 0), "{name}");
            link
        });
        let links = join_all(herd).await;
        println!("{} members are back after {:?}", links.len(), start.elapsed());
    });
}

/// Waits for all of these, which go on at once.
async fn join_all<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(|context| {
        let mut waits = false;
        for (future, done) in &mut all {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => waits = true,
                }
            }
        }
        if waits { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    all.into_iter().map(|(_, done)| done.unwrap()).collect()
}
