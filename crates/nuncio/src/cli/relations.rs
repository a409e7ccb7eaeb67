//! The arguments of `nuncio answer`, `nuncio copy`, `nuncio decline`, `nuncio relationship` and
//! `nuncio service`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use iso::Institution;

use super::At;

#[derive(Debug, Args)]
#[command(
    after_help = "The gateway must be set up for it: acknowledge = \"taken\" in gateway.toml.\n\n\
                        Example:\n  nuncio decline ALPHDEFFA-42 --code AM04 --text 'no such account'"
)]
pub(crate) struct Decline {
    /// The message's id, as 'nuncio inbox' shows it
    pub(crate) id: String,
    /// A code of your own, 1 to 32 characters
    #[arg(long)]
    pub(crate) code: String,
    /// The same for people; the sender reads it
    #[arg(long, default_value = "")]
    pub(crate) text: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The response goes to whoever asked, in the service of the request, and counts only \
                        before its deadline. Without --wait the answer is stored and sent.\n\n\
                        Example:\n  nuncio answer ALPHDEFFA-42 status.xml --wait"
)]
pub(crate) struct Answer {
    /// The id of the request, as 'nuncio inbox' shows it
    pub(crate) id: String,
    /// The response
    pub(crate) file: PathBuf,
    /// The idempotency key; made from the request and the file's content if left out
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// Wait until the network has accepted or refused it, for at most as many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "30")]
    pub(crate) wait: Option<u64>,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Copy {
    /// List the messages that wait for what your institution decides
    List(CopyList),
    /// Let a message be delivered
    #[command(after_help = "Example:\n  nuncio copy authorise ALPHDEFFA-42 --to-receiver settled")]
    Authorise(CopyAuthorise),
    /// Let a message not be delivered; its sender is told why
    #[command(after_help = "Example:\n  nuncio copy refuse ALPHDEFFA-42 --code AM04 \
                            --to-sender 'no funds'")]
    Refuse(CopyRefuse),
}

#[derive(Debug, Args)]
pub(crate) struct CopyList {
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct CopyAuthorise {
    /// The message's id, as 'nuncio copy list' shows it
    pub(crate) id: String,
    /// What its sender is to know
    #[arg(long, default_value = "")]
    pub(crate) to_sender: String,
    /// What its receiver is to know
    #[arg(long, default_value = "")]
    pub(crate) to_receiver: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct CopyRefuse {
    /// The message's id, as 'nuncio copy list' shows it
    pub(crate) id: String,
    /// A code of your own, 1 to 32 characters
    #[arg(long)]
    pub(crate) code: String,
    /// What its sender is to know
    #[arg(long, default_value = "")]
    pub(crate) to_sender: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Relationship {
    /// List what your institution was permitted, has permitted, and what is asked
    List(RelationshipList),
    /// Permit a sender to send to you in a service; this replaces what it was permitted before
    Permit(RelationshipPermit),
    /// Take a permission back; what was accepted before is still delivered
    Revoke(RelationshipAnswer),
    /// Ask a receiver for a permission
    Request(RelationshipRequest),
    /// Say no to a request of a sender
    Deny(RelationshipAnswer),
}

#[derive(Debug, Args)]
pub(crate) struct RelationshipList {
    #[command(flatten)]
    pub(crate) at: At,
}

/// What is permitted.
#[derive(Debug, Args)]
pub(crate) struct What {
    /// The service
    pub(crate) service: String,
    /// A type of messages, such as pacs.008.* or camt.056.001.08; repeat for more; all if left out
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,
    /// From when on, such as 2026-12-01T00:00:00.000000Z
    #[arg(long)]
    pub(crate) from: Option<String>,
    /// Until before when
    #[arg(long)]
    pub(crate) until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RelationshipPermit {
    /// The sender, 8 characters
    pub(crate) sender: Institution,
    #[command(flatten)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct RelationshipRequest {
    /// The receiver, 8 characters
    pub(crate) receiver: Institution,
    #[command(flatten)]
    pub(crate) what: What,
    /// Why; the receiver reads it
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct RelationshipAnswer {
    /// The sender, 8 characters
    pub(crate) sender: Institution,
    /// The service
    pub(crate) service: String,
    /// Why; the sender reads it
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Service {
    /// List the services of the network
    List(ServiceList),
    /// Show the rules of one service
    Show(ServiceShow),
}

#[derive(Debug, Args)]
pub(crate) struct ServiceList {
    #[command(flatten)]
    pub(crate) at: At,
}

#[derive(Debug, Args)]
pub(crate) struct ServiceShow {
    /// Its name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) at: At,
}
