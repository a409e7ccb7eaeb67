//! Each code has one page, and each page begins with its code.
//!
//! Which codes exist is checked by each crate's own tests, since only they know; this checks that
//! the pages are in form and that none is empty.

use std::path::Path;

use super::files::tracked;

/// What is wrong with the pages of codes.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for path in tracked(root, "docs/codes/*.md")? {
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if matches!(code.as_str(), "README" | "index") {
            continue;
        }
        let text = std::fs::read_to_string(root.join(&path))?;
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with(&format!("# {code}")) {
            wrong.push(format!("{} does not begin with '# {code}'", path.display()));
        }
        if text.lines().filter(|line| !line.trim().is_empty()).count() < 3 {
            wrong.push(format!("{} says nothing", path.display()));
        }
    }
    Ok(wrong)
}
