//! What the machine reads: bodies of records of every kind, and its own state. No bytes make it fail
//! badly, and a state that it takes is encoded to the very same bytes.

#![no_main]

use fuzz::{example_journal, example_records, plant};
use libfuzzer_sys::fuzz_target;
use network::{Event, Network};
use trust::{RecordKind, Shard};

fuzz_target!(
    init: seeds(),
    |bytes: &[u8]| {
        if let Some((kind, meta)) = bytes.split_first_chunk() {
            let _ = Event::decode(RecordKind(u16::from_be_bytes(*kind)), meta);
        }
        if let Ok(network) = Network::decode(bytes) {
            assert_eq!(network.encode(), bytes);
            assert_eq!(network.hash(), Network::decode(bytes).expect("as before").hash());
        }
    }
);

/// The bodies of a journal's records, and the state after each of them.
fn seeds() {
    let reader = journal::Reader::open_on(&example_journal()).expect("the example opens");
    let (name, _) = reader.log();
    let mut network = Network::new(name, Shard(0));
    for record in example_records() {
        let (kind, sequence) = (record.head.kind, record.head.sequence);
        plant(&format!("event-{sequence}"), [&kind.0.to_be_bytes(), &record.meta[..]].concat());
        let event = Event::decode(kind, &record.meta).expect("the example is sound");
        network.apply(record.head.at, sequence, &event, &mut Vec::new());
        plant(&format!("state-{sequence}"), network.encode());
    }
    // One of each kind that there is room for, so that all of them are tried.
    for kind in 0..=130_u16 {
        plant(&format!("kind-{kind}"), [&kind.to_be_bytes()[..], &[1, 0, 0, 0, 0]].concat());
    }
}
