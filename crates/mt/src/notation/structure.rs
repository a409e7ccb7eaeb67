//! Message structures: which fields stand where, how often, in which sequences.
//!
//! A structure is a flat list of nodes in the order of the message; a sequence is an open node, its
//! content and a close node. Placing a message's fields walks that list forward.

use crate::findings::Code;
use crate::notation::format::Format;
use crate::notation::rule::{Expr, Rule};
use crate::notation::words::Words;
use crate::tag::Tag;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A field.
    Field,
    /// The start of the sequence of this number.
    Open(u16),
    /// Its end.
    Close(u16),
    /// Fields of any kind from here to the end.
    Any,
}

/// One place in a structure.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// The digits of the tag.
    pub(crate) number: u16,
    /// The letters allowed: bit 0 for none, bit 1 for `A`.
    pub(crate) options: u32,
    pub(crate) min: u16,
    /// How often at most; `u16::MAX` is without bound.
    pub(crate) max: u16,
    /// The sequence that it stands in; the sequence itself for its open and close nodes.
    pub(crate) sequence: u16,
    /// The value that it must have: the name of a block, for 16R and 16S.
    pub(crate) fixed: Option<Box<str>>,
    /// Its own format, where it differs from that of the tag elsewhere.
    pub(crate) format: Option<Format>,
    /// The codes that its first part may have; any, if there are none.
    pub(crate) codes: Words,
    /// The qualifiers that it may have; any, if there are none.
    pub(crate) qualifiers: Vec<Qualifier>,
}

/// What placing a field needs of a node, in little space; made of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The digits of the tag; 0 where the node has to be looked at: it is no field, or has a fixed
    /// value.
    number: u16,
    pub(crate) min: u16,
    pub(crate) max: u16,
    options: u32,
}

impl Slot {
    fn of(node: &Node) -> Self {
        let field = node.kind == Kind::Field && node.fixed.is_none();
        let number = if field { node.number } else { 0 };
        Self { number, min: node.min, max: node.max, options: node.options }
    }

    pub(crate) fn takes(self, tag: Tag) -> bool {
        self.number == tag.number() && self.options & tag.option_bit() != 0
    }

    /// Whether the node has to be looked at.
    pub(crate) fn is_special(self) -> bool {
        self.number == 0
    }
}

/// A qualifier of a generic field at one place.
#[derive(Clone, Debug)]
pub(crate) struct Qualifier {
    pub(crate) name: Box<str>,
    pub(crate) options: u32,
    pub(crate) min: u16,
    pub(crate) max: u16,
    /// The codes that its value may be; any, if there are none.
    pub(crate) codes: Words,
}

/// A sequence of fields, such as `B` or `E1`; sequence 0 is the whole message.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    pub(crate) name: Box<str>,
    pub(crate) max: u16,
    pub(crate) parent: u16,
    /// Its open and close nodes; 0 and the number of nodes for the message.
    pub(crate) open: u16,
    pub(crate) close: u16,
    pub(crate) has_rules: bool,
    /// The statements that its rules share, by their numbers.
    pub(crate) shared: Vec<Expr>,
}

/// The structure of one message type.
#[derive(Clone, Debug)]
pub struct Structure {
    pub(crate) message_type: u16,
    pub(crate) variant: Box<str>,
    pub(crate) title: Box<str>,
    pub(crate) nodes: Vec<Node>,
    /// By node; made when all nodes are read.
    pub(crate) slots: Vec<Slot>,
    pub(crate) sequences: Vec<Sequence>,
    pub(crate) rules: Vec<Rule>,
    /// Whether any of its places lists qualifiers.
    pub(crate) has_qualifiers: bool,
}

/// A place of a field in a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The digits of the tag.
    pub number: u16,
    /// The tag with the letters that it may have: `59[-AF]`.
    pub label: String,
    /// How often at least, in each occurrence of its sequence.
    pub min: u16,
    /// How often at most; 65535 is without bound.
    pub max: u16,
    /// The sequence that it stands in; empty for the message itself.
    pub sequence: &'a str,
    /// Its own format, where it differs from that of the field elsewhere.
    pub format: Option<&'a Format>,
}

impl Structure {
    /// The number of the type, such as 103.
    #[must_use]
    pub fn message_type(&self) -> u16 {
        self.message_type
    }

    /// The variant, such as `STP` or `COV`; empty for the type itself.
    #[must_use]
    pub fn variant(&self) -> &str {
        &self.variant
    }

    /// What the message is, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The places of its fields, in their order.
    pub fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.nodes.iter().filter(|node| node.kind == Kind::Field).map(|node| Place {
            number: node.number,
            label: node.label(),
            min: node.min,
            max: node.max,
            sequence: self.sequence(node.sequence).map_or("", |sequence| &sequence.name),
            format: node.format.as_ref(),
        })
    }

    /// The codes of its rules, in their order.
    pub fn rule_codes(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.code.as_str())
    }

    /// What the rules of a code expect.
    pub fn rule_texts(&self, code: Code) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(move |rule| rule.code == code).map(|rule| &*rule.text)
    }

    /// Makes the tables that follow from nodes and rules.
    pub(crate) fn complete(&mut self) {
        self.slots = self.nodes.iter().map(Slot::of).collect();
        self.has_qualifiers = self.nodes.iter().any(|node| !node.qualifiers.is_empty());
    }

    pub(crate) fn sequence(&self, number: u16) -> Option<&Sequence> {
        self.sequences.get(usize::from(number))
    }

    pub(crate) fn sequence_named(&self, name: &str) -> Option<u16> {
        let at = self.sequences.iter().position(|sequence| &*sequence.name == name)?;
        u16::try_from(at).ok()
    }

    /// Whether a sequence lies within another, at any depth, or is the same.
    pub(crate) fn within(&self, mut inner: u16, outer: u16) -> bool {
        loop {
            if inner == outer {
                return true;
            }
            match self.sequence(inner) {
                Some(sequence) if inner != 0 => inner = sequence.parent,
                _ => return false,
            }
        }
    }
}

impl Node {
    pub(crate) fn takes(&self, tag: Tag, value: &str) -> bool {
        self.number == tag.number()
            && self.options & tag.option_bit() != 0
            && self.fixed.as_deref().is_none_or(|fixed| fixed == value)
    }

    /// The tag with its letters, as it is written: `59`, `50[AFK]`, `32A`.
    pub(crate) fn label(&self) -> String {
        let letters: String = (0..27_u8)
            .filter(|bit| self.options & (1 << bit) != 0)
            .map(|bit| if bit == 0 { '-' } else { char::from(b'@' + bit) })
            .collect();
        let digits = if self.number > 99 { 3 } else { 2 };
        match letters.as_str() {
            "-" => format!("{:0digits$}", self.number),
            one if one.len() == 1 => format!("{:0digits$}{one}", self.number),
            many => format!("{:0digits$}[{many}]", self.number),
        }
    }
}
