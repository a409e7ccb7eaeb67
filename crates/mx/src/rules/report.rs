//! Where rules say what is wrong.

use super::Rule;
use super::memory::Memory;
use crate::fields::Field;
use crate::finding::{Finding, Findings, shown};

/// Takes what rules find.
pub(super) struct Report<'f> {
    findings: &'f mut Findings,
    /// How many of them the schema made.
    of_schema: usize,
    pub(super) memory: &'f mut Memory,
}

impl<'f> Report<'f> {
    pub(super) fn new(findings: &'f mut Findings, memory: &'f mut Memory) -> Self {
        let of_schema = findings.as_slice().len();
        Self { findings, of_schema, memory }
    }

    /// What the field holds is not what the rule asks for.
    #[cold]
    pub(super) fn value(&mut self, field: &Field<'_>, rule: Rule) {
        let found = shown(&field.value());
        self.say(field, rule, rule.asks.to_owned(), found);
    }

    /// As [`Self::value`], with closer words on what the rule asks for.
    #[cold]
    pub(super) fn value_for(&mut self, field: &Field<'_>, rule: Rule, expected: String) {
        let found = shown(&field.value());
        self.say(field, rule, expected, found);
    }

    /// The field, or what is in it, is not as the rule asks; `found` says how it is.
    #[cold]
    pub(super) fn found(&mut self, field: &Field<'_>, rule: Rule, found: impl Into<String>) {
        self.say(field, rule, rule.asks.to_owned(), found.into());
    }

    /// As [`Self::found`], with closer words on what the rule asks for.
    #[cold]
    pub(super) fn other(
        &mut self,
        field: &Field<'_>,
        rule: Rule,
        (expected, found): (String, String),
    ) {
        self.say(field, rule, expected, found);
    }

    /// Something of the message as a whole.
    #[cold]
    pub(super) fn whole(&mut self, rule: Rule, found: &str) {
        self.push(0, rule, rule.asks.to_owned(), found.to_owned());
    }

    fn say(&mut self, field: &Field<'_>, rule: Rule, expected: String, found: String) {
        let at = [field.at(), field.value_at()];
        let mut by_schema = self.findings.as_slice().iter().take(self.of_schema);
        if !by_schema.any(|finding| at.contains(&finding.offset)) {
            self.push(field.at(), rule, expected, found);
        }
    }

    fn push(&mut self, at: u64, rule: Rule, expected: String, found: String) {
        let found = if found.is_empty() { "none".to_owned() } else { found };
        self.findings.push(Finding {
            offset: at,
            code: rule.code,
            path: String::new(),
            line: 0,
            column: 0,
            expected,
            found,
        });
    }
}
