//! Files of many messages, fed in pieces of every size.

use mt::Splitter;
use proptest::prelude::*;

const ONE: &str = "{1:F01NUNCBEBBAXXX0001000001}{2:I199NUNCDEFFXXXXN}{4:\r\n:20:A$B\r\n:79:TEXT {1: AND $\r\n-}{5:{CHK:123456789ABC}}";
const TWO: &str = "{1:F21NUNCBEBBAXXX0001000001}{4:{177:2611230915}{451:0}}";

/// Cuts a stream that comes in pieces of one size; an error ends the list.
fn cut(stream: &[u8], piece: usize) -> Vec<String> {
    let mut splitter = Splitter::new();
    let mut messages = Vec::new();
    for piece in stream.chunks(piece) {
        splitter.feed(piece);
        loop {
            match splitter.next_message() {
                Ok(Some(message)) => messages.push(String::from_utf8_lossy(message).into_owned()),
                Ok(None) => break,
                Err(error) => {
                    messages.push(error.to_string());
                    return messages;
                }
            }
        }
    }
    match splitter.finish() {
        Ok(last) => messages.extend(last.map(|last| String::from_utf8_lossy(last).into_owned())),
        Err(error) => messages.push(error.to_string()),
    }
    messages
}

#[track_caller]
fn check(stream: &str, want: &[&str]) {
    for piece in [1, 2, 3, 7, 64, 4096] {
        assert_eq!(cut(stream.as_bytes(), piece), want, "in pieces of {piece}");
    }
}

#[test]
fn messages_may_follow_each_other_directly() {
    check(&format!("{ONE}{TWO}{ONE}"), &[ONE, TWO, ONE]);
}

#[test]
fn messages_may_stand_on_lines_of_their_own() {
    check(&format!("{ONE}\r\n{TWO}\n\n{ONE}\n"), &[ONE, TWO, ONE]);
}

#[test]
fn rje_parts_messages_by_dollars() {
    check(&format!("{ONE}${TWO}${ONE}"), &[ONE, TWO, ONE]);
}

#[test]
fn dos_pcc_fills_up_to_512_bytes() {
    let filled = |message: &str| {
        let mut sector = format!("\x01{message}\x03");
        while !sector.len().is_multiple_of(512) {
            sector.push(' ');
        }
        sector
    };
    check(&format!("{}{}", filled(ONE), filled(TWO)), &[ONE, TWO]);
}

#[test]
fn an_acknowledgement_stands_before_its_original() {
    let pair = format!("{TWO}{ONE}");
    let (first, rest) = mt::read_first(pair.as_bytes()).expect("an acknowledgement");
    assert_eq!(first.basic().service(), 21);
    assert_eq!(rest, ONE.as_bytes());
}

#[test]
fn a_cut_message_is_reported_with_its_place() {
    check(&format!("{TWO}{}", &ONE[..60]), &[TWO, "the message at byte 56 does not end"]);
}

#[test]
fn other_bytes_are_reported_with_their_place() {
    check(&format!("{TWO}\nhello"), &[TWO, "expected a message at byte 57, but found byte 0x68"]);
}

#[test]
fn edited_messages_have_line_ends_between_blocks() {
    let edited = "{1:F01NUNCBEBBAXXX0001000001}\n{2:I199NUNCDEFFXXXXN}\n{4:\n:20:A\n:79:B\n-}\n{5:{CHK:123456789ABC}}";
    check(&format!("{edited}\n{edited}\n"), &[edited, edited]);
    let message = mt::read(edited.as_bytes()).expect("an edited message");
    assert_eq!(message.print(), edited);
}

proptest! {
    #[test]
    fn pieces_of_any_size_give_the_same_messages(count in 1_usize..5, piece in 1_usize..300) {
        let stream: String = (0..count).map(|at| if at % 2 == 0 { ONE } else { TWO }).collect();
        let whole = cut(stream.as_bytes(), stream.len());
        prop_assert_eq!(cut(stream.as_bytes(), piece), whole);
    }

    #[test]
    fn any_bytes_are_cut_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), piece in 1_usize..40) {
        let _ = cut(&bytes, piece);
    }
}
