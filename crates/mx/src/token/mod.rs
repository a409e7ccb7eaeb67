//! The tokeniser: one pass over the bytes, iterative, no tree, nothing allocated per element.
//!
//! It holds the whole of XML 1.0 (fifth edition) and Namespaces in XML 1.0 for documents without a
//! document type, within the limits of [`crate::limits`]. It does not know any schema. A byte order
//! mark of UTF-8 at the very start is skipped, as the standard allows; every other encoding is
//! refused.
//!
//! ```text
//! document ::= BOM? declaration? misc* element misc*
//! element  ::= empty-tag | start-tag (element | text | cdata | comment | instruction)* end-tag
//! misc     ::= comment | instruction | white space
//! ```
//!
//! All positions are offsets in a *window*: the whole message, or the part of a stream that is in
//! memory. [`Tokeniser::next`] changes nothing when it meets the end of the window within a token,
//! so that a stream can call it again with more.

mod fault;
mod name;
mod namespace;
mod prolog;
mod survey;
mod tag;
mod text;
mod usual;

pub(crate) use fault::{Fault, Kind};
pub(crate) use name::{character_at, is_ncname, is_space, letters_end, same, skip_indentation};
pub(crate) use namespace::{NamespaceId, Namespaces};
pub(crate) use survey::{Features, survey};
pub(crate) use text::{decode_attribute, decode_content, decode_text, is_plain};

use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX};
use namespace::Mark;

/// A part of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// Offsets of a window fit 32 bits: [`survey`] refuses larger ones.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "survey refuses windows beyond 4 GiB")]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The bytes it stands for.
    #[inline]
    pub(crate) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn length(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }
}

/// One token. Comments and processing instructions are checked and passed over.
///
/// It is as small as can be, for one is returned at every step; what belongs to it stays with the
/// tokeniser until the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// An element begins: [`Tokeniser::start`], [`Tokeniser::attributes`].
    Start,
    /// The innermost open element ends.
    End,
    /// Text of the innermost open element, or a part of it: [`Tokeniser::last_text`].
    Text,
    /// The document is complete.
    Finished,
}

/// The begin of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// Where its `<` stands.
    pub(crate) at: u32,
    /// Its name as written, with prefix.
    pub(crate) name: Span,
    /// Its name without prefix.
    pub(crate) local: Span,
    /// Its namespace.
    pub(crate) namespace: NamespaceId,
}

/// Text between tags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    /// The bytes as written, without the marks of a CDATA section.
    pub(crate) span: Span,
    /// How to read them.
    pub(crate) form: Form,
}

/// How written bytes become a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As they are.
    Plain,
    /// References and carriage returns have to be replaced.
    Encoded,
    /// A CDATA section: only carriage returns have to be replaced.
    Section,
}

/// An attribute that is no namespace declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Span,
    pub(crate) local: Span,
    pub(crate) namespace: NamespaceId,
    pub(crate) value: Span,
    /// Whether the value is what is written.
    pub(crate) plain: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    name: Span,
    /// Whether the element declares namespaces: then the last mark is its own.
    declares: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before anything.
    Begin,
    /// Behind the declaration, before the root.
    Prolog,
    /// Inside the root.
    Content,
    /// An empty-element tag was read: its end comes next.
    EmptyElement,
    /// Behind the root.
    Epilog,
}

/// Reads tokens. Used again for the next message after [`Tokeniser::clear`].
#[derive(Debug)]
pub(crate) struct Tokeniser {
    at: usize,
    /// Where the end tag of the element that ended last begins.
    end_at: usize,
    place: Place,
    open: Vec<Open>,
    /// What to go back to, for each open element that declares namespaces.
    marks: Vec<Mark>,
    start: Start,
    text: Text,
    attributes: Vec<Attribute>,
    declarations: Vec<tag::Declaration>,
    namespaces: Namespaces,
    scratch: Vec<u8>,
}

impl Default for Tokeniser {
    fn default() -> Self {
        Self {
            at: 0,
            end_at: 0,
            place: Place::Begin,
            open: Vec::with_capacity(DEPTH_MAX),
            marks: Vec::with_capacity(DEPTH_MAX),
            start: Start {
                at: 0,
                name: Span::default(),
                local: Span::default(),
                namespace: NamespaceId::NONE,
            },
            text: Text { span: Span::default(), form: Form::Plain },
            attributes: Vec::with_capacity(ATTRIBUTES_MAX),
            declarations: Vec::with_capacity(ATTRIBUTES_MAX),
            namespaces: Namespaces::default(),
            scratch: Vec::new(),
        }
    }
}

impl Tokeniser {
    /// Ready for another document.
    pub(crate) fn clear(&mut self) {
        self.at = 0;
        self.place = Place::Begin;
        self.open.clear();
        self.marks.clear();
        self.attributes.clear();
        self.declarations.clear();
        self.namespaces.clear();
        // A hostile message shall not leave its memory to the next one.
        self.scratch.clear();
        self.scratch.shrink_to(4096);
    }

    /// How many bytes of memory it keeps, without its own size.
    pub(crate) fn memory(&self) -> usize {
        self.open.capacity() * size_of::<Open>()
            + self.marks.capacity() * size_of::<Mark>()
            + self.attributes.capacity() * size_of::<Attribute>()
            + self.declarations.capacity() * size_of::<tag::Declaration>()
            + self.namespaces.memory()
            + self.scratch.capacity()
    }

    /// Where the next token begins.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Where the end tag of the element that ended last begins; of an empty-element tag, its `/>`.
    #[inline]
    pub(crate) fn end_at(&self) -> usize {
        self.end_at
    }

    /// How many elements are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The element that began last.
    #[inline]
    pub(crate) fn start(&self) -> &Start {
        &self.start
    }

    /// The text that came last.
    #[inline]
    pub(crate) fn last_text(&self) -> Text {
        self.text
    }

    /// The attributes of the element that began last, without namespace declarations.
    #[inline]
    pub(crate) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The namespaces in force.
    #[inline]
    pub(crate) fn namespaces(&self) -> &Namespaces {
        &self.namespaces
    }

    /// The names of the open elements as written, from the root.
    pub(crate) fn open_names(&self) -> impl Iterator<Item = Span> + '_ {
        self.open.iter().map(|open| open.name)
    }

    /// The next token.
    ///
    /// # Errors
    ///
    /// The first [`Fault`]. `Kind::Ended` means that the window ends too early; with a longer one
    /// the call can be repeated. Every other fault is final.
    #[inline(never)]
    pub(crate) fn next(&mut self, bytes: &[u8], features: Features) -> Result<Token, Fault> {
        if self.place != Place::Content {
            return self.next_outside(bytes);
        }
        loop {
            match (bytes.get(self.at), bytes.get(self.at + 1)) {
                (Some(b'<'), Some(b'/')) => return self.end_tag(bytes),
                (Some(b'<'), Some(b'!')) => {
                    if let Some(text) = self.section_or_comment(bytes)? {
                        self.text = text;
                        return Ok(Token::Text);
                    }
                }
                (Some(b'<'), Some(b'?')) => self.instruction(bytes)?,
                (Some(b'<'), Some(_)) => return self.start_tag(bytes),
                (Some(b'<'), None) | (None, _) => {
                    return Err(Fault::new(Kind::Ended, bytes.len()));
                }
                (Some(_), _) => return self.text(bytes, features),
            }
        }
    }

    /// As [`Self::next`], but white space between two tags is passed over: where only elements may
    /// stand it says nothing.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the validator's loop is half as long with it")]
    pub(crate) fn next_tag(&mut self, bytes: &[u8], features: Features) -> Result<Token, Fault> {
        if self.place == Place::Content {
            let mut at = self.at;
            if bytes.get(at) != Some(&b'<') {
                at = skip_indentation(bytes, at);
            }
            if let Some([b'<', second]) = bytes.get(at..at + 2) {
                self.at = at;
                if second.is_ascii_alphabetic() {
                    return self.start_tag(bytes);
                }
                if *second == b'/' {
                    return self.end_tag(bytes);
                }
            }
        }
        self.next(bytes, features)
    }

    /// The value of the element that has just begun, if it is plain text up to the end tag; the
    /// element has ended then. `None` changes nothing.
    #[inline]
    pub(crate) fn plain_value(&mut self, bytes: &[u8], features: Features) -> Option<Span> {
        if self.place != Place::Content || self.open.len() < 2 {
            return None;
        }
        let end = find_tag(bytes, self.at)?;
        let name = self.start.name;
        let behind = end + 2 + name.length();
        if bytes.get(end + 1) != Some(&b'/')
            || bytes.get(behind) != Some(&b'>')
            || !same(bytes, name.start as usize, end + 2, name.length())
        {
            return None;
        }
        let span = Span::new(self.at, end);
        if features.need_care() && text::check(bytes, span) != Ok(Form::Plain) {
            return None;
        }
        self.at = behind + 1;
        self.close();
        Some(span)
    }

    #[inline]
    fn close(&mut self) {
        if self.open.pop().is_some_and(|open| open.declares)
            && let Some(mark) = self.marks.pop()
        {
            self.namespaces.reset(mark);
        }
    }

    #[inline]
    fn end_tag(&mut self, bytes: &[u8]) -> Result<Token, Fault> {
        let Some(&Open { name, .. }) = self.open.last() else {
            return Err(Fault::new(Kind::BadTag, self.at));
        };
        self.end_at = self.at;
        let begin = self.at + 2;
        let end = begin + name.length();
        if bytes.get(end) == Some(&b'>') && same(bytes, name.start as usize, begin, name.length()) {
            self.at = end + 1;
        } else {
            self.at = self.unusual_end_tag(bytes, name)?;
        }
        self.close();
        if self.open.is_empty() {
            self.place = Place::Epilog;
        }
        Ok(Token::End)
    }

    /// Finds out what is wrong with an end tag, or reads one with white space before its `>`.
    #[cold]
    fn unusual_end_tag(&self, bytes: &[u8], open: Span) -> Result<usize, Fault> {
        let begin = self.at + 2;
        let Some(found) = name::scan(bytes, begin) else {
            let kind = if begin >= bytes.len() { Kind::Ended } else { Kind::BadTag };
            return Err(Fault::new(kind, begin));
        };
        if found.end == bytes.len() {
            return Err(Fault::new(Kind::Ended, bytes.len()));
        }
        if bytes.get(begin..found.end) != Some(open.of(bytes)) {
            return Err(Fault::new(Kind::EndTagDiffers, self.at));
        }
        let close = name::skip_spaces(bytes, found.end);
        match bytes.get(close) {
            Some(b'>') => Ok(close + 1),
            Some(_) => Err(Fault::new(Kind::BadTag, close)),
            None => Err(Fault::new(Kind::Ended, bytes.len())),
        }
    }

    #[inline]
    fn text(&mut self, bytes: &[u8], features: Features) -> Result<Token, Fault> {
        let Some(end) = find_tag(bytes, self.at) else {
            return Err(Fault::new(Kind::Ended, bytes.len()));
        };
        let span = Span::new(self.at, end);
        let mut form = Form::Plain;
        if features.need_care() {
            form = text::check(bytes, span)?;
        }
        self.at = end;
        self.text = Text { span, form };
        Ok(Token::Text)
    }

    /// Reads `<![CDATA[...]]>`, or a comment, which is no token.
    fn section_or_comment(&mut self, bytes: &[u8]) -> Result<Option<Text>, Fault> {
        const BEGIN: &[u8] = b"<![CDATA[";
        let rest = bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(BEGIN) {
            let begin = self.at + BEGIN.len();
            let end = memchr::memmem::find(bytes.get(begin..).unwrap_or_default(), b"]]>")
                .ok_or_else(|| Fault::new(Kind::Ended, bytes.len()))?;
            let span = Span::new(begin, begin + end);
            self.at = begin + end + 3;
            return Ok(Some(Text { span, form: Form::Section }));
        }
        if rest.starts_with(b"<!--") {
            self.at = prolog::comment_end(bytes, self.at)?;
            return Ok(None);
        }
        let ended = BEGIN.starts_with(rest) || b"<!--".starts_with(rest);
        Err(if ended {
            Fault::new(Kind::Ended, bytes.len())
        } else if rest.starts_with(b"<!DOCTYPE") {
            Fault::new(Kind::Doctype, self.at)
        } else {
            Fault::new(Kind::BadTag, self.at)
        })
    }

    fn instruction(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.at = prolog::instruction_end(bytes, self.at)?;
        Ok(())
    }

    /// The window slides along a stream: it begins with the names of the open elements now, one
    /// behind the other, and goes on with what was not read yet.
    pub(crate) fn slide(&mut self) {
        let mut end = 0;
        for open in &mut self.open {
            let begin = end;
            end += open.name.length();
            open.name = Span::new(begin, end);
        }
        self.at = end;
    }
}

/// The next `<` from `at` on. Most texts are short, so eight bytes at a time come first.
#[inline]
pub(crate) fn find_tag(bytes: &[u8], at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TAGS: u64 = ONES * b'<' as u64;
    let mut from = at;
    for _ in 0..4 {
        let Some(Ok(chunk)) = bytes.get(from..from + 8).map(<[u8; 8]>::try_from) else { break };
        let zero_at_tag = u64::from_le_bytes(chunk) ^ TAGS;
        let found = zero_at_tag.wrapping_sub(ONES) & !zero_at_tag & (ONES << 7);
        if found != 0 {
            return Some(from + (found.trailing_zeros() / 8) as usize);
        }
        from += 8;
    }
    memchr::memchr(b'<', bytes.get(from..)?).map(|found| from + found)
}

#[cfg(test)]
mod tests;
