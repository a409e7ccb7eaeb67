//! The arguments of `nuncio backup`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Copy what is durable of a hub's journal, also while the hub runs
    #[command(
        after_help = "The folder is new, empty, or an earlier backup of this hub, which then \
                            goes on. Keys are not copied: keep those apart.\n\nExample:\n  \
                            nuncio backup create --dir net/hub --to /mnt/backup/hub"
    )]
    Create(BackupCreate),
    /// Make a hub's journal anew from a backup
    Restore(BackupRestore),
    /// Prove that a backup can be restored: restore it, check every record, and hold it against
    /// checkpoints and receipts
    #[command(after_help = "Exit code 0 if the backup is what it should be, 6 if anything in it \
                            contradicts a checkpoint or receipt, or is damaged. What checkpoints \
                            and receipts prove beyond the end of the backup is listed: it was \
                            written after the backup was made.\n\nExample:\n  \
                            nuncio backup drill --from /mnt/backup/hub --key net/network.keys \
                            --receipt payment.receipt")]
    Drill(BackupDrill),
    /// Tell how old a backup is, and how long ago it was last proven
    #[command(after_help = "Exit code 1 if it is older than it may be, or was never proven: for \
                            whatever looks after the machine. The file for metrics is in the text \
                            format of Prometheus, as its collector of text files reads it.\n\n\
                            Example:\n  nuncio backup age --from /mnt/backup/hub --max-days 7 \
                            --metrics /var/lib/node_exporter/nuncio.prom")]
    Age(BackupAge),
}

#[derive(Debug, Args)]
pub(crate) struct BackupAge {
    /// The backup's folder
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// How many days may have passed since the last drill that proved it
    #[arg(long, value_name = "DAYS")]
    pub(crate) max_days: Option<u32>,
    /// Write the ages to this file too
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BackupCreate {
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// The backup's folder
    #[arg(long)]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BackupRestore {
    /// The backup's folder
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The hub's folder; it must hold no journal
    #[arg(long)]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct BackupDrill {
    /// The backup's folder
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The network's public keys (network.keys); needed for checkpoints and receipts
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// A receipt that a client holds; repeat for more
    #[arg(long = "receipt", value_name = "FILE", requires = "key")]
    pub(crate) receipts: Vec<PathBuf>,
    /// A signed checkpoint of the log; repeat for more
    #[arg(long = "checkpoint", value_name = "FILE", requires = "key")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// Where to restore to for the time of the drill; the system's temporary folder if left out
    #[arg(long, value_name = "DIR")]
    pub(crate) work: Option<PathBuf>,
}
