//! The rows of the generated tables, and the search in them. No table is read at run time.
//!
//! `cargo xtask tables` writes the files below; `withdrawn_currencies` is kept by hand, for the
//! agency publishes that list without a stable form.

pub(crate) mod code_sets;
pub(crate) mod countries;
pub(crate) mod currencies;
pub(crate) mod ibans;
pub(crate) mod withdrawn_currencies;

use crate::currency::CurrencyKind;

/// A country of ISO 3166-1.
pub(crate) struct CountryRow {
    pub(crate) code: [u8; 2],
    pub(crate) alpha3: [u8; 3],
    /// 0 where the standard gives none.
    pub(crate) number: u16,
}

/// An active currency of ISO 4217.
pub(crate) struct CurrencyRow {
    pub(crate) code: [u8; 3],
    pub(crate) number: u16,
    /// `None` where the standard says "not applicable".
    pub(crate) decimals: Option<u8>,
    pub(crate) kind: CurrencyKind,
    pub(crate) name: &'static str,
}

/// The structure of the account numbers of a country.
pub(crate) struct IbanRow {
    pub(crate) country: [u8; 2],
    pub(crate) is_registered: bool,
    /// As the registry writes it, such as `4!n16!c`; always of fixed lengths.
    pub(crate) structure: &'static str,
    /// Where the bank stands in it, as a half-open range; empty where nobody says.
    pub(crate) bank: (u8, u8),
    /// The same for the branch.
    pub(crate) branch: (u8, u8),
}

/// An external code set of ISO 20022.
pub(crate) struct CodeSetRow {
    /// The name of its type without number and `Code`.
    pub(crate) name: &'static str,
    /// How many bytes each code takes in `codes`.
    pub(crate) width: usize,
    /// The codes in order, filled up with spaces.
    pub(crate) codes: &'static str,
}

const fn country(code: &[u8; 2], alpha3: &[u8; 3], number: u16) -> CountryRow {
    CountryRow { code: *code, alpha3: *alpha3, number }
}

const fn currency(
    code: &[u8; 3],
    number: u16,
    decimals: Option<u8>,
    kind: CurrencyKind,
    name: &'static str,
) -> CurrencyRow {
    CurrencyRow { code: *code, number, decimals, kind, name }
}

const fn registered(
    country: &[u8; 2],
    structure: &'static str,
    bank: (u8, u8),
    branch: (u8, u8),
) -> IbanRow {
    IbanRow { country: *country, is_registered: true, structure, bank, branch }
}

const fn unregistered(
    country: &[u8; 2],
    structure: &'static str,
    bank: (u8, u8),
    branch: (u8, u8),
) -> IbanRow {
    IbanRow { country: *country, is_registered: false, structure, bank, branch }
}

const fn code_set(name: &'static str, width: usize, codes: &'static str) -> CodeSetRow {
    CodeSetRow { name, width, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_in_order() {
        assert!(countries::COUNTRIES.is_sorted_by(|a, b| a.code < b.code));
        assert!(countries::WITHDRAWN_COUNTRIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(currencies::CURRENCIES.is_sorted_by(|a, b| a.code < b.code));
        assert!(withdrawn_currencies::WITHDRAWN_CURRENCIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ibans::IBANS.is_sorted_by(|a, b| a.country < b.country));
        assert!(code_sets::CODE_SETS.is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn every_code_set_is_in_order_and_of_whole_cells() {
        for set in code_sets::CODE_SETS {
            assert_eq!(set.codes.len() % set.width, 0, "{}", set.name);
            let cells: Vec<&[u8]> = set.codes.as_bytes().chunks_exact(set.width).collect();
            assert!(cells.is_sorted_by(|a, b| a < b), "{}", set.name);
        }
    }

    #[test]
    fn no_withdrawn_code_is_active() {
        for (code, ..) in withdrawn_currencies::WITHDRAWN_CURRENCIES {
            assert!(currencies::CURRENCIES.iter().all(|row| row.code != *code), "{code:?}");
        }
        for (code, _) in countries::WITHDRAWN_COUNTRIES {
            assert!(countries::COUNTRIES.iter().all(|row| row.code != *code), "{code:?}");
        }
    }
}
