use proptest::prelude::*;

use super::*;
use crate::{Monitoring, NoteSigner, Priority};

const TEXT: &[u8] = b"<Document>a secret</Document>";
const AT: LogTime = LogTime(1_795_467_600_000_000);

fn header() -> Header {
    Header {
        network: "demo".parse().unwrap(),
        service: "confidential".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: "ALPHDEFFA".parse().unwrap(),
        receiver: "BANKFRPP".parse().unwrap(),
        input_number: 0,
        created_at: AT,
        expires_at: None,
        payload_length: 0,
        reference: "order 7".parse().unwrap(),
        uetr: None,
        priority: Priority::Normal,
        monitoring: Monitoring::Notice,
        possible_duplicate: false,
        answers: None,
        file: None,
        is_sealed: true,
    }
}

fn root() -> NoteSigner {
    NoteSigner::new("nuncio/demo/root", SigningKey::from_seed(&[2; 32])).unwrap()
}

fn sender() -> SigningKey {
    SigningKey::from_seed(&[3; 32])
}

fn receiver() -> OpeningKey {
    OpeningKey::from_seed(&[4; 32])
}

fn grant() -> KeyGrant {
    KeyGrant {
        network: "demo".parse().unwrap(),
        holder: "ALPHDEFFA".parse().unwrap(),
        key: sender().public().clone(),
        from: AT,
        until: LogTime(AT.0 + 1000),
    }
}

/// Bytes that are no secret and never the same twice in a row.
fn counting() -> impl FnMut(&mut [u8]) {
    let mut next = 0_u8;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(1);
        }
    }
}

fn seal(to: &PublicKey, header: &Header, text: &[u8]) -> (Vec<u8>, Disclosure) {
    let grant = grant().sign(&root()).unwrap();
    Sealer { signing: &sender(), grant: &grant, to }.seal(header, text, counting()).unwrap()
}

fn check(opened: &Opened, header: &Header, envelope: &[u8]) -> Result<(), SealedError> {
    let of = (header, &Digest::of(envelope));
    opened.disclosure.verify(of, AT, &opened.text, &[root().verifier().clone()])
}

#[test]
fn what_is_sealed_opens_with_the_receivers_key_and_shows_who_signed_it() {
    let (envelope, disclosure) = seal(receiver().public(), &header(), TEXT);
    assert!(!envelope.windows(8).any(|window| TEXT.windows(8).any(|it| it == window)));
    assert_eq!(sealed_to(&envelope), Ok(receiver().id()));
    // The number and the length come later.
    let sent = Header { input_number: 9, payload_length: 1_400, ..header() };
    let opened = open_sealed(&[receiver()], &sent, &envelope).unwrap();
    assert_eq!(opened.text, TEXT);
    assert_eq!(opened.disclosure, disclosure);
    assert_eq!(check(&opened, &sent, &envelope), Ok(()));
    let bytes = disclosure.encode();
    assert_eq!(Disclosure::decode(&bytes), Ok(disclosure));
}

#[test]
fn a_key_comes_back_from_its_text_and_seals_as_before() {
    let key = OpeningKey::from_pem(&receiver().to_pem()).unwrap();
    assert_eq!(key.public(), receiver().public());
    let public: PublicKey = key.public().to_string().parse().unwrap();
    assert_eq!(&public, key.public());
    let (envelope, _) = seal(&public, &header(), TEXT);
    assert_eq!(open_sealed(&[key], &header(), &envelope).unwrap().text, TEXT);
    assert!(OpeningKey::from_pem(&sender().to_pem().unwrap()).is_err());
    assert!(SigningKey::from_pem(&receiver().to_pem()).is_err());
    assert_ne!(OpeningKey::generate().unwrap().id(), OpeningKey::generate().unwrap().id());
}

#[test]
fn an_encryption_key_signs_nothing_and_a_signing_key_seals_nothing() {
    let signature = Signature([7; 64]);
    assert!(receiver().public().verify(b"something", &signature).is_err());
    let grant = grant().sign(&root()).unwrap();
    let key = sender();
    let sealer = Sealer { signing: &key, grant: &grant, to: key.public() };
    assert_eq!(sealer.seal(&header(), TEXT, counting()).unwrap_err(), SealError::Receiver);
}

#[test]
fn every_byte_of_an_envelope_counts() {
    let (envelope, _) = seal(receiver().public(), &header(), TEXT);
    for at in 0..envelope.len() {
        let mut changed = envelope.clone();
        changed[at] ^= if at % 2 == 0 { 0x01 } else { 0x80 };
        assert!(open_sealed(&[receiver()], &header(), &changed).is_err(), "byte {at}");
    }
    for length in 0..envelope.len() {
        assert!(open_sealed(&[receiver()], &header(), &envelope[..length]).is_err(), "{length}");
    }
    let longer = [&envelope[..], &[0]].concat();
    assert_eq!(open_sealed(&[receiver()], &header(), &longer), Err(SealedError::Closed));
}

#[test]
fn an_envelope_under_another_header_does_not_open() {
    let (envelope, _) = seal(receiver().public(), &header(), TEXT);
    let others = [
        Header { sender: "ALPHDEFFB".parse().unwrap(), ..header() },
        Header { receiver: "CASHGB2L".parse().unwrap(), ..header() },
        Header { network: "live".parse().unwrap(), ..header() },
        Header { service: "payments".parse().unwrap(), ..header() },
        Header { message_type: "pacs.009.001.08".parse().unwrap(), ..header() },
        Header { reference: "order 8".parse().unwrap(), ..header() },
        Header { created_at: LogTime(AT.0 + 1), ..header() },
        Header { expires_at: Some(AT), ..header() },
        Header { possible_duplicate: true, ..header() },
        Header { is_sealed: false, ..header() },
    ];
    for other in others {
        let opened = open_sealed(&[receiver()], &other, &envelope);
        assert_eq!(opened, Err(SealedError::Closed), "{other:?}");
    }
}

#[test]
fn keys_overlap_and_another_key_opens_nothing() {
    let (old, new) = (receiver(), OpeningKey::from_seed(&[5; 32]));
    let (first, _) = seal(old.public(), &header(), TEXT);
    let (second, _) = seal(new.public(), &header(), TEXT);
    let both = [old, new];
    for envelope in [&first, &second] {
        assert_eq!(open_sealed(&both, &header(), envelope).unwrap().text, TEXT);
    }
    let key = both[0].id();
    let gone = open_sealed(&both[1..], &header(), &first);
    assert_eq!(gone, Err(SealedError::UnknownKey { key }));
    // Sealed to one key, with the name of the other.
    let mut renamed = first;
    renamed[6..14].copy_from_slice(&both[1].id().0);
    assert_eq!(open_sealed(&both, &header(), &renamed), Err(SealedError::Closed));
}

#[test]
fn a_disclosure_shows_one_text_of_one_message_by_its_sender() {
    let (envelope, disclosure) = seal(receiver().public(), &header(), TEXT);
    let payload = Digest::of(&envelope);
    let verify = |disclosure: &Disclosure, header: &Header, payload: &Digest, at, text: &[u8]| {
        disclosure.verify((header, payload), at, text, &[root().verifier().clone()])
    };
    assert_eq!(verify(&disclosure, &header(), &payload, AT, TEXT), Ok(()));
    let other = verify(&disclosure, &header(), &payload, AT, b"<Document>another</Document>");
    assert_eq!(other, Err(SealedError::Signature));
    let (moved, _) = seal(receiver().public(), &header(), b"another text");
    let other = verify(&disclosure, &header(), &Digest::of(&moved), AT, TEXT);
    assert_eq!(other, Err(SealedError::OtherMessage));
    let stranger = Header { sender: "ALPHDEFFB".parse().unwrap(), ..header() };
    let other = verify(&disclosure, &stranger, &payload, AT, TEXT);
    assert_eq!(other, Err(SealedError::Signer));
    let late = LogTime(AT.0 + 1000);
    assert_eq!(verify(&disclosure, &header(), &payload, late, TEXT), Err(SealedError::Signer));
    let bytes = disclosure.encode();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        let Ok(changed) = Disclosure::decode(&changed) else { continue };
        assert!(verify(&changed, &header(), &payload, AT, TEXT).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_text_comes_back(text in prop::collection::vec(any::<u8>(), 0..5_000)) {
        let (envelope, _) = seal(receiver().public(), &header(), &text);
        let opened = open_sealed(&[receiver()], &header(), &envelope).unwrap();
        prop_assert_eq!(check(&opened, &header(), &envelope), Ok(()));
        prop_assert_eq!(opened.text, text);
    }

    #[test]
    fn no_bytes_open_badly(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let whole = [&b"NUNS\x01\x01"[..], &receiver().id().0, &bytes].concat();
        prop_assert!(open_sealed(&[receiver()], &header(), &whole).is_err());
        prop_assert!(Disclosure::decode(&bytes).is_err());
    }
}
