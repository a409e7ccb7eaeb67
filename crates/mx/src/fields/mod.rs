//! The fields of a message, pulled out in the same pass that validates it, for rules and routing.
//!
//! # What is here
//!
//! [`Fields`] is one flat list: an entry for each element that the schemas of header and document
//! declare, and one for each of its attributes, in the order of the text. An entry knows its
//! [`Slot`] (what its element name means), its [`Kind`] (what its type holds), where its value
//! stands, which entry it is inside of and where the entries inside it end. Nothing is copied:
//! values are cut from the message when a rule asks for them.
//!
//! # How to write a rule
//!
//! A rule is a named function of a [`View`]; it walks over [`Field`]s and reports what is wrong:
//!
//! ```text
//! /// Each IBAN has right check digits.                      (the rule's text)
//! fn iban_check(view: &View<'_>, report: &mut dyn FnMut(Field<'_>, &'static str, String)) {
//!     for field in view.all().filter(|f| f.kind() == Kind::Iban) { // every IBAN of header and document
//!         if field.text().parse::<iso::Iban>().is_err() {
//!             report(field, "BAS010", "an IBAN with right check digits".into());
//!         }
//!     }
//! }
//! fn towns(view: &View<'_>, ...) {
//!     for address in view.of_slot(Slot::Address) {         // every PstlAdr
//!         let lines = address.children().filter(|f| f.slot() == Slot::AddressLine).count();
//!         if address.child(Slot::Town).is_none() { ... }
//!     }
//! }
//! ```
//!
//! [`Field::at`] is the offset for a [`crate::Finding`]; leave its `path`, `line` and `column`
//! empty and let `Checker` fill them in with the others (see `validate::Checker::finish`).
//! To register rules, add the module `rules` with a table of `(code, profile, function)` and call
//! it in `Checker::finish`, before the findings are located. Rules run only over messages that are
//! well-formed; where the schema was broken, entries may be missing, so a rule must not expect any.
//! If [`View::is_complete`] is false the message had more than [`ENTRIES_MAX`] entries: rules that
//! need all of them must say so instead of guessing; [`Tally`] is exact in any case.

mod slot;
mod tally;
mod view;

pub(crate) use slot::{Kind, Slot};
pub(crate) use tally::{Tally, units};
pub(crate) use view::{Field, View};

use crate::schema::TypeId;
use crate::token::Span;

/// How many entries are kept: half a megabyte at most, whatever the message is.
pub(crate) const ENTRIES_MAX: usize = 16_384;

const _: () = assert!(ENTRIES_MAX < u32::MAX as usize, "entries are numbered in 32 bits");

/// No entry.
pub(crate) const NO_ENTRY: u32 = u32::MAX;

/// One element or attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Where its tag (or, of an attribute, its value) begins.
    pub(crate) at: u32,
    /// What stands between the tags, or the value of the attribute.
    pub(crate) value: Span,
    /// The entry around it.
    pub(crate) parent: u32,
    /// The first entry behind it that is not inside it.
    pub(crate) next: u32,
    /// Its type, in the schema of its part.
    pub(crate) type_id: TypeId,
    pub(crate) slot: Slot,
    pub(crate) kind: Kind,
    /// Which part of the message: an index of the parts in [`View`].
    pub(crate) part: u8,
    pub(crate) form: ValueForm,
}

/// How the value of an entry is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueForm {
    /// It has elements inside.
    Group,
    /// What is written is the value.
    Plain,
    /// References, sections, comments or carriage returns are in it.
    Markup,
    /// An attribute with references or white space.
    Attribute,
}

/// All fields of one message.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) entries: Vec<Entry>,
    /// The entries that the rules of single fields have to look at, in order.
    pub(crate) judged: Vec<u32>,
    /// The entries that are transactions, in order.
    pub(crate) transactions: Vec<u32>,
    /// The entries that are inside of no other, in order.
    pub(crate) roots: Vec<u32>,
    /// Whether the list was full and entries are missing.
    pub(crate) full: bool,
    /// Whether only the tally is kept: of a stream the text is gone when a rule could ask for it.
    pub(crate) tally_only: bool,
    pub(crate) tally: Tally,
}

impl Fields {
    /// Forgets the message before.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.judged.clear();
        self.transactions.clear();
        self.roots.clear();
        self.full = false;
        self.tally.clear();
    }

    /// How many bytes of memory it keeps.
    pub(crate) fn memory(&self) -> usize {
        let lists = [&self.judged, &self.transactions, &self.roots];
        let indices: usize = lists.iter().map(|list| list.capacity()).sum();
        self.entries.capacity() * size_of::<Entry>() + indices * size_of::<u32>()
    }

    /// An element of that slot begins: its entry comes next, if there is room.
    #[inline]
    pub(crate) fn count(&mut self, slot: Slot) {
        self.tally.count(slot);
        if slot.is_transaction() && self.has_room() {
            self.transactions.push(self.behind_next() - 1);
        }
    }

    #[inline]
    fn has_room(&self) -> bool {
        self.entries.len() < ENTRIES_MAX && !self.tally_only
    }

    /// Adds an entry that the rules have to look at; gives its index, or [`NO_ENTRY`] when the list
    /// is full.
    #[inline]
    pub(crate) fn push(&mut self, entry: Entry) -> u32 {
        let is_root = entry.parent == NO_ENTRY;
        let at = self.push_inner(entry);
        if at != NO_ENTRY {
            self.judged.push(at);
            if is_root {
                self.roots.push(at);
            }
        }
        at
    }

    /// Adds an entry that is inside another, and that no rule of single fields has to look at.
    #[inline]
    pub(crate) fn push_inner(&mut self, entry: Entry) -> u32 {
        if !self.has_room() {
            self.full = true;
            return NO_ENTRY;
        }
        let at = self.behind_next() - 1;
        self.entries.push(entry);
        at
    }

    /// The rules have to look at the entry that was added last.
    #[inline]
    pub(crate) fn judge(&mut self, entry: u32) {
        if entry != NO_ENTRY {
            self.judged.push(entry);
        }
    }

    /// The value of an entry stands at another place, and as it is meant.
    pub(crate) fn set_value(&mut self, entry: u32, value: Span) {
        if let Some(entry) = self.entries.get_mut(entry as usize) {
            entry.value = value;
        }
    }

    /// The entry that this one is inside of, or [`NO_ENTRY`]; `None` if there is no such entry.
    pub(crate) fn parent(&self, entry: u32) -> Option<u32> {
        self.entries.get(entry as usize).map(|entry| entry.parent)
    }

    /// Whether an entry is inside another.
    pub(crate) fn is_inside(&self, entry: u32) -> bool {
        self.parent(entry).is_some_and(|parent| parent != NO_ENTRY)
    }

    /// Drops all entries from this one on, and takes no more.
    #[cold]
    pub(crate) fn stop(&mut self, entry: u32) {
        self.entries.truncate(entry as usize);
        for list in [&mut self.judged, &mut self.transactions, &mut self.roots] {
            list.retain(|kept| *kept < entry);
        }
        self.tally_only = true;
        self.full = true;
    }

    /// An institution has ended: if it holds its BIC and nothing else, no rule asks for more.
    #[inline]
    pub(crate) fn pass_by_bic(&mut self, entry: u32) {
        let behind = self.entries.get(entry as usize..).unwrap_or_default();
        if let [institution, bic] = behind
            && institution.slot == Slot::InstitutionId
            && bic.slot == Slot::Bic
            && self.judged.last() == Some(&entry)
        {
            self.judged.pop();
        }
    }

    /// The index behind the entry that is added next.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "an assertion beside ENTRIES_MAX")]
    pub(crate) fn behind_next(&self) -> u32 {
        // There are no more than ENTRIES_MAX.
        self.entries.len() as u32 + 1
    }

    /// The element of an entry has ended.
    #[inline]
    pub(crate) fn close(&mut self, entry: u32, value: Span, form: ValueForm) {
        let next = u32::try_from(self.entries.len()).unwrap_or(NO_ENTRY);
        if let Some(entry) = self.entries.get_mut(entry as usize) {
            entry.next = next;
            entry.value = value;
            entry.form = form;
        }
    }
}
