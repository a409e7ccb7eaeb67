//! What a network must know of a message that was checked, from the fields that the check pulled out.
//!
//! It says the same as [`crate::read`] and costs no second pass over the bytes. It knows only what
//! is usual: one business header and one document, both of schemas that are known. Whatever else
//! there may be is left to [`crate::read`], which also says what is wrong.

use std::borrow::Cow;

use iso::{Bic, Uetr};

use crate::fields::{Field, Slot};
use crate::route::HEADERS;
use crate::validate::Checked;

/// What a network must know of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The message definition, such as `pacs.008.001.08`.
    pub message_type: &'a str,
    /// Who sends the message (`Fr`).
    pub from: Bic,
    /// Who shall receive it (`To`).
    pub to: Bic,
    /// The sender's identification of the message (`BizMsgIdr`).
    pub message_id: Cow<'a, str>,
    /// The transaction that the first `UETR` or `OrgnlUETR` of the document names.
    pub uetr: Option<Uetr>,
    /// Whether the sender says that it may have been sent before (`PssblDplct`).
    pub possible_duplicate: bool,
}

impl<'a> Checked<'a> {
    /// What a network must know of the message, if nothing is wrong with it and it is of the usual
    /// form; otherwise ask [`crate::read`].
    #[must_use]
    pub fn identity(&self) -> Option<Identity<'a>> {
        let view = self.view;
        if !self.is_good() || !self.is_complete() || view.parts.len() != 2 {
            return None;
        }
        let (header, document) = (view.header()?, view.document()?);
        let version = header.schema()?.message_type();
        let message_type = document.schema()?.message_type();
        if !HEADERS.contains(&version) {
            return None;
        }
        if *header.child(Slot::MessageDefinition)?.value() != *message_type.as_bytes() {
            return None;
        }
        let duplicate = header.child(Slot::PossibleDuplicate).map(|field| field.value());
        let duplicate = duplicate.is_some_and(|it| matches!(it.trim_ascii(), b"true" | b"1"));
        let message_id = header.child(Slot::BusinessMessageId)?.text();
        let named = |field: &Field<'_>| matches!(field.slot(), Slot::Uetr | Slot::OriginalUetr);
        let uetr = match document.inside().find(named) {
            Some(field) => Some(std::str::from_utf8(&field.value()).ok()?.parse().ok()?),
            None => None,
        };
        (!message_id.is_empty()).then_some(())?;
        Some(Identity {
            message_type,
            from: bic(&header.child(Slot::From)?)?,
            to: bic(&header.child(Slot::To)?)?,
            message_id,
            uetr,
            possible_duplicate: duplicate,
        })
    }
}

/// The BIC of an institution, or else of an organisation.
fn bic(party: &Field<'_>) -> Option<Bic> {
    let institution = [Slot::Institution, Slot::InstitutionId, Slot::Bic];
    let organisation = [Slot::Organisation, Slot::Id, Slot::Organisation, Slot::AnyBic];
    let field = party.at_path(&institution).or_else(|| party.at_path(&organisation))?;
    std::str::from_utf8(&field.value()).ok()?.parse().ok()
}
