//! Copies of messages between others, and decisions on those that are held, as the interface says them.

use serde::{Deserialize, Serialize};

/// Who gets copies of the messages of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The BIC of the institution.
    pub institution: String,
    /// `hold`: messages wait for what it decides; `inform`: they do not.
    pub mode: String,
    /// `full`, or `header`: the header and the digest of the payload.
    pub extent: String,
    /// Which types are copied.
    pub types: Vec<String>,
}

/// What `POST /v1/copies/{id}/authorise` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthoriseCopy {
    /// What the sender of the message is to know, at most 512 bytes.
    #[serde(default)]
    pub to_sender: String,
    /// What its receiver is to know.
    #[serde(default)]
    pub to_receiver: String,
}

/// What `POST /v1/copies/{id}/refuse` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseCopy {
    /// A code of the institution's own, 1 to 32 characters, such as `AM04`.
    pub code: String,
    /// What the sender of the message is to know, at most 512 bytes.
    #[serde(default)]
    pub to_sender: String,
}

/// A message that waits for a decision of the institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCopy {
    /// Its name in the network.
    pub id: String,
    /// The place of its record in the journal, `shard/sequence`.
    pub position: String,
    /// For whom it is.
    pub receiver: String,
    /// The service whose rules it follows.
    pub service: String,
    /// `urgent` or `normal`.
    pub priority: String,
    /// Whether it is late.
    pub late: bool,
}

/// A page of messages that wait for a decision of the institution, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copies {
    /// The messages.
    pub copies: Vec<HeldCopy>,
    /// What to pass as `cursor` to read on; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
