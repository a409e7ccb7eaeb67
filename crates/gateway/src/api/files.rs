//! Files, as the REST interface tells of them.

use serde::{Deserialize, Serialize};

/// What `POST /v1/files/{sha256}/announce` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announce {
    /// The BIC that it is for.
    pub to: String,
    /// What the file is called; a name without folders.
    pub name: String,
    /// What it holds; `application/octet-stream` unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What it is about, for people; in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The sender's own name for the message; made up unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The service; the one of the settings unless it is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// `normal` or `urgent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// `none`, `warning`, `notice` or `both`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<String>,
}

/// A file that was sent, or that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The order of a file that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The message that announces it, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Of a sent one `sending`, `announced` or `failed`; of one that came `fetching`, `here` or
    /// `given-up`.
    pub state: String,
    /// Who sends it.
    pub from: String,
    /// For whom it is.
    pub to: String,
    /// The sender's own name for the message.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub media_type: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of them.
    pub sha256: String,
    /// How many of them are durable at the other end of its way: at the hub of a sent one, here of one
    /// that comes.
    pub held_bytes: u64,
    /// Why it failed or was given up: the code and the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it was ordered, or its announcement stored.
    pub at: String,
}

/// Files, newest first; at most 1,000 of each direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Those that were sent.
    pub sent: Vec<File>,
    /// Those that came.
    pub received: Vec<File>,
}
