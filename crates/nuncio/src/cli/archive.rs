//! The arguments of `nuncio archive`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::At;

#[derive(Debug, Subcommand)]
pub(crate) enum Archive {
    /// Find messages by id, reference, transaction or numbers, with what became of them
    #[command(after_help = "Examples:\n  nuncio archive find --id ALPHDEFFA-42 --dir net/hub\n  \
                            nuncio archive find --sent-by ALPHDEFFA --first 10 --last 20 --gateway \
                            net/ALPHDEFFA\n  nuncio archive find --received BRAVFRPP/2 --dir net/hub")]
    Find(ArchiveFind),
    /// Print a message from the archive, byte for byte
    Raw(ArchiveRaw),
}

/// Whose archive: that of a hub on this machine, or by an institution's gateway its own messages.
#[derive(Debug, Args)]
pub(crate) struct From {
    /// The hub's folder; the hub may run or not
    #[arg(long, value_name = "HUB", conflicts_with_all = ["gateway", "url"])]
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct ArchiveFind {
    /// A message's id
    #[arg(long, group = "by")]
    pub(crate) id: Option<String>,
    /// A reference
    #[arg(long, group = "by")]
    pub(crate) reference: Option<String>,
    /// A transaction
    #[arg(long, group = "by")]
    pub(crate) uetr: Option<String>,
    /// What a terminal sent, by its input numbers
    #[arg(long, group = "by", value_name = "TERMINAL")]
    pub(crate) sent_by: Option<String>,
    /// What came into a lane, by its output numbers: 1 urgent, 2 normal
    #[arg(long, group = "by", value_name = "INSTITUTION/LANE")]
    pub(crate) received: Option<String>,
    /// The first number
    #[arg(long)]
    pub(crate) first: Option<u64>,
    /// The last number
    #[arg(long)]
    pub(crate) last: Option<u64>,
    /// Only messages recorded at this time or later, such as 2026-11-01T00:00:00.000000Z
    #[arg(long)]
    pub(crate) since: Option<String>,
    /// Only messages recorded before this time
    #[arg(long)]
    pub(crate) until: Option<String>,
    /// Only messages behind this record
    #[arg(long, value_name = "RECORD")]
    pub(crate) after: Option<u64>,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) from: From,
}

#[derive(Debug, Args)]
pub(crate) struct ArchiveRaw {
    /// The message's id
    pub(crate) id: String,
    /// Write it to this file instead of printing it
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) from: From,
}
