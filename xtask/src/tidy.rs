//! `cargo xtask tidy`: what no compiler checks: the edges between crates, the purity of those that
//! promise it, the sizes of files, the pages of codes, and the words that this project does not use.

mod codes;
mod edges;
mod files;
mod links;

use std::path::Path;

use anyhow::bail;

/// Runs all of it and tells everything that is wrong at once.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let mut wrong = edges::check(root)?;
    wrong.extend(edges::check_purity(root)?);
    wrong.extend(files::check(root)?);
    wrong.extend(codes::check(root)?);
    wrong.extend(links::check(root)?);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    eprintln!("edges, purity, files, codes and links are as they should be");
    Ok(())
}
