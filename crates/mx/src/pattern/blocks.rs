//! Patterns that can be matched from left to right without ever going back.
//!
//! Nearly all patterns of ISO 20022 are a row of blocks such as `[A-Z]{2,2}[0-9]{2,2}`. When each
//! block of variable count differs in its first character from all that may follow it, taking as
//! many as there are is always right.

use super::set::Set;
use super::syntax::Node;

/// How many characters one repeated unit may have.
const UNIT_MAX: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    ascii: Option<Ascii>,
}

/// The same blocks where all characters are ASCII and there are few classes: one table says for
/// each byte which classes have it.
#[derive(Clone, Debug)]
struct Ascii {
    classes: Box<[u8; 256]>,
    /// Of each block its unit, a bit for each class, and how often it stands.
    blocks: Vec<(Vec<u8>, u32, u32)>,
}

impl Ascii {
    /// `None`: a class has characters beyond ASCII, or there are more than eight.
    fn new(blocks: &[Block]) -> Option<Self> {
        let mut known: Vec<[u64; 2]> = Vec::new();
        let mut compact = Vec::new();
        for block in blocks {
            let mut unit = Vec::new();
            for class in &block.unit {
                if !class.beyond.ranges().is_empty() {
                    return None;
                }
                let at = known.iter().position(|known| *known == class.ascii);
                let at = at.unwrap_or_else(|| {
                    known.push(class.ascii);
                    known.len() - 1
                });
                unit.push(1_u8.checked_shl(u32::try_from(at).ok()?)?);
            }
            compact.push((unit, block.min, block.max));
        }
        let mut classes = Box::new([0; 256]);
        for (byte, place) in classes.iter_mut().enumerate().take(128) {
            for (bit, class) in known.iter().enumerate() {
                let word = class.get(byte / 64).copied().unwrap_or_default();
                *place |= u8::from(word >> (byte % 64) & 1 == 1) << bit;
            }
        }
        Some(Self { classes, blocks: compact })
    }

    #[inline]
    fn has(&self, byte: u8, class: u8) -> bool {
        self.classes.get(usize::from(byte)).is_some_and(|classes| classes & class != 0)
    }

    #[inline]
    fn matches(&self, text: &[u8]) -> bool {
        let mut rest = text;
        for (unit, min, max) in &self.blocks {
            let taken = match unit.as_slice() {
                [class] => self.take_one(rest, *class, (*min, *max)),
                unit => self.take(rest, unit, (*min, *max)),
            };
            let Some(behind) = taken else { return false };
            rest = behind;
        }
        rest.is_empty()
    }

    /// A block of a single class.
    #[inline]
    fn take_one<'a>(&self, text: &'a [u8], class: u8, (min, max): (u32, u32)) -> Option<&'a [u8]> {
        if min == max {
            let (part, behind) = text.split_at_checked(min as usize)?;
            return part.iter().all(|byte| self.has(*byte, class)).then_some(behind);
        }
        let part = text.get(..text.len().min(max as usize))?;
        let count = part.iter().take_while(|byte| self.has(**byte, class)).count();
        if count < min as usize { None } else { text.get(count..) }
    }

    /// A block of a longer unit.
    #[inline]
    fn take<'a>(&self, text: &'a [u8], unit: &[u8], (min, max): (u32, u32)) -> Option<&'a [u8]> {
        let mut rest = text;
        let mut count = 0;
        let first = *unit.first()?;
        while count < max && rest.first().is_some_and(|byte| self.has(*byte, first)) {
            let (part, behind) = rest.split_at_checked(unit.len())?;
            if !part.iter().zip(unit).all(|(byte, class)| self.has(*byte, *class)) {
                return None;
            }
            rest = behind;
            count += 1;
        }
        (count >= min).then_some(rest)
    }
}

#[derive(Clone, Debug)]
struct Block {
    unit: Vec<Class>,
    min: u32,
    max: u32,
}

/// A set of characters, fast for ASCII.
#[derive(Clone, Debug)]
struct Class {
    ascii: [u64; 2],
    /// Characters beyond ASCII.
    beyond: Set,
}

impl Class {
    fn new(set: &Set) -> Self {
        let mut ascii = [0; 2];
        for character in 0..128_u32 {
            if set.contains(character)
                && let Some(word) = ascii.get_mut(character as usize / 64)
            {
                *word |= 1 << (character % 64);
            }
        }
        Self { ascii, beyond: set.without(&Set::of(&[(0, 0x7f)])) }
    }

    /// The length of the character at the begin of `text`, if the class has it.
    #[inline]
    fn length(&self, text: &[u8]) -> Option<usize> {
        let &first = text.first()?;
        if first < 0x80 {
            let word = self.ascii.get(usize::from(first / 64))?;
            return (word >> (first % 64) & 1 == 1).then_some(1);
        }
        let (character, length) = crate::token::character_at(text, 0)?;
        self.beyond.contains(u32::from(character)).then_some(length)
    }
}

impl Blocks {
    /// `None`: the expression is not of this kind.
    pub(super) fn new(node: &Node) -> Option<Self> {
        let mut parts: Vec<(Vec<Set>, u32, u32)> = Vec::new();
        let Node::Sequence(nodes) = node else { return None };
        for node in nodes {
            let (unit, min, max) = match node {
                Node::Repeat { node, min, max } => (unit(node)?, *min, max.unwrap_or(u32::MAX)),
                Node::One(_) | Node::Sequence(_) | Node::Either(_) => (unit(node)?, 1, 1),
            };
            if unit.is_empty() {
                return None;
            }
            parts.push((unit, min, max));
        }
        for (at, (unit, min, max)) in parts.iter().enumerate() {
            if min == max {
                continue;
            }
            // What may stand where the block could go on: up to the first block that must stand.
            for (next, next_min, _) in parts.iter().skip(at + 1) {
                if !unit.first()?.is_disjoint(next.first()?) {
                    return None;
                }
                if *next_min > 0 {
                    break;
                }
            }
        }
        let blocks = parts.into_iter().map(|(unit, min, max)| Block {
            unit: unit.iter().map(Class::new).collect(),
            min,
            max,
        });
        let blocks: Vec<Block> = blocks.collect();
        let ascii = Ascii::new(&blocks);
        Some(Self { blocks, ascii })
    }

    #[inline]
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        if let Some(ascii) = &self.ascii {
            return ascii.matches(text);
        }
        let mut rest = text;
        for block in &self.blocks {
            let Some(behind) = block.take(rest) else { return false };
            rest = behind;
        }
        rest.is_empty()
    }
}

impl Block {
    /// What is behind the block, if the text begins with it.
    #[inline]
    fn take<'a>(&self, mut rest: &'a [u8]) -> Option<&'a [u8]> {
        let mut count = 0;
        let (first, later) = self.unit.split_first()?;
        while count < self.max {
            let Some(length) = first.length(rest) else { break };
            rest = rest.get(length..)?;
            for class in later {
                rest = rest.get(class.length(rest)?..)?;
            }
            count += 1;
        }
        (count >= self.min).then_some(rest)
    }
}

/// The characters of a node that always has the same number of them.
fn unit(node: &Node) -> Option<Vec<Set>> {
    let sets = match node {
        Node::One(set) => vec![set.clone()],
        Node::Sequence(nodes) => {
            let mut all = Vec::new();
            for node in nodes {
                all.extend(unit(node)?);
                if all.len() > UNIT_MAX {
                    return None;
                }
            }
            all
        }
        Node::Repeat { node, min, max } if Some(*min) == *max => {
            let one = unit(node)?;
            let count = *min as usize;
            if one.len().saturating_mul(count) > UNIT_MAX {
                return None;
            }
            (0..count).flat_map(|_| one.iter().cloned()).collect()
        }
        Node::Repeat { .. } | Node::Either(_) => return None,
    };
    Some(sets)
}
