//! The arguments of `nuncio file`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::At;

#[derive(Debug, Subcommand)]
pub(crate) enum File {
    /// Send a file: to your gateway, from there to the hub, and announced to its receiver
    #[command(
        after_help = "A broken upload goes on where it was: repeat the command.\n\nExample:\n  \
                            nuncio file put statements.zip --to BRAVFRPP --service files --gateway \
                            net/ALPHDEFFA"
    )]
    Put(FilePut),
    /// Fetch a file that was announced to your institution, once your gateway has it
    Get(FileGet),
    /// List the files that were sent, and those that came
    List(FileList),
}

#[derive(Debug, Args)]
pub(crate) struct FilePut {
    /// The file
    pub(crate) file: PathBuf,
    /// The BIC that it is for
    #[arg(long, value_name = "BIC")]
    pub(crate) to: String,
    /// The service that carries it; the gateway's own if left out
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// What it holds, such as application/zip
    #[arg(long, value_name = "TYPE")]
    pub(crate) media_type: Option<String>,
    /// What it is about, for people
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Your own name for the message that announces it
    #[arg(long, value_name = "TEXT")]
    pub(crate) reference: Option<String>,
    /// The idempotency key; made of receiver, reference and content if left out
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Wait so many seconds until it is announced
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct FileGet {
    /// The id of the message that announced it, such as ALPHDEFFA-42
    pub(crate) id: String,
    /// Write it to this file; what is there of it already is not fetched again
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Wait so many seconds until the gateway has it
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct FileList {
    #[command(flatten)]
    pub(crate) at: At,
}
