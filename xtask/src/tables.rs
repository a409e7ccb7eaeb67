//! `cargo xtask tables`: makes the tables of crate `iso` from reference data beside the repository.
//!
//! The reference data is other people's and stays where it is. What is committed is a selection
//! of its facts (codes, numbers, lengths) in a form of our own, one row a line, so that a change
//! of the data shows as a readable difference. It does not fetch anything.

mod code_sets;
mod countries;
mod currencies;
mod ibans;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// What to read, and whether to write.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder with the reference data [default: ../shared/refdata beside the repository]
    #[arg(long, value_name = "DIR")]
    refdata: Option<PathBuf>,
    /// Writes nothing; fails if a committed table differs from the data
    #[arg(long)]
    check: bool,
}

/// One file that is generated.
struct Table {
    /// Its place below `crates/iso/src/tables`.
    name: &'static str,
    text: String,
}

/// Writes or compares all tables.
///
/// # Errors
///
/// Reference data that is missing or has another shape than expected; with `--check`, a table
/// that differs.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let refdata = options.refdata.clone().unwrap_or_else(refdata);
    let folder = folder();
    let mut stale = Vec::new();
    for table in generate(&refdata)? {
        let path = folder.join(table.name);
        if options.check {
            if fs::read_to_string(&path).ok().as_ref() != Some(&table.text) {
                stale.push(table.name);
            }
            continue;
        }
        fs::write(&path, table.text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !stale.is_empty() {
        bail!("{} differ from the reference data; run `cargo xtask tables`", stale.join(", "));
    }
    Ok(())
}

fn generate(refdata: &Path) -> anyhow::Result<Vec<Table>> {
    let read = |name: &str| {
        let path = refdata.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let countries =
        countries::table(&read("iso_codes/iso3166-1.json")?, &read("iso_codes/iso3166-3.json")?)
            .context("countries")?;
    let currencies = currencies::table(&read("iso4217/table.xml")?).context("currencies")?;
    let ibans = ibans::table(&read("iban/generated.json")?, &read("iban/overwrite.json")?)
        .context("account numbers")?;
    let code_sets =
        code_sets::table(&refdata.join("external_code_sets")).context("external code sets")?;
    Ok(vec![
        Table { name: "countries.rs", text: countries },
        Table { name: "currencies.rs", text: currencies },
        Table { name: "ibans.rs", text: ibans },
        Table { name: "code_sets.rs", text: code_sets },
    ])
}

/// One row of a table, as rustfmt would lay it out: on one line if that has at most 100 columns.
fn row(function: &str, arguments: &[String]) -> String {
    let line = format!("    {function}({}),\n", arguments.join(", "));
    if line.chars().count() <= 101 && !line.trim_end().contains('\n') {
        return line;
    }
    let lines: String = arguments.iter().map(|argument| format!("        {argument},\n")).collect();
    format!("    {function}(\n{lines}    ),\n")
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository")
}

fn refdata() -> PathBuf {
    repository().join("../shared/refdata")
}

fn folder() -> PathBuf {
    repository().join("crates/iso/src/tables")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_tables_are_what_the_reference_data_gives() {
        let refdata = refdata();
        if !refdata.exists() {
            assert!(std::env::var_os("CI").is_none(), "{} is not here", refdata.display());
            println!("skipped: ../shared is not here");
            return;
        }
        for table in generate(&refdata).unwrap() {
            let committed = fs::read_to_string(folder().join(table.name)).unwrap();
            assert!(
                committed == table.text,
                "{} differs from the reference data; run `cargo xtask tables`",
                table.name,
            );
        }
    }
}
