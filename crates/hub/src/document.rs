//! What a message's own text says of it, and where that differs from the header that was signed.

use iso::{Bic, Uetr};
use trust::{Fault, Header, Reason};

use crate::objection::Objection;

/// What the text of a message says of it.
#[derive(Debug)]
pub(crate) struct Document {
    message_type: String,
    parties: Option<Parties>,
    uetr: Option<Uetr>,
}

#[derive(Debug)]
struct Parties {
    from: Bic,
    to: Bic,
    reference: String,
}

/// Reads messages one after another, with the memory of the one before.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    mx: mx::Reader,
}

impl Reader {
    /// Reads what a message says of itself.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with its form, as reasons for a refusal.
    pub(crate) fn read(&mut self, payload: &[u8]) -> Result<Document, Vec<Reason>> {
        let routing = self.mx.read(payload).map_err(|findings| reasons(&findings))?;
        let parties = routing.header.map(|header| Parties {
            from: header.from,
            to: header.to,
            reference: header.message_id,
        });
        Ok(Document { message_type: routing.message_type, parties, uetr: routing.uetr })
    }
}

fn reasons(findings: &mx::Findings) -> Vec<Reason> {
    let reason = |finding: &mx::Finding| {
        let code = finding.code.parse().expect("a code is a label");
        let place = format!("{}:{} {}", finding.line, finding.column, finding.path);
        let text = format!("expected {}, but found {}", finding.expected, finding.found);
        Reason::new(code, Fault::Sender, place.trim_end(), &text)
    };
    findings.iter().map(reason).collect()
}

/// Where a signed header says something else than the text.
pub(crate) fn disagreements(
    header: &Header,
    document: &Document,
) -> impl Iterator<Item = Objection> {
    let mut objections = Vec::new();
    match &document.parties {
        None => objections.push(Objection::NoBusinessHeader),
        Some(Parties { from, to, reference }) => {
            let sender = header.sender.institution();
            if from.institution() != sender {
                objections.push(Objection::OtherSender { expected: sender, found: *from });
            }
            if *to != header.receiver {
                let expected = header.receiver;
                objections.push(Objection::OtherReceiver { expected, found: *to });
            }
            if reference != header.reference.as_str() {
                let expected = header.reference.clone();
                let found = reference.clone();
                objections.push(Objection::OtherReference { expected, found });
            }
        }
    }
    if document.message_type != header.message_type.as_str() {
        let found = document.message_type.clone();
        objections.push(Objection::OtherType { expected: header.message_type, found });
    }
    if document.uetr != header.uetr {
        let shown =
            |uetr: Option<Uetr>| uetr.map_or_else(|| "none".to_owned(), |it| it.to_string());
        let (expected, found) = (shown(header.uetr), shown(document.uetr));
        objections.push(Objection::OtherTransaction { expected, found });
    }
    objections.into_iter()
}
