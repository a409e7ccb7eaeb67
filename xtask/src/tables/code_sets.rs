//! The external code sets of ISO 20022: which codes each of them has, without their meanings.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

#[derive(Deserialize)]
struct CodeSet {
    name: String,
    codes: BTreeMap<String, String>,
}

/// The text of `code_sets.rs`.
pub(super) fn table(folder: &Path) -> anyhow::Result<String> {
    let mut sets = BTreeMap::new();
    for file in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = file?.path();
        let set: CodeSet = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| path.display().to_string())?;
        let base = base(&set.name).with_context(|| format!("the name {}", set.name))?.to_owned();
        let codes: Vec<String> = set.codes.into_keys().collect();
        ensure!(!codes.is_empty(), "{base} has no codes");
        ensure!(codes.iter().all(|code| is_code(code)), "{base} has a code out of form");
        ensure!(sets.insert(base, codes).is_none(), "{} twice", set.name);
    }
    ensure!(sets.len() > 100, "only {} code sets", sets.len());

    let mut text = String::from(
        "//! The external code sets of ISO 20022: the codes of each.\n\
         //!\n\
         //! Made by `cargo xtask tables` from the sets that the ISO 20022 Registration Authority\n\
         //! publishes at <https://www.iso20022.org> for free use. Do not edit.\n\n\
         use super::{CodeSetRow, code_set};\n\n\
         /// In order of the name; the codes in order, each filled up to the same width.\n\
         pub(crate) const CODE_SETS: &[CodeSetRow] = &[\n",
    );
    for (name, codes) in &sets {
        let width = codes.iter().map(String::len).max().unwrap_or(0);
        let lines: Vec<String> = codes
            .chunks((84 / width).max(1))
            .map(|line| line.iter().map(|code| format!("{code:<width$}")).collect())
            .collect();
        let codes = format!("\"{}\"", lines.join("\\\n         "));
        text += &super::row("code_set", &[format!("\"{name}\""), width.to_string(), codes]);
    }
    text.push_str("];\n");
    Ok(text)
}

/// `ExternalPurpose1Code` is `ExternalPurpose`: the number counts changes of the type, not of
/// the codes.
fn base(name: &str) -> Option<&str> {
    Some(name.strip_suffix("Code")?.trim_end_matches(|digit: char| digit.is_ascii_digit()))
}

fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
