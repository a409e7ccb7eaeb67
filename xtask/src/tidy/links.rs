//! Links from one page of the project to another lead somewhere.

use std::path::Path;

use super::files::tracked;

/// Relative links in Markdown that lead nowhere.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for path in tracked(root, "*.md")? {
        let text = std::fs::read_to_string(root.join(&path))?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        for target in targets(&text) {
            let file = target.split_once('#').map_or(target, |(file, _anchor)| file);
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            if !root.join(folder).join(file).exists() {
                wrong.push(format!("{} links to {target}, which is not there", path.display()));
            }
        }
    }
    Ok(wrong)
}

/// The targets of `[text](target)` outside fenced code.
fn targets(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let mut rest = line;
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, after)) = after.split_once(')') else { break };
            targets.push(target);
            rest = after;
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn links_in_fenced_code_are_no_links() {
        assert_eq!(targets("[a](b.md) [c](d)\n```\n[x](y)\n```\n"), ["b.md", "d"]);
    }
}
