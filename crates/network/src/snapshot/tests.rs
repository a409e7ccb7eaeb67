use expect_test::expect;

use super::*;
use crate::script::Stage;

/// A state with something in every field.
fn full() -> Network {
    let mut stage = Stage::with_members();
    stage.play(
        "
        service payments types=pacs.* closed needs-relationship duplicates=flag warn=1/2 late=3/4
        describe ALPHDEFF branches=BER contact=+49-30-5550100
        join payments ALPHDEFF
        join payments BANKFRPP
        permit BANKFRPP ALPHDEFF payments types=pacs.008.* until=900000
        request BANKFRPP ALPHDEFF payments
        reports ALPHDEFF hours=480,1020
        admit CHASUS33 Chase
        suspend CHASUS33 a reason
        submit ALPHDEFFA 1 BANKFRPP notice
        submit ALPHDEFFA 2 BANKFRPP urgent
        refuse ALPHDEFFA 3
        ack BANKFRPPA normal 1 1
        close BANKFRPPA lost
        submit ALPHDEFFA 4 BANKFRPP both
        submit ALPHDEFFA 5 BANKFRPP both
        abort BANKFRPP 21 a reason
        ",
    );
    assert!(!stage.said.contains("NET0"), "{}", stage.said);
    stage.network
}

#[test]
fn the_form_of_a_state_is_frozen() {
    let network = full();
    assert_eq!(Network::decode(&network.encode()), Ok(network.clone()));
    expect!["531d261565a568bd3eaa95b284c11beead27c773f94b1334dceb511fb5094bc2"]
        .assert_eq(&network.hash().to_string());
}

#[test]
fn bytes_that_are_no_state_are_refused() {
    let good = full().encode();
    assert_eq!(Network::decode(b"something else"), Err(SnapshotError::Magic));
    let mut longer = good.clone();
    longer.push(0);
    assert_eq!(Network::decode(&longer), Err(CodecError::Long.into()));
    for length in 0..good.len() {
        assert!(Network::decode(&good[..length]).is_err(), "cut at {length}");
    }
}

#[test]
fn a_member_twice_is_refused() {
    let network = full();
    let mut bytes = network.encode();
    let place = |name: &[u8]| bytes.windows(8).position(|window| window == name).unwrap();
    let (first, last) = (place(b"ALPHDEFF"), place(b"CHASUS33"));
    bytes[last..last + 8].copy_from_slice(b"ALPHDEFF");
    let twice = CodecError::OutOfRange { field: "member" };
    assert!(first < last);
    assert_eq!(Network::decode(&bytes), Err(twice.into()));
}
