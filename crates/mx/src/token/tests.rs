//! Each rule of well-formedness, with a text that keeps it and one that breaks it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::*;

/// The tokens of a text as a script, or the fault with its place.
fn tokens(text: &[u8]) -> String {
    let mut out = String::new();
    let features = match survey(text) {
        Ok(features) => features,
        Err(fault) => return format!("{} at {}", fault.kind.words().code, fault.at),
    };
    let mut tokeniser = Tokeniser::default();
    loop {
        match tokeniser.next(text, features) {
            Ok(Token::Start) => {
                let start = tokeniser.start();
                let name = |span: Span| String::from_utf8_lossy(span.of(text)).into_owned();
                let namespace = |id| {
                    let name =
                        String::from_utf8_lossy(tokeniser.namespaces().name(id)).into_owned();
                    if name.is_empty() { name } else { format!("{{{name}}}") }
                };
                write!(out, "<{}{}", namespace(start.namespace), name(start.local)).unwrap();
                for attribute in tokeniser.attributes() {
                    let mut value = Vec::new();
                    decode_attribute(attribute.value.of(text), &mut value);
                    let value = String::from_utf8_lossy(&value).into_owned();
                    let local = name(attribute.local);
                    write!(out, " {}{local}={value:?}", namespace(attribute.namespace)).unwrap();
                }
                out.push('>');
            }
            Ok(Token::End) => out.push_str("</>"),
            Ok(Token::Text) => {
                let part = tokeniser.last_text();
                let mut value = Vec::new();
                decode_text(part.span.of(text), part.form, &mut value);
                write!(out, "{:?}", String::from_utf8_lossy(&value)).unwrap();
            }
            Ok(Token::Finished) => return out,
            Err(fault) => {
                write!(out, "{} at {}", fault.kind.words().code, fault.at).unwrap();
                return out;
            }
        }
    }
}

#[track_caller]
fn check(text: &str, want: &Expect) {
    want.assert_eq(&tokens(text.as_bytes()));
}

#[track_caller]
fn refused(text: impl AsRef<[u8]>, code: &str) {
    let got = tokens(text.as_ref());
    assert!(got.contains(code), "wanted {code}, got {got}");
}

#[track_caller]
fn accepted(text: &str) {
    let got = tokens(text.as_bytes());
    assert!(!got.contains("XML0"), "got {got}");
}

#[test]
fn a_document_is_read_in_tokens() {
    check("<a><b>x</b><c/></a>", &expect![[r#"<a><b>"x"</><c></></>"#]]);
}

#[test]
fn comments_and_instructions_are_passed_over() {
    check(
        "<?xml version='1.0'?><!-- c --><?p q?><a>x<!-- - -->y<?p?>z</a><!---->\n<?q ?>",
        &expect![[r#"<a>"x""y""z"</>"#]],
    );
}

#[test]
fn references_and_line_ends_are_replaced() {
    check("<a>&lt;&#65;&#x20AC;\r\nx\ry&amp;lt;</a>", &expect![[r#"<a>"<A€\nx\ny&lt;"</>"#]]);
}

#[test]
fn a_section_is_taken_as_it_is() {
    check("<a><![CDATA[<b>&lt;]]]]></a>", &expect![[r#"<a>"<b>&lt;]]"</>"#]]);
}

#[test]
fn white_space_in_attributes_becomes_spaces() {
    check("<a b='x\ty\r\nz&#10;'/>", &expect![[r#"<a b="x y z\n"></>"#]]);
}

#[test]
fn prefixes_stand_for_namespaces() {
    check(
        "<p:a xmlns:p='urn:1' xmlns='urn:2' p:x='1' x='2'><b/><c xmlns=''/></p:a>",
        &expect![[r#"<{urn:1}a {urn:1}x="1" x="2"><{urn:2}b></><c></></>"#]],
    );
}

#[test]
fn a_byte_order_mark_is_skipped() {
    accepted("\u{feff}<a/>");
    refused("<a/>\u{feff}", "XML021");
    refused("\u{feff}\u{feff}<a/>", "XML021");
}

#[test]
fn only_utf_8_is_read() {
    refused(b"<a>\xff</a>", "XML001");
    refused(b"<a>\xc3</a>", "XML001");
    refused(b"<a>\xe2\x82", "XML001");
    refused(b"<a>\xed\xa0\x80</a>", "XML001");
    refused(b"<a>\xc0\x80</a>", "XML001");
    refused(b"\xff\xfe<\0a\0/\0>\0", "XML004");
    refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "XML004");
    refused("<?xml version='1.0' encoding='UTF-7'?><a/>", "XML004");
    accepted("<?xml version='1.0' encoding='utf-8'?><a/>");
}

#[test]
fn control_characters_are_refused() {
    refused("<a>\0</a>", "XML002");
    refused("<a>\u{b}</a>", "XML002");
    refused("<a b='\u{1}'/>", "XML002");
    refused("<a>\u{ffff}</a>", "XML002");
    accepted("<a>\t\n\r\u{7f}\u{fffd}</a>");
}

#[test]
fn the_declaration_is_in_order() {
    accepted("<?xml version=\"1.0\" encoding='UTF-8' standalone='yes' ?><a/>");
    accepted("<?xml version='1.1'?><a/>");
    for bad in [
        "<?xml?><a/>",
        "<?xml ?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml version='1.'?><a/>",
        "<?xml version=1.0?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version='1.0' x='y'?><a/>",
    ] {
        refused(bad, "XML003");
    }
    refused(" <?xml version='1.0'?><a/>", "XML017");
}

#[test]
fn a_document_type_is_refused() {
    refused("<!DOCTYPE a><a/>", "XML005");
    refused("<a><!DOCTYPE a></a>", "XML005");
    refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XML005");
}

#[test]
fn there_is_one_root() {
    refused("", "XML006");
    refused(" \n", "XML006");
    refused("<!-- -->", "XML006");
    refused("<a/><b/>", "XML007");
    refused("<a></a><a></a>", "XML007");
    refused("<a/>x", "XML021");
    refused("x<a/>", "XML021");
    refused("<a/>&#32;", "XML021");
    refused("<a/><![CDATA[]]>", "XML009");
    accepted("\n<a/>\n");
}

#[test]
fn a_document_does_not_end_early() {
    for cut in [
        "<a>",
        "<a",
        "<",
        "<a>x",
        "<a></",
        "<a></a",
        "<a b",
        "<a b=",
        "<a b='",
        "<a><!",
        "<a><!-",
        "<a><!-- ",
        "<a><!-- -",
        "<a><!-- --",
        "<a><![CDAT",
        "<a><![CDATA[ ]]",
        "<a><?p",
        "<a/",
        "<?xml version='1.0'",
        "<!-",
        "<!DOC",
    ] {
        refused(cut, "XML008");
    }
}

#[test]
fn tags_have_their_form() {
    for bad in ["<1/>", "< a/>", "<a><></a>", "<a></ a>", "<a></a b>", "<a/ >", "<a b='1'c='2'/>"] {
        refused(bad, "XML009");
    }
    for bad in ["<a b></a>", "<a b=c/>", "<a 'b'/>", "<a b='<'/>", "<a b=\"x/><b/>", "<a =''/>"] {
        refused(bad, "XML011");
    }
    accepted("<a  b = '1'\n c=\"'\" ></a \n>");
}

#[test]
fn end_tags_match() {
    refused("<a></b>", "XML010");
    refused("<a><b></a></b>", "XML010");
    refused("<a></aa>", "XML010");
    refused("<p:a xmlns:p='urn:1' xmlns:q='urn:1'></q:a>", "XML010");
}

#[test]
fn an_attribute_stands_once() {
    refused("<a b='1' b='2'/>", "XML012");
    refused("<a xmlns='urn:1' xmlns='urn:2'/>", "XML012");
    refused("<a xmlns:p='urn:1' xmlns:p='urn:1'/>", "XML012");
    refused("<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='' q:b=''/>", "XML012");
    accepted("<a xmlns:p='urn:1' xmlns='urn:1' p:b='' b=''/>");
}

#[test]
fn five_entities_are_known() {
    accepted("<a b='&lt;&gt;&amp;&apos;&quot;'>&lt;&gt;&amp;&apos;&quot;</a>");
    refused("<a>&nbsp;</a>", "XML013");
    refused("<a b='&x;'/>", "XML013");
    for bad in ["<a>&</a>", "<a>& b;</a>", "<a>&lt</a>", "<a>&;</a>", "<a b='&'/>"] {
        refused(bad, "XML014");
    }
}

#[test]
fn references_are_to_characters() {
    accepted("<a>&#9;&#x10FFFF;&#000000000000065;</a>");
    for bad in [
        "&#0;",
        "&#1;",
        "&#xD800;",
        "&#xFFFE;",
        "&#x110000;",
        "&#99999999999999999999;",
        "&#;",
        "&#x;",
        "&#X41;",
        "&#4a;",
        "&#65",
        "&#+65;",
    ] {
        refused(format!("<a>{bad}</a>"), "XML014");
    }
}

#[test]
fn the_end_of_a_section_is_not_text() {
    refused("<a>]]></a>", "XML015");
    accepted("<a>]] ></a>");
    accepted("<a>]]&gt;</a>");
    accepted("<a b=']]>'/>");
}

#[test]
fn comments_have_no_two_dashes() {
    refused("<a><!-- -- --></a>", "XML016");
    refused("<a><!-- ---></a>", "XML016");
    refused("<!-----><a/>", "XML016");
}

#[test]
fn instructions_have_a_target() {
    for bad in
        ["<a><? ?></a>", "<a><?xml ?></a>", "<a><?XmL x?></a>", "<a><?1?></a>", "<a><?p:q?></a>"]
    {
        refused(bad, "XML017");
    }
    accepted("<?xml-stylesheet href='x'?><a><?p ??></a>");
}

#[test]
fn prefixes_are_declared() {
    refused("<p:a/>", "XML018");
    refused("<a p:b=''/>", "XML018");
    refused("<a><b xmlns:p='urn:1'/><p:c/></a>", "XML018");
    refused("<xmlns:a/>", "XML018");
    accepted("<a xml:lang='de'/>");
}

#[test]
fn declarations_are_legal() {
    for bad in [
        "<a xmlns:p=''/>",
        "<a xmlns:xml='urn:1'/>",
        "<a xmlns:xmlns='urn:1'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
    ] {
        refused(bad, "XML019");
    }
}

#[test]
fn names_have_one_colon_at_most() {
    for bad in ["<a:b:c/>", "<:a/>", "<a:/>", "<a b:c:d=''/>", "<a :b=''/>", "<a xmlns:=''/>"] {
        refused(bad, "XML020");
    }
}

#[test]
fn nesting_has_a_limit() {
    let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    accepted(&deep(DEPTH_MAX));
    refused(deep(DEPTH_MAX + 1), "XML030");
    refused("<a>".repeat(200_000), "XML030");
}

#[test]
fn attributes_have_a_limit() {
    let wide = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(" a{n}=''")).collect();
        format!("<a{attributes}/>")
    };
    accepted(&wide(ATTRIBUTES_MAX));
    refused(wide(ATTRIBUTES_MAX + 1), "XML031");
    refused(wide(40_000), "XML031");
}

#[test]
fn namespaces_have_a_limit() {
    let level = |n: usize| {
        let declarations: String = (0..50).map(|m| format!(" xmlns:p{m}='urn:{n}:{m}'")).collect();
        format!("<a{declarations}>")
    };
    refused(level(0) + &level(1) + &level(2), "XML032");
}

#[test]
fn each_kind_has_its_own_code() {
    let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.words().code).collect();
    assert_eq!(codes.len(), Kind::ALL.len());
}

#[test]
fn a_tag_that_is_cut_off_changes_nothing() {
    let text = b"<a xmlns='urn:1' b='2'><p:c xmlns:p='urn:2' p:d='1'>x &amp; y</p:c></a>";
    let whole = tokens(text);
    for cut in 0..text.len() {
        let mut tokeniser = Tokeniser::default();
        let features = survey(text).unwrap();
        let mut count = 0;
        let mut window = &text[..cut];
        loop {
            match tokeniser.next(window, features) {
                Ok(Token::Finished) => break,
                Ok(_) => count += 1,
                Err(fault) => {
                    assert!(matches!(fault.kind, Kind::Ended | Kind::NoRoot), "{fault:?} at {cut}");
                    assert!(window.len() < text.len());
                    window = text;
                }
            }
        }
        assert_eq!(count, 5, "{whole}");
    }
}
