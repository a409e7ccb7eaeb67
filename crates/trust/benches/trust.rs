//! What trust costs: `cargo bench -p trust`. Prints the time of each operation in the best of 200
//! rounds of a millisecond, which other work on the machine disturbs least, and the median of them.
//!
//! No comparison with earlier runs and no other statistics: for that, run it twice and read.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a benchmark reads the clock and prints"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use trust::merkle::{Frontier, Nodes, Tree};
use trust::{
    Algorithm, Body, Checkpoint, Digest, FrameContext, Header, KeyGrant, LogTime, Monitoring,
    NetworkName, NoteSigner, OpeningKey, Priority, RecordHead, RecordKind, Sealer, Shard,
    SigningKey, Statement, frame_proofs, merkle, open_sealed, sign_frame,
};

const ROUNDS: u32 = 200;
const ROUND: Duration = Duration::from_millis(1);

/// Prints the time of one call, and of one of the `items` that it handles.
fn measure<T>(name: &str, items: u64, mut call: impl FnMut() -> T) {
    let mut time = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| drop(black_box(call())));
        start.elapsed()
    };
    let mut calls = 1;
    while time(calls) < ROUND {
        calls *= 2;
    }
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| time(calls)).collect();
    rounds.sort_unstable();
    let one = |at: usize| {
        rounds.get(at).copied().unwrap_or_default().as_nanos() as f64 / f64::from(calls)
    };
    let (best, median) = (one(0), one(rounds.len() / 2));
    if items == 1 {
        println!("{name:<52} {best:>12.0} ns, median {median:>9.0}");
    } else {
        let (each, median) = (best / items as f64, median / items as f64);
        println!("{name:<52} {best:>12.0} ns {each:>10.1} ns each, median {median:>9.1}");
    }
}

/// A tree whose every complete subtree has some hash; only its shape is real.
struct Synthetic;

impl Nodes for Synthetic {
    fn node(&self, level: u8, index: u64) -> Option<Digest> {
        let mut hash = [level; 32];
        hash.first_chunk_mut::<8>()?.copy_from_slice(&index.to_be_bytes());
        Some(Digest(hash))
    }
}

fn main() {
    hashes();
    frames();
    trees();
    notes();
    verification();
    group();
    sealing();
}

/// What a sealed message costs the two gateways beyond an open one: a text of 3,400 bytes is signed and
/// sealed to the receiver's key, and opened; and what it costs a third party to check a disclosure.
fn sealing() {
    let root = NoteSigner::new(&KeyGrant::root_name(&network()), SigningKey::from_seed(&[2; 32]));
    let root = root.expect("a name");
    let (signing, receiver) = (SigningKey::from_seed(&[3; 32]), OpeningKey::from_seed(&[4; 32]));
    let header = header();
    let grant = KeyGrant {
        network: network(),
        holder: header.sender,
        key: signing.public().clone(),
        from: LogTime(0),
        until: LogTime(100),
    };
    let note = grant.sign(&root).expect("a name");
    let text = vec![b'x'; 3400];
    let sealer = Sealer { signing: &signing, grant: &note, to: receiver.public() };
    let mut next = 0_u8;
    // Randomness is the caller's; what it costs is not measured here.
    let mut seal = || {
        let random = |bytes: &mut [u8]| {
            bytes.iter_mut().for_each(|byte| {
                next = next.wrapping_add(1);
                *byte = next;
            });
        };
        sealer.seal(&header, black_box(&text), random).expect("the key is good")
    };
    let (envelope, disclosure) = seal();
    println!("an envelope of 3,400 bytes has {} bytes", envelope.len());
    measure("sender: sign and seal 3,400 bytes", 1, seal);
    let keys = [receiver];
    measure("receiver: open 3,400 bytes", 1, || {
        open_sealed(&keys, &header, black_box(&envelope)).expect("it opens")
    });
    let (payload, roots) = (Digest::of(&envelope), [root.verifier().clone()]);
    measure("anybody: check what the sender signed within", 1, || {
        let of = (&header, &payload);
        disclosure.verify(of, LogTime(1), black_box(&text), &roots).expect("it holds")
    });
    measure("a key of X-Wing from its seed", 1, || OpeningKey::from_seed(black_box(&[4; 32])));
}

fn network() -> NetworkName {
    "demo".parse().expect("a name")
}

fn header() -> Header {
    Header {
        network: network(),
        service: "confidential".parse().expect("a name"),
        message_type: "pacs.008.001.08".parse().expect("a type"),
        sender: "ALPHDEFFA".parse().expect("a terminal"),
        receiver: "BANKFRPP".parse().expect("a BIC"),
        input_number: 0,
        created_at: LogTime(1),
        expires_at: None,
        payload_length: 0,
        reference: "T-ALPHDEFF-1".parse().expect("a reference"),
        uetr: None,
        priority: Priority::Normal,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: true,
    }
}

/// All that log and receipts cost the hub for a group of 64 messages, which are hashed, put into the
/// tree, covered by one signed checkpoint, and proven to their senders in one frame and to their
/// receivers in another; and what it costs the gateway that keeps a receipt of each.
fn group() {
    const SIZE: u64 = 10_000_000;
    let log = NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).expect("a name");
    let origin = "nuncio/demo/0".parse().expect("an origin");
    let (meta, payload) = (vec![b'm'; 560], Digest::of(b"payload"));
    let head = RecordHead {
        kind: RecordKind::ACCEPTED,
        network: "demo".parse().expect("a name"),
        shard: Shard(0),
        epoch: 1,
        writer: 2,
        sequence: SIZE,
        at: LogTime(4),
        previous: Digest::of(b"previous"),
        body: Digest::of(b"body"),
    };
    let frontier = Frontier::of(&Synthetic, SIZE - 64).expect("all are there");
    let indexes: Vec<u64> = (SIZE - 64..SIZE).collect();
    measure("hub: log and proofs of a group of 64", 64, || {
        let mut grown = frontier.clone();
        for _ in 0..64 {
            let body = Body::digest(black_box(&meta), &payload);
            let hash = RecordHead { body, ..head.clone() }.hash();
            grown.push(hash, |level, index, hash| {
                black_box((level, index, hash));
            });
        }
        let checkpoint = Checkpoint { origin, size: SIZE, root: grown.root(), at: LogTime(4) };
        let note = checkpoint.sign(&log).expect("its own log");
        let proof = || merkle::prove(&Synthetic, SIZE, black_box(&indexes)).expect("all there");
        (note, proof(), proof())
    });
    let proof = merkle::prove(&Synthetic, SIZE, &indexes).expect("all are there");
    let leaves: Vec<(u64, Digest)> =
        indexes.iter().map(|at| (*at, Synthetic.node(0, *at).unwrap_or_default())).collect();
    let root = merkle::root_from(SIZE, &leaves, &proof).expect("well-formed");
    let checkpoint = Checkpoint { origin, size: SIZE, root, at: LogTime(4) };
    let note = checkpoint.sign(&log).expect("its own log");
    let keys = [log.verifier().clone()];
    measure("gateway: check and keep 64 receipts", 64, || {
        let opened = Checkpoint::open(black_box(&note), &keys).expect("signed");
        (0..64).for_each(|_| {
            black_box(head.hash());
        });
        assert_eq!(merkle::root_from(SIZE, &leaves, &proof), Ok(opened.root));
        merkle::split_proof(SIZE, &leaves, &proof).expect("well-formed")
    });
}

fn hashes() {
    let (header, payload) = (vec![b'h'; 190], Digest::of(b"payload"));
    let body = vec![b'x'; 3400];
    let (left, right) = (Digest::of(b"left"), Digest::of(b"right"));
    measure("payload digest, 3,400 bytes", 1, || Digest::of(black_box(&body)));
    measure("statement, header of 190 bytes", 1, || {
        Statement::of(black_box(&header), black_box(&payload))
    });
    measure("body digest, meta of 560 bytes", 1, || {
        Body::digest(black_box(body.get(..560).unwrap_or_default()), &payload)
    });
    let head = RecordHead {
        kind: RecordKind::ACCEPTED,
        network: "demo".parse().expect("a name"),
        shard: Shard(0),
        epoch: 1,
        writer: 2,
        sequence: 3,
        at: LogTime(4),
        previous: left,
        body: right,
    };
    measure("record head, encode", 1, || black_box(&head).encode());
    measure("record head, hash", 1, || black_box(&head).hash());
    measure("node hash", 1, || merkle::node_hash(black_box(&left), black_box(&right)));
}

fn frames() {
    let context = FrameContext {
        network: "demo".parse().expect("a name"),
        terminal: "ALPHDEFFA".parse().expect("a terminal"),
    };
    let statements: Vec<Statement> =
        (0..256_u32).map(|at| Statement(Digest::of(&at.to_be_bytes()))).collect();
    let leaves: Vec<Digest> = statements.iter().map(|statement| statement.0).collect();
    measure("root of 256 (255 node hashes)", 256, || merkle::root(black_box(&leaves)));
    for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
        let key = SigningKey::generate(algorithm).expect("random numbers");
        let sign = || sign_frame(&key, &context, black_box(&statements)).expect("a good size");
        let signature = sign();
        measure(&format!("frame of 256, sign, {algorithm}"), 256, sign);
        measure(&format!("frame of 256, verify, {algorithm}"), 256, || {
            signature.verify(key.public(), &context, black_box(&statements)).expect("verifies")
        });
    }
    let key = SigningKey::from_seed(&[1; 32]);
    let signature = sign_frame(&key, &context, &statements).expect("a good size");
    measure("frame of 256, all proofs", 256, || {
        frame_proofs(black_box(&statements), &signature).expect("a good size")
    });
    let proof = frame_proofs(&statements, &signature).expect("a good size").pop();
    let (proof, statement) = proof.zip(statements.last().copied()).expect("there are 256");
    measure("frame proof of 256, verify, ed25519", 1, || {
        black_box(&proof).verify(key.public(), &context, &statement).expect("verifies")
    });
    measure("frame proof of 256, encode", 1, || black_box(&proof).encode());
}

fn trees() {
    const SIZE: u64 = 10_000_000;
    let indexes: Vec<u64> = (SIZE - 64..SIZE).collect();
    let spread: Vec<u64> = (0..64).map(|at| at * (SIZE / 64)).collect();
    for (name, indexes) in [("the last 64", &indexes), ("64 spread ones", &spread)] {
        let prove = || merkle::prove(&Synthetic, SIZE, black_box(indexes)).expect("all are there");
        let proof = prove();
        let leaves: Vec<(u64, Digest)> =
            indexes.iter().map(|at| (*at, Synthetic.node(0, *at).unwrap_or_default())).collect();
        println!("{name} of 10 million: a proof of {} hashes", proof.len());
        measure(&format!("prove {name}"), 64, prove);
        measure(&format!("check {name}"), 64, || {
            merkle::root_from(SIZE, black_box(&leaves), black_box(&proof)).expect("well-formed")
        });
        measure(&format!("split the proof of {name}"), 64, || {
            merkle::split_proof(SIZE, black_box(&leaves), black_box(&proof)).expect("well-formed")
        });
    }
    measure("consistency from 9,999,936, prove", 1, || {
        merkle::prove_consistency(&Synthetic, SIZE - 64, SIZE).expect("all are there")
    });
    let mut frontier = Frontier::of(&Synthetic, SIZE).expect("all are there");
    let leaf = Digest::of(b"leaf");
    measure("append 64 leaves and take the root", 64, || {
        let mut grown = frontier.clone();
        (0..64).for_each(|_| {
            grown.push(black_box(leaf), |level, index, hash| {
                black_box((level, index, hash));
            })
        });
        grown.root()
    });
    frontier.push(leaf, |_, _, _| ());
    let mut tree = Tree::default();
    measure("append one leaf to a tree in memory", 1, || tree.push(black_box(leaf)));
}

fn notes() {
    let log = NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).expect("a name");
    let checkpoint = Checkpoint {
        origin: "nuncio/demo/0".parse().expect("an origin"),
        size: 10_000_000,
        root: Digest::of(b"root"),
        at: LogTime(1_795_467_600_000_000),
    };
    let note = checkpoint.sign(&log).expect("its own log");
    let keys = [log.verifier().clone()];
    measure("checkpoint, sign", 1, || black_box(&checkpoint).sign(&log).expect("its own log"));
    measure("checkpoint, open", 1, || Checkpoint::open(black_box(&note), &keys).expect("signed"));
}

fn verification() {
    use ed25519_dalek::Verifier as _;

    let message = [7; 92];
    for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
        let key = SigningKey::generate(algorithm).expect("random numbers");
        let signature = key.sign(&message).expect("the key is in memory");
        let public = key.public().clone();
        measure(&format!("{algorithm}, sign 92 bytes, aws-lc"), 1, || {
            key.sign(black_box(&message))
        });
        measure(&format!("{algorithm}, verify 92 bytes, aws-lc"), 1, || {
            public.verify(black_box(&message), &signature).expect("verifies")
        });
        if algorithm == Algorithm::Ed25519 {
            let bytes = public.as_bytes().try_into().expect("32 bytes");
            let dalek = ed25519_dalek::VerifyingKey::from_bytes(bytes).expect("a point");
            let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
            measure("ed25519, verify 92 bytes, dalek", 1, || {
                dalek.verify(black_box(&message), &signature).expect("verifies")
            });
            measure("ed25519, verify_strict 92 bytes, dalek", 1, || {
                dalek.verify_strict(black_box(&message), &signature).expect("verifies")
            });
        }
        measure(&format!("{algorithm}, id of a public key"), 1, || black_box(&public).id());
        measure(&format!("{algorithm}, public key from bytes"), 1, || {
            trust::PublicKey::from_bytes(algorithm, black_box(public.as_bytes())).expect("a key")
        });
    }
}
