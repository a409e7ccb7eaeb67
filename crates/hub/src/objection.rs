//! What the check can have against a message, each with its code.
//!
//! `docs/codes` has a page for each. What is wrong inside a document has codes of its own, given by
//! the engine that reads it.

use iso::{Bic, Institution, Terminal};
use trust::{FileName, HeaderError, KeyId, MessageType, Reference};

/// What the check can have against a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Objection {
    /// The signature over the frame does not hold.
    #[error("the signature does not hold for these bytes")]
    Signature,
    /// The key is none of the terminal's.
    #[error("key {key} was not granted to {terminal}")]
    UnknownKey {
        /// Which key.
        key: KeyId,
        /// Who used it.
        terminal: Terminal,
    },
    /// The header cannot be read.
    #[error("the header cannot be read: {error}")]
    MalformedHeader {
        /// Why.
        error: HeaderError,
    },
    /// The payload has another length than the header says.
    #[error("the header says {expected} bytes, but the message has {found}")]
    OtherLength {
        /// What the header says.
        expected: u32,
        /// What came.
        found: usize,
    },
    /// The payload is too large.
    #[error("a message may have {most} bytes, but this one has {found}")]
    TooLarge {
        /// The limit.
        most: usize,
        /// What came.
        found: usize,
    },
    /// The header says that the message is sealed, and the payload is no envelope.
    #[error("the header says that the message is sealed, but the payload is not in that form")]
    NotAnEnvelope,
    /// The document is of another sender.
    #[error("the document is from {found}, but the header is of {expected}")]
    OtherSender {
        /// Who signed.
        expected: Institution,
        /// Whom the document names.
        found: Bic,
    },
    /// The document is for another receiver.
    #[error("the document is for {found}, but the header is for {expected}")]
    OtherReceiver {
        /// Whom the header names.
        expected: Bic,
        /// Whom the document names.
        found: Bic,
    },
    /// The document is of another type.
    #[error("the document is a {found}, but the header says {expected}")]
    OtherType {
        /// What the header says.
        expected: MessageType,
        /// What the document is.
        found: String,
    },
    /// The document has another reference.
    #[error("the document has the reference {found}, but the header says {expected}")]
    OtherReference {
        /// What the header says.
        expected: Reference,
        /// What the document says.
        found: String,
    },
    /// The document announces another file than the header, or one of them none.
    #[error("the document announces {}, but the header {}", shown(.found.as_ref()), shown(.expected.as_ref()))]
    OtherFile {
        /// What the header says.
        expected: Option<FileName>,
        /// What the document says.
        found: Option<FileName>,
    },
    /// The hub does not hold the file whole.
    #[error("this hub does not hold {} of {sender} whole", shown(Some(.file)))]
    FileMissing {
        /// Who sends it.
        sender: Institution,
        /// What is announced.
        file: FileName,
    },
    /// The document is about another transaction.
    #[error("the document is about transaction {found}, but the header says {expected}")]
    OtherTransaction {
        /// What the header says.
        expected: String,
        /// What the document says.
        found: String,
    },
}

impl Objection {
    /// The code, which never changes its meaning.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Signature => "SIG001",
            Self::UnknownKey { .. } => "SIG002",
            Self::MalformedHeader { .. } => "HDR001",
            Self::OtherLength { .. } => "HDR002",
            Self::TooLarge { .. } => "HDR003",
            Self::NotAnEnvelope => "SEA001",
            Self::OtherSender { .. } => "HDR004",
            Self::OtherReceiver { .. } => "HDR005",
            Self::OtherType { .. } => "HDR006",
            Self::OtherReference { .. } => "HDR007",
            Self::OtherTransaction { .. } => "HDR008",
            Self::OtherFile { .. } => "FIL001",
            Self::FileMissing { .. } => "FIL002",
        }
    }

    /// Which part of the submission it is about.
    pub(crate) fn place(&self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::UnknownKey { .. } => "signature/key",
            Self::MalformedHeader { .. } => "header",
            Self::OtherLength { .. } => "header/payload_length",
            Self::TooLarge { .. } | Self::NotAnEnvelope => "payload",
            Self::OtherSender { .. } => "header/sender",
            Self::OtherReceiver { .. } => "header/receiver",
            Self::OtherType { .. } => "header/type",
            Self::OtherReference { .. } => "header/reference",
            Self::OtherTransaction { .. } => "header/uetr",
            Self::OtherFile { .. } | Self::FileMissing { .. } => "header/file",
        }
    }
}

/// A file, for people.
fn shown(file: Option<&FileName>) -> String {
    file.map_or_else(
        || "no file".to_owned(),
        |FileName { digest, bytes }| format!("file {digest} of {bytes} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// One of each.
    fn all() -> Vec<Objection> {
        let (bic, institution) = ("ALPHDEFF".parse::<Bic>().unwrap(), "BRAVFRPP".parse().unwrap());
        let (expected, found) = (String::new(), String::new());
        let file = FileName { digest: trust::Digest([0; 32]), bytes: 1 };
        vec![
            Objection::Signature,
            Objection::UnknownKey { key: KeyId([0; 8]), terminal: "ALPHDEFFA".parse().unwrap() },
            Objection::MalformedHeader { error: HeaderError::Version { version: 9 } },
            Objection::OtherLength { expected: 1, found: 2 },
            Objection::TooLarge { most: 1, found: 2 },
            Objection::NotAnEnvelope,
            Objection::OtherSender { expected: institution, found: bic },
            Objection::OtherReceiver { expected: bic, found: bic },
            Objection::OtherType { expected: "a".parse().unwrap(), found: found.clone() },
            Objection::OtherReference { expected: "a".parse().unwrap(), found: found.clone() },
            Objection::OtherTransaction { expected, found },
            Objection::OtherFile { expected: None, found: None },
            Objection::FileMissing { sender: institution, file },
        ]
    }

    #[test]
    fn each_code_has_a_page_and_each_page_a_code() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
        let pages: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| {
                // The other codes of sealed messages and of files are given elsewhere.
                let ours = ["SIG", "HDR", "FIL001", "FIL002", "SEA001"];
                ours.iter().any(|it| name.starts_with(it))
            })
            .collect();
        let codes: BTreeSet<String> =
            all().iter().map(|objection| format!("{}.md", objection.code())).collect();
        assert_eq!(codes.len(), all().len(), "no code is used twice");
        assert_eq!(codes, pages);
    }
}
