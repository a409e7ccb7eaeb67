//! The active currencies of ISO 4217, from "list one" as its maintenance agency publishes it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};

/// The text of `currencies.rs`.
pub(super) fn table(list_one: &str) -> anyhow::Result<String> {
    let published = between(list_one, "Pblshd=\"", "\"").context("no date of publication")?;
    let mut rows: BTreeMap<&str, String> = BTreeMap::new();
    for entry in list_one.split("<CcyNtry>").skip(1) {
        // Three territories have an entry without a currency.
        let Some(code) = element(entry, "Ccy") else { continue };
        let number: u16 = element(entry, "CcyNbr").context("no number")?.parse()?;
        let decimals = match element(entry, "CcyMnrUnts").context("no minor units")? {
            "N.A." => "None".to_owned(),
            digits => format!("Some({})", digits.parse::<u8>()?),
        };
        let name = element(entry, "CcyNm").context("no name")?.trim().replace("&amp;", "&");
        let is_fund = entry.contains("IsFund=\"true\"");
        let kind = kind(code, is_fund, decimals != "None");
        let row = super::row(
            "currency",
            &[
                format!("b\"{code}\""),
                number.to_string(),
                decimals,
                kind.to_owned(),
                format!("\"{name}\""),
            ],
        );
        if let Some(other) = rows.insert(code, row.clone())
            && other != row
        {
            bail!("{code} differs between countries: {other} and {row}");
        }
    }
    ensure!(rows.len() > 150, "only {} currencies", rows.len());

    let mut text = format!(
        "//! The active currencies of ISO 4217: code, number, decimals, kind, name.\n\
         //!\n\
         //! Made by `cargo xtask tables` from list one of the maintenance agency (SIX), published\n\
         //! {published}. Do not edit.\n\n\
         use super::{{CurrencyRow, currency}};\n\
         use crate::currency::CurrencyKind::{{Absent, Fund, Metal, Money, Testing, Unit}};\n\n\
         /// When the list was published.\n\
         pub(crate) const PUBLISHED: &str = \"{published}\";\n\n\
         /// In order of the code.\n\
         pub(crate) const CURRENCIES: &[CurrencyRow] = &[\n"
    );
    text.extend(rows.into_values());
    text.push_str("];\n");
    Ok(text)
}

/// The list marks funds only; what else is no money has no minor units, and the metals and the
/// two codes for tests and for no currency are told apart by their codes.
fn kind(code: &str, is_fund: bool, has_decimals: bool) -> &'static str {
    match code {
        "XAG" | "XAU" | "XPD" | "XPT" => "Metal",
        "XTS" => "Testing",
        "XXX" => "Absent",
        _ if is_fund => "Fund",
        _ if has_decimals => "Money",
        _ => "Unit",
    }
}

/// The text of the first element of that name; the list has no nested or empty ones.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let start = text.match_indices(&format!("<{name}")).find_map(|(at, open)| {
        let rest = text.get(at + open.len()..)?;
        rest.starts_with(['>', ' ']).then_some(rest)
    })?;
    between(start, ">", "<")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
