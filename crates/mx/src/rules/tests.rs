//! Each rule against a message that breaks it and nothing else of its profile.

use super::*;
use crate::{Checker, Findings, Library};

const CREDIT: &str = include_str!("../../../../samples/pacs.008.001.08.xml");
const BANK: &str = include_str!("../../../../samples/pacs.009.001.08.xml");
const STATUS: &str = include_str!("../../../../samples/pacs.002.001.10.xml");
const CANCEL: &str = include_str!("../../../../samples/camt.056.001.08.xml");
const RETURN: &str = include_str!("testdata/pacs.004.001.09.xml");
const NOTICE: &str = include_str!("testdata/camt.054.001.08.xml");
const ANSWER: &str = include_str!("testdata/camt.029.001.09.xml");
const ORDER: &str = include_str!("testdata/pain.001.001.09.xml");

/// A code, a good message, and what to put in place of what to break the rule.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const SECOND: &str = "<CdtTrfTxInf>
          <PmtId><InstrId>TWO</InstrId>";
const HYBRID: &str = "<AdrLine>12 Plough Way</AdrLine>";
const COVE: &str = "<SttlmMtd>INGA</SttlmMtd>";

const CASES: &[Case] = &[
    ("BAS001", CREDIT, &[("<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.008.001.09")]),
    ("BAS002", CREDIT, &[("</RequestPayload>", SECOND_DOCUMENT)]),
    ("BAS003", CREDIT, &[("DE67370401880512345604", "DE6737040188051234560")]),
    ("BAS004", CREDIT, &[("DE67370401880512345604", "DE67370401880512345605")]),
    ("BAS005", CREDIT, &[("391200NORDLICHT00104", "391200NORDLICHT00105")]),
    (
        "BAS006",
        BANK,
        &[(
            "<BICFI>CHARGB2LXXX</BICFI>\n            <LEI>",
            "<BICFI>CHARXX2LXXX</BICFI>\n            <LEI>",
        )],
    ),
    ("BAS007", CREDIT, &[("<Ctry>DE<", "<Ctry>XX<")]),
    ("BAS008", CREDIT, &[("<Ctry>DE<", "<Ctry>AN<")]),
    ("BAS009", BANK, &[("Ccy=\"GBP\"", "Ccy=\"GBX\"")]),
    ("BAS010", BANK, &[("Ccy=\"GBP\"", "Ccy=\"DEM\"")]),
    ("BAS011", BANK, &[("2500000.00", "2500000.001")]),
    ("BAS012", BANK, &[("2500000.00", "0.00")]),
    ("BAS013", BANK, &[("<NbOfTxs>1<", "<NbOfTxs>2<")]),
    ("BAS014", ORDER, &[("<CtrlSum>30.5<", "<CtrlSum>30.51<")]),
    ("BAS015", RETURN, &[("EUR\">48250.75</TtlRtrd", "EUR\">48250.76</TtlRtrd")]),
    ("BAS016", RETURN, &[("EUR\">48250.75</TtlRtrd", "USD\">48250.75</TtlRtrd")]),
    ("BAS017", RETURN, &[("<CreDt>2026-11-25", "<CreDt>2026-11-20")]),
    ("BAS018", BANK, &[("<IntrBkSttlmDt>2026", "<IntrBkSttlmDt>2029")]),
    ("BAS019", CANCEL, &[("<OrgnlCreDtTm>2026-11-23", "<OrgnlCreDtTm>2026-12-23")]),
    ("BAS020", CREDIT, &[("<Purp><Cd>SUPP", "<Purp><Cd>SUPX")]),
    (
        "BAS021",
        BANK,
        &[("4aaf66ef-28ba-464e-a403-549d57a08912", "aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa")],
    ),
    ("BAS022", ORDER, &[(SECOND, "<CdtTrfTxInf>\n          <PmtId><InstrId>ONE</InstrId>")]),
    (
        "CBP001",
        ORDER,
        &[("AppHdr", "Other"), ("urn:iso:std:iso:20022:tech:xsd:head.001.001.02", "x")],
    ),
    ("CBP002", CREDIT, &[("</CdtTrfTxInf>", "</CdtTrfTxInf>@TX@"), ("<NbOfTxs>1", "<NbOfTxs>2")]),
    ("CBP003", BANK, &[("<UETR>4aaf66ef-28ba-464e-a403-549d57a08912</UETR>", "")]),
    ("CBP004", BANK, &[("<BizSvc>nuncio.payments.01</BizSvc>", "")]),
    ("CBP005", BANK, &[("<BizMsgIdr>BRAV", "<BizMsgIdr>BRAW")]),
    (
        "CBP006",
        RETURN,
        &[("<Fr><FIId><FinInstnId><BICFI>BRAVFRPPXXX", "<Fr><FIId><FinInstnId><BICFI>BRAVFRPP001")],
    ),
    ("CBP007", RETURN, &[("<BICFI>ALPHDEFF<", "<BICFI>CHARGB2L<")]),
    (
        "CBP008",
        STATUS,
        &[("<InstdAgt><FinInstnId><BICFI>ALPHDEFFXXX</BICFI></FinInstnId></InstdAgt>", "")],
    ),
    ("CBP009", BANK, &[("<PmtTpInf>", "<PmtTpInf><InstrPrty>NORM</InstrPrty>")]),
    (
        "CBP010",
        CREDIT,
        &[(
            "<PstCd>SE16 4JT</PstCd>\n            <TwnNm>London</TwnNm>\n            <Ctry>GB</Ctry>",
            "",
        )],
    ),
    ("CBP011", CREDIT, &[("<TwnNm>Hamburg</TwnNm>", "")]),
    ("CBP012", CREDIT, &[(HYBRID, "<AdrLine>12 Plough Way</AdrLine><AdrLine>Back</AdrLine>")]),
    ("CBP013", CREDIT, &[(HYBRID, "<AdrLine>LONDON</AdrLine>")]),
    ("CBP014", CREDIT, &[("<TwnNm>Hamburg<", "<TwnNm>NOTPROVIDED<")]),
    ("CBP015", CREDIT, &[("/FEE/Charges", "/FEE/Charges &amp; more")]),
    ("CBP016", CREDIT, &[("Am Sandtorkai", "Große Elbstraße")]),
    ("CBP017", BANK, &[("<InstrId>BRAV-000052-1", "<InstrId>BRAV//052-1")]),
    ("CBP018", BANK, &[("<InstrId>BRAV-000052-1", "<InstrId>BRAV-000052-1-0001")]),
    ("CBP019", BANK, &[("<CreDtTm>2026-11-23T10:05:12+01:00", "<CreDtTm>2026-11-23T10:05:12")]),
    (
        "CBP020",
        CREDIT,
        &[(
            "<DbtrAgt><FinInstnId><BICFI>ALPHDEFFXXX</BICFI>",
            "<DbtrAgt><FinInstnId><LEI>391200NORDLICHT00104</LEI>",
        )],
    ),
    ("CBP021", CREDIT, &[("<Nm>Charlton Bank plc</Nm>", "")]),
    ("CBP022", CREDIT, &[("<Nm>Thameside Bearings Limited</Nm>", "")]),
    ("CBP023", ORDER_AS_CREDIT, &[]),
    (
        "CBP024",
        CREDIT,
        &[("<Id><OrgId><LEI>391200", "<Id><OrgId><AnyBIC>ALPHDEFF</AnyBIC><LEI>391200")],
    ),
    ("CBP025", CREDIT, &[("<ChrgBr>SHAR", "<ChrgBr>SLEV")]),
    ("CBP026", RETURN, &[("<ChrgBr>SHAR", "<ChrgBr>CRED")]),
    ("CBP027", CREDIT, &[("<ChrgBr>SHAR", "<ChrgBr>DEBT"), ("</ChrgsInf>", TWO_CHARGES)]),
    (
        "CBP028",
        RETURN,
        &[("<ChrgBr>", "<RtrdInstdAmt Ccy=\"EUR\">48260.75</RtrdInstdAmt><ChrgBr>")],
    ),
    ("CBP029", BANK, &[("Ccy=\"GBP\"", "Ccy=\"XAU\"")]),
    ("CBP030", BANK, &[(COVE, "<SttlmMtd>CLRG</SttlmMtd>")]),
    ("CBP031", CREDIT, &[("<SttlmMtd>INDA", "<SttlmMtd>COVE")]),
    ("CBP032", CREDIT, &[("<RmtInf>", "<RmtInf><Ustrd>Invoice</Ustrd>")]),
    ("CBP033", CREDIT, &[("</Strd>", "@LONG@</Strd>")]),
    (
        "CBP034",
        CREDIT,
        &[(
            "<InstrForNxtAgt>",
            "<InstrForCdtrAgt><Cd>CHQB</Cd></InstrForCdtrAgt><InstrForCdtrAgt><Cd>HOLD</Cd></InstrForCdtrAgt><InstrForNxtAgt>",
        )],
    ),
    ("CBP035", CREDIT, &[("<Cd>G001", "<Cd>G004")]),
    ("CBP036", BANK, &[("nuncio.payments.01", "nuncio.payments.cov.01")]),
    ("CBP037", BANK, &[("<EndToEndId>BRAV-TRSY-7731", "<EndToEndId>/BRAV-TRSY-7731")]),
    (
        "CBP038",
        STATUS,
        &[("ACSP", "RJCT"), ("<Rsn><Cd>G000</Cd></Rsn>", "<AddtlInf>no</AddtlInf>")],
    ),
    (
        "CBP039",
        STATUS,
        &[
            ("ACSP", "RJCT"),
            ("<InstgAgt>", "<FctvIntrBkSttlmDt><Dt>2026-11-24</Dt></FctvIntrBkSttlmDt><InstgAgt>"),
        ],
    ),
    ("CBP040", STATUS, &[("<OrgnlMsgNmId>pacs.008", "<OrgnlMsgNmId>camt.056")]),
    (
        "CBP041",
        RETURN,
        &[("<OrgnlTxRef>", "<OrgnlTxRef><IntrBkSttlmAmt Ccy=\"EUR\">48250.75</IntrBkSttlmAmt>")],
    ),
    ("CBP042", RETURN, &[("<RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf>", "")]),
    ("CBP043", CANCEL, &[("<Rsn><Cd>DUPL</Cd></Rsn>", "")]),
    ("CBP044", CANCEL, &[("<OrgnlGrpInf>", "<!--"), ("</OrgnlGrpInf>", "-->")]),
    (
        "CBP045",
        ANSWER,
        &[(
            "</TxInfAndSts>",
            "</TxInfAndSts><TxInfAndSts><OrgnlUETR>4aaf66ef-28ba-464e-a403-549d57a08912</OrgnlUETR></TxInfAndSts>",
        )],
    ),
    ("CBP046", NOTICE, &[("<PgNb>1", "<PgNb>0")]),
    ("CBP047", NOTICE, &[("<BookgDt><Dt>2026-11-24</Dt></BookgDt>", "")]),
    ("CBP048", NOTICE, &[("<CpyDplct>DUPL", "<CpyDplct>CODU")]),
    ("CBP049", ORDER, &[("<PmtInfId>PAIN-1", "<PmtInfId>PAIN-2")]),
    ("CBP050", NOTICE, &[("<BkTxCd>", "@MANY@<BkTxCd>")]),
];

const TWO_CHARGES: &str = "</ChrgsInf><ChrgsInf><Amt Ccy=\"EUR\">1</Amt>\
    <Agt><FinInstnId><BICFI>BRAVFRPP</BICFI></FinInstnId></Agt></ChrgsInf>";
const SECOND_DOCUMENT: &str = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:admi.004.001.02\">\
    <SysEvtNtfctn><EvtInf><EvtCd>X</EvtCd></EvtInf></SysEvtNtfctn></Document></RequestPayload>";
/// Replaced by the credit transfer with a creditor that has neither name nor address.
const ORDER_AS_CREDIT: &str = "nameless";

fn broken(case: &Case) -> String {
    let (code, good, edits) = case;
    if *good == ORDER_AS_CREDIT {
        let (before, rest) = CREDIT.split_once("<Nm>Thameside").expect("the sample has it");
        let (_, after) = rest.split_once("</PstlAdr>").expect("the sample has it");
        return format!("{before}{after}");
    }
    let mut message = (*good).to_owned();
    for (old, new) in *edits {
        assert!(message.contains(old), "{code}: the sample has no {old}");
        message = message.replacen(old, new, if *code == "CBP001" { 9 } else { 1 });
    }
    if *code == "CBP002" {
        let from = message.find("<CdtTrfTxInf>").expect("there is a transaction");
        let to = message.find("@TX@").expect("it was put in");
        let second = message[from..to]
            .replace("ALPH-000417-1", "ALPH-000417-2")
            .replace("dea3273f", "eea3273f");
        message = message.replace("@TX@", &second);
    }
    let line = format!("<AddtlRmtInf>{}</AddtlRmtInf>", "x".repeat(140));
    message = message.replace("@LONG@", &line.repeat(3)).replace(
        "</RmtInf>",
        &if *code == "CBP033" {
            format!("{}</RmtInf>", format!("<Strd>{}</Strd>", line.repeat(3)).repeat(22))
        } else {
            "</RmtInf>".to_owned()
        },
    );
    let availability = "<Avlbty><Dt><NbOfDays>1</NbOfDays></Dt><Amt Ccy=\"EUR\">1</Amt>\
        <CdtDbtInd>CRDT</CdtDbtInd></Avlbty>";
    message.replace("@MANY@", &availability.repeat(4_000))
}

fn check(profile: Profile, message: &str, library: &Library) -> Findings {
    let mut checker = Checker::with_profile(profile, Settings::default());
    checker.check(message.as_bytes(), library).into_findings()
}

#[test]
fn each_rule_is_broken_alone() {
    let library = Library::built_in();
    let mut wrong = Vec::new();
    for case in CASES {
        let rule = RULES.iter().find(|rule| rule.code == case.0).expect("the code is known");
        let message = broken(case);
        let findings = check(rule.profile, &message, &library);
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
        if codes.is_empty() || codes.iter().any(|code| *code != case.0) {
            wrong.push(format!("{}: {findings}", case.0));
            continue;
        }
        println!("{}", findings.as_slice()[0]);
        // What a profile does not ask for, it lets through.
        let below = match rule.profile {
            Profile::CrossBorder => Profile::Base,
            _ => Profile::None,
        };
        assert!(check(below, &message, &library).is_empty(), "{} below its profile", case.0);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    for rule in RULES {
        assert!(CASES.iter().any(|case| case.0 == rule.code), "{}", rule.code);
    }
}

#[test]
fn good_messages_are_good() {
    let library = Library::built_in();
    for good in [CREDIT, BANK, STATUS, CANCEL, RETURN, NOTICE, ANSWER, ORDER] {
        let findings = check(Profile::CrossBorder, good, &library);
        // The order between customers has two transactions, which no rule forbids.
        assert!(findings.is_empty(), "{findings}");
    }
}

#[test]
fn findings_are_in_the_order_of_the_text() {
    let library = Library::built_in();
    let message = CREDIT
        .replace("<Ctry>DE<", "<Ctry>XX<")
        .replace("<MsgDefIdr>pacs.008.001.08", "<MsgDefIdr>pacs.008.001.09")
        .replace("<ChrgBr>SHAR", "<ChrgBr>NONE");
    let findings = check(Profile::CrossBorder, &message, &library);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["BAS001", "SCH024", "BAS007"], "{findings}");
}

#[test]
fn rules_of_the_calendar_hold_on_their_days() {
    let library = Library::built_in();
    let lines = broken(CASES.iter().find(|case| case.0 == "CBP010").expect("it is a case"));
    let on = |day: &str| {
        let as_of = day.parse().expect("a date");
        let settings = Settings { as_of, ..Settings::default() };
        let mut checker = Checker::with_profile(Profile::CrossBorder, settings);
        checker.check(lines.as_bytes(), &library).is_good()
    };
    assert!(on("2026-11-13"));
    assert!(!on("2026-11-14"));
}

#[test]
fn unknown_codes_may_be_let_through() {
    let library = Library::built_in();
    let message = CREDIT.replace("<Purp><Cd>SUPP", "<Purp><Cd>SUPX");
    let settings = Settings { unknown_codes: UnknownCodes::Accept, ..Settings::default() };
    let mut checker = Checker::with_profile(Profile::Base, settings);
    assert!(checker.check(message.as_bytes(), &library).is_good());
}

#[test]
fn a_service_can_be_asked_for() {
    let library = Library::built_in();
    let settings = Settings { business_services: &["swift.cbprplus."], ..Settings::default() };
    let mut checker = Checker::with_profile(Profile::CrossBorder, settings);
    let findings = checker.check(BANK.as_bytes(), &library).into_findings();
    assert_eq!(
        findings.to_string(),
        "CBP004 line 8, column 5, /RequestPayload[1]/AppHdr[1]/BizSvc[1]: expected a business \
         service that begins with swift.cbprplus., but found nuncio.payments.01"
    );
}

#[test]
fn half_a_message_is_judged_as_far_as_it_goes() {
    // Each element is left out once, with all that is in it: rules expect nothing.
    let library = Library::built_in();
    for good in [CREDIT, BANK, STATUS, CANCEL, RETURN, NOTICE, ANSWER, ORDER] {
        let mut at = 0;
        while let Some(found) = good[at..].find('<') {
            let start = at + found;
            at = start + 1;
            let name: String =
                good[at..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            let close = format!("</{name}>");
            let Some(end) = good[at..].find(&close).filter(|_| !name.is_empty()) else { continue };
            let message = format!("{}{}", &good[..start], &good[at + end + close.len()..]);
            let _ = check(Profile::CrossBorder, &message, &library);
        }
    }
}
