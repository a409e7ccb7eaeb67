//! ISO 20022 messages.

use crate::{Checker, Document, Findings, Format};

/// Nobody can tell from whom and to whom a document without its business header is.
const NO_HEADER: &str = "DOC001";

pub(crate) fn check(checker: &mut Checker, payload: &[u8]) -> Result<Document, Findings> {
    let checked = checker.mx.check(payload, &checker.rules.schemas);
    if !checked.is_good() {
        return Err(Findings::from(checked.findings()));
    }
    // What the check has pulled out is enough for most messages; the others are read once more.
    if let Some(identity) = checked.identity() {
        return Ok(Document {
            format: Format::Mx,
            message_type: identity.message_type.to_owned(),
            from: identity.from,
            to: identity.to,
            reference: identity.message_id.into_owned(),
            uetr: identity.uetr,
            possible_duplicate: identity.possible_duplicate,
            urgent: false,
            file: None,
        });
    }
    let routing = checker.reader.read(payload).map_err(|findings| Findings::from(&findings))?;
    let Some(header) = routing.header else {
        let text = "expected a business application header (AppHdr) beside the document, but \
                    found only the document";
        return Err(Findings::one(NO_HEADER, text));
    };
    Ok(Document {
        format: Format::Mx,
        message_type: routing.message_type,
        from: header.from,
        to: header.to,
        reference: header.message_id,
        uetr: routing.uetr,
        possible_duplicate: header.possible_duplicate,
        urgent: false,
        file: None,
    })
}
