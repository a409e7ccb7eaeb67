//! The log as somebody else's code sees it: `tests/independent-log`, a program in Go with the
//! packages that check Go's own checksum database. `cargo xtask independent` builds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cheats::{History, Place};
use crate::net::run;
use crate::witnesses::Witnessed;

/// The program, where it was built. CI must have it.
#[expect(clippy::print_stdout, reason = "a test says what it leaves out")]
fn program() -> Option<PathBuf> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/independent/check");
    if built.exists() {
        return Some(built);
    }
    assert!(std::env::var_os("CI").is_none(), "'cargo xtask independent' has not run");
    println!("skipped: the log in Go's eyes ('cargo xtask independent' builds what it needs)");
    None
}

/// What the program says of a log, and whether it believes it.
fn check(program: &Path, keys: &str, log: &str, seen: &str) -> (bool, String) {
    let mut command = Command::new(program);
    let output = command.args(["-keys", keys, "-log", log, "-seen", seen]).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), said)
}

#[test]
fn a_running_hub_and_its_mirror_verify_with_the_code_of_others() {
    let Some(program) = program() else { return };
    let it = Witnessed::start();
    let keys = it.keys();
    let first = it.delivered(1);
    it.renew(first.to_str().unwrap());
    let (log, seen) = (it.log(), it.net.path("seen").display().to_string());
    assert!(run(&["checkpoint", "show", &log, "--key", &keys, "--to", &seen]).status.success());
    for number in 2..40 {
        it.delivered(number);
    }
    let second = it.delivered(40);
    it.renew(second.to_str().unwrap());
    let (believed, said) = check(&program, &keys, &log, &seen);
    assert!(believed && said.contains("continues"), "{said}");
    assert!(said.contains("2 cosignatures") || said.contains("3 cosignatures"), "{said}");
    let copy = it.net.path("copy").display().to_string();
    assert!(run(&["log", "mirror", &log, "--key", &keys, "--to", &copy]).status.success());
    let (believed, said) = check(&program, &keys, &copy, &seen);
    assert!(believed, "{said}");
}

#[test]
fn logs_of_all_shapes_verify_with_the_code_of_others() {
    let Some(program) = program() else { return };
    let place = Place::new();
    let keys = place.text("network.keys");
    // At 65,537 entries the tree has three levels of tiles.
    for length in [1, 2, 255, 256, 257, 513, 65_537] {
        let log = place.show(&format!("log-{length}"), &History::of(length));
        let (believed, said) = check(&program, &keys, &log, &place.text("log-1.note"));
        assert!(believed && said.contains(&format!("{length} entries")), "{said}");
    }
    let (_, said) = check(&program, &keys, &place.text("log-65537"), &place.text("log-513.note"));
    assert!(said.contains("continues 513 entries"), "{said}");
}

#[test]
fn the_code_of_others_refuses_what_is_altered() {
    let Some(program) = program() else { return };
    let place = Place::new();
    let keys = place.text("network.keys");
    let log = place.show("log", &History::of(600));
    let seen = place.text("log.note");
    for file in [
        "checkpoint",
        "tile/0/000",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/002.p/88",
    ] {
        let path = place.path("log").join(file);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[5] ^= 1;
        fs::write(&path, bad).unwrap();
        let (believed, said) = check(&program, &keys, &log, &seen);
        assert!(!believed && said.contains("refused"), "{file}: {said}");
        fs::write(&path, good).unwrap();
    }
    let mut other = History::of(700);
    other.0[10].body = trust::Digest::of(b"another message");
    other.chain();
    let other = place.show("other", &other);
    let (believed, said) = check(&program, &keys, &other, &seen);
    assert!(!believed, "{said}");
    assert!(check(&program, &keys, &log, &seen).0);
}
