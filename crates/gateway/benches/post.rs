//! How many messages a second a gateway takes from back offices, each durable before its answer.
//!
//! `cargo bench -p gateway --bench post` starts a gateway in a temporary folder, without a hub, and
//! posts the sample payment over some connections at once, each waiting for its answer.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails has failed")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../tests/it/folder.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod folder;
#[path = "../../session/tests/it/hub.rs"]
#[allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "shared with the tests of crate session"
)]
mod hub;

const SAMPLE: &str = include_str!("../../../samples/pacs.008.001.08.xml");
const TIME: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    for connections in [1, 16, 64, 256] {
        measure(connections).await;
    }
}

async fn measure(connections: usize) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder::make(folder.path(), &folder::authority(), "ALPHDEFFA", "127.0.0.1:1");
    let address_file = config.file(&config.files.address);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let gateway = tokio::spawn(gateway::run(config, async {
        let _ = stopped.await;
    }));
    let address = loop {
        if let Ok(Ok(address)) = std::fs::read_to_string(&address_file).map(|it| it.trim().parse())
        {
            break address;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let keys: &'static AtomicU64 = Box::leak(Box::default());
    let begin = now();
    let posting = (0..connections).map(|_| tokio::spawn(post(address, keys, begin)));
    let posting: Vec<_> = posting.collect();
    let mut waits = Vec::new();
    for task in posting {
        waits.extend(task.await.unwrap());
    }
    let seconds = begin.elapsed().as_secs_f64();
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap();
    println!(
        "{connections:>4} connections: {:>6.0} messages/s, answer p50 {:?}, p99 {:?}",
        waits.len() as f64 / seconds,
        at(50),
        at(99)
    );
    stop.send(()).unwrap();
    gateway.await.unwrap().unwrap();
}

/// Posts on one connection until the time is over; gives how long each answer took.
async fn post(address: SocketAddr, keys: &AtomicU64, begin: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut waits, mut answer) = (Vec::new(), vec![0; 8_192]);
    while begin.elapsed() < TIME {
        let key = keys.fetch_add(1, Ordering::Relaxed);
        let request = format!(
            "POST /v1/messages HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/xml\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n\
             {SAMPLE}",
            folder::TOKEN,
            SAMPLE.len()
        );
        let sent = now();
        stream.write_all(request.as_bytes()).await.unwrap();
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer.get(..length).unwrap().starts_with(b"HTTP/1.1 202"));
        assert_eq!(answer.get(length - 1), Some(&b'}'), "the answer comes in one piece");
        waits.push(sent.elapsed());
    }
    waits
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a measurement needs a stopwatch")]
    Instant::now()
}
