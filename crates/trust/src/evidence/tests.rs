use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::{FrameContext, frame_proofs, sign_frame};

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn accepted() -> Accepted {
    let context =
        FrameContext { network: "demo".parse().unwrap(), terminal: "ALPHDEFFA".parse().unwrap() };
    let statements: Vec<_> =
        (0..3_u8).map(|at| Statement::of(&[at], &Digest::of(b"payload"))).collect();
    let signature = sign_frame(&key(), &context, &statements).unwrap();
    let proof = frame_proofs(&statements, &signature).unwrap().remove(1);
    Accepted { header: vec![1], proof }
}

fn reason(place: &str, text: &str) -> Reason {
    Reason::new("NET001".parse().unwrap(), Fault::Sender, place, text)
}

fn refused(header: Option<Vec<u8>>) -> Refused {
    Refused {
        terminal: "ALPHDEFFA".parse().unwrap(),
        input_number: 7,
        statement: Statement(Digest([3; 32])),
        reasons: Reasons::new(vec![reason("/To", "no such receiver"), reason("", "")]).unwrap(),
        header,
    }
}

fn acknowledgement() -> Acknowledgement {
    Acknowledgement {
        network: "demo".parse().unwrap(),
        by: "BANKFRPPA".parse().unwrap(),
        lane: Lane::NORMAL,
        first: 3,
        through: 4,
        root: Digest([5; 32]),
    }
}

fn acknowledged(signed: Option<SignedRoot>) -> Acknowledged {
    let Acknowledgement { by, lane, first, through, .. } = acknowledgement();
    Acknowledged { by, lane, first, through, signed }
}

/// Every change of one byte either makes the form unreadable or is seen in the value; no prefix and
/// no extension is read.
#[track_caller]
fn check_form<T: PartialEq + fmt::Debug>(
    value: &T,
    encode: impl Fn(&T) -> Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, CodecError>,
) {
    let bytes = encode(value);
    assert_eq!(decode(&bytes).as_ref(), Ok(value));
    for length in 0..bytes.len() {
        assert!(decode(&bytes[..length]).is_err(), "the first {length} bytes");
    }
    assert_eq!(decode(&[&bytes[..], &[0]].concat()), Err(CodecError::Long));
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            if let Ok(other) = decode(&changed) {
                assert_ne!(&other, value, "byte {at}");
                assert_eq!(encode(&other), changed, "byte {at}");
            }
        }
    }
}

#[test]
fn an_acceptance_has_one_encoding() {
    check_form(&accepted(), Accepted::encode, Accepted::decode);
}

#[test]
fn a_refusal_has_one_encoding() {
    check_form(&refused(None), Refused::encode, Refused::decode);
    check_form(&refused(Some(b"header".to_vec())), Refused::encode, Refused::decode);
}

#[test]
fn an_acknowledgement_has_one_encoding() {
    check_form(&acknowledged(None), Acknowledged::encode, Acknowledged::decode);
    let signed = acknowledgement().sign(&key()).unwrap();
    check_form(&acknowledged(Some(signed)), Acknowledged::encode, Acknowledged::decode);
}

#[test]
fn an_acknowledgement_binds_all_that_it_says() {
    let good = acknowledgement();
    let signed = good.sign(&key()).unwrap();
    assert!(good.is_signed_by(key().public(), &signed));
    assert_eq!(acknowledged(Some(signed)).acknowledgement(good.network), Some(good));
    let others = [
        Acknowledgement { network: "live".parse().unwrap(), ..good },
        Acknowledgement { by: "BANKFRPPB".parse().unwrap(), ..good },
        Acknowledgement { lane: Lane::URGENT, ..good },
        Acknowledgement { first: 2, ..good },
        Acknowledgement { through: 5, ..good },
        Acknowledgement { root: Digest([6; 32]), ..good },
    ];
    for other in others {
        assert!(!other.is_signed_by(key().public(), &signed), "{other:?}");
    }
    let other_key = SigningKey::from_seed(&[8; 32]);
    assert!(!good.is_signed_by(other_key.public(), &signed));
}

#[test]
fn a_range_that_is_none_is_refused() {
    for (first, through) in [(0, 0), (2, 1), (1, 1 << 16 | 1), (1, u64::MAX)] {
        let mut bytes = acknowledged(None).encode();
        bytes[11..19].copy_from_slice(&u64::to_be_bytes(first));
        bytes[19..27].copy_from_slice(&u64::to_be_bytes(through));
        assert_eq!(
            Acknowledged::decode(&bytes),
            Err(CodecError::OutOfRange { field: "range of output numbers" }),
            "{first}..={through}"
        );
    }
}

#[test]
fn a_reason_is_made_fit_to_be_shown() {
    let reason = reason("a\nb\u{1b}[31m", &"ü".repeat(600));
    assert_eq!(reason.place(), "a b [31m");
    assert_eq!(reason.text().len(), 511);
    assert!(reason.text().ends_with("üü…"));
}

#[test]
fn no_more_than_64_reasons_are_kept_and_none_is_no_refusal() {
    assert_eq!(Reasons::new(Vec::new()), None);
    assert_eq!(Reasons::new(vec![reason("", "x"); 100]).unwrap().len(), 64);
}

#[test]
fn lanes_follow_priorities() {
    let all = [Priority::System, Priority::Urgent, Priority::Normal, Priority::RealTime];
    let lanes = all.map(Lane::from);
    assert_eq!(lanes, [Lane::SYSTEM, Lane::URGENT, Lane::NORMAL, Lane::REAL_TIME]);
    expect!["system urgent normal real-time 9"].assert_eq(&format!(
        "{} {} {} {} {}",
        lanes[0],
        lanes[1],
        lanes[2],
        lanes[3],
        Lane(9)
    ));
}

fn declined() -> Declined {
    Declined {
        by: "BANKFRPPA".parse().unwrap(),
        lane: Lane::NORMAL,
        output_number: 3,
        reason: reason("/Document", "unreadable"),
        signed: SignedRoot {
            root: Digest([5; 32]),
            key: KeyId([0; 8]),
            signature: Signature([0; 64]),
        },
    }
}

#[test]
fn a_declination_has_one_form() {
    check_form(&declined(), Declined::encode, Declined::decode);
}

#[test]
fn a_declination_is_signed_with_its_reason() {
    let network: NetworkName = "demo".parse().unwrap();
    let signed = declined().sign(network, &key()).unwrap();
    assert!(signed.is_signed_by(network, key().public()));
    assert!(!signed.is_signed_by("other".parse().unwrap(), key().public()));
    let other = SigningKey::from_seed(&[8; 32]);
    assert!(!signed.is_signed_by(network, other.public()));
    let changed = [
        Declined { reason: reason("/Document", "unwanted"), ..signed.clone() },
        Declined { output_number: 4, ..signed.clone() },
        Declined { lane: Lane::URGENT, ..signed.clone() },
        Declined { by: "BANKFRPPB".parse().unwrap(), ..signed.clone() },
        Declined { signed: SignedRoot { root: Digest([6; 32]), ..signed.signed }, ..signed },
    ];
    for changed in changed {
        assert!(!changed.is_signed_by(network, key().public()), "{changed:?}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = bytes;
        if let Some(version) = bytes.first_mut() { *version = 1; }
        if let Ok(value) = Accepted::decode(&bytes) { prop_assert_eq!(value.encode(), bytes.clone()); }
        if let Ok(value) = Refused::decode(&bytes) { prop_assert_eq!(value.encode(), bytes.clone()); }
        if let Ok(value) = Acknowledged::decode(&bytes) { prop_assert_eq!(value.encode(), bytes.clone()); }
        if let Ok(value) = Declined::decode(&bytes) { prop_assert_eq!(value.encode(), bytes); }
    }

    #[test]
    fn reasons_come_back(texts in prop::collection::vec((".{0,300}", ".{0,600}"), 1..5)) {
        let reasons = texts.iter().map(|(place, text)| reason(place, text)).collect();
        let refused = Refused { reasons: Reasons::new(reasons).unwrap(), ..refused(None) };
        prop_assert_eq!(Refused::decode(&refused.encode()), Ok(refused));
    }
}
