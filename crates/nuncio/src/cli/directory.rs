//! The arguments of `nuncio directory`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use iso::Institution;

#[derive(Debug, Subcommand)]
pub(crate) enum Directory {
    /// Take what a file says into directory.toml, and have a running hub carry it out
    #[command(
        after_help = "Entries of the file replace those of the same name in directory.toml; all else \
                            there stays as it was written. Nothing is changed where anything is wrong. A \
                            network with governors is changed by 'nuncio govern propose' afterwards.\n\n\
                            Example:\n  nuncio directory import banks.csv --dir net/hub"
    )]
    Import(DirectoryImport),
    /// Print the directory as it is on record; the hub may run or not
    #[command(
        after_help = "Examples:\n  nuncio directory export --dir net/hub --to directory.csv\n  \
                            nuncio directory export --dir net/hub --to all.toml --grants grants"
    )]
    Export(DirectoryExport),
    /// List the institutions on record, or show one
    Show(DirectoryShow),
    /// Say all that is wrong with a file, and what it would change; nothing is changed
    #[command(after_help = "Exit code 0 if the file could be imported, 6 if not.")]
    Check(DirectoryCheck),
}

/// In what form a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DirectoryForm {
    /// Institutions, services and calendars, as directory.toml
    Toml,
    /// A row for each institution
    Csv,
    /// A row for each service; only to export
    ServicesCsv,
}

#[derive(Debug, Args)]
pub(crate) struct DirectoryImport {
    /// The file; its end says its form: .toml or .csv
    pub(crate) file: PathBuf,
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DirectoryCheck {
    /// The file; its end says its form: .toml or .csv
    pub(crate) file: PathBuf,
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DirectoryExport {
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// The form; if left out, that of the file's name, or TOML
    #[arg(long, value_enum)]
    pub(crate) form: Option<DirectoryForm>,
    /// Where to write it; standard output if left out
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Write the grants of keys into this folder too, so that the file can make another hub
    #[arg(long, value_name = "FOLDER")]
    pub(crate) grants: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DirectoryShow {
    /// One institution, by the 8 characters of its BIC; all if left out
    pub(crate) institution: Option<Institution>,
    /// The hub's folder
    #[arg(long)]
    pub(crate) dir: PathBuf,
}
