//! A token of `SoftHSM2` in a folder of its own, and the troubles that it can be given.
//!
//! The tests of the binary use it too, by its path.

#![allow(dead_code, reason = "each crate's tests use what they need of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian and Fedora put the module.
const LIBRARIES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];
/// Names the folder of the token in the process of a scenario, and to the library that gives trouble.
pub(crate) const FOLDER: &str = "NUNCIO_TEST_TOKEN";
pub(crate) const PIN: &str = "31415926";

/// The module, where it is installed. CI must have it.
pub(crate) fn library() -> Option<PathBuf> {
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
    pub(crate) folder: PathBuf,
    pub(crate) library: PathBuf,
}

impl Token {
    /// A new token in a folder; nothing where the module is not installed.
    pub(crate) fn make(folder: &Path) -> Option<Self> {
        let library = library()?;
        let tokens = folder.join("tokens");
        fs::create_dir(&tokens).unwrap();
        let token = Self { folder: folder.to_owned(), library };
        let settings = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
        fs::write(token.settings(), settings).unwrap();
        token.write_pin(PIN);
        token.initialise(PIN);
        Some(token)
    }

    /// Makes an empty token under the label of all of them.
    pub(crate) fn initialise(&self, pin: &str) {
        let output = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "nuncio test", "--pin", pin])
            .args(["--so-pin", "27182818"])
            .env("SOFTHSM2_CONF", self.settings())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Where the module reads where its tokens are.
    pub(crate) fn settings(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

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
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/tests/it/troubled.c");
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
        fs::write(self.folder.join("pin"), format!("{pin}\n")).unwrap();
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
