//! Each code has its page, and each page its code.

use std::collections::BTreeSet;
use std::path::Path;

use journal::CODES;

#[test]
fn each_code_has_a_page_and_each_page_a_code() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    let found: BTreeSet<String> = std::fs::read_dir(pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name.starts_with("JNL"))
        .collect();
    let codes: BTreeSet<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(codes.len(), CODES.len(), "a code is used twice");
    assert_eq!(found, codes);
}
