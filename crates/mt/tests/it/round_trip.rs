//! What is read prints as it was, and what is printed reads as it was.

use mt::{Application, Basic, Field, Message, Pair, Standard, Tag, Text, check, read};
use proptest::prelude::*;

use crate::text::files;

#[test]
fn every_base_message_prints_as_it_was() {
    for file in files().values() {
        for body in file.bases.values() {
            let text = body.message();
            let message = read(text.as_bytes()).expect("a base message is in form");
            assert_eq!(message.print(), text);
        }
    }
}

fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("[A-Z0-9]{1,3}", "[ -z|~]{0,20}"), 0..4)
}

fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let line = "[ -9;-z{|~][ -z{|~]{0,20}";
    let lines = prop::collection::vec(line, 1..4).prop_map(|lines| {
        lines
            .iter()
            .map(|line| line.trim_start_matches(['-', ':']))
            .collect::<Vec<_>>()
            .join("\r\n")
    });
    prop::collection::vec(("[1-9][0-9][A-Z]?", lines), 0..6)
}

fn as_pairs(list: &[(String, String)]) -> Vec<Pair<'_>> {
    list.iter().map(|(name, value)| Pair::new(name, value).expect("a pair in form")).collect()
}

proptest! {
    #[test]
    fn every_value_reads_back_as_it_was(
        user in pairs(), fields in fields(), text in pairs(), trailer in pairs(), system in pairs(),
        blocks in 0_u8..64,
    ) {
        let basic = Basic::parse("F01NUNCBEBBAXXX0001000001").expect("block 1");
        let mut message = Message::new(basic);
        if blocks & 1 > 0 {
            message = message.with_application(Application::parse("I199NUNCDEFFXXXXN").expect("block 2"));
        }
        if blocks & 2 > 0 {
            message = message.with_user(as_pairs(&user));
        }
        if blocks & 4 > 0 {
            let fields = fields.iter().map(|(tag, value)| {
                Field::new(Tag::parse(tag).expect("a tag"), value).expect("a field in form")
            });
            message = message.with_fields(fields.collect());
        } else if blocks & 8 > 0 {
            message = message.with_pairs(as_pairs(&text));
        }
        if blocks & 16 > 0 {
            message = message.with_trailer(as_pairs(&trailer));
        }
        if blocks & 32 > 0 {
            message = message.with_system(as_pairs(&system));
        }
        let printed = message.print();
        prop_assert_eq!(read(printed.as_bytes()).map_err(|error| error.to_string()), Ok(message));
    }

    #[test]
    fn accepted_bytes_print_as_they_were(text in "[{}:1-5S F0A-Z\r\n-]{0,60}") {
        let text = format!("{{1:F01NUNCBEBBAXXX0001000001}}{text}");
        if let Ok(message) = read(text.as_bytes()) {
            prop_assert_eq!(message.print(), text);
        }
    }

    #[test]
    fn any_bytes_are_checked_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check(&bytes, Standard::built_in());
    }

    #[test]
    fn any_text_in_a_field_is_checked_without_a_panic(value in "[ -~\r\n]{0,200}", at in 0_usize..20) {
        let file = &files()["cat1"];
        let mut body = file.bases["103"].clone();
        let at = at % body.fields.len();
        body.fields[at].1 = value;
        let _ = check(body.message().as_bytes(), Standard::built_in());
    }
}

#[test]
fn system_fields_are_pairs() {
    let text = "{1:F21NUNCBEBBAXXX0001000001}{4:{177:2611230915}{451:0}}";
    let message = read(text.as_bytes()).expect("an acknowledgement");
    assert!(matches!(message.text(), Some(Text::Pairs(pairs)) if pairs.len() == 2));
    assert_eq!(message.pair("451"), Some("0"));
}
