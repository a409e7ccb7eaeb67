//! What the rules of single fields need not look at: fields that are surely good.
//!
//! The validator asks while it has a value in hand. Whatever is not surely good is kept for the
//! rules, which alone decide and find words; so this may be too strict, but never too lax. A test
//! compares what it lets pass with the rules.

use iso::{Country, Currency, Iban, Lei};

use super::cross_border::text;
use super::message::is_transaction;
use super::{Memory, Settings, UnknownCodes};
use crate::fields::{Kind, Slot};
use crate::schema::{Builtin, Enumeration, Schema, Simple, TypeId, WhiteSpace};

/// How the value of an element is looked at; made once, when a schema is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Look {
    /// No rule of single fields asks for it, if its type does not refuse it.
    Never,
    /// The rules look at it in any case. All that may be transactions are among these.
    Always,
    /// Text: its characters decide.
    Text,
    /// A value whose kind decides.
    Kind,
}

impl Look {
    /// How elements of that meaning and type are looked at; `simple` is none for groups.
    pub(crate) fn of(slot: Slot, kind: Kind, simple: Option<&Simple>) -> Self {
        if is_transaction(slot) {
            return Self::Always;
        }
        match (kind, simple) {
            (Kind::Other, None) => {
                if is_ruled_group(slot) {
                    Self::Always
                } else {
                    Self::Never
                }
            }
            (Kind::Other, Some(simple)) if is_plain_by_type(simple) => Self::Never,
            (Kind::Other, Some(_)) => {
                // A slash in a reference that FIN carries is a matter of its own.
                if text::is_reference(slot) { Self::Always } else { Self::Text }
            }
            (Kind::Date, _) => {
                if slot == Slot::SettlementDate {
                    Self::Always
                } else {
                    Self::Never
                }
            }
            (Kind::DateTime, _) if slot == Slot::OriginalCreated => Self::Always,
            (_, None) if kind != Kind::Amount => Self::Always,
            _ => Self::Kind,
        }
    }
}

/// Groups that rules are about.
fn is_ruled_group(slot: Slot) -> bool {
    matches!(
        slot,
        Slot::Address
            | Slot::InstitutionId
            | Slot::Debtor
            | Slot::Creditor
            | Slot::UltimateDebtor
            | Slot::UltimateCreditor
            | Slot::Initiator
            | Slot::Originator
            | Slot::Remittance
            | Slot::Entry
    )
}

/// Whether every value of the type is made of characters that no rule objects to.
fn is_plain_by_type(simple: &Simple) -> bool {
    match simple.builtin {
        Builtin::String if simple.white_space == WhiteSpace::Preserve => {
            match &simple.enumeration {
                Some(Enumeration::Short(values)) => values.iter().all(|value| {
                    let bytes = value.to_le_bytes();
                    text::is_plain(bytes.split(|byte| *byte == 0).next().unwrap_or_default())
                }),
                Some(Enumeration::Long(_)) | None => false,
            }
        }
        // White space around other values may be a line end, which is no character of FIN.
        _ => false,
    }
}

/// What the judging of a value depends on, beside the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    pub(crate) type_id: TypeId,
    pub(crate) schema: &'a Schema,
}

/// Whether no rule of single fields objects to a value that its type allows.
#[inline]
pub(crate) fn passes(
    look: Look,
    place: Place<'_>,
    value: &[u8],
    (settings, memory): (&Settings, &Memory),
) -> bool {
    match look {
        Look::Never => true,
        Look::Always => false,
        Look::Text => text::is_plain(value) && value.len() != text::NOT_PROVIDED.len(),
        Look::Kind => passes_kind(place, value, (settings, memory)),
    }
}

fn passes_kind(place: Place<'_>, value: &[u8], (settings, memory): (&Settings, &Memory)) -> bool {
    match place.kind {
        Kind::Iban => Iban::from_bytes(value).is_ok(),
        Kind::Bic => {
            let country = value.get(4..6).and_then(|country| country.try_into().ok());
            country.is_some_and(|country| Country::from_bytes(country).is_ok())
        }
        Kind::Lei => Lei::from_bytes(value).is_ok(),
        // The first two digits are free; where they differ it was not typed.
        Kind::Uetr => matches!(value, [first, second, ..] if first != second),
        Kind::Country => value.try_into().is_ok_and(|country| Country::from_bytes(country).is_ok()),
        Kind::Currency => {
            value.try_into().is_ok_and(|currency| Currency::from_bytes(currency).is_ok())
        }
        Kind::ExternalCode => {
            settings.unknown_codes == UnknownCodes::Accept
                || memory.has((place.schema, place.type_id), value)
        }
        Kind::DateTime => text::has_offset(value),
        Kind::Other | Kind::Amount | Kind::Date => false,
    }
}

/// Whether no rule objects to an amount and its currency, both of which their types allow.
pub(crate) fn passes_amount(number: &[u8], currency: &[u8]) -> bool {
    // Metals are among the few that begin so.
    if currency.first() == Some(&b'X') {
        return false;
    }
    let Some(currency) =
        currency.try_into().ok().and_then(|code: [u8; 3]| Currency::from_bytes(code).ok())
    else {
        return false;
    };
    let mut point = None;
    let mut any = false;
    for (at, byte) in number.iter().enumerate() {
        match byte {
            b'1'..=b'9' => any = true,
            b'0' => {}
            b'.' => point = Some(at),
            _ => return false,
        }
    }
    let decimals = point.map_or(0, |point| number.len() - point - 1);
    any && currency.decimals().is_none_or(|limit| decimals <= usize::from(limit))
}
