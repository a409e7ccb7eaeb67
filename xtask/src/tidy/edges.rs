//! Which crate may depend on which, and which crates are pure.
//!
//! The table is the design; `cargo metadata` is the truth; this compares them in both directions,
//! so that an edge that is not needed any more leaves the table too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use crate::ci::output;

/// The normal dependencies of each crate on others of ours.
const EDGES: [(&str, &[&str]); 20] = [
    ("iso", &[]),
    ("mx", &["iso"]),
    ("mt", &["iso"]),
    ("document", &["iso", "mt", "mx"]),
    ("trust", &["iso"]),
    ("keys", &["trust"]),
    ("witness", &["keys", "trust"]),
    ("journal", &["trust"]),
    ("files", &["iso", "trust"]),
    ("network", &["iso", "trust"]),
    ("archive", &["iso", "journal", "network", "trust"]),
    ("wire", &[]),
    ("session", &["iso", "network", "trust", "wire"]),
    (
        "hub",
        &[
            "archive", "document", "files", "iso", "journal", "keys", "network", "session",
            "trust", "wire",
        ],
    ),
    ("gateway", &["document", "files", "iso", "keys", "session", "trust", "wire"]),
    ("load", &["document", "gateway", "iso", "session", "trust", "wire"]),
    (
        "nuncio",
        &[
            "archive", "document", "gateway", "hub", "iso", "journal", "keys", "load", "mt", "mx",
            "network", "trust", "witness",
        ],
    ),
    (
        "sim",
        &["document", "gateway", "hub", "iso", "journal", "network", "session", "trust", "wire"],
    ),
    ("power", &[]),
    ("xtask", &["mx"]),
];

/// Crates without input, output, clocks, threads or async.
const PURE: [&str; 7] = ["iso", "mx", "mt", "document", "trust", "network", "session"];

/// What a pure crate never has below it.
const IMPURE: [&str; 5] = ["tokio", "mio", "socket2", "rustix", "redb"];

/// Edges that are in the table but not in the manifests, or the other way round.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let text = output(
        "cargo",
        &["metadata", "--format-version", "1", "--no-deps", "--offline", "--locked"],
        root,
    )?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("metadata has packages")?;
    let names: BTreeSet<&str> =
        packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        let name = package["name"].as_str().context("a package has a name")?;
        let dependencies = package["dependencies"].as_array().context("a package lists them")?;
        let ours = dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|dependency| names.contains(dependency));
        found.insert(name, ours.collect());
    }
    let table: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(name, edges)| (*name, edges.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for name in found.keys().chain(table.keys()).collect::<BTreeSet<_>>() {
        let nothing = BTreeSet::new();
        let (has, may) = (found.get(name).unwrap_or(&nothing), table.get(name).unwrap_or(&nothing));
        if !table.contains_key(name) {
            wrong.push(format!("crate {name} is not in the table of edges"));
        }
        wrong.extend(has.difference(may).map(|to| format!("edge {name} -> {to} is not allowed")));
        wrong.extend(may.difference(has).map(|to| format!("edge {name} -> {to} is not used")));
    }
    Ok(wrong)
}

/// Pure crates that have something impure below them; `hub` is the control that must have it.
pub(super) fn check_purity(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for name in PURE {
        let below = below(name, root)?;
        wrong.extend(
            IMPURE
                .iter()
                .filter(|impure| below.contains(**impure))
                .map(|impure| format!("crate {name} promises purity, but has {impure} below it")),
        );
    }
    if !below("hub", root)?.contains("tokio") {
        wrong.push("the control failed: hub is not seen to depend on tokio".to_owned());
    }
    Ok(wrong)
}

/// The names of all crates below one.
fn below(name: &str, root: &Path) -> anyhow::Result<BTreeSet<String>> {
    let tree = output(
        "cargo",
        &["tree", "--locked", "-e", "normal", "-p", name, "--prefix", "none", "--format", "{p}"],
        root,
    )?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}
