//! Each rule of a schema and each facet, with a value that keeps it and one that breaks it.

use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::{Expect, expect};

use super::*;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:test.001.001.01";

/// A schema with these types, whose `Document` is of type `D`.
fn library(types: &str) -> Library {
    let xsd = format!(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"{NAMESPACE}\" \
         targetNamespace=\"{NAMESPACE}\" elementFormDefault=\"qualified\">\
         <xs:element name=\"Document\" type=\"D\"/>{types}</xs:schema>"
    );
    let mut library = Library::empty();
    library.add_xsd(xsd.as_bytes()).expect("the schema of a test");
    library
}

fn simple(base: &str, facets: &str) -> Library {
    library(&format!(
        "<xs:simpleType name=\"D\"><xs:restriction base=\"xs:{base}\">{facets}</xs:restriction></xs:simpleType>"
    ))
}

fn complex(model: &str) -> Library {
    library(&format!(
        "<xs:complexType name=\"D\">{model}</xs:complexType>\
         <xs:simpleType name=\"T\"><xs:restriction base=\"xs:string\"><xs:maxLength value=\"3\"/></xs:restriction></xs:simpleType>"
    ))
}

fn codes(library: &Library, inside: &str) -> String {
    let message = format!("<Document xmlns=\"{NAMESPACE}\">{inside}</Document>");
    let mut checker = Checker::new();
    let mut out = String::new();
    for finding in checker.check(message.as_bytes(), library).findings() {
        write!(out, "{} ", finding.code).unwrap();
    }
    out.trim_end().to_owned()
}

#[track_caller]
fn check(library: &Library, cases: &[(&str, &str)]) {
    for (inside, want) in cases {
        assert_eq!(codes(library, inside), *want, "{inside}");
    }
}

#[track_caller]
fn says(library: &Library, inside: &str, want: &Expect) {
    let message = format!("<Document xmlns=\"{NAMESPACE}\">{inside}</Document>");
    want.assert_eq(&Checker::new().check(message.as_bytes(), library).into_findings().to_string());
}

#[test]
fn lengths_are_counted_in_characters() {
    let length = simple("string", "<xs:minLength value=\"2\"/><xs:maxLength value=\"3\"/>");
    check(
        &length,
        &[
            ("ab", ""),
            ("äöü", ""),
            ("a&amp;b", ""),
            ("a", "SCH021"),
            ("", "SCH021"),
            ("äöüß", "SCH022"),
            ("    ", "SCH022"),
        ],
    );
    check(
        &simple("string", "<xs:length value=\"2\"/>"),
        &[("ab", ""), ("a", "SCH021"), ("abc", "SCH022")],
    );
}

#[test]
fn lengths_of_binary_data_are_counted_in_bytes() {
    let bytes = simple("base64Binary", "<xs:minLength value=\"1\"/><xs:maxLength value=\"2\"/>");
    check(
        &bytes,
        &[("QQ==", ""), (" QUI= ", ""), ("QUJD", "SCH022"), ("", "SCH021"), ("Q", "SCH020")],
    );
}

#[test]
fn all_patterns_of_a_type_must_match() {
    let pattern = simple("string", "<xs:pattern value=\"[A-Z]{3,3}\"/>");
    check(&pattern, &[("EUR", ""), ("eur", "SCH023"), ("EURO", "SCH023"), (" EUR", "SCH023")]);
    let either = simple("string", "<xs:pattern value=\"a\"/><xs:pattern value=\"b\"/>");
    check(&either, &[("a", ""), ("b", ""), ("ab", "SCH023")]);
    let both = library(
        "<xs:simpleType name=\"B\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[a-c]+\"/></xs:restriction></xs:simpleType>\
         <xs:simpleType name=\"D\"><xs:restriction base=\"B\"><xs:pattern value=\"[b-d]+\"/></xs:restriction></xs:simpleType>",
    );
    check(&both, &[("bc", ""), ("ab", "SCH023"), ("cd", "SCH023")]);
}

#[test]
fn enumerations_list_all_values() {
    let short =
        simple("string", "<xs:enumeration value=\"DEBT\"/><xs:enumeration value=\"SHAR\"/>");
    check(
        &short,
        &[("DEBT", ""), ("SHAR", ""), ("debt", "SCH024"), ("", "SCH024"), ("DEBT ", "SCH024")],
    );
    let long =
        simple("string", "<xs:enumeration value=\"a long value\"/><xs:enumeration value=\"b\"/>");
    check(&long, &[("a long value", ""), ("b", ""), ("a long", "SCH024")]);
}

#[test]
fn digits_that_say_something_are_counted() {
    let digits = simple("decimal", "<xs:totalDigits value=\"5\"/><xs:fractionDigits value=\"2\"/>");
    check(
        &digits,
        &[
            ("123.45", ""),
            ("00123.4500", ""),
            ("-.5", ""),
            (" 1 ", ""),
            ("123456", "SCH025"),
            ("1.234", "SCH026"),
            ("1234.567", "SCH025 SCH026"),
            ("1e2", "SCH020"),
            ("", "SCH020"),
        ],
    );
}

#[test]
fn limits_of_values_are_kept() {
    check(
        &simple("decimal", "<xs:minInclusive value=\"0\"/>"),
        &[("0", ""), ("-0.0", ""), ("-0.1", "SCH027")],
    );
    check(
        &simple("decimal", "<xs:maxInclusive value=\"9.5\"/>"),
        &[("9.50", ""), ("9.51", "SCH027")],
    );
    check(&simple("decimal", "<xs:minExclusive value=\"0\"/>"), &[("0.1", ""), ("0", "SCH027")]);
    check(&simple("decimal", "<xs:maxExclusive value=\"10\"/>"), &[("9", ""), ("10", "SCH027")]);
    let years =
        simple("gYear", "<xs:minInclusive value=\"2000\"/><xs:maxInclusive value=\"2100\"/>");
    check(&years, &[("2026", ""), ("1999", "SCH027"), ("2101", "SCH027"), ("26", "SCH020")]);
}

#[test]
fn values_have_the_form_of_their_type() {
    for (base, good, bad) in [
        ("boolean", " true ", "yes"),
        ("date", "2026-11-23", "2026-11-31"),
        ("dateTime", "2026-11-23T09:30:47.5+01:00", "2026-11-23"),
        ("time", "09:30:47Z", "9:30"),
        ("gYearMonth", "2026-11", "2026-13"),
        ("gYear", "2026", "26"),
        ("gMonth", "--11", "11"),
        ("gMonthDay", "--11-23", "11-23"),
        ("gDay", "---23", "23"),
        ("integer", "-5", "5.0"),
        ("positiveInteger", "5", "0"),
        ("nonNegativeInteger", "0", "-5"),
        ("hexBinary", "0aFF", "0a0"),
        ("ID", "a1", "1a"),
        ("NCName", "a", "a:b"),
    ] {
        check(&simple(base, ""), &[(good, ""), (bad, "SCH020")]);
    }
}

#[test]
fn white_space_is_kept_in_strings_only() {
    check(&simple("string", "<xs:pattern value=\" a\"/>"), &[(" a", ""), ("a", "SCH023")]);
    check(&simple("token", "<xs:pattern value=\"a b\"/>"), &[(" a  b\n", ""), ("ab", "SCH023")]);
    check(
        &simple("normalizedString", "<xs:pattern value=\"a b\"/>"),
        &[("a\tb", ""), ("a  b", "SCH023")],
    );
}

const SEQUENCE: &str = "<xs:sequence><xs:element name=\"A\" type=\"T\"/>\
     <xs:element name=\"B\" type=\"T\" minOccurs=\"0\" maxOccurs=\"2\"/>\
     <xs:choice><xs:element name=\"C\" type=\"T\"/><xs:element name=\"E\" type=\"T\" maxOccurs=\"unbounded\"/></xs:choice>\
     <xs:element name=\"F\" type=\"T\" minOccurs=\"0\"/></xs:sequence>";

#[test]
fn elements_stand_in_their_order_and_number() {
    check(
        &complex(SEQUENCE),
        &[
            ("<A/><C/>", ""),
            ("<A/><B/><B/><E/><E/><E/><F/>", ""),
            (" <A> </A>\n<!-- --><C/><?p?>", ""),
            ("<C/>", "SCH002"),
            ("<A/>", "SCH002"),
            ("", "SCH002"),
            ("<A/><B/><B/><B/><C/>", "SCH003"),
            ("<A/><A/><C/>", "SCH003"),
            ("<A/><C/><C/>", "SCH003"),
            ("<A/><C/><E/>", "SCH005"),
            ("<B/><A/><C/>", "SCH002 SCH004"),
            ("<A/><F/><C/>", "SCH002 SCH004"),
            ("<A/>x<C/>", "SCH006"),
            ("<A/>&#32;<C/><![CDATA[ ]]>", ""),
        ],
    );
}

#[test]
fn one_mistake_is_one_finding() {
    check(
        &complex(SEQUENCE),
        &[
            ("<Foo><A/><B>too long</B></Foo><A/><C/>", "SCH001"),
            ("<AA/><C/>", "SCH001"),
            ("<A/><CC/>", "SCH001"),
            ("<A><C>x</C></A><C/>", "SCH007"),
            ("<A/><C/><A>too long</A>", "SCH004 SCH022"),
            ("<A xmlns=\"urn:b\"/><C/>", "SCH001"),
            ("<A/><C>1234</C><F>12345</F>", "SCH022 SCH022"),
        ],
    );
}

#[test]
fn findings_say_what_may_stand() {
    let library = complex(SEQUENCE);
    says(
        &library,
        "\n <A/><X/><C/>",
        &expect![
            "SCH001 line 2, column 6, /Document[1]/X[1]: expected <B> or <C> or <E>, but found <X>"
        ],
    );
    says(
        &library,
        "<F/>",
        &expect![
            "SCH002 line 1, column 66, /Document[1]/F[1]: expected <A> and <C> or <E>, but found <F>"
        ],
    );
    says(
        &library,
        "<A/><B/><B/><B/><C/><F/><F/>",
        &expect![[r#"
        SCH003 line 1, column 78, /Document[1]/B[3]: expected <B> 2 times at most, but found one more
        SCH003 line 1, column 90, /Document[1]/F[2]: expected <F> once at most, but found one more"#]],
    );
}

#[test]
fn a_choice_may_be_empty_if_an_alternative_may_be() {
    let library = complex(
        "<xs:choice><xs:element name=\"A\" type=\"T\" minOccurs=\"0\"/><xs:element name=\"B\" type=\"T\" minOccurs=\"2\" maxOccurs=\"2\"/></xs:choice>",
    );
    check(
        &library,
        &[
            ("", ""),
            ("<A/>", ""),
            ("<B/><B/>", ""),
            ("<B/>", "SCH002"),
            ("<B/><A/>", "SCH005"),
            ("<A/><A/>", "SCH003"),
        ],
    );
}

fn money() -> Library {
    library(
        "<xs:complexType name=\"D\"><xs:simpleContent><xs:extension base=\"S\">\
         <xs:attribute name=\"Ccy\" type=\"C\" use=\"required\"/><xs:attribute name=\"x\" type=\"xs:boolean\"/>\
         </xs:extension></xs:simpleContent></xs:complexType>\
         <xs:simpleType name=\"S\"><xs:restriction base=\"xs:decimal\"/></xs:simpleType>\
         <xs:simpleType name=\"C\"><xs:restriction base=\"xs:string\"><xs:pattern value=\"[A-Z]{3}\"/></xs:restriction></xs:simpleType>",
    )
}

#[track_caller]
fn with_attributes(library: &Library, attributes: &str, want: &str) {
    let message = format!("<p:Document xmlns:p=\"{NAMESPACE}\"{attributes}>1</p:Document>");
    let findings = Checker::new().check(message.as_bytes(), library).into_findings();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes.join(" "), want, "{attributes}: {findings}");
}

#[test]
fn attributes_are_checked() {
    let money = money();
    with_attributes(&money, " Ccy='EUR'", "");
    with_attributes(&money, " Ccy='E&#85;R' x=' 1 '", "");
    with_attributes(&money, "", "SCH009");
    with_attributes(&money, " Ccy='eur'", "SCH023");
    with_attributes(&money, " Ccy='EUR' y='1'", "SCH008");
    with_attributes(&money, " Ccy='EUR' x='maybe'", "SCH020");
    with_attributes(&money, " p:Ccy='EUR'", "SCH009 SCH008");
    with_attributes(&money, " Ccy='EUR' xml:lang='de'", "SCH008");
}

#[test]
fn attributes_of_instances_are_known() {
    let with = |attributes: &str, want: &str| {
        let xsi = " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' Ccy='EUR'";
        with_attributes(&money(), &format!("{xsi}{attributes}"), want);
    };
    with(" xsi:schemaLocation='urn:a b.xsd'", "");
    with(" xsi:noNamespaceSchemaLocation='b.xsd'", "");
    with(" xsi:type='p:D'", "");
    with(" xsi:type='p:S'", "SCH013");
    with(" xsi:type='q:D'", "SCH013");
    with(" xsi:type='p:Other'", "SCH013");
    with(" xsi:nil='false'", "SCH012");
    with(" xsi:other='1'", "SCH008");
}

#[test]
fn wildcards_check_what_they_must() {
    let any = |process: &str, namespace: &str| {
        complex(&format!(
            "<xs:sequence><xs:any namespace=\"{namespace}\" processContents=\"{process}\"/></xs:sequence>"
        ))
    };
    check(
        &any("lax", "##any"),
        &[
            ("<x><y a='1'>z</y></x>", ""),
            ("<Document xmlns='urn:b'/>", ""),
            ("<Document/>", "SCH002"),
            ("<x><Document/></x>", "SCH002"),
            ("", "SCH002"),
            ("<x/><y/>", "SCH003"),
            ("x<x/>", "SCH006"),
        ],
    );
    check(&any("skip", "##any"), &[("<x/>", ""), ("<Document/>", ""), ("", "SCH002")]);
    check(
        &any("strict", "##any"),
        &[("<x/>", "SCH014"), ("<Document><Document><x/></Document></Document>", "SCH014")],
    );
    check(
        &any("lax", "urn:b"),
        &[("<x xmlns='urn:b'/>", ""), ("<x/>", "SCH015"), ("<x xmlns=''/>", "SCH015")],
    );
}

#[test]
fn parts_of_an_envelope_are_checked_by_their_own_schemas() {
    let library = Library::built_in();
    let sample = include_str!("../../../../samples/pacs.008.001.08.xml");
    let mut checker = Checker::new();
    let checked = checker.check(sample.as_bytes(), &library);
    assert!(checked.is_good(), "{}", checked.findings());
    let types: Vec<_> = checked.message_types().collect();
    assert_eq!(types, ["head.001.001.02", "pacs.008.001.08"]);
    let renamed = sample.replace("RequestPayload", "Anything");
    assert!(checker.check(renamed.as_bytes(), &library).is_good());
    let broken = sample.replace("<MsgDefIdr>", "<MsgDefIdr>x").replace("INDA", "XXXX");
    let findings = checker.check(broken.as_bytes(), &library).into_findings();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["SCH024"]);
}

#[test]
fn findings_before_a_fault_are_kept() {
    let library = complex(SEQUENCE);
    check(&library, &[("<X/><A/></C>", "SCH001 XML010"), ("<X/>\u{1}", "SCH001 XML002")]);
}

#[test]
fn supplementary_data_of_a_known_schema_is_checked() {
    let mut both = complex("<xs:sequence><xs:any processContents=\"lax\"/></xs:sequence>");
    let inner = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"urn:s\" \
        targetNamespace=\"urn:s\" elementFormDefault=\"qualified\"><xs:element name=\"S\" type=\"D\"/>\
        <xs:simpleType name=\"D\"><xs:restriction base=\"xs:date\"/></xs:simpleType></xs:schema>";
    both.add(Arc::new(Schema::from_xsd(inner.as_bytes()).unwrap()));
    check(
        &both,
        &[
            ("<S xmlns='urn:s'>2026-11-23</S>", ""),
            ("<S xmlns='urn:s'>x</S>", "SCH020"),
            ("<x><p:S xmlns:p='urn:s'>x</p:S></x>", "SCH020"),
            ("<S xmlns='urn:t'>x</S>", ""),
        ],
    );
}
