//! Every binary form of crate `trust`: no bytes make a decoder fail badly, and what one takes is
//! encoded to the very same bytes.

#![no_main]

use fuzz::{example_records, plant};
use libfuzzer_sys::fuzz_target;
use trust::codec::{Reader, Writer};
use trust::{
    Acceptance, Accepted, Acknowledged, Declined, Delivery, Digest, Disclosure, FrameProof, Header,
    LoggedRecord, NonDelivery, Outstanding, PublicKey, Receipt, RecordHead, RecordKind, Refused,
};

/// Decodes the bytes and, if that succeeds, encodes them again.
macro_rules! same {
    ($($form:ty),+; $bytes:ident) => {
        $(if let Ok(value) = <$form>::decode($bytes) {
            let again = value.encode();
            assert_eq!(&again[..], $bytes, stringify!($form));
        })+
    };
}

fuzz_target!(
    init: seeds(),
    |bytes: &[u8]| {
        same!(
            Header, RecordHead, Accepted, Refused, Acknowledged, Declined, Outstanding, FrameProof,
            Disclosure; bytes
        );
        if let Ok(receipt) = Receipt::decode(bytes) {
            assert_eq!(receipt.encode(), bytes);
            assert_eq!(Receipt::from_json(&receipt.to_json()).ok().as_ref(), Some(&receipt));
        }
        let mut reader = Reader::new(bytes);
        if let Ok(key) = PublicKey::read(&mut reader)
            && reader.finish().is_ok()
        {
            let mut writer = Writer::with_capacity(bytes.len());
            key.write(&mut writer);
            assert_eq!(writer.finish(), bytes);
        }
        let _ = trust::sealed_to(bytes);
        let _ = trust::pki::terminal_of_certificate(bytes);
    }
);

/// Heads and bodies of real records, and receipts of them. The signatures in those are none: what is
/// tried here comes before signatures.
fn seeds() {
    let mut acceptance = None;
    for record in example_records() {
        let sequence = record.head.sequence;
        plant(&format!("head-{sequence}"), record.head.encode());
        plant(&format!("meta-{sequence}"), &record.meta);
        let logged = LoggedRecord {
            head: record.head.clone(),
            meta: record.meta.to_vec(),
            payload: Digest::of(&record.payload),
            path: vec![Digest::of(b"one"), Digest::of(b"two")],
            checkpoint: "nuncio/sample/0\n35\nroot\n\n— nuncio/sample/0 AAAAAAAA\n".to_owned(),
        };
        let grant = "nuncio key grant 1\n\n— nuncio/sample/root AAAAAAAA\n".to_owned();
        let receipt = match (record.head.kind, &acceptance) {
            (RecordKind::ACCEPTED, _) => {
                if let Ok(accepted) = Accepted::decode(&record.meta) {
                    plant(&format!("header-{sequence}"), &accepted.header);
                    plant(&format!("proof-{sequence}"), accepted.proof.encode());
                }
                let accepted = Acceptance { record: logged, grant };
                acceptance = Some(accepted.clone());
                Receipt::Acceptance(accepted)
            }
            (RecordKind::REFUSED, _) => Receipt::Refusal(logged),
            (RecordKind::ACKNOWLEDGED, Some(accepted)) => {
                let path = vec![Digest::of(b"beside")];
                let delivery = Delivery { record: logged, index: 0, path, grant };
                Receipt::Delivery(Box::new((accepted.clone(), delivery)))
            }
            (_, Some(accepted)) => {
                let record = NonDelivery { record: logged, grant: String::new() };
                Receipt::NonDelivery(Box::new((accepted.clone(), record)))
            }
            _ => continue,
        };
        plant(&format!("receipt-{sequence}"), receipt.encode());
    }
}
