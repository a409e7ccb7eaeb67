//! Keys in a real module: `SoftHSM2`, a token in software that speaks PKCS#11 as hardware does.
//!
//! The module reads where its tokens are from the environment when it starts, so each scenario runs
//! in a process of its own: the test makes a token, starts itself again for one scenario, and looks
//! at how that ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]
#![expect(clippy::indexing_slicing, reason = "a test that cannot go on must stop")]
#![expect(clippy::print_stdout, reason = "a test says what it leaves out")]

mod scenarios;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian and Fedora put the module.
const LIBRARIES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];
/// Names the folder of the token in the process of a scenario.
const FOLDER: &str = "NUNCIO_TEST_TOKEN";
pub(crate) const PIN: &str = "31415926";

/// The module, where it is installed. CI must have it.
fn library() -> Option<PathBuf> {
    let found = LIBRARIES.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "SoftHSM2 is not installed; 'cargo xtask softhsm' installs it on Debian"
        );
        println!("skipped: SoftHSM2 is not installed ('cargo xtask softhsm')");
    }
    found
}

/// The token of a scenario: its folder, as the process that plays it sees it.
#[derive(Debug)]
pub(crate) struct Token {
    folder: PathBuf,
    library: PathBuf,
}

impl Token {
    /// The URI of a key in the token.
    pub(crate) fn uri(&self, object: &str) -> keys::Uri {
        let (token, object) = ("nuncio test".parse().unwrap(), object.parse().unwrap());
        keys::Uri::new(token, object, &self.library, &self.folder.join("pin"))
    }

    /// A file of a key that is in the token.
    pub(crate) fn key_file(&self, object: &str) -> PathBuf {
        let path = self.folder.join(format!("{object}.key"));
        fs::write(&path, format!("{}\n", self.uri(object))).unwrap();
        path
    }

    /// The same token through a library that gives trouble, as `troubled.c` says; nothing where no
    /// compiler of C is there. CI must have one.
    pub(crate) fn troubled(&self) -> Option<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/troubled.c");
        let library = self.folder.join("libtroubled.so");
        let real = format!("-DLIBRARY=\"{}\"", self.library.display());
        let mut compiler = Command::new("cc");
        compiler
            .args(["-shared", "-fPIC", "-O1", &real, "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ldl");
        let Ok(output) = compiler.output() else {
            assert!(std::env::var_os("CI").is_none(), "no compiler of C is installed");
            println!("skipped: no compiler of C is installed");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(Self { folder: self.folder.clone(), library })
    }

    /// Begins or ends a trouble.
    pub(crate) fn trouble(&self, name: &str, begins: bool) {
        let path = self.folder.join(name);
        if begins { fs::write(path, "").unwrap() } else { fs::remove_file(path).unwrap() }
    }

    /// Writes another PIN into the file that the URIs name.
    pub(crate) fn write_pin(&self, pin: &str) {
        fs::write(self.folder.join("pin"), pin).unwrap();
    }

    /// Pulls the token out.
    pub(crate) fn remove(&self) {
        fs::rename(self.folder.join("tokens"), self.folder.join("removed")).unwrap();
        fs::create_dir(self.folder.join("tokens")).unwrap();
    }

    /// Plugs it in again.
    pub(crate) fn bring_back(&self) {
        fs::remove_dir(self.folder.join("tokens")).unwrap();
        fs::rename(self.folder.join("removed"), self.folder.join("tokens")).unwrap();
    }
}

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
    let settings = prepare(folder.path());
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("scenarios::{name}"), "--nocapture"])
        .env(FOLDER, folder.path())
        .env("SOFTHSM2_CONF", settings)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("the scenario was played"), "the scenario {name} was not found: {said}");
}

/// Makes a token with a PIN.
fn prepare(folder: &Path) -> PathBuf {
    let (tokens, settings) = (folder.join("tokens"), folder.join("softhsm2.conf"));
    fs::create_dir(&tokens).unwrap();
    fs::write(
        &settings,
        format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()),
    )
    .unwrap();
    fs::write(folder.join("pin"), format!("{PIN}\n")).unwrap();
    let output = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "nuncio test", "--pin", PIN])
        .args(["--so-pin", "27182818"])
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    settings
}
