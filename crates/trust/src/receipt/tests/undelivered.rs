//! Receipts of non-delivery, and what a delivery makes of them.

use expect_test::expect;

use super::*;
use crate::codec::Writer;
use crate::{
    Contradiction, ContradictionError, Declined, KeyId, Outstanding, Signature, SignedRoot,
    Undelivered,
};

/// The fourth message, as the receipts of [`Case::play`] are about it.
fn outstanding() -> Outstanding {
    Outstanding {
        sender: "ALPHDEFFA".parse().unwrap(),
        input_number: 4,
        message: 4,
        receiver: "BANKFRPP".parse().unwrap(),
        lane: Lane::NORMAL,
        output_number: 12,
        is_offered: true,
    }
}

fn elapsed(outcome: u8) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.raw(b"ALPHDEFFBANKFRPP").u16(2);
    for (number, message) in [(11, 3), (12, 4)] {
        writer.u8(2).u64(number).u64(message).u8(outcome);
    }
    writer.finish()
}

fn aborted() -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    writer.raw(b"BANKFRPP").u8(2).u64(12).u64(4).text("on the order of a court");
    writer.finish()
}

fn declined(message: Digest) -> Vec<u8> {
    let declined = Declined {
        by: "BANKFRPPA".parse().unwrap(),
        lane: Lane::NORMAL,
        output_number: 12,
        reason: Reason::new("RCV01".parse().unwrap(), Fault::Sender, "", "unreadable"),
        signed: SignedRoot { root: message, key: KeyId([0; 8]), signature: Signature([0; 64]) },
    };
    declined.sign(network(), &receiver()).unwrap().encode()
}

/// Puts a record behind all others, and makes the receipt of it.
fn told(log: &mut Log, acceptance: &Receipt, (kind, meta): (RecordKind, Vec<u8>)) -> Receipt {
    let Receipt::Acceptance(acceptance) = acceptance else { panic!() };
    let head = log.append(kind, &meta, Digest::of(b""));
    let grant =
        if kind == RecordKind::DECLINED { note("BANKFRPPA", &receiver()) } else { "".into() };
    let non_delivery = NonDelivery { record: log.logged(&head, meta, Digest::of(b"")), grant };
    let receipt = Receipt::NonDelivery(Box::new((acceptance.clone(), non_delivery)));
    let path = |head: &RecordHead| inclusion_path(&log.tree, log.tree.size(), head.sequence);
    receipt.renewed(&log.checkpoint().sign(&self::log()).unwrap(), path).unwrap()
}

/// A receipt for each record that says that the message was not delivered.
pub(super) fn every(log: &mut Log, acceptance: &Receipt) -> Vec<Receipt> {
    let message = acceptance.records()[0].head.hash();
    let records = [
        (RecordKind::OUTSTANDING, outstanding().encode()),
        (RecordKind::ELAPSED, elapsed(1)),
        (RecordKind::ELAPSED, elapsed(2)),
        (RecordKind::ABORTED, aborted()),
        (RecordKind::DECLINED, declined(message)),
    ];
    records.map(|record| told(log, acceptance, record)).to_vec()
}

fn proven(receipt: &Receipt) -> String {
    match receipt.verify(&keys()) {
        Ok(Verified::NonDelivery(parts)) => {
            let (message, it) = *parts;
            let (at, place) = (it.at.0 - START, (it.lane, it.output_number));
            format!("{} at {at}: {:?} {place:?}", message.header.input_number, it.why)
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_record_that_says_so_proves_that_a_message_was_not_delivered() {
    let mut log = Log::default();
    let [acceptance, ..] = Case::new().play_in(&mut log);
    let proven: Vec<String> = every(&mut log, &acceptance).iter().map(proven).collect();
    expect![[r#"
        4 at 8: Waiting { is_offered: Some(true) } (Lane(2), 12)
        4 at 9: Waiting { is_offered: None } (Lane(2), 12)
        4 at 10: Withdrawn (Lane(2), 12)
        4 at 11: Aborted (Lane(2), 12)
        4 at 12: Declined { by: BANKFRPPA, reason: Reason { code: RCV01, fault: Sender, place: "", text: "unreadable" } } (Lane(2), 12)"#]].assert_eq(&proven.join("\n"));
}

#[test]
fn a_record_about_another_message_proves_nothing() {
    let mut log = Log::default();
    let [acceptance, _, delivery] = Case::new().play_in(&mut log);
    let mut check = |kind, meta, want: &str| {
        assert_eq!(proven(&told(&mut log, &acceptance, (kind, meta))), want);
    };
    let want = "the record does not say that this very message was not taken over";
    for other in [
        Outstanding { message: 3, ..outstanding() },
        Outstanding { input_number: 3, ..outstanding() },
        Outstanding { sender: "ALPHDEFFB".parse().unwrap(), ..outstanding() },
        Outstanding { receiver: "CASHGB2L".parse().unwrap(), ..outstanding() },
    ] {
        check(RecordKind::OUTSTANDING, other.encode(), want);
    }
    check(RecordKind::DECLINED, declined(Digest::of(b"another")), want);
    let (_, acknowledged) = {
        let Receipt::Delivery(parts) = &delivery else { panic!() };
        (parts.0.clone(), parts.1.record.meta.clone())
    };
    check(
        RecordKind::ACKNOWLEDGED,
        acknowledged,
        "the record in the log is not of the kind that the receipt claims",
    );
}

#[test]
fn both_records_stand_under_one_checkpoint_and_nobody_else_signs() {
    let mut log = Log::default();
    let [acceptance, ..] = Case::new().play_in(&mut log);
    let good = told(&mut log, &acceptance, (RecordKind::OUTSTANDING, outstanding().encode()));
    let Receipt::NonDelivery(parts) = &good else { panic!() };
    let Receipt::Acceptance(earlier) = acceptance else { panic!() };
    let apart = Receipt::NonDelivery(Box::new((earlier, parts.1.clone())));
    let want = "the records of acceptance and of non-delivery are not under one checkpoint";
    assert_eq!(refused(&apart), want);
    let mut granted = parts.clone();
    granted.1.grant = note("BANKFRPPA", &receiver());
    let want = "the record does not say that this very message was not taken over";
    assert_eq!(refused(&Receipt::NonDelivery(granted)), want);
}

#[test]
fn a_delivery_before_the_statement_gives_the_log_the_lie() {
    let mut log = Log::default();
    let [acceptance, refusal, delivery] = Case::new().play_in(&mut log);
    // The acknowledgement stands at place 7, what says the opposite behind it.
    for not in every(&mut log, &acceptance) {
        let evidence = Contradiction::between(&delivery, &not).unwrap();
        assert_eq!(Contradiction::between(&not, &delivery), Some(evidence.clone()));
        let proven = evidence.verify(&keys()).unwrap();
        assert!(proven.delivery.position < proven.non_delivery.position);
        assert_eq!(Contradiction::from_json(&evidence.to_json()).unwrap(), evidence);
    }
    assert_eq!(Contradiction::between(&acceptance, &delivery), None);
    assert_eq!(Contradiction::between(&refusal, &acceptance), None);
}

#[test]
fn an_honest_log_cannot_be_accused_of_a_delivery_that_came_later() {
    let mut log = Log::default();
    let case = Case::new();
    let [acceptance, ..] = case.play_in(&mut log);
    let Receipt::Acceptance(accepted) = &acceptance else { panic!() };
    let waiting = told(&mut log, &acceptance, (RecordKind::OUTSTANDING, outstanding().encode()));
    let gone = told(&mut log, &acceptance, (RecordKind::ABORTED, aborted()));
    let taken: Vec<Digest> = log.heads[3..6].iter().map(RecordHead::hash).collect();
    let delivery = case.deliver(&mut log, &taken);
    let delivery = Receipt::Delivery(Box::new((accepted.clone(), delivery)));
    delivery.verify(&keys()).unwrap();
    let honest = Contradiction::between(&waiting, &delivery).unwrap();
    assert!(matches!(honest.verify(&keys()), Err(ContradictionError::Consistent)));
    // What was withdrawn is never taken over, before or after.
    let gone = Contradiction::between(&gone, &delivery).unwrap().verify(&keys()).unwrap();
    assert_eq!(gone.non_delivery.why, Undelivered::Aborted);

    // A delivery of another message says nothing of this one.
    let mut other = Case::new();
    other.headers[3].reference = "order 8".parse().unwrap();
    let [.., delivery] = other.play();
    let evidence = Contradiction::between(&waiting, &delivery).unwrap();
    assert!(matches!(evidence.verify(&keys()), Err(ContradictionError::Messages)));
}

#[test]
fn evidence_of_a_contradiction_with_any_byte_changed_proves_nothing_else() {
    let mut log = Log::default();
    let [acceptance, _, delivery] = Case::new().play_in(&mut log);
    let not = told(&mut log, &acceptance, (RecordKind::OUTSTANDING, outstanding().encode()));
    let good = Contradiction::between(&delivery, &not).unwrap();
    let text = good.to_json();
    for at in 0..text.len() {
        for change in [0x01, 0x04, 0x20] {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= change;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let Ok(other) = Contradiction::from_json(&changed) else { continue };
            assert!(other == good || other.verify(&keys()).is_err(), "{at}: {changed}");
        }
    }
}

#[test]
fn the_reading_of_a_non_delivery_is_for_people() {
    let mut log = Log::default();
    let [acceptance, ..] = Case::new().play_in(&mut log);
    let every = every(&mut log, &acceptance);
    let text = every[4].to_json();
    let start = text.find("\"undelivered\"").unwrap();
    let end = text[start..].find("\n  },").unwrap();
    expect![[r#"
        "undelivered": {
              "position": "0/12",
              "at": "2026-11-23T21:00:00.000012Z",
              "state": "declined",
              "lane": "normal",
              "output_number": 12,
              "by": "BANKFRPPA",
              "reason": {
                "code": "RCV01",
                "fault": "sender",
                "place": "",
                "text": "unreadable"
              }
            }"#]]
    .assert_eq(&text[start..start + end]);
    let bad = text.replacen("\"state\": \"declined\"", "\"state\": \"waiting\"", 1);
    assert_ne!(bad, text);
    assert!(Receipt::from_json(&bad).is_err());
}
