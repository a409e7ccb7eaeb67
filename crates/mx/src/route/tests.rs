//! Routing fields out of samples and small texts.

use std::path::Path;

use expect_test::{Expect, expect};

use super::*;

fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples").join(name);
    std::fs::read(path).expect("the samples are in the repository")
}

#[track_caller]
fn check(text: &[u8], want: &Expect) {
    want.assert_eq(&match read(text) {
        Ok(routing) => format!("{routing:#?}\n"),
        Err(findings) => format!("{findings}\n"),
    });
}

fn enveloped(header: &str, document: &str) -> String {
    format!(
        "<E>\n<AppHdr xmlns=\"{NAMESPACE_PREFIX}head.001.001.02\">{header}</AppHdr>\n{document}</E>"
    )
}

const FR: &str = "<Fr><FIId><FinInstnId><BICFI>ALPHDEFF</BICFI></FinInstnId></FIId></Fr>";
const TO: &str = "<To><OrgId><Id><OrgId><AnyBIC>BRAVFRPP</AnyBIC></OrgId></Id></OrgId></To>";

fn document() -> String {
    format!("<p:Document xmlns:p=\"{NAMESPACE_PREFIX}pacs.002.001.10\"/>")
}

#[test]
fn a_sample_is_read() {
    check(
        &sample("pacs.008.001.08.xml"),
        &expect![[r#"
        Routing {
            message_type: "pacs.008.001.08",
            header: Some(
                Header {
                    version: "head.001.001.02",
                    from: ALPHDEFFXXX,
                    to: BRAVFRPPXXX,
                    message_id: "ALPH20261123-000417",
                    service: Some(
                        "nuncio.payments.01",
                    ),
                    created: Some(
                        "2026-11-23T09:30:47+01:00",
                    ),
                    possible_duplicate: false,
                    priority: None,
                },
            ),
            document_id: Some(
                "ALPH20261123-000417",
            ),
            document_created: Some(
                "2026-11-23T09:30:47+01:00",
            ),
            uetr: Some(
                dea3273f-e864-4b5e-b353-6bcb0556b29b,
            ),
            amount: Some(
                RoutingAmount {
                    value: "48250.75",
                    currency: "EUR",
                },
            ),
        }
    "#]],
    );
}

#[test]
fn a_cancellation_names_its_transaction() {
    let routing = read(&sample("camt.056.001.08.xml")).unwrap();
    assert_eq!(routing.document_id.as_deref(), Some("ALPH20261123-000433"));
    assert_eq!(routing.uetr.unwrap().to_string(), "dea3273f-e864-4b5e-b353-6bcb0556b29b");
    assert_eq!(routing.amount.unwrap().value, "48250.75");
    assert_eq!(routing.header.unwrap().message_id, "ALPH20261123-000433");
}

#[test]
fn any_prefix_and_both_kinds_of_party_are_read() {
    let header = format!(
        "{FR}{TO}<BizMsgIdr>A&amp;1</BizMsgIdr><MsgDefIdr>pacs.002.001.10</MsgDefIdr>\
         <PssblDplct>true</PssblDplct>"
    );
    let routing = read(enveloped(&header, &document()).as_bytes()).unwrap();
    let header = routing.header.unwrap();
    assert_eq!(header.to.to_string(), "BRAVFRPPXXX");
    assert_eq!(header.message_id, "A&1");
    assert!(header.possible_duplicate);
}

#[test]
fn a_document_may_come_alone() {
    let routing = read(document().as_bytes()).unwrap();
    assert_eq!(routing.message_type, "pacs.002.001.10");
    assert_eq!(routing.header, None);
}

#[test]
fn all_that_is_missing_is_said() {
    check(
        enveloped("<Fr><FIId/></Fr><To/><MsgDefIdr>pacs.008.001.08</MsgDefIdr>", &document())
            .as_bytes(),
        &expect![[r#"
            RTE005 line 2, column 1, /E[1]/AppHdr[1]: expected the BIC of the sender in Fr, but found none
            RTE006 line 2, column 1, /E[1]/AppHdr[1]: expected the BIC of the receiver in To, but found none
            RTE007 line 2, column 1, /E[1]/AppHdr[1]: expected the message's identification in BizMsgIdr, but found none
            RTE004 line 2, column 85, /E[1]/AppHdr[1]/MsgDefIdr[1]: expected pacs.002.001.10, as the document's namespace says, but found "pacs.008.001.08"
        "#]],
    );
}

#[test]
fn a_message_without_document_is_refused() {
    check(
        b"<a><Document xmlns='urn:b'/></a>",
        &expect![[r#"
        RTE001 line 1, column 4, /a[1]/Document[1]: expected an element Document in a namespace urn:iso:std:iso:20022:tech:xsd:..., but found none
    "#]],
    );
}

#[test]
fn a_second_document_is_refused() {
    let two = format!("<a>{}\n{}</a>", document(), document());
    check(
        two.as_bytes(),
        &expect![[r#"
        RTE002 line 2, column 1, /a[1]/Document[2]: expected one business header and one document in a message, but found a second one
    "#]],
    );
}

#[test]
fn a_bad_uetr_is_refused_at_its_place() {
    let text = format!(
        "<Document xmlns=\"{NAMESPACE_PREFIX}pacs.008.001.08\"><A><B/><B>\n  <UETR>x</UETR></B></A></Document>"
    );
    check(
        text.as_bytes(),
        &expect![[r#"
        RTE008 line 2, column 3, /Document[1]/A[1]/B[2]/UETR[1]: expected a UETR: a version 4 UUID in lower case, but found "x"
    "#]],
    );
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_place() {
    check(
        "<a>\n  <ü>x</b></a>".as_bytes(),
        &expect![[r#"
            XML010 line 2, column 7, /a[1]/ü[1]: expected </ü>, but found another tag: </b>
        "#]],
    );
    check(
        b"<a>&nbsp;</a>",
        &expect![[r#"
        XML013 line 1, column 4, /a[1]: expected one of &lt; &gt; &amp; &apos; &quot;, but found an entity that is not defined: &nbsp;
    "#]],
    );
    check(
        b"",
        &expect![[r#"
        XML006 line 1, column 1: expected a root element, but found none
    "#]],
    );
}

#[test]
fn a_reader_forgets_the_message_before() {
    let mut reader = Reader::default();
    reader.read(&sample("pacs.008.001.08.xml")).unwrap();
    let routing = reader.read(document().as_bytes()).unwrap();
    assert_eq!(routing.uetr, None);
    assert_eq!(routing.amount, None);
    assert_eq!(routing.document_id, None);
}
