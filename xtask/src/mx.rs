//! The commands of crate `mx`: its notation of the official schemas, its oracle, its mutants.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

/// The version of lxml that the verdicts were compared with. Its package brings libxml2 along.
const LXML: &str = "lxml==6.1.3";
/// What reads the Parquet files of `nuncio` in its tests.
const DUCKDB: &str = "duckdb==2.0.1";

/// The messages that are built in: area, numbers, and how many of the last versions. Of the
/// business header it is all four: messages of different years use each of them.
const FAMILIES: &[(&str, RangeInclusive<u16>, usize)] = &[
    ("head", 1..=1, 4),
    ("pacs", 2..=4, 3),
    ("pacs", 7..=10, 3),
    ("pacs", 28..=28, 3),
    ("pain", 1..=2, 3),
    ("pain", 7..=8, 3),
    ("pain", 13..=14, 3),
    ("camt", 25..=60, 3),
    ("camt", 105..=111, 3),
    ("admi", 2..=2, 3),
    ("admi", 4..=4, 3),
    ("admi", 7..=7, 3),
    ("admi", 11..=11, 3),
    ("acmt", 22..=24, 3),
];

/// Versions that cross-border payments use beside the last ones.
const IN_USE: &[&str] = &[
    "pacs.002.001.10",
    "pacs.003.001.08",
    "pacs.004.001.09",
    "pacs.007.001.09",
    "pacs.008.001.08",
    "pacs.009.001.08",
    "pacs.010.001.03",
    "pacs.028.001.03",
    "pain.001.001.09",
    "pain.002.001.10",
    "pain.007.001.09",
    "pain.008.001.08",
    "pain.013.001.07",
    "pain.014.001.07",
    "camt.025.001.05",
    "camt.026.001.07",
    "camt.027.001.07",
    "camt.028.001.09",
    "camt.029.001.09",
    "camt.030.001.05",
    "camt.031.001.06",
    "camt.032.001.04",
    "camt.033.001.06",
    "camt.034.001.06",
    "camt.035.001.05",
    "camt.036.001.05",
    "camt.037.001.09",
    "camt.038.001.04",
    "camt.039.001.05",
    "camt.050.001.05",
    "camt.052.001.08",
    "camt.053.001.08",
    "camt.054.001.08",
    "camt.055.001.08",
    "camt.056.001.08",
    "camt.057.001.06",
    "camt.058.001.06",
    "camt.060.001.05",
    "camt.087.001.06",
    "camt.105.001.02",
    "camt.106.001.02",
    "acmt.022.001.02",
    "acmt.023.001.02",
    "acmt.024.001.02",
];

const NOTICE: &str = "\
The message definitions in this folder are derived from the ISO 20022 message schemas that are
published at https://www.iso20022.org/ by the ISO 20022 Registration Authority. The schemas are
part of the ISO 20022 catalogue, which is available free of charge; the names and structures of
messages, components and codes are those of the standard. The form in which they stand here was
made by `cargo xtask mx-notation`, and any error in it is ours. ISO 20022 is a standard of the
International Organization for Standardization.
";

/// Options of `mx-notation`.
#[derive(clap::Args)]
pub(crate) struct Notation {
    /// Compares the files with the schemas and writes nothing
    #[arg(long)]
    check: bool,
    /// The folder of the official schemas
    #[arg(long, default_value = "../shared/schemas/xsd")]
    schemas: PathBuf,
}

/// Options of `mx-mutants`.
#[derive(clap::Args)]
pub(crate) struct Mutants {
    /// How many mutants are made
    #[arg(long, default_value_t = 200_000)]
    count: u32,
    /// What they depend on: the same seed makes the same mutants
    #[arg(long, default_value_t = 20022)]
    seed: u64,
}

/// Holds `standards/mx` against the official schemas; who has none goes without, but CI does not.
pub(crate) fn check_notation(root: &Path) -> anyhow::Result<()> {
    let options = Notation { check: true, schemas: "../shared/schemas/xsd".into() };
    if !root.join(&options.schemas).exists() && std::env::var_os("CI").is_none() {
        eprintln!("skipped: the official schemas are not in {}", options.schemas.display());
        return Ok(());
    }
    notation(root, &options)
}

/// Writes `standards/mx` anew.
pub(crate) fn notation(root: &Path, options: &Notation) -> anyhow::Result<()> {
    let schemas = root.join(&options.schemas);
    let files = chosen(&schemas)?;
    let documents: Vec<Vec<u8>> = files
        .iter()
        .map(|path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display())))
        .collect::<Result<_, _>>()?;
    for (path, document) in files.iter().zip(&documents) {
        let survives = mx::notation::survives_packing(document)?;
        ensure!(survives, "{} cannot be packed without loss", path.display());
    }
    let packed = mx::notation::pack(documents.iter().map(Vec::as_slice))?;
    let folder = root.join("standards/mx");
    for (name, text) in [
        ("types.txt", &packed.types),
        ("messages.txt", &packed.messages),
        ("NOTICE", &NOTICE.into()),
    ] {
        let path = folder.join(name);
        if options.check {
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            ensure!(
                there == *text,
                "{} is not what `cargo xtask mx-notation` writes",
                path.display()
            );
            continue;
        }
        std::fs::create_dir_all(&folder)?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("{}: {} bytes", path.display(), text.len());
    }
    eprintln!("{} messages", files.len());
    Ok(())
}

/// How many versions of a message are kept, and all that there are.
type Versions = (usize, Vec<(u16, PathBuf)>);

/// The files of all chosen messages.
fn chosen(schemas: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut versions: BTreeMap<(String, u16), Versions> = BTreeMap::new();
    let folder = std::fs::read_dir(schemas)
        .with_context(|| format!("the official schemas are not in {}", schemas.display()))?;
    for entry in folder {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parts: Vec<&str> = name.split('.').collect();
        let [area, number, "001", version, "xsd"] = parts.as_slice() else { continue };
        let (Ok(number), Ok(version)) = (number.parse(), version.parse()) else { continue };
        let family = FAMILIES.iter().find(|(known, all, _)| known == area && all.contains(&number));
        if let Some((_, _, kept)) = family {
            let all = versions.entry(((*area).to_owned(), number)).or_insert((*kept, Vec::new()));
            all.1.push((version, path));
        }
    }
    let mut files = Vec::new();
    for (kept, mut all) in versions.into_values() {
        all.sort();
        files.extend(all.into_iter().rev().take(kept).map(|(_, path)| path));
    }
    for message in IN_USE {
        let path = schemas.join(format!("{message}.xsd"));
        if !files.contains(&path) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Prepares a Python with lxml and `DuckDB` in `target/oracle`, for the tests that compare with libxml2
/// and that read Parquet.
pub(crate) fn oracle(root: &Path) -> anyhow::Result<()> {
    let folder = root.join("target/oracle");
    let python = folder.join("bin/python");
    let imports = |python: &Path| {
        let version =
            "import duckdb; from lxml import etree; print('libxml2', etree.LIBXML_VERSION)";
        Command::new(python).args(["-c", version]).status().is_ok_and(|status| status.success())
    };
    if imports(&python) {
        return Ok(());
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", LXML, DUCKDB]))?;
    ensure!(imports(&python), "lxml and DuckDB were installed, but cannot be imported");
    Ok(())
}

/// Compares the verdicts on many mutants with those of libxml2.
pub(crate) fn mutants(root: &Path, options: &Mutants) -> anyhow::Result<()> {
    oracle(root)?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["test", "--release", "-p", "mx", "--test", "it", "mutants", "--", "--nocapture"])
        .current_dir(root)
        .env("CI", "1")
        .env("NUNCIO_MUTANTS", options.count.to_string())
        .env("NUNCIO_SEED", options.seed.to_string());
    run(&mut command)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed with {status}");
    }
    Ok(())
}
