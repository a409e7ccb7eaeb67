//! Steps over tags that were read elsewhere: the validator's loop over what is usual.
//!
//! Who uses them has looked at the tags as the tokeniser would; here only its state moves on.

use super::name::same;
use super::{NamespaceId, Open, Place, Span, Tokeniser};
use crate::limits::DEPTH_MAX;

impl Tokeniser {
    /// Whether the reading is inside elements, and a name without prefix is of that namespace.
    #[inline]
    pub(crate) fn is_in_content_of(&self, namespace: NamespaceId) -> bool {
        self.place == Place::Content && self.namespaces.default_namespace() == namespace
    }

    /// Whether one more element may be open.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.open.len() < DEPTH_MAX
    }

    /// An element without declarations and attributes is open, and its content begins at `at`.
    #[inline]
    pub(crate) fn open_at(&mut self, name: Span, at: usize) {
        assert!(self.has_room(), "the caller has asked");
        self.open.push(Open { name, declares: false });
        self.at = at;
    }

    /// What is behind the end tag at `at`, if it is that of the innermost element, plainly written,
    /// and takes no declarations with it.
    #[inline]
    pub(crate) fn usual_end(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let open = self.open.last().filter(|open| !open.declares)?;
        let length = open.name.length();
        let end = at + 2 + length;
        let is_end = bytes.get(end) == Some(&b'>')
            && same(bytes, open.name.start as usize, at + 2, length)
            && self.open.len() > 1;
        is_end.then_some(end + 1)
    }

    /// The innermost element, for which [`Self::usual_end`] found the end tag, has ended.
    #[inline]
    pub(crate) fn close_at(&mut self, behind: usize) {
        self.open.pop();
        self.at = behind;
    }

    /// The next token begins at `at`.
    #[inline]
    pub(crate) fn go_on_at(&mut self, at: usize) {
        self.at = at;
    }
}
