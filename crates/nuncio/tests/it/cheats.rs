//! A hub that cheats: it has the log's key and signs whatever it likes. Each cheat is found by
//! somebody who has nothing but the public keys and what the hub showed before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;
use trust::merkle::Tree;
use trust::tiles::{Tile, TileKind, entry_bundle};
use trust::{
    Checkpoint, Digest, LogTime, NetworkKeys, NoteSigner, Origin, RecordHead, RecordKind, Shard,
    SigningKey,
};

use crate::net::run;

const START: u64 = 1_795_467_600_000_000;

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

/// The records that a hub shows, and the key with which it signs them.
#[derive(Clone)]
pub(crate) struct History(pub(crate) Vec<RecordHead>);

impl History {
    /// An honest history.
    pub(crate) fn of(length: u64) -> Self {
        let mut history = Self(Vec::new());
        (0..length).for_each(|number| history.append(&format!("record {number}")));
        history
    }

    fn append(&mut self, body: &str) {
        let sequence = self.0.len() as u64;
        self.0.push(RecordHead {
            kind: RecordKind::ACCEPTED,
            network: "demo".parse().unwrap(),
            shard: Shard(0),
            epoch: 1,
            writer: 7,
            sequence,
            at: LogTime(START + sequence * 1_000),
            previous: self.0.last().map_or_else(Digest::default, RecordHead::hash),
            body: Digest::of(body.as_bytes()),
        });
    }

    /// Lets the chain be right again after a change, as a hub that lies well would.
    pub(crate) fn chain(&mut self) {
        let mut previous = Digest::default();
        for (sequence, head) in (0..).zip(&mut self.0) {
            (head.sequence, head.previous) = (sequence, previous);
            previous = head.hash();
        }
    }

    /// Publishes it in a folder, as a hub does under a URL, and gives the checkpoint.
    fn publish(&self, folder: &Path) -> String {
        fs::create_dir_all(folder).unwrap();
        let mut tree = Tree::default();
        self.0.iter().for_each(|head| tree.push(head.hash()));
        for tile in Tile::new_in(0, tree.size()) {
            let start = usize::try_from(tile.start()).unwrap();
            let bytes = match tile.kind() {
                TileKind::Entries => {
                    entry_bundle(self.0[start..start + usize::from(tile.width())].iter())
                }
                TileKind::Hashes { .. } => tile.hashes(&tree).unwrap(),
            };
            let path = folder.join(tile.to_string());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let origin = Origin { network: "demo".parse().unwrap(), shard: Shard(0) };
        let at = self.0.last().map_or(LogTime(START), |head| head.at);
        let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root(), at };
        let note = checkpoint.sign(&signer("nuncio/demo/0", 1)).unwrap();
        fs::write(folder.join("checkpoint"), &note).unwrap();
        note
    }
}

/// A place for what the hub shows, and for what its reader keeps.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let (log, root) = (signer("nuncio/demo/0", 1), signer("nuncio/demo/root", 2));
        let keys =
            NetworkKeys::new(vec![log.verifier().clone()], vec![root.verifier().clone()]).unwrap();
        fs::write(place.path("network.keys"), keys.to_string()).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Shows a history in a folder of its own.
    pub(crate) fn show(&self, name: &str, history: &History) -> String {
        history.publish(&self.path(name));
        fs::copy(self.path(name).join("checkpoint"), self.path(&format!("{name}.note"))).unwrap();
        self.text(name)
    }

    fn mirror(&self, log: &str) -> Output {
        run(&[
            "log",
            "mirror",
            log,
            "--key",
            &self.text("network.keys"),
            "--to",
            &self.text("copy"),
        ])
    }

    fn compare(&self, more: &[&str]) -> Output {
        let (keys, evidence) = (self.text("network.keys"), self.text("evidence.json"));
        let mut arguments = vec!["checkpoint", "compare", "--key", &keys, "--evidence", &evidence];
        arguments.extend(more);
        run(&arguments)
    }

    /// Checks the evidence as a judge does, with the keys alone.
    #[track_caller]
    fn judge(&self) {
        let output =
            run(&["verify", &self.text("evidence.json"), "--key", &self.text("network.keys")]);
        let said = words(&output);
        assert!(output.status.success() && said.contains("two histories"), "{said}");
    }
}

fn words(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn refused(output: &Output, with: &str) {
    let said = words(output);
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains(with), "{said}");
}

#[test]
fn an_honest_hub_is_believed() {
    let place = Place::new();
    for length in [0, 1, 255, 256, 257, 700, 700] {
        let log = place.show("log", &History::of(length));
        let output = place.mirror(&log);
        assert!(output.status.success(), "{length}: {}", words(&output));
    }
    let early = place.show("early", &History::of(100));
    let log = place.text("log");
    let output = place.compare(&[&place.text("early.note"), &early, "--log", &log]);
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn a_record_that_was_altered_is_found_and_proven() {
    let place = Place::new();
    let log = place.show("log", &History::of(300));
    assert!(place.mirror(&log).status.success());
    let mut altered = History::of(400);
    altered.0[123].body = Digest::of(b"another message");
    altered.chain();
    let cheat = place.show("cheat", &altered);
    refused(&place.mirror(&cheat), "the log does not continue the copy");
    refused(&place.compare(&[&place.text("log.note"), "--log", &cheat]), "two histories");
    place.judge();
}

#[test]
fn a_record_that_was_dropped_is_found_and_proven() {
    let place = Place::new();
    let log = place.show("log", &History::of(300));
    assert!(place.mirror(&log).status.success());
    let mut dropped = History::of(301);
    dropped.0.remove(299);
    dropped.chain();
    let cheat = place.show("cheat", &dropped);
    refused(&place.mirror(&cheat), "the log does not continue the copy");
    refused(&place.compare(&[&place.text("log.note"), &place.text("cheat.note")]), "two histories");
    place.judge();
    // Without mending the numbers it is found by anybody at first sight.
    let mut gap = History::of(301);
    gap.0.remove(299);
    let other = Place::new();
    refused(&other.mirror(&other.show("log", &gap)), "record 299 does not have the number");
}

#[test]
fn a_view_that_was_forked_is_found_and_proven() {
    let place = Place::new();
    let (mut to_one, mut to_other) = (History::of(200), History::of(200));
    to_one.append("you are paid");
    to_other.append("you are not paid");
    for number in 0..30 {
        to_one.append(&format!("later {number}"));
        to_other.append(&format!("later {number}"));
    }
    to_other.append("one more");
    let (one, other) = (place.show("one", &to_one), place.show("other", &to_other));
    assert!(place.mirror(&one).status.success());
    refused(&place.mirror(&other), "the log does not continue the copy");
    // Two institutions compare what they were shown.
    refused(&place.compare(&[&place.text("one.note"), &one, "--log", &other]), "two histories");
    place.judge();
}

#[test]
fn a_record_that_was_dated_back_is_found() {
    let place = Place::new();
    let log = place.show("log", &History::of(300));
    assert!(place.mirror(&log).status.success());
    // It was not there when the log signed its last checkpoint, whose time is later.
    let mut late = History::of(301);
    late.0[300].at = LogTime(START + 298_000);
    let cheat = place.show("cheat", &late);
    refused(&place.mirror(&cheat), "record 300 is dated before");
    // And one that is dated after the checkpoint that holds it.
    let mut early = History::of(10);
    early.0[8].at = LogTime(START + 60_000_000);
    early.chain();
    let other = Place::new();
    refused(&other.mirror(&other.show("log", &early)), "is dated after the checkpoint");
}

#[test]
fn a_log_that_shrank_or_whose_tiles_lie_is_found() {
    let place = Place::new();
    assert!(place.mirror(&place.show("log", &History::of(300))).status.success());
    refused(&place.mirror(&place.show("old", &History::of(299))), "the log shrank");
    let lying = place.show("lying", &History::of(600));
    let kept = fs::read(place.path("copy").join("checkpoint")).unwrap();
    for tile in [
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ] {
        let path = place.path("lying").join(tile);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let last = bad.len() - 1;
        bad[last] ^= 1;
        fs::write(&path, bad).unwrap();
        let output = place.mirror(&lying);
        let said = words(&output);
        // It is a damaged file, and no second history.
        assert!(!output.status.success() && !said.contains("history"), "{tile}: {said}");
        assert_eq!(fs::read(place.path("copy").join("checkpoint")).unwrap(), kept, "{tile}");
        fs::write(&path, good).unwrap();
    }
    let output = place.mirror(&lying);
    assert!(output.status.success(), "{}", words(&output));
}
