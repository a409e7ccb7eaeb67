//! `cargo xtask deps`: the policy for dependencies, held against `cargo metadata`.
//!
//! Every crate comes from the public registry, has a licence that permits what ours permits, and is
//! none of those that are banned. Every direct dependency stands in the workspace manifest.
//! Advisories are not looked up: their database is no part of this repository; who has it at hand
//! runs `cargo deny check advisories`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::ci::output;

/// Licences that may be linked. A crate needs one choice of which every part is listed.
const LICENCES: [&str; 14] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "MIT-0",
    "Unlicense",
    "Unicode-3.0",
    "CDLA-Permissive-2.0",
    "OpenSSL",
];

/// Crates that stay out, and why.
const BANNED: [(&str, &str); 4] = [
    ("openssl", "TLS is rustls with aws-lc-rs, one implementation only"),
    ("ring", "aws-lc-rs is the one provider of cryptography"),
    ("native-tls", "TLS is rustls with aws-lc-rs, one implementation only"),
    ("quick-xml", "versions below 0.41 have advisories, and crate mx reads XML"),
];

/// Checks the policy.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let text = output("cargo", &["metadata", "--format-version", "1", "--locked"], root)?;
    let metadata: Value = serde_json::from_str(&text)?;
    let packages = metadata["packages"].as_array().context("metadata has packages")?;
    let used = used(root)?;
    let mut wrong = Vec::new();
    let mut seen = 0;
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let version = package["version"].as_str().unwrap_or_default();
        let Some(source) = package["source"].as_str() else { continue };
        if !used.contains(&format!("{name} v{version}")) {
            continue;
        }
        seen += 1;
        if !source.starts_with("registry+") {
            wrong.push(format!("{name} comes from {source}, not from the registry"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            wrong.push(format!("{name} is banned: {why}"));
        }
        let licence = package["license"].as_str().unwrap_or("no licence");
        if !permitted(licence) {
            wrong.push(format!("{name} has the licence '{licence}', which is not permitted"));
        }
    }
    wrong.extend(outside_the_manifest(packages));
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    eprintln!("{seen} crates from the registry, all permitted");
    Ok(())
}

/// What is really built on some platform: the lock file also names what no feature asks for.
fn used(root: &Path) -> anyhow::Result<BTreeSet<String>> {
    let tree = output(
        "cargo",
        &["tree", "--locked", "--workspace", "--target", "all", "--prefix", "none", "-f", "{p}"],
        root,
    )?;
    let package = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().map(package).collect())
}

/// Whether an SPDX expression leaves a choice of which every part is permitted.
///
/// `OR` binds weaker than `AND`; parentheses are read, and `/` is the old form of `OR`.
fn permitted(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let permitted = any(&words, &mut at);
    permitted && at == words.len()
}

fn any(words: &[&str], at: &mut usize) -> bool {
    let mut permitted = all(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        permitted |= all(words, at);
    }
    permitted
}

fn all(words: &[&str], at: &mut usize) -> bool {
    let mut permitted = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        permitted &= one(words, at);
    }
    permitted
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let permitted = any(words, at);
        *at += 1;
        return permitted;
    }
    let mut licence = (*word).to_owned();
    if let [Some(&"WITH"), Some(exception)] = [words.get(*at), words.get(*at + 1)] {
        licence = format!("{licence} WITH {exception}");
        *at += 2;
    }
    LICENCES.contains(&licence.as_str())
}

/// Direct dependencies of ours that do not come through the workspace manifest.
fn outside_the_manifest(packages: &[Value]) -> Vec<String> {
    let ours = packages.iter().filter(|package| package["source"].is_null());
    let mut wrong = BTreeSet::new();
    for package in ours {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let Ok(text) = std::fs::read_to_string(manifest) else { continue };
        let mut in_dependencies = false;
        for line in text.lines() {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies
                && line.contains('=')
                && !line.starts_with('#')
                && !line.contains("workspace = true")
            {
                wrong.insert(format!("{manifest}: '{line}' is not in the workspace manifest"));
            }
        }
    }
    wrong.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::permitted;

    #[test]
    fn a_choice_with_one_permitted_licence_is_permitted() {
        assert!(permitted("MIT OR GPL-3.0"));
        assert!(permitted("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"));
        assert!(permitted("ISC AND (Apache-2.0 OR ISC)"));
        assert!(permitted("MIT/Apache-2.0"));
    }

    #[test]
    fn a_part_that_is_not_permitted_spoils_the_whole() {
        assert!(!permitted("MIT AND GPL-3.0"));
        assert!(!permitted("(MIT OR ISC) AND AGPL-3.0"));
        assert!(!permitted("GPL-3.0"));
        assert!(!permitted("no licence"));
    }
}
