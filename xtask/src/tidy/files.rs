//! Sizes of files, how they begin, and words that have another name here.

use std::path::{Path, PathBuf};

use crate::ci::output;

/// The greatest length of a file of code, tests apart.
const LINES_MAX: usize = 800;

/// Words that this project does not use in names, and what it says instead.
const WORDS: [(&str, &str); 5] = [
    ("Manager", "say what it does"),
    ("Helper", "say what it does"),
    ("unwrap()", "`expect` with the reason why it cannot fail"),
    ("Other(String)", "a variant for each operation"),
    ("#[ignore", "a slow test has its own command"),
];

/// What is wrong with the files that git knows.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for path in tracked(root, "*.rs")? {
        let Ok(text) = std::fs::read_to_string(root.join(&path)) else { continue };
        let name = path.display();
        let code = without_tests(&path, &text);
        if !code.is_empty() && !text.starts_with("//!") {
            wrong.push(format!("{name} does not begin with what it is"));
        }
        let lines = code.lines().count();
        if lines > LINES_MAX {
            wrong.push(format!("{name} has {lines} lines of code, {LINES_MAX} at most"));
        }
        let is_this_file = path.ends_with("tidy/files.rs");
        for (word, instead) in WORDS {
            if code.contains(word) && !is_this_file {
                wrong.push(format!("{name} uses `{word}`: {instead}"));
            }
        }
    }
    Ok(wrong)
}

/// The files of a pattern that git tracks.
pub(super) fn tracked(root: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let list = output("git", &["ls-files", "--", pattern], root)?;
    Ok(list.lines().map(PathBuf::from).filter(|path| root.join(path).exists()).collect())
}

/// The code of a file up to its tests; nothing of a file of tests.
fn without_tests<'a>(path: &Path, text: &'a str) -> &'a str {
    let is_test = path.components().any(|part| {
        matches!(
            part.as_os_str().to_str(),
            Some("tests" | "tests.rs" | "script" | "script.rs" | "benches" | "fuzz")
        )
    });
    if is_test {
        return "";
    }
    text.split_once("#[cfg(test)]\nmod ").map_or(text, |(code, _tests)| code)
}
