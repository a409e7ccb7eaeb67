//! FIN messages, as a sender hands them to the network: service 01, input, of a user's category.

use crate::{Checker, Document, Findings, Format};

/// Acknowledgements and session messages are made by the network, not carried by it.
const NOT_A_USER_MESSAGE: &str = "DOC002";
/// A message that came out of a network carries its numbers, and is not sent again.
const NOT_INPUT: &str = "DOC003";
/// A message that names itself nowhere cannot be told from others.
const NO_REFERENCE: &str = "DOC004";

pub(crate) fn check(checker: &mut Checker, payload: &[u8]) -> Result<Document, Findings> {
    let checked = checker.mt.check(payload);
    if !checked.is_good() {
        return Err(Findings::from(&checked.findings));
    }
    let message = checked.message.expect("a message with nothing wrong can be read");
    let summary = message.summary();
    let user = summary.message_type.filter(|it| it.category() != 0 && summary.service == 1);
    let Some(message_type) = user else {
        let text = "expected a message of categories 1 to 9 in service 01; acknowledgements and \
                    system messages are the network's own";
        return Err(Findings::one(NOT_A_USER_MESSAGE, text));
    };
    let (true, Some(from), Some(to)) = (summary.is_input, summary.sender, summary.receiver) else {
        let text = "expected an input message (block 2 begins with I), but found one that a \
                    network has delivered";
        return Err(Findings::one(NOT_INPUT, text));
    };
    let Some(reference) = summary.reference.or(summary.user_reference) else {
        let text = "expected a reference in field 20, 20C::SEME or 108, but found none";
        return Err(Findings::one(NO_REFERENCE, text));
    };
    Ok(Document {
        format: Format::Fin,
        message_type: message_type.to_string(),
        from: from.bic(),
        to: to.bic(),
        reference: reference.to_owned(),
        uetr: summary.uetr,
        possible_duplicate: summary.possible_duplicate,
        urgent: summary.priority == Some('U'),
        file: None,
    })
}
