//! The network's own messages, as they go out.

use expect_test::{Expect, expect};
use mt::build::{
    Acknowledgement, Authorisation, BuildError, Envelope, Fin, MessageReference, Moment, Original,
    Row, System, UserMessage, Verdict, acknowledgement, authorisation, system,
};
use mt::{Code, LogicalTerminal};

fn terminal(text: &str) -> LogicalTerminal<'_> {
    LogicalTerminal::parse(text).expect("a terminal")
}

fn at() -> Moment {
    Moment {
        date: "2026-11-23".parse().expect("a date"),
        time: iso::Time::from_fin4("0915").expect("a time"),
    }
}

fn reference(terminal: &str) -> MessageReference {
    MessageReference::new(at().date, LogicalTerminal::parse(terminal).expect("a terminal"), 1, 42)
        .expect("it fits")
}

#[track_caller]
fn check(built: Result<Fin, BuildError>, want: &Expect) {
    want.assert_eq(&match built {
        Ok(fin) => fin.into_string(),
        Err(BuildError::Part(error)) => error.to_string(),
        Err(BuildError::Message(findings)) => findings.to_string(),
    });
}

#[track_caller]
fn check_system(content: &System<'_>, want: &Expect) {
    let envelope = Envelope {
        receiver: terminal("NUNCBEBBAXXX"),
        output: (7, 99),
        network: terminal("NUNCNETAAXXX"),
        input: (1, 1),
        at: at(),
    };
    check(system(&envelope, content), want);
}

fn answer(verdict: Verdict, user_reference: Option<&str>) -> Result<Fin, BuildError> {
    acknowledgement(&Acknowledgement {
        terminal: terminal("NUNCBEBBAXXX"),
        session: 1,
        sequence: 42,
        at: at(),
        verdict,
        user_reference,
    })
}

#[test]
fn an_accepted_message_is_acknowledged() {
    check(
        answer(Verdict::Accepted, Some("MUR-1")),
        &expect!["{1:F21NUNCBEBBAXXX0001000042}{4:{177:2611230915}{451:0}{108:MUR-1}}"],
    );
}

#[test]
fn a_refusal_names_code_and_line() {
    let verdict = Verdict::Refused { code: Code::of("T50"), line: Some(5) };
    check(
        answer(verdict, None),
        &expect!["{1:F21NUNCBEBBAXXX0001000042}{4:{177:2611230915}{451:1}{405:T50005}}"],
    );
}

#[test]
fn a_reference_cannot_add_a_field() {
    check(
        answer(Verdict::Accepted, Some("A}{451:1")),
        &expect!["character 1 of a line is not allowed here"],
    );
}

#[test]
fn an_undelivered_message_is_warned_of() {
    check_system(
        &System::NonDelivery {
            input: &reference("NUNCBEBBAXXX"),
            user_reference: Some("MUR-1"),
            status: 7,
            receiver: terminal("NUNCDEFFAXXX"),
            priority: 'U',
        },
        &expect![
            "{1:F01NUNCBEBBAXXX0007000099}{2:O0100915261123NUNCNETAAXXX00010000012611230915S}{4:{106:261123NUNCBEBBAXXX0001000042}{108:MUR-1}{431:07}{102:NUNCDEFFAXXX}{104:U}}"
        ],
    );
}

#[test]
fn a_delivery_is_notified() {
    check_system(
        &System::Delivery {
            entered: at().time,
            input: &reference("NUNCBEBBAXXX"),
            user_reference: None,
            delivered: at().time,
            output: &reference("NUNCDEFFAXXX"),
        },
        &expect![
            "{1:F01NUNCBEBBAXXX0007000099}{2:O0110915261123NUNCNETAAXXX00010000012611230915S}{4:{175:0915}{106:261123NUNCBEBBAXXX0001000042}{175:0915}{107:261123NUNCDEFFAXXX0001000042}}"
        ],
    );
}

#[test]
fn a_release_and_an_abort_are_notified() {
    check_system(
        &System::Released {
            entered: at().time,
            input: &reference("NUNCBEBBAXXX"),
            user_reference: None,
            receiver: terminal("NUNCDEFFAXXX"),
            service: "NUN",
            information: "SETTLED",
        },
        &expect![
            "{1:F01NUNCBEBBAXXX0007000099}{2:O0120915261123NUNCNETAAXXX00010000012611230915S}{4:{175:0915}{106:261123NUNCBEBBAXXX0001000042}{102:NUNCDEFFAXXX}{103:NUN}{114:SETTLED}}"
        ],
    );
    check_system(
        &System::Aborted {
            entered: at().time,
            input: &reference("NUNCBEBBAXXX"),
            user_reference: None,
            receiver: terminal("NUNCDEFFAXXX"),
            reason: "01",
            service: None,
        },
        &expect![
            "{1:F01NUNCBEBBAXXX0007000099}{2:O0190915261123NUNCNETAAXXX00010000012611230915S}{4:{175:0915}{106:261123NUNCBEBBAXXX0001000042}{102:NUNCDEFFAXXX}{432:01}}"
        ],
    );
}

#[test]
fn histories_and_reports_are_built() {
    check_system(
        &System::History {
            entered: at().time,
            input: &reference("NUNCBEBBAXXX"),
            refused: None,
            user_reference: Some("MUR-1"),
            delivered: Some((at().time, &reference("NUNCDEFFAXXX"))),
        },
        &expect![
            "{1:F01NUNCBEBBAXXX0007000099}{2:O0210915261123NUNCNETAAXXX00010000012611230915S}{4:{202:0001}{203:0001}{280:0915261123NUNCBEBBAXXX0001000042Y}{108:MUR-1}{281:0915261123NUNCDEFFAXXX0001000042Y}}"
        ],
    );
    for requested in [true, false] {
        let input = reference("NUNCBEBBAXXX");
        let row = Row {
            entered: at().time,
            input: &input,
            message_type: 103,
            receiver: terminal("NUNCDEFFAXXX"),
            tried: None,
            user_reference: Some("MUR-1"),
        };
        let content = System::Undelivered {
            requested,
            section: (1, 1),
            option: "RT",
            rows: vec![row],
            end: "002",
        };
        let number = if requested { "066" } else { "082" };
        let envelope = Envelope {
            receiver: terminal("NUNCBEBBAXXX"),
            output: (7, 99),
            network: terminal("NUNCNETAAXXX"),
            input: (1, 1),
            at: at(),
        };
        let fin = system(&envelope, &content).expect("a report");
        assert!(fin.as_str().contains(&format!("{{2:O{number}")), "{}", fin.as_str());
        assert!(fin.as_str().contains("{335:0915261123NUNCBEBBAXXX0001000042103NUNCDEFFAXXX}"));
    }
}

#[test]
fn a_central_institution_lets_a_message_go_or_refuses_it() {
    let input = reference("NUNCBEBBAXXX");
    let go = Authorisation {
        institution: terminal("NUNCFRPPAXXX"),
        session: 3,
        sequence: 5,
        network: terminal("NUNCNETAXXXX"),
        service: "NUN",
        copied: (at().date, at().time),
        input: &input,
        refused: None,
        for_sender: Some("RELEASED"),
        for_receiver: Some("COVERED"),
    };
    let refused = Authorisation { refused: Some("70"), for_receiver: None, ..go };
    let built = [go, refused].map(|it| authorisation(&it).expect("MT 097").into_string());
    expect![[r#"
        {1:F01NUNCFRPPAXXX0003000005}{2:I097NUNCNETAXXXXS}{4:{103:NUN}{109:261123091500261123NUNCBEBBAXXX0001000042}{451:0}{114:RELEASED}{115:COVERED}}
        {1:F01NUNCFRPPAXXX0003000005}{2:I097NUNCNETAXXXXS}{4:{103:NUN}{109:261123091500261123NUNCBEBBAXXX0001000042}{451:1}{432:70}{114:RELEASED}}
    "#]]
    .assert_eq(&format!("{}\n", built.join("\n")));
    for wrong in [
        Authorisation { service: "nun", ..go },
        Authorisation { refused: Some("7"), ..go },
        Authorisation { for_sender: Some("}{"), ..go },
        Authorisation { network: terminal("NUNCNETAAXXX"), ..go },
    ] {
        authorisation(&wrong).expect_err("a value out of form");
    }
}

#[test]
fn a_copy_holds_the_fields_of_the_message() {
    let envelope = Envelope {
        receiver: terminal("NUNCBEBBAXXX"),
        output: (7, 99),
        network: terminal("NUNCNETAAXXX"),
        input: (1, 1),
        at: at(),
    };
    let copied = System::Copied {
        fields: ":20:NUNCIO-202\r\n:32A:261123EUR1,\r\n",
        input: &reference("NUNCBEBBAXXX"),
    };
    let fin = system(&envelope, &copied).expect("a copy");
    let want = "{4:\r\n:20:NUNCIO-202\r\n:32A:261123EUR1,\r\n-}{5:{MRF:261123091500261123NUNCBEBBAXXX0001000042}}";
    assert!(fin.as_str().ends_with(want), "{}", fin.as_str());
}

fn user(number: u16) -> UserMessage {
    UserMessage::new(number, terminal("NUNCBEBBAXXX"), terminal("NUNCDEFFXXXX"), (1, 2))
        .expect("headers")
}

#[test]
fn cancellations_answers_and_free_texts_are_built() {
    let original = Original {
        reference: "NUNCIO-103-0001",
        message_type: 103,
        date: at().date.fin6().expect("a date of FIN"),
    };
    let built = [
        user(192).cancellation("CANCEL-1", &original, "/DUPL/").finish(),
        user(196).answer("ANSWER-1", &original, "/CNCL/").finish(),
        user(199).free_text("FREE-1", Some("NUNCIO-103-0001"), "HELLO").finish(),
    ];
    for fin in built {
        let fin = fin.expect("a good message");
        assert_eq!(fin.message().print(), fin.as_str());
    }
}

#[test]
fn a_text_cannot_add_a_field_to_a_built_message() {
    check(
        user(199).free_text("FREE-1", None, "HELLO\r\n:20:OTHER").finish(),
        &expect!["line 1 starts with : or -, which would end the field"],
    );
    check(
        user(199).field("20", "X").field("79", "HELLO\r\n-}{5:{TNG:}}").finish(),
        &expect!["line 1 starts with : or -, which would end the field"],
    );
}

#[test]
fn a_wrong_message_is_not_built() {
    check(
        user(199).field("20", "/X").finish(),
        &expect![[r#"
            T26 block 4 field 20 line 2 column 5: expected no slash at an end and no two in a row, but found "/X"
            M02 block 4 field 79 line 2 column 7: expected field 79 here
        "#]],
    );
}
