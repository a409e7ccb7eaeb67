mod undelivered;

use std::collections::BTreeMap;

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::merkle::{self, Tree, inclusion_path};

use crate::{
    Accepted, Acknowledged, Acknowledgement, Algorithm, Body, Checkpoint, Cosigned, Cosigner,
    Fault, FrameContext, Header, KeyGrant, Lane, LogTime, Monitoring, NetworkKeys, NetworkName,
    NoteSigner, Priority, Reason, Reasons, RecordKind, Shard, SigningKey, frame_proofs, sign_frame,
};

const START: u64 = 1_795_467_600_000_000;
const PAYLOAD: &[u8] = b"<Document/>";

fn network() -> NetworkName {
    "demo".parse().unwrap()
}

fn log() -> NoteSigner {
    NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).unwrap()
}

fn root() -> NoteSigner {
    NoteSigner::new("nuncio/demo/root", SigningKey::from_seed(&[2; 32])).unwrap()
}

fn sender() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn receiver() -> SigningKey {
    SigningKey::from_seed(&[4; 32])
}

fn keys() -> NetworkKeys {
    NetworkKeys::new(vec![log().verifier().clone()], vec![root().verifier().clone()]).unwrap()
}

fn grant(holder: &str, key: &SigningKey) -> KeyGrant {
    KeyGrant {
        network: network(),
        holder: holder.parse().unwrap(),
        key: key.public().clone(),
        from: LogTime(START),
        until: LogTime(START + 1000),
    }
}

fn note(holder: &str, key: &SigningKey) -> String {
    grant(holder, key).sign(&root()).unwrap()
}

fn header(input_number: u64) -> Header {
    Header {
        network: network(),
        service: "payments".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: "ALPHDEFFA".parse().unwrap(),
        receiver: "BANKFRPP".parse().unwrap(),
        input_number,
        created_at: LogTime(START - 5),
        expires_at: None,
        payload_length: 11,
        reference: "order 7".parse().unwrap(),
        uetr: Some("e008b023-a2a3-4e6b-9b7c-0b1d1a0d8f11".parse().unwrap()),
        priority: Priority::Normal,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: false,
    }
}

/// A log in memory, as a hub keeps it.
#[derive(Default)]
struct Log {
    heads: Vec<RecordHead>,
    tree: Tree,
}

impl Log {
    fn append(&mut self, kind: RecordKind, meta: &[u8], payload: Digest) -> RecordHead {
        let sequence = self.heads.len() as u64;
        let head = RecordHead {
            kind,
            network: network(),
            shard: Shard(0),
            epoch: 1,
            writer: 9,
            sequence,
            at: LogTime(START + sequence),
            previous: self.heads.last().map_or_else(Digest::default, RecordHead::hash),
            body: Body::digest(meta, &payload),
        };
        self.tree.push(head.hash());
        self.heads.push(head.clone());
        head
    }

    fn checkpoint(&self) -> Checkpoint {
        let origin = "nuncio/demo/0".parse().unwrap();
        let at = LogTime(START + self.tree.size());
        Checkpoint { origin, size: self.tree.size(), root: self.tree.root(), at }
    }

    fn logged(&self, head: &RecordHead, meta: Vec<u8>, payload: Digest) -> LoggedRecord {
        LoggedRecord {
            head: head.clone(),
            meta,
            payload,
            path: inclusion_path(&self.tree, self.tree.size(), head.sequence).unwrap(),
            checkpoint: self.checkpoint().sign(&log()).unwrap(),
        }
    }
}

/// What a test changes before things are signed.
struct Case {
    key: SigningKey,
    headers: Vec<Header>,
    terminal: &'static str,
    sender_grant: String,
    by: &'static str,
    lane: Lane,
    receiver_grant: String,
    refused_header: Option<Vec<u8>>,
}

impl Case {
    fn new() -> Self {
        Self {
            key: sender(),
            headers: (1..=5).map(header).collect(),
            terminal: "ALPHDEFFA",
            sender_grant: note("ALPHDEFFA", &sender()),
            by: "BANKFRPPA",
            lane: Lane::NORMAL,
            receiver_grant: note("BANKFRPPA", &receiver()),
            refused_header: Some(header(6).encode()),
        }
    }

    /// A frame of five messages is accepted, one is refused, three are acknowledged; the receipts
    /// are about the fourth message.
    fn play(&self) -> [Receipt; 3] {
        self.play_in(&mut Log::default())
    }

    fn play_in(&self, log: &mut Log) -> [Receipt; 3] {
        log.append(RecordKind::OPEN, b"", Digest::of(b""));
        let payload = Digest::of(PAYLOAD);
        let context = FrameContext { network: network(), terminal: self.terminal.parse().unwrap() };
        let encoded: Vec<Vec<u8>> = self.headers.iter().map(Header::encode).collect();
        let statements: Vec<Statement> =
            encoded.iter().map(|header| Statement::of(header, &payload)).collect();
        let signature = sign_frame(&self.key, &context, &statements).unwrap();
        let proofs = frame_proofs(&statements, &signature).unwrap();
        let mut accepted = Vec::new();
        for (header, proof) in encoded.into_iter().zip(proofs) {
            let meta = Accepted { header, proof }.encode();
            accepted.push((log.append(RecordKind::ACCEPTED, &meta, payload), meta));
        }
        let refused = Refused {
            terminal: "ALPHDEFFA".parse().unwrap(),
            input_number: 6,
            statement: Statement::of(&header(6).encode(), &payload),
            reasons: Reasons::one(Reason::new(
                "NET001".parse().unwrap(),
                Fault::Sender,
                "/To",
                "no institution BANKFRPP",
            )),
            header: self.refused_header.clone(),
        };
        let meta = refused.encode();
        let nothing = Digest::of(b"");
        let head = log.append(RecordKind::REFUSED, &meta, nothing);
        let refusal = log.logged(&head, meta, nothing);
        let (head, meta) = accepted[3].clone();
        let record = log.logged(&head, meta, payload);
        let acceptance = Acceptance { record, grant: self.sender_grant.clone() };
        let delivery = self
            .deliver(log, &accepted[2..].iter().map(|(head, _)| head.hash()).collect::<Vec<_>>());
        [
            Receipt::Acceptance(acceptance.clone()),
            Receipt::Refusal(refusal),
            Receipt::Delivery(Box::new((acceptance, delivery))),
        ]
    }

    fn deliver(&self, log: &mut Log, taken: &[Digest]) -> Delivery {
        let acknowledgement = Acknowledgement {
            network: network(),
            by: self.by.parse().unwrap(),
            lane: self.lane,
            first: 11,
            through: 13,
            root: merkle::root(taken),
        };
        let signed = Some(acknowledgement.sign(&receiver()).unwrap());
        let Acknowledgement { by, lane, first, through, .. } = acknowledgement;
        let meta = Acknowledged { by, lane, first, through, signed }.encode();
        let payload: Vec<u8> = taken.iter().flat_map(|hash| hash.0).collect();
        let payload = Digest::of(&payload);
        let head = log.append(RecordKind::ACKNOWLEDGED, &meta, payload);
        Delivery {
            record: log.logged(&head, meta, payload),
            index: 1,
            path: merkle::Levels::of(taken.to_vec()).path(1),
            grant: self.receiver_grant.clone(),
        }
    }
}

/// One receipt of each kind, and of each record that proves a non-delivery.
fn every() -> Vec<Receipt> {
    let mut log = Log::default();
    let mut all = Case::new().play_in(&mut log).to_vec();
    let undelivered = undelivered::every(&mut log, &all[0]);
    all.extend(undelivered);
    all
}

#[track_caller]
fn refused(receipt: &Receipt) -> String {
    receipt.verify(&keys()).unwrap_err().to_string()
}

#[test]
fn receipts_prove_what_happened() {
    let [acceptance, refusal, delivery] = Case::new().play();
    let Ok(Verified::Acceptance(verified)) = acceptance.verify(&keys()) else { panic!() };
    assert_eq!(verified.header, header(4));
    assert_eq!((verified.position.sequence, verified.at), (4, LogTime(START + 4)));
    assert_eq!((verified.payload, verified.key), (Digest::of(PAYLOAD), sender().id()));
    let Ok(Verified::Refusal(verified)) = refusal.verify(&keys()) else { panic!() };
    assert_eq!(verified.header, Some(header(6)));
    assert_eq!(verified.refused.reasons[0].code().as_str(), "NET001");
    let Ok(Verified::Delivery(verified)) = delivery.verify(&keys()) else { panic!() };
    assert_eq!(verified.0.header, header(4));
    assert_eq!((verified.1.output_number, verified.1.lane), (12, Lane::NORMAL));
    assert_eq!((verified.1.by.to_string(), verified.1.key), ("BANKFRPPA".into(), receiver().id()));
}

#[test]
fn a_sender_may_sign_with_p256() {
    let key = SigningKey::generate(Algorithm::P256).unwrap();
    let sender_grant = note("ALPHDEFFA", &key);
    let [acceptance, ..] = Case { key, sender_grant, ..Case::new() }.play();
    assert!(acceptance.verify(&keys()).is_ok());
}

#[test]
fn a_receipt_has_one_binary_and_one_json_form() {
    for receipt in every() {
        let bytes = receipt.encode();
        assert_eq!(Receipt::decode(&bytes).unwrap(), receipt);
        assert_eq!(Receipt::from_json(&receipt.to_json()).unwrap(), receipt);
        for length in 0..bytes.len() {
            assert!(Receipt::decode(&bytes[..length]).is_err(), "the first {length} bytes");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(matches!(Receipt::decode(&longer), Err(ReceiptError::Form(CodecError::Long))));
    }
}

/// Every byte, seven other values each: nothing that still verifies.
#[test]
fn a_receipt_with_any_bit_or_byte_changed_is_refused() {
    const BITS: [u8; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
    let mut refusals = BTreeMap::new();
    let some = &[0x01, 0x20, 0x80, 0xff];
    let all: [(_, _, &[u8]); 3] =
        [(keys(), every(), &BITS), (keys(), of_p256(), some), (wanting(2), witnessed(), some)];
    for (keys, receipts, changes) in all {
        for receipt in receipts {
            assert!(receipt.verify(&keys).is_ok());
            let bytes = receipt.encode();
            for at in 0..bytes.len() {
                for change in changes {
                    let mut changed = bytes.clone();
                    changed[at] ^= change;
                    let verified = Receipt::decode(&changed).and_then(|other| other.verify(&keys));
                    assert!(verified.is_err(), "{}: byte {at} ^ {change}", receipt.kind());
                }
            }
            *refusals.entry(receipt.kind()).or_insert(0) += bytes.len() * changes.len();
        }
    }
    assert_eq!(refusals.len(), 4, "receipts of all kinds were tried: {refusals:?}");
    assert!(refusals.values().all(|count| *count > 10_000), "{refusals:?}");
}

/// An acceptance and a delivery whose sender signed with P-256.
fn of_p256() -> Vec<Receipt> {
    let key = SigningKey::generate(Algorithm::P256).unwrap();
    let case = Case { sender_grant: note("ALPHDEFFA", &key), key, ..Case::new() };
    case.play().to_vec()
}

/// Every character of the JSON form outside of strings' layout: either refused, or the same receipt.
#[test]
fn a_json_receipt_with_any_byte_changed_is_refused_or_the_same() {
    let keys = keys();
    for receipt in every() {
        let text = receipt.to_json();
        for at in 0..text.len() {
            for change in [0x01, 0x04, 0x20] {
                let mut changed = text.clone().into_bytes();
                changed[at] ^= change;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                let Ok(other) = Receipt::from_json(&changed) else { continue };
                // White space between fields may change: that is not part of the receipt.
                assert!(other == receipt || other.verify(&keys).is_err(), "{at}: {changed}");
            }
        }
    }
}

/// All receipts under a later checkpoint that the witnesses a and c have cosigned.
fn witnessed() -> Vec<Receipt> {
    let mut log = Log::default();
    let mut receipts = Case::new().play_in(&mut log).to_vec();
    let undelivered = undelivered::every(&mut log, &receipts[0]);
    receipts.extend(undelivered);
    for _ in log.heads.len()..17 {
        log.append(RecordKind::OPEN, b"", Digest::of(b""));
    }
    let checkpoint = log.checkpoint();
    let lines = ["c", "a"]
        .map(|name| witness(name).cosign(&checkpoint.text(), LogTime(START + 60_000_000)).unwrap());
    let bare = checkpoint.sign(&self::log()).unwrap();
    let note = Cosigned::gather(&bare, &lines.concat(), &wanting(2)).unwrap();
    let path = |head: &RecordHead| inclusion_path(&log.tree, log.tree.size(), head.sequence);
    receipts.iter().map(|receipt| receipt.renewed(&note, path).unwrap()).collect()
}

fn witness(name: &str) -> Cosigner {
    let seed = name.as_bytes()[0];
    Cosigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn wanting(quorum: usize) -> NetworkKeys {
    let witnesses = ["a", "b", "c"].map(|name| witness(name).verifier().clone());
    keys().with_witnesses(witnesses.to_vec(), quorum).unwrap()
}

#[test]
fn a_network_that_wants_witnesses_takes_only_receipts_with_their_quorum() {
    for receipt in every() {
        assert!(receipt.verify(&wanting(0)).is_ok());
        let Err(ReceiptError::Quorum(missing)) = receipt.verify(&wanting(1)) else { panic!() };
        assert_eq!((missing.found, missing.wanted), (0, 1));
    }
    for receipt in witnessed() {
        let verified = receipt.verify(&wanting(2)).unwrap();
        for cosigned in verified.checkpoints() {
            assert_eq!(cosigned.checkpoint.size, 17);
            let names: Vec<&str> = cosigned.by.iter().map(|it| it.by.name()).collect();
            assert_eq!(names, ["a", "c"]);
            assert_eq!(cosigned.witnessed_by(&wanting(2)), Some(LogTime(START + 60_000_000)));
        }
        assert!(matches!(receipt.verify(&wanting(3)), Err(ReceiptError::Quorum(_))));
        // Whoever does not know the witnesses cannot tell what their lines are worth.
        assert!(matches!(receipt.verify(&keys()), Err(ReceiptError::Checkpoint(_))));
    }
}

#[test]
fn a_witnessed_receipt_comes_back_from_its_json() {
    for receipt in witnessed() {
        assert_eq!(Receipt::from_json(&receipt.to_json()).unwrap(), receipt);
    }
}

#[test]
fn a_receipt_is_about_exactly_one_payload() {
    for receipt in every() {
        assert_eq!(receipt.matches_payload(PAYLOAD), Some(true));
        assert_eq!(receipt.matches_payload(b"<Document />"), Some(false));
    }
    let [_, refusal, _] = Case { refused_header: None, ..Case::new() }.play();
    assert!(refusal.verify(&keys()).is_ok());
    assert_eq!(refusal.matches_payload(PAYLOAD), None);
}

#[test]
fn keys_of_another_network_or_another_log_prove_nothing() {
    let signer = |name: &str, seed| {
        let key = SigningKey::from_seed(&[seed; 32]);
        NoteSigner::new(name, key).unwrap().verifier().clone()
    };
    let keys = |network: &str, log, root| {
        let (log_name, root_name) =
            (format!("nuncio/{network}/0"), format!("nuncio/{network}/root"));
        NetworkKeys::new(vec![signer(&log_name, log)], vec![signer(&root_name, root)]).unwrap()
    };
    let [acceptance, refusal, _] = Case::new().play();
    let check = |receipt: &Receipt, keys| receipt.verify(&keys).unwrap_err().to_string();
    expect!["the receipt is of the network demo, but the keys are of live"]
        .assert_eq(&check(&acceptance, keys("live", 1, 2)));
    expect!["the checkpoint is refused"].assert_eq(&check(&acceptance, keys("demo", 7, 2)));
    expect!["the grant of the signing key is refused"]
        .assert_eq(&check(&acceptance, keys("demo", 1, 7)));
    assert!(refusal.verify(&keys("demo", 1, 7)).is_ok(), "a refusal needs no grant");
}

#[test]
fn a_grant_to_another_or_of_another_time_proves_nothing() {
    let late = KeyGrant { from: LogTime(START + 5), ..grant("ALPHDEFFA", &sender()) };
    let over = KeyGrant { until: LogTime(START + 4), ..grant("ALPHDEFFA", &sender()) };
    let other = SigningKey::from_seed(&[9; 32]);
    let cases = [
        (
            late.sign(&root()).unwrap(),
            "the grant of the signing key does not cover 2026-11-23T21:00:00.000004Z",
        ),
        (
            over.sign(&root()).unwrap(),
            "the grant of the signing key does not cover 2026-11-23T21:00:00.000004Z",
        ),
        (
            note("ALPHDEFFB", &sender()),
            "the signing key was granted to ALPHDEFFB, not to ALPHDEFFA",
        ),
        (note("ALPHDEFFA", &other), "the sender's signature is refused"),
        (String::new(), "the grant of the signing key is refused"),
    ];
    for (sender_grant, want) in cases {
        let [acceptance, ..] = Case { sender_grant, ..Case::new() }.play();
        assert_eq!(refused(&acceptance), want);
    }
    let [.., delivery] =
        Case { receiver_grant: note("BANKFRPPB", &receiver()), ..Case::new() }.play();
    assert_eq!(refused(&delivery), "the signing key was granted to BANKFRPPB, not to BANKFRPPA");
    let [.., delivery] =
        Case { receiver_grant: note("BANKFRPPA", &sender()), ..Case::new() }.play();
    assert_eq!(refused(&delivery), "the receiver's signature does not cover this message");
}

#[test]
fn a_frame_signed_for_another_terminal_proves_nothing() {
    let [acceptance, ..] = Case { terminal: "ALPHDEFFB", ..Case::new() }.play();
    assert_eq!(refused(&acceptance), "the sender's signature is refused");
}

#[test]
fn a_header_of_another_network_proves_nothing() {
    let mut case = Case::new();
    case.headers[3].network = "live".parse().unwrap();
    let [acceptance, ..] = case.play();
    assert_eq!(
        refused(&acceptance),
        "the receipt is of the network live, but the keys are of demo"
    );
}

#[test]
fn only_the_receiver_in_the_lane_of_the_message_proves_delivery() {
    let want = "the acknowledgement in the receipt cannot be one of this message";
    let receiver_grant = note("CASHGB2LA", &receiver());
    let [.., delivery] = Case { by: "CASHGB2LA", receiver_grant, ..Case::new() }.play();
    assert_eq!(refused(&delivery), want);
    let [.., delivery] = Case { lane: Lane::URGENT, ..Case::new() }.play();
    assert_eq!(refused(&delivery), want);
}

#[test]
fn parts_of_different_receipts_do_not_mix() {
    let case = Case::new();
    let [acceptance, refusal, delivery] = case.play();
    let Receipt::Acceptance(acceptance) = acceptance else { panic!() };
    let Receipt::Refusal(refusal) = refusal else { panic!() };
    let Receipt::Delivery(parts) = delivery else { panic!() };
    let (_, good) = *parts;
    let want_kind = "the record in the log is not of the kind that the receipt claims";
    let claimed = Acceptance { record: refusal.clone(), ..acceptance.clone() };
    assert_eq!(refused(&Receipt::Acceptance(claimed)), want_kind);
    assert_eq!(refused(&Receipt::Refusal(acceptance.record.clone())), want_kind);
    let swapped = LoggedRecord { meta: refusal.meta, ..acceptance.record.clone() };
    assert_eq!(
        refused(&Receipt::Refusal(swapped)),
        "the contents of the record are not those that stand in the log"
    );
    let moved = Delivery { index: 0, ..good };
    assert_eq!(
        refused(&Receipt::Delivery(Box::new((acceptance.clone(), moved)))),
        "the receiver's signature does not cover this message"
    );
    let mut earlier = acceptance;
    earlier.record.path.reverse();
    assert_eq!(
        refused(&Receipt::Acceptance(earlier)),
        "the record is not in the log as the checkpoint has it"
    );
}

#[test]
fn a_delivery_of_another_message_of_the_same_frame_is_not_taken_for_this_one() {
    let mut case = Case::new();
    let [.., delivery] = case.play();
    let Receipt::Delivery(good) = delivery else { panic!() };
    // The same log but for the fourth message.
    case.headers[3].reference = "order 8".parse().unwrap();
    let [acceptance, ..] = case.play();
    assert!(acceptance.verify(&keys()).is_ok());
    let Receipt::Acceptance(acceptance) = acceptance else { panic!() };
    assert_eq!(
        refused(&Receipt::Delivery(Box::new((acceptance, good.1)))),
        "the receiver's signature does not cover this message"
    );
}

#[test]
fn a_checkpoint_older_than_the_record_or_with_a_second_signature_is_refused() {
    let [acceptance, ..] = Case::new().play();
    let Receipt::Acceptance(acceptance) = acceptance else { panic!() };
    let checkpoint = Checkpoint::open(&acceptance.record.checkpoint, keys().logs()).unwrap();
    let with = |checkpoint: String| {
        let record = LoggedRecord { checkpoint, ..acceptance.record.clone() };
        refused(&Receipt::Acceptance(Acceptance { record, ..acceptance.clone() }))
    };
    let early = Checkpoint { at: LogTime(START + 3), ..checkpoint };
    assert_eq!(
        with(early.sign(&log()).unwrap()),
        "the checkpoint is of another log than the record, or of an earlier time"
    );
    let small = Checkpoint { size: 4, ..checkpoint };
    assert_eq!(
        with(small.sign(&log()).unwrap()),
        "the record is not in the log as the checkpoint has it"
    );
    let note = acceptance.record.checkpoint.clone();
    let line = note.split_once("\n\n").unwrap().1;
    assert_eq!(with(format!("{note}{line}")), "the checkpoint is refused");
}

#[test]
fn a_reading_that_contradicts_the_bytes_is_refused() {
    let [acceptance, refusal, delivery] = Case::new().play();
    let check = |receipt: &Receipt, from: &str, to: &str, want: &str| {
        let good = receipt.to_json();
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        assert_eq!(Receipt::from_json(&bad).unwrap_err().to_string(), want, "{to}");
    };
    let contradicts = "the field reading of the receipt is malformed, or contradicts the rest";
    check(&acceptance, "order 7", "order 8", contradicts);
    check(&acceptance, "\"position\": \"0/4\"", "\"position\": \"0/5\"", contradicts);
    check(&refusal, "no institution", "no such institution", contradicts);
    check(&delivery, "\"output_number\": 12", "\"output_number\": 13", contradicts);
    let malformed = "the field receipt of the receipt is malformed, or contradicts the rest";
    check(&delivery, "\"receipt\": \"delivery\"", "\"receipt\": \"acceptance\"", malformed);
    let no_json = "this is not the JSON form of a receipt";
    check(&acceptance, "\"version\": 1,", "\"version\": 1, \"version\": 1,", no_json);
    check(&acceptance, "\"version\": 1,", "\"version\": 1, \"more\": 1,", no_json);
    check(
        &acceptance,
        "\"version\": 1,",
        "\"version\": 2,",
        "receipt version 2 is unknown; this program knows 1",
    );
    let digest = Digest::of(PAYLOAD).to_string();
    check(&acceptance, &digest, &digest.to_uppercase(), malformed);
}

#[test]
fn the_json_form_can_be_read_by_people() {
    let [_, refusal, delivery] = Case::new().play();
    let reading = |receipt: &Receipt, from: &str| {
        let json = receipt.to_json();
        let (start, end) = (json.find(from).unwrap(), json.find("\n  },").unwrap());
        json[start..end].to_string()
    };
    expect![[r#"
        {
          "receipt": "delivery",
          "version": 1,
          "reading": {
            "message": {
              "network": "demo",
              "service": "payments",
              "message_type": "pacs.008.001.08",
              "sender": "ALPHDEFFA",
              "receiver": "BANKFRPPXXX",
              "input_number": 4,
              "created_at": "2026-11-23T20:59:59.999995Z",
              "payload_length": 11,
              "reference": "order 7",
              "uetr": "e008b023-a2a3-4e6b-9b7c-0b1d1a0d8f11",
              "priority": "normal",
              "monitoring": "notice",
              "possible_duplicate": false
            },
            "accepted": {
              "position": "0/4",
              "at": "2026-11-23T21:00:00.000004Z"
            },
            "delivered": {
              "position": "0/7",
              "at": "2026-11-23T21:00:00.000007Z",
              "by": "BANKFRPPA",
              "lane": "normal",
              "output_number": 12
            }"#]]
    .assert_eq(&reading(&delivery, "{"));
    expect![[r#"
        "refused": {
              "position": "0/6",
              "at": "2026-11-23T21:00:00.000006Z",
              "terminal": "ALPHDEFFA",
              "input_number": 6,
              "reasons": [
                {
                  "code": "NET001",
                  "fault": "sender",
                  "place": "/To",
                  "text": "no institution BANKFRPP"
                }
              ]
            }"#]]
    .assert_eq(&reading(&refusal, "\"refused\": {"));
}

proptest! {
    #[test]
    fn no_bytes_make_decoding_fail_badly(tail in prop::collection::vec(any::<u8>(), 0..400), kind in 0_u8..6) {
        let bytes = [b"NUNCRCPT\x01".as_slice(), &[kind], &tail].concat();
        if let Ok(receipt) = Receipt::decode(&bytes) {
            prop_assert_eq!(receipt.encode(), bytes);
        }
    }

    #[test]
    fn bytes_cut_or_moved_within_a_receipt_are_refused(which in 0..8_usize, from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), length in 1..100_usize) {
        let bytes = every()[which].encode();
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let end = (from + length).min(bytes.len());
        let mut changed = bytes.clone();
        let part: Vec<u8> = changed.drain(from..end).collect();
        let at = to.min(changed.len());
        changed.splice(at..at, part);
        if changed != bytes {
            let verified = Receipt::decode(&changed).and_then(|other| other.verify(&keys()));
            prop_assert!(verified.is_err());
        }
    }
}
