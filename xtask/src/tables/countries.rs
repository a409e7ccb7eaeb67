//! The countries of ISO 3166-1, and the codes of ISO 3166-3 that nobody else has got since.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Assigned {
    #[serde(rename = "3166-1")]
    rows: Vec<AssignedRow>,
}

#[derive(Deserialize)]
struct AssignedRow {
    alpha_2: String,
    alpha_3: String,
    numeric: String,
}

#[derive(Deserialize)]
struct Withdrawn {
    #[serde(rename = "3166-3")]
    rows: Vec<WithdrawnRow>,
}

#[derive(Deserialize)]
struct WithdrawnRow {
    alpha_2: String,
    /// `YYYY` or `YYYY-MM-DD`.
    withdrawal_date: String,
}

/// The text of `countries.rs`.
pub(super) fn table(assigned: &str, withdrawn: &str) -> anyhow::Result<String> {
    let assigned: Assigned = serde_json::from_str(assigned)?;
    let withdrawn: Withdrawn = serde_json::from_str(withdrawn)?;

    let mut rows = BTreeMap::new();
    for row in &assigned.rows {
        let number: u16 = row.numeric.parse().with_context(|| row.alpha_2.clone())?;
        ensure!(row.alpha_2.len() == 2 && row.alpha_3.len() == 3, "a code of wrong length");
        let text = format!("country(b\"{}\", b\"{}\", {number})", row.alpha_2, row.alpha_3);
        ensure!(rows.insert(row.alpha_2.as_str(), text).is_none(), "{} twice", row.alpha_2);
    }
    ensure!(rows.len() > 200, "only {} countries", rows.len());
    // Kosovo has no code of its own in ISO 3166-1. The registries of ISO 9362 and ISO 13616 use
    // one that the standard leaves to its users.
    rows.insert("XK", "country(b\"XK\", b\"XKX\", 0)".to_owned());
    let codes: BTreeSet<&str> = rows.keys().copied().collect();

    let mut gone: BTreeMap<&str, u16> = BTreeMap::new();
    for row in &withdrawn.rows {
        if codes.contains(row.alpha_2.as_str()) {
            continue;
        }
        let year = row.withdrawal_date.get(..4).context("a withdrawal without a year")?.parse()?;
        // CS was withdrawn twice (Czechoslovakia; Serbia and Montenegro): the last one counts.
        let known = gone.entry(&row.alpha_2).or_insert(year);
        *known = year.max(*known);
    }

    let mut text = String::from(
        "//! The countries of ISO 3166-1: codes of two and three letters, and numbers.\n\
         //!\n\
         //! Made by `cargo xtask tables` from the codes in Debian's iso-codes. Do not edit.\n\n\
         use super::{CountryRow, country};\n\n\
         /// The assigned codes, and `XK`, in order of the code.\n\
         pub(crate) const COUNTRIES: &[CountryRow] = &[\n",
    );
    for row in rows.values() {
        writeln!(text, "    {row},")?;
    }
    text.push_str(
        "];\n\n\
         /// Codes that were withdrawn and not assigned again, with the year, in order of the code.\n\
         pub(crate) const WITHDRAWN_COUNTRIES: &[([u8; 2], u16)] = &[\n",
    );
    for (code, year) in gone {
        writeln!(text, "    (*b\"{code}\", {year}),")?;
    }
    text.push_str("];\n");
    Ok(text)
}
