//! Walking over the fields of a message.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Entry, Fields, Kind, NO_ENTRY, Slot, Tally, ValueForm};
use crate::schema::{Schema, TypeId};
use crate::token::{decode_attribute, decode_content};
use crate::validate::Row;

/// The fields of a message, together with the message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) fields: &'a Fields,
    /// The schema of each part, in the order of the text.
    pub(crate) parts: &'a [Arc<Schema>],
    /// Of a stream: where each field stands in the message; `bytes` are then the kept values.
    pub(crate) rows: &'a [Row],
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    view: View<'a>,
    index: u32,
    entry: &'a Entry,
}

impl<'a> View<'a> {
    /// Whether all fields are here; see [`super::ENTRIES_MAX`].
    pub(crate) fn is_complete(&self) -> bool {
        !self.fields.full
    }

    /// Exact counts and sums.
    pub(crate) fn tally(&self) -> &'a Tally {
        &self.fields.tally
    }

    /// All fields in the order of the text.
    pub(crate) fn all(self) -> impl Iterator<Item = Field<'a>> {
        let entries = self.fields.entries.iter().zip(0..NO_ENTRY);
        entries.map(move |(entry, index)| Field { view: self, index, entry })
    }

    /// The fields that the rules of single fields have to look at, in the order of the text.
    pub(crate) fn judged(self) -> impl Iterator<Item = Field<'a>> {
        self.fields.judged.iter().filter_map(move |index| self.field(*index))
    }

    /// The fields that are transactions, in the order of the text.
    pub(crate) fn transactions(self) -> impl Iterator<Item = Field<'a>> {
        self.fields.transactions.iter().filter_map(move |index| self.field(*index))
    }

    fn root(self, slot: Slot) -> Option<Field<'a>> {
        let mut roots = self.fields.roots.iter().filter_map(move |index| self.field(*index));
        roots.find(|field| field.slot() == slot)
    }

    /// All fields of a slot, wherever they are.
    pub(crate) fn of_slot(self, slot: Slot) -> impl Iterator<Item = Field<'a>> {
        self.all().filter(move |field| field.slot() == slot)
    }

    /// The root of the business header.
    pub(crate) fn header(self) -> Option<Field<'a>> {
        self.root(Slot::Header)
    }

    /// The root of the document.
    pub(crate) fn document(self) -> Option<Field<'a>> {
        self.root(Slot::Document)
    }

    /// The field at a place of the list.
    pub(crate) fn field(self, index: u32) -> Option<Field<'a>> {
        let entry = self.fields.entries.get(index as usize)?;
        Some(Field { view: self, index, entry })
    }
}

impl<'a> Field<'a> {
    /// Its place in the list of fields.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// The type that its value has, in the schema of its part.
    pub(crate) fn type_of(&self) -> Option<(&'a Arc<Schema>, TypeId)> {
        let schema = self.view.parts.get(usize::from(self.entry.part))?;
        Some((schema, self.entry.type_id))
    }

    /// What its element name means.
    pub(crate) fn slot(&self) -> Slot {
        self.entry.slot
    }

    /// What its type holds.
    pub(crate) fn kind(&self) -> Kind {
        self.entry.kind
    }

    /// The byte of the message where it begins.
    pub(crate) fn at(&self) -> u64 {
        self.row().map_or_else(|| u64::from(self.entry.at), |row| row.at)
    }

    /// The byte of the message where its value begins.
    pub(crate) fn value_at(&self) -> u64 {
        self.row().map_or_else(|| u64::from(self.entry.value.start), |row| row.value_at)
    }

    fn row(&self) -> Option<&'a Row> {
        self.view.rows.get(self.index as usize)
    }

    /// The schema of its part of the message.
    pub(crate) fn schema(&self) -> Option<&'a Schema> {
        self.view.parts.get(usize::from(self.entry.part)).map(AsRef::as_ref)
    }

    /// The name of its type, such as `ExternalPurpose1Code`.
    pub(crate) fn type_name(&self) -> &'a str {
        self.schema().map(|schema| schema.type_name(self.entry.type_id)).unwrap_or_default()
    }

    /// The bytes of its value; none for a group of elements.
    #[inline]
    pub(crate) fn value(&self) -> Cow<'a, [u8]> {
        let written = self.entry.value.of(self.view.bytes);
        match self.entry.form {
            ValueForm::Group => Cow::Borrowed(b""),
            ValueForm::Plain => Cow::Borrowed(written),
            ValueForm::Markup | ValueForm::Attribute => {
                Cow::Owned(self.text().into_owned().into_bytes())
            }
        }
    }

    /// Its value; empty for a group of elements.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        let written = self.entry.value.of(self.view.bytes);
        let mut out = Vec::new();
        match self.entry.form {
            ValueForm::Group => return Cow::Borrowed(""),
            ValueForm::Plain => return String::from_utf8_lossy(written),
            ValueForm::Markup => decode_content(written, &mut out),
            ValueForm::Attribute => decode_attribute(written, &mut out),
        }
        Cow::Owned(String::from_utf8_lossy(&out).into_owned())
    }

    /// Whether it holds elements.
    pub(crate) fn is_group(&self) -> bool {
        self.entry.form == ValueForm::Group
    }

    /// The field around it.
    pub(crate) fn parent(&self) -> Option<Self> {
        self.view.field(self.entry.parent)
    }

    /// The slots of the fields around it, from the nearest.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = Self> + use<'a> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// The fields directly inside it, attributes first.
    pub(crate) fn children(&self) -> impl Iterator<Item = Self> + use<'a> {
        let (view, end) = (self.view, self.entry.next);
        let first = view.field(self.index + 1).filter(move |_| self.index + 1 < end);
        std::iter::successors(first, move |field| {
            let next = field.entry.next;
            if next < end { view.field(next) } else { None }
        })
    }

    /// All fields inside it.
    pub(crate) fn inside(&self) -> impl Iterator<Item = Self> + use<'a> {
        let view = self.view;
        let (first, end) = (self.index + 1, self.entry.next);
        (first..end).filter_map(move |index| view.field(index))
    }

    /// The first child of that slot.
    #[inline]
    pub(crate) fn child(&self, slot: Slot) -> Option<Self> {
        let entries = &self.view.fields.entries;
        let (mut index, end) = (self.index + 1, self.entry.next);
        while index < end {
            let entry = entries.get(index as usize)?;
            if entry.slot == slot {
                return Some(Field { view: self.view, index, entry });
            }
            index = entry.next;
        }
        None
    }

    /// How many bytes the values inside it take as they are written.
    pub(crate) fn written(&self) -> usize {
        let inside = (self.index + 1) as usize..self.entry.next as usize;
        let entries = self.view.fields.entries.get(inside).unwrap_or_default();
        entries.iter().map(|entry| entry.value.length()).sum()
    }

    /// The first field along a path of slots, such as `[PaymentId, Uetr]`.
    pub(crate) fn at_path(&self, path: &[Slot]) -> Option<Self> {
        path.iter().try_fold(*self, |field, slot| field.child(*slot))
    }
}
