//! Frames from a peer that means harm: no bytes make the decoder or either end of a link fail badly,
//! and what is decoded is encoded to something that says the same.

#![no_main]

use std::collections::BTreeMap;

use bytes::Bytes;
use fuzz::{golden_frames, plant};
use libfuzzer_sys::fuzz_target;
use session::Limits;
use session::gateway::{self, Outbox, Receiving, Start};
use session::hub::{self, Log, Opened, Request};
use trust::merkle::Tree;
use trust::{
    Checkpoint, Digest, FrameContext, LogTime, NetworkKeys, NoteSigner, Shard, SigningKey,
};
use wire::Encoding as _;
use wire::latest::{GatewayFrame, Hello, HubFrame};

fuzz_target!(
    init: seeds(),
    |bytes: &[u8]| {
        let bytes = Bytes::copy_from_slice(bytes);
        if let Ok(frame) = GatewayFrame::decode(bytes.clone()) {
            let again = GatewayFrame::decode(Bytes::from(frame.encode_to_vec()));
            assert_eq!(again.as_ref(), Ok(&frame));
            // As the first word, and as a later one.
            let _ = hub::Link::new(Limits::DEFAULT, context()).receive(frame.clone());
            let mut open = opened_hub();
            for _ in 0..2 {
                let _ = open.receive(frame.clone());
            }
        }
        if let Ok(frame) = HubFrame::decode(bytes) {
            let again = HubFrame::decode(Bytes::from(frame.encode_to_vec()));
            assert_eq!(again.as_ref(), Ok(&frame));
            let (mut link, _) = gateway::Link::connect(start()).expect("the store is new");
            let _ = link.receive(frame.clone());
            let (mut link, hello) = gateway::Link::connect(start()).expect("the store is new");
            link.receive(welcome(hello)).expect("the hub is honest up to here");
            for _ in 0..2 {
                let _ = link.receive(frame.clone());
            }
        }
    }
);

fn context() -> FrameContext {
    let terminal = "ALPHDEFFA".parse().expect("it is a terminal");
    FrameContext { network: "demo".parse().expect("it is a name"), terminal }
}

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).expect("it is a name")
}

fn start() -> Start {
    let key = |name, seed| vec![signer(name, seed).verifier().clone()];
    let keys = NetworkKeys::new(key("nuncio/demo/0", 1), key("nuncio/demo/root", 2));
    Start {
        context: context(),
        shard: Shard(0),
        keys: keys.expect("the keys are good"),
        outbox: Outbox { made_through: 0, answered_through: 0, unanswered: Vec::new() },
        inbox: BTreeMap::new(),
        checkpoint: None,
        witnessed: None,
        receiving: Some(Receiving {
            window: 16,
            claims: network::Claims::ALL,
            shares_lanes: false,
            on_decision: false,
            on_witnesses: false,
        }),
    }
}

/// What an honest hub says to a Hello.
fn welcome(hello: GatewayFrame) -> HubFrame {
    let mut link = hub::Link::new(Limits::DEFAULT, context());
    open(&mut link, hello)
}

fn open(link: &mut hub::Link, hello: GatewayFrame) -> HubFrame {
    let request = link.receive(hello).expect("the Hello is good");
    assert!(matches!(request, Request::Open(_)));
    let mut nodes = Tree::default();
    nodes.push(Digest([1; 32]));
    let checkpoint = Checkpoint {
        origin: "nuncio/demo/0".parse().expect("it is an origin"),
        size: 1,
        root: nodes.root(),
        at: LogTime(1),
    };
    let checkpoint = checkpoint.sign(&signer("nuncio/demo/0", 1)).expect("it is its log").into();
    let opened = Opened { session: 1, input_number: 0, answers_after: 0, at: LogTime(1) };
    let log = Log { nodes: &nodes, size: 1, checkpoint: &checkpoint };
    link.welcome(&opened, &log).expect("both are new")
}

fn opened_hub() -> hub::Link {
    let mut link = hub::Link::new(Limits::DEFAULT, context());
    let hello = Hello {
        version: 1,
        network: "demo".to_owned(),
        terminal: "ALPHDEFFA".to_owned(),
        receives: true,
        window: 16,
        ..Hello::default()
    };
    open(&mut link, hello.into());
    link
}

fn seeds() {
    golden_frames().into_iter().for_each(|(name, bytes)| plant(&name, bytes));
}
