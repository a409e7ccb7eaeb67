//! The floors of this machine: what each part of a message's way costs alone, on one core.
//!
//! A hub cannot be cheaper than the sum of them, and what it costs beyond is its own. They are
//! measured in the same run as the hub, since machines are noisy.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rustix::time::{ClockId, clock_gettime};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use rustls::{Stream, StreamOwned};
use trust::pki::{Authority, Validity};
use trust::{
    Algorithm, Digest, FrameContext, LogTime, SigningKey, Statement, frame_proofs, sign_frame,
};

use crate::exit::Failure;

/// How long each floor is measured.
const TIME: Duration = Duration::from_millis(400);
/// How many messages a group or frame has.
const GROUP: usize = 256;

/// What one message costs, in microseconds of processor time unless said otherwise.
#[derive(Debug, serde::Serialize)]
pub(super) struct Floors {
    /// TLS 1.3 over loopback, the sending end and the receiving end.
    pub(super) tls_send: f64,
    /// See there.
    pub(super) tls_receive: f64,
    /// SHA-256 of the message.
    pub(super) hash: f64,
    /// Verifying one signature for 256 messages, beyond hashing them.
    pub(super) signature_of_frame: f64,
    /// Verifying one signature (Ed25519).
    pub(super) signature: f64,
    /// The full check of the message: form, schema, rules.
    pub(super) check: f64,
    /// Writing 256 messages to a file with space reserved, and one fdatasync: processor time.
    pub(super) append: f64,
    /// The same: time that passes.
    pub(super) append_passes: f64,
}

impl Floors {
    /// What a hub must at least do for one message: receive it, hash it, verify its part of a
    /// signature, check it, append it, send it.
    pub(super) fn hub(&self) -> f64 {
        self.tls_receive
            + self.hash
            + self.signature_of_frame
            + self.check
            + self.append
            + self.tls_send
    }
}

/// Measures all of them with a message, in a folder of the disk that counts.
pub(super) fn measure(
    message: &[u8],
    folder: &Path,
    rules: document::Rules,
) -> Result<Floors, Failure> {
    let hash = repeat(1, || {
        black_box(Digest::of(black_box(message)));
    });
    let mut checker = document::Checker::new(rules);
    let check = repeat(1, || {
        let _ = black_box(checker.check(black_box(message)));
    });
    let (signature_of_frame, signature) = signatures()?;
    let (append, append_passes) = appends(message, folder)?;
    let (tls_send, tls_receive) = tls(message)?;
    Ok(Floors {
        tls_send,
        tls_receive,
        hash,
        signature_of_frame,
        signature,
        check,
        append,
        append_passes,
    })
}

/// Microseconds of processor time that one of a call's messages costs.
fn repeat(messages: usize, mut call: impl FnMut()) -> f64 {
    let (start, cpu) = (now(), cpu());
    let mut calls = 0_usize;
    while start.elapsed() < TIME {
        call();
        calls += 1;
    }
    micros(cpu_since(cpu)) / count(calls * messages)
}

fn signatures() -> Result<(f64, f64), Failure> {
    let key = SigningKey::generate(Algorithm::Ed25519).context("cannot make a key")?;
    let public = key.public().clone();
    let context = FrameContext {
        network: "floors".parse().context("a name")?,
        terminal: "ALPHDEFFA".parse().context("a terminal")?,
    };
    let statement = |number: usize| Statement(Digest::of(&number.to_be_bytes()));
    let statements: Vec<Statement> = (0..GROUP).map(statement).collect();
    let of_frame = sign_frame(&key, &context, &statements).context("cannot sign")?;
    let frame = repeat(GROUP, || {
        assert!(of_frame.verify(&public, &context, &statements).is_ok());
        let _ = black_box(frame_proofs(&statements, &of_frame));
    });
    let one = statements.get(..1).unwrap_or_default();
    let of_one = sign_frame(&key, &context, one).context("cannot sign")?;
    let single = repeat(1, || assert!(of_one.verify(&public, &context, one).is_ok()));
    Ok((frame, single))
}

/// A preallocated file, written in groups, each with its own fdatasync.
fn appends(message: &[u8], folder: &Path) -> Result<(f64, f64), Failure> {
    let path = folder.join("floor.append");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let group = message.repeat(GROUP);
    let bytes = 64 * group.len() as u64;
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes)
        .context("cannot reserve space")?;
    let mut place = 0;
    let mut failed = None;
    let start = now();
    let mut groups = 0_usize;
    let cost = repeat(GROUP, || {
        let wrote = file.write_all_at(&group, place).and_then(|()| file.sync_data());
        failed = failed.take().or_else(|| wrote.err());
        place = (place + group.len() as u64) % bytes;
        groups += 1;
    });
    let passes = micros(start.elapsed()) / count(groups * GROUP);
    let _ = std::fs::remove_file(&path);
    match failed {
        None => Ok((cost, passes)),
        Some(error) => Err(anyhow::Error::new(error).context("cannot append").into()),
    }
}

/// One TLS 1.3 connection over loopback, each end on a thread of its own.
fn tls(message: &[u8]) -> Result<(f64, f64), Failure> {
    let (server, client) = configs()?;
    let any = (Ipv4Addr::LOCALHOST, 0);
    let listener = TcpListener::bind(any).context("no port is free")?;
    let address = listener.local_addr().context("a bound socket has an address")?;
    let receiver = std::thread::spawn(move || -> anyhow::Result<(usize, Duration)> {
        let (mut socket, _) = listener.accept()?;
        let mut connection = ServerConnection::new(Arc::new(server))?;
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = stream.read(&mut buffer)?;
        let before = cpu();
        loop {
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => return Ok((bytes, cpu_since(before))),
                Ok(more) => bytes += more,
            }
        }
    });
    let socket = TcpStream::connect(address).context("cannot connect to this machine")?;
    let name = ServerName::try_from("localhost").context("a name")?;
    let connection = ClientConnection::new(Arc::new(client), name).context("TLS")?;
    let mut stream = StreamOwned::new(connection, socket);
    let group = message.repeat(16);
    stream.write_all(&group).context("TLS")?;
    let mut failed = None;
    let send = repeat(16, || {
        failed = failed.take().or_else(|| stream.write_all(&group).err());
    });
    stream.conn.send_close_notify();
    let _ = stream.flush();
    drop(stream);
    let panicked = || Failure::said(crate::exit::FAILURE, "a thread panicked");
    let (bytes, spent) = receiver.join().map_err(|_| panicked())??;
    if let Some(error) = failed {
        return Err(anyhow::Error::new(error).context("TLS").into());
    }
    Ok((send, micros(spent) / (count(bytes) / count(message.len()))))
}

fn configs() -> Result<(ServerConfig, ClientConfig), Failure> {
    let now = crate::clock::now();
    let validity = Validity { from: LogTime(0), until: LogTime(now.0 + 3_600_000_000) };
    let network = "floors".parse().context("a name")?;
    let authority = Authority::create(network, validity).context("cannot make an authority")?;
    let issued = authority.issue_hub(&["localhost"], validity).context("cannot issue")?;
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes());
    let chain = vec![certificate(&issued.certificate).context("a certificate")?];
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).context("a key")?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = &[&rustls::version::TLS13];
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .context("TLS 1.3")?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("TLS")?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate(authority.certificate()).context("a certificate")?).context("TLS")?;
    let client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .context("TLS 1.3")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok((server, client))
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn cpu_since(before: Duration) -> Duration {
    cpu().saturating_sub(before)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(clippy::cast_precision_loss, reason = "counts are below 2^52")]
fn count(number: usize) -> f64 {
    number.max(1) as f64
}

#[expect(clippy::disallowed_methods, reason = "a floor is measured")]
fn now() -> Instant {
    Instant::now()
}
