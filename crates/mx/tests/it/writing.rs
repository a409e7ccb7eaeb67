//! What is written passes our own check and libxml2's, whatever the texts are.

use std::path::PathBuf;

use iso::{Date, Money};
use mx::Library;
use mx::write::{
    Account, Address, Agent, Answer, BankTransfer, Bearer, Cancellation, Charge, CustomerTransfer,
    Header, Name, Note, Original, Outcome, Party, Receipt, Rejection, Return, Settlement, Status,
    SystemEvent, Underlying, Written,
};
use proptest::prelude::*;

use crate::oracle::{Oracle, Verdict};
use crate::support::{schema_files, shared};

fn header() -> Header {
    Header {
        from: "ALPHDEFF".parse().unwrap(),
        to: "BRAVFRPP".parse().unwrap(),
        id: "ALPH-1".parse().unwrap(),
        service: "nuncio.payments.01".parse().unwrap(),
        created: "2026-11-23T09:30:47".parse().unwrap(),
    }
}

fn party(name: &str) -> Party {
    Party {
        name: name.parse().unwrap(),
        address: Some(Address {
            street: Some("Am Kai; 2 & 3".parse().unwrap()),
            building: Some("7<8".parse().unwrap()),
            post_code: Some("20457".parse().unwrap()),
            town: "Hamburg".parse().unwrap(),
            country: "DE".parse().unwrap(),
        }),
        lei: Some("391200NORDLICHT00104".parse().unwrap()),
    }
}

fn transfer(name: &str, note: &str) -> CustomerTransfer {
    let amount: Money = "EUR 48250.7".parse().unwrap();
    CustomerTransfer {
        instruction: "ALPH-000417-1".parse().unwrap(),
        end_to_end: None,
        uetr: iso::Uetr::from_random([7; 16]),
        settlement: Settlement::ByInstructed,
        amount,
        settles_on: "2026-11-24".parse::<Date>().unwrap(),
        instructed: amount,
        bearer: Bearer::Creditor,
        charges: vec![Charge {
            amount: "EUR 0".parse().unwrap(),
            agent: Agent("ALPHDEFF".parse().unwrap()),
        }],
        debtor: party(name),
        debtor_account: Some(Account::Iban("DE89370400440532013000".parse().unwrap())),
        debtor_agent: Agent("ALPHDEFF".parse().unwrap()),
        creditor_agent: Agent("CHARGB2L".parse().unwrap()),
        creditor: party("Thameside"),
        creditor_account: Some(Account::Other("70000418".parse().unwrap())),
        remittance: Some(note.parse().unwrap()),
    }
}

fn bank(underlying: bool) -> BankTransfer {
    let customers = transfer("Nordlicht", "x");
    BankTransfer {
        instruction: "ALPH-2".parse().unwrap(),
        end_to_end: "ALPH-000417-1".parse().unwrap(),
        uetr: customers.uetr,
        settlement: Settlement::ByInstructing,
        amount: "JPY 2500000".parse().unwrap(),
        settles_on: customers.settles_on,
        debtor: Agent("ALPHDEFF".parse().unwrap()),
        debtor_account: customers.creditor_account.clone(),
        creditor: Agent("CHARGB2L".parse().unwrap()),
        creditor_account: None,
        remittance: None,
        underlying: underlying.then(|| Underlying {
            debtor: customers.debtor.clone(),
            debtor_account: customers.debtor_account.clone(),
            debtor_agent: customers.debtor_agent,
            creditor_agent: customers.creditor_agent,
            creditor: customers.creditor.clone(),
            creditor_account: customers.creditor_account.clone(),
        }),
    }
}

fn original() -> Original {
    Original {
        message: "BRAV-1".parse().unwrap(),
        message_type: "pacs.008.001.08".parse().unwrap(),
        created: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        instruction: Some("BRAV-000417-1".parse().unwrap()),
        end_to_end: Some("E2E".parse().unwrap()),
        uetr: iso::Uetr::from_random([9; 16]),
    }
}

/// One of each that the network itself sends.
fn of_the_network(text: &str) -> [Written; 3] {
    let header = header();
    let long = || mx::write::LongText::made_of(text).ok();
    let rejection = Rejection {
        refused: "BRAV-1".parse().unwrap(),
        reason: "SCH002".parse().unwrap(),
        at: "2026-11-23T09:30:47.123Z".parse().unwrap(),
        place: Some("/Document[1]/A[2]/@Ccy".parse().unwrap()),
        text: mx::write::Text::made_of(text).ok(),
    };
    let event = SystemEvent {
        code: "PING".parse().unwrap(),
        parameters: vec!["A".parse().unwrap(), "B".parse().unwrap()],
        text: long(),
    };
    let receipt = Receipt {
        request: "BRAV-1".parse().unwrap(),
        status: "SETT".parse().unwrap(),
        text: long(),
    };
    [rejection.write(&header), event.write(&header), receipt.write(&header)]
}

/// One of each.
fn all(text: &str) -> Vec<Written> {
    let header = header();
    let long = || mx::write::LongText::made_of(text).ok();
    let day = "2026-11-24".parse::<Date>().unwrap();
    let amount: Money = "USD 10".parse().unwrap();
    let original = original();
    let refusal = Status {
        original: original.clone(),
        status: "RJCT".parse().unwrap(),
        reason: Some("AC04".parse().unwrap()),
        text: long(),
    };
    let progress = Status { status: "ACSP".parse().unwrap(), reason: None, ..refusal.clone() };
    let back = Return {
        id: "RTR-1".parse().unwrap(),
        original: original.clone(),
        original_amount: amount,
        amount,
        settles_on: day,
        settlement: Settlement::ByInstructing,
        bearer: Bearer::Shared,
        charges: vec![],
        reason: "AC04".parse().unwrap(),
        text: long(),
    };
    let stop = Cancellation {
        id: "CXL-1".parse().unwrap(),
        case: "CASE-1".parse().unwrap(),
        original: original.clone(),
        settled: Some((amount, day)),
        reason: "DUPL".parse().unwrap(),
        text: long(),
    };
    let answers = [
        Outcome::Cancelled,
        Outcome::Pending("PTNA".parse().unwrap()),
        Outcome::Refused("LEGL".parse().unwrap()),
    ];
    let answers = answers.map(|outcome| Answer {
        case: "CASE-1".parse().unwrap(),
        opened_by: Agent("BRAVFRPP".parse().unwrap()),
        outcome,
        id: "ANS-1".parse().unwrap(),
        original: original.clone(),
        text: long(),
    });
    let mut cover = transfer("Nordlicht", "a ]]> b");
    cover.settlement = Settlement::ByCover(Agent("CHARGB2L".parse().unwrap()));
    let mut written = vec![
        transfer("A & <B> \"C\"", "Ustrd").write(&header),
        cover.write(&header),
        bank(false).write(&header),
        bank(true).write(&header),
        refusal.write(&header),
        progress.write(&header),
        back.write(&header),
        stop.write(&header),
    ];
    written.extend(of_the_network(text));
    written.extend(answers.map(|answer| answer.write(&header)));
    written
}

#[test]
fn one_of_each_passes_our_check_and_that_of_libxml2() {
    let library = Library::built_in();
    let messages: Vec<Vec<u8>> = all("what & why, <b>?")
        .into_iter()
        .map(|written| {
            let text = format!("{written:?}");
            written.finish(&library).unwrap_or_else(|findings| panic!("{findings}\n{text}"))
        })
        .collect();
    let Some(shared) = shared() else { return };
    let Some(mut oracle) = Oracle::start() else { return };
    let files = schema_files(&shared);
    for message in messages {
        let text = String::from_utf8(message.clone()).unwrap();
        let namespaces = text.split("xmlns=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let paths: Vec<PathBuf> = namespaces.map(|namespace| files[namespace].clone()).collect();
        assert_eq!(paths.len(), 2);
        assert_eq!(oracle.ask(&message, &paths), Verdict::Good, "{text}");
    }
}

#[test]
fn what_the_rules_refuse_is_not_handed_out() {
    let mut wrong = transfer("Nordlicht", "x");
    wrong.charges.clear();
    let findings = wrong.write(&header()).finish(&Library::built_in()).unwrap_err();
    assert_eq!(findings.as_slice()[0].code, "CBP026");
}

/// Texts that somebody would send who means harm.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,200}",
        "[ -~]{1,140}",
        "[<>&'\"/\\]\\[;!-]{1,60}",
        Just("</Nm><Nm>x".to_owned()),
        Just("<![CDATA[x]]>".to_owned()),
        Just("&#0;&lol;".to_owned()),
        Just("\u{0}\u{1b}\r\n\t".to_owned()),
        Just("\u{202e}\u{feff}".to_owned()),
    ]
}

proptest! {
    #[test]
    fn no_text_can_break_out(name in hostile(), note in hostile()) {
        let library = Library::built_in();
        let name: Name = name.parse().or_else(|_| Name::made_of(&name)).unwrap_or_else(|_| "N".parse().unwrap());
        let note: Note = note.parse().or_else(|_| Note::made_of(&note)).unwrap_or_else(|_| "N".parse().unwrap());
        let payment = transfer(name.as_str(), note.as_str());
        let message = payment.write(&header()).finish(&library).map_err(|f| TestCaseError::fail(f.to_string()))?;
        let lines = mx::describe(&message, &library);
        prop_assert!(lines.iter().any(|line| line.contains(name.as_str().trim())), "{lines:?}");
        for written in all(note.as_str()) {
            prop_assert!(written.finish(&library).is_ok());
        }
    }
}
