//! The arguments of `nuncio govern`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use iso::{Institution, Terminal};

use super::proofs::Known;

#[derive(Debug, Subcommand)]
pub(crate) enum Govern {
    /// Make a change for governors to sign (the operator's part; the hub must run)
    #[command(after_help = "Without --expel, --revoke-key and --keys the change is what \
                            directory.toml says and the network does not.\n\nExample:\n  nuncio \
                            govern propose --dir hub --because 'new member' --to admit.change")]
    Propose(GovernPropose),
    /// Say in plain words what a change does, and who has signed it
    Show(GovernShow),
    /// Sign a change as a governor, after it was shown
    Sign(GovernSign),
    /// Carry out a change that enough governors have signed (the operator's part)
    Apply(GovernApply),
    /// Audit the public log: who changed what, and that governors signed all of it
    #[command(after_help = "Exit code 6 if any record changes the network without signatures.")]
    Log(GovernLog),
    /// Print the line of a governor for network.keys
    Line(GovernLine),
}

#[derive(Debug, Args)]
pub(crate) struct GovernPropose {
    /// The folder of the hub
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// Why, in one line: governors read it
    #[arg(long)]
    pub(crate) because: String,
    /// Expel an institution for good; repeat for more
    #[arg(long, value_name = "BIC")]
    pub(crate) expel: Vec<Institution>,
    /// Revoke a key of a terminal by its short name, as TERMINAL=NAME; repeat for more
    #[arg(long, value_name = "TERMINAL=NAME", value_parser = terminal_and_name)]
    pub(crate) revoke_key: Vec<(Terminal, String)>,
    /// Replace the public keys of the network by those of a file: log, root, witnesses, quorum,
    /// governors, consent
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// Where to write the change
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct GovernShow {
    /// The change
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) known: Known,
}

#[derive(Debug, Args)]
pub(crate) struct GovernSign {
    /// The change; the signature is added to it
    pub(crate) file: PathBuf,
    /// The governor's key: plain, sealed, or in a hardware module
    #[arg(long, value_name = "FILE")]
    pub(crate) governor: PathBuf,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Sign without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct GovernApply {
    /// The signed change
    pub(crate) file: PathBuf,
    /// The folder of the hub
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct GovernLog {
    /// The log: its URL, or a folder with a copy of it
    pub(crate) log: String,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Write the network's public keys as they are now to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) keys_to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GovernLine {
    /// The governor's key: plain, sealed, or in a hardware module
    pub(crate) file: PathBuf,
    /// Under which name the governor signs
    #[arg(long)]
    pub(crate) name: String,
}

fn terminal_and_name(text: &str) -> Result<(Terminal, String), String> {
    let (terminal, name) = text.split_once('=').ok_or("expected TERMINAL=NAME")?;
    let terminal = terminal.parse().map_err(|error| format!("{terminal}: {error}"))?;
    Ok((terminal, name.to_owned()))
}
