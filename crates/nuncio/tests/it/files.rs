//! Files through real processes: kills in the middle, foreign hands, and the digest in the end.
//!
//! `NUNCIO_FILE_BYTES` makes the file as large as you like: 2147483648 for two gigabytes.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gateway::api::{Files, State};
use tempfile::TempDir;
use trust::{Digest, Hasher};

use crate::net::{INSTITUTIONS, Net, Process, nuncio, until};

/// How many bytes a chunk has.
const CHUNK_BYTES: u64 = 4 << 20;

/// The bytes of the file in the tests, unless the environment says otherwise.
const BYTES: u64 = 300 << 20;
/// What a process may need beside what it needs anyway: buffers and windows, not files.
const MEMORY_KIB_MAX: u64 = 220 << 10;

fn bytes() -> u64 {
    std::env::var("NUNCIO_FILE_BYTES").map_or(BYTES, |text| text.parse().unwrap())
}

/// Makes a file of bytes that differ everywhere, and gives their digest.
fn make(path: &Path, bytes: u64) -> Digest {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut hasher = Hasher::new();
    let (mut state, mut left) = (88_172_645_463_325_252_u64, bytes);
    let mut piece = vec![0_u8; 1 << 20];
    while left > 0 {
        for word in piece.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        hasher.update(&piece[..length]);
        out.write_all(&piece[..length]).unwrap();
        left -= length as u64;
    }
    out.flush().unwrap();
    hasher.finish()
}

fn digest(path: &Path) -> Digest {
    let mut file = File::open(path).unwrap();
    let mut hasher = Hasher::new();
    let mut piece = vec![0_u8; 1 << 20];
    loop {
        let length = file.read(&mut piece).unwrap();
        if length == 0 {
            return hasher.finish();
        }
        hasher.update(&piece[..length]);
    }
}

/// The greatest memory of a process so far, in KiB (`VmHWM` of proc(5)).
fn memory_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How many bytes are in a folder, all objects of a file together.
fn kept(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => kept(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_gone) => 0,
        })
        .sum()
}

/// A network whose hub takes files, and a file to send.
struct Stage {
    net: Net,
    file: PathBuf,
    digest: Digest,
    folder: TempDir,
}

const SENDER: &str = INSTITUTIONS[0];
const RECEIVER: &str = INSTITUTIONS[1];
const OTHER: &str = INSTITUTIONS[2];

impl Stage {
    fn new(bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("statements.bin");
        let digest = make(&file, bytes);
        Self { net: Net::start(), file, digest, folder }
    }

    /// Where the hub, or a gateway, keeps the file.
    fn chunks(&self, folder: &Path) -> PathBuf {
        folder.join("files").join(SENDER).join(self.digest.to_string())
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `nuncio file put` of the file, for one institution.
    fn put(&self, to: &str) -> Command {
        let mut command = nuncio();
        command.args(["file", "put"]).arg(&self.file).args(["--to", to, "--gateway"]);
        command.arg(self.net.gateway(SENDER));
        command
    }

    /// `nuncio file get` of what a message announced, by one institution.
    fn get(&self, by: &str, message: &str, to: &Path) -> Command {
        let mut command = nuncio();
        command.args(["file", "get", message, "--to"]).arg(to);
        command.arg("--gateway").arg(self.net.gateway(by));
        command
    }

    /// The files that a gateway knows.
    fn list(&self, of: &str) -> Files {
        self.net.client(of).json("/v1/files")
    }

    /// The message that announces the file last, once there is one.
    fn announced(&self) -> String {
        until("it is announced", || self.list(SENDER).sent[0].state == "announced");
        self.list(SENDER).sent[0].message.clone().unwrap()
    }
}

#[track_caller]
fn succeeds(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Kills a process while a file comes to a folder, as soon as so much of it is there; gives how much
/// was durable then, and nothing where the whole file was faster.
fn kill_at(process: &mut Process, chunks: &Path, bytes: u64) -> Option<u64> {
    until("a part is there", || kept(chunks) > bytes || chunks.join("whole").exists());
    process.kill();
    let durable = kept(chunks) / (CHUNK_BYTES + 32) * CHUNK_BYTES;
    let durable = Some(durable).filter(|_| !chunks.join("whole").exists());
    println!("killed with {durable:?} bytes in {}", chunks.display());
    durable
}

/// A text without the colours that a log has for people.
fn plain(log: &str) -> String {
    let mut parts = log.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// From where a transfer went on after a process was killed with so many bytes durable.
#[track_caller]
fn went_on(log: &str, word: &str, durable: Option<u64>) {
    let Some(durable) = durable else { return };
    let log = plain(log);
    let lines = log.lines().filter(|line| line.contains(word));
    let from: Vec<u64> = lines
        .filter_map(|line| line.split("from=").nth(1)?.split_whitespace().next()?.parse().ok())
        .collect();
    assert!(from.iter().any(|it| *it >= durable), "{word}: {from:?}, but {durable} was durable");
}

#[test]
fn a_file_survives_kills_of_everybody_and_arrives_whole_in_constant_memory() {
    let bytes = bytes();
    let mut stage = Stage::new(bytes);
    let at_sender = stage.chunks(&stage.net.gateway(SENDER));
    let at_receiver = stage.chunks(&stage.net.gateway(RECEIVER));
    let at_hub = stage.chunks(&stage.net.path("hub"));

    // The command is killed while it brings the file to the gateway, then the gateway is.
    let quiet = |mut command: Command| command.stderr(Stdio::null()).spawn().unwrap();
    let mut command = quiet(stage.put(RECEIVER));
    until("a part is at the gateway", || kept(&at_sender) > bytes / 8);
    command.kill().unwrap();
    command.wait().unwrap();
    let mut command = quiet(stage.put(RECEIVER));
    kill_at(&mut stage.net.gateways[0], &at_sender, bytes / 4);
    command.wait().unwrap();
    stage.net.gateways[0].kill_and_start();
    assert!(kept(&at_sender) > bytes / 4, "what was durable is there");
    succeeds(stage.put(RECEIVER));

    // The hub, then the gateway, are killed on the way to the hub.
    let first = kill_at(stage.net.hub.as_mut().unwrap(), &at_hub, bytes / 8);
    stage.net.hub().kill_and_start();
    let second = kill_at(&mut stage.net.gateways[0], &at_hub, bytes / 4);
    // The hub may have had the rest already.
    let second = second.filter(|_| !at_hub.join("whole").exists());
    stage.net.gateways[0].kill_and_start();
    let message = stage.announced();
    went_on(&stage.net.hub().log(), "file comes", first);
    went_on(&stage.net.hub().log(), "file comes", second);

    // The receiver, then the hub, are killed on the way to the receiver.
    let first = kill_at(&mut stage.net.gateways[1], &at_receiver, bytes / 8);
    if first.is_some() {
        // Nothing is delivered before it is safe.
        stage.net.client(SENDER).wait_for(&message, &[State::Accepted]);
    }
    stage.net.gateways[1].kill_and_start();
    let second = kill_at(stage.net.hub.as_mut().unwrap(), &at_receiver, bytes / 4);
    let second = second.filter(|_| !at_receiver.join("whole").exists());
    stage.net.hub().kill_and_start();
    let to = stage.place("received.bin");
    let mut get = stage.get(RECEIVER, &message, &to);
    get.args(["--wait", "600"]);
    succeeds(get);
    assert_eq!(digest(&to), stage.digest);
    went_on(&stage.net.gateways[1].log(), "file is fetched", first);
    went_on(&stage.net.gateways[1].log(), "file is fetched", second);
    stage.net.client(SENDER).wait_for(&message, &[State::Delivered]);
    let Files { received, .. } = stage.list(RECEIVER);
    assert_eq!((received[0].state.as_str(), received[0].bytes), ("here", bytes));

    for (name, process) in [
        ("hub", stage.net.hub().id()),
        ("sender", stage.net.gateways[0].id()),
        ("receiver", stage.net.gateways[1].id()),
    ] {
        let memory = memory_kib(process);
        println!("{name}: VmHWM {memory} KiB for a file of {bytes} bytes");
        assert!(memory < MEMORY_KIB_MAX, "{name} has {memory} KiB");
    }
}

#[test]
fn a_file_is_for_its_receiver_and_what_is_altered_is_never_given_out() {
    let stage = Stage::new(9 << 20);
    succeeds(stage.put(RECEIVER));
    let message = stage.announced();
    let to = stage.place("received.bin");
    let mut get = stage.get(RECEIVER, &message, &to);
    get.args(["--wait", "120"]);
    succeeds(get);
    assert_eq!(digest(&to), stage.digest);

    // Another institution has nothing of it, whatever it knows.
    let foreign = stage.get(OTHER, &message, &stage.place("foreign.bin")).output().unwrap();
    assert_eq!(foreign.status.code(), Some(3), "not found");

    // A chunk that changes at the hub is not given out: whom the file is announced to next waits
    // until the operator has mended it.
    let chunk = stage.chunks(&stage.net.path("hub")).join("00000001");
    let good = fs::read(&chunk).unwrap();
    let mut altered = good.clone();
    altered[77] ^= 1;
    fs::write(&chunk, &altered).unwrap();
    let mut again = stage.put(OTHER);
    again.args(["--wait", "120"]);
    succeeds(again);
    until("the damage is found", || stage.net.gateways[2].log().contains("FIL009"));
    let second = stage.announced();
    assert_ne!(second, message);
    assert_eq!(stage.list(OTHER).received[0].state, "fetching");
    stage.net.client(SENDER).wait_for(&second, &[State::Accepted]);
    fs::write(&chunk, &good).unwrap();
    let to = stage.place("other.bin");
    let mut get = stage.get(OTHER, &second, &to);
    get.args(["--wait", "120"]);
    succeeds(get);
    assert_eq!(digest(&to), stage.digest);
    stage.net.client(SENDER).wait_for(&second, &[State::Delivered]);
}
