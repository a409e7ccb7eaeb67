use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::script::Stage;

/// The bodies of the records that only the machine reads, one a line.
fn bodies(stage: &Stage) -> String {
    let records = stage.journal.iter().filter(|record| record.kind.0 >= 16);
    let lines = records.map(|record| {
        let bytes = record.meta.iter();
        let text: String =
            bytes.map(|byte| char::from(*byte).escape_default().to_string()).collect();
        format!("{} {text}\n", record.kind.0)
    });
    lines.collect()
}

#[test]
fn the_bodies_of_records_about_rules_are_frozen() {
    let mut stage = Stage::with_members();
    stage.journal.clear();
    stage.network.sequence = None;
    stage.play(
        "
        service payments types=pacs.*,fin.103 size=1000 closed needs-relationship
        change payments monitoring=1,3 days=90 duplicates=flag window=60
        join payments ALPHDEFF
        leave payments ALPHDEFF
        request ALPHDEFF BANKFRPP payments types=pacs.008.*
        deny BANKFRPP ALPHDEFF payments a reason
        permit BANKFRPP ALPHDEFF payments from=5 until=900
        revoke BANKFRPP ALPHDEFF payments a reason
        broadcast service=payments from=1s until=2s a text
        retire payments a reason
        ",
    );
    expect![[r#"
        64 \u{0}\u{8}payments\u{2}\u{0}\u{6}pacs.*\u{0}\u{7}fin.103\u{0}\u{0}\u{0}\u{0}\u{3}\u{e8}\u{3}\u{7}\u{0}|\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        65 \u{0}\u{8}payments\u{1}\u{0}\u{1}*\u{0}\u{0}\u{ff}\u{ff}\u{ff}\u{ff}\u{0}\u{5}\u{0}Z\u{1}\u{0}\u{0}\u{0}<\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        67 \u{0}\u{8}paymentsALPHDEFF
        68 \u{0}\u{8}paymentsALPHDEFF
        82 ALPHDEFFBANKFRPP\u{0}\u{8}payments\u{1}\u{0}\npacs.008.*\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{6}please
        83 ALPHDEFFBANKFRPP\u{0}\u{8}payments\u{0}\u{8}a reason
        80 ALPHDEFFBANKFRPP\u{0}\u{8}payments\u{1}\u{0}\u{1}*\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{5}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{3}\u{84}
        81 ALPHDEFFBANKFRPP\u{0}\u{8}payments\u{0}\u{8}a reason
        112 \u{1}\u{0}\u{6}a text\u{0}\u{8}payments\u{0}\u{0}\u{0}\u{0}\u{0}\u{f}B@\u{0}\u{0}\u{0}\u{0}\u{0}\u{1e}\u{84}\u{80}
        66 \u{0}\u{8}payments\u{0}\u{8}a reason
    "#]].assert_eq(&bodies(&stage));
}

#[test]
fn the_bodies_of_records_are_frozen() {
    let mut stage = Stage::with_members();
    stage.play(
        "
        suspend ALPHDEFF a reason
        reinstate ALPHDEFF
        open ALPHDEFFA receives answered=0 system=0 normal=0
        close ALPHDEFFA lost
        tick
        describe ALPHDEFF branches=BER,HAM contact=+49-30-5550100
        service payments
        change payments warn=1/1
        close BANKFRPPA
        open ALPHDEFFA
        submit ALPHDEFFA 1 BANKFRPP
        submit BANKFRPPA 1 BANKFRPP warning
        open BANKFRPPA
        submit BANKFRPPA 1 BANKFRPP warning
        submit BANKFRPPA 2 BANKFRPP warning
        state-outstanding BANKFRPP BANKFRPP 20
        abort BANKFRPP 20 a reason
        @2s tick
        reports ALPHDEFF hours=480,1020
        reports BANKFRPP
        @8h tick
        retire payments a reason
        ",
    );
    expect![[r#"
        16 ALPHDEFF\u{0}\nAlpha Bank
        16 BANKFRPP\u{0}\u{8}Banque B
        19 nuncio key grant 1\nnetwork demo\nholder ALPHDEFFA\nkey ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\nfrom 1970-01-01T00:00:00.000000Z\nuntil 1970-01-01T00:00:01.000000Z\n\n\u{e2}\u{80}\u{94} nuncio/demo/root AAAA\n
        19 nuncio key grant 1\nnetwork demo\nholder BANKFRPPA\nkey ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\nfrom 1970-01-01T00:00:00.000000Z\nuntil 1970-01-01T00:00:01.000000Z\n\n\u{e2}\u{80}\u{94} nuncio/demo/root AAAA\n
        32 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}
        32 BANKFRPPA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}
        17 ALPHDEFF\u{0}\u{8}a reason
        18 ALPHDEFF
        32 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        33 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{2}
        48 
        20 ALPHDEFF\u{0}\u{2}BERHAM\u{1}\u{0}\u{e}+49-30-5550100
        64 \u{0}\u{8}payments\u{1}\u{0}\u{1}*\u{0}\u{0}\u{ff}\u{ff}\u{ff}\u{ff}\u{0}\u{7}\u{0}|\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        65 \u{0}\u{8}payments\u{1}\u{0}\u{1}*\u{0}\u{0}\u{ff}\u{ff}\u{ff}\u{ff}\u{0}\u{7}\u{0}|\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{0}\u{0}\u{0}\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        33 BANKFRPPA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}\u{1}
        32 ALPHDEFFA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        32 BANKFRPPA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}
        52 \u{1}BANKFRPPA\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{14}BANKFRPP\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{3}\u{0}
        96 BANKFRPP\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{3}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{14}\u{0}\u{8}a reason
        49 BANKFRPPBANKFRPP\u{0}\u{1}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{13}\u{1}
        54 ALPHDEFF\u{2}\u{1}\u{e0}\u{3}\u{fc}\u{0}\u{ff}\u{ff}
        54 BANKFRPP\u{0}\u{0}\u{ff}\u{ff}
        51 \u{0}\u{1}ALPHDEFF
        66 \u{0}\u{8}payments\u{0}\u{8}a reason
    "#]].assert_eq(&bodies(&stage));
}

#[test]
fn an_unknown_kind_is_refused() {
    let unknown = Event::decode(RecordKind(99), b"");
    assert_eq!(unknown, Err(EventError::UnknownKind { kind: 99 }));
}

#[test]
fn a_body_has_one_form() {
    let stage = Stage::with_members();
    // What ends a note is a matter of its signatures.
    let ours = stage.journal.iter().filter(|it| it.kind.0 >= 16 && it.kind != RecordKind(19));
    for record in ours {
        let mut longer = record.meta.clone();
        longer.push(0);
        assert!(Event::decode(record.kind, &longer).is_err(), "record {}", record.sequence);
        for length in 0..record.meta.len() {
            let cut = Event::decode(record.kind, &record.meta[..length]);
            assert!(cut.is_err(), "record {} cut at {length}", record.sequence);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_body_makes_the_reader_panic(
        kind in 0..50_u16,
        meta in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        if let Ok(event) = Event::decode(RecordKind(kind), &meta) {
            prop_assert_eq!(event.kind(), RecordKind(kind));
        }
    }
}
