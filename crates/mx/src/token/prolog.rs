//! What stands outside the root: the declaration, comments, processing instructions, white space.

use super::fault::{Fault, Kind};
use super::name::{scan, skip_spaces};
use super::{Place, Token, Tokeniser};

impl Tokeniser {
    /// The next token when the reading is not inside the root.
    #[inline(never)]
    pub(super) fn next_outside(&mut self, bytes: &[u8]) -> Result<Token, Fault> {
        if self.place == Place::EmptyElement {
            return Ok(self.end_of_empty_element());
        }
        if self.place == Place::Begin {
            self.at = declaration_end(bytes)?;
            self.place = Place::Prolog;
        }
        loop {
            let at = skip_spaces(bytes, self.at);
            let rest = bytes.get(at..).unwrap_or_default();
            let prolog = self.place == Place::Prolog;
            match rest {
                [] => {
                    self.at = at;
                    let unfinished = Err(Fault::new(Kind::NoRoot, at));
                    return if prolog { unfinished } else { Ok(Token::Finished) };
                }
                [b'<', b'?', ..] => self.at = instruction_end(bytes, at)?,
                [b'<', b'!', b'-', b'-', ..] => self.at = comment_end(bytes, at)?,
                [b'<', b'!', ..] => {
                    let comment = b"<!--".starts_with(rest) || b"<!DOCTYPE".starts_with(rest);
                    return Err(if comment {
                        Fault::new(Kind::Ended, bytes.len())
                    } else if rest.starts_with(b"<!DOCTYPE") {
                        Fault::new(Kind::Doctype, at)
                    } else {
                        Fault::new(Kind::BadTag, at)
                    });
                }
                [b'<'] => return Err(Fault::new(Kind::Ended, bytes.len())),
                [b'<', ..] if prolog => {
                    self.at = at;
                    return self.start_tag(bytes);
                }
                [b'<', ..] => return Err(Fault::new(Kind::BehindRoot, at)),
                _ => return Err(Fault::new(Kind::TextOutsideRoot, at)),
            }
        }
    }

    fn end_of_empty_element(&mut self) -> Token {
        self.end_at = self.at.saturating_sub(2);
        self.close();
        self.place = if self.open.is_empty() { Place::Epilog } else { Place::Content };
        Token::End
    }
}

/// Behind the byte order mark and the declaration, both of which may be missing.
fn declaration_end(bytes: &[u8]) -> Result<usize, Fault> {
    let begin = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let rest = bytes.get(begin..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b"<?xml") else { return Ok(begin) };
    // `<?xml-stylesheet ..?>` is an instruction.
    if !rest.first().is_some_and(|byte| super::is_space(*byte) || *byte == b'?') {
        return Ok(begin);
    }
    let at = begin + 5;
    let Some(length) = memchr::memmem::find(rest, b"?>") else {
        return Err(Fault::new(Kind::Ended, bytes.len()));
    };
    let inside = rest.get(..length).unwrap_or_default();
    check_declaration(inside).map_err(|kind| Fault::new(kind, at))?;
    Ok(at + length + 2)
}

/// `VersionInfo EncodingDecl? SDDecl? S?`
fn check_declaration(inside: &[u8]) -> Result<(), Kind> {
    let (version, rest) = pseudo_attribute(inside, b"version").ok_or(Kind::BadDeclaration)?;
    let minor = version.strip_prefix(b"1.").ok_or(Kind::BadDeclaration)?;
    if minor.is_empty() || !minor.iter().all(u8::is_ascii_digit) {
        return Err(Kind::BadDeclaration);
    }
    let mut rest = rest;
    if let Some((encoding, behind)) = pseudo_attribute(rest, b"encoding") {
        if !encoding.eq_ignore_ascii_case(b"UTF-8") {
            return Err(Kind::OtherEncoding);
        }
        rest = behind;
    }
    if let Some((standalone, behind)) = pseudo_attribute(rest, b"standalone") {
        if standalone != b"yes" && standalone != b"no" {
            return Err(Kind::BadDeclaration);
        }
        rest = behind;
    }
    if skip_spaces(rest, 0) == rest.len() { Ok(()) } else { Err(Kind::BadDeclaration) }
}

/// Reads `S name S? = S? quoted`; gives the value and what follows.
fn pseudo_attribute<'a>(bytes: &'a [u8], name: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let begin = skip_spaces(bytes, 0);
    if begin == 0 {
        return None;
    }
    let rest = bytes.get(begin..)?.strip_prefix(name)?;
    let rest = rest.get(skip_spaces(rest, 0)..)?.strip_prefix(b"=")?;
    let rest = rest.get(skip_spaces(rest, 0)..)?;
    let (quote, rest) = rest.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = memchr::memchr(*quote, rest)?;
    Some((rest.get(..end)?, rest.get(end + 1..)?))
}

/// Behind the comment that begins at `at` with `<!--`.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let begin = at + 4;
    let rest = bytes.get(begin..).unwrap_or_default();
    let Some(dashes) = memchr::memmem::find(rest, b"--") else {
        return Err(Fault::new(Kind::Ended, bytes.len()));
    };
    match rest.get(dashes + 2) {
        Some(b'>') => Ok(begin + dashes + 3),
        Some(_) => Err(Fault::new(Kind::BadComment, begin + dashes)),
        None => Err(Fault::new(Kind::Ended, bytes.len())),
    }
}

/// Behind the processing instruction that begins at `at` with `<?`.
pub(super) fn instruction_end(bytes: &[u8], at: usize) -> Result<usize, Fault> {
    let begin = at + 2;
    let rest = bytes.get(begin..).unwrap_or_default();
    let Some(end) = memchr::memmem::find(rest, b"?>") else {
        return Err(Fault::new(Kind::Ended, bytes.len()));
    };
    let bad = Err(Fault::new(Kind::BadInstruction, begin));
    let Some(target) = scan(rest, 0) else { return bad };
    let name = rest.get(..target.end).unwrap_or_default();
    // A declaration that does not stand first is an instruction of a reserved name.
    if name.eq_ignore_ascii_case(b"xml") || target.colon.is_some() {
        return bad;
    }
    let separated = rest.get(target.end).is_some_and(|byte| super::is_space(*byte));
    if target.end == end || (target.end < end && separated) { Ok(begin + end + 2) } else { bad }
}
