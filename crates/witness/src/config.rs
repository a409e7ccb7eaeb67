//! The settings of a witness: `witness.toml` in its folder.
//!
//! ```toml
//! name = "witness.example/w1"
//! listen = "127.0.0.1:7500"
//!
//! [[log]]
//! origin = "nuncio/demo/0"
//! keys = ["nuncio/demo/0+6786d5c2+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"]
//! ```

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use trust::{Digest, VerifierKey};

use crate::error::Error;

/// The settings of a witness.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that everything else is in.
    pub folder: PathBuf,
    /// The name under which it cosigns.
    pub name: String,
    /// Where logs submit their checkpoints; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The logs that it follows.
    pub logs: Vec<LogEntry>,
}

/// A log that a witness follows.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// The first line of its checkpoints.
    pub origin: String,
    /// The keys of which one must have signed them.
    pub keys: Vec<VerifierKey>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    listen: SocketAddr,
    #[serde(default)]
    log: Vec<WrittenLog>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLog {
    origin: String,
    keys: Vec<String>,
}

impl Config {
    /// The name of the settings file.
    pub const FILE: &'static str = "witness.toml";

    /// Reads the settings in a folder.
    ///
    /// # Errors
    ///
    /// A missing or malformed file, with its name.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(Self::FILE);
        let text = fs::read_to_string(&path)
            .map_err(|source| Error::Read { path: path.clone(), source })?;
        let written: Written = toml::from_str(&text)
            .map_err(|source| Error::Settings { path: path.clone(), source: Box::new(source) })?;
        let mut logs = Vec::with_capacity(written.log.len());
        for log in written.log {
            let keys: Result<Vec<VerifierKey>, _> =
                log.keys.iter().map(|key| key.parse()).collect();
            let origin = log.origin;
            let keys = keys.map_err(|source| Error::LogKey {
                path: path.clone(),
                origin: origin.clone(),
                source,
            })?;
            logs.push(LogEntry { origin, keys });
        }
        let Written { name, listen, .. } = written;
        Ok(Self { folder: folder.to_owned(), name, listen, logs })
    }

    /// The settings as they are written.
    ///
    /// # Panics
    ///
    /// Never: texts and lists have a form in TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let log = |log: &LogEntry| WrittenLog {
            origin: log.origin.clone(),
            keys: log.keys.iter().map(ToString::to_string).collect(),
        };
        let log = self.logs.iter().map(log).collect();
        let written = Written { name: self.name.clone(), listen: self.listen, log };
        toml::to_string(&written).expect("texts and lists have a form in TOML")
    }

    /// The file of the witness's key.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.folder.join("witness.key")
    }

    /// The file that holds the last cosigned checkpoint of a log.
    #[must_use]
    pub fn state(&self, origin: &str) -> PathBuf {
        // An origin can hold any characters; its digest is a name of a file everywhere.
        let digest = Digest::of(origin.as_bytes()).to_string();
        let short = digest.get(..16).unwrap_or(&digest);
        self.folder.join("state").join(format!("{short}.checkpoint"))
    }

    /// The file that tells where a running witness listens.
    #[must_use]
    pub fn address(&self) -> PathBuf {
        self.folder.join("witness.address")
    }
}
