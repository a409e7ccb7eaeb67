//! The arguments of `nuncio journal`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Read every record of a journal and check it: checksums, digests, chain, snapshots
    Verify(JournalVerify),
    /// Show records, also while the hub runs
    #[command(after_help = "Example:\n  nuncio journal inspect net/hub/journal 17\n  \
                            nuncio journal inspect net/hub/journal 0..20 --output json")]
    Inspect(JournalInspect),
    /// Mend a damaged journal with copies of it: mirrors or backups
    #[command(
        after_help = "The hub must not run. A record is taken from a copy only where it follows \
                            by hash; damaged files are kept beside the mended ones.\n\nExit code 0 if \
                            the journal is sound now, 6 if damage stays."
    )]
    Repair(JournalRepair),
    /// Move old segments to the folder 'archive' in the journal, also while the hub runs
    #[command(
        after_help = "Mount or link cheaper storage at DIR/archive before the first time. What \
                            is there is read as before; without it the hub does not start."
    )]
    Archive(JournalArchive),
    /// Write records out, also while the hub runs
    Export(JournalExport),
}

#[derive(Debug, Args)]
pub(crate) struct JournalVerify {
    /// The journal's folder
    pub(crate) dir: PathBuf,
    /// Checksums only: do not compute the digests again
    #[arg(long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalInspect {
    /// The journal's folder
    pub(crate) dir: PathBuf,
    /// A record, or the first and the one behind the last of some: 17, 17..20, 17.., ..20
    pub(crate) records: Range,
    /// Print the message of a single record, byte for byte, and nothing else
    #[arg(long)]
    pub(crate) payload: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalRepair {
    /// The journal's folder
    pub(crate) dir: PathBuf,
    /// The folder of a copy; repeat for more, the best one first
    #[arg(long = "from", value_name = "DIR", required = true)]
    pub(crate) copies: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct JournalArchive {
    /// The journal's folder
    pub(crate) dir: PathBuf,
    /// Segments whose last record is older than so many days
    #[arg(long, value_name = "DAYS")]
    pub(crate) older_than: u32,
    /// Compress them; they are read as before
    #[arg(long)]
    pub(crate) compress: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalExport {
    /// The journal's folder
    pub(crate) dir: PathBuf,
    /// Where to: a file for jsonl, a folder that is new or empty for files
    #[arg(long, value_name = "PATH")]
    pub(crate) to: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Form::Jsonl)]
    pub(crate) form: Form,
    /// Which records: the first and the one behind the last; all if left out
    #[arg(long, default_value = "..")]
    pub(crate) records: Range,
}

/// How records are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// One JSON document to a line, heads and bodies
    Jsonl,
    /// The message of each accepted record in a file of its own, named by the record's number
    Files,
}

/// Some records that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first.
    pub(crate) from: u64,
    /// The one behind the last; nothing for the end of the journal.
    pub(crate) until: Option<u64>,
}

impl std::str::FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            text.parse::<u64>().map_err(|_| format!("expected a number, but found {text:?}"))
        };
        let Some((from, until)) = text.split_once("..") else {
            let from = number(text)?;
            return Ok(Self { from, until: Some(from.saturating_add(1)) });
        };
        let from = if from.is_empty() { 0 } else { number(from)? };
        let until = if until.is_empty() { None } else { Some(number(until)?) };
        if until.is_some_and(|until| until < from) {
            return Err(format!("{text} ends before it begins"));
        }
        Ok(Self { from, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_it_is_written() {
        let range = |text: &str| text.parse::<Range>().map(|range| (range.from, range.until));
        assert_eq!(range("17"), Ok((17, Some(18))));
        assert_eq!(range("17..20"), Ok((17, Some(20))));
        assert_eq!(range("17.."), Ok((17, None)));
        assert_eq!(range("..20"), Ok((0, Some(20))));
        assert_eq!(range(".."), Ok((0, None)));
        assert!(range("20..17").is_err() && range("x").is_err() && range("1..2..3").is_err());
    }
}
