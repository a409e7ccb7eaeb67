//! What all rules ask about a message: its parts, its type, the settings.

use std::borrow::Cow;

use super::Settings;
use crate::fields::{Field, Slot, View};

/// The kinds of message that rules tell apart, without the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `pacs.002`
    Status,
    /// `pacs.003`
    CustomerDebit,
    /// `pacs.004`
    Return,
    /// `pacs.007`
    Reversal,
    /// `pacs.008`
    CustomerTransfer,
    /// `pacs.009`
    BankTransfer,
    /// `pacs.010`
    BankDebit,
    /// `pacs.028`
    StatusRequest,
    /// `pain.001`
    Initiation,
    /// `pain.008`
    DebitInitiation,
    /// `camt.029`
    Resolution,
    /// `camt.052`, `camt.053`, `camt.054`
    Report,
    /// `camt.056`
    Cancellation,
    /// Anything else.
    Other,
}

impl Family {
    fn of_type(message_type: &str) -> Self {
        match message_type.get(..8).unwrap_or_default() {
            "pacs.002" => Self::Status,
            "pacs.003" => Self::CustomerDebit,
            "pacs.004" => Self::Return,
            "pacs.007" => Self::Reversal,
            "pacs.008" => Self::CustomerTransfer,
            "pacs.009" => Self::BankTransfer,
            "pacs.010" => Self::BankDebit,
            "pacs.028" => Self::StatusRequest,
            "pain.001" => Self::Initiation,
            "pain.008" => Self::DebitInitiation,
            "camt.029" => Self::Resolution,
            "camt.052" | "camt.053" | "camt.054" => Self::Report,
            "camt.056" => Self::Cancellation,
            _ => Self::Other,
        }
    }

    /// Whether money is to move by it.
    pub(super) fn is_payment(self) -> bool {
        matches!(
            self,
            Self::CustomerTransfer
                | Self::BankTransfer
                | Self::Return
                | Self::CustomerDebit
                | Self::BankDebit
                | Self::Initiation
        )
    }
}

/// A message as rules see it.
pub(super) struct Message<'a> {
    pub(super) view: View<'a>,
    pub(super) settings: &'a Settings,
    pub(super) header: Option<Field<'a>>,
    pub(super) document: Option<Field<'a>>,
    /// The element inside `Document` that is the message.
    pub(super) body: Option<Field<'a>>,
    pub(super) family: Family,
    /// The day on which the message says that it was created, counted from 1970.
    pub(super) created: Option<i32>,
}

impl<'a> Message<'a> {
    pub(super) fn of(view: View<'a>, settings: &'a Settings) -> Self {
        let document = view.document();
        let message_type = document.and_then(|document| document.schema());
        let message_type = message_type.map(|schema| schema.message_type()).unwrap_or_default();
        let body = document.and_then(|document| document.children().find(Field::is_group));
        let groups = [Slot::GroupHeader, Slot::Assignment, Slot::MessageHeader];
        let mut at = groups.iter().filter_map(|group| body?.at_path(&[*group, Slot::CreatedAt]));
        let created = at.next().and_then(|at| day(&at.value()));
        Self {
            view,
            settings,
            header: view.header(),
            document,
            body,
            created,
            family: Family::of_type(message_type),
        }
    }

    /// The first field of the document's message along a path.
    pub(super) fn in_body(&self, path: &[Slot]) -> Option<Field<'a>> {
        self.body.and_then(|body| body.at_path(path))
    }

    /// The first field of the header along a path.
    pub(super) fn in_header(&self, path: &[Slot]) -> Option<Field<'a>> {
        self.header.and_then(|header| header.at_path(path))
    }

    /// The transactions directly in the message.
    pub(super) fn transactions(&self) -> impl Iterator<Item = Field<'a>> {
        self.view.transactions()
    }
}

/// Whether an element of that name is one transaction of its message.
pub(super) fn is_transaction(slot: Slot) -> bool {
    slot.is_transaction()
}

/// The value of a child.
pub(super) fn value<'a>(field: &Field<'a>, slot: Slot) -> Option<Cow<'a, [u8]>> {
    field.child(slot).map(|child| child.value())
}

/// The day of a date or of a date with time, counted from 1970; none if it has no right form.
pub(super) fn day(text: &[u8]) -> Option<i32> {
    let date = std::str::from_utf8(text.trim_ascii().get(..10)?).ok()?;
    date.parse::<iso::Date>().ok().map(|date| date.days_since_1970())
}

/// The currency of an amount, from its attribute.
pub(super) fn currency_of<'a>(amount: &Field<'a>) -> Option<Cow<'a, [u8]>> {
    value(amount, Slot::Currency)
}

/// A transaction, with the places of what is directly in it.
pub(super) struct Transaction<'a> {
    field: Field<'a>,
    view: View<'a>,
    /// How far behind the transaction the first child of each slot is; 0 if there is none.
    first: [u16; 256],
}

impl<'a> Transaction<'a> {
    pub(super) fn of(view: View<'a>, field: Field<'a>) -> Self {
        let mut first = [0; 256];
        for child in field.children() {
            let behind = u16::try_from(child.index() - field.index()).unwrap_or(0);
            if let Some(place) = first.get_mut(child.slot() as usize)
                && *place == 0
            {
                *place = behind;
            }
        }
        Self { field, view, first }
    }

    /// The first child of that slot.
    #[inline]
    pub(super) fn child(&self, slot: Slot) -> Option<Field<'a>> {
        let behind = self.first.get(slot as usize).copied().filter(|behind| *behind != 0)?;
        self.view.field(self.field.index() + u32::from(behind))
    }

    /// The first field along a path of slots.
    #[inline]
    pub(super) fn at_path(&self, path: &[Slot]) -> Option<Field<'a>> {
        let (first, rest) = path.split_first()?;
        self.child(*first)?.at_path(rest)
    }
}

impl<'a> std::ops::Deref for Transaction<'a> {
    type Target = Field<'a>;

    fn deref(&self) -> &Field<'a> {
        &self.field
    }
}
