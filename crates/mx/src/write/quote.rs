//! What an answer repeats of the message that it answers.

use iso::{Amount, Date, Money};

use super::exception::Original;
use super::text::ShortReference;
use crate::fields::{Field, Slot};
use crate::validate::Checked;

/// What an answer repeats: of a payment its own references, of a message about a payment those of
/// the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The payment.
    pub original: Original,
    /// The case that the message opened, if it is a request to cancel.
    pub case: Option<ShortReference>,
    /// What was or was to be settled, and on what day.
    pub settled: Option<(Money, Date)>,
}

impl Quote {
    /// Reads it of a message with a business header and one transaction, or of the first of many.
    ///
    /// `None` if the message names no transaction by its UETR, or if a reference has no place in an
    /// answer, because it is longer there.
    #[must_use]
    pub fn of(message: &Checked<'_>) -> Option<Self> {
        let document = message.view.document()?;
        let transaction = message.view.transactions().next()?;
        let Source { at: group, message_id, created, ids, settled, day } =
            Source::about_another(&transaction)
                .or_else(|| Source::itself(&document, &transaction))?;
        let text = |field: Option<Field<'_>>| field.map(|field| field.text().into_owned());
        let message_type = match group.child(Slot::OriginalMessageName) {
            Some(name) => name.text().into_owned(),
            None => document.schema()?.message_type().to_owned(),
        };
        let [instruction, end_to_end, uetr] = ids.map(text);
        let created = text(group.child(created)).and_then(|text| text.parse().ok());
        let case = transaction.child(Slot::Case).and_then(|case| case.child(Slot::Id));
        Some(Self {
            original: Original {
                message: text(group.child(message_id))?.parse().ok()?,
                message_type: message_type.parse().ok()?,
                created,
                instruction: instruction.map(|text| text.parse()).transpose().ok()?,
                end_to_end: end_to_end.map(|text| text.parse()).transpose().ok()?,
                uetr: uetr?.parse().ok()?,
            },
            case: text(case).and_then(|text| text.parse().ok()),
            settled: money(transaction.child(settled)).zip(
                text(transaction.child(day).or_else(|| group.child(day)))
                    .and_then(|text| text.parse().ok()),
            ),
        })
    }
}

/// Where a message has what is quoted.
struct Source<'a> {
    /// The group with the reference of the message.
    at: Field<'a>,
    message_id: Slot,
    created: Slot,
    /// Instruction, end-to-end reference, UETR.
    ids: [Option<Field<'a>>; 3],
    settled: Slot,
    day: Slot,
}

impl<'a> Source<'a> {
    /// A request to cancel, a return, a status: each repeats the references of a payment.
    fn about_another(transaction: &Field<'a>) -> Option<Self> {
        let at = transaction.child(Slot::OriginalGroup)?;
        let ids = [Slot::OriginalInstructionId, Slot::OriginalEndToEndId, Slot::OriginalUetr];
        Some(Self {
            at,
            message_id: Slot::OriginalMessageId,
            created: Slot::OriginalCreated,
            ids: ids.map(|slot| transaction.child(slot)),
            settled: Slot::OriginalSettled,
            day: Slot::OriginalSettlementDate,
        })
    }

    /// A payment.
    fn itself(document: &Field<'a>, transaction: &Field<'a>) -> Option<Self> {
        let at = document.children().find_map(|body| body.child(Slot::GroupHeader))?;
        let payment = transaction.child(Slot::PaymentId)?;
        let ids = [Slot::InstructionId, Slot::EndToEndId, Slot::Uetr];
        Some(Self {
            at,
            message_id: Slot::MessageId,
            created: Slot::CreatedAt,
            ids: ids.map(|slot| payment.child(slot)),
            settled: Slot::Settled,
            day: Slot::SettlementDate,
        })
    }
}

/// An amount with its currency.
fn money(field: Option<Field<'_>>) -> Option<Money> {
    let field = field?;
    let currency = field.children().find(|attribute| attribute.slot() == Slot::Currency)?;
    let amount = Amount::from_iso(&field.text()).ok()?;
    Money::new(amount, currency.text().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Checker, Library};

    fn quoted(sample: &str) -> Option<Quote> {
        let library = Library::built_in();
        let mut checker = Checker::new();
        Quote::of(&checker.check(sample.as_bytes(), &library))
    }

    #[test]
    fn a_payment_is_quoted_by_its_own_references() {
        let quote = quoted(include_str!("../../../../samples/pacs.008.001.08.xml")).unwrap();
        let Original { message, message_type, created, instruction, end_to_end, uetr } =
            quote.original;
        assert_eq!(message.as_str(), "ALPH20261123-000417");
        assert_eq!(message_type.as_str(), "pacs.008.001.08");
        assert_eq!(created.unwrap().to_string(), "2026-11-23T09:30:47+01:00");
        assert_eq!(instruction.unwrap().as_str(), "ALPH-000417-1");
        assert_eq!(end_to_end.unwrap().as_str(), "NORD-INV-2026-11870");
        assert_eq!(uetr.to_string(), "dea3273f-e864-4b5e-b353-6bcb0556b29b");
        assert!(quote.settled.is_some() && quote.case.is_none());
    }

    #[test]
    fn a_request_to_cancel_is_quoted_by_the_payment_that_it_is_about() {
        let quote = quoted(include_str!("../../../../samples/camt.056.001.08.xml")).unwrap();
        assert_eq!(quote.original.message_type.as_str(), "pacs.008.001.08");
        assert!(quote.case.is_some());
        assert!(quote.settled.is_some());
    }

    #[test]
    fn a_message_without_a_transaction_has_no_quote() {
        let document = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.060.001.05">
            <AcctRptgReq/></Document>"#;
        assert_eq!(quoted(document), None);
    }
}
