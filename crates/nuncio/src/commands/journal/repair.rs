//! `nuncio journal repair`: mends a journal with copies of it, and checks what came of it.

use std::process::ExitCode;

use journal::Directory;
use journal::repair::repair;

use super::{check, failure};
use crate::cli::{JournalRepair, Output};
use crate::exit::{self, Failure};
use crate::output;

pub(super) fn run(options: &JournalRepair, output: Output) -> Result<ExitCode, Failure> {
    let copies: Vec<Directory> = options.copies.iter().map(|copy| Directory::new(copy)).collect();
    let done = repair(&Directory::new(&options.dir), &copies).map_err(failure)?;
    let left = match done.left {
        Some(damage) => Some(damage),
        // Mending looks at what it can mend; this looks at everything.
        None => check(&options.dir, true)?.damage,
    };
    match output {
        Output::Json => output::json(&serde_json::json!({
            "mended": done.mended.iter().map(|mended| serde_json::json!({
                "file": mended.file, "groups": mended.groups, "kept": mended.kept,
            })).collect::<Vec<_>>(),
            "damage": left.as_ref().map(ToString::to_string),
        })),
        Output::Table => {
            for mended in &done.mended {
                let kept = mended.kept.as_ref().map_or_else(
                    || "it was missing".to_owned(),
                    |kept| format!("the damaged file is {kept}"),
                );
                output::line(&format!(
                    "{}: mended, {} groups from copies; {kept}",
                    mended.file, mended.groups
                ));
            }
            if left.is_none() {
                output::line("the journal is sound");
            }
        }
    }
    match left {
        None => Ok(ExitCode::SUCCESS),
        Some(damage) => Err(Failure::said(
            exit::INVALID,
            format!("no copy has what is damaged here: {damage} (docs/codes/JNL007.md)"),
        )),
    }
}
