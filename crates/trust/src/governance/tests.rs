use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::{LogTime, RecordHead, Shard, SigningKey};

fn governor(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn keys(consent: usize) -> NetworkKeys {
    let note = |name: &str, seed| governor(name, seed).verifier().clone();
    let governors = vec![note("ann", 21), note("bob", 22), note("eve", 23)];
    NetworkKeys::new(vec![note("nuncio/demo/0", 1)], vec![note("nuncio/demo/root", 2)])
        .unwrap()
        .with_governors(governors, consent)
        .unwrap()
}

fn change(after: &Governance) -> Change {
    Change {
        network: "demo".parse().unwrap(),
        number: after.number() + 1,
        previous: after.last(),
        because: "fees were not paid".to_owned(),
        acts: vec![
            Act { kind: RecordKind(17), meta: b"first".to_vec() },
            Act { kind: RecordKind(18), meta: b"second".to_vec() },
        ],
    }
}

fn signed(change: &Change, by: &[(&str, u8)]) -> String {
    by.iter().fold(change.text(), |file, (name, seed)| {
        Change::countersign(&file, &governor(name, *seed)).unwrap()
    })
}

const ANN: (&str, u8) = ("ann", 21);
const BOB: (&str, u8) = ("bob", 22);

#[test]
fn a_change_is_a_text_that_governors_sign_one_after_another() {
    let governance = Governance::found(keys(2)).unwrap();
    let file = signed(&change(&governance), &[ANN, BOB]);
    expect![[r#"
        nuncio change 1
        network demo
        number 1
        previous 5dcbcc48c852115d3430c1f84e6fd6acd0de0265fdf3075d30c3a8edbb52dbc8
        because fees were not paid
        act 17 Zmlyc3Q=
        act 18 c2Vjb25k
    "#]]
    .assert_eq(text_of(&file));
    assert_eq!(governance.check(&file), Ok(change(&governance)));
    let keys = keys(2);
    let by = Change::signers(&file, keys.governors()).unwrap();
    assert_eq!(by.iter().map(|key| key.name()).collect::<Vec<_>>(), ["ann", "bob"]);
    let again = Change::countersign(&file, &governor("ann", 21));
    assert_eq!(again, Err(GovernanceError::Note(NoteError::Lines)));
}

#[test]
fn fewer_governors_than_must_sign_change_nothing() {
    let governance = Governance::found(keys(2)).unwrap();
    let change = change(&governance);
    let few = |found| Err(GovernanceError::Signatures { found, wanted: 2 });
    assert_eq!(governance.check(&change.text()), few(0));
    assert_eq!(governance.check(&signed(&change, &[ANN])), few(1));
    // Neither a stranger, nor a stranger under a governor's name, nor one governor twice counts.
    assert_eq!(governance.check(&signed(&change, &[ANN, ("mallory", 66)])), few(1));
    assert_eq!(governance.check(&signed(&change, &[ANN, ("bob", 66)])), few(1));
    let twice = signed(&change, &[ANN]);
    let line = twice.rsplit_once("\n\n").unwrap().1.to_owned();
    assert_eq!(governance.check(&format!("{twice}{line}")), few(1));
}

#[test]
fn a_signature_over_another_change_is_refused() {
    let governance = Governance::found(keys(2)).unwrap();
    let one = change(&governance);
    let other = Change { because: "another reason".to_owned(), ..one.clone() };
    let (one, other) = (signed(&one, &[ANN]), signed(&other, &[BOB]));
    let line = other.rsplit_once("\n\n").unwrap().1;
    assert_eq!(
        governance.check(&format!("{one}{line}")),
        Err(GovernanceError::Note(NoteError::Signature))
    );
}

#[test]
fn a_change_counts_once_and_in_its_place_only() {
    let mut governance = Governance::found(keys(2)).unwrap();
    let first = signed(&change(&governance), &[ANN, BOB]);
    let rival = Change { because: "another reason".to_owned(), ..change(&governance) };
    governance.take(&first).unwrap();
    let second = change(&governance);
    let number = |expected, found| Err(GovernanceError::Number { expected, found });
    assert_eq!(governance.check(&first), number(2, 1));
    assert_eq!(governance.check(&signed(&rival, &[ANN, BOB])), number(2, 1));
    let early = Change { number: 3, ..second.clone() };
    assert_eq!(governance.check(&signed(&early, &[ANN, BOB])), number(2, 3));
    // It was signed to follow the rival.
    let astray = Change { previous: Digest::of(rival.text().as_bytes()), ..second.clone() };
    let refused = Err(GovernanceError::Previous { number: 2 });
    assert_eq!(governance.check(&signed(&astray, &[ANN, BOB])), refused);
    let network = "other".parse().unwrap();
    let foreign = signed(&Change { network, ..second.clone() }, &[ANN, BOB]);
    let expected = "demo".parse().unwrap();
    let refused = Err(GovernanceError::Network { expected, found: network });
    assert_eq!(governance.check(&foreign), refused);
    assert_eq!(governance.check(&signed(&second, &[ANN, BOB])), Ok(second));
}

#[test]
fn only_what_was_signed_is_allowed_and_in_its_order() {
    let mut governance = Governance::found(keys(2)).unwrap();
    let change = change(&governance);
    let [first, second] = [0, 1].map(|at| (change.acts[at].kind, change.acts[at].body()));
    assert!(!governance.allows(first.0, &first.1));
    governance.take(&signed(&change, &[ANN, BOB])).unwrap();
    assert!(!governance.done(second.0, &second.1), "the second comes after the first");
    assert!(!governance.done(second.0, &first.1), "the kind is signed too");
    assert!(governance.done(first.0, &first.1));
    assert!(!governance.done(first.0, &first.1), "once");
    assert_eq!(governance.open_acts(), 1);
    assert!(governance.done(second.0, &second.1));
    assert_eq!(governance.open_acts(), 0);
}

#[test]
fn a_governed_network_stays_governed() {
    let mut governance = Governance::found(keys(2)).unwrap();
    let without = keys(2).with_governors(Vec::new(), 0).unwrap();
    assert_eq!(Governance::found(without.clone()), Err(GovernanceError::NoGovernors));
    assert_eq!(governance.replace_keys(without), Err(GovernanceError::NoGovernors));
    assert_eq!(governance.replace_keys(keys(3)), Ok(()));
    assert_eq!(governance.keys().consent(), 3);
}

#[test]
fn other_ways_to_write_the_same_change_are_refused() {
    let governance = Governance::found(keys(2)).unwrap();
    let good = change(&governance).text();
    for (from, to) in [
        ("change 1", "change 2"),
        ("number 1", "number 01"),
        ("number 1", "number +1"),
        ("act 17", "act 017"),
        ("act 17", "act 1"),
        ("act 17", "act 48"),
        ("Zmlyc3Q=", "Zmlyc3R="),
        ("because fees", "because\tfees"),
        ("fees were not paid", ""),
        ("act 17 Zmlyc3Q=\nact 18 c2Vjb25k\n", ""),
        ("c2Vjb25k\n", "c2Vjb25k"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        assert_eq!(Change::of_file(&bad), Err(GovernanceError::Form), "{bad}");
    }
}

#[test]
fn no_byte_of_a_signed_change_can_be_changed() {
    let governance = Governance::found(keys(2)).unwrap();
    let file = signed(&change(&governance), &[ANN, BOB]);
    for at in 0..file.len() {
        for bit in 0..8 {
            let mut bytes = file.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(governance.check(&text).is_err(), "byte {at}, bit {bit}: {text}");
        }
    }
}

fn head(sequence: u64, kind: RecordKind, meta: &[u8]) -> RecordHead {
    RecordHead {
        kind,
        network: "demo".parse().unwrap(),
        shard: Shard(0),
        epoch: 1,
        writer: 1,
        sequence,
        at: LogTime(sequence),
        previous: Digest([0; 32]),
        body: Body::digest(meta, &Digest::of(b"")),
    }
}

/// Reads a log of records about governance; what stands before the founding is the operator's.
fn audit(trusted: NetworkKeys, records: &[(RecordKind, Vec<u8>)]) -> Result<Audited, AuditError> {
    let mut audit = Audit::new(trusted);
    for (sequence, (kind, meta)) in (0..).zip(records) {
        let body = std::str::from_utf8(meta).ok().filter(|_| Audit::needs_body(*kind));
        audit.take(&head(sequence, *kind, meta), body)?;
    }
    audit.finish()
}

#[test]
fn whoever_reads_the_log_sees_that_governors_signed_every_change() {
    let governance = Governance::found(keys(2)).unwrap();
    let change = change(&governance);
    let note = signed(&change, &[ANN, BOB]).into_bytes();
    let founding = (RecordKind::FOUNDED, keys(2).to_string().into_bytes());
    let act = |at: usize| (change.acts[at].kind, change.acts[at].meta.clone());
    let before = (RecordKind(16), b"operator".to_vec());
    let all = [before, founding, (RecordKind::CHANGED, note), act(0), act(1)];
    let audited = audit(keys(2), &all).unwrap();
    assert_eq!((audited.founded_in, audited.changes.len()), (1, 1));
    assert_eq!(audited.changes[0].by, ["ann", "bob"]);
    assert_eq!(audited.changes[0].done, 2);
    assert_eq!(audit(keys(3), &all), Err(AuditError::Strangers));
    assert_eq!(audit(keys(2), &all[..1]), Err(AuditError::Ungoverned));
    let not_signed = |sequence| Err(AuditError::NotSigned { sequence });
    // The operator's own record; acts in another order; an act twice; without the change.
    let own = (RecordKind(16), b"operator".to_vec());
    assert_eq!(audit(keys(2), &[&all[..2], &[own]].concat()), not_signed(2));
    assert_eq!(audit(keys(2), &[&all[..3], &[act(1)]].concat()), not_signed(3));
    assert_eq!(audit(keys(2), &[&all[..], &[act(1)]].concat()), not_signed(5));
    assert_eq!(audit(keys(2), &[&all[..2], &[act(0)]].concat()), not_signed(2));
    let few = (RecordKind::CHANGED, signed(&change, &[ANN]).into_bytes());
    let source = GovernanceError::Signatures { found: 1, wanted: 2 };
    let refused = Err(AuditError::Refused { sequence: 2, source });
    assert_eq!(audit(keys(2), &[&all[..2], &[few]].concat()), refused);
}

#[test]
fn governors_that_the_reader_knows_may_have_come_later() {
    let governance = Governance::found(keys(2)).unwrap();
    let meta = keys(3).to_string().into_bytes();
    let acts = vec![Act { kind: RecordKind::KEYS_REPLACED, meta: meta.clone() }];
    let note = signed(&Change { acts, ..change(&governance) }, &[ANN, BOB]).into_bytes();
    let founding = (RecordKind::FOUNDED, keys(2).to_string().into_bytes());
    let all = [founding, (RecordKind::CHANGED, note), (RecordKind::KEYS_REPLACED, meta)];
    assert_eq!(audit(keys(3), &all).unwrap().keys, keys(3));
    assert_eq!(audit(keys(2), &all).unwrap().keys, keys(3));
    assert_eq!(audit(keys(1), &all), Err(AuditError::Strangers));
}

#[test]
fn a_body_that_is_not_the_log_s_is_refused() {
    let text = keys(2).to_string();
    let head = head(0, RecordKind::FOUNDED, text.as_bytes());
    let mut audit = Audit::new(keys(2));
    assert_eq!(audit.take(&head, None), Err(AuditError::Missing { sequence: 0 }));
    let other = keys(1).to_string();
    assert_eq!(audit.take(&head, Some(&other)), Err(AuditError::Body { sequence: 0 }));
    assert_eq!(audit.take(&head, Some(&text)), Ok(()));
}

proptest! {
    #[test]
    fn a_change_comes_back(
        number in 1_u64..,
        because in "[a-zA-Z0-9 .,äé-]{1,60}",
        acts in prop::collection::vec((16_u16..=31, prop::collection::vec(any::<u8>(), 0..99)), 1..9),
    ) {
        let acts = acts.into_iter().map(|(kind, meta)| Act { kind: RecordKind(kind), meta });
        let (network, previous) = ("demo".parse().unwrap(), Digest([7; 32]));
        let change = Change { network, number, previous, because, acts: acts.collect() };
        prop_assert_eq!(Change::parse(&change.text()), Ok(change));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,300}") {
        let _ = Change::of_file(&text);
        let _ = Change::of_file(&format!("{TITLE}\n{text}"));
    }

    #[test]
    fn the_state_comes_back(number: u64, last: [u8; 32], acts in 0_u16..5) {
        let mut governance = Governance::found(keys(1)).unwrap();
        governance.number = number;
        governance.last = Digest(last);
        governance.signed = (0..acts).map(|kind| (RecordKind(kind), Digest([1; 32]))).collect();
        let mut writer = Writer::default();
        governance.write(&mut writer);
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(Governance::read(&mut reader), Ok(governance));
        prop_assert_eq!(reader.finish(), Ok(()));
    }
}
