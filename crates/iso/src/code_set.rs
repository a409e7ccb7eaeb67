//! The external code sets of ISO 20022: codes that schemas name but do not list.
//!
//! It knows which codes exist, not what they mean. New codes appear every quarter, so that a code
//! which is not in here may be newer than this table.

use std::fmt;

use crate::tables::CodeSetRow;
use crate::tables::code_sets::CODE_SETS;

/// The codes of one external type, such as `ExternalPurpose1Code`.
#[derive(Clone, Copy)]
pub struct CodeSet {
    row: &'static CodeSetRow,
}

impl CodeSet {
    /// The set of a type of the schemas. The number in the name counts changes of the type, not
    /// of the codes: `ExternalPurpose1Code` and `ExternalPurpose2Code` have one set.
    #[must_use]
    pub fn of_type(name: &str) -> Option<Self> {
        let base =
            name.strip_suffix("Code")?.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let at = CODE_SETS.binary_search_by_key(&base, |row| row.name).ok()?;
        CODE_SETS.get(at).map(|row| Self { row })
    }

    /// All sets, in order of their names.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        CODE_SETS.iter().map(|row| Self { row })
    }

    /// The name of the type without number and `Code`, such as `ExternalPurpose`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.row.name
    }

    /// Whether the code is in the set.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        let (mut from, mut to) = (0, self.row.codes.len() / self.row.width);
        while from < to {
            let middle = from.midpoint(to);
            match self.code(middle).cmp(code) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Equal => return !code.is_empty(),
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        false
    }

    /// The codes, in order.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        let set = *self;
        (0..set.row.codes.len() / set.row.width).map(move |at| set.code(at))
    }

    fn code(self, at: usize) -> &'static str {
        let start = at * self.row.width;
        self.row.codes.get(start..start + self.row.width).map_or("", str::trim_ascii_end)
    }
}

impl fmt::Debug for CodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_contains_its_codes_and_nothing_like_them() {
        assert!(CodeSet::all().len() > 100);
        for set in CodeSet::all() {
            for code in set.codes() {
                assert!(set.contains(code), "{set:?} {code}");
                assert!(!set.contains(&format!("{code} ")), "{set:?} {code}");
                assert!(
                    !set.contains(&code.to_lowercase()) || code.bytes().all(|b| b.is_ascii_digit())
                );
            }
            assert!(!set.contains(""));
        }
    }

    #[test]
    fn a_set_is_found_by_the_name_of_its_type() {
        let reasons = CodeSet::of_type("ExternalStatusReason1Code").unwrap();
        assert!(reasons.contains("AC04"));
        assert!(!reasons.contains("ZZZZ"));
        assert!(CodeSet::of_type("ExternalStatusReason").is_none());
        assert!(CodeSet::of_type("CountryCode").is_none());
    }
}
