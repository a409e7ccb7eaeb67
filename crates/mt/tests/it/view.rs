//! What others read of a message.

use expect_test::expect;
use mt::{Standard, describe, read};

use crate::text::files;

fn base(file: &str, name: &str) -> String {
    files()[file].bases[name].message()
}

#[test]
fn a_summary_has_what_routing_needs() {
    let text = base("cat1", "103");
    let text = text.replace("{3:", "{3:{108:MUR-1}").replace("XXXXN}", "XXXXU3003}");
    let text = format!("{text}{{5:{{CHK:123456789ABC}}{{PDE:}}}}");
    let message = read(text.as_bytes()).expect("a message");
    expect![[r#"
        Summary {
            message_type: Some(
                MessageType {
                    number: 103,
                    variant: "",
                },
            ),
            service: 1,
            is_input: true,
            sender: Some(
                NUNCBEBBAXXX,
            ),
            receiver: Some(
                NUNCDEFFXXXX,
            ),
            user_reference: Some(
                "MUR-1",
            ),
            uetr: Some(
                5fb4fe6b-eaa3-4e16-a4db-1d50bd512220,
            ),
            reference: Some(
                "NUNCIO-103-0001",
            ),
            related: None,
            priority: Some(
                'U',
            ),
            monitoring: Some(
                3,
            ),
            obsolescence: Some(
                3,
            ),
            copy_service: None,
            service_type: None,
            possible_duplicate: true,
            training: false,
            money: Some(
                EUR 1200.50,
            ),
            value_date: Some(
                2026-11-23,
            ),
        }
    "#]]
    .assert_debug_eq(&message.summary());
    assert_eq!(message.message_type().map(|kind| kind.to_string()).as_deref(), Some("fin.103"));
}

#[test]
fn parties_are_told_apart() {
    let text = base("cat1", "103");
    let message = read(text.as_bytes()).expect("a message");
    let parties: Vec<String> = message
        .parties()
        .map(|party| {
            let (tag, role, account) = (party.field.tag(), party.role, party.account);
            let (bic, name, address) = (party.bic, party.name, party.address);
            format!("{tag} {role}: {account:?} {bic:?} {name:?} {address:?} {:?}", party.country)
        })
        .collect();
    expect![[r#"
        50F ordering customer: Some("DE89370400440532013000") None ["MAXIMILIAN MUSTER"] ["HAUPTSTRASSE 1", "FRANKFURT"] Some(DE)
        52A ordering institution: None Some(NUNCDEFFXXX) [] [] None
        53B sender's correspondent: Some("BE62510007547061") None [] [] None
        56A intermediary: None Some(NUNCFRPPXXX) [] [] None
        57A account with institution: None Some(NUNCGB2LXXX) [] [] None
        59 beneficiary: Some("GB82WEST12345698765432") None ["ACME LIMITED", "1 HIGH STREET", "LONDON"] [] None"#]]
    .assert_eq(&parties.join("\n"));
}

#[test]
fn amounts_and_dates_stand_in_order() {
    let text = base("cat9", "940");
    let message = read(text.as_bytes()).expect("a message");
    let standard = Standard::built_in();
    let amounts: Vec<String> =
        message.amounts(standard).map(|it| format!("{} {}", it.field.tag(), it.money)).collect();
    expect!["60F EUR 595771.95, 62F EUR 598221.95, 64 EUR 598221.95, 65 EUR 570000.95"]
        .assert_eq(&amounts.join(", "));
    let dates: Vec<String> =
        message.dates(standard).map(|it| format!("{} {}", it.field.tag(), it.date)).collect();
    expect![
        "60F 2026-11-22, 61 2026-11-23, 61 2026-11-23, 62F 2026-11-23, 64 2026-11-23, 65 2026-11-24"
    ]
    .assert_eq(&dates.join(", "));
    assert_eq!(message.accounts().collect::<Vec<_>>(), ["123-304958"]);
    assert_eq!(message.references().count(), 2);
}

#[test]
fn a_message_is_described_in_plain_words() {
    let text = base("cat9", "900");
    let message = read(text.as_bytes()).expect("a message");
    expect![[r#"
        MT 900 Confirmation of Debit
        from  NUNCBEBBAXXX
        to    NUNCDEFFXXXX
        priority normal
          20  Transaction Reference Number: NUNCIO-900
          21  Related Reference: NUNCIO-202
          25  Account: 6-9412771
         13D  Date/Time Indication
              date: 2026-11-23
              time: 15:15
              sign: +
              offset: 01:00
         32A  Value Date, Currency Code, Amount: 2026-11-23 USD 233530
         52A  Ordering Institution: NUNCDEFF
          72  Sender to Receiver Information: /BNF/FEE"#]]
    .assert_eq(&describe(&message).join("\n"));
}

#[test]
fn an_acknowledgement_is_described_too() {
    let text = "{1:F21NUNCBEBBAXXX0001000001}{4:{177:2611230915}{451:1}{405:T50003}}";
    let message = read(text.as_bytes()).expect("an acknowledgement");
    expect![[r#"
        FIN acknowledgement of a message
        terminal NUNCBEBBAXXX
         177  Date Time
              date: 2026-11-23
              time: 09:15
         451  Accept Reject: 1
         405  Rejection Reason
              reason for rejection: T50
              line field number: 003"#]]
    .assert_eq(&describe(&message).join("\n"));
}
