//! The settings of a hub: `hub.toml` in its folder, and where everything in that folder lies.
//!
//! It reads files and checks their form; it opens no socket and no journal.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ::keys::Pair;
use document::Profile;
use serde::Deserialize;
use trust::NetworkName;

use crate::error::Error;
use crate::files::Settings as FileSettings;

/// The settings of a hub.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that everything else is in.
    pub folder: PathBuf,
    /// The network that this hub serves.
    pub network: NetworkName,
    /// Where gateways connect; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where readers of the public log connect; nowhere without it.
    pub log_listen: Option<SocketAddr>,
    /// The addresses of the witnesses that are asked to cosign, as `http://host:port`.
    pub witnesses: Vec<String>,
    /// How large a message may be, in bytes.
    pub message_bytes_max: usize,
    /// The rules above the schema that ISO 20022 messages keep.
    pub profile: Profile,
    /// How many bytes a segment of the journal has.
    pub segment_bytes: u64,
    /// After how many days segments of the journal are compressed and moved to its archive; never
    /// without it.
    pub archive_after_days: Option<u32>,
    /// The folder of the backup whose last proof the hub's health tells of, if it is to.
    pub backup: Option<PathBuf>,
    /// After how many days a backup that no drill has proven again makes the hub degraded.
    pub backup_proven_days_max: u32,
    /// How many messages of one terminal may wait for an answer.
    pub window: u32,
    /// What it takes of files that messages announce.
    pub files: FileSettings,
    /// Whether to keep an archive, in which messages are found by their names.
    pub retrieval: bool,
    /// Whether to measure where the processor time goes, and to write it to `steps.json` in the
    /// folder when the hub stops.
    pub steps: bool,
}

/// The least size of a segment: two groups of the greatest size fit into two segments, however the
/// first begins.
pub(crate) const SEGMENT_BYTES_MIN: u64 = 48 << 20;
/// The greatest size of a segment.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// `hub.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    network: String,
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    log_listen: Option<SocketAddr>,
    #[serde(default)]
    witnesses: Vec<String>,
    #[serde(default = "default_message_bytes_max")]
    message_bytes_max: usize,
    #[serde(default = "default_profile")]
    profile: String,
    #[serde(default = "default_segment_bytes")]
    segment_bytes: u64,
    archive_after_days: Option<u32>,
    backup: Option<PathBuf>,
    #[serde(default = "default_backup_proven_days_max")]
    backup_proven_days_max: u32,
    #[serde(default = "default_window")]
    window: u32,
    #[serde(default = "default_retrieval")]
    retrieval: bool,
    #[serde(default)]
    steps: bool,
    #[serde(default)]
    files: WrittenFiles,
}

/// What `hub.toml` says of files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenFiles {
    bytes_max: u64,
    unannounced_bytes_max: u64,
    unannounced_hours: u32,
}

impl Default for WrittenFiles {
    fn default() -> Self {
        Self { bytes_max: 4 << 30, unannounced_bytes_max: 16 << 30, unannounced_hours: 24 }
    }
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7400))
}

fn default_message_bytes_max() -> usize {
    wire::limits::MESSAGE_BYTES_DEFAULT
}

fn default_profile() -> String {
    Profile::Base.name().to_owned()
}

fn default_segment_bytes() -> u64 {
    64 << 20
}

fn default_backup_proven_days_max() -> u32 {
    crate::health::PROVEN_DAYS_MAX
}

fn default_retrieval() -> bool {
    true
}

fn default_window() -> u32 {
    4_096
}

impl Config {
    /// The name of the settings file.
    pub const FILE: &'static str = "hub.toml";

    /// Reads `hub.toml` in a hub's folder.
    ///
    /// # Errors
    ///
    /// A missing or malformed file, with its name and what to do.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(Self::FILE);
        let text = read_text(&path)?;
        let written: Written = toml::from_str(&text)
            .map_err(|source| Error::Settings { path: path.clone(), source: Box::new(source) })?;
        let Some(profile) = Profile::named(&written.profile) else {
            return Err(Error::Profile { path, found: written.profile });
        };
        let network =
            written.network.parse().map_err(|source| Error::NetworkName { path, source })?;
        let size = written.segment_bytes;
        if !(SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&size) || !size.is_multiple_of(4096) {
            let path = folder.join(Self::FILE);
            return Err(Error::SegmentBytes { path, found: size });
        }
        Ok(Self {
            folder: folder.to_owned(),
            network,
            listen: written.listen,
            log_listen: written.log_listen,
            witnesses: written.witnesses,
            message_bytes_max: written.message_bytes_max.min(wire::limits::MESSAGE_BYTES_MAX),
            profile,
            segment_bytes: written.segment_bytes,
            archive_after_days: written.archive_after_days,
            files: FileSettings {
                bytes_max: written.files.bytes_max,
                unannounced_bytes_max: written.files.unannounced_bytes_max,
                unannounced_hours: written.files.unannounced_hours,
            },
            backup: written.backup,
            backup_proven_days_max: written.backup_proven_days_max,
            window: written.window.clamp(1, wire::limits::WINDOW_MAX),
            retrieval: written.retrieval,
            steps: written.steps,
        })
    }

    /// The folder of the journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// The folder of the Merkle tree's nodes, which can be made anew from the journal.
    #[must_use]
    pub fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// The folder of the files that messages announce.
    #[must_use]
    pub fn files_folder(&self) -> PathBuf {
        self.folder.join("files")
    }

    /// The institutions and terminals that the operator has admitted.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        self.folder.join("directory.toml")
    }

    /// The file that tells where a running hub listens.
    #[must_use]
    pub fn address(&self) -> PathBuf {
        self.folder.join("hub.address")
    }

    /// The file that tells where a running hub serves its log.
    #[must_use]
    pub fn log_address(&self) -> PathBuf {
        self.folder.join("log.address")
    }

    /// The socket at which the operator of a running hub gives orders.
    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.folder.join("hub.control")
    }

    /// The hub's key of TLS, and its certificate.
    #[must_use]
    pub fn tls_pair(&self) -> Pair {
        Pair { secret: self.file("tls.key"), proof: self.file("tls.pem") }
    }

    /// A file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Reads a file whole, and names it when that fails.
///
/// # Errors
///
/// [`Error::Read`].
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}
