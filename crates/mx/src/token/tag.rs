//! Start tags: name, attributes, namespace declarations.
//!
//! The tag is read first and means something after that: a prefix may be used before the attribute
//! that declares it, and a tag that is cut off by the end of the window changes nothing.

use super::fault::{Fault, Kind};
use super::name::{Scanned, is_space, letters_end, scan, skip_spaces};
use super::{Attribute, NamespaceId, Open, Place, Span, Start, Token, Tokeniser, text};
use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX};

/// A namespace declaration as written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration {
    /// What stands behind `xmlns:`, or nothing.
    prefix: Span,
    value: Span,
    plain: bool,
}

impl Tokeniser {
    /// Reads the tag that begins at the present place with `<`.
    #[inline]
    pub(super) fn start_tag(&mut self, bytes: &[u8]) -> Result<Token, Fault> {
        let at = self.at;
        let end = letters_end(bytes, at + 1);
        // Most tags are a name of letters alone, which needs no second look.
        if end == at + 1 || bytes.get(end) != Some(&b'>') {
            return self.unusual_start_tag(bytes);
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::new(Kind::TooDeep, at));
        }
        self.attributes.clear();
        let name = Span::new(at + 1, end);
        let namespace = self.namespaces.default_namespace();
        self.open.push(Open { name, declares: false });
        self.at = end + 1;
        self.place = Place::Content;
        self.start = Start { at: Span::new(at, at).start, name, local: name, namespace };
        Ok(Token::Start)
    }

    #[inline(never)]
    fn unusual_start_tag(&mut self, bytes: &[u8]) -> Result<Token, Fault> {
        let at = self.at;
        let name = element_name(bytes, at + 1)?;
        self.attributes.clear();
        self.declarations.clear();
        let (behind, empty) = match bytes.get(name.end) {
            Some(b'>') => (name.end + 1, false),
            _ => self.rest_of_tag(bytes, name.end)?,
        };
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::new(Kind::TooDeep, at));
        }
        let written = Span::new(at + 1, name.end);
        let declares = !self.declarations.is_empty();
        if declares {
            self.marks.push(self.namespaces.mark());
            self.declare(bytes)?;
        }
        let (local, namespace) = match name.colon {
            None => (written, self.namespaces.default_namespace()),
            Some(colon) => self.prefixed(bytes, written, colon)?,
        };
        if !self.attributes.is_empty() {
            self.resolve_attributes(bytes)?;
        }
        self.open.push(Open { name: written, declares });
        self.at = behind;
        self.place = if empty { Place::EmptyElement } else { Place::Content };
        self.start = Start { at: Span::new(at, at).start, name: written, local, namespace };
        Ok(Token::Start)
    }

    fn prefixed(
        &self,
        bytes: &[u8],
        name: Span,
        colon: usize,
    ) -> Result<(Span, NamespaceId), Fault> {
        let prefix = bytes.get(name.start as usize..colon).unwrap_or_default();
        // `xmlns` is no prefix for elements, and nothing can declare it.
        match self.namespaces.resolve(prefix) {
            Some(namespace) => Ok((Span::new(colon + 1, name.end as usize), namespace)),
            None => Err(Fault::new(Kind::UnknownPrefix, name.start as usize)),
        }
    }

    /// Reads attributes up to the end of the tag: where it is, and whether the element is empty.
    fn rest_of_tag(&mut self, bytes: &[u8], from: usize) -> Result<(usize, bool), Fault> {
        let mut at = from;
        loop {
            let next = skip_spaces(bytes, at);
            match (bytes.get(next), bytes.get(next + 1)) {
                (Some(b'>'), _) => return Ok((next + 1, false)),
                (Some(b'/'), Some(b'>')) => return Ok((next + 2, true)),
                (None, _) | (Some(b'/'), None) => return Err(Fault::new(Kind::Ended, bytes.len())),
                (Some(_), _) if next == at => return Err(Fault::new(Kind::BadTag, at)),
                (Some(_), _) => at = self.attribute(bytes, next)?,
            }
        }
    }

    /// Reads one attribute or declaration: what is behind it.
    fn attribute(&mut self, bytes: &[u8], at: usize) -> Result<usize, Fault> {
        if self.attributes.len() + self.declarations.len() >= ATTRIBUTES_MAX {
            return Err(Fault::new(Kind::TooManyAttributes, at));
        }
        let Some(name) = scan(bytes, at) else {
            return Err(Fault::new(Kind::BadAttribute, at));
        };
        if !name.qualified {
            return Err(ended_or(Kind::NotQualified, bytes, name.end, at));
        }
        let equals = skip_spaces(bytes, name.end);
        if bytes.get(equals) != Some(&b'=') {
            return Err(ended_or(Kind::BadAttribute, bytes, equals, equals));
        }
        let quote = skip_spaces(bytes, equals + 1);
        let Some(mark @ (b'"' | b'\'')) = bytes.get(quote).copied() else {
            return Err(ended_or(Kind::BadAttribute, bytes, quote, quote));
        };
        let (value, plain) = attribute_value(bytes, quote + 1, mark)?;
        let written = Span::new(at, name.end);
        let behind = value.end as usize + 1;
        match (name.colon, bytes.get(at..name.end)) {
            (None, Some(b"xmlns")) => {
                self.declarations.push(Declaration { prefix: Span::default(), value, plain });
            }
            (Some(colon), Some(text)) if text.starts_with(b"xmlns:") => {
                let prefix = Span::new(colon + 1, name.end);
                self.declarations.push(Declaration { prefix, value, plain });
            }
            (colon, _) => {
                let local = Span::new(colon.map_or(at, |colon| colon + 1), name.end);
                let namespace = NamespaceId::NONE;
                self.attributes.push(Attribute { name: written, local, namespace, value, plain });
            }
        }
        Ok(behind)
    }

    fn declare(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        for (index, declaration) in self.declarations.iter().enumerate() {
            let prefix = declaration.prefix.of(bytes);
            let at = declaration.value.start as usize;
            let earlier = self.declarations.get(..index).unwrap_or_default();
            if earlier.iter().any(|other| other.prefix.of(bytes) == prefix) {
                return Err(Fault::new(Kind::AttributeTwice, at));
            }
            let mut value = declaration.value.of(bytes);
            if !declaration.plain {
                self.scratch.clear();
                text::decode_attribute(value, &mut self.scratch);
                value = &self.scratch;
            }
            let done = if prefix.is_empty() {
                self.namespaces.declare_default(value)
            } else {
                self.namespaces.declare(prefix, value)
            };
            done.map_err(|kind| Fault::new(kind, at))?;
        }
        self.declarations.clear();
        Ok(())
    }

    fn resolve_attributes(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        for index in 0..self.attributes.len() {
            let (earlier, rest) = self.attributes.split_at_mut(index);
            let Some(attribute) = rest.first_mut() else { break };
            let at = attribute.name.start as usize;
            if attribute.local != attribute.name {
                let prefix = Span::new(at, attribute.local.start as usize - 1).of(bytes);
                let namespace = self.namespaces.resolve(prefix);
                attribute.namespace =
                    namespace.ok_or_else(|| Fault::new(Kind::UnknownPrefix, at))?;
            }
            let local = attribute.local.of(bytes);
            let same = |other: &Attribute| {
                other.namespace == attribute.namespace && other.local.of(bytes) == local
            };
            if earlier.iter().any(same) {
                return Err(Fault::new(Kind::AttributeTwice, at));
            }
        }
        Ok(())
    }
}

#[inline]
fn element_name(bytes: &[u8], at: usize) -> Result<Scanned, Fault> {
    match scan(bytes, at) {
        Some(name) if name.qualified => Ok(name),
        Some(name) => Err(ended_or(Kind::NotQualified, bytes, name.end, at)),
        None => Err(ended_or(Kind::BadTag, bytes, at, at - 1)),
    }
}

/// The value between two quotes `mark`, and whether it is what is written.
fn attribute_value(bytes: &[u8], from: usize, mark: u8) -> Result<(Span, bool), Fault> {
    let rest = bytes.get(from..).unwrap_or_default();
    let Some(length) = memchr::memchr(mark, rest) else {
        return Err(match memchr::memchr(b'<', rest) {
            Some(tag) => Fault::new(Kind::BadAttribute, from + tag),
            None => Fault::new(Kind::Ended, bytes.len()),
        });
    };
    let value = rest.get(..length).unwrap_or_default();
    // Most values need one look at all of their bytes together.
    let special = value.iter().fold(0, |special, byte| {
        special | u8::from(*byte < b' ') | u8::from(*byte == b'<') | u8::from(*byte == b'&')
    });
    if special == 0 {
        return Ok((Span::new(from, from + length), true));
    }
    let mut plain = true;
    for (at, &byte) in value.iter().enumerate() {
        match byte {
            b'<' => return Err(Fault::new(Kind::BadAttribute, from + at)),
            b'&' => {
                plain = false;
                text::reference(value, at).map_err(|kind| Fault::new(kind, from + at))?;
            }
            byte if byte != b' ' && is_space(byte) => plain = false,
            _ => {}
        }
    }
    Ok((Span::new(from, from + length), plain))
}

/// A fault at `at`, unless the window ends at `reached`: then more may put it right.
#[cold]
fn ended_or(kind: Kind, bytes: &[u8], reached: usize, at: usize) -> Fault {
    if reached >= bytes.len() { Fault::new(Kind::Ended, bytes.len()) } else { Fault::new(kind, at) }
}
