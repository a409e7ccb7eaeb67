//! Keys in a real module: `SoftHSM2`, a token in software that speaks PKCS#11 as hardware does.
//!
//! The module reads where its tokens are from the environment when it starts, so each scenario runs
//! in a process of its own: the test makes a token, starts itself again for one scenario, and looks
//! at how that ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "a test says what it leaves out")]

mod scenarios;
mod token;

use std::process::Command;

use self::token::{FOLDER, library};
pub(crate) use self::token::{PIN, Token};

/// Plays a scenario: in the first process it makes the token and starts the second; in the second it
/// gives the token to the scenario.
#[track_caller]
pub(crate) fn play(name: &str, scenario: impl Fn(&Token)) {
    let Some(library) = library() else { return };
    if let Some(folder) = std::env::var_os(FOLDER) {
        scenario(&Token { folder: folder.into(), library });
        println!("the scenario was played");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(token) = Token::make(folder.path()) else { return };
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("scenarios::{name}"), "--nocapture"])
        .env(FOLDER, folder.path())
        .env("SOFTHSM2_CONF", token.settings())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("the scenario was played"), "the scenario {name} was not found: {said}");
}
