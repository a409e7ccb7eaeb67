//! A proxy between a gateway and its hub that does what networks do: it delays, cuts, goes deaf, and
//! brings the bytes of an older connection after those of a newer one.
//!
//! It sees what is encrypted, and changes none of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// A proxy that runs until it goes.
pub(crate) struct Proxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    opened: Arc<AtomicUsize>,
    kept: Arc<AtomicUsize>,
    late: Arc<AtomicUsize>,
    _runtime: Runtime,
}

/// What the proxy does with which connections; each has a number, counted from 0.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    /// How long each piece of bytes takes.
    delay: Duration,
    /// Connections below this number are closed at both ends.
    cut_below: usize,
    /// Connections below this number stay open and carry nothing.
    deaf_below: usize,
    /// What clients of connections below this number say is kept back.
    held_below: usize,
    /// Connections below this number are closed at the client's end; what was kept goes to the hub.
    released_below: usize,
    /// Connections below this number are closed at the client's end, and nothing else yet.
    parted_below: usize,
}

impl Proxy {
    /// Starts a proxy to a hub.
    pub(crate) fn start(hub: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (weather, seen) = watch::channel(Weather::default());
        let [opened, kept, late]: [Arc<AtomicUsize>; 3] = Default::default();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let (count, counts) = (Arc::clone(&opened), (Arc::clone(&kept), Arc::clone(&late)));
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(number, (client, hub), seen.clone(), counts.clone()));
            }
        });
        Self { address, weather, opened, kept, late, _runtime: runtime }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections there were.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// How many bytes were ever kept back.
    pub(crate) fn kept(&self) -> usize {
        self.kept.load(Ordering::SeqCst)
    }

    /// How many bytes of older connections came to the hub after a newer one was opened.
    pub(crate) fn late(&self) -> usize {
        self.late.load(Ordering::SeqCst)
    }

    /// Lets each piece take so long.
    pub(crate) fn delay(&self, delay: Duration) {
        self.weather.send_modify(|weather| weather.delay = delay);
    }

    /// Closes the connections that there are.
    pub(crate) fn cut(&self) {
        let opened = self.opened();
        self.weather.send_modify(|weather| weather.cut_below = opened);
    }

    /// Swallows what the connections that there are say, and keeps them open.
    pub(crate) fn deafen(&self) {
        let opened = self.opened();
        self.weather.send_modify(|weather| weather.deaf_below = opened);
    }

    /// Keeps back what the clients that there are say from now on.
    pub(crate) fn hold(&self) {
        let opened = self.opened();
        self.weather.send_modify(|weather| weather.held_below = opened);
    }

    /// Parts those clients from the hub, which does not learn of it.
    pub(crate) fn part(&self) {
        self.weather.send_modify(|weather| weather.parted_below = weather.held_below);
    }

    /// Brings what was kept back.
    pub(crate) fn release(&self) {
        self.weather.send_modify(|weather| weather.released_below = weather.parted_below);
    }
}

async fn carry(
    number: usize,
    (client, hub): (TcpStream, SocketAddr),
    weather: watch::Receiver<Weather>,
    counts: (Arc<AtomicUsize>, Arc<AtomicUsize>),
) {
    // No hub: the client finds its connection closed.
    let Ok(hub) = TcpStream::connect(hub).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_hub, to_hub) = hub.into_split();
    let down = tokio::spawn(back(number, from_hub, to_client, weather.clone()));
    forth(number, (from_client, to_hub), weather, &counts).await;
    down.abort();
}

/// What the hub says.
async fn back(
    number: usize,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
) {
    let mut bytes = vec![0; 64 << 10];
    loop {
        let now = *weather.borrow_and_update();
        if number < now.cut_below || number < now.parted_below {
            return;
        }
        let read = tokio::select! {
            _ = weather.changed() => continue,
            read = from.read(&mut bytes) => read,
        };
        let Ok(count @ 1..) = read else { return };
        let now = *weather.borrow();
        if number < now.deaf_below || number < now.parted_below {
            continue;
        }
        tokio::time::sleep(now.delay).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

/// What the client says.
async fn forth(
    number: usize,
    (mut from, mut to): (OwnedReadHalf, OwnedWriteHalf),
    mut weather: watch::Receiver<Weather>,
    (held, late): &(Arc<AtomicUsize>, Arc<AtomicUsize>),
) {
    let mut bytes = vec![0; 64 << 10];
    let mut kept = Vec::new();
    loop {
        let now = *weather.borrow_and_update();
        if number < now.cut_below {
            return;
        }
        if number < now.parted_below {
            break;
        }
        let read = tokio::select! {
            _ = weather.changed() => continue,
            read = from.read(&mut bytes) => read,
        };
        let Ok(count @ 1..) = read else {
            // The client has gone, maybe for it was parted: what was kept comes all the same.
            if kept.is_empty() {
                return;
            }
            break;
        };
        let now = *weather.borrow();
        if number < now.deaf_below {
            continue;
        }
        if number < now.held_below {
            kept.extend_from_slice(&bytes[..count]);
            held.fetch_add(count, Ordering::SeqCst);
            continue;
        }
        tokio::time::sleep(now.delay).await;
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    drop(from);
    if weather.wait_for(|now| number < now.released_below).await.is_ok()
        && to.write_all(&kept).await.is_ok()
    {
        late.fetch_add(kept.len(), Ordering::SeqCst);
        // The hub shall read it before it finds the end.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
