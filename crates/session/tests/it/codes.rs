//! Every code of the link has a page, and every page a code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use session::Ending;

#[test]
fn every_code_has_its_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    let pages: BTreeSet<String> = fs::read_dir(&folder)
        .expect("docs/codes is part of the repository")
        .map(|entry| entry.expect("the folder can be read").file_name())
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".md")?.to_owned()))
        .filter(|name| name.starts_with("LNK"))
        .collect();
    let codes: BTreeSet<String> = Ending::CODES.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(codes.len(), Ending::CODES.len(), "no code is used twice");
    assert_eq!(pages, codes);
    for code in codes {
        let page = fs::read_to_string(folder.join(format!("{code}.md"))).expect("listed above");
        assert!(page.starts_with(&format!("# {code}: ")), "{code} has another title");
        for heading in ["**At fault:**", "**What to do:**", "**Example:**"] {
            assert!(page.contains(heading), "{code} lacks {heading}");
        }
    }
}
