//! The rules above the schema: what a message has to say beyond being valid.
//!
//! A rule is a named function with a stable [code](Rule). Most look at one field; they are called
//! in one walk over the fields, by what a field is; fields that are surely good are left out of it
//! by the validator (`pass`). The others look at a whole transaction or at the
//! whole message. All that is wrong is reported at once; a field that the schema refused is not
//! judged again. Rules expect nothing: a message of which half is missing is judged as far as it goes.
//!
//! No rule reads a clock. What changes with the calendar is a [`Dated`] setting, compared with the
//! day that the caller gives in [`Settings::as_of`].
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule names the few slots and families that it is about"
)]

mod base;
mod codes;
mod cross_border;
mod memory;
mod message;
mod pass;
mod report;
#[cfg(test)]
mod tests;

use iso::Date;

pub use codes::{RULES, Rule};

use crate::fields::View;
use crate::finding::Findings;
pub(crate) use memory::Memory;
use message::Message;
pub(crate) use pass::{Look, Place, passes, passes_amount};
use report::Report;

/// Which rules above the schema a message has to keep. Each profile includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Profile {
    /// The schema alone.
    #[default]
    None,
    /// What holds for every message: identifiers, codes, sums, dates.
    Base,
    /// The market practice of payments between correspondents since November 2026.
    CrossBorder,
}

impl Profile {
    /// The name by which services and command lines select it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Base => "base",
            Self::CrossBorder => "cross-border",
        }
    }

    /// The profile of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::None, Self::Base, Self::CrossBorder].into_iter().find(|known| known.name() == name)
    }
}

/// What happens to a code that is not in the external code set of its type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownCodes {
    /// It is a finding.
    #[default]
    Refuse,
    /// It is let through: ISO adds codes each quarter, and this one may be newer than the table.
    Accept,
}

/// A rule that is in force from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The year, month and day.
    pub from: (u16, u8, u8),
    /// Who says so; and who says otherwise, if sources conflict.
    pub source: &'static str,
}

impl Dated {
    /// Whether the rule is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        (day.year(), day.month(), day.day()) >= self.from
    }
}

/// From when on an address needs town and country, and may not be of lines only.
pub const ADDRESS_WITH_TOWN: Dated = Dated {
    from: (2026, 11, 14),
    source: "the roadmaps of cpg.de and jpmorgan.com; one blog prints 22 November 2026",
};

/// From when on a booked entry needs a date, and a payment information has the message's id.
pub const GUIDELINES_2026: Dated = Dated {
    from: (2026, 11, 14),
    source: "the usage guidelines of the release of 2026, as github.com/phoughton/iso20022-cbpr-ur \
             lists them; those of 2025 lack the two rules",
};

/// What rules are told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The day whose rules hold; by default the last one there is, so that all rules hold.
    pub as_of: Date,
    /// What happens to codes that are not in their external code set.
    pub unknown_codes: UnknownCodes,
    /// How the business service of a header has to begin; any if there is none here.
    pub business_services: &'static [&'static str],
}

impl Default for Settings {
    fn default() -> Self {
        Self { as_of: Date::MAX, unknown_codes: UnknownCodes::Refuse, business_services: &[] }
    }
}

/// Judges the fields of a well-formed message and adds what is wrong to the findings.
pub(crate) fn run(
    (profile, settings): (Profile, &Settings),
    view: View<'_>,
    findings: &mut Findings,
    memory: &mut Memory,
) {
    if profile == Profile::None {
        return;
    }
    let before = findings.as_slice().len();
    let message = Message::of(view, settings);
    let mut report = Report::new(findings, memory);
    let all_rules = profile >= Profile::CrossBorder;
    for field in view.judged() {
        base::field(&message, &field, &mut report);
        if all_rules {
            cross_border::field(&message, &field, &mut report);
        }
    }
    base::message(&message, &mut report);
    if all_rules {
        cross_border::message(&message, &mut report);
    }
    if findings.as_slice().len() > before {
        findings.list_mut().sort_by_key(|finding| finding.offset);
    }
}
