//! A running gateway, and the back office that talks to it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gateway::api::{Inbox, Message, Problem, State, Status, Stored};
use gateway::{Config, Error};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::folder::TOKEN;

/// How long anything may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A gateway that runs.
pub(crate) struct Bank {
    address: SocketAddr,
    address_file: PathBuf,
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<(), Error>>,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Bank {
    /// Starts a gateway, and waits until back offices can reach it.
    pub(crate) async fn start(config: Config) -> Self {
        let address_file = config.file(&config.files.address);
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let run = tokio::spawn(gateway::run(config, shutdown));
        let address =
            tokio::time::timeout(PATIENCE, read_address(&address_file, &run)).await.unwrap();
        Self { address, address_file, stop, run }
    }

    /// Stops it in order.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        tokio::time::timeout(PATIENCE, self.run).await.unwrap().unwrap().unwrap();
        assert!(!self.address_file.exists(), "a gateway that ends takes its address away");
    }

    pub(crate) async fn ask(&self, line: &str, headers: &str, body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\
             Authorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let status = std::str::from_utf8(&bytes[9..12]).unwrap().parse().unwrap();
        Reply { status, body: bytes.split_off(end + 4) }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let reply = self.ask(&format!("GET {path}"), "", b"").await;
        assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
        serde_json::from_slice(&reply.body).unwrap()
    }

    /// Posts a message under a key of its own.
    pub(crate) async fn post(&self, key: &str, body: &str) -> Stored {
        let headers = format!("Content-Type: application/xml\r\nIdempotency-Key: {key}\r\n");
        let reply = self.ask("POST /v1/messages", &headers, body.as_bytes()).await;
        assert_eq!(reply.status, 202, "{}", String::from_utf8_lossy(&reply.body));
        serde_json::from_slice(&reply.body).unwrap()
    }

    pub(crate) async fn message(&self, id: &str) -> Message {
        self.get(&format!("/v1/messages/{id}")).await
    }

    /// Waits until a message has come as far as this.
    pub(crate) async fn until_state(&self, id: &str, state: State) -> Message {
        self.until(|| async {
            let message = self.message(id).await;
            (message.state == state).then_some(message)
        })
        .await
    }

    /// Waits until the status is as wanted.
    pub(crate) async fn until_status(&self, wanted: impl Fn(&Status) -> bool) -> Status {
        self.until(|| async {
            let status: Status = self.get("/v1/status").await;
            wanted(&status).then_some(status)
        })
        .await
    }

    async fn until<T, F: Future<Output = Option<T>>>(&self, mut look: impl FnMut() -> F) -> T {
        let found = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, found).await.expect("it comes within the patience of a test")
    }

    /// Takes everything from the inbox until so many messages were taken, each with its bytes.
    pub(crate) async fn receive(&self, count: usize) -> Vec<(Message, Vec<u8>)> {
        let mut taken = Vec::new();
        while taken.len() < count {
            let inbox: Inbox = self.get("/v1/inbox?wait=30s").await;
            assert!(!inbox.messages.is_empty(), "{} of {count} messages came", taken.len());
            for message in inbox.messages {
                let id = &message.id;
                let raw = self.ask(&format!("GET /v1/inbox/{id}/raw"), "", b"").await;
                let ack = self.ask(&format!("POST /v1/inbox/{id}/ack"), "", b"").await;
                assert_eq!((raw.status, ack.status), (200, 200));
                taken.push((message, raw.body));
            }
        }
        taken
    }

    pub(crate) async fn receipt(&self, path: &str) -> trust::Receipt {
        let reply = self.ask(&format!("GET {path}"), "", b"").await;
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        trust::Receipt::decode(&reply.body).unwrap()
    }
}

impl Reply {
    pub(crate) fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn read_address(path: &Path, run: &JoinHandle<Result<(), Error>>) -> SocketAddr {
    loop {
        if let Ok(text) = std::fs::read_to_string(path)
            && let Ok(address) = text.trim().parse()
        {
            return address;
        }
        assert!(!run.is_finished(), "the gateway has ended before it ran");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
