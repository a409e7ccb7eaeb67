//! The structures of account numbers: the registry of ISO 13616, and those that banks use
//! without an entry in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    bban_spec: Option<String>,
    bban_length: Option<u8>,
    #[serde(default)]
    aspirational: bool,
    #[serde(default)]
    positions: BTreeMap<String, (u8, u8)>,
}

/// The text of `ibans.rs`.
pub(super) fn table(registry: &str, additions: &str) -> anyhow::Result<String> {
    let registry: BTreeMap<String, Entry> = serde_json::from_str(registry)?;
    let additions: BTreeMap<String, Entry> = serde_json::from_str(additions)?;
    let mut rows = BTreeMap::new();
    for (code, entry) in &registry {
        rows.insert(code, row(code, entry, true).with_context(|| code.clone())?);
    }
    ensure!(rows.len() > 80, "only {} structures", rows.len());
    for (code, entry) in additions.iter().filter(|(_, entry)| entry.aspirational) {
        if !rows.contains_key(code) {
            rows.insert(code, row(code, entry, false).with_context(|| code.clone())?);
        }
    }

    let mut text = String::from(
        "//! The structures of account numbers by country, in the notation of their registry.\n\
         //!\n\
         //! Made by `cargo xtask tables` from the registry of ISO 13616 as schwifty (MIT licence)\n\
         //! reads it, and its list of structures in use without registration. Do not edit.\n\n\
         use super::{IbanRow, registered, unregistered};\n\n\
         /// In order of the country: structure after the check digits, then where bank and branch\n\
         /// stand in it (from, to).\n\
         pub(crate) const IBANS: &[IbanRow] = &[\n",
    );
    for row in rows.values() {
        writeln!(text, "    {row},")?;
    }
    text.push_str("];\n");
    Ok(text)
}

fn row(code: &str, entry: &Entry, is_registered: bool) -> anyhow::Result<String> {
    let structure = entry.bban_spec.as_deref().context("no structure")?;
    let length = length(structure)?;
    ensure!(length <= 30, "{length} characters");
    ensure!(entry.bban_length.is_none_or(|stated| u32::from(stated) == length), "length differs");
    let place = |name: &str| entry.positions.get(name).copied().unwrap_or((0, 0));
    for (from, to) in [place("bank_code"), place("branch_code")] {
        ensure!(from <= to && u32::from(to) <= length, "a part stands outside");
    }
    let kind = if is_registered { "registered" } else { "unregistered" };
    let (bank, branch) = (place("bank_code"), place("branch_code"));
    Ok(format!("{kind}(b\"{code}\", \"{structure}\", {bank:?}, {branch:?})"))
}

/// Adds up a structure such as `4!n16!c`.
fn length(structure: &str) -> anyhow::Result<u32> {
    let mut total = 0;
    let mut rest = structure;
    while !rest.is_empty() {
        let (count, after) = rest.split_once('!').context("expected a fixed length")?;
        let class = after.chars().next().context("expected a class of characters")?;
        ensure!(matches!(class, 'n' | 'a' | 'c'), "{class} is no class of characters");
        total += count.parse::<u32>()?;
        rest = after.get(1..).context("expected a class of characters")?;
    }
    Ok(total)
}
