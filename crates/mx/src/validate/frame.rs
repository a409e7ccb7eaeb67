//! What is open while a message is validated.

use crate::fields::Slot;
use crate::token::{Form, Span, Text, decode_text};

/// How the content of an open element is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Elements of a complex type; `id` is the type.
    Elements,
    /// A value; `id` is the simple type.
    Value,
    /// Under a wildcard; `id` is the complex type that has it.
    Any,
    /// Anything, and what is known is checked.
    Lax,
    /// Anything. Nothing is checked but that it is well-formed.
    Skip,
}

/// An open element of a part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) mode: Mode,
    /// Whether an unknown child has stood here: a missing one is then no news.
    pub(super) astray: bool,
    pub(super) id: u32,
    /// The particle of the last child in order; [`Frame::NONE`] before the first.
    pub(super) current: u32,
    /// How often that one has stood.
    pub(super) count: u32,
    /// The entry in the fields.
    pub(super) entry: u32,
    /// Where the content begins.
    pub(super) begin: u32,
    /// Of an amount: what it is.
    pub(super) amount: Slot,
}

impl Frame {
    pub(super) const NONE: u32 = u32::MAX;
}

/// The text of the innermost value so far.
#[derive(Debug, Default)]
pub(super) struct Value {
    pieces: u32,
    span: Span,
    /// What the pieces mean, once there is more than one or one that has to be decoded.
    decoded: Vec<u8>,
}

impl Value {
    pub(super) fn clear(&mut self) {
        self.pieces = 0;
        self.span = Span::default();
    }

    #[inline]
    pub(super) fn add(&mut self, bytes: &[u8], text: Text) {
        if self.pieces == 0 && text.form == Form::Plain {
            self.span = text.span;
            self.pieces = 1;
            return;
        }
        if self.pieces <= 1 {
            self.decoded.clear();
            self.decoded.extend_from_slice(self.span.of(bytes));
        }
        decode_text(text.span.of(bytes), text.form, &mut self.decoded);
        self.pieces = 2;
    }

    /// What it is all together.
    #[inline]
    pub(super) fn text<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        if self.pieces <= 1 { self.span.of(bytes) } else { &self.decoded }
    }

    /// Whether what is written is the value.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.pieces <= 1
    }

    /// Before the window slides: the value must not point into it.
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        if self.pieces == 1 {
            self.decoded.clear();
            self.decoded.extend_from_slice(self.span.of(bytes));
            self.pieces = 2;
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.decoded.capacity()
    }

    /// A hostile message shall not leave its memory to the next one.
    pub(super) fn shrink(&mut self) {
        self.decoded.clear();
        self.decoded.shrink_to(4096);
    }
}
