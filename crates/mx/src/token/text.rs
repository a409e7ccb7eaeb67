//! Text: what may stand between tags and in attribute values, and what it means.
//!
//! References are the five of XML and numbers of legal characters. Line ends become line feeds
//! (XML 1.0, 2.11); in attribute values every white space becomes a space (3.3.3).

use super::fault::{Fault, Kind};
use super::name::is_character;
use super::{Form, Span};

/// Looks for references, `]]>` and carriage returns in text between tags.
///
/// # Errors
///
/// [`Kind::SectionEndInText`] and what [`reference`] finds.
pub(super) fn check(bytes: &[u8], span: Span) -> Result<Form, Fault> {
    let text = span.of(bytes);
    let begin = span.start as usize;
    let mut form = Form::Plain;
    if let Some(at) = memchr::memmem::find(text, b"]]>") {
        return Err(Fault::new(Kind::SectionEndInText, begin + at));
    }
    for at in memchr::memchr2_iter(b'&', b'\r', text) {
        form = Form::Encoded;
        if text.get(at) == Some(&b'&') {
            reference(text, at).map_err(|kind| Fault::new(kind, begin + at))?;
        }
    }
    Ok(form)
}

/// Whether text between tags is what is written, and may stand there.
pub(crate) fn is_plain(bytes: &[u8], span: Span) -> bool {
    check(bytes, span) == Ok(Form::Plain)
}

/// The character that the reference at `at` (a `&`) stands for, and the offset behind it.
///
/// # Errors
///
/// [`Kind::UnknownEntity`], [`Kind::BadReference`].
pub(super) fn reference(text: &[u8], at: usize) -> Result<(char, usize), Kind> {
    let rest = text.get(at + 1..).unwrap_or_default();
    for (name, character) in
        [("lt;", '<'), ("gt;", '>'), ("amp;", '&'), ("apos;", '\''), ("quot;", '"')]
    {
        if rest.starts_with(name.as_bytes()) {
            return Ok((character, at + 1 + name.len()));
        }
    }
    let Some(number) = rest.strip_prefix(b"#") else {
        let named =
            super::name::scan(rest, 0).is_some_and(|name| rest.get(name.end) == Some(&b';'));
        return Err(if named { Kind::UnknownEntity } else { Kind::BadReference });
    };
    let (digits, radix, skipped) = match number.strip_prefix(b"x") {
        Some(digits) => (digits, 16, 3),
        None => (number, 10, 2),
    };
    let mut value: u32 = 0;
    for (length, &byte) in digits.iter().enumerate() {
        if byte == b';' && length > 0 {
            let character = char::from_u32(value).filter(|character| is_character(*character));
            return match character {
                Some(character) => Ok((character, at + skipped + length + 1)),
                None => Err(Kind::BadReference),
            };
        }
        let digit = char::from(byte).to_digit(radix).ok_or(Kind::BadReference)?;
        // Beyond the last character it stays beyond.
        value = value.saturating_mul(radix).saturating_add(digit);
    }
    Err(Kind::BadReference)
}

/// Appends what `text` means to `out`. The text was checked before.
pub(crate) fn decode_text(text: &[u8], form: Form, out: &mut Vec<u8>) {
    match form {
        Form::Plain => out.extend_from_slice(text),
        Form::Encoded | Form::Section => decode(text, form == Form::Encoded, Vec::push, out),
    }
}

/// Appends what the attribute value `text` means to `out`. The text was checked before.
pub(crate) fn decode_attribute(text: &[u8], out: &mut Vec<u8>) {
    decode(text, true, |out, byte| out.push(if super::is_space(byte) { b' ' } else { byte }), out);
}

fn decode(text: &[u8], references: bool, push: impl Fn(&mut Vec<u8>, u8), out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'&' && references {
            let Ok((character, behind)) = reference(text, at) else { return };
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            at = behind;
            continue;
        }
        // `\r\n` and a lone `\r` are one line feed.
        if byte == b'\r' {
            if text.get(at + 1) != Some(&b'\n') {
                push(out, b'\n');
            }
        } else {
            push(out, byte);
        }
        at += 1;
    }
}

/// Appends what the content of an element without elements means: text, references, sections;
/// comments and instructions mean nothing. The content was checked before.
pub(crate) fn decode_content(content: &[u8], out: &mut Vec<u8>) {
    let mut rest = content;
    while !rest.is_empty() {
        let (part, form, skipped) = if let Some(inside) = rest.strip_prefix(b"<![CDATA[") {
            let end = memchr::memmem::find(inside, b"]]>").unwrap_or(inside.len());
            (inside.get(..end), Form::Section, end + 12)
        } else if rest.starts_with(b"<!--") {
            let end = rest.get(4..).and_then(|rest| memchr::memmem::find(rest, b"-->"));
            (None, Form::Plain, end.map_or(rest.len(), |end| end + 7))
        } else if rest.starts_with(b"<") {
            let end = memchr::memmem::find(rest, b"?>").unwrap_or(rest.len());
            (None, Form::Plain, end + 2)
        } else {
            let end = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            (rest.get(..end), Form::Encoded, end)
        };
        decode_text(part.unwrap_or_default(), form, out);
        rest = rest.get(skipped..).unwrap_or_default();
    }
}
