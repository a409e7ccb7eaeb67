//! Checks payloads one after another, with the memory of the one before.

use std::sync::Arc;

use crate::{Document, Findings, Format, fin, xml};

/// What payloads are checked against; shared by all threads.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The schemas of ISO 20022 messages.
    pub schemas: Arc<mx::Library>,
}

impl Rules {
    /// The schemas that the program carries.
    #[must_use]
    pub fn built_in() -> Self {
        Self { schemas: Arc::new(mx::Library::built_in()) }
    }
}

/// Checks payloads; one for each thread.
#[derive(Debug)]
pub struct Checker {
    pub(crate) rules: Rules,
    pub(crate) reader: mx::Reader,
    pub(crate) mx: mx::Checker,
}

impl Checker {
    /// A checker with its own memory.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, reader: mx::Reader::default(), mx: mx::Checker::new() }
    }

    /// Checks a payload and reads what a network must know of it.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub fn check(&mut self, payload: &[u8]) -> Result<Document, Findings> {
        match Format::of(payload) {
            Format::Mx => xml::check(self, payload),
            Format::Fin => fin::check(payload),
        }
    }
}
