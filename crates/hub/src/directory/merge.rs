//! An imported file becomes part of `directory.toml`: its entries replace those of the same name, and
//! all else stays as it was written, comments too.

use std::collections::BTreeSet;

use super::written::{self, Place};

/// The file with other entries. Nothing where an entry to be replaced does not stand under a header
/// of its own (`[[institution]]`).
pub(super) fn merge(old: &str, new: &str) -> Option<String> {
    let replaced: BTreeSet<(String, String)> =
        written::read(new).places.into_iter().map(|it| (it.kind, it.name)).collect();
    let mut places = written::read(old).places;
    places.sort_by_key(|it| it.start);
    let mut headers = Vec::with_capacity(places.len());
    for place in &places {
        headers.push(header(old, place)?);
    }
    let mut text = String::with_capacity(old.len() + new.len());
    let mut kept = 0;
    for (at, place) in places.iter().enumerate() {
        if !replaced.contains(&(place.kind.clone(), place.name.clone())) {
            continue;
        }
        let start = *headers.get(at)?;
        let end = headers.get(at + 1).copied().unwrap_or(old.len());
        text.push_str(old.get(kept..start)?);
        kept = start + body(old.get(start..end)?);
    }
    text.push_str(old.get(kept..)?);
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
    }
    text.push_str(new);
    Some(text)
}

/// Where the header of an entry begins: it is the last one at or before its first key.
fn header(text: &str, place: &Place) -> Option<usize> {
    let wanted = format!("[[{}]]", place.kind);
    let mut end = text.get(place.start..)?.find('\n').map_or(text.len(), |at| place.start + at);
    loop {
        let start = text.get(..end)?.rfind('\n').map_or(0, |at| at + 1);
        let line: String = text.get(start..end)?.chars().filter(|it| !it.is_whitespace()).collect();
        if line.starts_with(&wanted) {
            return Some(start);
        }
        if start == 0 || line.starts_with("[[") {
            return None;
        }
        end = start - 1;
    }
}

/// How many bytes of a piece belong to its entry: blank lines and comments at the end belong to what
/// comes after it.
fn body(piece: &str) -> usize {
    let mut length = 0;
    let mut end = 0;
    for line in piece.split_inclusive('\n') {
        end += line.len();
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            length = end;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# Ours.\n\n[[institution]] # the first\nbic = \"ALPHDEFF\"\nname = \"Alpha\"\n\
                       \n# The second.\n[[institution]]\nname = \"Banque B\"\nbic = \"BANKFRPP\"\n\
                       \n[[service]]\nname = \"payments\"\ntypes = [\"*\"]\n\
                       [service.late_after_s]\nurgent = 1\n";

    #[test]
    fn entries_of_the_same_name_are_replaced_and_the_rest_stays() {
        let new = "[[institution]]\nbic = \"ALPHDEFF\"\nname = \"Alpha Bank\"\n";
        let merged = merge(OLD, new).unwrap();
        assert_eq!(
            merged,
            "# Ours.\n\n\n# The second.\n[[institution]]\nname = \"Banque B\"\nbic = \"BANKFRPP\"\n\
             \n[[service]]\nname = \"payments\"\ntypes = [\"*\"]\n\
             [service.late_after_s]\nurgent = 1\n\n\
             [[institution]]\nbic = \"ALPHDEFF\"\nname = \"Alpha Bank\"\n"
        );
    }

    #[test]
    fn a_service_goes_with_its_tables() {
        let new = "[[service]]\nname = \"payments\"\ntypes = [\"pacs.*\"]\n";
        let merged = merge(OLD, new).unwrap();
        assert!(!merged.contains("late_after_s") && merged.contains("The second"), "{merged}");
        assert_eq!(written::read(&merged).places.len(), 3);
    }

    #[test]
    fn entries_without_headers_are_not_touched() {
        let old = "institution = [{ bic = \"ALPHDEFF\", name = \"Alpha\" }]\n";
        assert_eq!(merge(old, "[[institution]]\nbic = \"BANKFRPP\"\nname = \"B\"\n"), None);
    }
}
