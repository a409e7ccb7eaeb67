//! Every text form of crate `trust` that comes from others: notes, checkpoints, grants, changes,
//! network keys, receipts and evidence as JSON. No text makes a reader fail badly; of a form with one
//! encoding, what is taken is printed as the very same text.

#![no_main]

use std::sync::LazyLock;

use fuzz::plant;
use libfuzzer_sys::fuzz_target;
use trust::governance::{Act, Change};
use trust::{
    Checkpoint, Contradiction, Cosigned, Cosigner, Digest, Equivocation, KeyGrant, LogTime,
    NetworkKeys, NoteSigner, Receipt, RecordKind, SigningKey, note,
};

static KEYS: LazyLock<NetworkKeys> = LazyLock::new(|| {
    let keys = NetworkKeys::new(vec![log().verifier().clone()], vec![root().verifier().clone()]);
    let witnesses = ["a", "b"].map(|name| witness(name).verifier().clone()).to_vec();
    keys.and_then(|keys| keys.with_witnesses(witnesses, 1)).expect("the keys are good")
});

fn log() -> NoteSigner {
    NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).expect("it is a name")
}

fn root() -> NoteSigner {
    NoteSigner::new("nuncio/demo/root", SigningKey::from_seed(&[2; 32])).expect("it is a name")
}

fn witness(name: &str) -> Cosigner {
    let seed = [name.len() as u8 + name.as_bytes()[0]; 32];
    Cosigner::new(name, SigningKey::from_seed(&seed)).expect("it is a name")
}

fuzz_target!(
    init: seeds(),
    |text: &str| {
        let keys = &*KEYS;
        let _ = note::open(text, keys.logs());
        let _ = note::open_bare(text, keys.logs());
        let _ = Checkpoint::open(text, keys.logs());
        let _ = Checkpoint::open_bare(text, keys.logs());
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            assert_eq!(checkpoint.text(), text);
        }
        if let Ok(whole) = Cosigned::gather(text, "", keys) {
            let cosigned = Cosigned::open(&whole, keys).expect("it is in the one form");
            assert_eq!(Cosigned::gather(&whole, "", keys).as_ref(), Ok(&whole));
            let _ = cosigned.check_quorum(keys);
        }
        if Cosigned::open(text, keys).is_ok() {
            assert_eq!(Cosigned::gather(text, "", keys).as_deref(), Ok(text));
        }
        let _ = KeyGrant::open(text, keys.roots());
        if let Ok(grant) = KeyGrant::parse(text) {
            assert_eq!(grant.text(), text);
        }
        if let Ok(change) = Change::parse(text) {
            assert_eq!(change.text(), text);
        }
        let _ = Change::of_file(text);
        if let Ok(found) = text.parse::<NetworkKeys>() {
            assert_eq!(found.to_string().parse().ok().as_ref(), Some(&found));
        }
        if let Ok(receipt) = Receipt::from_json(text) {
            assert_eq!(Receipt::from_json(&receipt.to_json()).ok().as_ref(), Some(&receipt));
            assert_eq!(Receipt::decode(&receipt.encode()).ok().as_ref(), Some(&receipt));
        }
        if let Ok(evidence) = Equivocation::from_json(text) {
            let _ = evidence.verify(keys);
        }
        if let Ok(evidence) = Contradiction::from_json(text) {
            let _ = evidence.verify(keys);
        }
        if let Ok(time) = text.parse::<LogTime>() {
            assert_eq!(time.to_string().parse().ok(), Some(time));
        }
        if let Ok(submission) = trust::witness::Submission::parse(text) {
            assert_eq!(submission.to_string(), text);
        }
        let _ = trust::pki::ends_of_certificates(text);
    }
);

fn seeds() {
    let origin = "nuncio/demo/0".parse().expect("it is an origin");
    let checkpoint = Checkpoint { origin, size: 9, root: Digest([7; 32]), at: LogTime(1) };
    let signed = checkpoint.sign(&log()).expect("it is its log");
    let lines = ["a", "b"].map(|name| {
        witness(name).cosign(&checkpoint.text(), LogTime(1_000_000)).expect("it signs")
    });
    plant("checkpoint", checkpoint.text());
    plant("note", &signed);
    plant("cosigned", Cosigned::gather(&signed, &lines.concat(), &KEYS).expect("all is known"));
    plant("keys", KEYS.to_string());
    let grant = KeyGrant {
        network: "demo".parse().expect("it is a name"),
        holder: "ALPHDEFFA".parse().expect("it is a terminal"),
        key: SigningKey::from_seed(&[3; 32]).public().clone(),
        from: LogTime(1),
        until: LogTime(2),
    };
    plant("grant", grant.text());
    plant("granted", grant.sign(&root()).expect("it signs"));
    let change = Change {
        network: "demo".parse().expect("it is a name"),
        number: 1,
        previous: Digest([0; 32]),
        because: "agreed".to_owned(),
        acts: vec![Act { kind: RecordKind::KEYS_REPLACED, meta: b"meta".to_vec() }],
    };
    plant("change", change.text());
    plant("request", format!("old 0\n\n{signed}"));
    plant("time", LogTime(1_795_467_600_000_001).to_string());
}
