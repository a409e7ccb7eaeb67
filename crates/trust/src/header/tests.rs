use proptest::prelude::*;

use super::*;
use crate::merkle;

fn header() -> Header {
    Header {
        network: "demo".parse().unwrap(),
        service: "payments!p".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        sender: "ALPHDEFFA".parse().unwrap(),
        receiver: "BANKFRPP".parse().unwrap(),
        input_number: 1,
        created_at: LogTime(2),
        expires_at: Some(LogTime(3)),
        payload_length: 4,
        reference: "order 7".parse().unwrap(),
        uetr: Some("e008b023-a2a3-4e6b-9b7c-0b1d1a0d8f11".parse().unwrap()),
        priority: Priority::Urgent,
        monitoring: Monitoring::Both,
        possible_duplicate: true,
        answers: None,
        file: None,
        is_sealed: false,
    }
}

#[test]
fn a_header_that_announces_a_file_has_the_documented_bytes() {
    let file = FileName { digest: Digest([0xab; 32]), bytes: 0x0102_0304_0506_0708 };
    let announcing = Header { file: Some(file), ..header() };
    let bytes = announcing.encode();
    let plain = header().encode();
    assert_eq!(bytes[1], plain[1] | 16);
    assert_eq!(bytes[2..plain.len()], plain[2..]);
    assert_eq!(bytes[plain.len()..], [&[0xab; 32][..], &[1, 2, 3, 4, 5, 6, 7, 8]].concat());
    assert_eq!(Header::decode(&bytes), Ok(announcing));
}

#[test]
fn a_header_has_the_documented_bytes() {
    let want = [
        b"\x01\x03\x01\x03\0\x04demo\0\x0apayments!p\0\x0fpacs.008.001.08".as_slice(),
        b"ALPHDEFFABANKFRPPXXX",
        b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x03\0\0\0\x04\0\x07order 7",
        b"\xe0\x08\xb0\x23\xa2\xa3\x4e\x6b\x9b\x7c\x0b\x1d\x1a\x0d\x8f\x11",
    ]
    .concat();
    assert_eq!(header().encode(), want);
}

#[test]
fn a_response_names_the_record_of_its_request_at_the_end() {
    let response =
        Header { priority: Priority::RealTime, answers: Some(0x0102), uetr: None, ..header() };
    let bytes = response.encode();
    assert_eq!(&bytes[..4], b"\x01\x06\x03\x03");
    assert!(bytes.ends_with(b"\0\x07order 7\0\0\0\0\0\0\x01\x02"));
    assert_eq!(Header::decode(&bytes), Ok(response));
}

#[test]
fn a_statement_is_a_leaf_of_the_documented_bytes() {
    let payload = Digest::of(b"payload");
    let bytes = [b"nuncio statement 1\n\0\0\0\x06header".as_slice(), payload.as_bytes()].concat();
    assert_eq!(Statement::of(b"header", &payload).0, merkle::leaf_hash(&bytes));
}

#[test]
fn every_change_of_a_byte_is_seen_or_refused() {
    let good = header().encode();
    for at in 0..good.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            if let Ok(other) = Header::decode(&bytes) {
                assert_ne!(other, header(), "byte {at}");
                assert_eq!(other.encode(), bytes, "byte {at}");
            }
        }
    }
}

#[test]
fn bytes_that_end_early_or_late_are_refused() {
    let good = header().encode();
    for length in 0..good.len() {
        assert!(Header::decode(&good[..length]).is_err(), "the first {length} bytes");
    }
    let longer = [&good[..], &[0]].concat();
    assert_eq!(Header::decode(&longer), Err(HeaderError::Form(CodecError::Long)));
    let mut other = good;
    other[0] = 2;
    assert_eq!(Header::decode(&other), Err(HeaderError::Version { version: 2 }));
}

#[test]
fn values_outside_their_range_are_named() {
    let check = |at: usize, to: u8, field| {
        let mut bytes = header().encode();
        bytes[at] = to;
        assert_eq!(Header::decode(&bytes), Err(HeaderError::Field { field }));
    };
    check(1, 128, "flags");
    check(2, 4, "priority");
    check(3, 4, "monitoring");
    check(6, b' ', "network");
    check(12, b' ', "service");
    check(24, b' ', "message type");
    check(39, b'a', "sender");
    check(47, b'X', "sender");
    check(48, 0xff, "receiver");
    check(89, b'\n', "reference");
    check(102, 0, "UETR");
}

#[test]
fn references_have_their_limits() {
    let long = "x".repeat(141);
    for text in ["", "a\nb", "a\u{7f}", &long] {
        assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text:?}");
    }
    assert!("ü".repeat(70).parse::<Reference>().is_ok());
}

#[test]
fn codes_of_priorities_and_monitoring_come_back() {
    for code in 0..=255 {
        assert_eq!(Priority::from_code(code).map(Priority::code), Some(code).filter(|c| *c < 4));
        assert_eq!(
            Monitoring::from_code(code).map(Monitoring::code),
            Some(code).filter(|code| *code < 4)
        );
    }
    assert!(Monitoring::Notice.wants_notice() && Monitoring::Both.wants_notice());
    assert!(!Monitoring::None.wants_notice() && !Monitoring::Warning.wants_notice());
}

prop_compose! {
    fn any_header()(
        names in ("[a-z][a-z0-9.-]{0,31}", "[a-z][a-z0-9!_]{0,31}", "[a-zA-Z0-9][a-z0-9.]{0,31}"),
        sender in "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}[A-W0-9]",
        receiver in "[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}[A-Z0-9]{3}",
        (input_number, created_at, payload_length) in any::<(u64, u64, u32)>(),
        expires_at in prop::option::of(1_u64..),
        reference in "[^\\p{Cc}]{1,35}",
        uetr in prop::option::of(any::<[u8; 16]>()),
        (priority, monitoring) in (0_u8..4, 0_u8..4),
        (possible_duplicate, is_sealed) in any::<(bool, bool)>(),
        answers in prop::option::of(any::<u64>()),
        file in prop::option::of(any::<([u8; 32], u64)>()),
    ) -> Header {
        Header {
            network: names.0.parse().unwrap(),
            service: names.1.parse().unwrap(),
            message_type: names.2.parse().unwrap(),
            sender: sender.parse().unwrap(),
            receiver: receiver.parse().unwrap(),
            input_number,
            created_at: LogTime(created_at),
            expires_at: expires_at.map(LogTime),
            payload_length,
            reference: reference.parse().unwrap(),
            uetr: uetr.map(Uetr::from_random),
            priority: Priority::from_code(priority).unwrap(),
            monitoring: Monitoring::from_code(monitoring).unwrap(),
            possible_duplicate,
            answers,
            file: file.map(|(digest, bytes)| FileName { digest: Digest(digest), bytes }),
            is_sealed,
        }
    }
}

proptest! {
    #[test]
    fn a_header_comes_back(header in any_header()) {
        prop_assert_eq!(Header::decode(&header.encode()), Ok(header));
    }

    #[test]
    fn what_is_read_is_written_the_same(header in any_header(), at in any::<prop::sample::Index>(), to: u8) {
        let mut bytes = header.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(other) = Header::decode(&bytes) {
            prop_assert_eq!(other.encode(), bytes);
        }
    }
}
