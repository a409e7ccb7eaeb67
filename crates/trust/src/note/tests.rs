use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::SigningKey;

/// The example of the documentation of Go's `golang.org/x/mod/sumdb/note`.
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SKEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

/// A line of signatures by this signer, for a text that was signed.
fn line(signer: &NoteSigner) -> String {
    sign(TEXT, signer).unwrap()[TEXT.len() + 1..].to_string()
}

#[test]
fn the_example_of_go_is_signed_and_opened() {
    let key: VerifierKey = VKEY.parse().unwrap();
    assert_eq!(key.to_string(), VKEY);
    let signer = NoteSigner::from_text(SKEY).unwrap();
    assert_eq!(signer.to_secret_text().as_deref(), Some(SKEY));
    assert_eq!(signer.verifier(), &key);
    assert_eq!(sign(TEXT, &signer).unwrap(), NOTE);
    let keys = [key];
    assert_eq!(open(NOTE, &keys).unwrap(), OpenedNote { text: TEXT, signers: vec![&keys[0]] });
    assert_eq!(open_bare(NOTE, &keys), Ok((TEXT, &keys[0])));
}

#[test]
fn no_byte_of_a_bare_note_can_be_changed() {
    let keys = [VKEY.parse().unwrap()];
    for at in 0..NOTE.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut bytes = NOTE.as_bytes().to_vec();
            bytes[at] ^= change;
            let Ok(note) = std::str::from_utf8(&bytes) else { continue };
            assert!(open_bare(note, &keys).is_err(), "byte {at} ^ {change}: {note}");
            assert!(open(note, &keys).is_err(), "byte {at} ^ {change}: {note}");
        }
    }
}

#[test]
fn no_character_of_a_key_can_be_changed() {
    for at in 0..VKEY.len() {
        for to in 0_u8..128 {
            let mut bytes = VKEY.as_bytes().to_vec();
            bytes[at] = to;
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(text.parse::<VerifierKey>().is_ok(), text == VKEY, "{text:?}");
        }
    }
    let texts = ["", "+", "++", "a+c74f20a3", "a+c74f20a3+", "a+c74f20a3+AA==", "a b+0+AQ=="];
    for text in texts {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        assert!(NoteSigner::from_text(&format!("PRIVATE+KEY+{text}")).is_err(), "{text}");
    }
    let p256 = SigningKey::generate(crate::Algorithm::P256).unwrap();
    assert_eq!(NoteSigner::new("a", p256).err(), Some(NoteKeyError::Algorithm));
}

#[test]
fn unknown_signatures_are_passed_over_but_not_in_a_bare_note() {
    let (one, two) = (signer("one", 1), signer("two", 2));
    let note = format!("{TEXT}\n{}{}", line(&one), line(&two));
    for key in [&one, &two] {
        let keys = [key.verifier().clone()];
        assert_eq!(open(&note, &keys).unwrap().signers, [&keys[0]]);
        assert_eq!(open_bare(&note, &keys), Err(NoteError::Lines));
    }
    let keys = [two.verifier().clone(), one.verifier().clone()];
    assert_eq!(open(&note, &keys).unwrap().signers, [&keys[1], &keys[0]]);
    assert_eq!(open(&note, &[]), Err(NoteError::Unsigned));
    let same_name = [signer("one", 3).verifier().clone()];
    assert_eq!(open(&note, &same_name), Err(NoteError::Unsigned));
}

#[test]
fn a_bad_signature_of_a_known_key_spoils_the_note() {
    let (one, two) = (signer("one", 1), signer("two", 2));
    let foreign = sign("another text\n", &two).unwrap();
    let foreign_line = foreign.split_once("\n\n").unwrap().1;
    let note = format!("{TEXT}\n{}{foreign_line}", line(&one));
    let both = [one.verifier().clone(), two.verifier().clone()];
    assert_eq!(open(&note, &both), Err(NoteError::Signature));
    assert!(open(&note, &both[..1]).is_ok());
}

#[test]
fn a_text_may_have_empty_lines_and_only_the_last_one_divides() {
    let one = signer("one", 1);
    let text = "a\n\n— not a signature\n\nb\n";
    let note = sign(text, &one).unwrap();
    assert_eq!(open_bare(&note, &[one.verifier().clone()]).unwrap().0, text);
}

#[test]
fn what_is_no_note_is_refused() {
    let keys = [signer("one", 1).verifier().clone()];
    let line = line(&signer("one", 1));
    let notes = [
        String::new(),
        "\n".into(),
        "\n\n".into(),
        TEXT.into(),
        format!("{TEXT}\n"),
        format!("{TEXT}{line}"),
        format!("{TEXT}\r\n\n{line}"),
        format!("{TEXT}\n{}", line.trim_end()),
        format!("{TEXT}\n{line}— one\n"),
        format!("{TEXT}\n{line}— one AAAA\n"),
        format!("{TEXT}\n{line}— one AAAAAAA\n"),
        format!("{TEXT}\n{line}—  AAAAAAAA\n"),
        format!("{TEXT}\n{line}trailing\n"),
    ];
    for note in notes {
        assert_eq!(open(&note, &keys), Err(NoteError::Form), "{note:?}");
    }
    let many = format!("{TEXT}\n{}", line.repeat(65));
    assert_eq!(open(&many, &keys), Err(NoteError::Lines));
    assert!(open(&format!("{TEXT}\n{}", line.repeat(64)), &keys).is_ok());
}

#[test]
fn a_text_that_cannot_stand_in_a_note_is_not_signed() {
    for text in ["", "no end of line", "bell\u{7}\n", "tab\there\n"] {
        assert_eq!(sign(text, &signer("one", 1)), Err(NoteError::Text), "{text:?}");
    }
}

#[test]
fn a_secret_is_not_shown_by_debugging() {
    let signer = signer("one", 1);
    let seed = signer.to_secret_text().unwrap();
    let seed = seed.rsplit('+').next().unwrap();
    assert!(!format!("{signer:?}").contains(seed));
    expect!["NoteSigner { key: SigningKey(d2dd6e81a001b70a), verifier: one+93b73cb6+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c }"]
        .assert_eq(&format!("{signer:?}"));
}

proptest! {
    #[test]
    fn what_was_signed_is_opened(lines in prop::collection::vec("[^\\x00-\\x1f\n]{0,40}", 1..6), name in "[^\\s+\\x00-\\x1f\\x7f-\\x9f]{1,20}") {
        let text = lines.join("\n") + "\n";
        let Ok(signer) = NoteSigner::new(&name, SigningKey::from_seed(&[5; 32])) else {
            return Ok(());
        };
        let note = sign(&text, &signer).unwrap();
        let keys = [signer.verifier().clone()];
        prop_assert_eq!(open_bare(&note, &keys).unwrap().0, text);
    }

    #[test]
    fn no_text_makes_opening_fail_badly(text in "\\PC{0,200}", tail in "\\PC{0,80}") {
        let keys = [VKEY.parse().unwrap()];
        let note = format!("{text}\n\n— {tail}\n");
        prop_assert!(open(&note, &keys).is_err());
    }
}
