//! The pages of the gateway's codes: what each means, who is at fault, and what to do.
//!
//! The texts are those of `docs/codes`. A running gateway shows them under `/codes/<CODE>`, where
//! the `type` of a problem leads.

/// The page of a code, in Markdown, if it is one of the gateway's.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// All codes of the gateway, in order.
pub fn all() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

macro_rules! pages {
    ($($code:literal)*) => {
        &[$(($code, include_str!(concat!("../../../docs/codes/", $code, ".md")))),*]
    };
}

const PAGES: &[(&str, &str)] = pages![
    "GTW001" "GTW002" "GTW003" "GTW004" "GTW005" "GTW006" "GTW007" "GTW008" "GTW009" "GTW010"
    "GTW011" "GTW012" "GTW013" "GTW014" "GTW015" "GTW016" "GTW017" "GTW018" "GTW019" "GTW020"
    "GTW021" "GTW022" "GTW023" "GTW024"
    "GTW030" "GTW031" "GTW032" "GTW033" "GTW034" "GTW035" "GTW036" "GTW037" "GTW038" "GTW039"
    "GTW040" "GTW041"
    "GTW050" "GTW051" "GTW052" "GTW053" "GTW054" "GTW055"
    "GTW080"
    "GTW085" "GTW086" "GTW087" "GTW088" "GTW089"
    "GTW060" "GTW061"
    "GTW065" "GTW066"
    "GTW070" "GTW071" "GTW072"
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every code in the sources, outside tests and this list.
    fn used() -> BTreeSet<String> {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut codes = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("codes.rs") && !path.ends_with("tests.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                    let found =
                        text.match_indices("\"GTW").filter_map(|(at, _)| text.get(at + 1..at + 7));
                    codes.extend(found.map(ToOwned::to_owned));
                }
            }
        }
        codes
    }

    #[test]
    fn every_code_has_a_page_and_every_page_a_code() {
        let pages: BTreeSet<String> = all().map(ToOwned::to_owned).collect();
        assert_eq!(pages, used());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap());
        let files: BTreeSet<String> = names
            .filter_map(|name| name.strip_suffix(".md").map(ToOwned::to_owned))
            .filter(|code| code.starts_with("GTW"))
            .collect();
        assert_eq!(pages, files);
    }

    #[test]
    fn every_page_says_who_is_at_fault_and_what_to_do() {
        for code in all() {
            let page = page(code).unwrap();
            assert!(page.starts_with(&format!("# {code}: ")), "{code}");
            for part in ["**At fault:**", "**What to do:**", "**Example:**"] {
                assert!(page.contains(part), "{code} lacks {part}");
            }
        }
    }

    fn docs(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    #[test]
    fn the_docs_name_every_path() {
        let docs = docs("rest.md");
        let source = include_str!("rest/mod.rs");
        let paths: Vec<&str> =
            source.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(paths.len() > 8);
        for path in paths {
            assert!(docs.contains(&format!("{path}`")), "docs/rest.md lacks {path}");
        }
    }

    #[test]
    fn the_docs_name_every_setting() {
        let docs = docs("gateway.md");
        let source = include_str!("config.rs");
        let written = source.split("struct Written {").nth(1).unwrap().split("\n}").next().unwrap();
        let files = source.split("pub struct Files {").nth(1).unwrap().split("\n}").next().unwrap();
        let field = |line: &str| {
            let name = line.trim().trim_start_matches("pub ").split_once(": ")?.0.to_owned();
            Some(name)
                .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        };
        let settings: Vec<String> =
            written.lines().chain(files.lines()).filter_map(field).collect();
        assert!(settings.len() > 15);
        for setting in settings {
            let known =
                docs.contains(&format!("`{setting}`")) || docs.contains(&format!("`[{setting}"));
            assert!(known, "docs/gateway.md lacks {setting}");
        }
    }
}
