//! No text can add a field, a block or a message.

use mt::{Field, Pair, Standard, Tag, check, read};
use proptest::prelude::*;

fn message(narrative: &str) -> String {
    format!(
        "{{1:F01NUNCBEBBAXXX0001000001}}{{2:I199NUNCDEFFXXXXN}}{{4:\r\n:20:REF\r\n:79:{narrative}\r\n-}}"
    )
}

#[track_caller]
fn refused(text: &str, code: &str) {
    let checked = check(text.as_bytes(), Standard::built_in());
    assert!(checked.findings.has(code), "expected {code}, but found:\n{}", checked.findings);
}

#[test]
fn a_second_end_of_the_text_is_refused() {
    refused(&message("A\r\n-}{5:{TNG:}}"), "V26");
    refused(&message("A-}{5:{TNG:}}"), "V22");
}

#[test]
fn a_line_with_a_hyphen_is_refused() {
    refused(&message("A\r\n-HELLO"), "V23");
}

#[test]
fn a_field_within_a_text_is_a_field() {
    refused(&message("A\r\n:32A:261123EUR1,"), "M03");
}

#[test]
fn a_line_with_a_colon_that_is_no_field_is_refused() {
    refused(&message("A\r\n:HELLO"), "V23");
}

#[test]
fn half_a_line_end_is_refused() {
    refused(&message("A\r:20:B"), "V24");
    refused(&message("A\n:20:B"), "V24");
    refused(&message("A\nB"), "V24");
}

#[test]
fn control_characters_are_refused() {
    refused(&message("A\x03B"), "V22");
    refused(&message("A\x0b:20:B"), "V22");
    refused(&message("A\u{2028}:20:B"), "V22");
}

#[test]
fn a_user_header_cannot_hold_a_block() {
    refused(
        "{1:F01NUNCBEBBAXXX0001000001}{2:I199NUNCDEFFXXXXN}{3:{108:A{4:}}{4:\r\n:20:A\r\n-}",
        "V21",
    );
}

#[test]
fn blocks_stand_in_order_and_once() {
    refused("{1:F01NUNCBEBBAXXX0001000001}{3:{108:A}}{2:I199NUNCDEFFXXXXN}", "V26");
    refused("{1:F01NUNCBEBBAXXX0001000001}{3:{108:A}}{3:{108:B}}", "V26");
}

#[test]
fn a_second_message_is_refused() {
    let twice = format!("{}{}", message("A"), message("B"));
    refused(&twice, "V26");
}

proptest! {
    #[test]
    fn a_field_holds_what_was_given_and_nothing_else(value in "[ -~\r\n]{0,80}") {
        let tag = Tag::parse("79").expect("a tag");
        if Field::new(tag, &value).is_ok() {
            let text = message(&value);
            let read = read(text.as_bytes()).expect("a good field makes a good message");
            prop_assert_eq!(read.fields().len(), 2);
            prop_assert_eq!(read.field("79").map(|field| field.value()), Some(value.as_str()));
            prop_assert!(read.trailer().is_empty());
        }
    }

    #[test]
    fn a_pair_holds_what_was_given_and_nothing_else(value in "[ -~\r\n]{0,40}") {
        if Pair::new("108", &value).is_ok() {
            let text = format!("{{1:F01NUNCBEBBAXXX0001000001}}{{3:{{108:{value}}}}}");
            let read = read(text.as_bytes()).expect("a good pair makes a good message");
            prop_assert_eq!(read.user().len(), 1);
            prop_assert_eq!(read.user_value("108"), Some(value.as_str()));
        }
    }
}
