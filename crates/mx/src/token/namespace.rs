//! The namespaces in force while a document is read.
//!
//! Each namespace name in force has a small number, so that comparing two is comparing numbers.
//! Equal names have equal numbers. Declarations leave again with their element.

use super::fault::Kind;
use crate::limits::NAMESPACES_MAX;

/// The number of a namespace; valid while its declaration is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NamespaceId(u16);

impl NamespaceId {
    /// No namespace.
    pub(crate) const NONE: Self = Self(0);
    /// The namespace of the prefix `xml`.
    pub(crate) const XML: Self = Self(1);
    /// The namespace of the prefix `xsi`, as most call it: types and hints in instances.
    pub(crate) const INSTANCE: Self = Self(2);
}

const XML_NAME: &[u8] = b"http://www.w3.org/XML/1998/namespace";
const XMLNS_NAME: &[u8] = b"http://www.w3.org/2000/xmlns/";
const INSTANCE_NAME: &[u8] = b"http://www.w3.org/2001/XMLSchema-instance";

#[derive(Debug)]
struct Binding {
    prefix: Range,
    namespace: NamespaceId,
}

#[derive(Clone, Copy, Debug)]
struct Range {
    start: u32,
    end: u32,
}

/// What to go back to when an element ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    bindings: u16,
    names: u16,
    bytes: u32,
    default: NamespaceId,
}

/// All declarations in force.
#[derive(Debug)]
pub(crate) struct Namespaces {
    bindings: Vec<Binding>,
    /// Invariant: no two are equal; the first three are the constants of [`NamespaceId`].
    names: Vec<Range>,
    /// Prefixes and names, in the order of their declaration.
    bytes: Vec<u8>,
    default: NamespaceId,
}

impl Default for Namespaces {
    fn default() -> Self {
        let mut namespaces = Self {
            bindings: Vec::with_capacity(NAMESPACES_MAX),
            names: Vec::with_capacity(NAMESPACES_MAX + 3),
            bytes: Vec::with_capacity(1024),
            default: NamespaceId::NONE,
        };
        namespaces.clear();
        namespaces
    }
}

impl Namespaces {
    /// Forgets all declarations.
    pub(crate) fn clear(&mut self) {
        self.bindings.clear();
        self.names.clear();
        self.bytes.clear();
        self.bytes.shrink_to(4096);
        self.default = NamespaceId::NONE;
        for name in [b"".as_slice(), XML_NAME, INSTANCE_NAME] {
            let name = self.store(name);
            self.names.push(name);
        }
    }

    /// How many bytes of memory it keeps.
    pub(crate) fn memory(&self) -> usize {
        self.bindings.capacity() * size_of::<Binding>()
            + self.names.capacity() * size_of::<Range>()
            + self.bytes.capacity()
    }

    /// The namespace of elements without prefix.
    #[inline]
    pub(crate) fn default_namespace(&self) -> NamespaceId {
        self.default
    }

    /// Where things stand now.
    #[inline]
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            bindings: u16::try_from(self.bindings.len()).expect("NAMESPACES_MAX fits 16 bits"),
            names: u16::try_from(self.names.len()).expect("NAMESPACES_MAX fits 16 bits"),
            bytes: narrow(self.bytes.len()),
            default: self.default,
        }
    }

    /// Takes back what was declared since `mark`.
    #[inline]
    pub(crate) fn reset(&mut self, mark: Mark) {
        self.default = mark.default;
        if self.bytes.len() > mark.bytes as usize {
            self.names.truncate(usize::from(mark.names));
            self.bytes.truncate(mark.bytes as usize);
        }
        self.bindings.truncate(usize::from(mark.bindings));
    }

    /// The namespace that `prefix` stands for.
    pub(crate) fn resolve(&self, prefix: &[u8]) -> Option<NamespaceId> {
        if prefix == b"xml" {
            return Some(NamespaceId::XML);
        }
        let mut bindings = self.bindings.iter().rev();
        bindings.find(|binding| self.text(binding.prefix) == prefix).map(|found| found.namespace)
    }

    /// The name of a namespace in force.
    pub(crate) fn name(&self, id: NamespaceId) -> &[u8] {
        self.names.get(usize::from(id.0)).map(|range| self.text(*range)).unwrap_or_default()
    }

    /// The number of a namespace, if one of that name is in force.
    pub(crate) fn find(&self, name: &[u8]) -> Option<NamespaceId> {
        (0..self.names.len())
            .filter_map(|at| u16::try_from(at).ok())
            .map(NamespaceId)
            .find(|id| self.name(*id) == name)
    }

    /// Declares `name` for elements without prefix.
    pub(crate) fn declare_default(&mut self, name: &[u8]) -> Result<(), Kind> {
        if name == XML_NAME || name == XMLNS_NAME || !is_uri_reference(name) {
            return Err(Kind::BadNamespace);
        }
        self.default = self.intern(name)?;
        Ok(())
    }

    /// Declares that `prefix` stands for `name`.
    pub(crate) fn declare(&mut self, prefix: &[u8], name: &[u8]) -> Result<(), Kind> {
        if prefix == b"xml" {
            return if name == XML_NAME { Ok(()) } else { Err(Kind::BadNamespace) };
        }
        let reserved = name == XML_NAME || name == XMLNS_NAME || prefix == b"xmlns";
        if reserved || name.is_empty() || !is_uri_reference(name) {
            return Err(Kind::BadNamespace);
        }
        if self.bindings.len() >= NAMESPACES_MAX {
            return Err(Kind::TooManyNamespaces);
        }
        let namespace = self.intern(name)?;
        let prefix = self.store(prefix);
        self.bindings.push(Binding { prefix, namespace });
        Ok(())
    }

    fn store(&mut self, text: &[u8]) -> Range {
        let start = narrow(self.bytes.len());
        self.bytes.extend_from_slice(text);
        Range { start, end: narrow(self.bytes.len()) }
    }

    fn text(&self, range: Range) -> &[u8] {
        self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    fn intern(&mut self, name: &[u8]) -> Result<NamespaceId, Kind> {
        if let Some(id) = self.find(name) {
            return Ok(id);
        }
        if self.names.len() >= NAMESPACES_MAX + 3 {
            return Err(Kind::TooManyNamespaces);
        }
        let name = self.store(name);
        self.names.push(name);
        let id = u16::try_from(self.names.len() - 1).expect("NAMESPACES_MAX fits 16 bits");
        Ok(NamespaceId(id))
    }
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).expect("a window has at most MESSAGE_BYTES_MAX bytes")
}

/// Whether `name` may be a URI reference (RFC 3986) as far as its characters go: Namespaces in XML
/// asks for one, and libxml2 refuses what is none.
fn is_uri_reference(name: &[u8]) -> bool {
    // Nearly all are those of messages, and what follows the common begin is short.
    if let Some(message) = name.strip_prefix(crate::NAMESPACE_PREFIX.as_bytes())
        && message.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
    {
        return true;
    }
    let mut fragments = 0;
    // A colon in the first segment ends a scheme.
    let segment = name.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let segment = name.get(..segment.unwrap_or(name.len())).unwrap_or_default();
    if let Some(colon) = segment.iter().position(|byte| *byte == b':') {
        let scheme = segment.get(..colon).unwrap_or_default();
        let later = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        if !scheme.first().is_some_and(u8::is_ascii_alphabetic) || !scheme.iter().all(later) {
            return false;
        }
    }
    // `[` only begins the address of a host in version 6, behind `//`.
    let mut bracket = false;
    let mut slashes = 0;
    let mut rest = name.iter();
    while let Some(&byte) = rest.next() {
        let behind_slashes = slashes >= 2;
        slashes = if byte == b'/' { slashes + 1 } else { 0 };
        match byte {
            b'%' => {
                let digits = [rest.next(), rest.next()];
                if !digits.iter().all(|digit| digit.is_some_and(u8::is_ascii_hexdigit)) {
                    return false;
                }
            }
            b'#' => fragments += 1,
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'@' | b'!' | b'$' | b'&' | b'\''
            | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => {}
            b'[' if behind_slashes => bracket = true,
            b']' if bracket => bracket = false,
            _ if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    fragments <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_leaves_with_its_element() {
        let mut namespaces = Namespaces::default();
        namespaces.declare_default(b"urn:a").unwrap();
        let outer = namespaces.default_namespace();
        let mark = namespaces.mark();
        namespaces.declare_default(b"urn:b").unwrap();
        namespaces.declare(b"p", b"urn:a").unwrap();
        assert_eq!(namespaces.resolve(b"p"), Some(outer));
        namespaces.reset(mark);
        assert_eq!(namespaces.resolve(b"p"), None);
        assert_eq!(namespaces.default_namespace(), outer);
        assert_eq!(namespaces.find(b"urn:b"), None);
    }

    #[test]
    fn an_inner_prefix_hides_the_outer_one() {
        let mut namespaces = Namespaces::default();
        namespaces.declare(b"p", b"urn:a").unwrap();
        namespaces.declare(b"p", b"urn:b").unwrap();
        let inner = namespaces.resolve(b"p").unwrap();
        assert_eq!(namespaces.name(inner), b"urn:b");
    }

    #[test]
    fn reserved_prefixes_and_names_are_refused() {
        let mut namespaces = Namespaces::default();
        assert_eq!(namespaces.declare(b"xml", XML_NAME), Ok(()));
        for (prefix, name) in [
            (b"xml".as_slice(), b"urn:a".as_slice()),
            (b"a", XML_NAME),
            (b"xmlns", b"urn:a"),
            (b"a", XMLNS_NAME),
            (b"a", b""),
            (b"a", b"{urn:a}"),
            (b"a", b" urn:a"),
            (b"a", b";urn:a"),
            (b"a", b"urn:[a"),
            (b"a", b"http://w]w/"),
            (b"a", b"urn:%a"),
            (b"a", b"urn:a#b#c"),
        ] {
            assert_eq!(namespaces.declare(prefix, name), Err(Kind::BadNamespace));
        }
        assert_eq!(namespaces.declare_default(XML_NAME), Err(Kind::BadNamespace));
        assert_eq!(namespaces.declare_default(XMLNS_NAME), Err(Kind::BadNamespace));
        assert_eq!(namespaces.declare_default(b""), Ok(()));
    }

    #[test]
    fn no_more_than_the_limit_are_in_force() {
        let mut namespaces = Namespaces::default();
        for _ in 0..NAMESPACES_MAX {
            namespaces.declare(b"a", b"urn:a").unwrap();
        }
        assert_eq!(namespaces.declare(b"a", b"urn:a"), Err(Kind::TooManyNamespaces));
    }
}
