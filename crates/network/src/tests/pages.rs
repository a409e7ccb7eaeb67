//! The scenarios in `docs/network`: what the pages say that the machine answers, it answers.
//!
//! A block marked `script` is played in a network of two members whose keys are good for 400 days;
//! the block marked `said` after it is compared. `UPDATE_EXPECT=1` writes the answers anew.

use std::path::Path;

use crate::script::Stage;

const SCRIPT: &str = "```script\n";
const SAID: &str = "```said\n";
const END: &str = "```\n";

/// A page with every answer made anew, and how many there are.
fn played(page: &str) -> (String, usize) {
    let mut parts = page.split(SCRIPT);
    let mut made = parts.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for part in parts {
        let (script, rest) = part.split_once(END).expect("a script ends");
        let (between, rest) = rest.split_once(SAID).expect("an answer follows a script");
        let (_, rest) = rest.split_once(END).expect("an answer ends");
        let mut stage = Stage::over_days();
        stage.play(script);
        let said = &stage.said;
        made.push_str(&format!("{SCRIPT}{script}{END}{between}{SAID}{said}{END}{rest}"));
        count += 1;
    }
    (made, count)
}

#[test]
fn the_machine_answers_as_the_pages_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/network");
    let mut scenarios = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        let (made, count) = played(&page);
        scenarios += count;
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &made).unwrap();
        } else {
            assert_eq!(page, made, "{}", path.display());
        }
    }
    assert!(scenarios >= 8, "the pages have scenarios");
}
