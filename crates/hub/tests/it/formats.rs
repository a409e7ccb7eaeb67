//! Journals as earlier programs have written them fold to the state that they always had.
//!
//! A format that was released never leaves this list; one that changes gets a new folder.

use std::fs::{self, File};
use std::path::Path;

use expect_test::{Expect, expect};
use hub::parts::{Core, Settings, Start, Tree};
use journal::{Local, Options, Preparation, Reader};
use network::{Event, Network};
use trust::{Algorithm, LogTime, NetworkName, NoteSigner, Origin, Shard, SigningKey};

/// A key for the log of a network.
fn signer(network: &NetworkName) -> NoteSigner {
    let name = Origin { network: *network, shard: Shard(0) }.to_string();
    NoteSigner::new(&name, SigningKey::generate(Algorithm::Ed25519).unwrap()).unwrap()
}

/// A journal of the collection in a folder of its own, with the zeros at the ends of its segments.
fn unfold(format: &str, into: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(format);
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let copy = into.join(entry.file_name());
        fs::copy(entry.path(), &copy).unwrap();
        if copy.extension().is_some_and(|it| it == "segment") {
            let bytes = fs::read(&copy).unwrap();
            let size = u64::from_be_bytes(*bytes.get(48..).unwrap().first_chunk().unwrap());
            File::options().write(true).open(&copy).unwrap().set_len(size).unwrap();
        }
    }
}

/// What all records make of an empty network.
fn fold(journal: &Path) -> Network {
    let reader = Reader::open(journal).unwrap();
    let mut network = Network::new("sample".parse().unwrap(), Shard(0));
    let mut effects = Vec::new();
    for record in reader.records(0) {
        let record = record.unwrap();
        let event = Event::decode(record.head.kind, &record.meta).unwrap();
        network.apply(record.head.at, record.head.sequence, &event, &mut effects);
    }
    network
}

#[track_caller]
fn check(format: &str, expected: &Expect) {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    fs::create_dir(&journal).unwrap();
    unfold(format, &journal);
    let report = journal::verify(&journal, true).unwrap();
    assert!(report.is_sound(), "{:?}", report.damage);
    let state = fold(&journal).hash();
    // A hub of today starts on it, from the snapshot and from the journal alone, and they agree.
    let start = |tree: &str| {
        let options = Options {
            segment_bytes: 1 << 20,
            preparation: Preparation::Inline,
            ..Options::new("sample".parse().unwrap(), Shard(0))
        };
        let start = Start {
            settings: Settings {
                network: "sample".parse().unwrap(),
                window: 8,
                message_bytes_max: 65_536,
            },
            rules: document::Rules::built_in(document::Profile::Base),
            medium: journal::Directory::new(&journal),
            journal: options,
            tree: Tree::in_folder(&folder.path().join(tree)),
            signer: signer(&"sample".parse().unwrap()),
            process: 1,
            witnessed: None,
        };
        let core = Core::start(start, || LogTime(1)).unwrap();
        let found = (core.shared().with_network(Network::hash), core.shared().root());
        core.close().unwrap();
        found
    };
    let resumed = start("a");
    for entry in fs::read_dir(&journal).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "snapshot" || it == "segment") {
            fs::remove_file(path).unwrap();
        }
    }
    fs::remove_file(journal.join("durable.mark")).unwrap();
    unfold(format, &journal);
    let snapshots = fs::read_dir(&journal).unwrap().map(|entry| entry.unwrap().path());
    for path in snapshots.filter(|path| path.extension().is_some_and(|it| it == "snapshot")) {
        fs::remove_file(path).unwrap();
    }
    assert_eq!(start("b").0, resumed.0, "snapshot and journal give the same");
    let records = report.records;
    expected.assert_eq(&format!("{records} records fold to {state:?}\n"));
}

#[test]
fn a_journal_of_format_1_folds_to_its_state() {
    check(
        "journal-1",
        &expect![[r#"
            35 records fold to d190ef9829a47fc299f238dc87884d3d1668736029b9f9ce782325e02d8743a4
        "#]],
    );
}

/// Were the test to fold nothing, it would say so here.
#[test]
fn a_journal_that_lacks_its_end_folds_to_another_state() {
    let folder = tempfile::tempdir().unwrap();
    unfold("journal-1", folder.path());
    let whole = fold(folder.path()).hash();
    let (journal, _) =
        Local::open(folder.path(), &Options::new("sample".parse().unwrap(), Shard(0))).unwrap();
    let mut network = Network::new("sample".parse().unwrap(), Shard(0));
    for record in journal.reader().records(0).take(34) {
        let record = record.unwrap();
        let event = Event::decode(record.head.kind, &record.meta).unwrap();
        network.apply(record.head.at, record.head.sequence, &event, &mut Vec::new());
    }
    assert_ne!(network.hash(), whole);
}
