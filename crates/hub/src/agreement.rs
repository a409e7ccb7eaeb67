//! Where a signed header says something else than the text of its message.

use document::{Document, Findings};
use iso::Uetr;
use trust::{Digest, Fault, FileName, Header, Reason};

use crate::objection::Objection;

/// What is wrong with a payload, as reasons for a refusal.
pub(crate) fn reasons(findings: &Findings) -> Vec<Reason> {
    let reason = |finding: &document::Finding| {
        let code = finding.code.parse().expect("a code is a label");
        let place = match finding.line {
            0 => finding.place.clone(),
            line => format!("{line}:{} {}", finding.column, finding.place),
        };
        Reason::new(code, Fault::Sender, place.trim_end(), &finding.text)
    };
    findings.list.iter().map(reason).collect()
}

/// Where a signed header says something else than the text.
pub(crate) fn disagreements(
    header: &Header,
    document: &Document,
) -> impl Iterator<Item = Objection> {
    let mut objections = Vec::new();
    let sender = header.sender.institution();
    if document.from.institution() != sender {
        objections.push(Objection::OtherSender { expected: sender, found: document.from });
    }
    if document.to != header.receiver {
        let (expected, found) = (header.receiver, document.to);
        objections.push(Objection::OtherReceiver { expected, found });
    }
    if document.message_type != header.message_type.as_str() {
        let found = document.message_type.clone();
        objections.push(Objection::OtherType { expected: header.message_type, found });
    }
    if document.reference != header.reference.as_str() {
        let (expected, found) = (header.reference.clone(), document.reference.clone());
        objections.push(Objection::OtherReference { expected, found });
    }
    if document.uetr != header.uetr {
        let shown =
            |uetr: Option<Uetr>| uetr.map_or_else(|| "none".to_owned(), |it| it.to_string());
        let (expected, found) = (shown(header.uetr), shown(document.uetr));
        objections.push(Objection::OtherTransaction { expected, found });
    }
    let found = document.file.as_ref().map(|file| {
        let parts = file.parts();
        FileName { digest: Digest(parts.sha256), bytes: parts.bytes }
    });
    if found != header.file {
        objections.push(Objection::OtherFile { expected: header.file, found });
    }
    objections.into_iter()
}
