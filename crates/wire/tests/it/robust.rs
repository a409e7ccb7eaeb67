//! What the decoder makes of bytes that nobody of ours has written.

use bytes::Bytes;
use proptest::prelude::*;
use wire::Encoding;
use wire::latest::{GatewayFrame, HubFrame, Message, Submit, gateway_frame::Body as GatewayBody};

#[test]
fn a_payload_shares_the_buffer_of_its_frame() {
    let payload = Bytes::from(vec![b'x'; 4096]);
    let submit = Submit {
        first_input_number: 1,
        messages: vec![Message { header: Bytes::from_static(b"h"), payload }],
        ..Submit::default()
    };
    let frame = Bytes::from(GatewayFrame::from(submit).encode_to_vec());
    let Some(GatewayBody::Submit(submit)) = GatewayFrame::decode(frame.clone()).unwrap().body
    else {
        panic!("a submit was encoded");
    };
    let payload = &submit.messages[0].payload;
    assert!(frame.as_ptr_range().contains(&payload.as_ptr()), "the payload was copied");
}

#[test]
fn a_field_of_a_later_revision_is_ignored() {
    // Field 99 of wire type 2 holds three bytes; then a Bye with a field 9 of type 0.
    let bytes: &[u8] = &[0x9a, 0x06, 3, 1, 2, 3, 0x7a, 4, 0x48, 1, 0x0a, 0];
    let frame = GatewayFrame::decode(bytes).unwrap();
    assert!(matches!(frame.body, Some(GatewayBody::Bye(_))), "{frame:?}");
}

#[test]
fn a_frame_that_ends_too_early_is_an_error() {
    let frame = GatewayFrame::from(Submit { key: Bytes::from_static(b"key"), ..Submit::default() });
    let bytes = frame.encode_to_vec();
    for length in 1..bytes.len() {
        assert!(GatewayFrame::decode(&bytes[..length]).is_err(), "{length} bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_frame_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        if let Ok(frame) = GatewayFrame::decode(bytes.as_slice()) {
            prop_assert_eq!(&GatewayFrame::decode(frame.encode_to_vec().as_slice()), &Ok(frame));
        }
        if let Ok(frame) = HubFrame::decode(bytes.as_slice()) {
            prop_assert_eq!(&HubFrame::decode(frame.encode_to_vec().as_slice()), &Ok(frame));
        }
    }

    #[test]
    fn every_submit_comes_back_equal(
        first_input_number: u64,
        messages in proptest::collection::vec(any::<(Vec<u8>, Vec<u8>)>(), 0..5),
        key: Vec<u8>,
        signature: Vec<u8>,
    ) {
        let messages = messages
            .into_iter()
            .map(|(header, payload)| Message { header: header.into(), payload: payload.into() })
            .collect();
        let key = key.into();
        let signature = signature.into();
        let frame = GatewayFrame::from(Submit { first_input_number, messages, key, signature });
        prop_assert_eq!(GatewayFrame::decode(Bytes::from(frame.encode_to_vec())), Ok(frame));
    }
}
