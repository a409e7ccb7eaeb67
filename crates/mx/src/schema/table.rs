//! A compiled schema: flat tables that the validator walks without allocating.
//!
//! A complex type is a row of *places*. A place is one element, or one choice between elements. As
//! no element name stands twice in a type, the name of a child alone tells its particle, and a
//! child is in order if its place is not before the present one and no place in between must be
//! filled. That is one comparison, with `next_required` made beforehand.

use std::ops::Range;

use super::definition::{Builtin, Process, WhiteSpace};
use crate::fields::{Kind, Slot};
use crate::pattern::Pattern;
use crate::rules::Look;

/// The index of a type: simple or complex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TypeId {
    Simple(u32),
    Complex(u32),
}

/// A part of a schema's texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

/// An element of a type, or a global element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Particle {
    pub(crate) name: Name,
    pub(crate) type_id: TypeId,
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// The place in its type.
    pub(crate) place: u16,
    /// What the field means for rules and routing.
    pub(crate) slot: Slot,
    pub(crate) kind: Kind,
    /// How the rules look at its value.
    pub(crate) look: Look,
}

#[derive(Clone, Debug)]
pub(crate) struct Complex {
    pub(crate) name: Name,
    pub(crate) content: Content,
    /// The type that it restricts or extends.
    pub(crate) base: Option<TypeId>,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Elements(Elements),
    /// Text with attributes.
    Text {
        simple: u32,
        attributes: Range<u32>,
    },
    Any {
        process: Process,
        namespace: Option<Name>,
        min: u32,
        max: u32,
    },
}

/// Elements in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements {
    /// The first particle, and how many there are.
    pub(crate) first: u32,
    pub(crate) count: u32,
    /// Where `next_required` of place 0 stands.
    pub(crate) required: u32,
    /// How many places there are.
    pub(crate) places: u16,
    /// The logarithm of how many cells the index of names has; 0 if there is none.
    pub(crate) index_bits: u8,
    /// Where the index of names begins.
    pub(crate) index: u32,
}

/// The name of a particle, in a form that is compared at once: the name itself up to 16 bytes, a
/// hash with the highest bit set beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    low: u64,
    high: u64,
}

impl Key {
    /// Whether it is a hash of a longer name: names have to be compared then.
    #[inline]
    fn is_hash(self) -> bool {
        self.high >> 63 == 1
    }

    /// Where the search in an index of that many bits begins.
    #[inline]
    fn cell(self, bits: u8) -> usize {
        let mixed = (self.low ^ self.high.rotate_left(29)).wrapping_mul(ODD);
        // The number of bits is 2 to 9.
        usize::try_from(mixed >> (64_u32.wrapping_sub(u32::from(bits)) & 63)).unwrap_or_default()
    }
}

/// Mixes the bits of names.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A free cell of an index of names.
const FREE: u8 = u8::MAX;

#[derive(Clone, Copy, Debug)]
pub(crate) struct AttributeRow {
    pub(crate) name: Name,
    pub(crate) simple: u32,
    pub(crate) required: bool,
    pub(crate) slot: Slot,
    pub(crate) kind: Kind,
}

/// A simple type with all its limits, those of its bases included.
#[derive(Clone, Debug)]
pub(crate) struct Simple {
    pub(crate) name: Name,
    /// The type of XML Schema that it comes from.
    pub(crate) builtin: Builtin,
    pub(crate) base: Option<u32>,
    pub(crate) white_space: WhiteSpace,
    /// Whether only the length is limited.
    pub(crate) only_length: bool,
    pub(crate) length_min: u32,
    pub(crate) length_max: u32,
    pub(crate) total_digits: u32,
    pub(crate) fraction_digits: u32,
    /// Each of them must be kept.
    pub(crate) bounds: Vec<Bound>,
    /// Of each group one must match; a group is one step of restriction.
    pub(crate) patterns: Vec<Vec<Pattern>>,
    /// What the patterns were made of, for findings.
    pub(crate) pattern_text: Name,
    pub(crate) enumeration: Option<Enumeration>,
}

/// A limit of values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) limit: Name,
    pub(crate) kind: BoundKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoundKind {
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// Values that are allowed, sorted for a search by halves.
#[derive(Clone, Debug)]
pub(crate) enum Enumeration {
    /// All of at most eight bytes.
    Short(Vec<u64>),
    Long(Vec<Box<[u8]>>),
}

impl Enumeration {
    pub(crate) fn contains(&self, value: &[u8]) -> bool {
        match self {
            Self::Short(values) => {
                value.len() <= 8
                    && !value.contains(&0)
                    && values.binary_search(&short(value)).is_ok()
            }
            Self::Long(values) => {
                values.binary_search_by(|known| known.as_ref().cmp(value)).is_ok()
            }
        }
    }
}

impl Enumeration {
    /// The first values in words.
    pub(crate) fn shown(&self, count: usize) -> String {
        let mut all: Vec<String> = match self {
            Self::Short(values) => values
                .iter()
                .map(|value| {
                    let bytes = value.to_le_bytes();
                    String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()
                })
                .collect(),
            Self::Long(values) => {
                values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
            }
        };
        all.sort();
        let more = all.len() > count;
        all.truncate(count);
        let end = if more { ", ..." } else { "" };
        all.join(", ") + end
    }
}

/// At most eight bytes as a number; different texts without NUL give different numbers.
pub(crate) fn short(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(text) {
        *place = *byte;
    }
    u64::from_le_bytes(bytes)
}

/// One compiled schema. It is used by many threads at a time and never changes.
#[derive(Debug)]
pub struct Schema {
    pub(crate) namespace: String,
    /// All names and other texts.
    pub(crate) texts: String,
    pub(crate) roots: Vec<Particle>,
    /// First the types of the schema, from `own_simples` on those of XML Schema itself.
    pub(crate) simples: Vec<Simple>,
    pub(crate) own_simples: u32,
    pub(crate) complexes: Vec<Complex>,
    pub(crate) particles: Vec<Particle>,
    /// The [`key`] of the name of each particle.
    pub(crate) keys: Vec<Key>,
    /// For each type with elements a table of hashes with open addresses: which of its particles has
    /// the name.
    pub(crate) index: Vec<u8>,
    pub(crate) next_required: Vec<u16>,
    pub(crate) attributes: Vec<AttributeRow>,
}

impl Schema {
    /// The namespace that it is for.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The message definition, such as `pacs.008.001.08`: the namespace behind the common prefix,
    /// or all of it.
    #[must_use]
    pub fn message_type(&self) -> &str {
        self.namespace.strip_prefix(crate::NAMESPACE_PREFIX).unwrap_or(&self.namespace)
    }

    /// How many bytes its tables take, roughly.
    #[must_use]
    pub fn table_bytes(&self) -> usize {
        self.texts.len()
            + size_of_val(self.simples.as_slice())
            + size_of_val(self.complexes.as_slice())
            + size_of_val(self.particles.as_slice())
            + size_of_val(self.keys.as_slice())
            + self.index.len()
            + size_of_val(self.attributes.as_slice())
    }

    #[inline]
    pub(crate) fn text(&self, name: Name) -> &str {
        self.texts.get(name.start as usize..(name.start + name.length) as usize).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn simple(&self, id: u32) -> &Simple {
        self.simples.get(id as usize).expect("the compiler makes indices of its own tables")
    }

    #[inline]
    pub(crate) fn complex(&self, id: u32) -> &Complex {
        self.complexes.get(id as usize).expect("the compiler makes indices of its own tables")
    }

    #[inline]
    pub(crate) fn particle(&self, id: u32) -> &Particle {
        self.particles.get(id as usize).expect("the compiler makes indices of its own tables")
    }

    pub(crate) fn type_name(&self, id: TypeId) -> &str {
        match id {
            TypeId::Simple(id) => self.text(self.simple(id).name),
            TypeId::Complex(id) => self.text(self.complex(id).name),
        }
    }

    /// The next place from `place` on that must be filled; the number of places if there is none.
    #[inline]
    pub(crate) fn required(&self, elements: &Elements, place: u16) -> u16 {
        let at = elements.required as usize + usize::from(place);
        self.next_required.get(at).copied().unwrap_or(elements.places)
    }

    /// Particles of a type.
    pub(crate) fn particles_of(&self, elements: &Elements) -> &[Particle] {
        let first = elements.first as usize;
        self.particles.get(first..first + elements.count as usize).unwrap_or_default()
    }

    /// The particle of that name in a type.
    #[inline]
    pub(crate) fn find(&self, elements: &Elements, name: &[u8], key: Key) -> Option<u32> {
        let first = elements.first;
        if elements.index_bits == 0 {
            return (first..first + elements.count).find(|at| self.is_named(*at, name, key));
        }
        let last = (1_usize << (elements.index_bits & 15)) - 1;
        let mut cell = key.cell(elements.index_bits);
        loop {
            let at = *self.index.get(elements.index as usize + cell)?;
            if at == FREE {
                return None;
            }
            let at = first + u32::from(at);
            if self.is_named(at, name, key) {
                return Some(at);
            }
            cell = (cell + 1) & last;
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is one comparison in the search for every tag")]
    fn is_named(&self, at: u32, name: &[u8], key: Key) -> bool {
        self.keys.get(at as usize) == Some(&key) && (!key.is_hash() || self.has_name(at, name))
    }

    #[cold]
    fn has_name(&self, at: u32, name: &[u8]) -> bool {
        self.text(self.particle(at).name).as_bytes() == name
    }

    /// Makes the index of the names of particles from `first` on: where it begins, and the logarithm
    /// of its size. It is at most half full, so that every search meets a free cell.
    pub(crate) fn add_index(&mut self, first: u32) -> (u32, u8) {
        let begin = self.index.len();
        let keys = self.keys.get(first as usize..).unwrap_or_default();
        let bits = (keys.len() * 2).next_power_of_two().trailing_zeros().max(2);
        let (Ok(bits), Ok(start)) = (u8::try_from(bits), u32::try_from(begin)) else {
            return (0, 0);
        };
        if keys.len() >= usize::from(FREE) {
            return (0, 0);
        }
        self.index.resize(begin + (1 << bits), FREE);
        let cells = self.index.get_mut(begin..).unwrap_or_default();
        for (at, key) in (0..FREE).zip(keys) {
            let from = key.cell(bits);
            let (before, ahead) = cells.split_at_mut_checked(from).unwrap_or_default();
            let free = ahead.iter_mut().chain(before).find(|cell| **cell == FREE);
            *free.expect("an index has more cells than names") = at;
        }
        (start, bits)
    }

    /// The type of that name.
    pub(crate) fn named_type(&self, name: &str) -> Option<TypeId> {
        let complexes = (0..).zip(&self.complexes);
        let complex = complexes.map(|(id, known)| (TypeId::Complex(id), known.name));
        let own = (0..self.own_simples).zip(&self.simples);
        let simple = own.map(|(id, known)| (TypeId::Simple(id), known.name));
        complex.chain(simple).find(|(_, known)| self.text(*known) == name).map(|(id, _)| id)
    }

    /// A type of XML Schema itself.
    pub(crate) fn builtin_type(&self, builtin: Builtin) -> TypeId {
        TypeId::Simple(self.own_simples + builtin as u32)
    }

    /// The global element of that name.
    pub(crate) fn root(&self, name: &[u8]) -> Option<&Particle> {
        self.roots.iter().find(|root| self.text(root.name).as_bytes() == name)
    }
}

/// The key of a name.
#[inline]
pub(crate) fn key(name: &[u8]) -> Key {
    let mut window = [0; 24];
    match window.get_mut(..name.len()) {
        Some(part) if name.len() <= 16 => part.copy_from_slice(name),
        _ => return long_key(name),
    }
    key_at(&window, 0, name.len())
}

#[cold]
fn long_key(name: &[u8]) -> Key {
    let mixed = name.chunks(8).fold(name.len() as u64, |mixed, part| {
        (mixed ^ short(part)).wrapping_mul(ODD).rotate_left(23)
    });
    Key { low: mixed, high: (mixed ^ mixed >> 29) | 1 << 63 }
}

/// [`key`] of a part of a window, which is faster as bytes behind the name can be read along.
#[inline]
pub(crate) fn key_at(window: &[u8], start: usize, end: usize) -> Key {
    let length = end.saturating_sub(start);
    let Some((low, high)) =
        window.get(start..start + 16).and_then(|bytes| bytes.split_at_checked(8))
    else {
        return key(window.get(start..end).unwrap_or_default());
    };
    let load = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let only = |word: u64, length: usize| word & ((1_u64 << (length * 8)) - 1);
    let (low, high) = (load(low), load(high));
    if length < 8 {
        Key { low: only(low, length), high: 0 }
    } else if length < 16 {
        Key { low, high: only(high, length - 8) }
    } else if length == 16 && high >> 63 == 0 {
        Key { low, high }
    } else {
        long_key(window.get(start..end).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_their_own_keys() {
        let window = b"MsgId>IntrBkSttlmAmt Id UndrlygCstmrCdtTrf PmtInf12 SttlmTmIndctn16x";
        for name in ["MsgId", "IntrBkSttlmAmt", "Id", "UndrlygCstmrCdtTrf", "PmtInf12"] {
            let at = window.windows(name.len()).position(|part| part == name.as_bytes()).unwrap();
            assert_eq!(key_at(window, at, at + name.len()), key(name.as_bytes()), "{name}");
        }
        assert!(key(b"UndrlygCstmrCdtTrf").is_hash() && key(&[0xff; 16]).is_hash());
        assert!(!key(b"IntrBkSttlmAmt").is_hash() && !key(b"1234567890123456").is_hash());
        assert_ne!(key(b"IntrBkSttlmAmt"), key(b"IntrBkSttlmDt"));
        assert_ne!(key(b"abcdefgh"), key(b"abcdefghi"));
    }

    #[test]
    fn every_name_of_a_type_is_found_by_the_index() {
        let schema = crate::Library::built_in().message("pacs.008.001.08").unwrap();
        for complex in &schema.complexes {
            let Content::Elements(elements) = &complex.content else { continue };
            for at in elements.first..elements.first + elements.count {
                let name = schema.text(schema.particle(at).name).as_bytes();
                assert_eq!(schema.find(elements, name, key(name)), Some(at));
            }
            assert_eq!(schema.find(elements, b"Unknown", key(b"Unknown")), None);
        }
    }

    #[test]
    fn enumerations_tell_values_apart() {
        let short_ones = Enumeration::Short({
            let mut values = vec![short(b"SHAR"), short(b"DEBT"), short(b"")];
            values.sort_unstable();
            values
        });
        assert!(short_ones.contains(b"SHAR") && short_ones.contains(b""));
        assert!(!short_ones.contains(b"SHA") && !short_ones.contains(b"SHARSHARS"));
    }
}
