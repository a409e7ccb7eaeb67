//! A terminal with good certificates and bad manners: it speaks the link's protocol by hand and
//! breaks its rules one by one.

use std::fs;

use trust::{Header, LogTime, Priority, SigningKey};

use crate::link::{Link, header, hello};
use crate::net::{Net, Process, payment};

/// A network of two institutions of which only the hub runs.
pub(crate) fn hub_only() -> Net {
    let mut net = Net::files(&["ALPHDEFF", "BRAVFRPP"]);
    net.hub = Some(Process::start("hub", &net.path("hub")));
    net
}

/// For what is spoken by hand.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn every_lie_about_a_message_is_refused_with_its_code() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        let mut number = 0;
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        type Lie = fn(&mut Header, &mut Vec<u8>);
        let lies: [(Lie, &[&str]); 12] = [
            (|_, _| {}, &["accepted"]),
            (|header, _| header.network = "other".parse().unwrap(), &["NET004"]),
            (|header, _| header.sender = "BRAVFRPPA".parse().unwrap(), &["HDR004"]),
            (|header, _| header.input_number += 1, &["NET006"]),
            (|header, _| header.payload_length += 1, &["HDR002"]),
            (|header, _| header.receiver = "CHARGB2L".parse().unwrap(), &["HDR005"]),
            (|header, _| header.message_type = "pacs.009.001.08".parse().unwrap(), &["HDR006"]),
            (|header, _| header.reference = "OTHER".parse().unwrap(), &["HDR007"]),
            (|header, _| header.uetr = None, &["HDR008"]),
            (|header, _| header.priority = Priority::System, &["NET007"]),
            (|header, _| header.expires_at = Some(LogTime(2)), &["NET009"]),
            (
                |header, payload| {
                    payload.truncate(payload.len() - 3);
                    header.payload_length -= 3;
                },
                &["XML"],
            ),
        ];
        for (lie, want) in lies {
            number += 1;
            let mut payload = payload.clone();
            let mut header = header(number, &payload);
            lie(&mut header, &mut payload);
            link.submit(number, &header, &payload).await;
            let reasons = link.reasons().await;
            assert_eq!(reasons.len(), want.len(), "{number}: {reasons:?} for {want:?}");
            assert!(reasons[0].starts_with(want[0]), "{number}: {reasons:?} for {want:?}");
        }
        // A stranger as receiver, and all that is wrong at once.
        let strange = payment("ALPHDEFF", "ZULUJPJT", 99);
        let mut header = header(number + 1, &strange);
        header.expires_at = Some(LogTime(2));
        link.submit(number + 1, &header, &strange).await;
        assert_eq!(link.reasons().await, ["NET009", "NET001"]);
    });
}

#[test]
fn a_signature_that_does_not_hold_is_refused() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        let mut frame = link.frame(1, &header(1, &payload), &payload);
        let mut signature = frame.signature.to_vec();
        signature[10] ^= 1;
        frame.signature = signature.into();
        link.say(frame).await;
        assert_eq!(link.reasons().await, ["SIG001"]);
        // The key of another institution, which the network knows, but not as this terminal's.
        let other = fs::read_to_string(net.gateway("BRAVFRPP").join("signing.key")).unwrap();
        link.key = SigningKey::from_pem(&other).unwrap();
        link.submit(2, &header(2, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["SIG002"]);
    });
}

#[test]
fn numbers_out_of_order_end_the_link_and_change_nothing() {
    let net = hub_only();
    runtime().block_on(async {
        let payload = payment("ALPHDEFF", "BRAVFRPP", 1);
        for wrong in [2, 0, u64::MAX] {
            let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
            link.submit(wrong, &header(wrong, &payload), &payload).await;
            assert!(link.code().await.starts_with("LNK0"), "{wrong}");
        }
        let mut link = Link::open(&net, &net.gateway("ALPHDEFF")).await;
        link.submit(1, &header(1, &payload), &payload).await;
        assert_eq!(link.reasons().await, ["accepted"]);
        // The same number again: the network has it.
        link.submit(1, &header(1, &payload), &payload).await;
        assert!(link.code().await.starts_with("LNK0"));
    });
}

#[test]
fn a_terminal_speaks_for_itself_only() {
    let net = hub_only();
    runtime().block_on(async {
        let mut link = Link::connect(&net, &net.gateway("BRAVFRPP")).await.unwrap();
        link.say(hello("ALPHDEFFA")).await;
        assert_eq!(link.code().await, "LNK005");
        // A certificate of another network's authority does not even get to speak.
        let other = Net::files(&["ALPHDEFF"]);
        let folder = other.gateway("ALPHDEFF");
        fs::copy(net.gateway("ALPHDEFF").join("ca.pem"), folder.join("ca.pem")).unwrap();
        let refused = match Link::connect(&net, &folder).await {
            Err(_) => true,
            Ok(mut link) => {
                let _ = link.out.send(hello("ALPHDEFFA").into()).await;
                link.hear().await.is_none()
            }
        };
        assert!(refused);
    });
}
