//! The arguments of `nuncio hub`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use iso::{Date, Institution, Terminal};

use super::Run;

#[derive(Debug, Subcommand)]
pub(crate) enum Hub {
    /// Run the hub of a network until it is told to stop
    #[command(after_help = "SIGHUP reads directory.toml again; SIGTERM and Ctrl-C stop the hub.")]
    Run(Run),
    /// Withdraw a message that nobody was offered; sender and receiver are told
    #[command(after_help = "'nuncio hub report' tells the record of a message that waits.")]
    Abort(HubAbort),
    /// State that a message was not taken over yet; its sender is told, with proof
    #[command(after_help = "'nuncio hub report' tells the record of a message that waits.")]
    StateOutstanding(HubStateOutstanding),
    /// Let the messages of a service pass without the decision that they would wait for
    #[command(
        after_help = "The copy rule of the service must allow it. What is held is released, \
                            marked as bypassed.\n\nExample:\n  nuncio hub bypass payments on \
                            --reason 'settlement is down' --dir net/hub"
    )]
    Bypass(HubBypass),
    /// Close the session of a terminal by force; its gateway connects again
    Close(HubClose),
    /// Tell all members something, or those in the group of a service
    Broadcast(HubBroadcast),
    /// List the messages of an institution that wait for their receivers
    Report(HubReport),
    /// Show the lanes of an institution: what waits in each, which terminal empties it, the rules
    Lanes(HubLanes),
    /// Say how the hub is, and why it is not well; ends with 0 only when it is
    #[command(
        after_help = "Ends with 0 when the hub is well, 1 when it is degraded or paused, and 3 \
                            when no hub answers. docs/health.md explains the reasons."
    )]
    Health(HubHealth),
    /// Print the figures of the current day of UTC for every institution, as CSV; or the traffic of
    /// any days, for bills
    #[command(
        after_help = "Without --from, a running hub is asked. With it, the journal is read, and \
                            a row counts the messages of an institution that were sent by it, or \
                            addressed to it, by service, type, priority and counterparty.\n\n\
                            Examples:\n  nuncio hub figures --dir net/hub\n  \
                            nuncio hub figures --from 2026-11-01 --to 2026-11-30 --format parquet \
                            --file november.parquet --dir net/hub"
    )]
    Figures(HubFigures),
}

/// Which hub: it runs on this machine.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct HubAbort {
    /// The BIC of the institution that was to get the message, 8 characters
    pub(crate) receiver: Institution,
    /// The sequence of the message's record
    pub(crate) record: u64,
    /// Why; sender and receiver read it
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubStateOutstanding {
    /// The BIC of the institution that is to get the message, 8 characters
    pub(crate) receiver: Institution,
    /// The sequence of the message's record
    pub(crate) record: u64,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubBypass {
    /// The service
    pub(crate) service: String,
    /// Whether messages pass
    #[arg(value_enum)]
    pub(crate) switch: Switch,
    /// Why; receivers and senders read it
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) of: Of,
}

/// Whether something holds from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// From now on
    On,
    /// No longer
    Off,
}

#[derive(Debug, Args)]
pub(crate) struct HubClose {
    /// The terminal, 9 characters
    pub(crate) terminal: Terminal,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubBroadcast {
    /// The text; each further argument is a line
    #[arg(required = true)]
    pub(crate) text: Vec<String>,
    /// Only the group of this service
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// When planned work begins, such as 2026-12-05T22:00:00.000000Z
    #[arg(long, requires = "work_until")]
    pub(crate) work_from: Option<String>,
    /// When it ends
    #[arg(long, requires = "work_from")]
    pub(crate) work_until: Option<String>,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubReport {
    /// The BIC of the institution that sent the messages, 8 characters
    pub(crate) institution: Institution,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubLanes {
    /// The BIC of the institution, 8 characters
    pub(crate) institution: Institution,
    #[command(flatten)]
    pub(crate) of: Of,
}

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FiguresForm {
    /// Comma-separated, with a head
    Csv,
    /// Apache Parquet
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct HubHealth {
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
pub(crate) struct HubFigures {
    /// The day before instead
    #[arg(long)]
    pub(crate) yesterday: bool,
    /// The first day of UTC, such as 2026-11-01
    #[arg(long, value_name = "DATE", conflicts_with = "yesterday")]
    pub(crate) from: Option<Date>,
    /// The last day; the first one if left out
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(crate) to: Option<Date>,
    /// Of one institution, by the 8 characters of its BIC; of all if left out
    #[arg(long, value_name = "BIC", requires = "from")]
    pub(crate) institution: Option<Institution>,
    /// The form of the table
    #[arg(long, value_enum, default_value_t = FiguresForm::Csv, requires = "from")]
    pub(crate) format: FiguresForm,
    /// Where to write it; standard output if left out
    #[arg(long, value_name = "FILE", requires = "from")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) of: Of,
}
